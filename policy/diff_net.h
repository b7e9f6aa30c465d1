/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes outside the rules of links and paths. */
#ifndef KIDOBAN_POLICY_DIFF_NET_H
#define KIDOBAN_POLICY_DIFF_NET_H

#include "policy/diff.h"

/* Adds a KB_CHANGE_KEY unless both values are the same; NULL = none. 0 or -ENOMEM. */
int kb_diff_key(struct kb_changes *changes, const char *key, const char *from, const char *to);
/* Modes, defaults, networks; for networks from and to are what was taken away and added. */
int kb_diff_net(struct kb_changes *changes, const struct kb_policy *from,
		const struct kb_policy *to);
/* What the agent obeys; each array is from, to. Pieces of evidence are taken away and added. */
int kb_diff_agent(struct kb_changes *changes, const struct kb_policy *const policies[2],
		  const struct kb_agent_policy *const agents[2]);

#endif
