/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The providers, one a file, and what they share. */
#ifndef AGENT_PLACE_PROVIDERS_H
#define AGENT_PLACE_PROVIDERS_H

#include "agent/place/evidence.h"

extern const struct kb_provider_ops kb_provider_eap, kb_provider_beacon, kb_provider_ap,
	kb_provider_lldp, kb_provider_dock, kb_provider_gateway, kb_provider_gnss;

/*
 * Fills @finding's detail, cut where a character ends. Details stay the same while nothing
 * changes: no measured values that flicker, they would be written down anew each time.
 */
__attribute__((format(printf, 2, 3)))
void kb_detail(struct kb_finding *finding, const char *fmt, ...);

/* CLOCK_BOOTTIME. */
u64 kb_boottime_usec(void);

#endif
