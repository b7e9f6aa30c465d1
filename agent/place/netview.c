// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel's links, routes and neighbours. */
#include "agent/place/netview.h"

#include <errno.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <linux/if_arp.h>

/* Of linux/if.h, which cannot be read together with net/if.h. */
#define LOWER_UP	(1u << 16)
#define RETRY_USEC	1000000ull

struct kb_netview {
	sd_event *event;		/* owned reference */
	struct kb_netview_watcher *watchers;	/* theirs */
	struct nl_cache_mngr *manager;	/* NULL = lost */
	struct nl_cache *links, *routes, *neighbours;	/* the manager's */
	sd_event_source *io, *retry;
	bool routes_changed;		/* or neighbours */
	struct kb_netview *next;
};

/* One for each loop; used from that loop's thread only. */
static struct kb_netview *views;

static void on_route(struct nl_cache *cache, struct nl_object *object, int action, void *userdata)
{
	(void)cache;
	(void)object;
	(void)action;
	((struct kb_netview *)userdata)->routes_changed = true;
}

static void tell(struct kb_netview *view)
{
	struct kb_netview_watcher *watcher, *next;
	bool others = view->routes_changed;

	view->routes_changed = false;
	/* one that leaves while it is told is gone from the list already */
	for (watcher = view->watchers; watcher; watcher = next) {
		next = watcher->next;
		if (others || !watcher->routes_only)
			watcher->changed(watcher->userdata);
	}
}

static int on_notice(sd_event_source *source, int fd, uint32_t revents, void *userdata);

static void close_caches(struct kb_netview *view)
{
	view->io = sd_event_source_disable_unref(view->io);
	if (view->manager)
		nl_cache_mngr_free(view->manager);
	view->manager = NULL;
	view->links = view->routes = view->neighbours = NULL;
}

static int open_caches(struct kb_netview *view)
{
	int r = nl_cache_mngr_alloc(NULL, NETLINK_ROUTE, NL_AUTO_PROVIDE, &view->manager);

	if (!r)
		r = nl_cache_mngr_add(view->manager, "route/link", NULL, NULL, &view->links);
	if (!r)
		r = nl_cache_mngr_add(view->manager, "route/route", on_route, view, &view->routes);
	if (!r)
		r = nl_cache_mngr_add(view->manager, "route/neigh", on_route, view,
				      &view->neighbours);
	if (r) {
		close_caches(view);
		return r == -NLE_NOMEM ? -ENOMEM : -EIO;
	}
	r = sd_event_add_io(view->event, &view->io, nl_cache_mngr_get_fd(view->manager), EPOLLIN,
			    on_notice, view);
	if (r < 0)
		close_caches(view);
	return r < 0 ? r : 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata);

/* Asks for all that is there anew; until that succeeds nothing is there. */
static void begin_anew(struct kb_netview *view)
{
	close_caches(view);
	view->retry = sd_event_source_disable_unref(view->retry);
	if (open_caches(view))
		sd_event_add_time_relative(view->event, &view->retry, CLOCK_MONOTONIC, RETRY_USEC, 0,
					   on_retry, view);
	view->routes_changed = true;
	tell(view);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	begin_anew(userdata);
	return 0;
}

static int on_notice(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_netview *view = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	/* an error: notices were lost */
	if (nl_cache_mngr_data_ready(view->manager) < 0) {
		begin_anew(view);
		return 0;
	}
	tell(view);
	return 0;
}

static struct kb_netview *find(sd_event *event)
{
	struct kb_netview *view;

	for (view = views; view; view = view->next)
		if (view->event == event)
			return view;
	return NULL;
}

static void drop(struct kb_netview *view)
{
	struct kb_netview **at = &views;

	while (*at && *at != view)
		at = &(*at)->next;
	if (*at)
		*at = view->next;
	close_caches(view);
	sd_event_source_disable_unref(view->retry);
	sd_event_unref(view->event);
	free(view);
}

