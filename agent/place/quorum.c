// SPDX-License-Identifier: GPL-2.0-or-later
/* Inside or outside? Findings and a clock in, a zone out (P1). */
#include "agent/place/quorum.h"

/* More than there is room for are none. */
static u32 pieces(const struct kb_place *place)
{
	return place->n_evidence > KB_EVIDENCE_MAX ? 0 : place->n_evidence;
}

/* Do the pieces in @mask suffice? Weak ones are counted, and stand for no class. */
static bool suffices(const struct kb_place *place, u32 mask)
{
	u32 n[KB_EVIDENCE_WEAK + 1] = {}, i;

	for (i = 0; i < pieces(place); i++)
		if (mask & (1u << i))
			n[kb_evidence_class(place->evidence[i].kind)]++;
	return n[KB_EVIDENCE_CRYPTOGRAPHIC] && n[KB_EVIDENCE_PHYSICAL] &&
	       n[KB_EVIDENCE_CRYPTOGRAPHIC] + n[KB_EVIDENCE_PHYSICAL] + n[KB_EVIDENCE_WEAK] >=
		       place->need;
}

static bool vetoed(const struct kb_place *place, const struct kb_finding *findings)
{
	u32 i;

	for (i = 0; i < pieces(place); i++)
		if (findings[i].veto)
			return true;
	return false;
}

static bool lasts(u64 good_until_usec, u64 now_usec)
{
	return !good_until_usec || good_until_usec > now_usec;
}

/* What is present and, by its own word, still is at @at_usec (0: whenever). */
static u32 present(const struct kb_place *place, const struct kb_finding *findings, u64 at_usec)
{
	u32 mask = 0, i;

	for (i = 0; i < pieces(place); i++)
		if (findings[i].presence == KB_PRESENCE_PRESENT &&
		    lasts(findings[i].good_until_usec, at_usec))
			mask |= 1u << i;
	return mask;
}

static u32 unknown(const struct kb_place *place, const struct kb_finding *findings)
{
	u32 mask = 0, i;

	for (i = 0; i < pieces(place); i++)
		if (findings[i].presence == KB_PRESENCE_UNKNOWN)
			mask |= 1u << i;
	return mask;
}

bool kb_quorum_holds(const struct kb_place *place, const struct kb_finding *findings)
{
	return !vetoed(place, findings) && suffices(place, present(place, findings, 0));
}

static bool possible(const struct kb_place *place, const struct kb_finding *findings, u64 now_usec)
{
	return suffices(place, present(place, findings, now_usec) | unknown(place, findings));
}

static bool move(struct kb_quorum *quorum, enum kb_standing standing, u64 now_usec)
{
	if (quorum->standing == standing)
		return false;
	quorum->standing = standing;
	quorum->since_usec = now_usec;
	return true;
}

void kb_quorum_doubt(struct kb_quorum *quorum, u64 now_usec)
{
	*quorum = (struct kb_quorum){ .since_usec = now_usec, .seen_usec = now_usec };
}

/* The quorum holds: these pieces are why. */
static void believe(struct kb_quorum *quorum, const struct kb_place *place,
		    const struct kb_finding *findings, u64 now_usec)
{
	u32 i;

	quorum->believed = present(place, findings, now_usec);
	quorum->missing_usec = 0;
	for (i = 0; i < pieces(place); i++)
		quorum->good_until_usec[i] = findings[i].good_until_usec;
}

/*
 * What there is and what was there a moment ago. A piece that was lost for sure
 * is never believed again without being seen: turning soft later does not help.
 */
static u32 patient(struct kb_quorum *quorum, const struct kb_place *place,
		   const struct kb_finding *findings, u64 now_usec)
{
	u32 i;

	for (i = 0; i < pieces(place); i++) {
		bool lost = findings[i].presence == KB_PRESENCE_ABSENT && findings[i].hard;

		if (lost || !lasts(quorum->good_until_usec[i], now_usec))
			quorum->believed &= ~(1u << i);
	}
	return quorum->believed | present(place, findings, now_usec);
}

static bool leave(struct kb_quorum *quorum, const struct kb_place *place, bool hard, bool veto,
		  u64 now_usec)
{
	quorum->hard = hard;
	quorum->agreed_usec = 0;
	quorum->missing_usec = 0;
	quorum->believed = 0;
	quorum->grace_until_usec = 0;
	if (veto || !place->grace)
		return move(quorum, KB_STANDING_OUTSIDE, now_usec);
	quorum->grace_until_usec = now_usec + place->grace * 1000000ull;
	return move(quorum, KB_STANDING_GRACE, now_usec);
}

/* INSIDE or FADING, and not vetoed. */
static bool step_inside(struct kb_quorum *quorum, const struct kb_place *place,
			const struct kb_finding *findings, bool holds, u64 now_usec)
{
	if (holds) {
		believe(quorum, place, findings, now_usec);
		return move(quorum, KB_STANDING_INSIDE, now_usec);
	}
	if (!suffices(place, patient(quorum, place, findings, now_usec)))
		return leave(quorum, place, true, false, now_usec);
	if (!quorum->missing_usec)
		quorum->missing_usec = now_usec;
	if (now_usec - quorum->missing_usec >= KB_QUORUM_PATIENCE_USEC)
		return leave(quorum, place, false, false, now_usec);
	return move(quorum, KB_STANDING_FADING, now_usec);
}

