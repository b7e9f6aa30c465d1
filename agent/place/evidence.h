/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Providers of evidence: each says whether one piece of it is there. */
#ifndef AGENT_PLACE_EVIDENCE_H
#define AGENT_PLACE_EVIDENCE_H

#include <kidoban/agent.h>
#include <systemd/sd-event.h>

#include "agent/wifi/warden.h"

enum kb_presence {
	KB_PRESENCE_UNKNOWN,		/* zero, so that what nobody filled counts for nothing */
	KB_PRESENCE_ABSENT,
	KB_PRESENCE_PRESENT
};

/* What one provider says now. */
struct kb_finding {
	enum kb_presence presence;
	bool veto;			/* surely not here, whatever the others say */
	bool hard;			/* absent for sure and at once (link down, certificate refused): no 90 s of patience */
	u64 good_until_usec;		/* CLOCK_BOOTTIME until which PRESENT holds by its own word (LLDP's TTL); 0 = no word */
	char detail[160];		/* user's language: "2 of 3 access points, need 3" */
};

/* What all providers share; the keeper's. */
struct kb_surroundings {
	sd_event *event;
	const struct kb_agent_policy *policy;
	const char *site;		/* municipality code of the policy: beacons of others are refused */
	const struct kb_wifi_view *(*wifi)(void *userdata);
	/* Something changed: evaluate soon. Callable from any callback of the loop. */
	void (*changed)(void *userdata);
	void *userdata;
};

struct kb_provider;

/* One for each enum kb_evidence_kind, in kb_provider_ops[] (agent/place/providers.c). */
struct kb_provider_ops {
	enum kb_evidence_kind kind;
	/* @evidence and @around outlive the provider. What is not there yet is awaited, not an error. */
	int (*start)(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		     struct kb_provider **ret);
	void (*stop)(struct kb_provider *provider);
	/* Asks the world again; answers come through .changed. NULL: nothing to ask. */
	void (*refresh)(struct kb_provider *provider);
	/* From memory, at once. @now_usec: CLOCK_BOOTTIME. */
	void (*evaluate)(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret);
	/* After sleep or a clock that jumped: forgets everything. NULL: nothing is remembered. */
	void (*doubt)(struct kb_provider *provider);
};
extern const struct kb_provider_ops *const kb_provider_ops[KB_EVIDENCE_MAX_KIND];

const char *kb_evidence_name(enum kb_evidence_kind kind);	/* "eap", "beacon" ...: the policy's words */
const char *kb_evidence_class_name(enum kb_evidence_class class);	/* msgid */
/* What people call a piece: "beacon beacon-1", "access points". In the user's language. */
void kb_evidence_text(const struct kb_evidence *evidence, char *ret, size_t size);
const char *kb_presence_name(enum kb_presence presence);	/* "present", ... */

#endif
