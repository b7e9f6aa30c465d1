// SPDX-License-Identifier: GPL-2.0-or-later
/* The default gateways that the kernel's routes name, and their hardware addresses. */
#include "agent/place/gateways.h"

#include <linux/rtnetlink.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

/* States of an entry whose address was heard, be it a while ago. */
#define HEARD (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

struct walk {
	struct nl_cache *neighbours;
	kb_gateway_fn fn;
	void *userdata;
};

static void look_up(struct rtnl_nexthop *hop, void *userdata)
{
	const struct walk *walk = userdata;
	struct nl_addr *gateway = rtnl_route_nh_get_gateway(hop), *mac;
	int ifindex = rtnl_route_nh_get_ifindex(hop);
	struct rtnl_neigh *neighbour;
	bool heard;

	if (!gateway)
		return;
	neighbour = walk->neighbours ? rtnl_neigh_get(walk->neighbours, ifindex, gateway) : NULL;
	mac = neighbour ? rtnl_neigh_get_lladdr(neighbour) : NULL;
	heard = mac && nl_addr_get_len(mac) == 6 && rtnl_neigh_get_state(neighbour) & HEARD;
	walk->fn((u32)ifindex, heard ? nl_addr_get_binary_addr(mac) : NULL, walk->userdata);
	rtnl_neigh_put(neighbour);
}

static void look_at(struct nl_object *object, void *userdata)
{
	struct rtnl_route *route = (struct rtnl_route *)object;
	struct nl_addr *to = rtnl_route_get_dst(route);

	if (rtnl_route_get_table(route) == RT_TABLE_MAIN &&
	    rtnl_route_get_type(route) == RTN_UNICAST && to && !nl_addr_get_prefixlen(to))
		rtnl_route_foreach_nexthop(route, look_up, userdata);
}

void kb_gateways_each(struct nl_cache *routes, struct nl_cache *neighbours, kb_gateway_fn fn, void *userdata)
{
	struct walk walk = { .neighbours = neighbours, .fn = fn, .userdata = userdata };

	nl_cache_foreach(routes, look_at, &walk);
}
