// SPDX-License-Identifier: GPL-2.0-only
/* The lease: no word counts that is late, of another policy, or said to a sleeping terminal (P1). */
#include "../lease.c"

#include "hear.h"
#include "signed.h"

#define HERE	0	/* zone of net_a */
#define NONE	KB_INDEX_NONE

void kb_test_sleep(bool asleep)
{
	on_sleep(&sleep_notifier, asleep ? PM_SUSPEND_PREPARE : PM_POST_SUSPEND, NULL);
}

static u64 in_force(void)
{
	struct kb_active *active = kb_policy_get();
	u64 generation = active ? active->generation : 0;

	kb_policy_put(active);
	return generation;
}

static struct kb_context context_of(u64 generation)
{
	struct kb_context context;

	rcu_read_lock();
	context = *kb_lease_context(generation);
	rcu_read_unlock();
	return context;
}

static int say(u64 generation, unsigned int ttl, u16 zone, u64 schedules)
{
	const struct kb_lease_offer offer = {
		.generation = generation,
		.ttl = ttl,
		.zone = zone,
		.schedules = schedules,
	};

	return kb_lease_set(&offer);
}

static void expect_context(struct kunit *test, u64 generation, bool leased, u16 zone, u64 schedules)
{
	struct kb_context context = context_of(generation);

	KUNIT_EXPECT_EQ(test, context.leased, leased);
	KUNIT_EXPECT_EQ(test, context.zone, zone);
	KUNIT_EXPECT_EQ(test, context.schedules, schedules);
}

static void expect_none(struct kunit *test)
{
	expect_context(test, in_force(), false, NONE, 0);
	KUNIT_EXPECT_EQ(test, kb_lease_left(), 0u);
}

static void none_by_default(struct kunit *test)
{
	expect_context(test, 0, false, NONE, 0);
	kb_test_load(test, SIGNED(net_a));
	expect_none(test);
	expect_context(test, 0, false, NONE, 0);
}

static void refuses_other_generations(struct kunit *test)
{
	u64 last;

	KUNIT_EXPECT_EQ(test, say(0, 15, NONE, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, NONE, 0), -ESTALE);
	kb_test_load(test, SIGNED(net_a));
	last = kb_test_last_event();
	KUNIT_EXPECT_EQ(test, say(in_force() - 1, 15, HERE, 1), -ESTALE);
	KUNIT_EXPECT_EQ(test, say(in_force() + 1, 15, HERE, 1), -ESTALE);
	expect_none(test);
	/* nor does it end what others said */
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
	KUNIT_EXPECT_EQ(test, say(in_force() + 1, 0, NONE, 0), -ESTALE);
	KUNIT_EXPECT_EQ(test, say(in_force() - 1, 15, NONE, 3), -ESTALE);
	expect_context(test, in_force(), true, HERE, 1);
	expect_context(test, in_force() + 1, false, NONE, 0);
	expect_context(test, 0, false, NONE, 0);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 1u);
}

/* Before tasks freeze the lease is over, and none begins until they are awake. */
static void refuses_asleep(struct kunit *test)
{
	static const struct {
		unsigned long sleep, wake;
	} ways[] = {
		{ PM_SUSPEND_PREPARE, PM_POST_SUSPEND },
		{ PM_HIBERNATION_PREPARE, PM_POST_HIBERNATION },
		{ PM_RESTORE_PREPARE, PM_POST_RESTORE },
	};
	unsigned int i;

	kb_test_load(test, SIGNED(net_a));
	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		u64 last;

		KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
		last = kb_test_last_event();
		on_sleep(&sleep_notifier, ways[i].sleep, NULL);
		expect_none(test);
		KUNIT_EXPECT_FALSE(test, hrtimer_active(&lease.timer));
		KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 1u);
		KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), -EBUSY);
		expect_none(test);
		on_sleep(&sleep_notifier, ways[i].wake, NULL);
		expect_none(test);
		KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
		expect_context(test, in_force(), true, HERE, 1);
	}
}

static void refuses_without_memory(struct kunit *test)
{
	int err;

	kb_test_load(test, SIGNED(net_a));
	current->fail_nth = 1;
	err = say(in_force(), 15, HERE, 1);
	current->fail_nth = 0;
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	expect_none(test);
	/* what runs goes on as it was */
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
	current->fail_nth = 1;
	err = say(in_force(), 15, NONE, 3);
	current->fail_nth = 0;
	KUNIT_EXPECT_EQ(test, err, -ENOMEM);
	expect_context(test, in_force(), true, HERE, 1);
	/* ending it needs none, though the event is lost */
	current->fail_nth = 1;
	KUNIT_EXPECT_EQ(test, say(in_force(), 0, NONE, 0), 0);
	current->fail_nth = 0;
	expect_none(test);
}

