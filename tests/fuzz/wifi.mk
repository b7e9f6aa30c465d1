# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers of what comes from the air: elements of frames, attributes of nl80211.

WIFI_FUZZED := tests/unit/wifi_world.c agent/wifi/rsn.c agent/wifi/elements.c agent/wifi/ssid_text.c \
	agent/wifi/proof.c agent/wifi/proof_text.c policy/suite.c agent/words.c agent/words_path.c \
	agent/refusal.c policy/reason.c policy/utf8.c kmod/core/names.c kmod/core/link_names.c

FUZZERS += rsn_fuzz nl80211_fuzz
rsn_fuzz_SRC := tests/fuzz/rsn_fuzz.c $(WIFI_FUZZED)
nl80211_fuzz_SRC := tests/fuzz/nl80211_fuzz.c agent/wifi/nl80211_decode.c agent/wifi/score.c \
	agent/wifi/score_memory.c agent/wifi/score_words.c $(WIFI_FUZZED)
