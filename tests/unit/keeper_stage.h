/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of the keeper play on: evidence, clock, session and journal of ours. Link with --wrap=clock_gettime. */
#ifndef UNIT_KEEPER_STAGE_H
#define UNIT_KEEPER_STAGE_H

#include "agent/place/account.h"
#include "agent/place/evidence.h"
#include "agent/place/keeper.h"
#include "agent_scratch.h"

#define SEC	1000000ull

/* What each kind of evidence finds; how often the providers were called. */
extern struct kb_finding world[KB_EVIDENCE_MAX_KIND];
extern unsigned int started, stopped, refreshed, doubted;
extern unsigned int start_error;	/* errno that the next start() answers, 0 = none */
extern struct kb_wifi_view air;
extern unsigned int surveys;		/* asked of the warden */
extern u64 boot_usec;			/* the clock */

/* What the keeper did. */
extern unsigned int locks, cuts, changes;
extern char said[4096], fields_said[8192];

/* "madoguchi" needs two of its three pieces, "soko" both of its two; "empty" has none. */
extern const struct kb_evidence office_evidence[3];
extern struct kb_place places[3];
extern struct kb_agent_policy policy;
extern struct scratch s;
extern char run_dir[80];
extern struct kb_keeper *keeper;

/* Of cmocka: a stage for each test. */
int set_up(void **state);
int tear_down(void **state);
void open_keeper(void);

void set(enum kb_evidence_kind kind, enum kb_presence presence, bool hard);
void all(enum kb_presence presence, bool hard);
/* Time goes by with a renewal of the lease every five seconds. */
void pass(unsigned int seconds);
/* A provider says that something changed. */
void notice(void);
/* In the office, since a while. */
void arrive(void);

/* What was said since, and nothing more. */
void expect_said(const char *text);
void read_account(struct kb_account *ret);

#endif
