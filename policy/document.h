/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A YAML text as a tree of nodes that know where they stand; the strict subset. */
#ifndef KIDOBAN_POLICY_DOCUMENT_H
#define KIDOBAN_POLICY_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/arena.h"
#include "policy/diag.h"

#define KB_TEXT_MAX		(1024 * 1024)	/* bytes of one text */
#define KB_DOCUMENT_DEPTH_MAX	16
#define KB_DOCUMENT_KEYS_MAX	256		/* keys of one mapping; as many as networks may have names */

enum kb_node_type {
	KB_NODE_SCALAR,
	KB_NODE_LIST,
	KB_NODE_MAP,
};

struct kb_node {
	enum kb_node_type type;
	uint32_t line, column;		/* of its first character, from 1 */
	bool quoted;			/* scalar in quotes or a block scalar */
	const char *text;		/* scalar: UTF-8 without control characters */
	uint32_t n;			/* list, map: children */
	struct kb_node *first, *last;	/* list, map: children in the order of the text */
	struct kb_node *next;		/* sibling */
	struct kb_node *key;		/* child of a map: its key, a scalar */
};

/*
 * Reads @len bytes of YAML into a tree that lives in @arena. Anchors, aliases,
 * tags, merge keys, directives, duplicate keys, several documents, keys that
 * are not plain words, control and invisible characters, invalid UTF-8, too much text and
 * too deep nesting are errors. Returns 0 and *ret_root, or -EBADMSG (told in
 * @diags), -ENOMEM.
 */
int kb_document_parse(const char *text, size_t len, struct kb_arena *arena,
		      struct kb_diags *diags, struct kb_node **ret_root);

/* The value of @key in a map; NULL when @map is NULL, no map, or has no such key. */
const struct kb_node *kb_node_get(const struct kb_node *map, const char *key);

#endif
