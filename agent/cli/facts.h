/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy's head as people and programs read it: sign and verify show it. */
#ifndef AGENT_CLI_FACTS_H
#define AGENT_CLI_FACTS_H

#include <kidoban/policy.h>

#include "agent/json.h"

/* @policy was read out of a blob. */
void kb_facts_print(const struct kb_policy *policy, FILE *out);
/* Members of the object that is open in @json. */
void kb_facts_json(struct kb_json *json, const struct kb_policy *policy);

#endif
