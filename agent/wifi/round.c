// SPDX-License-Identifier: GPL-2.0-or-later
/* One round of the warden's work: once for everything that came. */
#include <errno.h>
#include <linux/nl80211.h>
#include <stdlib.h>
#include <string.h>

#include "agent/wifi/warden_parts.h"
#include "policy/cleanup.h"

#define STORM_USEC	(50 * 1000ull)	/* pause when the last rounds came within a second */
#define VERIFY_USEC	(500 * 1000ull)

/* Interfaces as they are now: new ones, renamed ones, those that went. */
static int look_at_devices(struct kb_warden *warden)
{
	KB_FREE struct kb_wdev *wdevs = NULL;
	struct kb_fault why = {};
	struct kb_air *air;
	size_t n = 0, i, kept = 0;
	int r = kb_radio_wdevs(warden->radio, &wdevs, &n, &why);

	if (r) {
		kb_warden_trouble(&why, r, NULL);
		return r;
	}
	for (i = 0; i < warden->n_airs; i++)
		warden->airs[i]->seen = false;
	for (i = 0; i < n; i++) {
		air = wdevs[i].iftype == NL80211_IFTYPE_STATION
			      ? kb_warden_air_for(warden, wdevs[i].ifindex)
			      : NULL;
		if (!air)
			continue;
		air->wdev = wdevs[i];
		air->seen = true;
	}
	for (i = 0; i < warden->n_airs; i++) {
		if (warden->airs[i]->seen)
			warden->airs[kept++] = warden->airs[i];
		else
			kb_air_free(warden->airs[i]);
	}
	warden->n_airs = kept;
	kb_foreign_look(warden, wdevs, n);
	return 0;
}

static bool any_dirty(const struct kb_warden *warden)
{
	size_t i;

	for (i = 0; i < warden->n_airs; i++)
		if (warden->airs[i]->dirty)
			return true;
	return false;
}

bool kb_round_gather(struct kb_warden *warden)
{
	struct kb_link_proof proofs[KB_AIRS_MAX] = {};
	size_t n = 0, i;
	bool same;

	for (i = 0; i < warden->n_airs; i++)
		if (warden->airs[i]->told != KB_INDEX_NONE)
			proofs[n++] =
				(struct kb_link_proof){ .ifindex = warden->airs[i]->wdev.ifindex,
							.generation = warden->airs[i]->generation,
							.profile = warden->airs[i]->told };
	same = n == warden->n_proofs && !memcmp(proofs, warden->proofs, n * sizeof(*proofs));
	memcpy(warden->proofs, proofs, sizeof(proofs));
	warden->n_proofs = n;
	return !same;
}

static int on_later(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_warden *warden = userdata;

	(void)source;
	(void)usec;
	warden->later = sd_event_source_unref(warden->later);
	warden->stormy = false;
	kb_warden_work_soon(warden);
	return 0;
}

void kb_warden_tell(struct kb_warden *warden)
{
	if (!kb_round_gather(warden))
		return;
	warden->host.changed(warden->host.userdata);
	warden->verify = true;
	kb_warden_arm(warden, &warden->later, VERIFY_USEC, on_later, warden);
}

/*
 * What was told may have come too late: the kernel then keeps the link closed, and waits for
 * another.
 */
static void check_told(struct kb_air *air, const struct kb_record *link)
{
	if (air->told == KB_INDEX_NONE || !link)
		return;
	if (link->link_generation != air->generation || !kb_has(link->have, KB_A_PROFILE) ||
	    link->profile != air->told)
		air->dirty = true;
}

static void prove_all(struct kb_warden *warden)
{
	KB_FREE struct kb_record *links = NULL;
	struct kb_fault why = {};
	size_t n = 0, i;
	int r;

	/* the link's number first: an association that follows has another, and stays closed */
	r = warden->wire ? kb_wire_links(warden->wire, &links, &n, &why) : -ENOENT;
	if (r && r != -ENOENT)
		kb_warden_trouble(&why, r, NULL);
	for (i = 0; i < warden->n_airs; i++) {
		struct kb_air *air = warden->airs[i];
		const struct kb_record *link = r ? NULL : kb_collect_link(links, n, warden->netns,
									   air->wdev.ifindex);

		if (warden->verify)
			check_told(air, link);
		if (!air->dirty)
			continue;
		/* without its number nothing is proven, and no event says that it answers again */
		air->dirty = r && r != -ENOENT;
		kb_air_prove(air, link);
	}
	warden->verify = false;
	if (r && r != -ENOENT)
		kb_warden_arm(warden, &warden->later, KB_SECOND, on_later, warden);
}

/* A storm of events is worked off thirty-two times a second, and no more. */
static bool is_storm(struct kb_warden *warden)
{
	u64 now = kb_warden_now();
	u64 *oldest = &warden->works[warden->n_works % ARRAY_SIZE(warden->works)];
	bool storm = *oldest && now < *oldest + KB_SECOND;

	if (storm)
		return true;
	*oldest = now;
	warden->n_works++;
	return false;
}

/* What was negotiated is said once: an agent that is restarted must not ask for it again. */
static void remember(struct kb_warden *warden)
{
	struct kb_remembered now[KB_AIRS_MAX] = {};
	size_t n = 0, i;
	int r;

	for (i = 0; i < warden->n_airs; i++) {
		const struct kb_air *air = warden->airs[i];

		if (!air->facts.associated || !air->negotiated.known || !air->generation)
			continue;
		now[n].ifindex = air->wdev.ifindex;
		now[n].generation = air->generation;
		now[n++].negotiated = air->negotiated;
	}
	if (!warden->host.runtime_dir ||
	    (n == warden->n_remembered && !memcmp(now, warden->remembered, n * sizeof(*now))))
		return;
	memcpy(warden->remembered, now, sizeof(now));
	warden->n_remembered = n;
	r = kb_remembered_write(warden->host.runtime_dir, now, n);
	if (r)
		kb_warden_trouble(&(struct kb_fault){}, r, NULL);
}

void kb_round_prove(struct kb_warden *warden)
{
	if (!look_at_devices(warden))
		prove_all(warden);
	kb_round_gather(warden);
}

int kb_round_run(sd_event_source *source, void *userdata)
{
	struct kb_warden *warden = userdata;

	(void)source;
	if (!warden->radio || !warden->policy)
		return 0;
	if (is_storm(warden)) {
		if (!warden->stormy)
			kb_warden_arm(warden, &warden->later, STORM_USEC, on_later, warden);
		warden->stormy = true;
		return 0;
	}
	if (look_at_devices(warden)) {
		kb_warden_arm(warden, &warden->later, KB_SECOND, on_later, warden);
		return 0;
	}
	if (any_dirty(warden) || warden->verify)
		prove_all(warden);
	kb_warden_tell(warden);
	remember(warden);
	if (warden->host.surroundings)
		warden->host.surroundings(warden->host.userdata);
	return 0;
}

void kb_warden_work_soon(struct kb_warden *warden)
{
	if (warden->work)
		sd_event_source_set_enabled(warden->work, SD_EVENT_ONESHOT);
}
