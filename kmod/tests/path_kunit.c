// SPDX-License-Identifier: GPL-2.0-only
/* The path gate's hooks: frames that lie, what is carried out and what is only told, counters. */
#include "../path.c"

#include "cable.h"
#include "hear.h"
#include "net_sample.h"
#include "signed.h"

#define TAGS_MAX	3

static struct net_device *cable;

/* A frame on its way out of the cable; zero is usual. */
struct frame {
	u8 tags;		/* VLAN tags before the type */
	u16 type;		/* of the packet in it; what the frame says */
	u16 claim;		/* skb->protocol; the type */
	u8 proto;		/* IPPROTO_TCP */
	u16 port;
	u32 to;
	const char *to6;	/* 16 bytes, for IPv6 */
	u8 first;		/* byte of the IP header, 0x45 or 0x60 */
	u8 flags;		/* of TCP; SYN */
	bool bare;		/* no Ethernet header */
	u32 len;		/* cut to this many bytes, 0 = whole */
	u32 linear;		/* bytes at hand, 0 = all */
};

#define SCREEN		.to = 0x0a14010a, .port = 3389
#define DNS		.to = 0x0a1e0035, .port = 53, .proto = IPPROTO_UDP
#define ELSEWHERE	.to = 0x0a630001, .port = 80

static u16 type_of(const struct frame *f)
{
	return f->type ?: (f->to6 ? ETH_P_IPV6 : ETH_P_IP);
}

/* Ethernet and VLAN headers; returns their length. */
static u32 put_ethernet(u8 *bytes, const struct frame *f)
{
	const u16 type = type_of(f);
	u32 len = 2 * ETH_ALEN, tag;

	memcpy(bytes, kb_test_mac, ETH_ALEN);
	memcpy(bytes + ETH_ALEN, kb_test_mac, ETH_ALEN);
	for (tag = 0; tag < f->tags; tag++) {
		bytes[len++] = tag ? 0x81 : 0x88;	/* 802.1ad, then 802.1Q */
		bytes[len++] = tag ? 0x00 : 0xa8;
		bytes[len++] = 0;
		bytes[len++] = 5;
	}
	bytes[len++] = type >> 8;
	bytes[len++] = type;
	return len;
}

/* The header of IP for @rest bytes; returns its length. */
static u32 put_ip(u8 *bytes, const struct frame *f, u8 proto, u32 rest)
{
	if (f->to6) {
		memset(bytes, 0, 40);
		bytes[0] = f->first ?: 0x60;
		bytes[5] = rest;
		bytes[6] = proto;
		bytes[7] = 64;
		bytes[8] = 0xfd;
		memcpy(bytes + 24, f->to6, 16);
		return 40;
	}
	memset(bytes, 0, 20);
	bytes[0] = f->first ?: 0x45;
	bytes[3] = 20 + rest;
	bytes[8] = 64;
	bytes[9] = proto;
	memcpy(bytes + 12, "\xa\0\0\1", 4);
	put_unaligned_be32(f->to, bytes + 16);
	return 20;
}

/* IP with TCP or UDP; returns its length. */
static u32 put_packet(u8 *bytes, const struct frame *f)
{
	const u8 proto = f->proto ?: IPPROTO_TCP;
	const u32 rest = proto == IPPROTO_TCP ? 20 : 8;
	const u32 head = put_ip(bytes, f, proto, rest);

	memset(bytes + head, 0, rest);
	put_unaligned_be16(50000, bytes + head);
	put_unaligned_be16(f->port, bytes + head + 2);
	if (proto == IPPROTO_TCP) {
		bytes[head + 12] = 0x50;
		bytes[head + 13] = f->flags ?: 2;
	} else {
		bytes[head + 5] = rest;
	}
	return head + rest;
}

static struct sk_buff *make_frame(struct kunit *test, const struct frame *f)
{
	u8 bytes[ETH_HLEN + TAGS_MAX * VLAN_HLEN + 60];
	u32 head = f->bare ? 0 : put_ethernet(bytes, f);
	u32 len = head + put_packet(bytes + head, f), linear;
	struct sk_buff *skb;

	len = f->len ? min(f->len, len) : len;
	linear = f->linear ? min(f->linear, len) : len;
	skb = alloc_skb(linear + 1, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, bytes, linear);
	if (linear < len) {
		struct page *page = alloc_page(GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), bytes + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, head);
	skb->protocol = htons(f->claim ?: type_of(f));
	skb->dev = cable;
	return skb;
}

