// SPDX-License-Identifier: GPL-2.0-or-later
/* What a policy says to the agent: text -> blob -> agent and back, and what changes (W1, W2, P1). */
#include <kidoban/agent.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/blob_write.h"
#include "policy/diff.h"
#include "policy/show.h"
#include "policy/text.h"

#define HEAD								\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n" \
	"media: {}\n"

/* One of everything, and the ends of what may be said. */
static const char everything[] = HEAD
	"mode: {media: audit, wifi: audit, place: enforce}\n"
	"wireless: {supplicant: wpa_supplicant, provision: true, survey: 86400, avoid: false, modes: report, canary: \"\\u6728\\u6238\\u756a\"}\n"
	"wifi:\n"
	"  - {profile: A, ssid: MYNUMBER-A, bssid: [\"02:11:22:00:00:00/28\", \"02:00:00:00:00:01\"], akm: [wpa2-eap-sha256, wpa3-eap-192, suite-b], cipher: [gcmp-256, ccmp], group-cipher: ccmp-256, group-mgmt: [bip-gmac], pmf: optional, band: [2.4, 6], eap: tls, ca: /etc/ca.pem,\n"
	"     ca-sha256: \"9F86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\", server: [a.example, b.example], identity: \"host/\\u7aef\\u672b\", cert: 'pkcs11:object=t', key: /t.key, priority: 255}\n"
	"  - {profile: B, ssid-hex: \"00ff0a22\"}\n"
	"  - {profile: C, ssid: \"caf\\u00e9 \\\"1\\\"\", akm: [sae, ft-sae, wpa2-psk, ft-psk, psk-sha256]}\n"
	"  - {profile: D, ssid: D, akm: [wpa2-eap, ft-eap, ft-eap-sha384], ca: /c, server: d}\n"
	"places:\n"
	"  - {zone: x}\n"
	"  - zone: y\n"
	"    label: \u5e02\u6c11\u8ab2\n"
	"    need: 7\n"
	"    grace: 300\n"
	"    lock: true\n"
	"    cut: false\n"
	"    evidence:\n"
	"      - {eap: {profile: D}}\n"
	"      - {eap: {}}\n"
	"      - {beacon: {name: b, key: \"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4=\", host: \"2001:db8::5\", port: 1, rtt: 1000}}\n"
	"      - {beacon: {name: c, key: \"17b745aac22ce073f45f8ebcdfe79280888cb2d366f98813ffc849292a6705ee\"}}\n"
	"      - {ap: {bssid: [\"02:11:22:00:00:00/40\"]}}\n"
	"      - {ap: {bssid: [\"02:00:00:00:00:01\", \"02:00:00:00:00:02\"], rssi-min: -120}}\n"
	"      - {lldp: {chassis: sw1}}\n"
	"      - {lldp: {chassis: \"02:00:5e:00:00:01\", port: [\"Gi1/0/[1-24]\", Gi1/0/48]}}\n"
	"      - {dock: {usb: \"17ef:30??\", serial: s, port: \"pci-0000:00:14.0/4.*\"}}\n"
	"      - {dock: {usb: \"17*:*\"}}\n"
	"      - {gateway: {mac: [\"02:00:5e:00:01:0a\", \"02:00:5e:00:02:00/40\"]}}\n"
	"      - {gnss: {latitude: -35.6895, longitude: 139.6917001, radius: 300}}\n"
	"      - {gnss: {latitude: 0, longitude: -0.0000001, radius: 100000}}\n"
	"  - {zone: z, evidence: [{eap: {profile: A}}, {gateway: {mac: \"02:00:5e:00:01:0a\"}}]}\n";

static struct kb_model *model_of(const char *text)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model;
	int r = kb_text_parse(text, strlen(text), &diags, &model);

	if (r)
		kb_diags_write(&diags, "test", stderr);
	assert_int_equal(r, 0);
	kb_diags_done(&diags);
	return model;
}

static struct kb_policy *policy_of(const struct kb_model *model)
{
	struct kb_blob_error error = { 0 };
	struct kb_policy *policy;
	size_t len;
	void *blob;

	assert_int_equal(kb_blob_write(&model->policy, &model->agent, &blob, &len), 0);
	if (kb_policy_parse(blob, len, &policy, &error))
		fail_msg("%s", error.text);
	free(blob);
	return policy;
}

