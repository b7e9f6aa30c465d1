# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of Wi-Fi: elements, nl80211, proof, impostors.

WIFI_TOOLS := tests/unit/wifi_world.c
WIFI_WORDS := agent/words.c agent/words_path.c agent/refusal.c policy/reason.c policy/utf8.c kmod/core/names.c \
	kmod/core/link_names.c
WIFI_PURE := agent/wifi/rsn.c agent/wifi/elements.c agent/wifi/ssid_text.c agent/wifi/proof.c \
	agent/wifi/proof_text.c policy/suite.c $(WIFI_WORDS)
WIFI_SCORE := agent/wifi/score.c agent/wifi/score_memory.c agent/wifi/score_words.c

UNIT_TESTS += wifi_rsn_test wifi_elements_test wifi_decode_test wifi_proof_test wifi_score_test \
	wifi_sighting_test wifi_suite_test wifi_proof_property_test wifi_recorded_test

wifi_rsn_test_SRC := tests/unit/wifi_rsn_test.c agent/wifi/rsn.c agent/wifi/ssid_text.c policy/utf8.c
wifi_elements_test_SRC := tests/unit/wifi_elements_test.c $(WIFI_PURE)
wifi_decode_test_SRC := tests/unit/wifi_decode_test.c agent/wifi/nl80211_decode.c $(WIFI_PURE)
wifi_proof_test_SRC := tests/unit/wifi_proof_test.c $(WIFI_TOOLS) $(WIFI_PURE)
wifi_proof_property_test_SRC := tests/unit/wifi_proof_property_test.c $(WIFI_TOOLS) $(WIFI_PURE)
wifi_recorded_test_SRC := tests/unit/wifi_recorded_test.c agent/wifi/nl80211_decode.c $(WIFI_TOOLS) $(WIFI_SCORE) \
	$(WIFI_PURE)
wifi_score_test_SRC := tests/unit/wifi_score_test.c tests/unit/wifi_air.c $(WIFI_TOOLS) $(WIFI_SCORE) $(WIFI_PURE)
wifi_sighting_test_SRC := tests/unit/wifi_sighting_test.c tests/unit/wifi_air.c $(WIFI_TOOLS) $(WIFI_SCORE) \
	$(WIFI_PURE)
wifi_suite_test_SRC := tests/unit/wifi_suite_test.c $(KBPOLICY_SRC) $(KBCORE_SRC)
wifi_suite_test_LIBS := $(KBPOLICY_LIBS)
$(BUILD)/unit/wifi_proof_test: $(KBLOCALE)
# The warden, with everything it speaks to made of memory.
UNIT_TESTS += wifi_warden_test wifi_warden_doubt_test wifi_history_test
WIFI_WARDEN := $(addprefix agent/wifi/,warden.c round.c air.c collect.c fence.c foreign.c survey.c history.c history_read.c remembered.c) \
	agent/json.c $(WIFI_SCORE) $(WIFI_PURE) tests/unit/agent_scratch.c $(KBPOLICY_SRC) $(KBCORE_SRC)
WIFI_STAGE := tests/unit/warden_stage.c tests/unit/warden_fake.c $(WIFI_TOOLS) $(WIFI_WARDEN)
wifi_warden_test_SRC := tests/unit/wifi_warden_test.c $(WIFI_STAGE)
wifi_warden_test_LIBS := $(KBPOLICY_LIBS) -lsystemd
wifi_warden_doubt_test_SRC := tests/unit/wifi_warden_doubt_test.c $(WIFI_STAGE)
wifi_warden_doubt_test_LIBS := $(KBPOLICY_LIBS) -lsystemd
wifi_history_test_SRC := tests/unit/wifi_history_test.c agent/wifi/history.c agent/wifi/history_read.c \
	agent/json.c $(WIFI_PURE) tests/unit/agent_scratch.c $(KBPOLICY_SRC) $(KBCORE_SRC)
wifi_history_test_LIBS := $(KBPOLICY_LIBS)
UNIT_TESTS += wifi_bus_test
wifi_bus_test_SRC := tests/unit/wifi_bus_test.c agent/wifi/bus.c agent/wifi/follow.c tests/unit/agent_scratch.c \
	policy/fault.c policy/file.c policy/key.c policy/cert.c
wifi_bus_test_LIBS := -lsystemd -lcrypto
