/* SPDX-License-Identifier: GPL-2.0-only */
/* What the event log heard, for suites; and waiting with a deadline. */
#ifndef KB_TESTS_HEAR_H
#define KB_TESTS_HEAR_H

#include <kunit/test.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "../event.h"

#define KB_TEST_DEADLINE	(20 * HZ)

/* Waits until @condition holds; the test fails when it does not within the deadline. */
#define KB_TEST_WAIT(test, condition)							\
do {											\
	unsigned long kb_end = jiffies + KB_TEST_DEADLINE;				\
	bool kb_true;									\
											\
	while (!(kb_true = (condition)) && time_before(jiffies, kb_end))		\
		schedule_timeout_uninterruptible(1);					\
	KUNIT_EXPECT_TRUE_MSG(test, kb_true, "still not: %s", #condition);		\
} while (0)

/* Tells the lease that the machine goes to sleep, or is awake again: lease_kunit.c. */
void kb_test_sleep(bool asleep);

static inline u64 kb_test_last_event(void)
{
	u64 seq, lost;
	size_t memory;

	kb_event_status(&seq, &lost, &memory);
	return seq;
}

/* Calls @fn for each event of @type after number @after; returns how many there were. */
static inline unsigned int
kb_test_each_event(struct kunit *test, u64 after, u8 type,
		   void (*fn)(struct kunit *test, const struct nlmsghdr *nlh, void *data), void *data)
{
	const struct nlmsghdr *nlh;
	unsigned int n = 0;
	u64 seq = after + 1;
	int err, left;

	do {
		struct sk_buff *skb = nlmsg_new(16 * 1024, GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, skb);
		err = kb_event_dump(skb, 1, 1, &seq);
		left = skb->len;
		for (nlh = (void *)skb->data; nlmsg_ok(nlh, left); nlh = nlmsg_next(nlh, &left)) {
			const struct nlattr *attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_EVENT);

			if (!attr || nla_get_u8(attr) != type)
				continue;
			n++;
			if (fn)
				fn(test, nlh, data);
		}
		kfree_skb(skb);
	} while (err == -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, err, 0);
	return n;
}

/* Into KB_A_MAX + 1 places the attributes of a copy that lasts as long as the test. */
static inline void kb_test_keep(struct kunit *test, const struct nlmsghdr *nlh, void *ret_attrs)
{
	struct nlmsghdr *copy = kunit_kmalloc(test, nlh->nlmsg_len, GFP_KERNEL);

	if (!copy)
		return;
	memcpy(copy, nlh, nlh->nlmsg_len);
	nlmsg_parse_deprecated(copy, GENL_HDRLEN, ret_attrs, KB_A_MAX, NULL, NULL);
}

/* How many events of @type came after number @after; of the last, @ret_attrs (may be NULL). */
static inline unsigned int kb_test_events(struct kunit *test, u64 after, u8 type,
					  struct nlattr **ret_attrs)
{
	return kb_test_each_event(test, after, type, ret_attrs ? kb_test_keep : NULL, ret_attrs);
}

static inline u64 kb_test_u8(struct nlattr *attr)
{
	return attr ? nla_get_u8(attr) : U64_MAX;
}

static inline u64 kb_test_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : U64_MAX;
}

#endif
