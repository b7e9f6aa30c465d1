// SPDX-License-Identifier: GPL-2.0-or-later
/* One thing differs, and exactly that is said; nothing that is unknown passes (W1, W2). */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <linux/nl80211.h>

#include "policy/i18n.h"
#include "tests/unit/wifi_world.h"

typedef void (*change_fn)(struct world *w, struct kb_association_facts *f);

#define CHANGE(name, ...)								\
	static void name(struct world *w, struct kb_association_facts *f)		\
	{										\
		struct kb_supplicant_facts *s = &f->supplicant;				\
		struct kb_wifi_profile *p = &w->profiles[WORLD_CITY];			\
											\
		(void)s;								\
		(void)p;								\
		__VA_ARGS__;								\
	}

CHANGE(nothing)
/* What is allowed and not the first of its list. */
CHANGE(other_bssid, f->bssid[5] = 2; s->bssid[5] = 2)
CHANGE(bssid_in_range, memcpy(f->bssid, "\x02\x33\x44\xde\xad\x01", 6); memcpy(s->bssid, f->bssid, 6))
CHANGE(any_bssid, p->n_bssids = 0; memset(f->bssid, 9, 6); memcpy(s->bssid, f->bssid, 6))
CHANGE(supplicant_knows_no_bssid, memset(s->bssid, 0, 6))
CHANGE(suite_b, f->rsn.akms = KB_AKM_SUITE_B_192; f->rsn.pairwise = f->rsn.group = KB_CIPHER_GCMP_256;
       f->rsn.group_mgmt = KB_CIPHER_BIP_GMAC_256)
CHANGE(ft, f->rsn.akms = KB_AKM_FT_8021X)
CHANGE(default_group_mgmt, f->rsn.group_mgmt = 0)
CHANGE(not_required_by_terminal, f->rsn.mfp_required = false)
CHANGE(pmf_optional_and_off, p->pmf = KB_PMF_OPTIONAL; f->mfp = false; f->rsn.mfp_capable = false;
       f->rsn.group_mgmt = 0)
CHANGE(pmf_optional_and_refused, p->pmf = KB_PMF_OPTIONAL; p->group_mgmt = KB_CIPHER_BIP_GMAC_256; f->mfp = false)
CHANGE(both_servers, s->n_servers = 2; strcpy(s->servers[1], "radius2.city.example"))
CHANGE(server_in_capitals, strcpy(s->servers[0], "RADIUS.City.Example"))
CHANGE(eap_small, strcpy(s->eap, "tls"))
CHANGE(no_hash, p->has_ca_sha256 = false; f->ca_matches = false)
CHANGE(band_high, f->frequency = 5895)
CHANGE(band_low, f->frequency = 5150)
CHANGE(band_6, p->bands = KB_BAND_6GHZ; f->frequency = 7125)
CHANGE(band_2, p->bands = KB_BAND_2GHZ; f->frequency = 2401)
CHANGE(no_signal, f->signal = 0)

static const change_fn harmless[] = {
	nothing, other_bssid, bssid_in_range, any_bssid, supplicant_knows_no_bssid, suite_b, ft,
	default_group_mgmt, not_required_by_terminal, pmf_optional_and_off, pmf_optional_and_refused,
	both_servers, server_in_capitals, eap_small, no_hash, band_high, band_low, band_6, band_2, no_signal,
};

