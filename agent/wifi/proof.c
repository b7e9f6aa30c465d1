// SPDX-License-Identifier: GPL-2.0-or-later
/* Does the present association match a profile? Everything unknown is a difference (W1, W2). */
#include "agent/wifi/proof.h"

#include <linux/nl80211.h>
#include <strings.h>

#include "agent/words.h"
#include "policy/i18n.h"
#include "policy/suite.h"

#define TEXT_SIZE	sizeof(((struct kb_difference *)0)->needed)

/* One profile's judgement while it is made. */
struct judge {
	const struct kb_wifi_profile *profile;
	const struct kb_association_facts *facts;
	struct kb_wifi_proof *proof;
	bool lasting;			/* something differs that time alone does not mend */
	/* The server has not been asked yet: what is missing may still come. */
	bool under_way;
};

static struct kb_difference *differs(struct judge *j, enum kb_difference_item item, bool passing)
{
	struct kb_difference *d = &j->proof->differences[j->proof->n_differences++];

	memset(d, 0, sizeof(*d));
	d->item = item;
	j->lasting |= !passing;
	return d;
}

/* @needed and @has are words (msgids) or harmless text. */
static void say(struct judge *j, enum kb_difference_item item, bool passing, const char *needed,
		const char *has)
{
	struct kb_difference *d = differs(j, item, passing);

	snprintf(d->needed, sizeof(d->needed), "%s", needed);
	snprintf(d->has, sizeof(d->has), "%s", has);
}

u32 kb_band_of(u32 mhz)
{
	if (mhz >= 2401 && mhz <= 2495)
		return KB_BAND_2GHZ;
	if (mhz >= 5150 && mhz <= 5895)
		return KB_BAND_5GHZ;
	if (mhz >= 5925 && mhz <= 7125)
		return KB_BAND_6GHZ;
	return 0;
}

void kb_bands_text(u32 bands, char *ret, size_t size)
{
	static const char *const names[] = { "2.4 GHz", "5 GHz", "6 GHz" };
	size_t used = 0, i;

	*ret = '\0';
	for (i = 0; i < ARRAY_SIZE(names) && used < size; i++)
		if (bands & 1u << i)
			used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "",
						 names[i]);
}

static bool same_mac(const struct kb_link_mac *mac, const u8 address[6])
{
	size_t i;

	for (i = 0; i < 6; i++)
		if ((address[i] & mac->mask[i]) != (mac->value[i] & mac->mask[i]))
			return false;
	return true;
}

bool kb_wifi_bssid_matches(const struct kb_wifi_profile *profile, const u8 bssid[6])
{
	u32 i;

	for (i = 0; i < profile->n_bssids; i++)
		if (same_mac(&profile->bssids[i], bssid))
			return true;
	return !profile->n_bssids;
}

static bool is_zero(const u8 address[6])
{
	static const u8 zero[6];

	return !memcmp(address, zero, sizeof(zero));
}

static bool same_ssid(const struct kb_wifi_profile *profile,
		      const struct kb_association_facts *facts)
{
	return facts->ssid_len && facts->ssid_len == profile->ssid_len &&
	       !memcmp(facts->ssid, profile->ssid, facts->ssid_len);
}

/* Quoted, so that no name is taken for a word of ours. */
static void quote_ssid(const u8 *ssid, u8 len, char *ret, size_t size)
{
	char text[4 * KB_SSID_MAX + 1];

	kb_ssid_text(ssid, len, text, sizeof(text));
	snprintf(ret, size, "\"%s\"", text);
}

static void judge_ssid(struct judge *j)
{
	const struct kb_association_facts *facts = j->facts;
	struct kb_difference *d;

	if (same_ssid(j->profile, facts))
		return;
	d = differs(j, KB_DIFFERS_SSID, false);
	quote_ssid(j->profile->ssid, j->profile->ssid_len, d->needed, sizeof(d->needed));
	if (facts->ssid_len)
		quote_ssid(facts->ssid, facts->ssid_len, d->has, sizeof(d->has));
	else
		snprintf(d->has, sizeof(d->has), "%s", N_("unknown"));
}

/* Prefix length of a mask; -1 when it has holes. */
static int prefix_of(const u8 mask[6])
{
	int n = 0, i;

	while (n < 48 && mask[n / 8] & 0x80 >> (n % 8))
		n++;
	for (i = n; i < 48; i++)
		if (mask[i / 8] & 0x80 >> (i % 8))
			return -1;
	return n;
}

