// SPDX-License-Identifier: GPL-2.0-only
/* Refusals as events: at once, counted, bounded, forgotten, and about whom. */
#include "../refusal.c"

#include <linux/net.h>

#include "cable.h"
#include "hear.h"
#include "net_sample.h"
#include "signed.h"

/* A TCP packet from 10.0.0.1:50000 to 10.20.1.10:@port. */
static void make_query(struct kb_query *query, enum kb_direction direction, u16 port)
{
	memset(query, 0, sizeof(*query));
	query->query.direction = direction;
	query->query.packet = &query->packet;
	query->packet = (struct kb_packet){
		.version = 4, .proto = IPPROTO_TCP, .flags = KB_PACKET_PORTS, .sport = 50000,
		.dport = port, .src.v4 = 0x0a000001, .dst.v4 = 0x0a14010a,
	};
}

static void note_verdict(const struct kb_query *query, enum kb_reason reason, u32 rule, bool audit)
{
	const struct kb_path_verdict verdict = { .reason = reason, .rule = rule };
	struct kb_active *active = kb_policy_get();

	rcu_read_lock();
	kb_refusal_note(active, query, &verdict, audit);
	rcu_read_unlock();
	kb_policy_put(active);
}

static void note(const struct kb_query *query)
{
	note_verdict(query, KB_REASON_PROTECTED, KB_INDEX_NONE, false);
}

static unsigned int heard(struct kunit *test, u64 after, struct nlattr **ret_attrs)
{
	return kb_test_events(test, after, KB_EVENT_PACKET, ret_attrs);
}

/* What the work would do @later from now. */
static void pass_time(unsigned long later)
{
	unsigned int i;

	spin_lock_bh(&refusals.lock);
	for (i = 0; i < KB_REFUSALS; i++) {
		refusals.table[i].reported -= later;
		refusals.table[i].seen -= later;
	}
	spin_unlock_bh(&refusals.lock);
	report(&refusals.report.work);
}

static unsigned int kinds(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < KB_REFUSALS; i++)
		n += refusals.table[i].used;
	return n;
}

static void expect_bytes(struct kunit *test, struct nlattr *attr, const char *bytes, int len)
{
	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_EXPECT_EQ(test, nla_len(attr), len);
	KUNIT_EXPECT_EQ(test, nla_memcmp(attr, bytes, len), 0);
}

static u64 u16_of(struct nlattr *attr)
{
	return attr ? nla_get_u16(attr) : U64_MAX;
}

static void first_at_once(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last = kb_test_last_event();
	struct kb_query query;

	make_query(&query, KB_DIRECTION_OUT, 3389);
	note(&query);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 1u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_MODE_PATH]), (u64)KB_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_REASON]), (u64)KB_REASON_PROTECTED);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_DIRECTION]), (u64)KB_DIRECTION_OUT);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_FAMILY]), 4ull);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_PROTO]), (u64)IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_COUNT]), 1ull);
	expect_bytes(test, attrs[KB_A_SRC], "\xa\0\0\1", 4);
	expect_bytes(test, attrs[KB_A_DST], "\xa\x14\1\xa", 4);
	KUNIT_EXPECT_EQ(test, u16_of(attrs[KB_A_SPORT]), 50000ull);
	KUNIT_EXPECT_EQ(test, u16_of(attrs[KB_A_DPORT]), 3389ull);
	/* nothing is said of what nobody knows */
	KUNIT_EXPECT_NULL(test, attrs[KB_A_UID]);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_PID]);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_COMM]);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_CGROUP]);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_RULE]);
}

static void counts_repeats(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last = kb_test_last_event();
	struct kb_query query;
	unsigned int i;

	make_query(&query, KB_DIRECTION_OUT, 3389);
	note(&query);
	flush_delayed_work(&refusals.report);
	for (i = 0; i < 5; i++) {
		query.packet.sport++;	/* another connection of the same kind */
		note(&query);
	}
	report(&refusals.report.work);
	pass_time(KB_REFUSAL_AGAIN - 5 * HZ);
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), 1u);
	pass_time(5 * HZ);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 2u);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_COUNT]), 5ull);
	/* told is told */
	pass_time(KB_REFUSAL_AGAIN);
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), 2u);
	note(&query);
	pass_time(0);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 3u);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_COUNT]), 1ull);
}

