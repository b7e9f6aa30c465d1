// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys: what is made, what is refused, tokens, and the trust directory. */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <kidoban/types.h>

#include "agent_scratch.h"
#include "policy/file.h"
#include "policy/key.h"
#include "policy/sign.h"
#include "policy/trust.h"

static struct scratch s;

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static const struct {
	const char *name;
	struct kb_key_request request;
	const char *text;
} refusals[] = {
	{ "slash in the name", { KB_RING_AUTHOR, "a/b", NULL, 3072, 1, NULL }, "name" },
	{ "parent directory", { KB_RING_AUTHOR, "..", NULL, 3072, 1, NULL }, "name" },
	{ "option-like name", { KB_RING_AUTHOR, "-rf", NULL, 3072, 1, NULL }, "name" },
	{ "empty name", { KB_RING_AUTHOR, "", NULL, 3072, 1, NULL }, "name" },
	{ "newline", { KB_RING_AUTHOR, "a\nb", NULL, 3072, 1, NULL }, "name" },
	{ "long name", { KB_RING_AUTHOR, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL, 3072, 1, NULL },
	  "name" },
	{ "weak", { KB_RING_AUTHOR, NULL, NULL, 1024, 1, NULL }, "bits" },
	{ "larger than the kernel takes", { KB_RING_AUTHOR, NULL, NULL, 8192, 1, NULL }, "bits" },
	{ "odd size", { KB_RING_AUTHOR, NULL, NULL, 3000, 1, NULL }, "bits" },
	{ "no day", { KB_RING_AUTHOR, NULL, NULL, 3072, 0, NULL }, "days" },
	{ "too many days", { KB_RING_AUTHOR, NULL, NULL, 3072, 36501, NULL }, "days" },
	{ "no role", { KB_RING_MAX, "x", NULL, 3072, 1, NULL }, "role" },
	{ "short password", { KB_RING_AUTHOR, NULL, NULL, 3072, 1, "seven77" }, "8 characters" },
};

static void test_new_refuses(void **state)
{
	struct kb_key_files files = { NULL, NULL };
	struct kb_key_request request;
	struct kb_fault why;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		request = refusals[i].request;
		request.dir = s.dir;
		why.text[0] = '\0';
		r = kb_key_new(&request, &files, &why);
		if (r != -EINVAL || !strstr(why.text, refusals[i].text))
			fail_msg("%s: answered %d \"%s\"", refusals[i].name, r, why.text);
		assert_null(files.key);
	}
}

static void make(enum kb_ring role, const char *name, const char *password)
{
	struct kb_key_request request = { role, name, s.dir, 2048, 30, password };
	struct kb_key_files files = { NULL, NULL };
	struct kb_fault why = { "" };

	if (kb_key_new(&request, &files, &why))
		fail_msg("%s", why.text);
	kb_key_files_done(&files);
}

static void test_never_overwrites(void **state)
{
	struct kb_key_request request = { KB_RING_AUTHOR, "x", s.dir, 2048, 30, NULL };
	struct kb_key_files files = { NULL, NULL };
	uint8_t *before, *after;
	size_t n, m;

	(void)state;
	make(KB_RING_AUTHOR, "x", NULL);
	assert_int_equal(kb_file_read(scratch_path(&s, "x.key"), 8192, &before, &n), 0);
	assert_int_equal(kb_key_new(&request, &files, NULL), -EEXIST);
	/* without its certificate the key still stands in the way */
	assert_int_equal(unlink(scratch_path(&s, "x.der")), 0);
	assert_int_equal(kb_key_new(&request, &files, NULL), -EEXIST);
	assert_int_equal(access(scratch_path(&s, "x.der"), F_OK), -1);
	assert_int_equal(kb_file_read(scratch_path(&s, "x.key"), 8192, &after, &m), 0);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
	free(before);
	free(after);
}

