/* SPDX-License-Identifier: GPL-2.0-only */
/* Wi-Fi profiles: which associations the terminal may have (W1..W4). */
#ifndef KIDOBAN_WIFI_H
#define KIDOBAN_WIFI_H

#include <kidoban/link.h>
#include <kidoban/types.h>
#include <uapi/kidoban/agent.h>
#include <uapi/kidoban/limits.h>

#define KB_SSID_MAX		32
#define KB_SHA256_LEN		32

/* AKM and cipher suites 00-0F-AC:n (IEEE 802.11-2020, tables 9-149 and 9-151) are bits 1 << n. */
#define KB_SUITE(n)		(1u << (n))
#define KB_SUITE_MAX		31
#define KB_AKM_8021X		KB_SUITE(1)	/* SHA-1 */
#define KB_AKM_PSK		KB_SUITE(2)
#define KB_AKM_FT_8021X		KB_SUITE(3)
#define KB_AKM_FT_PSK		KB_SUITE(4)
#define KB_AKM_8021X_SHA256	KB_SUITE(5)
#define KB_AKM_PSK_SHA256	KB_SUITE(6)
#define KB_AKM_SAE		KB_SUITE(8)
#define KB_AKM_FT_SAE		KB_SUITE(9)
#define KB_AKM_SUITE_B		KB_SUITE(11)
#define KB_AKM_SUITE_B_192	KB_SUITE(12)	/* WPA3-Enterprise 192-bit mode */
#define KB_AKM_FT_8021X_SHA384	KB_SUITE(13)
#define KB_AKM_OWE		KB_SUITE(18)
#define KB_AKM_ENTERPRISE	(KB_AKM_8021X | KB_AKM_FT_8021X | KB_AKM_8021X_SHA256 | KB_AKM_SUITE_B | \
				 KB_AKM_SUITE_B_192 | KB_AKM_FT_8021X_SHA384)
#define KB_CIPHER_WEP40		KB_SUITE(1)
#define KB_CIPHER_TKIP		KB_SUITE(2)
#define KB_CIPHER_CCMP		KB_SUITE(4)
#define KB_CIPHER_WEP104	KB_SUITE(5)
#define KB_CIPHER_BIP_CMAC	KB_SUITE(6)
#define KB_CIPHER_GCMP		KB_SUITE(8)
#define KB_CIPHER_GCMP_256	KB_SUITE(9)
#define KB_CIPHER_CCMP_256	KB_SUITE(10)
#define KB_CIPHER_BIP_GMAC	KB_SUITE(11)
#define KB_CIPHER_BIP_GMAC_256	KB_SUITE(12)
#define KB_CIPHER_BIP_CMAC_256	KB_SUITE(13)
#define KB_CIPHER_STRONG	(KB_CIPHER_CCMP | KB_CIPHER_GCMP | KB_CIPHER_GCMP_256 | KB_CIPHER_CCMP_256)
#define KB_CIPHER_BIP		(KB_CIPHER_BIP_CMAC | KB_CIPHER_BIP_GMAC | KB_CIPHER_BIP_GMAC_256 | \
				 KB_CIPHER_BIP_CMAC_256)

/*
 * One profile. Strings and arrays are the policy's. A profile that the text
 * gives only a name and an SSID has .pinned false: it proves nothing and the
 * agent never opens a link with it.
 */
struct kb_wifi_profile {
	const char *name;
	u8 ssid[KB_SSID_MAX], ssid_len;
	bool pinned;
	u32 n_bssids;
	const struct kb_link_mac *bssids;	/* none: any */
	u32 akms, pairwise, group, group_mgmt;	/* masks of what may be negotiated */
	enum kb_pmf pmf;
	u32 bands;			/* KB_BAND_* */
	enum kb_eap eap;
	const char *ca;			/* NULL with KB_EAP_NONE */
	bool has_ca_sha256;
	u8 ca_sha256[KB_SHA256_LEN];
	u32 n_servers;
	const char *const *servers;
	const char *identity, *cert, *key;	/* may be NULL */
	u8 priority;
};

struct kb_wireless {
	enum kb_supplicant supplicant;
	bool provision, avoid;
	u32 survey;			/* seconds; 0 = only on events */
	enum kb_action modes;		/* AP, IBSS, mesh, P2P, monitor */
	u8 canary[KB_SSID_MAX], canary_len;	/* 0 = none */
};

#endif
