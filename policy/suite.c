// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of Wi-Fi suites. */
#include "policy/suite.h"

/* IEEE 802.11-2020 table 9-151, later ones from IEEE 802.11be. */
static const char *const akms[] = {
	[1] = "wpa2-eap",
	[2] = "wpa2-psk",
	[3] = "ft-eap",
	[4] = "ft-psk",
	[5] = "wpa2-eap-sha256",
	[6] = "psk-sha256",
	[7] = "tdls",
	[8] = "sae",
	[9] = "ft-sae",
	[10] = "ap-peer-key",
	[11] = "suite-b",
	[12] = "wpa3-eap-192",
	[13] = "ft-eap-sha384",
	[14] = "fils-sha256",
	[15] = "fils-sha384",
	[16] = "ft-fils-sha256",
	[17] = "ft-fils-sha384",
	[18] = "owe",
	[19] = "ft-psk-sha384",
	[20] = "psk-sha384",
	[21] = "pasn",
	[22] = "ft-eap-sha384-any",
	[23] = "eap-sha384",
	[24] = "sae-ext-key",
	[25] = "ft-sae-ext-key",
};

/* Table 9-149. */
static const char *const ciphers[] = {
	[0] = "use-group",
	[1] = "wep-40",
	[2] = "tkip",
	[4] = "ccmp",
	[5] = "wep-104",
	[6] = "bip-cmac",
	[7] = "no-group-traffic",
	[8] = "gcmp",
	[9] = "gcmp-256",
	[10] = "ccmp-256",
	[11] = "bip-gmac",
	[12] = "bip-gmac-256",
	[13] = "bip-cmac-256",
};

const char *kb_akm_name(unsigned int n)
{
	return n < ARRAY_SIZE(akms) ? akms[n] : NULL;
}

const char *kb_cipher_name(unsigned int n)
{
	return n < ARRAY_SIZE(ciphers) ? ciphers[n] : NULL;
}

static u32 from_name(const char *const *names, unsigned int n, const char *name)
{
	while (n--)
		if (names[n] && !strcmp(names[n], name))
			return KB_SUITE(n);
	return 0;
}

u32 kb_akm_from_name(const char *name)
{
	return from_name(akms, ARRAY_SIZE(akms), name);
}

u32 kb_cipher_from_name(const char *name)
{
	return from_name(ciphers, ARRAY_SIZE(ciphers), name);
}

static void mask_text(u32 mask, const char *(*name_of)(unsigned int n), char *ret, size_t size)
{
	const char *name;
	size_t used = 0;
	unsigned int n;

	*ret = '\0';
	for (n = 0; n <= KB_SUITE_MAX && used < size; n++) {
		if (!(mask & KB_SUITE(n)))
			continue;
		name = name_of(n);
		if (used)
			used += (size_t)snprintf(ret + used, size - used, ", ");
		if (used < size && name)
			used += (size_t)snprintf(ret + used, size - used, "%s", name);
		else if (used < size)
			used += (size_t)snprintf(ret + used, size - used, "suite %u", n);
	}
}

void kb_akms_text(u32 mask, char *ret, size_t size)
{
	mask_text(mask, kb_akm_name, ret, size);
}

void kb_ciphers_text(u32 mask, char *ret, size_t size)
{
	mask_text(mask, kb_cipher_name, ret, size);
}