CHANGE(ssid_unknown, f->ssid_len = 0)
CHANGE(ssid_longer, f->ssid[f->ssid_len++] = ' ')
CHANGE(ssid_with_nul, f->ssid_len++)
CHANGE(bssid_stranger, f->bssid[0] = s->bssid[0] = 0x66)
CHANGE(bssid_unknown, memset(f->bssid, 0, 6); memset(s->bssid, 0, 6))
CHANGE(bssid_unknown_any, bssid_unknown(w, f); p->n_bssids = 0)
CHANGE(band_wrong, f->frequency = 2412)
CHANGE(band_above, f->frequency = 5896)
CHANGE(band_unknown, f->frequency = 0)
CHANGE(akm_sha1, f->rsn.akms = KB_AKM_8021X)
CHANGE(akm_psk, f->rsn.akms = KB_AKM_PSK)
CHANGE(akm_two, f->rsn.akms = KB_AKM_8021X_SHA256 | KB_AKM_FT_8021X)
CHANGE(akm_foreign, f->rsn.akms = 0; f->rsn.foreign = true)
CHANGE(pairwise_tkip, f->rsn.pairwise = KB_CIPHER_TKIP)
CHANGE(pairwise_two, f->rsn.pairwise = KB_CIPHER_CCMP | KB_CIPHER_TKIP)
CHANGE(group_tkip, f->rsn.group = KB_CIPHER_TKIP)
CHANGE(group_wep, f->rsn.group = KB_CIPHER_WEP104)
CHANGE(mgmt_other, f->rsn.group_mgmt = KB_CIPHER_BIP_GMAC)
CHANGE(mgmt_default_refused, p->group_mgmt = KB_CIPHER_BIP_GMAC_256; f->rsn.group_mgmt = 0)
CHANGE(mgmt_foreign, f->rsn.group_mgmt = 0; f->rsn.foreign = true)
CHANGE(pmf_station, f->mfp = false)
CHANGE(pmf_capability, f->rsn.mfp_capable = false; f->rsn.group_mgmt = 0)
CHANGE(pmf_neither, f->mfp = false; f->rsn.mfp_capable = false)
CHANGE(not_authorized, f->authorized = false)
CHANGE(port_shut, s->port_authorized = false)
CHANGE(dormant, f->operational = false)
CHANGE(eap_peap, strcpy(s->eap, "PEAP"))
CHANGE(eap_none, s->eap[0] = '\0')
CHANGE(eap_longer, strcpy(s->eap, "TLSV"))
CHANGE(ca_other, strcpy(s->ca, "/etc/ssl/certs/ca.pem"))
CHANGE(ca_none, s->ca[0] = '\0')
CHANGE(ca_content, f->ca_matches = false)
CHANGE(ca_no_profile, p->ca = NULL)
CHANGE(server_other, strcpy(s->servers[0], "radius.evil.example"))
CHANGE(server_any, s->n_servers = 0)
CHANGE(server_one_more, s->n_servers = 2; strcpy(s->servers[1], "evil.example"))
CHANGE(server_parent, strcpy(s->servers[0], "city.example"))
CHANGE(server_wild, strcpy(s->servers[0], "*.city.example"))
CHANGE(server_too_many, s->n_servers = 4000000000u; for (int i = 0; i < KB_SERVERS_MAX; i++)
	strcpy(s->servers[i], "radius.city.example"))
CHANGE(supplicant_gone, memset(s, 0, sizeof(*s)))
CHANGE(supplicant_elsewhere, s->bssid[5] = 2)
CHANGE(not_completed, s->completed = false)
CHANGE(rsn_unknown, f->rsn_known = false)
CHANGE(rsn_foreign, f->rsn.foreign = true)
CHANGE(type_ap, f->iftype = NL80211_IFTYPE_AP)
CHANGE(type_p2p, f->iftype = NL80211_IFTYPE_P2P_CLIENT)
CHANGE(type_future, f->iftype = 99)
CHANGE(name_only, p->pinned = false)

