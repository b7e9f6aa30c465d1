// SPDX-License-Identifier: GPL-2.0-or-later
/* What differs, in words. */
#include "agent/wifi/proof.h"

#include "policy/i18n.h"
#include "policy/utf8.h"

struct item {
	const char *name, *label;
};

static const struct item items[KB_DIFFERS_MAX] = {
	[KB_DIFFERS_PINNED] = { "pinned", N_("profile") },
	[KB_DIFFERS_SSID] = { "ssid", "SSID" },
	[KB_DIFFERS_BSSID] = { "bssid", "BSSID" },
	[KB_DIFFERS_BAND] = { "band", N_("band") },
	[KB_DIFFERS_AKM] = { "akm", "AKM" },
	[KB_DIFFERS_PAIRWISE] = { "pairwise", N_("pairwise cipher") },
	[KB_DIFFERS_GROUP] = { "group-cipher", N_("group cipher") },
	[KB_DIFFERS_GROUP_MGMT] = { "group-mgmt", N_("management frame cipher") },
	[KB_DIFFERS_PMF] = { "pmf", "PMF" },
	[KB_DIFFERS_AUTHORIZED] = { "authorized", N_("802.1X port") },
	[KB_DIFFERS_OPERATIONAL] = { "operational", N_("link state") },
	[KB_DIFFERS_EAP] = { "eap", N_("EAP method") },
	[KB_DIFFERS_CA] = { "ca", N_("CA certificate") },
	[KB_DIFFERS_SERVER] = { "server", N_("server name") },
	[KB_DIFFERS_SUPPLICANT] = { "supplicant", N_("supplicant") },
	[KB_DIFFERS_RSN] = { "rsn", N_("security negotiated") },
	[KB_DIFFERS_TYPE] = { "type", N_("interface type") },
	[KB_DIFFERS_ASSOCIATION] = { "association", N_("association") },
};

const char *kb_difference_name(enum kb_difference_item item)
{
	return (unsigned int)item < KB_DIFFERS_MAX ? items[item].name : NULL;
}

const char *kb_difference_label(enum kb_difference_item item)
{
	return (unsigned int)item < KB_DIFFERS_MAX ? items[item].label : NULL;
}

/* Half a character at the end is none. */
static void trim(char *text)
{
	size_t len = strlen(text), at = len;

	while (at && ((u8)text[at - 1] & 0xc0) == 0x80)
		at--;
	if (at && (u8)text[at - 1] >= 0xc0 && !kb_utf8_char(text + at - 1, len - at + 1))
		text[at - 1] = '\0';
}

/* Words of ours in the user's language; SSIDs are in quotes, and so never such a word. */
static const char *value_text(const char *value)
{
	return *value ? _(value) : _("nothing");
}

static size_t add_difference(const struct kb_difference *d, char *ret, size_t size)
{
	const char *label = kb_difference_label(d->item);
	int n = snprintf(ret, size, _("%s: needed %s, has %s"), label ? _(label) : "?",
			 value_text(d->needed), value_text(d->has));

	trim(ret);
	return (size_t)n;
}

void kb_difference_text(const struct kb_difference *difference, char *ret, size_t size)
{
	add_difference(difference, ret, size);
}

void kb_wifi_proof_text(const struct kb_wifi_proof *proof, char *ret, size_t size)
{
	size_t used = 0;
	u32 i;

	*ret = '\0';
	for (i = 0; i < proof->n_differences; i++) {
		if (i)
			used += (size_t)snprintf(ret + used, size - used, "; ");
		if (used >= size)
			return;
		used += add_difference(&proof->differences[i], ret + used, size - used);
		if (used >= size)
			return;
	}
}
