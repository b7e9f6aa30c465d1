/* SPDX-License-Identifier: GPL-2.0-only */
/* Blobs that are wrong in one way each, and what the parser must say to them. */
#ifndef KB_TESTS_BLOB_WRONG_H
#define KB_TESTS_BLOB_WRONG_H

#include "maker.h"

struct refusal {
	const char *name;
	int err;
	const char *text;			/* must stand in the error */
	void (*make)(struct kb_maker *m);
};

/* The parts of a sound policy, to be put together wrongly. */
static void header(struct kb_maker *m)
{
	const struct kb_sample usual = { .serial = 10 };

	kb_make_sample_header(m, &usual);
}

static void header_without(struct kb_maker *m, u16 type)
{
	const struct kb_sample s = { .serial = 10, .without = 1u << type };

	kb_make_sample_header(m, &s);
}

static void mode(struct kb_maker *m)
{
	u32 at = kb_make_open(m, KB_BLOB_MODE);

	kb_make_u8(m, KB_MODE_MEDIA, KB_GATE_ENFORCE);
	kb_make_close(m, at);
}

static void media(struct kb_maker *m)
{
	u32 at = kb_make_open(m, KB_BLOB_MEDIA);

	kb_make_u8(m, KB_MEDIA_DEFAULT, KB_ACTION_REFUSE);
	kb_make_close(m, at);
}

static void whole(struct kb_maker *m)
{
	header(m);
	mode(m);
	media(m);
}

static u32 open_rule(struct kb_maker *m)
{
	u32 at = kb_make_open(m, KB_BLOB_MEDIA_RULE);

	kb_make_u8(m, KB_RULE_ACTION, KB_ACTION_ALLOW);
	kb_make_u32(m, KB_RULE_LINE, 7);
	return at;
}

