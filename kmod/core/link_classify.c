// SPDX-License-Identifier: GPL-2.0-only
/* What kind of interface this is, from the traces that its driver leaves. */
#include <kidoban/link.h>

/* ARPHRD_* of linux/if_arp.h. */
#define TYPE_ETHER		1
#define TYPE_SLIP		256
#define TYPE_CSLIP6		259
#define TYPE_PPP		512
#define TYPE_RAWIP		519
#define TYPE_TUNNEL		768
#define TYPE_TUNNEL6		769
#define TYPE_SIT		776
#define TYPE_IPGRE		778
#define TYPE_IEEE80211		801
#define TYPE_IEEE80211_RADIOTAP	803
#define TYPE_PHONET		820
#define TYPE_PHONET_PIPE	821
#define TYPE_IP6GRE		823
#define TYPE_NETLINK		824
#define TYPE_6LOWPAN		825

struct known {
	const char *name;
	enum kb_link_kind kind;
};

/* rtnl_link_ops.kind of drivers/net, net/; "tun" is told from "tap" by its type. */
static const struct known rtnl_kinds[] = {
	{ "amt", KB_LINK_TUNNEL },	 { "bareudp", KB_LINK_TUNNEL },
	{ "bond", KB_LINK_BOND },	 { "bridge", KB_LINK_BRIDGE },
	{ "dsa", KB_LINK_ETHERNET },	 { "dummy", KB_LINK_DUMMY },
	{ "erspan", KB_LINK_TUNNEL },	 { "geneve", KB_LINK_TUNNEL },
	{ "gre", KB_LINK_TUNNEL },	 { "gretap", KB_LINK_TUNNEL },
	{ "gtp", KB_LINK_TUNNEL },	 { "ifb", KB_LINK_DUMMY },
	{ "ip6erspan", KB_LINK_TUNNEL }, { "ip6gre", KB_LINK_TUNNEL },
	{ "ip6gretap", KB_LINK_TUNNEL }, { "ip6tnl", KB_LINK_TUNNEL },
	{ "ipip", KB_LINK_TUNNEL },	 { "ipvlan", KB_LINK_MACVLAN },
	{ "ipvtap", KB_LINK_MACVLAN },	 { "macvlan", KB_LINK_MACVLAN },
	{ "macvtap", KB_LINK_MACVLAN },	 { "netkit", KB_LINK_VETH },
	{ "nlmon", KB_LINK_DUMMY },	 { "openvswitch", KB_LINK_BRIDGE },
	{ "ovpn", KB_LINK_TUNNEL },	 { "pfcp", KB_LINK_TUNNEL },
	{ "ppp", KB_LINK_PPP },		 { "rmnet", KB_LINK_WWAN },
	{ "sit", KB_LINK_TUNNEL },	 { "team", KB_LINK_BOND },
	{ "veth", KB_LINK_VETH },	 { "vlan", KB_LINK_VLAN },
	{ "vrf", KB_LINK_DUMMY },	 { "vti", KB_LINK_TUNNEL },
	{ "vti6", KB_LINK_TUNNEL },	 { "vxlan", KB_LINK_TUNNEL },
	{ "wireguard", KB_LINK_WIREGUARD }, { "wwan", KB_LINK_WWAN },
	{ "xfrm", KB_LINK_TUNNEL },
};

/* net_device.dev.type->name. "gadget" is this machine as somebody's USB device. */
static const struct known devtypes[] = {
	{ "bluetooth", KB_LINK_BLUETOOTH }, { "bond", KB_LINK_BOND },
	{ "bridge", KB_LINK_BRIDGE },	    { "gadget", KB_LINK_TETHER },
	{ "geneve", KB_LINK_TUNNEL },	    { "l2tpeth", KB_LINK_TUNNEL },
	{ "lowpan", KB_LINK_BLUETOOTH },    { "macvlan", KB_LINK_MACVLAN },
	{ "ppp", KB_LINK_PPP },		    { "vlan", KB_LINK_VLAN },
	{ "vxlan", KB_LINK_TUNNEL },	    { "wireguard", KB_LINK_WIREGUARD },
	{ "wlan", KB_LINK_WIFI },	    { "wwan", KB_LINK_WWAN },
};

