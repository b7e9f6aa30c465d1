/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the reader of the agent's parts share. */
#ifndef KIDOBAN_POLICY_AGENT_PARTS_H
#define KIDOBAN_POLICY_AGENT_PARTS_H

#include <kidoban/agent.h>
#include <kidoban/attr.h>
#include <kidoban/attr_forms.h>

#include "policy/arena.h"

/* The agent's parts of one policy while they are read. */
struct kb_agent_filling {
	const struct kb_policy *policy;
	struct kb_agent_policy *agent;	/* .places has room for as many as the policy has zones */
	struct kb_arena *arena;		/* owns what .agent points to */
	struct kb_blob_error *error;
};

/*
 * Checks the level of which @reader stands at the beginning, and says in
 * @ret_checked what was seen; @reader itself stays where it is. 0 or -EBADMSG.
 */
int kb_agent_check_level(const struct kb_attr_reader *reader, struct kb_attr_reader *ret_checked);

/* Copy of a string attribute; NULL when there is no memory. */
const char *kb_agent_string(struct kb_agent_filling *filling, const struct kb_attr_view *attr);
/* Array of copies of struct kb_blob_mac; NULL when there is no memory. */
struct kb_link_mac *kb_agent_macs(struct kb_agent_filling *filling, u32 n);
void kb_agent_mac(struct kb_link_mac *ret, const struct kb_attr_view *attr);

/* Checks of payloads, struct kb_attr_spec. */
const char *kb_agent_check_mac(const u8 *payload, u32 len);
/* Text that may stand in a line of somebody's configuration: no control characters. */
const char *kb_agent_check_line(const u8 *payload, u32 len);

/* @reader stands at the beginning of a KB_AGENT_PLACE. 0, -EBADMSG (told), -ENOMEM. */
extern const struct kb_attr_table kb_agent_place_table;
int kb_agent_read_place(struct kb_agent_filling *filling, struct kb_attr_reader *reader,
			u32 offset);

#endif
