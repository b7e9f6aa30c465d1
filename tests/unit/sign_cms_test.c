// SPDX-License-Identifier: GPL-2.0-or-later
/* Signatures and what a bundle is worth: every way to be wrong is named. */
#include <errno.h>
#include <openssl/cms.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent_scratch.h"
#include "policy/attest.h"
#include "policy/sign.h"
#include "policy/text.h"

#define NOW 1800000000ull

static const char source[] =
	"kidoban: 1\n"
	"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2030-01-01}\n"
	"mode: {media: enforce}\n"
	"media:\n"
	"  rules:\n"
	"    - allow: {class: [hub, keyboard, mouse]}\n"
	"  default: refuse\n";

static struct scratch s;
static struct kb_trust trust;
static uint8_t data[500];

static int set_up(void **state)
{
	size_t i;

	(void)state;
	scratch_make(&s);
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_trust(&s, KB_RING_APPROVER, "b", scratch_signer(KB_RING_APPROVER, 0));
	if (kb_trust_read(scratch_path(&s, "trust"), &trust, NULL))
		return -1;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kb_trust_done(&trust);
	scratch_remove(&s);
	return 0;
}

static void sign_with(const struct scratch_signer *signer, const void *bytes, size_t len,
		      struct kb_bytes *ret)
{
	struct kb_fault why = { "" };

	if (kb_sign(bytes, len, signer->key, signer->cert, &ret->data, &ret->len, &why))
		fail_msg("%s", why.text);
}

static int verify(const struct kb_bytes *sig, enum kb_ring ring)
{
	return kb_sign_verify(data, sizeof(data), sig->data, sig->len, &trust, ring, NULL, NULL);
}

static void test_good(void **state)
{
	const struct kb_trust_cert *who = NULL;
	struct kb_bytes sig, again;

	(void)state;
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), data, sizeof(data), &sig);
	assert_int_equal(kb_sign_verify(data, sizeof(data), sig.data, sig.len, &trust, KB_RING_AUTHOR,
					&who, NULL), 0);
	assert_string_equal(who->info.subject, "CN=k0,OU=author,O=kidoban");
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), data, sizeof(data), &again);
	assert_int_equal(sig.len, again.len);
	assert_memory_equal(sig.data, again.data, sig.len);
	kb_bytes_done(&sig);
	kb_bytes_done(&again);
}

static void test_wrong_signer(void **state)
{
	struct kb_bytes sig;

	(void)state;
	sign_with(scratch_signer(KB_RING_AUTHOR, 1), data, sizeof(data), &sig);
	assert_int_equal(verify(&sig, KB_RING_AUTHOR), -ENOKEY);
	kb_bytes_done(&sig);
}

static void test_author_as_approver(void **state)
{
	struct kb_bytes sig;

	(void)state;
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), data, sizeof(data), &sig);
	assert_int_equal(verify(&sig, KB_RING_APPROVER), -ENOKEY);
	kb_bytes_done(&sig);
}

static void test_flipped_data(void **state)
{
	struct kb_bytes sig;
	size_t i;

	(void)state;
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), data, sizeof(data), &sig);
	for (i = 0; i < sizeof(data); i += 37) {
		data[i] ^= 1;
		assert_int_equal(verify(&sig, KB_RING_AUTHOR), -EKEYREJECTED);
		data[i] ^= 1;
	}
	assert_int_equal(kb_sign_verify(data, sizeof(data) - 1, sig.data, sig.len, &trust, KB_RING_AUTHOR,
					NULL, NULL), -EKEYREJECTED);
	kb_bytes_done(&sig);
}

/*
 * Whatever bit of the signature file is flipped, it is refused. Free are only
 * version numbers and the list of digests, which nothing relies on: they stand
 * in front of the issuer's name, and one parameter behind it.
 */
#define FREE_BITS_MAX 32
#define SIGNATURE_VALUE_LEN 256		/* RSA-2048; it ends the file */

