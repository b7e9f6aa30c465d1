// SPDX-License-Identifier: GPL-2.0-only
/* The policy in force: published by RCU, counted by whoever remembers its verdicts. */
#include "policy.h"

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

#include "event.h"
#include "media.h"
#include "trust.h"

static struct {
	struct mutex lock;		/* one load at a time; guards generation and locked */
	struct kb_active __rcu *active;	/* written under lock, read under RCU */
	u64 generation;
	bool locked;			/* we hold a reference to our own module */
} policy = {
	.lock = __MUTEX_INITIALIZER(policy.lock),
};

struct kb_active *kb_policy_get(void)
{
	struct kb_active *active;

	rcu_read_lock();
	/* The publisher's own reference outlives this section: a plain increment is enough. */
	active = kb_policy_hold(rcu_dereference(policy.active));
	rcu_read_unlock();
	return active;
}

void kb_policy_put(struct kb_active *active)
{
	if (!active || !refcount_dec_and_test(&active->users))
		return;
	kb_policy_free(active->policy);
	kfree(active);
}

bool kb_policy_locked(void)
{
	return READ_ONCE(policy.locked);
}

static int fail(struct kb_blob_error *ret_why, int err, const char *why)
{
	ret_why->offset = 0;
	strscpy(ret_why->text, why, sizeof(ret_why->text));
	return err;
}

/* Author always, approver where the trust set has one: two keys, two rings, two people (C2). */
static int verify(const struct kb_policy_offer *offer, struct kb_blob_error *ret_why)
{
	const char *why = "out of memory";
	int err;

	if (!kb_trust_terminal())
		return fail(ret_why, -ENOKEY, "trust is not sealed yet; start kidoband");
	err = kb_trust_verify(KB_RING_AUTHOR, offer->blob, offer->blob_len, offer->author,
			      offer->author_len, &why);
	if (err)
		return fail(ret_why, err, why);
	if (!kb_trust_count(KB_RING_APPROVER))
		return 0;
	if (!offer->approver)
		return fail(ret_why, -ENODATA,
			    "this terminal has approver keys: the policy needs an approver signature");
	err = kb_trust_verify(KB_RING_APPROVER, offer->blob, offer->blob_len, offer->approver,
			      offer->approver_len, &why);
	return err ? fail(ret_why, err, why) : 0;
}

static void publish(struct kb_active *next)
{
	struct kb_active *old;

	old = rcu_replace_pointer(policy.active, next, lockdep_is_held(&policy.lock));
	if (!old)
		return;
	synchronize_rcu();	/* after this nobody can take a first reference */
	kb_policy_put(old);
}

/* lock: true pins the module; only a signed policy without it lets go again. */
static int pin(bool lock)
{
	if (lock == policy.locked)
		return 0;
	if (!lock)
		module_put(THIS_MODULE);
	else if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	WRITE_ONCE(policy.locked, lock);
	return 0;
}

/* Consumes @parsed, whatever happens. */
static int enforce(struct kb_policy *parsed, struct kb_blob_error *ret_why)
{
	struct kb_active *current_active, *next;
	int err;

	current_active = rcu_dereference_protected(policy.active,
						   lockdep_is_held(&policy.lock));
	err = kb_policy_admit(parsed, current_active ? current_active->policy : NULL,
			      kb_trust_terminal(), ktime_get_real_seconds(), ret_why);
	if (err)
		goto refuse;
	next = kzalloc(sizeof(*next), GFP_KERNEL);
	if (!next) {
		err = fail(ret_why, -ENOMEM, "out of memory");
		goto refuse;
	}
	err = pin(parsed->header.lock);
	if (err) {
		kfree(next);
		fail(ret_why, err, "the module is being removed and cannot be locked");
		goto refuse;
	}
	next->policy = parsed;
	next->generation = ++policy.generation;
	sha256(parsed->blob, parsed->blob_len, next->sha256);
	refcount_set(&next->users, 1);

	kb_event_policy(next);
	publish(next);
	kb_media_reevaluate();
	return 0;
refuse:
	kb_policy_free(parsed);
	return err;
}

int kb_policy_load(const struct kb_policy_offer *offer, struct kb_blob_error *ret_why)
{
	struct kb_policy *parsed;
	int err;

	mutex_lock(&policy.lock);
	/* Nothing looks into the bytes before a trusted key has vouched for them. */
	err = verify(offer, ret_why);
	if (!err)
		err = kb_policy_parse(offer->blob, offer->blob_len, &parsed, ret_why);
	if (!err)
		err = enforce(parsed, ret_why);
	mutex_unlock(&policy.lock);
	if (err && err != -EALREADY)
		kb_event_policy_refused(err, ret_why->text);
	return err;
}

/* The last user is gone: netlink and the notifier are down. */
void kb_policy_exit(void)
{
	struct kb_active *old;

	mutex_lock(&policy.lock);
	old = rcu_replace_pointer(policy.active, NULL, lockdep_is_held(&policy.lock));
	mutex_unlock(&policy.lock);
	synchronize_rcu();
	kb_policy_put(old);
}
