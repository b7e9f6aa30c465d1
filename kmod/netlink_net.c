// SPDX-License-Identifier: GPL-2.0-only
/* The family's commands about links, paths, the lease and isolation. */
#include "netlink_net.h"

#include <kidoban/policy.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

#include "isolate.h"
#include "lease.h"
#include "link.h"
#include "netlink.h"
#include "path.h"
#include "policy.h"

/* --- CONTEXT_SET */

static const struct nla_policy context_link_policy[KB_A_PROFILE + 1] = {
	[KB_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[KB_A_LINK_GENERATION] = { .type = NLA_U32 },
	[KB_A_PROFILE] = { .type = NLA_U32 },
};

const struct nla_policy kb_netlink_context_policy[KB_A_CONTEXT_LINK + 1] = {
	[KB_A_GENERATION] = { .type = NLA_U64 },
	[KB_A_LEASE_TTL] = { .type = NLA_U32 },
	[KB_A_ZONE] = { .type = NLA_U32 },
	[KB_A_SCHEDULES] = { .type = NLA_U64 },
	[KB_A_CONTEXT_LINK] = NLA_POLICY_NESTED(context_link_policy),
};

struct kb_proof {
	u32 ifindex, generation, profile;
};

struct kb_context_request {
	struct kb_lease_offer offer;
	unsigned int n_proofs;
	struct kb_proof proofs[KB_CONTEXT_LINKS_MAX];
};

static int refuse(struct genl_info *info, int err, const char *text)
{
	kb_netlink_ack(info, text);
	return err;
}

static int read_proof(struct genl_info *info, const struct nlattr *nest,
		      const struct kb_path_policy *paths, struct kb_proof *ret)
{
	struct nlattr *attrs[KB_A_PROFILE + 1];
	int err;

	err = nla_parse_nested(attrs, KB_A_PROFILE, nest, context_link_policy, info->extack);
	if (err)
		return err;
	if (!attrs[KB_A_IFINDEX] || !attrs[KB_A_LINK_GENERATION] || !attrs[KB_A_PROFILE])
		return refuse(info, -EINVAL, "a link needs index, generation and profile");
	ret->ifindex = nla_get_u32(attrs[KB_A_IFINDEX]);
	ret->generation = nla_get_u32(attrs[KB_A_LINK_GENERATION]);
	ret->profile = nla_get_u32(attrs[KB_A_PROFILE]);
	if (ret->profile >= paths->n_profiles)
		return refuse(info, -ERANGE, "the policy has no such Wi-Fi profile");
	return 0;
}

static int read_proofs(struct genl_info *info, const struct kb_path_policy *paths,
		       struct kb_context_request *request)
{
	const struct nlattr *attr;
	int err, rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KB_A_CONTEXT_LINK)
			continue;
		if (request->n_proofs == KB_CONTEXT_LINKS_MAX)
			return refuse(info, -ENOSPC, "too many links");
		err = read_proof(info, attr, paths, &request->proofs[request->n_proofs++]);
		if (err)
			return err;
	}
	return 0;
}

static int read_request(struct genl_info *info, const struct kb_active *active,
			struct kb_context_request *request)
{
	const struct kb_path_policy *paths = &active->policy->paths;
	struct nlattr **attrs = info->attrs;
	struct kb_lease_offer *offer = &request->offer;

	if (!attrs[KB_A_LEASE_TTL] || !attrs[KB_A_GENERATION])
		return refuse(info, -EINVAL, "ttl and generation are needed");
	offer->generation = nla_get_u64(attrs[KB_A_GENERATION]);
	offer->ttl = nla_get_u32(attrs[KB_A_LEASE_TTL]);
	offer->zone = KB_INDEX_NONE;
	if (offer->generation != active->generation)
		return refuse(info, -ESTALE, "another policy is in force by now");
	if (offer->ttl > KB_LEASE_TTL_MAX)
		return refuse(info, -ERANGE, "a lease lasts 60 seconds at most");
	if (attrs[KB_A_ZONE]) {
		if (nla_get_u32(attrs[KB_A_ZONE]) >= paths->n_zones)
			return refuse(info, -ERANGE, "the policy has no such zone");
		offer->zone = nla_get_u32(attrs[KB_A_ZONE]);
	}
	if (attrs[KB_A_SCHEDULES]) {
		offer->schedules = nla_get_u64(attrs[KB_A_SCHEDULES]);
		if (paths->n_schedules < 64 && offer->schedules >> paths->n_schedules)
			return refuse(info, -ERANGE, "the policy has no such schedule");
	}
	return read_proofs(info, paths, request);
}

