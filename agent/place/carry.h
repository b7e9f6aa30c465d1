/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Carrying out and coming back, recorded over every restart (P2). */
#ifndef AGENT_PLACE_CARRY_H
#define AGENT_PLACE_CARRY_H

#include "agent/place/grants.h"

enum kb_whereabouts {
	KB_WHERE_NONE,			/* no zone was ever proven */
	KB_WHERE_IN,
	KB_WHERE_OUT
};

/* What is remembered: STATE/carry. */
struct kb_carry_state {
	enum kb_whereabouts where;
	u64 since;			/* seconds since 1970 */
	char grant[KB_GRANT_ID_LEN + 1];	/* under which it is out; "" = none */
	u64 until;			/* of that grant */
	bool overdue;			/* told already */
	char zone[KB_NAME_MAX + 1];	/* it is in, or was carried out of */
};

/* What is told of it. */
enum kb_carry_news {
	KB_CARRY_OUT_GRANTED,		/* carried out with a grant */
	KB_CARRY_OUT_ALARM,		/* without one */
	KB_CARRY_OVERDUE,		/* the grant ended and it is not back */
	KB_CARRY_RETURNED,
	KB_CARRY_RETURNED_LATE
};

/* @state: as it was before the return, as it is after leaving. @grant: NULL = none. */
typedef void (*kb_carry_fn)(enum kb_carry_news news, const struct kb_carry_state *state,
			    const struct kb_grant_row *grant, void *userdata);

struct kb_carry;

/*
 * Goes on where the last agent ended. A state that is torn or edited is none, and told in
 * @ret_fault
 * with -EBADMSG while *ret is made all the same. -ENOMEM. @grants is copied, its strings are not.
 */
int kb_carry_new(const struct kb_grants *grants, kb_carry_fn tell, void *userdata,
		 struct kb_carry **ret, struct kb_fault *ret_fault);
void kb_carry_free(struct kb_carry *carry);
const struct kb_carry_state *kb_carry_state(const struct kb_carry *carry);

/*
 * The terminal is in @zone (its name), has left it for certain at @now (seconds since 1970).
 * 0 or why that cannot be kept.
 */
int kb_carry_in(struct kb_carry *carry, const char *zone, u64 now);
int kb_carry_out(struct kb_carry *carry, u64 now);
/* No policy has that zone any more: nothing is remembered. */
int kb_carry_forget(struct kb_carry *carry);
/* When kb_carry_tick() is due (seconds since 1970), 0 = never. */
u64 kb_carry_due(const struct kb_carry *carry);
/* Is it overdue? A newer grant that was applied meanwhile counts. */
int kb_carry_tick(struct kb_carry *carry, u64 now);

/* For the command. -ENOENT, -EBADMSG. */
int kb_carry_read(const char *state_dir, struct kb_carry_state *ret);
const char *kb_whereabouts_name(enum kb_whereabouts where);	/* "none", "in", "out" */

#endif
