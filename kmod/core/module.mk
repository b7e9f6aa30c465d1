# SPDX-License-Identifier: GPL-2.0-only
# The decision core for userland: $(BUILD)/obj/libkbcore.a. The module compiles the same files.

KBCORE_SRC := kmod/core/admit.c kmod/core/attr.c kmod/core/blob.c kmod/core/classify.c kmod/core/cms.c \
	kmod/core/ids.c kmod/core/names.c kmod/core/packet.c kmod/core/prefix.c kmod/core/usb.c
KBCORE_LIB := $(BUILD)/obj/libkbcore.a

$(KBCORE_LIB): $(KBCORE_SRC:%.c=$(BUILD)/obj/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