/*
 * A link of which nothing is said any more is proven no more. Profiles are
 * numbers in the policy that the request is about: once links were judged by
 * the next, which takes RTNL, they would be other profiles.
 */
static void prove(const struct kb_context_request *request)
{
	struct net_device *dev;
	unsigned int i;

	rtnl_lock();
	if (!kb_policy_is(request->offer.generation)) {
		rtnl_unlock();
		return;
	}
	for_each_netdev(&init_net, dev) {
		u32 generation = 0;
		u16 profile = KB_INDEX_NONE;

		for (i = 0; i < request->n_proofs; i++) {
			if (request->proofs[i].ifindex != dev->ifindex)
				continue;
			generation = request->proofs[i].generation;
			profile = request->proofs[i].profile;
		}
		kb_link_prove(dev->ifindex, generation, profile);
	}
	rtnl_unlock();
}

int kb_netlink_context_set(struct sk_buff *skb, struct genl_info *info)
{
	struct kb_active *active = kb_policy_get();
	struct kb_context_request *request;
	int err;

	if (!active)
		return refuse(info, -ENODATA, "no policy is in force");
	request = kzalloc(sizeof(*request), GFP_KERNEL);
	err = request ? read_request(info, active, request) : -ENOMEM;
	if (!err)
		err = kb_lease_set(&request->offer);
	if (err == -EBUSY)
		refuse(info, err, "the machine is going to sleep");
	if (!err && request->offer.ttl && active->policy->paths.n_profiles)
		prove(request);
	kfree(request);
	kb_policy_put(active);
	return err;
}

/* --- LINK_DUMP */

struct kb_link_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int put_link(const struct kb_link *link, void *data)
{
	struct kb_link_dump *dump = data;
	void *header = genlmsg_put(dump->skb, NETLINK_CB(dump->cb->skb).portid,
				   dump->cb->nlh->nlmsg_seq, &kb_genl_family, NLM_F_MULTI,
				   KB_CMD_LINK_DUMP);

	if (!header)
		return -EMSGSIZE;
	if (kb_link_put(dump->skb, link)) {
		genlmsg_cancel(dump->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(dump->skb, header);
	return 0;
}

int kb_netlink_link_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kb_link_dump dump = { .skb = skb, .cb = cb };

	kb_link_each((u64 *)cb->ctx, put_link, &dump);
	return skb->len;
}

/* --- PATH_DUMP */

#define KB_PATH_LINKS	32	/* links looked at to say whether a path is open */

struct kb_path_cursor {
	struct kb_active *active;	/* owned for the dump */
	u32 index;
};
static_assert(sizeof(struct kb_path_cursor) <= sizeof_field(struct netlink_callback, ctx));

int kb_netlink_path_start(struct netlink_callback *cb)
{
	struct kb_path_cursor *cursor = (void *)cb->ctx;

	cursor->active = kb_policy_get();
	cursor->index = 0;
	return 0;
}

/* Links of the initial namespace that are up; RCU held. */
static u32 links_up(u64 generation, struct kb_path_link *ret_links)
{
	struct net_device *dev;
	u32 n = 0;

	for_each_netdev_rcu(&init_net, dev) {
		const struct kb_link *link = kb_link_find(dev);

		if (link && (dev->flags & IFF_UP) && n < KB_PATH_LINKS)
			kb_link_view(link, generation, &ret_links[n++]);
	}
	return n;
}

static void sum_tally(const struct kb_active *active, u32 index, struct kb_path_tally *ret)
{
	int cpu;

	*ret = (struct kb_path_tally){};
	for_each_possible_cpu(cpu) {
		const struct kb_path_tally *part = per_cpu_ptr(active->tally, cpu) + index;

		ret->packets += READ_ONCE(part->packets);
		ret->bytes += READ_ONCE(part->bytes);
		ret->refusals += READ_ONCE(part->refusals);
	}
}

static int put_path(struct sk_buff *skb, const struct kb_active *active, u32 index)
{
	const struct kb_path_rule *rule = &active->policy->paths.rules[index];
	struct kb_path_link links[KB_PATH_LINKS];
	struct kb_path_verdict verdict;
	struct kb_path_tally tally;

	rcu_read_lock();
	kb_path_state(active->policy, index, kb_lease_context(active->generation), links,
		      links_up(active->generation, links), &verdict);
	rcu_read_unlock();
	sum_tally(active, index, &tally);
	if (nla_put_u32(skb, KB_A_RULE, index) || nla_put_u32(skb, KB_A_LINE, rule->line) ||
	    nla_put_string(skb, KB_A_NAME, rule->name) ||
	    nla_put_u8(skb, KB_A_PATH_KIND, rule->kind) ||
	    nla_put_u8(skb, KB_A_PATH_OPEN, verdict.action == KB_ACTION_ALLOW) ||
	    nla_put_u8(skb, KB_A_REASON, verdict.reason) ||
	    nla_put_u64_64bit(skb, KB_A_PACKETS, tally.packets, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_BYTES, tally.bytes, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_REFUSALS, tally.refusals, KB_A_PAD))
		return -EMSGSIZE;
	return 0;
}

int kb_netlink_path_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kb_path_cursor *cursor = (void *)cb->ctx;
	void *header;

