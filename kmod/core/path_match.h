/* SPDX-License-Identifier: GPL-2.0-only */
/* One packet against the rules of the class that its far end is of. */
#ifndef KB_CORE_PATH_MATCH_H
#define KB_CORE_PATH_MATCH_H

#include <kidoban/path.h>
#include <kidoban/policy.h>

#define KB_PROTO_ICMP	1
#define KB_PROTO_IGMP	2
#define KB_PROTO_TCP	6
#define KB_PROTO_UDP	17
#define KB_PROTO_ICMPV6	58

/* Rules that open a way out wherever their networks are, kb_path_class.n_open. */
#define KB_PATH_KINDS_OPEN \
	(1u << KB_PATH_PATH | 1u << KB_PATH_ESSENTIAL | 1u << KB_PATH_COLLECTOR)

static inline u32 kb_path_kind_bit(enum kb_path_kind kind)
{
	return 1u << kind;
}

/* Is @index in a set of 256? KB_INDEX_NONE and its like are in none. */
static inline bool kb_path_bit(const u64 *set, u32 index)
{
	return index < 64 * KB_BITS256 && set[index / 64] >> index % 64 & 1;
}

/* Bits of kb_path_match.known. */
#define KB_PATH_KNOWS_OWNER	1u
#define KB_PATH_KNOWS_NEXT_HOP	2u

/* A question while it is answered. What follows @known is filled when it is asked for. */
struct kb_path_match {
	const struct kb_path_policy *paths;
	const struct kb_path_query *query;
	const struct kb_path_class *class;	/* of the far end */
	u16 low, high;		/* the port or type that services are about; without one, all */
	bool leased;
	u8 known;		/* KB_PATH_KNOWS_*: asked already, so that a second rule does not ask again */
	u8 mac[6];
	enum kb_fact owner, next_hop;
	u32 uid, gid;
};

const struct kb_path_class *kb_path_class_of_v6(const struct kb_path_policy *paths,
						const union kb_ip *ip);

/* The class of @ip. 6to4 and NAT64 addresses have that of the IPv4 address inside when it is protected. */
static inline const struct kb_path_class *kb_path_class_of(const struct kb_path_policy *paths,
							   const union kb_ip *ip, u8 version)
{
	if (version == 4)
		return &paths->classes[kb_prefix_lookup4(paths->prefixes, ip->v4)];
	return kb_path_class_of_v6(paths, ip);
}

static inline void kb_path_match_init(struct kb_path_match *m, const struct kb_path_policy *paths,
				      const struct kb_path_query *query,
				      const struct kb_path_class *class)
{
	m->paths = paths;
	m->query = query;
	m->class = class;
	m->leased = query->context && query->context->leased;
	m->known = 0;
}

static inline bool kb_path_has_ports(const struct kb_packet *packet)
{
	return (packet->proto == KB_PROTO_TCP || packet->proto == KB_PROTO_UDP) &&
	       packet->flags & KB_PACKET_PORTS;
}

/* The like for what has types instead of ports, or neither. */
void kb_path_look_at_types(struct kb_path_match *m, bool reversed);

/* Services are about the port that the packet goes to, or with @reversed comes from. */
static inline void kb_path_look_at_ports(struct kb_path_match *m, bool reversed)
{
	const struct kb_packet *packet = m->query->packet;

	if (!kb_path_has_ports(packet)) {
		kb_path_look_at_types(m, reversed);
		return;
	}
	m->low = reversed ? packet->sport : packet->dport;
	m->high = m->low;
}

/*
 * The first candidate of @kinds (bits) that opens, KB_INDEX_NONE when none
 * does. Only candidates of KB_PATH_KINDS_OPEN are looked at when there is
 * nothing else in @kinds.
 */
u32 kb_path_find(struct kb_path_match *m, u32 kinds);

/*
 * The first PATH that opens for a packet out with ports, in one piece, towards
 * the protected @class; KB_INDEX_NONE when none does.
 */
u32 kb_path_find_plain(const struct kb_path_policy *paths, const struct kb_path_query *query,
		       const struct kb_path_class *class);

/*
 * The refusal: of the candidates of @kinds the one that came nearest and what
 * it lacked, else @otherwise.
 */
struct kb_path_verdict kb_path_miss(struct kb_path_match *m, u32 kinds, enum kb_reason otherwise);

static inline struct kb_path_verdict kb_path_answer(enum kb_action action, enum kb_reason reason,
						     u32 rule)
{
	return (struct kb_path_verdict){ .action = action, .reason = reason, .rule = rule };
}

#endif
