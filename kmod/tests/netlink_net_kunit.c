// SPDX-License-Identifier: GPL-2.0-only
/* The family's commands about links, paths, lease and isolation, from a client's side. */
#include "../netlink_net.c"

#include "cable.h"
#include "client.h"
#include "hear.h"
#include "net_sample.h"
#include "signed.h"

#define NEVER	0xffffffffu	/* leaves that attribute out */

/* Attributes of answers: of each link, of each path, of the status. */
static struct nlattr *last[KB_A_MAX + 1];
static u32 messages;
static const struct net_device *wanted;
static struct net_device *cable;

static u64 in_force(void)
{
	struct kb_active *active = kb_policy_get();
	u64 generation = active ? active->generation : 0;

	kb_policy_put(active);
	return generation;
}

static struct kb_context context_now(void)
{
	struct kb_context context;

	rcu_read_lock();
	context = *kb_lease_context(in_force());
	rcu_read_unlock();
	return context;
}

static void put_u32(struct kunit *test, u16 type, u32 value)
{
	if (value != NEVER)
		put(test, type, &value, sizeof(value));
}

/* A request that renews the lease. */
static void context_request(struct kunit *test, u64 generation, u32 ttl, u32 zone, u64 schedules)
{
	begin(test, KB_CMD_CONTEXT_SET, 0, 8192);
	put(test, KB_A_GENERATION, &generation, sizeof(generation));
	put_u32(test, KB_A_LEASE_TTL, ttl);
	put_u32(test, KB_A_ZONE, zone);
	put(test, KB_A_SCHEDULES, &schedules, sizeof(schedules));
}

static void put_proof(struct kunit *test, u32 ifindex, u32 generation, u32 profile)
{
	struct client *c = test->priv;
	struct nlattr *nest = nla_nest_start(c->request, KB_A_CONTEXT_LINK);

	KUNIT_ASSERT_NOT_NULL(test, nest);
	put_u32(test, KB_A_IFINDEX, ifindex);
	put_u32(test, KB_A_LINK_GENERATION, generation);
	put_u32(test, KB_A_PROFILE, profile);
	nla_nest_end(c->request, nest);
}

/* Refused, and what was said before goes on. */
static void expect_unsaid(struct kunit *test, int err, const char *text)
{
	const struct kb_context before = context_now();
	struct kb_context after;

	expect(test, err, text);
	after = context_now();
	KUNIT_EXPECT_EQ(test, after.leased, before.leased);
	KUNIT_EXPECT_EQ(test, after.zone, before.zone);
	KUNIT_EXPECT_EQ(test, after.schedules, before.schedules);
}

static void context_needs_policy(struct kunit *test)
{
	begin(test, KB_CMD_CONTEXT_SET, 0, 64);
	expect_unsaid(test, -ENODATA, "no policy");
	context_request(test, 0, 15, NEVER, 0);
	expect_unsaid(test, -ENODATA, "no policy");
}

static void expect_context_refused(struct kunit *test)
{
	const u64 generation = in_force();

	begin(test, KB_CMD_CONTEXT_SET, 0, 64);
	expect_unsaid(test, -EINVAL, "ttl and generation");
	context_request(test, generation, NEVER, NEVER, 0);
	expect_unsaid(test, -EINVAL, "ttl and generation");
	begin(test, KB_CMD_CONTEXT_SET, 0, 64);
	put_u32(test, KB_A_LEASE_TTL, 15);
	expect_unsaid(test, -EINVAL, "ttl and generation");
	context_request(test, generation + 1, 15, NEVER, 0);
	expect_unsaid(test, -ESTALE, "another policy");
	context_request(test, 0, 0, NEVER, 0);
	expect_unsaid(test, -ESTALE, "another policy");
	context_request(test, generation, KB_LEASE_TTL_MAX + 1, NEVER, 0);
	expect_unsaid(test, -ERANGE, "60 seconds");
	context_request(test, generation, 15, 2, 0);
	expect_unsaid(test, -ERANGE, "zone");
	context_request(test, generation, 15, 0x10000, 0);
	expect_unsaid(test, -ERANGE, "zone");
	context_request(test, generation, 15, 0, 4);
	expect_unsaid(test, -ERANGE, "schedule");
	context_request(test, generation, 15, 0, 1ull << 63);
	expect_unsaid(test, -ERANGE, "schedule");
	begin(test, KB_CMD_CONTEXT_SET, 0, 64);
	put(test, KB_A_LEASE_TTL, "\17", 1);
	put(test, KB_A_GENERATION, &generation, sizeof(generation));
	expect_unsaid(test, -EINVAL, "");
}

