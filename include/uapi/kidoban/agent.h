/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What a compiled policy says to the agent: Wi-Fi profiles, places (W1..W5, P1, P2). */
#ifndef _UAPI_KIDOBAN_AGENT_H
#define _UAPI_KIDOBAN_AGENT_H

#include <linux/types.h>

/*
 * Each KB_BLOB_AGENT holds exactly one attribute of enum kb_agent_attr, in the
 * form that blob.h describes. The module keeps these with the signed policy
 * and never looks inside; the agent reads them out of the policy that the
 * module has in force, so that what it obeys is what was signed. An agent that
 * cannot read one obeys none of them: no link is proven, no zone is known.
 */
enum kb_agent_attr {
	KB_AGENT_UNSPEC,
	KB_AGENT_MODES,			/* nest kb_agent_modes_attr (once) */
	KB_AGENT_WIRELESS,		/* nest kb_wireless_attr (once) */
	KB_AGENT_WIFI,			/* nest kb_wifi_attr: one for each profile that is more than a name and an SSID */
	KB_AGENT_PLACE,			/* nest kb_place_attr: one for each zone with evidence */
	KB_AGENT_ATTR_MAX
};

enum kb_agent_modes_attr {
	KB_AGENT_MODES_UNSPEC,
	KB_AGENT_MODES_WIFI,		/* u8 enum kb_gate_mode (needed) */
	KB_AGENT_MODES_PLACE,		/* u8 enum kb_gate_mode (needed) */
	KB_AGENT_MODES_MAX
};

/* Who manages the wireless interfaces of the terminal. */
enum kb_supplicant {
	KB_SUPPLICANT_AUTO,		/* whoever is there, asked in the order of this list */
	KB_SUPPLICANT_NETWORKMANAGER,
	KB_SUPPLICANT_IWD,
	KB_SUPPLICANT_WPA,		/* wpa_supplicant by itself */
	KB_SUPPLICANT_NONE,		/* nobody is asked: nl80211 alone must prove it */
	KB_SUPPLICANT_MAX
};

enum kb_wireless_attr {
	KB_WIRELESS_UNSPEC,
	KB_WIRELESS_SUPPLICANT,		/* u8 enum kb_supplicant (needed) */
	KB_WIRELESS_PROVISION,		/* u8 0|1 (needed): the agent writes the supplicant's configuration and puts it back */
	KB_WIRELESS_SURVEY,		/* u32 seconds between passive surveys, 0 = only on events (needed) */
	KB_WIRELESS_AVOID,		/* u8 0|1 (needed): leave and avoid strong suspects */
	KB_WIRELESS_MODES,		/* u8 enum kb_action (needed): AP, IBSS, mesh, P2P, monitor; refuse = removed */
	KB_WIRELESS_CANARY,		/* 1..32 bytes: an SSID that nobody has; who answers to it is an impostor */
	KB_WIRELESS_MAX
};

/* Selectors of IEEE 802.11 under 00-0F-AC are bits by their number: 1 << 12 is AKM 00-0F-AC:12. */
enum kb_wifi_attr {
	KB_WIFI_UNSPEC,
	KB_WIFI_PROFILE,		/* u32 index of KB_BLOB_PROFILE (needed) */
	KB_WIFI_BSSID,			/* struct kb_blob_mac (list, 0..KB_BSSIDS_MAX); none = any */
	KB_WIFI_AKM,			/* u32 mask, non-zero (needed) */
	KB_WIFI_PAIRWISE,		/* u32 mask, non-zero (needed) */
	KB_WIFI_GROUP,			/* u32 mask, non-zero (needed) */
	KB_WIFI_GROUP_MGMT,		/* u32 mask, non-zero (needed) */
	KB_WIFI_PMF,			/* u8 enum kb_pmf (needed) */
	KB_WIFI_BAND,			/* u32 mask KB_BAND_*, non-zero (needed) */
	KB_WIFI_EAP,			/* u8 enum kb_eap (needed) */
	KB_WIFI_CA,			/* string: absolute path of the PEM file (needed unless EAP none) */
	KB_WIFI_CA_SHA256,		/* 32 bytes: of that file, which may then not change */
	KB_WIFI_SERVER,			/* string: DNS name of the RADIUS server's certificate (list) */
	KB_WIFI_IDENTITY,		/* string; absent = "host/" and the host name */
	KB_WIFI_CERT,			/* string: absolute path or pkcs11: URI */
	KB_WIFI_KEY,			/* string: the like; absent = in the file or token of CERT */
	KB_WIFI_PRIORITY,		/* u8 (needed): the highest in range is joined */
	KB_WIFI_MAX
};

