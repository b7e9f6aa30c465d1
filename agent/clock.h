/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What time it is. */
#ifndef AGENT_CLOCK_H
#define AGENT_CLOCK_H

#include <kidoban/types.h>
#include <time.h>

/* Microseconds of a clock_gettime(2) clock that every kernel has: it cannot fail. */
static inline u64 kb_clock_usec(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (u64)now.tv_sec * 1000000 + (u64)now.tv_nsec / 1000;
}

#endif
