/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What score.c remembers of access points: a bounded table of sightings. Only for score*.c. */
#ifndef AGENT_WIFI_SCORE_MEMORY_H
#define AGENT_WIFI_SCORE_MEMORY_H

#include "agent/wifi/score.h"

#define KB_SIGHTINGS_MAX	(4 * KB_BSS_MAX)
#define KB_SIGHTING_NONE	0xffffu
#define KB_SCORE_HOUR_USEC	(3600ull * 1000 * 1000)
#define KB_MARKS_MAX		64

static_assert(KB_SIGHTINGS_MAX < KB_SIGHTING_NONE, "places in the table are u16");

/* How often something odd was seen. */
struct kb_oddity {
	u8 sightings, surveys;		/* both stop at 255 */
	u32 survey;			/* number of the last one */
	u64 usec;			/* last time */
};

enum kb_odd { KB_ODD_CHANNEL, KB_ODD_TSF, KB_ODD_ELEMENTS, KB_ODD_POWER, KB_ODD_MAX };

/* A value that should stay as it is, and when it was last so. */
struct kb_steady {
	u64 value, usec;		/* .usec 0: never seen */
};

/* One access point, by BSSID and SSID. */
struct kb_sighting {
	u8 bssid[6];
	u8 ssid_len, ssid[KB_SSID_MAX];
	u16 next;			/* of the same hash; KB_SIGHTING_NONE ends */
	u16 newer, older;		/* by when they were last looked for */
	u64 usec;			/* last survey that had it */
	u32 survey;			/* its number */
	u64 heard_before, heard_max;	/* what was heard before this survey; altogether */
	u32 signals;			/* that the last survey gave it */
	u32 signals_before;		/* and the one before that */
	struct kb_steady elements[2];	/* of beacons, of probe responses */
	struct kb_steady frequency;
	s32 average;			/* dBm; 0 = none yet */
	u64 offset[2];			/* TSF minus our clock: now, and of the other source */
	u8 n_offsets;
	u64 mfp_usec;			/* when it last offered PMF; 0 = never */
	struct kb_steady security;	/* kinds of it, as score.c numbers them */
	struct kb_oddity odd[KB_ODD_MAX];
};

/* An address with a fault that stays with it for an hour, whatever its SSID. */
struct kb_mark {
	u8 bssid[6];
	u64 usec;			/* 0 = free */
};

enum kb_mark_kind { KB_MARK_CERTIFICATE, KB_MARK_KARMA, KB_MARK_MAX };

struct kb_score_memory {
	u32 survey;			/* number of the one under way */
	u16 n, free, newest, oldest;
	u16 heads[KB_SIGHTINGS_MAX];
	struct kb_sighting sightings[KB_SIGHTINGS_MAX];
	struct kb_mark marks[KB_MARK_MAX][KB_MARKS_MAX];
};

/* Forgets what is older than an hour and starts the next survey. */
void kb_sightings_begin(struct kb_score_memory *memory, u64 now_usec);
/*
 * The one with this pair, made if need be, moved to the newest; the oldest one makes room. Never
 * fails. Valid until the next call.
 */
struct kb_sighting *kb_sighting_of(struct kb_score_memory *memory, const struct kb_bss *bss,
				   u64 now_usec);

/* One more odd sighting; what is older than an hour does not count. */
void kb_oddity_add(struct kb_oddity *odd, u32 survey, u64 now_usec);
/* >= 3 sightings over >= 2 surveys, the last within the hour. */
bool kb_oddity_counts(const struct kb_oddity *odd, u64 now_usec);

/* The mark that is new, or renewed; the oldest one makes room. */
void kb_mark_set(struct kb_score_memory *memory, enum kb_mark_kind kind, const u8 bssid[6],
		 u64 now_usec);
bool kb_mark_has(const struct kb_score_memory *memory, enum kb_mark_kind kind, const u8 bssid[6],
		 u64 now_usec);

#endif
