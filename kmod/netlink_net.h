/* SPDX-License-Identifier: GPL-2.0-only */
/* The family's commands about links, paths, the lease and isolation. */
#ifndef KB_NETLINK_NET_H
#define KB_NETLINK_NET_H

#include <net/genetlink.h>
#include <uapi/kidoban/netlink.h>

struct kb_active;

extern const struct nla_policy kb_netlink_context_policy[KB_A_CONTEXT_LINK + 1];
extern const struct nla_policy kb_netlink_isolate_policy[KB_A_ORDER + 1];

int kb_netlink_context_set(struct sk_buff *skb, struct genl_info *info);
int kb_netlink_isolate(struct sk_buff *skb, struct genl_info *info);
int kb_netlink_link_dump(struct sk_buff *skb, struct netlink_callback *cb);
int kb_netlink_path_start(struct netlink_callback *cb);
int kb_netlink_path_dump(struct sk_buff *skb, struct netlink_callback *cb);
int kb_netlink_path_done(struct netlink_callback *cb);

/* Status (S) of links, paths, lease and isolation. @active may be NULL. */
int kb_netlink_put_net(struct sk_buff *skb, const struct kb_active *active);

#endif
