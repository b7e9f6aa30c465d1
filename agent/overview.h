/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links, paths and the policy's names in short: what status and doctor say of the network. */
#ifndef AGENT_OVERVIEW_H
#define AGENT_OVERVIEW_H

#include "agent/netlink.h"

/* What was found of radios and supplicants; zero while nobody looked. */
struct kb_wireless_overview {
	bool looked;
	bool radio;			/* the kernel has nl80211 */
	unsigned int stations;		/* interfaces that can join */
	unsigned int foreign;		/* devices of other kinds */
	bool supplicant;		/* one is there */
	char steerer[33];		/* somebody whom group netdev lets steer it; "" = nobody */
	int differing;			/* files of its configuration that are not the policy's; < 0: cannot say */
};

struct kb_overview {
	unsigned int links, links_open, links_refused;
	unsigned int unproven;		/* wireless ones that are allowed and closed for want of proof */
	u32 bypass;			/* KB_BYPASS_* of all links together */
	char bypass_link[KB_IFNAME_MAX + 1];	/* the first that carries any */
	unsigned int paths, paths_open;
	unsigned int profiles;		/* Wi-Fi profiles of the policy in force */
	unsigned int pinned;		/* those that say more than a name */
	bool unreadable;		/* what the policy says to the agent is newer than this version */
	u8 wifi_mode, place_mode;	/* enum kb_gate_mode */
	unsigned int places;		/* zones with evidence */
	bool provision;
	struct kb_wireless_overview wireless;
	char zone[KB_NAME_MAX + 1];	/* name of the present zone, "" = unknown */
};

/*
 * Asks the module for all of it. What it does not answer stays zero: a module
 * of level 1, or no policy in force. @status is what kb_wire_status() said.
 */
void kb_overview_read(struct kb_wire *wire, const struct kb_status *status,
		      struct kb_overview *ret);

#endif
