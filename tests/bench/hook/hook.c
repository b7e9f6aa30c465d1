// SPDX-License-Identifier: GPL-2.0-only
/* Netfilter hooks that accept everything: what a hook costs that decides nothing. */
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_netdev.h>
#include <net/net_namespace.h>

static char *egress;
module_param(egress, charp, 0444);
MODULE_PARM_DESC(egress, "device whose egress gets a hook too");

static bool postrouting;
module_param(postrouting, bool, 0444);
MODULE_PARM_DESC(postrouting, "hook POST_ROUTING besides LOCAL_OUT");

static unsigned int accept(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static struct nf_hook_ops ops[] = {
	{ .hook = accept, .pf = NFPROTO_INET, .hooknum = NF_INET_LOCAL_OUT,
	  .priority = NF_IP_PRI_RAW },
	{ .hook = accept, .pf = NFPROTO_INET, .hooknum = NF_INET_POST_ROUTING,
	  .priority = NF_IP_PRI_LAST },
	{ .hook = accept, .pf = NFPROTO_NETDEV, .hooknum = NF_NETDEV_EGRESS },
};

static int __init hook_init(void)
{
	int ret;

	ret = nf_register_net_hook(&init_net, &ops[0]);
	if (ret)
		return ret;
	if (postrouting) {
		ret = nf_register_net_hook(&init_net, &ops[1]);
		if (ret)
			goto err_output;
	}
	if (egress) {
		ret = -ENODEV;
		ops[2].dev = dev_get_by_name(&init_net, egress); /* held until the module goes */
		if (!ops[2].dev)
			goto err_postrouting;
		ret = nf_register_net_hook(&init_net, &ops[2]);
		if (ret)
			goto err_device;
	}
	return 0;

err_device:
	dev_put(ops[2].dev);
err_postrouting:
	if (postrouting)
		nf_unregister_net_hook(&init_net, &ops[1]);
err_output:
	nf_unregister_net_hook(&init_net, &ops[0]);
	return ret;
}

static void __exit hook_exit(void)
{
	if (egress) {
		nf_unregister_net_hook(&init_net, &ops[2]);
		dev_put(ops[2].dev);
	}
	if (postrouting)
		nf_unregister_net_hook(&init_net, &ops[1]);
	nf_unregister_net_hook(&init_net, &ops[0]);
}

module_init(hook_init);
module_exit(hook_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("empty netfilter hooks for the benchmark");
