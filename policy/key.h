/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Signing keys: RSA pairs, their certificates, private keys in files and tokens. */
#ifndef POLICY_KEY_H
#define POLICY_KEY_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/netlink.h>

#include "policy/cleanup.h"
#include "policy/fault.h"

KB_DEFINE_CLEANUP(EVP_PKEY *, EVP_PKEY_free)
KB_DEFINE_CLEANUP(X509 *, X509_free)

#define KB_KEY_BITS		3072
#define KB_KEY_BITS_MIN		2048
#define KB_KEY_BITS_MAX		4096	/* the kernel's RSA takes no more */
#define KB_PASSWORD_MIN	8		/* bytes; who has the key file may guess for as long as he likes */
#define KB_KEY_DAYS		3650
#define KB_KEY_DAYS_MAX		36500
#define KB_KEY_NAME_MAX		40

/* A role is the ring its certificate belongs to. "author", "approver", "grant". */
const char *kb_role_name(enum kb_ring role);
/* -ENOENT when there is no such role. */
int kb_role_by_name(const char *name);

struct kb_key_request {
	enum kb_ring role;
	const char *name;		/* file stem and common name; NULL = the role's name */
	const char *dir;		/* where NAME.key and NAME.der go; NULL = "." */
	unsigned int bits;
	unsigned int days;		/* the certificate's validity from now */
	const char *password;		/* NULL: the private key is not encrypted */
};

struct kb_key_files {			/* malloc'ed paths */
	char *key, *cert;
};

void kb_key_files_done(struct kb_key_files *files);

/*
 * Makes a key pair: NAME.key (PKCS#8 PEM, mode 0600) and NAME.der (self-signed
 * X.509 v3). Existing files are never overwritten (-EEXIST). -EINVAL for a name
 * or a size that cannot be, -EIO when OpenSSL fails.
 */
int kb_key_new(const struct kb_key_request *request, struct kb_key_files *ret,
	       struct kb_fault *ret_fault);

/* Asks for the password of @what. Writes a string into @buf, returns its length or -errno. */
typedef int (*kb_password_fn)(char *buf, size_t size, const char *what, void *userdata);

/*
 * Opens a private key: a PEM or DER file, or a token by its "pkcs11:" URI
 * (RFC 7512), through a pkcs11 provider where OpenSSL has one, else through the
 * pkcs11 engine. @ask may be NULL: encrypted keys then fail with -ENOKEY.
 */
int kb_key_open(const char *where, kb_password_fn ask, void *userdata, EVP_PKEY **ret,
		struct kb_fault *ret_fault);

/* Reads a certificate, DER or PEM. -EBADMSG when it is neither. */
int kb_cert_read(const char *path, X509 **ret, struct kb_fault *ret_fault);
/* The like from memory, DER only, no bytes left over. */
int kb_cert_parse(const void *der, size_t len, X509 **ret, struct kb_fault *ret_fault);

struct kb_cert_info {
	int role;			/* enum kb_ring, -ENOENT when the certificate names none */
	char subject[256];		/* RFC 2253, UTF-8, control characters escaped */
	char algorithm[64];		/* "RSA-3072" */
	char fingerprint[65];		/* SHA-256 over the DER, hex */
	char key_id[65];		/* SHA-256 over the public key (SubjectPublicKeyInfo), hex */
	time_t not_before, not_after;
	bool stock_kernel;		/* 6.1 as Debian builds it verifies with this key */
	bool can_sign;			/* key usage, where stated, has digitalSignature */
};

int kb_cert_describe(X509 *cert, struct kb_cert_info *ret, struct kb_fault *ret_fault);

/* SHA-256 of the public key's SubjectPublicKeyInfo: the same in certificate and key. */
int kb_public_id(EVP_PKEY *key, char ret_hex[static 65]);
/* "RSA-3072", "EC-P-256", ... */
void kb_key_algorithm(EVP_PKEY *key, char *ret, size_t size);

#endif
