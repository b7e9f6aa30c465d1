# SPDX-License-Identifier: GPL-2.0-or-later
# Selftests in C for the virtual terminal, and gatectl, the hand of its scenarios.
# They are built here and run there, where the host's root is the root.

SELFTEST_PROGRAMS := abi_trust abi_policy abi_blob abi_floor abi_query abi_privilege claim
# what knows nothing of the module
SELFTEST_PLAIN := reach throw packet xdp
SELFTEST_COMMON := $(addprefix tests/vm/selftest/,client.c forge.c gate.c)
SELFTEST_DIR := $(BUILD)/selftest
SELFTEST_HEADERS = $(wildcard tests/vm/selftest/*.h kmod/tests/*.h include/*/kidoban/*.h)
# The harness is the kernel's own: its headers are system headers, so that only our code is
# judged; the functions that its macros define have no prototypes.
SELFTEST_CFLAGS = $(ALL_CFLAGS) -Wno-missing-prototypes -isystem $(shell tests/kernel-source)/tools/testing/selftests \
	$(shell pkg-config --cflags libnl-genl-3.0 libusb-1.0) -pthread
# gatectl starts hundreds of times in an emulator: no library that it does not use
SELFTEST_LIBS = -Wl,--as-needed $(shell pkg-config --libs libnl-genl-3.0 libusb-1.0) -lcrypto

.PHONY: selftests
selftests: $(SELFTEST_PROGRAMS:%=$(SELFTEST_DIR)/%) $(SELFTEST_DIR)/gatectl $(SELFTEST_DIR)/hold \
	$(SELFTEST_PLAIN:%=$(SELFTEST_DIR)/%) $(SELFTEST_DIR)/askctl \
	$(SELFTEST_DIR)/keys/author.der

$(SELFTEST_DIR)/xdp: SELFTEST_PLAIN_LIBS := -lxdp
$(SELFTEST_DIR)/xdp $(SELFTEST_DIR)/packet: tests/vm/selftest/frame.c tests/vm/selftest/frame.h
$(SELFTEST_PLAIN:%=$(SELFTEST_DIR)/%): $(SELFTEST_DIR)/%: tests/vm/selftest/%.c | deps-build
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $(filter %.c,$^) $(SELFTEST_PLAIN_LIBS)

$(SELFTEST_DIR)/%: tests/vm/selftest/%.c $(SELFTEST_COMMON) $(SELFTEST_HEADERS) | deps-build
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(SELFTEST_CFLAGS) -o $@ $< $(SELFTEST_COMMON) $(SELFTEST_LIBS)

$(SELFTEST_DIR)/gatectl: tests/vm/selftest/gatectl.c $(SELFTEST_COMMON) $(SELFTEST_HEADERS) \
		$(KBPOLICY_LIB) $(KBCORE_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(SELFTEST_CFLAGS) -o $@ $< $(SELFTEST_COMMON) $(KBPOLICY_LIB) $(KBCORE_LIB) \
		$(SELFTEST_LIBS) -lyaml

# asks supplicants, not the module
$(SELFTEST_DIR)/askctl: tests/vm/selftest/askctl.c $(KBAGENT_LIB) $(KBPOLICY_LIB) $(KBCORE_LIB)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $^ $(KBAGENT_LIBS) $(KBPOLICY_LIBS)

$(SELFTEST_DIR)/keys/author.der: tests/vm/selftest/keys
	$< $(@D)
