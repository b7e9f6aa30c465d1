/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the warden share; nobody else includes it. */
#ifndef AGENT_WIFI_WARDEN_PARTS_H
#define AGENT_WIFI_WARDEN_PARTS_H

#include "agent/family.h"
#include "agent/wifi/collect.h"
#include "agent/wifi/guard.h"
#include "agent/wifi/history.h"
#include "agent/wifi/remembered.h"
#include "agent/wifi/warden.h"

#define KB_AIRS_MAX	KB_CONTEXT_LINKS_MAX
#define KB_SECOND	1000000ull		/* µs */

enum kb_fence_step {
	KB_FENCE_NONE,
	KB_FENCE_ASKED,			/* the supplicant shall leave; the deadline runs */
	KB_FENCE_OFF,			/* the link is switched off, for a while */
	KB_FENCE_RESTING,		/* it left; may join again when the rest is over */
};

struct kb_fence {
	enum kb_fence_step step;
	bool asked;			/* the supplicant was told, and joins nothing by itself now */
	unsigned int rests;		/* since something was proven; each is longer */
	sd_event_source *timer;		/* the deadline, or the end of pause or rest */
};

/* One wireless interface that can be a station. */
struct kb_air {
	struct kb_warden *warden;
	struct kb_wdev wdev;
	bool seen;			/* by the dump under way */
	bool dirty;			/* is to be proven again */
	struct kb_negotiated negotiated;
	struct kb_association_facts facts;	/* as proven last */
	struct kb_wifi_proof proof;
	u32 generation;			/* that the proof is of */
	u64 wavers_usec;		/* since when the supplicant does not say what it said; 0 = it does */
	bool silent;			/* the supplicant did not answer */
	u16 told;			/* profile that CONTEXT_SET says; KB_INDEX_NONE = nothing */
	bool joined;			/* history says so */
	bool left;			/* an event says so, and none says otherwise since */
	u64 reported;			/* hash of the verdict that was reported last */
	unsigned int tries;		/* of what may become true by itself */
	sd_event_source *retry;
	u64 noise_usec[KB_HISTORY_MAX_KIND];	/* when such a thing was reported last */
	struct kb_fence fence;
};

/* A device of a kind that terminals must not have, and what was done about it. */
struct kb_foreign {
	u64 wdev;
	bool seen, stays;		/* it could not be removed, or policy only reports */
};

#define KB_FOREIGN_MAX	32

struct kb_survey {
	struct kb_score_memory *memory;
	struct kb_bss *bss;		/* owned; of the last survey */
	struct kb_bss_score *scores;	/* owned, as many */
	size_t n;
	u64 usec;			/* CLOCK_BOOTTIME of it */
	u64 asked_usec;			/* a scan of ours is under way since; 0 = none */
	sd_event_source *timer;
	bool critical;			/* we are on, or were offered, a critical impostor */
	char critical_why[160];
	u64 reports_usec;		/* when those that were told began to be counted */
	unsigned int reports;		/* suspects told since */
	bool untold_told;		/* that there are more than are told */
};

struct kb_warden {
	struct kb_warden_host host;	/* strings are the caller's */
	const struct kb_agent_policy *policy;	/* borrowed; NULL while there is nothing to do */
	struct kb_wire *wire;		/* borrowed */
	enum kb_supplicant wanted;	/* by that policy */
	u64 since;			/* CLOCK_BOOTTIME: begun, or in doubt */
	u64 netns;			/* inode of ours, 0 = unknown */

	struct kb_family_watch *family;	/* tells when nl80211 comes */
	struct kb_radio *radio;		/* NULL while there is no nl80211 */
	struct kb_carrier *carrier;
	struct kb_supplicant_link *supplicant;
	sd_event_source *family_source, *radio_source, *carrier_source;
	sd_event_source *work;		/* deferred behind all input; once, however much came */
	/* the like when too much came, and to look whether the kernel took it */
	sd_event_source *later;
	u64 works[32];			/* when the last ones were, for that */
	unsigned int n_works;
	bool stormy;			/* ... and is armed for the former */
	bool verify;			/* the kernel was told something: look whether it holds */

