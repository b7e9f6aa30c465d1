/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole policies of the path gate, for signed samples: networks, four rules, zones and hours to choose. */
#ifndef KB_TESTS_NET_SAMPLE_H
#define KB_TESTS_NET_SAMPLE_H

#include "blob_gates.h"

#define KB_NET_NAMES	2	/* zones or schedules at most */

/* What is usual, is zero; names end with NULL. */
struct kb_net_sample {
	u32 serial;
	u8 mode;			/* of paths; KB_GATE_ENFORCE */
	u8 other;			/* KB_ACTION_REFUSE */
	const char *zones[KB_NET_NAMES];
	const char *hours[KB_NET_NAMES];
};

/* The path rules, in order. */
enum kb_net_rule {
	KB_NET_SCREEN,		/* to mynumber, TCP 3389 */
	KB_NET_COUNTER,		/* to mynumber, TCP 443, in zone 0 and schedule 0 where there are any */
	KB_NET_DNS,		/* to 10.30.0.53, UDP 53 */
	KB_NET_COLLECTOR,	/* to 10.30.0.9, TCP 443 */
	KB_NET_SLICE,		/* to 10.30.0.0/24, TCP 80, out of kidoban-screen.slice */
	KB_NET_RULES
};

static inline void net_modes(struct kb_maker *m, const struct kb_net_sample *s)
{
	const struct kb_sample header = { .serial = s->serial };
	u32 at;

	kb_make_sample_header(m, &header);
	at = kb_make_open(m, KB_BLOB_MODE);
	kb_make_u8(m, KB_MODE_MEDIA, KB_GATE_OFF);
	kb_make_u8(m, KB_MODE_LINK, KB_GATE_OFF);
	kb_make_u8(m, KB_MODE_PATH, s->mode ?: KB_GATE_ENFORCE);
	kb_make_close(m, at);
	at = kb_make_open(m, KB_BLOB_MEDIA);
	kb_make_u8(m, KB_MEDIA_DEFAULT, KB_ACTION_REFUSE);
	kb_make_close(m, at);
}

static inline void net_names(struct kb_maker *m, const struct kb_net_sample *s)
{
	u32 i, at;

	named(m, KB_BLOB_NETWORK, "mynumber");
	named(m, KB_BLOB_NETWORK, "dns");
	named(m, KB_BLOB_NETWORK, "collector");
	named(m, KB_BLOB_NETWORK, "ordinary");
	prefixes(m, 0, KB_PREFIXES_V4, "\xa\x14\0\0\x10\0\0\0", 8);
	prefixes(m, 0, KB_PREFIXES_V6, "\x20\1\xd\xb8\0\x20\0\0\0\0\0\0\0\0\0\0\x30\0\0\0", 20);
	prefixes(m, 1, KB_PREFIXES_V4, "\xa\x1e\0\x35\x20\0\0\0", 8);
	prefixes(m, 2, KB_PREFIXES_V4, "\xa\x1e\0\x09\x20\0\0\0", 8);
	prefixes(m, 3, KB_PREFIXES_V4, "\xa\x1e\0\0\x18\0\0\0", 8);
	named(m, KB_BLOB_PROFILE, "A");
	for (i = 0; i < KB_NET_NAMES && s->zones[i]; i++)
		named(m, KB_BLOB_ZONE, s->zones[i]);
	for (i = 0; i < KB_NET_NAMES && s->hours[i]; i++) {
		at = kb_make_open(m, KB_BLOB_SCHEDULE);
		kb_make_string(m, KB_SCHEDULE_NAME, s->hours[i]);
		kb_make_attr(m, KB_SCHEDULE_SPAN, OFFICE, 6);
		kb_make_close(m, at);
	}
}

static inline void net_paths(struct kb_maker *m, const struct kb_net_sample *s)
{
	u32 at = kb_make_open(m, KB_BLOB_PATHS);
	u16 type;

	kb_make_u8(m, KB_PATHS_OTHER, s->other);
	for (type = KB_PATHS_PEERS; type < KB_PATHS_DHCP; type++)
		kb_make_u8(m, type, KB_ACTION_REFUSE);
	kb_make_u8(m, KB_PATHS_DHCP, KB_ACTION_ALLOW);
	kb_make_u32(m, KB_PATHS_SCREEN, KB_SCREEN_ALL);
	kb_make_close(m, at);
}

/* Opens a rule; its line is its number and 20. @service: struct kb_blob_service. */
static inline u32 net_rule(struct kb_maker *m, enum kb_net_rule rule, u8 kind, const char *name,
			   u32 to, const char service[6])
{
	u32 at = kb_make_open(m, KB_BLOB_PATH_RULE);

	kb_make_u8(m, KB_PATH_RULE_KIND, kind);
	kb_make_u32(m, KB_PATH_RULE_LINE, 20 + (u32)rule);
	kb_make_string(m, KB_PATH_RULE_NAME, name);
	kb_make_u32(m, KB_PATH_RULE_TO, to);
	kb_make_attr(m, KB_PATH_RULE_SERVICE, service, 6);
	return at;
}

static inline void net_rules(struct kb_maker *m, const struct kb_net_sample *s)
{
	u32 at;

	kb_make_close(m, net_rule(m, KB_NET_SCREEN, KB_PATH_PATH, "screen", 0, "\6\0\x3d\xd\x3d\xd"));
	at = net_rule(m, KB_NET_COUNTER, KB_PATH_PATH, "counter", 0, "\6\0\xbb\1\xbb\1");
	if (s->zones[0])
		kb_make_u32(m, KB_PATH_RULE_ZONE, 0);
	if (s->hours[0])
		kb_make_u32(m, KB_PATH_RULE_SCHEDULE, 0);
	kb_make_close(m, at);
	kb_make_close(m, net_rule(m, KB_NET_DNS, KB_PATH_ESSENTIAL, "dns", 1, DNS_UDP));
	kb_make_close(m, net_rule(m, KB_NET_COLLECTOR, KB_PATH_COLLECTOR, "collector", 2,
				  "\6\0\xbb\1\xbb\1"));
	at = net_rule(m, KB_NET_SLICE, KB_PATH_PATH, "slice", 3, "\6\0\x50\0\x50\0");
	kb_make_string(m, KB_PATH_RULE_CGROUP, "kidoban-screen.slice");
	kb_make_close(m, at);
}

/* A whole policy into @buf; its length, 0 when it does not fit. */
static inline u32 kb_make_net_sample(u8 *buf, u32 size, const struct kb_net_sample *s)
{
	struct kb_maker m;

	kb_make_begin(&m, buf, size);
	net_modes(&m, s);
	net_names(&m, s);
	net_paths(&m, s);
	net_rules(&m, s);
	return m.overflow ? 0 : m.len;
}

#endif
