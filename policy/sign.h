/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detached CMS signatures over a blob, in the one form that the kernel is given. */
#ifndef POLICY_SIGN_H
#define POLICY_SIGN_H

#include "policy/trust.h"

/*
 * Signs @len bytes. *ret_sig is malloc'ed DER: CMS SignedData, detached, one
 * signer named by issuer and serial, SHA-256, no attributes, no certificates.
 * -EINVAL when key and certificate are no pair, -EIO when signing fails.
 */
int kb_sign(const void *data, size_t len, EVP_PKEY *key, X509 *cert, uint8_t **ret_sig,
	    size_t *ret_len, struct kb_fault *ret_fault);

/*
 * Verifies a signature against one ring. -EBADMSG: not such a CMS; -ENOKEY: its
 * signer is not in the ring; -EKEYREJECTED: it does not match the bytes. These
 * are the kernel's own answers. *ret_signer (may be NULL) points into @trust.
 * Certificate dates do not count: the kernel does not look at them either.
 */
int kb_sign_verify(const void *data, size_t len, const void *sig, size_t sig_len,
		   const struct kb_trust *trust, enum kb_ring ring,
		   const struct kb_trust_cert **ret_signer, struct kb_fault *ret_fault);

/* The like of kb_sign_verify() against one certificate, for those who hold no trust directory. */
int kb_sign_verify_cert(const void *data, size_t len, const void *sig, size_t sig_len, X509 *cert,
			struct kb_fault *ret_fault);

#endif
