// SPDX-License-Identifier: GPL-2.0-only
/* Did somebody here ask for this packet? */
#include "answer.h"

#include <linux/hash.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "query.h"

/*
 * Questions of unconnected UDP sockets, by a keyed hash of remote address,
 * remote and local port. A place holds the high half of the hash and the time in
 * seconds. Losing one to another question costs an answer, never opens anything
 * that was not asked for but by guessing 32 bits.
 */
#define KB_QUESTIONS		4096
#define KB_QUESTION_SECONDS	60

static u64 questions[KB_QUESTIONS];	/* READ_ONCE/WRITE_ONCE; hash << 32 | second */
static siphash_key_t questions_key;

void kb_answer_init(void)
{
	get_random_bytes(&questions_key, sizeof(questions_key));
}

/*
 * Questions to groups, which anybody next door may answer. Few are asked, so
 * each stands here whole, and the oldest makes room.
 */
#define KB_GROUPS	64

struct kb_group_question {
	const struct net *net;		/* NULL = no question */
	union kb_ip group;
	int ifindex;
	u32 second;
	u16 far_port, near_port;
	u8 version;
};

static struct {
	spinlock_t lock;		/* taken with softirqs off; nothing inside it */
	u32 newest;			/* second of the last question; read without the lock */
	struct kb_group_question list[KB_GROUPS];
} groups = {
	.lock = __SPIN_LOCK_UNLOCKED(groups.lock),
};

static u32 now_seconds(void)
{
	return (u32)(get_jiffies_64() / HZ);
}

static struct net *net_of(const struct kb_query *query)
{
	return dev_net(query->dev);
}

/* Questions of one namespace open no other: every user may have one, with any port in it. */
static u64 question_hash(const struct net *net, const struct kb_packet *packet,
			 const union kb_ip *far, u16 far_port, u16 near_port)
{
	u64 words[4] = { 0, 0, (u64)packet->version << 32 | (u32)far_port << 16 | near_port,
			 (unsigned long)net };

	memcpy(words, far, packet->version == 4 ? 4 : 16);
	return siphash(words, sizeof(words), &questions_key);
}

/*
 * Questions that this processor noted last: a stream of them is hashed once a second. In sets, so that
 * a few whose places coincide do not push each other out with every packet.
 */
#define KB_ASKED	32		/* modules share 8 KiB of such memory */
#define KB_ASKED_SET	4

struct kb_asked {
	const struct net *net;
	u64 far[2];			/* union kb_ip, in words */
	u32 second;
	u32 ports;			/* far << 16 | near */
	u8 version;
};

static DEFINE_PER_CPU(struct kb_asked[KB_ASKED], asked_last);

static __always_inline bool same_question(const struct kb_asked *a, const struct kb_asked *b)
{
	return a->far[0] == b->far[0] && a->far[1] == b->far[1] && a->second == b->second &&
	       a->ports == b->ports && a->version == b->version && a->net == b->net;
}

/* In the place of one that is over, if there is one in its set. Softirqs off. */
static noinline void note_asked(struct kb_asked *set, const struct kb_asked *asked)
{
	unsigned int i;

	for (i = 0; i < KB_ASKED_SET && set[i].second == asked->second; i++)
		;
	/* else in one and the same, so that the others stay */
	set[i < KB_ASKED_SET ? i : asked->ports % KB_ASKED_SET] = *asked;
}

/* Is @asked there already? Notes it if not. Softirqs off: one between two members would mix two questions. */
static __always_inline bool noted_already(const struct kb_asked *asked)
{
	/* all of the address counts: that of many a server ends in ::1 */
	const u32 hash = hash_64(asked->far[0] ^ asked->far[1] ^ asked->ports,
				 ilog2(KB_ASKED / KB_ASKED_SET));
	struct kb_asked *set = this_cpu_ptr(asked_last) + hash * KB_ASKED_SET;
	unsigned int i;

	for (i = 0; i < KB_ASKED_SET; i++)
		if (same_question(&set[i], asked))
			return true;
	note_asked(set, asked);
	return false;
}

/* Does the packet repeat a question? Notes it if not. */
static bool asked_already(const struct kb_query *query, u32 second)
{
	const struct kb_packet *packet = &query->packet;
	struct kb_asked asked = {
		.net = sock_net(query->sk),
		.second = second,
		.ports = (u32)packet->dport << 16 | packet->sport,
		.version = packet->version,
	};
	bool same;

	memcpy(asked.far, &packet->dst, sizeof(asked.far));
	/* what leaves does so with softirqs off already */
	if (softirq_count())
		return noted_already(&asked);
	local_bh_disable();
	same = noted_already(&asked);
	local_bh_enable();
	return same;
}

