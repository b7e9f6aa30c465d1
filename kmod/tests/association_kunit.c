// SPDX-License-Identifier: GPL-2.0-only
/* What is proven of a wireless link ends with its association (W4). */
#include "netdev.h"

#include "../association.c"

static const struct device_type wlan_type = { .name = "wlan" };

struct association_test {
	struct kb_link_rule rule;
	struct kb_profile profiles[3];
	struct kb_policy policies[3];
	struct kb_active actives[3];
	struct net_device *dev;
	struct kb_link *link;
};

static const char *const names[] = { "A", "B", "C" };

/* A policy with @n profiles, the first of them is names[@first]. */
static void load(struct kunit *test, unsigned int i, unsigned int first, unsigned int n)
{
	struct association_test *t = test->priv;

	t->policies[i].link = (struct kb_link_policy){
		.mode = KB_GATE_ENFORCE, .n_rules = 1, .rules = &t->rule,
	};
	t->policies[i].paths.profiles = &t->profiles[first];
	t->policies[i].paths.n_profiles = n;
	t->actives[i].policy = &t->policies[i];
	t->actives[i].generation = i + 1;
	kb_test_enforce(&t->actives[i]);
}

static void prove(struct kunit *test, u32 generation, u16 profile)
{
	struct association_test *t = test->priv;

	rtnl_lock();
	kb_link_prove(t->dev->ifindex, generation, profile);
	rtnl_unlock();
}

/* What packets judged by policy @i see. */
static u16 proven(struct kunit *test, unsigned int i)
{
	struct association_test *t = test->priv;
	struct kb_path_link view;

	rcu_read_lock();
	kb_link_view(t->link, i + 1, &view);
	rcu_read_unlock();
	return view.profile;
}

static void rise(struct kunit *test)
{
	struct association_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, kb_test_open(t->dev), 0);
}

static void proves_nothing_of_another_generation(struct kunit *test)
{
	struct association_test *t = test->priv;

	load(test, 0, 0, 2);
	rise(test);
	prove(test, t->link->generation - 1, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	prove(test, t->link->generation + 1, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	prove(test, t->link->generation, 2);	/* no such profile */
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	prove(test, t->link->generation, 1);
	KUNIT_EXPECT_EQ(test, proven(test, 0), 1);
	prove(test, t->link->generation, KB_INDEX_NONE);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
}

/* A context that does not name the link says nothing of its generation either. */
static void is_taken_back(struct kunit *test)
{
	struct association_test *t = test->priv;

	load(test, 0, 0, 2);
	rise(test);
	prove(test, t->link->generation, 1);
	KUNIT_EXPECT_EQ(test, proven(test, 0), 1);
	prove(test, 0, KB_INDEX_NONE);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	prove(test, t->link->generation, 1);
	prove(test, t->link->generation - 1, 1);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
}

static void proves_nothing_of_what_is_down(struct kunit *test)
{
	struct association_test *t = test->priv;

	load(test, 0, 0, 2);
	prove(test, t->link->generation, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	rise(test);
	netif_carrier_off(t->dev);
	rtnl_lock();
	kb_association_notice(t->link);
	rtnl_unlock();
	prove(test, t->link->generation, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
}

static void proves_nothing_of_a_cable(struct kunit *test)
{
	struct association_test *t = test->priv;

	load(test, 0, 0, 2);
	rise(test);
	t->link->state.wireless = false;
	prove(test, t->link->generation, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
}

/* Nobody has been told of the lost carrier when the next packet comes. */
static void ends_with_the_carrier(struct kunit *test)
{
	struct association_test *t = test->priv;
	u32 generation;

	load(test, 0, 0, 2);
	rise(test);
	generation = t->link->generation;
	prove(test, generation, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), 0);
	netif_carrier_off(t->dev);
	netif_carrier_on(t->dev);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	/* what the agent found out about the association before is void */
	prove(test, generation, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	prove(test, t->link->generation, 1);
	KUNIT_EXPECT_EQ(test, proven(test, 0), 1);
}

static void ends_with_down_and_address(struct kunit *test)
{
	struct association_test *t = test->priv;
	u32 generation;

	load(test, 0, 0, 2);
	t->rule.random_mac = true;
	rise(test);
	prove(test, t->link->generation, 0);
	generation = t->link->generation;
	KUNIT_ASSERT_EQ(test, kb_test_address(t->dev, kb_test_other_mac), 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	KUNIT_EXPECT_GT(test, t->link->generation, generation);
	prove(test, t->link->generation, 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), 0);
	generation = t->link->generation;
	kb_test_close(t->dev);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	rise(test);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	KUNIT_EXPECT_GE(test, t->link->generation, generation + 2);
}

static void ends_with_the_lease(struct kunit *test)
{
	struct association_test *t = test->priv;

	load(test, 0, 0, 2);
	rise(test);
	prove(test, t->link->generation, 0);
	kb_link_unprove_all();
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
}

/* The index of one policy says nothing under another: the name does. */
static void goes_on_under_its_name(struct kunit *test)
{
	struct association_test *t = test->priv;

	load(test, 0, 0, 2);
	rise(test);
	prove(test, t->link->generation, 1);
	KUNIT_EXPECT_EQ(test, proven(test, 0), 1);
	KUNIT_EXPECT_EQ(test, proven(test, 1), KB_INDEX_NONE);
	load(test, 1, 1, 2);
	KUNIT_EXPECT_EQ(test, proven(test, 1), 0);
	KUNIT_EXPECT_EQ(test, proven(test, 0), KB_INDEX_NONE);
	load(test, 2, 2, 1);
	KUNIT_EXPECT_EQ(test, proven(test, 2), KB_INDEX_NONE);
}

static int association_test_init(struct kunit *test)
{
	struct association_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->rule.action = KB_ACTION_ALLOW;
	for (i = 0; i < ARRAY_SIZE(t->actives); i++) {
		refcount_set(&t->actives[i].users, 1);
		t->profiles[i] = (struct kb_profile){ names[i], names[i], 1 };
	}
	t->dev = kb_test_netdev(test, "wlan0");
	SET_NETDEV_DEVTYPE(t->dev, &wlan_type);
	KUNIT_ASSERT_EQ(test, register_netdev(t->dev), 0);
	rtnl_lock();
	t->link = kb_link_find(t->dev);
	rtnl_unlock();
	KUNIT_ASSERT_NOT_NULL(test, t->link);
	KUNIT_ASSERT_TRUE(test, t->link->state.wireless);
	return 0;
}

static void association_test_exit(struct kunit *test)
{
	struct association_test *t = test->priv;

	kb_test_netdev_free(t->dev);
	kb_test_enforce(NULL);
}

static struct kunit_case association_cases[] = {
	KUNIT_CASE(proves_nothing_of_another_generation),
	KUNIT_CASE(is_taken_back),
	KUNIT_CASE(proves_nothing_of_what_is_down),
	KUNIT_CASE(proves_nothing_of_a_cable),
	KUNIT_CASE(ends_with_the_carrier),
	KUNIT_CASE(ends_with_down_and_address),
	KUNIT_CASE(ends_with_the_lease),
	KUNIT_CASE(goes_on_under_its_name),
	{}
};

static struct kunit_suite association_suite = {
	.name = "kidoban_association",
	.init = association_test_init,
	.exit = association_test_exit,
	.test_cases = association_cases,
};
kunit_test_suite(association_suite);

MODULE_LICENSE("GPL");
