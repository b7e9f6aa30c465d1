// SPDX-License-Identifier: GPL-2.0-only
/* Who may sign: keys that must not get in, signatures that must not pass, and the seal. */
#include "../trust.c"

#include <keys/internal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "signed.h"

/* "author signature" and its kin stand in every sentence. */
static void expect_add(struct kunit *test, enum kb_ring ring, struct kb_bytes der, int err,
		       const char *text)
{
	const char *why = "";

	KUNIT_EXPECT_EQ_MSG(test, kb_trust_add(ring, der.data, der.len, &why), err, "\"%s\"", why);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why, text), "\"%s\" lacks \"%s\"", why, text);
}

static void expect_verify(struct kunit *test, enum kb_ring ring, struct kb_bytes data,
			  struct kb_bytes sig, int err, const char *text)
{
	const char *why = "";

	KUNIT_EXPECT_EQ_MSG(test, kb_trust_verify(ring, data.data, data.len, sig.data, sig.len,
						  &why), err, "\"%s\"", why);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why, text), "\"%s\" lacks \"%s\"", why, text);
}

static void expect_counts(struct kunit *test, unsigned int author, unsigned int approver)
{
	KUNIT_EXPECT_EQ(test, kb_trust_count(KB_RING_AUTHOR), author);
	KUNIT_EXPECT_EQ(test, kb_trust_count(KB_RING_APPROVER), approver);
	KUNIT_EXPECT_EQ(test, kb_trust_count(KB_RING_GRANT), 0);
}

static void refuses_what_is_no_certificate(struct kunit *test)
{
	const char *why = "";
	u8 *copy;
	size_t len;

	expect_add(test, KB_RING_AUTHOR, BYTES("", 0), -EBADMSG, "not a DER");
	expect_add(test, KB_RING_AUTHOR, BYTES("-----BEGIN CERTIFICATE-----", 27), -EBADMSG,
		   "not a DER");
	expect_add(test, KB_RING_AUTHOR, BLOB(serial_10), -EBADMSG, "not a DER");
	expect_add(test, KB_RING_AUTHOR, SIG(author_serial_10), -EBADMSG, "not a DER");

	/* cut off anywhere, from memory that ends where the bytes do */
	for (len = 1; len < sizeof(fixture_cert_author); len += 13) {
		copy = kmemdup(fixture_cert_author, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		KUNIT_EXPECT_EQ(test, kb_trust_add(KB_RING_AUTHOR, copy, len, &why), -EBADMSG);
		kfree(copy);
	}
	expect_counts(test, 0, 0);
}

/* Where the author's public key stands in its certificate. */
static size_t find_key(struct kunit *test, size_t *ret_len)
{
	const struct public_key *public;
	size_t at = 0;

	KUNIT_ASSERT_EQ(test, trust.rings[KB_RING_AUTHOR].n, 1);
	public = public_key_of(trust.rings[KB_RING_AUTHOR].keys[0]);
	while (at + public->keylen < sizeof(fixture_cert_author) &&
	       memcmp(fixture_cert_author + at, public->key, public->keylen))
		at++;
	KUNIT_ASSERT_LT(test, at + public->keylen, sizeof(fixture_cert_author));
	*ret_len = public->keylen;
	return at;
}

/*
 * A self-signed certificate vouches for its key. Another name, date or number
 * on it does not make another key of it, and the kernel does not check the
 * signature of one whose issuer and subject differ.
 */
static void refuses_altered_certificate(struct kunit *test)
{
	u8 *copy = kunit_kmalloc(test, sizeof(fixture_cert_author), GFP_KERNEL);
	size_t i, key, key_len;
	const char *why;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, fixture_cert_author, sizeof(fixture_cert_author));
	expect_add(test, KB_RING_AUTHOR, CERT(author), 0, "");
	key = find_key(test, &key_len);
	for (i = 0; i < sizeof(fixture_cert_author); i += 5) {
		bool inside = i >= key && i < key + key_len;

		copy[i] ^= 0x10;
		err = kb_trust_add(KB_RING_AUTHOR, copy, sizeof(fixture_cert_author), &why);
		copy[i] ^= 0x10;
		KUNIT_EXPECT_TRUE_MSG(test, err == -EBADMSG || err == -ENOPKG ||
				      (err == -EEXIST && !inside), "byte %zu: %d", i, err);
	}
	expect_counts(test, 1, 0);
}

