// SPDX-License-Identifier: GPL-2.0-or-later
/* What the agent's reader refuses, attribute by attribute, and what it makes of the rest (W1, W2, P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent_make.h"
static int read(const struct blob_make *b, struct kb_agent_policy **ret, struct kb_blob_error *ret_error)
{
	struct kb_policy *policy;
	int r;

	*ret_error = (struct kb_blob_error){ 0 };
	r = kb_policy_parse(b->bytes, b->len, &policy, ret_error);
	if (r)
		fail_msg("%d: %s", r, ret_error->text);
	r = kb_agent_policy_read(policy, ret, ret_error);
	/* what was read outlives the policy */
	kb_policy_free(policy);
	return r;
}

static void must_refuse(struct blob_make *b, const char *words, const char *what)
{
	struct kb_agent_policy *agent = (void *)0x1;
	struct kb_blob_error error;
	int r = read(b, &agent, &error);

	if (r != -EBADMSG || agent != (void *)0x1 || !strstr(error.text, words))
		fail_msg("%s: %d, \"%s\" instead of \"%s\"", what, r, error.text, words);
	assert_true(error.offset <= b->len);
	blob_make_free(b);
}

static void must_take(struct blob_make *b, const char *what)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;
	int r = read(b, &agent, &error);

	if (r)
		fail_msg("%s: %s", what, error.text);
	kb_agent_policy_free(agent);
	blob_make_free(b);
}

struct wrong {
	const char *what;
	struct agent_change change;
	const char *words;
};

#define LACKS(type)		{ type, NULL, 0 }
#define SAYS(type, bytes)	{ type, bytes, sizeof(bytes) - 1 }
/* with the NUL */
#define TELLS(type, text)	{ type, text, sizeof(text) }

static void try_wrongs(const struct wrong *wrongs, size_t n, agent_make_fn put)
{
	struct blob_make b;
	size_t i;

	agent_make_begin(&b);
	put(&b, NULL);
	must_take(&b, "as it should be");
	for (i = 0; i < n; i++) {
		agent_make_begin(&b);
		put(&b, &wrongs[i].change);
		must_refuse(&b, wrongs[i].words, wrongs[i].what);
	}
}

static void refuses_modes(void **state)
{
	static const struct wrong wrongs[] = {
		{ "no wifi", LACKS(KB_AGENT_MODES_WIFI), "attribute wifi is missing" },
		{ "no place", LACKS(KB_AGENT_MODES_PLACE), "attribute place is missing" },
		{ "mode 3", SAYS(KB_AGENT_MODES_WIFI, "\3"), "wifi 3 is out of range" },
		{ "u32", SAYS(KB_AGENT_MODES_PLACE, "\1\0\0\0"), "place has 4 bytes instead of 1" },
	};

	(void)state;
	try_wrongs(wrongs, ARRAY_SIZE(wrongs), agent_make_modes);
}

static void refuses_wireless(void **state)
{
	static const struct wrong wrongs[] = {
		{ "no supplicant", LACKS(KB_WIRELESS_SUPPLICANT), "attribute supplicant is missing" },
		{ "no provision", LACKS(KB_WIRELESS_PROVISION), "attribute provision is missing" },
		{ "no survey", LACKS(KB_WIRELESS_SURVEY), "attribute survey is missing" },
		{ "no avoid", LACKS(KB_WIRELESS_AVOID), "attribute avoid is missing" },
		{ "no modes", LACKS(KB_WIRELESS_MODES), "attribute modes is missing" },
		{ "supplicant 5", SAYS(KB_WIRELESS_SUPPLICANT, "\5"), "supplicant 5 is out of range" },
		{ "provision 2", SAYS(KB_WIRELESS_PROVISION, "\2"), "provision 2 is out of range" },
		{ "survey 29", SAYS(KB_WIRELESS_SURVEY, "\35\0\0\0"), "survey: too often" },
		{ "survey 86401", SAYS(KB_WIRELESS_SURVEY, "\201\121\1\0"), "survey 86401 is out of range" },
		{ "modes 2", SAYS(KB_WIRELESS_MODES, "\2"), "modes 2 is out of range" },
		{ "no canary's name", SAYS(KB_WIRELESS_CANARY, ""), "canary has 0 bytes" },
		{ "long canary", SAYS(KB_WIRELESS_CANARY, "123456789012345678901234567890123"), "canary has 33 bytes" },
		{ "canary with NUL", SAYS(KB_WIRELESS_CANARY, "a\0b"), "canary: control characters" },
		{ "canary in Latin 1", SAYS(KB_WIRELESS_CANARY, "a\377"), "canary: not UTF-8" },
	};

	(void)state;
	try_wrongs(wrongs, ARRAY_SIZE(wrongs), agent_make_wireless);
}

