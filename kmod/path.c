// SPDX-License-Identifier: GPL-2.0-only
/* The path gate: netfilter hooks in every namespace, and on every interface's way out. */
#include "path.h"

#include <kidoban/policy.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/percpu.h>
#include <net/addrconf.h>
#include <net/dst.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/route.h>

#include "answer.h"
#include "core/path_match.h"
#include "passed.h"
#include "flow.h"
#include "isolate.h"
#include "lease.h"
#include "link.h"
#include "policy.h"
#include "query.h"
#include "refusal.h"

#define KB_VLAN_TAGS_MAX	2

static DEFINE_PER_CPU(struct kb_path_counts, counts);

/* What one hook call works with. */
struct kb_judgement {
	struct kb_path_law law;
	struct kb_query query;
	struct kb_path_verdict verdict;
};

static __always_inline bool read_law(struct kb_path_law *ret)
{
	const struct kb_active *active = kb_policy_rcu();

	ret->active = active;
	ret->generation = active ? active->generation : 0;
	ret->isolated = kb_lease_context(ret->generation)->isolated;
	if (likely(active && active->policy->paths.mode != KB_GATE_OFF))
		ret->policy = active->policy;
	else if (unlikely(ret->isolated))
		ret->policy = kb_isolate_policy();
	else
		return false;
	return true;
}

bool kb_path_law(struct kb_path_law *ret)
{
	return read_law(ret);
}

/* A terminal on trial is cut off all the same, whatever the reason of a refusal. */
bool kb_path_enforced(const struct kb_path_law *law)
{
	return law->policy->paths.mode == KB_GATE_ENFORCE || law->isolated;
}

/* May run with preemption on: only what this_cpu_*() does in one go. */
static void tally(const struct kb_judgement *judgement, bool allowed)
{
	const struct kb_path_law *law = &judgement->law;
	struct kb_path_tally __percpu *tally;

	if (judgement->verdict.rule == KB_INDEX_NONE || !law->active || !law->active->tally ||
	    law->policy != law->active->policy)
		return;
	tally = law->active->tally + judgement->verdict.rule;
	if (allowed) {
		this_cpu_inc(tally->packets);
		this_cpu_add(tally->bytes, judgement->query.skb->len);
	} else {
		this_cpu_inc(tally->refusals);
	}
}

/* Carries the verdict out. @dropped: what a refusal answers netfilter. */
static unsigned int conclude(struct kb_judgement *judgement, unsigned int dropped)
{
	const struct kb_path_verdict *verdict = &judgement->verdict;
	bool enforced;

	if (likely(verdict->action == KB_ACTION_ALLOW)) {
		if (judgement->query.point != KB_POINT_EARLY) {
			this_cpu_inc(counts.allowed);
			tally(judgement, true);
		}
		return NF_ACCEPT;
	}
	enforced = kb_path_enforced(&judgement->law);
	tally(judgement, false);
	kb_refusal_note(judgement->law.active, &judgement->query, verdict, !enforced);
	if (!enforced) {
		this_cpu_inc(counts.audited);
		return NF_ACCEPT;
	}
	this_cpu_inc(counts.refused);
	/* What comes in may be forged: it must not end connections of ours. */
	if (judgement->query.query.direction == KB_DIRECTION_OUT)
		kb_flow_fail(judgement->query.sk);
	return dropped;
}

static void decide(struct kb_judgement *judgement)
{
	kb_path_decide(judgement->law.policy, &judgement->query.query, &judgement->verdict);
}

/*
 * Tells the sender of an echo request, who waits for an answer and takes no
 * error of sending for one. Not an address of others: it would go there.
 */
static void tell_pinger(struct sk_buff *skb, u8 version, struct net *net)
{
	if (version == 4) {
		if (inet_addr_type(net, ip_hdr(skb)->saddr) == RTN_LOCAL)
			icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, 0);
	} else if (ipv6_chk_addr(net, &ipv6_hdr(skb)->saddr, NULL, 0)) {
		if (!skb->dev)
			skb->dev = net->loopback_dev;
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, 0);
	}
}

