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

int kb_signer_open(struct kb_signer *signer, const char *cert, enum kb_ring role)
{
	struct kb_cert_info info;
	struct kb_fault why = {};
	int r;

	r = kb_cert_read(cert, &signer->cert, &why);
	if (!r)
		r = kb_cert_describe(signer->cert, &info, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	if (info.role >= 0 && info.role != (int)role)
		return kb_complain(KB_EXIT_REFUSED, _("%s is a certificate for the role %s, not %s"), cert,
				   kb_role_name((enum kb_ring)info.role), kb_role_name(role));
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
