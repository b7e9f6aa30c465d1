/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the wireless links of the terminal: proves, fences, surveys, removes, tells (W1..W5). */
#ifndef AGENT_WIFI_WARDEN_H
#define AGENT_WIFI_WARDEN_H

#include <systemd/sd-event.h>

#include "agent/netlink.h"
#include "agent/wifi/proof.h"
#include "agent/wifi/score.h"

struct kb_warden;

struct kb_warden_host {
	sd_event *event;
	const char *state_dir, *runtime_dir;	/* history; /run/kidoban */
	/* What is proven changed: renew the lease now. */
	void (*changed)(void *userdata);
	/* An association, survey or veto changed: places may be evaluated anew. */
	void (*surroundings)(void *userdata);
	void *userdata;
};

/* 0, -ENOMEM. Without nl80211 it waits for it. */
int kb_warden_new(const struct kb_warden_host *host, struct kb_warden **ret);
void kb_warden_free(struct kb_warden *warden);

/*
 * Another policy is in force, or none (NULL). Borrowed until the next call.
 * Everything is proven anew; provisioning and survey begin or end. The kernel
 * is asked through @wire (borrowed likewise; NULL = no module).
 */
void kb_warden_policy(struct kb_warden *warden, const struct kb_agent_policy *policy,
		      struct kb_wire *wire);
/* After sleep, a clock that jumped, an agent's start: nothing of before holds. */
void kb_warden_doubt(struct kb_warden *warden);

/* What CONTEXT_SET shall say now; valid until the loop goes on. */
size_t kb_warden_proofs(const struct kb_warden *warden, const struct kb_link_proof **ret);

/* For places. @ret entries are the warden's, valid until the loop goes on. */
struct kb_wifi_view {
	const struct kb_bss *bss;	/* last survey or scan of anybody's; fresh ones only (30 s) */
	size_t n_bss;
	const struct kb_bss_score *scores;	/* of each .bss; NULL = nobody scored them */
	u64 survey_usec;		/* CLOCK_BOOTTIME of it; 0 = none yet */
	u32 proven_profiles[8];		/* mask of 256: profiles proven on some link */
	u32 eap_profiles[8];		/* the like, with EAP finished against the pinned server */
	bool veto;			/* critical impostor joined, or an unexpected wireless device */
	char veto_why[160];
};
void kb_warden_view(const struct kb_warden *warden, struct kb_wifi_view *ret);
/* Asks for a survey now, as far as the radio is free. */
void kb_warden_survey(struct kb_warden *warden);

#endif