/* A sound policy whose one rule ends in the attribute given. */
static void rule_with(struct kb_maker *m, u16 type, const void *data, u32 len)
{
	u32 at;

	whole(m);
	at = open_rule(m);
	kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

/* A sound policy whose header lacks @type and has the given bytes for it instead, at its end. */
static void header_with(struct kb_maker *m, u16 type, const void *data, u32 len)
{
	u32 at = m->len;

	header_without(m, type);
	kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
	mode(m);
	media(m);
}

#define MAKE(name, ...)	static void name(struct kb_maker *m) { __VA_ARGS__ }

MAKE(nothing, (void)m;)
MAKE(stray_1, whole(m); kb_make_bytes(m, "", 1);)
MAKE(stray_3, whole(m); kb_make_bytes(m, "\1\2\3", 3);)
MAKE(length_0, whole(m); kb_make_header(m, KB_BLOB_MEDIA_RULE, 0);)
MAKE(length_3, whole(m); kb_make_header(m, KB_BLOB_MEDIA_RULE, 3);)
MAKE(length_beyond, whole(m); kb_make_header(m, KB_BLOB_MEDIA_RULE, 5);)
MAKE(length_max, whole(m); kb_make_header(m, KB_BLOB_MEDIA_RULE, 0xffff);)
MAKE(top_bit_15, whole(m); kb_make_attr(m, 0x8000 | KB_BLOB_MEDIA_RULE, "", 0);)
MAKE(top_bit_14, whole(m); kb_make_attr(m, 0x4000 | KB_BLOB_MEDIA_RULE, "", 0);)
MAKE(unknown_0, whole(m); kb_make_attr(m, 0, "", 0);)
MAKE(unknown_max, whole(m); kb_make_attr(m, KB_BLOB_ATTR_MAX, "", 0);)
MAKE(unknown_31, whole(m); kb_make_attr(m, 31, "", 0);)
MAKE(unknown_32, whole(m); kb_make_attr(m, 32, "", 0);)
MAKE(unknown_last, whole(m); kb_make_attr(m, 0x3fff, "", 0);)
MAKE(unknown_in_header, header_with(m, KB_HEADER_MAX, "\1", 1);)
MAKE(unknown_in_rule, rule_with(m, KB_RULE_MAX, "\1", 1);)
MAKE(header_twice, whole(m); header(m);)
MAKE(mode_twice, whole(m); mode(m);)
MAKE(media_twice, whole(m); media(m);)
MAKE(header_late, mode(m); header(m); media(m);)
MAKE(no_header, mode(m); media(m);)
MAKE(no_mode, header(m); media(m);)
MAKE(no_media, header(m); mode(m);)
MAKE(nest_short, header(m); mode(m); kb_make_attr(m, KB_BLOB_MEDIA, "\5", 1);)
MAKE(nest_garbage, whole(m); kb_make_attr(m, KB_BLOB_MEDIA_RULE, "\x8\0\x8\0\x8\0\x8\0", 8);)
MAKE(nest_past_parent, whole(m); kb_make_attr(m, KB_BLOB_MEDIA_RULE, "\x9\0\2\0\0\0\0\0", 8);)
MAKE(rule_empty, whole(m); kb_make_attr(m, KB_BLOB_MEDIA_RULE, "", 0);)
MAKE(rule_action_twice, rule_with(m, KB_RULE_ACTION, "\0", 1);)

static void padding(struct kb_maker *m)
{
	whole(m);
	m->buf[m->len - 1] = 1;	/* behind the u8 that media ends with */
}

static void mode_empty(struct kb_maker *m)
{
	header(m);
	kb_make_attr(m, KB_BLOB_MODE, "", 0);
	media(m);
}

static void media_empty(struct kb_maker *m)
{
	header(m);
	mode(m);
	kb_make_attr(m, KB_BLOB_MEDIA, "", 0);
}

static void mode_value(struct kb_maker *m, u8 value)
{
	u32 at;

	header(m);
	at = kb_make_open(m, KB_BLOB_MODE);
	kb_make_u8(m, KB_MODE_MEDIA, value);
	kb_make_close(m, at);
	media(m);
}

static void media_value(struct kb_maker *m, u8 value, const char *tell, u32 tell_len)
{
	u32 at;

	header(m);
	mode(m);
	at = kb_make_open(m, KB_BLOB_MEDIA);
	kb_make_u8(m, KB_MEDIA_DEFAULT, value);
	if (tell)
		kb_make_attr(m, KB_MEDIA_TELL, tell, tell_len);
	kb_make_close(m, at);
}

static void rule_value(struct kb_maker *m, u8 action)
{
	u32 at;

	whole(m);
	at = kb_make_open(m, KB_BLOB_MEDIA_RULE);
	kb_make_u8(m, KB_RULE_ACTION, action);
	kb_make_u32(m, KB_RULE_LINE, 7);
	kb_make_close(m, at);
}

static void rule_no_line(struct kb_maker *m)
{
	u32 at;

	whole(m);
	at = kb_make_open(m, KB_BLOB_MEDIA_RULE);
	kb_make_u8(m, KB_RULE_ACTION, KB_ACTION_ALLOW);
	kb_make_close(m, at);
}

/* @n copies of one list attribute in one rule. */
static void rule_list(struct kb_maker *m, u16 type, const void *data, u32 len, u32 n)
{
	u32 at;

	whole(m);
	at = open_rule(m);
	while (n--)
		kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

static void text_of(struct kb_maker *m, u16 type, u32 len)
{
	u8 text[1024];

	memset(text, 'k', sizeof(text));
	text[len] = 0;
	rule_with(m, type, text, len + 1);
}

MAKE(mode_3, mode_value(m, KB_GATE_MODE_MAX);)
MAKE(default_2, media_value(m, KB_ACTION_MAX, NULL, 0);)
MAKE(tell_empty, media_value(m, 0, "", 1);)
MAKE(action_2, rule_value(m, KB_ACTION_MAX);)
MAKE(format_0, header_with(m, KB_HEADER_FORMAT, "\0\0\0\0", 4);)
MAKE(format_u8, header_with(m, KB_HEADER_FORMAT, "\1", 1);)
MAKE(serial_0, header_with(m, KB_HEADER_SERIAL, "\0\0\0\0", 4);)
MAKE(serial_empty, header_with(m, KB_HEADER_SERIAL, "", 0);)
MAKE(serial_u24, header_with(m, KB_HEADER_SERIAL, "\1\0\0", 3);)
MAKE(serial_u64, header_with(m, KB_HEADER_SERIAL, "\1\0\0\0\0\0\0\0", 8);)
MAKE(expires_u32, header_with(m, KB_HEADER_EXPIRES, "\1\0\0\0", 4);)
MAKE(lock_2, header_with(m, KB_HEADER_LOCK, "\2", 1);)
MAKE(lock_u16, header_with(m, KB_HEADER_LOCK, "\1\0", 2);)
MAKE(sha_31, header_with(m, KB_HEADER_SOURCE_SHA256, "0123456789abcdef0123456789abcde", 31);)
MAKE(sha_33, header_with(m, KB_HEADER_SOURCE_SHA256, "0123456789abcdef0123456789abcdefg", 33);)
MAKE(group_nothing, header_with(m, KB_HEADER_GROUP, "", 0);)
MAKE(group_empty, header_with(m, KB_HEADER_GROUP, "\0", 1);)
MAKE(group_open, header_with(m, KB_HEADER_GROUP, "abc", 3);)
MAKE(group_inner_nul, header_with(m, KB_HEADER_GROUP, "a\0b", 4);)
MAKE(municipality_16, header_with(m, KB_HEADER_MUNICIPALITY, "0123456789abcdef", 17);)
MAKE(label_128, text_of(m, KB_RULE_LABEL, KB_LABEL_MAX + 1);)
MAKE(tell_512, text_of(m, KB_RULE_TELL, KB_TELL_MAX + 1);)
MAKE(usb_serial_256, text_of(m, KB_RULE_SERIAL, KB_USB_SERIAL_MAX + 1);)
MAKE(port_128, text_of(m, KB_RULE_PORT, KB_USB_PORT_MAX + 1);)
MAKE(utf8_lone, rule_with(m, KB_RULE_LABEL, "\x80", 2);)
MAKE(utf8_cut, rule_with(m, KB_RULE_LABEL, "\xe6\x9c", 3);)
MAKE(utf8_overlong, rule_with(m, KB_RULE_LABEL, "\xc0\xaf", 3);)
MAKE(utf8_overlong_3, rule_with(m, KB_RULE_LABEL, "\xe0\x9f\xbf", 4);)
MAKE(utf8_surrogate, rule_with(m, KB_RULE_LABEL, "\xed\xa0\x80", 4);)
MAKE(utf8_beyond, rule_with(m, KB_RULE_LABEL, "\xf4\x90\x80\x80", 5);)
MAKE(class_0, rule_with(m, KB_RULE_CLASS, "\0\0\0\0", 4);)
MAKE(class_unknown, rule_with(m, KB_RULE_CLASS, "\0\0\0\x80", 4);)
MAKE(has_0, rule_with(m, KB_RULE_HAS, "\0\0\0\0", 4);)
MAKE(id_7, rule_with(m, KB_RULE_USB, "\0\0\0\0\0\0\0", 7);)
MAKE(id_9, rule_with(m, KB_RULE_USB, "\0\0\0\0\0\0\0\0\0", 9);)
MAKE(id_vendor, rule_with(m, KB_RULE_USB, "\1\0\xfe\xff\0\0\0\0", 8);)
MAKE(id_product, rule_with(m, KB_RULE_USB, "\0\0\0\0\0\1\0\0", 8);)
MAKE(triple_3, rule_with(m, KB_RULE_INTERFACE, "\x8\6\x50", 3);)
MAKE(triple_bits, rule_with(m, KB_RULE_INTERFACE, "\x8\6\x50\xf", 4);)
MAKE(triple_outside, rule_with(m, KB_RULE_INTERFACE, "\x8\6\x50\3", 4);)
MAKE(count_class, rule_with(m, KB_RULE_COUNT, "\xff\0\1\0", 4);)
MAKE(count_order, rule_with(m, KB_RULE_COUNT, "\0\2\1\0", 4);)
MAKE(count_reserved, rule_with(m, KB_RULE_COUNT, "\0\0\1\1", 4);)
MAKE(port_star_middle, rule_with(m, KB_RULE_PORT, "pci-0000:00:14.0/2.*.1", 23);)
MAKE(port_star_bare, rule_with(m, KB_RULE_PORT, "pci-0000:00:14.0*", 18);)
MAKE(port_star_digit, rule_with(m, KB_RULE_PORT, "pci-0000:00:14.0/2*", 20);)
MAKE(port_star_only, rule_with(m, KB_RULE_PORT, "*", 2);)
MAKE(list_65, rule_list(m, KB_RULE_SERIAL, "x", 2, KB_RULE_LIST_MAX + 1);)
MAKE(next_format, header_with(m, KB_HEADER_FORMAT, "\2\0\0\0", 4);)
MAKE(next_level, header_with(m, KB_HEADER_MIN_MODULE, "\4\0\0\0", 4);)
MAKE(next_level_unknown, next_level(m); kb_make_attr(m, 77, "future", 6);)

static const struct refusal refusals[] = {
	{ "magic alone", -EBADMSG, "header is missing", nothing },
	{ "one stray byte", -EBADMSG, "stray", stray_1 },
	{ "three stray bytes", -EBADMSG, "stray", stray_3 },
	{ "length 0", -EBADMSG, "shorter than a header", length_0 },
	{ "length 3", -EBADMSG, "shorter than a header", length_3 },
	{ "length one beyond the end", -EBADMSG, "runs over the end", length_beyond },
	{ "length 65535", -EBADMSG, "runs over the end", length_max },
	{ "type bit 15", -EBADMSG, "reserved bits", top_bit_15 },
	{ "type bit 14", -EBADMSG, "reserved bits", top_bit_14 },
	{ "padding", -EBADMSG, "padding", padding },
	{ "unknown type 0", -EBADMSG, "unknown attribute 0", unknown_0 },
	{ "unknown type just beyond", -EBADMSG, "unknown attribute", unknown_max },
	{ "unknown type 31", -EBADMSG, "unknown attribute 31", unknown_31 },
	{ "unknown type 32", -EBADMSG, "unknown attribute 32", unknown_32 },
	{ "unknown type 16383", -EBADMSG, "unknown attribute 16383", unknown_last },
	{ "unknown type in header", -EBADMSG, "header: unknown", unknown_in_header },
	{ "unknown type in rule", -EBADMSG, "media rule: unknown", unknown_in_rule },
	{ "two headers", -EBADMSG, "header stands twice", header_twice },
	{ "two modes", -EBADMSG, "mode stands twice", mode_twice },
	{ "two medias", -EBADMSG, "media stands twice", media_twice },
	{ "two actions", -EBADMSG, "action stands twice", rule_action_twice },
	{ "header after mode", -EBADMSG, "must be the first", header_late },
	{ "no header", -EBADMSG, "header is missing", no_header },
	{ "no mode", -EBADMSG, "mode is missing", no_mode },
	{ "no media", -EBADMSG, "media is missing", no_media },
	{ "empty mode", -EBADMSG, "media is missing", mode_empty },
	{ "empty media", -EBADMSG, "default is missing", media_empty },
	{ "empty rule", -EBADMSG, "action is missing", rule_empty },
	{ "rule without line", -EBADMSG, "line is missing", rule_no_line },
	{ "one byte for a nest", -EBADMSG, "stray", nest_short },
	{ "garbage for a nest", -EBADMSG, "media rule", nest_garbage },
	{ "longer than its nest", -EBADMSG, "runs over the end", nest_past_parent },
	{ "mode 3", -EBADMSG, "out of range", mode_3 },
	{ "default 2", -EBADMSG, "out of range", default_2 },
	{ "empty tell", -EBADMSG, "tell", tell_empty },
	{ "action 2", -EBADMSG, "out of range", action_2 },
	{ "format 0", -EBADMSG, "format", format_0 },
	{ "format as u8", -EBADMSG, "format has 1 bytes", format_u8 },
	{ "serial 0", -EBADMSG, "serial 0 is out of range", serial_0 },
	{ "serial of no bytes", -EBADMSG, "serial has 0 bytes", serial_empty },
	{ "serial of three bytes", -EBADMSG, "serial has 3 bytes", serial_u24 },
	{ "serial as u64", -EBADMSG, "serial has 8 bytes", serial_u64 },
	{ "expires as u32", -EBADMSG, "expires has 4 bytes", expires_u32 },
	{ "lock 2", -EBADMSG, "lock 2 is out of range", lock_2 },
	{ "lock as u16", -EBADMSG, "lock has 2 bytes", lock_u16 },
	{ "hash of 31 bytes", -EBADMSG, "source_sha256 has 31", sha_31 },
	{ "hash of 33 bytes", -EBADMSG, "source_sha256 has 33", sha_33 },
	{ "string of no bytes", -EBADMSG, "NUL", group_nothing },
	{ "empty string", -EBADMSG, "group has 0 bytes", group_empty },
	{ "string without NUL", -EBADMSG, "does not end with NUL", group_open },
	{ "NUL inside", -EBADMSG, "holds a NUL", group_inner_nul },
	{ "municipality too long", -EBADMSG, "outside 1..15", municipality_16 },
	{ "label too long", -EBADMSG, "outside 1..127", label_128 },
	{ "tell too long", -EBADMSG, "outside 1..511", tell_512 },
	{ "serial too long", -EBADMSG, "outside 1..255", usb_serial_256 },
	{ "port too long", -EBADMSG, "outside 1..127", port_128 },
	{ "UTF-8 lone tail", -EBADMSG, "not UTF-8", utf8_lone },
	{ "UTF-8 cut off", -EBADMSG, "not UTF-8", utf8_cut },
	{ "UTF-8 overlong slash", -EBADMSG, "not UTF-8", utf8_overlong },
	{ "UTF-8 overlong of three", -EBADMSG, "not UTF-8", utf8_overlong_3 },
	{ "UTF-8 surrogate", -EBADMSG, "not UTF-8", utf8_surrogate },
	{ "UTF-8 beyond Unicode", -EBADMSG, "not UTF-8", utf8_beyond },
	{ "class 0", -EBADMSG, "class 0 is out of range", class_0 },
	{ "class unknown", -EBADMSG, "out of range", class_unknown },
	{ "has 0", -EBADMSG, "has 0 is out of range", has_0 },
	{ "id of 7 bytes", -EBADMSG, "usb has 7 bytes", id_7 },
	{ "id of 9 bytes", -EBADMSG, "usb has 9 bytes", id_9 },
	{ "vendor outside mask", -EBADMSG, "outside its mask", id_vendor },
	{ "product outside mask", -EBADMSG, "outside its mask", id_product },
	{ "triple of 3 bytes", -EBADMSG, "interface has 3 bytes", triple_3 },
	{ "triple mask bits", -EBADMSG, "reserved bits", triple_bits },
	{ "triple outside mask", -EBADMSG, "outside its mask", triple_outside },
	{ "count of unknown class", -EBADMSG, "unknown class", count_class },
	{ "count upside down", -EBADMSG, "minimum above maximum", count_order },
	{ "count reserved", -EBADMSG, "reserved byte", count_reserved },
	{ "star in the middle", -EBADMSG, "star", port_star_middle },
	{ "star at controller", -EBADMSG, "star", port_star_bare },
	{ "star after digit", -EBADMSG, "star", port_star_digit },
	{ "star alone", -EBADMSG, "star", port_star_only },
	{ "65 of a list", -EBADMSG, "more than 64", list_65 },
	{ "next format", -EPROTONOSUPPORT, "format 2", next_format },
	{ "next level", -EPROTONOSUPPORT, "level 4", next_level },
	{ "next level, new attribute", -EPROTONOSUPPORT, "level 4", next_level_unknown },
};

#endif
