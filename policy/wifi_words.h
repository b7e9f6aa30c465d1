/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wi-Fi's numbers are called in a policy and in what people read. */
#ifndef KIDOBAN_POLICY_WIFI_WORDS_H
#define KIDOBAN_POLICY_WIFI_WORDS_H

#include <kidoban/wifi.h>

#include "policy/schema.h"

/* The words of the language; values are bits as in kidoban/wifi.h, or members of the enum. */
extern const struct kb_word kb_words_akm[], kb_words_cipher[], kb_words_group_mgmt[],
	kb_words_band[], kb_words_pmf[], kb_words_eap[], kb_words_supplicant[];

/* What those words can name: nothing else is ever let in. */
#define KB_AKM_KNOWN	(KB_AKM_ENTERPRISE | KB_AKM_PSK | KB_AKM_FT_PSK | KB_AKM_PSK_SHA256 | \
			 KB_AKM_SAE | KB_AKM_FT_SAE)

/* "2.4, 5"; "" for none. Cut at @size. Suites: policy/suite.h. */
void kb_band_words(u32 mask, char *ret, size_t size);
/* The word of @value in @words; NULL when there is none. */
const char *kb_word_of(const struct kb_word *words, int value);

#endif
