# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of the policy language.

POLICY_TESTS := policy_read_test policy_blob_test policy_check_test policy_tools_test \
	policy_sysfs_test policy_words_test policy_verb_test \
	policy_net_read_test policy_net_blob_test policy_net_show_test policy_net_check_test \
	policy_net_expect_test policy_wifi_read_test policy_wifi_check_test \
	policy_agent_read_test policy_agent_test policy_names_test builtin_test
UNIT_TESTS += $(POLICY_TESTS)

define policy_test
$(1)_SRC := tests/unit/$(1).c $$(KBPOLICY_SRC) $$(KBCORE_SRC)
$(1)_LIBS := $$(KBPOLICY_LIBS)
endef
$(foreach test,$(POLICY_TESTS),$(eval $(call policy_test,$(test))))

policy_net_blob_test_SRC += tests/unit/net_stage.c
policy_net_show_test_SRC += tests/unit/net_stage.c
policy_agent_read_test_SRC += tests/unit/agent_make.c tests/unit/blob_make.c

# Texts in both languages need the catalogue.
policy_words_test_CFLAGS := -DKB_TEST_LOCALE='"$(abspath $(BUILD))/locale"'
$(BUILD)/unit/policy_words_test: | $(KBLOCALE)

# The command as it was built.
policy_verb_test_SRC := tests/unit/policy_verb_test.c
policy_verb_test_LIBS :=
policy_verb_test_CFLAGS := -DKB_TEST_KIDOBAN='"$(abspath $(BUILD))/kidoban"'
$(BUILD)/unit/policy_verb_test: | $(BUILD)/kidoban
