// SPDX-License-Identifier: GPL-2.0-or-later
/* What the elements of an access point say of it (IEEE 802.11-2020, 9.4.2). */
#include "agent/wifi/elements.h"

#include "agent/wifi/proof.h"

enum {
	EID_DS = 3, EID_TIM = 5, EID_BSS_LOAD = 11, EID_POWER_CONSTRAINT = 32,
	EID_TPC_REPORT = 35, EID_CSA = 37, EID_QUIET = 40, EID_ERP = 42, EID_ECSA = 60,
	EID_HT_OPERATION = 61, EID_TIME = 69, EID_VHT_OPERATION = 192,
	EID_POWER_ENVELOPE = 195, EID_CSA_WRAPPER = 196, EID_RNR = 201,
	EXT_HE_OPERATION = 36, EXT_COLOR_CHANGE = 42, EXT_MAX_CSA_TIME = 52,
	EXT_EHT_OPERATION = 106,
};

#define FNV_OFFSET	0xcbf29ce484222325ull
#define FNV_PRIME	0x100000001b3ull
#define HE_HAS_VHT	0x004000u	/* bits of HE operation parameters */
#define HE_HAS_COHOST	0x008000u
#define HE_HAS_6GHZ	0x020000u

/* What one frame says. */
struct said {
	u8 ssid[KB_SSID_MAX], ssid_len;
	u32 own;			/* MHz */
	bool wpa, bad;
	struct kb_rsn rsn;
	char country[3];
	u64 fingerprint;
};

u32 kb_channel_mhz(unsigned int channel, u32 near)
{
	switch (kb_band_of(near)) {
	case KB_BAND_2GHZ:
		if (channel == 14)
			return 2484;
		return channel >= 1 && channel <= 13 ? 2407 + 5 * channel : 0;
	case KB_BAND_5GHZ:
		return channel >= 30 && channel <= 179 ? 5000 + 5 * channel : 0;
	case KB_BAND_6GHZ:
		if (channel == 2)
			return 5935;
		return channel >= 1 && channel <= 235 ? 5950 + 5 * channel : 0;
	default:
		return 0;
	}
}

/* The primary channel of a 6 GHz operation field, if there is one. */
static u32 he_channel(const struct kb_element *e, u32 near)
{
	size_t at = 7;	/* extension, parameters, colour, rates */
	u32 params;

	if (e->len < at)
		return 0;
	params = (u32)e->data[1] | (u32)e->data[2] << 8 | (u32)e->data[3] << 16;
	if (!(params & HE_HAS_6GHZ))
		return 0;
	at += (params & HE_HAS_VHT ? 3 : 0) + (params & HE_HAS_COHOST ? 1 : 0);
	return at < e->len ? kb_channel_mhz(e->data[at], near) : 0;
}

/*
 * What changes while an access point goes on as it is: its channel, the load,
 * stations that come and go, neighbours. The SSID is judged by itself.
 */
static bool is_volatile(const struct kb_element *e)
{
	static const u8 ids[] = {
		KB_ELEMENT_SSID, EID_DS, EID_TIM, EID_BSS_LOAD, EID_POWER_CONSTRAINT,
		EID_TPC_REPORT, EID_CSA, EID_QUIET, EID_ERP, EID_ECSA, EID_HT_OPERATION, EID_TIME,
		EID_VHT_OPERATION, EID_POWER_ENVELOPE, EID_CSA_WRAPPER, EID_RNR,
	};
	static const u8 extensions[] = {
		EXT_HE_OPERATION, EXT_COLOR_CHANGE, EXT_MAX_CSA_TIME, EXT_EHT_OPERATION,
	};

	if (e->id == KB_ELEMENT_EXTENSION)
		return !e->len || memchr(extensions, e->data[0], sizeof(extensions));
	return memchr(ids, e->id, sizeof(ids));
}

static u64 mix(u64 hash, const u8 *bytes, size_t n)
{
	while (n--)
		hash = (hash ^ *bytes++) * FNV_PRIME;
	return hash;
}