static void expect_proof_refused(struct kunit *test)
{
	const u64 generation = in_force();
	unsigned int i;

	context_request(test, generation, 15, NEVER, 0);
	put_proof(test, 1, 1, 1);
	expect_unsaid(test, -ERANGE, "profile");
	context_request(test, generation, 15, NEVER, 0);
	put_proof(test, 0, 1, 0);
	expect_unsaid(test, -ERANGE, "");
	for (i = 0; i < 3; i++) {
		context_request(test, generation, 15, NEVER, 0);
		put_proof(test, i == 0 ? NEVER : 1, i == 1 ? NEVER : 1, i == 2 ? NEVER : 0);
		expect_unsaid(test, -EINVAL, "index, generation and profile");
	}
	/* the last of equal attributes is not the only one that is read */
	context_request(test, generation, 15, NEVER, 0);
	put_proof(test, 1, 1, 1);
	put_proof(test, 1, 1, 0);
	expect_unsaid(test, -ERANGE, "profile");
	context_request(test, generation, 15, NEVER, 0);
	for (i = 0; i <= KB_CONTEXT_LINKS_MAX; i++)
		put_proof(test, 1 + i, 1, 0);
	expect_unsaid(test, -ENOSPC, "too many");
}

static void context_refuses(struct kunit *test)
{
	kb_test_load(test, SIGNED(net_a));
	expect_context_refused(test);
	expect_proof_refused(test);
	KUNIT_EXPECT_FALSE(test, context_now().leased);
	context_request(test, in_force(), 15, 1, 2);
	expect(test, 0, "");
	expect_context_refused(test);
	expect_proof_refused(test);
	KUNIT_EXPECT_TRUE(test, context_now().leased);
	KUNIT_EXPECT_EQ(test, context_now().zone, 1u);
}

static void context_refuses_asleep(struct kunit *test)
{
	kb_test_load(test, SIGNED(net_a));
	kb_test_sleep(true);
	context_request(test, in_force(), 15, 1, 2);
	expect_unsaid(test, -EBUSY, "going to sleep");
	/* that nothing holds may always be said */
	context_request(test, in_force(), 0, NEVER, 0);
	expect(test, 0, "");
	kb_test_sleep(false);
	context_request(test, in_force(), 15, 1, 2);
	expect(test, 0, "");
	KUNIT_EXPECT_TRUE(test, context_now().leased);
}

static void context_sets(struct kunit *test)
{
	unsigned int i;

	kb_test_load(test, SIGNED(net_a));
	context_request(test, in_force(), KB_LEASE_TTL_MAX, 1, 3);
	expect(test, 0, "");
	KUNIT_EXPECT_TRUE(test, context_now().leased);
	KUNIT_EXPECT_EQ(test, context_now().zone, 1u);
	KUNIT_EXPECT_EQ(test, context_now().schedules, 3ull);
	KUNIT_EXPECT_GT(test, kb_lease_left(), 30000u);
	/* what is not said again does not hold any more; links that are gone are no error */
	begin(test, KB_CMD_CONTEXT_SET, 0, 8192);
	put(test, KB_A_GENERATION, (u64[]){ in_force() }, sizeof(u64));
	put_u32(test, KB_A_LEASE_TTL, 15);
	for (i = 0; i < KB_CONTEXT_LINKS_MAX; i++)
		put_proof(test, 10000 + i, 1, 0);
	expect(test, 0, "");
	KUNIT_EXPECT_TRUE(test, context_now().leased);
	KUNIT_EXPECT_EQ(test, context_now().zone, (u16)KB_INDEX_NONE);
	KUNIT_EXPECT_EQ(test, context_now().schedules, 0ull);
	context_request(test, in_force(), 0, NEVER, 0);
	expect(test, 0, "");
	KUNIT_EXPECT_FALSE(test, context_now().leased);
}

/* Whichever allocation fails: set, or not set and said so. */
static void context_survives_no_memory(struct kunit *test)
{
	struct client *c = test->priv;
	unsigned int nth, left = 0;

	kb_test_load(test, SIGNED(net_a));
	for (nth = 1; nth < 100 && !left; nth++) {
		context_request(test, in_force(), 0, NEVER, 0);
		expect(test, 0, "");
		context_request(test, in_force(), 15, 1, 2);
		current->fail_nth = nth;
		transmit(c);
		left = current->fail_nth;
		current->fail_nth = 0;
		c->error = 1;
		if (receive(c) > 0)
			note_ack(c, (void *)c->answer);
		if (c->error <= 0)
			KUNIT_EXPECT_EQ_MSG(test, context_now().leased, !c->error, "%u", nth);
		KUNIT_EXPECT_TRUE_MSG(test, c->error >= 0 || c->error == -ENOMEM, "%u: %d", nth,
				      c->error);
	}
	KUNIT_EXPECT_GT(test, nth, 4u);
	KUNIT_EXPECT_LT(test, nth, 100u);
}

