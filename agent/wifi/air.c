// SPDX-License-Identifier: GPL-2.0-or-later
/* One wireless interface: what is known of its association, and what follows from that (W1, W2). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "agent/wifi/collect.h"
#include "agent/wifi/warden_parts.h"
#include "policy/i18n.h"

#define SETTLE_USEC	(5 * KB_SECOND)	/* until a supplicant that is there is found */
#define REKEY_USEC	(10 * KB_SECOND)	/* a proof outlives the supplicant's word by it */
#define QUIET_USEC	(10 * KB_SECOND)	/* between reports of what anybody can repeat */

/*
 * What follows an operstate that is up comes by no event: looked for soon, and less and less
 * often.
 */
static const u64 pauses[] = {
	2000, 3000, 5000, 10000, 20000, 40000, 80000, 160000, 320000, 640000
};

static void fill(const struct kb_air *air, enum kb_history_kind kind, struct kb_history_entry *ret)
{
	const struct kb_association_facts *f = &air->facts;

	*ret = (struct kb_history_entry){ .kind = kind, .link = air->wdev.ifname,
					  .ssid_len = f->ssid_len,
					  .frequency = f->frequency, .signal = f->signal };
	memcpy(ret->ssid, f->ssid, f->ssid_len);
	memcpy(ret->bssid, f->bssid, sizeof(ret->bssid));
}

static void leave(struct kb_air *air, const struct kb_radio_notice *notice)
{
	struct kb_history_entry entry;

	if (!air->joined)
		return;
	fill(air, KB_HISTORY_LEFT, &entry);
	if (notice) {
		entry.has_reason = true;
		entry.reason = notice->reason;
		entry.by_ap = notice->by_ap;
	}
	kb_history_add(air->warden->history, &entry);
	air->joined = false;
	air->reported = 0;
}

void kb_air_forget(struct kb_air *air)
{
	air->told = KB_INDEX_NONE;
	air->proof = (struct kb_wifi_proof){ .profile = KB_INDEX_NONE };
	air->wavers_usec = 0;
	air->retry = sd_event_source_unref(air->retry);
}

void kb_air_free(struct kb_air *air)
{
	leave(air, NULL);
	kb_air_forget(air);
	kb_fence_drop(air);
	free(air);
}

/* --- Events */

static void negotiate(struct kb_air *air, const struct kb_radio_notice *notice)
{
	struct kb_negotiated *n = &air->negotiated;

	if (notice->status)
		return;
	air->left = false;
	/* a second event of the same association may say less than the first */
	if (!notice->req_ies && n->known && !n->doubted && !memcmp(n->bssid, notice->bssid, 6))
		return;
	*n = (struct kb_negotiated){};
	memcpy(n->bssid, notice->bssid, sizeof(n->bssid));
	n->known = notice->req_ies && !kb_rsn_find(notice->req_ies, notice->req_ies_len, &n->rsn);
	air->tries = 0;
}

/* Whoever can send such frames can send many. */
static bool is_noise(struct kb_air *air, enum kb_history_kind kind)
{
	u64 now = kb_warden_now();

	if (air->noise_usec[kind] && now < air->noise_usec[kind] + QUIET_USEC)
		return true;
	air->noise_usec[kind] = now;
	return false;
}

static void report_noise(struct kb_air *air, enum kb_history_kind kind, int priority,
			 const char *detail)
{
	struct kb_history_entry entry;

	if (is_noise(air, kind))
		return;
	fill(air, kind, &entry);
	entry.priority = priority;
	entry.detail = detail;
	kb_history_add(air->warden->history, &entry);
}

static void report_channel(struct kb_air *air, const struct kb_radio_notice *notice)
{
	struct kb_history_entry entry;

	if (is_noise(air, KB_HISTORY_CHANNEL))
		return;
	fill(air, KB_HISTORY_CHANNEL, &entry);
	if (notice->frequency)
		entry.frequency = notice->frequency;
	kb_history_add(air->warden->history, &entry);
}

static void report_signal(struct kb_air *air)
{
	struct kb_station station;

	/* of whom it is, is known when the association was looked at */
	if (!air->joined ||
	    kb_radio_station(air->warden->radio, air->wdev.ifindex, &station, NULL))
		return;
	air->facts.signal = station.signal;
	report_noise(air, KB_HISTORY_SIGNAL, LOG_INFO, NULL);
}

