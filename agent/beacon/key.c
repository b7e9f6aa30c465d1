// SPDX-License-Identifier: GPL-2.0-or-later
/* A beacon's key pair (Ed25519). */
#include "agent/beacon/key.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <string.h>

#include "policy/file.h"
#include "policy/i18n.h"
#include "policy/key.h"

#define FILE_SIZE_MAX	4096

KB_DEFINE_CLEANUP(BIO *, BIO_free_all)

static int raw_public(EVP_PKEY *key, u8 ret[KB_BEACON_KEY_LEN])
{
	size_t len = KB_BEACON_KEY_LEN;

	return EVP_PKEY_get_raw_public_key(key, ret, &len) == 1 && len == KB_BEACON_KEY_LEN ? 0 : -EIO;
}

int kb_beacon_key_make(const char *path, u8 ret_public[KB_BEACON_KEY_LEN],
		       struct kb_fault *ret_fault)
{
	KB_CLEANUP(EVP_PKEY_free_p) EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	KB_CLEANUP(BIO_free_all_p) BIO *bio = BIO_new(BIO_s_secmem());
	u8 public[KB_BEACON_KEY_LEN];
	char *pem;
	long len;
	int r;

	if (!key || !bio || raw_public(key, public) ||
	    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) != 1)
		return kb_fault_openssl(ret_fault, -EIO, _("cannot make a key"));
	len = BIO_get_mem_data(bio, &pem);
	r = kb_file_create(path, pem, (size_t)len, 0600);
	if (r)
		return kb_fault(ret_fault, r, _("cannot write %s: %s"), path, strerror(-r));
	memcpy(ret_public, public, sizeof(public));
	return 0;
}

/* An encrypted key has nobody to ask for its password. */
static int no_password(char *buf, int size, int rwflag, void *userdata)
{
	(void)buf;
	(void)size;
	(void)rwflag;
	(void)userdata;
	return -1;
}

int kb_beacon_key_read(const char *path, u8 ret_private[KB_BEACON_KEY_LEN],
		       u8 ret_public[KB_BEACON_KEY_LEN], struct kb_fault *ret_fault)
{
	KB_CLEANUP(EVP_PKEY_free_p) EVP_PKEY *key = NULL;
	KB_CLEANUP(BIO_free_all_p) BIO *bio = NULL;
	u8 public[KB_BEACON_KEY_LEN];
	size_t len, size = KB_BEACON_KEY_LEN;
	u8 *pem;
	int r = kb_file_read(path, FILE_SIZE_MAX, &pem, &len);

	if (r)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), path, strerror(-r));
	bio = BIO_new_mem_buf(pem, (int)len);
	key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
	if (!key || !EVP_PKEY_is_a(key, "ED25519") || raw_public(key, public) ||
	    EVP_PKEY_get_raw_private_key(key, ret_private, &size) != 1)
		r = kb_fault_openssl(ret_fault, -EBADMSG,
				     _("%s holds no private Ed25519 key; make one with kidoban-beacon keygen"),
				     path);
	else
		memcpy(ret_public, public, sizeof(public));
	OPENSSL_cleanse(pem, len);
	free(pem);
	return r;
}

void kb_beacon_key_text(const u8 public[KB_BEACON_KEY_LEN], char ret[KB_BEACON_KEY_TEXT])
{
	EVP_EncodeBlock((unsigned char *)ret, public, KB_BEACON_KEY_LEN);
}
