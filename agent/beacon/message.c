// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions to a beacon and its signed answers: bytes, signatures, freshness. */
#include "agent/beacon/message.h"

#include <errno.h>
#include <string.h>

#include "policy/i18n.h"
#include "policy/key.h"

KB_DEFINE_CLEANUP(EVP_MD_CTX *, EVP_MD_CTX_free)

#define MAGIC_LEN	4
#define NAME_LEN	(KB_NAME_MAX + 1)
#define SITE_LEN	(KB_BEACON_SITE_MAX + 1)

/* Where the fields of an answer begin. */
enum {
	AT_NONCE = MAGIC_LEN,
	AT_TIME = AT_NONCE + KB_BEACON_NONCE_LEN,
	AT_SITE = AT_TIME + 8,
	AT_NAME = AT_SITE + SITE_LEN,
	AT_ZONE = AT_NAME + NAME_LEN,
	AT_SIGNATURE = AT_ZONE + NAME_LEN,
};

/* Its NUL is signed, too: what follows can never be taken for more of it. */
static const char domain[] = "kidoban beacon 1";

static_assert(AT_SIGNATURE + KB_BEACON_SIG_LEN == KB_BEACON_ANSWER_LEN, "the header says so");
static_assert(MAGIC_LEN + KB_BEACON_NONCE_LEN + NAME_LEN == KB_BEACON_QUESTION_LEN, "the like");
static_assert(KB_BEACON_QUESTION_LEN * 3 >= KB_BEACON_ANSWER_LEN, "no amplifier");

/* Names of zones are any text without control characters. */
static bool is_name_byte(u8 c)
{
	return c >= ' ' && c != 0x7f;
}

/* A field of @size bytes: a name, then nothing but NULs, at least one. */
static bool field_is_fine(const u8 *field, size_t size)
{
	size_t len = strnlen((const char *)field, size), i;

	if (!len || len == size)
		return false;
	for (i = 0; i < len; i++)
		if (!is_name_byte(field[i]))
			return false;
	for (; i < size; i++)
		if (field[i])
			return false;
	return true;
}

static void put_field(u8 *field, size_t size, const char *text)
{
	memset(field, 0, size);
	memcpy(field, text, strnlen(text, size - 1));
}

static void put_u64(u8 *bytes, u64 value)
{
	value = htobe64(value);
	memcpy(bytes, &value, sizeof(value));
}

static u64 get_u64(const u8 *bytes)
{
	u64 value;

	memcpy(&value, bytes, sizeof(value));
	return be64toh(value);
}

void kb_beacon_ask(const struct kb_beacon_question *question, u8 ret[KB_BEACON_QUESTION_LEN])
{
	memcpy(ret, "KBQ1", MAGIC_LEN);
	memcpy(ret + AT_NONCE, question->nonce, KB_BEACON_NONCE_LEN);
	put_field(ret + AT_NONCE + KB_BEACON_NONCE_LEN, NAME_LEN, question->name);
}

int kb_beacon_read_question(const void *data, size_t len, struct kb_beacon_question *ret)
{
	const u8 *bytes = data;
	const u8 *name = bytes + AT_NONCE + KB_BEACON_NONCE_LEN;

	if (len != KB_BEACON_QUESTION_LEN || memcmp(bytes, "KBQ1", MAGIC_LEN) ||
	    !field_is_fine(name, NAME_LEN))
		return -EBADMSG;
	memcpy(ret->nonce, bytes + AT_NONCE, KB_BEACON_NONCE_LEN);
	memcpy(ret->name, name, NAME_LEN);
	return 0;
}

/* The bytes that the signature covers; the answer without its signature comes first in @answer. */
static void signed_bytes(const u8 *answer, u8 ret[sizeof(domain) + AT_SIGNATURE])
{
	memcpy(ret, domain, sizeof(domain));
	memcpy(ret + sizeof(domain), answer, AT_SIGNATURE);
}

static int sign(const u8 *answer, const u8 key[32], u8 ret[KB_BEACON_SIG_LEN],
		struct kb_fault *ret_fault)
{
	KB_CLEANUP(EVP_PKEY_free_p) EVP_PKEY *pkey =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key, KB_BEACON_KEY_LEN);
	KB_CLEANUP(EVP_MD_CTX_free_p) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	u8 bytes[sizeof(domain) + AT_SIGNATURE];
	size_t len = KB_BEACON_SIG_LEN;

	signed_bytes(answer, bytes);
	if (!pkey || !ctx || EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) != 1 ||
	    EVP_DigestSign(ctx, ret, &len, bytes, sizeof(bytes)) != 1 || len != KB_BEACON_SIG_LEN)
		return kb_fault_openssl(ret_fault, -EIO, _("cannot sign the beacon's answer"));
	return 0;
}

