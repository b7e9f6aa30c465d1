/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links and paths of a policy as text. */
#ifndef KIDOBAN_POLICY_SHOW_NET_H
#define KIDOBAN_POLICY_SHOW_NET_H

#include <stdio.h>

#include <kidoban/agent.h>

/* The sections link, wireless, wifi, places, networks and paths; what the policy does not have is left out. */
void kb_show_net(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		 const char *file, bool effective, FILE *out);
/* Of these: wireless, wifi, places. */
void kb_show_agent(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		   bool effective, FILE *out);

#endif
