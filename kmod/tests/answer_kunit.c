// SPDX-License-Identifier: GPL-2.0-only
/* Answers: what nobody asked for is none, and who asked is remembered (N5). */
#include "../answer.c"

#include <kunit/test.h>
#include <linux/if.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>

#include "hear.h"

#define HERE	INADDR_LOOPBACK
#define THERE	0x0a1e0035		/* 10.30.0.53 */

static struct socket *sockets[4];

/* A packet to us from @far:@far_port. */
static void inbound(struct kb_query *query, u8 proto, u32 far, u16 far_port, u16 near_port)
{
	memset(query, 0, sizeof(*query));
	query->query.packet = &query->packet;
	query->query.direction = KB_DIRECTION_IN;
	query->point = KB_POINT_INBOUND;
	query->dev = init_net.loopback_dev;
	query->packet = (struct kb_packet){
		.version = 4, .proto = proto, .flags = KB_PACKET_PORTS, .sport = far_port,
		.dport = near_port, .src.v4 = far, .dst.v4 = HERE,
	};
}

static bool answers(u8 proto, u32 far, u16 far_port, u16 near_port, u8 flags)
{
	struct kb_query query;
	bool ret;

	inbound(&query, proto, far, far_port, near_port);
	query.packet.flags |= flags;
	rcu_read_lock();
	ret = kb_answer_solicited(&query);
	rcu_read_unlock();
	return ret;
}

static bool udp_answers(u32 far, u16 far_port, u16 near_port)
{
	return answers(IPPROTO_UDP, far, far_port, near_port, 0);
}

/* @sk sends to @far:@far_port. */
static void ask(struct sock *sk, u8 proto, u32 far, u16 far_port, u16 near_port)
{
	struct kb_query query;

	inbound(&query, proto, HERE, near_port, far_port);
	query.packet.dst.v4 = far;
	query.query.direction = KB_DIRECTION_OUT;
	query.point = KB_POINT_EGRESS;
	query.sk = sk;
	kb_answer_expect(&query);
}

static struct socket *open_socket(struct kunit *test, unsigned int nth, int type)
{
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, type, 0, &sockets[nth]), 0);
	return sockets[nth];
}

/* Its port, after it was bound to one of the kernel's choice. */
static u16 bind_here(struct kunit *test, struct socket *sock)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(HERE) };

	KUNIT_ASSERT_EQ(test, kernel_bind(sock, (struct sockaddr *)&here, sizeof(here)), 0);
	return inet_sk(sock->sk)->inet_num;
}

static void connect_to(struct kunit *test, struct socket *sock, u16 port)
{
	struct sockaddr_in there = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(HERE), .sin_port = htons(port),
	};

	KUNIT_ASSERT_EQ(test, kernel_connect(sock, (struct sockaddr *)&there, sizeof(there), 0), 0);
}

static void refuses_unasked(struct kunit *test)
{
	struct kb_query query;

	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 53, 40000));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, THERE, 443, 40000, 0));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, THERE, 443, 40000, KB_PACKET_RST));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_SCTP, THERE, 443, 40000, 0));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_ESP, THERE, 0, 0, 0));
	/* questions are asked about what comes in only */
	inbound(&query, IPPROTO_ICMP, THERE, 0, ICMP_ECHOREPLY << 8);
	KUNIT_EXPECT_TRUE(test, kb_answer_solicited(&query));
	query.packet.flags = 0;
	KUNIT_EXPECT_FALSE(test, kb_answer_solicited(&query));
	query.packet.flags = KB_PACKET_PORTS;
	query.point = KB_POINT_EGRESS;
	KUNIT_EXPECT_FALSE(test, kb_answer_solicited(&query));
}

static void knows_echo_replies(struct kunit *test)
{
	struct kb_query query;
	unsigned int type;

	for (type = 0; type < 256; type++) {
		inbound(&query, IPPROTO_ICMP, THERE, 0, type << 8);
		KUNIT_EXPECT_EQ_MSG(test, kb_answer_solicited(&query), type == ICMP_ECHOREPLY,
				    "%u", type);
		query.packet.version = 6;
		query.packet.proto = IPPROTO_ICMPV6;
		KUNIT_EXPECT_EQ_MSG(test, kb_answer_solicited(&query), type == ICMPV6_ECHO_REPLY,
				    "%u", type);
		/* the other version's protocol */
		query.packet.version = 4;
		KUNIT_EXPECT_FALSE(test, kb_answer_solicited(&query));
	}
}

