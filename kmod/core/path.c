// SPDX-License-Identifier: GPL-2.0-only
/* The path gate's decision: the steps that kidoban/path.h numbers. */
#include "path_match.h"

#define KINDS_PATH	kb_path_kind_bit(KB_PATH_PATH)
#define KINDS_COLLECTOR	kb_path_kind_bit(KB_PATH_COLLECTOR)
#define KINDS_DISCOVERY	kb_path_kind_bit(KB_PATH_DISCOVERY)
#define KINDS_INBOUND	kb_path_kind_bit(KB_PATH_INBOUND)
#define KINDS_TUNNEL	kb_path_kind_bit(KB_PATH_TUNNEL)
#define KINDS_PEER	(kb_path_kind_bit(KB_PATH_PEER) | KINDS_TUNNEL)

#define ETHERTYPE_ARP		0x0806
#define ETHERTYPE_EAPOL		0x888e
#define ETHERTYPE_PREAUTH	0x88c7
#define ETHERTYPE_LLDP		0x88cc

static inline struct kb_path_verdict allow(enum kb_reason reason)
{
	return kb_path_answer(KB_ACTION_ALLOW, reason, KB_INDEX_NONE);
}

static inline struct kb_path_verdict allow_rule(u32 rule)
{
	return kb_path_answer(KB_ACTION_ALLOW, KB_REASON_RULE, rule);
}

static inline struct kb_path_verdict refuse(enum kb_reason reason)
{
	return kb_path_answer(KB_ACTION_REFUSE, reason, KB_INDEX_NONE);
}

/* What nobody can say for sure yet counts as true. */
static bool ask_fact(const struct kb_path_match *m,
		     enum kb_fact (*question)(const struct kb_path_query *query))
{
	return question && question(m->query) != KB_FACT_NO;
}

static bool is_on_link(const struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;

	return ask && ask_fact(m, ask->on_link);
}

/* Begun by us. The first packet of somebody else's connection answers nothing. */
static bool is_reply(const struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;

	return !(m->query->packet->flags & KB_PACKET_SYN) && ask && ask_fact(m, ask->reply);
}

static bool is_kernels(const struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;

	return ask && ask_fact(m, ask->kernel);
}

static bool is_broadcast(const struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;

	return m->query->packet->version == 4 && ask && ask_fact(m, ask->broadcast);
}

static inline bool inbound(const struct kb_path_match *m)
{
	return m->query->direction == KB_DIRECTION_IN;
}

/* Nothing of IP passes a link that is not ours, or a radio that nobody has proven. */
static inline bool link_closed(const struct kb_path_policy *paths, const struct kb_path_query *query)
{
	const struct kb_path_link *link = query->link;

	if (!link->allowed)
		return true;
	if (!link->wireless)
		return false;
	return !query->context || !query->context->leased ||
	       (paths->n_profiles && link->profile >= paths->n_profiles);
}

/* Link-local IPv6 addresses, fe80::/10. */
static bool is_link_local(const union kb_ip *ip)
{
	return ip->v6[0] == 0xfe && (ip->v6[1] & 0xc0) == 0x80;
}

/* Link-local addresses and groups: no router carries what goes there. */
static bool stays_on_link(const union kb_ip *ip)
{
	return is_link_local(ip) || (ip->v6[0] == 0xff && (ip->v6[1] & 0x0f) == 2);
}

/*
 * Neighbour discovery, and the membership in groups that it needs where
 * switches watch it (RFC 4861, 4890). Where a router could carry it, and to a
 * protected network, only what the kernel made: anything may claim to be
 * discovery, and whoever sets addresses and routes says what is on the link.
 */
static bool is_discovery_of_neighbours(const struct kb_path_match *m)
{
	const struct kb_packet *packet = m->query->packet;
	u8 type = packet->dport >> 8;

	if (packet->proto != KB_PROTO_ICMPV6 || packet->version != 6 ||
	    (packet->flags & (KB_PACKET_PORTS | KB_PACKET_FRAGMENT)) != KB_PACKET_PORTS)
		return false;
	if (type >= 133 && type <= 137)
		return packet->flags & KB_PACKET_HOP255 &&
		       (inbound(m) || (!m->class->is_protected && stays_on_link(&packet->dst)) ||
			is_kernels(m));
	if (inbound(m))
		return type == 130 && is_link_local(&packet->src);
	return ((type >= 130 && type <= 132) || type == 143) &&
	       kb_packet_is_multicast(&packet->dst, 6);
}

