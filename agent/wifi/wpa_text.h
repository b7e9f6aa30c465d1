/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What wpa_supplicant's control interface says, read. Pure: text in, facts out. */
#ifndef AGENT_WIFI_WPA_TEXT_H
#define AGENT_WIFI_WPA_TEXT_H

#include "agent/wifi/supplicant.h"

struct kb_wpa_status {
	bool completed;			/* wpa_state=COMPLETED, as a station */
	bool port_authorized;		/* suppPortStatus; true where 802.1X has no part */
	char eap[16];			/* selectedMethod, "" = none ran */
	u8 bssid[6];			/* zero = none */
	int network;			/* its id; -1 = none */
	bool rsn_known;			/* it says all of what was negotiated, in names we know */
	struct kb_rsn rsn;
};

/* The answer to STATUS. -EBADMSG: no wpa_state, or a line that counts stands twice. */
int kb_wpa_status(const char *text, struct kb_wpa_status *ret);

/*
 * The answer to GET_NETWORK: "quoted", P"escaped" or hexadecimal. -ENODATA: not set;
 * -EBADMSG: none of these, or a NUL in it; -EMSGSIZE.
 */
int kb_wpa_value(const char *text, char *ret, size_t size);

/* The like where the answer is a word as it is: eap=TLS. */
int kb_wpa_word(const char *text, char *ret, size_t size);

/* "a;b" -> names. -EMSGSIZE: more or longer ones than the facts hold; *ret is then untouched. */
int kb_wpa_servers(const char *text, struct kb_supplicant_facts *ret);

/* Ids of LIST_NETWORKS, at most @max; how many. */
size_t kb_wpa_networks(const char *text, int *ret, size_t max);

/*
 * An event as it comes ("<3>CTRL-EVENT-..."): 1 and .event, .detail, and .bssid where
 * the line has one; 0 when it says nothing to us.
 */
int kb_wpa_event(const char *text, struct kb_supplicant_notice *ret);
/* The access point that "Associated with 02:..." names. */
bool kb_wpa_associated(const char *text, u8 ret[6]);

bool kb_wpa_mac(const char *text, u8 ret[6]);

#endif
