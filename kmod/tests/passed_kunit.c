// SPDX-License-Identifier: GPL-2.0-only
/* The first look's memory: it says yes to nothing that it did not see pass just now. */
#include "../passed.c"

#include <kunit/test.h>

static struct sock socks[2];
static struct net_device devices[2];
static const struct kb_context contexts[2];

/* UDP to 2001:db8::@last. */
static void datagram(struct kb_query *query, u8 last)
{
	memset(query, 0, sizeof(*query));
	query->query.context = &contexts[0];
	query->generation = 7;
	query->dev = &devices[0];
	query->sk = &socks[0];
	query->packet = (struct kb_packet){
		.version = 6, .proto = IPPROTO_UDP, .flags = KB_PACKET_PORTS, .sport = 40000,
		.dport = 3389, .dst.v6 = { 0x20, 1, 0xd, 0xb8, [15] = last },
	};
}

/* Nothing is left of the tests before. */
static int forget(struct kunit *test)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu(passed_last, cpu), 0, sizeof(passed_last));
	return 0;
}

static void make_older(void)
{
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu)
		for (i = 0; i < KB_PASSED; i++)
			per_cpu(passed_last, cpu)[i].second--;
}

/* Does @asked pass after @noted and then @other? All in one second, which a test cannot hold still. */
static bool passes_after(const struct kb_query *noted, const struct kb_query *other,
			 const struct kb_query *asked)
{
	u64 second;
	bool ret;

	do {
		second = get_jiffies_64() / HZ;
		kb_passed_note(noted);
		kb_passed_note(other);
		ret = kb_passed_already(asked);
	} while (second != get_jiffies_64() / HZ);
	return ret;
}

static bool passes(const struct kb_query *noted, const struct kb_query *asked)
{
	return passes_after(noted, noted, asked);
}

static void knows_what_passed(struct kunit *test)
{
	struct kb_query query;

	datagram(&query, 1);
	KUNIT_EXPECT_FALSE(test, kb_passed_already(&query));
	KUNIT_EXPECT_TRUE(test, passes(&query, &query));
	make_older();
	KUNIT_EXPECT_FALSE(test, kb_passed_already(&query));
}

/* Two in turn, as long as they share a set and no third does. */
static void knows_two_streams(struct kunit *test)
{
	struct kb_query one, other;
	unsigned int last;

	datagram(&one, 0);
	for (last = 1; last < 256; last++) {
		datagram(&other, last);
		KUNIT_EXPECT_TRUE_MSG(test, passes_after(&one, &other, &one), "%u", last);
		KUNIT_EXPECT_TRUE_MSG(test, passes_after(&one, &other, &other), "%u", last);
	}
}

static void refuses_what_differs(struct kunit *test)
{
	struct kb_query noted, other;

	datagram(&noted, 1);
#define DIFFERS(change)                                          \
	do {                                                     \
		other = noted;                                   \
		change;                                          \
		KUNIT_EXPECT_FALSE_MSG(test, passes(&noted, &other), #change); \
	} while (0)
	DIFFERS(other.sk = &socks[1]);
	DIFFERS(other.sk = NULL);
	DIFFERS(other.dev = &devices[1]);
	DIFFERS(other.query.context = &contexts[1]);
	DIFFERS(other.generation++);
	DIFFERS(other.link.rule++);
	DIFFERS(other.link.profile++);
	DIFFERS(other.link.allowed = true);
	DIFFERS(other.link.wireless = true);
	DIFFERS(other.packet.version = 4);
	DIFFERS(other.packet.sport++);
	DIFFERS(other.packet.dport++);
	DIFFERS(other.packet.dst.v6[0]++);
	DIFFERS(other.packet.dst.v6[15]++);
	DIFFERS(other.packet.src.v6[0]++);
	DIFFERS(other.packet.src.v6[15]++);
	DIFFERS(other.packet.proto = IPPROTO_TCP);
	DIFFERS(other.packet.defect = KB_REASON_MALFORMED);
	DIFFERS(other.packet.flags = 0);
	DIFFERS(other.packet.flags |= KB_PACKET_FRAGMENT);
	DIFFERS(other.packet.flags |= KB_PACKET_ENCAPSULATED);
#undef DIFFERS
}

/* What is not asked for is not noted: neither nobody's packets nor what has another like it. */
static void notes_datagrams_only(struct kunit *test)
{
	struct kb_query query;

	datagram(&query, 1);
	query.sk = NULL;
	KUNIT_EXPECT_FALSE(test, passes(&query, &query));
	datagram(&query, 1);
	query.packet.proto = IPPROTO_TCP;
	KUNIT_EXPECT_FALSE(test, passes(&query, &query));
	datagram(&query, 1);
	query.packet.flags |= KB_PACKET_FRAGMENT;
	KUNIT_EXPECT_FALSE(test, passes(&query, &query));
	datagram(&query, 1);
	query.packet.flags |= KB_PACKET_ENCAPSULATED;
	KUNIT_EXPECT_FALSE(test, passes(&query, &query));
}

static struct kunit_case passed_cases[] = {
	KUNIT_CASE(knows_what_passed),
	KUNIT_CASE(knows_two_streams),
	KUNIT_CASE(refuses_what_differs),
	KUNIT_CASE(notes_datagrams_only),
	{}
};

static struct kunit_suite passed_suite = {
	.name = "kidoban_passed",
	.init = forget,
	.test_cases = passed_cases,
};
kunit_test_suite(passed_suite);
