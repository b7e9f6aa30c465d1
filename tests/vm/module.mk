# SPDX-License-Identifier: GPL-2.0-or-later
# The virtual terminal: its helper program, the C selftests and the scenarios.

vmctl_src := $(addprefix tests/vm/ctl/,interface.c main.c plug.c qmp.c sleep.c tsc.c uevent.c)

.PHONY: vm-tools check-vm
vm-tools: build/vmctl build/wire

# static: it runs in the terminal and on the host alike, and from RAM after a suspend
build/vmctl: $(vmctl_src) $(wildcard tests/vm/ctl/*.h)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -static -o $@.new $(vmctl_src)
	@mv $@.new $@

build/wire: tests/vm/world/wire.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -pthread -o $@.new $< -lpcap
	@mv $@.new $@

include tests/vm/selftest/module.mk

check-vm: deps-build
	+@$(MAKE) --no-print-directory programs kmod vm-tools selftests
	tests/vm/scenarios $(addprefix --kernel ,$(KERNELS))
