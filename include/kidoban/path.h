/* SPDX-License-Identifier: GPL-2.0-only */
/* The path gate's question (a packet and its surroundings) and its answer. */
#ifndef KIDOBAN_PATH_H
#define KIDOBAN_PATH_H

#include <kidoban/packet.h>
#include <kidoban/prefix.h>
#include <kidoban/types.h>
#include <uapi/kidoban/blob.h>
#include <uapi/kidoban/limits.h>
#include <uapi/kidoban/netlink.h>

struct kb_policy;

#define KB_INDEX_NONE		0xffffu	/* no link rule, profile, zone */
#define KB_BITS256		4	/* u64 words of a set of 256 */

struct kb_service {
	u8 proto;			/* 0 = every one */
	u16 first, last;
};

struct kb_id_range {
	u32 first, last;
};

/* Bits of kb_path_rule.conditions: what must be asked at all. */
#define KB_PATH_IF_SERVICE	1u
#define KB_PATH_IF_LINK		2u	/* links or profiles */
#define KB_PATH_IF_ZONE		4u
#define KB_PATH_IF_HOURS	8u
#define KB_PATH_IF_NEXT_HOP	16u
#define KB_PATH_IF_USER		32u	/* users or groups */
#define KB_PATH_IF_CGROUP	64u

struct kb_path_rule {
	enum kb_path_kind kind;
	u32 line;
	u32 conditions;			/* KB_PATH_IF_* */
	bool anywhere;			/* no "to"; filled by kb_path_prepare() */
	bool to_protected;		/* a protected class has it as candidate; the like */
	u8 n_to, n_services, n_next_hops, n_users, n_groups, n_cgroups;
	const u16 *to;			/* networks */
	const struct kb_service *services;
	const u8 (*next_hops)[6];
	const struct kb_id_range *users, *groups;
	const char *const *cgroups;
	u64 links[KB_BITS256], profiles[KB_BITS256], zones[KB_BITS256];
	u64 schedules;
	const char *name;
	const char *tell;		/* may be NULL */
};

struct kb_network {
	const char *name;
	bool is_protected;
};

struct kb_profile {
	const char *name;
	const u8 *ssid;
	u8 ssid_len;
};

struct kb_zone {
	const char *name, *label;	/* label may be NULL */
};

struct kb_span {
	u8 days;
	u16 begin, end;
};

struct kb_schedule {
	const char *name;
	u32 n_spans;
	const struct kb_span *spans;
};

/* What is the same for all addresses of one class (kb_prefix_table). */
struct kb_path_class {
	bool is_protected;
	u8 kinds;			/* bit per enum kb_path_kind that the candidates have */
	u16 n, n_open;			/* candidates; the first of them that open the way out (PATH, ... COLLECTOR) */
	u32 first;			/* slice of kb_path_policy.candidates */
};

/* Part of kb_policy; arrays are the policy's. */
struct kb_path_policy {
	enum kb_gate_mode mode;
	enum kb_action other, peers, inbound, discovery, dhcp;
	u32 screen;			/* KB_SCREEN_* */
	const char *tell;		/* may be NULL */
	u32 n_rules, n_networks, n_prefixes, n_profiles, n_zones, n_schedules, n_classes;
	struct kb_path_rule *rules;
	struct kb_network *networks;
	struct kb_profile *profiles;
	struct kb_zone *zones;
	struct kb_schedule *schedules;
	bool needs_next_hop;		/* a rule asks for the next hop's MAC */
	/* [n_prefixes], by network and address: of policies made from text, before compiling; else NULL */
	const struct kb_prefix *written;
	/* Built by kb_path_prepare(), freed by kb_path_release(): */
	struct kb_prefix_table *prefixes;
	struct kb_path_class *classes;	/* [n_classes] */
	u16 *candidates;		/* rules that may open a class, in policy's order but for n_open */
	size_t memory;			/* bytes of the three */
};

/* Prefix table, classes and candidates; @prefixes is sorted in place. 0, -ENOMEM, -E2BIG. */
int kb_path_prepare(struct kb_path_policy *paths, struct kb_prefix *prefixes, u32 n_prefixes);
void kb_path_release(struct kb_path_policy *paths);

/* What the agent says of the terminal (lease); constant while in use. */
struct kb_context {
	bool leased;
	bool isolated;
	u16 zone;			/* KB_INDEX_NONE = unknown */
	u64 schedules;			/* open ones */
};

/* The link a packet crosses. */
struct kb_path_link {
	bool loopback;
	bool allowed;			/* the link gate's verdict (or mode not enforce) */
	bool wireless;
	u16 rule;			/* link rule that allowed it, KB_INDEX_NONE */
	u16 profile;			/* proven for this association, KB_INDEX_NONE */
};

enum kb_fact {
	KB_FACT_NO,
	KB_FACT_YES,
	KB_FACT_LATER			/* not known here, asked again at a later hook: counts as yes */
};

struct kb_path_query;

