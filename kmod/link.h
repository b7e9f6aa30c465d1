/* SPDX-License-Identifier: GPL-2.0-only */
/* The link gate: every network interface of every namespace, its verdict and its state. */
#ifndef KB_LINK_H
#define KB_LINK_H

#include <kidoban/link.h>
#include <kidoban/path.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rcupdate.h>

struct kb_active;
struct sk_buff;

/*
 * One interface. Made at NETDEV_REGISTER, unlinked at NETDEV_UNREGISTER (also
 * when it changes namespace: it comes back as a new one), freed after a grace
 * period. Written under RTNL, read under RTNL or RCU.
 */
struct kb_link {
	struct hlist_node node;		/* hash by device, RCU */
	struct list_head order;		/* of all links by id, RTNL */
	u64 id;				/* 1, 2, 3 ... in order of appearance; a dump resumes by it */
	struct net_device *dev;		/* not counted: we leave with it */
	struct kb_active *active;	/* owned: the policy that the verdict is of, NULL = none was in force; RTNL only */
	struct kb_link_verdict verdict;
	struct kb_path_link state;	/* what packets see, through kb_link_view() */
	u64 judged;			/* generation of the policy that state's indices are of, 0 = none or changing */
	/* The like under the policy that is about to come, so that nothing stops when it does. */
	struct {
		u64 judged;
		bool allowed;
		u16 rule, profile;
	} next;
	enum kb_link_kind kind;
	enum kb_link_bus bus;
	char path[KB_BUS_PATH_MAX + 1];
	char driver[KB_DRIVER_MAX + 1];
	u8 perm_mac[6];
	bool has_perm_mac;
	u32 generation;			/* 1, 2, 3: grows with carrier loss, down, up, address change */
	int carrier_downs;		/* the device's carrier_down_count that generation has seen */
	u32 bypass;			/* KB_BYPASS_* seen last */
	struct nf_hook_ops egress;	/* the path gate's; .priv = this link */
	bool hooked;			/* egress is registered */
	struct rcu_head rcu;
};

int kb_link_init(void);
void kb_link_exit(void);

/*
 * Judges every interface anew after a policy was published; closes what is up
 * and refused. Proven profiles go on under the name and SSID they have in both
 * policies. Takes RTNL.
 */
void kb_link_reevaluate(void);

/* Judges every interface by a policy that is about to be published, for kb_link_view(). Takes RTNL. */
void kb_link_foresee(struct kb_active *next);

/* The link of @dev, NULL when it is none of ours (being torn down). Caller holds RCU or RTNL. */
struct kb_link *kb_link_find(const struct net_device *dev);

/*
 * What a packet that is judged by the policy of @generation sees of @link (NULL:
 * of a link that is none of ours). Indices of another policy are none, and a
 * profile ends with the carrier: notifiers hear up to a second later. Caller
 * holds RCU or RTNL.
 */
void kb_link_view(const struct kb_link *link, u64 generation, struct kb_path_link *ret);

/* Refused in enforce mode by the policy that judged last. RTNL held. */
bool kb_link_refused(const struct kb_link *link);
/* The mode of the policy that judged last. RTNL held. */
enum kb_gate_mode kb_link_mode(const struct kb_link *link);

/*
 * The agent proved that link @ifindex (initial namespace) is associated as
 * @profile of the policy in force (KB_INDEX_NONE: is not). A wrong @generation
 * proves nothing, nor does a link that was not judged by that policy yet.
 * Caller holds RTNL, and keeps the next policy out.
 */
void kb_link_prove(int ifindex, u32 generation, u16 profile);
/* Nothing is proven any more (lease over, new policy). Any context that may take a spinlock; lock-free inside. */
void kb_link_unprove_all(void);

/* Calls @fn for each link with RTNL held until it answers non-zero, from number *@cursor on; advances it. */
int kb_link_each(u64 *cursor, int (*fn)(const struct kb_link *link, void *data), void *data);
/* Attributes of (L) in uapi/kidoban/netlink.h, for dumps and events; 0 or -EMSGSIZE. RTNL held. */
int kb_link_put(struct sk_buff *skb, const struct kb_link *link);

/*
 * Looks at every link for what passes by the path gate, reports what changed
 * and acts on it. False when the policy in force wants no such look. Takes RTNL.
 */
bool kb_link_look(void);

/* Counters since load (S): interfaces' verdicts and attempts. */
struct kb_link_counts {
	u64 allowed, refused, audited, overrides;
	u32 present;
};
void kb_link_count(struct kb_link_counts *ret);

#endif