static void refuses_unknown_algorithm(struct kunit *test)
{
	expect_add(test, KB_RING_AUTHOR, CERT(p256), -ENOPKG, "RSA-3072");
	expect_counts(test, 0, 0);
}

/* One key, one role: neither the certificate again nor another one for the key. */
static void refuses_key_in_two_rings(struct kunit *test)
{
	expect_add(test, KB_RING_AUTHOR, CERT(author), 0, "");
	expect_add(test, KB_RING_AUTHOR, CERT(author), -EEXIST, "one role");
	expect_add(test, KB_RING_APPROVER, CERT(author), -EEXIST, "one role");
	expect_add(test, KB_RING_GRANT, CERT(author), -EEXIST, "one role");
	expect_add(test, KB_RING_APPROVER, CERT(author_again), -EEXIST, "one role");
	expect_counts(test, 1, 0);
	/* and the refused one does not approve */
	expect_verify(test, KB_RING_APPROVER, BLOB(serial_10), SIG(author_serial_10), -ENOKEY,
		      "approver signature");
}

static void refuses_seventeenth_key(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < KB_KEYS_PER_RING_MAX; i++)
		expect_add(test, KB_RING_AUTHOR, BYTES(fixture_extra[i].der, fixture_extra[i].len), 0, "");
	expect_add(test, KB_RING_AUTHOR, BYTES(fixture_extra[i].der, fixture_extra[i].len), -ENOSPC,
		   "too many");
	expect_counts(test, KB_KEYS_PER_RING_MAX, 0);
	/* the others have room still */
	expect_add(test, KB_RING_APPROVER, BYTES(fixture_extra[i].der, fixture_extra[i].len), 0, "");
	expect_counts(test, KB_KEYS_PER_RING_MAX, 1);
}

static void seal(struct kunit *test, int err, const char *text)
{
	const struct kb_terminal terminal = { .municipality = "131016", .floor_serial = 3 };
	const char *why = "";

	KUNIT_EXPECT_EQ(test, kb_trust_seal(&terminal, &why), err);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(why, text), "\"%s\"", why);
}

static void refuses_seal_without_author(struct kunit *test)
{
	seal(test, -ENOKEY, "no author");
	expect_add(test, KB_RING_APPROVER, CERT(approver), 0, "");
	seal(test, -ENOKEY, "no author");
	KUNIT_EXPECT_NULL(test, kb_trust_terminal());
	/* a refused seal seals nothing */
	expect_add(test, KB_RING_AUTHOR, CERT(author), 0, "");
	seal(test, 0, "");
}

static void refuses_everything_after_seal(struct kunit *test)
{
	const struct kb_terminal other = { .municipality = "999999" };
	const char *why = "";

	expect_add(test, KB_RING_AUTHOR, CERT(author), 0, "");
	seal(test, 0, "");
	expect_add(test, KB_RING_AUTHOR, CERT(stranger), -EROFS, "sealed");
	expect_add(test, KB_RING_APPROVER, CERT(approver), -EROFS, "sealed");
	expect_add(test, KB_RING_AUTHOR, BYTES("", 0), -EROFS, "sealed");
	KUNIT_EXPECT_EQ(test, kb_trust_seal(&other, &why), -EROFS);
	KUNIT_EXPECT_NOT_NULL(test, strstr(why, "sealed already"));
	KUNIT_ASSERT_NOT_NULL(test, kb_trust_terminal());
	KUNIT_EXPECT_STREQ(test, kb_trust_terminal()->municipality, "131016");
	KUNIT_EXPECT_EQ(test, kb_trust_terminal()->floor_serial, 3);
	expect_counts(test, 1, 0);
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(stranger), -ENOKEY, "none of");
}

