/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The prefixes of a policy's networks, wherever the policy comes from. */
#ifndef KIDOBAN_POLICY_PREFIXES_H
#define KIDOBAN_POLICY_PREFIXES_H

#include <kidoban/policy.h>

/*
 * All prefixes of @policy, made from text or parsed, by network, version,
 * address and length. 0 with *ret_list (free(); never NULL) and *ret_n, or -ENOMEM.
 */
int kb_prefixes_list(const struct kb_policy *policy, struct kb_prefix **ret_list, u32 *ret_n);

/* The slice of @list that is of @network: its first index, its length in *ret_n. */
u32 kb_prefixes_of(const struct kb_prefix *list, u32 n, u32 network, u32 *ret_n);

#endif
