/* SPDX-License-Identifier: GPL-2.0-only */
/* The only place where kernels differ; see probe.sh for who sets KB_HAVE_*. */
#ifndef KB_COMPAT_H
#define KB_COMPAT_H

#ifdef KB_HAVE_USBDRV_WRAP
#define kb_compat_usb_driver_bus(drv)	((drv)->drvwrap.driver.bus)
#else
#define kb_compat_usb_driver_bus(drv)	((drv)->driver.bus)
#endif

/* struct bus_type became const in struct device: name the type, not the qualifier. */
#define kb_compat_bus_ptr		typeof(((struct device *)NULL)->bus)

#ifdef KB_HAVE_GENL_RESV_START
#define KB_COMPAT_RESV_START(op)	.resv_start_op = (op),
#else
#define KB_COMPAT_RESV_START(op)
#endif

#ifdef KB_HAVE_GENL_MCAST_CAP
#define KB_COMPAT_MCAST_CAP		.flags = GENL_MCAST_CAP_NET_ADMIN,
#else
#define KB_COMPAT_MCAST_CAP
#endif

/* Attributes of a dump request: in genl_dumpit_info itself, later in its genl_info. */
#ifdef KB_HAVE_DUMPIT_GENL_INFO
#define kb_compat_dump_attrs(dumpit)	((dumpit)->info.attrs)
#else
#define kb_compat_dump_attrs(dumpit)	((dumpit)->attrs)
#endif

/* Is the device being made by a netlink request (ip link add)? A state, later a flag. */
#ifdef KB_HAVE_RTNL_LINK_FLAG
#define kb_compat_link_requested(dev)	(!!(dev)->rtnl_link_initializing)
#else
#define kb_compat_link_requested(dev)	((dev)->rtnl_link_state == RTNL_LINK_INITIALIZING)
#endif

/* What tc has at the device's edge: two classifiers' heads, later programs and classifiers together. */
#ifdef KB_HAVE_TCX
#ifdef CONFIG_NET_XGRESS
#define kb_compat_tc_attached(dev) \
	(rcu_access_pointer((dev)->tcx_ingress) || rcu_access_pointer((dev)->tcx_egress))
#else
#define kb_compat_tc_attached(dev)	((void)(dev), false)
#endif
#else
#ifdef CONFIG_NET_CLS_ACT
#define kb_compat_tc_attached(dev) \
	(rcu_access_pointer((dev)->miniq_ingress) || rcu_access_pointer((dev)->miniq_egress))
#else
#define kb_compat_tc_attached(dev)	((void)(dev), false)
#endif
#endif

#ifdef KB_HAVE_HRTIMER_SETUP
#define kb_compat_hrtimer_setup(timer, fn, clock, mode)	hrtimer_setup(timer, fn, clock, mode)
#else
#define kb_compat_hrtimer_setup(timer, fn, clock, mode) \
	do { hrtimer_init(timer, clock, mode); (timer)->function = (fn); } while (0)
#endif

#ifdef KB_HAVE_SK_UID
#define kb_compat_sk_uid(sk)		sk_uid(sk)
#else
#define kb_compat_sk_uid(sk)		((sk)->sk_uid)
#endif

/* Will IPsec change the packet on its way out? Without IPsec the member does not exist. */
#ifdef CONFIG_XFRM
#define kb_compat_dst_transforms(dst)	((dst) && (dst)->xfrm)
#else
#define kb_compat_dst_transforms(dst)	((void)(dst), false)
#endif

#endif