	if (!cursor->active) {
		NL_SET_ERR_MSG(cb->extack, "no policy is in force");
		return -ENODATA;
	}
	for (; cursor->index < cursor->active->policy->paths.n_rules; cursor->index++) {
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				     &kb_genl_family, NLM_F_MULTI, KB_CMD_PATH_DUMP);
		if (!header)
			break;
		if (put_path(skb, cursor->active, cursor->index)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

int kb_netlink_path_done(struct netlink_callback *cb)
{
	struct kb_path_cursor *cursor = (void *)cb->ctx;

	kb_policy_put(cursor->active);
	return 0;
}

/* --- ISOLATE */

const struct nla_policy kb_netlink_isolate_policy[KB_A_ORDER + 1] = {
	[KB_A_SIG_AUTHOR] = NLA_POLICY_RANGE(NLA_BINARY, 1, KB_SIGNATURE_MAX),
	[KB_A_ISOLATION] = NLA_POLICY_EXACT_LEN(KB_ISOLATION_LEN),
	[KB_A_ORDER] = NLA_POLICY_RANGE(NLA_BINARY, 1, 256),
};

int kb_netlink_isolate(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[KB_A_ISOLATION];
	const struct nlattr *order = info->attrs[KB_A_ORDER];
	const struct nlattr *signature = info->attrs[KB_A_SIG_AUTHOR];
	const char *why = "out of memory";
	int err;

	if (name && !order && !signature) {
		err = kb_isolate_begin(nla_data(name));
		if (err == -EALREADY)
			kb_netlink_ack(info, "the terminal is isolated already");
		return err;
	}
	if (name || !order || !signature)
		return refuse(info, -EINVAL,
			      "either the name of an isolation, or an order and its signature");
	err = kb_isolate_release(nla_data(order), nla_len(order), nla_data(signature),
				 nla_len(signature), &why);
	if (err)
		kb_netlink_ack(info, why);
	return err;
}

/* --- Status */

static int put_lease(struct sk_buff *skb, const struct kb_active *active)
{
	struct kb_context context;

	rcu_read_lock();
	context = *kb_lease_context(active ? active->generation : 0);
	rcu_read_unlock();
	if (nla_put_u8(skb, KB_A_LEASE, context.leased) ||
	    nla_put_u32(skb, KB_A_LEASE_LEFT, context.leased ? kb_lease_left() : 0) ||
	    nla_put_u64_64bit(skb, KB_A_SCHEDULES, context.schedules, KB_A_PAD) ||
	    (context.zone != KB_INDEX_NONE && nla_put_u32(skb, KB_A_ZONE, context.zone)))
		return -EMSGSIZE;
	return 0;
}

int kb_netlink_put_net(struct sk_buff *skb, const struct kb_active *active)
{
	u8 isolation[KB_ISOLATION_LEN];
	struct kb_path_counts counts;
	bool isolated;

	isolated = kb_isolate_status(isolation);
	kb_path_count(&counts);
	if (nla_put_u8(skb, KB_A_ISOLATED, isolated) ||
	    (isolated && nla_put(skb, KB_A_ISOLATION, sizeof(isolation), isolation)) ||
	    nla_put_u64_64bit(skb, KB_A_PATH_ALLOWED, counts.allowed, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_PATH_REFUSED, counts.refused, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_PATH_AUDITED, counts.audited, KB_A_PAD) ||
	    nla_put_u64_64bit(skb, KB_A_FLOWS_CUT, counts.cut, KB_A_PAD))
		return -EMSGSIZE;
	return put_lease(skb, active);
}
