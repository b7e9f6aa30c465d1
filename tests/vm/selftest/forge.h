/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Certificates and signatures by the throw-away keys that tests/vm/selftest/keys made. */
#ifndef SELFTEST_FORGE_H
#define SELFTEST_FORGE_H

#include <kidoban/types.h>

struct bytes {
	u8 *data;			/* malloc'ed */
	size_t len;
};

void bytes_done(struct bytes *b);
/* A copy of @len bytes. */
struct bytes bytes_of(const void *data, size_t len);

/*
 * Where key material lies: $KIDOBAN_KEYS, or keys/ beside the program. Names:
 * author approver stranger p256 author_again extra_0 ... extra_16.
 */
const char *forge_dir(void);
/* The DER certificate of that name. Ends the program when there is none. */
struct bytes forge_cert(const char *name);
/* A detached CMS signature over the bytes, as the policy tools make it. */
struct bytes forge_sign(const char *name, const void *data, size_t len);
/* The whole file. Ends the program when it cannot be read. */
struct bytes forge_file(const char *path);

#endif
