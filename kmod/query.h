/* SPDX-License-Identifier: GPL-2.0-only */
/* A packet, a connection or a conntrack tuple as a question to the decision core. */
#ifndef KB_QUERY_H
#define KB_QUERY_H

#include <kidoban/path.h>
#include <linux/skbuff.h>
#include <net/ip6_fib.h>
#include <net/route.h>

struct kb_policy;
struct kb_link;
struct net_device;
struct nf_conntrack_tuple;
struct sock;

/* Where the question is asked: decides what can be known. */
enum kb_point {
	KB_POINT_EARLY,			/* locally made, before the neighbour is known */
	KB_POINT_EGRESS,		/* with its frame's header, if the link has one */
	KB_POINT_INBOUND,
	KB_POINT_FORWARD,
	KB_POINT_FLOW			/* no packet at hand: a socket or a tuple */
};

/* On the stack of whoever asks; everything is borrowed under RCU. */
struct kb_query {
	struct kb_path_query query;	/* what kb_path_decide() takes; the rest serves its asks */
	struct kb_packet packet;
	struct kb_path_link link;	/* a copy: one look at the link for the whole question */
	enum kb_point point;
	u64 generation;			/* of the policy that judges, 0 = none */
	const struct net_device *dev;	/* the link's */
	struct sk_buff *skb;		/* NULL with sockets and tuples */
	struct sock *sk;		/* full socket or NULL */
	u32 mac_offset;			/* EGRESS: of the Ethernet header in skb->data, */
	bool ethernet;			/* when there is one */
};

/* Does the route lead through a gateway? LATER for what is no route of IP. */
static inline enum kb_fact kb_query_gateway(const struct dst_entry *dst)
{
	switch (dst->ops->family) {
	case AF_INET:
		return container_of(dst, struct rtable, dst)->rt_uses_gateway ? KB_FACT_YES :
										KB_FACT_NO;
	case AF_INET6:
		return container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_GATEWAY ?
			       KB_FACT_YES :
			       KB_FACT_NO;
	default:
		return KB_FACT_LATER;
	}
}

/*
 * Fills all but the packet, to be judged by the policy of @generation (0 = none).
 * @link NULL counts as refused.
 */
void kb_query_init(struct kb_query *query, enum kb_point point, struct sk_buff *skb,
		   const struct net_device *dev, const struct kb_link *link, u64 generation);
/* Reads the packet's IP header at @offset of skb->data; @version as for kb_packet_parse(). */
void kb_query_read(struct kb_query *query, u32 offset, u8 version);
/* From a connection. False when it is none (not connected, its link unknown). */
bool kb_query_of_sock(struct kb_query *query, struct sock *sk, u64 generation);
/* From a conntrack tuple, if it left over @dev; socket and next hop count as fitting. */
bool kb_query_of_tuple(struct kb_query *query, const struct nf_conntrack_tuple *tuple,
		       const struct net_device *dev, u64 generation);
/* Does it come from a socket of the kernel's own: ICMP, neighbour discovery, TCP without a connection? */
bool kb_query_kernels(const struct kb_query *query);
/* Does the destination lie in a protected network? */
bool kb_query_protected(const struct kb_policy *policy, const struct kb_packet *packet);

#endif