static void add_both(struct kunit *test)
{
	expect_add(test, KB_RING_AUTHOR, CERT(author), 0, "");
	expect_add(test, KB_RING_APPROVER, CERT(approver), 0, "");
}

static void refuses_other_signers(struct kunit *test)
{
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(author_serial_10), -ENOKEY,
		      "author signature");
	add_both(test);
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(stranger), -ENOKEY,
		      "trusted author keys");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(p256), -ENOKEY,
		      "trusted author keys");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(approver_serial_10), -ENOKEY,
		      "trusted author keys");
	expect_verify(test, KB_RING_APPROVER, BLOB(serial_10), SIG(author_serial_10), -ENOKEY,
		      "trusted approver keys");
	expect_verify(test, KB_RING_GRANT, BLOB(serial_10), SIG(author_serial_10), -ENOKEY, "");
}

static void refuses_what_is_no_signature(struct kunit *test)
{
	size_t len;
	u8 *copy;

	add_both(test);
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), BYTES("", 0), -EBADMSG, "detached CMS");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), BYTES("signed, honestly", 16), -EBADMSG,
		      "detached CMS");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), CERT(author), -EBADMSG,
		      "detached CMS");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(attached), -EBADMSG,
		      "detached CMS");
	/* two people are two signatures; certificates could vouch for others; other digests */
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(both), -EBADMSG, "detached CMS");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(with_certs), -EBADMSG,
		      "detached CMS");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(sha1), -EBADMSG, "detached CMS");
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(sha512), -EBADMSG,
		      "detached CMS");
	for (len = 1; len < sizeof(fixture_sig_author_serial_10); len += 7) {
		copy = kmemdup(fixture_sig_author_serial_10, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, copy);
		expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), BYTES(copy, len), -EBADMSG,
			      "detached CMS");
		kfree(copy);
	}
}

/* Every bit of a signed policy counts. */
static void refuses_flipped_data(struct kunit *test)
{
	const size_t len = sizeof(fixture_blob_serial_10);
	u8 *copy = kunit_kmalloc(test, len + 1, GFP_KERNEL);
	size_t bit;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, fixture_blob_serial_10, len);
	copy[len] = 0;
	add_both(test);
	for (bit = 0; bit < len * 8; bit += 3) {
		copy[bit / 8] ^= 1u << bit % 8;
		expect_verify(test, KB_RING_AUTHOR, BYTES(copy, len), SIG(author_serial_10),
			      -EKEYREJECTED, "does not match");
		copy[bit / 8] ^= 1u << bit % 8;
	}
	expect_verify(test, KB_RING_AUTHOR, BYTES(copy, len - 1), SIG(author_serial_10), -EKEYREJECTED,
		      "author signature does not match");
	expect_verify(test, KB_RING_AUTHOR, BYTES(copy, len + 1), SIG(author_serial_10), -EKEYREJECTED,
		      "author signature does not match");
	expect_verify(test, KB_RING_APPROVER, BYTES(copy, len - 1), SIG(approver_serial_10),
		      -EKEYREJECTED, "approver signature does not match");
	expect_verify(test, KB_RING_AUTHOR, BYTES(copy, len), SIG(author_serial_10), 0, "");
}

/* RSA-3072: the signature itself is the last 384 bytes; before it stands its description. */
static void refuses_flipped_signature(struct kunit *test)
{
	const size_t len = sizeof(fixture_sig_author_serial_10);
	u8 *copy = kunit_kmalloc(test, len, GFP_KERNEL);
	const char *why;
	size_t i;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	memcpy(copy, fixture_sig_author_serial_10, len);
	add_both(test);
	for (i = 0; i < len; i++) {
		copy[i] ^= 1u << i % 8;
		err = kb_trust_verify(KB_RING_AUTHOR, fixture_blob_serial_10,
				      sizeof(fixture_blob_serial_10), copy, len, &why);
		copy[i] ^= 1u << i % 8;
		KUNIT_EXPECT_TRUE_MSG(test, err == -EKEYREJECTED || err == -EBADMSG ||
				      err == -ENOKEY || (!err && i < len - 384),
				      "byte %zu: %d", i, err);
	}
}

