/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What a network interface is: the kinds and buses of the policy language. */
#ifndef _UAPI_KIDOBAN_LINK_H
#define _UAPI_KIDOBAN_LINK_H

/* Bit numbers of masks (u32) in compiled policies: never renumber, only append. */
enum kb_link_kind {
	KB_LINK_ETHERNET,
	KB_LINK_WIFI,		/* has a cfg80211 wireless device */
	KB_LINK_WWAN,		/* device type "wwan": qmi_wwan, cdc_mbim, wwan core */
	KB_LINK_TETHER,		/* USB: rndis_host, cdc_ether, cdc_eem, cdc_ncm, cdc_subset, ipheth */
	KB_LINK_BLUETOOTH,	/* bnep, 6LoWPAN: "bluetooth-pan" */
	KB_LINK_TUN,
	KB_LINK_TAP,
	KB_LINK_PPP,		/* and SLIP */
	KB_LINK_WIREGUARD,
	KB_LINK_TUNNEL,		/* vxlan, geneve, gre, ipip, sit, ip6tnl, vti, xfrm, l2tp, bareudp, gtp ... */
	KB_LINK_VLAN,
	KB_LINK_BRIDGE,		/* and Open vSwitch */
	KB_LINK_BOND,		/* and team */
	KB_LINK_MACVLAN,	/* macvlan, macvtap, ipvlan, ipvtap */
	KB_LINK_VETH,		/* and netkit */
	KB_LINK_DUMMY,		/* and ifb, nlmon, vrf: carry nothing out by themselves */
	KB_LINK_OTHER,		/* everything else */
	KB_LINK_LOOPBACK,	/* always allowed, not in policies */
	KB_LINK_KIND_MAX
};

#define KB_LINK_KIND_BIT(k)	(1u << (k))
#define KB_LINK_KIND_ALL	((1u << KB_LINK_LOOPBACK) - 1)	/* what policies may name */

enum kb_link_bus {
	KB_LINK_BUS_PCI,
	KB_LINK_BUS_USB,
	KB_LINK_BUS_PLATFORM,
	KB_LINK_BUS_VIRTUAL,	/* no parent device */
	KB_LINK_BUS_OTHER,	/* SDIO, FireWire, Thunderbolt networking ... */
	KB_LINK_BUS_MAX
};

#define KB_LINK_BUS_BIT(b)	(1u << (b))
#define KB_LINK_BUS_ALL		((1u << KB_LINK_BUS_MAX) - 1)

#endif