/* How the caller of a refused packet learns it: from connect(), from ping, else from send(). */
static unsigned int fail_caller(const struct kb_judgement *judgement, struct sk_buff *skb,
				struct net *net)
{
	const struct kb_packet *packet = &judgement->query.packet;

	switch (packet->proto) {
	case IPPROTO_TCP:
		return NF_DROP_ERR(-ECONNREFUSED);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		tell_pinger(skb, packet->version, net);
	}
	return NF_DROP;
}

/* Has a gateway, so that it is no peer; IPsec is not about to hide where it goes. */
static bool goes_by_gateway(const struct dst_entry *dst)
{
	return dst && !kb_compat_dst_transforms(dst) && kb_query_gateway(dst) == KB_FACT_YES;
}

static bool to_protected(const struct kb_path_policy *paths, const struct sk_buff *skb, u8 version)
{
	const union kb_ip *dst;

	if (version == 4)
		return paths->classes[kb_prefix_lookup4(paths->prefixes,
							ntohl(ip_hdr(skb)->daddr))]
			.is_protected;
	dst = (const union kb_ip *)&ipv6_hdr(skb)->daddr;
	return kb_path_class_of(paths, dst, 6)->is_protected;
}

/* A connection whose owner hears of an error by itself, see kb_flow_fail(). */
static bool hears_later(const struct sock *sk)
{
	if (!sk || !sk_fullsock(sk))
		return false;
	if (sk->sk_protocol == IPPROTO_TCP)
		return sk->sk_type == SOCK_STREAM && sk->sk_state != TCP_SYN_SENT;
	return sk->sk_protocol == IPPROTO_UDP && sk->sk_state == TCP_ESTABLISHED;
}

/*
 * What the last look judges soon enough: nobody waits for what we could say
 * here, or it is on its way to an ordinary address, where most go.
 */
static bool leave_to_egress(const struct kb_path_law *law, const struct sk_buff *skb, u8 version)
{
	const struct kb_path_policy *paths = &law->policy->paths;

	if (paths->mode != KB_GATE_ENFORCE && !law->isolated)
		return true;
	if (!goes_by_gateway(skb_dst(skb)))
		return false;
	return hears_later(skb->sk) || (paths->other == KB_ACTION_ALLOW && !law->isolated &&
					!to_protected(paths, skb, version));
}

/* Apart from local_out(), so that what egress() judges soon enough needs no room on the stack. */
static noinline unsigned int judge_early(const struct kb_path_law *law, struct sk_buff *skb,
					 const struct net_device *dev,
					 const struct nf_hook_state *state)
{
	const bool again = goes_by_gateway(skb_dst(skb));	/* egress() looks at the same packet */
	struct kb_judgement judgement;
	struct kb_packet *packet = &judgement.query.packet;
	unsigned int answer;

	judgement.law = *law;
	kb_query_init(&judgement.query, KB_POINT_EARLY, skb, dev, kb_link_find(dev),
		      law->generation);
	kb_query_read(&judgement.query, skb_network_offset(skb),
		      state->pf == NFPROTO_IPV4 ? 4 : 6);
	if (again && kb_passed_already(&judgement.query))
		return NF_ACCEPT;
	kb_answer_expect(&judgement.query);
	if (!kb_compat_dst_transforms(skb_dst(skb)) && packet->proto == IPPROTO_TCP &&
	    !(packet->flags & KB_PACKET_SYN))
		return NF_ACCEPT;
	decide(&judgement);
	if (again && judgement.verdict.action == KB_ACTION_ALLOW)
		kb_passed_note(&judgement.query);
	answer = conclude(&judgement, NF_DROP);
	return answer == NF_ACCEPT ? answer : fail_caller(&judgement, skb, state->net);
}

/*
 * First look, so that whoever asks is refused at once instead of by silence.
 * The last look is egress(). Here, last of all hooks, only what that one cannot
 * see or could not say as early: transformations to come (IPsec) hide the
 * destination; the first packet of a connection gets an error for its caller.
 * The route is the packet's, which hooks before us may have changed, and not
 * the one that netfilter began with.
 */
