// SPDX-License-Identifier: GPL-2.0-only
/* Questions to the decision core: what is asked of sockets, groups and bytes, and what nobody knows. */
#include "../query.c"

#include <linux/net.h>

#include "cable.h"

/* /kidoban.slice/screen.slice/client.scope, as far as names are asked. */
#define DEPTH	4

struct group {
	struct cgroup *cgroups[DEPTH];	/* [0] is the root */
	struct kernfs_node nodes[DEPTH];
};

static struct group *make_group(struct kunit *test)
{
	static const char *const names[DEPTH] = { "", "kidoban.slice", "screen.slice", "client.scope" };
	struct group *group = kunit_kzalloc(test, sizeof(*group), GFP_KERNEL);
	int level, i;

	KUNIT_ASSERT_NOT_NULL(test, group);
	for (level = 0; level < DEPTH; level++) {
		struct cgroup *cgroup;

		cgroup = kunit_kzalloc(test, struct_size(cgroup, ancestors, DEPTH), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, cgroup);
		group->nodes[level].name = names[level];
		cgroup->kn = &group->nodes[level];
		cgroup->level = level;
		group->cgroups[level] = cgroup;
		for (i = 0; i <= level; i++)
			cgroup->ancestors[i] = group->cgroups[i];
	}
	return group;
}

static void refuses_other_groups(struct kunit *test)
{
	static const char *const not_below[] = {
		"screen.slice", "client.scope", "kidoban.slic", "kidoban.slice2", "kidoban",
		"kidoban.slice/screen", "kidoban.slice/screen.slice2", "kidoban.slice/client.scope",
		"kidoban.slice/screen.slice/client.scope/more", "kidoban.slicescreen.slice", "", "/",
		"/kidoban.slice",
	};
	struct group *group = make_group(test);
	unsigned int i;
	int level;

	for (i = 0; i < ARRAY_SIZE(not_below); i++)
		KUNIT_EXPECT_FALSE_MSG(test, cgroup_below(group->cgroups[3], not_below[i]), "\"%s\"",
				       not_below[i]);
	/* the root lies in nothing; nor does a parent in its child */
	for (level = 0; level < 2; level++)
		KUNIT_EXPECT_FALSE(test, cgroup_below(group->cgroups[level],
						      "kidoban.slice/screen.slice"));
	KUNIT_EXPECT_FALSE(test, cgroup_below(group->cgroups[0], "kidoban.slice"));
}

static void knows_groups_below(struct kunit *test)
{
	struct group *group = make_group(test);
	int level;

	for (level = 1; level < DEPTH; level++)
		KUNIT_EXPECT_TRUE(test, cgroup_below(group->cgroups[level], "kidoban.slice"));
	for (level = 2; level < DEPTH; level++)
		KUNIT_EXPECT_TRUE(test, cgroup_below(group->cgroups[level],
						     "kidoban.slice/screen.slice"));
	KUNIT_EXPECT_TRUE(test, cgroup_below(group->cgroups[3],
					     "kidoban.slice/screen.slice/client.scope"));
}

static void start_query(struct kb_query *query, enum kb_point point, struct sk_buff *skb,
			const struct net_device *dev)
{
	rcu_read_lock();
	kb_query_init(query, point, skb, dev, kb_link_find(dev), 0);
	rcu_read_unlock();
	memset(&query->packet, 0, sizeof(query->packet));
}

/* Without a socket nobody owns it; where it cannot be known, it is asked later. */
static void refuses_ownerless(struct kunit *test)
{
	static const struct {
		enum kb_point point;
		enum kb_fact fact;
	} points[] = {
		{ KB_POINT_EARLY, KB_FACT_NO },	    { KB_POINT_EGRESS, KB_FACT_NO },
		{ KB_POINT_FORWARD, KB_FACT_NO },   { KB_POINT_INBOUND, KB_FACT_LATER },
		{ KB_POINT_FLOW, KB_FACT_LATER },
	};
	struct kb_query query;
	unsigned int i;
	u32 uid = 7, gid = 7;
	u8 mac[ETH_ALEN];

	for (i = 0; i < ARRAY_SIZE(points); i++) {
		start_query(&query, points[i].point, NULL, init_net.loopback_dev);
		KUNIT_EXPECT_EQ_MSG(test, asks.owner(&query.query, &uid, &gid), points[i].fact,
				    "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, asks.cgroup(&query.query, "kidoban.slice"),
				    points[i].fact, "%u", i);
		KUNIT_EXPECT_EQ(test, asks.kernel(&query.query), KB_FACT_NO);
		KUNIT_EXPECT_EQ(test, asks.broadcast(&query.query), KB_FACT_NO);
		KUNIT_EXPECT_EQ_MSG(test, asks.next_hop(&query.query, mac),
				    points[i].point == KB_POINT_EGRESS ? KB_FACT_NO :
									 KB_FACT_LATER,
				    "%u", i);
	}
	KUNIT_EXPECT_EQ(test, uid, 7u);
	KUNIT_EXPECT_EQ(test, gid, 7u);
}

