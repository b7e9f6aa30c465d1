# SPDX-License-Identifier: GPL-2.0-or-later
# Selftests in C for the virtual terminal, and gatectl, the hand of its scenarios.
# They are built here and run there, where the host's root is the root.

SELFTEST_ABI := abi_trust abi_policy abi_blob abi_floor abi_query abi_privilege
SELFTEST_COMMON := $(addprefix tests/vm/selftest/,client.c forge.c gate.c)
SELFTEST_DIR := $(BUILD)/selftest
# The harness is the kernel's own: its headers are system headers to us, so that only our code is checked.
SELFTEST_CFLAGS = $(filter-out -Wmissing-prototypes,$(ALL_CFLAGS)) -isystem \
	$(shell tests/kernel-source)/tools/testing/selftests $(shell pkg-config --cflags libnl-genl-3.0)
SELFTEST_LIBS = $(shell pkg-config --libs libnl-genl-3.0) -lcrypto

.PHONY: selftests
selftests: $(SELFTEST_ABI:%=$(SELFTEST_DIR)/%) $(SELFTEST_DIR)/keys/author.der

$(SELFTEST_DIR)/%: tests/vm/selftest/%.c $(SELFTEST_COMMON) $(wildcard tests/vm/selftest/*.h) \
		$(wildcard kmod/tests/*.h include/*/kidoban/*.h) tests/kernel-source | deps-build
	@mkdir -p $(@D)
	$(CC) $(SELFTEST_CFLAGS) -pthread -o $@ $< $(SELFTEST_COMMON) $(SELFTEST_LIBS)

$(SELFTEST_DIR)/keys/author.der: tests/vm/selftest/keys
	$< $(@D)