static void refuses_wifi(void **state)
{
	static const struct wrong wrongs[] = {
		{ "no profile", LACKS(KB_WIFI_PROFILE), "attribute profile is missing" },
		{ "no akm", LACKS(KB_WIFI_AKM), "attribute akm is missing" },
		{ "no pairwise", LACKS(KB_WIFI_PAIRWISE), "attribute pairwise is missing" },
		{ "no group", LACKS(KB_WIFI_GROUP), "attribute group is missing" },
		{ "no group_mgmt", LACKS(KB_WIFI_GROUP_MGMT), "attribute group_mgmt is missing" },
		{ "no pmf", LACKS(KB_WIFI_PMF), "attribute pmf is missing" },
		{ "no band", LACKS(KB_WIFI_BAND), "attribute band is missing" },
		{ "no eap", LACKS(KB_WIFI_EAP), "attribute eap is missing" },
		{ "no priority", LACKS(KB_WIFI_PRIORITY), "attribute priority is missing" },
		{ "no ca", LACKS(KB_WIFI_CA), "wifi: eap without ca" },
		{ "profile 2 of two", SAYS(KB_WIFI_PROFILE, "\2\0\0\0"), "wifi: there is no profile 2" },
		{ "profile 256", SAYS(KB_WIFI_PROFILE, "\0\1\0\0"), "profile 256 is out of range" },
		{ "stray bits", SAYS(KB_WIFI_BSSID, AGENT_STRAY_MAC), "bssid: value has bits outside its mask" },
		{ "short bssid", SAYS(KB_WIFI_BSSID, "\2\21\42\0\0\0"), "bssid has 6 bytes" },
		{ "akm 0", SAYS(KB_WIFI_AKM, "\0\0\0\0"), "akm 0 is out of range" },
		{ "owe", SAYS(KB_WIFI_AKM, "\0\0\4\0"), "akm: suites that no policy can ask for" },
		{ "unknown akm", SAYS(KB_WIFI_AKM, "\40\0\0\200"), "akm: suites" },
		{ "tkip", SAYS(KB_WIFI_PAIRWISE, "\24\0\0\0"), "pairwise: suites" },
		{ "wep group", SAYS(KB_WIFI_GROUP, "\22\0\0\0"), "group: suites" },
		{ "ccmp for management", SAYS(KB_WIFI_GROUP_MGMT, "\20\0\0\0"), "group_mgmt: suites" },
		{ "pmf 2", SAYS(KB_WIFI_PMF, "\2"), "pmf 2 is out of range" },
		{ "band 8", SAYS(KB_WIFI_BAND, "\10\0\0\0"), "band 8 is out of range" },
		{ "band 0", SAYS(KB_WIFI_BAND, "\0\0\0\0"), "band 0 is out of range" },
		{ "eap 2", SAYS(KB_WIFI_EAP, "\2"), "eap 2 is out of range" },
		{ "eap none with certificates", SAYS(KB_WIFI_EAP, "\1"), "eap does not fit the key management" },
		{ "eap tls with sae", SAYS(KB_WIFI_AKM, "\0\1\0\0"), "eap does not fit the key management" },
		{ "both", SAYS(KB_WIFI_AKM, "\40\1\0\0"), "eap does not fit the key management" },
		{ "relative ca", TELLS(KB_WIFI_CA, "ca.pem"), "ca: no absolute path" },
		{ "ca above", TELLS(KB_WIFI_CA, "/etc/../ca.pem"), "ca: no absolute path" },
		{ "ca in a token", TELLS(KB_WIFI_CA, "pkcs11:object=ca"), "ca: no absolute path" },
		{ "ca with a second line", TELLS(KB_WIFI_CA, "/ca\nca_cert=/other"), "ca: no absolute path" },
		{ "ca with a quote", TELLS(KB_WIFI_CA, "/ca\""), "ca: no absolute path" },
		{ "short digest", SAYS(KB_WIFI_CA_SHA256, "1234567890123456789012345678901"), "ca_sha256 has 31 bytes" },
		{ "wildcard", TELLS(KB_WIFI_SERVER, "*.example"), "server: no host name" },
		{ "identity with a second line", TELLS(KB_WIFI_IDENTITY, "t\nx"), "identity: control characters" },
		{ "relative cert", TELLS(KB_WIFI_CERT, "t.pem"), "cert: neither an absolute path nor" },
		{ "key with a space", TELLS(KB_WIFI_KEY, "pkcs11:a b"), "key: neither" },
		{ "priority u32", SAYS(KB_WIFI_PRIORITY, "\1\0\0\0"), "priority has 4 bytes" },
	};

	(void)state;
	try_wrongs(wrongs, ARRAY_SIZE(wrongs), agent_make_wifi);
}

