// SPDX-License-Identifier: GPL-2.0-or-later
/* Who signs: a certificate held to its role, and its key, opened late. */
#include "agent/cli/signer.h"

#include "agent/cli/common.h"

void kb_signer_done(struct kb_signer *signer)
{
	EVP_PKEY_free(signer->key);
	X509_free(signer->cert);
	*signer = (struct kb_signer){};
}

char *kb_signer_cert(const char *cert, const char *key)
{
	size_t len = strlen(key);
	char *beside;

	if (cert)
		return strdup(cert);
	if (len < 5 || strcmp(key + len - 4, ".key") || !strncmp(key, "pkcs11:", 7))
		return NULL;
	return asprintf(&beside, "%.*s.der", (int)len - 4, key) < 0 ? NULL : beside;
}

int kb_signer_open(struct kb_signer *signer, const char *named, const char *key, int *role)
{
	KB_FREE char *cert = kb_signer_cert(named, key);
	struct kb_cert_info info;
	struct kb_fault why = {};
	int r;

	if (!cert)
		return kb_complain(KB_EXIT_USAGE, _("%s is missing"), "--cert");
	r = kb_cert_read(cert, &signer->cert, &why);
	if (!r)
		r = kb_cert_describe(signer->cert, &info, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	if (*role < 0)
		*role = info.role;
	if (*role < 0)
		return kb_complain(KB_EXIT_USAGE, _("%s is missing"), "--role");
	if (info.role >= 0 && info.role != *role)
		return kb_complain(KB_EXIT_REFUSED, _("%s is a certificate for the role %s, not %s"), cert,
				   kb_role_name((enum kb_ring)info.role),
				   kb_role_name((enum kb_ring)*role));
	if (!info.can_sign)
		return kb_complain(KB_EXIT_REFUSED, _("%s is not made for signing"), cert);
	if (!info.stock_kernel)
		kb_complain(0, _("warning: stock Debian 6.1 kernels cannot verify %s signatures"),
			    info.algorithm);
	return 0;
}

int kb_signer_sign(struct kb_signer *signer, const char *where, const char *password_file,
		   const struct kb_bytes *data, struct kb_bytes *ret)
{
	struct kb_bytes sig = {};
	struct kb_fault why = {};
	int r;

	fflush(stdout);
	r = kb_key_open(where, kb_ask_password, (void *)password_file, &signer->key, &why);
	if (!r)
		r = kb_sign(data->data, data->len, signer->key, signer->cert, &sig.data, &sig.len, &why);
	/* what a terminal will find is looked at here already */
	if (!r)
		r = kb_sign_verify_cert(data->data, data->len, sig.data, sig.len, signer->cert, &why);
	if (r) {
		kb_bytes_done(&sig);
		return kb_complain(KB_EXIT_REFUSED, "%s", why.text[0] ? why.text : strerror(-r));
	}
	*ret = sig;
	return 0;
}
