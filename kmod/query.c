// SPDX-License-Identifier: GPL-2.0-only
/* A packet, a connection or a conntrack tuple as a question to the decision core. */
#include "query.h"

#include <kidoban/policy.h>
#include <linux/cgroup.h>
#include <linux/etherdevice.h>
#include <linux/file.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/inet_sock.h>
#include <net/ip6_fib.h>
#include <net/netfilter/nf_conntrack_tuple.h>
#include <net/route.h>

#include "answer.h"
#include "core/path_match.h"
#include "lease.h"
#include "link.h"

static const struct kb_query *outer(const struct kb_path_query *query)
{
	return container_of(query, struct kb_query, query);
}

bool kb_query_kernels(const struct kb_query *query)
{
	const struct sock *sk = query->sk;

	return sk && sk->sk_kern_sock && sk->sk_type == SOCK_RAW;
}

/*
 * Nobody to ask: at a conntrack tuple the socket is unknown, its packets have been
 * judged; those of a connection that is over were, too.
 */
static enum kb_fact no_socket(const struct kb_query *query)
{
	if (query->point == KB_POINT_FLOW || query->point == KB_POINT_INBOUND ||
	    kb_answer_last_word(query))
		return KB_FACT_LATER;
	return KB_FACT_NO;
}

/* Group: of whoever opened the socket's file, as nft's skgid. */
static u32 socket_gid(struct sock *sk)
{
	u32 gid = (u32)-1;

	read_lock_bh(&sk->sk_callback_lock);
	if (sk->sk_socket && sk->sk_socket->file)
		gid = from_kgid_munged(&init_user_ns, sk->sk_socket->file->f_cred->fsgid);
	read_unlock_bh(&sk->sk_callback_lock);
	return gid;
}

static enum kb_fact ask_owner(const struct kb_path_query *path_query, u32 *ret_uid, u32 *ret_gid)
{
	const struct kb_query *query = outer(path_query);

	if (!query->sk || kb_query_kernels(query))
		return no_socket(query);
	*ret_uid = from_kuid_munged(&init_user_ns, kb_compat_sk_uid(query->sk));
	*ret_gid = socket_gid(query->sk);
	return KB_FACT_YES;
}

/*
 * Compares names from the root down; cgroup v2 groups are never renamed and
 * their parents outlive them. "a/b" holds for /a/b and all below it.
 */
static bool cgroup_below(struct cgroup *cgroup, const char *path)
{
	int level;

	for (level = 1; *path; level++) {
		size_t len = strchrnul(path, '/') - path;
		const char *name;

		if (level > cgroup->level)
			return false;
		name = cgroup_ancestor(cgroup, level)->kn->name;
		if (strncmp(name, path, len) || name[len])
			return false;
		path += len;
		path += *path == '/';
	}
	return level > 1;
}

/*
 * What cgroup_below() said last, by processor. Ids of groups are never used
 * twice; a path is the policy's, so it is the same as long as the policy is.
 */
struct kb_membership {
	u64 cgroup;
	u64 generation;			/* 0 = nothing noted */
	const char *path;
	bool below;
};

#define KB_MEMBERSHIPS	4

static DEFINE_PER_CPU(struct kb_membership[KB_MEMBERSHIPS], memberships);

/* Apart from what asks most often, which thus needs no stack. Softirqs off. */
static noinline bool note_membership(struct kb_membership *noted, struct cgroup *cgroup,
				     const char *path, u64 generation)
{
	*noted = (struct kb_membership){
		.cgroup = cgroup_id(cgroup),
		.generation = generation,
		.path = path,
		.below = cgroup_below(cgroup, path),
	};
	return noted->below;
}

/* Softirqs off: one between two members would find one group's answer under another's name. */
static __always_inline bool noted_member(struct cgroup *cgroup, const char *path, u64 generation)
{
	struct kb_membership *noted;

	noted = &this_cpu_ptr(memberships)[((unsigned long)path / 8) % KB_MEMBERSHIPS];
	if (likely(noted->cgroup == cgroup_id(cgroup) && noted->path == path &&
		   noted->generation == generation && generation))
		return noted->below;
	return note_membership(noted, cgroup, path, generation);
}

static noinline bool is_member(struct cgroup *cgroup, const char *path, u64 generation)
{
	bool below;

	local_bh_disable();
	below = noted_member(cgroup, path, generation);
	local_bh_enable();
	return below;
}

static enum kb_fact ask_cgroup(const struct kb_path_query *path_query, const char *path)
{
	const struct kb_query *query = outer(path_query);
	struct cgroup *cgroup;
	bool below;

