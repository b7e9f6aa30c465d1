// SPDX-License-Identifier: GPL-2.0-or-later
/* Signing keys: RSA pairs and their certificates. */
#include "policy/key.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/file.h"
#include "policy/i18n.h"

KB_DEFINE_CLEANUP(BIO *, BIO_free_all)
KB_DEFINE_CLEANUP(X509_EXTENSION *, X509_EXTENSION_free)
KB_DEFINE_CLEANUP(BIGNUM *, BN_free)

static const char *const role_names[KB_RING_MAX] = {
	[KB_RING_AUTHOR] = "author",
	[KB_RING_APPROVER] = "approver",
	[KB_RING_GRANT] = "grant",
};

const char *kb_role_name(enum kb_ring role)
{
	return (unsigned int)role < KB_RING_MAX ? role_names[role] : NULL;
}

int kb_role_by_name(const char *name)
{
	unsigned int i;

	for (i = 0; i < KB_RING_MAX; i++)
		if (name && !strcmp(name, role_names[i]))
			return i;
	return -ENOENT;
}

void kb_key_files_done(struct kb_key_files *files)
{
	free(files->key);
	free(files->cert);
	files->key = files->cert = NULL;
}

/* A name becomes a file name: letters, digits and a few marks that no shell minds. */
static bool name_is_fine(const char *name)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t len = strlen(name);

	return len > 0 && len <= KB_KEY_NAME_MAX && name[0] != '.' && name[0] != '-' &&
	       strspn(name, fine) == len;
}

static int add_extension(X509 *cert, X509V3_CTX *ctx, int nid, const char *value)
{
	KB_CLEANUP(X509_EXTENSION_free_p) X509_EXTENSION *ext =
		X509V3_EXT_conf_nid(NULL, ctx, nid, value);

	return ext && X509_add_ext(cert, ext, -1) ? 0 : -EIO;
}

/* The kernel finds the signer by issuer and serial, so the serial must be unique: 127 random bits. */
static int set_serial(X509 *cert)
{
	KB_CLEANUP(BN_free_p) BIGNUM *bn = BN_new();

	if (!bn || !BN_rand(bn, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) ||
	    !BN_to_ASN1_INTEGER(bn, X509_get_serialNumber(cert)))
		return -EIO;
	return 0;
}

static int set_names(X509 *cert, const struct kb_key_request *request, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(cert);
	const char *role = kb_role_name(request->role);

	if (!X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const void *)"kidoban", -1, -1, 0) ||
	    !X509_NAME_add_entry_by_txt(subject, "OU", MBSTRING_UTF8, (const void *)role, -1, -1, 0) ||
	    !X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const void *)name, -1, -1, 0) ||
	    !X509_set_issuer_name(cert, subject))
		return -EIO;
	return 0;
}

static int make_cert(const struct kb_key_request *request, const char *name, EVP_PKEY *key,
		     X509 **ret)
{
	KB_CLEANUP(X509_free_p) X509 *cert = X509_new();
	X509V3_CTX ctx;

	if (!cert || !X509_set_version(cert, X509_VERSION_3) || set_serial(cert) ||
	    set_names(cert, request, name) || !X509_set_pubkey(cert, key))
		return -EIO;
	if (!X509_gmtime_adj(X509_getm_notBefore(cert), 0) ||
	    !X509_time_adj_ex(X509_getm_notAfter(cert), (int)request->days, 0, NULL))
		return -EIO;
	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	X509V3_set_ctx_nodb(&ctx);
	if (add_extension(cert, &ctx, NID_basic_constraints, "critical,CA:FALSE") ||
	    add_extension(cert, &ctx, NID_key_usage, "critical,digitalSignature") ||
	    add_extension(cert, &ctx, NID_subject_key_identifier, "hash") ||
	    add_extension(cert, &ctx, NID_authority_key_identifier, "keyid:always"))
		return -EIO;
	if (!X509_sign(cert, key, EVP_sha256()))
		return -EIO;
	*ret = cert;
	cert = NULL;
	return 0;
}