static void test_flipped_signature(void **state)
{
	unsigned int accepted = 0;
	struct kb_bytes sig;
	size_t i;
	int r;

	(void)state;
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), data, sizeof(data), &sig);
	for (i = 0; i < 8 * sig.len; i++) {
		sig.data[i / 8] ^= 1 << (i % 8);
		r = verify(&sig, KB_RING_AUTHOR);
		sig.data[i / 8] ^= 1 << (i % 8);
		if (r == -EKEYREJECTED || r == -EBADMSG || r == -ENOKEY)
			continue;
		if (r || i / 8 >= sig.len - SIGNATURE_VALUE_LEN)
			fail_msg("bit %zu of %zu flipped: answered %d", i, 8 * sig.len, r);
		accepted++;
	}
	assert_in_range(accepted, 0, FREE_BITS_MAX);
	assert_int_equal(verify(&sig, KB_RING_AUTHOR), 0);
	kb_bytes_done(&sig);
}

static void test_truncated_signature(void **state)
{
	struct kb_bytes sig;
	uint8_t *copy;
	size_t len;

	(void)state;
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), data, sizeof(data), &sig);
	for (len = 0; len < sig.len; len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, sig.data, len);
		assert_int_equal(kb_sign_verify(data, sizeof(data), copy, len, &trust, KB_RING_AUTHOR, NULL,
						NULL), -EBADMSG);
		free(copy);
	}
	copy = malloc(sig.len + 1);
	memcpy(copy, sig.data, sig.len);
	copy[sig.len] = 0;
	assert_int_equal(kb_sign_verify(data, sizeof(data), copy, sig.len + 1, &trust, KB_RING_AUTHOR, NULL,
					NULL), -EBADMSG);
	free(copy);
	kb_bytes_done(&sig);
}

/* Signs in a form of its own: @flags, @digest, one signer or two. */
static void sign_oddly(unsigned int flags, const EVP_MD *digest, bool twice, struct kb_bytes *ret)
{
	const struct scratch_signer *a = scratch_signer(KB_RING_AUTHOR, 0);
	const struct scratch_signer *b = scratch_signer(KB_RING_APPROVER, 0);
	BIO *bio = BIO_new_mem_buf(data, sizeof(data));
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_BINARY);
	int len;

	assert_non_null(CMS_add1_signer(cms, a->cert, a->key, digest, flags | CMS_BINARY));
	if (twice)
		assert_non_null(CMS_add1_signer(cms, b->cert, b->key, digest, flags | CMS_BINARY));
	assert_int_equal(CMS_final(cms, bio, NULL, flags | CMS_BINARY), 1);
	ret->data = NULL;
	len = i2d_CMS_ContentInfo(cms, &ret->data);
	assert_true(len > 0);
	ret->len = (size_t)len;
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
}

static void test_other_forms(void **state)
{
	static const unsigned int form = CMS_DETACHED | CMS_NOATTR | CMS_NOCERTS;
	const struct {
		const char *name;
		unsigned int flags;
		const EVP_MD *digest;
		bool twice;
		int expect;
	} forms[] = {
		{ "the one form", form, EVP_sha256(), false, 0 },
		/* the module takes SHA-256 only; nobody here may call good what it refuses */
		{ "SHA-512", form, EVP_sha512(), false, -EBADMSG },
		{ "content inside", CMS_NOATTR | CMS_NOCERTS, EVP_sha256(), false, -EBADMSG },
		{ "attributes", CMS_DETACHED | CMS_NOCERTS, EVP_sha256(), false, -EBADMSG },
		{ "certificates", CMS_DETACHED | CMS_NOATTR, EVP_sha256(), false, -EBADMSG },
		{ "SHA-1", form, EVP_sha1(), false, -EBADMSG },
		{ "two signers", form, EVP_sha256(), true, -EBADMSG },
	};
	static const struct kb_trust nobody;
	struct kb_bytes sig;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		sign_oddly(forms[i].flags, forms[i].digest, forms[i].twice, &sig);
		r = verify(&sig, KB_RING_AUTHOR);
		if (r != forms[i].expect)
			fail_msg("%s: answered %d", forms[i].name, r);
		/* the form is looked at before anybody asks who signed */
		assert_int_equal(kb_sign_verify(data, sizeof(data), sig.data, sig.len, &nobody,
						KB_RING_AUTHOR, NULL, NULL),
				 forms[i].expect ?: -ENOKEY);
		kb_bytes_done(&sig);
	}
}

static void test_key_without_cert(void **state)
{
	const struct scratch_signer *a = scratch_signer(KB_RING_AUTHOR, 0);
	const struct scratch_signer *b = scratch_signer(KB_RING_APPROVER, 0);
	struct kb_bytes sig = { NULL, 0 };

	(void)state;
	assert_int_equal(kb_sign(data, sizeof(data), a->key, b->cert, &sig.data, &sig.len, NULL), -EINVAL);
	assert_null(sig.data);
}

