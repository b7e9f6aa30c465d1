/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A whole policy as text: as written, or as a terminal obeys it. */
#ifndef KIDOBAN_POLICY_SHOW_H
#define KIDOBAN_POLICY_SHOW_H

#include <stdio.h>

#include <kidoban/agent.h>

/*
 * Writes @policy, and what it says to the agent, as YAML that compiles to the same policy. @effective adds
 * comments: the defaults that hold, the line of each rule (in @file; NULL = unknown), what
 * its wildcards and class names cover, and what is built in.
 */
void kb_show(const struct kb_policy *policy, const struct kb_agent_policy *agent, const char *file,
	     bool effective, FILE *out);

#endif