static unsigned int local_out(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct net_device *dev = skb_dst(skb) ? skb_dst(skb)->dev : state->out;
	struct kb_path_law law;

	if (!read_law(&law) || (dev->flags & IFF_LOOPBACK) ||
	    leave_to_egress(&law, skb, state->pf == NFPROTO_IPV4 ? 4 : 6))
		return NF_ACCEPT;
	return judge_early(&law, skb, dev, state);
}

/* First of all hooks: nothing has changed the addresses that were on the wire. */
static unsigned int local_in(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct kb_judgement judgement;

	if (!read_law(&judgement.law) || (state->in->flags & IFF_LOOPBACK))
		return NF_ACCEPT;
	kb_query_init(&judgement.query, KB_POINT_INBOUND, skb, state->in, kb_link_find(state->in),
		      judgement.law.generation);
	kb_query_read(&judgement.query, skb_network_offset(skb),
		      state->pf == NFPROTO_IPV4 ? 4 : 6);
	decide(&judgement);
	return conclude(&judgement, NF_DROP);
}

static unsigned int forward(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct kb_judgement judgement;

	if (!read_law(&judgement.law))
		return NF_ACCEPT;
	kb_query_init(&judgement.query, KB_POINT_FORWARD, skb, state->out,
		      kb_link_find(state->out), judgement.law.generation);
	kb_query_read(&judgement.query, skb_network_offset(skb),
		      state->pf == NFPROTO_IPV4 ? 4 : 6);
	decide(&judgement);
	return conclude(&judgement, NF_DROP);
}

/*
 * Ethertype of the frame as it will be on the wire, whatever skb->protocol
 * claims (packet sockets may claim anything), and where its payload begins.
 * False when the link has no framing that we know.
 */
static bool frame_type(const struct sk_buff *skb, const struct net_device *dev, u16 *ret_type,
		       u32 *ret_offset)
{
	u32 offset = ETH_HLEN;
	unsigned int tags;
	__be16 type;

	if (dev->type != ARPHRD_ETHER)
		return false;
	if (likely(skb_headlen(skb) >= ETH_HLEN)) {
		type = ((const struct ethhdr *)skb->data)->h_proto;
		if (likely(!eth_type_vlan(type))) {
			*ret_type = ntohs(type);
			*ret_offset = ETH_HLEN;
			return true;
		}
	}
	for (tags = 0; tags <= KB_VLAN_TAGS_MAX; tags++) {
		if (skb_copy_bits(skb, offset - sizeof(type), &type, sizeof(type)))
			return false;
		if (!eth_type_vlan(type)) {
			*ret_type = ntohs(type);
			*ret_offset = offset;
			return true;
		}
		offset += VLAN_HLEN;
	}
	return false;
}

/* Links whose frames have no header at all: an IP packet, or nothing that may pass. */
static bool headerless(const struct net_device *dev)
{
	/* tunnels have operations that only read (ip_tunnel_header_ops) */
	if (dev->header_ops && dev->header_ops->create)
		return false;
	switch (dev->type) {
	case ARPHRD_NONE:
	case ARPHRD_RAWIP:
	case ARPHRD_PPP:
	case ARPHRD_SLIP:
	case ARPHRD_TUNNEL:
	case ARPHRD_TUNNEL6:
	case ARPHRD_SIT:
	case ARPHRD_IPGRE:
	case ARPHRD_IP6GRE:
		return true;
	default:
		return false;
	}
}

static void judge_frame(struct kb_judgement *judgement, u16 type)
{
	judgement->query.packet = (struct kb_packet){};
	kb_path_decide_frame(judgement->law.policy, type, &judgement->query.query,
			     &judgement->verdict);
}

/* tc comes after us and sends where it likes; kmod/bypass.c sees it within a second, and closes the link. */
static bool passes_by_tc(const struct kb_path_law *law)
{
	/* not law->policy, which is another for isolated terminals without path gate */
	return law->active && law->active->policy->link.mode == KB_GATE_ENFORCE &&
	       law->active->policy->link.bypass == KB_ACTION_REFUSE;
}

/*
 * The last look: after every other hook, at the frame as the driver gets it,
 * packet sockets included. Who passes here is on the wire, but for what
 * kmod/bypass.c watches.
 */
