// SPDX-License-Identifier: GPL-2.0-only
/* Loading a policy: every refusal leaves the one in force alone; publishing under readers. */
#include <linux/percpu.h>

/* The allocator of per-processor memory has no place where a fault can be injected. */
static bool no_percpu;
#define __alloc_percpu(size, align)	(no_percpu ? NULL : (__alloc_percpu)(size, align))

#include "../policy.c"

#include <kidoban/usb.h>
#include <linux/delay.h>
#include <linux/kthread.h>

#include "signed.h"

static u64 events_so_far(void)
{
	u64 seq, lost;
	size_t memory;

	kb_event_status(&seq, &lost, &memory);
	return seq;
}

static u32 serial_in_force(void)
{
	struct kb_active *active = kb_policy_get();
	u32 serial = active ? active->policy->header.serial : 0;

	kb_policy_put(active);
	return serial;
}

/* Expects @err with @text in its sentence, an event about it, and everything else as it was. */
static void expect_refused(struct kunit *test, struct kb_policy_offer offer, int err,
			   const char *text)
{
	struct kb_active *before = kb_policy_get(), *after;
	u64 events = events_so_far(), generation = policy.generation;
	struct kb_blob_error why = {};

	KUNIT_EXPECT_EQ_MSG(test, kb_policy_load(&offer, &why), err, "\"%s\"", why.text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why.text, text), "\"%s\" lacks \"%s\"", why.text,
				  text);
	after = kb_policy_get();
	KUNIT_EXPECT_PTR_EQ(test, before, after);
	KUNIT_EXPECT_EQ(test, policy.generation, generation);
	KUNIT_EXPECT_EQ(test, events_so_far(), events + (err != -EALREADY));
	kb_policy_put(after);
	kb_policy_put(before);
}

static void expect_loaded(struct kunit *test, struct kb_policy_offer offer, u32 serial)
{
	u64 generation = policy.generation;
	struct kb_blob_error why = {};

	KUNIT_EXPECT_EQ_MSG(test, kb_policy_load(&offer, &why), 0, "\"%s\"", why.text);
	KUNIT_EXPECT_EQ(test, serial_in_force(), serial);
	KUNIT_EXPECT_EQ(test, policy.generation, generation + 1);
}

static void refuses_before_seal(struct kunit *test)
{
	expect_refused(test, SIGNED(serial_10), -ENOKEY, "not sealed");
	kb_test_add_key(test, KB_RING_AUTHOR, CERT(author));
	expect_refused(test, SIGNED(serial_10), -ENOKEY, "not sealed");
	kb_test_seal(test, 0);
	expect_loaded(test, SIGNED(serial_10), 10);
}

/* Everything that is wrong about who signed; run without and with a policy in force. */
static void expect_signatures_refused(struct kunit *test)
{
	struct kb_policy_offer offer = SIGNED(serial_11);
	u8 flipped[sizeof(fixture_blob_serial_11)];

	offer.author_len = 0;
	expect_refused(test, offer, -EBADMSG, "author signature");
	offer = SIGNED(serial_11);
	offer.approver = NULL;
	offer.approver_len = 0;
	expect_refused(test, offer, -ENODATA, "approver signature");
	offer = SIGNED(serial_11);
	offer.approver_len = 0;
	expect_refused(test, offer, -EBADMSG, "approver signature");

	expect_refused(test, OFFER(serial_10, stranger, approver_serial_10), -ENOKEY, "author");
	expect_refused(test, OFFER(serial_10, author_serial_10, stranger), -ENOKEY, "approver");
	expect_refused(test, OFFER(serial_10, author_serial_10, author_serial_10), -ENOKEY,
		       "trusted approver keys");
	expect_refused(test, OFFER(serial_10, approver_serial_10, approver_serial_10), -ENOKEY,
		       "trusted author keys");
	expect_refused(test, OFFER(serial_10, approver_serial_10, author_serial_10), -ENOKEY,
		       "trusted author keys");
	/* another policy's signature, by the right people */
	expect_refused(test, OFFER(serial_11, author_serial_10, approver_serial_11),
		       -EKEYREJECTED, "author signature does not match");
	expect_refused(test, OFFER(serial_11, author_serial_11, approver_serial_10),
		       -EKEYREJECTED, "approver signature does not match");

	memcpy(flipped, fixture_blob_serial_11, sizeof(flipped));
	flipped[sizeof(flipped) / 2] ^= 4;
	offer = SIGNED(serial_11);
	offer.blob = flipped;
	expect_refused(test, offer, -EKEYREJECTED, "does not match");
	offer = SIGNED(serial_11);
	offer.blob_len--;
	expect_refused(test, offer, -EKEYREJECTED, "does not match");
}

