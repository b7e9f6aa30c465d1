# SPDX-License-Identifier: GPL-2.0-or-later
# The policy language for userland: $(BUILD)/obj/libkbpolicy.a. Link it before $(KBCORE_LIB).

KBPOLICY_SRC := $(wildcard policy/*.c)
KBPOLICY_LIB := $(BUILD)/obj/libkbpolicy.a
KBPOLICY_LIBS := -lyaml -lcrypto

$(KBPOLICY_LIB): $(KBPOLICY_SRC:%.c=$(BUILD)/obj/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^
