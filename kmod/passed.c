// SPDX-License-Identifier: GPL-2.0-only
/* What the first look let pass a moment ago. */
#include "passed.h"

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/percpu.h>

#include "query.h"

/* By processor, in sets: two streams whose places coincide must not push each other out. */
#define KB_PASSED	16		/* modules share 8 KiB of such memory */
#define KB_PASSED_SET	2

/* A packet that passed. Pointers are compared, never followed. */
struct kb_passed {
	const struct sock *sk;		/* NULL = none */
	const struct net_device *dev;
	const struct kb_context *context;
	u64 generation;
	u64 far[2], near[2];		/* union kb_ip, in words */
	u32 ports;			/* far << 16 | near */
	u32 second;
	struct kb_path_link link;
	u8 version;
};

static DEFINE_PER_CPU(struct kb_passed[KB_PASSED], passed_last);

/* False for what is never noted: only streams of whole UDP datagrams are worth it. */
static __always_inline bool describe(const struct kb_query *query, struct kb_passed *ret)
{
	const struct kb_packet *packet = &query->packet;

	if (packet->proto != IPPROTO_UDP || packet->defect || !query->sk ||
	    (packet->flags & ~KB_PACKET_HOP255) != KB_PACKET_PORTS)
		return false;
	*ret = (struct kb_passed){
		.sk = query->sk,
		.dev = query->dev,
		.context = query->query.context,
		.generation = query->generation,
		.ports = (u32)packet->dport << 16 | packet->sport,
		.second = (u32)(get_jiffies_64() / HZ),
		.link = query->link,
		.version = packet->version,
	};
	memcpy(ret->far, &packet->dst, sizeof(ret->far));
	memcpy(ret->near, &packet->src, sizeof(ret->near));
	return true;
}

static __always_inline bool same_link(const struct kb_path_link *a, const struct kb_path_link *b)
{
	return a->rule == b->rule && a->profile == b->profile && a->allowed == b->allowed &&
	       a->wireless == b->wireless && a->loopback == b->loopback;
}

static __always_inline bool same(const struct kb_passed *a, const struct kb_passed *b)
{
	return a->far[0] == b->far[0] && a->far[1] == b->far[1] && a->near[0] == b->near[0] &&
	       a->near[1] == b->near[1] && a->ports == b->ports && a->second == b->second &&
	       a->version == b->version && a->sk == b->sk && a->dev == b->dev &&
	       a->context == b->context && a->generation == b->generation &&
	       same_link(&a->link, &b->link);
}

/* Softirqs off. */
static __always_inline struct kb_passed *set_of(const struct kb_passed *wanted)
{
	const u32 hash = hash_64(wanted->far[0] ^ wanted->far[1] ^ wanted->ports,
				 ilog2(KB_PASSED / KB_PASSED_SET));

	return this_cpu_ptr(passed_last) + hash * KB_PASSED_SET;
}

bool kb_passed_already(const struct kb_query *query)
{
	const struct kb_passed *set;
	struct kb_passed wanted;
	bool ret;

	if (!describe(query, &wanted))
		return false;
	/* a softirq between two members would mix two packets */
	local_bh_disable();
	set = set_of(&wanted);
	ret = same(&set[0], &wanted) || same(&set[1], &wanted);
	local_bh_enable();
	return ret;
}

void kb_passed_note(const struct kb_query *query)
{
	struct kb_passed *set, wanted;

	if (!describe(query, &wanted))
		return;
	local_bh_disable();
	set = set_of(&wanted);
	set[1] = set[0];
	set[0] = wanted;
	local_bh_enable();
}
