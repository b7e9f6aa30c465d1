/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's lease: what it says of the terminal, and for how long that holds. */
#ifndef KB_LEASE_H
#define KB_LEASE_H

#include <kidoban/path.h>
#include <linux/rcupdate.h>

struct kb_active;

int kb_lease_init(void);
void kb_lease_exit(void);

/* The context under the policy in force and, while one follows another, under the next. */
struct kb_lease_view {
	u64 generations[2];		/* 0 = none */
	struct kb_context contexts[2];
	struct rcu_head rcu;
};

extern struct kb_lease_view __rcu *kb_lease_view;	/* kmod/lease.c writes it, under its lock */

const struct kb_context *kb_lease_context_else(const struct kb_lease_view *view, u64 generation);

/*
 * What packets are judged by under the policy of @generation, never NULL.
 * What the agent said about another policy counts as nothing said. Under RCU.
 */
static inline const struct kb_context *kb_lease_context(u64 generation)
{
	const struct kb_lease_view *view = rcu_dereference(kb_lease_view);

	if (likely(view->generations[0] == generation))
		return &view->contexts[0];
	return kb_lease_context_else(view, generation);
}

/* What the agent says, in the terms of the policy of @generation. */
struct kb_lease_offer {
	u64 generation;
	unsigned int ttl;		/* seconds of CLOCK_BOOTTIME; 0 ends the lease */
	u16 zone;			/* KB_INDEX_NONE = unknown */
	u64 schedules;
};

/*
 * Renews or ends the lease. -ESTALE (another policy is in force), -EBUSY while
 * the machine goes to sleep, -ENOMEM. Connections that the new context closes
 * are cut. Sleeps.
 */
int kb_lease_set(const struct kb_lease_offer *offer);

/*
 * A policy is about to follow another (NULL = none): zone and schedules go on
 * under the names they have in both, so that what both permit never stops.
 * Between begin and end no lease is renewed. Sleep.
 */
void kb_lease_carry_begin(const struct kb_active *from, const struct kb_active *to);
void kb_lease_carry_end(void);

/* Milliseconds left, 0 without a lease. */
u32 kb_lease_left(void);

/* Turns isolation on or off for packets, kmod/isolate.c. */
void kb_lease_isolate(bool on);

#endif
