/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy, an association and access points as they should be, for tests to change one thing of. */
#ifndef TESTS_UNIT_WIFI_WORLD_H
#define TESTS_UNIT_WIFI_WORLD_H

#include "agent/wifi/bss.h"
#include "agent/wifi/proof.h"

#define WORLD_CITY	0	/* MYNUMBER-A: WPA2-EAP-SHA256 or WPA3-192, PMF, listed BSSIDs, 5 GHz */
#define WORLD_NAME_ONLY	1	/* LEGACY: no more than a name */
#define WORLD_SAE	2	/* KIOSK: SAE, no EAP, any BSSID, every band */
#define WORLD_UTF8	3	/* 市役所-業務: as the first, any BSSID, a range and an address listed */

/* Owned by the caller; everything in it may be changed. Strings are constants. */
struct world {
	struct kb_agent_policy policy;
	struct kb_wifi_profile profiles[4];
	struct kb_link_mac bssids[3], utf8_bssids[2];
	const char *servers[2];
};

void world_init(struct world *world);

/* An association that each profile but the one with a name only accepts. */
struct kb_association_facts world_facts(const struct world *world, unsigned int profile);
/* An access point that each of them accepts, heard @heard_usec. */
struct kb_bss world_bss(const struct world *world, unsigned int profile, u64 heard_usec);

#endif
