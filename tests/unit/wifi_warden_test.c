// SPDX-License-Identifier: GPL-2.0-or-later
/* Wireless links are proven, fenced, followed; what may not be proven is not (W1..W4). */
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

/* --- Refusals */

static void test_off(void **state)
{
	(void)state;
	world.policy.wifi_mode = KB_GATE_OFF;
	good();
	begin();
	assert_string_equal(fake.done, "");
	assert_int_equal(n_proofs(), 0);
	kb_warden_policy(warden, NULL, NULL);
	kb_warden_doubt(warden);
	kb_warden_survey(warden);
	settle();
	assert_string_equal(fake.done, "");
}

static void test_open_twin(void **state)
{
	(void)state;
	fake.obeys = true;
	open_twin();
	begin();
	assert_int_equal(n_proofs(), 0);
	assert_true(did("disconnect wlan0; "));
	assert_false(did("radio-disconnect"));
	assert_true(told(KB_MESSAGE_WIFI_REFUSED));
	assert_false(told(KB_MESSAGE_WIFI_PROVEN));
}

/* Of a link that was open: gate, supplicant, kernel, link, in that order. */
static void test_fence_order(void **state)
{
	const char *gate, *supplicant, *radio, *down;

	(void)state;
	good();
	begin();
	assert_true(is_proven());
	fake.done[0] = '\0';
	fake.disconnect_error = -ENODEV;
	fake.radio_disconnect_error = -EPERM;
	connect_as(open_ies, sizeof(open_ies));
	assert_true(until(is_down));
	gate = strstr(fake.done, "tell 0; ");
	supplicant = strstr(fake.done, "disconnect wlan0; ");
	radio = strstr(fake.done, "radio-disconnect 3; ");
	down = strstr(fake.done, "down 3; ");
	assert_true(gate && supplicant && radio && down);
	assert_true(gate < supplicant && supplicant < radio && radio < down);
	/* who leaves switches on again what was switched off */
	kb_warden_policy(warden, NULL, NULL);
	assert_true(did("up 3; "));
}

/* The supplicant leaves what is its own, and this is not: the kernel ends it at once. */
static void test_not_its_own(void **state)
{
	(void)state;
	open_twin();
	begin();
	assert_true(did("disconnect wlan0; radio-disconnect 3; "));
}

/* One association, one report and one request, however often it is looked at. */
static void test_fenced_once(void **state)
{
	const char *first;

	(void)state;
	open_twin();
	begin();
	fake_carrier(WLAN0, true);
	settle();
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	first = strstr(fake.done, "disconnect wlan0; ");
	assert_non_null(first);
	assert_null(strstr(first + 1, "disconnect wlan0"));
	first = strstr(fake.journal, "matches no profile");
	assert_non_null(first);
	assert_null(strstr(first + 1, "matches no profile"));
}

static bool is_let_back(void)
{
	return did("rejoin wlan0; ");
}

/* Who was sent away may join again, by itself, after a rest. */
static void test_rest(void **state)
{
	(void)state;
	fake.obeys = true;
	open_twin();
	begin();
	assert_true(did("disconnect wlan0; "));
	fake_event(&(struct kb_radio_notice){
		.event = KB_RADIO_DISCONNECT, .ifindex = WLAN0, .reason = 3 });
	settle();
	assert_false(is_let_back());
	fake.rejoin_error = -EOPNOTSUPP;
	assert_true(until(is_let_back));
	assert_true(did("rejoin wlan0; down 3; up 3; "));
	/* what is right lifts all of it */
	good();
	settle();
	assert_true(is_proven());
	assert_null(warden->airs[0]->fence.timer);
	assert_int_equal(warden->airs[0]->fence.rests, 0);
}

/* Nobody heard what was negotiated, and nobody says so. */
static void test_unheard(void **state)
{
	struct kb_association_facts facts = world_facts(&world, WORLD_CITY);

	(void)state;
	associate(&facts);
	begin();
	assert_int_equal(n_proofs(), 0);
	/* a supplicant that says less than all of it does not help */
	fake.facts.rsn_known = true;
	memset(fake.facts.bssid, 9, 6);
	fake.facts.rsn = facts.rsn;
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	assert_int_equal(n_proofs(), 0);
	/* of this access point it does */
	memcpy(fake.facts.bssid, facts.bssid, 6);
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	assert_int_equal(n_proofs(), 1);
}

