// SPDX-License-Identifier: GPL-2.0-or-later
/* wpa_supplicant's configuration: one file, for whichever interface it is started for. */
#include "agent/wifi/render.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

/* wpa_supplicant reads lines of 2,000 bytes, and takes the rest of a longer one for another line. */
#define LINE_MAX_BYTES	1900
/* BSSIDs with their masks that fit in one. */
#define BSSIDS_A_BLOCK	48

struct word {
	u32 bit;
	const char *text;
};

static const struct word key_mgmts[] = {
	{ KB_AKM_8021X, "WPA-EAP" },
	{ KB_AKM_FT_8021X, "FT-EAP" },
	{ KB_AKM_8021X_SHA256, "WPA-EAP-SHA256" },
	{ KB_AKM_SUITE_B, "WPA-EAP-SUITE-B" },
	{ KB_AKM_SUITE_B_192, "WPA-EAP-SUITE-B-192" },
	{ KB_AKM_FT_8021X_SHA384, "FT-EAP-SHA384" },
	{}
};

static const struct word ciphers[] = {
	{ KB_CIPHER_CCMP, "CCMP" },
	{ KB_CIPHER_GCMP, "GCMP" },
	{ KB_CIPHER_GCMP_256, "GCMP-256" },
	{ KB_CIPHER_CCMP_256, "CCMP-256" },
	{}
};

static const struct word group_mgmts[] = {
	{ KB_CIPHER_BIP_CMAC, "AES-128-CMAC" },
	{ KB_CIPHER_BIP_GMAC, "BIP-GMAC-128" },
	{ KB_CIPHER_BIP_GMAC_256, "BIP-GMAC-256" },
	{ KB_CIPHER_BIP_CMAC_256, "BIP-CMAC-256" },
	{}
};

static void put_words(FILE *out, const char *key, const struct word *words, u32 mask)
{
	bool first = true;

	fprintf(out, "\t%s=", key);
	for (; words->text; words++) {
		if (!(mask & words->bit))
			continue;
		fprintf(out, "%s%s", first ? "" : " ", words->text);
		first = false;
	}
	fputc('\n', out);
}

static void put_hex(FILE *out, const char *key, const u8 *bytes, size_t len)
{
	size_t i;

	fprintf(out, "\t%s=", key);
	for (i = 0; i < len; i++)
		fprintf(out, "%02x", bytes[i]);
	fputc('\n', out);
}

/*
 * Between quotes only what means nothing there; wpa_supplicant knows no escapes
 * between them. Everything else in hexadecimal, which it takes for every string.
 */
static int put_text(FILE *out, const char *key, const char *value)
{
	size_t i, len = strlen(value);
	bool plain = true;

	for (i = 0; i < len; i++)
		plain &= value[i] >= ' ' && value[i] <= '~' && !strchr("\"\\#", value[i]);
	if ((plain ? len : 2 * len) > LINE_MAX_BYTES)
		return -ENAMETOOLONG;
	if (plain)
		fprintf(out, "\t%s=\"%s\"\n", key, value);
	else
		put_hex(out, key, (const u8 *)value, len);
	return 0;
}

