/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of keys and agent start from: a directory of their own, keys, a signed bundle. */
#ifndef UNIT_AGENT_SCRATCH_H
#define UNIT_AGENT_SCRATCH_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>
#include <uapi/kidoban/netlink.h>

struct scratch {
	char dir[64];
};

/* Fail the test when the file system does not play along. */
void scratch_make(struct scratch *s);
void scratch_remove(struct scratch *s);
/* "DIR/name" in one of a few static buffers. */
const char *scratch_path(const struct scratch *s, const char *name);
void scratch_mkdir(const struct scratch *s, const char *name);
void scratch_write(const struct scratch *s, const char *name, const void *data, size_t len);
void scratch_text(const struct scratch *s, const char *name, const char *text);

/* A signer whose key is small, so that the tests are quick. */
struct scratch_signer {
	EVP_PKEY *key;
	X509 *cert;
	uint8_t *der;
	int der_len;
};

/* Made once in a process, by role and number; never freed before the end. */
const struct scratch_signer *scratch_signer(enum kb_ring role, unsigned int number);
/* Puts its certificate into DIR/trust/ROLE/NAME.der, making directories as needed. */
void scratch_trust(const struct scratch *s, enum kb_ring ring, const char *name,
		   const struct scratch_signer *signer);

#endif