static u64 mix_element(u64 hash, const struct kb_element *e)
{
	size_t n = e->len;

	if (is_volatile(e))
		return hash;
	/* vendors put counters and clocks into theirs: whose it is, and of what type, must do */
	if (e->id == KB_ELEMENT_VENDOR && !kb_element_is_wpa(e) && n > 4)
		n = 4;
	return mix(mix(hash, &e->id, 1), e->data, n);
}

static void read_country(const struct kb_element *e, char ret[3])
{
	size_t i;

	if (e->len < 3)
		return;
	for (i = 0; i < 2; i++)
		if (e->data[i] < 'A' || e->data[i] > 'Z')
			return;
	memcpy(ret, e->data, 2);
	ret[2] = '\0';
}

static void read_element(const struct kb_element *e, u32 near, struct said *said)
{
	said->fingerprint = mix_element(said->fingerprint, e);
	switch (e->id) {
	case KB_ELEMENT_SSID:
		if (e->len > KB_SSID_MAX) {
			said->bad = true;
			break;
		}
		said->ssid_len = e->len;
		memcpy(said->ssid, e->data, e->len);
		break;
	case EID_DS:
	case EID_HT_OPERATION:
		if (e->len)
			said->own = kb_channel_mhz(e->data[0], near);
		break;
	case KB_ELEMENT_COUNTRY:
		read_country(e, said->country);
		break;
	case KB_ELEMENT_VENDOR:
		said->wpa |= kb_element_is_wpa(e);
		break;
	case KB_ELEMENT_RSN:
		if (said->rsn.present || kb_rsn_parse(e->data, e->len, &said->rsn))
			said->bad = true;
		break;
	case KB_ELEMENT_EXTENSION:
		if (e->len && e->data[0] == EXT_HE_OPERATION)
			said->own = he_channel(e, near) ?: said->own;
		break;
	default:
		break;
	}
}

static void read_frame(const u8 *ies, size_t len, u32 near, struct said *ret)
{
	struct kb_elements walk = { .bytes = ies, .len = len };
	struct kb_element element;
	int r;

	memset(ret, 0, sizeof(*ret));
	ret->fingerprint = FNV_OFFSET;
	while ((r = kb_element_next(&walk, &element)) > 0)
		read_element(&element, near, ret);
	ret->bad |= r < 0;
}

/* Whoever answers under this address offers at least the weaker of the two. */
static void weaken(struct kb_rsn *rsn, const struct kb_rsn *other)
{
	rsn->present &= other->present;
	rsn->mfp_capable &= other->mfp_capable;
	rsn->mfp_required &= other->mfp_required;
	rsn->foreign |= other->foreign;
	rsn->akms |= other->akms;
	rsn->pairwise |= other->pairwise;
	rsn->group |= other->group;
	rsn->group_mgmt |= other->group_mgmt;
}

static bool is_hidden(const struct said *said)
{
	u8 i;

	for (i = 0; i < said->ssid_len; i++)
		if (said->ssid[i])
			return false;
	return true;
}

void kb_bss_read_elements(const u8 *ies, size_t len, const u8 *beacon, size_t beacon_len,
			  struct kb_bss *bss)
{
	struct said last, steady;
	const struct said *name = &last;

	read_frame(ies, len, bss->frequency, &last);
	steady = last;
	if (beacon)
		read_frame(beacon, beacon_len, bss->frequency, &steady);
	if (is_hidden(&last))
		name = &steady;
	bss->ssid_len = name->ssid_len;
	memcpy(bss->ssid, name->ssid, sizeof(bss->ssid));
	bss->own_frequency = steady.own;
	if (last.own && (!steady.own || last.own != bss->frequency))
		bss->own_frequency = last.own;
	bss->wpa = last.wpa || steady.wpa;
	bss->rsn_bad = last.bad || steady.bad;
	bss->rsn = last.rsn;
	if (beacon)
		weaken(&bss->rsn, &steady.rsn);
	memcpy(bss->country, steady.country[0] ? steady.country : last.country,
	       sizeof(bss->country));
	bss->fingerprint = steady.fingerprint;
}
