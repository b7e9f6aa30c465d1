// SPDX-License-Identifier: GPL-2.0-or-later
/* Follows the terminal from place to place (P1). */
#include "agent/place/tracker_parts.h"

#include <stdlib.h>
#include <string.h>

#include "policy/i18n.h"

/* Access points that were heard longer ago are listened for again before their 90 s end. */
#define AIR_USEC	(45 * 1000000ull)

static const struct kb_provider_ops *ops_of(const struct kb_tracked *t, u32 i)
{
	enum kb_evidence_kind kind = t->place->evidence[i].kind;

	return kind < KB_EVIDENCE_MAX_KIND ? kb_provider_ops[kind] : NULL;
}

static u32 pieces(const struct kb_tracked *t)
{
	return t->place->n_evidence > KB_EVIDENCE_MAX ? 0 : t->place->n_evidence;
}

static void start_providers(struct kb_tracked *t, const struct kb_surroundings *around)
{
	u32 i;
	int r;

	for (i = 0; i < pieces(t); i++) {
		const struct kb_provider_ops *ops = ops_of(t, i);

		r = ops ? ops->start(&t->place->evidence[i], around, &t->providers[i])
			: -EOPNOTSUPP;
		if (!r)
			continue;
		t->providers[i] = NULL;
		snprintf(t->findings[i].detail, sizeof(t->findings[i].detail),
			 _("cannot be asked: %s"), strerror(-r));
	}
}

int kb_tracker_new(const struct kb_surroundings *around, const char *before, kb_move_fn moved,
		   void *userdata, struct kb_tracker **ret)
{
	const struct kb_agent_policy *policy = around->policy;
	struct kb_tracker *tracker;
	u32 i;

	tracker = calloc(1, sizeof(*tracker));
	if (!tracker)
		return -ENOMEM;
	*tracker = (struct kb_tracker){ .moved = moved, .userdata = userdata, .n = policy->n_places,
					.policy = policy };
	tracker->quorums = calloc(policy->n_places + 1, sizeof(*tracker->quorums));
	tracker->findings = calloc(policy->n_places + 1, sizeof(*tracker->findings));
	tracker->places = calloc(policy->n_places + 1, sizeof(*tracker->places));
	if (!tracker->quorums || !tracker->findings || !tracker->places) {
		kb_tracker_free(tracker);
		return -ENOMEM;
	}
	for (i = 0; i < tracker->n; i++) {
		struct kb_tracked *t = &tracker->places[i];

		t->place = &policy->places[i];
		t->quorum = &tracker->quorums[i];
		t->owed = before && !strcmp(before, t->place->name);
		tracker->findings[i] = t->findings;
		start_providers(t, around);
	}
	*ret = tracker;
	return 0;
}

void kb_tracker_free(struct kb_tracker *tracker)
{
	u32 i, k;

	if (!tracker)
		return;
	for (i = 0; tracker->places && i < tracker->n; i++)
		for (k = 0; k < KB_EVIDENCE_MAX; k++)
			if (tracker->places[i].providers[k])
				ops_of(&tracker->places[i], k)
					->stop(tracker->places[i].providers[k]);
	free(tracker->places);
	free(tracker->findings);
	free(tracker->quorums);
	free(tracker);
}

/* What people see of a piece; the end of a word is pushed on all the time and is none of it. */
static bool looks_same(const struct kb_finding *a, const struct kb_finding *b)
{
	return a->presence == b->presence && a->veto == b->veto && a->hard == b->hard &&
	       !strcmp(a->detail, b->detail);
}

static bool ask(struct kb_tracked *t, u64 now_usec)
{
	bool changed = false;
	u32 i;

	for (i = 0; i < pieces(t); i++) {
		struct kb_finding now = {};

		if (!t->providers[i])
			continue;
		ops_of(t, i)->evaluate(t->providers[i], now_usec, &now);
		changed |= !looks_same(&now, &t->findings[i]);
		t->findings[i] = now;
	}
	return changed;
}

/*
 * A veto from outside speaks against every place; it is none of the pieces' and not shown as
 * theirs.
 */
static bool step(struct kb_tracked *t, bool veto, u64 now_usec)
{
	struct kb_finding findings[KB_EVIDENCE_MAX];

	memcpy(findings, t->findings, sizeof(findings));
	findings[0].veto |= veto;
	return kb_quorum_step(t->quorum, t->place, findings, now_usec);
}

static void tell(struct kb_tracker *tracker, struct kb_tracked *t, enum kb_move move)
{
	tracker->moved(t, move, tracker->userdata);
}

/* @before: the standing of the look before this one. */
static void follow(struct kb_tracker *tracker, struct kb_tracked *t, enum kb_standing before)
{
	enum kb_standing now = t->quorum->standing;

	if (now == KB_STANDING_INSIDE && !t->inside) {
		t->inside = true;
		t->owed = false;
		tell(tracker, t, KB_MOVE_ENTERED);
	}
	if (t->inside && now != KB_STANDING_INSIDE && now != KB_STANDING_FADING) {
		t->inside = false;
		t->owed = true;
		tell(tracker, t, now == KB_STANDING_UNKNOWN ? KB_MOVE_DOUBTED : KB_MOVE_LEFT);
	}
	/* grace that ends while it comes back has ended all the same */
	if (t->owed && (now == KB_STANDING_OUTSIDE ||
			(now == KB_STANDING_ENTERING && before == KB_STANDING_GRACE))) {
		t->owed = false;
		tell(tracker, t, KB_MOVE_GONE);
	}
}

