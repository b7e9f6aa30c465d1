// SPDX-License-Identifier: GPL-2.0-or-later
/* What a beacon's question and answer may be, bit by bit (P1). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "agent/beacon/message.h"
#include "policy/cleanup.h"

#define NOW	1790000000ull

/* RFC 8032, 7.1, test 1: secret key and its public key. */
static const u8 secret[32] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
	0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60
};
static const u8 public[32] = {
	0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
	0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a
};

static const struct kb_beacon_answer good = {
	.nonce = "0123456789abcde", .time = NOW, .site = "131016", .name = "beacon-1",
	.zone = "madoguchi",
};

static const struct kb_beacon_expect expect_good = {
	.nonce = good.nonce, .key = public, .site = "131016", .name = "beacon-1",
	.zone = "madoguchi", .now = NOW,
};

static u8 bytes[KB_BEACON_ANSWER_LEN];
static struct kb_beacon_answer got;
static struct kb_fault why;

static void make(const struct kb_beacon_answer *answer)
{
	assert_int_equal(kb_beacon_answer_make(answer, secret, bytes, NULL), 0);
}

/* Checks @bytes; a refusal must say something and leave the answer alone. */
static int check(const struct kb_beacon_expect *expect)
{
	static const struct kb_beacon_answer untouched = { .name = "untouched" };
	int r;

	got = untouched;
	why.text[0] = '\0';
	r = kb_beacon_check(bytes, sizeof(bytes), expect, &got, &why);
	if (r) {
		assert_memory_equal(&got, &untouched, sizeof(got));
		assert_true(why.text[0]);
	}
	return r;
}

static void test_form(void **state)
{
	static const size_t fields[] = { 28, 44, 108 };	/* site, name, zone */
	u8 longer[KB_BEACON_ANSWER_LEN + 1] = {};
	size_t i, len;

	(void)state;
	make(&good);
	memcpy(longer, bytes, sizeof(bytes));
	for (len = 0; len < sizeof(bytes); len++)
		assert_int_equal(kb_beacon_check(bytes, len, &expect_good, &got, &why), -EBADMSG);
	assert_int_equal(kb_beacon_check(longer, sizeof(longer), &expect_good, &got, &why), -EBADMSG);
	for (i = 0; i < 4; i++) {
		make(&good);
		bytes[i] ^= 1;
		assert_int_equal(check(&expect_good), -EBADMSG);
	}
	/* the signature would be wrong as well: form comes first */
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t end = i == 0 ? 44 : i == 1 ? 108 : 172;

		make(&good);
		bytes[end - 1] = 'x';	/* padding that is none */
		assert_int_equal(check(&expect_good), -EBADMSG);
		make(&good);
		memset(bytes + fields[i], 'x', end - fields[i]);	/* no NUL at the end */
		assert_int_equal(check(&expect_good), -EBADMSG);
		make(&good);
		memset(bytes + fields[i], 0, end - fields[i]);	/* nothing */
		assert_int_equal(check(&expect_good), -EBADMSG);
		make(&good);
		bytes[fields[i]] = '\n';
		assert_int_equal(check(&expect_good), -EBADMSG);
	}
}

static void test_signature(void **state)
{
	struct kb_beacon_expect expect = expect_good;
	u8 other[32];
	size_t i;

	(void)state;
	memcpy(other, public, 32);
	other[0] ^= 1;
	make(&good);
	expect.key = other;
	assert_int_equal(check(&expect), -EKEYREJECTED);
	memset(other, 0, 32);	/* a key of small order */
	assert_int_equal(check(&expect), -EKEYREJECTED);
	memset(bytes + 172, 0, 64);
	assert_int_equal(check(&expect_good), -EKEYREJECTED);
	/* what is wrong in content as well is a forgery first */
	for (i = 4; i < 28; i++) {
		make(&good);
		bytes[i] ^= 1;
		assert_int_equal(check(&expect_good), -EKEYREJECTED);
	}
}

/* No bit of an answer is free. */
static void test_every_bit(void **state)
{
	size_t i;
	int bit, r;

	(void)state;
	make(&good);
	for (i = 0; i < sizeof(bytes); i++)
		for (bit = 0; bit < 8; bit++) {
			bytes[i] ^= 1 << bit;
			r = check(&expect_good);
			assert_true(r == -EBADMSG || r == -EKEYREJECTED);
			bytes[i] ^= 1 << bit;
		}
	assert_int_equal(check(&expect_good), 0);
}

/* A signature over the same bytes without our domain is none of ours. */
static void test_domain(void **state)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, 32);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	u8 said[17 + 172] = "kidoban beacon 1";
	size_t len = 64;

	(void)state;
	make(&good);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, bytes + 172, &len, bytes, 172), 1);
	assert_int_equal(check(&expect_good), -EKEYREJECTED);
	/* the domain is what the header says */
	memcpy(said + 17, bytes, 172);
	EVP_MD_CTX_reset(ctx);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, NULL, NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, bytes + 172, &len, said, sizeof(said)), 1);
	assert_int_equal(check(&expect_good), 0);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
}

