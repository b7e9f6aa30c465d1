/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes blobs, good and bad, for the suites and for the signed samples of tests/kunit/keys. */
#ifndef KB_TESTS_MAKER_H
#define KB_TESTS_MAKER_H

#include <kidoban/types.h>
#include <uapi/kidoban/blob.h>
#include <uapi/kidoban/class.h>
#include <uapi/kidoban/limits.h>

#define KB_MAKER_EXPIRES	4102444800ULL	/* 2100-01-01 */

/* Appends to @buf; what does not fit sets @overflow and is left out. */
struct kb_maker {
	u8 *buf;		/* borrowed */
	u32 size, len;
	bool overflow;
};

/* A sample policy, told by what is unusual about it: zero and NULL are the usual values. */
struct kb_sample {
	u32 serial;
	u32 format, epoch, min_module;	/* KB_BLOB_FORMAT, 1, KB_MODULE_LEVEL */
	u64 not_before, expires;	/* 0, KB_MAKER_EXPIRES */
	const char *municipality;	/* "131016" */
	const char *group;		/* "shared-terminals" */
	u8 lock, media_default;		/* 0, KB_ACTION_REFUSE */
	u8 mode;			/* KB_GATE_ENFORCE */
	u32 n_rules;			/* each of line == serial */
	u8 rule_action;			/* KB_ACTION_REFUSE of storage, KB_ACTION_ALLOW of all */
	u32 without;			/* bit per enum kb_header_attr that is left out */
};

static inline void kb_make_bytes(struct kb_maker *m, const void *data, u32 len)
{
	if (len > m->size - m->len) {
		m->overflow = true;
		return;
	}
	memcpy(m->buf + m->len, data, len);
	m->len += len;
}

static inline void kb_make_begin(struct kb_maker *m, u8 *buf, u32 size)
{
	*m = (struct kb_maker){ .buf = buf, .size = size };
	kb_make_bytes(m, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN);
}

/* A header whose length is as said, true or not. */
static inline void kb_make_header(struct kb_maker *m, u16 type, u16 len)
{
	u8 header[4] = { (u8)len, (u8)(len >> 8), (u8)type, (u8)(type >> 8) };

	kb_make_bytes(m, header, sizeof(header));
}

static inline void kb_make_attr(struct kb_maker *m, u16 type, const void *data, u32 len)
{
	static const u8 zero[3];

	kb_make_header(m, type, (u16)(4 + len));
	kb_make_bytes(m, data, len);
	kb_make_bytes(m, zero, -len & 3);
}

static inline void kb_make_string(struct kb_maker *m, u16 type, const char *text)
{
	kb_make_attr(m, type, text, (u32)strlen(text) + 1);
}

static inline void kb_make_u8(struct kb_maker *m, u16 type, u8 value)
{
	kb_make_attr(m, type, &value, 1);
}

static inline void kb_make_u32(struct kb_maker *m, u16 type, u32 value)
{
	u8 b[4] = { (u8)value, (u8)(value >> 8), (u8)(value >> 16), (u8)(value >> 24) };

	kb_make_attr(m, type, b, sizeof(b));
}

static inline void kb_make_u64(struct kb_maker *m, u16 type, u64 value)
{
	u8 b[8];
	u32 i;

	for (i = 0; i < sizeof(b); i++)
		b[i] = (u8)(value >> 8 * i);
	kb_make_attr(m, type, b, sizeof(b));
}

/* Opens a nest; hand the result to kb_make_close(). */
static inline u32 kb_make_open(struct kb_maker *m, u16 type)
{
	u32 at = m->len;

	kb_make_header(m, type, 4);
	return at;
}

static inline void kb_make_close(struct kb_maker *m, u32 at)
{
	u32 len = m->len - at;

	if (m->overflow)
		return;
	m->buf[at] = (u8)len;
	m->buf[at + 1] = (u8)(len >> 8);
}

static inline void kb_make_header_attr(struct kb_maker *m, const struct kb_sample *s, u16 type)
{
	static const u8 sha256[32] = { 0x6b, 0x64 };

	switch (type) {
	case KB_HEADER_FORMAT:
		return kb_make_u32(m, type, s->format ?: KB_BLOB_FORMAT);
	case KB_HEADER_MUNICIPALITY:
		return kb_make_string(m, type, s->municipality ?: "131016");
	case KB_HEADER_GROUP:
		return kb_make_string(m, type, s->group ?: "shared-terminals");
	case KB_HEADER_EPOCH:
		return kb_make_u32(m, type, s->epoch ?: 1);
	case KB_HEADER_SERIAL:
		return kb_make_u32(m, type, s->serial);
	case KB_HEADER_NOT_BEFORE:
		return kb_make_u64(m, type, s->not_before);
	case KB_HEADER_EXPIRES:
		return kb_make_u64(m, type, s->expires ?: KB_MAKER_EXPIRES);
	case KB_HEADER_MIN_MODULE:
		return kb_make_u32(m, type, s->min_module ?: KB_MODULE_LEVEL);
	case KB_HEADER_SOURCE_SHA256:
		return kb_make_attr(m, type, sha256, sizeof(sha256));
	default:
		return kb_make_u8(m, type, s->lock);
	}
}

static inline void kb_make_sample_header(struct kb_maker *m, const struct kb_sample *s)
{
	u32 at = kb_make_open(m, KB_BLOB_HEADER);
	u16 type;

	for (type = KB_HEADER_FORMAT; type < KB_HEADER_MAX; type++)
		if (!(s->without & 1u << type))
			kb_make_header_attr(m, s, type);
	kb_make_close(m, at);
}

static inline void kb_make_sample_rule(struct kb_maker *m, const struct kb_sample *s)
{
	u32 at = kb_make_open(m, KB_BLOB_MEDIA_RULE);

	kb_make_u8(m, KB_RULE_ACTION, s->rule_action);
	kb_make_u32(m, KB_RULE_LINE, s->serial);
	if (s->rule_action == KB_ACTION_REFUSE)
		kb_make_u32(m, KB_RULE_CLASS, KB_CLASS_BIT(KB_CLASS_STORAGE));
	kb_make_close(m, at);
}

/* A whole policy into @buf; its length, 0 when it does not fit. */
static inline u32 kb_make_sample(u8 *buf, u32 size, const struct kb_sample *s)
{
	struct kb_maker m;
	u32 at, i;

	kb_make_begin(&m, buf, size);
	kb_make_sample_header(&m, s);
	at = kb_make_open(&m, KB_BLOB_MODE);
	kb_make_u8(&m, KB_MODE_MEDIA, s->mode ?: KB_GATE_ENFORCE);
	kb_make_close(&m, at);
	at = kb_make_open(&m, KB_BLOB_MEDIA);
	kb_make_u8(&m, KB_MEDIA_DEFAULT, s->media_default);
	kb_make_close(&m, at);
	for (i = 0; i < s->n_rules; i++)
		kb_make_sample_rule(&m, s);
	return m.overflow ? 0 : m.len;
}

#endif
