// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: the default gateway's hardware address. Weak: anybody may have it. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "agent/place/netview.h"
#include "agent/place/providers.h"
#include "policy/i18n.h"

/* States of an entry whose address was heard, be it a while ago. */
#define HEARD (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	struct kb_netview *view;
	struct kb_netview_watcher watcher;
};

/* What was found so far, over all default routes. */
struct search {
	const struct kb_provider *provider;
	u32 gateways;			/* of default routes */
	bool resolved, matched;
	u8 mac[6];			/* of the last one that is resolved */
};

static bool matches(const struct kb_evidence *evidence, const u8 mac[6])
{
	u32 i, byte;

	for (i = 0; i < evidence->gateway.n_macs; i++) {
		const struct kb_link_mac *wanted = &evidence->gateway.macs[i];

		for (byte = 0; byte < 6; byte++)
			if ((mac[byte] ^ wanted->value[byte]) & wanted->mask[byte])
				break;
		if (byte == 6)
			return true;
	}
	return false;
}

static void look_up(struct rtnl_nexthop *hop, void *userdata)
{
	struct search *search = userdata;
	struct nl_cache *neighbours = kb_netview_neighbours(search->provider->view);
	struct nl_addr *gateway = rtnl_route_nh_get_gateway(hop), *mac;
	int ifindex = rtnl_route_nh_get_ifindex(hop);
	struct rtnl_neigh *neighbour;

	if (!gateway || !kb_netview_alive(search->provider->view, (u32)ifindex))
		return;
	search->gateways++;
	neighbour = neighbours ? rtnl_neigh_get(neighbours, ifindex, gateway) : NULL;
	mac = neighbour ? rtnl_neigh_get_lladdr(neighbour) : NULL;
	if (mac && nl_addr_get_len(mac) == 6 && rtnl_neigh_get_state(neighbour) & HEARD) {
		search->resolved = true;
		if (!search->matched)
			memcpy(search->mac, nl_addr_get_binary_addr(mac), 6);
		search->matched |= matches(search->provider->evidence, nl_addr_get_binary_addr(mac));
	}
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

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	struct search search = { .provider = provider };
	struct nl_cache *routes = kb_netview_routes(provider->view);

	(void)now_usec;
	*ret = (struct kb_finding){};
	if (routes)
		nl_cache_foreach(routes, look_at, &search);
	if (!routes) {
		kb_detail(ret, _("the routes are not known"));
	} else if (search.matched) {
		ret->presence = KB_PRESENCE_PRESENT;
		kb_detail(ret, _("the default gateway is %02x:%02x:%02x:%02x:%02x:%02x"),
			  search.mac[0], search.mac[1], search.mac[2], search.mac[3], search.mac[4],
			  search.mac[5]);
	} else if (search.resolved) {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, _("the default gateway is another: %02x:%02x:%02x:%02x:%02x:%02x"),
			  search.mac[0], search.mac[1], search.mac[2], search.mac[3], search.mac[4],
			  search.mac[5]);
	} else if (search.gateways) {
		kb_detail(ret, _("the default gateway has not been heard of yet"));
	} else {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, _("there is no default gateway"));
	}
}

static void on_change(void *userdata)
{
	struct kb_provider *provider = userdata;

	provider->around->changed(provider->around->userdata);
}

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	struct kb_provider *provider = calloc(1, sizeof(*provider));
	int r;

	if (!provider)
		return -ENOMEM;
	provider->evidence = evidence;
	provider->around = around;
	provider->watcher = (struct kb_netview_watcher){ .changed = on_change, .userdata = provider,
							 .routes_only = true };
	r = kb_netview_join(around->event, &provider->watcher, &provider->view);
	if (r)
		free(provider);
	else
		*ret = provider;
	return r;
}

static void stop(struct kb_provider *provider)
{
	kb_netview_leave(provider->view, &provider->watcher);
	free(provider);
}

const struct kb_provider_ops kb_provider_gateway = {
	.kind = KB_EVIDENCE_GATEWAY, .start = start, .stop = stop, .evaluate = evaluate,
};
