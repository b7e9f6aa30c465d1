// SPDX-License-Identifier: GPL-2.0-or-later
/* What tests of keys and agent start from. */
#include "agent_scratch.h"

#include <ftw.h>
#include <openssl/pem.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/key.h"

void scratch_make(struct scratch *s)
{
	snprintf(s->dir, sizeof(s->dir), "/tmp/kidoban-unit.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void scratch_remove(struct scratch *s)
{
	nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *scratch_path(const struct scratch *s, const char *name)
{
	static char paths[8][512];
	static unsigned int next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", s->dir, name);
	return path;
}

void scratch_mkdir(const struct scratch *s, const char *name)
{
	char path[512];
	char *slash;

	snprintf(path, sizeof(path), "%s/%s/", s->dir, name);
	for (slash = path + strlen(s->dir) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	assert_int_equal(access(path, F_OK), 0);
}

void scratch_write(const struct scratch *s, const char *name, const void *data, size_t len)
{
	FILE *file = fopen(scratch_path(s, name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

void scratch_text(const struct scratch *s, const char *name, const char *text)
{
	scratch_write(s, name, text, strlen(text));
}

static void make_signer(enum kb_ring role, unsigned int number, struct scratch_signer *ret)
{
	struct kb_key_files files = { NULL, NULL };
	struct kb_fault why = { "" };
	struct scratch s;
	struct kb_key_request request = { .role = role, .bits = 2048, .days = 36500 };
	char name[16];
	FILE *file;

	scratch_make(&s);
	snprintf(name, sizeof(name), "k%u", number);
	request.name = name;
	request.dir = s.dir;
	if (kb_key_new(&request, &files, &why))
		fail_msg("%s", why.text);
	file = fopen(files.key, "r");
	assert_non_null(file);
	ret->key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(ret->key);
	assert_int_equal(kb_cert_read(files.cert, &ret->cert, &why), 0);
	ret->der_len = i2d_X509(ret->cert, &ret->der);
	assert_true(ret->der_len > 0);
	kb_key_files_done(&files);
	scratch_remove(&s);
}

static struct scratch_signer signers[KB_RING_MAX][3];

__attribute__((destructor))
static void free_signers(void)
{
	struct scratch_signer *s = &signers[0][0];
	size_t i;

	for (i = 0; i < sizeof(signers) / sizeof(*s); i++, s++) {
		EVP_PKEY_free(s->key);
		X509_free(s->cert);
		free(s->der);
	}
}

const struct scratch_signer *scratch_signer(enum kb_ring role, unsigned int number)
{
	struct scratch_signer *signer = &signers[role][number];

	if (!signer->key)
		make_signer(role, number, signer);
	return signer;
}

void scratch_trust(const struct scratch *s, enum kb_ring ring, const char *name,
		   const struct scratch_signer *signer)
{
	char path[128];

	snprintf(path, sizeof(path), "trust/%s", kb_role_name(ring));
	scratch_mkdir(s, path);
	snprintf(path, sizeof(path), "trust/%s/%s.der", kb_role_name(ring), name);
	scratch_write(s, path, signer->der, (size_t)signer->der_len);
}
