// SPDX-License-Identifier: GPL-2.0-or-later
/* NetworkManager's configuration: a keyfile for each profile, and who may use which. */
#include <openssl/evp.h>

#include "agent/wifi/render.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define NM_DIR		"/etc/NetworkManager"
#define NM_PROFILES	NM_DIR "/system-connections"

/* Of the profile's name and SSID, so that every rendering has the same: version 8 of RFC 9562. */
static int uuid_of(const struct kb_wifi_profile *profile, char ret[37])
{
	u8 text[sizeof("kidoban wifi") + KB_NAME_MAX + 1 + KB_SSID_MAX], hash[EVP_MAX_MD_SIZE];
	size_t len = sizeof("kidoban wifi"), n = strnlen(profile->name, KB_NAME_MAX) + 1;

	memcpy(text, "kidoban wifi", len);
	memcpy(text + len, profile->name, n - 1);
	text[len + n - 1] = '\0';
	memcpy(text + len + n, profile->ssid, profile->ssid_len);
	if (!EVP_Digest(text, len + n + profile->ssid_len, hash, NULL, EVP_sha256(), NULL))
		return -EIO;
	hash[6] = 0x80 | (hash[6] & 0x0f);
	hash[8] = 0x80 | (hash[8] & 0x3f);
	sprintf(ret, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", hash[0],
		hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7], hash[8], hash[9],
		hash[10], hash[11], hash[12], hash[13], hash[14], hash[15]);
	return 0;
}

/* As numbers: the form that takes every octet, and in which nothing has a meaning. */
static void put_ssid(FILE *out, const struct kb_wifi_profile *profile)
{
	u8 i;

	fputs("ssid=", out);
	for (i = 0; i < profile->ssid_len; i++)
		fprintf(out, "%u;", profile->ssid[i]);
	fputc('\n', out);
}

