// SPDX-License-Identifier: GPL-2.0-or-later
/* Proofs in doubt, storms and losses; audit, other kinds of devices, impostors (W1, W3, W5). */
#include <errno.h>
#include <linux/nl80211.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/message_ids.h"
#include "agent/wifi/warden_parts.h"
#include "tests/unit/warden_stage.h"

/* --- Doubt, storms, loss */

static void test_doubt(void **state)
{
	(void)state;
	good();
	begin();
	kb_warden_doubt(warden);
	assert_int_equal(n_proofs(), 0);
	settle();
	assert_int_equal(n_proofs(), 1);
	/* slept, and another association since */
	kb_warden_doubt(warden);
	fake.links[0].link_generation = 8;
	settle();
	assert_int_equal(n_proofs(), 0);
}

static void test_lost_events(void **state)
{
	(void)state;
	good();
	begin();
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_LOST });
	settle();
	assert_int_equal(n_proofs(), 1);
	fake.links[0].link_generation = 8;
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_LOST });
	settle();
	assert_int_equal(n_proofs(), 0);
}

static void test_storm(void **state)
{
	unsigned int i, before;

	(void)state;
	good();
	begin();
	before = fake.dumps;
	for (i = 0; i < 3000; i++)
		fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_ATTACK, .ifindex = WLAN0 });
	settle();
	assert_true(fake.dumps - before <= 2);
	for (i = 0; i < 500; i++) {
		fake_event(
			&(struct kb_radio_notice){ .event = KB_RADIO_STATION, .ifindex = WLAN0 });
		settle();
	}
	assert_true(fake.dumps - before <= 80);
	assert_int_equal(n_proofs(), 1);
	/* and the journal is not flooded either */
	assert_non_null(strstr(fake.journal, "frames without protection"));
	assert_null(strstr(strstr(fake.journal, "frames without protection") + 1,
			   "frames without protection"));
	/* what came during the storm is not forgotten */
	fake.station.authorized = fake.facts.completed = false;
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_STATION, .ifindex = WLAN0 });
	before = (unsigned int)time(NULL) + PATIENCE;
	while (n_proofs() && time(NULL) < before)
		sd_event_run(loop, 100000);
	assert_int_equal(n_proofs(), 0);
}

static void test_other_policy(void **state)
{
	struct world next = world;

	(void)state;
	good();
	begin();
	next.profiles[WORLD_CITY].akms = KB_AKM_SUITE_B_192;
	next.policy.profiles = next.profiles;
	kb_warden_policy(warden, &next.policy, (struct kb_wire *)&fake);
	assert_int_equal(n_proofs(), 0);
	settle();
	assert_int_equal(n_proofs(), 0);
	assert_true(did("disconnect wlan0; "));
	/* what was heard of the association is still known, and said before the loop goes on */
	kb_warden_policy(warden, &world.policy, (struct kb_wire *)&fake);
	assert_int_equal(n_proofs(), 1);
	settle();
	assert_int_equal(n_proofs(), 1);
}

static void test_radio_comes(void **state)
{
	(void)state;
	fake.no_radio = true;
	begin();
	assert_int_equal(n_proofs(), 0);
	assert_string_equal(fake.journal, "");
	fake.no_radio = false;
	good();
	kb_warden_policy(warden, &world.policy, (struct kb_wire *)&fake);
	settle();
	assert_int_equal(n_proofs(), 1);
}

static void start_anew(void)
{
	static char run[128];
	struct kb_warden_host host = { .changed = on_changed, .event = loop, .state_dir = s.dir,
				       .runtime_dir = run };

	snprintf(run, sizeof(run), "%s", scratch_path(&s, "run"));
	kb_warden_free(warden);
	fake.next_notice = fake.n_notices;	/* nobody heard those of before */
	assert_int_equal(kb_warden_new(&host, &warden), 0);
	begin();
}