static void refuses_place(void **state)
{
	static const struct wrong wrongs[] = {
		{ "no zone", LACKS(KB_PLACE_ZONE), "attribute zone is missing" },
		{ "no need", LACKS(KB_PLACE_NEED), "attribute need is missing" },
		{ "no grace", LACKS(KB_PLACE_GRACE), "attribute grace is missing" },
		{ "no lock", LACKS(KB_PLACE_LOCK), "attribute lock is missing" },
		{ "no cut", LACKS(KB_PLACE_CUT), "attribute cut is missing" },
		{ "zone 2 of two", SAYS(KB_PLACE_ZONE, "\2\0\0\0"), "place: there is no zone 2" },
		{ "need 0", SAYS(KB_PLACE_NEED, "\0"), "need 0 is out of range" },
		{ "grace 301", SAYS(KB_PLACE_GRACE, "\55\1\0\0"), "grace 301 is out of range" },
		{ "lock 2", SAYS(KB_PLACE_LOCK, "\2"), "lock 2 is out of range" },
		{ "cut 255", SAYS(KB_PLACE_CUT, "\377"), "cut 255 is out of range" },
	};
	struct blob_make b;

	(void)state;
	try_wrongs(wrongs, ARRAY_SIZE(wrongs), agent_make_place);
	agent_make_begin(&b);
	agent_make_place_of(&b, NULL, NULL, NULL);
	must_refuse(&b, "attribute evidence is missing", "no evidence");
}

struct wrong_piece {
	agent_make_fn put;
	struct wrong wrong;
};