/* Each of these is a kind of its own. */
static void tells_kinds_apart(struct kunit *test)
{
	u64 last = kb_test_last_event();
	struct kb_query query;

	make_query(&query, KB_DIRECTION_OUT, 3389);
	note(&query);
	note_verdict(&query, KB_REASON_LEASE, KB_INDEX_NONE, false);
	note_verdict(&query, KB_REASON_PROTECTED, 0, false);
	note_verdict(&query, KB_REASON_PROTECTED, KB_INDEX_NONE, true);
	query.packet.dport = 3390;
	note(&query);
	query.packet.dst.v4++;
	note(&query);
	query.packet.proto = IPPROTO_UDP;
	note(&query);
	query.packet.version = 6;
	note(&query);
	query.query.direction = KB_DIRECTION_FORWARD;
	note(&query);
	query.dev = init_net.loopback_dev;
	note(&query);
	KUNIT_EXPECT_EQ(test, kinds(), 10u);
	/* ports that could not be read are none */
	query.packet.flags = 0;
	note(&query);
	query.packet.dport++;
	note(&query);
	KUNIT_EXPECT_EQ(test, kinds(), 11u);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), 11u);
}

/* Who scans us is one kind for each of our ports, and is the source. */
static void tells_inbound(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last = kb_test_last_event();
	struct kb_query query;

	make_query(&query, KB_DIRECTION_IN, 22);
	query.packet.version = 6;
	memcpy(query.packet.src.v6, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	memcpy(query.packet.dst.v6, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	note_verdict(&query, KB_REASON_INBOUND, KB_INDEX_NONE, true);
	query.packet.sport++;
	note_verdict(&query, KB_REASON_INBOUND, KB_INDEX_NONE, true);
	KUNIT_EXPECT_EQ(test, kinds(), 1u);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 1u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_MODE_PATH]), (u64)KB_GATE_AUDIT);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_DIRECTION]), (u64)KB_DIRECTION_IN);
	expect_bytes(test, attrs[KB_A_SRC], "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	expect_bytes(test, attrs[KB_A_DST], "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	KUNIT_EXPECT_EQ(test, u16_of(attrs[KB_A_SPORT]), 50000ull);
	KUNIT_EXPECT_EQ(test, u16_of(attrs[KB_A_DPORT]), 22ull);
}

struct sum {
	u64 told, nameless;
};

static void add_up(struct kunit *test, const struct nlmsghdr *nlh, void *data)
{
	struct nlattr *count = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_COUNT);
	struct sum *sum = data;

	if (nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_REASON))
		sum->told += kb_test_u32(count);
	else
		sum->nameless += kb_test_u32(count);
}

/* A scan fills the table; what finds no place is counted, and none is lost. */
static void bounds_a_scan(struct kunit *test)
{
	u64 last = kb_test_last_event();
	struct sum sum = {};
	struct kb_query query;
	unsigned int port, n;

	for (port = 1; port <= 3000; port++) {
		make_query(&query, KB_DIRECTION_OUT, port);
		note(&query);
	}
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_GT(test, kinds(), KB_REFUSALS / 2u);
	n = kb_test_each_event(test, last, KB_EVENT_PACKET, add_up, &sum);
	KUNIT_EXPECT_EQ(test, n, kinds() + 1);
	KUNIT_EXPECT_EQ(test, sum.told, (u64)kinds());
	KUNIT_EXPECT_EQ(test, sum.told + sum.nameless, 3000ull);
	/* told once */
	pass_time(KB_REFUSAL_AGAIN);
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), n);
}

/* What was not seen for a while makes room; then nobody is woken any more. */
static void forgets(struct kunit *test)
{
	u64 last = kb_test_last_event();
	struct kb_query query;

	make_query(&query, KB_DIRECTION_OUT, 3389);
	note(&query);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&refusals.report));
	pass_time(KB_REFUSAL_FORGET - 5 * HZ);
	KUNIT_EXPECT_EQ(test, kinds(), 1u);
	cancel_delayed_work_sync(&refusals.report);
	pass_time(5 * HZ);
	KUNIT_EXPECT_EQ(test, kinds(), 0u);
	pass_time(0);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&refusals.report));
	/* and the same is news again */
	note(&query);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), 2u);
}