/* Who asks without a connection is remembered, for exactly that answer. */
static void remembers_questions(struct kunit *test)
{
	struct socket *sock = open_socket(test, 0, SOCK_DGRAM);

	ask(sock->sk, IPPROTO_UDP, THERE, 53, 40001);
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE, 53, 40001));
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE, 53, 40001));
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE + 1, 53, 40001));
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 54, 40001));
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 53, 40002));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, THERE, 53, 40001, 0));
	/* nobody's packet, and other protocols', are no questions */
	ask(NULL, IPPROTO_UDP, THERE, 53, 40003);
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 53, 40003));
	ask(sock->sk, IPPROTO_TCP, THERE, 53, 40004);
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 53, 40004));
	/* several, one after the other and again */
	ask(sock->sk, IPPROTO_UDP, THERE, 53, 40005);
	ask(sock->sk, IPPROTO_UDP, THERE + 1, 53, 40005);
	ask(sock->sk, IPPROTO_UDP, THERE, 53, 40005);
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE, 53, 40005));
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE + 1, 53, 40005));
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE, 53, 40001));
}

#define GROUP	0xeffffffa		/* 239.255.255.250 */

/* The group that was asked, 0 when none was. */
static u32 asked_group(u32 far, u16 far_port, u16 near_port, int ifindex)
{
	static struct net_device other;
	struct kb_query query;
	union kb_ip group = {};
	bool found;

	inbound(&query, IPPROTO_UDP, far, far_port, near_port);
	if (ifindex != query.dev->ifindex) {
		other.ifindex = ifindex;
		dev_net_set(&other, &init_net);
		query.dev = &other;
	}
	rcu_read_lock();
	found = kb_answer_asked_group(&query, &group);
	rcu_read_unlock();
	return found ? group.v4 : 0;
}

/* A question to a group is answered by whoever is there, on that link, at those ports. */
static void remembers_groups(struct kunit *test)
{
	struct socket *sock = open_socket(test, 0, SOCK_DGRAM);
	const int lo = init_net.loopback_dev->ifindex;
	struct kb_query query;
	union kb_ip group;

	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40020, lo), 0);
	ask(sock->sk, IPPROTO_UDP, GROUP, 1900, 40020);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40020, lo), GROUP);
	KUNIT_EXPECT_EQ(test, asked_group(THERE + 1, 1900, 40020, lo), GROUP);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1901, 40020, lo), 0);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40021, lo), 0);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40020, lo + 1000), 0);
	/* nobody's reply for that, and nothing that is no answer */
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 1900, 40020));
	inbound(&query, IPPROTO_UDP, THERE, 1900, 40020);
	query.packet.dst.v4 = GROUP;
	KUNIT_EXPECT_FALSE(test, kb_answer_asked_group(&query, &group));
	inbound(&query, IPPROTO_TCP, THERE, 1900, 40020);
	KUNIT_EXPECT_FALSE(test, kb_answer_asked_group(&query, &group));
	inbound(&query, IPPROTO_UDP, THERE, 1900, 40020);
	query.packet.flags = 0;
	KUNIT_EXPECT_FALSE(test, kb_answer_asked_group(&query, &group));
	inbound(&query, IPPROTO_UDP, THERE, 1900, 40020);
	query.point = KB_POINT_EGRESS;
	KUNIT_EXPECT_FALSE(test, kb_answer_asked_group(&query, &group));
	inbound(&query, IPPROTO_UDP, THERE, 1900, 40020);
	query.packet.version = 6;
	KUNIT_EXPECT_FALSE(test, kb_answer_asked_group(&query, &group));
	/* who asks one address asks no group; nobody's packet asks nothing */
	ask(sock->sk, IPPROTO_UDP, THERE, 1900, 40022);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40022, lo), 0);
	ask(NULL, IPPROTO_UDP, GROUP, 1900, 40023);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40023, lo), 0);
}

static void make_groups_older(u32 seconds)
{
	unsigned int i;

	for (i = 0; i < KB_GROUPS; i++)
		groups.list[i].second -= seconds;
	groups.newest -= seconds;
}

/* The oldest question makes room, and each is forgotten after a while. */
static void forgets_groups(struct kunit *test)
{
	struct socket *sock = open_socket(test, 0, SOCK_DGRAM);
	const int lo = init_net.loopback_dev->ifindex;
	unsigned int i;

	ask(sock->sk, IPPROTO_UDP, GROUP, 1900, 40030);
	make_groups_older(KB_QUESTION_SECONDS - 20);
	for (i = 1; i < KB_GROUPS; i++)
		ask(sock->sk, IPPROTO_UDP, GROUP, 1900, 41000 + i);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40030, lo), GROUP);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 41001, lo), GROUP);
	/* one that is asked again takes no second place */
	ask(sock->sk, IPPROTO_UDP, GROUP, 1900, 41001);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40030, lo), GROUP);
	ask(sock->sk, IPPROTO_UDP, GROUP, 1900, 42000);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 40030, lo), 0);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 41001, lo), GROUP);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 42000, lo), GROUP);
	make_groups_older(KB_QUESTION_SECONDS + 1);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 42000, lo), 0);
	ask(sock->sk, IPPROTO_UDP, GROUP, 1900, 42000);
	KUNIT_EXPECT_EQ(test, asked_group(THERE, 1900, 42000, lo), GROUP);
}