/* What was negotiated with another access point proves nothing here. */
static void test_other_bssid(void **state)
{
	(void)state;
	good();
	fake.station.bssid[5] ^= 3;	/* 02:11:22:00:00:02, in the list as well */
	memcpy(fake.facts.bssid, fake.station.bssid, 6);
	begin();
	assert_int_equal(n_proofs(), 0);
	connect_as(good_ies, sizeof(good_ies));
	settle();
	assert_int_equal(n_proofs(), 1);
}

static void test_malformed(void **state)
{
	struct kb_radio_notice refused;
	u8 ies[sizeof(good_ies)];

	(void)state;
	memcpy(ies, good_ies, sizeof(ies));
	ies[14] = 2;			/* of another version */
	good();
	fake.n_notices = 0;
	connect_as(ies, sizeof(ies));
	begin();
	assert_int_equal(n_proofs(), 0);
	/* a refused association says nothing of the present one */
	refused = (struct kb_radio_notice){ .event = KB_RADIO_CONNECT,
					    .ifindex = WLAN0,
					    .status = 1,
					    .req_ies = good_ies,
					    .req_ies_len = sizeof(good_ies) };
	memcpy(refused.bssid, fake.station.bssid, 6);
	fake_event(&refused);
	settle();
	assert_int_equal(n_proofs(), 0);
}

/* Without the kernel's number of the link nothing can be said about it. */
static void test_no_link(void **state)
{
	(void)state;
	good();
	fake.n_links = 0;
	begin();
	assert_int_equal(n_proofs(), 0);
	fake.links_error = -ENOENT;
	fake_carrier(WLAN0, true);
	settle();
	assert_int_equal(n_proofs(), 0);
	assert_false(did("disconnect"));
}

/* --- Proof */

static void test_join(void **state)
{
	const struct kb_link_proof *proofs;
	struct kb_wifi_view view;

	(void)state;
	good();
	begin();
	assert_int_equal(kb_warden_proofs(warden, &proofs), 1);
	assert_int_equal(proofs[0].ifindex, WLAN0);
	assert_int_equal(proofs[0].generation, 7);
	assert_int_equal(proofs[0].profile, WORLD_CITY);
	assert_int_equal(changes, 1);
	assert_true(told(KB_MESSAGE_WIFI_PROVEN));
	kb_warden_view(warden, &view);
	assert_int_equal(view.proven_profiles[0], 1u << WORLD_CITY);
	assert_int_equal(view.eap_profiles[0], 1u << WORLD_CITY);
	assert_false(view.veto);
	/* looked at again it is no news */
	fake_carrier(WLAN0, true);
	settle();
	assert_int_equal(changes, 1);
}

static void event_now(void)
{
	fake.on_station = NULL;
	connect_as(good_ies, sizeof(good_ies));
}

/* The event is in the socket when the kernel answers, and is read before anybody is sent away. */
static void test_event_behind(void **state)
{
	struct kb_association_facts facts = world_facts(&world, WORLD_CITY);

	(void)state;
	associate(&facts);
	fake.station_error = -ENODATA;
	begin();
	warden->since = 1;		/* nobody is being found any more */
	fake.station_error = 0;
	fake.on_station = event_now;
	fake_carrier(WLAN0, true);
	settle();
	assert_int_equal(n_proofs(), 1);
	assert_false(did("disconnect"));
	assert_false(told(KB_MESSAGE_WIFI_REFUSED));
}

static void next_association(void)
{
	fake.links[0].link_generation = 8;
	fake.on_station = NULL;
}

/* The association changes while it is looked at: told with the old number, and looked at anew. */
static bool has_new_generation(void)
{
	const struct kb_link_proof *proofs;

	return kb_warden_proofs(warden, &proofs) == 1 && proofs[0].generation == 8;
}

static void test_stale(void **state)
{
	(void)state;
	begin();
	good();
	fake.on_station = next_association;
	settle();
	assert_non_null(strstr(fake.done, "tell 1 of 7; "));
	assert_true(until(has_new_generation));
}

/* The same access point joined anew, and worse; what says so waits behind the notice that is worked at. */
static void join_worse(void)
{
	fake.on_wdevs = NULL;
	fake.links[0].link_generation = 8;
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_DISCONNECT, .ifindex = WLAN0 });
	connect_as(open_ies, sizeof(open_ies));
}