/* All others, and not vetoed. In grace the paths stay open while the quorum is agreed anew. */
static bool step_outside(struct kb_quorum *quorum, const struct kb_place *place,
			 const struct kb_finding *findings, bool holds, u64 now_usec)
{
	bool grace = quorum->standing == KB_STANDING_GRACE && now_usec < quorum->grace_until_usec;

	if (!holds) {
		quorum->agreed_usec = 0;
		if (grace)
			return false;
		if (quorum->standing == KB_STANDING_UNKNOWN &&
		    possible(place, findings, now_usec) &&
		    now_usec - quorum->since_usec < KB_QUORUM_PATIENCE_USEC)
			return false;
		return move(quorum, KB_STANDING_OUTSIDE, now_usec);
	}
	if (!quorum->agreed_usec)
		quorum->agreed_usec = now_usec;
	if (now_usec - quorum->agreed_usec < KB_QUORUM_AGREE_USEC)
		return grace ? false : move(quorum, KB_STANDING_ENTERING, now_usec);
	quorum->hard = false;
	quorum->grace_until_usec = 0;
	believe(quorum, place, findings, now_usec);
	return move(quorum, KB_STANDING_INSIDE, now_usec);
}

bool kb_quorum_step(struct kb_quorum *quorum, const struct kb_place *place,
		    const struct kb_finding *findings, u64 now_usec)
{
	enum kb_standing before = quorum->standing;
	bool holds;

	if (now_usec < quorum->seen_usec || !quorum->seen_usec) {
		bool first = !quorum->seen_usec;

		kb_quorum_doubt(quorum, now_usec);
		if (!first)
			return before != KB_STANDING_UNKNOWN;
	}
	quorum->seen_usec = now_usec;
	if (vetoed(place, findings))
		return leave(quorum, place, true, true, now_usec);
	holds = suffices(place, present(place, findings, now_usec));
	if (quorum->standing == KB_STANDING_INSIDE || quorum->standing == KB_STANDING_FADING)
		return step_inside(quorum, place, findings, holds, now_usec);
	return step_outside(quorum, place, findings, holds, now_usec);
}

bool kb_quorum_open(const struct kb_quorum *quorum)
{
	return quorum->standing == KB_STANDING_INSIDE || quorum->standing == KB_STANDING_FADING ||
	       quorum->standing == KB_STANDING_GRACE;
}

static u64 sooner(u64 a, u64 b)
{
	return !a || (b && b < a) ? b : a;
}

/*
 * When do the pieces of @mask cease to suffice by their own words? They stand in
 * @findings, and, for those that are only believed in, in the quorum. 0 = never.
 */
static u64 breaks(const struct kb_quorum *quorum, const struct kb_place *place,
		  const struct kb_finding *findings, u32 mask)
{
	u32 there = present(place, findings, quorum->seen_usec);
	u64 until[KB_EVIDENCE_MAX] = {}, first = 0;
	u32 i, k, left;

	for (i = 0; i < pieces(place); i++)
		until[i] = there & (1u << i) ? findings[i].good_until_usec
					     : quorum->good_until_usec[i];
	for (i = 0; i < pieces(place); i++) {
		if (!(mask & (1u << i)) || !until[i])
			continue;
		for (left = mask, k = 0; k < pieces(place); k++)
			if (!lasts(until[k], until[i]))
				left &= ~(1u << k);
		if (!suffices(place, left))
			first = sooner(first, until[i]);
	}
	return first;
}

u64 kb_quorum_due(const struct kb_quorum *quorum, const struct kb_place *place,
		  const struct kb_finding *findings)
{
	u32 mask = present(place, findings, quorum->seen_usec);
	u64 agreed = quorum->agreed_usec ? quorum->agreed_usec + KB_QUORUM_AGREE_USEC : 0;

	switch (quorum->standing) {
	case KB_STANDING_UNKNOWN:
		return sooner(quorum->since_usec + KB_QUORUM_PATIENCE_USEC,
			      breaks(quorum, place, findings, mask | unknown(place, findings)));
	case KB_STANDING_ENTERING:
		return sooner(agreed, breaks(quorum, place, findings, mask));
	case KB_STANDING_INSIDE:
		return breaks(quorum, place, findings, mask);
	case KB_STANDING_FADING:
		return sooner(quorum->missing_usec + KB_QUORUM_PATIENCE_USEC,
			      breaks(quorum, place, findings, mask | quorum->believed));
	case KB_STANDING_GRACE:
		return sooner(quorum->grace_until_usec, agreed);
	default:
		return 0;
	}
}

static u32 rank(const struct kb_place *place, const struct kb_quorum *quorum,
		const struct kb_finding *findings)
{
	u32 n;

	if (!kb_quorum_open(quorum))
		return 0;
	n = (u32)__builtin_popcount(present(place, findings, quorum->seen_usec));
	return 1 + n + (quorum->standing == KB_STANDING_GRACE ? 0 : KB_EVIDENCE_MAX + 1);
}

u16 kb_quorum_zone(const struct kb_place *places, const struct kb_quorum *quorums,
		   const struct kb_finding *const *findings, u32 n)
{
	u16 zone = KB_INDEX_NONE;
	u32 best = 0, i, r;

	for (i = 0; i < n; i++) {
		r = places[i].n_evidence ? rank(&places[i], &quorums[i], findings[i]) : 0;
		if (r > best) {
			best = r;
			zone = places[i].zone;
		}
	}
	return zone;
}

const char *kb_standing_name(enum kb_standing standing)
{
	switch (standing) {
	case KB_STANDING_OUTSIDE:
		return "outside";
	case KB_STANDING_ENTERING:
		return "entering";
	case KB_STANDING_INSIDE:
		return "inside";
	case KB_STANDING_FADING:
		return "fading";
	case KB_STANDING_GRACE:
		return "grace";
	default:
		return "unknown";
	}
}
