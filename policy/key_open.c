// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens private keys: files and PKCS#11 tokens. */

/* the engine is how bookworm's OpenSSL reaches tokens; nothing else here is deprecated */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "policy/key.h"

#include <errno.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <string.h>

#include "policy/i18n.h"

KB_DEFINE_CLEANUP(OSSL_STORE_CTX *, OSSL_STORE_close)
KB_DEFINE_CLEANUP(OSSL_STORE_INFO *, OSSL_STORE_INFO_free)
KB_DEFINE_CLEANUP(UI_METHOD *, UI_destroy_method)

struct asker {
	kb_password_fn ask;
	void *userdata;
	const char *what;
	bool refused;			/* a password was wanted and none came */
	bool given;			/* one came */
};

static int pem_password(char *buf, int size, int rwflag, void *userdata)
{
	struct asker *asker = userdata;
	int r = -ENOKEY;

	(void)rwflag;
	/* one "no" is enough: every decoder asks anew */
	if (asker->refused)
		return -1;
	if (asker->ask && size > 0)
		r = asker->ask(buf, (size_t)size, asker->what, asker->userdata);
	asker->refused = r < 0;
	asker->given = r >= 0;
	return r < 0 ? -1 : r;
}

/* Takes the first private key that the store at @uri shows. */
static int open_store(const char *uri, struct asker *asker, EVP_PKEY **ret)
{
	KB_CLEANUP(UI_destroy_method_p) UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(pem_password, 0);
	KB_CLEANUP(OSSL_STORE_close_p) OSSL_STORE_CTX *ctx = NULL;

	if (!ui)
		return -ENOMEM;
	ctx = OSSL_STORE_open(uri, ui, asker, NULL, NULL);
	if (!ctx || !OSSL_STORE_expect(ctx, OSSL_STORE_INFO_PKEY))
		return -ENOKEY;
	while (!OSSL_STORE_eof(ctx)) {
		KB_CLEANUP(OSSL_STORE_INFO_free_p) OSSL_STORE_INFO *info = OSSL_STORE_load(ctx);

		if (!info) {
			if (OSSL_STORE_error(ctx))
				return -ENOKEY;
			continue;
		}
		if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY) {
			*ret = OSSL_STORE_INFO_get1_PKEY(info);
			return *ret ? 0 : -ENOKEY;
		}
	}
	return -ENOKEY;
}

/*
 * The engine keeps a functional reference for as long as the process lives:
 * the key goes on using it.
 */
static int open_engine(const char *uri, struct asker *asker, EVP_PKEY **ret)
{
	UI_METHOD *ui;
	ENGINE *engine;

	ENGINE_load_builtin_engines();
	engine = ENGINE_by_id("pkcs11");
	if (!engine)
		return -ENOPKG;
	if (!ENGINE_init(engine)) {
		ENGINE_free(engine);
		return -EIO;
	}
	ENGINE_free(engine);
	ui = UI_UTIL_wrap_read_pem_callback(pem_password, 0);
	if (!ui)
		return -ENOMEM;
	*ret = ENGINE_load_private_key(engine, uri, ui, asker);
	UI_destroy_method(ui);
	return *ret ? 0 : -ENOKEY;
}

static int open_token(const char *uri, struct asker *asker, EVP_PKEY **ret,
		      struct kb_fault *ret_fault)
{
	OSSL_PROVIDER *provider = NULL;
	int r;

	/* loading one provider by hand keeps OpenSSL from adding the default one */
	if (OSSL_PROVIDER_try_load(NULL, "default", 1))
		provider = OSSL_PROVIDER_try_load(NULL, "pkcs11", 1);
	r = provider ? open_store(uri, asker, ret) : open_engine(uri, asker, ret);
	if (r == -ENOPKG) {
		ERR_clear_error();
		return kb_fault(ret_fault, r, _("OpenSSL has no way to tokens here; type: apt install libengine-pkcs11-openssl"));
	}
	if (r)
		/* what stands behind the question mark may be the PIN */
		return kb_fault_openssl(ret_fault, r, _("no private key at %.*s"), (int)strcspn(uri, "?"),
					uri);
	return 0;
}

int kb_key_open(const char *where, kb_password_fn ask, void *userdata, EVP_PKEY **ret,
		struct kb_fault *ret_fault)
{
	struct asker asker = { .ask = ask, .userdata = userdata, .what = where };
	EVP_PKEY *key = NULL;
	int r;

	if (!strncmp(where, "pkcs11:", 7)) {
		r = open_token(where, &asker, &key, ret_fault);
		if (!r)
			*ret = key;
		return r;
	}
	if (access(where, R_OK) < 0) {
		r = -errno;
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), where, strerror(-r));
	}
	r = open_store(where, &asker, &key);
	if (r && asker.refused) {
		ERR_clear_error();
		return kb_fault(ret_fault, -ENOKEY, _("%s is encrypted and no password was given"), where);
	}
	if (r && asker.given) {
		ERR_clear_error();
		return kb_fault(ret_fault, -ENOKEY, _("this password does not open %s"), where);
	}
	if (r)
		return kb_fault_openssl(ret_fault, -ENOKEY, _("no usable private key in %s"), where);
	*ret = key;
	return 0;
}
