/* SPDX-License-Identifier: GPL-2.0-only */
/* A network interface for suites, whose cable leads nowhere. */
#ifndef KB_TESTS_CABLE_H
#define KB_TESTS_CABLE_H

#include <kunit/test.h>
#include <linux/etherdevice.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

static const u8 kb_test_mac[ETH_ALEN] = { 0x02, 0x00, 0x5e, 0x00, 0x00, 0x01 };

static netdev_tx_t kb_test_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_kfree_skb_any(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops kb_test_netdev_ops = {
	.ndo_start_xmit = kb_test_xmit,
	.ndo_set_mac_address = eth_mac_addr,
};

/* Registers an Ethernet device in the initial namespace, down; ends with unplug_cable(). */
static inline struct net_device *plug_cable(struct kunit *test)
{
	struct net_device *dev = alloc_netdev(0, "kbtest%d", NET_NAME_UNKNOWN, ether_setup);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->netdev_ops = &kb_test_netdev_ops;
	eth_hw_addr_set(dev, kb_test_mac);
	err = register_netdev(dev);
	if (err)
		free_netdev(dev);
	KUNIT_ASSERT_EQ(test, err, 0);
	return dev;
}

static inline void raise_cable(struct kunit *test, struct net_device *dev)
{
	int err;

	rtnl_lock();
	err = dev_open(dev, NULL);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, err, 0);
}

/* NULL is fine. */
static inline void unplug_cable(struct net_device *dev)
{
	if (!dev)
		return;
	unregister_netdev(dev);
	free_netdev(dev);
}

#endif
