// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that is given back all at once. */
#include "policy/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_SIZE	(16 * 1024)

struct kb_arena_chunk {
	struct kb_arena_chunk *next;
	alignas(max_align_t) unsigned char bytes[];
};

void *kb_arena_alloc(struct kb_arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct kb_arena_chunk *chunk;
	size_t room;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) & ~(align - 1);
	if (!arena->chunks || arena->size - arena->used < size) {
		room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
		chunk = calloc(1, sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->size = room;
		arena->used = 0;
	}
	arena->used += size;
	return arena->chunks->bytes + arena->used - size;
}

void *kb_arena_array(struct kb_arena *arena, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		return NULL;
	return kb_arena_alloc(arena, bytes ? bytes : 1);
}

char *kb_arena_strndup(struct kb_arena *arena, const char *text, size_t len)
{
	char *copy = kb_arena_alloc(arena, len + 1);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

void kb_arena_done(struct kb_arena *arena)
{
	struct kb_arena_chunk *chunk, *next;

	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	*arena = (struct kb_arena){ 0 };
}