static void accepts_the_right_ones(struct kunit *test)
{
	add_both(test);
	expect_counts(test, 1, 1);
	expect_verify(test, KB_RING_AUTHOR, BLOB(serial_10), SIG(author_serial_10), 0, "");
	expect_verify(test, KB_RING_APPROVER, BLOB(serial_10), SIG(approver_serial_10), 0, "");
}

/* Whichever allocation fails, the answer is -ENOMEM, and nothing half done stays. */
static void survives_no_memory(struct kunit *test)
{
	unsigned int nth, added = 0;

	for (nth = 1; nth < 1000; nth++) {
		const char *why = "";
		unsigned int left;
		int err;

		current->fail_nth = nth;
		err = kb_trust_add(KB_RING_AUTHOR, fixture_cert_author,
				   sizeof(fixture_cert_author), &why);
		left = current->fail_nth;
		current->fail_nth = 0;
		if (!err)
			added++;
		KUNIT_EXPECT_EQ(test, kb_trust_count(KB_RING_AUTHOR), added);
		if (left) {		/* so many allocations there are not */
			KUNIT_EXPECT_EQ(test, err, 0);
			break;
		}
		if (err) {
			KUNIT_EXPECT_EQ_MSG(test, err, -ENOMEM, "allocation %u: \"%s\"", nth, why);
			continue;
		}
		kb_trust_exit();	/* done without that one; try with the next */
		added = 0;
		KUNIT_ASSERT_EQ(test, kb_trust_init(), 0);
	}
	KUNIT_EXPECT_GT(test, nth, 10);
}

/* Keys that are alive, once the collector of the others has nothing left to do. */
static int count_keys(void)
{
	flush_work(&key_gc_work);
	flush_work(&key_gc_work);	/* it may have asked for another round */
	return atomic_read(&root_key_user.nkeys);
}

/* Keys are found by number as long as they live, so kmemleak does not miss one: count them. */
static void leaves_no_keys(struct kunit *test)
{
	const int keys = count_keys();
	int i;

	for (i = 0; i < 10; i++) {
		add_both(test);
		expect_add(test, KB_RING_GRANT, CERT(author_again), -EEXIST, "one role");
		expect_add(test, KB_RING_GRANT, CERT(p256), -ENOPKG, "RSA");
		expect_add(test, KB_RING_GRANT, BLOB(serial_10), -EBADMSG, "DER");
		kb_trust_exit();
		KUNIT_ASSERT_EQ(test, kb_trust_init(), 0);
	}
	KUNIT_EXPECT_EQ(test, count_keys(), keys);
}

static int trust_test_init(struct kunit *test)
{
	kb_trust_exit();
	return kb_trust_init();
}

static void trust_test_exit(struct kunit *test)
{
	kb_trust_exit();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case trust_cases[] = {
	KUNIT_CASE(refuses_what_is_no_certificate),
	KUNIT_CASE(refuses_altered_certificate),
	KUNIT_CASE(refuses_unknown_algorithm),
	KUNIT_CASE(refuses_key_in_two_rings),
	KUNIT_CASE(refuses_seventeenth_key),
	KUNIT_CASE(refuses_seal_without_author),
	KUNIT_CASE(refuses_everything_after_seal),
	KUNIT_CASE(refuses_other_signers),
	KUNIT_CASE(refuses_what_is_no_signature),
	KUNIT_CASE(refuses_flipped_data),
	KUNIT_CASE(refuses_flipped_signature),
	KUNIT_CASE(accepts_the_right_ones),
	KUNIT_CASE(survives_no_memory),
	KUNIT_CASE(leaves_no_keys),
	{}
};

static struct kunit_suite trust_suite = {
	.name = "kidoban_trust",
	.init = trust_test_init,
	.exit = trust_test_exit,
	.test_cases = trust_cases,
};
kunit_test_suite(trust_suite);