/* Whose socket: of a program, or the kernel's own, which owns nothing. */
static void asks_the_socket(struct kunit *test)
{
	struct kb_query query;
	struct socket *ours, *kernels;
	u32 uid = 7, gid = 7;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_RAW, IPPROTO_ICMP, &kernels),
			0);
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &ours), 0);
	ours->sk->sk_uid = KUIDT_INIT(1000);
	start_query(&query, KB_POINT_EARLY, NULL, init_net.loopback_dev);
	query.sk = kernels->sk;
	KUNIT_EXPECT_EQ(test, asks.kernel(&query.query), KB_FACT_YES);
	KUNIT_EXPECT_EQ(test, asks.owner(&query.query, &uid, &gid), KB_FACT_NO);
	KUNIT_EXPECT_EQ(test, asks.cgroup(&query.query, "kidoban.slice"), KB_FACT_NO);
	query.sk = ours->sk;
	KUNIT_EXPECT_EQ(test, asks.kernel(&query.query), KB_FACT_NO);
	KUNIT_EXPECT_EQ(test, asks.owner(&query.query, &uid, &gid), KB_FACT_YES);
	KUNIT_EXPECT_EQ(test, uid, 1000u);
	KUNIT_EXPECT_EQ(test, gid, (u32)-1);	/* no file: nobody's */
	/* it lies in the root */
	KUNIT_EXPECT_EQ(test, asks.cgroup(&query.query, "kidoban.slice"), KB_FACT_NO);
	/* a raw socket of a program is none of the kernel's */
	kernels->sk->sk_kern_sock = 0;
	query.sk = kernels->sk;
	KUNIT_EXPECT_EQ(test, asks.kernel(&query.query), KB_FACT_NO);
	kernels->sk->sk_kern_sock = 1;
	sock_release(kernels);
	sock_release(ours);
}

/* UDP from 10.0.0.1:1024 to 10.20.1.10:3389. */
static const u8 packet4[] = {
	0x45, 0, 0, 32, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 20, 1, 10,
	4, 0, 13, 61, 0, 12, 0, 0, 1, 2, 3, 4,
};

static void expect_packet4(struct kunit *test, const struct kb_packet *packet)
{
	KUNIT_EXPECT_EQ(test, packet->defect, 0);
	KUNIT_EXPECT_EQ(test, packet->version, 4);
	KUNIT_EXPECT_EQ(test, packet->proto, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, packet->dst.v4, 0x0a14010au);
	KUNIT_EXPECT_EQ(test, packet->sport, 1024);
	KUNIT_EXPECT_EQ(test, packet->dport, 3389);
}

/* @linear bytes at hand, the others in pages of their own. */
static struct sk_buff *scatter(struct kunit *test, const u8 *data, u32 len, u32 linear)
{
	struct sk_buff *skb = alloc_skb(linear + 1, GFP_KERNEL);
	u32 at, n, frag = 0;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, data, linear);
	for (at = linear; at < len; at += n) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		KUNIT_ASSERT_NOT_NULL(test, page);
		n = min_t(u32, len - at, 3);
		memcpy(page_address(page), data + at, n);
		skb_add_rx_frag(skb, frag++, page, 0, n, PAGE_SIZE);
	}
	return skb;
}

/* Wherever the bytes lie, the packet is the same. */
static void reads_scattered(struct kunit *test)
{
	u8 frame[ETH_HLEN + sizeof(packet4)] = {};
	u32 linear, header;

	memcpy(frame + ETH_HLEN, packet4, sizeof(packet4));
	for (header = 0; header <= ETH_HLEN; header += ETH_HLEN) {
		const u8 *data = frame + ETH_HLEN - header;
		const u32 len = header + sizeof(packet4);

		for (linear = 0; linear <= len; linear++) {
			struct kb_query query;
			struct sk_buff *skb;

			/* no more pages than a buffer takes */
			if (len - linear > 3 * MAX_SKB_FRAGS)
				continue;
			skb = scatter(test, data, len, linear);
			start_query(&query, KB_POINT_EARLY, skb, init_net.loopback_dev);
			kb_query_read(&query, header, 4);
			expect_packet4(test, &query.packet);
			kfree_skb(skb);
		}
	}
}

