/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lease: what the agent says of the terminal, so that protected paths stay open (P1). */
#ifndef AGENT_LEASE_H
#define AGENT_LEASE_H

#include <kidoban/agent.h>
#include <kidoban/path.h>

#include "agent/netlink.h"

/* Zero-initialise. What is known of the policy in force, asked anew when it changes. */
struct kb_lease {
	bool known;			/* the rest holds */
	bool wanted;			/* a policy with links or paths is in force */
	bool running;			/* the last renewal was accepted */
	u64 generation;
	struct kb_path_policy calendar;	/* owned copy of its schedules; nothing else is filled */
	/*
	 * What that policy says to the agent; owned until somebody takes it. NULL
	 * when no policy is in force, or when it cannot be read (agent_err, agent_why).
	 */
	struct kb_agent_policy *agent;
	int agent_err;
	struct kb_fault agent_why;
	char site[KB_MUNICIPALITY_MAX + 1];	/* municipality of that policy */
	u32 learned;			/* grows whenever the policy was asked for */
	/*
	 * What else is said, filled by the caller before it renews. It is of the policy
	 * that .learned counts: of another one the kernel is told nothing of it.
	 */
	const struct kb_link_proof *proofs;	/* borrowed */
	size_t n_proofs;
	bool placed;
	u32 zone;			/* when .placed */
	/*
	 * Called, if set, when another policy (or none) was learned and nothing was said of it
	 * yet: whoever fills the above does so now, and the kernel hears no word less in between.
	 */
	void (*on_learned)(void *userdata);
	void *userdata;
};

/*
 * Renews the lease of the policy in force for KB_LEASE_TTL_DEFAULT seconds.
 * @now: seconds since 1970, UTC, by which opening hours are judged. 0;
 * -ENODATA when no lease is wanted (no policy, or none with links or paths);
 * -EBUSY while the machine goes to sleep; else what went wrong, told.
 */
int kb_lease_renew(struct kb_lease *lease, struct kb_wire *wire, u64 now,
		   struct kb_fault *ret_fault);

/* The next second at which renewing says something else; 0 = never. */
u64 kb_lease_changes(const struct kb_lease *lease, u64 now);

/* Another policy may be in force: asks at the next renewal. */
void kb_lease_forget(struct kb_lease *lease);

/* Ends the lease, if one runs, and forgets. @wire may be NULL: the module is gone. */
void kb_lease_end(struct kb_lease *lease, struct kb_wire *wire);

#endif
