// SPDX-License-Identifier: GPL-2.0-only
/* The link gate on devices that carry nothing: what is refused does not rise, whoever asks. */
#include "netdev.h"

#include "../link.c"

#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/netpoll.h>

#include "../../../../../net/core/dev.h"

static struct kb_active *test_active;	/* in force, borrowed */

struct kb_active *kb_test_policy_get(void)
{
	return kb_policy_hold(test_active);
}

void kb_test_enforce(struct kb_active *active)
{
	test_active = active;
	kb_link_reevaluate();
}

static const char *const named_office[] = { "office*" };

/* Rules and policy of one test; two of them, so that one can follow the other. */
struct link_test {
	struct kb_link_rule rules[2][2];
	struct kb_policy policies[2];
	struct kb_active actives[2];
	unsigned int n;			/* policies that came into force */
	struct net_device *dev, *other;	/* may be NULL */
};

/* A policy with rule: allow office*. */
static struct kb_active *prepare(struct kunit *test, enum kb_gate_mode mode)
{
	struct link_test *t = test->priv;
	unsigned int i = t->n++ % 2;
	struct kb_link_policy *link = &t->policies[i].link;

	t->rules[i][0] = (struct kb_link_rule){
		.action = KB_ACTION_ALLOW, .line = 7, .n_ifnames = 1, .ifnames = named_office,
	};
	*link = (struct kb_link_policy){ .mode = mode, .n_rules = 1, .rules = t->rules[i] };
	t->actives[i].policy = &t->policies[i];
	t->actives[i].generation = t->n;
	return &t->actives[i];
}

static struct kb_active *load(struct kunit *test, enum kb_gate_mode mode)
{
	struct kb_active *active = prepare(test, mode);

	kb_test_enforce(active);
	return active;
}

static struct net_device *make(struct kunit *test, const char *name)
{
	struct link_test *t = test->priv;
	struct net_device *dev = kb_test_netdev(test, name);

	if (t->dev)
		t->other = dev;
	else
		t->dev = dev;
	return dev;
}

static struct net_device *plug(struct kunit *test, const char *name)
{
	struct net_device *dev = make(test, name);

	KUNIT_ASSERT_EQ(test, register_netdev(dev), 0);
	return dev;
}

static struct kb_link *link_of(struct kunit *test, struct net_device *dev)
{
	struct kb_link *link;

	rtnl_lock();
	link = kb_link_find(dev);
	rtnl_unlock();
	KUNIT_ASSERT_NOT_NULL(test, link);
	return link;
}

static struct kb_path_link view_of(struct kunit *test, struct net_device *dev)
{
	struct link_test *t = test->priv;
	struct kb_path_link view;

	rcu_read_lock();
	kb_link_view(kb_link_find(dev), t->n, &view);
	rcu_read_unlock();
	return view;
}

static void refuses_to_let_it_rise(struct kunit *test)
{
	struct kb_link_counts before;
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	before = kb_test_counts();
	dev = plug(test, "stray0");
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), -EPERM);
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_FALSE(test, view_of(test, dev).allowed);
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->verdict.reason, KB_REASON_DEFAULT);
	KUNIT_EXPECT_EQ(test, kb_test_counts().refused, before.refused + 1);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before.overrides + 1);
	KUNIT_EXPECT_EQ(test, kb_test_counts().present, before.present + 1);
}

static void lets_a_listed_one_rise(struct kunit *test)
{
	u64 before = kb_test_counts().overrides;
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "office0");
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_TRUE(test, view_of(test, dev).allowed);
	KUNIT_EXPECT_EQ(test, view_of(test, dev).rule, 0);
	KUNIT_EXPECT_EQ(test, kb_link_line(link_of(test, dev)), 7);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before);
}

static void asks_nothing_without_policy(struct kunit *test)
{
	struct kb_link_counts before = kb_test_counts();
	struct net_device *dev = plug(test, "stray0");

	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_other_mac), 0);
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->verdict.reason, KB_REASON_NONE);
	KUNIT_EXPECT_EQ(test, kb_test_counts().refused, before.refused);
	load(test, KB_GATE_OFF);
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_TRUE(test, view_of(test, dev).allowed);
}