static void test_content(void **state)
{
	static const u8 other_nonce[KB_BEACON_NONCE_LEN] = "0123456789abcdE";
	struct kb_beacon_expect expect = expect_good;

	(void)state;
	make(&good);
	expect.nonce = other_nonce;
	assert_int_equal(check(&expect), -ESTALE);
	expect = expect_good;
	expect.site = "131024";
	assert_int_equal(check(&expect), -EXDEV);
	assert_non_null(strstr(why.text, "131024"));
	expect = expect_good;
	expect.name = "beacon-10";
	assert_int_equal(check(&expect), -EXDEV);
	assert_non_null(strstr(why.text, "beacon-10"));
	expect = expect_good;
	expect.zone = "madoguch";
	assert_int_equal(check(&expect), -EXDEV);
	assert_non_null(strstr(why.text, "zone"));
	/* a replay is told before anything else that is wrong */
	expect.nonce = other_nonce;
	expect.now = 0;
	assert_int_equal(check(&expect), -ESTALE);
}

static void test_skew(void **state)
{
	static const struct { u64 beacon, now; int r; } rows[] = {
		{ NOW - 121, NOW, -ETIME }, { NOW - 120, NOW, 0 }, { NOW + 120, NOW, 0 },
		{ NOW + 121, NOW, -ETIME }, { 0, NOW, -ETIME }, { UINT64_MAX, NOW, -ETIME },
		{ NOW, 0, -ETIME }, { UINT64_MAX, 100, -ETIME }, { 0, 120, 0 },
	};
	struct kb_beacon_expect expect = expect_good;
	struct kb_beacon_answer answer = good;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		answer.time = rows[i].beacon;
		expect.now = rows[i].now;
		make(&answer);
		assert_int_equal(check(&expect), rows[i].r);
	}
}

static void test_good(void **state)
{
	struct kb_beacon_expect expect = expect_good;
	struct kb_beacon_answer answer = good;

	(void)state;
	make(&good);
	assert_int_equal(check(&expect_good), 0);
	assert_memory_equal(&got, &good, sizeof(got));
	/* longest names, and one that is not ASCII */
	memset(answer.site, 's', KB_BEACON_SITE_MAX);
	memset(answer.name, 'n', KB_NAME_MAX);
	strcpy(answer.zone, "市民課 1");
	make(&answer);
	expect.site = answer.site;
	expect.name = answer.name;
	expect.zone = answer.zone;
	assert_int_equal(check(&expect), 0);
	assert_memory_equal(&got, &answer, sizeof(got));
}

static void test_make(void **state)
{
	struct kb_beacon_answer answer = good;
	u8 untouched[KB_BEACON_ANSWER_LEN];

	(void)state;
	memset(bytes, 0x5a, sizeof(bytes));
	memset(untouched, 0x5a, sizeof(untouched));
	answer.zone[0] = '\0';
	assert_int_equal(kb_beacon_answer_make(&answer, secret, bytes, &why), -EINVAL);
	answer = good;
	answer.name[2] = '\t';
	assert_int_equal(kb_beacon_answer_make(&answer, secret, bytes, &why), -EINVAL);
	answer = good;
	answer.site[0] = '\0';
	assert_int_equal(kb_beacon_answer_make(&answer, secret, bytes, &why), -EINVAL);
	assert_memory_equal(bytes, untouched, sizeof(bytes));
}

static void test_question(void **state)
{
	struct kb_beacon_question asked = { .nonce = "0123456789abcde", .name = "beacon-1" }, read;
	u8 q[KB_BEACON_QUESTION_LEN + 1] = {};
	size_t len, i;

	(void)state;
	kb_beacon_ask(&asked, q);
	for (len = 0; len < KB_BEACON_QUESTION_LEN; len++)
		assert_int_equal(kb_beacon_read_question(q, len, &read), -EBADMSG);
	assert_int_equal(kb_beacon_read_question(q, KB_BEACON_QUESTION_LEN + 1, &read), -EBADMSG);
	for (i = 0; i < 4; i++) {
		q[i] ^= 0x20;
		assert_int_equal(kb_beacon_read_question(q, KB_BEACON_QUESTION_LEN, &read), -EBADMSG);
		q[i] ^= 0x20;
	}
	for (i = 29; i < KB_BEACON_QUESTION_LEN; i++) {
		q[i] ^= 1;
		assert_int_equal(kb_beacon_read_question(q, KB_BEACON_QUESTION_LEN, &read), -EBADMSG);
		q[i] ^= 1;
	}
	memset(q + 20, 'n', 64);
	assert_int_equal(kb_beacon_read_question(q, KB_BEACON_QUESTION_LEN, &read), -EBADMSG);
	memset(q + 20, 0, 64);
	assert_int_equal(kb_beacon_read_question(q, KB_BEACON_QUESTION_LEN, &read), -EBADMSG);
	kb_beacon_ask(&asked, q);
	assert_int_equal(kb_beacon_read_question(q, KB_BEACON_QUESTION_LEN, &read), 0);
	assert_memory_equal(&read, &asked, sizeof(read));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),	 cmocka_unit_test(test_signature),
		cmocka_unit_test(test_every_bit), cmocka_unit_test(test_domain),
		cmocka_unit_test(test_content),	 cmocka_unit_test(test_skew),
		cmocka_unit_test(test_make),	 cmocka_unit_test(test_question),
		cmocka_unit_test(test_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