static void make_older(u32 seconds)
{
	unsigned int i;
	int cpu;

	for (i = 0; i < KB_QUESTIONS; i++)
		if (questions[i])
			questions[i] -= seconds;
	for_each_possible_cpu(cpu)
		for (i = 0; i < KB_ASKED; i++)
			per_cpu(asked_last, cpu)[i].second -= seconds;
}

/*
 * Questions in turn to more servers than a set holds, whose addresses end alike, are each noted
 * once. Another version, port or address is another question.
 */
static void notes_each_question_once(struct kunit *test)
{
	struct socket *sock = open_socket(test, 0, SOCK_DGRAM);
	const u32 second = 1000000;
	struct kb_query query;
	unsigned int i;

	inbound(&query, IPPROTO_UDP, HERE, 40010, 53);
	query.sk = sock->sk;
	query.packet.version = 6;
	memcpy(query.packet.dst.v6, "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	for (i = 0; i < 4 * KB_ASKED_SET; i++) {
		query.packet.dst.v6[5] = i % (2 * KB_ASKED_SET);
		KUNIT_EXPECT_EQ_MSG(test, asked_already(&query, second), i >= 2 * KB_ASKED_SET,
				    "%u", i);
	}
	KUNIT_EXPECT_TRUE(test, asked_already(&query, second));
	query.packet.version = 4;
	KUNIT_EXPECT_FALSE(test, asked_already(&query, second));
	query.packet.version = 6;
	query.packet.dport++;
	KUNIT_EXPECT_FALSE(test, asked_already(&query, second));
	query.packet.dport--;
	query.packet.sport++;
	KUNIT_EXPECT_FALSE(test, asked_already(&query, second));
	query.packet.sport--;
	query.packet.dst.v6[7]++;
	KUNIT_EXPECT_FALSE(test, asked_already(&query, second));
	KUNIT_EXPECT_TRUE(test, asked_already(&query, second));
	KUNIT_EXPECT_FALSE(test, asked_already(&query, second + 1));
}

static void forgets_questions(struct kunit *test)
{
	struct socket *sock = open_socket(test, 0, SOCK_DGRAM);

	ask(sock->sk, IPPROTO_UDP, THERE, 53, 40006);
	make_older(KB_QUESTION_SECONDS - 20);
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE, 53, 40006));
	make_older(21);
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 53, 40006));
	/* it may ask again */
	ask(sock->sk, IPPROTO_UDP, THERE, 53, 40006);
	KUNIT_EXPECT_TRUE(test, udp_answers(THERE, 53, 40006));
}

/* A connected UDP socket says itself whom it talks to; one that waits has asked nobody. */
static void asks_udp_sockets(struct kunit *test)
{
	struct socket *server = open_socket(test, 0, SOCK_DGRAM);
	struct socket *client = open_socket(test, 1, SOCK_DGRAM);
	u16 port = bind_here(test, server), mine = bind_here(test, client);

	KUNIT_EXPECT_FALSE(test, udp_answers(HERE, mine, port));
	KUNIT_EXPECT_FALSE(test, udp_answers(HERE, port, mine));
	connect_to(test, client, port);
	KUNIT_EXPECT_TRUE(test, udp_answers(HERE, port, mine));
	KUNIT_EXPECT_FALSE(test, udp_answers(HERE, port + 1, mine));
	KUNIT_EXPECT_FALSE(test, udp_answers(HERE + 1, port, mine));
	KUNIT_EXPECT_FALSE(test, udp_answers(HERE, mine, port));
	/* it needs no place in the table */
	ask(client->sk, IPPROTO_UDP, THERE, 53, 40008);
	KUNIT_EXPECT_FALSE(test, udp_answers(THERE, 53, 40008));
}