static void refuses_signatures(struct kunit *test)
{
	kb_test_trust(test, 0);
	expect_signatures_refused(test);
	KUNIT_EXPECT_EQ(test, serial_in_force(), 0);
	expect_loaded(test, SIGNED(serial_9), 9);
	expect_signatures_refused(test);
	KUNIT_EXPECT_EQ(test, serial_in_force(), 9);
}

/* What two people signed and is wrong all the same. */
static void expect_contents_refused(struct kunit *test)
{
	expect_refused(test, SIGNED(garbage), -EBADMSG, "not a kidoban policy");
	expect_refused(test, SIGNED(no_group), -EBADMSG, "group is missing");
	expect_refused(test, SIGNED(next_format), -EPROTONOSUPPORT, "format");
	expect_refused(test, SIGNED(next_level), -EPROTONOSUPPORT, "level");
	expect_refused(test, SIGNED(elsewhere), -EXDEV, "municipality 131024");
	expect_refused(test, SIGNED(other_group), -EXDEV, "group dedicated");
	expect_refused(test, SIGNED(expired), -EKEYEXPIRED, "expired");
	expect_refused(test, SIGNED(not_yet), -ETIME, "not valid before");
}

static void refuses_contents(struct kunit *test)
{
	kb_test_trust(test, 0);
	expect_contents_refused(test);
	KUNIT_EXPECT_EQ(test, serial_in_force(), 0);
	expect_loaded(test, SIGNED(serial_10), 10);
	expect_contents_refused(test);
	KUNIT_EXPECT_EQ(test, serial_in_force(), 10);
}

static void refuses_replay(struct kunit *test)
{
	kb_test_trust(test, 0);
	expect_loaded(test, SIGNED(serial_10), 10);
	expect_refused(test, SIGNED(serial_10), -EALREADY, "in force already");
	expect_refused(test, SIGNED(serial_10_other), -ESTALE, "does not follow");
	expect_refused(test, SIGNED(serial_9), -ESTALE, "serial 9");
	expect_loaded(test, SIGNED(serial_11), 11);
	expect_refused(test, SIGNED(serial_10), -ESTALE, "serial 10");
	expect_loaded(test, SIGNED(epoch_2), 1);
	expect_refused(test, SIGNED(serial_11), -ESTALE, "epoch 1");
}

static void refuses_below_floor(struct kunit *test)
{
	kb_test_trust(test, 10);
	expect_refused(test, SIGNED(serial_9), -ESTALE, "serial 9");
	expect_loaded(test, SIGNED(serial_10), 10);
}

/* Without approver keys one signature is enough, and a second one is not looked at. */
static void author_alone(struct kunit *test)
{
	struct kb_policy_offer offer = SIGNED(serial_10);

	kb_test_add_key(test, KB_RING_AUTHOR, CERT(author));
	kb_test_seal(test, 0);
	offer.approver = NULL;
	expect_loaded(test, offer, 10);
	expect_loaded(test, OFFER(serial_11, author_serial_11, stranger), 11);
	expect_refused(test, OFFER(serial_11, approver_serial_11, author_serial_11), -ENOKEY,
		       "author");
}

static void lock_holds_until_released(struct kunit *test)
{
	kb_test_trust(test, 0);
	KUNIT_EXPECT_FALSE(test, kb_policy_locked());
	expect_loaded(test, SIGNED(locked), 12);
	KUNIT_EXPECT_TRUE(test, kb_policy_locked());
	expect_contents_refused(test);
	expect_refused(test, SIGNED(serial_11), -ESTALE, "serial 11");
	KUNIT_EXPECT_TRUE(test, kb_policy_locked());
	expect_loaded(test, SIGNED(unlocked), 13);
	KUNIT_EXPECT_FALSE(test, kb_policy_locked());
}

