/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The known word that somebody most likely meant. */
#ifndef KIDOBAN_POLICY_NEAREST_H
#define KIDOBAN_POLICY_NEAREST_H

#include <stddef.h>

/*
 * Collects candidates one by one: start with {0}, offer each, read @best.
 * A candidate counts when a third of its letters or fewer must change
 * (insert, delete, replace, swap of neighbours), or when it begins with @word
 * or @word begins with it.
 */
struct kb_nearest {
	const char *best;		/* borrowed from the caller; NULL = nothing near */
	size_t distance;
};

void kb_nearest_offer(struct kb_nearest *nearest, const char *word, const char *candidate);

#endif
