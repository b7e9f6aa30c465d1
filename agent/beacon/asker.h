/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks a beacon five questions, each with a nonce of its own; how fast was the fastest answer? */
#ifndef AGENT_BEACON_ASKER_H
#define AGENT_BEACON_ASKER_H

#include <kidoban/place.h>
#include <systemd/sd-event.h>

#include "policy/cleanup.h"
#include "policy/fault.h"

#define KB_ASKER_QUESTIONS	5
#define KB_ASKER_LINKS_MAX	16		/* asked at once by multicast */
#define KB_ASKER_TURN_USEC	(400 * 1000ull)	/* an answer is waited for so long */

/* Strings and key are borrowed and outlive the asker. */
struct kb_asker_plan {
	const char *site, *zone, *name;
	const u8 *key;			/* public Ed25519 */
	const char *host;		/* numeric; NULL = multicast on .links */
	u16 port;
	u32 n_links;
	u32 links[KB_ASKER_LINKS_MAX];	/* ifindex */
};

struct kb_asker_result {
	bool answered;			/* at least one answer was all that it must be */
	u32 rtt_usec;			/* of the fastest such answer (CLOCK_MONOTONIC_RAW) */
	u32 ifindex;			/* that it came in on */
	int err;			/* else: 0 = silence, -errno of kb_beacon_check() or of asking */
	struct kb_fault why;		/* of .err, in words */
};

struct kb_asker;

/* Called once, from the loop; the asker may be freed from within. */
typedef void (*kb_asker_fn)(const struct kb_asker_result *result, void *userdata);

/*
 * Begins to ask; never waits. Links and hosts that cannot be reached end up in
 * the result. -ENOMEM, -EINVAL (no address), or what the socket said.
 */
int kb_asker_new(sd_event *event, const struct kb_asker_plan *plan, kb_asker_fn done,
		 void *userdata, struct kb_asker **ret);
void kb_asker_free(struct kb_asker *asker);
KB_DEFINE_CLEANUP(struct kb_asker *, kb_asker_free)

#endif