static bool is_icmp_error(const struct kb_packet *packet)
{
	u8 type = packet->dport >> 8;

	if (packet->proto == KB_PROTO_ICMP)
		return type == 3 || type == 11 || type == 12;
	return type >= 1 && type <= 4;
}

static bool is_echo_reply(const struct kb_packet *packet)
{
	return packet->dport >> 8 == (packet->proto == KB_PROTO_ICMP ? 0 : 129);
}

/*
 * What keeps a network running. Protected networks need none of it from us: errors
 * quote what anybody may have written. From them it comes with a lease only.
 */
static kb_noinline bool is_neighbourly(const struct kb_path_match *m)
{
	const struct kb_packet *packet = m->query->packet;

	if (packet->proto == KB_PROTO_IGMP)
		return packet->version == 4 && !inbound(m) &&
		       kb_packet_is_multicast(&packet->dst, 4);
	if (packet->proto != (packet->version == 4 ? KB_PROTO_ICMP : KB_PROTO_ICMPV6))
		return false;
	if (is_discovery_of_neighbours(m))
		return true;
	if ((packet->flags & (KB_PACKET_PORTS | KB_PACKET_FRAGMENT)) != KB_PACKET_PORTS)
		return false;
	if (m->class->is_protected && (!m->leased || !inbound(m)))
		return false;
	if (is_icmp_error(packet))
		return true;
	return inbound(m) && is_echo_reply(packet) && is_reply(m);
}

/*
 * Clients' ports, RFC 2131 and 8415. Not out to a protected network: a server
 * there hears of renewals by broadcast (REBINDING).
 */
static kb_noinline bool is_dhcp(const struct kb_path_match *m)
{
	const struct kb_packet *packet = m->query->packet;
	u16 ours = inbound(m) ? packet->dport : packet->sport;
	u16 theirs = inbound(m) ? packet->sport : packet->dport;

	if (packet->proto != KB_PROTO_UDP ||
	    (packet->flags & (KB_PACKET_PORTS | KB_PACKET_FRAGMENT)) != KB_PACKET_PORTS)
		return false;
	if (packet->version == 4 ? ours != 68 || theirs != 67 : ours != 546 || theirs != 547)
		return false;
	return inbound(m) || !m->class->is_protected;
}

/* Step 5: as little as lets the collector be reached. */
static kb_noinline struct kb_path_verdict judge_isolated(struct kb_path_match *m)
{
	u32 rule;

	if (is_discovery_of_neighbours(m))
		return allow(KB_REASON_NEIGHBOUR);
	/* a server elsewhere hears of renewals by broadcast: else it could be anybody */
	if (m->paths->dhcp == KB_ACTION_ALLOW && is_dhcp(m) &&
	    (inbound(m) || kb_packet_is_multicast(&m->query->packet->dst, m->query->packet->version)))
		return allow(KB_REASON_DHCP);
	if (m->class->is_protected || kb_packet_is_tunnel(m->query->packet))
		return refuse(KB_REASON_ISOLATED);
	kb_path_look_at_ports(m, inbound(m));
	rule = kb_path_find(m, KINDS_COLLECTOR);
	if (rule == KB_INDEX_NONE || (inbound(m) && !is_reply(m)))
		return refuse(KB_REASON_ISOLATED);
	return allow_rule(rule);
}

/* Step 7. Which end began a tunnel does not show; a TCP one shows it. */
static kb_noinline struct kb_path_verdict judge_tunnel(struct kb_path_match *m)
{
	u32 rule;

	if (m->class->is_protected ||
	    (inbound(m) && m->query->packet->flags & KB_PACKET_SYN))
		return refuse(KB_REASON_TUNNEL);
	kb_path_look_at_ports(m, inbound(m));
	rule = kb_path_find(m, KINDS_TUNNEL);
	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	return kb_path_miss(m, KINDS_TUNNEL, KB_REASON_TUNNEL);
}