static const struct row {
	const char *what;
	change_fn change;
	enum kb_difference_item item;
	bool early;
	const char *needed, *has;	/* NULL: not looked at */
} rows[] = {
	{ "no SSID", ssid_unknown, KB_DIFFERS_SSID, false, "\"MYNUMBER-A\"", "unknown" },
	{ "a space more", ssid_longer, KB_DIFFERS_SSID, false, "\"MYNUMBER-A\"", "\"MYNUMBER-A\\x20\"" },
	{ "a NUL more", ssid_with_nul, KB_DIFFERS_SSID, false, "\"MYNUMBER-A\"", "\"MYNUMBER-A\\x00\"" },
	{ "stranger", bssid_stranger, KB_DIFFERS_BSSID, false,
	  "02:11:22:00:00:01, 02:11:22:00:00:02, 02:33:44:00:00:00/24", "66:11:22:00:00:01" },
	{ "no BSSID", bssid_unknown, KB_DIFFERS_BSSID, false, NULL, "unknown" },
	{ "no BSSID, any allowed", bssid_unknown_any, KB_DIFFERS_BSSID, false, "any", "unknown" },
	{ "2.4 GHz", band_wrong, KB_DIFFERS_BAND, false, "5 GHz", "2.4 GHz" },
	{ "between the bands", band_above, KB_DIFFERS_BAND, false, "5 GHz", "5896 MHz" },
	{ "no frequency", band_unknown, KB_DIFFERS_BAND, false, "5 GHz", "unknown" },
	{ "SHA-1", akm_sha1, KB_DIFFERS_AKM, false, "ft-eap, wpa2-eap-sha256, wpa3-eap-192", "wpa2-eap" },
	{ "PSK", akm_psk, KB_DIFFERS_AKM, false, NULL, "wpa2-psk" },
	{ "two AKMs", akm_two, KB_DIFFERS_AKM, false, NULL, "ft-eap, wpa2-eap-sha256" },
	{ "unknown AKM", akm_foreign, KB_DIFFERS_AKM, false, NULL, "unknown" },
	{ "TKIP", pairwise_tkip, KB_DIFFERS_PAIRWISE, false, "ccmp, gcmp-256", "tkip" },
	{ "two ciphers", pairwise_two, KB_DIFFERS_PAIRWISE, false, "ccmp, gcmp-256", "tkip, ccmp" },
	{ "group TKIP", group_tkip, KB_DIFFERS_GROUP, false, "ccmp, gcmp-256", "tkip" },
	{ "group WEP", group_wep, KB_DIFFERS_GROUP, false, NULL, "wep-104" },
	{ "BIP-GMAC", mgmt_other, KB_DIFFERS_GROUP_MGMT, false, "bip-cmac, bip-gmac-256", "bip-gmac" },
	{ "default BIP refused", mgmt_default_refused, KB_DIFFERS_GROUP_MGMT, false, "bip-gmac-256", "bip-cmac" },
	{ "unknown BIP", mgmt_foreign, KB_DIFFERS_GROUP_MGMT, false, NULL, "unknown" },
	{ "station without PMF", pmf_station, KB_DIFFERS_PMF, false, "required", "none" },
	{ "PMF not negotiated", pmf_capability, KB_DIFFERS_PMF, false, "required", "not negotiated" },
	{ "neither", pmf_neither, KB_DIFFERS_PMF, false, "required", "none" },
	{ "station not authorized", not_authorized, KB_DIFFERS_AUTHORIZED, true, "authorized", "not authorized" },
	{ "port shut", port_shut, KB_DIFFERS_AUTHORIZED, true, "authorized by the supplicant", "not authorized" },
	{ "dormant", dormant, KB_DIFFERS_OPERATIONAL, true, "up", "not up" },
	{ "PEAP", eap_peap, KB_DIFFERS_EAP, false, "TLS", "PEAP" },
	{ "no EAP, and it is through", eap_none, KB_DIFFERS_EAP, false, "TLS", "none" },
	{ "a longer method", eap_longer, KB_DIFFERS_EAP, false, "TLS", "TLSV" },
	{ "another CA", ca_other, KB_DIFFERS_CA, false, "/etc/kidoban/wifi/city-ca.pem", "/etc/ssl/certs/ca.pem" },
	{ "no CA", ca_none, KB_DIFFERS_CA, false, NULL, "none" },
	{ "another content", ca_content, KB_DIFFERS_CA, false, NULL, "another content" },
	{ "a policy without CA", ca_no_profile, KB_DIFFERS_CA, false, "", NULL },
	{ "another server", server_other, KB_DIFFERS_SERVER, false,
	  "radius.city.example, radius2.city.example", "radius.evil.example" },
	{ "any server", server_any, KB_DIFFERS_SERVER, false, NULL, "any" },
	{ "one server more", server_one_more, KB_DIFFERS_SERVER, false, NULL, "radius.city.example, evil.example" },
	{ "its domain", server_parent, KB_DIFFERS_SERVER, false, NULL, "city.example" },
	{ "a wildcard", server_wild, KB_DIFFERS_SERVER, false, NULL, "*.city.example" },
	{ "more than there is room for", server_too_many, KB_DIFFERS_SERVER, false, NULL, NULL },
	{ "no supplicant", supplicant_gone, KB_DIFFERS_SUPPLICANT, false, NULL, "none" },
	{ "supplicant elsewhere", supplicant_elsewhere, KB_DIFFERS_SUPPLICANT, true, "02:11:22:00:00:01",
	  "02:11:22:00:00:02" },
	{ "handshake", not_completed, KB_DIFFERS_SUPPLICANT, true, "completed", "not completed" },
	{ "no event was seen", rsn_unknown, KB_DIFFERS_RSN, false, "known", "unknown" },
	{ "an unknown suite beside", rsn_foreign, KB_DIFFERS_RSN, false, NULL, "others" },
	{ "AP", type_ap, KB_DIFFERS_TYPE, false, "station", "AP" },
	{ "P2P", type_p2p, KB_DIFFERS_TYPE, false, "station", "P2P client" },
	{ "a type of the future", type_future, KB_DIFFERS_TYPE, false, "station", "unknown" },
	{ "a name only", name_only, KB_DIFFERS_PINNED, false, NULL, "a name and an SSID only" },
};