static void refuses_evidence(void **state)
{
	static const struct wrong_piece wrongs[] = {
		{ agent_make_eap, { "profile 2 of two", SAYS(KB_EVIDENCE_PROFILE, "\2\0\0\0"), "evidence: there is no profile 2" } },
		{ agent_make_beacon, { "no name", LACKS(KB_EVIDENCE_NAME), "kind 1 lacks attributes" } },
		{ agent_make_beacon, { "no key", LACKS(KB_EVIDENCE_PUBLIC_KEY), "kind 1 lacks attributes" } },
		{ agent_make_beacon, { "no port", LACKS(KB_EVIDENCE_PORT), "kind 1 lacks attributes" } },
		{ agent_make_beacon, { "no rtt", LACKS(KB_EVIDENCE_RTT), "kind 1 lacks attributes" } },
		{ agent_make_beacon, { "short key", SAYS(KB_EVIDENCE_PUBLIC_KEY, "1"), "public_key has 1 bytes" } },
		{ agent_make_beacon, { "host by name", TELLS(KB_EVIDENCE_HOST, "beacon"), "host: no address" } },
		{ agent_make_beacon, { "port 0", SAYS(KB_EVIDENCE_PORT, "\0\0\0\0"), "port 0 is out of range" } },
		{ agent_make_beacon, { "port 65536", SAYS(KB_EVIDENCE_PORT, "\0\0\1\0"), "port 65536 is out of range" } },
		{ agent_make_beacon, { "rtt 0", SAYS(KB_EVIDENCE_RTT, "\0\0\0\0"), "rtt 0 is out of range" } },
		{ agent_make_beacon, { "rtt of more than a second", SAYS(KB_EVIDENCE_RTT, "\101\102\17\0"), "rtt 1000001 is out of range" } },
		{ agent_make_ap, { "no bssid", LACKS(KB_EVIDENCE_BSSID), "kind 2 lacks attributes" } },
		{ agent_make_ap, { "no count", LACKS(KB_EVIDENCE_COUNT), "kind 2 lacks attributes" } },
		{ agent_make_ap, { "no signal", LACKS(KB_EVIDENCE_SIGNAL), "kind 2 lacks attributes" } },
		{ agent_make_ap, { "count 0", SAYS(KB_EVIDENCE_COUNT, "\0"), "count 0 is out of range" } },
		{ agent_make_ap, { "signal 0", SAYS(KB_EVIDENCE_SIGNAL, "\0"), "signal 0 is out of range" } },
		{ agent_make_ap, { "stray bits", SAYS(KB_EVIDENCE_BSSID, AGENT_STRAY_MAC), "value has bits outside its mask" } },
		{ agent_make_lldp, { "no chassis", LACKS(KB_EVIDENCE_CHASSIS), "kind 3 lacks attributes" } },
		{ agent_make_lldp, { "chassis with a second line", TELLS(KB_EVIDENCE_CHASSIS, "a\nb"), "chassis: control characters" } },
		{ agent_make_lldp, { "open range", TELLS(KB_EVIDENCE_LLDP_PORT, "Gi1/[1-"), "lldp_port: no port" } },
		{ agent_make_dock, { "no usb", LACKS(KB_EVIDENCE_USB), "kind 4 lacks attributes" } },
		{ agent_make_dock, { "stray bits of a vendor", SAYS(KB_EVIDENCE_USB, "\357\27\376\377\202\60\377\377"), "usb: value has bits outside its mask" } },
		{ agent_make_dock, { "stray bits of a product", SAYS(KB_EVIDENCE_USB, "\357\27\377\377\202\60\0\0"), "usb: value has bits outside its mask" } },
		{ agent_make_dock, { "port with a space", TELLS(KB_EVIDENCE_USB_PORT, "a b"), "usb_port: no port" } },
		{ agent_make_gateway, { "no mac", LACKS(KB_EVIDENCE_MAC), "kind 5 lacks attributes" } },
		{ agent_make_gateway, { "stray bits", SAYS(KB_EVIDENCE_MAC, AGENT_STRAY_MAC), "value has bits outside its mask" } },
		{ agent_make_gnss, { "no position", LACKS(KB_EVIDENCE_POSITION), "kind 6 lacks attributes" } },
		{ agent_make_gnss, { "beyond the pole", SAYS(KB_EVIDENCE_POSITION, "\377\26\133\312\0\322\111\153\12\0\0\0"), "position: not on Earth" } },
		{ agent_make_gnss, { "beyond the date line", SAYS(KB_EVIDENCE_POSITION, "\0\27\133\312\1\322\111\153\12\0\0\0"), "position: not on Earth" } },
		{ agent_make_gnss, { "no radius", SAYS(KB_EVIDENCE_POSITION, "\0\27\133\312\0\322\111\153\0\0\0\0"), "position: no radius" } },
	};
	static const agent_make_fn all[] = { agent_make_eap, agent_make_beacon, agent_make_ap, agent_make_lldp, agent_make_dock, agent_make_gateway, agent_make_gnss };
	struct blob_make b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		agent_make_begin(&b);
		agent_make_place_of(&b, NULL, all[i], NULL);
		must_take(&b, "as it should be");
	}
	for (i = 0; i < ARRAY_SIZE(wrongs); i++) {
		agent_make_begin(&b);
		agent_make_place_of(&b, NULL, wrongs[i].put, &wrongs[i].wrong.change);
		must_refuse(&b, wrongs[i].wrong.words, wrongs[i].wrong.what);
	}
}

