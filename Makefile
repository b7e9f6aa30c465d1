# SPDX-License-Identifier: GPL-2.0-only
# kidoban: everything a person types. Each folder adds its part in module.mk.
#
#   make demo     a virtual terminal that refuses a stick, on this screen
#   make check    every test, one closing line
#   make help     the other targets

BUILD   ?= build
CC      ?= gcc
CLANG   ?= clang
VERSION := $(shell cat VERSION)
# What `kmod` is built for: the two stock Debian kernels of the virtual terminal.
KERNELS ?= 6.1 6.12

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=gnu11 $(WARN) $(CFLAGS) -fstack-protector-strong -D_FORTIFY_SOURCE=2 -D_GNU_SOURCE \
	-DKB_VERSION='"$(VERSION)"' -Iinclude -I.
SAN_CFLAGS = -std=gnu11 $(WARN) -O1 -g -D_GNU_SOURCE -DKB_VERSION='"$(VERSION)"' -Iinclude -I. \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

# `make V=1` shows every command, otherwise a word for each.
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
say      = @printf '  %-7s %s\n' $(1) $(2)
ifeq ($(V),1)
say      = @:
endif

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all clean help

all: deps-build
	+@$(MAKE) --no-print-directory programs kmod man

include kmod/core/module.mk
include policy/module.mk
include agent/module.mk
include kmod/module.mk
include tests/unit/module.mk
include tests/fuzz/module.mk
include tests/vm/module.mk
include tests/module.mk
include docs/module.mk
include packaging/module.mk

$(BUILD)/obj/%.o: %.c | deps-build
	@mkdir -p $(@D)
	$(call say,CC,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^#  *make /make /p' Makefile tests/module.mk
