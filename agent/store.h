/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bundle to load: the delivered one and the last good one. */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include "agent/netlink.h"
#include "agent/seal.h"
#include "agent/state.h"
#include "policy/bundle.h"

/* What came of loading. */
struct kb_loaded {
	bool changed;			/* a policy came into force just now */
	bool stored;			/* its bundle lies in the state directory */
	u32 epoch, serial;		/* of the policy in force */
	int newer_err;			/* why a newer bundle did not come into force; 0 = there is none */
	u64 waits_until;		/* when that one becomes valid, seconds since 1970; 0 = not so */
};

/*
 * Loads the newest bundle, by (epoch, serial), of @state_dir/policy.kdb and
 * @config_dir/policy.kdb. One that the module refuses, or that cannot be read,
 * is noted with its cause and the other is tried. What came into force is
 * copied to @state_dir and raises the floor. -ENOENT when there is no bundle,
 * else the first refusal.
 */
int kb_store_load(struct kb_wire *wire, const char *config_dir, const char *state_dir,
		  kb_note_fn note, void *userdata, struct kb_loaded *ret,
		  struct kb_fault *ret_fault);

/*
 * Makes a bundle that is in force the one that the next boot starts with: the one
 * that was it becomes @state_dir/policy.kdb.previous, then its own file, then
 * the floor that @age raises. Errors of writing, told.
 */
int kb_store_keep(const struct kb_bundle *bundle, const struct kb_floor *age,
		  const char *state_dir, struct kb_fault *ret_fault);

/* -ESTALE, told: a policy of @age is older than what was obeyed here, by the floor in @state_dir. */
int kb_store_admits(const char *state_dir, const struct kb_floor *age, struct kb_fault *ret_fault);

/* (epoch, serial) of the last good bundle, unverified. -ENOENT, -EBADMSG. */
int kb_store_peek(const char *state_dir, struct kb_floor *ret);

/* (epoch, serial) that a blob claims, unverified. -EBADMSG. */
int kb_blob_peek(const struct kb_bytes *blob, struct kb_floor *ret, struct kb_fault *ret_fault);

#endif
