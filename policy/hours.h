/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hours of access: "平日 08:00-19:00" (N7). */
#ifndef KIDOBAN_POLICY_HOURS_H
#define KIDOBAN_POLICY_HOURS_H

#include <kidoban/path.h>

#define KB_HOURS_SPANS_MAX	32	/* spans of one text */
#define KB_HOURS_SIZE		1024	/* bytes that kb_hours_text() needs for so many */

/*
 * Spans with commas between. A span is days, a time, or both: "平日 08:00-19:00",
 * "月-金", "土日 09:00-12:00, 13:00-17:00" (the second has the same days),
 * "mon-fri 08:00-19:00", "毎日 22:00-06:00" (until the next morning). No days:
 * those of the span before, else every day. No time: all day. 0, -EINVAL, or
 * -E2BIG with more than @max spans; *ret_n is then untouched.
 */
int kb_hours_parse(const char *text, struct kb_span *ret, unsigned int max, unsigned int *ret_n);

/* @n spans as such a text; cut where @size ends. */
void kb_hours_text(const struct kb_span *spans, unsigned int n, char *ret, size_t size);

/* Are two lists of @n spans each the same? */
bool kb_hours_same(const struct kb_span *a, const struct kb_span *b, unsigned int n);

#endif
