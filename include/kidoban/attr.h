/* SPDX-License-Identifier: GPL-2.0-only */
/* Strict, table-driven reading of the blob's attributes (uapi/kidoban/blob.h). */
#ifndef KIDOBAN_ATTR_H
#define KIDOBAN_ATTR_H

#include <kidoban/bytes.h>
#include <kidoban/policy.h>
#include <kidoban/types.h>

#ifndef U32_MAX
#define U32_MAX		((u32)~0u)
#endif
#ifndef U64_MAX
#define U64_MAX		((u64)~0ull)
#endif

enum kb_attr_kind {
	KB_ATTR_INVALID,	/* zero, so that a hole in a table is an unknown type */
	KB_ATTR_U8,
	KB_ATTR_U32,
	KB_ATTR_U64,
	KB_ATTR_STRING,		/* UTF-8, one NUL, which is the last byte */
	KB_ATTR_BYTES,
	KB_ATTR_NEST,
	KB_ATTR_KIND_MAX
};

#define KB_ATTR_NEEDED	1u	/* its absence is an error */
#define KB_ATTR_LIST	2u	/* may stand more than once */
#define KB_ATTR_FIRST	4u	/* must be the first of its level */

/* Types are marked in a u32 as they are seen. */
#define KB_ATTR_TYPES_MAX	32

/* What one type of attribute must look like. */
struct kb_attr_spec {
	const char *name;
	enum kb_attr_kind kind;
	u8 flags;
	u16 list_max;		/* with KB_ATTR_LIST: copies accepted */
	u64 min, max;		/* of the value; for strings (without NUL) and bytes, of the length */
	/* Optional: NULL when the payload is sound, else what is wrong with it. */
	const char *(*check)(const u8 *payload, u32 len);
	const struct kb_attr_table *nest;	/* with KB_ATTR_NEST */
};

struct kb_attr_table {
	const char *name;			/* of the level, for error texts */
	const struct kb_attr_spec *specs;	/* indexed by type */
	u16 n_specs;				/* <= KB_ATTR_TYPES_MAX */
};

/* One attribute that passed its specification. */
struct kb_attr_view {
	u16 type;
	u32 offset;		/* of its header in the blob */
	const u8 *payload;
	u32 len;		/* bytes of payload; a string's includes the NUL */
	u64 value;		/* with the integer kinds */
};

/* One level being read. All pointers are borrowed. */
struct kb_attr_reader {
	const u8 *blob;
	u32 pos, end;		/* byte offsets in the blob */
	const struct kb_attr_table *table;
	struct kb_blob_error *error;
	u32 seen;		/* bit per type */
	u16 copies[KB_ATTR_TYPES_MAX];
	u8 depth;		/* 1 = top level */
};

/* Starts reading the attributes in bytes [@pos, @end) of @blob as @table says. */
void kb_attr_open(struct kb_attr_reader *reader, const u8 *blob, u32 pos, u32 end,
		  const struct kb_attr_table *table, struct kb_blob_error *error);
/*
 * Reads and checks the next attribute. Returns 1 with *@ret, 0 when the level
 * is complete (nothing needed is missing), -EBADMSG with the error filled.
 */
int kb_attr_next(struct kb_attr_reader *reader, struct kb_attr_view *ret);
/* Starts reading inside @attr, the nest last read by @parent. 0 or -EBADMSG (too deep). */
int kb_attr_enter(const struct kb_attr_reader *parent, const struct kb_attr_view *attr,
		  struct kb_attr_reader *ret);

/* Is the string of @len bytes (no NUL among them) well-formed UTF-8 (RFC 3629)? */
bool kb_utf8_valid(const u8 *s, u32 len);

/* Fills @error (NULL is fine) with "byte N: " and the text; returns @err. */
__printf(4, 5) int kb_blob_fail(struct kb_blob_error *error, int err, u32 offset,
				const char *format, ...);

#endif
