/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Releases what a variable holds when it leaves its scope. */
#ifndef POLICY_CLEANUP_H
#define POLICY_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define KB_CLEANUP(fn)		__attribute__((cleanup(fn)))

/* Defines fn_p(), which hands *p to fn() unless it is NULL. */
#define KB_DEFINE_CLEANUP(type, fn)					\
	static inline void fn##_p(type *p)				\
	{								\
		if (*p)							\
			fn(*p);						\
	}

static inline void kb_freep(void *p)
{
	free(*(void **)p);
}

static inline void kb_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void kb_fclosep(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void kb_closedirp(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define KB_FREE			KB_CLEANUP(kb_freep)
#define KB_CLOSE		KB_CLEANUP(kb_closep)

#endif
