/* SPDX-License-Identifier: GPL-2.0-only */
/* The policy in force: published by RCU, counted by whoever remembers its verdicts. */
#ifndef KB_POLICY_H
#define KB_POLICY_H

#include <crypto/sha2.h>
#include <kidoban/policy.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>

/* What one path rule let through, and what only just not; one a processor. */
struct kb_path_tally {
	u64 packets, bytes, refusals;
};

struct kb_active {
	struct kb_policy *policy;	/* owned, constant */
	struct kb_path_tally __percpu *tally;	/* owned, [policy->paths.n_rules]; NULL without any */
	u64 generation;			/* 1, 2, 3 ... since the module was loaded */
	bool builtin;			/* nobody signed it: any signed policy may follow */
	u8 sha256[SHA256_DIGEST_SIZE];	/* of the blob */
	refcount_t users;		/* the publisher holds one until a grace period after retiring */
};

/* A policy as it came from userland; borrowed for the call. */
struct kb_policy_offer {
	const void *blob, *author, *approver;	/* approver may be NULL */
	size_t blob_len, author_len, approver_len;
};

/*
 * Verifies, parses, admits and publishes; everything present is judged anew
 * before it returns. All or nothing: on failure the policy in force stays and
 * @ret_why holds a sentence. Errors: POLICY_LOAD in uapi/kidoban/netlink.h.
 * Sleeps, and waits for drivers to let go of refused interfaces.
 */
int kb_policy_load(const struct kb_policy_offer *offer, struct kb_blob_error *ret_why);

/*
 * Puts @blob, which is the module's own, in force without a signature, as
 * 0.0. Only before anything is judged: nothing present is looked at anew.
 * Errors: kb_policy_parse(), -ENOMEM; then there is no policy as before.
 */
int kb_policy_fall_back(const void *blob, size_t len, struct kb_blob_error *ret_why);

/* The policy in force with a reference, NULL when there is none. Any context that may be read-side. */
struct kb_active *kb_policy_get(void);
/* Drops a reference; NULL is fine. May sleep. */
void kb_policy_put(struct kb_active *active);
/* Another reference to one that is held already; NULL passes through. */
static inline struct kb_active *kb_policy_hold(struct kb_active *active)
{
	if (active)
		refcount_inc(&active->users);
	return active;
}

extern struct kb_active __rcu *kb_policy_in_force;	/* kmod/policy.c writes it, under its lock */

/* The policy in force, NULL when there is none. For as long as the caller holds RCU. */
static inline const struct kb_active *kb_policy_rcu(void)
{
	return rcu_dereference(kb_policy_in_force);
}


/* Is the policy in force that of @generation? */
bool kb_policy_is(u64 generation);

bool kb_policy_locked(void);	/* the module is pinned by a policy with lock: true */
void kb_policy_exit(void);

#endif
