/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The trust directory: author/, approver/, grant/, each with *.der certificates. */
#ifndef POLICY_TRUST_H
#define POLICY_TRUST_H

#include <sys/types.h>

#include "policy/key.h"

struct kb_trust_cert {
	enum kb_ring ring;
	char *path;
	uint8_t *der;			/* the file's bytes, what the kernel is given */
	size_t len;
	X509 *x509;
	struct kb_cert_info info;
	mode_t mode;			/* of the file */
	uid_t owner;
};

struct kb_trust_problem {		/* a file that gives no trust, and why */
	enum kb_ring ring;		/* KB_RING_MAX: of none */
	char *path;
	char *text;
};

struct kb_trust {
	struct kb_trust_cert *certs;	/* by ring, then by file name */
	size_t n_certs;
	struct kb_trust_problem *problems;
	size_t n_problems;
};

/*
 * Reads every *.der under @dir's three directories; a missing directory is an
 * empty ring. Files that cannot be used are listed as problems, never skipped
 * silently: broken DER, unreadable, the same key met before (one ring only),
 * a certificate by another name, a directory that is no ring's.
 * Fails with -ENOENT when @dir is missing, -ENOMEM, -ENOTDIR.
 */
int kb_trust_read(const char *dir, struct kb_trust *ret, struct kb_fault *ret_fault);
void kb_trust_done(struct kb_trust *trust);

/* Certificates that the ring holds. */
size_t kb_trust_count(const struct kb_trust *trust, enum kb_ring ring);

/*
 * May this trust be relied on? Every ring that has files must have a good one:
 * an approver ring whose only file is damaged must not turn into a ring that
 * nobody needs. -ENOKEY without author key, -EBADMSG for a broken ring.
 */
int kb_trust_usable(const struct kb_trust *trust, struct kb_fault *ret_fault);

#endif