/* An agent that is restarted knows what was negotiated, while it is the same association. */
static void test_restart(void **state)
{
	struct kb_remembered entries[KB_REMEMBERED_MAX];
	static const u8 other[6] = { 2, 0x11, 0x22, 0, 0, 2 };

	(void)state;
	start_anew();
	good();
	settle();
	fake_carrier(WLAN0, true);
	settle();
	assert_int_equal(n_proofs(), 1);
	assert_int_equal(kb_remembered_read(scratch_path(&s, "run"), entries), 1);
	assert_non_null(kb_remembered_find(entries, 1, WLAN0, 7, fake.station.bssid));
	assert_null(kb_remembered_find(entries, 1, WLAN0, 8, fake.station.bssid));
	assert_null(kb_remembered_find(entries, 1, WLAN0 + 1, 7, fake.station.bssid));
	assert_null(kb_remembered_find(entries, 1, WLAN0, 7, other));
	start_anew();
	assert_int_equal(n_proofs(), 1);
	assert_false(did("disconnect"));
	/* another association since */
	fake.links[0].link_generation = 8;
	start_anew();
	assert_int_equal(n_proofs(), 0);
}

/* What is torn or edited says nothing. */
static void test_remembered_torn(void **state)
{
	static const char *const texts[] = {
		"", "kidoban-wifi-negotiated 2\n3 7 02:11:22:00:00:01 1 10 10 20 40 7 end\n",
		"kidoban-wifi-negotiated 1\n3 7 02:11:22:00:00:01 1 10 10 20 40 7\n",
		"kidoban-wifi-negotiated 1\n3 7 02:11:22:00:00:01 1 10 10 20 40 7 end 8\n",
		"kidoban-wifi-negotiated 1\n3 7 02:11:22:00:00 1 10 10 20 40 7 end\n",
		"kidoban-wifi-negotiated 1\n3 7 02:11:22:00:00:01 1 10 10 20 40 ff end\n",
	};
	struct kb_remembered entries[KB_REMEMBERED_MAX];
	size_t i;

	(void)state;
	scratch_mkdir(&s, "run");
	assert_int_equal(kb_remembered_read(scratch_path(&s, "none"), entries), 0);
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		scratch_text(&s, "run/" KB_REMEMBERED_FILE, texts[i]);
		assert_int_equal(kb_remembered_read(scratch_path(&s, "run"), entries), 0);
	}
	scratch_text(&s, "run/" KB_REMEMBERED_FILE,
		     "kidoban-wifi-negotiated 1\n3 7 02:11:22:00:00:01 1 10 10 20 40 7 end\n");
	assert_int_equal(kb_remembered_read(scratch_path(&s, "run"), entries), 1);
	assert_true(entries[0].negotiated.rsn.mfp_required);
	assert_int_equal(entries[0].negotiated.rsn.akms, KB_AKM_8021X_SHA256);
}

/* Files are kept for as long as there is somebody who reads them. */
static void test_guard(void **state)
{
	(void)state;
	good();
	fake.facts.ca[0] = '\0';	/* any server would do */
	begin();
	assert_true(fake.guarded);
	assert_int_equal(n_proofs(), 0);
	fake.facts = world_facts(&world, WORLD_CITY).supplicant;
	fake_provisioned();
	settle();
	assert_int_equal(n_proofs(), 1);
	fake_supplicant(KB_SUPPLICANT_CAME, NULL);
	assert_true(did("guard; "));
	kb_warden_policy(warden, NULL, NULL);
	assert_false(fake.guarded);
}

/* --- Audit, other kinds of devices, impostors */

static void test_audit(void **state)
{
	const struct kb_link_proof *proofs;
	struct kb_wifi_view view;

	(void)state;
	world.policy.wifi_mode = KB_GATE_AUDIT;
	open_twin();
	fake.wdevs[fake.n_wdevs++] =
		(struct kb_wdev){ .id = 5, .iftype = NL80211_IFTYPE_P2P_DEVICE };
	begin();
	assert_int_equal(kb_warden_proofs(warden, &proofs), 1);
	assert_int_equal(proofs[0].profile, WORLD_CITY);
	assert_false(did("disconnect"));
	assert_false(did("remove"));
	assert_true(told(KB_MESSAGE_WIFI_REFUSED));
	assert_true(told(KB_MESSAGE_WIFI_MODE));
	/* what is only reported is no evidence of a place */
	kb_warden_view(warden, &view);
	assert_int_equal(view.eap_profiles[0], 0);
	assert_true(view.veto);
}

