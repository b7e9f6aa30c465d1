// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers terminals that ask where they are. */
#include "agent/beacon/responder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "agent/beacon/bucket.h"
#include "agent/beacon/message.h"
#include "agent/clock.h"
#include "policy/i18n.h"

#define HOPS		255		/* what no router has touched (RFC 5082) */
#define BATCH		64		/* datagrams of one turn of the loop */

struct kb_responder {
	const struct kb_beacon_config *config;	/* the caller's */
	u8 key[KB_BEACON_KEY_LEN];
	struct in6_addr group;
	int fd6, fd4, changes;		/* -1 = none; changes: netlink, of links */
	sd_event_source *source6, *source4, *source_changes;
	struct kb_buckets buckets;
	struct kb_responder_counts counts;
};

/* One datagram and how it came. IPv4 addresses are mapped. */
struct arrival {
	u8 bytes[KB_BEACON_QUESTION_LEN + 1];
	ssize_t len;
	struct sockaddr_storage from;
	socklen_t from_len;
	struct in6_addr source, to;
	u32 ifindex;
	int hops;
};

union control {
	char bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int)) + 64];
	struct cmsghdr align;
};

static void map_v4(struct in_addr v4, struct in6_addr *ret)
{
	*ret = (struct in6_addr){ .s6_addr = { [10] = 0xff, [11] = 0xff } };
	memcpy(&ret->s6_addr[12], &v4, sizeof(v4));
}

static void read_control(struct msghdr *msg, struct arrival *ret)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info4;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			ret->to = info6.ipi6_addr;
			ret->ifindex = info6.ipi6_ifindex;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info4, CMSG_DATA(c), sizeof(info4));
			map_v4(info4.ipi_addr, &ret->to);
			ret->ifindex = (u32)info4.ipi_ifindex;
		} else if ((c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT) ||
			   (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL)) {
			memcpy(&ret->hops, CMSG_DATA(c), sizeof(ret->hops));
		}
	}
}

/* 1 with *ret, 0 when there is none. */
static int receive(int fd, struct arrival *ret)
{
	union control control;
	struct iovec iov = { ret->bytes, sizeof(ret->bytes) };
	struct msghdr msg = { .msg_name = &ret->from, .msg_namelen = sizeof(ret->from),
			      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };

	ret->hops = -1;
	ret->ifindex = 0;
	ret->len = recvmsg(fd, &msg, MSG_DONTWAIT);
	if (ret->len < 0)
		return 0;
	ret->from_len = msg.msg_namelen;
	if (ret->from.ss_family == AF_INET6)
		ret->source = ((struct sockaddr_in6 *)&ret->from)->sin6_addr;
	else
		map_v4(((struct sockaddr_in *)&ret->from)->sin_addr, &ret->source);
	read_control(&msg, ret);
	return 1;
}

static bool is_ours(const struct kb_responder *responder, u32 ifindex)
{
	const struct kb_beacon_config *config = responder->config;
	char name[IF_NAMESIZE];
	u32 i;

	if (!config->n_interfaces)
		return true;
	if (!if_indextoname(ifindex, name))
		return false;
	for (i = 0; i < config->n_interfaces; i++)
		if (!strcmp(config->interfaces[i], name))
			return true;
	return false;
}

/* Is it for us, and did it come the way it must? Counts why not. */
static bool is_acceptable(struct kb_responder *responder, const struct arrival *a)
{
	struct kb_responder_counts *counts = &responder->counts;
	bool group = IN6_ARE_ADDR_EQUAL(&a->to, &responder->group);

	if (!is_ours(responder, a->ifindex) || (!group && !responder->config->unicast)) {
		counts->elsewhere++;
		return false;
	}
	/* on a link, nobody farther away may ask: a router would have counted down */
	if ((group || IN6_IS_ADDR_LINKLOCAL(&a->to) || IN6_IS_ADDR_LINKLOCAL(&a->source)) &&
	    (a->hops != HOPS || (group && !IN6_IS_ADDR_LINKLOCAL(&a->source)))) {
		counts->far++;
		return false;
	}
	return true;
}

