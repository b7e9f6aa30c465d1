// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence: the switch says which of its ports the cable is in. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <time.h>

#include "agent/place/hardware.h"
#include "agent/place/lldp_parse.h"
#include "agent/place/netview.h"
#include "agent/place/providers.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define LINKS_MAX	16		/* of the terminal */
#define FRAMES_MAX	64		/* of one turn of the loop */
#define TTL_MAX		600u		/* s: no frame stands for a day; switches say 120 */
#define PROMPT_USEC	500000ll	/* no cable is moved to another port faster */

enum state {
	STATE_NONE,
	STATE_SAID,			/* by a frame whose time may have run out */
	STATE_SHUTDOWN,			/* the switch took it back */
	STATE_NO_CARRIER
};

/* What the switch of the evidence said last on one link. */
struct heard {
	enum state state;
	u32 ifindex;			/* 0 = free */
	u32 changes;			/* of the carrier, when it was said */
	bool right;			/* one of the ports that count */
	u64 until_usec;			/* CLOCK_BOOTTIME */
	char ifname[IF_NAMESIZE];
	char port[48];			/* for people, cut */
};

struct frame {
	struct kb_lldp lldp;
	u32 ifindex;
	bool prompt;
};

struct kb_provider {
	const struct kb_evidence *evidence;
	const struct kb_surroundings *around;
	struct kb_netview *view;
	struct kb_netview_watcher watcher;
	sd_event_source *io;
	int fd;				/* packet socket */
	u32 n_joined, joined[LINKS_MAX];	/* whose multicast groups we are in */
	struct heard heard[LINKS_MAX];
	char other[48];			/* another switch that spoke last; "" = none */
};

static bool is_right(const struct kb_evidence *evidence, const struct kb_lldp *lldp)
{
	u32 i;

	for (i = 0; i < evidence->lldp.n_ports; i++)
		if (kb_lldp_is_port(lldp, evidence->lldp.ports[i]))
			return true;
	return !evidence->lldp.n_ports;
}

/* The entry of @ifindex; a new one takes the place of the one that ends first. */
static struct heard *entry(struct kb_provider *provider, u32 ifindex)
{
	struct heard *place = &provider->heard[0];
	u32 i;

	for (i = 0; i < LINKS_MAX; i++) {
		struct heard *heard = &provider->heard[i];

		if (heard->ifindex == ifindex)
			return heard;
		/* free ones have never begun */
		if (heard->until_usec < place->until_usec)
			place = heard;
	}
	*place = (struct heard){ .ifindex = ifindex };
	return place;
}

static void note(struct kb_provider *provider, u32 ifindex, u32 changes, const struct kb_lldp *lldp)
{
	struct heard *heard;

	if (!kb_lldp_is_chassis(lldp, provider->evidence->lldp.chassis)) {
		snprintf(provider->other, sizeof(provider->other), "%.*s",
			 (int)sizeof(provider->other) - 1, lldp->chassis);
		return;
	}
	heard = entry(provider, ifindex);
	if (!if_indextoname(ifindex, heard->ifname))
		snprintf(heard->ifname, sizeof(heard->ifname), "?");
	heard->state = lldp->ttl ? STATE_SAID : STATE_SHUTDOWN;
	heard->changes = changes;
	heard->right = is_right(provider->evidence, lldp);
	heard->until_usec = kb_boottime_usec() +
			    (lldp->ttl < TTL_MAX ? lldp->ttl : TTL_MAX) * 1000000ull;
	snprintf(heard->port, sizeof(heard->port), "%.*s", (int)sizeof(heard->port) - 1, lldp->port);
}

/* Was the frame of @msg received just now? */
static bool is_prompt(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct timespec then, now;
	long long usec;

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
		return false;
	memcpy(&then, CMSG_DATA(c), sizeof(then));
	clock_gettime(CLOCK_REALTIME, &now);
	usec = (now.tv_sec - then.tv_sec) * 1000000ll + (now.tv_nsec - then.tv_nsec) / 1000;
	return usec > -PROMPT_USEC && usec < PROMPT_USEC;
}

