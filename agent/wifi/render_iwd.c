// SPDX-License-Identifier: GPL-2.0-or-later
/* iwd's configuration: a file for each network, and main.conf. */
#include "agent/wifi/iwd_text.h"
#include "agent/wifi/render.h"
#include "policy/i18n.h"

static int put_network(FILE *out, const struct kb_wifi_profile *profile, const char *host)
{
	char servers[KB_SERVERS_MAX * (KB_SERVER_NAME_MAX + 1) + 1];
	char identity[KB_RENDER_IDENTITY_MAX];
	int r = kb_render_identity(profile, host, identity);

	if (!r)
		r = kb_render_servers(profile, servers, sizeof(servers));
	if (r)
		return r;
	fputs("# Written by kidoban from the signed policy; edits are put back.\n[Security]\n", out);
	fputs("EAP-Method=TLS\n", out);
	kb_render_keyfile_text(out, "EAP-Identity", identity);
	kb_render_keyfile_text(out, "EAP-TLS-CACert", profile->ca);
	kb_render_keyfile_text(out, "EAP-TLS-ServerDomainMask", servers);
	kb_render_keyfile_text(out, "EAP-TLS-ClientCert", profile->cert);
	kb_render_keyfile_text(out, "EAP-TLS-ClientKey", kb_render_key(profile));
	fputs("\n[Settings]\nAutoConnect=true\nHidden=false\n", out);
	/* refuses TKIP and whoever does not protect management frames */
	if (profile->pmf == KB_PMF_REQUIRED)
		fputs("TransitionDisable=true\n", out);
	return 0;
}

static int render_network(const struct kb_wifi_profile *profile, const char *host,
			  struct kb_provision *provision, struct kb_fault *ret_fault)
{
	char name[KB_IWD_FILE_MAX], path[sizeof(KB_IWD_DIR) + KB_IWD_FILE_MAX], *text = NULL;
	size_t len = 0, i;
	FILE *out;
	int r;

	if (kb_render_is_pkcs11(profile->cert) || kb_render_is_pkcs11(kb_render_key(profile)))
		return kb_fault(ret_fault, -EOPNOTSUPP, _("profile %s: iwd takes no keys of a token"),
				profile->name);
	kb_iwd_file_name(profile->ssid, profile->ssid_len, name);
	snprintf(path, sizeof(path), "%s/%s", KB_IWD_DIR, name);
	for (i = 0; i < provision->n_files; i++)
		if (!strcmp(provision->files[i].path, path))
			return kb_fault(ret_fault, -EOPNOTSUPP,
					_("profile %s: iwd takes one configuration for an SSID, and another profile has it"),
					profile->name);
	out = open_memstream(&text, &len);
	if (!out)
		return -ENOMEM;
	r = put_network(out, profile, host);
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

/* iwd's own DHCP client says "connected" only with an address, which nobody gets before the proof. */
static int render_main(bool pmf_required, struct kb_provision *provision)
{
	char *text;
	int len = asprintf(&text, "# Written by kidoban from the signed policy; edits are put back.\n"
			   "[General]\n"
			   "EnableNetworkConfiguration=false\n"
			   "ManagementFrameProtection=%d\n", pmf_required ? 2 : 1);

	if (len < 0)
		return -ENOMEM;
	return kb_provision_add(provision, "/etc/iwd/main.conf", text, (size_t)len, 0600);
}

int kb_render_iwd(const struct kb_agent_policy *policy, const char *host,
		  struct kb_provision *provision, struct kb_fault *ret_fault)
{
	static const char *const endings[] = { ".8021x", ".psk", ".open" };
	bool pmf_required = true;
	size_t e;
	int r = 0;
	u32 i;

	for (i = 0; !r && i < policy->n_profiles; i++) {
		if (!kb_render_wanted(&policy->profiles[i]))
			continue;
		pmf_required &= policy->profiles[i].pmf == KB_PMF_REQUIRED;
		r = render_network(&policy->profiles[i], host, provision, ret_fault);
	}
	if (!r)
		r = render_main(pmf_required, provision);
	for (e = 0; !r && e < ARRAY_SIZE(endings); e++)
		r = kb_provision_no_others(provision, KB_IWD_DIR, "", endings[e], false);
	if (!r)
		r = kb_provision_no_others(provision, KB_IWD_DIR "/hotspot", "", ".conf", false);
	return r;
}
