/* SPDX-License-Identifier: GPL-2.0-only */
/* What the first look let pass a moment ago. */
#ifndef KB_PASSED_H
#define KB_PASSED_H

#include <linux/types.h>

struct kb_query;

/*
 * Did kb_passed_note() note the like of @query's packet in this second: UDP of the same socket between
 * the same ends, over the same link in the same state, under the same policy and lease? Then the first
 * look would say the same again, and kb_answer_expect() has been told. Only for what the last look judges
 * as well, whatever this says.
 */
bool kb_passed_already(const struct kb_query *query);
/* The first look let @query's packet pass. */
void kb_passed_note(const struct kb_query *query);

#endif
