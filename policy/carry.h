/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carry-out grants: a signed paper that says who may take a terminal out, when and why (P2). */
#ifndef POLICY_CARRY_H
#define POLICY_CARRY_H

#include <kidoban/types.h>

#include "policy/bundle.h"
#include "policy/sign.h"

#define KB_GRANT_ID_LEN		32	/* hexadecimal digits */
#define KB_GRANT_FILE_MAX	(16 * 1024 + 2 * KB_SIGNATURE_MAX)	/* bytes of one file */
#define KB_GRANT_TEXT_MAX	(16 * 1024)	/* bytes of what is signed */
#define KB_GRANT_LENGTH_MAX	(366 * 86400ull)	/* seconds from beginning to end */

/* What it says. Texts are UTF-8 without control characters. */
struct kb_grant {
	char id[KB_GRANT_ID_LEN + 1];
	char municipality[KB_MUNICIPALITY_MAX + 1];
	char terminal[KB_NAME_MAX + 1];	/* see kb_terminal_name() */
	u64 from, until;		/* seconds since 1970 */
	char reason[KB_TELL_MAX + 1], ticket[KB_LABEL_MAX + 1], approver[KB_LABEL_MAX + 1];
};

/*
 * The file: YAML, and behind it a detached CMS signature of a key in the grant
 * ring over exactly that text, in PEM ("-----BEGIN CMS-----"). It opens
 * nothing: it is what leaving is recorded under.
 */
struct kb_signed_grant {
	struct kb_grant grant;
	struct kb_bytes text, sig;	/* owned */
};

/*
 * The text to be signed. *ret is malloc'ed. -EINVAL: what kb_grant_decode() would not take,
 * told.
 */
int kb_grant_text(const struct kb_grant *grant, struct kb_bytes *ret, struct kb_fault *ret_fault);
/* A whole file, malloc'ed, of @text and its signature in DER. */
int kb_grant_encode(const struct kb_bytes *text, const struct kb_bytes *sig, struct kb_bytes *ret,
		    struct kb_fault *ret_fault);
/*
 * Reads a file's bytes. -EBADMSG for anything of another form, told with line and column;
 * -ENOKEY when nobody signed it. Nothing is verified. @ret: kb_grant_done().
 */
int kb_grant_decode(const void *data, size_t len, struct kb_signed_grant *ret,
		    struct kb_fault *ret_fault);
int kb_grant_read(const char *path, struct kb_signed_grant *ret, struct kb_fault *ret_fault);
void kb_grant_done(struct kb_signed_grant *grant);

/* Whether a key of the grant ring signed it. Answers like kb_sign_verify(). */
int kb_grant_verify(const struct kb_signed_grant *grant, const struct kb_trust *trust,
		    const struct kb_trust_cert **ret_signer, struct kb_fault *ret_fault);
/*
 * Does it hold for this terminal at @now (seconds since 1970)? -EXDEV: another terminal's or
 * municipality's;
 * -ETIME: not yet; -EKEYEXPIRED: not any more.
 */
int kb_grant_judge(const struct kb_grant *grant, const char *municipality, const char *terminal,
		   u64 now, struct kb_fault *ret_fault);

/* KB_GRANT_ID_LEN lower-case hexadecimal digits. */
bool kb_grant_id_ok(const char *id);

#endif
