/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who signs: a certificate held to its role, and its key, opened late. */
#ifndef AGENT_CLI_SIGNER_H
#define AGENT_CLI_SIGNER_H

#include "policy/bundle.h"
#include "policy/sign.h"

/* Zero-initialise; kb_signer_done() releases it. */
struct kb_signer {
	EVP_PKEY *key;
	X509 *cert;
};

/*
 * Where the certificate of the key at @key is: @cert when it was named, else NAME.der beside
 * NAME.key, as "kidoban key new" leaves them. To be freed; NULL when nothing says.
 */
char *kb_signer_cert(const char *cert, const char *key);

/*
 * Opens the certificate of kb_signer_cert() and holds it to *role; a negative *role becomes what the
 * certificate was made for. 0, or an exit code and a complaint.
 */
int kb_signer_open(struct kb_signer *signer, const char *cert, const char *key, int *role);

/*
 * Opens the key at @where and signs the bytes. Only now: who gives the key's
 * password has seen what it is for. *ret is malloc'ed. 0, or an exit code and a complaint.
 */
int kb_signer_sign(struct kb_signer *signer, const char *where, const char *password_file,
		   const struct kb_bytes *data, struct kb_bytes *ret);

void kb_signer_done(struct kb_signer *signer);

#endif