/* What the last look answers. */
static unsigned int depart(struct kunit *test, struct frame f)
{
	struct sk_buff *skb = make_frame(test, &f);
	unsigned int answer;

	rcu_read_lock();
	answer = egress(kb_link_find(cable), skb, NULL);
	rcu_read_unlock();
	kfree_skb(skb);
	return answer;
}

#define FRAME(...)	((struct frame){ __VA_ARGS__ })

/* What a hook of IP answers; @in and @out as netfilter has them. */
static unsigned int pass(struct kunit *test, nf_hookfn *hook, struct frame f)
{
	struct nf_hook_state state = {
		.pf = NFPROTO_IPV4, .in = cable, .out = cable, .net = &init_net,
	};
	struct sk_buff *skb;
	unsigned int answer;

	f.bare = true;
	skb = make_frame(test, &f);
	rcu_read_lock();
	answer = hook(NULL, skb, &state);
	rcu_read_unlock();
	kfree_skb(skb);
	return answer;
}

static struct kb_path_tally tally_of(enum kb_net_rule rule)
{
	struct kb_active *active = kb_policy_get();
	struct kb_path_tally sum = {};
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct kb_path_tally *part = per_cpu_ptr(active->tally, cpu) + rule;

		sum.packets += part->packets;
		sum.bytes += part->bytes;
		sum.refusals += part->refusals;
	}
	kb_policy_put(active);
	return sum;
}

static struct kb_path_counts counts_now(void)
{
	struct kb_path_counts now;

	kb_path_count(&now);
	return now;
}

static int begin_lease(void)
{
	struct kb_active *active = kb_policy_get();
	const struct kb_lease_offer offer = {
		.generation = active->generation, .ttl = 60, .zone = 0, .schedules = 1,
	};

	kb_policy_put(active);
	return kb_lease_set(&offer);
}

/* Whatever it is wrapped in, whatever it claims to be: it does not leave. */
static void refuses_disguised(struct kunit *test)
{
	static const struct frame frames[] = {
		{ SCREEN },
		{ SCREEN, .tags = 1 },
		{ SCREEN, .tags = 2 },
		{ SCREEN, .claim = ETH_P_ARP },
		{ SCREEN, .claim = ETH_P_PAE },
		{ SCREEN, .claim = ETH_P_8021Q, .tags = 1 },
		{ SCREEN, .linear = 1 },
		{ SCREEN, .linear = ETH_HLEN - 1 },
		{ SCREEN, .linear = ETH_HLEN },
		{ SCREEN, .linear = ETH_HLEN + 19 },
		{ SCREEN, .linear = ETH_HLEN + 2, .tags = 1 },
		{ SCREEN, .flags = 0x10 },		/* in the middle of a connection */
		{ SCREEN, .type = ETH_P_IPV6 },		/* the other version's type */
		{ SCREEN, .first = 0x60 },
		{ SCREEN, .type = 0x88b5, .claim = ETH_P_IP },
		{ SCREEN, .type = ETH_P_MPLS_UC },
		{ SCREEN, .type = ETH_P_PPP_SES },
		{ SCREEN, .type = 100 },		/* a length: 802.3 */
		{ DNS, .tags = 3 },			/* deeper than anybody needs */
		{ DNS, .type = ETH_P_TEB },
		{ DNS, .first = 0x44 },
		{ DNS, .first = 0x4f },
		{ DNS, .bare = true },			/* no header where there is one */
	};
	unsigned int i;

	kb_test_load(test, SIGNED(net_a));
	for (i = 0; i < ARRAY_SIZE(frames); i++)
		KUNIT_EXPECT_EQ_MSG(test, depart(test, frames[i]), NF_DROP, "%u", i);
	for (i = 1; i < ETH_HLEN + 28; i++) {
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(DNS, .len = i)), NF_DROP, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(DNS, .len = i, .linear = 1)), NF_DROP,
				    "%u scattered", i);
	}
	for (i = 1; i < ETH_HLEN + VLAN_HLEN + 28; i++)
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(DNS, .len = i, .tags = 1)), NF_DROP,
				    "%u tagged", i);
}

