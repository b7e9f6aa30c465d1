/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps track of the place: runs providers, decides, tells, acts (P1, P2). */
#ifndef AGENT_PLACE_KEEPER_H
#define AGENT_PLACE_KEEPER_H

#include <systemd/sd-event.h>

#include "agent/wifi/warden.h"

struct kb_keeper;

struct kb_keeper_host {
	sd_event *event;
	const char *config_dir, *state_dir, *runtime_dir;
	struct kb_warden *warden;	/* whose view of the air is used */
	/* The zone changed: renew the lease now. */
	void (*changed)(void *userdata);
	void *userdata;
};

int kb_keeper_new(const struct kb_keeper_host *host, struct kb_keeper **ret);
void kb_keeper_free(struct kb_keeper *keeper);

/*
 * Another policy, or none (NULL): providers start anew, the place is unknown. @site:
 * municipality. Borrowed until the next call.
 */
void kb_keeper_policy(struct kb_keeper *keeper, const struct kb_agent_policy *policy,
		      const char *site);
/* After sleep, or a clock that jumped: unknown. */
void kb_keeper_doubt(struct kb_keeper *keeper);
/*
 * The lease is being renewed: looks, and asks the world again where that is due, so that nobody
 * wakes up
 * for it alone. The zone may change in it, without .changed being called: call it
 * before kb_keeper_zone().
 */
void kb_keeper_tick(struct kb_keeper *keeper);
/* Something in the air changed: evaluate soon. */
void kb_keeper_notice(struct kb_keeper *keeper);

/* The zone that CONTEXT_SET shall say, KB_INDEX_NONE = unknown or outside. */
u16 kb_keeper_zone(const struct kb_keeper *keeper);

#endif
