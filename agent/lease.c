// SPDX-License-Identifier: GPL-2.0-or-later
/* The lease: what the agent says of the terminal, so that protected paths stay open (P1). */
#include "agent/lease.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <kidoban/agent.h>
#include <kidoban/policy.h>

#include "policy/cleanup.h"
#include "policy/i18n.h"

/* Policies that follow each other faster than this leave it to the next renewal. */
#define TRIES	3

KB_DEFINE_CLEANUP(struct kb_policy *, kb_policy_free)

void kb_lease_forget(struct kb_lease *lease)
{
	struct kb_schedule *schedules = lease->calendar.schedules;
	u32 i;

	for (i = 0; i < lease->calendar.n_schedules; i++) {
		free((char *)schedules[i].name);
		free((struct kb_span *)schedules[i].spans);
	}
	free(schedules);
	lease->calendar = (struct kb_path_policy){};
	lease->known = false;
	lease->wanted = false;
	lease->proofs = NULL;
	lease->n_proofs = 0;
	lease->placed = false;
}

/* Opening hours are all that is kept of a policy: prefix tables and texts can be megabytes. */
static int copy_schedules(struct kb_path_policy *to, const struct kb_path_policy *from)
{
	struct kb_span *spans;
	u32 i, n;

	to->schedules = calloc(from->n_schedules + 1, sizeof(*to->schedules));
	if (!to->schedules)
		return -ENOMEM;
	for (i = 0; i < from->n_schedules; i++) {
		n = from->schedules[i].n_spans;
		spans = calloc(n + 1, sizeof(*spans));
		to->schedules[i] = (struct kb_schedule){ .name = strdup(from->schedules[i].name),
							 .n_spans = n, .spans = spans };
		to->n_schedules = i + 1;
		if (!spans || !to->schedules[i].name)
			return -ENOMEM;
		memcpy(spans, from->schedules[i].spans, n * sizeof(*spans));
	}
	return 0;
}

/* What cannot be read is not obeyed in part either: then nothing is proven, and no place known. */
static void read_agent(struct kb_lease *lease, const struct kb_policy *policy)
{
	struct kb_blob_error error = {};

	lease->agent_err = kb_agent_policy_read(policy, &lease->agent, &error);
	if (lease->agent_err)
		kb_fault(&lease->agent_why, lease->agent_err, _("compiled policy: %s"), error.text);
}

static int read_policy(struct kb_lease *lease, struct kb_wire *wire, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_policy_free_p) struct kb_policy *policy = NULL;
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct kb_blob_error error = {};
	int r = kb_wire_policy_get(wire, &blob, ret_fault);

	if (r)
		return r;
	r = kb_policy_parse(blob.data, blob.len, &policy, &error);
	if (r)
		return kb_fault(ret_fault, r, _("compiled policy: %s"), error.text);
	read_agent(lease, policy);
	snprintf(lease->site, sizeof(lease->site), "%s", policy->header.municipality);
	r = copy_schedules(&lease->calendar, &policy->paths);
	return r ? kb_fault(ret_fault, r, "%s", strerror(-r)) : 0;
}

/*
 * Generation first, then the policy: when another one comes into force in
 * between, the kernel refuses a lease of the older generation.
 */
static int learn(struct kb_lease *lease, struct kb_wire *wire, struct kb_fault *ret_fault)
{
	struct kb_status status;
	int r = kb_wire_status(wire, &status, ret_fault);

	if (r)
		return r;
	kb_lease_forget(lease);
	kb_agent_policy_free(lease->agent);
	lease->agent = NULL;
	lease->agent_err = 0;
	lease->learned++;
	lease->generation = status.generation;
	lease->wanted = status.policy &&
			(status.mode_link != KB_GATE_OFF || status.mode_path != KB_GATE_OFF);
	if (lease->wanted) {
		r = read_policy(lease, wire, ret_fault);
		malloc_trim(0);
	}
	if (r) {
		kb_lease_forget(lease);
		return r;
	}
	lease->known = true;
	return 0;
}

static int report(struct kb_lease *lease, struct kb_wire *wire, u32 ttl, u64 now,
		  struct kb_fault *ret_fault)
{
	struct kb_context_report said = {
		.generation = lease->generation,
		.ttl = ttl,
		.zone = ttl && lease->placed ? lease->zone : KB_INDEX_NONE,
		.proofs = lease->proofs,
		.n_proofs = ttl ? lease->n_proofs : 0,
		.schedules = ttl ? kb_schedule_mask(&lease->calendar, now) : 0,
	};

	return kb_wire_context_set(wire, &said, ret_fault);
}

/* -ESTALE, -ERANGE, -ENODATA of the kernel: what we know is of another policy. */
static int try_once(struct kb_lease *lease, struct kb_wire *wire, u64 now,
		    struct kb_fault *ret_fault)
{
	bool news = !lease->known;
	int r = news ? learn(lease, wire, ret_fault) : 0;

	if (r)
		return r;
	if (news && lease->on_learned)
		lease->on_learned(lease->userdata);
	if (!lease->wanted)
		return -ENODATA;
	r = report(lease, wire, KB_LEASE_TTL_DEFAULT, now, ret_fault);
	if (r == -ESTALE || r == -ERANGE || r == -ENODATA)
		kb_lease_forget(lease);
	return r;
}

int kb_lease_renew(struct kb_lease *lease, struct kb_wire *wire, u64 now,
		   struct kb_fault *ret_fault)
{
	int tries, r = -ESTALE;

	for (tries = 0; tries < TRIES && r == -ESTALE; tries++)
		r = try_once(lease, wire, now, ret_fault);
	lease->running = !r;
	return r;
}

u64 kb_lease_changes(const struct kb_lease *lease, u64 now)
{
	u64 first = 0, next;
	u32 i;

	for (i = 0; i < lease->calendar.n_schedules; i++) {
		next = kb_schedule_next(&lease->calendar.schedules[i], now);
		if (next && (!first || next < first))
			first = next;
	}
	return first;
}

/* A policy that came meanwhile carries the lease on: it is ended whatever it is of. */
void kb_lease_end(struct kb_lease *lease, struct kb_wire *wire)
{
	struct kb_status status;

	if (wire && lease->running && report(lease, wire, 0, 0, NULL) == -ESTALE &&
	    !kb_wire_status(wire, &status, NULL)) {
		lease->generation = status.generation;
		report(lease, wire, 0, 0, NULL);
	}
	kb_lease_forget(lease);
	kb_agent_policy_free(lease->agent);
	lease->agent = NULL;
	lease->running = false;
}
