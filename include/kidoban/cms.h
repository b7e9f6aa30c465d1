/* SPDX-License-Identifier: GPL-2.0-only */
/* The one form of CMS signature that counts. */
#ifndef KIDOBAN_CMS_H
#define KIDOBAN_CMS_H

#include <kidoban/types.h>

/*
 * Is this a CMS SignedData (RFC 5652, DER) without content, certificates and
 * revocation lists, with exactly one signer, who uses SHA-256? 0 or -EBADMSG.
 * Looks at the outer structure only; who signed what is the verifier's work.
 */
int kb_cms_plain(const void *sig, size_t len);

#endif
