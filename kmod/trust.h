/* SPDX-License-Identifier: GPL-2.0-only */
/* Who may sign: three keyrings, filled once and sealed until the module is loaded anew. */
#ifndef KB_TRUST_H
#define KB_TRUST_H

#include <kidoban/policy.h>

int kb_trust_init(void);
void kb_trust_exit(void);

/*
 * Adds a DER certificate to @ring. On failure *ret_why is a fixed sentence.
 * -EROFS, -EBADMSG, -ENOPKG, -EEXIST (the public key stands in some ring
 * already), -ENOSPC, -ENOMEM. Sleeps.
 */
int kb_trust_add(enum kb_ring ring, const void *cert, size_t len, const char **ret_why);

/* Ends kb_trust_add() and fixes who this terminal is. -EROFS, -ENOKEY (no author). */
int kb_trust_seal(const struct kb_terminal *terminal, const char **ret_why);

/*
 * Is @sig a detached CMS signature of @data by a key of @ring?
 * 0, -ENOKEY, -EKEYREJECTED, -EBADMSG, -ENOMEM. Sleeps.
 */
int kb_trust_verify(enum kb_ring ring, const void *data, size_t len, const void *sig,
		    size_t sig_len, const char **ret_why);

/* The sealed identity; NULL until sealed, constant afterwards. */
const struct kb_terminal *kb_trust_terminal(void);
unsigned int kb_trust_count(enum kb_ring ring);

#endif
