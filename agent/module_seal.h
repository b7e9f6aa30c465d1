/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signature behind a kernel module, and whose it is. */
#ifndef AGENT_MODULE_SEAL_H
#define AGENT_MODULE_SEAL_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A module's file in memory, unpacked. */
struct kb_module_file {
	uint8_t *data;			/* malloc'ed */
	size_t len;			/* without the signature */
	const uint8_t *sig;		/* PKCS#7 inside data; NULL: none */
	size_t sig_len;
	bool broken;			/* says that it is signed, and its lengths are nonsense */
};

/* Reads kidoban.ko, also .xz, .zst, .gz. Negative errno; -EBADMSG when it cannot be unpacked. */
int kb_module_file_read(const char *path, struct kb_module_file *ret);
void kb_module_file_done(struct kb_module_file *file);

/* Does the signature name this certificate as its maker's? */
bool kb_module_names(const struct kb_module_file *file, X509 *cert);
/* ...and is it really made with its key over these very bytes? */
bool kb_module_proves(const struct kb_module_file *file, X509 *cert);
/* Who the signature says made it: the issuer's common name, printable; "" when unknown. */
void kb_module_signer(const struct kb_module_file *file, char *ret, size_t size);

#endif
