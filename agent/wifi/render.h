/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the three renderings share. */
#ifndef AGENT_WIFI_RENDER_H
#define AGENT_WIFI_RENDER_H

#include "agent/wifi/proof.h"
#include "agent/wifi/provision.h"

#define KB_RENDER_IDENTITY_MAX	512

/* Takes @content, malloc'ed, also on failure. -ENOMEM. */
int kb_provision_add(struct kb_provision *provision, const char *path, char *content, size_t len,
		     u32 mode);
int kb_provision_no_others(struct kb_provision *provision, const char *dir, const char *beginning,
			   const char *ending, bool hidden);

/* Pinned, and with a method whose means the policy has. */
bool kb_render_wanted(const struct kb_wifi_profile *profile);
/* The identity that EAP shows; -ENAMETOOLONG. */
int kb_render_identity(const struct kb_wifi_profile *profile, const char *host,
		       char ret[KB_RENDER_IDENTITY_MAX]);
/* "a.example;b.example". */
int kb_render_servers(const struct kb_wifi_profile *profile, char *ret, size_t size);
const char *kb_render_key(const struct kb_wifi_profile *profile);
bool kb_render_is_pkcs11(const char *where);
/* The name as it is when it has letters, digits, "-" and "_" only, else in hexadecimal. */
void kb_render_name(const char *name, char ret[2 * KB_NAME_MAX + 2]);

/* Writes @value as a keyfile's (GLib's and ell's) string: \s, \t, \n, \r, \\ escaped. */
void kb_render_keyfile_text(FILE *out, const char *key, const char *value);

int kb_render_wpa(const struct kb_agent_policy *policy, const char *host,
		  struct kb_provision *provision, struct kb_fault *ret_fault);
int kb_render_iwd(const struct kb_agent_policy *policy, const char *host,
		  struct kb_provision *provision, struct kb_fault *ret_fault);
int kb_render_nm(const struct kb_agent_policy *policy, const char *host,
		 struct kb_provision *provision, struct kb_fault *ret_fault);

#endif
