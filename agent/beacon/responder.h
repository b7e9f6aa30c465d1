/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers terminals that ask where they are. */
#ifndef AGENT_BEACON_RESPONDER_H
#define AGENT_BEACON_RESPONDER_H

#include <kidoban/types.h>
#include <systemd/sd-event.h>

#include "agent/beacon/config.h"

/* What became of the questions so far. */
struct kb_responder_counts {
	u64 answered;
	u64 form;			/* no question, or for another beacon */
	u64 far;			/* hop limit below 255: came through a router */
	u64 elsewhere;			/* not on an interface of ours, or unicast that is not asked for */
	u64 often;			/* more than its source may have */
	u64 failed;			/* could not be signed or sent */
};

struct kb_responder;

/*
 * Listens on @config's port and answers from callbacks of @event until it is
 * freed. Interfaces that come later are joined when they come. @config and
 * @event are borrowed; @key is copied. -EADDRINUSE and the like with *ret_fault.
 */
int kb_responder_new(sd_event *event, const struct kb_beacon_config *config, const u8 key[32],
		     struct kb_responder **ret, struct kb_fault *ret_fault);
void kb_responder_free(struct kb_responder *responder);
KB_DEFINE_CLEANUP(struct kb_responder *, kb_responder_free)
const struct kb_responder_counts *kb_responder_counts(const struct kb_responder *responder);

#endif