static struct kb_agent_policy *agent_of(const struct kb_policy *policy)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;

	if (kb_agent_policy_read(policy, &agent, &error))
		fail_msg("%s", error.text);
	return agent;
}

static void assert_same_text(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

static void assert_same_macs(const struct kb_link_mac *a, u32 n, const struct kb_link_mac *b, u32 m)
{
	assert_int_equal(n, m);
	if (n)
		assert_memory_equal(a, b, n * sizeof(*a));
}

static void assert_same_profile(const struct kb_wifi_profile *a, const struct kb_wifi_profile *b)
{
	u32 i;

	assert_string_equal(a->name, b->name);
	assert_int_equal(a->ssid_len, b->ssid_len);
	assert_memory_equal(a->ssid, b->ssid, sizeof(a->ssid));
	assert_int_equal(a->pinned, b->pinned);
	assert_same_macs(a->bssids, a->n_bssids, b->bssids, b->n_bssids);
	assert_int_equal(a->akms, b->akms);
	assert_int_equal(a->pairwise, b->pairwise);
	assert_int_equal(a->group, b->group);
	assert_int_equal(a->group_mgmt, b->group_mgmt);
	assert_int_equal(a->pmf, b->pmf);
	assert_int_equal(a->bands, b->bands);
	assert_int_equal(a->eap, b->eap);
	assert_same_text(a->ca, b->ca);
	assert_int_equal(a->has_ca_sha256, b->has_ca_sha256);
	assert_memory_equal(a->ca_sha256, b->ca_sha256, sizeof(a->ca_sha256));
	assert_int_equal(a->n_servers, b->n_servers);
	for (i = 0; i < a->n_servers; i++)
		assert_string_equal(a->servers[i], b->servers[i]);
	assert_same_text(a->identity, b->identity);
	assert_same_text(a->cert, b->cert);
	assert_same_text(a->key, b->key);
	assert_int_equal(a->priority, b->priority);
}

static void assert_same_evidence(const struct kb_evidence *a, const struct kb_evidence *b)
{
	u32 i;

	assert_int_equal(a->kind, b->kind);
	switch (a->kind) {
	case KB_EVIDENCE_EAP:
		assert_int_equal(a->eap.profile, b->eap.profile);
		break;
	case KB_EVIDENCE_BEACON:
		assert_string_equal(a->beacon.name, b->beacon.name);
		assert_memory_equal(a->beacon.key, b->beacon.key, sizeof(a->beacon.key));
		assert_same_text(a->beacon.host, b->beacon.host);
		assert_int_equal(a->beacon.port, b->beacon.port);
		assert_int_equal(a->beacon.rtt_usec, b->beacon.rtt_usec);
		break;
	case KB_EVIDENCE_AP:
		assert_same_macs(a->ap.bssids, a->ap.n_bssids, b->ap.bssids, b->ap.n_bssids);
		assert_int_equal(a->ap.count, b->ap.count);
		assert_int_equal(a->ap.signal, b->ap.signal);
		break;
	case KB_EVIDENCE_LLDP:
		assert_string_equal(a->lldp.chassis, b->lldp.chassis);
		assert_int_equal(a->lldp.n_ports, b->lldp.n_ports);
		for (i = 0; i < a->lldp.n_ports; i++)
			assert_string_equal(a->lldp.ports[i], b->lldp.ports[i]);
		break;
	case KB_EVIDENCE_DOCK:
		assert_memory_equal(&a->dock.id, &b->dock.id, sizeof(a->dock.id));
		assert_same_text(a->dock.serial, b->dock.serial);
		assert_same_text(a->dock.port, b->dock.port);
		break;
	case KB_EVIDENCE_GATEWAY:
		assert_same_macs(a->gateway.macs, a->gateway.n_macs, b->gateway.macs, b->gateway.n_macs);
		break;
	default:
		assert_memory_equal(&a->gnss, &b->gnss, sizeof(a->gnss));
	}
}

static void assert_same_agent(const struct kb_agent_policy *a, const struct kb_agent_policy *b)
{
	u32 i, k;

	assert_int_equal(a->wifi_mode, b->wifi_mode);
	assert_int_equal(a->place_mode, b->place_mode);
	assert_int_equal(a->wireless.supplicant, b->wireless.supplicant);
	assert_int_equal(a->wireless.provision, b->wireless.provision);
	assert_int_equal(a->wireless.avoid, b->wireless.avoid);
	assert_int_equal(a->wireless.survey, b->wireless.survey);
	assert_int_equal(a->wireless.modes, b->wireless.modes);
	assert_int_equal(a->wireless.canary_len, b->wireless.canary_len);
	assert_memory_equal(a->wireless.canary, b->wireless.canary, sizeof(a->wireless.canary));
	assert_int_equal(a->n_profiles, b->n_profiles);
	for (i = 0; i < a->n_profiles; i++)
		assert_same_profile(&a->profiles[i], &b->profiles[i]);
	assert_int_equal(a->n_places, b->n_places);
	for (i = 0; i < a->n_places; i++) {
		const struct kb_place *x = &a->places[i], *y = &b->places[i];

		assert_int_equal(x->zone, y->zone);
		assert_string_equal(x->name, y->name);
		assert_same_text(x->label, y->label);
		assert_int_equal(x->need, y->need);
		assert_int_equal(x->grace, y->grace);
		assert_int_equal(x->lock, y->lock);
		assert_int_equal(x->cut, y->cut);
		assert_int_equal(x->n_evidence, y->n_evidence);
		for (k = 0; k < x->n_evidence; k++)
			assert_same_evidence(&x->evidence[k], &y->evidence[k]);
	}
}

/* text -> blob -> agent: what the agent obeys is what was written. */
static void survives_blob(void **state)
{
	struct kb_model *model = model_of(everything);
	struct kb_policy *policy = policy_of(model);
	struct kb_agent_policy *agent = agent_of(policy);
	const struct kb_place *place = &agent->places[0];

	(void)state;
	assert_int_equal(policy->header.min_module, 3);
	assert_int_equal(agent->n_profiles, 4);
	assert_int_equal(agent->n_places, 2);
	assert_same_agent(&model->agent, agent);
	/* against the text itself */
	assert_int_equal(agent->profiles[0].akms, 1 << 5 | 1 << 11 | 1 << 12);
	assert_int_equal(agent->profiles[0].pairwise, 1 << 4 | 1 << 9);
	assert_int_equal(agent->profiles[0].group, 1 << 10);
	assert_int_equal(agent->profiles[0].group_mgmt, 1 << 11);
	assert_int_equal(agent->profiles[0].bands, KB_BAND_2GHZ | KB_BAND_6GHZ);
	assert_int_equal(agent->profiles[0].ca_sha256[0], 0x9f);
	assert_memory_equal(agent->profiles[1].ssid, "\0\377\n\"", 4);
	assert_false(agent->profiles[1].pinned);
	assert_int_equal(agent->profiles[2].eap, KB_EAP_NONE);
	assert_int_equal(agent->profiles[2].pairwise, KB_CIPHER_STRONG);
	assert_int_equal(agent->profiles[2].group, KB_CIPHER_STRONG);
	assert_int_equal(agent->profiles[2].group_mgmt, KB_CIPHER_BIP);
	assert_int_equal(agent->profiles[2].bands, KB_BAND_ALL);
	assert_int_equal(agent->profiles[2].pmf, KB_PMF_REQUIRED);
	assert_int_equal(agent->profiles[3].eap, KB_EAP_TLS);
	assert_int_equal(place->zone, 1);
	assert_int_equal(place->evidence[0].eap.profile, 3);
	assert_int_equal(place->evidence[1].eap.profile, KB_INDEX_NONE);
	assert_int_equal(place->evidence[2].beacon.rtt_usec, 1000000);
	assert_memory_equal(place->evidence[2].beacon.key, place->evidence[3].beacon.key, 32);
	assert_int_equal(place->evidence[3].beacon.port, 5869);
	assert_int_equal(place->evidence[3].beacon.rtt_usec, 20000);
	assert_null(place->evidence[3].beacon.host);
	assert_int_equal(place->evidence[4].ap.count, 3);
	assert_int_equal(place->evidence[4].ap.signal, 80);
	assert_int_equal(place->evidence[5].ap.count, 2);
	assert_int_equal(place->evidence[11].gnss.longitude, 1396917001);
	assert_int_equal(place->evidence[12].gnss.longitude, -1);
	assert_int_equal(agent->places[1].need, 2);
	assert_true(agent->places[1].cut);
	kb_agent_policy_free(agent);
	kb_policy_free(policy);
	kb_model_free(model);
}

/* text -> show -> text: the same, with or without comments. */
static void survives_show(void **state)
{
	struct kb_model *model = model_of(everything), *again;
	struct kb_changes changes;
	char *text;
	size_t len;
	FILE *out;
	int effective;

	(void)state;
	for (effective = 0; effective < 2; effective++) {
		out = open_memstream(&text, &len);
		kb_show(&model->policy, &model->agent, "x.yaml", effective, out);
		fclose(out);
		again = model_of(text);
		assert_same_agent(&model->agent, &again->agent);
		assert_int_equal(kb_diff(&(struct kb_diff_side){ &model->policy, &model->agent },
					 &(struct kb_diff_side){ &again->policy, &again->agent }, &changes), 0);
		assert_int_equal(changes.n, 0);
		kb_changes_done(&changes);
		kb_model_free(again);
		free(text);
	}
	kb_model_free(model);
}

/* Level 3 is asked for by policies that need it, and by no others. */
static void names_the_level(void **state)
{
	static const struct {
		const char *text;
		u32 level;
	} cases[] = {
		{ HEAD "mode: {media: audit}\n", 1 },
		{ HEAD "mode: {media: audit, wifi: off, place: off}\n", 1 },
		{ HEAD "mode: {media: audit}\nwifi: [{profile: A, ssid: S}]\nplaces: [{zone: z, need: 1}]\n", 2 },
		{ HEAD "mode: {media: audit, wifi: audit}\n", 3 },
		{ HEAD "mode: {media: audit, place: audit}\n", 3 },
		{ HEAD "mode: {media: audit}\nwireless: {}\n", 3 },
		{ HEAD "mode: {media: audit}\nwireless: {survey: never, avoid: false}\n", 1 },
		{ HEAD "mode: {media: audit}\nwifi: [{profile: A, ssid: S, akm: sae}]\n", 3 },
		{ HEAD "mode: {media: audit}\nplaces: [{zone: z, evidence: [{gateway: {mac: \"02:00:00:00:00:01\"}}]}]\n", 3 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_model *model = model_of(cases[i].text);
		struct kb_policy *policy = policy_of(model);
		struct kb_agent_policy *agent = agent_of(policy);

		if (policy->header.min_module != cases[i].level)
			fail_msg("%u for %s", policy->header.min_module, cases[i].text);
		assert_same_agent(&model->agent, agent);
		kb_agent_policy_free(agent);
		kb_policy_free(policy);
		kb_model_free(model);
	}
}

/* A policy that says something of Wi-Fi has the language's defaults, one that does not has none. */
static void has_defaults_of_the_language(void **state)
{
	struct kb_model *model = model_of(HEAD "mode: {media: audit, wifi: audit}\n");

	(void)state;
	assert_int_equal(model->agent.wireless.survey, 300);
	assert_true(model->agent.wireless.avoid);
	assert_false(model->agent.wireless.provision);
	kb_model_free(model);
	model = model_of(HEAD "mode: {media: audit, wifi: audit}\nwireless: {provision: true}\n");
	assert_int_equal(model->agent.wireless.survey, 300);
	assert_true(model->agent.wireless.provision);
	kb_model_free(model);
	model = model_of(HEAD "mode: {media: audit}\n");
	assert_int_equal(model->agent.wireless.survey, 0);
	assert_false(model->agent.wireless.avoid);
	kb_model_free(model);
}

/* What is too large for its part is refused by the writer, not cut. */
static void refuses_large_parts(void **state)
{
	struct kb_model *model;
	char *text;
	size_t len;
	void *blob;
	FILE *out = open_memstream(&text, &len);
	int i, k;

	(void)state;
	fputs(HEAD "mode: {media: audit}\nplaces:\n  - zone: z\n    evidence:\n", out);
	for (i = 0; i < KB_EVIDENCE_MAX; i++) {
		fputs("      - {ap: {bssid: [", out);
		for (k = 0; k < KB_BSSIDS_MAX; k++)
			fprintf(out, "%s\"02:00:00:00:%02x:%02x\"", k ? ", " : "", i, k);
		fputs("]}}\n", out);
	}
	fclose(out);
	model = model_of(text);
	assert_int_equal(kb_blob_write(&model->policy, &model->agent, &blob, &len), -EMSGSIZE);
	kb_model_free(model);
	free(text);
}

static void assert_diff(const char *from, const char *to, const char *wanted)
{
	struct kb_model *a = model_of(from), *b = model_of(to);
	struct kb_changes changes;
	char got[1500] = "";
	size_t i;

	assert_int_equal(kb_diff(&(struct kb_diff_side){ &a->policy, &a->agent },
				 &(struct kb_diff_side){ &b->policy, &b->agent }, &changes), 0);
	for (i = 0; i < changes.n; i++)
		sprintf(got + strlen(got), "%s%s %s -> %s", i ? "; " : "", changes.list[i].key,
			changes.list[i].from ?: "-", changes.list[i].to ?: "-");
	assert_string_equal(got, wanted);
	kb_changes_done(&changes);
	kb_model_free(a);
	kb_model_free(b);
}

#define AUDIT	HEAD "mode: {media: audit}\n"
#define PINNED	"akm: wpa2-eap-sha256, ca: /ca, server: r"

static void tells_changes(void **state)
{
	(void)state;
	assert_diff(everything, everything, "");
	assert_diff(AUDIT, HEAD "mode: {media: audit, wifi: enforce, place: audit}\n",
		    "mode.wifi off -> enforce; mode.place off -> audit; wireless.survey never -> 300; wireless.avoid false -> true");
	assert_diff(AUDIT "wireless: {canary: a}\n", AUDIT "wireless: {survey: 60, modes: report}\n",
		    "wireless.survey 300 -> 60; wireless.modes refuse -> report; wireless.canary \"a\" -> -");
	assert_diff(AUDIT "wifi: [{profile: A, ssid: S}]\n", AUDIT "wifi: [{profile: A, ssid-hex: \"00\"}]\n",
		    "wifi.A \"S\" -> \"00\"");
	assert_diff(AUDIT "wifi: [{profile: A, ssid: S, bssid: \"02:00:00:00:00:01\", " PINNED "}]\n",
		    AUDIT "wifi: [{profile: A, ssid: T, " PINNED ", pmf: optional, key: /k}]\n",
		    "wifi.A S -> T; wifi.A.bssid [\"02:00:00:00:00:01\"] -> -; wifi.A.pmf required -> optional; wifi.A.key - -> \"/k\"");
	assert_diff(AUDIT "wifi: [{profile: A, ssid: S, akm: sae}]\n", AUDIT "wifi: [{profile: B, ssid: T}]\n",
		    "wifi.A {ssid: \"S\", akm: [sae], cipher: [ccmp, gcmp, gcmp-256, ccmp-256], group-cipher: [ccmp, gcmp, gcmp-256, ccmp-256], group-mgmt: [bip-cmac, bip-gmac, bip-gmac-256, bip-cmac-256], pmf: required, band: [2.4, 5, 6], eap: none, priority: 0} -> -; wifi.B - -> T");
	assert_diff(AUDIT "places: [{zone: z, evidence: [{eap: {}}, {lldp: {chassis: c}}, {lldp: {chassis: d}}]}]\n",
		    AUDIT "places: [{zone: z, need: 1, evidence: [{lldp: {chassis: d}}, {eap: {}}, {lldp: {chassis: e}}]}]\n",
		    "places.z.need 2 -> 1; places.z.evidence {lldp: {chassis: \"c\"}} -> -; places.z.evidence - -> {lldp: {chassis: \"e\"}}");
	assert_diff(AUDIT "places: [{zone: z, evidence: [{eap: {}}]}]\n", AUDIT "places: [{zone: z}, {zone: y, label: l}]\n",
		    "places.z.need 2 -> -; places.z.grace 0 -> -; places.z.lock false -> -; places.z.cut true -> -; places.z.evidence {eap: {}} -> -; places.y - -> l");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_large_parts),
		cmocka_unit_test(survives_blob),
		cmocka_unit_test(survives_show),
		cmocka_unit_test(names_the_level),
		cmocka_unit_test(has_defaults_of_the_language),
		cmocka_unit_test(tells_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