static void audits_without_touching(struct kunit *test)
{
	struct kb_link_counts before;
	struct net_device *dev, *upper;

	load(test, KB_GATE_AUDIT);
	before = kb_test_counts();
	dev = plug(test, "stray0");
	upper = plug(test, "stray1");
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_other_mac), 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(dev, upper, NULL), 0);
	netdev_upper_dev_unlink(dev, upper);
	rtnl_unlock();
	KUNIT_EXPECT_TRUE(test, view_of(test, dev).allowed);
	KUNIT_EXPECT_EQ(test, view_of(test, dev).rule, KB_INDEX_NONE);
	KUNIT_EXPECT_EQ(test, kb_test_counts().audited, before.audited + 2);
	KUNIT_EXPECT_EQ(test, kb_test_counts().refused, before.refused);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before.overrides);
}

static void closes_what_is_up(struct kunit *test)
{
	struct net_device *dev = plug(test, "stray0"), *office = plug(test, "office0");

	KUNIT_ASSERT_EQ(test, kb_test_open(dev), 0);
	KUNIT_ASSERT_EQ(test, kb_test_open(office), 0);
	load(test, KB_GATE_AUDIT);
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(dev));
	load(test, KB_GATE_ENFORCE);
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(office));
	load(test, KB_GATE_OFF);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
}

static void judges_a_new_name(struct kunit *test)
{
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "stray0");
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_change_name(dev, "office0"), 0);
	rtnl_unlock();
	KUNIT_EXPECT_TRUE(test, view_of(test, dev).allowed);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	kb_test_close(dev);
	rtnl_lock();
	KUNIT_ASSERT_EQ(test, dev_change_name(dev, "stray1"), 0);
	rtnl_unlock();
	KUNIT_EXPECT_FALSE(test, view_of(test, dev).allowed);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), -EPERM);
}

static void judges_again_before_it_rises(struct kunit *test)
{
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "office0");
	/* behind every notifier's back */
	rtnl_lock();
	eth_hw_addr_set(dev, kb_test_other_mac);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), -EPERM);
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->verdict.reason, KB_REASON_ADDRESS);
}

static void refuses_another_address(struct kunit *test)
{
	struct link_test *t = test->priv;
	u64 before = kb_test_counts().overrides;
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "office0");
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_other_mac), -EPERM);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(dev->dev_addr, kb_test_mac));
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before + 1);
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_mac), 0);
	t->rules[0][0].random_mac = true;
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_other_mac), 0);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	/* a rule that permits it no longer closes the link that has it; back it may go */
	load(test, KB_GATE_ENFORCE);
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->verdict.reason, KB_REASON_ADDRESS);
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_mac), 0);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
}

static void leaves_made_up_addresses_alone(struct kunit *test)
{
	struct net_device *dev = make(test, "office0");

	load(test, KB_GATE_ENFORCE);
	eth_hw_addr_random(dev);
	KUNIT_ASSERT_EQ(test, register_netdev(dev), 0);
	KUNIT_EXPECT_FALSE(test, link_of(test, dev)->has_perm_mac);
	KUNIT_EXPECT_EQ(test, kb_test_address(dev, kb_test_other_mac), 0);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
}

static void refuses_to_join(struct kunit *test)
{
	struct net_device *stray, *office;
	u64 before = kb_test_counts().overrides;

	load(test, KB_GATE_ENFORCE);
	stray = plug(test, "stray0");
	office = plug(test, "office0");
	KUNIT_EXPECT_EQ(test, kb_test_join(stray, office), -EPERM);
	KUNIT_EXPECT_EQ(test, kb_test_join(office, stray), -EPERM);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before + 2);
	load(test, KB_GATE_OFF);
	KUNIT_EXPECT_EQ(test, kb_test_join(stray, office), 0);
	/* leaving is always permitted */
	load(test, KB_GATE_ENFORCE);
	kb_test_part(stray, office);
	rtnl_lock();
	KUNIT_EXPECT_FALSE(test, netdev_has_any_upper_dev(stray));
	rtnl_unlock();
}