	if (!query->sk || kb_query_kernels(query))
		return no_socket(query);
	cgroup = sock_cgroup_ptr(&query->sk->sk_cgrp_data);
	/* what leaves does so with softirqs off already */
	if (softirq_count())
		below = noted_member(cgroup, path, query->generation);
	else
		below = is_member(cgroup, path, query->generation);
	return below ? KB_FACT_YES : KB_FACT_NO;
}

static enum kb_fact ask_next_hop(const struct kb_path_query *path_query, u8 ret_mac[ETH_ALEN])
{
	const struct kb_query *query = outer(path_query);

	/* Answers may come through another router of a pair: only what we send counts. */
	if (query->point != KB_POINT_EGRESS)
		return KB_FACT_LATER;
	if (!query->ethernet)
		return KB_FACT_NO;
	ether_addr_copy(ret_mac, query->skb->data + query->mac_offset);
	return KB_FACT_YES;
}

static bool on_segment4(const struct net_device *dev, u32 addr)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (!((ntohl(ifa->ifa_address) ^ addr) & ntohl(ifa->ifa_mask)))
			return true;
	}
	return false;
}

static bool on_segment6(const struct net_device *dev, const struct in6_addr *addr)
{
	/* fe80::/10 and groups of the link */
	if (addr->s6_addr[0] >= 0xfe && ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL)
		return true;
	return ipv6_chk_prefix(addr, (struct net_device *)dev);
}

/* Routed without a gateway, as a host route of root's would; lines with two ends have no segment. */
static bool routed_directly(const struct kb_query *query)
{
	const struct dst_entry *dst = query->skb ? skb_dst(query->skb) : NULL;

	if (!dst || query->query.direction != KB_DIRECTION_OUT || dst->dev != query->dev ||
	    (query->dev->flags & IFF_POINTOPOINT))
		return false;
	return kb_query_gateway(dst) == KB_FACT_NO;
}

static enum kb_fact ask_on_link(const struct kb_path_query *path_query)
{
	const struct kb_query *query = outer(path_query);
	const union kb_ip *far = path_query->direction == KB_DIRECTION_IN ? &query->packet.src :
									     &query->packet.dst;
	bool near;

	if (query->packet.version == 4)
		near = on_segment4(query->dev, far->v4);
	else
		near = on_segment6(query->dev, (const struct in6_addr *)far->v6);
	return near || routed_directly(query) ? KB_FACT_YES : KB_FACT_NO;
}

static enum kb_fact ask_reply(const struct kb_path_query *path_query)
{
	return kb_answer_solicited(outer(path_query)) ? KB_FACT_YES : KB_FACT_NO;
}

/* Subnet broadcast; the frame tells without a look at the routes. */
static enum kb_fact ask_broadcast(const struct kb_path_query *path_query)
{
	const struct kb_query *query = outer(path_query);
	const struct sk_buff *skb = query->skb;

	if (!skb)
		return KB_FACT_NO;
	if (query->point == KB_POINT_EGRESS && query->ethernet)
		return is_multicast_ether_addr(skb->data + query->mac_offset) ? KB_FACT_YES :
										KB_FACT_NO;
	if (query->point == KB_POINT_INBOUND)
		return skb->pkt_type == PACKET_BROADCAST || skb->pkt_type == PACKET_MULTICAST ?
			       KB_FACT_YES :
			       KB_FACT_NO;
	return query->packet.version == 4 && skb_dst(skb) &&
			       skb_dst(skb)->ops->family == AF_INET &&
			       (skb_rtable(skb)->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) ?
		       KB_FACT_YES :
		       KB_FACT_NO;
}

static enum kb_fact ask_kernel(const struct kb_path_query *path_query)
{
	return kb_query_kernels(outer(path_query)) ? KB_FACT_YES : KB_FACT_NO;
}

static enum kb_fact ask_group(const struct kb_path_query *path_query, union kb_ip *ret_group)
{
	return kb_answer_asked_group(outer(path_query), ret_group) ? KB_FACT_YES : KB_FACT_NO;
}

static const struct kb_path_ask asks = {
	.owner = ask_owner,
	.cgroup = ask_cgroup,
	.next_hop = ask_next_hop,
	.on_link = ask_on_link,
	.reply = ask_reply,
	.broadcast = ask_broadcast,
	.kernel = ask_kernel,
	.asked_group = ask_group,
};

static const enum kb_direction directions[] = {
	[KB_POINT_EARLY] = KB_DIRECTION_OUT,
	[KB_POINT_EGRESS] = KB_DIRECTION_OUT,
	[KB_POINT_INBOUND] = KB_DIRECTION_IN,
	[KB_POINT_FORWARD] = KB_DIRECTION_FORWARD,
	[KB_POINT_FLOW] = KB_DIRECTION_OUT,
};