static struct kb_wifi_proof prove(unsigned int profile, change_fn change)
{
	struct kb_association_facts facts;
	struct kb_wifi_proof proof;
	struct world w;

	world_init(&w);
	facts = world_facts(&w, profile);
	change(&w, &facts);
	memset(&proof, 0x5a, sizeof(proof));
	kb_wifi_prove(&w.policy, &facts, &proof);
	return proof;
}

static void test_proven(void **state)
{
	struct kb_wifi_proof proof;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(harmless); i++) {
		proof = prove(WORLD_CITY, harmless[i]);
		kb_wifi_proof_text(&proof, text, sizeof(text));
		if (!proof.proven || proof.early || proof.profile != WORLD_CITY)
			fail_msg("harmless change %zu: %s", i, text);
		assert_int_equal(proof.n_differences, 0);
		assert_string_equal(text, "");
	}
	assert_true(prove(WORLD_SAE, nothing).proven);
	assert_int_equal(prove(WORLD_UTF8, nothing).profile, WORLD_UTF8);
	/* without EAP nobody needs to vouch for it */
	assert_true(prove(WORLD_SAE, supplicant_gone).proven);
}

static void test_differences(void **state)
{
	struct kb_wifi_proof proof;
	const struct kb_difference *d;
	char text[1024];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		proof = prove(WORLD_CITY, rows[i].change);
		kb_wifi_proof_text(&proof, text, sizeof(text));
		d = proof.differences;
		if (proof.proven || proof.n_differences != 1 || d->item != rows[i].item ||
		    proof.profile != WORLD_CITY || proof.early != rows[i].early ||
		    (rows[i].needed && strcmp(d->needed, rows[i].needed)) ||
		    (rows[i].has && strcmp(d->has, rows[i].has)))
			fail_msg("%s: proven %d early %d profile %u: %s", rows[i].what, proof.proven,
				 proof.early, proof.profile, text);
	}
}

/* Every item but those that no profile is near for has its row. */
static void test_rows_complete(void **state)
{
	u32 seen = 1u << KB_DIFFERS_ASSOCIATION;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		seen |= 1u << rows[i].item;
	assert_int_equal(seen, (1u << KB_DIFFERS_MAX) - 1);
}

CHANGE(open_twin, memset(&f->rsn, 0, sizeof(f->rsn)); f->mfp = false; memset(s, 0, sizeof(*s)))
CHANGE(handshake_under_way, f->authorized = false; f->operational = false; s->completed = false;
       s->port_authorized = false; s->eap[0] = '\0'; s->ca[0] = '\0'; s->n_servers = 0)
CHANGE(hopeless_handshake, handshake_under_way(w, f); strcpy(s->eap, "PEAP"))
CHANGE(wrong_ca_handshake, handshake_under_way(w, f); strcpy(s->ca, "/other.pem"))
CHANGE(not_there, f->associated = false)
CHANGE(stranger_ssid, f->ssid_len = 4; memcpy(f->ssid, "CAFE", 4); f->bssid[0] = 0x66)
CHANGE(borrowed, f->ssid_len = 4; memcpy(f->ssid, "CAFE", 4))
CHANGE(nothing_known, *f = (struct kb_association_facts){ .associated = true, .iftype = NL80211_IFTYPE_STATION })

static void test_open_twin(void **state)
{
	static const enum kb_difference_item items[] = {
		KB_DIFFERS_AKM, KB_DIFFERS_PAIRWISE, KB_DIFFERS_GROUP, KB_DIFFERS_PMF, KB_DIFFERS_SUPPLICANT
	};
	struct kb_wifi_proof proof = prove(WORLD_CITY, open_twin);
	char text[512];
	size_t i;

	(void)state;
	assert_false(proof.proven);
	assert_false(proof.early);
	assert_int_equal(proof.n_differences, ARRAY_SIZE(items));
	for (i = 0; i < ARRAY_SIZE(items); i++)
		assert_int_equal(proof.differences[i].item, items[i]);
	kb_wifi_proof_text(&proof, text, sizeof(text));
	assert_non_null(strstr(text, "PMF: needed required, has none; "));
	assert_non_null(strstr(text, "AKM: needed ft-eap, wpa2-eap-sha256, wpa3-eap-192, has none; "));
}