static void allows_undisguised(struct kunit *test)
{
	static const struct frame frames[] = {
		{ DNS }, { DNS, .tags = 1 }, { DNS, .tags = 2 }, { DNS, .linear = 1 },
		{ DNS, .claim = 0x88b5 }, { DNS, .linear = ETH_HLEN + 1, .tags = 2 },
		{ .type = ETH_P_ARP }, { .type = ETH_P_ARP, .tags = 1 }, { .type = ETH_P_PAE },
	};
	unsigned int i;

	kb_test_load(test, SIGNED(net_a));
	for (i = 0; i < ARRAY_SIZE(frames); i++)
		KUNIT_EXPECT_EQ_MSG(test, depart(test, frames[i]), NF_ACCEPT, "%u", i);
	/* with a lease the screen, too, and nothing beside it */
	KUNIT_EXPECT_EQ(test, begin_lease(), 0);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN, .tags = 1)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to = 0x0a14010a, .port = 445)), NF_DROP);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(ELSEWHERE)), NF_DROP);
}

/* What stands for an address of a protected network is one, where all else is open. */
static void sees_through_addresses(struct kunit *test)
{
	static const char *const closed[] = {
		"\x20\1\xd\xb8\0\x20\0\0\0\0\0\0\0\0\0\1",		/* its own */
		"\x20\2\xa\x14\1\xa\0\0\0\0\0\0\0\0\0\1",		/* 6to4 */
		"\0\x64\xff\x9b\0\0\0\0\0\0\0\0\xa\x14\1\xa",		/* NAT64 */
		"\0\0\0\0\0\0\0\0\0\0\xff\xff\xa\x14\1\xa",		/* mapped */
		"\0\0\0\0\0\0\0\0\0\0\0\0\xa\x14\1\xa",		/* compatible */
	};
	static const char elsewhere[] = "\x20\1\xd\xb8\0\x99\0\0\0\0\0\0\0\0\0\1";
	unsigned int i;

	kb_test_load(test, SIGNED(net_open));
	for (i = 0; i < ARRAY_SIZE(closed); i++) {
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(.to6 = closed[i], .port = 80)),
				    NF_DROP, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(.to6 = closed[i], .port = 80,
							     .tags = 1, .linear = 1)),
				    NF_DROP, "%u", i);
	}
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to6 = elsewhere, .port = 80)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to6 = elsewhere, .port = 80, .type = ETH_P_IP)),
			NF_DROP);
	/* the screen has a path there, too */
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to6 = closed[0], .port = 3389)), NF_DROP);
	KUNIT_EXPECT_EQ(test, begin_lease(), 0);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to6 = closed[0], .port = 3389)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to6 = closed[3], .port = 3389)), NF_DROP);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to6 = closed[4], .port = 3389)), NF_DROP);
}

/* Links without frames: IP or nothing. What builds a header of its own has one. */
static void judges_headerless(struct kunit *test)
{
	static const struct header_ops reads_only = {};
	static const u16 bare[] = { ARPHRD_NONE, ARPHRD_RAWIP, ARPHRD_PPP, ARPHRD_SLIP,
				    ARPHRD_TUNNEL, ARPHRD_TUNNEL6, ARPHRD_SIT, ARPHRD_IPGRE,
				    ARPHRD_IP6GRE };
	static const u16 unknown[] = { ARPHRD_INFINIBAND, ARPHRD_IEEE1394, ARPHRD_AX25,
				       ARPHRD_VOID, ARPHRD_NETLINK, ARPHRD_6LOWPAN };
	const struct header_ops *ops = cable->header_ops;
	unsigned int i;

	kb_test_load(test, SIGNED(net_a));
	for (i = 0; i < ARRAY_SIZE(bare); i++) {
		cable->type = bare[i];
		cable->header_ops = i % 2 ? &reads_only : NULL;
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(DNS, .bare = true)), NF_ACCEPT, "%u",
				    i);
		KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN, .bare = true)), NF_DROP);
		KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS, .bare = true, .first = 0x55)), NF_DROP);
		KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS, .bare = true, .len = 27)), NF_DROP);
		/* an Ethernet frame is none here */
		KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS)), NF_DROP);
		cable->header_ops = ops;
		KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS, .bare = true)), NF_DROP);
	}
	for (i = 0; i < ARRAY_SIZE(unknown); i++) {
		cable->type = unknown[i];
		cable->header_ops = NULL;
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(DNS, .bare = true)), NF_DROP, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, depart(test, FRAME(DNS)), NF_DROP, "%u", i);
	}
	cable->type = ARPHRD_ETHER;
	cable->header_ops = ops;
}