static unsigned int egress(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct kb_link *link = priv;
	struct kb_judgement judgement;
	u32 offset = 0;
	u16 type = 0;

	if (!read_law(&judgement.law))
		return NF_ACCEPT;
	kb_query_init(&judgement.query, KB_POINT_EGRESS, skb, link->dev, link, judgement.law.generation);
	judgement.query.ethernet = frame_type(skb, link->dev, &type, &offset);
	if (type == ETH_P_IP || type == ETH_P_IPV6) {
		kb_query_read(&judgement.query, offset, type == ETH_P_IP ? 4 : 6);
		decide(&judgement);
	} else if (!judgement.query.ethernet && headerless(link->dev)) {
		kb_query_read(&judgement.query, 0, 0);
		decide(&judgement);
	} else {
		judge_frame(&judgement, type);
	}
	if (unlikely(kb_compat_tc_attached(link->dev)) && passes_by_tc(&judgement.law))
		judgement.verdict = (struct kb_path_verdict){
			.reason = KB_REASON_BYPASS,
			.rule = KB_INDEX_NONE,
		};
	if (judgement.verdict.action == KB_ACTION_ALLOW)
		kb_answer_expect(&judgement.query);
	return conclude(&judgement, NF_DROP);
}

int kb_path_attach(struct kb_link *link)
{
	int err;

	/* without the hook no policy gets the path gate, see kb_path_supports() */
	if (link->state.loopback || !IS_ENABLED(CONFIG_NETFILTER_EGRESS))
		return 0;
	link->egress = (struct nf_hook_ops){
		.hook = egress,
		.dev = link->dev,
		.priv = link,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_EGRESS,
		.priority = INT_MAX,
	};
	err = nf_register_net_hook(dev_net(link->dev), &link->egress);
	link->hooked = !err;
	return err;
}

void kb_path_detach(struct kb_link *link)
{
	if (!link->hooked)
		return;
	nf_unregister_net_hook(dev_net(link->dev), &link->egress);
	link->hooked = false;
}

int kb_path_supports(const struct kb_policy *policy, const char **ret_why)
{
	/* Where there is the hook, every link has it, or it had not been registered: see kmod/link.c. */
	if (policy->paths.mode == KB_GATE_OFF || IS_ENABLED(CONFIG_NETFILTER_EGRESS))
		return 0;
	*ret_why = "this kernel has no netfilter egress hook, which mode.path needs";
	return -EOPNOTSUPP;
}

void kb_path_count(struct kb_path_counts *ret)
{
	int cpu;

	*ret = (struct kb_path_counts){ .cut = kb_flow_cuts() };
	for_each_possible_cpu(cpu) {
		const struct kb_path_counts *part = per_cpu_ptr(&counts, cpu);

		ret->allowed += part->allowed;
		ret->refused += part->refused;
		ret->audited += part->audited;
	}
}

#define HOOK(function, family, number, order)                                         \
	{ .hook = (function), .pf = (family), .hooknum = (number), .priority = (order) }

static const struct nf_hook_ops hooks[] = {
	HOOK(local_out, NFPROTO_IPV4, NF_INET_LOCAL_OUT, INT_MAX),
	HOOK(local_in, NFPROTO_IPV4, NF_INET_LOCAL_IN, INT_MIN),
	HOOK(forward, NFPROTO_IPV4, NF_INET_FORWARD, INT_MIN),
	HOOK(local_out, NFPROTO_IPV6, NF_INET_LOCAL_OUT, INT_MAX),
	HOOK(local_in, NFPROTO_IPV6, NF_INET_LOCAL_IN, INT_MIN),
	HOOK(forward, NFPROTO_IPV6, NF_INET_FORWARD, INT_MIN),
};

static int __net_init enter(struct net *net)
{
	return nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

static void __net_exit leave(struct net *net)
{
	nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}

static struct pernet_operations namespaces = {
	.init = enter,
	.exit = leave,
};

int kb_path_init(void)
{
	kb_answer_init();
	kb_refusal_init();
	kb_flow_init();
	return register_pernet_subsys(&namespaces);
}

/* kb_link_exit() has taken the hooks of links away. */
void kb_path_exit(void)
{
	unregister_pernet_subsys(&namespaces);
	synchronize_rcu();
	kb_refusal_exit();
	kb_flow_exit();
}
