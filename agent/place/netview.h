/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's links, routes and neighbours, kept up to date by its own notices. */
#ifndef AGENT_PLACE_NETVIEW_H
#define AGENT_PLACE_NETVIEW_H

#include <kidoban/types.h>
#include <netlink/cache.h>
#include <systemd/sd-event.h>

struct kb_netview;

/* Who looks. Filled by its owner, who keeps it until kb_netview_leave(). */
struct kb_netview_watcher {
	/* From the loop, at any notice: to the library a carrier that came back is no difference. */
	void (*changed)(void *userdata);
	void *userdata;
	bool routes_only;		/* only when routes or neighbours differ */
	struct kb_netview_watcher *next;	/* the view's */
};

/*
 * All who look from one loop share one view. 0 and *ret, -ENOMEM, or what
 * netlink said.
 */
int kb_netview_join(sd_event *event, struct kb_netview_watcher *watcher, struct kb_netview **ret);
void kb_netview_leave(struct kb_netview *view, struct kb_netview_watcher *watcher);

/* Of struct rtnl_link, rtnl_route, rtnl_neigh; the view's, valid until the loop goes on. NULL = lost. */
struct nl_cache *kb_netview_links(const struct kb_netview *view);
struct nl_cache *kb_netview_routes(const struct kb_netview *view);
struct nl_cache *kb_netview_neighbours(const struct kb_netview *view);

/* Up, with a carrier, and no loopback? */
bool kb_netview_alive(const struct kb_netview *view, u32 ifindex);
/* The like, 0 or 1, or -ENODEV; *ret_changes: how often the carrier came or went so far. */
int kb_netview_carrier(const struct kb_netview *view, u32 ifindex, u32 *ret_changes);
/* The like, of this very moment: the view may not have heard of it yet. */
bool kb_netview_carrier_now(u32 ifindex, u32 *ret_changes);
/* Those; and those with Ethernet's frames, alive or not. At most @max; returns how many. */
size_t kb_netview_alive_links(const struct kb_netview *view, u32 *ret, size_t max);
size_t kb_netview_ethernet(const struct kb_netview *view, u32 *ret, size_t max);

#endif
