/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bundle (.kdb): blob, signatures and source text in one ustar archive. */
#ifndef POLICY_BUNDLE_H
#define POLICY_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

#include "policy/fault.h"

#define KB_BUNDLE_SOURCE_MAX	(1024 * 1024)	/* bytes of policy text: KB_TEXT_MAX of policy/document.h */
#define KB_BUNDLE_MAX		(3 * 1024 * 1024)	/* bytes of the whole file */

struct kb_bytes {
	uint8_t *data;			/* malloc'ed, a NUL byte stands behind the last */
	size_t len;
};

enum kb_bundle_member {			/* in the order in which they stand in the file */
	KB_BUNDLE_BLOB,			/* policy.blob */
	KB_BUNDLE_AUTHOR,		/* author.p7s */
	KB_BUNDLE_APPROVER,		/* approver.p7s, optional */
	KB_BUNDLE_SOURCE,		/* policy.yaml */
	KB_BUNDLE_MEMBERS
};

struct kb_bundle {
	struct kb_bytes members[KB_BUNDLE_MEMBERS];	/* data is NULL where missing */
};

/*
 * Decodes the bytes of a bundle. -EBADMSG with a sentence for anything that is
 * not a ustar archive of exactly these regular files, in order, each once and
 * within its bounds, followed by zeros only. Signatures are not looked at.
 */
int kb_bundle_decode(const void *data, size_t len, struct kb_bundle *ret,
		     struct kb_fault *ret_fault);
/* Encodes it. Equal members give equal bytes. -EINVAL when a needed member is missing. */
int kb_bundle_encode(const struct kb_bundle *bundle, struct kb_bytes *ret,
		     struct kb_fault *ret_fault);

/* Reads and decodes the file at @path: -EBADMSG, or the errno of reading it. */
int kb_bundle_read(const char *path, struct kb_bundle *ret, struct kb_fault *ret_fault);
/* Encodes and replaces the file at @path in one step, mode 0644. */
int kb_bundle_write(const char *path, const struct kb_bundle *bundle, struct kb_fault *ret_fault);

/*
 * For early boot, which has no room for an archive's libraries: blob and
 * signatures as files of their own in the directory @dir, and from there again.
 * The source text stays away: nobody reads it there.
 */
int kb_bundle_unpack(const struct kb_bundle *bundle, const char *dir, struct kb_fault *ret_fault);
int kb_bundle_gather(const char *dir, struct kb_bundle *ret, struct kb_fault *ret_fault);

/* Puts a copy of @len bytes in a member's place. -ENOMEM. */
int kb_bundle_set(struct kb_bundle *bundle, enum kb_bundle_member member, const void *data,
		  size_t len);
void kb_bundle_done(struct kb_bundle *bundle);
void kb_bytes_done(struct kb_bytes *bytes);

#endif