/* Nobody is sent away who is on the way; nobody is waited for who never arrives. */
static void test_early(void **state)
{
	(void)state;
	assert_true(prove(WORLD_CITY, handshake_under_way).early);
	assert_false(prove(WORLD_CITY, handshake_under_way).proven);
	assert_false(prove(WORLD_CITY, hopeless_handshake).early);
	assert_false(prove(WORLD_CITY, wrong_ca_handshake).early);
	assert_false(prove(WORLD_CITY, not_there).early);
}

static void test_nearest(void **state)
{
	struct kb_wifi_proof proof = prove(WORLD_CITY, not_there);

	(void)state;
	assert_int_equal(proof.profile, KB_INDEX_NONE);
	assert_int_equal(proof.n_differences, 1);
	assert_int_equal(proof.differences[0].item, KB_DIFFERS_ASSOCIATION);
	proof = prove(WORLD_CITY, stranger_ssid);
	assert_int_equal(proof.profile, KB_INDEX_NONE);
	assert_int_equal(proof.n_differences, 1);
	assert_int_equal(proof.differences[0].item, KB_DIFFERS_SSID);
	assert_string_equal(proof.differences[0].has, "\"CAFE\"");
	/* its BSSID is the city's: that profile comes nearest */
	proof = prove(WORLD_CITY, borrowed);
	assert_int_equal(proof.profile, WORLD_CITY);
	assert_int_equal(proof.differences[0].item, KB_DIFFERS_SSID);
	/* KIOSK allows any BSSID; that brings nobody near */
	proof = prove(WORLD_SAE, stranger_ssid);
	assert_int_equal(proof.profile, KB_INDEX_NONE);
	proof = prove(WORLD_CITY, nothing_known);
	assert_false(proof.proven);
	assert_int_equal(proof.profile, KB_INDEX_NONE);
}

/* Several profiles of one SSID: the one that fits, wherever it stands; else the nearest. */
static void test_one_ssid(void **state)
{
	struct kb_association_facts facts;
	struct kb_wifi_proof proof;
	struct world w;
	u32 i;

	(void)state;
	for (i = 0; i < 4; i++) {
		world_init(&w);
		facts = world_facts(&w, WORLD_CITY);
		for (u32 j = 0; j < 4; j++) {
			w.profiles[j] = w.profiles[WORLD_CITY];
			w.profiles[j].akms = KB_AKM_SAE;
			w.profiles[j].bands = j == 2 ? KB_BAND_5GHZ : KB_BAND_6GHZ;
		}
		kb_wifi_prove(&w.policy, &facts, &proof);
		assert_int_equal(proof.profile, 2);
		assert_int_equal(proof.n_differences, 1);
		w.profiles[i].akms = KB_AKM_8021X_SHA256;
		w.profiles[i].bands = KB_BAND_ALL;
		kb_wifi_prove(&w.policy, &facts, &proof);
		assert_true(proof.proven);
		assert_int_equal(proof.profile, i);
	}
	/* one that says what it needs is more use than one with a name only */
	world_init(&w);
	w.profiles[WORLD_NAME_ONLY] = (struct kb_wifi_profile){ .name = "n", .ssid_len = 10 };
	memcpy(w.profiles[WORLD_NAME_ONLY].ssid, "MYNUMBER-A", 10);
	open_twin(&w, &facts);
	kb_wifi_prove(&w.policy, &facts, &proof);
	assert_int_equal(proof.profile, WORLD_CITY);
}

static void test_bands(void **state)
{
	static const struct { u32 mhz, band; } edges[] = {
		{ 0, 0 }, { 2400, 0 }, { 2401, 1 }, { 2412, 1 }, { 2484, 1 }, { 2495, 1 }, { 2496, 0 },
		{ 4920, 0 }, { 5149, 0 }, { 5150, 2 }, { 5180, 2 }, { 5895, 2 }, { 5896, 0 }, { 5924, 0 },
		{ 5925, 4 }, { 5955, 4 }, { 7125, 4 }, { 7126, 0 }, { 60480, 0 }, { 0xffffffff, 0 },
	};
	char text[32], small[4];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(edges); i++)
		assert_int_equal(kb_band_of(edges[i].mhz), edges[i].band);
	kb_bands_text(KB_BAND_ALL, text, sizeof(text));
	assert_string_equal(text, "2.4 GHz, 5 GHz, 6 GHz");
	kb_bands_text(0, text, sizeof(text));
	assert_string_equal(text, "");
	kb_bands_text(KB_BAND_ALL, small, sizeof(small));
	assert_string_equal(small, "2.4");
}

