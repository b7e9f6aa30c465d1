/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the present association match a profile? Pure: facts in, verdict and differences out. */
#ifndef AGENT_WIFI_PROOF_H
#define AGENT_WIFI_PROOF_H

#include <kidoban/agent.h>

#include "agent/wifi/rsn.h"

#define KB_SERVER_NAME_MAX	255

/* What the supplicant says of the interface. Zero = nothing known. */
struct kb_supplicant_facts {
	bool known;			/* a supplicant manages the interface and answered */
	bool completed;			/* it is through: 4-way handshake done */
	bool port_authorized;		/* 802.1X port; true where the supplicant only says "completed" */
	char eap[16];			/* "TLS", "PEAP" ...; "" = none */
	u8 bssid[6];			/* that it is connected to; zero = unknown */
	/* What it negotiated, where it says all of that: for an association whose events nobody heard. */
	bool rsn_known;
	struct kb_rsn rsn;
	/* What the configuration in use demands of the server. */
	char ca[KB_FILE_MAX + 1];	/* file; "" = none: any server would do */
	u32 n_servers;
	char servers[KB_SERVERS_MAX][KB_SERVER_NAME_MAX + 1];
};

/* All that is known of one wireless interface and its association. */
struct kb_association_facts {
	u32 ifindex;
	char ifname[KB_IFNAME_MAX + 1];
	u32 iftype;			/* enum nl80211_iftype */
	bool associated;
	u8 ssid[KB_SSID_MAX], ssid_len;	/* 0 = unknown */
	u8 bssid[6];
	u32 frequency;			/* MHz, 0 = unknown */
	struct kb_rsn rsn;		/* negotiated: of the association request */
	bool rsn_known;			/* false: no event was seen; .rsn is then of no use */
	bool authorized;		/* station flag */
	bool mfp;			/* station flag: frames are protected */
	bool operational;		/* operstate UP */
	s32 signal;			/* dBm; 0 = unknown */
	bool ca_matches;		/* file has the SHA-256 that the profile names; true when it names none */
	struct kb_supplicant_facts supplicant;
};

enum kb_difference_item {
	KB_DIFFERS_PINNED,		/* the policy says no more than a name of that profile */
	KB_DIFFERS_SSID,
	KB_DIFFERS_BSSID,
	KB_DIFFERS_BAND,
	KB_DIFFERS_AKM,
	KB_DIFFERS_PAIRWISE,
	KB_DIFFERS_GROUP,
	KB_DIFFERS_GROUP_MGMT,
	KB_DIFFERS_PMF,
	KB_DIFFERS_AUTHORIZED,		/* 802.1X port or station flag */
	KB_DIFFERS_OPERATIONAL,
	KB_DIFFERS_EAP,
	KB_DIFFERS_CA,
	KB_DIFFERS_SERVER,
	KB_DIFFERS_SUPPLICANT,		/* nobody vouches for the EAP result */
	KB_DIFFERS_RSN,			/* unknown or malformed */
	KB_DIFFERS_TYPE,		/* not a station: AP, IBSS, monitor ... */
	KB_DIFFERS_ASSOCIATION,		/* there is none */
	KB_DIFFERS_MAX
};

struct kb_difference {
	enum kb_difference_item item;
	char needed[160], has[160];	/* in words, English names of suites; "" = nothing */
};

struct kb_wifi_proof {
	bool proven;
	u16 profile;			/* that is proven, or (not proven) that comes nearest; KB_INDEX_NONE */
	bool early;			/* may become true by itself: authentication is under way */
	u32 n_differences;
	struct kb_difference differences[KB_DIFFERS_MAX];	/* every one, not only the first */
};

/*
 * Judges by all profiles; several may share an SSID. The one that is proven, else the
 * one with its SSID (or, failing that, its BSSID) and the fewest differences. Never fails:
 * what is not known is a difference. With supplicant NONE (or one that does
 * not know) and an EAP profile KB_DIFFERS_SUPPLICANT stands.
 */
void kb_wifi_prove(const struct kb_agent_policy *policy, const struct kb_association_facts *facts,
		   struct kb_wifi_proof *ret);

/* By the profile of this index alone, whatever its SSID. @facts are of an association. */
void kb_wifi_judge(const struct kb_agent_policy *policy, u16 index,
		   const struct kb_association_facts *facts, struct kb_wifi_proof *ret);

/*
 * "PMF: needed required, has none; AKM: ..." in the user's language, cut at
 * @size, which is not 0, and never inside a character. "" when nothing differs.
 * (agent/wifi/proof_text.c)
 */
void kb_wifi_proof_text(const struct kb_wifi_proof *proof, char *ret, size_t size);
/* One of them. */
void kb_difference_text(const struct kb_difference *difference, char *ret, size_t size);
/* Never translated, for JSON and journal fields: "pmf"; NULL out of range. */
const char *kb_difference_name(enum kb_difference_item item);
/* "PMF" (msgid); NULL out of range. */
const char *kb_difference_label(enum kb_difference_item item);

/* KB_BAND_* of a channel's centre frequency; 0 = none of the three. */
u32 kb_band_of(u32 mhz);
/* "2.4 GHz, 5 GHz"; "" for none. Cut at @size. */
void kb_bands_text(u32 bands, char *ret, size_t size);

/* Does @bssid match one of the profile's? True when the profile lists none. */
bool kb_wifi_bssid_matches(const struct kb_wifi_profile *profile, const u8 bssid[6]);

/*
 * An SSID for people: UTF-8 that is printable as it is, everything else as \xNN,
 * so that two that differ look different. @ret >= 4 * 32 + 1. (agent/wifi/ssid_text.c)
 */
void kb_ssid_text(const u8 *ssid, u8 len, char *ret, size_t size);

#endif