static void joins_what_is_listed(struct kunit *test)
{
	struct net_device *one, *two;

	load(test, KB_GATE_ENFORCE);
	one = plug(test, "office0");
	two = plug(test, "office1");
	KUNIT_EXPECT_EQ(test, kb_test_join(one, two), 0);
	kb_test_part(one, two);
}

static struct rtnl_link_ops dummy_ops = { .kind = "dummy" };
static struct rtnl_link_ops veth_ops = { .kind = "veth" };

/* As rtnl_newlink() and as a module would. */
static int create(struct kunit *test, struct rtnl_link_ops *ops, bool requested)
{
	struct link_test *t = test->priv;
	struct net_device *dev = kb_test_netdev(test, "made0");
	int err;

	dev->rtnl_link_ops = ops;
	if (requested)
		dev->rtnl_link_state = RTNL_LINK_INITIALIZING;
	err = register_netdev(dev);
	if (!err && t->n)
		KUNIT_EXPECT_EQ(test, kb_test_open(dev),
				link_of(test, dev)->state.allowed ? 0 : -EPERM);
	kb_test_netdev_free(dev);
	return err;
}

static void does_not_make_what_cannot_be(struct kunit *test)
{
	struct link_test *t = test->priv;
	u64 before = kb_test_counts().overrides, present = kb_test_counts().present;

	load(test, KB_GATE_ENFORCE);
	t->rules[0][0] = (struct kb_link_rule){
		.action = KB_ACTION_ALLOW, .kinds = KB_LINK_KIND_BIT(KB_LINK_VETH),
	};
	KUNIT_EXPECT_EQ(test, create(test, &dummy_ops, true), -EPERM);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before + 1);
	KUNIT_EXPECT_EQ(test, create(test, &veth_ops, true), 0);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before + 1);
	/* one that comes with a namespace or a module stays down */
	KUNIT_EXPECT_EQ(test, create(test, &dummy_ops, false), 0);
	KUNIT_EXPECT_EQ(test, kb_test_counts().overrides, before + 2);
	t->policies[0].link.mode = KB_GATE_AUDIT;
	KUNIT_EXPECT_EQ(test, create(test, &dummy_ops, true), 0);
	KUNIT_EXPECT_EQ(test, kb_test_counts().present, present);
}

static void never_refuses_loopback(struct kunit *test)
{
	struct net_device *lo = init_net.loopback_dev;

	load(test, KB_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, kb_test_open(lo), 0);
	KUNIT_EXPECT_EQ(test, link_of(test, lo)->verdict.reason, KB_REASON_LOOPBACK);
	KUNIT_EXPECT_TRUE(test, view_of(test, lo).allowed);
	KUNIT_EXPECT_TRUE(test, view_of(test, lo).loopback);
	kb_test_close(lo);
}

#ifdef CONFIG_NETPOLL
/* __dev_open() keeps netpoll's lock when it is told no (N1). */
static void lets_netpoll_up_and_closes(struct kunit *test)
{
	struct netpoll_info npinfo = {};
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "stray0");
	sema_init(&npinfo.dev_lock, 1);
	skb_queue_head_init(&npinfo.txq);
	rcu_assign_pointer(dev->npinfo, &npinfo);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	flush_work(&links.close);
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_FALSE(test, view_of(test, dev).allowed);
	KUNIT_EXPECT_EQ(test, npinfo.dev_lock.count, 1);
	KUNIT_EXPECT_TRUE(test, link_of(test, dev)->bypass & KB_BYPASS_NETPOLL);
	RCU_INIT_POINTER(dev->npinfo, NULL);
	synchronize_rcu();
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), -EPERM);
}
#endif

static struct bpf_prog_aux program_aux = { .id = 1 };
static struct bpf_prog program = { .aux = &program_aux };

