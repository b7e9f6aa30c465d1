/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs behind "kidoban wifi". */
#ifndef AGENT_CLI_VERB_WIFI_H
#define AGENT_CLI_VERB_WIFI_H

#include <kidoban/agent.h>

#include "agent/cli/common.h"

int kb_wifi_survey(int argc, char **argv);
int kb_wifi_history(int argc, char **argv);
int kb_wifi_provision(int argc, char **argv);

/*
 * What the policy in force says to the agent, and (unless NULL) the kernel's links, malloc'ed. 0, or a
 * complaint and the exit code to leave with.
 */
int kb_wifi_in_force(struct kb_agent_policy **ret, struct kb_record **ret_links, size_t *ret_n);

#endif