static void test_new_makes(void **state)
{
	struct kb_cert_info info;
	struct stat st;
	EVP_PKEY *key;
	X509 *cert;
	char id[65];

	(void)state;
	make(KB_RING_APPROVER, NULL, NULL);
	assert_int_equal(stat(scratch_path(&s, "approver.key"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(kb_cert_read(scratch_path(&s, "approver.der"), &cert, NULL), 0);
	assert_int_equal(kb_cert_describe(cert, &info, NULL), 0);
	assert_int_equal(info.role, KB_RING_APPROVER);
	assert_string_equal(info.algorithm, "RSA-2048");
	assert_string_equal(info.subject, "CN=approver,OU=approver,O=kidoban");
	assert_true(info.stock_kernel);
	assert_true(info.can_sign);
	assert_int_equal(X509_get_extension_flags(cert) & (EXFLAG_CA | EXFLAG_INVALID), 0);
	assert_int_equal(X509_get_key_usage(cert), KU_DIGITAL_SIGNATURE);
	assert_non_null(X509_get0_subject_key_id(cert));
	assert_non_null(X509_get0_authority_key_id(cert));
	assert_int_equal(X509_verify(cert, X509_get0_pubkey(cert)), 1);
	assert_int_equal(kb_key_open(scratch_path(&s, "approver.key"), NULL, NULL, &key, NULL), 0);
	assert_int_equal(kb_public_id(key, id), 0);
	assert_string_equal(id, info.key_id);
	EVP_PKEY_free(key);
	X509_free(cert);
}

static int give(char *buf, size_t size, const char *what, void *userdata)
{
	(void)what;
	snprintf(buf, size, "%s", (const char *)userdata);
	return (int)strlen(buf);
}

static void test_password(void **state)
{
	struct kb_fault why = { "" };
	EVP_PKEY *key = NULL;
	uint8_t *text;
	size_t len;

	(void)state;
	make(KB_RING_AUTHOR, "p", "open sesame");
	assert_int_equal(kb_file_read(scratch_path(&s, "p.key"), 8192, &text, &len), 0);
	assert_non_null(strstr((char *)text, "BEGIN ENCRYPTED PRIVATE KEY"));
	free(text);
	assert_int_equal(kb_key_open(scratch_path(&s, "p.key"), NULL, NULL, &key, &why), -ENOKEY);
	assert_non_null(strstr(why.text, "encrypted"));
	assert_int_equal(kb_key_open(scratch_path(&s, "p.key"), give, (void *)"wrong", &key, &why),
			 -ENOKEY);
	assert_null(key);
	assert_non_null(strstr(why.text, "this password does not open"));
	assert_int_equal(kb_key_open(scratch_path(&s, "p.key"), give, (void *)"open sesame", &key, &why),
			 0);
	EVP_PKEY_free(key);
}

static void test_no_key(void **state)
{
	struct kb_fault why = { "" };
	EVP_PKEY *key = NULL;
	X509 *cert = NULL;

	(void)state;
	scratch_text(&s, "junk", "not a key at all\n");
	assert_int_equal(kb_key_open(scratch_path(&s, "junk"), NULL, NULL, &key, &why), -ENOKEY);
	assert_int_equal(kb_key_open(scratch_path(&s, "none"), NULL, NULL, &key, &why), -ENOENT);
	assert_int_equal(kb_cert_read(scratch_path(&s, "junk"), &cert, &why), -EBADMSG);
	assert_int_equal(kb_cert_read(scratch_path(&s, "none"), &cert, &why), -ENOENT);
	assert_null(key);
	assert_null(cert);
}

static void test_ec_is_named(void **state)
{
	const struct scratch_signer *rsa = scratch_signer(KB_RING_AUTHOR, 0);
	EVP_PKEY *ec = EVP_EC_gen("P-256");
	X509 *cert = X509_dup(rsa->cert);
	struct kb_cert_info info;

	(void)state;
	assert_non_null(ec);
	assert_int_equal(X509_set_pubkey(cert, ec), 1);
	assert_true(X509_sign(cert, ec, EVP_sha256()) > 0);
	assert_int_equal(kb_cert_describe(cert, &info, NULL), 0);
	assert_false(info.stock_kernel);
	assert_string_equal(info.algorithm, "EC-prime256v1");
	X509_free(cert);
	EVP_PKEY_free(ec);
}

/* A shell command of tools that come with softhsm2 and opensc. */
static int shell(const char *command)
{
	int r = system(command);

	return WIFEXITED(r) ? WEXITSTATUS(r) : -1;
}

static void test_token(void **state)
{
	static const char module[] = "/usr/lib/softhsm/libsofthsm2.so";
	static const char data[] = "policy bytes";
	struct kb_fault why = { "" };
	char text[512], command[1024];
	EVP_PKEY *key = NULL;
	uint8_t *sig;
	X509 *cert;
	size_t len;

	(void)state;
	if (access(module, R_OK) || shell("command -v softhsm2-util >/dev/null"))
		skip();
	make(KB_RING_AUTHOR, "t", NULL);
	scratch_mkdir(&s, "tokens");
	snprintf(text, sizeof(text), "directories.tokendir = %s/tokens\nobjectstore.backend = file\n", s.dir);
	scratch_text(&s, "softhsm.conf", text);
	setenv("SOFTHSM2_CONF", scratch_path(&s, "softhsm.conf"), 1);
	setenv("PKCS11_MODULE_PATH", module, 1);
	snprintf(command, sizeof(command),
		 "softhsm2-util --init-token --free --label kb --pin 1234 --so-pin 1234 >/dev/null && "
		 "softhsm2-util --import %s/t.key --token kb --pin 1234 --label author --id a1 >/dev/null",
		 s.dir);
	assert_int_equal(shell(command), 0);
	assert_int_not_equal(kb_key_open("pkcs11:token=kb;object=nobody;type=private?pin-value=1234", NULL,
					 NULL, &key, &why), 0);
	assert_null(key);
	/* a refusal names the key and keeps the PIN to itself */
	assert_non_null(strstr(why.text, "object=nobody"));
	assert_null(strstr(why.text, "1234"));
	if (kb_key_open("pkcs11:token=kb;object=author;type=private?pin-value=1234", NULL, NULL, &key,
			&why))
		fail_msg("%s", why.text);
	assert_int_equal(kb_cert_read(scratch_path(&s, "t.der"), &cert, NULL), 0);
	if (kb_sign(data, sizeof(data), key, cert, &sig, &len, &why))
		fail_msg("%s", why.text);
	assert_int_equal(kb_sign_verify_cert(data, sizeof(data), sig, len, cert, &why), 0);
	free(sig);
	X509_free(cert);
	EVP_PKEY_free(key);
}

static void test_trust_missing(void **state)
{
	struct kb_trust trust = { 0 };

	(void)state;
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), -ENOENT);
	scratch_text(&s, "trust", "a file");
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), -ENOTDIR);
}

