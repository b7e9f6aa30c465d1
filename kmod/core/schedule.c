// SPDX-License-Identifier: GPL-2.0-only
/* Hours of access (N7), in Japan Standard Time. */
#include <kidoban/path.h>

#define JST		(9 * 3600)	/* seconds ahead of UTC; Japan has no summer time */
#define DAY		86400
#define THURSDAY	3		/* 1970-01-01, with Monday = 0 */

/* Days since 1970-01-01 in Japan. */
static u64 day_of(u64 now)
{
	return (now + JST) / DAY;
}

static bool begins_on(const struct kb_span *span, u64 day)
{
	return span->days >> (day + THURSDAY) % 7 & 1;
}

static bool span_open(const struct kb_span *span, u64 day, u32 minute)
{
	if (span->end > span->begin)
		return begins_on(span, day) && span->begin <= minute && minute < span->end;
	/* over midnight: tonight's, or what is left of last night's */
	return (begins_on(span, day) && span->begin <= minute) ||
	       (begins_on(span, day + 6) && minute < span->end);
}

bool kb_schedule_open(const struct kb_schedule *schedule, u64 now)
{
	u32 minute = (now + JST) % DAY / 60;
	u32 i;

	for (i = 0; i < schedule->n_spans; i++)
		if (span_open(&schedule->spans[i], day_of(now), minute))
			return true;
	return false;
}

u64 kb_schedule_next(const struct kb_schedule *schedule, u64 now)
{
	bool open = kb_schedule_open(schedule, now);
	u64 day, next = 0;
	u32 i, side;

	/* It only changes where a span begins or ends, and repeats after a week. */
	for (day = day_of(now); day <= day_of(now) + 8; day++) {
		for (i = 0; i < schedule->n_spans * 2; i++) {
			const struct kb_span *span = &schedule->spans[i / 2];
			u64 at;

			side = i % 2 ? span->end : span->begin;
			at = day * DAY + side * 60 - JST;
			if (at > now && (!next || at < next) && day * DAY + side * 60 >= JST &&
			    kb_schedule_open(schedule, at) != open)
				next = at;
		}
	}
	return next;
}

u64 kb_schedule_mask(const struct kb_path_policy *paths, u64 now)
{
	u64 mask = 0;
	u32 i;

	for (i = 0; i < paths->n_schedules; i++)
		if (kb_schedule_open(&paths->schedules[i], now))
			mask |= 1ull << i;
	return mask;
}