static void attach(struct net_device *dev, struct bpf_prog *prog)
{
	rtnl_lock();
	dev->xdp_state[XDP_MODE_HW].prog = prog;
	rtnl_unlock();
}

static void closes_what_passes_by(struct kunit *test)
{
	struct net_device *dev, *other;
	u64 before;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "office0");
	other = plug(test, "office1");
	KUNIT_ASSERT_EQ(test, kb_test_open(dev), 0);
	KUNIT_ASSERT_EQ(test, kb_test_open(other), 0);
	before = kb_test_events();
	attach(dev, &program);
	KUNIT_EXPECT_TRUE(test, kb_link_look());
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(other));
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->verdict.reason, KB_REASON_BYPASS);
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->bypass, KB_BYPASS_XDP);
	KUNIT_EXPECT_EQ(test, kb_test_events(), before + 2);	/* the bypass, the verdict */
	KUNIT_EXPECT_TRUE(test, kb_link_look());
	KUNIT_EXPECT_EQ(test, kb_test_events(), before + 2);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), -EPERM);
	attach(dev, NULL);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	KUNIT_EXPECT_TRUE(test, view_of(test, dev).allowed);
}

static void closes_it_when_the_policy_comes(struct kunit *test)
{
	struct net_device *dev = plug(test, "office0");

	KUNIT_ASSERT_EQ(test, kb_test_open(dev), 0);
	attach(dev, &program);
	KUNIT_EXPECT_FALSE(test, kb_link_look());
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(dev));
	load(test, KB_GATE_ENFORCE);
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	attach(dev, NULL);
}

static void only_tells_of_it(struct kunit *test)
{
	struct kb_active *active = prepare(test, KB_GATE_ENFORCE);
	struct net_device *dev;
	u64 before;

	active->policy->link.bypass = KB_ACTION_ALLOW;
	kb_test_enforce(active);
	dev = plug(test, "office0");
	KUNIT_ASSERT_EQ(test, kb_test_open(dev), 0);
	before = kb_test_events();
	attach(dev, &program);
	kb_link_look();
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_EQ(test, kb_test_events(), before + 1);
	/* nor does the path gate's mode alone close links */
	active = prepare(test, KB_GATE_OFF);
	active->policy->paths.mode = KB_GATE_ENFORCE;
	kb_test_enforce(active);
	KUNIT_EXPECT_TRUE(test, kb_link_look());
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(dev));
	attach(dev, NULL);
	kb_link_look();
	KUNIT_EXPECT_EQ(test, kb_test_events(), before + 2);
}

static void closes_all_for_loopback(struct kunit *test)
{
	struct net_device *lo = init_net.loopback_dev, *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "office0");
	KUNIT_ASSERT_EQ(test, kb_test_open(lo), 0);
	KUNIT_ASSERT_EQ(test, kb_test_open(dev), 0);
	attach(lo, &program);
	kb_link_look();
	KUNIT_EXPECT_FALSE(test, kb_test_is_up(dev));
	KUNIT_EXPECT_TRUE(test, kb_test_is_up(lo));
	KUNIT_EXPECT_EQ(test, link_of(test, dev)->verdict.reason, KB_REASON_BYPASS);
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), -EPERM);
	attach(lo, NULL);
	kb_link_look();
	KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
	kb_test_close(lo);
}

static void forgets_what_goes(struct kunit *test)
{
	u64 present = kb_test_counts().present, before;
	struct net_device *dev;

	load(test, KB_GATE_ENFORCE);
	dev = plug(test, "stray0");
	before = kb_test_events();
	rtnl_lock();
	unregister_netdevice(dev);
	KUNIT_EXPECT_NULL(test, kb_link_find(dev));
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, kb_test_counts().present, present);
	KUNIT_EXPECT_EQ(test, kb_test_events(), before + 1);
	dev = plug(test, "office0");
	before = kb_test_events();
	unregister_netdev(dev);
	KUNIT_EXPECT_EQ(test, kb_test_events(), before);
}

