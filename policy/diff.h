/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changes from one policy to the next, in meaning and not in letters. */
#ifndef KIDOBAN_POLICY_DIFF_H
#define KIDOBAN_POLICY_DIFF_H

#include <kidoban/agent.h>

enum kb_change_kind {
	KB_CHANGE_KEY,			/* a value outside the rules */
	KB_CHANGE_REMOVED,
	KB_CHANGE_ADDED,
	KB_CHANGE_MOVED,		/* same rule, other place among those that stay */
	KB_CHANGE_TELL,			/* same rule, other sentence for staff */
	KB_CHANGE_KIND_MAX
};

struct kb_change {
	enum kb_change_kind kind;
	char *key;			/* KEY: "policy.serial"; else NULL */
	char *from, *to;		/* KEY, TELL: values (NULL = none); rules: the rule's text in .to */
	uint32_t from_line, to_line;	/* rules: where they stand, 0 = nowhere */
};

struct kb_changes {
	struct kb_change *list;
	size_t n, room;
};

/* A policy, and what it says to the agent. */
struct kb_diff_side {
	const struct kb_policy *policy;
	const struct kb_agent_policy *agent;
};

/* Compares; labels count, lines and tells do not tell rules apart. 0 or -ENOMEM. */
int kb_diff(const struct kb_diff_side *from, const struct kb_diff_side *to,
	    struct kb_changes *ret);
void kb_changes_done(struct kb_changes *changes);
/* "added", "removed" ...: for programs, never translated. */
const char *kb_change_name(enum kb_change_kind kind);

#endif