/* 1 with *ret, 0 when there is none (any more), -EBADMSG for a frame that says nothing. */
static int receive(int fd, struct frame *ret)
{
	union {
		char bytes[CMSG_SPACE(sizeof(struct timespec)) + 64];
		struct cmsghdr align;
	} control;
	u8 frame[ETH_FRAME_LEN + 256];
	struct sockaddr_ll from = {};
	struct iovec iov = { frame, sizeof(frame) };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov,
			      .msg_iovlen = 1, .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(fd, &msg, MSG_DONTWAIT | MSG_TRUNC);

	if (len < 0)
		return errno == EAGAIN ? 0 : -EBADMSG;
	if (len < ETH_HLEN || len > (ssize_t)sizeof(frame) || from.sll_pkttype == PACKET_OUTGOING ||
	    from.sll_pkttype == PACKET_LOOPBACK || !kb_lldp_is_group(frame) ||
	    frame[12] != KB_LLDP_ETHERTYPE >> 8 || frame[13] != (KB_LLDP_ETHERTYPE & 0xff) ||
	    kb_lldp_parse(frame + ETH_HLEN, (size_t)len - ETH_HLEN, &ret->lldp))
		return -EBADMSG;
	ret->ifindex = (u32)from.sll_ifindex;
	ret->prompt = is_prompt(&msg);
	return 1;
}

/* Of the link that frames come over; asked once in a turn of the loop, however many there are. */
struct carrier {
	u32 ifindex;			/* 0 = not asked yet */
	bool alive;
	u32 changes;
};

/*
 * Was it sent since the cable was plugged in where it is now? A frame that
 * waited while the loop was busy may be older than a carrier that is new to us.
 */
static bool is_of_this_carrier(const struct kb_provider *provider, const struct frame *frame,
			       struct carrier *now)
{
	u32 known;

	if (now->ifindex != frame->ifindex) {
		now->ifindex = frame->ifindex;
		now->alive = kb_netview_carrier_now(frame->ifindex, &now->changes);
	}
	return now->alive &&
	       (frame->prompt ||
		(kb_netview_carrier(provider->view, frame->ifindex, &known) > 0 &&
		 known == now->changes));
}

static int on_frame(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_provider *provider = userdata;
	struct carrier now = {};
	struct frame frame;
	bool news = false;
	int i, r;

	(void)source;
	(void)revents;
	for (i = 0; i < FRAMES_MAX; i++) {
		r = receive(fd, &frame);
		if (!r)
			break;
		/* a tap's owner writes into it what he likes; a cable is in a card */
		if (r < 0 || !kb_link_is_hardware(frame.ifindex) ||
		    !is_of_this_carrier(provider, &frame, &now))
			continue;
		note(provider, frame.ifindex, now.changes, &frame.lldp);
		news = true;
	}
	if (news)
		provider->around->changed(provider->around->userdata);
	return 0;
}

static bool contains(const u32 *list, u32 n, u32 one)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (list[i] == one)
			return true;
	return false;
}

/* Each link once: the kernel counts. It has left the groups of links that are gone by itself. */
static void join_all(struct kb_provider *provider)
{
	u32 links[LINKS_MAX], joined[LINKS_MAX] = {}, n_joined = 0, i;
	size_t n = kb_netview_ethernet(provider->view, links, LINKS_MAX);

	for (i = 0; i < n; i++)
		if (contains(provider->joined, provider->n_joined, links[i]) ||
		    !kb_lldp_join(provider->fd, links[i]))
			joined[n_joined++] = links[i];
	memcpy(provider->joined, joined, n_joined * sizeof(*joined));
	provider->n_joined = n_joined;
}