static void ends_by_word(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last;

	kb_test_load(test, SIGNED(net_a));
	last = kb_test_last_event();
	KUNIT_EXPECT_EQ(test, say(in_force(), 0, HERE, 1), 0);
	expect_none(test);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 0u);
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, attrs), 1u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_LEASE]), 1ull);
	KUNIT_EXPECT_EQ(test, kb_test_u32(attrs[KB_A_ZONE]), (u64)HERE);
	/* a renewal with nothing new is no news; another zone is */
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 3), 0);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 1u);
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, NONE, 3), 0);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, attrs), 2u);
	KUNIT_EXPECT_NULL(test, attrs[KB_A_ZONE]);
	KUNIT_EXPECT_EQ(test, say(in_force(), 0, HERE, 1), 0);
	expect_none(test);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, attrs), 3u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_LEASE]), 0ull);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&lease.timer));
}

static void expires_by_itself(struct kunit *test)
{
	ktime_t begin = ktime_get_boottime();
	u64 last;

	kb_test_load(test, SIGNED(net_a));
	KUNIT_EXPECT_EQ(test, say(in_force(), 60, HERE, 1), 0);
	KUNIT_EXPECT_GT(test, kb_lease_left(), 30000u);
	KUNIT_EXPECT_LE(test, kb_lease_left(), 60000u);
	last = kb_test_last_event();
	KUNIT_EXPECT_EQ(test, say(in_force(), 1, HERE, 1), 0);
	KUNIT_EXPECT_LE(test, kb_lease_left(), 1000u);
	KB_TEST_WAIT(test, !context_of(in_force()).leased);
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get_boottime(), begin), 1000);
	expect_none(test);
	KB_TEST_WAIT(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL) == 1);
}

/* What came between the timer's end and its function counts. */
static void renewal_wins(struct kunit *test)
{
	u64 last;

	kb_test_load(test, SIGNED(net_a));
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
	last = kb_test_last_event();
	KUNIT_EXPECT_EQ(test, expire(&lease.timer), HRTIMER_NORESTART);
	expect_context(test, in_force(), true, HERE, 1);
	flush_work(&lease.after);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 0u);
	hrtimer_cancel(&lease.timer);
	lease.end = ktime_get_boottime();
	KUNIT_EXPECT_EQ(test, expire(&lease.timer), HRTIMER_NORESTART);
	expect_none(test);
	flush_work(&lease.after);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 1u);
	/* over is over */
	KUNIT_EXPECT_EQ(test, expire(&lease.timer), HRTIMER_NORESTART);
	flush_work(&lease.after);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_LEASE, NULL), 1u);
}

/* net_b has both zones and schedules of net_a in the other order, net_c has neither. */
static void carries_by_name(struct kunit *test)
{
	kb_test_load(test, SIGNED(net_a));
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, 0, 1), 0);
	kb_test_load(test, SIGNED(net_b));
	expect_context(test, in_force(), true, 1, 2);
	expect_context(test, in_force() - 1, false, NONE, 0);
	KUNIT_EXPECT_GT(test, kb_lease_left(), 0u);
	KUNIT_EXPECT_LE(test, kb_lease_left(), 15000u);
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, 0, 3), 0);
	kb_test_load(test, SIGNED(net_c));
	expect_context(test, in_force(), true, NONE, 0);
	/* nothing to carry */
	KUNIT_EXPECT_EQ(test, say(in_force(), 0, NONE, 0), 0);
	kb_test_load(test, SIGNED(net_d));
	expect_none(test);
}

/* From the moment before a policy is published both are known. */
static void carries_without_gap(struct kunit *test)
{
	struct kb_active *from, to;

	kb_test_load(test, SIGNED(net_a));
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, 1, 2), 0);
	from = kb_policy_get();
	to = (struct kb_active){ .policy = from->policy, .generation = from->generation + 1 };
	kb_lease_carry_begin(from, &to);
	expect_context(test, from->generation, true, 1, 2);
	expect_context(test, to.generation, true, 1, 2);
	expect_context(test, to.generation + 1, false, NONE, 0);
	/* isolation and sleep reach both */
	kb_lease_isolate(true);
	KUNIT_EXPECT_TRUE(test, context_of(from->generation).isolated);
	KUNIT_EXPECT_TRUE(test, context_of(to.generation).isolated);
	KUNIT_EXPECT_TRUE(test, context_of(to.generation + 1).isolated);
	kb_lease_isolate(false);
	KUNIT_EXPECT_FALSE(test, context_of(to.generation).isolated);
	kb_test_sleep(true);
	expect_context(test, from->generation, false, NONE, 0);
	expect_context(test, to.generation, false, NONE, 0);
	kb_test_sleep(false);
	kb_lease_carry_end();
	expect_context(test, to.generation, false, NONE, 0);
	kb_policy_put(from);
}

