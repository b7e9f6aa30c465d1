// SPDX-License-Identifier: GPL-2.0-or-later
/* The trust directory. */
#include "policy/trust.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include <kidoban/types.h>

#include "policy/file.h"
#include "policy/i18n.h"

static void cert_done(struct kb_trust_cert *cert)
{
	free(cert->path);
	free(cert->der);
	X509_free(cert->x509);
}

void kb_trust_done(struct kb_trust *trust)
{
	size_t i;

	for (i = 0; i < trust->n_certs; i++)
		cert_done(&trust->certs[i]);
	for (i = 0; i < trust->n_problems; i++) {
		free(trust->problems[i].path);
		free(trust->problems[i].text);
	}
	free(trust->certs);
	free(trust->problems);
	*trust = (struct kb_trust){};
}

static int add_problem(struct kb_trust *trust, enum kb_ring ring, const char *path,
		       const char *text)
{
	struct kb_trust_problem *grown =
		reallocarray(trust->problems, trust->n_problems + 1, sizeof(*grown));
	struct kb_trust_problem *p;

	if (!grown)
		return -ENOMEM;
	trust->problems = grown;
	p = &grown[trust->n_problems];
	*p = (struct kb_trust_problem){ ring, strdup(path), strdup(text) };
	if (!p->path || !p->text) {
		free(p->path);
		free(p->text);
		return -ENOMEM;
	}
	trust->n_problems++;
	return 0;
}

static const struct kb_trust_cert *find_key(const struct kb_trust *trust, const char *key_id)
{
	size_t i;

	for (i = 0; i < trust->n_certs; i++)
		if (!strcmp(trust->certs[i].info.key_id, key_id))
			return &trust->certs[i];
	return NULL;
}

/* Fills @cert from the file at @path; what is wrong goes to *ret_fault. */
static int read_cert(const char *path, struct kb_trust_cert *cert, struct kb_fault *ret_fault)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0)
		return kb_fault(ret_fault, -errno, _("cannot read it: %s"), strerror(errno));
	cert->mode = st.st_mode & 07777;
	cert->owner = st.st_uid;
	r = kb_file_read(path, KB_CERT_MAX, &cert->der, &cert->len);
	if (r == -EFBIG)
		return kb_fault(ret_fault, r, _("certificate larger than %d bytes"), KB_CERT_MAX);
	if (r)
		return kb_fault(ret_fault, r, _("cannot read it: %s"), strerror(-r));
	r = kb_cert_parse(cert->der, cert->len, &cert->x509, ret_fault);
	return r ?: kb_cert_describe(cert->x509, &cert->info, ret_fault);
}

static int add_file(struct kb_trust *trust, enum kb_ring ring, const char *path)
{
	struct kb_trust_cert cert = { .ring = ring }, *grown;
	const struct kb_trust_cert *twin;
	struct kb_fault why = {};
	int r;

	r = read_cert(path, &cert, &why);
	twin = r ? NULL : find_key(trust, cert.info.key_id);
	if (twin)
		r = kb_fault(&why, -EEXIST, _("the same key stands in %s; a key may serve one ring only"),
			     twin->path);
	if (r) {
		cert_done(&cert);
		return r == -ENOMEM ? r : add_problem(trust, ring, path, why.text);
	}
	grown = reallocarray(trust->certs, trust->n_certs + 1, sizeof(*grown));
	cert.path = strdup(path);
	if (grown)
		trust->certs = grown;
	if (!grown || !cert.path) {
		cert_done(&cert);
		return -ENOMEM;
	}
	grown[trust->n_certs++] = cert;
	return 0;
}

static int only_der(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 && !strcmp(entry->d_name + len - 4, ".der");
}

/* What certificates are called elsewhere, and a .der that is no longer one by name. */
static int misnamed(const struct dirent *entry)
{
	static const char *const suffixes[] = { ".pem", ".crt", ".cer", ".cert", ".der", ".p7b" };
	size_t i;

	if (entry->d_name[0] == '.' || only_der(entry))
		return 0;
	for (i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (strcasestr(entry->d_name, suffixes[i]))
			return 1;
	return 0;
}

static int unknown_ring(const struct dirent *entry)
{
	int ring;

	if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
		return 0;
	for (ring = 0; ring < KB_RING_MAX; ring++)
		if (!strcmp(entry->d_name, kb_role_name(ring)))
			return 0;
	return 1;
}

/* Lists what @filter finds in @dir as problems of @ring, KB_RING_MAX for no ring at all. */
static int add_found(const char *dir, int (*filter)(const struct dirent *), enum kb_ring ring,
		     const char *text, struct kb_trust *trust)
{
	struct dirent **entries = NULL;
	int i, n, r = 0;

	n = scandir(dir, &entries, filter, alphasort);
	for (i = 0; i < n; i++) {
		KB_FREE char *path = kb_path_join(dir, entries[i]->d_name);

		if (!r)
			r = path ? add_problem(trust, ring, path, text) : -ENOMEM;
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int read_ring(const char *dir, enum kb_ring ring, struct kb_trust *trust)
{
	struct dirent **entries = NULL;
	KB_FREE char *where = kb_path_join(dir, kb_role_name(ring));
	int i, n, r = 0;

	if (!where)
		return -ENOMEM;
	n = scandir(where, &entries, only_der, alphasort);
	if (n < 0 && errno == ENOENT)
		return 0;
	if (n < 0)
		return add_problem(trust, ring, where, strerror(errno));
	for (i = 0; i < n; i++) {
		KB_FREE char *path = kb_path_join(where, entries[i]->d_name);

		if (!path)
			r = -ENOMEM;
		if (!r)
			r = add_file(trust, ring, path);
		free(entries[i]);
	}
	free(entries);
	if (!r)
		r = add_found(where, misnamed, ring,
			      _("not read: a certificate here is DER and its name ends in .der"), trust);
	return r;
}

int kb_trust_read(const char *dir, struct kb_trust *ret, struct kb_fault *ret_fault)
{
	struct kb_trust trust = {};
	struct stat st;
	int ring, r = 0;

	if (stat(dir, &st) < 0)
		return kb_fault(ret_fault, -errno, _("no trust directory %s: %s"), dir, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return kb_fault(ret_fault, -ENOTDIR, _("%s is not a directory"), dir);
	for (ring = 0; !r && ring < KB_RING_MAX; ring++)
		r = read_ring(dir, ring, &trust);
	if (!r)
		r = add_found(dir, unknown_ring, KB_RING_MAX,
			      _("not read: the rings are called author, approver and grant"), &trust);
	if (r) {
		kb_trust_done(&trust);
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), dir, strerror(-r));
	}
	*ret = trust;
	return 0;
}

size_t kb_trust_count(const struct kb_trust *trust, enum kb_ring ring)
{
	size_t i, n = 0;

	for (i = 0; i < trust->n_certs; i++)
		n += trust->certs[i].ring == ring;
	return n;
}

int kb_trust_usable(const struct kb_trust *trust, struct kb_fault *ret_fault)
{
	const struct kb_trust_problem *p;
	size_t i;

	for (i = 0; i < trust->n_problems; i++) {
		p = &trust->problems[i];
		if (p->ring < KB_RING_MAX && !kb_trust_count(trust, p->ring))
			return kb_fault(ret_fault, -EBADMSG, "%s: %s", p->path, p->text);
	}
	if (!kb_trust_count(trust, KB_RING_AUTHOR))
		return kb_fault(ret_fault, -ENOKEY, _("no author certificate (trust/author/*.der)"));
	return 0;
}