static void on_links(void *userdata)
{
	struct kb_provider *provider = userdata;
	bool lost = false;
	u32 i, changes;
	int alive;

	join_all(provider);
	for (i = 0; i < LINKS_MAX; i++) {
		struct heard *heard = &provider->heard[i];

		if (heard->state != STATE_SAID)
			continue;
		alive = kb_netview_carrier(provider->view, heard->ifindex, &changes);
		/* a frame may be faster than the notice of the carrier that it came over */
		if (alive >= 0 && ((s32)(changes - heard->changes) < 0 ||
				   (alive && changes == heard->changes)))
			continue;
		heard->state = STATE_NO_CARRIER;
		lost = true;
	}
	if (lost)
		provider->around->changed(provider->around->userdata);
}

static int listen_all(struct kb_provider *provider)
{
	struct sockaddr_ll all = { .sll_family = AF_PACKET, .sll_protocol = htons(KB_LLDP_ETHERTYPE) };
	int r, on = 1;

	provider->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (provider->fd < 0 ||
	    setsockopt(provider->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    bind(provider->fd, (struct sockaddr *)&all, sizeof(all)))
		return -errno;
	r = sd_event_add_io(provider->around->event, &provider->io, provider->fd, EPOLLIN, on_frame,
			    provider);
	if (r < 0)
		return r;
	provider->watcher = (struct kb_netview_watcher){ .changed = on_links, .userdata = provider };
	r = kb_netview_join(provider->around->event, &provider->watcher, &provider->view);
	if (!r)
		join_all(provider);
	return r;
}

static void stop(struct kb_provider *provider)
{
	kb_netview_leave(provider->view, &provider->watcher);
	sd_event_source_disable_unref(provider->io);
	kb_closep(&provider->fd);
	free(provider);
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
	r = listen_all(provider);
	if (r)
		stop(provider);
	else
		*ret = provider;
	return r;
}

/* What speaks most clearly: present before moved before gone before silent. */
static int weight(const struct heard *heard, u64 now_usec)
{
	switch (heard->state) {
	case STATE_SAID:
		if (heard->until_usec <= now_usec)
			return 1;
		return heard->right ? 5 : 4;
	case STATE_SHUTDOWN:
		return 3;
	case STATE_NO_CARRIER:
		return 2;
	default:
		return 0;
	}
}

static void say(const struct heard *heard, int how, struct kb_finding *ret)
{
	ret->presence = how == 5 ? KB_PRESENCE_PRESENT : KB_PRESENCE_ABSENT;
	ret->hard = how > 1 && how < 5;
	switch (how) {
	case 5:
		ret->good_until_usec = heard->until_usec;
		kb_detail(ret, _("%s is in port %s of the switch"), heard->ifname, heard->port);
		break;
	case 4:
		kb_detail(ret, _("%s is in port %s of the switch, which is not of this place"),
			  heard->ifname, heard->port);
		break;
	case 3:
		kb_detail(ret, _("the switch does not know %s any more"), heard->ifname);
		break;
	case 2:
		kb_detail(ret, _("%s has no carrier"), heard->ifname);
		break;
	default:
		kb_detail(ret, _("the switch has fallen silent on %s"), heard->ifname);
	}
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	const struct heard *best = NULL;
	int how = 0, one;
	u32 i;

	*ret = (struct kb_finding){};
	for (i = 0; i < LINKS_MAX; i++) {
		one = weight(&provider->heard[i], now_usec);
		if (one <= how)
			continue;
		how = one;
		best = &provider->heard[i];
	}
	if (best) {
		say(best, how, ret);
	} else if (provider->other[0]) {
		ret->presence = KB_PRESENCE_ABSENT;
		kb_detail(ret, _("the switch is another: %s"), provider->other);
	} else {
		kb_detail(ret, _("no switch has said anything yet"));
	}
}

static void doubt(struct kb_provider *provider)
{
	memset(provider->heard, 0, sizeof(provider->heard));
	provider->other[0] = '\0';
}

const struct kb_provider_ops kb_provider_lldp = {
	.kind = KB_EVIDENCE_LLDP, .start = start, .stop = stop, .evaluate = evaluate, .doubt = doubt,
};