/* Attributes of one kind say nothing about another, and KIND says which it is. */
static void refuses_mixed_evidence(void **state)
{
	struct blob_make b;
	struct agent_part part;
	size_t nest;
	u8 kind;

	(void)state;
	for (kind = 0; kind < KB_EVIDENCE_MAX_KIND; kind++) {
		agent_make_begin(&b);
		part = agent_make_open(&b, KB_AGENT_PLACE);
		blob_make_u32(&b, KB_PLACE_ZONE, 0);
		blob_make_u8(&b, KB_PLACE_NEED, 1);
		blob_make_u32(&b, KB_PLACE_GRACE, 0);
		blob_make_u8(&b, KB_PLACE_LOCK, 0);
		blob_make_u8(&b, KB_PLACE_CUT, 0);
		nest = blob_make_open(&b, KB_PLACE_EVIDENCE);
		blob_make_u8(&b, KB_EVIDENCE_KIND, kind);
		blob_make_u32(&b, KB_EVIDENCE_PROFILE, 0);
		blob_make_attr(&b, KB_EVIDENCE_MAC, AGENT_SURE_MAC, 12);
		blob_make_attr(&b, KB_EVIDENCE_POSITION, AGENT_POLE, 12);
		blob_make_close(&b, nest);
		agent_make_close(&b, part);
		must_refuse(&b, "evidence: ", "mixed");
	}
	agent_make_begin(&b);
	part = agent_make_open(&b, KB_AGENT_PLACE);
	nest = blob_make_open(&b, KB_PLACE_EVIDENCE);
	blob_make_attr(&b, KB_EVIDENCE_MAC, AGENT_SURE_MAC, 12);
	blob_make_u8(&b, KB_EVIDENCE_KIND, KB_EVIDENCE_GATEWAY);
	blob_make_close(&b, nest);
	agent_make_close(&b, part);
	must_refuse(&b, "", "kind that is not the first");
}

static void put_twice(agent_make_fn put, const char *words)
{
	struct blob_make b;

	agent_make_begin(&b);
	put(&b, NULL);
	put(&b, NULL);
	must_refuse(&b, words, "twice");
}

static void refuses_twins(void **state)
{
	(void)state;
	put_twice(agent_make_modes, "agent: modes stands twice");
	put_twice(agent_make_wireless, "agent: wireless stands twice");
	put_twice(agent_make_wifi, "wifi: profile 1 stands twice");
	put_twice(agent_make_place, "place: zone 1 stands twice");
}