static void bssids_text(const struct kb_wifi_profile *profile, char *ret, size_t size)
{
	char mac[18], mask[24];
	size_t used = 0;
	int prefix;
	u32 i;

	*ret = '\0';
	for (i = 0; i < profile->n_bssids && used < size; i++) {
		kb_mac_text(profile->bssids[i].value, mac, sizeof(mac));
		prefix = prefix_of(profile->bssids[i].mask);
		mask[0] = '\0';
		if (prefix >= 0 && prefix < 48)
			snprintf(mask, sizeof(mask), "/%d", prefix);
		if (prefix < 0) {
			mask[0] = '/';
			kb_mac_text(profile->bssids[i].mask, mask + 1, sizeof(mask) - 1);
		}
		/* a whole entry or none: half an address would be another one */
		if (used + strlen(mac) + strlen(mask) + sizeof(", ...") >= size) {
			snprintf(ret + used, size - used, "%s...", used ? ", " : "");
			return;
		}
		used += (size_t)snprintf(ret + used, size - used, "%s%s%s", used ? ", " : "", mac,
					 mask);
	}
}

static void judge_bssid(struct judge *j)
{
	const u8 *bssid = j->facts->bssid;
	struct kb_difference *d;

	if (!is_zero(bssid) && kb_wifi_bssid_matches(j->profile, bssid))
		return;
	d = differs(j, KB_DIFFERS_BSSID, false);
	if (j->profile->n_bssids)
		bssids_text(j->profile, d->needed, sizeof(d->needed));
	else
		snprintf(d->needed, sizeof(d->needed), "%s", N_("any"));
	if (is_zero(bssid))
		snprintf(d->has, sizeof(d->has), "%s", N_("unknown"));
	else
		kb_mac_text(bssid, d->has, sizeof(d->has));
}

static void judge_band(struct judge *j)
{
	u32 band = kb_band_of(j->facts->frequency);
	struct kb_difference *d;

	if (band & j->profile->bands)
		return;
	d = differs(j, KB_DIFFERS_BAND, false);
	kb_bands_text(j->profile->bands, d->needed, sizeof(d->needed));
	if (band)
		kb_bands_text(band, d->has, sizeof(d->has));
	else if (j->facts->frequency)
		snprintf(d->has, sizeof(d->has), "%u MHz", j->facts->frequency);
	else
		snprintf(d->has, sizeof(d->has), "%s", N_("unknown"));
}

/*
 * What was negotiated is one suite, and an allowed one. No suite is an open
 * network, or one that 802.11 does not know.
 */
static void judge_suite(struct judge *j, enum kb_difference_item item, u32 allowed, u32 has,
			void (*text)(u32 mask, char *ret, size_t size))
{
	struct kb_difference *d;

	if (!j->facts->rsn.present)
		has = 0;
	if (has && !(has & (has - 1)) && !(has & ~allowed))
		return;
	d = differs(j, item, false);
	text(allowed, d->needed, sizeof(d->needed));
	if (has)
		text(has, d->has, sizeof(d->has));
	else
		snprintf(d->has, sizeof(d->has), "%s",
			 j->facts->rsn.present ? N_("unknown") : N_("none"));
}

static bool needs_pmf(const struct judge *j)
{
	return j->profile->pmf != KB_PMF_OPTIONAL;
}

static void judge_pmf(struct judge *j)
{
	const struct kb_association_facts *facts = j->facts;
	bool negotiated = !facts->rsn_known || facts->rsn.mfp_capable;

	if (!needs_pmf(j) || (negotiated && facts->mfp))
		return;
	if (!facts->mfp)
		say(j, KB_DIFFERS_PMF, false, N_("required"), N_("none"));
	else
		say(j, KB_DIFFERS_PMF, false, N_("required"), N_("not negotiated"));
}

static void judge_rsn(struct judge *j)
{
	const struct kb_wifi_profile *profile = j->profile;
	const struct kb_rsn *rsn = &j->facts->rsn;
	u32 before = j->proof->n_differences;

	if (!j->facts->rsn_known) {
		say(j, KB_DIFFERS_RSN, false, N_("known"), N_("unknown"));
		return;
	}
	judge_suite(j, KB_DIFFERS_AKM, profile->akms, rsn->akms, kb_akms_text);
	judge_suite(j, KB_DIFFERS_PAIRWISE, profile->pairwise, rsn->pairwise, kb_ciphers_text);
	judge_suite(j, KB_DIFFERS_GROUP, profile->group, rsn->group, kb_ciphers_text);
	/* without protected management frames that cipher is used for nothing */
	if (rsn->mfp_capable && (j->facts->mfp || needs_pmf(j)))
		judge_suite(j, KB_DIFFERS_GROUP_MGMT, profile->group_mgmt,
			    rsn->group_mgmt ?: (rsn->foreign ? 0 : KB_CIPHER_BIP_CMAC),
			    kb_ciphers_text);
	/* an unknown suite beside a known one: which of them is used? */
	if (rsn->present && rsn->foreign && j->proof->n_differences == before)
		say(j, KB_DIFFERS_RSN, false, N_("suites of IEEE 802.11"), N_("others"));
}

