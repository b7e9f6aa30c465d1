/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's selftest harness, and what ours expect most often. */
#ifndef SELFTEST_EXPECT_H
#define SELFTEST_EXPECT_H

#include "kselftest_harness.h"

#include <openssl/sha.h>

#include "client.h"

/* That errno, and a sentence with it. */
#define EXPECT_REFUSED(wanted, expression) do {		\
	struct answer a_ = (expression);		\
	EXPECT_EQ(wanted, a_.err) {			\
		TH_LOG("it said: %s", a_.text);		\
	}						\
	EXPECT_STRNE("", a_.text);			\
} while (0)

/* The like, and the sentence speaks of what is wrong. */
#define EXPECT_REFUSED_SAYING(wanted, word, expression) do {	\
	struct answer a_ = (expression);			\
	EXPECT_EQ(wanted, a_.err) {				\
		TH_LOG("it said: %s", a_.text);			\
	}							\
	EXPECT_NE(NULL, strstr(a_.text, word)) {		\
		TH_LOG("wanted '%s', it said: %s", word, a_.text); \
	}							\
} while (0)

/* The policy in force is this sample, byte for byte. */
#define EXPECT_IN_FORCE(offer) do {						\
	struct status s_ = client_status(&self->c);				\
	u8 hash_[SHA256_DIGEST_LENGTH];						\
	SHA256((offer)->blob.data, (offer)->blob.len, hash_);			\
	EXPECT_EQ(1, s_.value[KB_A_POLICY]);					\
	EXPECT_EQ(0, memcmp(hash_, s_.sha256, sizeof(hash_)));			\
} while (0)

#endif
