/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is under the warden, made of memory; and what was done to it, in order. */
#ifndef UNIT_WARDEN_FAKE_H
#define UNIT_WARDEN_FAKE_H

#include "agent/wifi/carrier.h"
#include "agent/wifi/nl80211.h"
#include "agent/wifi/supplicant.h"
#include "agent/wifi/warden.h"

#define FAKE_NOTICES_MAX	4096

/* All of it: one of each is enough. Zeroed by fake_reset(). */
struct fake_world {
	bool no_radio;			/* this kernel has no nl80211 */
	struct kb_wdev wdevs[8];
	size_t n_wdevs;
	struct kb_station station;
	int station_error;		/* -ENODATA: not associated */
	struct kb_bss bss[8];
	size_t n_bss;
	bool operational;
	struct kb_supplicant_facts facts;
	bool guarded;			/* the configuration is kept under some policy */
	int ask_error, disconnect_error, radio_disconnect_error, remove_error, switch_error,
		rejoin_error;
	/* does asking the supplicant to leave end the association? */
	bool obeys;
	struct kb_record links[4];
	size_t n_links;
	int links_error;
	/* runs while the facts are collected: the world changes meanwhile */
	void (*on_station)(void);
	/* the like, when a round begins: before the kernel's numbers are asked for */
	void (*on_wdevs)(void);
	/* events that wait to be read */
	struct kb_radio_notice notices[FAKE_NOTICES_MAX];
	size_t n_notices, next_notice;
	unsigned int dumps, asks, scans, stations;
	char done[4096];		/* "tell 1; disconnect wlan0; ..." */
	char journal[16384];		/* "ID text\n" */
};

extern struct fake_world fake;

void fake_reset(void);
/* What is done goes here in its order. */
__attribute__((format(printf, 1, 2)))
void fake_note(const char *fmt, ...);
/* An event that the radio's descriptor polls readable for. */
void fake_event(const struct kb_radio_notice *notice);
/* RTM_NEWLINK of @ifindex: 0 = some were lost. */
void fake_carrier(u32 ifindex, bool operational);
/* The supplicant tells something of "wlan0". */
void fake_supplicant(enum kb_supplicant_event event, const u8 bssid[6]);

/* The configuration was put back. */
void fake_provisioned(void);

#endif
