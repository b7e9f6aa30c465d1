/* SPDX-License-Identifier: GPL-2.0-only */
/* A parsed policy: made from a blob, then never changed. */
#ifndef KIDOBAN_POLICY_H
#define KIDOBAN_POLICY_H

#include <kidoban/link.h>
#include <kidoban/path.h>
#include <kidoban/types.h>
#include <kidoban/usb.h>

struct kb_policy_header {
	const char *municipality;
	const char *group;
	u32 epoch;			/* key epoch: compared before the serial */
	u32 serial;
	u64 not_before;			/* seconds since 1970, UTC */
	u64 expires;			/* the first second that is too late */
	u32 min_module;
	u8 source_sha256[32];
	bool lock;
};

struct kb_policy {
	struct kb_policy_header header;
	enum kb_gate_mode media_mode;
	enum kb_action media_default;
	const char *media_tell;		/* NULL or what staff are told at a refusal by default */
	u32 n_rules;
	struct kb_usb_rule *rules;
	struct kb_link_policy link;
	struct kb_path_policy paths;
	const u8 *blob;			/* the bytes it was made of; strings point into them */
	size_t blob_len;
	size_t memory;			/* bytes allocated for all of it */
};

/* Says what is wrong with a blob: where, and in words (English, fixed). */
struct kb_blob_error {
	u32 offset;			/* byte in the blob */
	char text[160];
};

/*
 * Parses @len bytes at @blob into a policy that owns a copy of them.
 * Returns 0 and *ret_policy, or -EBADMSG, -EMSGSIZE, -EPROTONOSUPPORT,
 * -ENOMEM with *ret_error filled; *ret_policy is then untouched.
 * The bytes are hostile until proven otherwise; signatures are not looked at.
 * Free with kb_policy_free() (NULL is fine).
 */
int kb_policy_parse(const void *blob, size_t len, struct kb_policy **ret_policy,
		    struct kb_blob_error *ret_error);
void kb_policy_free(struct kb_policy *policy);

/* Who a terminal is and how far it has come. Empty strings accept everybody's. */
struct kb_terminal {
	char municipality[KB_MUNICIPALITY_MAX + 1];
	char group[KB_GROUP_MAX + 1];
	u32 floor_epoch, floor_serial;	/* highest ever obeyed, from the agent's disk; 0,0 = none */
};

/*
 * May @next follow @in_force (NULL = none) on @terminal at @now (seconds since
 * 1970)? 0, or -EXDEV, -EKEYEXPIRED, -ETIME, -ESTALE, -EALREADY (the same
 * bytes are in force) with *ret_error.text filled. A policy equal to the floor
 * is fine while none is in force: that is a reboot, and neither a late hour
 * nor a wrong clock must leave the terminal without what it obeyed before.
 */
int kb_policy_admit(const struct kb_policy *next, const struct kb_policy *in_force,
		    const struct kb_terminal *terminal, u64 now,
		    struct kb_blob_error *ret_error);

#endif
