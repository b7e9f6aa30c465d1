// SPDX-License-Identifier: GPL-2.0-only
/* The event log: no number without an event or a count of its loss. */
#include "../event.c"

#include <kunit/test.h>

/* What a dump showed. */
struct tally {
	u64 first, last;
	unsigned int n, gaps;
};

static void emit(unsigned int n)
{
	while (n--)
		kb_event_trust(KB_RING_AUTHOR);
}

static u64 lost(void)
{
	u64 seq, lost;
	size_t memory;

	kb_event_status(&seq, &lost, &memory);
	return lost;
}

/* Adds up the messages of one part of a dump. */
static void take(struct kunit *test, const struct sk_buff *skb, struct tally *tally)
{
	const struct nlmsghdr *nlh = (const void *)skb->data;
	const struct nlattr *attr;
	int left = skb->len;

	for (; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
		u64 seq;

		attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_SEQ);
		KUNIT_ASSERT_NOT_NULL(test, attr);
		seq = nla_get_u64(attr);
		if (!tally->n++)
			tally->first = seq;
		else if (seq != tally->last + 1)
			tally->gaps++;
		tally->last = seq;
	}
}

/* Dumps from @seq on through messages of @size bytes; returns how many it took. */
static unsigned int dump(struct kunit *test, u64 seq, unsigned int size, struct tally *tally)
{
	unsigned int parts = 0;
	int err;

	*tally = (struct tally){};
	do {
		struct sk_buff *skb = nlmsg_new(size, GFP_KERNEL);
		u64 before = seq;

		KUNIT_ASSERT_NOT_NULL(test, skb);
		err = kb_event_dump(skb, 1, 1, &seq);
		take(test, skb, tally);
		kfree_skb(skb);
		parts++;
		if (err)
			KUNIT_ASSERT_GT_MSG(test, seq, before, "a part without progress");
	} while (err == -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, err, 0);
	return parts;
}

static void numbers_from_one(struct kunit *test)
{
	struct tally tally;

	dump(test, 1, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 0);
	emit(3);
	dump(test, 1, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 3);
	KUNIT_EXPECT_EQ(test, tally.first, 1);
	KUNIT_EXPECT_EQ(test, tally.gaps, 0);
	dump(test, 3, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 1);
	KUNIT_EXPECT_EQ(test, tally.first, 3);
	KUNIT_EXPECT_EQ(test, lost(), 0);
}

static void asks_for_the_future(struct kunit *test)
{
	struct tally tally;

	emit(KB_EVENTS_MAX + 3);
	dump(test, KB_EVENTS_MAX + 4, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 0);
	dump(test, U64_MAX - KB_EVENTS_MAX, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 0);
	dump(test, U64_MAX, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 0);
}

static void counts_overwritten(struct kunit *test)
{
	struct tally tally;

	emit(KB_EVENTS_MAX);
	KUNIT_EXPECT_EQ(test, lost(), 0);
	emit(10);
	KUNIT_EXPECT_EQ(test, lost(), 10);
	KUNIT_EXPECT_GT(test, dump(test, 1, 4096, &tally), 1);
	KUNIT_EXPECT_EQ(test, tally.n, KB_EVENTS_MAX);
	KUNIT_EXPECT_EQ(test, tally.first, 11);
	KUNIT_EXPECT_EQ(test, tally.last, KB_EVENTS_MAX + 10);
	KUNIT_EXPECT_EQ(test, tally.gaps, 0);
	/* what was dumped may go */
	emit(KB_EVENTS_MAX);
	KUNIT_EXPECT_EQ(test, lost(), 10);
	emit(1);
	KUNIT_EXPECT_EQ(test, lost(), 11);
}

/* An event that fits no message is lost itself, and so is the one whose place it takes. */
static void counts_unkept(struct kunit *test)
{
	struct tally tally;

	kb_event_end(kb_event_begin(KB_EVENT_TRUST), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, events.seq, 1);
	KUNIT_EXPECT_EQ(test, lost(), 1);
	emit(KB_EVENTS_MAX);
	KUNIT_EXPECT_EQ(test, lost(), 1);
	kb_event_end(kb_event_begin(KB_EVENT_TRUST), -EMSGSIZE);
	dump(test, 1, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, KB_EVENTS_MAX - 1);
	KUNIT_EXPECT_EQ(test, lost() + tally.n, events.seq);
}

static size_t memory_held(void)
{
	size_t sum = 0;
	unsigned int i;

	for (i = 0; i < KB_EVENTS_MAX; i++)
		if (events.ring[i])
			sum += struct_size(events.ring[i], attrs, events.ring[i]->len);
	return sum;
}

