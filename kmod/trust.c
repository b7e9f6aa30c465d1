// SPDX-License-Identifier: GPL-2.0-only
/* Who may sign: three keyrings, filled once and sealed until the module is loaded anew. */
#include "trust.h"

#include <crypto/public_key.h>
#include <keys/asymmetric-subtype.h>
#include <keys/asymmetric-type.h>
#include <kidoban/cms.h>
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/mutex.h>
#include <linux/verification.h>

/*
 * A ring can be searched by whoever holds a pointer to it (this file), and
 * only be looked at through its serial number: no keyctl call can link into
 * it, not even root's, because access to keys knows no override for root.
 */
#define KB_RING_PERM	((KEY_POS_ALL & ~KEY_POS_SETATTR) | KEY_USR_VIEW)
#define KB_KEY_PERM	((KEY_POS_ALL & ~KEY_POS_SETATTR) | KEY_USR_VIEW | KEY_USR_READ)

struct kb_trust_ring {
	struct key *keyring;			/* owned */
	struct key *keys[KB_KEYS_PER_RING_MAX];	/* owned references, n of them */
	unsigned int n;
};

static const char *const ring_names[KB_RING_MAX] = {
	[KB_RING_AUTHOR] = ".kidoban_author",
	[KB_RING_APPROVER] = ".kidoban_approver",
	[KB_RING_GRANT] = ".kidoban_grant",
};

static struct {
	struct mutex lock;			/* guards everything below until sealed */
	struct kb_trust_ring rings[KB_RING_MAX];
	struct kb_terminal terminal;
	bool sealed;				/* set once with release; all is constant then */
} trust = {
	.lock = __MUTEX_INITIALIZER(trust.lock),
};

static const struct public_key *public_key_of(const struct key *key)
{
	return key->payload.data[asym_crypto];
}

/*
 * Two certificates may carry one key: two-person control needs two keys, so
 * those are compared. Equal descriptions (subject and key identifier) count as
 * equal too: linking the second would push the first out of its ring.
 */
static bool same_key(const struct key *one, const struct key *other)
{
	const struct public_key *a = public_key_of(one), *b = public_key_of(other);

	return (a->keylen == b->keylen && !memcmp(a->key, b->key, a->keylen)) ||
	       !strcmp(one->description, other->description);
}

static bool known_key(const struct key *key)
{
	unsigned int r, i;

	for (r = 0; r < KB_RING_MAX; r++)
		for (i = 0; i < trust.rings[r].n; i++)
			if (same_key(key, trust.rings[r].keys[i]))
				return true;
	return false;
}

/* Parses @cert outside every ring of ours, so that a refused key leaves no trace. */
static struct key *parse_cert(const void *cert, size_t len, const char **ret_why)
{
	struct key *scratch;
	key_ref_t ref;

