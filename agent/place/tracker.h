/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Follows the terminal from place to place: asks the providers, steps the quorums, says what happened (P1). */
#ifndef AGENT_PLACE_TRACKER_H
#define AGENT_PLACE_TRACKER_H

#include "agent/place/quorum.h"

/* What happened to one place. */
enum kb_move {
	KB_MOVE_ENTERED,		/* inside */
	KB_MOVE_LEFT,			/* not inside any more; in grace its paths are still open */
	KB_MOVE_DOUBTED,		/* was inside; nobody knows now */
	KB_MOVE_GONE			/* left for certain, no grace (any more): lock, cut */
};

/* One place. */
struct kb_tracked {
	const struct kb_place *place;	/* the policy's; one without evidence is never inside */
	struct kb_quorum *quorum;	/* the tracker's */
	struct kb_provider *providers[KB_EVIDENCE_MAX];	/* owned; NULL = none */
	struct kb_finding findings[KB_EVIDENCE_MAX];
	bool inside;			/* ENTERED was told and nothing since */
	bool owed;			/* left or doubted; GONE is told when it is certain */
};

struct kb_tracker;

/* Called from kb_tracker_look() only. */
typedef void (*kb_move_fn)(const struct kb_tracked *place, enum kb_move move, void *userdata);

/*
 * Starts the providers of all places of @around->policy, which outlives the tracker, as does
 * @around. A provider that cannot start leaves its piece UNKNOWN with the reason as its detail.
 * @before: zone that the terminal was in when the agent ended, NULL = none: being outside it is
 * KB_MOVE_GONE. -ENOMEM.
 */
int kb_tracker_new(const struct kb_surroundings *around, const char *before, kb_move_fn moved,
		   void *userdata, struct kb_tracker **ret);
void kb_tracker_free(struct kb_tracker *tracker);

/*
 * Another policy follows: takes over from @before, whose policy is still there, the standing of every
 * place that is the same in both (need, evidence, profiles that this depends on); the providers are new
 * and have to find everything again within the time that a soft loss has. True when that is every
 * place of @tracker. What it takes is @before's no more; doubt and free that one afterwards.
 */
bool kb_tracker_inherit(struct kb_tracker *tracker, struct kb_tracker *before);

/*
 * One evaluation at @now_usec (CLOCK_BOOTTIME). @veto: why this is surely none of the places,
 * NULL = nothing
 * speaks against them. True when something that people may see changed.
 */
bool kb_tracker_look(struct kb_tracker *tracker, const char *veto, u64 now_usec);
/* Nothing of before holds. Look again afterwards. */
void kb_tracker_doubt(struct kb_tracker *tracker, u64 now_usec);
/* Asks the world again, of the places whose answer could matter. */
void kb_tracker_refresh(struct kb_tracker *tracker);

/* Zone that the quorums say; KB_INDEX_NONE. */
u16 kb_tracker_zone(const struct kb_tracker *tracker);
/* What audit mode tells: the one with the most evidence, else the first place with any. */
u16 kb_tracker_likely(const struct kb_tracker *tracker);

/* When something changes by time alone; 0 = never. */
u64 kb_tracker_due(const struct kb_tracker *tracker);
/* Is a place undecided: unknown, entering, fading? Then the world is asked more often. */
bool kb_tracker_restless(const struct kb_tracker *tracker);
/*
 * Is a place unknown, or entering after having been unknown? Then nothing is left or entered
 * for certain.
 */
bool kb_tracker_undecided(const struct kb_tracker *tracker);
/* Is a place inside or in grace? */
bool kb_tracker_open(const struct kb_tracker *tracker);
/* Would the access points' evidence make a difference, and is it missing or about to be? */
bool kb_tracker_wants_air(const struct kb_tracker *tracker, u64 now_usec);

u32 kb_tracker_count(const struct kb_tracker *tracker);
const struct kb_tracked *kb_tracker_at(const struct kb_tracker *tracker, u32 index);
/* NULL, or why the last look was vetoed from outside. */
const char *kb_tracker_veto(const struct kb_tracker *tracker);

#endif
