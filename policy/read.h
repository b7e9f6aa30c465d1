/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves nodes of a document into C structures, as a table of keys says. */
#ifndef KIDOBAN_POLICY_READ_H
#define KIDOBAN_POLICY_READ_H

#include "policy/arena.h"
#include "policy/diag.h"
#include "policy/document.h"
#include "policy/schema.h"

struct kb_reader {
	struct kb_arena *arena;		/* for arrays; strings stay in the document's */
	struct kb_diags *diags;
};

/*
 * Reads mapping @node by @keys into @target. All errors are told; what is
 * wrong is left as it was in @target. 0, -EBADMSG when anything was wrong, or
 * -ENOMEM.
 */
int kb_read_map(struct kb_reader *reader, const struct kb_key *keys, const struct kb_node *node,
		void *target);

/*
 * Reads list of mappings @node as @key (KB_TYPE_MAPS) says: an array and its
 * length. Answers like kb_read_map().
 */
int kb_read_maps(struct kb_reader *reader, const struct kb_key *key, const struct kb_node *node,
		 void *target);

#endif
