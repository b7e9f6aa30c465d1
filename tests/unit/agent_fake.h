/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel made of memory: stands in for agent/netlink.c under the agent. */
#ifndef UNIT_AGENT_FAKE_H
#define UNIT_AGENT_FAKE_H

#include "agent/netlink.h"

#define FAKE_EVENTS_MAX 64

struct kb_wire {
	struct kb_status status;
	struct {
		char municipality[16], group[64];
		u32 epoch, serial;
	} sealed_as;
	/* what the next calls answer */
	int add_error[KB_RING_MAX];	/* of TRUST_ADD, by ring */
	int load_error[8];		/* of the n-th POLICY_LOAD */
	/* what was asked */
	unsigned int added[KB_RING_MAX], loads;
	u32 loaded[8];			/* serial numbers, in order */
	struct kb_bytes in_force;
	/* events that it holds, and those it multicasts */
	struct kb_record stored[FAKE_EVENTS_MAX], live[FAKE_EVENTS_MAX];
	unsigned int n_stored, n_live;
	int receive_error;		/* of the next reading of multicasts */
	/* the lease, as CONTEXT_SET came */
	int context_error[8];		/* of the n-th */
	unsigned int contexts;
	struct kb_context_report said;	/* the last one that was accepted */
	struct kb_bytes policy;		/* what POLICY_GET answers; the test's */
	unsigned int policy_gets;
	void (*on_context)(struct kb_wire *wire);	/* runs before each is judged; may be NULL */
	struct kb_record links[4];
	struct kb_path_row paths[4];
	size_t n_links, n_paths;
	/* isolation */
	int isolate_error;
	unsigned int isolations;
};

void fake_done(struct kb_wire *wire);

#endif