/* A copy of the message that lasts as long as the test, and its attributes. */
static void keep(struct kunit *test, const struct nlmsghdr *nlh)
{
	struct nlmsghdr *copy = kunit_kmalloc(test, nlh->nlmsg_len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, nlh, nlh->nlmsg_len);
	KUNIT_ASSERT_EQ(test, nlmsg_parse_deprecated(copy, GENL_HDRLEN, last, KB_A_MAX, NULL, NULL),
			0);
	messages++;
}

static void note_link(struct kunit *test, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_IFINDEX);

	KUNIT_ASSERT_NOT_NULL(test, attr);
	if (nla_get_u32(attr) == wanted->ifindex)
		keep(test, nlh);
}

static void expect_string(struct kunit *test, u16 type, const char *text)
{
	KUNIT_ASSERT_NOT_NULL_MSG(test, last[type], "attribute %u", type);
	KUNIT_EXPECT_EQ_MSG(test, nla_strcmp(last[type], text), 0, "attribute %u", type);
}

static void dump_links(struct kunit *test)
{
	messages = 0;
	memset(last, 0, sizeof(last));
	begin(test, KB_CMD_LINK_DUMP, NLM_F_DUMP, 0);
	KUNIT_EXPECT_EQ(test, ask(test, note_link), 0);
	KUNIT_EXPECT_EQ(test, messages, 1u);
}

static void dumps_links(struct kunit *test)
{
	wanted = cable;
	dump_links(test);
	expect_string(test, KB_A_LINK, cable->name);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LINK_KIND]), (u64)KB_LINK_OTHER);	/* no bus */
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LINK_BUS]), (u64)KB_LINK_BUS_VIRTUAL);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LINK_UP]), 0ull);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LINK_OPEN]), 1ull);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_REASON]), (u64)KB_REASON_NONE);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_BYPASS]), 0ull);
	KUNIT_ASSERT_NOT_NULL(test, last[KB_A_MAC]);
	KUNIT_EXPECT_EQ(test, nla_memcmp(last[KB_A_MAC], kb_test_mac, ETH_ALEN), 0);
	KUNIT_ASSERT_NOT_NULL(test, last[KB_A_PERM_MAC]);
	KUNIT_EXPECT_EQ(test, nla_memcmp(last[KB_A_PERM_MAC], kb_test_mac, ETH_ALEN), 0);
	KUNIT_EXPECT_NULL(test, last[KB_A_PROFILE]);
	raise_cable(test, cable);
	dump_links(test);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LINK_UP]), 1ull);
	wanted = init_net.loopback_dev;
	dump_links(test);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LINK_KIND]), (u64)KB_LINK_LOOPBACK);
}

/* Why the rules are closed, KB_REASON_RULE for open ones. */
static u8 reasons[KB_NET_RULES];

static void note_path(struct kunit *test, const struct nlmsghdr *nlh)
{
	const u32 index = messages;

	keep(test, nlh);
	KUNIT_ASSERT_LT(test, index, (u32)KB_NET_RULES);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_RULE]), (u64)index);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_LINE]), 20ull + index);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_PATH_OPEN]),
			(u64)(kb_test_u8(last[KB_A_REASON]) == KB_REASON_RULE));
	reasons[index] = kb_test_u8(last[KB_A_REASON]);
}

static void expect_paths(struct kunit *test, u8 screen, u8 counter, u8 collector)
{
	messages = 0;
	begin(test, KB_CMD_PATH_DUMP, NLM_F_DUMP, 0);
	KUNIT_EXPECT_EQ(test, ask(test, note_path), 0);
	KUNIT_EXPECT_EQ(test, messages, (u32)KB_NET_RULES);
	KUNIT_EXPECT_EQ(test, reasons[KB_NET_SCREEN], screen);
	KUNIT_EXPECT_EQ(test, reasons[KB_NET_COUNTER], counter);
	KUNIT_EXPECT_EQ(test, reasons[KB_NET_COLLECTOR], collector);
}