/* Asked only when a rule depends on it. A NULL function is KB_FACT_NO. */
struct kb_path_ask {
	/* owner of the socket; KB_FACT_NO without a full socket */
	enum kb_fact (*owner)(const struct kb_path_query *query, u32 *ret_uid, u32 *ret_gid);
	/* does the socket's control group lie in @path (without leading slash)? Root and unknown: no */
	enum kb_fact (*cgroup)(const struct kb_path_query *query, const char *path);
	enum kb_fact (*next_hop)(const struct kb_path_query *query, u8 ret_mac[6]);
	/* is the other end on the link's own segment, by address or by route? */
	enum kb_fact (*on_link)(const struct kb_path_query *query);
	/* inbound: does it answer a socket that we opened towards there? */
	enum kb_fact (*reply)(const struct kb_path_query *query);
	/* is the destination the broadcast address of a connected prefix? */
	enum kb_fact (*broadcast)(const struct kb_path_query *query);
	/* did the kernel make it by itself, from no socket of anybody's? */
	enum kb_fact (*kernel)(const struct kb_path_query *query);
	/* inbound: was a group asked, from the port and on the link that this comes to? Which one? */
	enum kb_fact (*asked_group)(const struct kb_path_query *query, union kb_ip *ret_group);
};

/* One question. Everything is borrowed for the call. */
struct kb_path_query {
	const struct kb_packet *packet;
	const struct kb_context *context;	/* NULL = no lease, not isolated */
	const struct kb_path_link *link;	/* never NULL */
	const struct kb_path_ask *ask;
	enum kb_direction direction;
};

struct kb_path_verdict {
	enum kb_action action;
	enum kb_reason reason;		/* RULE, or why without one; for refusals what was missing */
	u32 rule;			/* index with RULE; for refusals the rule that came nearest, else KB_INDEX_NONE */
};

/*
 * Judges one packet. @policy NULL or mode off allows. Does not look at the
 * mode otherwise. Never fails: what cannot be judged is refused. In this order:
 *
 *  1. loopback: allow
 *  2. FORWARD: refuse
 *  3. defects: refuse
 *  4. link refused; wireless without lease, or without a proven profile where the policy has profiles: LINK_CLOSED
 *  5. isolated: only COLLECTOR rules, neighbour discovery, DHCP (out by broadcast)
 *  6. neighbour (ICMPv6 133..137 with hop limit 255; MLD 130..132, 143 and IGMP outbound to groups,
 *     MLD queries inbound), ICMP errors both ways (v4 3, 11, 12; v6 1..4), inbound echo replies that
 *     answer (reply): NEIGHBOUR; DHCP (udp 68->67 and 546->547 out, back in): DHCP when allowed, else
 *     goes on. Out to what is not link-local goes only neighbour discovery of the kernel's own (kernel),
 *     for it carries what root likes, and root's addresses and routes say what is on the own
 *     segment. Protected far ends: errors and echo replies in need the lease, out goes nothing else
 *  7. tunnels (kb_packet_is_tunnel): only TUNNEL rules that match; never to or from a protected class
 *  8. protected class (of the far end: dst out, src in): PATH rules need the lease;
 *     inbound: reversed ports, not SYN, and reply; fragments: FRAGMENT
 *  9. multicast, broadcast: DISCOVERY rules or paths.discovery
 * 10. inbound: INBOUND rules (dport; not from protected), then reply: goes on at 11 with reversed ports;
 *     no reply: UDP from the own segment that answers a question to a group (asked_group) by what let
 *     the question out, DISCOVERY rules or paths.discovery; else paths.inbound, but peers only where peers = allow
 * 11. on the own segment: PEER, PATH, ESSENTIAL, COLLECTOR, TUNNEL rules, else paths.peers
 * 12. PATH, ESSENTIAL, COLLECTOR rules; else paths.other
 *     (11 and 12, outbound: what answers what an INBOUND rule lets in goes out again by that rule)
 *
 * 6to4 and NAT64 addresses have the class of the IPv4 address inside when that is protected.
 * Refusals name the rule that came nearest and what it lacked. Fragments match
 * no service, except that a rule without services takes them outside protected networks.
 */
void kb_path_decide(const struct kb_policy *policy, const struct kb_path_query *query,
		    struct kb_path_verdict *ret);

/*
 * Frames that are not IP, by ethertype (host byte order): ARP and EAPOL (0x888e),
 * PREAUTH (0x88c7), LLDP (0x88cc, P1's evidence, inbound matter) pass; on a closed wireless link only EAPOL does.
 */
void kb_path_decide_frame(const struct kb_policy *policy, u16 ethertype,
			  const struct kb_path_query *query, struct kb_path_verdict *ret);

/*
 * Is rule @index open now, as far as lease, zone, hours and the @n_links
 * links say? ALLOW with KB_REASON_RULE, or REFUSE with what is missing.
 */
void kb_path_state(const struct kb_policy *policy, u32 index, const struct kb_context *context,
		   const struct kb_path_link *links, u32 n_links, struct kb_path_verdict *ret);

/* Is @schedule open at @now (seconds since 1970, UTC)? Japan Standard Time. */
bool kb_schedule_open(const struct kb_schedule *schedule, u64 now);
/* The first second after @now at which that changes; 0 = never (always open). */
u64 kb_schedule_next(const struct kb_schedule *schedule, u64 now);
/* Mask of the schedules of @paths that are open at @now. */
u64 kb_schedule_mask(const struct kb_path_policy *paths, u64 now);

#endif
