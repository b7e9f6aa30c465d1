/* SPDX-License-Identifier: GPL-2.0-only */
/* Short names for tables of attributes; for the .c files that have such tables, and for nobody else. */
#ifndef KIDOBAN_ATTR_FORMS_H
#define KIDOBAN_ATTR_FORMS_H

#include <kidoban/attr.h>

/* The forms that attributes have, for tables of struct kb_attr_spec. */
#define ANY_U32		.kind = KB_ATTR_U32, .max = U32_MAX
#define ANY_U64		.kind = KB_ATTR_U64, .max = U64_MAX
#define FLAG_U8		.kind = KB_ATTR_U8, .max = 1
#define ACTION_U8	.kind = KB_ATTR_U8, .max = KB_ACTION_MAX - 1
#define MASK_U32(all)	.kind = KB_ATTR_U32, .min = 1, .max = (all)
#define INDEX_U32(limit)	.kind = KB_ATTR_U32, .max = (limit) - 1
#define TEXT(longest)	.kind = KB_ATTR_STRING, .min = 1, .max = (longest)
#define EXACT(bytes)	.kind = KB_ATTR_BYTES, .min = (bytes), .max = (bytes)
#define RULE_LIST	.flags = KB_ATTR_LIST, .list_max = KB_RULE_LIST_MAX
#define NEEDED		.flags = KB_ATTR_NEEDED
#define TABLE(text, array)	{ .name = text, .specs = array, .n_specs = ARRAY_SIZE(array) }

#endif
