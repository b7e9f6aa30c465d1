/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which access points are impostors? Surveys in, scores out; remembers sightings. Pure (W3). */
#ifndef AGENT_WIFI_SCORE_H
#define AGENT_WIFI_SCORE_H

#include <kidoban/agent.h>

#include "agent/wifi/bss.h"

enum kb_signal {
	KB_SIGNAL_WEAKER,		/* pinned SSID, weaker security than the policy: critical */
	KB_SIGNAL_CERTIFICATE,		/* EAP server's certificate mismatched there: critical */
	KB_SIGNAL_STRANGER,		/* pinned SSID, BSSID unknown: medium */
	KB_SIGNAL_BORROWED,		/* pinned BSSID, other SSID: high */
	KB_SIGNAL_MIXED,		/* several security types in one ESS, PMF capability lost: high */
	KB_SIGNAL_KARMA,		/* answers to the canary: high */
	KB_SIGNAL_CHANNEL,		/* probe response's channel is not the beacon's: medium */
	KB_SIGNAL_TSF,			/* goes back while two sources interleave: medium */
	KB_SIGNAL_ELEMENTS,		/* elements or country changed: medium */
	KB_SIGNAL_POWER,		/* signal jump, other channel: low */
	KB_SIGNAL_MAX
};

/* Points; a suspect is judged by the sum. */
#define KB_SCORE_LOW		5u
#define KB_SCORE_MEDIUM		20u
#define KB_SCORE_HIGH		50u
#define KB_SCORE_CRITICAL	100u
#define KB_SCORE_STRONG		50u	/* from here on the terminal acts: leaves, avoids */

enum kb_bss_standing {
	KB_BSS_UNKNOWN,			/* somebody else's */
	KB_BSS_KNOWN,			/* of a profile, and as it should be */
	KB_BSS_SUSPECT			/* KB_SCORE_MEDIUM or more */
};

struct kb_bss_score {
	enum kb_bss_standing standing;
	u16 profile;			/* whose SSID or BSSID it has, KB_INDEX_NONE */
	u32 score;
	u32 signals;			/* mask of 1 << enum kb_signal */
	bool news;			/* signals that the survey before did not have */
};

struct kb_score_memory;			/* sightings; NULL-safe free */
struct kb_score_memory *kb_score_memory_new(void);
void kb_score_memory_free(struct kb_score_memory *memory);

/*
 * Scores one survey of @n (<= KB_BSS_MAX) into @ret[n]; @now_usec is CLOCK_BOOTTIME, passed in.
 * Signals of elements, TSF, channel and power need >= 3 sightings over >= 2
 * surveys. Entries older than an hour are forgotten, at most 4 * KB_BSS_MAX kept. 0, -ENOMEM.
 */
int kb_score_survey(struct kb_score_memory *memory, const struct kb_agent_policy *policy,
		    const struct kb_bss *bss, size_t n, u64 now_usec, struct kb_bss_score *ret);

/* The supplicant saw a wrong server certificate at @bssid: counts for an hour. */
int kb_score_certificate(struct kb_score_memory *memory, const u8 bssid[6], u64 now_usec);

/* "weaker-security", ...; NULL out of range. And a sentence (msgid). (agent/wifi/score_words.c) */
const char *kb_signal_name(enum kb_signal signal);
const char *kb_signal_text(enum kb_signal signal);
u32 kb_signal_weight(enum kb_signal signal);
const char *kb_bss_standing_name(enum kb_bss_standing standing);

#endif