static bool same_group(const struct kb_group_question *a, const struct kb_group_question *b)
{
	return a->net == b->net && a->ifindex == b->ifindex && a->far_port == b->far_port &&
	       a->near_port == b->near_port && a->version == b->version &&
	       (a->version == 4 ? a->group.v4 == b->group.v4 :
				  !memcmp(&a->group, &b->group, sizeof(a->group)));
}

static noinline void expect_from_group(const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;
	const struct kb_group_question question = {
		.net = sock_net(query->sk),
		.group = packet->dst,
		.ifindex = query->dev->ifindex,
		.second = now_seconds(),
		.far_port = packet->dport,
		.near_port = packet->sport,
		.version = packet->version,
	};
	struct kb_group_question *place;
	unsigned int i;

	spin_lock_bh(&groups.lock);
	place = &groups.list[0];
	for (i = 0; i < KB_GROUPS; i++) {
		struct kb_group_question *old = &groups.list[i];

		if (old->net && same_group(old, &question)) {
			place = old;
			break;
		}
		if (place->net && (!old->net || (s32)(old->second - place->second) < 0))
			place = old;
	}
	*place = question;
	WRITE_ONCE(groups.newest, question.second);
	spin_unlock_bh(&groups.lock);
}

static bool is_recent(u32 second)
{
	return now_seconds() - second <= KB_QUESTION_SECONDS;
}

static bool group_answer(const struct kb_group_question *question, const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;

	return question->net == net_of(query) && question->ifindex == query->dev->ifindex &&
	       question->far_port == packet->sport && question->near_port == packet->dport &&
	       question->version == packet->version && is_recent(question->second);
}

bool kb_answer_asked_group(const struct kb_query *query, union kb_ip *ret_group)
{
	const struct kb_packet *packet = &query->packet;
	bool found = false;
	unsigned int i;

	if (query->point != KB_POINT_INBOUND || packet->proto != IPPROTO_UDP ||
	    !(packet->flags & KB_PACKET_PORTS) ||
	    kb_packet_is_multicast(&packet->dst, packet->version) ||
	    !is_recent(READ_ONCE(groups.newest)))
		return false;
	spin_lock_bh(&groups.lock);
	for (i = 0; i < KB_GROUPS && !found; i++) {
		found = group_answer(&groups.list[i], query);
		if (found)
			*ret_group = groups.list[i].group;
	}
	spin_unlock_bh(&groups.lock);
	return found;
}

static noinline void note_question(const struct kb_query *query, u32 second)
{
	const struct kb_packet *packet = &query->packet;
	u64 hash, mark;

	hash = question_hash(sock_net(query->sk), packet, &packet->dst, packet->dport,
			     packet->sport);
	mark = (hash & ~(u64)U32_MAX) | second;
	/* Written once a second and question: the line stays shared between processors. */
	if (READ_ONCE(questions[hash % KB_QUESTIONS]) != mark)
		WRITE_ONCE(questions[hash % KB_QUESTIONS], mark);
}

void kb_answer_remember(const struct kb_query *query)
{
	const u32 second = now_seconds();

	if (kb_packet_is_multicast(&query->packet.dst, query->packet.version))
		expect_from_group(query);
	else if (!asked_already(query, second))
		note_question(query, second);
}

static bool expected(const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;
	u64 hash = question_hash(net_of(query), packet, &packet->src, packet->sport,
				 packet->dport);
	u64 mark = READ_ONCE(questions[hash % KB_QUESTIONS]);

	return hash >> 32 == mark >> 32 &&
	       now_seconds() - (u32)mark <= KB_QUESTION_SECONDS;
}

static const struct in6_addr *in6(const union kb_ip *ip)
{
	return (const struct in6_addr *)ip->v6;
}

