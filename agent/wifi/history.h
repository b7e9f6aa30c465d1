/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happened on the air: journal, and a bounded file that is there without journald (W3). */
#ifndef AGENT_WIFI_HISTORY_H
#define AGENT_WIFI_HISTORY_H

#include <kidoban/wifi.h>

#include "policy/fault.h"

#define KB_HISTORY_FILE		"wifi-history.jsonl"
#define KB_HISTORY_OLD		"wifi-history.old.jsonl"
#define KB_HISTORY_MAX		(256 * 1024)	/* bytes of each of the two */
#define KB_HISTORY_LINE_MAX	2048		/* bytes of one entry */

enum kb_history_kind {
	KB_HISTORY_JOINED,
	KB_HISTORY_ROAMED,
	KB_HISTORY_LEFT,
	KB_HISTORY_PROVEN,
	KB_HISTORY_REFUSED,
	KB_HISTORY_FENCED,		/* asked to leave, or switched off */
	KB_HISTORY_SUSPECT,
	KB_HISTORY_ATTACK,		/* forged frames: leave, beacons */
	KB_HISTORY_CHANNEL,		/* the access point moves to another channel */
	KB_HISTORY_SIGNAL,
	KB_HISTORY_DEVICE,		/* of a kind that terminals must not have */
	KB_HISTORY_MAX_KIND
};

/* Zero means unknown. Strings are borrowed. */
struct kb_history_entry {
	enum kb_history_kind kind;
	int priority;			/* of syslog(3), for the journal */
	u64 seconds;			/* since 1970; 0 = now */
	const char *link;
	u8 ssid[KB_SSID_MAX], ssid_len;
	u8 bssid[6];
	u32 frequency;
	s32 signal;			/* dBm */
	bool has_reason;
	u16 reason;			/* of 802.11, with LEFT */
	bool by_ap;
	const char *profile;
	const char *detail;		/* a sentence, or the differences */
	const char *items;		/* for programs: "pmf,akm" */
};

struct kb_history;

/* Entries are written to @state_dir; NULL: to the journal alone. 0, -ENOMEM. */
int kb_history_open(const char *state_dir, struct kb_history **ret);
void kb_history_close(struct kb_history *history);

/* To the journal and to the file. A file that cannot be written is told once. */
void kb_history_add(struct kb_history *history, const struct kb_history_entry *entry);

typedef int (*kb_history_fn)(const struct kb_history_entry *entry, void *userdata);

/*
 * Hands over what the file has, the oldest first, from @since (seconds since 1970) on. Lines that
 * cannot be read (torn by a crash) are left out and counted in *ret_torn, which may be NULL.
 * 0, -ENOENT: nothing was ever written; a negative result of @fn ends it.
 */
int kb_history_read(const char *state_dir, u64 since, kb_history_fn fn, void *userdata,
		    unsigned int *ret_torn);

/* "joined", ...; never translated; NULL out of range. And a word (msgid). */
const char *kb_history_name(enum kb_history_kind kind);
const char *kb_history_label(enum kb_history_kind kind);
/* "4-way handshake timeout (15)" in the standard's words. */
void kb_reason_80211_text(u16 reason, char *ret, size_t size);

#endif
