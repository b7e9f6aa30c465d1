// SPDX-License-Identifier: GPL-2.0-or-later
/* What Wi-Fi's numbers are called in a policy and in what people read. */
#include "policy/wifi_words.h"

#include "policy/i18n.h"
#include "policy/scalar.h"

/* Which hash each derives its keys with: IEEE 802.11-2020, table 9-151. */
const struct kb_word kb_words_akm[] = {
	{ "wpa2-eap", KB_AKM_8021X, false, N_("WPA2-Enterprise with SHA-1.") },
	{ "wpa2-eap-sha256", KB_AKM_8021X_SHA256, false,
	  N_("WPA2- and WPA3-Enterprise with SHA-256.") },
	{ "ft-eap", KB_AKM_FT_8021X, false, N_("The like with fast roaming.") },
	{ "suite-b", KB_AKM_SUITE_B, false, N_("Suite B with 128 bits.") },
	{ "wpa3-eap-192", KB_AKM_SUITE_B_192, false, N_("WPA3-Enterprise, 192-bit mode.") },
	{ "ft-eap-sha384", KB_AKM_FT_8021X_SHA384, false, N_("The like with fast roaming.") },
	{ "wpa2-psk", KB_AKM_PSK, false, N_("WPA2 with a common password and SHA-1.") },
	{ "psk-sha256", KB_AKM_PSK_SHA256, false, N_("A common password with SHA-256.") },
	{ "ft-psk", KB_AKM_FT_PSK, false, N_("The like with fast roaming.") },
	{ "sae", KB_AKM_SAE, false, N_("WPA3 with a common password.") },
	{ "ft-sae", KB_AKM_FT_SAE, false, N_("The like with fast roaming.") },
	{ NULL, 0, false, NULL },
};

const struct kb_word kb_words_cipher[] = {
	{ "ccmp", KB_CIPHER_CCMP, false, N_("AES-CCMP with 128 bits.") },
	{ "gcmp", KB_CIPHER_GCMP, false, N_("AES-GCMP with 128 bits.") },
	{ "gcmp-256", KB_CIPHER_GCMP_256, false, N_("AES-GCMP with 256 bits.") },
	{ "ccmp-256", KB_CIPHER_CCMP_256, false, N_("AES-CCMP with 256 bits.") },
	{ NULL, 0, false, NULL },
};

const struct kb_word kb_words_group_mgmt[] = {
	{ "bip-cmac", KB_CIPHER_BIP_CMAC, false, N_("BIP-CMAC with 128 bits.") },
	{ "bip-gmac", KB_CIPHER_BIP_GMAC, false, N_("BIP-GMAC with 128 bits.") },
	{ "bip-gmac-256", KB_CIPHER_BIP_GMAC_256, false, N_("BIP-GMAC with 256 bits.") },
	{ "bip-cmac-256", KB_CIPHER_BIP_CMAC_256, false, N_("BIP-CMAC with 256 bits.") },
	{ NULL, 0, false, NULL },
};

const struct kb_word kb_words_band[] = {
	{ "2.4", KB_BAND_2GHZ, false, N_("2.4 GHz.") },
	{ "5", KB_BAND_5GHZ, false, N_("5 GHz.") },
	{ "6", KB_BAND_6GHZ, false, N_("6 GHz.") },
	{ NULL, 0, false, NULL },
};

const struct kb_word kb_words_pmf[] = {
	{ "required", KB_PMF_REQUIRED, false, N_("Management frames must be protected.") },
	{ "optional", KB_PMF_OPTIONAL, false,
	  N_("Management frames may be unprotected: anybody can then break the connection.") },
	{ NULL, 0, false, NULL },
};

const struct kb_word kb_words_eap[] = {
	{ "tls", KB_EAP_TLS, false, N_("EAP-TLS: both sides show certificates (W2).") },
	{ "none", KB_EAP_NONE, false, N_("No EAP: a common password.") },
	{ NULL, 0, false, NULL },
};

const struct kb_word kb_words_supplicant[] = {
	{ "auto", KB_SUPPLICANT_AUTO, false, N_("Whichever of these is there.") },
	{ "networkmanager", KB_SUPPLICANT_NETWORKMANAGER, false, N_("NetworkManager.") },
	{ "iwd", KB_SUPPLICANT_IWD, false, N_("iwd.") },
	{ "wpa_supplicant", KB_SUPPLICANT_WPA, false, N_("wpa_supplicant by itself.") },
	{ "none", KB_SUPPLICANT_NONE, false,
	  N_("Nobody is asked; no profile with EAP can then be proven.") },
	{ NULL, 0, false, NULL },
};

const char *kb_word_of(const struct kb_word *words, int value)
{
	for (; words->name; words++)
		if (words->value == value)
			return words->name;
	return NULL;
}

void kb_band_words(u32 mask, char *ret, size_t size)
{
	const struct kb_word *word;

	if (!size)
		return;
	*ret = '\0';
	for (word = kb_words_band; word->name; word++)
		if (mask & (u32)word->value)
			kb_scalar_list(ret, size, word->name);
}
