/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Profiles to be written for supplicants, ordinary ones and hostile ones. */
#ifndef TESTS_UNIT_PROVISION_WORLD_H
#define TESTS_UNIT_PROVISION_WORLD_H

#include "agent/wifi/provision.h"

#define MADE_MAX	48

/* A policy whose profiles the caller changes. Strings of made ones are owned by it. */
struct made {
	struct kb_agent_policy policy;
	struct kb_wifi_profile profiles[MADE_MAX];
	struct kb_link_mac bssids[KB_BSSIDS_MAX];
	const char *servers[KB_SERVERS_MAX];
	char *owned[MADE_MAX * 8];
	size_t n_owned;
};

/* The city's: A with two BSSIDs, a mask and two servers; B, UTF-8, 192-bit mode, keys of a token; a
 * kiosk without EAP; one that is a name only. */
void made_city(struct made *made);
/* @n profiles of whatever a policy could hold, and more: octets of every kind in SSIDs and texts. */
void made_hostile(struct made *made, unsigned int n, unsigned int seed, bool ssid_any);
void made_done(struct made *made);

/* The file whose path ends so; fails the test when there is none. */
const struct kb_provision_file *made_file(const struct kb_provision *provision, const char *ending);

#endif
