// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy, an association and access points as they should be. */
#include "tests/unit/wifi_world.h"

#include <linux/nl80211.h>

static const u8 bssid_city[6] = { 0x02, 0x11, 0x22, 0x00, 0x00, 0x01 };
static const u8 bssid_utf8[6] = { 0x02, 0x11, 0x22, 0x40, 0x00, 0x05 };
static const u8 bssid_any[6] = { 0x02, 0x77, 0x00, 0x00, 0x00, 0x01 };

static void set_ssid(struct kb_wifi_profile *profile, const char *ssid)
{
	profile->ssid_len = (u8)strlen(ssid);
	memcpy(profile->ssid, ssid, profile->ssid_len);
}

static void exact(struct kb_link_mac *mac, const u8 bssid[6])
{
	memcpy(mac->value, bssid, 6);
	memset(mac->mask, 0xff, 6);
}

static void fill_city(struct world *w)
{
	struct kb_wifi_profile *p = &w->profiles[WORLD_CITY];

	exact(&w->bssids[0], bssid_city);
	exact(&w->bssids[1], bssid_city);
	w->bssids[1].value[5] = 2;
	/* 02:33:44/24 */
	w->bssids[2] = (struct kb_link_mac){ { 0x02, 0x33, 0x44 }, { 0xff, 0xff, 0xff } };
	w->servers[0] = "radius.city.example";
	w->servers[1] = "radius2.city.example";
	*p = (struct kb_wifi_profile){
		.name = "A", .pinned = true, .n_bssids = 3, .bssids = w->bssids,
		.akms = KB_AKM_8021X_SHA256 | KB_AKM_FT_8021X | KB_AKM_SUITE_B_192,
		.pairwise = KB_CIPHER_CCMP | KB_CIPHER_GCMP_256,
		.group = KB_CIPHER_CCMP | KB_CIPHER_GCMP_256,
		.group_mgmt = KB_CIPHER_BIP_CMAC | KB_CIPHER_BIP_GMAC_256,
		.pmf = KB_PMF_REQUIRED, .bands = KB_BAND_5GHZ, .eap = KB_EAP_TLS,
		.ca = "/etc/kidoban/wifi/city-ca.pem", .has_ca_sha256 = true,
		.n_servers = 2, .servers = w->servers, .priority = 10,
	};
	set_ssid(p, "MYNUMBER-A");
}

void world_init(struct world *w)
{
	struct kb_wifi_profile *p;

	memset(w, 0, sizeof(*w));
	fill_city(w);
	p = &w->profiles[WORLD_NAME_ONLY];
	p->name = "legacy";
	set_ssid(p, "LEGACY");
	p = &w->profiles[WORLD_SAE];
	*p = w->profiles[WORLD_CITY];
	p->name = "kiosk";
	p->n_bssids = 0;
	p->akms = KB_AKM_SAE;
	p->bands = KB_BAND_ALL;
	p->eap = KB_EAP_NONE;
	p->ca = NULL;
	p->has_ca_sha256 = false;
	p->n_servers = 0;
	set_ssid(p, "KIOSK");
	p = &w->profiles[WORLD_UTF8];
	*p = w->profiles[WORLD_CITY];
	p->name = "gyomu";
	set_ssid(p, "市役所-業務");
	exact(&w->utf8_bssids[0], bssid_utf8);
	w->utf8_bssids[1] = w->bssids[2];
	p->n_bssids = 2;
	p->bssids = w->utf8_bssids;
	w->policy.n_profiles = 4;
	w->policy.profiles = w->profiles;
	w->policy.wifi_mode = KB_GATE_ENFORCE;
	w->policy.wireless.canary_len = 6;
	memcpy(w->policy.wireless.canary, "canary", 6);
}

static const u8 *bssid_of(unsigned int profile)
{
	if (profile == WORLD_CITY)
		return bssid_city;
	return profile == WORLD_UTF8 ? bssid_utf8 : bssid_any;
}

/* As negotiated with the first AKM of the profile. */
static struct kb_rsn rsn_of(unsigned int profile)
{
	return (struct kb_rsn){
		.present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
		.akms = profile == WORLD_SAE ? KB_AKM_SAE : KB_AKM_8021X_SHA256,
		.group_mgmt = KB_CIPHER_BIP_CMAC, .mfp_capable = true, .mfp_required = true,
	};
}

struct kb_association_facts world_facts(const struct world *w, unsigned int profile)
{
	const struct kb_wifi_profile *p = &w->profiles[profile];
	struct kb_association_facts f = {
		.ifindex = 3, .ifname = "wlan0", .iftype = NL80211_IFTYPE_STATION, .associated = true,
		.ssid_len = p->ssid_len, .frequency = 5180, .rsn = rsn_of(profile), .rsn_known = true,
		.authorized = true, .mfp = true, .operational = true, .signal = -55, .ca_matches = true,
	};
	struct kb_supplicant_facts *s = &f.supplicant;

	memcpy(f.ssid, p->ssid, p->ssid_len);
	memcpy(f.bssid, bssid_of(profile), 6);
	s->known = s->completed = s->port_authorized = true;
	memcpy(s->bssid, f.bssid, 6);
	if (p->eap == KB_EAP_TLS) {
		strcpy(s->eap, "TLS");
		strcpy(s->ca, "/etc/kidoban/wifi/city-ca.pem");
		s->n_servers = 1;
		strcpy(s->servers[0], "radius.city.example");
	}
	return f;
}

struct kb_bss world_bss(const struct world *w, unsigned int profile, u64 heard_usec)
{
	const struct kb_wifi_profile *p = &w->profiles[profile];
	struct kb_bss bss = {
		.ssid_len = p->ssid_len, .frequency = 5180, .own_frequency = 5180, .signal = -55,
		.tsf = 77000000 + heard_usec, .heard_usec = heard_usec, .privacy = true,
		.rsn = rsn_of(profile), .country = "JP", .ess = true, .fingerprint = 0x1234567890abcdefull,
	};

	memcpy(bss.ssid, p->ssid, p->ssid_len);
	memcpy(bss.bssid, bssid_of(profile), 6);
	return bss;
}
