/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family: what userland may ask, and who. */
#ifndef KB_NETLINK_H
#define KB_NETLINK_H

#include <linux/genetlink.h>

extern struct genl_family kb_genl_family;

int kb_netlink_init(void);
void kb_netlink_exit(void);

#endif