int kb_netview_join(sd_event *event, struct kb_netview_watcher *watcher, struct kb_netview **ret)
{
	struct kb_netview *view = find(event);
	int r;

	if (!view) {
		view = calloc(1, sizeof(*view));
		if (!view)
			return -ENOMEM;
		view->event = sd_event_ref(event);
		view->next = views;
		views = view;
		r = open_caches(view);
		if (r) {
			drop(view);
			return r;
		}
	}
	watcher->next = view->watchers;
	view->watchers = watcher;
	*ret = view;
	return 0;
}

void kb_netview_leave(struct kb_netview *view, struct kb_netview_watcher *watcher)
{
	struct kb_netview_watcher **at;

	if (!view)
		return;
	for (at = &view->watchers; *at && *at != watcher; at = &(*at)->next)
		;
	if (*at)
		*at = watcher->next;
	if (!view->watchers)
		drop(view);
}

struct nl_cache *kb_netview_links(const struct kb_netview *view)
{
	return view->links;
}

struct nl_cache *kb_netview_routes(const struct kb_netview *view)
{
	return view->routes;
}

struct nl_cache *kb_netview_neighbours(const struct kb_netview *view)
{
	return view->neighbours;
}

static bool is_alive(struct rtnl_link *link)
{
	unsigned int flags = rtnl_link_get_flags(link);

	return flags & IFF_UP && flags & LOWER_UP && !(flags & IFF_LOOPBACK);
}

static bool is_ethernet(struct rtnl_link *link)
{
	return rtnl_link_get_arptype(link) == ARPHRD_ETHER &&
	       !(rtnl_link_get_flags(link) & IFF_LOOPBACK);
}

/* What address families say of a link is an object of its own in the cache, without a carrier. */
static bool is_link(struct rtnl_link *link)
{
	return rtnl_link_get_family(link) == AF_UNSPEC;
}

/* Borrowed from the cache; NULL when there is none. */
static struct rtnl_link *find_link(const struct kb_netview *view, u32 ifindex)
{
	struct nl_object *object;

	for (object = view->links ? nl_cache_get_first(view->links) : NULL; object;
	     object = nl_cache_get_next(object))
		if (is_link((struct rtnl_link *)object) &&
		    rtnl_link_get_ifindex((struct rtnl_link *)object) == (int)ifindex)
			return (struct rtnl_link *)object;
	return NULL;
}

int kb_netview_carrier(const struct kb_netview *view, u32 ifindex, u32 *ret_changes)
{
	struct rtnl_link *link = find_link(view, ifindex);
	u32 changes = 0;

	if (!link)
		return -ENODEV;
	rtnl_link_get_carrier_changes(link, &changes);
	*ret_changes = changes;
	return is_alive(link);
}

bool kb_netview_alive(const struct kb_netview *view, u32 ifindex)
{
	u32 changes;

	return kb_netview_carrier(view, ifindex, &changes) > 0;
}

bool kb_netview_carrier_now(u32 ifindex, u32 *ret_changes)
{
	struct nl_sock *sock = nl_socket_alloc();
	struct rtnl_link *link = NULL;
	bool alive = false;
	u32 changes = 0;

	if (sock && !nl_connect(sock, NETLINK_ROUTE) &&
	    !rtnl_link_get_kernel(sock, (int)ifindex, NULL, &link)) {
		rtnl_link_get_carrier_changes(link, &changes);
		alive = is_alive(link);
	}
	rtnl_link_put(link);
	nl_socket_free(sock);
	*ret_changes = changes;
	return alive;
}

static size_t list(const struct kb_netview *view, bool (*fits)(struct rtnl_link *), u32 *ret,
		   size_t max)
{
	struct nl_object *object;
	size_t n = 0;

	for (object = view->links ? nl_cache_get_first(view->links) : NULL; object && n < max;
	     object = nl_cache_get_next(object))
		if (is_link((struct rtnl_link *)object) && fits((struct rtnl_link *)object))
			ret[n++] = (u32)rtnl_link_get_ifindex((struct rtnl_link *)object);
	return n;
}

size_t kb_netview_alive_links(const struct kb_netview *view, u32 *ret, size_t max)
{
	return list(view, is_alive, ret, max);
}

size_t kb_netview_ethernet(const struct kb_netview *view, u32 *ret, size_t max)
{
	return list(view, is_ethernet, ret, max);
}