static void put_mac(FILE *out, const u8 mac[6])
{
	fprintf(out, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
}

static void put_bssids(FILE *out, const struct kb_link_mac *bssids, u32 n)
{
	static const u8 exact[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	u32 i;

	if (!n)
		return;
	fputs("\tbssid_accept=", out);
	for (i = 0; i < n; i++) {
		if (i)
			fputc(' ', out);
		put_mac(out, bssids[i].value);
		if (memcmp(bssids[i].mask, exact, sizeof(exact))) {
			fputc('/', out);
			put_mac(out, bssids[i].mask);
		}
	}
	fputc('\n', out);
}

static int put_eap(FILE *out, const struct kb_wifi_profile *profile, const char *host)
{
	char identity[KB_RENDER_IDENTITY_MAX], servers[LINE_MAX_BYTES];
	int r = kb_render_identity(profile, host, identity);

	if (!r)
		r = kb_render_servers(profile, servers, sizeof(servers));
	if (r)
		return r;
	fputs("\teap=TLS\n", out);
	r = put_text(out, "identity", identity);
	if (!r)
		r = put_text(out, "ca_cert", profile->ca);
	if (!r)
		r = put_text(out, "domain_match", servers);
	if (!r)
		r = put_text(out, "client_cert", profile->cert);
	if (!r)
		r = put_text(out, "private_key", kb_render_key(profile));
	/* the 192-bit mode restricts TLS as well */
	if (!r && !(profile->akms & ~KB_AKM_SUITE_B_192))
		fputs("\tphase1=\"tls_suiteb=1\"\n", out);
	return r;
}

/* One network block; scan_ssid stays 0: nobody shall hear which SSID is looked for. */
static int put_network(FILE *out, const struct kb_wifi_profile *profile, const char *host,
		       const struct kb_link_mac *bssids, u32 n_bssids)
{
	char name[2 * KB_NAME_MAX + 2];
	int r;

	kb_render_name(profile->name, name);
	fprintf(out, "\n# %s\nnetwork={\n", name);
	put_hex(out, "ssid", profile->ssid, profile->ssid_len);
	put_bssids(out, bssids, n_bssids);
	put_words(out, "key_mgmt", key_mgmts, profile->akms);
	fputs("\tproto=RSN\n", out);
	put_words(out, "pairwise", ciphers, profile->pairwise);
	put_words(out, "group", ciphers, profile->group);
	if (profile->group_mgmt & KB_CIPHER_BIP)
		put_words(out, "group_mgmt", group_mgmts, profile->group_mgmt);
	fprintf(out, "\tieee80211w=%d\n", profile->pmf == KB_PMF_REQUIRED ? 2 : 1);
	r = put_eap(out, profile, host);
	fprintf(out, "\tpriority=%u\n}\n", profile->priority);
	return r;
}

static int put_profile(FILE *out, const struct kb_wifi_profile *profile, const char *host)
{
	u32 at = 0, n;
	int r;

	do {
		n = profile->n_bssids - at;
		if (n > BSSIDS_A_BLOCK)
			n = BSSIDS_A_BLOCK;
		r = put_network(out, profile, host, profile->bssids + at, n);
		at += n;
	} while (!r && at < profile->n_bssids);
	return r;
}

static int render_conf(const struct kb_agent_policy *policy, const char *host,
		       struct kb_provision *provision, struct kb_fault *ret_fault)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int r = 0;
	u32 i;

	if (!out)
		return -ENOMEM;
	fputs("# Written by kidoban from the signed policy; edits are put back.\n"
	      "ctrl_interface=DIR=/run/wpa_supplicant\n"
	      "update_config=0\n"
	      "ap_scan=1\n"
	      "filter_ssids=1\n"
	      "p2p_disabled=1\n", out);
	for (i = 0; !r && i < policy->n_profiles; i++) {
		if (!kb_render_wanted(&policy->profiles[i]))
			continue;
		r = put_profile(out, &policy->profiles[i], host);
		if (r == -ENAMETOOLONG)
			kb_fault(ret_fault, r, _("profile %s: a text of it is too long for wpa_supplicant"),
				 policy->profiles[i].name);
	}
	if (ferror(out) && !r)
		r = -ENOMEM;
	if (fclose(out) && !r)
		r = -ENOMEM;
	if (r) {
		free(text);
		return r;
	}
	return kb_provision_add(provision, "/etc/wpa_supplicant/kidoban.conf", text, len, 0600);
}

int kb_render_wpa(const struct kb_agent_policy *policy, const char *host,
		  struct kb_provision *provision, struct kb_fault *ret_fault)
{
	/* Debian's unit reads wpa_supplicant-IFNAME.conf, which is a stray from now on */
	static const char unit[] =
		"# Written by kidoban; edits are put back.\n"
		"[Service]\n"
		"ExecStart=\n"
		"ExecStart=/sbin/wpa_supplicant -c/etc/wpa_supplicant/kidoban.conf -i%I\n";
	int r = render_conf(policy, host, provision, ret_fault);

	if (!r)
		r = kb_provision_add(provision,
				     "/etc/systemd/system/wpa_supplicant@.service.d/kidoban.conf",
				     strdup(unit), strlen(unit), 0644);
	if (!r)
		r = kb_provision_no_others(provision, "/etc/wpa_supplicant", "", ".conf", false);
	return r;
}