/* The rule that came nearest, as long as its policy is in force. */
static void names_the_rule(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last = kb_test_last_event();
	struct kb_query query;

	kb_test_load(test, SIGNED(net_a));
	make_query(&query, KB_DIRECTION_OUT, 3389);
	note_verdict(&query, KB_REASON_LEASE, KB_NET_SCREEN, false);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 1u);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_RULE]), (u64)KB_NET_SCREEN);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_LINE]), 20ull + KB_NET_SCREEN);
	KUNIT_ASSERT_NOT_NULL(test, attrs[KB_A_NAME]);
	KUNIT_EXPECT_EQ(test, nla_strcmp(attrs[KB_A_NAME], "screen"), 0);
	note_verdict(&query, KB_REASON_LEASE, KB_NET_SCREEN, false);
	kb_test_load(test, SIGNED(net_b));
	pass_time(KB_REFUSAL_AGAIN);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 2u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_REASON]), (u64)KB_REASON_LEASE);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_RULE]);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_NAME]);
	/* the same by the next policy is another kind, with a rule again */
	note_verdict(&query, KB_REASON_LEASE, KB_NET_SCREEN, false);
	flush_delayed_work(&refusals.report);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 3u);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_RULE]), (u64)KB_NET_SCREEN);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_COUNT]), 1ull);
}

static void names_the_sender(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last = kb_test_last_event();
	struct kb_query query;
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_INET, SOCK_DGRAM, 0, &sock), 0);
	make_query(&query, KB_DIRECTION_OUT, 3389);
	query.sk = sock->sk;
	query.dev = init_net.loopback_dev;
	note(&query);
	flush_delayed_work(&refusals.report);
	sock_release(sock);
	KUNIT_EXPECT_EQ(test, heard(test, last, attrs), 1u);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_UID]), 0ull);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_IFINDEX]), 1ull);
	KUNIT_ASSERT_NOT_NULL(test, attrs[KB_A_LINK]);
	KUNIT_EXPECT_EQ(test, nla_strcmp(attrs[KB_A_LINK], "lo"), 0);
	KUNIT_ASSERT_NOT_NULL(test, attrs[KB_A_CGROUP]);
	KUNIT_EXPECT_EQ(test, nla_strcmp(attrs[KB_A_CGROUP], "/"), 0);
	/* this thread is nobody's process */
	KUNIT_EXPECT_NULL(test, attrs[KB_A_PID]);
}

/* An event that finds no memory is lost and counted as lost; the count goes on. */
static void survives_no_memory(struct kunit *test)
{
	u64 last = kb_test_last_event();
	struct kb_query query;

	make_query(&query, KB_DIRECTION_OUT, 3389);
	current->fail_nth = 1;
	note(&query);		/* allocates nothing */
	KUNIT_EXPECT_EQ(test, current->fail_nth, 1);
	cancel_delayed_work_sync(&refusals.report);
	report(&refusals.report.work);
	current->fail_nth = 0;
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), 0u);
	KUNIT_EXPECT_EQ(test, kb_test_last_event(), last + 1);
	note(&query);
	pass_time(KB_REFUSAL_AGAIN);
	KUNIT_EXPECT_EQ(test, heard(test, last, NULL), 1u);
}

static void reset(void)
{
	cancel_delayed_work_sync(&refusals.report);
	memset(refusals.table, 0, sizeof(refusals.table));
	refusals.overflow = 0;
	kb_policy_exit();
	kb_trust_exit();
}

static int refusal_test_init(struct kunit *test)
{
	int err;

	reset();
	err = kb_trust_init();
	if (!err)
		kb_test_trust(test, 0);
	return err;
}

static void refusal_test_exit(struct kunit *test)
{
	reset();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case refusal_cases[] = {
	KUNIT_CASE(first_at_once),
	KUNIT_CASE(counts_repeats),
	KUNIT_CASE(tells_kinds_apart),
	KUNIT_CASE(tells_inbound),
	KUNIT_CASE(bounds_a_scan),
	KUNIT_CASE(forgets),
	KUNIT_CASE(names_the_rule),
	KUNIT_CASE(names_the_sender),
	KUNIT_CASE(survives_no_memory),
	{}
};

static struct kunit_suite refusal_suite = {
	.name = "kidoban_refusal",
	.init = refusal_test_init,
	.exit = refusal_test_exit,
	.test_cases = refusal_cases,
};
kunit_test_suite(refusal_suite);