static int write_key(const char *path, EVP_PKEY *key, const char *password,
		     struct kb_fault *ret_fault)
{
	/* secure memory is not set up; at least the copy is wiped by BIO_s_secmem */
	KB_CLEANUP(BIO_free_all_p) BIO *bio = BIO_new(BIO_s_secmem());
	const EVP_CIPHER *cipher = password ? EVP_aes_256_cbc() : NULL;
	char *data;
	long len;
	int r;

	if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, password,
						   password ? (int)strlen(password) : 0, NULL, NULL))
		return kb_fault_openssl(ret_fault, -EIO, _("cannot encode the private key"));
	len = BIO_get_mem_data(bio, &data);
	r = kb_file_create(path, data, (size_t)len, 0600);
	if (r == -EEXIST)
		return kb_fault(ret_fault, r, _("%s exists already; keys are never overwritten"), path);
	if (r)
		return kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r));
	return 0;
}

static int write_cert(const char *path, X509 *cert, struct kb_fault *ret_fault)
{
	KB_FREE unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	int r;

	if (len <= 0)
		return kb_fault_openssl(ret_fault, -EIO, _("cannot encode the certificate"));
	r = kb_file_create(path, der, (size_t)len, 0644);
	if (r == -EEXIST)
		return kb_fault(ret_fault, r, _("%s exists already; keys are never overwritten"), path);
	if (r)
		return kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r));
	return 0;
}

static int check_request(const struct kb_key_request *q, const char *name,
			 struct kb_fault *ret_fault)
{
	if (!kb_role_name(q->role))
		return kb_fault(ret_fault, -EINVAL, _("no such role; there are author, approver, grant"));
	if (!name_is_fine(name))
		return kb_fault(ret_fault, -EINVAL,
				_("a key's name has 1 to %d letters, digits, '.', '_' or '-'"),
				KB_KEY_NAME_MAX);
	if (q->bits < KB_KEY_BITS_MIN || q->bits > KB_KEY_BITS_MAX || q->bits % 256)
		return kb_fault(ret_fault, -EINVAL,
				_("RSA keys have %d to %d bits, in steps of 256"),
				KB_KEY_BITS_MIN, KB_KEY_BITS_MAX);
	if (q->days < 1 || q->days > KB_KEY_DAYS_MAX)
		return kb_fault(ret_fault, -EINVAL, _("a certificate lasts 1 to %d days"),
				KB_KEY_DAYS_MAX);
	if (q->password && strlen(q->password) < KB_PASSWORD_MIN)
		return kb_fault(ret_fault, -EINVAL,
				_("the password is too short: %d characters at least"), KB_PASSWORD_MIN);
	return 0;
}

int kb_key_new(const struct kb_key_request *request, struct kb_key_files *ret,
	       struct kb_fault *ret_fault)
{
	const char *name = request->name ?: kb_role_name(request->role);
	KB_CLEANUP(kb_key_files_done) struct kb_key_files files = {};
	KB_CLEANUP(EVP_PKEY_free_p) EVP_PKEY *key = NULL;
	KB_CLEANUP(X509_free_p) X509 *cert = NULL;
	int r;

	r = check_request(request, name ?: "", ret_fault);
	if (r)
		return r;
	if (asprintf(&files.key, "%s/%s.key", request->dir ?: ".", name) < 0 ||
	    asprintf(&files.cert, "%s/%s.der", request->dir ?: ".", name) < 0)
		return -ENOMEM;
	/* said before the slow part; O_EXCL below is what holds */
	if (!access(files.cert, F_OK))
		return kb_fault(ret_fault, -EEXIST, _("%s exists already; keys are never overwritten"),
				files.cert);
	key = EVP_RSA_gen(request->bits);
	if (!key || make_cert(request, name, key, &cert))
		return kb_fault_openssl(ret_fault, -EIO, _("cannot make a key pair"));
	r = write_key(files.key, key, request->password, ret_fault);
	if (r)
		return r;
	r = write_cert(files.cert, cert, ret_fault);
	if (r) {
		unlink(files.key);
		return r;
	}
	*ret = files;
	files = (struct kb_key_files){};
	return 0;
}
