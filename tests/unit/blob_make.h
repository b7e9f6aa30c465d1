/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes blobs for tests, well-formed or not: independent of policy/ on purpose. */
#ifndef TESTS_UNIT_BLOB_MAKE_H
#define TESTS_UNIT_BLOB_MAKE_H

#include <kidoban/policy.h>
#include <kidoban/types.h>

struct blob_make {
	u8 *bytes;		/* owned; free with blob_make_free() */
	size_t len, room;
};

/* What stands in the header; the rest of it is fixed. */
struct blob_identity {
	const char *municipality, *group;
	u32 epoch, serial;
	u64 not_before, expires;
};

extern const struct blob_identity blob_example;

/* Starts with the magic. */
void blob_make_start(struct blob_make *b);
void blob_make_free(struct blob_make *b);

/* One attribute with its padding. */
void blob_make_attr(struct blob_make *b, u16 type, const void *payload, size_t len);
void blob_make_u8(struct blob_make *b, u16 type, u8 value);
void blob_make_u32(struct blob_make *b, u16 type, u32 value);
void blob_make_u64(struct blob_make *b, u16 type, u64 value);
void blob_make_string(struct blob_make *b, u16 type, const char *text);

/* A nest: what is written between the two stands inside. */
size_t blob_make_open(struct blob_make *b, u16 type);
void blob_make_close(struct blob_make *b, size_t opened);

/* Magic, header, mode: everything before the media section. */
void blob_make_head(struct blob_make *b, const struct blob_identity *identity,
		    enum kb_gate_mode mode);
/* The like with all three gates. */
void blob_make_modes(struct blob_make *b, const struct blob_identity *identity,
		     enum kb_gate_mode media, enum kb_gate_mode link, enum kb_gate_mode path);
void blob_make_media(struct blob_make *b, enum kb_action otherwise);
/* Starts a rule with its two needed attributes. */
size_t blob_make_rule(struct blob_make *b, enum kb_action action, u32 line);

/* The like for a path rule. */
size_t blob_make_path_rule(struct blob_make *b, enum kb_path_kind kind, u32 line, const char *name);

/* A rule with one of everything. */
void blob_make_full_rule(struct blob_make *b, u32 line);
/* A whole blob: that rule (line 7), one without conditions, one with serial S3. */
void blob_make_example(struct blob_make *b);
/* A whole blob with @n rules without conditions, lines 0, 1, 2 ... */
void blob_make_rules(struct blob_make *b, u32 n);

/* The other sections of a blob that has one of everything: link, networks, paths and what they refer to. */
void blob_make_gates(struct blob_make *b);
/* A whole blob with them. */
void blob_make_gates_example(struct blob_make *b);

/* Parses what was made; fails the running test when it is refused. */
struct kb_policy *blob_make_parse(const struct blob_make *b);

#endif
