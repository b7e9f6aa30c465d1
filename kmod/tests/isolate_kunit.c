// SPDX-License-Identifier: GPL-2.0-only
/* Isolation: what does not release, and what does, once (N6). */
#include "../isolate.c"

#include <linux/in.h>

#include "../path.h"
#include "../policy.h"
#include "hear.h"
#include "signed.h"

/* As the orders in tests/kunit/sample.c name them. */
static const u8 first[KB_ISOLATION_LEN] __nonstring = "the first of all";
static const u8 second[KB_ISOLATION_LEN] __nonstring = "the second of it";

#define SERVER	0x0a1e0009	/* 10.30.0.9, the collector of net_open */

static void expect_isolated(struct kunit *test, const u8 *name)
{
	u8 is[KB_ISOLATION_LEN] = {};
	struct kb_path_law law;

	KUNIT_EXPECT_EQ(test, kb_isolate_status(is), name != NULL);
	if (name)
		KUNIT_EXPECT_EQ(test, memcmp(is, name, sizeof(is)), 0);
	rcu_read_lock();
	kb_path_law(&law);
	KUNIT_EXPECT_EQ(test, law.isolated, name != NULL);
	rcu_read_unlock();
}

static int release(struct kb_bytes order, struct kb_bytes signature, const char **ret_why)
{
	*ret_why = "nothing said";
	return kb_isolate_release(order.data, order.len, signature.data, signature.len, ret_why);
}

/* Refused with @err and @text, and whatever was before goes on, without an event. */
static void expect_kept(struct kunit *test, struct kb_bytes order, struct kb_bytes signature,
			int err, const char *text)
{
	u64 last = kb_test_last_event();
	u8 name[KB_ISOLATION_LEN];
	bool on = kb_isolate_status(name);
	const char *why;

	KUNIT_EXPECT_EQ_MSG(test, release(order, signature, &why), err, "\"%s\"", why);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why, text), "\"%s\" lacks \"%s\"", why, text);
	expect_isolated(test, on ? name : NULL);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_ISOLATE, NULL), 0u);
}

static void expect_released(struct kunit *test)
{
	const char *why;

	KUNIT_EXPECT_EQ_MSG(test, release(BLOB(order_release), SIG(author_order_release), &why), 0,
			    "\"%s\"", why);
	expect_isolated(test, NULL);
}

static void refuses_before_seal(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), 0);
	expect_kept(test, BLOB(order_release), SIG(author_order_release), -ENOKEY, "not sealed");
	kb_test_add_key(test, KB_RING_AUTHOR, CERT(author));
	expect_kept(test, BLOB(order_release), SIG(author_order_release), -ENOKEY, "not sealed");
	kb_test_seal(test, 0);
	expect_released(test);
}

/* Who signed is looked at before anything else, isolated or not. */
static void expect_signatures_refused(struct kunit *test)
{
	struct kb_bytes release = BLOB(order_release);
	u8 flipped[sizeof(fixture_sig_author_order_release)];

	expect_kept(test, release, SIG(stranger), -ENOKEY, "author");
	/* an approver is no author */
	expect_kept(test, release, SIG(approver_order_release), -ENOKEY, "author");
	expect_kept(test, release, SIG(author_order_other), -EKEYREJECTED, "does not match");
	expect_kept(test, release, SIG(author_serial_10), -EKEYREJECTED, "does not match");
	expect_kept(test, BLOB(order_other), SIG(author_order_release), -EKEYREJECTED,
		    "does not match");
	expect_kept(test, BYTES(release.data, release.len - 1), SIG(author_order_release),
		    -EKEYREJECTED, "does not match");
	expect_kept(test, release, BYTES("", 0), -EBADMSG, "author signature");
	expect_kept(test, release, BYTES(fixture_sig_author_order_release, 40), -EBADMSG,
		    "author signature");
	memcpy(flipped, fixture_sig_author_order_release, sizeof(flipped));
	flipped[sizeof(flipped) - 9] ^= 1;
	expect_kept(test, release, BYTES(flipped, sizeof(flipped)), -EKEYREJECTED,
		    "does not match");
}

static void refuses_signatures(struct kunit *test)
{
	kb_test_trust(test, 0);
	expect_signatures_refused(test);
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), 0);
	expect_signatures_refused(test);
	expect_released(test);
}