	scratch = keyring_alloc(".kidoban_scratch", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
				current_cred(), KB_RING_PERM, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	if (IS_ERR(scratch))
		return scratch;
	ref = key_create_or_update(make_key_ref(scratch, 1), "asymmetric", NULL, cert, len,
				   KB_KEY_PERM, KEY_ALLOC_NOT_IN_QUOTA);
	key_put(scratch);
	if (!IS_ERR(ref))
		return key_ref_to_ptr(ref);

	if (PTR_ERR(ref) == -ENOMEM)
		return ERR_PTR(-ENOMEM);
	/* 6.1 answers -ENOENT where the algorithm (P-256) is not built in */
	if (PTR_ERR(ref) == -ENOPKG || PTR_ERR(ref) == -ENOENT) {
		*ret_why = "this kernel does not know the certificate's algorithm; use RSA-3072 with SHA-256";
		return ERR_PTR(-ENOPKG);
	}
	*ret_why = "not a DER-encoded X.509 certificate";
	return ERR_PTR(-EBADMSG);
}

static int add_parsed(struct kb_trust_ring *ring, struct key *key, const char **ret_why)
{
	int err;

	if (trust.sealed) {
		*ret_why = "trust is sealed until the module is loaded anew";
		return -EROFS;
	}
	if (known_key(key)) {
		*ret_why = "this key stands in a ring already; one key has one role";
		return -EEXIST;
	}
	if (ring->n == KB_KEYS_PER_RING_MAX) {
		*ret_why = "too many keys in this ring";
		return -ENOSPC;
	}
	err = key_link(ring->keyring, key);
	if (err)
		return err;
	ring->keys[ring->n++] = key_get(key);
	return 0;
}

int kb_trust_add(enum kb_ring ring, const void *cert, size_t len, const char **ret_why)
{
	struct key *key;
	int err;

	if (smp_load_acquire(&trust.sealed)) {
		*ret_why = "trust is sealed until the module is loaded anew";
		return -EROFS;
	}
	key = parse_cert(cert, len, ret_why);
	if (IS_ERR(key))
		return PTR_ERR(key);

	mutex_lock(&trust.lock);
	err = add_parsed(&trust.rings[ring], key, ret_why);
	mutex_unlock(&trust.lock);
	key_put(key);
	return err;
}

int kb_trust_seal(const struct kb_terminal *terminal, const char **ret_why)
{
	int err = 0;

	mutex_lock(&trust.lock);
	if (trust.sealed) {
		*ret_why = "trust is sealed already";
		err = -EROFS;
	} else if (!trust.rings[KB_RING_AUTHOR].n) {
		*ret_why = "no author certificate was added";
		err = -ENOKEY;
	} else {
		trust.terminal = *terminal;
		smp_store_release(&trust.sealed, true);
	}
	mutex_unlock(&trust.lock);
	return err;
}

int kb_trust_verify(enum kb_ring ring, const void *data, size_t len, const void *sig,
		    size_t sig_len, const char **ret_why)
{
	int err;

	/* No certificates inside: a chain would make authors of whom an author's key once signed. */
	err = kb_cms_plain(sig, sig_len) ? -EBADMSG : verify_pkcs7_signature(
		data, len, sig, sig_len, trust.rings[ring].keyring,
		VERIFYING_UNSPECIFIED_SIGNATURE, NULL, NULL);
	switch (err) {
	case 0:
	case -ENOMEM:
		return err;
	case -ENOKEY:
		*ret_why = ring == KB_RING_AUTHOR ?
			"author signature: made by none of the trusted author keys" :
			"approver signature: made by none of the trusted approver keys";
		return err;
	case -EKEYREJECTED:
		*ret_why = ring == KB_RING_AUTHOR ?
			"author signature does not match the policy's bytes" :
			"approver signature does not match the policy's bytes";
		return err;
	default:
		*ret_why = ring == KB_RING_AUTHOR ?
			"author signature is not a detached CMS signature this kernel can read" :
			"approver signature is not a detached CMS signature this kernel can read";
		return -EBADMSG;
	}
}

const struct kb_terminal *kb_trust_terminal(void)
{
	return smp_load_acquire(&trust.sealed) ? &trust.terminal : NULL;
}

unsigned int kb_trust_count(enum kb_ring ring)
{
	return READ_ONCE(trust.rings[ring].n);
}

int kb_trust_init(void)
{
	unsigned int r;

	for (r = 0; r < KB_RING_MAX; r++) {
		struct key *keyring;

		keyring = keyring_alloc(ring_names[r], GLOBAL_ROOT_UID, GLOBAL_ROOT_GID,
					current_cred(), KB_RING_PERM, KEY_ALLOC_NOT_IN_QUOTA,
					NULL, NULL);
		if (IS_ERR(keyring)) {
			kb_trust_exit();
			return PTR_ERR(keyring);
		}
		trust.rings[r].keyring = keyring;
	}
	return 0;
}

void kb_trust_exit(void)
{
	unsigned int r, i;

	for (r = 0; r < KB_RING_MAX; r++) {
		for (i = 0; i < trust.rings[r].n; i++)
			key_put(trust.rings[r].keys[i]);
		trust.rings[r].n = 0;
		key_put(trust.rings[r].keyring);
		trust.rings[r].keyring = NULL;
	}
	trust.sealed = false;
}
