/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies of link and path gate, packets and verdicts as texts, for tables of test cases. */
#ifndef TESTS_UNIT_GATE_TEXT_H
#define TESTS_UNIT_GATE_TEXT_H

#include <kidoban/policy.h>

#define GATE_TEXT_MAX	1024	/* longest text of a policy's line, a packet or a verdict */

/*
 * A policy of lines, each of words; a list is one word with commas:
 *
 *	link ACTION [bypass=ACTION]			default of the link gate, mode enforce
 *	link-rule ACTION [name=] [kind=] [bus=] [path=] [driver=] [ifname=] [mac=ADDR/MASK] [random]
 *	network NAME [protected] PREFIX...
 *	profile NAME SSID
 *	zone NAME
 *	hours NAME DAYS:BEGIN-END,...			days as a sum of bits, minutes
 *	paths [other=] [peers=] [inbound=] [discovery=] [dhcp=]	actions, refuse unless given; mode enforce
 *	KIND NAME [to=] [service=PROTO[/PORT[-PORT]]] [link=NAME|PROFILE] [zone=] [hours=]
 *		[next-hop=MAC] [user=N-N] [group=N-N] [cgroup=]
 *
 * KIND is path, essential, collector, peer, inbound, discovery, tunnel. What a
 * rule refers to stands above it. Written as a blob and parsed; the caller
 * frees it. A text that cannot be read fails the running test.
 */
struct kb_policy *gate_text_policy(const char *text);
/* The like without parsing: the bytes, to be freed with blob_make_free(). */
struct blob_make;
void gate_text_blob(const char *text, struct blob_make *ret);

/* A question and all that it points to. */
struct gate_text_query {
	struct kb_path_query query;
	struct kb_packet packet;
	struct kb_context context;
	struct kb_path_link link;
	enum kb_fact owner, next_hop, on_link, reply, broadcast, kernel, asked_group;
	union kb_ip group;
	u32 uid, gid;
	u8 mac[6];
	bool cgroup_later;
	char cgroup[64];		/* of the socket, "" = unknown */
	u32 asked;			/* bit per question of struct kb_path_ask, in its order */
};

/*
 * "out|in|forward SRC[:PORT] > DST[:PORT] PROTO[/TYPE] [words]": flags syn,
 * rst, frag, hop255, encap, noports, defect; context lease, isolated, zone=NAME, hours=NAME,...;
 * link loopback, wireless, closed, link=NAME, profile=NAME; facts owner=UID:GID, cgroup=PATH,
 * next-hop=MAC, on-link, reply, broadcast, kernel, asked=GROUP. Facts are no unless given; FACT=later.
 * IPv6 addresses with a port stand in brackets. Names are @policy's.
 */
void gate_text_query(const struct kb_policy *policy, const char *text, struct gate_text_query *ret);

/* "+" or "-", the reason, the name of the rule if there is one: "- lease screen". */
void gate_text_verdict(const struct kb_policy *policy, const struct kb_path_verdict *verdict,
		       char *ret, size_t size);

#endif
