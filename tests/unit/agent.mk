# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of keys, signatures, bundles and the agent.

SIGN_TOOLS := tests/unit/agent_scratch.c
# Everything of the agent's library that does not speak to a kernel; the fake one does.
AGENT_FAKED := $(filter-out agent/main.c agent/netlink.c agent/netlink_path.c agent/exchange.c agent/family.c agent/daemon.c agent/tell.c \
	agent/watch.c agent/worker.c agent/journal.c agent/obey.c agent/renew.c agent/scope.c agent/json.c,$(wildcard agent/*.c))
SIGN_LIBS := $(KBPOLICY_LIBS)

UNIT_TESTS += sign_bundle_test sign_key_test sign_cms_test agent_decode_test agent_state_test \
	agent_store_test agent_doctor_test agent_words_test agent_tell_test agent_verb_test \
	agent_catalogue_test agent_i18n_test agent_lease_test agent_order_test agent_screen_test \
	policy_slice_test agent_renew_test agent_obey_test agent_early_test \
	agent_doctor_early_test

sign_bundle_test_SRC := tests/unit/sign_bundle_test.c $(SIGN_TOOLS) policy/archive.c policy/bundle.c policy/file.c \
	policy/fault.c policy/key.c policy/cert.c
sign_bundle_test_LIBS := -larchive -lcrypto
sign_key_test_SRC := tests/unit/sign_key_test.c $(SIGN_TOOLS) policy/key.c policy/key_open.c \
	policy/cert.c policy/trust.c policy/file.c policy/fault.c policy/sign.c policy/archive.c policy/bundle.c \
	kmod/core/cms.c
sign_key_test_LIBS := $(SIGN_LIBS)
sign_cms_test_SRC := tests/unit/sign_cms_test.c $(SIGN_TOOLS) $(KBPOLICY_SRC) $(KBCORE_SRC)
sign_cms_test_LIBS := $(SIGN_LIBS)

agent_decode_test_SRC := tests/unit/agent_decode_test.c agent/decode.c
agent_state_test_SRC := tests/unit/agent_state_test.c $(SIGN_TOOLS) agent/state.c policy/file.c \
	policy/order.c policy/archive.c policy/bundle.c policy/fault.c policy/key.c policy/cert.c
agent_state_test_LIBS := -lcrypto
agent_store_test_SRC := tests/unit/agent_store_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) \
	$(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_store_test_LIBS := $(SIGN_LIBS)
agent_early_test_SRC := tests/unit/agent_early_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) \
	agent/early/early.c $(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_early_test_LIBS := $(SIGN_LIBS)
agent_doctor_early_test_SRC := tests/unit/agent_doctor_early_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) \
	$(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_doctor_early_test_LIBS := $(SIGN_LIBS)
UNIT_TESTS += agent_doctor_package_test
agent_doctor_package_test_SRC := tests/unit/agent_doctor_package_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) \
	$(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_doctor_package_test_LIBS := $(SIGN_LIBS)
agent_doctor_test_SRC := tests/unit/agent_doctor_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) \
	$(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_doctor_test_LIBS := $(SIGN_LIBS)
agent_words_test_SRC := tests/unit/agent_words_test.c agent/words.c agent/refusal.c agent/words_path.c agent/cli/table.c \
	policy/reason.c policy/utf8.c kmod/core/names.c kmod/core/link_names.c
agent_tell_test_SRC := tests/unit/agent_tell_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) agent/tell.c \
	$(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_tell_test_LIBS := $(SIGN_LIBS)
agent_lease_test_SRC := tests/unit/agent_lease_test.c tests/unit/agent_fake.c tests/unit/blob_make.c \
	$(SIGN_TOOLS) $(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_lease_test_LIBS := $(SIGN_LIBS)
agent_renew_test_SRC := tests/unit/agent_renew_test.c tests/unit/agent_fake.c tests/unit/blob_make.c agent/renew.c \
	$(SIGN_TOOLS) $(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_renew_test_LIBS := $(SIGN_LIBS) -lsystemd
agent_obey_test_SRC := tests/unit/agent_obey_test.c agent/obey.c
agent_obey_test_LIBS := -lsystemd
UNIT_TESTS += agent_readiness_test
agent_readiness_test_SRC := tests/unit/agent_readiness_test.c $(SIGN_TOOLS) agent/readiness.c agent/terminal.c \
	$(KBPOLICY_SRC) $(KBCORE_SRC)
agent_readiness_test_LIBS := $(SIGN_LIBS)
UNIT_TESTS += agent_secureboot_test
agent_secureboot_test_SRC := tests/unit/agent_secureboot_test.c tests/unit/agent_fake.c $(SIGN_TOOLS) \
	$(AGENT_FAKED) $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_secureboot_test_LIBS := $(SIGN_LIBS)
agent_order_test_SRC := tests/unit/agent_order_test.c $(SIGN_TOOLS) policy/order.c policy/archive.c \
	policy/bundle.c policy/file.c policy/fault.c policy/key.c policy/cert.c
agent_order_test_LIBS := -lcrypto
agent_screen_test_SRC := tests/unit/agent_screen_test.c agent/screen.c policy/fault.c
agent_screen_test_LIBS := -lcrypto
UNIT_TESTS += agent_caller_test
agent_caller_test_SRC := tests/unit/agent_caller_test.c $(SIGN_TOOLS) agent/caller.c agent/screen_list.c \
	policy/archive.c policy/bundle.c policy/file.c policy/fault.c policy/key.c policy/cert.c
agent_caller_test_LIBS := -lcrypto
policy_slice_test_SRC := tests/unit/policy_slice_test.c policy/slice.c
agent_i18n_test_SRC := tests/unit/agent_i18n_test.c $(SIGN_TOOLS) agent/i18n.c policy/file.c \
	policy/fault.c policy/key.c policy/cert.c
agent_i18n_test_LIBS := -lcrypto
agent_verb_test_SRC := tests/unit/agent_verb_test.c tests/unit/verb_stage.c
UNIT_TESTS += agent_verb_staff_test
agent_verb_staff_test_SRC := tests/unit/agent_verb_staff_test.c tests/unit/verb_stage.c
agent_catalogue_test_SRC := tests/unit/agent_catalogue_test.c

$(BUILD)/unit/agent_verb_test $(BUILD)/unit/agent_verb_staff_test: $(BUILD)/kidoban $(BUILD)/kidoband
$(BUILD)/unit/agent_catalogue_test: $(BUILD)/kidoban.pot $(KBLOCALE)
