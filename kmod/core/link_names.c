// SPDX-License-Identifier: GPL-2.0-only
/* Names of interfaces' kinds and buses, as policy text writes them. */
#include <kidoban/link.h>

static const char *const kind_names[KB_LINK_KIND_MAX] = {
	[KB_LINK_ETHERNET] = "ethernet",
	[KB_LINK_WIFI] = "wifi",
	[KB_LINK_WWAN] = "wwan",
	[KB_LINK_TETHER] = "tether",
	[KB_LINK_BLUETOOTH] = "bluetooth-pan",
	[KB_LINK_TUN] = "tun",
	[KB_LINK_TAP] = "tap",
	[KB_LINK_PPP] = "ppp",
	[KB_LINK_WIREGUARD] = "wireguard",
	[KB_LINK_TUNNEL] = "tunnel",
	[KB_LINK_VLAN] = "vlan",
	[KB_LINK_BRIDGE] = "bridge",
	[KB_LINK_BOND] = "bond",
	[KB_LINK_MACVLAN] = "macvlan",
	[KB_LINK_VETH] = "veth",
	[KB_LINK_DUMMY] = "dummy",
	[KB_LINK_OTHER] = "other",
	[KB_LINK_LOOPBACK] = "loopback",
};

static const char *const bus_names[KB_LINK_BUS_MAX] = {
	[KB_LINK_BUS_PCI] = "pci",
	[KB_LINK_BUS_USB] = "usb",
	[KB_LINK_BUS_PLATFORM] = "platform",
	[KB_LINK_BUS_VIRTUAL] = "virtual",
	[KB_LINK_BUS_OTHER] = "other",
};

static int find(const char *const *names, int n, const char *name)
{
	int i;

	for (i = 0; i < n; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -ENOENT;
}

const char *kb_link_kind_name(enum kb_link_kind kind)
{
	return (unsigned int)kind < KB_LINK_KIND_MAX ? kind_names[kind] : NULL;
}

int kb_link_kind_by_name(const char *name)
{
	/* the last one is loopback, which no policy names */
	return find(kind_names, KB_LINK_LOOPBACK, name);
}

const char *kb_link_bus_name(enum kb_link_bus bus)
{
	return (unsigned int)bus < KB_LINK_BUS_MAX ? bus_names[bus] : NULL;
}

int kb_link_bus_by_name(const char *name)
{
	return find(bus_names, KB_LINK_BUS_MAX, name);
}
