/* SPDX-License-Identifier: GPL-2.0-only */
/* Network devices that carry nothing, and the policy that the link gate's suites judge them by. */
#ifndef KB_TESTS_NETDEV_H
#define KB_TESTS_NETDEV_H

#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "../event.h"
#include "../link.h"
#include "../policy.h"

/*
 * Stands in for kb_policy_get() in a source that includes this first: the suites
 * bring parsed policies of their own instead of signed bytes.
 */
struct kb_active *kb_test_policy_get(void);
#define kb_policy_get kb_test_policy_get

/* The policy that is in force from now on; NULL = none. Must outlive all that was judged by it. */
void kb_test_enforce(struct kb_active *active);

/* As it comes from the factory. */
static const u8 kb_test_mac[ETH_ALEN] = { 0x00, 0x00, 0x5e, 0x00, 0x53, 0x01 };
static const u8 kb_test_other_mac[ETH_ALEN] = { 0x00, 0x00, 0x5e, 0x00, 0x53, 0x02 };

static inline netdev_tx_t kb_test_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops kb_test_netdev_ops = {
	.ndo_start_xmit = kb_test_xmit,
	.ndo_set_mac_address = eth_mac_addr,
};

/* Not registered. Free with kb_test_netdev_free(). */
static inline struct net_device *kb_test_netdev(struct kunit *test, const char *name)
{
	struct net_device *dev = alloc_netdev(0, name, NET_NAME_UNKNOWN, ether_setup);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->netdev_ops = &kb_test_netdev_ops;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE;
	eth_hw_addr_set(dev, kb_test_mac);
	return dev;
}

static inline void kb_test_netdev_free(struct net_device *dev)
{
	if (!dev)
		return;
	if (dev->reg_state == NETREG_REGISTERED)
		unregister_netdev(dev);
	free_netdev(dev);
}

static inline int kb_test_open(struct net_device *dev)
{
	int err;

	rtnl_lock();
	err = dev_open(dev, NULL);
	rtnl_unlock();
	return err;
}

static inline void kb_test_close(struct net_device *dev)
{
	rtnl_lock();
	dev_close(dev);
	rtnl_unlock();
}

static inline int kb_test_address(struct net_device *dev, const u8 *mac)
{
	struct sockaddr address = { .sa_family = dev->type };
	int err;

	ether_addr_copy(address.sa_data, mac);
	rtnl_lock();
	err = dev_set_mac_address(dev, &address, NULL);
	rtnl_unlock();
	return err;
}

static inline int kb_test_join(struct net_device *lower, struct net_device *upper)
{
	int err;

	rtnl_lock();
	err = netdev_upper_dev_link(lower, upper, NULL);
	rtnl_unlock();
	return err;
}

static inline void kb_test_part(struct net_device *lower, struct net_device *upper)
{
	rtnl_lock();
	netdev_upper_dev_unlink(lower, upper);
	rtnl_unlock();
}

static inline struct kb_link_counts kb_test_counts(void)
{
	struct kb_link_counts c;

	kb_link_count(&c);
	return c;
}

static inline u64 kb_test_events(void)
{
	u64 seq, lost;
	size_t memory;

	kb_event_status(&seq, &lost, &memory);
	return seq;
}

static inline bool kb_test_is_up(const struct net_device *dev)
{
	return dev->flags & IFF_UP;
}

#endif
