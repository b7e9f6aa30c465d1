/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs behind "kidoban policy", and what several of them need. */
#ifndef AGENT_CLI_POLICY_VERBS_H
#define AGENT_CLI_POLICY_VERBS_H

#include "agent/cli/common.h"
#include "policy/source.h"

int kb_policy_check(int argc, char **argv);
int kb_policy_compile(int argc, char **argv);
int kb_policy_show(int argc, char **argv);
int kb_policy_diff(int argc, char **argv);
int kb_policy_explain(int argc, char **argv);
int kb_policy_test(int argc, char **argv);
int kb_policy_schema(int argc, char **argv);
int kb_policy_generate(int argc, char **argv);

/* "Usage: kidoban policy NAME ..." to stderr; KB_EXIT_USAGE. */
int kb_policy_usage(const char *name);

/*
 * Reads a policy (text, blob, bundle) for a verb. What is wrong goes to
 * stderr. KB_EXIT_OK with @ret filled, else the exit code to leave with.
 */
int kb_policy_load(const char *path, struct kb_source *ret);

/* The exit code for what reading or compiling a text answered. */
int kb_policy_exit(int err);

/* Time to judge by: now, or what @text (a date or date and time) says. False when it does not. */
bool kb_policy_time(const char *text, uint64_t *ret);

#endif
