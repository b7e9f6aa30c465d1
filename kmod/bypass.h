/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds what moves packets past the path gate: XDP, AF_XDP, tc, netpoll. */
#ifndef KB_BYPASS_H
#define KB_BYPASS_H

#include <linux/netdevice.h>
#include <linux/types.h>

/* KB_BYPASS_* that a few loads show: all but AF_XDP and filters inside a qdisc. RCU or RTNL held. */
u32 kb_bypass_now(const struct net_device *dev);
/* All of KB_BYPASS_*. RTNL held. */
u32 kb_bypass_find(struct net_device *dev);

/* Has kb_link_look() called every second until it answers false. */
void kb_bypass_watch(void);
/* Ends the watch and waits for it. The caller does not hold RTNL. */
void kb_bypass_stop(void);

#endif
