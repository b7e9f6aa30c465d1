// SPDX-License-Identifier: GPL-2.0-only
/* The policy in force: published by RCU, counted by whoever remembers its verdicts. */
#include "policy.h"

#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>

#include "event.h"
#include "flow.h"
#include "lease.h"
#include "link.h"
#include "media.h"
#include "path.h"
#include "trust.h"

struct kb_active __rcu *kb_policy_in_force;	/* written under policy.lock, read under RCU */

static struct {
	struct mutex lock;		/* one load at a time; guards generation and locked */
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
	active = kb_policy_hold(rcu_dereference(kb_policy_in_force));
	rcu_read_unlock();
	return active;
}

static void free_active(struct kb_active *active)
{
	free_percpu(active->tally);
	kb_policy_free(active->policy);
	kfree(active);
}

void kb_policy_put(struct kb_active *active)
{
	if (active && refcount_dec_and_test(&active->users))
		free_active(active);
}

bool kb_policy_locked(void)
{
	return READ_ONCE(policy.locked);
}

bool kb_policy_is(u64 generation)
{
	const struct kb_active *active;
	bool same;

	rcu_read_lock();
	active = kb_policy_rcu();
	same = active && active->generation == generation;
	rcu_read_unlock();
	return same;
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

static struct kb_active *in_force(void)
{
	return rcu_dereference_protected(kb_policy_in_force, lockdep_is_held(&policy.lock));
}

static void publish(struct kb_active *next)
{
	struct kb_active *old = in_force();

	kb_lease_carry_begin(old, next);
	rcu_assign_pointer(kb_policy_in_force, next);
	if (old)
		synchronize_rcu_expedited();	/* after this nobody can take a first reference */
	kb_lease_carry_end();
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

/* The crypto API's is made for this processor, the library's may be the generic one. */
static void hash(const struct kb_policy *policy, u8 ret[SHA256_DIGEST_SIZE])
{
	struct crypto_shash *tfm = crypto_alloc_shash("sha256", 0, 0);
	int err = PTR_ERR_OR_ZERO(tfm);

	if (!err) {
		err = crypto_shash_tfm_digest(tfm, policy->blob, policy->blob_len, ret);
		crypto_free_shash(tfm);
	}
	if (err)
		sha256(policy->blob, policy->blob_len, ret);
}

/* Consumes @parsed, whatever happens; NULL when there is no memory. */
static struct kb_active *new_active(struct kb_policy *parsed, bool builtin)
{
	struct kb_active *next = kzalloc(sizeof(*next), GFP_KERNEL);

	if (!next) {
		kb_policy_free(parsed);
		return NULL;
	}
	next->policy = parsed;
	next->builtin = builtin;
	refcount_set(&next->users, 1);
	hash(parsed, next->sha256);
	if (!parsed->paths.n_rules)
		return next;
	next->tally = __alloc_percpu(parsed->paths.n_rules * sizeof(*next->tally),
				     __alignof__(*next->tally));
	if (next->tally)
		return next;
	free_active(next);
	return NULL;
}

/*
 * May @parsed follow what is in force, and can this kernel obey it? The built-in
 * policy has no age: after it comes what may come after none, such as the one
 * that was obeyed before the reboot.
 */
static int admit(const struct kb_policy *parsed, struct kb_blob_error *ret_why)
{
	const struct kb_active *old = in_force();
	const char *why;
	int err;

	err = kb_policy_admit(parsed, old && !old->builtin ? old->policy : NULL,
			      kb_trust_terminal(), ktime_get_real_seconds(), ret_why);
	if (err)
		return err;
	err = kb_path_supports(parsed, &why);
	return err ? fail(ret_why, err, why) : 0;
}

/* Everything that the policy before let be is judged by this one. */
static void reevaluate(void)
{
	kb_link_reevaluate();
	kb_flow_rejudge();
	/* last, because it waits for drivers */
	kb_media_reevaluate();
}

/* Consumes @parsed, whatever happens. What is present is not judged anew yet. */
static int put_in_force(struct kb_policy *parsed, bool builtin, struct kb_blob_error *ret_why)
{
	struct kb_active *next = new_active(parsed, builtin);
	int err;

	if (!next)
		return fail(ret_why, -ENOMEM, "out of memory");
	err = pin(parsed->header.lock);
	if (err) {
		free_active(next);
		return fail(ret_why, err, "the module is being removed and cannot be locked");
	}
	next->generation = ++policy.generation;
	kb_link_foresee(next);
	publish(next);
	/* who hears of it and asks finds it in force; its number is before what it does */
	kb_event_policy(next);
	return 0;
}

/* Consumes @parsed, whatever happens. */
static int enforce(struct kb_policy *parsed, struct kb_blob_error *ret_why)
{
	int err = admit(parsed, ret_why);

	if (err) {
		kb_policy_free(parsed);
		return err;
	}
	/* the doors first, then those who want to hear of them */
	kb_event_hold();
	err = put_in_force(parsed, false, ret_why);
	if (!err)
		reevaluate();
	kb_event_release();
	return err;
}

int kb_policy_fall_back(const void *blob, size_t len, struct kb_blob_error *ret_why)
{
	struct kb_policy *parsed;
	int err;

	mutex_lock(&policy.lock);
	err = kb_policy_parse(blob, len, &parsed, ret_why);
	if (!err) {
		parsed->header.epoch = 0;
		parsed->header.serial = 0;
		err = put_in_force(parsed, true, ret_why);
	}
	mutex_unlock(&policy.lock);
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
	old = rcu_replace_pointer(kb_policy_in_force, NULL, lockdep_is_held(&policy.lock));
	mutex_unlock(&policy.lock);
	synchronize_rcu();
	kb_policy_put(old);
}
