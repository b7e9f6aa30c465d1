// SPDX-License-Identifier: GPL-2.0-only
/* Refused traffic as events: the first of its kind at once, its like counted. */
#include "refusal.h"

#include <kidoban/policy.h>
#include <linux/cgroup.h>
#include <linux/jhash.h>
#include <linux/netdevice.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "event.h"
#include "policy.h"
#include "query.h"

#define KB_REFUSALS		256	/* kinds remembered */
#define KB_REFUSAL_PROBES	8
#define KB_REFUSAL_AGAIN	(10 * HZ)	/* between two events about one kind */
#define KB_REFUSAL_FORGET	(30 * HZ)	/* idle */

/* What makes two refusals alike. Zeroed before it is filled: hashed and compared whole. */
struct kb_refusal_key {
	u64 generation;			/* of the policy that refused, whose rule it is */
	u8 reason, direction, version, proto, audit, pad;
	u16 port;			/* the service's: destination out, ours in */
	u32 rule;
	u32 uid;			/* -1 = unknown */
	int ifindex;
	union kb_ip far;
};

struct kb_refusal {
	bool used;
	u32 count;			/* since the last event */
	unsigned long reported;		/* jiffies; with told */
	unsigned long seen;		/* jiffies */
	bool told;
	struct kb_refusal_key key;
	union kb_ip near;
	u16 far_port, near_port;
	u32 pid;			/* 0 = unknown */
	char comm[TASK_COMM_LEN];
	char link[IFNAMSIZ];
	char cgroup[96];		/* the end of it when it is longer */
};

static struct {
	spinlock_t lock;		/* _bh; guards the table */
	struct delayed_work report;
	u32 seed;
	u32 overflow;			/* refusals that found no place, since the last event */
	struct kb_refusal table[KB_REFUSALS];
} refusals = {
	.lock = __SPIN_LOCK_UNLOCKED(refusals.lock),
};

static void fill_key(struct kb_refusal_key *key, const struct kb_active *active,
		     const struct kb_query *query, const struct kb_path_verdict *verdict, bool audit)
{
	const struct kb_packet *packet = &query->packet;
	bool in = query->query.direction == KB_DIRECTION_IN;

	memset(key, 0, sizeof(*key));
	key->generation = active ? active->generation : 0;
	key->reason = verdict->reason;
	key->direction = query->query.direction;
	key->version = packet->version;
	key->proto = packet->proto;
	key->audit = audit;
	/* A scan of many ports is one kind for each port only as long as there is room. */
	key->port = packet->flags & KB_PACKET_PORTS ? packet->dport : 0;
	key->rule = verdict->rule;
	key->uid = query->sk ? from_kuid_munged(&init_user_ns, kb_compat_sk_uid(query->sk)) : -1;
	key->ifindex = query->dev ? query->dev->ifindex : 0;
	key->far = in ? packet->src : packet->dst;
}

/* Who sends: only in the context of the process that does, never in an interrupt. */
static void fill_sender(struct kb_refusal *refusal, const struct kb_query *query)
{
	refusal->pid = 0;
	refusal->comm[0] = '\0';
	if (query->query.direction == KB_DIRECTION_OUT && in_task() && current->mm) {
		refusal->pid = task_tgid_nr(current);
		/* not get_task_comm(): its lock may be held where a softirq waits for ours */
		strscpy(refusal->comm, current->comm, sizeof(refusal->comm));
	}
	refusal->cgroup[0] = '\0';
#ifdef CONFIG_SOCK_CGROUP_DATA
	if (query->sk)
		cgroup_path(sock_cgroup_ptr(&query->sk->sk_cgrp_data), refusal->cgroup,
			    sizeof(refusal->cgroup));
#endif
}

static void fill(struct kb_refusal *refusal, const struct kb_query *query,
		 const struct kb_refusal_key *key)
{
	const struct kb_packet *packet = &query->packet;
	bool in = query->query.direction == KB_DIRECTION_IN;

	refusal->used = true;
	refusal->told = false;
	refusal->count = 0;
	memcpy(&refusal->key, key, sizeof(*key));	/* padding is compared, too */
	refusal->near = in ? packet->dst : packet->src;
	refusal->far_port = in ? packet->sport : packet->dport;
	refusal->near_port = in ? packet->dport : packet->sport;
	strscpy(refusal->link, query->dev ? query->dev->name : "", sizeof(refusal->link));
	fill_sender(refusal, query);
}

/* The place of @key: the one it has, else a free one, else NULL. Lock held. */
static struct kb_refusal *find(const struct kb_refusal_key *key, bool *ret_new)
{
	u32 hash = jhash(key, sizeof(*key), refusals.seed);
	struct kb_refusal *free = NULL;
	unsigned int i;

	for (i = 0; i < KB_REFUSAL_PROBES; i++) {
		struct kb_refusal *refusal = &refusals.table[(hash + i) % KB_REFUSALS];

		if (refusal->used && !memcmp(&refusal->key, key, sizeof(*key))) {
			*ret_new = false;
			return refusal;
		}
		if (!refusal->used && !free)
			free = refusal;
	}
	*ret_new = true;
	return free;
}

void kb_refusal_note(const struct kb_active *active, const struct kb_query *query,
		     const struct kb_path_verdict *verdict, bool audit)
{
	struct kb_refusal_key key;
	struct kb_refusal *refusal;
	bool new;

	fill_key(&key, active, query, verdict, audit);
	spin_lock_bh(&refusals.lock);
	refusal = find(&key, &new);
	if (!refusal) {
		refusals.overflow++;
	} else {
		if (new)
			fill(refusal, query, &key);
		refusal->count++;
		refusal->seen = jiffies;
	}
	spin_unlock_bh(&refusals.lock);
	if (refusal && new)
		mod_delayed_work(system_wq, &refusals.report, 0);
}