static void test_not_read_yet(void **state)
{
	(void)state;
	good();
	begin();
	assert_non_null(strstr(fake.done, "tell 1 of 7; "));
	fake.on_wdevs = join_worse;
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	assert_null(fake.on_wdevs);
	assert_null(strstr(fake.done, "tell 1 of 8; "));
	assert_int_equal(n_proofs(), 0);
}

/*
 * A change of keys hours after the proof closes nothing, one that never ends does: also when
 * nobody says anything any more.
 */
static void test_rekey_late(void **state)
{
	struct kb_air *air;

	(void)state;
	good();
	begin();
	assert_true(is_proven());
	air = warden->airs[0];
	air->tries = 1000;	/* all has been said, and long ago */
	fake.facts.completed = false;
	air->dirty = true;
	kb_warden_work_soon(warden);
	settle();
	assert_true(is_proven());
	assert_non_null(air->retry);
	air->wavers_usec -= 11 * KB_SECOND;
	assert_true(sd_event_source_set_time(air->retry, 0) >= 0);
	settle();
	assert_int_equal(n_proofs(), 0);
	/* the next proof ends it */
	fake.facts.completed = true;
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	assert_true(is_proven());
	assert_int_equal(air->wavers_usec, 0);
}

/* The kernel does not answer once: that is no reason to stay closed until somebody roams. */
static void test_no_answer_once(void **state)
{
	(void)state;
	good();
	fake.links_error = -ETIMEDOUT;
	begin();
	assert_int_equal(n_proofs(), 0);
	fake.links_error = 0;
	assert_true(until(is_proven));
}

static void test_early(void **state)
{
	(void)state;
	good();
	fake.facts.completed = fake.facts.port_authorized = false;
	fake.station.authorized = fake.operational = false;
	begin();
	assert_int_equal(n_proofs(), 0);
	assert_false(did("disconnect"));
	assert_false(told(KB_MESSAGE_WIFI_REFUSED));
	/* operstate comes first, the station's flag later and by no event */
	fake.facts.completed = fake.facts.port_authorized = true;
	fake_carrier(WLAN0, true);
	settle();
	assert_int_equal(n_proofs(), 0);
	fake.station.authorized = true;
	assert_true(until(is_proven));
}

static void test_silent_supplicant(void **state)
{
	(void)state;
	good();
	fake.ask_error = -ETIMEDOUT;
	begin();
	assert_int_equal(n_proofs(), 0);
	assert_false(did("disconnect"));
	fake.ask_error = 0;
	assert_true(until(is_proven));
}

/* Keys change: the supplicant is not through for a moment, and nobody is cut off. */
static void test_rekey(void **state)
{
	(void)state;
	good();
	begin();
	fake.facts.completed = false;
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	assert_int_equal(n_proofs(), 1);
	/* but not when the kernel does not vouch for the station either */
	fake.station.authorized = false;
	fake_supplicant(KB_SUPPLICANT_CHANGED, NULL);
	settle();
	assert_int_equal(n_proofs(), 0);
}

static void test_roam(void **state)
{
	struct kb_radio_notice roam = { .event = KB_RADIO_ROAM,
					.ifindex = WLAN0,
					.req_ies = good_ies,
					.req_ies_len = sizeof(good_ies) };

	(void)state;
	good();
	begin();
	fake.station.bssid[5] = fake.facts.bssid[5] = 2;	/* inside the list */
	memcpy(roam.bssid, fake.station.bssid, 6);
	fake_event(&roam);
	settle();
	assert_int_equal(n_proofs(), 1);
	assert_non_null(strstr(fake.journal, "roamed to"));
	fake.station.bssid[5] = fake.facts.bssid[5] = 9;	/* and out of it */
	memcpy(roam.bssid, fake.station.bssid, 6);
	fake_event(&roam);
	settle();
	assert_int_equal(n_proofs(), 0);
	assert_true(did("disconnect wlan0; "));
}

