/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the keeper's files share. */
#ifndef AGENT_PLACE_KEEPER_PARTS_H
#define AGENT_PLACE_KEEPER_PARTS_H

#include "agent/place/carry.h"
#include "agent/place/keeper.h"
#include "agent/place/session.h"
#include "agent/place/tracker.h"

struct kb_keeper {
	struct kb_keeper_host host;
	const struct kb_agent_policy *policy;	/* borrowed; NULL = none */
	struct kb_surroundings around;
	char site[KB_MUNICIPALITY_MAX + 1];	/* of that policy */
	struct kb_wifi_view view;	/* of this look */
	struct kb_tracker *tracker;	/* NULL: no places, or place.mode off */
	struct kb_carry *carry;
	struct kb_session *session;
	sd_event_source *soon;		/* looks when the loop comes round */
	sd_event_source *timer, *overdue;
	u64 refreshed_usec, surveyed_usec;	/* CLOCK_BOOTTIME; 0 = never */
	u16 zone;			/* that CONTEXT_SET shall say */
	const char *doubt;		/* why the place is unknown; msgid */
	char *path;			/* of place.json */
};

/* agent/place/keeper_tell.c: what happened, for the journal. */
void kb_keeper_tell_move(const struct kb_keeper *keeper, const struct kb_tracked *place,
			 enum kb_move move);
void kb_keeper_tell_carry(enum kb_carry_news news, const struct kb_carry_state *state,
			  const struct kb_grant_row *grant, void *userdata);
/* How many were ended (or -errno), or that in audit mode nothing is done. */
void kb_keeper_tell_cut(const struct kb_tracked *place, int ended);
/* Writes place.json, or removes it when no place is kept. */
void kb_keeper_write(const struct kb_keeper *keeper, u64 now_usec);

#endif