bool kb_tracker_look(struct kb_tracker *tracker, const char *veto, u64 now_usec)
{
	bool changed = strcmp(tracker->veto, veto ?: "") != 0;
	u32 i;

	snprintf(tracker->veto, sizeof(tracker->veto), "%s", veto ?: "");
	/* all first: who hears of a move sees every place as it is now */
	for (i = 0; i < tracker->n; i++)
		changed |= ask(&tracker->places[i], now_usec);
	for (i = 0; i < tracker->n; i++) {
		struct kb_tracked *t = &tracker->places[i];
		enum kb_standing before = t->quorum->standing;

		if (!pieces(t))
			continue;
		changed |= step(t, veto != NULL, now_usec);
		follow(tracker, t, before);
	}
	return changed;
}

void kb_tracker_doubt(struct kb_tracker *tracker, u64 now_usec)
{
	u32 i, k;

	for (i = 0; i < tracker->n; i++) {
		struct kb_tracked *t = &tracker->places[i];

		for (k = 0; k < pieces(t); k++)
			if (t->providers[k] && ops_of(t, k)->doubt)
				ops_of(t, k)->doubt(t->providers[k]);
		kb_quorum_doubt(t->quorum, now_usec);
		follow(tracker, t, KB_STANDING_UNKNOWN);
	}
}

void kb_tracker_refresh(struct kb_tracker *tracker)
{
	u32 i, k;

	for (i = 0; i < tracker->n; i++) {
		struct kb_tracked *t = &tracker->places[i];

		for (k = 0; k < pieces(t); k++)
			if (t->providers[k] && ops_of(t, k)->refresh)
				ops_of(t, k)->refresh(t->providers[k]);
	}
}

u16 kb_tracker_zone(const struct kb_tracker *tracker)
{
	return kb_quorum_zone(tracker->policy->places, tracker->quorums, tracker->findings, tracker->n);
}

static u32 count_present(const struct kb_tracked *t)
{
	u32 i, n = 0;

	for (i = 0; i < pieces(t); i++)
		n += t->findings[i].presence == KB_PRESENCE_PRESENT;
	return n;
}

u16 kb_tracker_likely(const struct kb_tracker *tracker)
{
	u16 zone = kb_tracker_zone(tracker);
	u32 best = 0, i, n;

	if (zone != KB_INDEX_NONE)
		return zone;
	for (i = 0; i < tracker->n; i++) {
		n = pieces(&tracker->places[i]) ? 1 + count_present(&tracker->places[i]) : 0;
		if (n > best) {
			best = n;
			zone = tracker->places[i].place->zone;
		}
	}
	return zone;
}

u64 kb_tracker_due(const struct kb_tracker *tracker)
{
	u64 first = 0, due;
	u32 i;

	for (i = 0; i < tracker->n; i++) {
		const struct kb_tracked *t = &tracker->places[i];

		if (!pieces(t))
			continue;
		due = kb_quorum_due(t->quorum, t->place, t->findings);
		if (due && (!first || due < first))
			first = due;
	}
	return first;
}

bool kb_tracker_restless(const struct kb_tracker *tracker)
{
	u32 i;

	for (i = 0; i < tracker->n; i++)
		switch (pieces(&tracker->places[i]) ? tracker->places[i].quorum->standing :
						      KB_STANDING_OUTSIDE) {
		case KB_STANDING_UNKNOWN:
		case KB_STANDING_ENTERING:
		case KB_STANDING_FADING:
		case KB_STANDING_GRACE:
			return true;
		default:
			break;
		}
	return false;
}

bool kb_tracker_undecided(const struct kb_tracker *tracker)
{
	u32 i;

	for (i = 0; i < tracker->n; i++)
		if (pieces(&tracker->places[i]) &&
		    (tracker->places[i].quorum->standing == KB_STANDING_UNKNOWN ||
		     (tracker->places[i].owed &&
		      tracker->places[i].quorum->standing == KB_STANDING_ENTERING)))
			return true;
	return false;
}

bool kb_tracker_open(const struct kb_tracker *tracker)
{
	u32 i;

	for (i = 0; i < tracker->n; i++)
		if (kb_quorum_open(tracker->places[i].quorum))
			return true;
	return false;
}

/* Would the quorum hold if the access points were all @presence? */
static bool holds_with_air(const struct kb_tracked *t, enum kb_presence presence)
{
	struct kb_finding findings[KB_EVIDENCE_MAX];
	u32 i;

	memcpy(findings, t->findings, sizeof(findings));
	for (i = 0; i < pieces(t); i++)
		if (t->place->evidence[i].kind == KB_EVIDENCE_AP)
			findings[i].presence = presence;
	return kb_quorum_holds(t->place, findings);
}

static bool air_ends(const struct kb_tracked *t, u64 now_usec)
{
	u32 i;

	for (i = 0; i < pieces(t); i++) {
		const struct kb_finding *f = &t->findings[i];

		if (t->place->evidence[i].kind == KB_EVIDENCE_AP &&
		    (f->presence != KB_PRESENCE_PRESENT ||
		     (f->good_until_usec && f->good_until_usec < now_usec + AIR_USEC)))
			return true;
	}
	return false;
}

bool kb_tracker_wants_air(const struct kb_tracker *tracker, u64 now_usec)
{
	u32 i;

	for (i = 0; i < tracker->n; i++) {
		const struct kb_tracked *t = &tracker->places[i];

		if (air_ends(t, now_usec) && !holds_with_air(t, KB_PRESENCE_ABSENT) &&
		    holds_with_air(t, KB_PRESENCE_PRESENT))
			return true;
	}
	return false;
}

u32 kb_tracker_count(const struct kb_tracker *tracker)
{
	return tracker->n;
}

const struct kb_tracked *kb_tracker_at(const struct kb_tracker *tracker, u32 index)
{
	return &tracker->places[index];
}

const char *kb_tracker_veto(const struct kb_tracker *tracker)
{
	return tracker->veto[0] ? tracker->veto : NULL;
}