static void test_leave(void **state)
{
	(void)state;
	good();
	begin();
	fake.station_error = -ENODATA;
	fake_event(&(struct kb_radio_notice){
		.event = KB_RADIO_DISCONNECT, .ifindex = WLAN0, .reason = 15 });
	settle();
	assert_int_equal(n_proofs(), 0);
	assert_non_null(strstr(fake.journal, "4-way handshake timeout (15)"));
	assert_false(did("disconnect"));
	/*
	 * the same access point, and nothing heard of it: what was known went with the association
	 */
	fake.station_error = 0;
	fake_carrier(WLAN0, true);
	settle();
	assert_int_equal(n_proofs(), 0);
}

/* Told with its access point, once in a while, and not before anything was joined. */
static void test_signal(void **state)
{
	const struct kb_radio_notice cqm = { .event = KB_RADIO_CQM, .ifindex = WLAN0 };
	const char *first;

	(void)state;
	begin();
	good();
	fake.n_notices = 0;
	fake.next_notice = 0;
	fake_event(&cqm);
	settle();
	assert_null(strstr(fake.journal, "signal of"));
	connect_as(good_ies, sizeof(good_ies));
	settle();
	fake.station.signal = -81;
	fake_event(&cqm);
	fake_event(&cqm);
	settle();
	first = strstr(fake.journal, "signal of 02:11:22:00:00:01 is -81 dBm");
	assert_non_null(first);
	assert_null(strstr(first + 1, "signal of"));
}

static void leave_now(void)
{
	fake.on_station = NULL;
	fake_event(&(struct kb_radio_notice){
		.event = KB_RADIO_DISCONNECT, .ifindex = WLAN0, .reason = 15, .by_ap = true });
}

/* It ends while it is looked at: nobody is sent away from what is over, and the reason is known. */
static void test_leave_meanwhile(void **state)
{
	(void)state;
	good();
	begin();
	warden->since = 1;
	fake.on_station = leave_now;
	warden->airs[0]->dirty = true;
	kb_round_run(NULL, warden);
	assert_int_equal(n_proofs(), 0);
	assert_false(did("disconnect"));
	assert_null(strstr(fake.journal, "matches no profile"));
	fake.station_error = -ENODATA;
	settle();
	assert_non_null(strstr(fake.journal, "was made to leave"));
	assert_non_null(strstr(fake.journal, "4-way handshake timeout (15)"));
	/* and one whose end was only seen has none */
	good();
	settle();
	fake.station_error = -ENODATA;
	fake_carrier(WLAN0, false);
	settle();
	assert_non_null(strstr(fake.journal, "left \"MYNUMBER-A\" (02:11:22:00:00:01)\n"));
}

/* iwd makes its interfaces anew, udev renames them. */
static void test_recreated(void **state)
{
	const struct kb_link_proof *proofs;

	(void)state;
	good();
	begin();
	fake.wdevs[0].ifindex = fake.links[0].ifindex = 9;
	fake.wdevs[0].id = 2;
	strcpy(fake.wdevs[0].ifname, "wlp1s0");
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_INTERFACE });
	settle();
	assert_int_equal(n_proofs(), 0);
	fake_event(&(struct kb_radio_notice){ .event = KB_RADIO_CONNECT,
					      .ifindex = 9,
					      .req_ies = good_ies,
					      .req_ies_len = sizeof(good_ies),
					      .bssid = { 0x02, 0x11, 0x22, 0, 0, 1 } });
	settle();
	assert_int_equal(kb_warden_proofs(warden, &proofs), 1);
	assert_int_equal(proofs[0].ifindex, 9);
	strcpy(fake.wdevs[0].ifname, "radio0");
	fake_carrier(9, true);
	settle();
	assert_int_equal(n_proofs(), 1);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_off),
		TEST(test_open_twin),
		TEST(test_fence_order),
		TEST(test_not_its_own),
		TEST(test_fenced_once),
		TEST(test_rest),
		TEST(test_unheard),
		TEST(test_other_bssid),
		TEST(test_malformed),
		TEST(test_no_link),
		TEST(test_join),
		TEST(test_event_behind),
		TEST(test_stale),
		TEST(test_early),
		TEST(test_silent_supplicant),
		TEST(test_rekey),
		TEST(test_roam),
		TEST(test_leave),
		TEST(test_signal),
		TEST(test_leave_meanwhile),
		TEST(test_recreated),
		TEST(test_not_read_yet),
		TEST(test_no_answer_once),
		TEST(test_rekey_late),
	};

	return cmocka_run_group_tests_name("wifi_warden", tests, NULL, NULL);
}