/*
 * Drivers of what has another computer or a telephone at its other end. Those
 * of modems say "wwan" by themselves, most of the time.
 */
static const struct known drivers[] = {
	{ "cdc_eem", KB_LINK_TETHER },	  { "cdc_ether", KB_LINK_TETHER },
	{ "cdc_mbim", KB_LINK_WWAN },	  { "cdc_ncm", KB_LINK_TETHER },
	{ "cdc_phonet", KB_LINK_WWAN },	  { "cdc_subset", KB_LINK_TETHER },
	{ "firewire_ohci", KB_LINK_OTHER }, { "gl620a", KB_LINK_TETHER },
	{ "hso", KB_LINK_WWAN },	  { "huawei_cdc_ncm", KB_LINK_WWAN },
	{ "ipheth", KB_LINK_TETHER },	  { "kalmia", KB_LINK_WWAN },
	{ "lg_vl600", KB_LINK_WWAN },	  { "mhi_net", KB_LINK_WWAN },
	{ "mhi_wwan_mbim", KB_LINK_WWAN }, { "net1080", KB_LINK_TETHER },
	{ "plusb", KB_LINK_TETHER },	  { "qmi_wwan", KB_LINK_WWAN },
	{ "rndis_host", KB_LINK_TETHER }, { "sierra_net", KB_LINK_WWAN },
	{ "thunderbolt_net", KB_LINK_OTHER }, { "zaurus", KB_LINK_TETHER },
};

static bool same_name(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

/* The kind that @name stands for, KB_LINK_KIND_MAX when it is none of @n. */
static enum kb_link_kind look_up(const struct known *known, u32 n, const char *name)
{
	u32 i;

	for (i = 0; name && i < n; i++)
		if (same_name(known[i].name, name))
			return known[i].kind;
	return KB_LINK_KIND_MAX;
}

static enum kb_link_kind kind_of_type(const struct kb_link_traits *traits)
{
	switch (traits->type) {
	case TYPE_PPP:
		return KB_LINK_PPP;
	case TYPE_RAWIP:
	case TYPE_PHONET:
	case TYPE_PHONET_PIPE:
		return KB_LINK_WWAN;
	case TYPE_TUNNEL:
	case TYPE_TUNNEL6:
	case TYPE_SIT:
	case TYPE_IPGRE:
	case TYPE_IP6GRE:
		return KB_LINK_TUNNEL;
	case TYPE_NETLINK:
		return KB_LINK_DUMMY;
	case TYPE_6LOWPAN:
		return KB_LINK_BLUETOOTH;
	case TYPE_ETHER:
		/* whatever makes Ethernet out of nothing has not said what it is */
		return traits->bus == KB_LINK_BUS_VIRTUAL ? KB_LINK_OTHER : KB_LINK_ETHERNET;
	}
	if (traits->type >= TYPE_SLIP && traits->type <= TYPE_CSLIP6)
		return KB_LINK_PPP;
	if (traits->type >= TYPE_IEEE80211 && traits->type <= TYPE_IEEE80211_RADIOTAP)
		return KB_LINK_WIFI;
	return KB_LINK_OTHER;
}

enum kb_link_kind kb_link_classify(const struct kb_link_traits *traits)
{
	enum kb_link_kind kind;

	if (traits->loopback)
		return KB_LINK_LOOPBACK;
	if (traits->wireless)
		return KB_LINK_WIFI;
	if (traits->rtnl_kind && !strcmp(traits->rtnl_kind, "tun"))
		return traits->type == TYPE_ETHER ? KB_LINK_TAP : KB_LINK_TUN;
	kind = look_up(rtnl_kinds, ARRAY_SIZE(rtnl_kinds), traits->rtnl_kind);
	if (kind == KB_LINK_KIND_MAX)
		kind = look_up(devtypes, ARRAY_SIZE(devtypes), traits->devtype);
	if (kind == KB_LINK_KIND_MAX)
		kind = look_up(drivers, ARRAY_SIZE(drivers), traits->driver);
	/* of a kind that nobody here knows, and nothing that says Ethernet can be believed */
	if (kind == KB_LINK_KIND_MAX && traits->rtnl_kind)
		return KB_LINK_OTHER;
	return kind == KB_LINK_KIND_MAX ? kind_of_type(traits) : kind;
}
