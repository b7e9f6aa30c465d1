/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An access point as a scan shows it. */
#ifndef AGENT_WIFI_BSS_H
#define AGENT_WIFI_BSS_H

#include "agent/wifi/rsn.h"

#define KB_BSS_MAX	1024		/* of one survey; the rest is counted */

struct kb_bss {
	u8 bssid[6];
	u8 ssid[KB_SSID_MAX], ssid_len;	/* all zero or empty: hidden */
	u32 frequency;			/* MHz, of the channel it was heard on */
	/*
	 * That its own elements name (DS, HT, HE operation); 0 = none. Where beacon and
	 * probe response disagree, the one that is not .frequency.
	 */
	u32 own_frequency;
	s32 signal;			/* dBm */
	u64 tsf;			/* µs */
	u64 heard_usec;			/* CLOCK_BOOTTIME */
	bool privacy;			/* capability bit */
	bool wpa;			/* has the WPA (1) element */
	bool rsn_bad;			/* an RSN element that cannot be read, elements cut off */
	struct kb_rsn rsn;		/* the weaker of beacon and probe response */
	char country[3];		/* "" = none */
	bool ess;			/* infrastructure; else IBSS or mesh */
	bool associated;		/* we are */
	bool from_probe;		/* the elements are of a probe response */
	u64 fingerprint;		/* hash of the elements that do not change by themselves */
};

#endif