static void dumps_paths(struct kunit *test)
{
	begin(test, KB_CMD_PATH_DUMP, NLM_F_DUMP, 0);
	expect(test, -ENODATA, "");
	raise_cable(test, cable);
	kb_test_load(test, SIGNED(net_a));
	expect_paths(test, KB_REASON_LEASE, KB_REASON_LEASE, KB_REASON_RULE);
	expect_string(test, KB_A_NAME, "slice");
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_PATH_KIND]), (u64)KB_PATH_PATH);
	KUNIT_EXPECT_NOT_NULL(test, last[KB_A_PACKETS]);
	KUNIT_EXPECT_NOT_NULL(test, last[KB_A_BYTES]);
	KUNIT_EXPECT_NOT_NULL(test, last[KB_A_REFUSALS]);
	context_request(test, in_force(), 15, NEVER, 0);
	expect(test, 0, "");
	expect_paths(test, KB_REASON_RULE, KB_REASON_ZONE, KB_REASON_RULE);
	context_request(test, in_force(), 15, 0, 2);
	expect(test, 0, "");
	expect_paths(test, KB_REASON_RULE, KB_REASON_HOURS, KB_REASON_RULE);
	context_request(test, in_force(), 15, 0, 1);
	expect(test, 0, "");
	expect_paths(test, KB_REASON_RULE, KB_REASON_RULE, KB_REASON_RULE);
	KUNIT_EXPECT_EQ(test, kb_isolate_begin((const u8 *)"the first of all"), 0);
	expect_paths(test, KB_REASON_ISOLATED, KB_REASON_ISOLATED, KB_REASON_RULE);
}

static void get_status(struct kunit *test)
{
	messages = 0;
	memset(last, 0, sizeof(last));
	begin(test, KB_CMD_STATUS_GET, 0, 0);
	KUNIT_EXPECT_EQ(test, ask(test, keep), 0);
	KUNIT_EXPECT_EQ(test, messages, 1u);
}

static void tells_status(struct kunit *test)
{
	static const u16 counters[] = {
		KB_A_PATH_ALLOWED, KB_A_PATH_REFUSED, KB_A_PATH_AUDITED, KB_A_FLOWS_CUT,
	};
	unsigned int i;

	get_status(test);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LEASE]), 0ull);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_LEASE_LEFT]), 0ull);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_ISOLATED]), 0ull);
	KUNIT_EXPECT_NULL(test, last[KB_A_ISOLATION]);
	KUNIT_EXPECT_NULL(test, last[KB_A_ZONE]);
	KUNIT_EXPECT_NULL(test, last[KB_A_MODE_PATH]);
	for (i = 0; i < ARRAY_SIZE(counters); i++)
		KUNIT_EXPECT_NOT_NULL_MSG(test, last[counters[i]], "%u", i);
	kb_test_load(test, SIGNED(net_a));
	context_request(test, in_force(), 15, 1, 2);
	expect(test, 0, "");
	KUNIT_EXPECT_EQ(test, kb_isolate_begin((const u8 *)"the first of all"), 0);
	get_status(test);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_LEASE]), 1ull);
	KUNIT_EXPECT_LE(test, kb_test_u32(last[KB_A_LEASE_LEFT]), 15000ull);
	KUNIT_EXPECT_GT(test, kb_test_u32(last[KB_A_LEASE_LEFT]), 0ull);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_ZONE]), 1ull);
	KUNIT_ASSERT_NOT_NULL(test, last[KB_A_SCHEDULES]);
	KUNIT_EXPECT_EQ(test, nla_get_u64(last[KB_A_SCHEDULES]), 2ull);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_ISOLATED]), 1ull);
	KUNIT_ASSERT_NOT_NULL(test, last[KB_A_ISOLATION]);
	KUNIT_EXPECT_EQ(test, nla_memcmp(last[KB_A_ISOLATION], "the first of all", 16), 0);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_MODE_PATH]), (u64)KB_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, kb_test_u8(last[KB_A_MODE_LINK]), (u64)KB_GATE_OFF);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_PATH_RULES]), (u64)KB_NET_RULES);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_NETWORKS]), 4ull);
	KUNIT_EXPECT_EQ(test, kb_test_u32(last[KB_A_PREFIXES]), 5ull);
}

static void isolate_request(struct kunit *test, struct kb_bytes name, struct kb_bytes order,
			    struct kb_bytes signature)
{
	begin(test, KB_CMD_ISOLATE, 0, 2048 + signature.len);
	if (name.data)
		put(test, KB_A_ISOLATION, name.data, name.len);
	if (order.data)
		put(test, KB_A_ORDER, order.data, order.len);
	if (signature.data)
		put(test, KB_A_SIG_AUTHOR, signature.data, signature.len);
}