static void judge_state(struct judge *j)
{
	const struct kb_association_facts *facts = j->facts;
	bool eap = j->profile->eap != KB_EAP_NONE;

	if (!facts->authorized)
		say(j, KB_DIFFERS_AUTHORIZED, true, N_("authorized"), N_("not authorized"));
	else if (eap && facts->supplicant.known && !facts->supplicant.port_authorized)
		say(j, KB_DIFFERS_AUTHORIZED, true, N_("authorized by the supplicant"),
		    N_("not authorized"));
	if (!facts->operational)
		say(j, KB_DIFFERS_OPERATIONAL, true, N_("up"), N_("not up"));
}

/* A file's name, cut from the left where it is too long: its end says more. */
static void file_text(const char *path, char *ret, size_t size)
{
	char shown[4 * KB_FILE_MAX + 8];
	const char *from = shown;
	size_t len;

	kb_printable(path, shown, sizeof(shown));
	len = strlen(shown);
	if (len < size) {
		memcpy(ret, shown, len + 1);
		return;
	}
	from += len - (size - sizeof("..."));
	while ((*from & 0xc0) == 0x80)	/* not inside a character */
		from++;
	snprintf(ret, size, "...%s", from);
}

static void judge_ca(struct judge *j)
{
	const struct kb_wifi_profile *profile = j->profile;
	const char *ca = j->facts->supplicant.ca;
	struct kb_difference *d;

	if (!profile->ca || strcmp(ca, profile->ca)) {
		d = differs(j, KB_DIFFERS_CA, j->under_way && !*ca);
		file_text(profile->ca ?: "", d->needed, sizeof(d->needed));
		if (*ca)
			file_text(ca, d->has, sizeof(d->has));
		else
			snprintf(d->has, sizeof(d->has), "%s", N_("none"));
	} else if (profile->has_ca_sha256 && !j->facts->ca_matches) {
		say(j, KB_DIFFERS_CA, false, N_("the file that the policy names by its SHA-256"),
		    N_("another content"));
	}
}

static void list_text(const char *const *names, u32 n, char *ret, size_t size)
{
	char shown[4 * KB_SERVER_NAME_MAX + 8];
	size_t used = 0;
	u32 i;

	*ret = '\0';
	for (i = 0; i < n && used < size; i++) {
		kb_printable(names[i], shown, sizeof(shown));
		used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? ", " : "", shown);
	}
}

static bool lists_server(const struct kb_wifi_profile *profile, const char *name)
{
	u32 i;

	for (i = 0; i < profile->n_servers; i++)
		if (!strcasecmp(profile->servers[i], name))
			return true;
	return false;
}

/* Every name that the supplicant would accept must be one of the profile's. */
static void judge_server(struct judge *j)
{
	const struct kb_supplicant_facts *s = &j->facts->supplicant;
	u32 n = s->n_servers < KB_SERVERS_MAX ? s->n_servers : KB_SERVERS_MAX, i;
	const char *names[KB_SERVERS_MAX];
	bool wrong = !n || n != s->n_servers;
	struct kb_difference *d;

	for (i = 0; i < n; i++) {
		names[i] = s->servers[i];
		wrong |= !lists_server(j->profile, names[i]);
	}
	if (!wrong)
		return;
	d = differs(j, KB_DIFFERS_SERVER, j->under_way && !n);
	list_text(j->profile->servers, j->profile->n_servers, d->needed, sizeof(d->needed));
	if (n)
		list_text(names, n, d->has, sizeof(d->has));
	else
		snprintf(d->has, sizeof(d->has), "%s", N_("any"));
}

static void judge_eap(struct judge *j)
{
	const struct kb_supplicant_facts *s = &j->facts->supplicant;
	struct kb_difference *d;

	if (!strcasecmp(s->eap, "TLS"))
		return;
	d = differs(j, KB_DIFFERS_EAP, j->under_way && !s->eap[0]);
	snprintf(d->needed, sizeof(d->needed), "TLS");
	if (s->eap[0])
		kb_printable(s->eap, d->has, sizeof(d->has));
	else
		snprintf(d->has, sizeof(d->has), "%s", N_("none"));
}

/* What only the supplicant knows: against whom, and by what method, EAP was finished. */
static void judge_supplicant(struct judge *j)
{
	const struct kb_association_facts *facts = j->facts;
	const struct kb_supplicant_facts *s = &facts->supplicant;
	struct kb_difference *d;

	if (j->profile->eap == KB_EAP_NONE)
		return;
	if (!s->known) {
		say(j, KB_DIFFERS_SUPPLICANT, false, N_("one that vouches for EAP"), N_("none"));
		return;
	}
	if (!s->completed) {
		say(j, KB_DIFFERS_SUPPLICANT, true, N_("completed"), N_("not completed"));
	} else if (!is_zero(s->bssid) && memcmp(s->bssid, facts->bssid, sizeof(s->bssid))) {
		/* it roams, and tells of the one or the other */
		d = differs(j, KB_DIFFERS_SUPPLICANT, true);
		kb_mac_text(facts->bssid, d->needed, sizeof(d->needed));
		kb_mac_text(s->bssid, d->has, sizeof(d->has));
	}
	judge_eap(j);
	judge_ca(j);
	judge_server(j);
}

