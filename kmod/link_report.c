// SPDX-License-Identifier: GPL-2.0-only
/* What is told of links: events and their attributes. */
#include "link_report.h"

#include <linux/if_ether.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "event.h"
#include "policy.h"

/* The rule that the verdict names, NULL when it names none. */
static const struct kb_link_rule *rule_of(const struct kb_link *link)
{
	const struct kb_link_verdict *verdict = &link->verdict;

	if (!link->active || (verdict->reason != KB_REASON_RULE &&
			      verdict->reason != KB_REASON_ADDRESS))
		return NULL;
	return &link->active->policy->link.rules[verdict->rule];
}

u32 kb_link_line(const struct kb_link *link)
{
	const struct kb_link_rule *rule = rule_of(link);

	return rule ? rule->line : 0;
}

/* Rule, line, name and the sentence for staff. */
static int put_rule(struct sk_buff *skb, const struct kb_link *link)
{
	const struct kb_link_rule *rule = rule_of(link);
	const char *tell = NULL;

	if (rule && (nla_put_u32(skb, KB_A_RULE, link->verdict.rule) ||
		     nla_put_u32(skb, KB_A_LINE, rule->line) ||
		     (rule->name && nla_put_string(skb, KB_A_NAME, rule->name))))
		return -EMSGSIZE;
	if (rule)
		tell = rule->tell;
	else if (link->active && link->verdict.action == KB_ACTION_REFUSE)
		tell = link->active->policy->link.tell;
	return tell ? nla_put_string(skb, KB_A_TELL, tell) : 0;
}

/* The profile that is proven now. */
static u16 profile_of(const struct kb_link *link)
{
	struct kb_path_link view;

	kb_link_view(link, link->judged, &view);
	return view.profile;
}

/* A wireless link carries IP only when a profile is proven, if the policy has any (W4). */
static bool is_open(const struct kb_link *link)
{
	const struct kb_path_policy *paths = link->active ? &link->active->policy->paths : NULL;

	if (!link->state.allowed)
		return false;
	return !link->state.wireless || !paths || paths->mode != KB_GATE_ENFORCE ||
	       !paths->n_profiles || profile_of(link) != KB_INDEX_NONE;
}

static int put_netdev(struct sk_buff *skb, const struct kb_link *link)
{
	const struct net_device *dev = link->dev;

	if (nla_put_u32(skb, KB_A_IFINDEX, dev->ifindex) ||
	    nla_put_u64_64bit(skb, KB_A_NETNS, dev_net(dev)->ns.inum, KB_A_PAD) ||
	    nla_put_string(skb, KB_A_LINK, dev->name) ||
	    nla_put_u8(skb, KB_A_LINK_KIND, link->kind) ||
	    nla_put_u8(skb, KB_A_LINK_BUS, link->bus) ||
	    (*link->path && nla_put_string(skb, KB_A_PORT, link->path)) ||
	    (dev->addr_len == ETH_ALEN && nla_put(skb, KB_A_MAC, ETH_ALEN, dev->dev_addr)) ||
	    (link->has_perm_mac && nla_put(skb, KB_A_PERM_MAC, ETH_ALEN, link->perm_mac)))
		return -EMSGSIZE;
	return 0;
}

static int put_state(struct sk_buff *skb, const struct kb_link *link)
{
	u16 profile = profile_of(link);

	if (nla_put_u32(skb, KB_A_LINK_GENERATION, link->generation) ||
	    nla_put_u8(skb, KB_A_LINK_UP, !!(link->dev->flags & IFF_UP)) ||
	    nla_put_u8(skb, KB_A_LINK_OPEN, is_open(link)) ||
	    nla_put_u32(skb, KB_A_BYPASS, link->bypass) ||
	    nla_put_u8(skb, KB_A_ACTION, link->verdict.action) ||
	    nla_put_u8(skb, KB_A_REASON, link->verdict.reason) ||
	    nla_put_u8(skb, KB_A_MODE_LINK, kb_link_mode(link)) ||
	    (profile != KB_INDEX_NONE && nla_put_u32(skb, KB_A_PROFILE, profile)))
		return -EMSGSIZE;
	return put_rule(skb, link);
}

static int put(struct sk_buff *skb, const struct kb_link *link, const char *driver)
{
	if (put_netdev(skb, link) || put_state(skb, link))
		return -EMSGSIZE;
	return *driver ? nla_put_string(skb, KB_A_DRIVER, driver) : 0;
}

int kb_link_put(struct sk_buff *skb, const struct kb_link *link)
{
	return put(skb, link, link->driver);
}

/* Who asked for it. A kernel thread only passes on what somebody else asked for. */
static int put_task(struct sk_buff *skb)
{
	char comm[TASK_COMM_LEN];

	if (current->flags & PF_KTHREAD)
		return 0;
	get_task_comm(comm, current);
	return nla_put_u32(skb, KB_A_PID, task_tgid_nr(current)) ||
	       nla_put_string(skb, KB_A_COMM, comm);
}

/*
 * Every user may make namespaces and interfaces in them, as often as he likes.
 * What else happens must not be pushed out of the log by that: a minute's
 * hundred are told of, the others only counted. What passes by the path gate
 * has a hundred of its own, or he could hide it behind the rest.
 */
static bool is_noise(enum kb_event_type type, const struct kb_link *link)
{
	static struct ratelimit_state users =
		RATELIMIT_STATE_INIT_FLAGS(users, 60 * HZ, 100, RATELIMIT_MSG_ON_RELEASE);
	static struct ratelimit_state bypasses =
		RATELIMIT_STATE_INIT_FLAGS(bypasses, 60 * HZ, 100, RATELIMIT_MSG_ON_RELEASE);

	return dev_net(link->dev)->user_ns != &init_user_ns &&
	       !__ratelimit(type == KB_EVENT_BYPASS ? &bypasses : &users);
}

void kb_link_report(enum kb_event_type type, const struct kb_link *link, const char *by)
{
	struct sk_buff *skb;

	if (is_noise(type, link))
		return;
	skb = kb_event_begin(type);
	if (skb)
		kb_event_end(skb, put(skb, link, by ?: link->driver) || (by && put_task(skb)));
}
