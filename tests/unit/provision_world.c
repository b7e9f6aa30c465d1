// SPDX-License-Identifier: GPL-2.0-or-later
/* Profiles to be written for supplicants. */
#include "tests/unit/provision_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void set_ssid(struct kb_wifi_profile *p, const char *ssid)
{
	p->ssid_len = (u8)strlen(ssid);
	memcpy(p->ssid, ssid, p->ssid_len);
}

void made_city(struct made *made)
{
	static const struct kb_link_mac bssids[2] = {
		{ { 2, 0x11, 0x22, 0, 0, 0 }, { 255, 255, 255, 0xf0, 0, 0 } },
		{ { 2, 0x11, 0x22, 0x33, 0, 1 }, { 255, 255, 255, 255, 255, 255 } },
	};
	struct kb_wifi_profile *p = made->profiles;

	*made = (struct made){};
	memcpy(made->bssids, bssids, sizeof(bssids));
	made->servers[0] = "radius.city.example";
	made->servers[1] = "radius2.city.example";
	made->servers[2] = "radius-b.city.example";
	p[0] = (struct kb_wifi_profile){
		.name = "A", .pinned = true, .n_bssids = 2, .bssids = made->bssids,
		.akms = KB_AKM_8021X_SHA256 | KB_AKM_FT_8021X, .pairwise = KB_CIPHER_CCMP,
		.group = KB_CIPHER_CCMP, .group_mgmt = KB_CIPHER_BIP_CMAC, .bands = KB_BAND_ALL,
		.ca = "/etc/kidoban/wifi/city-ca.pem", .n_servers = 2, .servers = made->servers,
		.identity = "host/terminal.city.example", .cert = "/etc/kidoban/wifi/terminal.pem",
		.key = "/etc/kidoban/wifi/terminal.key", .priority = 10,
	};
	set_ssid(&p[0], "MYNUMBER-A");
	p[1] = (struct kb_wifi_profile){
		.name = "業務", .pinned = true, .akms = KB_AKM_SUITE_B_192,
		.pairwise = KB_CIPHER_GCMP_256, .group = KB_CIPHER_GCMP_256,
		.group_mgmt = KB_CIPHER_BIP_GMAC_256, .pmf = KB_PMF_REQUIRED, .bands = KB_BAND_ALL,
		.ca = "/etc/kidoban/wifi/city-ca.pem", .n_servers = 1, .servers = made->servers + 2,
		.cert = "pkcs11:token=kidoban;object=terminal;type=cert",
		.key = "pkcs11:token=kidoban;object=terminal;type=private",
	};
	set_ssid(&p[1], "市役所-業務");
	p[2] = (struct kb_wifi_profile){
		.name = "kiosk", .pinned = true, .akms = KB_AKM_SAE, .pairwise = KB_CIPHER_CCMP,
		.group = KB_CIPHER_CCMP, .eap = KB_EAP_NONE,
	};
	set_ssid(&p[2], "KIOSK");
	p[3] = (struct kb_wifi_profile){ .name = "name-only" };
	set_ssid(&p[3], "LEGACY");
	made->policy = (struct kb_agent_policy){ .wifi_mode = KB_GATE_ENFORCE, .n_profiles = 4,
						 .profiles = made->profiles };
	made->policy.wireless.provision = true;
}

/* Pieces that mean something in one of the formats, and characters of one to three bytes. */
static char *hostile_text(struct made *made, unsigned int *seed, const char *beginning)
{
	static const char *const pieces[] = {
		"\"", "\\", "\n", "\r", "\t", " ", ";", "#", "}", "{", "=", "[", "]", "'", "$", "%", "@",
		"\n}\nnetwork={\n\tssid=41\n\tkey_mgmt=NONE\n", "\n[Security]\nEAP-Method=PEAP\n",
		"\n[connection]\nuuid=x\n", "\"\n\tscan_ssid=1\n\tx=\"", "\\n", "\\s", "\\x41", "P\"", "0x41",
		"[@pem@x]", "a", "Z", "9", ",", "/", "..", "é", "市", "\xf0\x9f\x98\x80",
		"%s%n", "file://", "pkcs11:", "\xe2\x80\xa8",
	};
	char *text = calloc(1, 512);
	unsigned int n = (unsigned int)rand_r(seed) % 9;

	assert_non_null(text);
	strcpy(text, beginning);
	while (n--)
		strcat(text, pieces[(unsigned int)rand_r(seed) % ARRAY_SIZE(pieces)]);
	made->owned[made->n_owned++] = text;
	return text;
}

void made_hostile(struct made *made, unsigned int n, unsigned int seed, bool ssid_any)
{
	struct kb_wifi_profile *p;
	unsigned int i, j;

	made_city(made);
	for (i = 0; i < n; i++) {
		p = &made->profiles[i];
		*p = made->profiles[0];
		p->name = hostile_text(made, &seed, "");
		p->ca = hostile_text(made, &seed, "/");
		p->cert = hostile_text(made, &seed, "/");
		p->key = hostile_text(made, &seed, "/");
		p->identity = hostile_text(made, &seed, "");
		p->n_bssids = 0;
		p->ssid_len = (u8)(1 + (unsigned int)rand_r(&seed) % KB_SSID_MAX);
		for (j = 0; j < p->ssid_len; j++)
			p->ssid[j] = (u8)rand_r(&seed);
		if (!ssid_any)		/* one of a kind: iwd has a file for an SSID */
			p->ssid[0] = (u8)i;
	}
	made->policy.n_profiles = n;
}

void made_done(struct made *made)
{
	while (made->n_owned)
		free(made->owned[--made->n_owned]);
}

const struct kb_provision_file *made_file(const struct kb_provision *provision, const char *ending)
{
	size_t i, len, n = strlen(ending);

	for (i = 0; i < provision->n_files; i++) {
		len = strlen(provision->files[i].path);
		if (len >= n && !strcmp(provision->files[i].path + len - n, ending))
			return &provision->files[i];
	}
	fail_msg("no file %s", ending);
	return NULL;
}