/* Step 8. */
static struct kb_path_verdict judge_protected(struct kb_path_match *m)
{
	u32 rule;

	if (m->query->packet->flags & KB_PACKET_FRAGMENT)
		return refuse(KB_REASON_FRAGMENT);
	kb_path_look_at_ports(m, inbound(m));
	rule = kb_path_find(m, KINDS_PATH);
	if (inbound(m) && !is_reply(m))
		return refuse(KB_REASON_PROTECTED);
	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	return kb_path_miss(m, KINDS_PATH, KB_REASON_PROTECTED);
}

/* Step 9. Rules are about the group, whoever speaks to it. */
static kb_noinline struct kb_path_verdict judge_discovery(struct kb_path_match *m)
{
	const struct kb_packet *packet = m->query->packet;
	u32 rule;

	m->class = kb_path_class_of(m->paths, &packet->dst, packet->version);
	kb_path_look_at_ports(m, false);
	rule = kb_path_find(m, KINDS_DISCOVERY);
	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	if (m->paths->discovery == KB_ACTION_ALLOW)
		return allow(KB_REASON_DISCOVERY);
	return kb_path_miss(m, KINDS_DISCOVERY, KB_REASON_DISCOVERY);
}

/*
 * The way out of what an INBOUND rule lets in: same rule, ports the other way
 * round. KB_INDEX_NONE when it is no such answer.
 */
static u32 find_answered(const struct kb_path_match *m)
{
	struct kb_path_match answer = *m;

	if (inbound(m) || m->query->packet->flags & KB_PACKET_SYN)
		return KB_INDEX_NONE;
	kb_path_look_at_ports(&answer, true);
	return kb_path_find(&answer, KINDS_INBOUND);
}

/* What steps 11 and 12 end with when no rule opens. */
static struct kb_path_verdict fall_back(struct kb_path_match *m, enum kb_action action, u32 kinds,
					enum kb_reason reason)
{
	u32 rule;

	if (action == KB_ACTION_ALLOW)
		return allow(inbound(m) ? KB_REASON_REPLY : reason);
	rule = find_answered(m);
	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	return kb_path_miss(m, kinds, reason);
}

/*
 * Steps 11 and 12. The rules that both know come first: who is let out by one
 * needs not be asked where the other end is.
 */
static struct kb_path_verdict judge_outbound(struct kb_path_match *m)
{
	u32 rule = kb_path_find(m, KB_PATH_KINDS_OPEN);

	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	if (!is_on_link(m))
		return fall_back(m, m->paths->other, KB_PATH_KINDS_OPEN, KB_REASON_OTHER);
	/* where rules lead out, judge() has asked already; broadcasts are on the link */
	if (!inbound(m) && !m->class->n_open && is_broadcast(m))
		return judge_discovery(m);
	rule = kb_path_find(m, KINDS_PEER);
	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	return fall_back(m, m->paths->peers, KB_PATH_KINDS_OPEN | KINDS_PEER, KB_REASON_PEER);
}

/*
 * Who asks a group does not know who will answer, and who answers is next door:
 * what lets the question out lets the answer in, whatever peers may do else.
 */
static kb_noinline bool answers_group(const struct kb_path_match *m, struct kb_path_verdict *ret)
{
	const struct kb_packet *packet = m->query->packet;
	const struct kb_path_ask *ask = m->query->ask;
	struct kb_path_match question = *m;
	union kb_ip group;
	u32 rule;

	if (packet->proto != KB_PROTO_UDP ||
	    (packet->flags & (KB_PACKET_PORTS | KB_PACKET_FRAGMENT)) != KB_PACKET_PORTS ||
	    !ask || !ask->asked_group || !is_on_link(m) ||
	    ask->asked_group(m->query, &group) != KB_FACT_YES ||
	    !kb_packet_is_multicast(&group, packet->version))
		return false;
	question.class = kb_path_class_of(m->paths, &group, packet->version);
	if (question.class->is_protected)
		return false;
	kb_path_look_at_ports(&question, true);
	rule = kb_path_find(&question, KINDS_DISCOVERY);
	if (rule == KB_INDEX_NONE && m->paths->discovery != KB_ACTION_ALLOW)
		return false;
	*ret = rule == KB_INDEX_NONE ? allow(KB_REASON_REPLY) : allow_rule(rule);
	return true;
}