/* It pins one BSSID or none; the proof of the association knows all of them. */
static void put_bssid(FILE *out, const struct kb_wifi_profile *profile)
{
	static const u8 exact[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	const u8 *mac;

	if (profile->n_bssids != 1 || memcmp(profile->bssids[0].mask, exact, sizeof(exact)))
		return;
	mac = profile->bssids[0].value;
	fprintf(out, "bssid=%02X:%02X:%02X:%02X:%02X:%02X\n", mac[0], mac[1], mac[2], mac[3], mac[4],
		mac[5]);
}

static void put_where(FILE *out, const char *key, const char *where)
{
	char url[sizeof("file://") + KB_FILE_MAX];

	snprintf(url, sizeof(url), "%s%s", kb_render_is_pkcs11(where) ? "" : "file://", where);
	kb_render_keyfile_text(out, key, url);
}

static void put_security(FILE *out, const struct kb_wifi_profile *profile)
{
	fprintf(out, "\n[wifi-security]\nkey-mgmt=%s\n",
		profile->akms & ~KB_AKM_SUITE_B_192 ? "wpa-eap" : "wpa-eap-suite-b-192");
	fprintf(out, "pmf=%d\nproto=rsn;\n", profile->pmf == KB_PMF_REQUIRED ? 3 : 2);
	/* the only one of ours that it can name */
	if (profile->pairwise == KB_CIPHER_CCMP)
		fputs("pairwise=ccmp;\n", out);
	if (profile->group == KB_CIPHER_CCMP)
		fputs("group=ccmp;\n", out);
}

static int put_eap(FILE *out, const struct kb_wifi_profile *profile, const char *host)
{
	char servers[KB_SERVERS_MAX * (KB_SERVER_NAME_MAX + 1) + 1];
	char identity[KB_RENDER_IDENTITY_MAX];
	int r = kb_render_identity(profile, host, identity);

	if (!r)
		r = kb_render_servers(profile, servers, sizeof(servers));
	if (r)
		return r;
	fputs("\n[802-1x]\neap=tls;\n", out);
	kb_render_keyfile_text(out, "identity", identity);
	put_where(out, "ca-cert", profile->ca);
	kb_render_keyfile_text(out, "domain-match", servers);
	put_where(out, "client-cert", profile->cert);
	put_where(out, "private-key", kb_render_key(profile));
	/* nobody is asked for a password */
	fputs("private-key-password-flags=4\n", out);
	if (kb_render_is_pkcs11(profile->cert))
		fputs("client-cert-password-flags=4\n", out);
	return 0;
}

static int put_profile(FILE *out, const struct kb_wifi_profile *profile, const char *host,
		       const char *name, const char *uuid)
{
	int r;

	fprintf(out, "# Written by kidoban from the signed policy; edits are put back.\n"
		"[connection]\nid=kidoban-%s\nuuid=%s\ntype=wifi\nautoconnect=true\n"
		"autoconnect-priority=%u\n", name, uuid, profile->priority);
	fputs("\n[wifi]\nmode=infrastructure\nhidden=false\n", out);
	put_ssid(out, profile);
	put_bssid(out, profile);
	put_security(out, profile);
	r = put_eap(out, profile, host);
	fputs("\n[ipv4]\nmethod=auto\n\n[ipv6]\nmethod=auto\n", out);
	return r;
}

static int render_profile(const struct kb_wifi_profile *profile, const char *host, const char *uuid,
			  struct kb_provision *provision, struct kb_fault *ret_fault)
{
	char name[2 * KB_NAME_MAX + 2], path[sizeof(NM_PROFILES) + 2 * KB_NAME_MAX + 32];
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int r;

	kb_render_name(profile->name, name);
	snprintf(path, sizeof(path), NM_PROFILES "/kidoban-%s.nmconnection", name);
	out = open_memstream(&text, &len);
	if (!out)
		return -ENOMEM;
	r = put_profile(out, profile, host, name, uuid);
	if (r == -ENAMETOOLONG)
		kb_fault(ret_fault, r, _("profile %s: a text of it is too long"), profile->name);
	if (fclose(out) && !r)
		r = -ENOMEM;
	if (r) {
		free(text);
		return r;
	}
	return kb_provision_add(provision, path, text, len, 0600);
}

/* Only root makes profiles, and of those that there are only ours may be used on wireless devices. */
static int render_conf(const char *uuids, struct kb_provision *provision)
{
	char *text;
	int len = asprintf(&text, "# Written by kidoban from the signed policy; edits are put back.\n"
			   "[main]\n"
			   "auth-polkit=root-only\n"
			   "\n"
			   "[device-kidoban-wifi]\n"
			   "match-device=type:wifi\n"
			   "allowed-connections=%s\n", uuids);

	if (len < 0)
		return -ENOMEM;
	return kb_provision_add(provision, NM_DIR "/conf.d/kidoban.conf", text, (size_t)len, 0600);
}

int kb_render_nm(const struct kb_agent_policy *policy, const char *host,
		 struct kb_provision *provision, struct kb_fault *ret_fault)
{
	KB_FREE char *uuids = calloc(policy->n_profiles + 1, sizeof("uuid:,") + 36);
	char uuid[37];
	size_t used = 0;
	int r = 0;
	u32 i;

	if (!uuids)
		return -ENOMEM;
	for (i = 0; !r && i < policy->n_profiles; i++) {
		if (!kb_render_wanted(&policy->profiles[i]))
			continue;
		r = uuid_of(&policy->profiles[i], uuid);
		if (!r)
			r = render_profile(&policy->profiles[i], host, uuid, provision, ret_fault);
		if (!r)
			used += (size_t)sprintf(uuids + used, "%suuid:%s", used ? "," : "", uuid);
	}
	if (!r)
		r = render_conf(uuids, provision);
	if (!r)
		r = kb_provision_no_others(provision, NM_PROFILES, "kidoban-", ".nmconnection", true);
	return r;
}
