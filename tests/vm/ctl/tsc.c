// SPDX-License-Identifier: GPL-2.0-or-later
/* How fast this machine's time stamp counter runs, which is a terminal's too. */
#include "tsc.h"

#include <stdint.h>
#include <time.h>

#define TRIES		64
#define MSEC_APART	100

#ifdef __x86_64__

struct moment {
	uint64_t ns, ticks;
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Clock and counter at one moment: of several pairs the one that nothing came between. */
static struct moment look(void)
{
	struct moment best = {};
	uint64_t least = UINT64_MAX;
	int i;

	for (i = 0; i < TRIES; i++) {
		uint64_t before = __builtin_ia32_rdtsc();
		uint64_t ns = now_ns();
		uint64_t width = __builtin_ia32_rdtsc() - before;

		if (width < least) {
			least = width;
			best = (struct moment){ ns, before + width / 2 };
		}
	}
	return best;
}

unsigned long tsc_khz(void)
{
	struct moment from = look(), to;

	do
		to = look();
	while (to.ns - from.ns < MSEC_APART * 1000000ull);
	return (unsigned long)((to.ticks - from.ticks) * 1000000 / (to.ns - from.ns));
}

#else

unsigned long tsc_khz(void)
{
	return 0;
}

#endif
