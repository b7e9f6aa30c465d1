/* SPDX-License-Identifier: GPL-2.0-only */
/* The generic netlink family: what userland may ask, and who. */
#ifndef KB_NETLINK_H
#define KB_NETLINK_H

#include <linux/genetlink.h>

struct genl_info;

extern struct genl_family kb_genl_family;

/* Puts a sentence into the extended ack; @text may be gone when the handler returns. */
void kb_netlink_ack(struct genl_info *info, const char *text);

int kb_netlink_init(void);
void kb_netlink_exit(void);

#endif
