/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "What if": a packet or a link as somebody types it, judged by the kernel's own decision code. */
#ifndef KIDOBAN_POLICY_WHAT_IF_H
#define KIDOBAN_POLICY_WHAT_IF_H

#include <kidoban/policy.h>

#include "policy/fault.h"

/*
 * A packet and its surroundings as text; NULL and false = not said. What is
 * not said is as on a healthy terminal that works as it should, but never
 * more than that: no name, no owner, no zone that would open a path.
 * Strings are borrowed for the call.
 */
struct kb_packet_question {
	const char *src, *dst;		/* addresses; needed */
	const char *proto;		/* needed: "tcp", "udp", "icmp", "icmpv6", "esp", "gre" ... or a number */
	/*
	 * "3389": the port that a connection is made to, theirs or (inbound) ours;
	 * "8" or "8/0": ICMP type and code. NULL = none, for protocols without.
	 */
	const char *port;
	const char *sport;		/* port of who began; NULL = 49152 */
	const char *link;		/* name of a link rule; "lo"; NULL = an allowed wired link without a name */
	const char *profile;		/* Wi-Fi profile that the link was proven to use; makes it wireless */
	bool wireless;			/* without profile: nothing was proven */
	const char *zone;		/* NULL = unknown */
	const char *user, *group;	/* numbers; both NULL = packet without a socket's owner */
	const char *cgroup;		/* "kidoban-screen.slice/session-1.scope"; NULL = the root group */
	/* date and time (kb_scalar_date()) or "now"; NULL = every schedule is open */
	const char *at;
	const char *next_hop;		/* "02:00:5e:00:01:0a"; NULL = unknown */
	/*
	 * The link's own prefix, "10.10.0.0/24": what lies in it is a peer, its
	 * last address the broadcast. NULL = /24 or /64 around our address.
	 */
	const char *segment;
	const char *asked;		/* inbound: answers what was asked of this group; NULL = of none */
	bool inbound;			/* comes in; src is theirs, dst ours */
	bool forward;			/* passes through from one interface to another */
	bool reply;			/* answers a connection: inbound one that we opened, else one that was let in */
	bool fragment;
	bool no_lease;			/* the agent has not reported lately */
	bool isolated;
};

struct kb_packet_answer {
	struct kb_path_verdict verdict;
	const struct kb_path_rule *rule;	/* that decided, or (refused) came nearest; NULL = none */
};

/*
 * Asks kb_path_decide(). @policy comes from kb_policy_parse() or kb_text_parse().
 * 0, or -EINVAL with @ret_fault saying in the user's language
 * which value cannot be read or which name the policy does not know (and the nearest one it does).
 */
int kb_what_if_packet(const struct kb_policy *policy, const struct kb_packet_question *question,
		      struct kb_packet_answer *ret, struct kb_fault *ret_fault);

/*
 * Why, in words: "path '画面転送' (staff.yaml:41)", "path '画面転送' leads there,
 * but for another program (cgroup kidoban-screen.slice)" ... in the user's
 * language. @file names the text that lines are of; NULL = unknown.
 */
void kb_what_if_packet_reason(const struct kb_packet_answer *answer, const char *file, char *ret,
			      size_t size);

/* A network interface as text; NULL = not said. */
struct kb_link_question {
	const char *ifname;		/* NULL = "eth0" */
	const char *kind, *bus;		/* "ethernet", "pci"; NULL = just these; a virtual kind is on bus virtual */
	const char *path, *driver;	/* NULL = none */
	const char *mac;		/* permanent address; NULL = it has none */
	const char *address;		/* address in use; NULL = the permanent one */
};

struct kb_link_answer {
	struct kb_link_verdict verdict;
	const struct kb_link_rule *rule;	/* that decided, or would allow but for the address; NULL = none */
};

/* Asks kb_link_decide(). Answers like kb_what_if_packet(). */
int kb_what_if_link(const struct kb_policy *policy, const struct kb_link_question *question,
		    struct kb_link_answer *ret, struct kb_fault *ret_fault);
void kb_what_if_link_reason(const struct kb_link_answer *answer, const char *file, char *ret,
			    size_t size);

#endif
