// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernels 6.1 and 6.12 really said while a terminal joined by EAP-TLS, with an open twin and
 * another network beside it (tests/unit/nl80211: attributes of one message a file, recorded
 * with nlmon in the world of 70-wifi-world), decoded, judged and scored (W1, W2, W3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <linux/nl80211.h>

#include "agent/wifi/nl80211.h"
#include "agent/wifi/score.h"
#include "tests/unit/wifi_world.h"

#define LATER	200000000ull	/* after all that was recorded */

static const char *const kernels[] = { "6.1", "6.12" };

struct message {
	u8 bytes[8192];
	size_t len;
};

static struct message recorded(const char *kernel, const char *name)
{
	struct message m;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "tests/unit/nl80211/%s-%s", kernel, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	m.len = fread(m.bytes, 1, sizeof(m.bytes), file);
	fclose(file);
	assert_in_range(m.len, 16, sizeof(m.bytes) - 1);
	return m;
}

static const u8 eap[6] = { 0x02, 0x11, 0x22, 0, 0, 1 }, twin[6] = { 0x02, 0x11, 0x22, 0, 0, 2 };

static void test_interfaces(void **state)
{
	struct message m;
	struct kb_wdev w;
	size_t k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(kernels); k++) {
		m = recorded(kernels[k], "wdev-idle");
		assert_int_equal(kb_radio_decode_wdev(m.bytes, m.len, &w), 0);
		assert_string_equal(w.ifname, "wlan0");
		assert_int_equal(w.iftype, NL80211_IFTYPE_STATION);
		assert_int_equal(w.ifindex, 2);
		assert_true(w.id == 1);
		m = recorded(kernels[k], "wdev-station");
		assert_int_equal(kb_radio_decode_wdev(m.bytes, m.len, &w), 0);
		assert_int_equal(w.frequency, 2412);
		/* it is joined, and the kernel does not say to what */
		assert_int_equal(w.ssid_len, 0);
		m = recorded(kernels[k], "wdev-p2p");
		assert_int_equal(kb_radio_decode_wdev(m.bytes, m.len, &w), 0);
		assert_int_equal(w.iftype, NL80211_IFTYPE_P2P_DEVICE);
		assert_int_equal(w.ifindex, 0);
		assert_string_equal(w.ifname, "");
		assert_true(w.id == 2);
	}
}

/* What nl80211 alone says of the association to @name; the supplicant's word is the world's. */
static struct kb_association_facts facts_of(const char *kernel, const char *name, const char *station)
{
	struct kb_association_facts facts;
	struct kb_radio_notice notice;
	struct kb_station s;
	struct world world;
	struct message m;
	struct kb_bss bss;
	char file[64];

	world_init(&world);
	facts = world_facts(&world, WORLD_CITY);
	snprintf(file, sizeof(file), "connect-%s", name);
	m = recorded(kernel, file);
	assert_int_equal(kb_radio_decode_event(NL80211_CMD_CONNECT, m.bytes, m.len, &notice), 0);
	assert_int_equal(notice.ifindex, 2);
	assert_int_equal(notice.status, 0);
	memcpy(facts.bssid, notice.bssid, 6);
	memcpy(facts.supplicant.bssid, notice.bssid, 6);
	facts.rsn_known = !kb_rsn_find(notice.req_ies, notice.req_ies_len, &facts.rsn);
	m = recorded(kernel, station);
	assert_int_equal(kb_radio_decode_station(m.bytes, m.len, &s), 0);
	assert_memory_equal(s.bssid, notice.bssid, 6);
	assert_int_equal(s.signal, -30);
	assert_true(s.associated);
	facts.authorized = s.authorized;
	facts.mfp = s.mfp;
	snprintf(file, sizeof(file), "bss-%s-joined", name);
	m = recorded(kernel, file);
	assert_int_equal(kb_radio_decode_bss(m.bytes, m.len, LATER, &bss), 0);
	assert_true(bss.associated);
	memcpy(facts.ssid, bss.ssid, sizeof(facts.ssid));
	facts.ssid_len = bss.ssid_len;
	facts.frequency = bss.frequency;
	return facts;
}

static void prove(const struct kb_association_facts *facts, struct kb_wifi_proof *ret)
{
	struct world world;

	world_init(&world);
	world.profiles[WORLD_CITY].bands = KB_BAND_2GHZ;
	kb_wifi_prove(&world.policy, facts, ret);
}

