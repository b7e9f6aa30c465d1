# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests (cmocka) under AddressSanitizer and UBSan.
#
# A test is a name in UNIT_TESTS with NAME_SRC (its sources, those under test
# included) and, where it needs them, NAME_LIBS and NAME_CFLAGS. `make check-unit`
# builds and runs all of them; the last line says N passed, N failed.

UNIT_TOOLS := tests/unit/blob_make.c tests/unit/usb_text.c

UNIT_TESTS += core_attr_test core_blob_test core_blob_bounds_test core_admit_test \
	core_usb_test core_classify_test core_devices_test core_packet_test core_prefix_test \
	core_prefix_random_test
core_attr_test_SRC := tests/unit/core_attr_test.c kmod/core/attr.c
core_blob_test_SRC := tests/unit/core_blob_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
core_blob_bounds_test_SRC := tests/unit/core_blob_bounds_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
core_blob_bounds_test_LIBS := -Wl,--wrap=calloc
core_admit_test_SRC := tests/unit/core_admit_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
core_usb_test_SRC := tests/unit/core_usb_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
# It includes ids.c to look at the table itself.
core_classify_test_SRC := tests/unit/core_classify_test.c $(UNIT_TOOLS) \
	$(filter-out kmod/core/ids.c,$(KBCORE_SRC))
core_devices_test_SRC := tests/unit/core_devices_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
core_devices_test_LIBS := -lyaml
core_packet_test_SRC := tests/unit/core_packet_test.c tests/unit/packet_samples.c kmod/core/packet.c
core_prefix_test_SRC := tests/unit/core_prefix_test.c tests/unit/prefix_stage.c \
	kmod/core/prefix.c kmod/core/prefix_build.c
core_prefix_test_LIBS := -Wl,--wrap=calloc
core_prefix_random_test_SRC := tests/unit/core_prefix_random_test.c tests/unit/prefix_stage.c \
	kmod/core/prefix.c kmod/core/prefix_build.c

-include tests/unit/core.mk tests/unit/policy.mk tests/unit/agent.mk tests/unit/wifi.mk tests/unit/place.mk tests/unit/evidence.mk tests/unit/supplicant.mk

$(BUILD)/asan/%.o: %.c | deps-build
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(SAN_CFLAGS) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

define unit_test
$(BUILD)/unit/$(1): $$(sort $$($(1)_SRC:%.c=$(BUILD)/asan/%.o))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -fsanitize=address,undefined -o $$@ $$(filter %.o %.a,$$^) -lcmocka $$($(1)_LIBS)
$(BUILD)/unit/$(1): UNIT_CFLAGS += $$($(1)_CFLAGS)
endef
$(foreach test,$(UNIT_TESTS),$(eval $(call unit_test,$(test))))

-include $(shell find $(BUILD)/asan -name '*.d' 2>/dev/null)

.PHONY: check-unit unit
unit: $(UNIT_TESTS:%=$(BUILD)/unit/%)

check-unit: unit
	@tests/unit/run $(UNIT_TESTS:%=$(BUILD)/unit/%)
