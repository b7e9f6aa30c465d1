// SPDX-License-Identifier: GPL-2.0-or-later
/* Detached CMS signatures over a blob. */
#include "policy/sign.h"

#include <errno.h>
#include <kidoban/cms.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "policy/i18n.h"

KB_DEFINE_CLEANUP(BIO *, BIO_free_all)
KB_DEFINE_CLEANUP(CMS_ContentInfo *, CMS_ContentInfo_free)

#define FORM (CMS_DETACHED | CMS_BINARY | CMS_NOATTR | CMS_NOCERTS | CMS_NOSMIMECAP)

int kb_sign(const void *data, size_t len, EVP_PKEY *key, X509 *cert, uint8_t **ret_sig,
	    size_t *ret_len, struct kb_fault *ret_fault)
{
	KB_CLEANUP(BIO_free_all_p) BIO *bio = BIO_new_mem_buf(data, (int)len);
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = NULL;
	unsigned char *der = NULL;
	int der_len;

	if (len > KB_BLOB_MAX)
		return kb_fault(ret_fault, -EMSGSIZE, _("policy larger than %d bytes"), KB_BLOB_MAX);
	if (X509_check_private_key(cert, key) != 1)
		return kb_fault_openssl(ret_fault, -EINVAL, _("this key does not belong to this certificate"));
	cms = CMS_sign(NULL, NULL, NULL, NULL, FORM | CMS_PARTIAL);
	if (!bio || !cms || !CMS_add1_signer(cms, cert, key, EVP_sha256(), FORM) ||
	    !CMS_final(cms, bio, NULL, FORM))
		return kb_fault_openssl(ret_fault, -EIO, _("cannot sign"));
	der_len = i2d_CMS_ContentInfo(cms, &der);
	if (der_len <= 0)
		return kb_fault_openssl(ret_fault, -EIO, _("cannot sign"));
	if (der_len > KB_SIGNATURE_MAX) {
		free(der);
		return kb_fault(ret_fault, -EMSGSIZE, _("signature larger than %d bytes"),
				KB_SIGNATURE_MAX);
	}
	*ret_sig = der;
	*ret_len = (size_t)der_len;
	return 0;
}

/* Parses the signature and holds it to the one form that kb_sign() makes. */
static int parse(const void *sig, size_t len, CMS_ContentInfo **ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = NULL;
	const unsigned char *p = sig;
	STACK_OF(CMS_SignerInfo) *signers;
	STACK_OF(X509) *certs;
	CMS_SignerInfo *si;

	if (!len || len > KB_SIGNATURE_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("signature is empty or larger than %d bytes"),
				KB_SIGNATURE_MAX);
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)len);
	if (!cms || p != (const unsigned char *)sig + len ||
	    OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
	    OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_pkcs7_data)
		return kb_fault_openssl(ret_fault, -EBADMSG, _("not a CMS signature"));
	if (CMS_is_detached(cms) != 1)
		return kb_fault(ret_fault, -EBADMSG, _("the signature carries content of its own"));
	certs = CMS_get1_certs(cms);
	if (certs) {
		sk_X509_pop_free(certs, X509_free);
		return kb_fault(ret_fault, -EBADMSG, _("the signature carries certificates of its own"));
	}
	signers = CMS_get0_SignerInfos(cms);
	if (sk_CMS_SignerInfo_num(signers) != 1)
		return kb_fault(ret_fault, -EBADMSG, _("the signature must have exactly one signer"));
	si = sk_CMS_SignerInfo_value(signers, 0);
	if (CMS_signed_get_attr_count(si) > 0 || CMS_unsigned_get_attr_count(si) > 0)
		return kb_fault(ret_fault, -EBADMSG, _("the signature carries attributes"));
	/* The module's own test last: it knows no reasons, and has the last word. */
	if (kb_cms_plain(sig, len))
		return kb_fault(ret_fault, -EBADMSG,
				_("the signature is not in the plain form that the module takes, with SHA-256"));
	ERR_clear_error();
	*ret = cms;
	cms = NULL;
	return 0;
}

static int verify_parsed(CMS_ContentInfo *cms, const void *data, size_t len, X509 *cert,
			 struct kb_fault *ret_fault)
{
	const unsigned int flags = CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY;
	KB_CLEANUP(BIO_free_all_p) BIO *bio = BIO_new_mem_buf(data, (int)len);
	STACK_OF(X509) *certs = sk_X509_new_null();
	int ok = 0;

	if (bio && certs && sk_X509_push(certs, cert))
		ok = CMS_verify(cms, certs, NULL, bio, NULL, flags);
	sk_X509_free(certs);
	ERR_clear_error();
	if (ok != 1)
		return kb_fault(ret_fault, -EKEYREJECTED, _("the signature does not match the policy"));
	return 0;
}

/*
 * Did @cert's key make the signature, by the very bytes of issuer and serial?
 * OpenSSL compares names loosely (case, string types), the kernel does not.
 */
static bool signed_by(CMS_ContentInfo *cms, const void *sig, size_t len, X509 *cert)
{
	CMS_SignerInfo *si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	KB_CLEANUP(kb_freep) unsigned char *issuer = NULL;
	int n;

	if (CMS_SignerInfo_cert_cmp(si, cert))
		return false;
	n = i2d_X509_NAME(X509_get_issuer_name(cert), &issuer);
	return n > 0 && memmem(sig, len, issuer, (size_t)n);
}

int kb_sign_verify_cert(const void *data, size_t len, const void *sig, size_t sig_len, X509 *cert,
			struct kb_fault *ret_fault)
{
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = NULL;
	int r = parse(sig, sig_len, &cms, ret_fault);

	if (r)
		return r;
	if (!signed_by(cms, sig, sig_len, cert))
		return kb_fault(ret_fault, -ENOKEY, _("this certificate did not make the signature"));
	return verify_parsed(cms, data, len, cert, ret_fault);
}

int kb_sign_verify(const void *data, size_t len, const void *sig, size_t sig_len,
		   const struct kb_trust *trust, enum kb_ring ring,
		   const struct kb_trust_cert **ret_signer, struct kb_fault *ret_fault)
{
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = NULL;
	const struct kb_trust_cert *cert;
	size_t i;
	int r;

	if (len > KB_BLOB_MAX)
		return kb_fault(ret_fault, -EMSGSIZE, _("policy larger than %d bytes"), KB_BLOB_MAX);
	r = parse(sig, sig_len, &cms, ret_fault);
	if (r)
		return r;
	for (i = 0; i < trust->n_certs; i++) {
		cert = &trust->certs[i];
		if (cert->ring != ring || !signed_by(cms, sig, sig_len, cert->x509))
			continue;
		r = verify_parsed(cms, data, len, cert->x509, ret_fault);
		if (!r && ret_signer)
			*ret_signer = cert;
		return r;
	}
	return kb_fault(ret_fault, -ENOKEY, _("no certificate in trust/%s made the signature"),
			kb_role_name(ring));
}
