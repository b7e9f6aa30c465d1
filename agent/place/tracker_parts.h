/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of a tracker. For agent/place/{tracker,inherit}.c alone. */
#ifndef AGENT_PLACE_TRACKER_PARTS_H
#define AGENT_PLACE_TRACKER_PARTS_H

#include "agent/place/tracker.h"

struct kb_tracker {
	kb_move_fn moved;
	void *userdata;
	char veto[160];
	u32 n;				/* as many as the policy has places, and in its order */
	const struct kb_agent_policy *policy;	/* borrowed */
	struct kb_quorum *quorums;	/* owned */
	const struct kb_finding **findings;	/* owned; of each place */
	struct kb_tracked *places;	/* owned */
};

#endif
