// SPDX-License-Identifier: GPL-2.0-or-later
/* What tests of the warden play on: one radio, profile A, what was told and done. */
#include "tests/unit/warden_stage.h"

#include <errno.h>
#include <linux/nl80211.h>
#include <string.h>
#include <time.h>

struct world world;
struct scratch s;
sd_event *loop;
struct kb_warden *warden;
unsigned int changes;

const u8 good_ies[] = { 0, 10, 'M', 'Y', 'N',  'U', 'M', 'B', 'E', 'R', '-', 'A', 48, 26,
			       1, 0,  0,   15,	172,  4,   1,	0,   0,	  15,  172, 4,	 1,  0,
			       0, 15, 172, 5,	0xc0, 0,   0,	0,   0,	  15,  172, 6 };
const u8 open_ies[] = { 0, 10, 'M', 'Y', 'N', 'U', 'M', 'B', 'E', 'R', '-', 'A' };

void on_changed(void *userdata)
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

void associate(const struct kb_association_facts *facts)
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

void connect_as(const u8 *ies, size_t len)
{
	struct kb_radio_notice notice = {
		.event = KB_RADIO_CONNECT, .ifindex = WLAN0, .req_ies = ies, .req_ies_len = len
	};

	memcpy(notice.bssid, fake.station.bssid, 6);
	fake_event(&notice);
}

void good(void)
{
	struct kb_association_facts facts = world_facts(&world, WORLD_CITY);

	associate(&facts);
	connect_as(good_ies, sizeof(good_ies));
}

void open_twin(void)
{
	struct kb_association_facts facts = world_facts(&world, WORLD_CITY);

	facts.mfp = false;
	facts.supplicant = (struct kb_supplicant_facts){};
	associate(&facts);
	connect_as(open_ies, sizeof(open_ies));
}

int set_up(void **state)
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

int tear_down(void **state)
{
	(void)state;
	kb_warden_free(warden);
	sd_event_unref(loop);
	scratch_remove(&s);
	return 0;
}

void settle(void)
{
	while (sd_event_run(loop, 0) > 0)
		;
}

bool until(bool (*reached)(void))
{
	time_t end = time(NULL) + PATIENCE;

	while (!reached() && time(NULL) < end)
		sd_event_run(loop, 100000);
	return reached();
}

void begin(void)
{
	kb_warden_policy(warden, &world.policy, (struct kb_wire *)&fake);
	settle();
}

size_t n_proofs(void)
{
	const struct kb_link_proof *proofs;

	return kb_warden_proofs(warden, &proofs);
}

bool is_proven(void)
{
	return n_proofs() == 1;
}

bool is_down(void)
{
	return strstr(fake.done, "down 3; ") != NULL;
}

bool did(const char *what)
{
	return strstr(fake.done, what) != NULL;
}

bool told(const char *id)
{
	return strstr(fake.journal, id) != NULL;
}
