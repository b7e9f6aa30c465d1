// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes blobs for tests, well-formed or not. */
#include "blob_make.h"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

const struct blob_identity blob_example = {
	.municipality = "131016",
	.group = "shared-terminals",
	.epoch = 1,
	.serial = 12,
	.not_before = 1700000000,
	.expires = 1900000000,
};

static void append(struct blob_make *b, const void *bytes, size_t len)
{
	if (b->len + len > b->room) {
		b->room = (b->len + len) * 2;
		b->bytes = realloc(b->bytes, b->room);
		assert_non_null(b->bytes);
	}
	if (len)
		memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

void blob_make_start(struct blob_make *b)
{
	*b = (struct blob_make){};
	append(b, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN);
}

void blob_make_free(struct blob_make *b)
{
	free(b->bytes);
	*b = (struct blob_make){};
}

static void put_le16(u8 *to, u16 value)
{
	to[0] = value & 0xff;
	to[1] = value >> 8;
}

void blob_make_attr(struct blob_make *b, u16 type, const void *payload, size_t len)
{
	u8 header[4];

	put_le16(header, (u16)(4 + len));
	put_le16(header + 2, type);
	append(b, header, sizeof(header));
	append(b, payload, len);
	append(b, "\0\0\0", (4 - len % 4) % 4);
}

void blob_make_u8(struct blob_make *b, u16 type, u8 value)
{
	blob_make_attr(b, type, &value, 1);
}

static void make_little(struct blob_make *b, u16 type, u64 value, size_t width)
{
	u8 bytes[8];
	size_t i;

	for (i = 0; i < width; i++)
		bytes[i] = value >> (8 * i) & 0xff;
	blob_make_attr(b, type, bytes, width);
}

void blob_make_u32(struct blob_make *b, u16 type, u32 value)
{
	make_little(b, type, value, 4);
}

void blob_make_u64(struct blob_make *b, u16 type, u64 value)
{
	make_little(b, type, value, 8);
}

void blob_make_string(struct blob_make *b, u16 type, const char *text)
{
	blob_make_attr(b, type, text, strlen(text) + 1);
}

size_t blob_make_open(struct blob_make *b, u16 type)
{
	size_t opened = b->len;

	blob_make_attr(b, type, NULL, 0);
	return opened;
}

void blob_make_close(struct blob_make *b, size_t opened)
{
	put_le16(b->bytes + opened, (u16)(b->len - opened));
}

void blob_make_head(struct blob_make *b, const struct blob_identity *identity,
		    enum kb_gate_mode mode)
{
	static const u8 sha256[32] = { 0xab, 0xcd };
	size_t nest;

	blob_make_start(b);
	nest = blob_make_open(b, KB_BLOB_HEADER);
	blob_make_u32(b, KB_HEADER_FORMAT, KB_BLOB_FORMAT);
	blob_make_string(b, KB_HEADER_MUNICIPALITY, identity->municipality);
	blob_make_string(b, KB_HEADER_GROUP, identity->group);
	blob_make_u32(b, KB_HEADER_EPOCH, identity->epoch);
	blob_make_u32(b, KB_HEADER_SERIAL, identity->serial);
	blob_make_u64(b, KB_HEADER_NOT_BEFORE, identity->not_before);
	blob_make_u64(b, KB_HEADER_EXPIRES, identity->expires);
	blob_make_u32(b, KB_HEADER_MIN_MODULE, KB_MODULE_LEVEL);
	blob_make_attr(b, KB_HEADER_SOURCE_SHA256, sha256, sizeof(sha256));
	blob_make_u8(b, KB_HEADER_LOCK, 0);
	blob_make_close(b, nest);
	nest = blob_make_open(b, KB_BLOB_MODE);
	blob_make_u8(b, KB_MODE_MEDIA, mode);
	blob_make_close(b, nest);
}

void blob_make_media(struct blob_make *b, enum kb_action otherwise)
{
	size_t nest = blob_make_open(b, KB_BLOB_MEDIA);

	blob_make_u8(b, KB_MEDIA_DEFAULT, otherwise);
	blob_make_string(b, KB_MEDIA_TELL, "情報政策課 (内線 2210) へ。");
	blob_make_close(b, nest);
}

size_t blob_make_rule(struct blob_make *b, enum kb_action action, u32 line)
{
	size_t nest = blob_make_open(b, KB_BLOB_MEDIA_RULE);

	blob_make_u8(b, KB_RULE_ACTION, action);
	blob_make_u32(b, KB_RULE_LINE, line);
	return nest;
}

static const u8 usb_id[8] = { 0x81, 0x07, 0xff, 0xff, 0x83, 0x55, 0xff, 0xff };
static const u8 triple[4] = { 0x03, 0x01, 0x00, KB_TRIPLE_CLASS | KB_TRIPLE_SUBCLASS };
static const u8 count[4] = { KB_CLASS_KEYBOARD, 1, 2, 0 };

void blob_make_full_rule(struct blob_make *b, u32 line)
{
	size_t nest = blob_make_rule(b, KB_ACTION_ALLOW, line);

	blob_make_string(b, KB_RULE_LABEL, "納付書用-01");
	blob_make_string(b, KB_RULE_TELL, "窓口係へ。");
	blob_make_attr(b, KB_RULE_USB, usb_id, sizeof(usb_id));
	blob_make_attr(b, KB_RULE_USB, "\0\0\0\0\0\0\0", 8);
	blob_make_string(b, KB_RULE_SERIAL, "4C530001231120");
	blob_make_string(b, KB_RULE_SERIAL, "S2");
	blob_make_string(b, KB_RULE_PORT, "pci-0000:00:14.0/2.*");
	blob_make_u32(b, KB_RULE_CLASS, KB_CLASS_ALL);
	blob_make_attr(b, KB_RULE_INTERFACE, triple, sizeof(triple));
	blob_make_u32(b, KB_RULE_HAS, 1);
	blob_make_attr(b, KB_RULE_COUNT, count, sizeof(count));
	blob_make_close(b, nest);
}

void blob_make_example(struct blob_make *b)
{
	size_t nest;

	blob_make_head(b, &blob_example, KB_GATE_AUDIT);
	blob_make_media(b, KB_ACTION_ALLOW);
	blob_make_full_rule(b, 7);
	nest = blob_make_rule(b, KB_ACTION_REFUSE, 8);
	blob_make_close(b, nest);
	nest = blob_make_rule(b, KB_ACTION_REFUSE, 9);
	blob_make_string(b, KB_RULE_SERIAL, "S3");
	blob_make_close(b, nest);
}

void blob_make_rules(struct blob_make *b, u32 n)
{
	u32 i;

	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	for (i = 0; i < n; i++)
		blob_make_close(b, blob_make_rule(b, KB_ACTION_ALLOW, i));
}

struct kb_policy *blob_make_parse(const struct blob_make *b)
{
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};

	if (kb_policy_parse(b->bytes, b->len, &policy, &error))
		fail_msg("blob refused: %s", error.text);
	return policy;
}