static const char *type_name(u32 iftype)
{
	static const char *const names[] = {
		[NL80211_IFTYPE_UNSPECIFIED] = N_("unknown"),
		[NL80211_IFTYPE_ADHOC] = "IBSS",
		[NL80211_IFTYPE_AP] = "AP",
		[NL80211_IFTYPE_AP_VLAN] = "AP VLAN",
		[NL80211_IFTYPE_WDS] = "WDS",
		[NL80211_IFTYPE_MONITOR] = N_("monitor"),
		[NL80211_IFTYPE_MESH_POINT] = N_("mesh"),
		[NL80211_IFTYPE_P2P_CLIENT] = N_("P2P client"),
		[NL80211_IFTYPE_P2P_GO] = N_("P2P group owner"),
		[NL80211_IFTYPE_P2P_DEVICE] = N_("P2P device"),
		[NL80211_IFTYPE_OCB] = "OCB",
		[NL80211_IFTYPE_NAN] = "NAN",
	};

	return iftype < ARRAY_SIZE(names) && names[iftype] ? names[iftype] : names[0];
}

void kb_wifi_judge(const struct kb_agent_policy *policy, u16 index,
		   const struct kb_association_facts *facts, struct kb_wifi_proof *ret)
{
	const struct kb_wifi_profile *profile = &policy->profiles[index];
	struct judge j = {
		.profile = profile, .facts = facts, .proof = ret,
		.under_way = !facts->supplicant.completed,
	};

	memset(ret, 0, sizeof(*ret));
	ret->profile = index;
	if (facts->iftype != NL80211_IFTYPE_STATION)
		say(&j, KB_DIFFERS_TYPE, false, N_("station"), type_name(facts->iftype));
	judge_ssid(&j);
	if (profile->pinned) {
		judge_bssid(&j);
		judge_band(&j);
		judge_rsn(&j);
		judge_pmf(&j);
		judge_state(&j);
		judge_supplicant(&j);
	} else {
		say(&j, KB_DIFFERS_PINNED, false, N_("a profile with its security"),
		    N_("a name and an SSID only"));
	}
	ret->proven = !ret->n_differences;
	ret->early = ret->n_differences && !j.lasting;
}

/* How near a profile comes to be meant; fewer differences decide among equals. */
static int nearness(const struct kb_wifi_profile *profile, const struct kb_association_facts *facts)
{
	if (same_ssid(profile, facts))
		return profile->pinned ? 3 : 2;
	return profile->n_bssids && !is_zero(facts->bssid) &&
	       kb_wifi_bssid_matches(profile, facts->bssid);
}

/* None of the policy's, or no association at all. */
static void judge_stranger(const struct kb_association_facts *facts, struct kb_wifi_proof *ret)
{
	struct judge j = { .facts = facts, .proof = ret };
	char ssid[TEXT_SIZE];

	memset(ret, 0, sizeof(*ret));
	ret->profile = KB_INDEX_NONE;
	if (facts->iftype != NL80211_IFTYPE_STATION)
		say(&j, KB_DIFFERS_TYPE, false, N_("station"), type_name(facts->iftype));
	if (!facts->associated) {
		say(&j, KB_DIFFERS_ASSOCIATION, false, N_("associated"), N_("none"));
		return;
	}
	if (facts->ssid_len)
		quote_ssid(facts->ssid, facts->ssid_len, ssid, sizeof(ssid));
	else
		snprintf(ssid, sizeof(ssid), "%s", N_("unknown"));
	say(&j, KB_DIFFERS_SSID, false, N_("one of the policy"), ssid);
}

void kb_wifi_prove(const struct kb_agent_policy *policy, const struct kb_association_facts *facts,
		   struct kb_wifi_proof *ret)
{
	struct kb_wifi_proof proof;
	int near, nearest = 0;
	u32 i;

	judge_stranger(facts, ret);
	if (!facts->associated)
		return;
	for (i = 0; i < policy->n_profiles && i < KB_INDEX_NONE; i++) {
		near = nearness(&policy->profiles[i], facts);
		if (!near || near < nearest)
			continue;
		kb_wifi_judge(policy, (u16)i, facts, &proof);
		if (near == nearest && proof.n_differences >= ret->n_differences && !proof.proven)
			continue;
		nearest = near;
		*ret = proof;
		if (proof.proven)
			return;
	}
}
