/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is given back all at once: one arena per document. */
#ifndef KIDOBAN_POLICY_ARENA_H
#define KIDOBAN_POLICY_ARENA_H

#include <stddef.h>

struct kb_arena_chunk;

/* Zero-initialise. Everything allocated lives until kb_arena_done(). */
struct kb_arena {
	struct kb_arena_chunk *chunks;
	size_t used, size;		/* of the newest chunk */
};

/* Zeroed memory of @size bytes, aligned for any type; NULL when there is none. */
void *kb_arena_alloc(struct kb_arena *arena, size_t size);
/* Zeroed array; NULL when there is no memory or @n * @size overflows. */
void *kb_arena_array(struct kb_arena *arena, size_t n, size_t size);
/* NUL-terminated copy of @len bytes; NULL when there is no memory. */
char *kb_arena_strndup(struct kb_arena *arena, const char *text, size_t len);
void kb_arena_done(struct kb_arena *arena);

#endif