/* Names from the air and from configurations reach people as text only. */
static void test_harmless_text(void **state)
{
	struct kb_association_facts facts;
	struct kb_wifi_proof proof;
	char text[4096];
	struct world w;
	size_t i;

	(void)state;
	world_init(&w);
	facts = world_facts(&w, WORLD_CITY);
	memcpy(facts.ssid, "\x1b[2J\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 19);
	facts.ssid_len = 32;
	strcpy(facts.supplicant.servers[0], "\x1b[31mevil");
	memset(facts.supplicant.ca, '\x07', KB_FILE_MAX);
	strcpy(facts.supplicant.eap, "\n\n\n");
	kb_wifi_prove(&w.policy, &facts, &proof);
	kb_wifi_proof_text(&proof, text, sizeof(text));
	for (i = 0; text[i]; i++)
		assert_true((u8)text[i] >= 0x20 && text[i] != 0x7f);
	assert_non_null(strstr(text, "\"\\x1b[2J\\xff"));
	assert_non_null(strstr(text, "\\x1b[31mevil"));
	assert_non_null(strstr(text, "...\\x07"));
	/* an SSID that is a word of ours is still a name */
	world_init(&w);
	facts = world_facts(&w, WORLD_CITY);
	memcpy(facts.ssid, "none", 4);
	facts.ssid_len = 4;
	kb_wifi_prove(&w.policy, &facts, &proof);
	assert_string_equal(proof.differences[0].has, "\"none\"");
}

/* Names and labels of all, and none beyond. */
static void test_names(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; i < KB_DIFFERS_MAX; i++) {
		assert_non_null(kb_difference_name(i));
		assert_non_null(kb_difference_label(i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(kb_difference_name(i), kb_difference_name(j));
	}
	assert_null(kb_difference_name(KB_DIFFERS_MAX));
	assert_null(kb_difference_label((enum kb_difference_item)-1));
}

/* Another place for the catalogue makes the library forget what it looked up. */
static void speak(const char *language, const char *dir)
{
	setenv("LANGUAGE", language, 1);
	setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain("kidoban", dir);
	bind_textdomain_codeset("kidoban", "UTF-8");
}

static void in_japanese(void)
{
	speak("ja", "build/locale");
}

static void in_english(void)
{
	speak("en", "build/no-locale");
}

static void test_languages(void **state)
{
	struct kb_wifi_proof proof;
	char english[512], japanese[512];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		proof = prove(WORLD_CITY, rows[i].change);
		in_english();
		kb_difference_text(&proof.differences[0], english, sizeof(english));
		assert_non_null(strstr(english, ": needed "));
		assert_non_null(strstr(english, ", has "));
		in_japanese();
		kb_difference_text(&proof.differences[0], japanese, sizeof(japanese));
		assert_non_null(strstr(japanese, ": 必要なのは "));
		assert_null(strstr(japanese, "needed"));
		/* no word of ours stays behind */
		assert_null(strstr(japanese, "unknown"));
		assert_null(strstr(japanese, "none"));
		assert_null(strstr(japanese, "not "));
	}
	proof = prove(WORLD_CITY, pmf_station);
	kb_wifi_proof_text(&proof, japanese, sizeof(japanese));
	assert_string_equal(japanese, "PMF: 必要なのは 必須、実際は なし");
	in_english();
	kb_wifi_proof_text(&proof, english, sizeof(english));
	assert_string_equal(english, "PMF: needed required, has none");
}

/* However small the room: terminated, and whole characters only. */
static void test_room(void **state)
{
	struct kb_wifi_proof proof = prove(WORLD_UTF8, open_twin);
	char *room;
	size_t size, full;

	(void)state;
	in_japanese();
	room = malloc(1024);
	kb_wifi_proof_text(&proof, room, 1024);
	full = strlen(room);
	free(room);
	assert_true(full > 100);
	for (size = 1; size <= full + 1; size++) {
		room = malloc(size);
		memset(room, 'x', size);
		kb_wifi_proof_text(&proof, room, size);
		assert_true(strnlen(room, size) < size);
		assert_true(mbstowcs(NULL, room, 0) != (size_t)-1);
		free(room);
	}
	in_english();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proven),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_rows_complete),
		cmocka_unit_test(test_open_twin),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_one_ssid),
		cmocka_unit_test(test_bands),
		cmocka_unit_test(test_harmless_text),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