/* What ends before it should has a defect, wherever it lies. */
static void refuses_truncated(struct kunit *test)
{
	u32 len, linear;

	for (len = 0; len < sizeof(packet4); len++) {
		for (linear = 0; linear <= len; linear += max(len, 1u)) {
			struct kb_query query;
			struct sk_buff *skb = scatter(test, packet4, len, linear);

			start_query(&query, KB_POINT_EARLY, skb, init_net.loopback_dev);
			kb_query_read(&query, 0, 4);
			KUNIT_EXPECT_EQ_MSG(test, query.packet.defect, KB_REASON_MALFORMED,
					    "%u of %u", linear, len);
			/* an offset behind the end is no packet either */
			kb_query_read(&query, len + 1, 4);
			KUNIT_EXPECT_EQ(test, query.packet.defect, KB_REASON_MALFORMED);
			kfree_skb(skb);
		}
	}
}

static void marks_encapsulated(struct kunit *test)
{
	struct sk_buff *skb = scatter(test, packet4, sizeof(packet4), sizeof(packet4));
	struct kb_query query;

	start_query(&query, KB_POINT_EARLY, skb, init_net.loopback_dev);
	kb_query_read(&query, 0, 4);
	KUNIT_EXPECT_FALSE(test, query.packet.flags & KB_PACKET_ENCAPSULATED);
	skb->encapsulation = 1;
	kb_query_read(&query, 0, 4);
	KUNIT_EXPECT_TRUE(test, query.packet.flags & KB_PACKET_ENCAPSULATED);
	kfree_skb(skb);
}

/* The frame says whether everybody hears it, and who hears it next. */
static void reads_the_frame(struct kunit *test)
{
	static const u8 everybody[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);
	struct kb_query query;
	u8 mac[ETH_ALEN] = {};

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, kb_test_mac, ETH_ALEN);
	skb_put_zero(skb, 20);
	start_query(&query, KB_POINT_EGRESS, skb, init_net.loopback_dev);
	query.packet.version = 4;
	KUNIT_EXPECT_EQ(test, asks.next_hop(&query.query, mac), KB_FACT_NO);
	KUNIT_EXPECT_TRUE(test, is_zero_ether_addr(mac));
	query.ethernet = true;
	KUNIT_EXPECT_EQ(test, asks.next_hop(&query.query, mac), KB_FACT_YES);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(mac, kb_test_mac));
	KUNIT_EXPECT_EQ(test, asks.broadcast(&query.query), KB_FACT_NO);
	memcpy(skb->data, everybody, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, asks.broadcast(&query.query), KB_FACT_YES);
	start_query(&query, KB_POINT_INBOUND, skb, init_net.loopback_dev);
	skb->pkt_type = PACKET_HOST;
	KUNIT_EXPECT_EQ(test, asks.broadcast(&query.query), KB_FACT_NO);
	skb->pkt_type = PACKET_BROADCAST;
	KUNIT_EXPECT_EQ(test, asks.broadcast(&query.query), KB_FACT_YES);
	skb->pkt_type = PACKET_MULTICAST;
	KUNIT_EXPECT_EQ(test, asks.broadcast(&query.query), KB_FACT_YES);
	kfree_skb(skb);
}

/* A device without addresses has no segment but the link-local one. */
static void knows_the_segment(struct kunit *test)
{
	struct net_device *dev = plug_cable(test);
	struct kb_query query;

	start_query(&query, KB_POINT_EARLY, NULL, dev);
	query.packet.version = 4;
	query.packet.dst.v4 = 0x0a000005;
	query.packet.src.v4 = 0x0a000001;
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, asks.on_link(&query.query), KB_FACT_NO);
	query.packet.version = 6;
	memset(&query.packet.dst, 0, sizeof(query.packet.dst));
	query.packet.dst.v6[0] = 0xfd;
	KUNIT_EXPECT_EQ(test, asks.on_link(&query.query), KB_FACT_NO);
	query.packet.dst.v6[0] = 0xfe;
	query.packet.dst.v6[1] = 0x80;
	KUNIT_EXPECT_EQ(test, asks.on_link(&query.query), KB_FACT_YES);
	rcu_read_unlock();
	unplug_cable(dev);
}

