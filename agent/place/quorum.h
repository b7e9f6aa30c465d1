/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside or outside? Findings and a clock in, a zone out. Pure (P1). */
#ifndef AGENT_PLACE_QUORUM_H
#define AGENT_PLACE_QUORUM_H

#include "agent/place/evidence.h"

#define KB_QUORUM_AGREE_USEC	(10 * 1000000ull)	/* two evaluations at least so far apart ... */
#define KB_QUORUM_PATIENCE_USEC	(90 * 1000000ull)	/* a soft loss is believed after this */

enum kb_standing {
	KB_STANDING_UNKNOWN,		/* boot, resume, clock jump, policy change: nothing said yet */
	KB_STANDING_OUTSIDE,
	KB_STANDING_ENTERING,		/* quorum holds, not yet long enough */
	KB_STANDING_INSIDE,
	KB_STANDING_FADING,		/* inside, but evidence is missing softly */
	KB_STANDING_GRACE		/* left; paths stay open for the grace the policy gives */
};

/* One place's state; zero-initialise. */
struct kb_quorum {
	enum kb_standing standing;
	u64 since_usec;			/* of this standing */
	u64 seen_usec;			/* of the last evaluation; 0 = none yet */
	u64 agreed_usec;		/* first of the evaluations that agree; 0 = none */
	u64 missing_usec;		/* since when evidence is missing softly; 0 = none */
	u64 grace_until_usec;
	bool hard;			/* left by a hard loss or veto */
	u32 believed;			/* bit per piece: present when the quorum held last, and not lost for sure since */
	u64 good_until_usec[KB_EVIDENCE_MAX];	/* of those, by their own word; 0 = no word */
};
static_assert(KB_EVIDENCE_MAX <= 32, "struct kb_quorum has a bit for each piece");

/*
 * Does the evidence suffice, here and now? At least .need present, at least one
 * cryptographic and one physical among them, no veto. Weak ones count towards .need
 * and for nothing else.
 */
bool kb_quorum_holds(const struct kb_place *place, const struct kb_finding *findings);

/*
 * One evaluation at @now_usec (CLOCK_BOOTTIME; never less than the one before:
 * if it is, the standing becomes UNKNOWN). @findings[place->n_evidence].
 * True when the standing changed. INSIDE needs two agreeing evaluations >= 10 s apart. A veto,
 * or a hard loss that breaks the quorum, leaves at once (no grace for a veto); a soft loss after
 * 90 s,
 * or when good_until passes for evidence that has one. Where the quorum
 * cannot hold even with everything that is not known yet, or after 90 s of that, UNKNOWN becomes
 * OUTSIDE.
 */
bool kb_quorum_step(struct kb_quorum *quorum, const struct kb_place *place,
		    const struct kb_finding *findings, u64 now_usec);
/* Nothing is known any more. */
void kb_quorum_doubt(struct kb_quorum *quorum, u64 now_usec);
/* May the kernel be told this zone? INSIDE, FADING, GRACE. */
bool kb_quorum_open(const struct kb_quorum *quorum);
/* When the standing would change if no finding did; 0 = never. */
u64 kb_quorum_due(const struct kb_quorum *quorum, const struct kb_place *place,
		  const struct kb_finding *findings);

/*
 * Which zone of @n places is told: that of the one that is open; of several the one with the most
 * evidence
 * present, those in grace after all others, else the first. KB_INDEX_NONE. @findings[i] may be NULL
 * where places[i] has no evidence.
 */
u16 kb_quorum_zone(const struct kb_place *places, const struct kb_quorum *quorums,
		   const struct kb_finding *const *findings, u32 n);

const char *kb_standing_name(enum kb_standing standing);	/* "inside" ... */

#endif
