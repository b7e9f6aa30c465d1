/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The question and answer of "explain", for both verbs of that name. */
#ifndef AGENT_CLI_ANSWER_H
#define AGENT_CLI_ANSWER_H

#include <getopt.h>

#include "agent/cli/common.h"
#include "policy/explain.h"

struct kb_question {
	struct kb_explain_query query;
	const char *interfaces[KB_EXPLAIN_INTERFACES_MAX];
	bool json;
};

/* Long options of a question: --class, --interface, --port, --json. */
#define KB_QUESTION_OPTIONS                                                                        \
	{ "class", required_argument, NULL, 'C' }, { "interface", required_argument, NULL, 'I' },  \
		{ "port", required_argument, NULL, 'P' }, { "json", no_argument, NULL, 'J' }

/* Takes what getopt_long() returned; false when it is none of ours or one too many. */
bool kb_question_option(struct kb_question *question, int c);

/*
 * Asks and prints the answer to stdout; @file names the policy's text (NULL:
 * unknown). KB_EXIT_OK, KB_EXIT_REFUSED when an interface is refused,
 * KB_EXIT_USAGE when the question cannot be read.
 */
int kb_question_answer(const struct kb_question *question, const struct kb_policy *policy,
		       const char *file);

#endif