#define NONE	BYTES(NULL, 0)
#define FIRST	BYTES("the first of all", KB_ISOLATION_LEN)

static void expect_isolated(struct kunit *test, bool on)
{
	u8 name[KB_ISOLATION_LEN];

	KUNIT_EXPECT_EQ(test, kb_isolate_status(name), on);
}

static void isolate_refuses_requests(struct kunit *test)
{
	static const u8 large[257];

	isolate_request(test, NONE, NONE, NONE);
	expect(test, -EINVAL, "either the name");
	isolate_request(test, FIRST, BLOB(order_release), SIG(author_order_release));
	expect(test, -EINVAL, "either the name");
	isolate_request(test, FIRST, NONE, SIG(author_order_release));
	expect(test, -EINVAL, "either the name");
	isolate_request(test, NONE, BLOB(order_release), NONE);
	expect(test, -EINVAL, "either the name");
	isolate_request(test, NONE, NONE, SIG(author_order_release));
	expect(test, -EINVAL, "either the name");
	isolate_request(test, BYTES("the first of all", 15), NONE, NONE);
	KUNIT_EXPECT_LT(test, ask(test, NULL), 0);
	isolate_request(test, BYTES("the first of all", 17), NONE, NONE);
	KUNIT_EXPECT_LT(test, ask(test, NULL), 0);
	isolate_request(test, NONE, BYTES(large, sizeof(large)), SIG(author_order_release));
	expect(test, -ERANGE, "");
	expect_isolated(test, false);
}

static void isolate_and_release(struct kunit *test)
{
	isolate_request(test, FIRST, NONE, NONE);
	expect(test, 0, "");
	expect_isolated(test, true);
	isolate_request(test, FIRST, NONE, NONE);
	expect(test, -EALREADY, "isolated already");
	kb_trust_exit();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
	isolate_request(test, NONE, BLOB(order_release), SIG(author_order_release));
	expect(test, -ENOKEY, "not sealed");
	kb_test_trust(test, 0);
	isolate_request(test, NONE, BLOB(order_release), SIG(stranger));
	expect(test, -ENOKEY, "author");
	isolate_request(test, NONE, BLOB(order_release), SIG(author_order_other));
	expect(test, -EKEYREJECTED, "does not match");
	isolate_request(test, NONE, BLOB(order_magic), SIG(author_order_magic));
	expect(test, -EBADMSG, "no order");
	isolate_request(test, NONE, BLOB(order_other), SIG(author_order_other));
	expect(test, -ESTALE, "another isolation");
	expect_isolated(test, true);
	isolate_request(test, NONE, BLOB(order_release), SIG(author_order_release));
	expect(test, 0, "");
	expect_isolated(test, false);
	isolate_request(test, NONE, BLOB(order_release), SIG(author_order_release));
	expect(test, -ENOENT, "not isolated");
}

static void release_isolation(void)
{
	const char *why;

	kb_isolate_release(fixture_blob_order_release, sizeof(fixture_blob_order_release),
			   fixture_sig_author_order_release,
			   sizeof(fixture_sig_author_order_release), &why);
}

static int netlink_net_test_init(struct kunit *test)
{
	int err;

	kb_policy_exit();
	kb_trust_exit();
	err = kb_trust_init();
	if (err)
		return err;
	kb_test_trust(test, 0);
	cable = plug_cable(test);
	return open_client(test);
}

static void netlink_net_test_exit(struct kunit *test)
{
	release_isolation();
	expect_isolated(test, false);
	kb_test_sleep(true);	/* no lease */
	kb_test_sleep(false);
	close_client(test);
	unplug_cable(cable);
	cable = NULL;
	kb_policy_exit();
	kb_trust_exit();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case netlink_net_cases[] = {
	KUNIT_CASE(context_needs_policy),
	KUNIT_CASE(context_refuses),
	KUNIT_CASE(context_refuses_asleep),
	KUNIT_CASE(context_sets),
	KUNIT_CASE(context_survives_no_memory),
	KUNIT_CASE(dumps_links),
	KUNIT_CASE(dumps_paths),
	KUNIT_CASE(tells_status),
	KUNIT_CASE(isolate_refuses_requests),
	KUNIT_CASE(isolate_and_release),
	{}
};

static struct kunit_suite netlink_net_suite = {
	.name = "kidoban_netlink_net",
	.init = netlink_net_test_init,
	.exit = netlink_net_test_exit,
	.test_cases = netlink_net_cases,
};
kunit_test_suite(netlink_net_suite);
