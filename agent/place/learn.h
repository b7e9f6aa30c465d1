/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Learning a place: samples in, a fragment of policy with sensible thresholds out (P1). Pure. */
#ifndef AGENT_PLACE_LEARN_H
#define AGENT_PLACE_LEARN_H

#include <kidoban/place.h>

#include "agent/wifi/bss.h"

#define KB_LEARN_SHARE		80u	/* percent of the samples in which an access point must be heard */
#define KB_LEARN_PERCENTILE	10u	/* of the signals of those: so many are weaker ... */
#define KB_LEARN_MARGIN_DB	5	/* ... and the floor is so far below */
#define KB_LEARN_COUNT_SHARE	60	/* percent of them that must be in range, but at least ... */
#define KB_LEARN_COUNT_MIN	3
#define KB_LEARN_SAMPLES_MIN	5	/* fewer say little */

struct kb_learn;

/* NULL: no memory. */
struct kb_learn *kb_learn_new(void);
void kb_learn_free(struct kb_learn *learn);

/*
 * One survey: each access point that it heard, fresh, and then the end. An access point that
 * stands twice
 * counts once, with its stronger signal. 0, -ENOMEM; -ENOSPC: beyond KB_BSS_MAX of them or
 * 100,000 samples.
 */
int kb_learn_bss(struct kb_learn *learn, const struct kb_bss *bss);
int kb_learn_survey(struct kb_learn *learn);

/*
 * What else was seen, each time that it was: the switch's port, the default gateway, a USB
 * device.
 */
int kb_learn_lldp(struct kb_learn *learn, const char *chassis, const char *port);
int kb_learn_gateway(struct kb_learn *learn, const u8 mac[6]);
int kb_learn_usb(struct kb_learn *learn, u16 vendor, u16 product, const char *serial,
		 const char *model);
/* One look at gateway and USB is over. */
void kb_learn_look(struct kb_learn *learn);

/* What came of it: surveys so far, access points that would be named, LLDP ports, USB devices. */
struct kb_learned {
	u32 surveys, heard, kept, ports, gateways, docks;
	u8 count;			/* of the kept ones that must be in range */
	u8 signal;			/* -dBm */
	bool enough;			/* a cryptographic piece added by hand, what was learned makes a place */
};
void kb_learn_result(const struct kb_learn *learn, struct kb_learned *ret);

/* The fragment, YAML with the statistics as comments. -ENOMEM. */
int kb_learn_write(const struct kb_learn *learn, const char *zone, FILE *out);
/* What to mind, one sentence a line in the user's language, and how many. */
u32 kb_learn_warn(const struct kb_learn *learn, FILE *out);

#endif
