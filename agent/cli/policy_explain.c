// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy explain: a question to the policy in a file. */
#include <string.h>

#include "agent/cli/answer.h"
#include "agent/cli/policy_verbs.h"

int kb_policy_explain(int argc, char **argv)
{
	static const struct option longs[] = { KB_QUESTION_OPTIONS, { 0 } };
	struct kb_question question = { 0 };
	struct kb_source source;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		if (!kb_question_option(&question, c))
			return kb_policy_usage("explain");
	if (argc - optind != 3 || strcmp(argv[optind + 1], "usb"))
		return kb_policy_usage("explain");
	question.query.usb = argv[optind + 2];
	c = kb_policy_load(argv[optind], &source);
	if (c)
		return c;
	c = kb_question_answer(&question, source.policy, kb_source_text(&source, argv[optind]));
	kb_source_done(&source);
	return c;
}