/* The established, half-open or closing connection of the packet, with a reference. */
static struct sock *tcp_connection(const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;
	bool in = query->query.direction == KB_DIRECTION_IN;
	const union kb_ip *far = in ? &packet->src : &packet->dst;
	const union kb_ip *near = in ? &packet->dst : &packet->src;
	__be16 far_port = htons(in ? packet->sport : packet->dport);
	u16 near_port = in ? packet->dport : packet->sport;
	struct net *net = net_of(query);
	struct inet_hashinfo *hash = net->ipv4.tcp_death_row.hashinfo;

	if (packet->version == 4)
		return __inet_lookup_established(net, hash, htonl(far->v4), far_port,
						 htonl(near->v4), near_port,
						 query->dev->ifindex, 0);
#if IS_ENABLED(CONFIG_IPV6)
	return __inet6_lookup_established(net, hash, in6(far), far_port, in6(near), near_port,
					  query->dev->ifindex, 0);
#else
	return NULL;
#endif
}

/* Listeners need no reference: they are freed by RCU. */
static bool tcp_listens(const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;
	struct net *net = net_of(query);
	struct inet_hashinfo *hash = net->ipv4.tcp_death_row.hashinfo;

	if (packet->version == 4)
		return __inet_lookup_listener(net, hash, NULL, 0, htonl(packet->src.v4),
					      htons(packet->sport), htonl(packet->dst.v4),
					      packet->dport, query->dev->ifindex, 0);
#if IS_ENABLED(CONFIG_IPV6)
	return inet6_lookup_listener(net, hash, NULL, 0, in6(&packet->src), htons(packet->sport),
				     in6(&packet->dst), packet->dport, query->dev->ifindex, 0);
#else
	return false;
#endif
}

/*
 * A connection that was accepted here shares its port with the listener, so
 * it is no answer; what we opened has a port of its own.
 */
static bool tcp_solicited(const struct kb_query *query)
{
	struct sock *sk;
	bool ours;

	if (query->packet.flags & KB_PACKET_SYN)
		return false;
	sk = tcp_connection(query);
	if (!sk)
		return false;
	ours = sk->sk_state != TCP_NEW_SYN_RECV;
	sock_gen_put(sk);
	return ours && !tcp_listens(query);
}

static bool udp_solicited(const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;
	struct net *net = net_of(query);
	struct sock *sk = NULL;
	bool connected;

	if (expected(query))
		return true;
	if (packet->version == 4)
		sk = udp4_lib_lookup(net, htonl(packet->src.v4), htons(packet->sport),
				     htonl(packet->dst.v4), htons(packet->dport),
				     query->dev->ifindex);
#if IS_ENABLED(CONFIG_IPV6)
	else
		sk = udp6_lib_lookup(net, in6(&packet->src), htons(packet->sport),
				     in6(&packet->dst), htons(packet->dport),
				     query->dev->ifindex);
#endif
	if (!sk)
		return false;
	connected = sk->sk_state == TCP_ESTABLISHED;
	sock_put(sk);
	return connected;
}

static bool echo_reply(const struct kb_packet *packet)
{
	u8 type = packet->dport >> 8;

	return packet->version == 4 ? packet->proto == IPPROTO_ICMP && type == ICMP_ECHOREPLY :
				      packet->proto == IPPROTO_ICMPV6 && type == ICMPV6_ECHO_REPLY;
}

/* Nothing but a TCP header, which the kernel made, not a program? */
static bool is_bare_tcp(const struct kb_query *query)
{
	const struct sk_buff *skb = query->skb;

	if (query->packet.proto != IPPROTO_TCP || query->packet.flags & KB_PACKET_SYN || !skb ||
	    (query->sk && !kb_query_kernels(query)) || !skb_transport_header_was_set(skb))
		return false;
	return skb_headlen(skb) == skb->len &&
	       skb_transport_offset(skb) + (int)sizeof(struct tcphdr) <= (int)skb->len &&
	       skb_transport_offset(skb) + tcp_hdrlen(skb) == skb->len;
}

bool kb_answer_last_word(const struct kb_query *query)
{
	struct sock *sk;
	bool over;

	if (query->query.direction != KB_DIRECTION_OUT || !is_bare_tcp(query))
		return false;
	sk = tcp_connection(query);
	if (!sk)
		return false;
	over = sk->sk_state == TCP_TIME_WAIT;
	sock_gen_put(sk);
	return over;
}

bool kb_answer_solicited(const struct kb_query *query)
{
	const struct kb_packet *packet = &query->packet;

	if (query->point != KB_POINT_INBOUND || !(packet->flags & KB_PACKET_PORTS))
		return false;
	switch (packet->proto) {
	case IPPROTO_TCP:
		return tcp_solicited(query);
	case IPPROTO_UDP:
		return udp_solicited(query);
	default:
		return echo_reply(packet);
	}
}