void kb_air_notice(struct kb_air *air, const struct kb_radio_notice *notice)
{
	switch (notice->event) {
	case KB_RADIO_CONNECT:
	case KB_RADIO_ROAM:
		negotiate(air, notice);
		break;
	case KB_RADIO_DISCONNECT:
		air->negotiated = (struct kb_negotiated){};
		air->left = true;
		leave(air, notice);
		kb_air_forget(air);
		break;
	case KB_RADIO_CHANNEL:
		report_channel(air, notice);
		break;
	case KB_RADIO_ATTACK:
		report_noise(
			air, KB_HISTORY_ATTACK, LOG_WARNING,
			_("frames without protection ask to leave this network, or pretend to be its beacon"));
		break;
	case KB_RADIO_CQM:
		report_signal(air);
		return;
	default:
		break;
	}
	air->dirty = true;
}

/* --- What follows */

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_air *air = userdata;

	(void)source;
	(void)usec;
	air->retry = sd_event_source_unref(air->retry);
	air->dirty = true;
	kb_warden_work_soon(air->warden);
	return 0;
}

/*
 * Until the operstate is up an event will come for sure; behind it none may.
 * What is still early then waits for the supplicant's word; what is not is decided in the end.
 */
static void try_again(struct kb_air *air)
{
	u64 pause = SETTLE_USEC;

	if (air->proof.early && (!air->facts.operational || air->tries >= ARRAY_SIZE(pauses))) {
		/* what is told in the meantime ends even if nobody says anything any more */
		if (air->told != KB_INDEX_NONE)
			kb_warden_arm(air->warden, &air->retry, REKEY_USEC, on_retry, air);
		return;
	}
	if (air->tries < ARRAY_SIZE(pauses))
		pause = pauses[air->tries];
	air->tries++;
	kb_warden_arm(air->warden, &air->retry, pause, on_retry, air);
}

/* Begins when it is asked for first; ends with the next proof. */
static u64 grace_ends(struct kb_air *air)
{
	if (!air->wavers_usec)
		air->wavers_usec = kb_warden_now();
	return air->wavers_usec + REKEY_USEC;
}

/* Joined, or roamed to another access point. */
static void note_presence(struct kb_air *air, const struct kb_association_facts *before)
{
	struct kb_history_entry entry;
	bool moved = memcmp(before->bssid, air->facts.bssid, sizeof(before->bssid)) != 0;
	bool same_name = before->ssid_len == air->facts.ssid_len &&
			 !memcmp(before->ssid, air->facts.ssid, before->ssid_len);

	if (air->joined && !moved)
		return;
	fill(air, air->joined && same_name ? KB_HISTORY_ROAMED : KB_HISTORY_JOINED, &entry);
	kb_history_add(air->warden->history, &entry);
	air->joined = true;
	air->reported = 0;
}

static u64 verdict_hash(const struct kb_air *air)
{
	u64 hash = 0xcbf29ce484222325ull;
	u32 i;

	for (i = 0; i < 6; i++)
		hash = (hash ^ air->facts.bssid[i]) * 0x100000001b3ull;
	for (i = 0; i < air->proof.n_differences; i++)
		hash = (hash ^ (0x100u + air->proof.differences[i].item)) * 0x100000001b3ull;
	hash = (hash ^ air->proof.profile) * 0x100000001b3ull;
	return (hash ^ air->proof.proven) * 0x100000001b3ull ?: 1;
}

static void report(struct kb_air *air)
{
	const struct kb_wifi_proof *proof = &air->proof;
	const struct kb_agent_policy *policy = air->warden->policy;
	struct kb_history_entry entry;
	char detail[768], items[128];
	u64 hash = verdict_hash(air);

	if (hash == air->reported)
		return;
	air->reported = hash;
	fill(air, proof->proven ? KB_HISTORY_PROVEN : KB_HISTORY_REFUSED, &entry);
	if (proof->profile < policy->n_profiles)
		entry.profile = policy->profiles[proof->profile].name;
	if (!proof->proven) {
		entry.priority = kb_warden_enforces(air->warden) ? LOG_WARNING : LOG_NOTICE;
		kb_wifi_proof_text(proof, detail, sizeof(detail));
		kb_differences_ids(proof, items, sizeof(items));
		entry.detail = detail;
		entry.items = items;
	}
	kb_history_add(air->warden->history, &entry);
}

/* In audit whoever has a pinned name is taken for that profile, and reported. */
static u16 audited_profile(const struct kb_air *air)
{
	const struct kb_agent_policy *policy = air->warden->policy;
	const struct kb_wifi_profile *profile;

	if (kb_warden_enforces(air->warden) || air->proof.profile >= policy->n_profiles)
		return KB_INDEX_NONE;
	profile = &policy->profiles[air->proof.profile];
	if (!profile->pinned || profile->ssid_len != air->facts.ssid_len ||
	    memcmp(profile->ssid, air->facts.ssid, profile->ssid_len))
		return KB_INDEX_NONE;
	return air->proof.profile;
}