static int put_ip(struct sk_buff *skb, int type, const union kb_ip *ip, u8 version)
{
	if (version == 4)
		return nla_put_be32(skb, type, htonl(ip->v4));
	return nla_put(skb, type, sizeof(ip->v6), ip->v6);
}

/* The rule that came nearest; gone when another policy came meanwhile. */
static int put_rule(struct sk_buff *skb, const struct kb_refusal *refusal,
		    const struct kb_active *active)
{
	const struct kb_path_policy *paths = active ? &active->policy->paths : NULL;
	const struct kb_path_rule *rule = NULL;
	const char *tell;

	if (!paths || active->generation != refusal->key.generation)
		return 0;
	if (refusal->key.rule < paths->n_rules)
		rule = &paths->rules[refusal->key.rule];
	tell = rule && rule->tell ? rule->tell : paths->tell;
	if (rule && (nla_put_u32(skb, KB_A_RULE, refusal->key.rule) ||
		     nla_put_u32(skb, KB_A_LINE, rule->line) ||
		     nla_put_string(skb, KB_A_NAME, rule->name)))
		return -EMSGSIZE;
	return tell ? nla_put_string(skb, KB_A_TELL, tell) : 0;
}

static int put_packet(struct sk_buff *skb, const struct kb_refusal *refusal)
{
	const struct kb_refusal_key *key = &refusal->key;
	bool in = key->direction == KB_DIRECTION_IN;

	if (nla_put_u8(skb, KB_A_MODE_PATH, key->audit ? KB_GATE_AUDIT : KB_GATE_ENFORCE) ||
	    nla_put_u8(skb, KB_A_REASON, key->reason) ||
	    nla_put_u8(skb, KB_A_DIRECTION, key->direction) ||
	    nla_put_u32(skb, KB_A_COUNT, refusal->count) ||
	    nla_put_string(skb, KB_A_LINK, refusal->link) ||
	    nla_put_u32(skb, KB_A_IFINDEX, key->ifindex))
		return -EMSGSIZE;
	if (!key->version)
		return 0;
	return nla_put_u8(skb, KB_A_FAMILY, key->version) ||
	       put_ip(skb, KB_A_SRC, in ? &key->far : &refusal->near, key->version) ||
	       put_ip(skb, KB_A_DST, in ? &refusal->near : &key->far, key->version) ||
	       nla_put_u8(skb, KB_A_PROTO, key->proto) ||
	       nla_put_u16(skb, KB_A_SPORT, in ? refusal->far_port : refusal->near_port) ||
	       nla_put_u16(skb, KB_A_DPORT, in ? refusal->near_port : refusal->far_port);
}

static int put_sender(struct sk_buff *skb, const struct kb_refusal *refusal)
{
	return (refusal->key.uid != (u32)-1 && nla_put_u32(skb, KB_A_UID, refusal->key.uid)) ||
	       (refusal->pid && (nla_put_u32(skb, KB_A_PID, refusal->pid) ||
				 nla_put_string(skb, KB_A_COMM, refusal->comm))) ||
	       (refusal->cgroup[0] && nla_put_string(skb, KB_A_CGROUP, refusal->cgroup));
}

static void tell(const struct kb_refusal *refusal)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_PACKET);
	struct kb_active *active;

	if (!skb)
		return;
	active = kb_policy_get();
	kb_event_end(skb, put_packet(skb, refusal) || put_sender(skb, refusal) ||
			  put_rule(skb, refusal, active));
	kb_policy_put(active);
}

/* Refusals of kinds that found no place: how many, no more. */
static void tell_overflow(u32 count)
{
	struct sk_buff *skb = kb_event_begin(KB_EVENT_PACKET);

	if (skb)
		kb_event_end(skb, nla_put_u32(skb, KB_A_COUNT, count));
}

/* Takes a copy of what is due in @refusal; true when there is something to tell. Lock held. */
static bool due(struct kb_refusal *refusal, struct kb_refusal *ret_copy)
{
	if (!refusal->used)
		return false;
	if (!refusal->count) {
		refusal->used = time_before(jiffies, refusal->seen + KB_REFUSAL_FORGET);
		return false;
	}
	if (refusal->told && time_before(jiffies, refusal->reported + KB_REFUSAL_AGAIN))
		return false;
	*ret_copy = *refusal;
	refusal->count = 0;
	refusal->told = true;
	refusal->reported = jiffies;
	return true;
}

static void report(struct work_struct *work)
{
	struct kb_refusal copy;
	bool again = false;
	unsigned int i;
	u32 overflow;

	for (i = 0; i < KB_REFUSALS; i++) {
		bool now;

		spin_lock_bh(&refusals.lock);
		now = due(&refusals.table[i], &copy);
		again |= refusals.table[i].used;
		spin_unlock_bh(&refusals.lock);
		if (now)
			tell(&copy);
	}
	spin_lock_bh(&refusals.lock);
	overflow = refusals.overflow;
	refusals.overflow = 0;
	spin_unlock_bh(&refusals.lock);
	if (overflow)
		tell_overflow(overflow);
	if (again)
		queue_delayed_work(system_wq, &refusals.report, KB_REFUSAL_AGAIN);
}

void kb_refusal_init(void)
{
	refusals.seed = get_random_u32();
	INIT_DELAYED_WORK(&refusals.report, report);
}

/* The hooks are gone. */
void kb_refusal_exit(void)
{
	cancel_delayed_work_sync(&refusals.report);
}