static void test_proof(void **state)
{
	static const enum kb_difference_item open_items[] = {
		KB_DIFFERS_AKM, KB_DIFFERS_PAIRWISE, KB_DIFFERS_GROUP, KB_DIFFERS_PMF,
	};
	struct kb_association_facts facts;
	struct kb_wifi_proof proof;
	size_t k, i;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(kernels); k++) {
		facts = facts_of(kernels[k], "eap", "station-eap");
		prove(&facts, &proof);
		assert_true(proof.proven);
		/* before EAP was through */
		facts = facts_of(kernels[k], "eap", "station-eap-early");
		prove(&facts, &proof);
		assert_false(proof.proven);
		assert_true(proof.early);
		assert_int_equal(proof.n_differences, 1);
		assert_int_equal(proof.differences[0].item, KB_DIFFERS_AUTHORIZED);
		/* the open twin: authorized as soon as it is there, and nothing else right */
		facts = facts_of(kernels[k], "open", "station-open");
		assert_true(facts.authorized);
		prove(&facts, &proof);
		assert_false(proof.proven || proof.early);
		assert_int_equal(proof.profile, WORLD_CITY);
		assert_int_equal(proof.n_differences, ARRAY_SIZE(open_items));
		for (i = 0; i < ARRAY_SIZE(open_items); i++)
			assert_int_equal(proof.differences[i].item, open_items[i]);
	}
}

static void test_disconnect(void **state)
{
	struct kb_radio_notice notice;
	struct message m;
	size_t k;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(kernels); k++) {
		m = recorded(kernels[k], "disconnect");
		assert_int_equal(kb_radio_decode_event(NL80211_CMD_DISCONNECT, m.bytes, m.len, &notice), 0);
		assert_int_equal(notice.reason, 3);
		assert_true(notice.by_ap);
	}
}

static void test_survey(void **state)
{
	static const char *const names[] = { "bss-eap", "bss-open", "bss-psk" };
	struct kb_score_memory *memory = kb_score_memory_new();
	struct kb_bss_score scores[3];
	struct kb_bss bss[3];
	struct world world;
	struct message m;
	size_t k, i;
	u64 offset;

	(void)state;
	world_init(&world);
	for (k = 0; k < ARRAY_SIZE(kernels); k++) {
		for (i = 0; i < 3; i++) {
			m = recorded(kernels[k], names[i]);
			assert_int_equal(kb_radio_decode_bss(m.bytes, m.len, LATER, &bss[i]), 0);
			assert_int_equal(bss[i].frequency, 2412 + 25 * i);
			assert_int_equal(bss[i].own_frequency, bss[i].frequency);
			assert_int_equal(bss[i].signal, -30);
			assert_true(bss[i].ess && !bss[i].rsn_bad && !bss[i].wpa);
			/* all of them have the clock of the machine that they are simulated on */
			offset = bss[i].tsf - bss[i].heard_usec;
			assert_true(offset - (bss[0].tsf - bss[0].heard_usec) + 200000 < 400000);
		}
		assert_memory_equal(bss[0].bssid, eap, 6);
		assert_int_equal(bss[0].rsn.akms, KB_AKM_8021X_SHA256);
		assert_true(bss[0].rsn.mfp_required);
		assert_memory_equal(bss[1].bssid, twin, 6);
		assert_false(bss[1].rsn.present || bss[1].privacy);
		assert_int_equal(bss[2].ssid_len, 9);
		assert_memory_equal(bss[2].ssid, "市役所", 9);
		assert_int_equal(bss[2].rsn.akms, KB_AKM_PSK);
		assert_int_equal(kb_score_survey(memory, &world.policy, bss, 3, LATER * (k + 1), scores), 0);
		assert_int_equal(scores[0].standing, KB_BSS_KNOWN);
		assert_int_equal(scores[1].standing, KB_BSS_SUSPECT);
		assert_int_equal(scores[1].signals, 1u << KB_SIGNAL_WEAKER | 1u << KB_SIGNAL_MIXED);
		assert_int_equal(scores[2].standing, KB_BSS_UNKNOWN);
	}
	kb_score_memory_free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interfaces),
		cmocka_unit_test(test_proof),
		cmocka_unit_test(test_disconnect),
		cmocka_unit_test(test_survey),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