static bool last_word(u16 far_port, u16 near_port, u8 flags, u32 data)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);
	struct kb_query query;
	struct tcphdr *tcp;
	bool ret;

	if (!skb)
		return false;
	skb_reset_transport_header(skb);
	tcp = skb_put_zero(skb, sizeof(*tcp) + data);
	tcp->doff = sizeof(*tcp) / 4;
	inbound(&query, IPPROTO_TCP, HERE, near_port, far_port);
	query.packet.flags |= flags;
	query.query.direction = KB_DIRECTION_OUT;
	query.point = KB_POINT_EGRESS;
	query.skb = skb;
	rcu_read_lock();
	ret = kb_answer_last_word(&query);
	rcu_read_unlock();
	kfree_skb(skb);
	return ret;
}

/* What we opened, was asked for; what we accepted, was not. */
static void asks_tcp_sockets(struct kunit *test)
{
	struct socket *listener = open_socket(test, 0, SOCK_STREAM);
	struct socket *client = open_socket(test, 1, SOCK_STREAM);
	u16 port = bind_here(test, listener), mine;

	KUNIT_ASSERT_EQ(test, kernel_listen(listener, 1), 0);
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, HERE, 40009, port, 0));
	connect_to(test, client, port);
	mine = ntohs(inet_sk(client->sk)->inet_sport);
	KUNIT_ASSERT_EQ(test, kernel_accept(listener, &sockets[2], 0), 0);
	KUNIT_EXPECT_TRUE(test, answers(IPPROTO_TCP, HERE, port, mine, 0));
	KUNIT_EXPECT_TRUE(test, answers(IPPROTO_TCP, HERE, port, mine, KB_PACKET_RST));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, HERE, port, mine, KB_PACKET_SYN));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, HERE, port + 1, mine, 0));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, HERE + 1, port, mine, 0));
	KUNIT_EXPECT_FALSE(test, answers(IPPROTO_TCP, HERE, mine, port, 0));
	/* who lives has an owner to ask */
	KUNIT_EXPECT_FALSE(test, last_word(port, mine, 0, 0));
}

/* The last word of a connection that is over is the kernel's: a header and nothing else. */
static void knows_the_last_word(struct kunit *test)
{
	struct socket *listener = open_socket(test, 0, SOCK_STREAM);
	struct socket *client = open_socket(test, 1, SOCK_STREAM);
	u16 port = bind_here(test, listener), mine;

	KUNIT_ASSERT_EQ(test, kernel_listen(listener, 1), 0);
	connect_to(test, client, port);
	mine = ntohs(inet_sk(client->sk)->inet_sport);
	KUNIT_ASSERT_EQ(test, kernel_accept(listener, &sockets[2], 0), 0);
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(client, SHUT_RDWR), 0);
	KB_TEST_WAIT(test, sockets[2]->sk->sk_state == TCP_CLOSE_WAIT);
	KUNIT_EXPECT_FALSE(test, last_word(port, mine, 0, 0));
	KUNIT_EXPECT_EQ(test, kernel_sock_shutdown(sockets[2], SHUT_RDWR), 0);
	KB_TEST_WAIT(test, last_word(port, mine, 0, 0));
	KUNIT_EXPECT_FALSE(test, last_word(port, mine, 0, 1));
	KUNIT_EXPECT_FALSE(test, last_word(port, mine, KB_PACKET_SYN, 0));
	KUNIT_EXPECT_FALSE(test, last_word(port + 1, mine, 0, 0));
	KUNIT_EXPECT_FALSE(test, last_word(mine, port, 0, 0));
}

static void set_loopback(bool up)
{
	struct net_device *dev = init_net.loopback_dev;

	rtnl_lock();
	dev_change_flags(dev, up ? dev->flags | IFF_UP : dev->flags & ~IFF_UP, NULL);
	rtnl_unlock();
}

static int answer_test_init(struct kunit *test)
{
	make_older(2 * KB_QUESTION_SECONDS);
	memset(groups.list, 0, sizeof(groups.list));
	set_loopback(true);
	return 0;
}

static void answer_test_exit(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sockets); i++) {
		if (sockets[i])
			sock_release(sockets[i]);
		sockets[i] = NULL;
	}
	set_loopback(false);
}

static struct kunit_case answer_cases[] = {
	KUNIT_CASE(refuses_unasked),
	KUNIT_CASE(knows_echo_replies),
	KUNIT_CASE(remembers_questions),
	KUNIT_CASE(notes_each_question_once),
	KUNIT_CASE(forgets_questions),
	KUNIT_CASE(remembers_groups),
	KUNIT_CASE(forgets_groups),
	KUNIT_CASE(asks_udp_sockets),
	KUNIT_CASE(asks_tcp_sockets),
	KUNIT_CASE(knows_the_last_word),
	{}
};

static struct kunit_suite answer_suite = {
	.name = "kidoban_answer",
	.init = answer_test_init,
	.exit = answer_test_exit,
	.test_cases = answer_cases,
};
kunit_test_suite(answer_suite);