/* A policy on trial touches nothing, counts and tells. */
static void audits_without_touching(struct kunit *test)
{
	struct kb_path_counts before, after;
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last;

	kb_test_load(test, SIGNED(net_audit));
	before = counts_now();
	last = kb_test_last_event();
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN, .tags = 3)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, pass(test, local_in, FRAME(SCREEN)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, pass(test, forward, FRAME(SCREEN)), NF_ACCEPT);
	after = counts_now();
	KUNIT_EXPECT_EQ(test, after.audited, before.audited + 4);
	KUNIT_EXPECT_EQ(test, after.refused, before.refused);
	KUNIT_EXPECT_EQ(test, after.allowed, before.allowed);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_SCREEN).refusals, 1ull);
	KB_TEST_WAIT(test, kb_test_events(test, last, KB_EVENT_PACKET, attrs) == 4);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_MODE_PATH]), (u64)KB_GATE_AUDIT);
	/* the first look says nothing that the last one would say again */
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(SCREEN)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, counts_now().audited, after.audited);
}

/* Nothing in force, or the gate off: nothing is looked at. */
static void judges_nothing_without_policy(struct kunit *test)
{
	const struct frame screen = { SCREEN };
	struct kb_path_counts before = counts_now(), after;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (i)
			kb_test_load(test, SIGNED(serial_10));	/* media only */
		KUNIT_EXPECT_EQ(test, depart(test, screen), NF_ACCEPT);
		KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN, .len = 3)), NF_ACCEPT);
		KUNIT_EXPECT_EQ(test, pass(test, local_out, screen), NF_ACCEPT);
		KUNIT_EXPECT_EQ(test, pass(test, local_in, screen), NF_ACCEPT);
		KUNIT_EXPECT_EQ(test, pass(test, forward, screen), NF_ACCEPT);
	}
	after = counts_now();
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)), 0);
}

/* What passed and what only just did not, by rule; what no rule was near counts for none. */
static void counts_by_rule(struct kunit *test)
{
	struct kb_path_counts before, after;
	u32 len = ETH_HLEN + 28;

	kb_test_load(test, SIGNED(net_a));
	before = counts_now();
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS, .tags = 1)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN)), NF_DROP);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(SCREEN, .type = 0x88b5)), NF_DROP);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.type = ETH_P_ARP)), NF_ACCEPT);
	after = counts_now();
	KUNIT_EXPECT_EQ(test, after.allowed, before.allowed + 3);
	KUNIT_EXPECT_EQ(test, after.refused, before.refused + 2);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_DNS).packets, 2ull);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_DNS).bytes, 2ull * len + VLAN_HLEN);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_DNS).refusals, 0ull);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_SCREEN).packets, 0ull);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_SCREEN).refusals, 1ull);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_COUNTER).refusals, 0ull);
	/* out of no socket, so out of no group */
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(.to = 0x0a1e0007, .port = 80)), NF_DROP);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_SLICE).refusals, 1ull);
	/* the first look does not count what the last one counts */
	after = counts_now();
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(DNS)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, counts_now().allowed, after.allowed);
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_DNS).packets, 2ull);
	/* the next policy begins at nothing */
	kb_test_load(test, SIGNED(net_b));
	KUNIT_EXPECT_EQ(test, tally_of(KB_NET_DNS).packets, 0ull);
}

/* Who sends, hears of it: from connect(), else from send(). */
static void tells_the_caller(struct kunit *test)
{
	unsigned int answer;

	kb_test_load(test, SIGNED(net_a));
	answer = pass(test, local_out, FRAME(SCREEN));
	KUNIT_EXPECT_EQ(test, answer & NF_VERDICT_MASK, (unsigned int)NF_DROP);
	KUNIT_EXPECT_EQ(test, NF_DROP_GETERR(answer), -ECONNREFUSED);
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(SCREEN, .proto = IPPROTO_UDP)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(SCREEN, .proto = IPPROTO_ICMP)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(SCREEN, .proto = IPPROTO_SCTP)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(DNS)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, begin_lease(), 0);
	KUNIT_EXPECT_EQ(test, pass(test, local_out, FRAME(SCREEN)), NF_ACCEPT);
}

