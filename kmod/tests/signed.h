/* SPDX-License-Identifier: GPL-2.0-only */
/* Signed samples for the suites, and a terminal that trusts their signers. */
#ifndef KB_TESTS_SIGNED_H
#define KB_TESTS_SIGNED_H

#include <fixtures.h>
#include <kunit/test.h>

#include "../policy.h"
#include "../trust.h"
#include "maker.h"

/* Borrowed bytes, such as those of a fixture. */
struct kb_bytes {
	const void *data;
	size_t len;
};

#define BYTES(p, n)	((struct kb_bytes){ .data = (p), .len = (n) })
#define CERT(name)	BYTES(fixture_cert_##name, sizeof(fixture_cert_##name))
#define SIG(name)	BYTES(fixture_sig_##name, sizeof(fixture_sig_##name))
#define BLOB(name)	BYTES(fixture_blob_##name, sizeof(fixture_blob_##name))

/* An offer of that sample with the signatures of that name. */
#define OFFER(sample, author_sig, approver_sig)				\
	((struct kb_policy_offer){					\
		.blob = fixture_blob_##sample,				\
		.blob_len = sizeof(fixture_blob_##sample),		\
		.author = fixture_sig_##author_sig,			\
		.author_len = sizeof(fixture_sig_##author_sig),		\
		.approver = fixture_sig_##approver_sig,			\
		.approver_len = sizeof(fixture_sig_##approver_sig) })
#define SIGNED(sample)	OFFER(sample, author_##sample, approver_##sample)

static inline void kb_test_add_key(struct kunit *test, enum kb_ring ring, struct kb_bytes der)
{
	const char *why = "";

	KUNIT_ASSERT_EQ_MSG(test, kb_trust_add(ring, der.data, der.len, &why), 0, "%s", why);
}

static inline void kb_test_seal(struct kunit *test, u32 floor_serial)
{
	const struct kb_terminal terminal = {
		.municipality = "131016",
		.group = "shared-terminals",
		.floor_epoch = floor_serial ? 1 : 0,
		.floor_serial = floor_serial,
	};
	const char *why;

	KUNIT_ASSERT_EQ(test, kb_trust_seal(&terminal, &why), 0);
}

static inline void kb_test_trust(struct kunit *test, u32 floor_serial)
{
	kb_test_add_key(test, KB_RING_AUTHOR, CERT(author));
	kb_test_add_key(test, KB_RING_APPROVER, CERT(approver));
	kb_test_seal(test, floor_serial);
}

/* Loads a sample that is sound; the test ends if it is refused. */
static inline void kb_test_load(struct kunit *test, struct kb_policy_offer offer)
{
	struct kb_blob_error why = {};

	KUNIT_ASSERT_EQ_MSG(test, kb_policy_load(&offer, &why), 0, "\"%s\"", why.text);
}

#endif
