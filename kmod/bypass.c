// SPDX-License-Identifier: GPL-2.0-only
/* Finds what moves packets past the path gate: XDP, AF_XDP, tc, netpoll. */
#include "bypass.h"

#include <linux/workqueue.h>
#include <net/pkt_cls.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>
#include <net/xdp_sock_drv.h>
#include <uapi/kidoban/netlink.h>

#include "link.h"

/* Nobody tells when a program is attached, so we look. */
#define KB_BYPASS_PERIOD	HZ

static void watch_work(struct work_struct *work);
static DECLARE_DELAYED_WORK(watch, watch_work);

u32 kb_bypass_now(const struct net_device *dev)
{
	u32 mask = 0;

	/* only counts pointers; its parameter lacks a const */
	if (dev_xdp_prog_count((struct net_device *)dev))
		mask |= KB_BYPASS_XDP;
	if (kb_compat_tc_attached(dev))
		mask |= KB_BYPASS_TC;
#ifdef CONFIG_NETPOLL
	if (rcu_access_pointer(dev->npinfo))
		mask |= KB_BYPASS_NETPOLL;
#endif
	return mask;
}

static bool has_xdp_socket(struct net_device *dev)
{
	unsigned int n = max(dev->real_num_rx_queues, dev->real_num_tx_queues), i;

	for (i = 0; i < n; i++)
		if (xsk_get_pool_from_qid(dev, i))
			return true;
	return false;
}

#ifdef CONFIG_NET_CLS
static bool has_filter(struct Qdisc *q, unsigned long class)
{
	struct tcf_block *block = q->ops->cl_ops->tcf_block(q, class, NULL);
	struct tcf_chain *chain;
	bool found = false;

	if (!block)
		return false;
	mutex_lock(&block->lock);
	list_for_each_entry(chain, &block->chain_list, list)
		if (rcu_access_pointer(chain->filter_chain))
			found = true;
	mutex_unlock(&block->lock);
	return found;
}

struct kb_class_walk {
	struct qdisc_walker walker;
	bool found;
};

static int look_at_class(struct Qdisc *q, unsigned long class, struct qdisc_walker *walker)
{
	struct kb_class_walk *walk = container_of(walker, struct kb_class_walk, walker);

	walk->found = has_filter(q, class);
	return walk->found ? -1 : 0;
}

/*
 * A filter below a queueing discipline runs after the last hook, and its
 * actions send packets elsewhere or change them.
 */
static bool filters(struct Qdisc *q)
{
	const struct Qdisc_class_ops *ops = q->ops->cl_ops;
	struct kb_class_walk walk = { .walker = { .fn = look_at_class } };

	if (!ops || !ops->tcf_block)
		return false;
	if (has_filter(q, 0))
		return true;
	if (ops->walk)
		ops->walk(q, &walk.walker);
	return walk.found;
}

static bool has_filters(struct net_device *dev)
{
	struct Qdisc *q = rtnl_dereference(dev->qdisc);
	unsigned int i;

	if (q && filters(q))
		return true;
	hash_for_each(dev->qdisc_hash, i, q, hash)
		if (filters(q))
			return true;
	return false;
}
#else
static bool has_filters(struct net_device *dev)
{
	return false;
}
#endif

u32 kb_bypass_find(struct net_device *dev)
{
	u32 mask = kb_bypass_now(dev);

	ASSERT_RTNL();
	if (has_xdp_socket(dev))
		mask |= KB_BYPASS_AF_XDP;
	if (has_filters(dev))
		mask |= KB_BYPASS_TC;
	return mask;
}

static void watch_work(struct work_struct *work)
{
	if (kb_link_look())
		queue_delayed_work(system_freezable_power_efficient_wq, &watch, KB_BYPASS_PERIOD);
}

void kb_bypass_watch(void)
{
	queue_delayed_work(system_freezable_power_efficient_wq, &watch, KB_BYPASS_PERIOD);
}

void kb_bypass_stop(void)
{
	cancel_delayed_work_sync(&watch);
}
