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
#include "agent_scratch.h"
#include "tests/unit/wifi_world.h"
#include "warden_fake.h"

#define WLAN0 3u
#define PATIENCE 30		/* seconds until something that never comes counts as missing */

static struct world world;
static struct scratch s;
static sd_event *loop;
static struct kb_warden *warden;
static unsigned int changes;

/* What a station that negotiates all of profile A's asks for: AKM 5, CCMP, BIP, PMF. */
static const u8 good_ies[] = { 0, 10, 'M', 'Y', 'N',  'U', 'M', 'B', 'E', 'R', '-', 'A', 48, 26,
			       1, 0,  0,   15,	172,  4,   1,	0,   0,	  15,  172, 4,	 1,  0,
			       0, 15, 172, 5,	0xc0, 0,   0,	0,   0,	  15,  172, 6 };
static const u8 open_ies[] = { 0, 10, 'M', 'Y', 'N', 'U', 'M', 'B', 'E', 'R', '-', 'A' };

static void on_changed(void *userdata)
{
	const struct kb_link_proof *proofs;
	size_t n = kb_warden_proofs(warden, &proofs);

	(void)userdata;
	changes++;
	fake_note("tell %zu", n);
	fake_note(n ? " of %u; " : "; ", n ? proofs[0].generation : 0);
	/* the kernel takes what it is told, if that is of the present association */
	if (n && proofs[0].generation == fake.links[0].link_generation) {
		fake.links[0].profile = proofs[0].profile;
		kb_have_add(&fake.links[0].have, KB_A_PROFILE);
	}
}

/* One radio with wlan0, associated as @facts say; what was negotiated is not heard yet. */
static void associate(const struct kb_association_facts *facts)
{
	fake.n_wdevs = 1;
	fake.wdevs[0] = (struct kb_wdev){ .id = 1,
					  .ifindex = WLAN0,
					  .ifname = "wlan0",
					  .iftype = NL80211_IFTYPE_STATION,
					  .ssid_len = facts->ssid_len,
					  .frequency = facts->frequency };
	memcpy(fake.wdevs[0].ssid, facts->ssid, sizeof(facts->ssid));
	fake.station = (struct kb_station){ .signal = -50, .authorized = facts->authorized,
					    .mfp = facts->mfp, .associated = true };
	memcpy(fake.station.bssid, facts->bssid, 6);
	fake.station_error = 0;
	fake.operational = true;
	fake.facts = facts->supplicant;
	fake.n_links = 1;
	fake.links[0] = (struct kb_record){ .ifindex = WLAN0, .link_generation = 7 };
}

static void connect_as(const u8 *ies, size_t len)
{
	struct kb_radio_notice notice = {
		.event = KB_RADIO_CONNECT, .ifindex = WLAN0, .req_ies = ies, .req_ies_len = len
	};

	memcpy(notice.bssid, fake.station.bssid, 6);
	fake_event(&notice);
}

static void good(void)
{
	struct kb_association_facts facts = world_facts(&world, WORLD_CITY);

	associate(&facts);
	connect_as(good_ies, sizeof(good_ies));
}

/* The same name without any security, as root's own "iw connect" joins it. */
static void open_twin(void)
{
	struct kb_association_facts facts = world_facts(&world, WORLD_CITY);

	facts.mfp = false;
	facts.supplicant = (struct kb_supplicant_facts){};
	associate(&facts);
	connect_as(open_ies, sizeof(open_ies));
}

static int set_up(void **state)
{
	struct kb_warden_host host = { .changed = on_changed };

	(void)state;
	scratch_make(&s);
	fake_reset();
	fake.station_error = -ENODATA;
	world_init(&world);
	world.profiles[WORLD_CITY].has_ca_sha256 = false;
	world.policy.wireless.avoid = true;
	world.policy.wireless.modes = KB_ACTION_REFUSE;
	changes = 0;
	if (sd_event_new(&loop) < 0)
		return -1;
	host.event = loop;
	host.state_dir = s.dir;
	return kb_warden_new(&host, &warden);
}

static int tear_down(void **state)
{
	(void)state;
	kb_warden_free(warden);
	sd_event_unref(loop);
	scratch_remove(&s);
	return 0;
}

/* Everything that is there now; timers that are not due stay. */
static void settle(void)
{
	while (sd_event_run(loop, 0) > 0)
		;
}

static bool until(bool (*reached)(void))
{
	time_t end = time(NULL) + PATIENCE;

	while (!reached() && time(NULL) < end)
		sd_event_run(loop, 100000);
	return reached();
}

static void begin(void)
{
	kb_warden_policy(warden, &world.policy, (struct kb_wire *)&fake);
	settle();
}

static size_t n_proofs(void)
{
	const struct kb_link_proof *proofs;

	return kb_warden_proofs(warden, &proofs);
}

static bool is_proven(void)
{
	return n_proofs() == 1;
}

static bool is_down(void)
{
	return strstr(fake.done, "down 3; ") != NULL;
}

static bool did(const char *what)
{
	return strstr(fake.done, what) != NULL;
}

static bool told(const char *id)
{
	return strstr(fake.journal, id) != NULL;
}

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
		TEST(test_not_read_yet),
		TEST(test_no_answer_once),
		TEST(test_rekey_late),
	};

	return cmocka_run_group_tests_name("wifi_warden", tests, NULL, NULL);
}