/* What an author signed and releases nothing. */
static void refuses_orders(struct kunit *test)
{
	kb_test_trust(test, 0);
	expect_kept(test, BLOB(order_release), SIG(author_order_release), -ENOENT, "not isolated");
	expect_kept(test, BLOB(order_short), SIG(author_order_short), -ENOENT, "not isolated");
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), 0);
	expect_kept(test, BLOB(order_magic), SIG(author_order_magic), -EBADMSG, "no order");
	expect_kept(test, BLOB(order_isolate), SIG(author_order_isolate), -EBADMSG, "no order");
	expect_kept(test, BLOB(order_reserved), SIG(author_order_reserved), -EBADMSG, "no order");
	expect_kept(test, BLOB(order_short), SIG(author_order_short), -EBADMSG, "no order");
	/* a policy is no order */
	expect_kept(test, BLOB(serial_10), SIG(author_serial_10), -EBADMSG, "no order");
	expect_kept(test, BLOB(order_other), SIG(author_order_other), -ESTALE, "another isolation");
	expect_released(test);
}

/* One name at a time; an order for the name before is worth nothing. */
static void releases_once(struct kunit *test)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};
	u64 last = kb_test_last_event();

	kb_test_trust(test, 0);
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), 0);
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), -EALREADY);
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(second), -EALREADY);
	expect_isolated(test, first);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_ISOLATE, attrs), 1u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_ISOLATED]), 1ull);
	KUNIT_ASSERT_NOT_NULL(test, attrs[KB_A_ISOLATION]);
	KUNIT_EXPECT_EQ(test, nla_memcmp(attrs[KB_A_ISOLATION], first, sizeof(first)), 0);
	expect_released(test);
	KUNIT_EXPECT_EQ(test, kb_test_events(test, last, KB_EVENT_ISOLATE, attrs), 2u);
	KUNIT_EXPECT_EQ(test, kb_test_u8(attrs[KB_A_ISOLATED]), 0ull);
	expect_kept(test, BLOB(order_release), SIG(author_order_release), -ENOENT, "not isolated");
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(second), 0);
	expect_kept(test, BLOB(order_release), SIG(author_order_release), -ESTALE,
		    "another isolation");
	expect_isolated(test, second);
}

/* What becomes of a packet to @to. */
static enum kb_reason judge(u8 proto, u32 to, u16 sport, u16 dport, bool *ret_allowed)
{
	const struct kb_path_link cable = {
		.allowed = true, .rule = KB_INDEX_NONE, .profile = KB_INDEX_NONE,
	};
	const struct kb_path_ask nobody = {};
	struct kb_path_verdict verdict = {};
	struct kb_packet packet = {
		.version = 4, .proto = proto, .flags = KB_PACKET_PORTS, .sport = sport,
		.dport = dport, .src.v4 = 0x0a000001,
		.dst.v4 = to,
	};
	struct kb_path_query query = { .packet = &packet, .link = &cable, .ask = &nobody };
	struct kb_path_law law;

	rcu_read_lock();
	query.context = kb_lease_context(0);
	*ret_allowed = !kb_path_law(&law);
	if (!*ret_allowed) {
		query.context = kb_lease_context(law.generation);
		kb_path_decide(law.policy, &query, &verdict);
		*ret_allowed = verdict.action == KB_ACTION_ALLOW || !kb_path_enforced(&law);
	}
	rcu_read_unlock();
	return verdict.reason;
}

/* Without any policy there is no collector either; DHCP goes out by broadcast only. */
static void holds_without_policy(struct kunit *test)
{
	bool allowed;

	KUNIT_EXPECT_EQ(test, judge(6, SERVER, 50000, 443, &allowed), KB_REASON_NONE);
	KUNIT_EXPECT_TRUE(test, allowed);
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), 0);
	KUNIT_EXPECT_EQ(test, judge(6, SERVER, 50000, 443, &allowed), KB_REASON_ISOLATED);
	KUNIT_EXPECT_FALSE(test, allowed);
	/* a lease of an address is asked for by broadcast; a server elsewhere could be anybody */
	KUNIT_EXPECT_EQ(test, judge(17, SERVER, 68, 67, &allowed), KB_REASON_ISOLATED);
	KUNIT_EXPECT_FALSE(test, allowed);
	KUNIT_EXPECT_EQ(test, judge(17, INADDR_BROADCAST, 68, 67, &allowed), KB_REASON_DHCP);
	KUNIT_EXPECT_TRUE(test, allowed);
	kb_test_trust(test, 0);
	expect_released(test);
	judge(6, SERVER, 50000, 443, &allowed);
	KUNIT_EXPECT_TRUE(test, allowed);
}