/* Without memory the next policy begins with nothing said; the one in force loses nothing. */
static void carries_nothing_without_memory(struct kunit *test)
{
	struct kb_active *from, to;

	kb_test_load(test, SIGNED(net_a));
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, 1, 2), 0);
	from = kb_policy_get();
	to = (struct kb_active){ .policy = from->policy, .generation = from->generation + 1 };
	current->fail_nth = 1;
	kb_lease_carry_begin(from, &to);
	current->fail_nth = 0;
	expect_context(test, from->generation, true, 1, 2);
	expect_context(test, to.generation, false, NONE, 0);
	kb_lease_carry_end();
	expect_context(test, from->generation, true, 1, 2);
	/* at the end it holds, though not for a policy after that */
	kb_lease_carry_begin(from, &to);
	current->fail_nth = 1;
	kb_lease_carry_end();
	current->fail_nth = 0;
	expect_context(test, to.generation, true, 1, 2);
	kb_policy_put(from);
}

static void isolated_in_every_state(struct kunit *test)
{
	u64 generation;

	kb_test_load(test, SIGNED(net_a));
	generation = in_force();
	kb_lease_isolate(true);
	KUNIT_EXPECT_TRUE(test, context_of(0).isolated);
	KUNIT_EXPECT_TRUE(test, context_of(generation).isolated);
	KUNIT_EXPECT_EQ(test, say(generation, 15, HERE, 1), 0);
	KUNIT_EXPECT_TRUE(test, context_of(generation).isolated);
	KUNIT_EXPECT_TRUE(test, context_of(0).isolated);
	expect_context(test, generation, true, HERE, 1);
	KUNIT_EXPECT_EQ(test, say(generation, 0, NONE, 0), 0);
	KUNIT_EXPECT_TRUE(test, context_of(generation).isolated);
	kb_test_load(test, SIGNED(net_b));
	KUNIT_EXPECT_TRUE(test, context_of(in_force()).isolated);
	KUNIT_EXPECT_EQ(test, say(in_force(), 15, HERE, 1), 0);
	kb_test_load(test, SIGNED(net_c));
	KUNIT_EXPECT_TRUE(test, context_of(in_force()).isolated);
	kb_lease_isolate(false);
	KUNIT_EXPECT_FALSE(test, context_of(in_force()).isolated);
	KUNIT_EXPECT_TRUE(test, context_of(in_force()).leased);
	KUNIT_EXPECT_FALSE(test, context_of(0).isolated);
	/* no memory is no way out of it */
	current->fail_nth = 1;
	kb_lease_isolate(true);
	current->fail_nth = 0;
	KUNIT_EXPECT_TRUE(test, context_of(in_force()).isolated);
}

/* When must connections be looked at again? */
static void tells_what_tightens(struct kunit *test)
{
	const struct kb_context was = { .leased = true, .zone = 1, .schedules = 6 };
	struct kb_context now = was, before = was;

	KUNIT_EXPECT_FALSE(test, tightened(&was, &now));
	now.schedules = 7;
	KUNIT_EXPECT_FALSE(test, tightened(&was, &now));
	now.schedules = 5;
	KUNIT_EXPECT_TRUE(test, tightened(&was, &now));
	now = was;
	now.zone = NONE;
	KUNIT_EXPECT_TRUE(test, tightened(&was, &now));
	now = was;
	now.isolated = true;
	KUNIT_EXPECT_TRUE(test, tightened(&was, &now));
	KUNIT_EXPECT_FALSE(test, tightened(&now, &was));
	now = was;
	now.leased = false;
	KUNIT_EXPECT_TRUE(test, tightened(&was, &now));
	before = (struct kb_context){ .zone = NONE };
	KUNIT_EXPECT_FALSE(test, tightened(&before, &was));
}

static void reset(void)
{
	kb_lease_isolate(false);
	kb_test_sleep(false);
	end_now();
	cancel_work_sync(&lease.after);
	kb_policy_exit();
	kb_trust_exit();
}

static int lease_test_init(struct kunit *test)
{
	int err;

	reset();
	err = kb_trust_init();
	if (!err)
		kb_test_trust(test, 0);
	return err;
}

static void lease_test_exit(struct kunit *test)
{
	reset();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case lease_cases[] = {
	KUNIT_CASE(none_by_default),
	KUNIT_CASE(refuses_other_generations),
	KUNIT_CASE(refuses_asleep),
	KUNIT_CASE(refuses_without_memory),
	KUNIT_CASE(ends_by_word),
	KUNIT_CASE(expires_by_itself),
	KUNIT_CASE(renewal_wins),
	KUNIT_CASE(carries_by_name),
	KUNIT_CASE(carries_without_gap),
	KUNIT_CASE(carries_nothing_without_memory),
	KUNIT_CASE(isolated_in_every_state),
	KUNIT_CASE(tells_what_tightens),
	{}
};

static struct kunit_suite lease_suite = {
	.name = "kidoban_lease",
	.init = lease_test_init,
	.exit = lease_test_exit,
	.test_cases = lease_cases,
};
kunit_test_suite(lease_suite);