static void test_audit_stranger(void **state)
{
	(void)state;
	world.policy.wifi_mode = KB_GATE_AUDIT;
	open_twin();
	memcpy(fake.wdevs[0].ssid, "FREE-WIFI!", 10);
	begin();
	assert_int_equal(n_proofs(), 0);
	assert_false(did("disconnect"));
}

static void test_foreign(void **state)
{
	struct kb_wifi_view view;

	(void)state;
	good();
	fake.wdevs[1] = (struct kb_wdev){ .id = 5, .iftype = NL80211_IFTYPE_P2P_DEVICE };
	fake.wdevs[2] = (struct kb_wdev){ .id = 6, .ifindex = 8, .iftype = NL80211_IFTYPE_MONITOR };
	/* the only one of another radio: made what it should be */
	fake.wdevs[3] =
		(struct kb_wdev){ .id = 7, .wiphy = 1, .ifindex = 12, .iftype = NL80211_IFTYPE_AP };
	fake.n_wdevs = 4;
	begin();
	assert_true(did("remove 5; ") && did("remove 6; "));
	assert_true(did("down 12; station 7; up 12; "));
	assert_false(did("remove 1; ") || did("remove 7; "));
	assert_true(told(KB_MESSAGE_WIFI_MODE));
	kb_warden_view(warden, &view);
	assert_false(view.veto);
	/* one that cannot be removed is told once, and speaks against every place */
	fake.remove_error = -EBUSY;
	fake.wdevs[fake.n_wdevs++] =
		(struct kb_wdev){ .id = 9, .ifindex = 20, .iftype = NL80211_IFTYPE_ADHOC };
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_INTERFACE });
	settle();
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_INTERFACE });
	settle();
	assert_non_null(strstr(fake.journal, "cannot be removed"));
	assert_null(strstr(strstr(fake.journal, "cannot be removed") + 1, "cannot be removed"));
	kb_warden_view(warden, &view);
	assert_true(view.veto);
}

static void scanned(void)
{
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_SCAN_DONE, .ifindex = WLAN0 });
	settle();
}

static void test_survey(void **state)
{
	struct kb_wifi_view view;

	(void)state;
	good();
	begin();
	kb_warden_survey(warden);
	assert_true(did("scan 3 canary; "));
	assert_int_equal(fake.scans, 1);
	/* one at a time */
	kb_warden_survey(warden);
	assert_int_equal(fake.scans, 1);
	fake.bss[0] = world_bss(&world, WORLD_CITY, 0);
	fake.bss[1] = fake.bss[0];
	fake.bss[1].rsn = (struct kb_rsn){};	/* its name without security */
	fake.bss[1].privacy = false;
	memset(fake.bss[1].bssid, 0x66, 6);
	fake.n_bss = 2;
	scanned();
	assert_true(told(KB_MESSAGE_WIFI_SUSPECT));
	assert_true(did("avoid wlan0 66; "));
	assert_false(did("disconnect"));
	assert_true(is_proven());
	kb_warden_view(warden, &view);
	assert_int_equal(view.n_bss, 2);
	assert_true(view.survey_usec != 0);
	assert_false(view.veto);
}

/* The impostor has the address of an access point of ours: that one is not avoided. */
static void test_borrowed(void **state)
{
	(void)state;
	good();
	begin();
	kb_warden_survey(warden);
	fake.bss[0] = world_bss(&world, WORLD_CITY, 0);
	fake.bss[1] = fake.bss[0];
	fake.bss[1].rsn = (struct kb_rsn){};
	fake.bss[1].privacy = false;
	fake.bss[1].frequency = 2412;
	fake.n_bss = 2;
	scanned();
	assert_true(told(KB_MESSAGE_WIFI_SUSPECT));
	assert_false(did("avoid"));
	assert_true(is_proven());
}

static void test_certificate(void **state)
{
	static const u8 rogue[6] = { 2, 2, 2, 2, 2, 0x77 };
	struct kb_wifi_view view;

	(void)state;
	begin();
	fake.n_wdevs = 1;
	fake.wdevs[0] = (struct kb_wdev){ .id = 1, .ifindex = WLAN0, .ifname = "wlan0",
					  .iftype = NL80211_IFTYPE_STATION };
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_INTERFACE });
	settle();
	fake_supplicant(KB_SUPPLICANT_CERTIFICATE, rogue);
	settle();
	assert_true(told(KB_MESSAGE_WIFI_SUSPECT));
	assert_true(did("avoid wlan0 77; "));
	kb_warden_view(warden, &view);
	assert_true(view.veto);
	/* without a survey that ends it, time does */
	assert_true(sd_event_source_set_time(warden->survey.timer, 0) >= 0);
	settle();
	kb_warden_view(warden, &view);
	assert_false(view.veto);
}