	struct kb_air *airs[KB_AIRS_MAX];	/* owned */
	size_t n_airs;
	struct kb_remembered remembered[KB_AIRS_MAX];	/* as its file has it */
	size_t n_remembered;
	struct kb_link_proof proofs[KB_AIRS_MAX];
	size_t n_proofs;
	struct kb_foreign foreign[KB_FOREIGN_MAX];
	size_t n_foreign;
	struct kb_survey survey;
	struct kb_guard *guard;		/* of the supplicant's configuration */
	struct kb_history *history;	/* NULL: no state directory */
};

static inline bool kb_warden_enforces(const struct kb_warden *warden)
{
	return warden->policy && warden->policy->wifi_mode == KB_GATE_ENFORCE;
}

/* Tells the kernel at once when something else than before is proven. */
void kb_warden_tell(struct kb_warden *warden);
u64 kb_warden_now(void);		/* CLOCK_BOOTTIME, µs */
/* Reads the events that are there now. */
void kb_warden_hear(struct kb_warden *warden);
/* Proves what is dirty as soon as all that came was read. */
void kb_warden_work_soon(struct kb_warden *warden);
/*
 * agent/wifi/round.c: an sd_event_handler_t of .work; and what it gathers: true when the kernel
 * shall be told something else.
 */
int kb_round_run(sd_event_source *source, void *userdata);
bool kb_round_gather(struct kb_warden *warden);
/* Proves what is dirty now, and gathers it; tells nobody but by kb_warden_tell() of a fence. */
void kb_round_prove(struct kb_warden *warden);
/* The one of @ifindex, made if need be; NULL when there are too many. */
struct kb_air *kb_warden_air_for(struct kb_warden *warden, u32 ifindex);
/* NULL when there is none. */
struct kb_air *kb_warden_air(struct kb_warden *warden, u32 ifindex);
struct kb_air *kb_warden_air_named(struct kb_warden *warden, const char *ifname);
/* Arms *@timer for @usec from now, CLOCK_BOOTTIME; told when it cannot be. */
void kb_warden_arm(struct kb_warden *warden, sd_event_source **timer, u64 usec,
		   sd_event_time_handler_t fn, void *userdata);
/* Says what went wrong, in the journal. */
void kb_warden_trouble(const struct kb_fault *why, int err, const char *ifname);

/* agent/wifi/air.c: an association's facts, and what follows from them. */
void kb_air_free(struct kb_air *air);
void kb_air_notice(struct kb_air *air, const struct kb_radio_notice *notice);
/* Proves @air by what the kernel says of its link (NULL: it says nothing). */
void kb_air_prove(struct kb_air *air, const struct kb_record *link);
/* Nothing is proven of it any more. */
void kb_air_forget(struct kb_air *air);

/* agent/wifi/fence.c */
void kb_fence_begin(struct kb_air *air, const char *why);
/* The association is gone. */
void kb_fence_end(struct kb_air *air);
/* What is joined now is right. */
void kb_fence_lift(struct kb_air *air);
/* The interface goes, or nobody will look after it any more. */
void kb_fence_drop(struct kb_air *air);

/* agent/wifi/foreign.c: @wdevs are all there are now. */
void kb_foreign_look(struct kb_warden *warden, const struct kb_wdev *wdevs, size_t n);

/* agent/wifi/survey.c */
void kb_survey_begin(struct kb_warden *warden);
void kb_survey_end(struct kb_warden *warden);
void kb_survey_ask(struct kb_warden *warden);
void kb_survey_done(struct kb_warden *warden, u32 ifindex, bool aborted);
/* Does a strong suspicion lie on the access point of @air, and shall we act on it? Then why. */
bool kb_survey_forbids(struct kb_warden *warden, const struct kb_air *air, char *ret, size_t size);
void kb_survey_certificate(struct kb_warden *warden, const struct kb_supplicant_notice *notice);

#endif
