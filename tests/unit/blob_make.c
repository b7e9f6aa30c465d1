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

static void make_header(struct blob_make *b, const struct blob_identity *identity)
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
}

void blob_make_head(struct blob_make *b, const struct blob_identity *identity,
		    enum kb_gate_mode mode)
{
	size_t nest;

	make_header(b, identity);
	nest = blob_make_open(b, KB_BLOB_MODE);
	blob_make_u8(b, KB_MODE_MEDIA, mode);
	blob_make_close(b, nest);
}

void blob_make_modes(struct blob_make *b, const struct blob_identity *identity,
		     enum kb_gate_mode media, enum kb_gate_mode link, enum kb_gate_mode path)
{
	size_t nest;

	make_header(b, identity);
	nest = blob_make_open(b, KB_BLOB_MODE);
	blob_make_u8(b, KB_MODE_MEDIA, media);
	blob_make_u8(b, KB_MODE_LINK, link);
	blob_make_u8(b, KB_MODE_PATH, path);
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

static void make_link(struct blob_make *b)
{
	size_t nest = blob_make_open(b, KB_BLOB_LINK);

	blob_make_u8(b, KB_LINK_DEFAULT, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_LINK_BYPASS, KB_ACTION_ALLOW);
	blob_make_string(b, KB_LINK_TELL, "回線は使えません。");
	blob_make_close(b, nest);
	nest = blob_make_open(b, KB_BLOB_LINK_RULE);
	blob_make_u8(b, KB_LINK_RULE_ACTION, KB_ACTION_REFUSE);
	blob_make_u32(b, KB_LINK_RULE_LINE, 20);
	blob_make_close(b, nest);
	nest = blob_make_open(b, KB_BLOB_LINK_RULE);
	blob_make_u8(b, KB_LINK_RULE_ACTION, KB_ACTION_ALLOW);
	blob_make_u32(b, KB_LINK_RULE_LINE, 21);
	blob_make_string(b, KB_LINK_RULE_NAME, "office-lan");
	blob_make_string(b, KB_LINK_RULE_TELL, "有線だけ。");
	blob_make_u32(b, KB_LINK_RULE_KIND, KB_LINK_KIND_BIT(KB_LINK_ETHERNET));
	blob_make_u32(b, KB_LINK_RULE_BUS, KB_LINK_BUS_BIT(KB_LINK_BUS_PCI));
	blob_make_string(b, KB_LINK_RULE_PATH, "pci-0000:00:03.0");
	blob_make_string(b, KB_LINK_RULE_PATH, "pci-0000:00:14.0/*");
	blob_make_string(b, KB_LINK_RULE_DRIVER, "e1000e");
	blob_make_string(b, KB_LINK_RULE_IFNAME, "en*");
	blob_make_attr(b, KB_LINK_RULE_MAC, "\2\0\x5e\0\0\0\xff\xff\xff\xff\0\0", 12);
	blob_make_u8(b, KB_LINK_RULE_RANDOM_MAC, 1);
	blob_make_close(b, nest);
}

static void make_network(struct blob_make *b, const char *name, u8 is_protected)
{
	size_t nest = blob_make_open(b, KB_BLOB_NETWORK);

	blob_make_string(b, KB_NETWORK_NAME, name);
	blob_make_u8(b, KB_NETWORK_PROTECTED, is_protected);
	blob_make_close(b, nest);
}

static void make_networks(struct blob_make *b)
{
	static const u8 mynumber[] = { 10, 20, 0, 0, 16, 0, 0, 0, 10, 21, 0, 0, 16, 0, 0, 0 };
	static const u8 v6[20] = { 0x20, 0x01, 0x0d, 0xb8, 0, 0x20, [16] = 48 };
	static const u8 host[] = { 10, 30, 0, 53, 32, 0, 0, 0 };
	size_t nest;

	make_network(b, "mynumber", 1);
	make_network(b, "10.30.0.53", 0);
	nest = blob_make_open(b, KB_BLOB_PREFIXES);
	blob_make_u32(b, KB_PREFIXES_NETWORK, 0);
	blob_make_attr(b, KB_PREFIXES_V4, mynumber, sizeof(mynumber));
	blob_make_attr(b, KB_PREFIXES_V6, v6, sizeof(v6));
	blob_make_close(b, nest);
	nest = blob_make_open(b, KB_BLOB_PREFIXES);
	blob_make_u32(b, KB_PREFIXES_NETWORK, 1);
	blob_make_attr(b, KB_PREFIXES_V4, host, sizeof(host));
	blob_make_close(b, nest);
}

static void make_places(struct blob_make *b)
{
	size_t nest = blob_make_open(b, KB_BLOB_PROFILE);

	blob_make_string(b, KB_PROFILE_NAME, "A");
	blob_make_attr(b, KB_PROFILE_SSID, "MYNUMBER-A", 10);
	blob_make_close(b, nest);
	nest = blob_make_open(b, KB_BLOB_ZONE);
	blob_make_string(b, KB_ZONE_NAME, "madoguchi");
	blob_make_string(b, KB_ZONE_LABEL, "市民課 執務室");
	blob_make_close(b, nest);
	nest = blob_make_open(b, KB_BLOB_SCHEDULE);
	blob_make_string(b, KB_SCHEDULE_NAME, "平日 08:00-19:00");
	blob_make_attr(b, KB_SCHEDULE_SPAN, "\x1f\0\xe0\1\x74\4", 6);
	blob_make_attr(b, KB_SCHEDULE_SPAN, "\x20\0\0\0\xa0\5", 6);
	blob_make_close(b, nest);
}

static void make_paths(struct blob_make *b)
{
	size_t nest = blob_make_open(b, KB_BLOB_PATHS);

	blob_make_u8(b, KB_PATHS_OTHER, KB_ACTION_ALLOW);
	blob_make_u8(b, KB_PATHS_PEERS, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_INBOUND, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_DISCOVERY, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_DHCP, KB_ACTION_ALLOW);
	blob_make_u32(b, KB_PATHS_SCREEN, KB_SCREEN_SOUND | KB_SCREEN_SMARTCARD);
	blob_make_string(b, KB_PATHS_TELL, "この通信はできません。");
	blob_make_close(b, nest);
}

size_t blob_make_path_rule(struct blob_make *b, enum kb_path_kind kind, u32 line, const char *name)
{
	size_t nest = blob_make_open(b, KB_BLOB_PATH_RULE);

	blob_make_u8(b, KB_PATH_RULE_KIND, kind);
	blob_make_u32(b, KB_PATH_RULE_LINE, line);
	blob_make_string(b, KB_PATH_RULE_NAME, name);
	return nest;
}

static void make_path_rules(struct blob_make *b)
{
	size_t nest = blob_make_path_rule(b, KB_PATH_PATH, 40, "画面転送");

	blob_make_string(b, KB_PATH_RULE_TELL, "画面転送だけです。");
	blob_make_u32(b, KB_PATH_RULE_TO, 0);
	blob_make_u32(b, KB_PATH_RULE_TO, 1);
	blob_make_attr(b, KB_PATH_RULE_SERVICE, "\x6\0\x3d\xd\x3d\xd", 6);
	blob_make_attr(b, KB_PATH_RULE_SERVICE, "\x11\0\x3d\xd\x3e\xd", 6);
	blob_make_u32(b, KB_PATH_RULE_LINK, 1);
	blob_make_u32(b, KB_PATH_RULE_PROFILE, 0);
	blob_make_u32(b, KB_PATH_RULE_ZONE, 0);
	blob_make_u32(b, KB_PATH_RULE_SCHEDULE, 0);
	blob_make_attr(b, KB_PATH_RULE_NEXT_HOP, "\2\0\x5e\0\1\xa", 6);
	blob_make_attr(b, KB_PATH_RULE_USER, "\xe8\3\0\0\x60\xea\0\0", 8);
	blob_make_attr(b, KB_PATH_RULE_GROUP, "\xe9\3\0\0\xe9\3\0\0", 8);
	blob_make_string(b, KB_PATH_RULE_CGROUP, "kidoban-screen.slice");
	blob_make_close(b, nest);
	nest = blob_make_path_rule(b, KB_PATH_ESSENTIAL, 41, "dns");
	blob_make_u32(b, KB_PATH_RULE_TO, 1);
	blob_make_attr(b, KB_PATH_RULE_SERVICE, "\x11\0\x35\0\x35\0", 6);
	blob_make_close(b, nest);
}

void blob_make_gates(struct blob_make *b)
{
	make_link(b);
	make_networks(b);
	make_places(b);
	make_paths(b);
	make_path_rules(b);
}

void blob_make_gates_example(struct blob_make *b)
{
	blob_make_modes(b, &blob_example, KB_GATE_ENFORCE, KB_GATE_AUDIT, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	blob_make_gates(b);
}

struct kb_policy *blob_make_parse(const struct blob_make *b)
{
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};

	if (kb_policy_parse(b->bytes, b->len, &policy, &error))
		fail_msg("blob refused: %s", error.text);
	return policy;
}