/* Sockets that are not connected and tuples of other families are no questions. */
static void refuses_no_connections(struct kunit *test)
{
	struct nf_conntrack_tuple tuple = {};
	struct kb_query query;
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_STREAM, 0, &sock), 0);
	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, kb_query_of_sock(&query, sock->sk, 0));
	tuple.src.l3num = AF_UNIX;
	KUNIT_EXPECT_FALSE(test, kb_query_of_tuple(&query, &tuple, init_net.loopback_dev, 0));
	tuple.src.l3num = AF_INET;
	tuple.src.u3.ip = htonl(0x0a000001);
	tuple.dst.u3.ip = htonl(0x0a14010a);
	tuple.src.u.all = htons(50000);
	tuple.dst.u.all = htons(3389);
	tuple.dst.protonum = IPPROTO_TCP;
	KUNIT_EXPECT_TRUE(test, kb_query_of_tuple(&query, &tuple, init_net.loopback_dev, 0));
	KUNIT_EXPECT_EQ(test, query.packet.version, 4);
	KUNIT_EXPECT_EQ(test, query.packet.src.v4, 0x0a000001u);
	KUNIT_EXPECT_EQ(test, query.packet.dst.v4, 0x0a14010au);
	KUNIT_EXPECT_EQ(test, query.packet.sport, 50000);
	KUNIT_EXPECT_EQ(test, query.packet.dport, 3389);
	KUNIT_EXPECT_EQ(test, query.query.direction, KB_DIRECTION_OUT);
	rcu_read_unlock();
	sock_release(sock);
}

/* A link that nobody noted is refused; one that is noted is as it is. */
static void closes_unknown_links(struct kunit *test)
{
	struct kb_query query;

	rcu_read_lock();
	kb_query_init(&query, KB_POINT_EARLY, NULL, init_net.loopback_dev, NULL, 0);
	rcu_read_unlock();
	KUNIT_EXPECT_FALSE(test, query.link.allowed);
	KUNIT_EXPECT_FALSE(test, query.link.loopback);
	KUNIT_EXPECT_EQ(test, query.link.profile, (u16)KB_INDEX_NONE);
	start_query(&query, KB_POINT_EARLY, NULL, init_net.loopback_dev);
	KUNIT_EXPECT_TRUE(test, query.link.allowed);
	KUNIT_EXPECT_TRUE(test, query.link.loopback);
}

/* Who asks a group is asked for it when somebody answers. */
static void asks_for_groups(struct kunit *test)
{
	const union kb_ip group = { .v6 = { 0xff, 0x02, [15] = 0xfb } };
	const union kb_ip near = { .v6 = { 0xfe, 0x80, [15] = 1 } };
	const union kb_ip far = { .v6 = { 0xfe, 0x80, [15] = 2 } };
	struct kb_query query = { .point = KB_POINT_EGRESS, .dev = init_net.loopback_dev };
	union kb_ip asked = {};
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET6, SOCK_DGRAM, 0, &sock), 0);
	query.sk = sock->sk;
	query.packet = (struct kb_packet){ .version = 6, .proto = IPPROTO_UDP,
					   .flags = KB_PACKET_PORTS, .src = near, .dst = group,
					   .sport = 45000, .dport = 5869 };
	kb_answer_expect(&query);
	query.point = KB_POINT_INBOUND;
	query.packet.src = far;
	query.packet.dst = near;
	query.packet.sport = 5869;
	query.packet.dport = 45000;
	KUNIT_EXPECT_EQ(test, asks.asked_group(&query.query, &asked), KB_FACT_YES);
	KUNIT_EXPECT_EQ(test, memcmp(&asked, &group, sizeof(group)), 0);
	KUNIT_EXPECT_EQ(test, asks.on_link(&query.query), KB_FACT_YES);
	query.packet.dport = 45001;
	KUNIT_EXPECT_EQ(test, asks.asked_group(&query.query, &asked), KB_FACT_NO);
	sock_release(sock);
}

static struct kunit_case query_cases[] = {
	KUNIT_CASE(refuses_other_groups),
	KUNIT_CASE(knows_groups_below),
	KUNIT_CASE(refuses_ownerless),
	KUNIT_CASE(asks_the_socket),
	KUNIT_CASE(reads_scattered),
	KUNIT_CASE(refuses_truncated),
	KUNIT_CASE(marks_encapsulated),
	KUNIT_CASE(reads_the_frame),
	KUNIT_CASE(knows_the_segment),
	KUNIT_CASE(asks_for_groups),
	KUNIT_CASE(refuses_no_connections),
	KUNIT_CASE(closes_unknown_links),
	{}
};

static struct kunit_suite query_suite = {
	.name = "kidoban_query",
	.test_cases = query_cases,
};
kunit_test_suite(query_suite);
