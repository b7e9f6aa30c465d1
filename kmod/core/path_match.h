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

/* A question while it is answered. */
struct kb_path_match {
	const struct kb_path_policy *paths;
	const struct kb_path_query *query;
	const struct kb_path_class *class;	/* of the far end */
	u16 low, high;		/* the port or type that services are about; without one, all */
	bool leased;
	/* What was asked already, so that a second rule does not ask again. */
	bool owner_known, next_hop_known;
	enum kb_fact owner, next_hop;
	u32 uid, gid;
	u8 mac[6];
};

/* The class of @ip. 6to4 and NAT64 addresses have that of the IPv4 address inside when it is protected. */
const struct kb_path_class *kb_path_class_of(const struct kb_path_policy *paths,
					     const union kb_ip *ip, u8 version);

/* Services are about the port that the packet goes to, or with @reversed comes from. */
void kb_path_look_at_ports(struct kb_path_match *m, bool reversed);

/*
 * The first candidate of @kinds (bits) that opens, KB_INDEX_NONE when none
 * does. Only candidates of KB_PATH_KINDS_OPEN are looked at when there is
 * nothing else in @kinds.
 */
u32 kb_path_find(struct kb_path_match *m, u32 kinds);

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
