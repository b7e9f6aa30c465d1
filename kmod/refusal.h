/* SPDX-License-Identifier: GPL-2.0-only */
/* Refused traffic as events: the first of its kind at once, its like counted. */
#ifndef KB_REFUSAL_H
#define KB_REFUSAL_H

#include <kidoban/path.h>

struct kb_active;
struct kb_query;

void kb_refusal_init(void);
void kb_refusal_exit(void);

/*
 * Notes that @query was refused (or would have been, in audit mode). Never
 * sleeps, never allocates; what does not fit is counted in one event without
 * addresses. Under RCU, any context but hard interrupts.
 */
void kb_refusal_note(const struct kb_active *active, const struct kb_query *query,
		     const struct kb_path_verdict *verdict, bool audit);

#endif