static void test_trust_empty(void **state)
{
	struct kb_trust trust = { 0 };

	(void)state;
	scratch_mkdir(&s, "trust/author");
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(kb_trust_usable(&trust, NULL), -ENOKEY);
	kb_trust_done(&trust);
}

static void test_trust_one_ring_only(void **state)
{
	struct kb_trust trust = { 0 };
	struct kb_fault why = { "" };

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_trust(&s, KB_RING_APPROVER, "a", scratch_signer(KB_RING_AUTHOR, 0));
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(kb_trust_count(&trust, KB_RING_APPROVER), 0);
	assert_int_equal(trust.n_problems, 1);
	assert_non_null(strstr(trust.problems[0].text, "one ring only"));
	/* the approver ring must not turn into one that nobody needs */
	assert_int_equal(kb_trust_usable(&trust, &why), -EBADMSG);
	kb_trust_done(&trust);
}

static void test_trust_broken_file(void **state)
{
	const struct scratch_signer *approver = scratch_signer(KB_RING_APPROVER, 0);
	struct kb_trust trust = { 0 };
	uint8_t long_der[4096];

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_mkdir(&s, "trust/approver");
	scratch_write(&s, "trust/approver/half.der", approver->der, (size_t)approver->der_len / 2);
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(trust.n_problems, 1);
	assert_int_equal(kb_trust_usable(&trust, NULL), -EBADMSG);
	kb_trust_done(&trust);

	/* one good approver holds the ring */
	scratch_trust(&s, KB_RING_APPROVER, "good", approver);
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(kb_trust_usable(&trust, NULL), 0);
	kb_trust_done(&trust);

	memcpy(long_der, approver->der, (size_t)approver->der_len);
	long_der[approver->der_len] = 0;
	scratch_write(&s, "trust/approver/half.der", long_der, (size_t)approver->der_len + 1);
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(trust.n_problems, 1);
	assert_non_null(strstr(trust.problems[0].text, "follow"));
	kb_trust_done(&trust);
}

static void test_trust_skips_other_names(void **state)
{
	struct kb_trust trust = { 0 };

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_text(&s, "trust/author/README", "keys of the city");
	scratch_text(&s, "trust/author/.hidden.der", "x");
	scratch_text(&s, "trust/author/a.key", "x");
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(trust.n_certs, 1);
	assert_int_equal(trust.n_problems, 0);
	kb_trust_done(&trust);
}

/* A certificate under another name must not leave a ring empty that somebody filled. */
static void test_trust_misnamed(void **state)
{
	static const char *const names[] = { "b.pem", "b.crt", "b.cer", "b.DER", "b.der.bak" };
	struct kb_trust trust = { 0 };
	char path[64];
	size_t i;

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_mkdir(&s, "trust/approver");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "trust/approver/%s", names[i]);
		scratch_text(&s, path, "x");
		assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
		assert_int_equal(trust.n_problems, 1);
		assert_non_null(strstr(trust.problems[0].text, ".der"));
		assert_int_equal(kb_trust_usable(&trust, NULL), -EBADMSG);
		kb_trust_done(&trust);
		unlink(scratch_path(&s, path));
	}
}

/* A ring's directory that nobody reads is told. */
static void test_trust_misspelt_ring(void **state)
{
	struct kb_trust trust = { 0 };

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_mkdir(&s, "trust/approvers");
	assert_int_equal(kb_trust_read(scratch_path(&s, "trust"), &trust, NULL), 0);
	assert_int_equal(trust.n_problems, 1);
	assert_non_null(strstr(trust.problems[0].path, "approvers"));
	assert_int_equal(kb_trust_usable(&trust, NULL), 0);
	kb_trust_done(&trust);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_new_refuses), TEST(test_never_overwrites), TEST(test_new_makes),
		TEST(test_password), TEST(test_no_key), TEST(test_ec_is_named), TEST(test_token),
		TEST(test_trust_misnamed), TEST(test_trust_misspelt_ring), TEST(test_trust_missing), TEST(test_trust_empty), TEST(test_trust_one_ring_only),
		TEST(test_trust_broken_file), TEST(test_trust_skips_other_names),
	};

	return cmocka_run_group_tests_name("sign_key", tests, NULL, NULL);
}
