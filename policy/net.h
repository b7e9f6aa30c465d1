/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections of links and paths as they are written: names, not yet numbers. */
#ifndef KIDOBAN_POLICY_NET_H
#define KIDOBAN_POLICY_NET_H

#include <kidoban/agent.h>
#include <kidoban/policy.h>

struct kb_node;

/* A word that means something elsewhere in the text, and where it stands. */
struct kb_ref {
	const char *text;
	uint32_t line, column;
};

/* A prefix, and where it stands. */
struct kb_prefix_ref {
	struct kb_prefix prefix;	/* bits behind the length are zero */
	uint32_t line, column;
};

struct kb_network_text {
	struct kb_ref name;
	uint32_t n;
	const struct kb_prefix_ref *prefixes;
};

struct kb_link_text {
	struct kb_link_rule rule;	/* .random_mac is not yet set */
	const struct kb_node *node;	/* the mapping it was read from */
	int random_mac;			/* enum kb_action */
};

/* An SSID: octets, which need not be text. */
struct kb_ssid {
	u8 bytes[KB_SSID_MAX], len;	/* 0 = none */
};

/* A digest or a key. */
struct kb_bytes32 {
	u8 bytes[32];
	bool there;
};

struct kb_profile_text {
	struct kb_ref profile;
	const struct kb_node *node;	/* the mapping it was read from */
	struct kb_ssid ssid;
	uint32_t n_bssids, n_servers;
	const struct kb_link_mac *bssids;
	const char *const *servers;
	uint32_t akms, pairwise, group, group_mgmt, bands;	/* 0 = not said */
	int pmf, eap;			/* enum kb_pmf, enum kb_eap */
	const char *ca, *identity, *cert, *key;	/* NULL = not said */
	struct kb_bytes32 ca_sha256;
	uint32_t priority;
};

/* One piece of evidence; which members are filled depends on .kind. */
struct kb_evidence_text {
	int kind;			/* enum kb_evidence_kind */
	const struct kb_node *node;	/* the mapping it was read from */
	struct kb_ref profile;		/* .text NULL: any */
	const char *name, *host;
	struct kb_bytes32 public_key;
	uint32_t udp_port, rtt;		/* rtt: milliseconds */
	uint32_t n_macs;
	const struct kb_link_mac *macs;	/* of access points, or of the gateway */
	uint32_t count, signal;		/* count: 0 = not said; signal: -dBm */
	const char *chassis;
	uint8_t n_ports;
	const char *const *ports;
	struct kb_usb_id usb;
	const char *usb_serial, *usb_port;
	s32 latitude, longitude;	/* 1e-7 degrees */
	uint32_t radius;
};

struct kb_zone_text {
	struct kb_ref zone;
	const struct kb_node *node;	/* the mapping it was read from */
	const char *label;
	uint32_t need, grace;
	bool lock, cut;
	uint32_t n_evidence;
	const struct kb_evidence_text *evidence;
};

/* Any rule below paths; which keys there may be depends on .kind. */
struct kb_path_text {
	enum kb_path_kind kind;
	uint32_t line;
	const struct kb_node *node;
	const char *name, *tell;	/* tell: NULL = none */
	uint8_t n_to, n_services, n_links, n_zones, n_hours, n_next_hops, n_users, n_groups,
		n_cgroups;
	const struct kb_ref *to, *services, *links, *zones, *hours;
	const u8 (*next_hops)[6];
	const struct kb_id_range *users, *groups;
	const char *const *cgroups;
};

struct kb_path_list {
	uint32_t n;
	const struct kb_path_text *list;
};

#define KB_SCREEN_KEYS	7	/* bits of KB_SCREEN_ALL */

struct kb_net_text {
	uint32_t n_networks, n_links, n_profiles, n_zones;
	const struct kb_network_text *networks;
	const struct kb_link_text *links;
	const struct kb_profile_text *profiles;
	const struct kb_zone_text *zones;
	uint8_t n_protected, n_dns, n_ntp, n_collector;
	const struct kb_ref *protected, *dns, *ntp, *collector;
	uint32_t collector_port;
	struct kb_path_list paths, peers, inbound, tunnels;
	uint32_t discovery;		/* mask by index in kb_discoveries */
	int screen[KB_SCREEN_KEYS];	/* enum kb_action, by bit number of KB_SCREEN_* */
	struct kb_ssid canary;
	/* By index in policy.paths.rules what a rule was made of; NULL: essential, discovery. */
	const struct kb_path_text *const *path_of;
};

struct kb_diags;
struct kb_model;

/* Before reading: what holds when keys are absent and is not zero. */
void kb_net_defaults(struct kb_model *model);
/*
 * After reading: makes model->policy.link and .paths of model->net, ready for
 * kb_path_decide(). Arrays are the arena's, the rest kb_path_release()'s. 0, or -EBADMSG (told in @diags), -ENOMEM.
 */
int kb_net_resolve(struct kb_model *model, struct kb_diags *diags);

/* Has the policy parts for the agent: modes, wireless, pinned profiles, places with evidence? */
bool kb_agent_has_parts(const struct kb_agent_policy *agent);
bool kb_wireless_is_default(const struct kb_wireless *wireless);

/* Has the policy anything to say about links, or about paths (networks, zones and profiles too)? */
bool kb_net_has_link(const struct kb_link_policy *link);
bool kb_net_has_paths(const struct kb_path_policy *paths);

/* Ways in which machines look for each other. */
struct kb_discovery {
	const char *name;		/* NULL ends the table */
	struct kb_service service;
	const char *groups[3];		/* multicast addresses; none: any multicast or broadcast */
};
extern const struct kb_discovery kb_discoveries[];

#endif
