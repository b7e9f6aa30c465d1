/* SPDX-License-Identifier: GPL-2.0-only */
/* What the policy in force says to the agent. */
#ifndef KIDOBAN_AGENT_H
#define KIDOBAN_AGENT_H

#include <kidoban/place.h>
#include <kidoban/policy.h>
#include <kidoban/wifi.h>

struct kb_agent_policy {
	enum kb_gate_mode wifi_mode, place_mode;
	struct kb_wireless wireless;
	u32 n_profiles;			/* as many, and in the same order, as the policy has */
	struct kb_wifi_profile *profiles;
	u32 n_places;
	struct kb_place *places;	/* zones without evidence have none */
};

/*
 * Reads the parts for the agent out of @policy (policy/agent_read.c). Returns 0
 * and *ret, which owns copies of everything and outlives @policy, or -EBADMSG
 * (a part is malformed: none is obeyed), -ENOMEM, with *ret_error filled.
 * Free with kb_agent_policy_free() (NULL is fine).
 */
int kb_agent_policy_read(const struct kb_policy *policy, struct kb_agent_policy **ret,
			 struct kb_blob_error *ret_error);
void kb_agent_policy_free(struct kb_agent_policy *agent);

#endif
