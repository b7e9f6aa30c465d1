/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the compiled policy, include/uapi/kidoban/blob.h. */
#ifndef KIDOBAN_POLICY_BLOB_WRITE_H
#define KIDOBAN_POLICY_BLOB_WRITE_H

#include <kidoban/agent.h>

/*
 * Writes @policy (its .blob is ignored) and what it says to the agent (@agent; NULL:
 * nothing) as bytes: the same policy gives the same bytes. 0 with *ret_blob
 * (free()) and *ret_len, -EMSGSIZE when it is larger than KB_BLOB_MAX, or one
 * rule, profile or place larger than its part may be, or -ENOMEM.
 */
int kb_blob_write(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		  void **ret_blob, size_t *ret_len);

#endif