/* Step 10. */
static kb_noinline struct kb_path_verdict judge_inbound(struct kb_path_match *m)
{
	u32 rule = kb_path_find(m, KINDS_INBOUND);
	struct kb_path_verdict verdict;

	if (rule != KB_INDEX_NONE)
		return allow_rule(rule);
	if (is_reply(m)) {
		kb_path_look_at_ports(m, true);
		return judge_outbound(m);
	}
	if (answers_group(m, &verdict))
		return verdict;
	if (m->paths->inbound != KB_ACTION_ALLOW)
		return kb_path_miss(m, KINDS_INBOUND, KB_REASON_INBOUND);
	if (m->paths->peers != KB_ACTION_ALLOW && is_on_link(m))
		return refuse(KB_REASON_PEER);
	return allow(KB_REASON_INBOUND);
}

/* Step 6 for what has ports or none, the common case first. */
static inline enum kb_reason allowed_early(const struct kb_path_match *m)
{
	const struct kb_packet *packet = m->query->packet;

	if (packet->proto == KB_PROTO_TCP)
		return KB_REASON_NONE;
	if (packet->proto != KB_PROTO_UDP)
		return is_neighbourly(m) ? KB_REASON_NEIGHBOUR : KB_REASON_NONE;
	if (packet->sport != 68 && packet->dport != 68 && packet->sport != 546 &&
	    packet->dport != 546)
		return KB_REASON_NONE;
	return m->paths->dhcp == KB_ACTION_ALLOW && is_dhcp(m) ? KB_REASON_DHCP : KB_REASON_NONE;
}

/* Steps 5 to 12. */
static inline struct kb_path_verdict judge(struct kb_path_match *m)
{
	const struct kb_path_query *query = m->query;
	const struct kb_packet *packet = query->packet;
	enum kb_reason early;

	if (query->context && query->context->isolated)
		return judge_isolated(m);
	early = allowed_early(m);
	if (early)
		return allow(early);
	if (kb_packet_is_tunnel(packet))
		return judge_tunnel(m);
	if (m->class->is_protected)
		return judge_protected(m);
	if (kb_packet_is_multicast(&packet->dst, packet->version) ||
	    ((inbound(m) || m->class->n_open) && is_broadcast(m)))
		return judge_discovery(m);
	kb_path_look_at_ports(m, false);
	return inbound(m) ? judge_inbound(m) : judge_outbound(m);
}

/* What steps 1 to 4 say; KB_REASON_NONE when they leave it open. */
static inline enum kb_reason refused_early(const struct kb_path_policy *paths,
					   const struct kb_path_query *query)
{
	const struct kb_packet *packet = query->packet;

	if (query->direction != KB_DIRECTION_OUT && query->direction != KB_DIRECTION_IN)
		return KB_REASON_FORWARD;
	if (packet->defect)
		return packet->defect;
	if (packet->version != 4 && packet->version != 6)
		return KB_REASON_MALFORMED;
	return link_closed(paths, query) ? KB_REASON_LINK_CLOSED : KB_REASON_NONE;
}

static kb_noinline void decide(const struct kb_path_policy *paths,
			       const struct kb_path_query *query, struct kb_path_verdict *ret)
{
	const struct kb_packet *packet = query->packet;
	bool in = query->direction == KB_DIRECTION_IN;
	enum kb_reason refused;
	struct kb_path_match m;

	if (query->link->loopback) {
		*ret = allow(KB_REASON_LOOPBACK);
		return;
	}
	refused = refused_early(paths, query);
	if (refused) {
		*ret = refuse(refused);
		return;
	}
	kb_path_match_init(&m, paths, query,
			   kb_path_class_of(paths, in ? &packet->src : &packet->dst,
					    packet->version));
	*ret = judge(&m);
}