static void refuses_other_parts(void **state)
{
	struct blob_make b;
	size_t agent;
	int i;

	(void)state;
	agent_make_begin(&b);
	agent = blob_make_open(&b, KB_BLOB_AGENT);
	blob_make_u8(&b, KB_AGENT_ATTR_MAX, 0);
	blob_make_close(&b, agent);
	must_refuse(&b, "agent: unknown attribute", "unknown part");
	agent_make_begin(&b);
	agent = blob_make_open(&b, KB_BLOB_AGENT);
	for (i = 0; i < 2; i++) {
		size_t nest = blob_make_open(&b, KB_AGENT_MODES + i);

		if (!i) {
			blob_make_u8(&b, KB_AGENT_MODES_WIFI, 0);
			blob_make_u8(&b, KB_AGENT_MODES_PLACE, 0);
		}
		blob_make_close(&b, nest);
	}
	blob_make_close(&b, agent);
	must_refuse(&b, "two attributes in one part", "two in one");
	agent_make_begin(&b);
	blob_make_attr(&b, KB_BLOB_AGENT, "\377\377\1\0", 4);
	must_refuse(&b, "runs over the end", "too long");
	agent_make_begin(&b);
	blob_make_attr(&b, KB_BLOB_AGENT, "\3\0\1\0", 4);
	must_refuse(&b, "shorter than a header", "too short");
}

static void refuses_what_is_no_blob(void **state)
{
	struct kb_agent_policy *agent = (void *)0x1;
	struct kb_blob_error error = { 0 };
	struct kb_policy policy = { 0 };

	(void)state;
	assert_int_equal(kb_agent_policy_read(&policy, &agent, &error), -EBADMSG);
	assert_ptr_equal(agent, (void *)0x1);
	assert_non_null(strstr(error.text, "not a compiled policy"));
	kb_agent_policy_free(NULL);
}

/* A policy that says nothing to the agent makes it do nothing. */
static void has_defaults(void **state)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;
	struct blob_make b;

	(void)state;
	agent_make_begin(&b);
	assert_int_equal(read(&b, &agent, &error), 0);
	blob_make_free(&b);
	assert_int_equal(agent->wifi_mode, KB_GATE_OFF);
	assert_int_equal(agent->place_mode, KB_GATE_OFF);
	assert_int_equal(agent->wireless.supplicant, KB_SUPPLICANT_AUTO);
	assert_false(agent->wireless.provision);
	assert_false(agent->wireless.avoid);
	assert_int_equal(agent->wireless.survey, 0);
	assert_int_equal(agent->wireless.modes, KB_ACTION_REFUSE);
	assert_int_equal(agent->wireless.canary_len, 0);
	assert_int_equal(agent->n_places, 0);
	assert_int_equal(agent->n_profiles, 2);
	assert_string_equal(agent->profiles[0].name, "A");
	assert_int_equal(agent->profiles[0].ssid_len, 3);
	assert_memory_equal(agent->profiles[0].ssid, "S\0\377", 3);
	assert_false(agent->profiles[0].pinned);
	assert_false(agent->profiles[1].pinned);
	kb_agent_policy_free(agent);
}

/* What agent_make_wifi() writes. */
static void assert_profile(const struct kb_wifi_profile *profile)
{
	assert_true(profile->pinned);
	assert_string_equal(profile->name, "B");
	assert_int_equal(profile->n_bssids, 1);
	assert_memory_equal(profile->bssids, AGENT_SURE_MAC, 12);
	assert_int_equal(profile->akms, KB_AKM_8021X_SHA256 | KB_AKM_SUITE_B_192);
	assert_int_equal(profile->pairwise, KB_CIPHER_CCMP);
	assert_int_equal(profile->group, KB_CIPHER_GCMP);
	assert_int_equal(profile->group_mgmt, KB_CIPHER_BIP_CMAC);
	assert_int_equal(profile->pmf, KB_PMF_OPTIONAL);
	assert_int_equal(profile->bands, KB_BAND_5GHZ);
	assert_int_equal(profile->eap, KB_EAP_TLS);
	assert_string_equal(profile->ca, "/ca.pem");
	assert_true(profile->has_ca_sha256);
	assert_memory_equal(profile->ca_sha256, "12345678901234567890123456789012", 32);
	assert_int_equal(profile->n_servers, 1);
	assert_string_equal(profile->servers[0], "radius.city.example");
	assert_string_equal(profile->identity, "host/t");
	assert_string_equal(profile->cert, "pkcs11:object=t");
	assert_string_equal(profile->key, "/t.key");
	assert_int_equal(profile->priority, 255);
}

