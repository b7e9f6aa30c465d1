# SPDX-License-Identifier: GPL-2.0-only
# The decision core for userland: $(BUILD)/obj/libkbcore.a. The module compiles the same files.

KBCORE_SRC := kmod/core/admit.c kmod/core/attr.c kmod/core/blob.c kmod/core/blob_check.c \
	kmod/core/blob_link.c kmod/core/blob_media.c kmod/core/blob_network.c kmod/core/blob_path.c \
	kmod/core/classify.c kmod/core/cms.c kmod/core/ids.c kmod/core/link.c kmod/core/link_classify.c \
	kmod/core/link_names.c kmod/core/names.c kmod/core/packet.c kmod/core/path.c \
	kmod/core/path_match.c kmod/core/path_prepare.c kmod/core/path_state.c kmod/core/prefix.c kmod/core/prefix_build.c \
	kmod/core/schedule.c kmod/core/usb.c
KBCORE_LIB := $(BUILD)/obj/libkbcore.a

$(KBCORE_LIB): $(KBCORE_SRC:%.c=$(BUILD)/obj/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
