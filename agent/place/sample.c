// SPDX-License-Identifier: GPL-2.0-or-later
/* What there is around the terminal right now, for learning a place (P1). */
#include "agent/place/sample.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/place/gateways.h"
#include "agent/place/lldp_parse.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"
#include "policy/sysfs.h"

#define FRAMES_MAX	64

KB_DEFINE_CLEANUP(struct nl_sock *, nl_socket_free)
KB_DEFINE_CLEANUP(struct nl_cache *, nl_cache_free)

struct search {
	struct kb_learn *learn;
	int err;
};

static void on_gateway(u32 ifindex, const u8 *mac, void *userdata)
{
	struct search *search = userdata;
	int r = mac ? kb_learn_gateway(search->learn, mac) : 0;

	(void)ifindex;
	search->err = search->err ?: r;
}

int kb_sample_gateways(struct kb_learn *learn, struct kb_fault *ret_fault)
{
	KB_CLEANUP(nl_socket_free_p) struct nl_sock *sock = nl_socket_alloc();
	KB_CLEANUP(nl_cache_free_p) struct nl_cache *routes = NULL;
	KB_CLEANUP(nl_cache_free_p) struct nl_cache *neighbours = NULL;
	struct search search = { .learn = learn };
	int r = sock ? nl_connect(sock, NETLINK_ROUTE) : -NLE_NOMEM;

	if (!r)
		r = rtnl_route_alloc_cache(sock, AF_UNSPEC, 0, &routes);
	if (!r)
		r = rtnl_neigh_alloc_cache(sock, &neighbours);
	if (r)
		return kb_fault(ret_fault, -EIO, _("the kernel's routes cannot be read: %s"),
				nl_geterror(r));
	kb_gateways_each(routes, neighbours, on_gateway, &search);
	return search.err;
}

int kb_sample_usb(struct kb_learn *learn, const char *sys_dir, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_sysfs_done) struct kb_sysfs_devices devices = {};
	char model[256];
	size_t i;
	int r = kb_sysfs_read(sys_dir, &devices);

	if (r == -ENOENT)
		return 0;		/* no USB here */
	if (r)
		return kb_fault(ret_fault, r, _("USB devices cannot be read: %s"), strerror(-r));
	for (i = 0; i < devices.n && !r; i++) {
		const struct kb_sysfs_device *d = devices.list[i];

		if (!strncmp(d->name, "usb", 3))
			continue;
		snprintf(model, sizeof(model), "%.100s %.100s", d->maker, d->model);
		r = kb_learn_usb(learn, d->usb.vendor, d->usb.product, d->serial, model);
	}
	return r;
}

int kb_sample_lldp_open(struct kb_fault *ret_fault)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			htons(KB_LLDP_ETHERTYPE));
	struct if_nameindex *links = if_nameindex(), *l;

	if (fd < 0) {
		fd = -errno;
		kb_fault(ret_fault, fd, _("LLDP cannot be heard: %s"), strerror(-fd));
	}
	for (l = links; fd >= 0 && l && l->if_index; l++)
		/* a link that has no such frames has no LLDP */
		(void)kb_lldp_join(fd, l->if_index);
	if_freenameindex(links);
	return fd;
}

int kb_sample_lldp(struct kb_learn *learn, int fd)
{
	struct sockaddr_ll from = {};
	struct kb_lldp lldp;
	u8 frame[ETH_FRAME_LEN];
	socklen_t from_len;
	int i, said = 0;
	ssize_t len;

	for (i = 0; i < FRAMES_MAX; i++) {
		from_len = sizeof(from);
		len = recvfrom(fd, frame, sizeof(frame), MSG_DONTWAIT | MSG_TRUNC,
			       (struct sockaddr *)&from, &from_len);
		if (len < 0)
			break;
		if (len < ETH_HLEN || len > (ssize_t)sizeof(frame) ||
		    from.sll_pkttype == PACKET_OUTGOING || !kb_lldp_is_group(frame) ||
		    kb_lldp_parse(frame + ETH_HLEN, (size_t)len - ETH_HLEN, &lldp) || !lldp.ttl)
			continue;
		said += !kb_learn_lldp(learn, lldp.chassis, lldp.port);
	}
	return said;
}