/*
 * Anybody can answer to the canary, or beacon without security, under the address of the access point
 * that we are on. It has shown itself by 802.1X: it is neither left nor avoided, and no veto.
 */
static void test_defamed(void **state)
{
	struct kb_wifi_view view;

	(void)state;
	memcpy(world.policy.wireless.canary, "kidoban-canary", 14);
	world.policy.wireless.canary_len = 14;
	good();
	begin();
	assert_true(is_proven());
	kb_warden_survey(warden);
	fake.bss[0] = world_bss(&world, WORLD_CITY, 0);
	memcpy(fake.bss[0].bssid, fake.station.bssid, 6);
	fake.bss[1] = fake.bss[0];
	memcpy(fake.bss[1].ssid, "kidoban-canary", 14);
	fake.bss[1].ssid_len = 14;
	fake.n_bss = 2;
	scanned();
	assert_true(told(KB_MESSAGE_WIFI_SUSPECT));
	assert_false(did("avoid"));
	assert_true(is_proven());
	/* the kernel keeps one entry for an address, a name and a channel: the forged beacon's */
	kb_warden_survey(warden);
	fake.bss[0].rsn = (struct kb_rsn){};
	fake.bss[0].privacy = false;
	fake.bss[0].frequency = fake.wdevs[0].frequency;
	scanned();
	assert_false(did("avoid"));
	assert_false(did("disconnect"));
	assert_true(is_proven());
	kb_warden_view(warden, &view);
	assert_false(view.veto);
}

/* Who forges switches of the channel drives nothing else out of the history. */
static void test_channels(void **state)
{
	unsigned int i, moves = 0;
	const char *at;

	(void)state;
	good();
	begin();
	for (i = 0; i < 20; i++)
		fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_CHANNEL, .ifindex = WLAN0,
						      .frequency = 2412 + 5 * i });
	settle();
	for (at = fake.journal; (at = strstr(at, " moved to ")); at++)
		moves++;
	assert_int_equal(moves, 1);
}

/* A thousand addresses are made up in a second: what was told before must not drown in them. */
static void test_flood(void **state)
{
	unsigned int survey, i, reports = 0, avoids = 0;
	const char *at;

	(void)state;
	good();
	begin();
	fake.n_bss = 8;
	for (survey = 0; survey < 6; survey++) {
		kb_warden_survey(warden);
		for (i = 0; i < fake.n_bss; i++) {
			fake.bss[i] = world_bss(&world, WORLD_CITY, 0);
			fake.bss[i].rsn = (struct kb_rsn){};
			fake.bss[i].privacy = false;
			memset(fake.bss[i].bssid, 0x66, 5);
			fake.bss[i].bssid[5] = (u8)(survey * fake.n_bss + i);
		}
		scanned();
	}
	for (at = fake.journal; (at = strstr(at, "is suspect: ")); at++)
		reports++;
	assert_int_equal(reports, 32);
	at = strstr(fake.journal, "a flood");
	assert_non_null(at);
	assert_null(strstr(at + 1, "a flood"));
	for (at = fake.done; (at = strstr(at, "avoid wlan0")); at++)
		avoids++;
	assert_int_equal(avoids, 48);
	assert_true(is_proven());
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_doubt),
		TEST(test_lost_events),
		TEST(test_storm),
		TEST(test_other_policy),
		TEST(test_radio_comes),
		TEST(test_guard),
		TEST(test_restart),
		TEST(test_remembered_torn),
		TEST(test_audit),
		TEST(test_audit_stranger),
		TEST(test_foreign),
		TEST(test_survey),
		TEST(test_borrowed),
		TEST(test_certificate),
		TEST(test_defamed),
		TEST(test_flood),
		TEST(test_channels),
	};

	return cmocka_run_group_tests_name("wifi_warden_doubt", tests, NULL, NULL);
}