/* Every attribute into its member. */
static void reads_everything(void **state)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;
	struct blob_make b;

	(void)state;
	agent_make_begin(&b);
	agent_make_place_of(&b, NULL, agent_make_gnss, NULL);
	agent_make_wifi(&b, NULL);
	agent_make_wireless(&b, NULL);
	agent_make_modes(&b, NULL);
	assert_int_equal(read(&b, &agent, &error), 0);
	blob_make_free(&b);
	assert_int_equal(agent->wifi_mode, KB_GATE_ENFORCE);
	assert_int_equal(agent->place_mode, KB_GATE_AUDIT);
	assert_int_equal(agent->wireless.supplicant, KB_SUPPLICANT_IWD);
	assert_true(agent->wireless.provision);
	assert_true(agent->wireless.avoid);
	assert_int_equal(agent->wireless.survey, 30);
	assert_int_equal(agent->wireless.modes, KB_ACTION_ALLOW);
	assert_int_equal(agent->wireless.canary_len, 4);
	assert_memory_equal(agent->wireless.canary, "bird", 4);
	assert_false(agent->profiles[0].pinned);
	assert_profile(&agent->profiles[1]);
	assert_int_equal(agent->n_places, 1);
	assert_int_equal(agent->places->zone, 1);
	assert_string_equal(agent->places->name, "z");
	assert_null(agent->places->label);
	assert_int_equal(agent->places->need, 2);
	assert_int_equal(agent->places->grace, 300);
	assert_true(agent->places->lock);
	assert_true(agent->places->cut);
	assert_int_equal(agent->places->n_evidence, 1);
	assert_int_equal(agent->places->evidence->kind, KB_EVIDENCE_GNSS);
	assert_int_equal(agent->places->evidence->gnss.latitude, -900000000);
	assert_int_equal(agent->places->evidence->gnss.longitude, 1800000000);
	assert_int_equal(agent->places->evidence->gnss.radius, 10);
	kb_agent_policy_free(agent);
}

/* Every byte of a good part, changed: taken or refused, never more. ASan watches. */
static void survives_any_byte(void **state)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;
	struct kb_policy *policy;
	struct blob_make b;
	size_t i, first;
	int bit, r;

	(void)state;
	agent_make_begin(&b);
	first = b.len;
	agent_make_modes(&b, NULL);
	agent_make_wireless(&b, NULL);
	agent_make_wifi(&b, NULL);
	agent_make_place_of(&b, NULL, agent_make_dock, NULL);
	for (i = first; i < b.len; i++) {
		for (bit = 0; bit < 8; bit++) {
			b.bytes[i] ^= 1 << bit;
			if (!kb_policy_parse(b.bytes, b.len, &policy, &error)) {
				r = kb_agent_policy_read(policy, &agent, &error);
				assert_true(!r || r == -EBADMSG);
				if (!r)
					kb_agent_policy_free(agent);
				kb_policy_free(policy);
			}
			b.bytes[i] ^= 1 << bit;
		}
	}
	blob_make_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_modes),
		cmocka_unit_test(refuses_wireless),
		cmocka_unit_test(refuses_wifi),
		cmocka_unit_test(refuses_place),
		cmocka_unit_test(refuses_evidence),
		cmocka_unit_test(refuses_mixed_evidence),
		cmocka_unit_test(refuses_twins),
		cmocka_unit_test(refuses_other_parts),
		cmocka_unit_test(refuses_what_is_no_blob),
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(reads_everything),
		cmocka_unit_test(survives_any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