void kb_query_init(struct kb_query *query, enum kb_point point, struct sk_buff *skb,
		   const struct net_device *dev, const struct kb_link *link, u64 generation)
{
	struct sock *sk = skb ? skb_to_full_sk(skb) : NULL;

	query->query.packet = &query->packet;
	query->query.context = kb_lease_context(generation);
	query->query.link = &query->link;
	query->query.ask = &asks;
	query->generation = generation;
	query->query.direction = directions[point];
	query->point = point;
	query->dev = dev;
	query->skb = skb;
	query->sk = sk && sk_fullsock(sk) ? sk : NULL;
	query->mac_offset = 0;
	query->ethernet = false;
	kb_link_view(link, generation, &query->link);
}

/* Headers that are not at hand in one piece; rare. */
static noinline void read_scattered(struct kb_query *query, u32 offset, u32 len, u8 version)
{
	u8 copy[KB_PACKET_LOOK_MAX];
	u32 have = min_t(u32, len, sizeof(copy));

	if (skb_copy_bits(query->skb, offset, copy, have))
		have = 0;
	kb_packet_parse(copy, have, have ? len : 0, version, &query->packet);
}

void kb_query_read(struct kb_query *query, u32 offset, u8 version)
{
	const struct sk_buff *skb = query->skb;
	u32 len = skb->len > offset ? skb->len - offset : 0;
	u32 have = skb_headlen(skb) > offset ? skb_headlen(skb) - offset : 0;

	if (kb_packet_parse(skb->data + offset, have, len, version, &query->packet) == -ENODATA)
		read_scattered(query, offset, len, version);
	if (skb->encapsulation)
		query->packet.flags |= KB_PACKET_ENCAPSULATED;
}

static const struct net_device *sock_dev(struct sock *sk)
{
	const struct dst_entry *dst = rcu_dereference(sk->sk_dst_cache);

	return dst ? dst->dev : NULL;
}

bool kb_query_of_sock(struct kb_query *query, struct sock *sk, u64 generation)
{
	const struct inet_sock *inet = inet_sk(sk);
	const struct net_device *dev = sock_dev(sk);
	const struct kb_link *link = dev ? kb_link_find(dev) : NULL;
	struct kb_packet *packet = &query->packet;

	/* a route that is gone leads to no link of ours; the next packet has another */
	if (!link)
		return false;
	kb_query_init(query, KB_POINT_FLOW, NULL, dev, link, generation);
	query->sk = sk;
	*packet = (struct kb_packet){
		.proto = sk->sk_protocol,
		.flags = KB_PACKET_PORTS,
		.sport = ntohs(inet->inet_sport),
		.dport = ntohs(inet->inet_dport),
	};
	if (sk->sk_family == AF_INET ||
	    (sk->sk_family == AF_INET6 && ipv6_addr_v4mapped(&sk->sk_v6_daddr))) {
		packet->version = 4;
		packet->src.v4 = ntohl(inet->inet_saddr);
		packet->dst.v4 = ntohl(inet->inet_daddr);
		return inet->inet_daddr;
	}
	if (sk->sk_family != AF_INET6)
		return false;
	packet->version = 6;
	memcpy(packet->src.v6, &sk->sk_v6_rcv_saddr, sizeof(packet->src.v6));
	memcpy(packet->dst.v6, &sk->sk_v6_daddr, sizeof(packet->dst.v6));
	return !ipv6_addr_any(&sk->sk_v6_daddr);
}

bool kb_query_of_tuple(struct kb_query *query, const struct nf_conntrack_tuple *tuple,
		       const struct net_device *dev, u64 generation)
{
	struct kb_packet *packet = &query->packet;

	kb_query_init(query, KB_POINT_FLOW, NULL, dev, kb_link_find(dev), generation);
	*packet = (struct kb_packet){
		.proto = tuple->dst.protonum,
		.flags = KB_PACKET_PORTS,
		.sport = ntohs(tuple->src.u.all),
		.dport = ntohs(tuple->dst.u.all),
	};
	switch (tuple->src.l3num) {
	case AF_INET:
		packet->version = 4;
		packet->src.v4 = ntohl(tuple->src.u3.ip);
		packet->dst.v4 = ntohl(tuple->dst.u3.ip);
		return true;
	case AF_INET6:
		packet->version = 6;
		memcpy(packet->src.v6, &tuple->src.u3.in6, sizeof(packet->src.v6));
		memcpy(packet->dst.v6, &tuple->dst.u3.in6, sizeof(packet->dst.v6));
		return true;
	}
	return false;
}

bool kb_query_protected(const struct kb_policy *policy, const struct kb_packet *packet)
{
	return kb_path_class_of(&policy->paths, &packet->dst, packet->version)->is_protected;
}
