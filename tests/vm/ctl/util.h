/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clock and cleanup helpers of vmctl. */
#ifndef VM_CTL_UTIL_H
#define VM_CTL_UTIL_H

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifndef __cleanup
#define __cleanup(fn) __attribute__((cleanup(fn)))
#endif

static inline void free_text(char **text)
{
	free(*text);
}

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Milliseconds on the monotonic clock. */
static inline long long now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

#endif