static void knows_its_bytes(struct kunit *test)
{
	u8 sha[SHA256_DIGEST_SIZE];
	struct kb_active *active;

	kb_test_trust(test, 0);
	expect_loaded(test, SIGNED(serial_10), 10);
	active = kb_policy_get();
	KUNIT_ASSERT_NOT_NULL(test, active);
	sha256(fixture_blob_serial_10, sizeof(fixture_blob_serial_10), sha);
	KUNIT_EXPECT_EQ(test, memcmp(active->sha256, sha, sizeof(sha)), 0);
	/* what is held stays whole after it was replaced */
	expect_loaded(test, SIGNED(serial_11), 11);
	KUNIT_EXPECT_EQ(test, active->policy->header.serial, 10);
	KUNIT_EXPECT_EQ(test, refcount_read(&active->users), 1);
	kb_policy_put(active);
}

/* Whichever allocation fails: -ENOMEM, the policy in force stays, nothing leaks. */
static void survives_no_memory(struct kunit *test)
{
	struct kb_policy_offer offer = SIGNED(serial_11);
	unsigned int nth, left = 0;

	kb_test_trust(test, 0);
	expect_loaded(test, SIGNED(serial_10), 10);
	for (nth = 1; nth < 1000 && !left; nth++) {
		struct kb_blob_error why = {};
		int err;

		current->fail_nth = nth;
		err = kb_policy_load(&offer, &why);
		left = current->fail_nth;
		current->fail_nth = 0;
		if (err) {
			KUNIT_EXPECT_EQ_MSG(test, err, -ENOMEM, "allocation %u: \"%s\"", nth,
					    why.text);
			KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why.text, "memory"), "%u: \"%s\"",
						  nth, why.text);
			KUNIT_EXPECT_EQ(test, serial_in_force(), 10);
			continue;
		}
		KUNIT_EXPECT_EQ(test, serial_in_force(), 11);
		if (!left) {	/* in force without that one; start again */
			kb_policy_exit();
			expect_loaded(test, SIGNED(serial_10), 10);
		}
	}
	KUNIT_EXPECT_GT(test, nth, 20);
}

/* No memory for the counters of paths: the policy in force stays, with its own. */
static void survives_no_counters(struct kunit *test)
{
	struct kb_active *before;

	kb_test_trust(test, 0);
	no_percpu = true;
	expect_refused(test, SIGNED(net_a), -ENOMEM, "memory");
	/* one without paths needs none */
	expect_loaded(test, SIGNED(serial_10), 10);
	no_percpu = false;
	expect_loaded(test, SIGNED(net_a), 40);
	before = kb_policy_get();
	KUNIT_ASSERT_NOT_NULL(test, before);
	KUNIT_EXPECT_TRUE(test, before->tally != NULL);
	no_percpu = true;
	expect_refused(test, SIGNED(net_b), -ENOMEM, "memory");
	no_percpu = false;
	KUNIT_EXPECT_EQ(test, serial_in_force(), 40);
	kb_policy_put(before);
	expect_loaded(test, SIGNED(net_b), 41);
}

/* As many rules as there may be: counters have a largest size, too. */
static void counts_the_most_rules(struct kunit *test)
{
	struct kb_path_tally __percpu *tally;

	tally = __alloc_percpu(KB_PATH_RULES_MAX * sizeof(*tally), __alignof__(*tally));
	KUNIT_EXPECT_TRUE(test, tally != NULL);
	free_percpu(tally);
}

/* Readers and one publisher. */
#define READERS		4
#define PUBLISHED	200

struct reader {
	struct task_struct *task;
	u64 reads, policies, wrong;
};

