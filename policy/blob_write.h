/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the compiled policy, include/uapi/kidoban/blob.h. */
#ifndef KIDOBAN_POLICY_BLOB_WRITE_H
#define KIDOBAN_POLICY_BLOB_WRITE_H

#include <kidoban/policy.h>

/*
 * Writes @policy (its .blob is ignored) as bytes: the same policy gives the
 * same bytes. 0 with *ret_blob (free()) and *ret_len, -EMSGSIZE when it is
 * larger than KB_BLOB_MAX or a rule larger than 64 KiB, or -ENOMEM.
 */
int kb_blob_write(const struct kb_policy *policy, void **ret_blob, size_t *ret_len);

#endif