static void accounts_for_memory(struct kunit *test)
{
	char text[160];
	unsigned int i;

	for (i = 0; i < KB_EVENTS_MAX + 500; i++) {
		memset(text, 'k', sizeof(text));
		text[i % sizeof(text)] = 0;
		kb_event_policy_refused(-ESTALE, text);
	}
	KUNIT_EXPECT_EQ(test, events.memory, memory_held());
}

/* A reader whose messages have room for a few events gets all of them all the same. */
static void dumps_in_parts(struct kunit *test)
{
	struct tally tally;

	emit(20);
	KUNIT_EXPECT_GT(test, dump(test, 1, 64, &tally), 5);
	KUNIT_EXPECT_EQ(test, tally.n, 20);
	KUNIT_EXPECT_EQ(test, tally.gaps, 0);
}

static void says_why_a_policy_was_refused(struct kunit *test)
{
	struct sk_buff *skb = nlmsg_new(4096, GFP_KERNEL);
	const struct nlmsghdr *nlh;
	const struct nlattr *attr;
	u64 seq = 1;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	kb_event_policy_refused(-EKEYREJECTED, "author signature does not match");
	KUNIT_EXPECT_EQ(test, kb_event_dump(skb, 1, 1, &seq), 0);
	nlh = (const void *)skb->data;
	KUNIT_ASSERT_TRUE(test, nlmsg_ok(nlh, skb->len));
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_EVENT);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u8(attr) : -1, KB_EVENT_POLICY_REFUSED);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_ERRNO);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u32(attr) : 0, EKEYREJECTED);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_TEXT);
	KUNIT_EXPECT_EQ(test, attr ? nla_strcmp(attr, "author signature does not match") : 1, 0);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_BOOTTIME);
	KUNIT_EXPECT_NOT_NULL(test, attr);
	kfree_skb(skb);
}

/* Whichever allocation fails, the number is used up and the loss is counted. */
static void survives_no_memory(struct kunit *test)
{
	unsigned int nth, failed = 0, left = 0;
	struct tally tally;

	for (nth = 1; !left && nth < 100; nth++) {
		current->fail_nth = nth;
		emit(1);
		left = current->fail_nth;
		current->fail_nth = 0;
		failed += !left;
		KUNIT_EXPECT_EQ(test, events.seq, nth);
	}
	KUNIT_EXPECT_GT(test, failed, 1);
	dump(test, 1, 4096, &tally);
	KUNIT_EXPECT_GT(test, lost(), 0);
	KUNIT_EXPECT_EQ(test, lost() + tally.n, events.seq);
}

/* What is held back is numbered, kept and dumped all the same, and never much of it. */
static void holds_back(struct kunit *test)
{
	struct tally tally;

	kb_event_hold();
	emit(3);
	KUNIT_EXPECT_EQ(test, events.n_held, 3);
	dump(test, 1, 4096, &tally);
	KUNIT_EXPECT_EQ(test, tally.n, 3);
	KUNIT_EXPECT_EQ(test, tally.gaps, 0);
	kb_event_release();
	KUNIT_EXPECT_EQ(test, events.n_held, 0);
	emit(1);
	KUNIT_EXPECT_EQ(test, events.n_held, 0);
	kb_event_release();

	kb_event_hold();
	emit(KB_EVENTS_HELD_MAX);
	KUNIT_EXPECT_EQ(test, events.n_held, KB_EVENTS_HELD_MAX);
	emit(1);
	KUNIT_EXPECT_EQ(test, events.n_held, 0);
	emit(1);
	KUNIT_EXPECT_EQ(test, events.n_held, 0);
	kb_event_release();
	KUNIT_EXPECT_EQ(test, lost(), 0);
}

/* The log as it is after loading, not that of the suites before. */
static int event_test_init(struct kunit *test)
{
	kb_event_exit();
	mutex_lock(&events.lock);
	events.seq = 0;
	events.lost = 0;
	events.memory = 0;
	mutex_unlock(&events.lock);
	return 0;
}

static struct kunit_case event_cases[] = {
	KUNIT_CASE(numbers_from_one),
	KUNIT_CASE(asks_for_the_future),
	KUNIT_CASE(counts_overwritten),
	KUNIT_CASE(counts_unkept),
	KUNIT_CASE(accounts_for_memory),
	KUNIT_CASE(dumps_in_parts),
	KUNIT_CASE(says_why_a_policy_was_refused),
	KUNIT_CASE(survives_no_memory),
	KUNIT_CASE(holds_back),
	{}
};

static struct kunit_suite event_suite = {
	.name = "kidoban_event",
	.init = event_test_init,
	.test_cases = event_cases,
};
kunit_test_suite(event_suite);