/* To one host, and no tunnel's addresses? */
static inline bool is_plain_address(const struct kb_packet *packet)
{
	if (packet->version == 4)
		return packet->dst.v4 < 0xe0000000;
	return packet->version == 6 && packet->dst.v6[0] != 0xff &&
	       !kb_packet_is_teredo(&packet->src) && !kb_packet_is_teredo(&packet->dst);
}

/* Neither a tunnel's ports nor those that a client of DHCP sends from? */
static inline bool is_plain_port(const struct kb_packet *packet)
{
	if (packet->sport == 68 || packet->sport == 546)
		return false;
	return (!kb_packet_may_be_tunnel(packet->sport) &&
		!kb_packet_may_be_tunnel(packet->dport)) ||
	       !kb_packet_is_tunnel(packet);
}

/*
 * Is this TCP or UDP to one host, in one piece, out through an open link, and
 * nothing that steps 1 to 7 and 9 know but for broadcasts?
 */
static inline bool is_plain(const struct kb_path_policy *paths, const struct kb_path_query *query)
{
	const struct kb_packet *packet = query->packet;
	const u8 flags = KB_PACKET_PORTS | KB_PACKET_FRAGMENT | KB_PACKET_ENCAPSULATED;

	if (query->direction != KB_DIRECTION_OUT || packet->defect ||
	    (packet->proto != KB_PROTO_TCP && packet->proto != KB_PROTO_UDP) ||
	    (packet->flags & flags) != KB_PACKET_PORTS)
		return false;
	if (query->link->loopback || link_closed(paths, query) ||
	    (query->context && query->context->isolated))
		return false;
	return is_plain_address(packet) && is_plain_port(packet);
}

/*
 * The short way for what most packets are: true when it is allowed, as
 * decide() would say. No room on the stack, few branches; it must not refuse.
 */
static inline bool allow_plain(const struct kb_path_policy *paths,
			       const struct kb_path_query *query, struct kb_path_verdict *ret)
{
	const struct kb_path_class *class;
	u32 rule;

	if (!is_plain(paths, query))
		return false;
	class = kb_path_class_of(paths, &query->packet->dst, query->packet->version);
	if (class->is_protected) {
		rule = kb_path_find_plain(paths, query, class);
		if (rule == KB_INDEX_NONE)
			return false;
		*ret = allow_rule(rule);
		return true;
	}
	if (class->n_open || paths->other != KB_ACTION_ALLOW ||
	    (query->ask && query->ask->on_link && query->ask->on_link(query) != KB_FACT_NO))
		return false;
	*ret = allow(KB_REASON_OTHER);
	return true;
}

void kb_path_decide(const struct kb_policy *policy, const struct kb_path_query *query,
		    struct kb_path_verdict *ret)
{
	if (!policy || policy->paths.mode == KB_GATE_OFF)
		*ret = allow(KB_REASON_NONE);
	else if (!allow_plain(&policy->paths, query, ret))
		decide(&policy->paths, query, ret);
}

void kb_path_decide_frame(const struct kb_policy *policy, u16 ethertype,
			  const struct kb_path_query *query, struct kb_path_verdict *ret)
{
	bool in = query->direction == KB_DIRECTION_IN;

	if (!policy || policy->paths.mode == KB_GATE_OFF)
		*ret = allow(KB_REASON_NONE);
	else if (query->link->loopback)
		*ret = allow(KB_REASON_LOOPBACK);
	else if (!in && query->direction != KB_DIRECTION_OUT)
		*ret = refuse(KB_REASON_FORWARD);
	else if (!query->link->allowed)
		*ret = refuse(KB_REASON_LINK_CLOSED);
	else if (ethertype == ETHERTYPE_EAPOL)
		*ret = allow(KB_REASON_NEIGHBOUR);
	else if (link_closed(&policy->paths, query))
		*ret = refuse(KB_REASON_LINK_CLOSED);
	else if (ethertype == ETHERTYPE_ARP || ethertype == ETHERTYPE_PREAUTH ||
		 (ethertype == ETHERTYPE_LLDP && in))
		*ret = allow(KB_REASON_NEIGHBOUR);
	else
		*ret = refuse(KB_REASON_FRAME);
}