/* The answer leaves where the question came in, from the address that was asked. */
static int send_from(int fd, const struct arrival *a, const u8 *answer, bool group)
{
	union control control = {};
	struct iovec iov = { (void *)answer, KB_BEACON_ANSWER_LEN };
	struct msghdr msg = { .msg_name = (void *)&a->from, .msg_namelen = a->from_len,
			      .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control };
	struct in6_pktinfo info6 = { .ipi6_ifindex = a->ifindex };
	struct in_pktinfo info4 = {};
	struct cmsghdr *c = &control.align;

	if (a->from.ss_family == AF_INET6) {
		if (!group)
			info6.ipi6_addr = a->to;
		msg.msg_controllen = CMSG_SPACE(sizeof(info6));
		*c = (struct cmsghdr){ .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO,
				       .cmsg_len = CMSG_LEN(sizeof(info6)) };
		memcpy(CMSG_DATA(c), &info6, sizeof(info6));
	} else {
		memcpy(&info4.ipi_spec_dst, &a->to.s6_addr[12], sizeof(info4.ipi_spec_dst));
		msg.msg_controllen = CMSG_SPACE(sizeof(info4));
		*c = (struct cmsghdr){ .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO,
				       .cmsg_len = CMSG_LEN(sizeof(info4)) };
		memcpy(CMSG_DATA(c), &info4, sizeof(info4));
	}
	return sendmsg(fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static void answer(struct kb_responder *responder, int fd, const struct arrival *a)
{
	const struct kb_beacon_config *config = responder->config;
	bool group = IN6_ARE_ADDR_EQUAL(&a->to, &responder->group);
	struct kb_beacon_answer said = { .time = kb_clock_usec(CLOCK_REALTIME) / 1000000 };
	u8 bytes[KB_BEACON_ANSWER_LEN];
	struct kb_beacon_question asked;

	if (!is_acceptable(responder, a))
		return;
	if (kb_beacon_read_question(a->bytes, (size_t)a->len, &asked) ||
	    strcmp(asked.name, config->name)) {
		responder->counts.form++;
		return;
	}
	if (!kb_buckets_take(&responder->buckets, &a->source, a->ifindex,
			     kb_clock_usec(CLOCK_MONOTONIC))) {
		responder->counts.often++;
		return;
	}
	memcpy(said.nonce, asked.nonce, sizeof(said.nonce));
	snprintf(said.site, sizeof(said.site), "%s", config->site);
	snprintf(said.name, sizeof(said.name), "%s", config->name);
	snprintf(said.zone, sizeof(said.zone), "%s", config->zone);
	if (kb_beacon_answer_make(&said, responder->key, bytes, NULL) || send_from(fd, a, bytes, group))
		responder->counts.failed++;
	else
		responder->counts.answered++;
}

static int on_question(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct arrival arrival;
	int i;

	(void)source;
	(void)revents;
	for (i = 0; i < BATCH && receive(fd, &arrival); i++)
		answer(userdata, fd, &arrival);
	return 0;
}

/* Joins the group on every interface that is there; those joined already say EADDRINUSE. */
static void join(struct kb_responder *responder)
{
	struct ipv6_mreq request = { .ipv6mr_multiaddr = responder->group };
	struct if_nameindex *all, *one;

	if (responder->fd6 < 0)
		return;
	all = if_nameindex();
	for (one = all; one && one->if_index; one++) {
		request.ipv6mr_interface = one->if_index;
		if (is_ours(responder, one->if_index))
			setsockopt(responder->fd6, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request,
				   sizeof(request));
	}
	if (all)
		if_freenameindex(all);
}

static int on_change(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	char message[8192];

	(void)source;
	(void)revents;
	/* what changed does not matter; ENOBUFS says that something did, too */
	while (recv(fd, message, sizeof(message), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
	join(userdata);
	return 0;
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value)) ? -errno : 0;
}

/* *ret stays as it is on failure. */
static int open6(struct kb_responder *responder)
{
	struct sockaddr_in6 here = { .sin6_family = AF_INET6,
				     .sin6_port = htons((u16)responder->config->port) };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	r = set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
	if (!r)
		r = set(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, HOPS);
	if (!r && bind(fd, (struct sockaddr *)&here, sizeof(here)))
		r = -errno;
	if (r)
		close(fd);
	else
		responder->fd6 = fd;
	return r;
}

static int open4(struct kb_responder *responder)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_port = htons((u16)responder->config->port) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -errno;
	r = set(fd, IPPROTO_IP, IP_PKTINFO, 1);
	if (!r)
		r = set(fd, IPPROTO_IP, IP_RECVTTL, 1);
	if (!r && bind(fd, (struct sockaddr *)&here, sizeof(here)))
		r = -errno;
	if (r)
		close(fd);
	else
		responder->fd4 = fd;
	return r;
}

static int watch_links(struct kb_responder *responder)
{
	struct sockaddr_nl groups = { .nl_family = AF_NETLINK,
				      .nl_groups = RTMGRP_LINK | RTMGRP_IPV6_IFADDR };

	responder->changes = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (responder->changes < 0 ||
	    bind(responder->changes, (struct sockaddr *)&groups, sizeof(groups)))
		return -errno;
	return 0;
}

/* A machine without IPv6 can still be asked at its IPv4 addresses. */
static int listen_all(struct kb_responder *responder, struct kb_fault *ret_fault)
{
	bool unicast = responder->config->unicast;
	int r = open6(responder);

	if (!r || (r == -EAFNOSUPPORT && unicast))
		r = unicast ? open4(responder) : r;
	if (!r)
		r = watch_links(responder);
	if (r)
		return kb_fault(ret_fault, r, _("cannot listen on UDP port %u: %s"),
				responder->config->port, strerror(-r));
	return 0;
}

static int attach(struct kb_responder *responder, sd_event *event)
{
	int r = sd_event_add_io(event, &responder->source_changes, responder->changes, EPOLLIN,
				on_change, responder);

	if (r >= 0 && responder->fd6 >= 0)
		r = sd_event_add_io(event, &responder->source6, responder->fd6, EPOLLIN, on_question,
				    responder);
	if (r >= 0 && responder->fd4 >= 0)
		r = sd_event_add_io(event, &responder->source4, responder->fd4, EPOLLIN, on_question,
				    responder);
	return r < 0 ? r : 0;
}

int kb_responder_new(sd_event *event, const struct kb_beacon_config *config, const u8 key[32],
		     struct kb_responder **ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_responder_free_p) struct kb_responder *responder =
		calloc(1, sizeof(*responder));
	int r;

	if (!responder)
		return kb_fault(ret_fault, -ENOMEM, "%s", strerror(ENOMEM));
	responder->config = config;
	responder->fd4 = responder->fd6 = responder->changes = -1;
	memcpy(responder->key, key, sizeof(responder->key));
	inet_pton(AF_INET6, KB_BEACON_GROUP, &responder->group);
	if (getrandom(&responder->buckets.seed, sizeof(responder->buckets.seed), 0) < 0)
		return kb_fault(ret_fault, -errno, "%s", strerror(errno));
	r = listen_all(responder, ret_fault);
	if (r)
		return r;
	r = attach(responder, event);
	if (r)
		return kb_fault(ret_fault, r, "%s", strerror(-r));
	join(responder);
	*ret = responder;
	responder = NULL;
	return 0;
}

void kb_responder_free(struct kb_responder *responder)
{
	if (!responder)
		return;
	sd_event_source_unref(responder->source6);
	sd_event_source_unref(responder->source4);
	sd_event_source_unref(responder->source_changes);
	kb_closep(&responder->fd6);
	kb_closep(&responder->fd4);
	kb_closep(&responder->changes);
	OPENSSL_cleanse(responder->key, sizeof(responder->key));
	free(responder);
}

const struct kb_responder_counts *kb_responder_counts(const struct kb_responder *responder)
{
	return &responder->counts;
}
