// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates: reading them and saying what they are. */
#include "policy/key.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "policy/file.h"
#include "policy/i18n.h"

KB_DEFINE_CLEANUP(BIO *, BIO_free_all)

int kb_cert_parse(const void *der, size_t len, X509 **ret, struct kb_fault *ret_fault)
{
	const unsigned char *p = der;
	X509 *cert;

	if (len > KB_CERT_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("certificate larger than %d bytes"), KB_CERT_MAX);
	cert = d2i_X509(NULL, &p, (long)len);
	if (!cert)
		return kb_fault_openssl(ret_fault, -EBADMSG, _("not a DER X.509 certificate"));
	if (p != (const unsigned char *)der + len) {
		X509_free(cert);
		return kb_fault(ret_fault, -EBADMSG, _("bytes follow the certificate"));
	}
	*ret = cert;
	return 0;
}

int kb_cert_read(const char *path, X509 **ret, struct kb_fault *ret_fault)
{
	KB_FREE uint8_t *data = NULL;
	KB_CLEANUP(BIO_free_all_p) BIO *bio = NULL;
	struct kb_fault why = {};
	size_t len;
	X509 *cert;
	int r;

	r = kb_file_read(path, 4 * KB_CERT_MAX, &data, &len);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	if (len < 11 || memcmp(data, "-----BEGIN ", 11)) {
		r = kb_cert_parse(data, len, ret, &why);
		return r ? kb_fault(ret_fault, r, "%s: %s", path, why.text) : 0;
	}
	bio = BIO_new_mem_buf(data, (int)len);
	cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	if (!cert)
		return kb_fault_openssl(ret_fault, -EBADMSG, _("%s: no certificate in it"), path);
	*ret = cert;
	return 0;
}

void kb_key_algorithm(EVP_PKEY *key, char *ret, size_t size)
{
	char group[40];

	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		snprintf(ret, size, "RSA-%d", EVP_PKEY_get_bits(key));
	else if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) > 0)
		snprintf(ret, size, "EC-%s", group);
	else
		snprintf(ret, size, "%s", EVP_PKEY_get0_type_name(key) ?: "?");
}

static void to_hex(const unsigned char *bytes, size_t n, char *ret)
{
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
}

int kb_public_id(EVP_PKEY *key, char ret_hex[static 65])
{
	KB_FREE unsigned char *der = NULL;
	unsigned char digest[32];
	int len = i2d_PUBKEY(key, &der);

	if (len <= 0 || !EVP_Digest(der, (size_t)len, digest, NULL, EVP_sha256(), NULL)) {
		ERR_clear_error();
		return -EIO;
	}
	to_hex(digest, sizeof(digest), ret_hex);
	return 0;
}

static int role_of(X509 *cert)
{
	X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_organizationalUnitName, -1);
	const ASN1_STRING *value;
	char text[16];
	int len;

	if (at < 0 || X509_NAME_get_index_by_NID(subject, NID_organizationalUnitName, at) >= 0)
		return -ENOENT;
	value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
	len = ASN1_STRING_length(value);
	if (len <= 0 || (size_t)len >= sizeof(text))
		return -ENOENT;
	memcpy(text, ASN1_STRING_get0_data(value), (size_t)len);
	text[len] = '\0';
	return kb_role_by_name(text);
}

static void subject_of(X509 *cert, char *ret, size_t size)
{
	KB_CLEANUP(BIO_free_all_p) BIO *bio = BIO_new(BIO_s_mem());
	int n = 0;

	if (bio && X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0,
				      XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
		n = BIO_read(bio, ret, (int)size - 1);
	ret[n > 0 ? n : 0] = '\0';
}

static time_t to_time(const ASN1_TIME *when)
{
	struct tm tm;

	return when && ASN1_TIME_to_tm(when, &tm) ? timegm(&tm) : 0;
}

/* Debian's 6.1 has RSA and SHA-2 but no ECDSA, and its MPI code bounds RSA at 4096 bits. */
static bool stock_kernel_takes(X509 *cert, EVP_PKEY *key)
{
	int nid = X509_get_signature_nid(cert);

	return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	       EVP_PKEY_get_bits(key) >= KB_KEY_BITS_MIN && EVP_PKEY_get_bits(key) <= KB_KEY_BITS_MAX &&
	       (nid == NID_sha256WithRSAEncryption || nid == NID_sha384WithRSAEncryption ||
		nid == NID_sha512WithRSAEncryption);
}

int kb_cert_describe(X509 *cert, struct kb_cert_info *ret, struct kb_fault *ret_fault)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct kb_cert_info info = {};
	unsigned int n = 0;

	if (!key || !X509_digest(cert, EVP_sha256(), digest, &n) || n != 32 ||
	    kb_public_id(key, info.key_id))
		return kb_fault_openssl(ret_fault, -EBADMSG, _("the certificate's key is unusable"));
	to_hex(digest, n, info.fingerprint);
	kb_key_algorithm(key, info.algorithm, sizeof(info.algorithm));
	subject_of(cert, info.subject, sizeof(info.subject));
	info.role = role_of(cert);
	info.not_before = to_time(X509_get0_notBefore(cert));
	info.not_after = to_time(X509_get0_notAfter(cert));
	info.stock_kernel = stock_kernel_takes(cert, key);
	info.can_sign = X509_get_key_usage(cert) & KU_DIGITAL_SIGNATURE;
	*ret = info;
	return 0;
}
