/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nl80211: interfaces, stations, scans and what happens to them. */
#ifndef AGENT_WIFI_NL80211_H
#define AGENT_WIFI_NL80211_H

#include "agent/wifi/bss.h"
#include "policy/fault.h"

#define KB_WDEVS_MAX	256		/* wireless devices that are looked at */

struct kb_radio;			/* two sockets: requests, and multicast */

/* One wireless device; a P2P-Device or one without netdev has ifindex 0. */
struct kb_wdev {
	u32 wiphy;
	u64 id;				/* NL80211_ATTR_WDEV */
	u32 ifindex;
	char ifname[KB_IFNAME_MAX + 1];
	u32 iftype;			/* enum nl80211_iftype */
	u8 mac[6];
	u8 ssid[KB_SSID_MAX], ssid_len;
	u32 frequency;
};

struct kb_station {
	u8 bssid[6];
	s32 signal;			/* dBm, 0 = unknown */
	bool authorized, mfp, associated;
};

enum kb_radio_event {
	KB_RADIO_CONNECT,		/* .bssid, .req_ies, .status */
	KB_RADIO_ROAM,			/* .bssid, .req_ies */
	KB_RADIO_DISCONNECT,		/* .reason, .by_ap */
	KB_RADIO_STATION,		/* NEW_STATION, DEL_STATION */
	KB_RADIO_INTERFACE,		/* NEW, SET, DEL: dump again */
	KB_RADIO_SCAN_DONE,		/* new results, or aborted (.status < 0) */
	KB_RADIO_CHANNEL,		/* CH_SWITCH_NOTIFY (CSA) */
	KB_RADIO_ATTACK,		/* UNPROT_DEAUTHENTICATE, UNPROT_DISASSOCIATE, UNPROT_BEACON */
	KB_RADIO_CQM,			/* NOTIFY_CQM */
	KB_RADIO_PORT,			/* PORT_AUTHORIZED */
	KB_RADIO_LOST,			/* ENOBUFS: ask for everything again */
	KB_RADIO_EVENT_MAX
};

struct kb_radio_notice {
	enum kb_radio_event event;
	u8 command;			/* NL80211_CMD_* as sent */
	u32 wiphy, ifindex;
	u64 wdev;
	u8 bssid[6];
	int status;			/* 802.11 status code */
	u16 reason;			/* 802.11 reason code */
	bool by_ap;
	const u8 *req_ies;		/* borrowed for the call */
	size_t req_ies_len;
	u32 frequency;
};

/* Attributes of one message, @len bytes behind the generic netlink header -> notice, wdev, station, BSS.
 * Pure and fuzzed. 0, -ENOMSG (of no interest), -EBADMSG. (agent/wifi/nl80211_decode.c) */
int kb_radio_decode_event(u8 command, const void *attrs, size_t len, struct kb_radio_notice *ret);
int kb_radio_decode_wdev(const void *attrs, size_t len, struct kb_wdev *ret);
int kb_radio_decode_station(const void *attrs, size_t len, struct kb_station *ret);
/* @now_usec: CLOCK_BOOTTIME, for the age of what was heard. */
int kb_radio_decode_bss(const void *attrs, size_t len, u64 now_usec, struct kb_bss *ret);

typedef void (*kb_radio_fn)(const struct kb_radio_notice *notice, void *userdata);

/* -ENOENT: this kernel has no nl80211 (yet). */
int kb_radio_open(struct kb_radio **ret, struct kb_fault *ret_fault);
void kb_radio_close(struct kb_radio *radio);
/* Joins config, scan, mlme, regulatory. kb_radio_fd() polls readable, kb_radio_receive() hands over. */
int kb_radio_subscribe(struct kb_radio *radio, struct kb_fault *ret_fault);
int kb_radio_fd(const struct kb_radio *radio);
int kb_radio_receive(struct kb_radio *radio, kb_radio_fn fn, void *userdata);

/* *ret is malloc'ed. Dumps are asked again when the kernel says that they were torn. */
int kb_radio_wdevs(struct kb_radio *radio, struct kb_wdev **ret, size_t *ret_n, struct kb_fault *ret_fault);
/* The station we are associated with. -ENODATA: with none. */
int kb_radio_station(struct kb_radio *radio, u32 ifindex, struct kb_station *ret,
		     struct kb_fault *ret_fault);
int kb_radio_scan_results(struct kb_radio *radio, u32 ifindex, struct kb_bss **ret, size_t *ret_n,
			  struct kb_fault *ret_fault);
/* Passive (no SSID is ever sent but @canary, when its length is not 0). -EBUSY: one is under way. */
int kb_radio_scan(struct kb_radio *radio, u32 ifindex, const u8 *canary, u8 canary_len,
		  struct kb_fault *ret_fault);
/* Removes a wireless device; a P2P-Device is stopped first. */
int kb_radio_remove(struct kb_radio *radio, const struct kb_wdev *wdev, struct kb_fault *ret_fault);
/* Makes it a station again, which it can be only while its link is down. */
int kb_radio_make_station(struct kb_radio *radio, const struct kb_wdev *wdev,
			  struct kb_fault *ret_fault);
/* DISCONNECT: -EPERM while a supplicant owns the connection. */
int kb_radio_disconnect(struct kb_radio *radio, u32 ifindex, struct kb_fault *ret_fault);

#endif
