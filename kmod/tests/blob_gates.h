/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a sound policy of link gate and path gate, for the kernel's suites and the unit tests. */
#ifndef KB_TESTS_BLOB_GATES_H
#define KB_TESTS_BLOB_GATES_H

#include <uapi/kidoban/link.h>

#include "maker.h"

/* Header, mode and media: what stands before the other gates' sections. */
static inline void gate_modes(struct kb_maker *m, u8 link, u8 path)
{
	const struct kb_sample usual = { .serial = 10 };
	u32 at;

	kb_make_sample_header(m, &usual);
	at = kb_make_open(m, KB_BLOB_MODE);
	kb_make_u8(m, KB_MODE_MEDIA, KB_GATE_OFF);
	kb_make_u8(m, KB_MODE_LINK, link);
	kb_make_u8(m, KB_MODE_PATH, path);
	kb_make_close(m, at);
	at = kb_make_open(m, KB_BLOB_MEDIA);
	kb_make_u8(m, KB_MEDIA_DEFAULT, KB_ACTION_REFUSE);
	kb_make_close(m, at);
}

static inline void gate_link(struct kb_maker *m)
{
	u32 at = kb_make_open(m, KB_BLOB_LINK);

	kb_make_u8(m, KB_LINK_DEFAULT, KB_ACTION_REFUSE);
	kb_make_u8(m, KB_LINK_BYPASS, KB_ACTION_REFUSE);
	kb_make_close(m, at);
}

static inline u32 open_link_rule(struct kb_maker *m)
{
	u32 at = kb_make_open(m, KB_BLOB_LINK_RULE);

	kb_make_u8(m, KB_LINK_RULE_ACTION, KB_ACTION_ALLOW);
	kb_make_u32(m, KB_LINK_RULE_LINE, 7);
	return at;
}

static inline void named(struct kb_maker *m, u16 section, const char *name)
{
	u32 at = kb_make_open(m, section);

	/* KB_NETWORK_NAME, KB_PROFILE_NAME, KB_ZONE_NAME */
	kb_make_string(m, 1, name);
	if (section == KB_BLOB_NETWORK)
		kb_make_u8(m, KB_NETWORK_PROTECTED, !strcmp(name, "mynumber"));
	if (section == KB_BLOB_PROFILE)
		kb_make_attr(m, KB_PROFILE_SSID, name, (u32)strlen(name));
	kb_make_close(m, at);
}

static inline void prefixes(struct kb_maker *m, u32 network, u16 type, const void *data, u32 len)
{
	u32 at = kb_make_open(m, KB_BLOB_PREFIXES);

	kb_make_u32(m, KB_PREFIXES_NETWORK, network);
	if (type)
		kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

static inline void hours(struct kb_maker *m, const void *span, u32 len)
{
	u32 at = kb_make_open(m, KB_BLOB_SCHEDULE);

	kb_make_string(m, KB_SCHEDULE_NAME, "平日");
	if (len)
		kb_make_attr(m, KB_SCHEDULE_SPAN, span, len);
	kb_make_close(m, at);
}

static inline void gate_paths(struct kb_maker *m)
{
	u32 at = kb_make_open(m, KB_BLOB_PATHS);
	u16 type;

	for (type = KB_PATHS_OTHER; type <= KB_PATHS_DHCP; type++)
		kb_make_u8(m, type, KB_ACTION_REFUSE);
	kb_make_u32(m, KB_PATHS_SCREEN, KB_SCREEN_ALL);
	kb_make_close(m, at);
}

static inline u32 open_path_rule(struct kb_maker *m, u8 kind)
{
	u32 at = kb_make_open(m, KB_BLOB_PATH_RULE);

	kb_make_u8(m, KB_PATH_RULE_KIND, kind);
	kb_make_u32(m, KB_PATH_RULE_LINE, 9);
	kb_make_string(m, KB_PATH_RULE_NAME, "画面転送");
	return at;
}

#define DNS_UDP	"\x11\0\x35\0\x35\0"
#define OFFICE	"\x1f\0\xe0\1\x74\4"

/*
 * Two link rules (the first is "lan"), networks mynumber (protected, 10.20/16),
 * dns and inside (a host of mynumber), one profile, one zone, one schedule.
 */
static inline void gates(struct kb_maker *m)
{
	u32 at;

	gate_modes(m, KB_GATE_ENFORCE, KB_GATE_ENFORCE);
	gate_link(m);
	at = open_link_rule(m);
	kb_make_string(m, KB_LINK_RULE_NAME, "lan");
	kb_make_close(m, at);
	kb_make_close(m, open_link_rule(m));
	named(m, KB_BLOB_NETWORK, "mynumber");
	named(m, KB_BLOB_NETWORK, "dns");
	named(m, KB_BLOB_NETWORK, "inside");
	prefixes(m, 0, KB_PREFIXES_V4, "\xa\x14\0\0\x10\0\0\0", 8);
	prefixes(m, 1, KB_PREFIXES_V4, "\xa\x1e\0\x35\x20\0\0\0", 8);
	prefixes(m, 2, KB_PREFIXES_V4, "\xa\x14\1\xa\x20\0\0\0", 8);
	named(m, KB_BLOB_PROFILE, "A");
	named(m, KB_BLOB_ZONE, "madoguchi");
	hours(m, OFFICE, 6);
	gate_paths(m);
}

#endif