/* Holds every policy over a change of task, and asks it what only that policy would say. */
static int read_on(void *data)
{
	static const struct kb_usb_alt stick = { .class = 0x08, .subclass = 0x06, .protocol = 0x50 };
	struct kb_usb_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	struct reader *reader = data;
	u64 generation = 0;

	if (!dev || kb_usb_device_add_interface(dev, 0) || kb_usb_device_add_alt(dev, &stick))
		reader->wrong++;
	dev->port = "pci-0000:00:14.0/1";
	kb_usb_classify(dev);
	while (!kthread_should_stop()) {
		struct kb_active *active = kb_policy_get();
		const struct kb_policy *p = active->policy;
		struct kb_usb_verdict v;

		kb_usb_decide(p, dev, 0, &v);
		reader->wrong += active->generation < generation;
		reader->policies += active->generation > generation;
		generation = active->generation;
		cond_resched();
		reader->wrong += v.action != KB_ACTION_REFUSE || v.reason != KB_REASON_RULE ||
				 v.rule >= p->n_rules ||
				 p->rules[v.rule].line != p->header.serial ||
				 p->n_rules != p->header.serial % 5 + 1;
		reader->reads++;
		kb_policy_put(active);
		if (reader->reads % 16 == 0)
			schedule_timeout_uninterruptible(1);
	}
	kfree(dev);
	return 0;
}

static int publish_serial(u32 serial, u8 *buf, u32 size)
{
	const struct kb_sample sample = { .serial = serial, .n_rules = serial % 5 + 1 };
	struct kb_blob_error why;
	struct kb_policy *parsed;
	u32 len = kb_make_sample(buf, size, &sample);
	int err = kb_policy_parse(buf, len, &parsed, &why);

	if (err)
		return err;
	mutex_lock(&policy.lock);
	err = enforce(parsed, &why);
	mutex_unlock(&policy.lock);
	return err;
}

static void publishes_under_readers(struct kunit *test)
{
	struct reader *readers = kunit_kcalloc(test, READERS, sizeof(*readers), GFP_KERNEL);
	u8 *buf = kunit_kmalloc(test, 4096, GFP_KERNEL);
	u32 serial;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, readers);
	KUNIT_ASSERT_NOT_NULL(test, buf);
	kb_test_trust(test, 0);
	KUNIT_ASSERT_EQ(test, publish_serial(1, buf, 4096), 0);
	for (i = 0; i < READERS; i++) {
		readers[i].task = kthread_run(read_on, &readers[i], "kb_reader_%d", i);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, readers[i].task);
	}
	for (serial = 2; serial <= PUBLISHED; serial++) {
		KUNIT_EXPECT_EQ(test, publish_serial(serial, buf, 4096), 0);
		schedule_timeout_uninterruptible(1);
	}
	for (i = 0; i < READERS; i++) {
		KUNIT_EXPECT_EQ(test, kthread_stop(readers[i].task), 0);
		KUNIT_EXPECT_EQ(test, readers[i].wrong, 0);
		KUNIT_EXPECT_GT(test, readers[i].policies, PUBLISHED / 4);
		KUNIT_EXPECT_GT(test, readers[i].reads, PUBLISHED);
	}
	KUNIT_EXPECT_EQ(test, serial_in_force(), PUBLISHED);
}

/* As after loading the module: no keys, no policy. */
static int policy_test_init(struct kunit *test)
{
	no_percpu = false;
	kb_policy_exit();
	mutex_lock(&policy.lock);
	pin(false);
	mutex_unlock(&policy.lock);
	kb_trust_exit();
	return kb_trust_init();
}

static void policy_test_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, policy_test_init(test), 0);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE(refuses_before_seal),
	KUNIT_CASE(refuses_signatures),
	KUNIT_CASE(refuses_contents),
	KUNIT_CASE(refuses_replay),
	KUNIT_CASE(refuses_below_floor),
	KUNIT_CASE(author_alone),
	KUNIT_CASE(lock_holds_until_released),
	KUNIT_CASE(knows_its_bytes),
	KUNIT_CASE(survives_no_memory),
	KUNIT_CASE(survives_no_counters),
	KUNIT_CASE(counts_the_most_rules),
	KUNIT_CASE(publishes_under_readers),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "kidoban_policy",
	.init = policy_test_init,
	.exit = policy_test_exit,
	.test_cases = policy_cases,
};
kunit_test_suite(policy_suite);
