/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The supplicant's configuration, made from the policy: nothing but pinned SSIDs is offered (W1). */
#ifndef AGENT_WIFI_PROVISION_H
#define AGENT_WIFI_PROVISION_H

#include <kidoban/agent.h>

#include "policy/bundle.h"
#include "policy/fault.h"

/* One file as it shall be. Owned strings. */
struct kb_provision_file {
	char *path;			/* absolute, below the root that was given */
	struct kb_bytes content;
	u32 mode;			/* 0600; 0644 where others may read it, too */
};

struct kb_provision {
	enum kb_supplicant supplicant;
	size_t n_files;
	struct kb_provision_file *files;
	/*
	 * Directories in which no other file with this beginning ("" = any) and
	 * ending may lie: others would be offered, too. With .hidden it is saved
	 * with a dot before its name, where the supplicant would read it otherwise.
	 */
	size_t n_strays;
	struct kb_provision_stray {
		char *dir, *beginning, *ending;
		bool hidden;
	} *strays;
};

/*
 * Renders for @supplicant (not AUTO, not NONE). Same policy and @host name,
 * same bytes. @host fills identities that the policy leaves out. -ENODATA: no pinned profile.
 */
int kb_provision_render(const struct kb_agent_policy *policy, enum kb_supplicant supplicant,
			const char *host, struct kb_provision *ret, struct kb_fault *ret_fault);
void kb_provision_done(struct kb_provision *provision);

/*
 * What is rendered (docs/INSTALL.md says how each is used):
 * wpa_supplicant: /etc/wpa_supplicant/kidoban.conf, one file for every interface, and a drop-in
 * that has wpa_supplicant@.service read it. iwd: /var/lib/iwd/SSID.8021x for each profile and
 * /etc/iwd/main.conf. NetworkManager: system-connections/kidoban-PROFILE.nmconnection for each
 * and conf.d/kidoban.conf. Profiles without EAP are left out: the policy carries no passphrase.
 * -EOPNOTSUPP: @supplicant cannot do what a profile asks (iwd: pkcs11). -EINVAL: a server name,
 * CA, certificate that no supplicant could be told safely; -ENAMETOOLONG.
 */

enum kb_provision_state { KB_PROVISION_SAME, KB_PROVISION_MISSING, KB_PROVISION_EDITED, KB_PROVISION_STRAY };
typedef void (*kb_provision_fn)(const char *path, enum kb_provision_state state, void *userdata);

/* "wpa_supplicant", "iwd", "networkmanager", as in the policy's text. AUTO when it is none of them. */
enum kb_supplicant kb_provision_supplicant(const char *word);

/* Compares with what lies below @root ("/"); tells each file that is not SAME. The number of those, -errno. */
int kb_provision_compare(const struct kb_provision *provision, const char *root,
			 kb_provision_fn fn, void *userdata, struct kb_fault *ret_fault);
/* Writes each file that differs: temporary, fsync, rename, 0600, root's. Strays are moved to NAME.kidoban-saved.
 * The number of files changed, -errno. */
int kb_provision_apply(const struct kb_provision *provision, const char *root, kb_provision_fn fn,
		       void *userdata, struct kb_fault *ret_fault);

#endif
