// SPDX-License-Identifier: GPL-2.0-only
/* Netfilter hooks that accept everything: what a hook costs that decides nothing. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_netdev.h>
#include <net/net_namespace.h>

static char *egress;
module_param(egress, charp, 0444);
MODULE_PARM_DESC(egress, "device whose egress gets a hook too");

static unsigned int accept(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static struct nf_hook_ops at_output = {
	.hook = accept,
	.pf = NFPROTO_INET,
	.hooknum = NF_INET_LOCAL_OUT,
	.priority = INT_MAX,
};

static struct nf_hook_ops at_egress = {
	.hook = accept,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_EGRESS,
	.priority = INT_MAX,
};

static int __init hook_init(void)
{
	int ret;

	ret = nf_register_net_hook(&init_net, &at_output);
	if (ret || !egress)
		return ret;
	at_egress.dev = dev_get_by_name(&init_net, egress); /* held until the module goes */
	ret = at_egress.dev ? nf_register_net_hook(&init_net, &at_egress) : -ENODEV;
	if (ret) {
		dev_put(at_egress.dev);
		nf_unregister_net_hook(&init_net, &at_output);
	}
	return ret;
}

static void __exit hook_exit(void)
{
	if (egress) {
		nf_unregister_net_hook(&init_net, &at_egress);
		dev_put(at_egress.dev);
	}
	nf_unregister_net_hook(&init_net, &at_output);
}

module_init(hook_init);
module_exit(hook_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("empty netfilter hooks for the benchmark");