int kb_beacon_answer_make(const struct kb_beacon_answer *answer, const u8 key[32],
			  u8 ret[KB_BEACON_ANSWER_LEN], struct kb_fault *ret_fault)
{
	u8 bytes[KB_BEACON_ANSWER_LEN];
	int r;

	memcpy(bytes, "KBA1", MAGIC_LEN);
	memcpy(bytes + AT_NONCE, answer->nonce, KB_BEACON_NONCE_LEN);
	put_u64(bytes + AT_TIME, answer->time);
	put_field(bytes + AT_SITE, SITE_LEN, answer->site);
	put_field(bytes + AT_NAME, NAME_LEN, answer->name);
	put_field(bytes + AT_ZONE, NAME_LEN, answer->zone);
	if (!field_is_fine(bytes + AT_SITE, SITE_LEN) || !field_is_fine(bytes + AT_NAME, NAME_LEN) ||
	    !field_is_fine(bytes + AT_ZONE, NAME_LEN))
		return kb_fault(ret_fault, -EINVAL,
				_("a beacon has a site, a name and a zone, each without control characters"));
	r = sign(bytes, key, bytes + AT_SIGNATURE, ret_fault);
	if (r)
		return r;
	memcpy(ret, bytes, sizeof(bytes));
	return 0;
}

static bool form_is_fine(const u8 *bytes, size_t len)
{
	return len == KB_BEACON_ANSWER_LEN && !memcmp(bytes, "KBA1", MAGIC_LEN) &&
	       field_is_fine(bytes + AT_SITE, SITE_LEN) && field_is_fine(bytes + AT_NAME, NAME_LEN) &&
	       field_is_fine(bytes + AT_ZONE, NAME_LEN);
}

static bool signature_is_fine(const u8 *answer, const u8 *key)
{
	KB_CLEANUP(EVP_PKEY_free_p) EVP_PKEY *pkey =
		EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, KB_BEACON_KEY_LEN);
	KB_CLEANUP(EVP_MD_CTX_free_p) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	u8 bytes[sizeof(domain) + AT_SIGNATURE];

	signed_bytes(answer, bytes);
	return pkey && ctx && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	       EVP_DigestVerify(ctx, answer + AT_SIGNATURE, KB_BEACON_SIG_LEN, bytes,
				sizeof(bytes)) == 1;
}

static int check_content(const struct kb_beacon_answer *answer,
			 const struct kb_beacon_expect *expect, struct kb_fault *ret_fault)
{
	u64 skew = answer->time > expect->now ? answer->time - expect->now :
						expect->now - answer->time;

	if (memcmp(answer->nonce, expect->nonce, KB_BEACON_NONCE_LEN))
		return kb_fault(ret_fault, -ESTALE, _("a replay: it answers another question"));
	if (strcmp(answer->site, expect->site))
		return kb_fault(ret_fault, -EXDEV, _("the beacon is of site %s, not %s"),
				answer->site, expect->site);
	if (strcmp(answer->name, expect->name))
		return kb_fault(ret_fault, -EXDEV, _("the beacon is called %s, not %s"),
				answer->name, expect->name);
	if (strcmp(answer->zone, expect->zone))
		return kb_fault(ret_fault, -EXDEV, _("the beacon is of zone %s, not %s"),
				answer->zone, expect->zone);
	if (skew > KB_BEACON_SKEW_SEC)
		return kb_fault(ret_fault, -ETIME,
				_("the beacon's clock and ours are %llu s apart, at most %d"),
				(unsigned long long)skew, KB_BEACON_SKEW_SEC);
	return 0;
}

int kb_beacon_check(const void *data, size_t len, const struct kb_beacon_expect *expect,
		    struct kb_beacon_answer *ret, struct kb_fault *ret_fault)
{
	const u8 *bytes = data;
	struct kb_beacon_answer answer;
	int r;

	if (!form_is_fine(bytes, len))
		return kb_fault(ret_fault, -EBADMSG, _("this is no beacon's answer"));
	if (!signature_is_fine(bytes, expect->key)) {
		r = kb_fault_openssl(NULL, -EKEYREJECTED, "%s", "");
		return kb_fault(ret_fault, r, _("the signature is not the beacon's"));
	}
	memcpy(answer.nonce, bytes + AT_NONCE, KB_BEACON_NONCE_LEN);
	answer.time = get_u64(bytes + AT_TIME);
	memcpy(answer.site, bytes + AT_SITE, SITE_LEN);
	memcpy(answer.name, bytes + AT_NAME, NAME_LEN);
	memcpy(answer.zone, bytes + AT_ZONE, NAME_LEN);
	r = check_content(&answer, expect, ret_fault);
	if (!r)
		*ret = answer;
	return r;
}