/* What the first look answers a datagram of @sk whose route has a gateway. */
static unsigned int send_from(struct kunit *test, struct sock *sk, struct frame f)
{
	static struct dst_ops ops = { .family = AF_INET };
	static struct rtable route;
	const struct nf_hook_state state = { .pf = NFPROTO_IPV4, .out = cable, .net = &init_net };
	struct sk_buff *skb;
	unsigned int answer;

	f.bare = true;
	f.proto = IPPROTO_UDP;
	skb = make_frame(test, &f);
	route.dst.ops = &ops;
	route.dst.dev = cable;
	route.rt_uses_gateway = 1;
	rcu_read_lock();
	skb_dst_set_noref(skb, &route.dst);
	skb->sk = sk;
	answer = local_out(NULL, skb, &state);
	skb->sk = NULL;
	skb_dst_drop(skb);
	rcu_read_unlock();
	kfree_skb(skb);
	return answer;
}

/* What it let pass a moment ago is no reason to keep silent about what is refused now. */
static void tells_every_time(struct kunit *test)
{
	struct socket *sock;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	kb_test_load(test, SIGNED(net_a));
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, send_from(test, sock->sk, FRAME(DNS)), NF_ACCEPT);
		KUNIT_EXPECT_EQ(test, send_from(test, sock->sk, FRAME(ELSEWHERE)), NF_DROP);
		KUNIT_EXPECT_EQ(test, send_from(test, sock->sk, FRAME(SCREEN)), NF_DROP);
	}
	kb_lease_isolate(true);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, send_from(test, sock->sk, FRAME(DNS)), NF_DROP);
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(DNS)), NF_DROP);
	kb_lease_isolate(false);
	KUNIT_EXPECT_EQ(test, send_from(test, sock->sk, FRAME(DNS)), NF_ACCEPT);
	sock_release(sock);
}

/* Nothing is forwarded; nothing comes in that nobody asked for. */
static void refuses_others_packets(struct kunit *test)
{
	kb_test_load(test, SIGNED(net_open));
	KUNIT_EXPECT_EQ(test, depart(test, FRAME(ELSEWHERE)), NF_ACCEPT);
	KUNIT_EXPECT_EQ(test, pass(test, forward, FRAME(ELSEWHERE)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, forward, FRAME(DNS)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_in, FRAME(ELSEWHERE)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_in, FRAME(ELSEWHERE, .flags = 0x10)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_in, FRAME(DNS)), NF_DROP);
	KUNIT_EXPECT_EQ(test, pass(test, local_in, FRAME(DNS, .len = 21)), NF_DROP);
}

/* A kernel without the last look must not pretend. */
static void supports_what_it_has(struct kunit *test)
{
	struct kb_policy policy = { .paths.mode = KB_GATE_ENFORCE };
	const char *why = NULL;

	KUNIT_EXPECT_EQ(test, kb_path_supports(&policy, &why),
			IS_ENABLED(CONFIG_NETFILTER_EGRESS) ? 0 : -EOPNOTSUPP);
	KUNIT_EXPECT_TRUE(test, kb_link_find(cable)->hooked);
}

static void reset(void)
{
	kb_test_sleep(true);	/* no lease */
	kb_test_sleep(false);
	kb_policy_exit();
	kb_trust_exit();
}

static int path_test_init(struct kunit *test)
{
	int err;

	reset();
	err = kb_trust_init();
	if (err)
		return err;
	kb_test_trust(test, 0);
	cable = plug_cable(test);
	return 0;
}

static void path_test_exit(struct kunit *test)
{
	unplug_cable(cable);
	cable = NULL;
	reset();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case path_cases[] = {
	KUNIT_CASE(refuses_disguised),
	KUNIT_CASE(allows_undisguised),
	KUNIT_CASE(sees_through_addresses),
	KUNIT_CASE(judges_headerless),
	KUNIT_CASE(audits_without_touching),
	KUNIT_CASE(judges_nothing_without_policy),
	KUNIT_CASE(counts_by_rule),
	KUNIT_CASE(tells_the_caller),
	KUNIT_CASE(tells_every_time),
	KUNIT_CASE(refuses_others_packets),
	KUNIT_CASE(supports_what_it_has),
	{}
};

static struct kunit_suite path_suite = {
	.name = "kidoban_path",
	.init = path_test_init,
	.exit = path_test_exit,
	.test_cases = path_cases,
};
kunit_test_suite(path_suite);