enum kb_pmf {
	KB_PMF_REQUIRED,		/* zero, so that memory nobody filled asks for more */
	KB_PMF_OPTIONAL,
	KB_PMF_MAX
};

#define KB_BAND_2GHZ	1u		/* 2.4 GHz */
#define KB_BAND_5GHZ	2u
#define KB_BAND_6GHZ	4u
#define KB_BAND_ALL	7u

enum kb_eap {
	KB_EAP_TLS,			/* EAP-TLS with a client certificate (W2) */
	KB_EAP_NONE,			/* SAE or PSK: only where check was told that the guideline does not apply */
	KB_EAP_MAX
};

enum kb_place_attr {
	KB_PLACE_UNSPEC,
	KB_PLACE_ZONE,			/* u32 index of KB_BLOB_ZONE (needed) */
	KB_PLACE_NEED,			/* u8 >= 1 (needed): pieces of evidence that must be present */
	KB_PLACE_GRACE,			/* u32 seconds (needed): how long paths stay open after leaving, 0..KB_GRACE_MAX */
	KB_PLACE_LOCK,			/* u8 0|1 (needed): sessions are locked on leaving */
	KB_PLACE_CUT,			/* u8 0|1 (needed): screen-transfer clients are ended on leaving */
	KB_PLACE_EVIDENCE,		/* nest kb_evidence_attr (list, 1..KB_EVIDENCE_MAX) */
	KB_PLACE_ATTR_MAX
};

enum kb_evidence_kind {
	KB_EVIDENCE_EAP,		/* EAP finished against the pinned server on this link: cryptographic */
	KB_EVIDENCE_BEACON,		/* signed beacon: cryptographic */
	KB_EVIDENCE_AP,			/* access points in range: physical */
	KB_EVIDENCE_LLDP,		/* the switch says which port this is: physical */
	KB_EVIDENCE_DOCK,		/* a USB device that stays in the office: physical */
	KB_EVIDENCE_GATEWAY,		/* MAC address of the default gateway: weak */
	KB_EVIDENCE_GNSS,		/* position by satellite: physical; outside is a veto */
	KB_EVIDENCE_MAX_KIND
};

/* One piece of evidence. Which attributes stand depends on KIND, as said at each. */
enum kb_evidence_attr {
	KB_EVIDENCE_UNSPEC,
	KB_EVIDENCE_KIND,		/* u8 enum kb_evidence_kind (needed, first) */
	KB_EVIDENCE_PROFILE,		/* u32 index of a profile (EAP; absent = any that has EAP) */
	KB_EVIDENCE_NAME,		/* string: name of the beacon (BEACON, needed) */
	KB_EVIDENCE_PUBLIC_KEY,		/* 32 bytes, Ed25519 (BEACON, needed) */
	KB_EVIDENCE_HOST,		/* string: numeric address, unicast; absent = link-local multicast (BEACON) */
	KB_EVIDENCE_PORT,		/* u32 1..65535 (BEACON, needed) */
	KB_EVIDENCE_RTT,		/* u32 µs: the fastest of five answers must not take longer (BEACON, needed) */
	KB_EVIDENCE_BSSID,		/* struct kb_blob_mac (list; AP, needed) */
	KB_EVIDENCE_COUNT,		/* u8: how many of them must be in range (AP, needed) */
	KB_EVIDENCE_SIGNAL,		/* u8: -dBm; weaker does not count (AP, needed) */
	KB_EVIDENCE_CHASSIS,		/* string: "02:00:5e:00:00:01", or text for other subtypes (LLDP, needed) */
	KB_EVIDENCE_LLDP_PORT,		/* string: port id; "Gi1/0/[1-24]": last number in a range (list; LLDP; none = any) */
	KB_EVIDENCE_USB,		/* struct kb_blob_usb_id (DOCK, needed) */
	KB_EVIDENCE_USB_SERIAL,		/* string (DOCK) */
	KB_EVIDENCE_USB_PORT,		/* string, see kb_usb_port_match (DOCK) */
	KB_EVIDENCE_MAC,		/* struct kb_blob_mac (list; GATEWAY, needed) */
	KB_EVIDENCE_POSITION,		/* struct kb_blob_position (GNSS, needed) */
	KB_EVIDENCE_ATTR_MAX
};

struct kb_blob_position {		/* WGS 84 */
	__le32 latitude, longitude;	/* two's complement, 1e-7 degrees */
	__le32 radius;			/* metres, non-zero */
};

#endif
