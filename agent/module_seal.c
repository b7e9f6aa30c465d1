// SPDX-License-Identifier: GPL-2.0-or-later
/* The signature behind a kernel module, and whose it is. */
#include "agent/module_seal.h"

#include <endian.h>
#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "policy/archive.h"
#include "policy/cleanup.h"
#include "policy/file.h"

#define MODULE_MAX	(64 * 1024 * 1024)	/* unpacked, with all debugging information */

/* scripts/sign-file of the kernel puts behind the module: PKCS#7, this, the words. */
static const char words[] = "~Module signature appended~\n";

struct trailer {
	uint8_t algorithm, hash, id_type, signer_len, key_len, pad[3];
	uint32_t sig_len;			/* big-endian */
};

#define ID_PKCS7	2
#define WORDS_LEN	(sizeof(words) - 1)

KB_DEFINE_CLEANUP(BIO *, BIO_free_all)
KB_DEFINE_CLEANUP(CMS_ContentInfo *, CMS_ContentInfo_free)

static const struct kb_archive_library *lib;

static void archive_freep(struct archive **a)
{
	if (*a)
		lib->archive_read_free(*a);
}

/* Replaces a compressed file by what is in it. */
static int unpack(uint8_t **data, size_t *len)
{
	KB_CLEANUP(archive_freep) struct archive *a = NULL;
	struct archive_entry *entry;
	KB_FREE uint8_t *plain = malloc(MODULE_MAX);
	la_ssize_t n;
	size_t done = 0;
	int r = kb_archive_load(&lib, NULL);

	if (r)
		return r;
	a = lib->archive_read_new();
	if (!a || !plain)
		return -ENOMEM;
	/* a filter that this libarchive lacks does not recognise the file, either */
	lib->archive_read_support_filter_gzip(a);
	lib->archive_read_support_filter_xz(a);
	lib->archive_read_support_filter_zstd(a);
	if (lib->archive_read_support_format_raw(a) != ARCHIVE_OK ||
	    lib->archive_read_open_memory(a, *data, *len) != ARCHIVE_OK ||
	    lib->archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return -EBADMSG;
	while ((n = lib->archive_read_data(a, plain + done, MODULE_MAX - done)) > 0)
		done += (size_t)n;
	if (n < 0 || done == MODULE_MAX)
		return -EBADMSG;
	free(*data);
	*data = plain;
	*len = done;
	plain = NULL;
	return 0;
}

/* Finds the signature at the end of @file->data. */
static void split(struct kb_module_file *file)
{
	struct trailer t;
	size_t rest = file->len, sig_len;

	if (rest < WORDS_LEN || memcmp(file->data + rest - WORDS_LEN, words, WORDS_LEN))
		return;
	rest -= WORDS_LEN;
	file->broken = true;
	if (rest < sizeof(t))
		return;
	rest -= sizeof(t);
	memcpy(&t, file->data + rest, sizeof(t));
	sig_len = be32toh(t.sig_len);
	if (t.id_type != ID_PKCS7 || !sig_len || sig_len >= rest)
		return;
	file->broken = false;
	file->len = rest - sig_len;
	file->sig = file->data + file->len;
	file->sig_len = sig_len;
}

int kb_module_file_read(const char *path, struct kb_module_file *ret)
{
	KB_FREE uint8_t *data = NULL;
	size_t len;
	int r = kb_file_read(path, MODULE_MAX, &data, &len);

	if (r)
		return r;
	if (len < 4)
		return -EBADMSG;
	if (memcmp(data, "\177ELF", 4)) {
		r = unpack(&data, &len);
		if (r)
			return r;
	}
	*ret = (struct kb_module_file){ .data = data, .len = len };
	data = NULL;
	split(ret);
	return 0;
}

void kb_module_file_done(struct kb_module_file *file)
{
	free(file->data);
	*file = (struct kb_module_file){};
}

static CMS_ContentInfo *parse(const struct kb_module_file *file)
{
	const unsigned char *p = file->sig;
	CMS_ContentInfo *cms = p ? d2i_CMS_ContentInfo(NULL, &p, (long)file->sig_len) : NULL;

	ERR_clear_error();
	return cms;
}

static CMS_SignerInfo *first_signer(CMS_ContentInfo *cms)
{
	STACK_OF(CMS_SignerInfo) *signers = cms ? CMS_get0_SignerInfos(cms) : NULL;

	return signers && sk_CMS_SignerInfo_num(signers) > 0 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
}

bool kb_module_names(const struct kb_module_file *file, X509 *cert)
{
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = parse(file);
	CMS_SignerInfo *signer = first_signer(cms);

	return signer && !CMS_SignerInfo_cert_cmp(signer, cert);
}

bool kb_module_proves(const struct kb_module_file *file, X509 *cert)
{
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = parse(file);
	KB_CLEANUP(BIO_free_all_p) BIO *content = BIO_new_mem_buf(file->data, (int)file->len);
	STACK_OF(X509) *certs = sk_X509_new_null();
	bool good = false;

	if (cms && content && certs && sk_X509_push(certs, cert))
		good = CMS_verify(cms, certs, NULL, content, NULL, CMS_BINARY | CMS_NOINTERN |
				  CMS_NO_SIGNER_CERT_VERIFY) == 1;
	sk_X509_free(certs);
	ERR_clear_error();
	return good;
}

void kb_module_signer(const struct kb_module_file *file, char *ret, size_t size)
{
	KB_CLEANUP(CMS_ContentInfo_free_p) CMS_ContentInfo *cms = parse(file);
	CMS_SignerInfo *signer = first_signer(cms);
	X509_NAME *issuer = NULL;
	size_t i;

	*ret = '\0';
	if (!signer || CMS_SignerInfo_get0_signer_id(signer, NULL, &issuer, NULL) != 1 || !issuer)
		return;
	if (X509_NAME_get_text_by_NID(issuer, NID_commonName, ret, (int)size) < 0)
		*ret = '\0';
	for (i = 0; ret[i]; i++)
		if ((unsigned char)ret[i] < ' ' || ret[i] == '\177')
			ret[i] = '?';
	ERR_clear_error();
}
