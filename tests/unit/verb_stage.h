/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command as a person types it: a directory with keys and a policy, and a shell in it. */
#ifndef UNIT_VERB_STAGE_H
#define UNIT_VERB_STAGE_H

/* Around a group of tests: author.key, approver.key, trust/, p.yaml; $K is the command, $D the agent. */
int verb_stage_make(void **state);
int verb_stage_remove(void **state);

/* Exit status of a shell command in that directory. */
int shell(const char *command);
/* Fails the test when it is another, showing what was said. */
void expect(int code, const char *command);

#endif