/* Each allocation fails once. Who comes in all the same has been noted. */
static void makes_none_without_memory(struct kunit *test)
{
	u64 present = kb_test_counts().present;
	unsigned int refusals = 0;
	int nth, left, err;

	load(test, KB_GATE_ENFORCE);
	for (nth = 1, left = 0; !left; nth++) {
		struct net_device *dev = kb_test_netdev(test, "office0");

		current->fail_nth = nth;
		err = register_netdev(dev);
		left = current->fail_nth;
		current->fail_nth = 0;
		refusals += !!err;
		if (!err) {
			KUNIT_EXPECT_TRUE(test, view_of(test, dev).allowed);
			KUNIT_EXPECT_EQ(test, kb_test_open(dev), 0);
		}
		kb_test_netdev_free(dev);
		KUNIT_EXPECT_EQ(test, kb_test_counts().present, present);
	}
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GT(test, refusals, 2);
}

static int count_names(const struct kb_link *link, void *data)
{
	int *n = data;

	if (!strncmp(link->dev->name, "office", 6))
		++*n;
	return *n == 1 ? -EMSGSIZE : 0;
}

static void goes_on_where_it_stopped(struct kunit *test)
{
	struct net_device *last;
	u64 cursor = 0;
	int n = 0;

	plug(test, "office0");
	last = plug(test, "office1");
	KUNIT_EXPECT_EQ(test, kb_link_each(&cursor, count_names, &n), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, kb_link_each(&cursor, count_names, &n), 0);
	KUNIT_EXPECT_EQ(test, n, 3);
	KUNIT_EXPECT_EQ(test, cursor, link_of(test, last)->id);
	KUNIT_EXPECT_EQ(test, kb_link_each(&cursor, count_names, &n), 0);
	KUNIT_EXPECT_EQ(test, n, 3);
}

static int link_test_init(struct kunit *test)
{
	struct link_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	if (!t)
		return -ENOMEM;
	/* ours, and never the last one's: nobody else frees them */
	for (i = 0; i < ARRAY_SIZE(t->actives); i++)
		refcount_set(&t->actives[i].users, 1);
	test->priv = t;
	return 0;
}

static void link_test_exit(struct kunit *test)
{
	struct link_test *t = test->priv;

	kb_test_netdev_free(t->dev);
	kb_test_netdev_free(t->other);
	kb_test_enforce(NULL);
	kb_bypass_stop();
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(refuses_to_let_it_rise),
	KUNIT_CASE(lets_a_listed_one_rise),
	KUNIT_CASE(asks_nothing_without_policy),
	KUNIT_CASE(audits_without_touching),
	KUNIT_CASE(closes_what_is_up),
	KUNIT_CASE(judges_a_new_name),
	KUNIT_CASE(judges_again_before_it_rises),
	KUNIT_CASE(refuses_another_address),
	KUNIT_CASE(leaves_made_up_addresses_alone),
	KUNIT_CASE(refuses_to_join),
	KUNIT_CASE(joins_what_is_listed),
	KUNIT_CASE(does_not_make_what_cannot_be),
	KUNIT_CASE(never_refuses_loopback),
#ifdef CONFIG_NETPOLL
	KUNIT_CASE(lets_netpoll_up_and_closes),
#endif
	KUNIT_CASE(closes_what_passes_by),
	KUNIT_CASE(closes_it_when_the_policy_comes),
	KUNIT_CASE(only_tells_of_it),
	KUNIT_CASE(closes_all_for_loopback),
	KUNIT_CASE(forgets_what_goes),
	KUNIT_CASE(makes_none_without_memory),
	KUNIT_CASE(goes_on_where_it_stopped),
	{}
};

static struct kunit_suite link_suite = {
	.name = "kidoban_link",
	.init = link_test_init,
	.exit = link_test_exit,
	.test_cases = link_cases,
};
kunit_test_suite(link_suite);

MODULE_LICENSE("GPL");