/* Proven or not, and not about to change by itself. */
static void conclude(struct kb_air *air)
{
	char why[768];

	report(air);
	if (air->proof.proven && !kb_survey_forbids(air->warden, air, why, sizeof(why))) {
		air->told = air->proof.profile;
		air->wavers_usec = 0;
		kb_fence_lift(air);
		return;
	}
	air->told = audited_profile(air);
	if (!kb_warden_enforces(air->warden))
		return;
	if (!air->proof.proven)
		kb_wifi_proof_text(&air->proof, why, sizeof(why));
	kb_fence_begin(air, why);
}

/* Nobody is sent away while the supplicant is only being found, or does not answer at once. */
static bool is_undecided(const struct kb_air *air)
{
	u32 i;

	if (air->proof.early)
		return true;
	if (!(air->silent && air->tries < ARRAY_SIZE(pauses)) &&
	    kb_warden_now() > air->warden->since + SETTLE_USEC)
		return false;
	for (i = 0; i < air->proof.n_differences; i++) {
		switch (air->proof.differences[i].item) {
		case KB_DIFFERS_AUTHORIZED:
		case KB_DIFFERS_OPERATIONAL:
		case KB_DIFFERS_EAP:
		case KB_DIFFERS_CA:
		case KB_DIFFERS_SERVER:
		case KB_DIFFERS_SUPPLICANT:
		case KB_DIFFERS_RSN:
			break;
		default:
			return false;
		}
	}
	return true;
}

/* The end of it was perhaps not heard: history says where it was. */
static void absent(struct kb_air *air, const struct kb_association_facts *before)
{
	bool operational = air->facts.operational;

	if (air->joined) {
		air->facts = *before;
		leave(air, NULL);
	}
	air->facts = (struct kb_association_facts){ .ifindex = air->wdev.ifindex,
						    .operational = operational };
	kb_air_forget(air);
	kb_fence_end(air);
}

static void collect(struct kb_air *air, const struct kb_record *link)
{
	const struct kb_warden *warden = air->warden;
	const struct kb_collect sources = { .radio = warden->radio,
					    .carrier = warden->carrier,
					    .supplicant = warden->supplicant,
					    .policy = warden->policy };
	struct kb_negotiated *negotiated = &air->negotiated;
	const struct kb_negotiated *known;
	struct kb_association_facts facts;

	/* events were lost, and the kernel counts another association than then */
	if (negotiated->doubted && (!link || link->link_generation != air->generation))
		*negotiated = (struct kb_negotiated){};
	negotiated->doubted = false;
	air->generation = link ? link->link_generation : 0;
	air->left = false;
	air->silent = kb_collect_facts(&sources, &air->wdev, &facts) != 0;
	/*
	 * Events are sent before the kernel answers: what these facts follow from is there,
	 * though perhaps not read yet. What is known already may be of the association before,
	 * with the same access point.
	 */
	kb_warden_hear(air->warden);
	air->facts = facts;
	/* it ended in the meantime, and no other began */
	air->facts.associated &= !air->left;
	if (!air->facts.associated || kb_collect_negotiated(&air->facts, negotiated))
		return;
	/* said to the agent before us, of the association that it still is */
	known = link ? kb_remembered_find(warden->remembered, warden->n_remembered,
					  air->wdev.ifindex, air->generation, air->facts.bssid)
		     : NULL;
	if (known)
		*negotiated = *known;
	if (!known || !kb_collect_negotiated(&air->facts, negotiated))
		kb_collect_vouched(&air->facts);
}

void kb_air_prove(struct kb_air *air, const struct kb_record *link)
{
	struct kb_association_facts before = air->facts;
	const u32 generation = air->generation;
	const u16 told = air->told;

	air->retry = sd_event_source_unref(air->retry);
	air->told = KB_INDEX_NONE;
	collect(air, link);
	if (!air->facts.associated) {
		absent(air, &before);
		return;
	}
	kb_wifi_prove(air->warden->policy, &air->facts, &air->proof);
	note_presence(air, &before);
	if (air->proof.proven || !is_undecided(air)) {
		conclude(air);
	} else {
		/* keys are changed now and then; that takes a moment */
		if (told != KB_INDEX_NONE && generation == air->generation &&
		    !memcmp(before.bssid, air->facts.bssid, 6) && air->facts.authorized &&
		    air->facts.operational && kb_warden_now() < grace_ends(air))
			air->told = told;
		try_again(air);
	}
	/* without a number of the kernel's there is nothing to say about */
	if (!link)
		air->told = KB_INDEX_NONE;
}
