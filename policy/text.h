/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policy text to blob: what sign, test and load start from. */
#ifndef KIDOBAN_POLICY_TEXT_H
#define KIDOBAN_POLICY_TEXT_H

#include "policy/diag.h"
#include "policy/model.h"

/*
 * Parses, checks at time @now (seconds since 1970), writes, and parses the
 * result with the kernel's own reader. Findings are in @diags either way.
 * 0 with *ret_blob (free()) and *ret_len, or -EBADMSG (not a policy text),
 * -EPERM (a policy, but the check refuses it), -EMSGSIZE (blob too large),
 * -ENOMEM.
 */
int kb_text_compile(const char *text, size_t len, uint64_t now, struct kb_diags *diags,
		    void **ret_blob, size_t *ret_len);

/*
 * Like kb_text_compile() but gives the model (kb_model_free()), with
 * .source_sha256 set and nothing checked beyond the language itself.
 */
int kb_text_parse(const char *text, size_t len, struct kb_diags *diags,
		  struct kb_model **ret_model);

#endif