/* A policy on trial, one that allows all, and one with the gate off: cut off all the same. */
static void holds_under_any_policy(struct kunit *test)
{
	bool allowed;

	kb_test_trust(test, 0);
	kb_test_load(test, SIGNED(serial_10));
	KUNIT_EXPECT_EQ(test, kb_isolate_begin(first), 0);
	judge(6, SERVER, 50000, 80, &allowed);
	KUNIT_EXPECT_FALSE(test, allowed);
	kb_test_load(test, SIGNED(net_audit));
	KUNIT_EXPECT_EQ(test, judge(6, SERVER, 50000, 80, &allowed), KB_REASON_ISOLATED);
	KUNIT_EXPECT_FALSE(test, allowed);
	kb_test_load(test, SIGNED(net_open));
	judge(6, SERVER, 50000, 80, &allowed);
	KUNIT_EXPECT_FALSE(test, allowed);
	KUNIT_EXPECT_EQ(test, judge(6, SERVER, 50000, 443, &allowed), KB_REASON_RULE);
	KUNIT_EXPECT_TRUE(test, allowed);
	expect_isolated(test, first);
	expect_released(test);
	judge(6, SERVER, 50000, 80, &allowed);
	KUNIT_EXPECT_TRUE(test, allowed);
}

/* No memory: not isolated and said so, or isolated; released or not, the same. */
static void survives_no_memory(struct kunit *test)
{
	unsigned int nth, left = 0;

	kb_test_trust(test, 0);
	kb_isolate_exit();	/* prepared anew */
	for (nth = 1; nth < 100 && !left; nth++) {
		const char *why;
		int err;

		current->fail_nth = nth;
		err = kb_isolate_begin(first);
		left = current->fail_nth;
		current->fail_nth = 0;
		KUNIT_EXPECT_TRUE_MSG(test, !err || err == -ENOMEM, "%u: %d", nth, err);
		expect_isolated(test, err ? NULL : first);
		if (err)
			continue;
		release(BLOB(order_release), SIG(author_order_release), &why);
		kb_isolate_exit();
	}
	KUNIT_EXPECT_GT(test, nth, 3u);
	KUNIT_EXPECT_LT(test, nth, 100u);
	left = 0;
	for (nth = 1; nth < 200 && !left; nth++) {
		const char *why;
		int err;

		kb_isolate_begin(first);
		current->fail_nth = nth;
		err = release(BLOB(order_release), SIG(author_order_release), &why);
		left = current->fail_nth;
		current->fail_nth = 0;
		KUNIT_EXPECT_TRUE_MSG(test, !err || err == -ENOMEM, "%u: %d", nth, err);
		expect_isolated(test, err ? first : NULL);
	}
	KUNIT_EXPECT_GT(test, nth, 5u);
	KUNIT_EXPECT_LT(test, nth, 200u);
}

static void reset(void)
{
	kb_policy_exit();
	kb_trust_exit();
	isolation.on = false;
	kb_lease_isolate(false);
}

static int isolate_test_init(struct kunit *test)
{
	reset();
	return kb_trust_init();
}

static void isolate_test_exit(struct kunit *test)
{
	reset();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case isolate_cases[] = {
	KUNIT_CASE(refuses_before_seal),
	KUNIT_CASE(refuses_signatures),
	KUNIT_CASE(refuses_orders),
	KUNIT_CASE(releases_once),
	KUNIT_CASE(holds_without_policy),
	KUNIT_CASE(holds_under_any_policy),
	KUNIT_CASE(survives_no_memory),
	{}
};

static struct kunit_suite isolate_suite = {
	.name = "kidoban_isolate",
	.init = isolate_test_init,
	.exit = isolate_test_exit,
	.test_cases = isolate_cases,
};
kunit_test_suite(isolate_suite);
