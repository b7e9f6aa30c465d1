/* SPDX-License-Identifier: GPL-2.0-only */
/* Isolation: the terminal talks to nobody but its collector, until a signature releases it (N6). */
#ifndef KB_ISOLATE_H
#define KB_ISOLATE_H

#include <linux/types.h>

struct kb_policy;

#define KB_ISOLATION_LEN	16	/* bytes of the name of an isolation */

/* Cuts off. @name names this isolation: an order of release quotes it. -EALREADY, -ENOMEM. Sleeps. */
int kb_isolate_begin(const u8 name[KB_ISOLATION_LEN]);

/*
 * Releases by @order (struct kb_order), signed by an author. -ENOENT, -EBADMSG,
 * -ESTALE, or those of kb_trust_verify(); *@ret_why says it in words. Sleeps.
 */
int kb_isolate_release(const void *order, size_t len, const void *signature, size_t signature_len,
		       const char **ret_why);

/* True and its name when isolated. */
bool kb_isolate_status(u8 ret_name[KB_ISOLATION_LEN]);

/* What an isolated terminal without a path policy obeys; only while isolated. */
const struct kb_policy *kb_isolate_policy(void);

void kb_isolate_exit(void);

#endif