static void make_bundle(const char *text, bool approver, struct kb_bundle *ret)
{
	struct kb_diags diags = { 0 };
	struct kb_bytes blob = { NULL, 0 }, sig;

	assert_int_equal(kb_text_compile(source, strlen(source), NOW, &diags, (void **)&blob.data,
					 &blob.len), 0);
	kb_diags_done(&diags);
	assert_int_equal(kb_bundle_set(ret, KB_BUNDLE_BLOB, blob.data, blob.len), 0);
	assert_int_equal(kb_bundle_set(ret, KB_BUNDLE_SOURCE, text, strlen(text)), 0);
	sign_with(scratch_signer(KB_RING_AUTHOR, 0), blob.data, blob.len, &sig);
	assert_int_equal(kb_bundle_set(ret, KB_BUNDLE_AUTHOR, sig.data, sig.len), 0);
	kb_bytes_done(&sig);
	if (approver) {
		sign_with(scratch_signer(KB_RING_APPROVER, 0), blob.data, blob.len, &sig);
		assert_int_equal(kb_bundle_set(ret, KB_BUNDLE_APPROVER, sig.data, sig.len), 0);
		kb_bytes_done(&sig);
	}
	kb_bytes_done(&blob);
}

/* The first item that is not good, "" when all are. */
static const char *first_bad(const struct kb_attest *a)
{
	unsigned int i;

	for (i = 0; i < a->n_items; i++)
		if (!a->items[i].good)
			return a->items[i].name;
	return "";
}

static void expect_attest(const struct kb_bundle *bundle, uint64_t now, const char *bad)
{
	struct kb_attest attest;

	assert_int_equal(kb_attest(bundle, &trust, now, &attest), 0);
	assert_string_equal(first_bad(&attest), bad);
	assert_int_equal(attest.good, !*bad);
	kb_attest_done(&attest);
}

static void test_attest(void **state)
{
	struct kb_bundle bundle = { 0 };

	(void)state;
	make_bundle(source, false, &bundle);
	expect_attest(&bundle, NOW, "approver");
	kb_bundle_done(&bundle);
	make_bundle(source, true, &bundle);
	expect_attest(&bundle, NOW, "");
	expect_attest(&bundle, 1893423600 + 86400 - 1, "");	/* 2030-01-01 23:59:59 in Japan */
	expect_attest(&bundle, 1893423600 + 86400, "dates");
	/* the approver's signature is the author's: the ring does not hold that key */
	kb_bundle_set(&bundle, KB_BUNDLE_APPROVER, bundle.members[KB_BUNDLE_AUTHOR].data,
		      bundle.members[KB_BUNDLE_AUTHOR].len);
	expect_attest(&bundle, NOW, "approver");
	bundle.members[KB_BUNDLE_BLOB].data[20] ^= 1;
	assert_int_not_equal(kb_attest_source(&bundle, NULL), 0);
	kb_bundle_done(&bundle);
}

/* What the approver reads must be what runs. */
static void test_other_source(void **state)
{
	struct kb_bundle bundle = { 0 };
	struct kb_fault why = { "" };

	(void)state;
	make_bundle("kidoban: 1\n", true, &bundle);
	assert_int_equal(kb_attest_source(&bundle, &why), -EBADMSG);
	expect_attest(&bundle, NOW, "source");
	kb_bundle_done(&bundle);

	make_bundle(source, true, &bundle);
	/* one more space changes nothing but the text's checksum */
	bundle.members[KB_BUNDLE_SOURCE].data[sizeof(source) - 2] = ' ';
	assert_int_equal(kb_attest_source(&bundle, &why), -EKEYREJECTED);
	expect_attest(&bundle, NOW, "source");
	kb_bundle_done(&bundle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_good), TEST(test_wrong_signer), TEST(test_author_as_approver),
		TEST(test_flipped_data), TEST(test_flipped_signature), TEST(test_truncated_signature),
		TEST(test_other_forms), TEST(test_key_without_cert), TEST(test_attest),
		TEST(test_other_source),
	};

	return cmocka_run_group_tests_name("sign_cms", tests, NULL, NULL);
}
