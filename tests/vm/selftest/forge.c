// SPDX-License-Identifier: GPL-2.0-or-later
/* Certificates and signatures by the throw-away keys that tests/vm/selftest/keys made. */
#include "forge.h"

#include <libgen.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

static void die(const char *what, const char *which)
{
	fprintf(stderr, "# %s %s\n", what, which);
	exit(1);
}

void bytes_done(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){};
}

struct bytes bytes_of(const void *data, size_t len)
{
	struct bytes b = { .data = malloc(len ?: 1), .len = len };

	if (!b.data)
		die("no memory for", "a copy");
	memcpy(b.data, data, len);
	return b;
}

const char *forge_dir(void)
{
	static char path[PATH_MAX + 8];
	const char *given = getenv("KIDOBAN_KEYS");
	char self[PATH_MAX] = "";

	if (given)
		return given;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		die("cannot find", "myself");
	snprintf(path, sizeof(path), "%s/keys", dirname(self));
	return path;
}

struct bytes forge_file(const char *path)
{
	struct bytes b = {};
	FILE *f = fopen(path, "rb");
	char part[4096];
	size_t got;

	if (!f)
		die("cannot read", path);
	while ((got = fread(part, 1, sizeof(part), f)) > 0) {
		b.data = realloc(b.data, b.len + got);
		if (!b.data)
			die("no memory for", path);
		memcpy(b.data + b.len, part, got);
		b.len += got;
	}
	fclose(f);
	return b;
}

static void path_of(char *to, size_t size, const char *name, const char *suffix)
{
	snprintf(to, size, "%s/%s.%s", forge_dir(), name, suffix);
}

struct bytes forge_cert(const char *name)
{
	char path[PATH_MAX];

	path_of(path, sizeof(path), name, "der");
	return forge_file(path);
}

/* Reading a key costs more than signing with it: the two used last are kept. */
static struct signer {
	char name[32];
	EVP_PKEY *key;
	X509 *cert;
} signers[2];

static EVP_PKEY *read_key(const char *name)
{
	char path[PATH_MAX];
	EVP_PKEY *key;
	FILE *f;

	path_of(path, sizeof(path), name, "key");
	f = fopen(path, "rb");
	key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
	if (!key)
		die("cannot read", path);
	fclose(f);
	return key;
}

static X509 *read_cert(const char *name)
{
	struct bytes der = forge_cert(name);
	const unsigned char *at = der.data;
	X509 *cert = d2i_X509(NULL, &at, (long)der.len);

	if (!cert)
		die("no certificate:", name);
	bytes_done(&der);
	return cert;
}

static struct signer *signer_of(const char *name)
{
	static unsigned int next;
	struct signer *signer;

	for (signer = signers; signer < signers + ARRAY_SIZE(signers); signer++)
		if (!strcmp(signer->name, name))
			return signer;
	signer = &signers[next++ % ARRAY_SIZE(signers)];
	EVP_PKEY_free(signer->key);
	X509_free(signer->cert);
	snprintf(signer->name, sizeof(signer->name), "%s", name);
	signer->key = read_key(name);
	signer->cert = read_cert(name);
	return signer;
}

struct bytes forge_sign(const char *name, const void *data, size_t len)
{
	const unsigned int how = CMS_DETACHED | CMS_BINARY | CMS_NOATTR | CMS_NOCERTS | CMS_NOSMIMECAP;
	const struct signer *signer = signer_of(name);
	BIO *in = BIO_new_mem_buf(data, (int)len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, how | CMS_PARTIAL);
	struct bytes sig = {};
	unsigned char *der = NULL;
	int size;

	if (!in || !cms || !CMS_add1_signer(cms, signer->cert, signer->key, EVP_sha256(), how) ||
	    !CMS_final(cms, in, NULL, how))
		die("cannot sign as", name);
	size = i2d_CMS_ContentInfo(cms, &der);
	if (size <= 0)
		die("cannot encode the signature of", name);
	sig = bytes_of(der, (size_t)size);
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	return sig;
}
