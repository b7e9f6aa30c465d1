// SPDX-License-Identifier: GPL-2.0-or-later
/* nl80211: interfaces, stations, scans and what happens to them. */
#include "agent/wifi/nl80211.h"

#include <linux/nl80211.h>
#include <netlink/genl/ctrl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "agent/clock.h"
#include "agent/exchange.h"
#include "policy/i18n.h"

#define EVENT_BUFFER	(1024 * 1024)
#define DUMP_TRIES	5
#define ANSWER_SECONDS	1	/* the loop that waits renews the lease, too */

struct kb_radio {
	struct kb_wire ask, hear;	/* .hear.sock is NULL until subscribed */
};

static int open_socket(struct kb_wire *wire, struct kb_fault *ret_fault)
{
	struct timeval answer = { .tv_sec = ANSWER_SECONDS };
	int on = 1, r;

	wire->sock = nl_socket_alloc();
	if (!wire->sock)
		return -ENOMEM;
	r = genl_connect(wire->sock);
	if (r < 0)
		return kb_fault(ret_fault, kb_exchange_errno(r),
				_("cannot open a netlink socket: %s"), nl_geterror(r));
	r = nl_socket_get_fd(wire->sock);
	if (setsockopt(r, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(r, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(r, SOL_SOCKET, SO_RCVTIMEO, &answer, sizeof(answer)) < 0)
		return kb_fault(ret_fault, -errno, _("cannot set up the netlink socket: %s"),
				strerror(errno));
	wire->patience = ANSWER_SECONDS;
	wire->family = genl_ctrl_resolve(wire->sock, NL80211_GENL_NAME);
	if (wire->family >= 0)
		return 0;
	r = kb_exchange_errno(wire->family);
	if (r == -ENOENT)
		return kb_fault(
			ret_fault, r,
			_("this kernel has no nl80211: no driver of a wireless device is loaded"));
	return kb_fault(ret_fault, r, "%s", nl_geterror(wire->family));
}

int kb_radio_open(struct kb_radio **ret, struct kb_fault *ret_fault)
{
	struct kb_radio *radio = calloc(1, sizeof(*radio));
	int r;

	if (!radio)
		return -ENOMEM;
	r = open_socket(&radio->ask, ret_fault);
	if (r) {
		kb_radio_close(radio);
		return r;
	}
	*ret = radio;
	return 0;
}

void kb_radio_close(struct kb_radio *radio)
{
	if (!radio)
		return;
	nl_socket_free(radio->ask.sock);
	nl_socket_free(radio->hear.sock);
	free(radio);
}

int kb_radio_subscribe(struct kb_radio *radio, struct kb_fault *ret_fault)
{
	static const char *const groups[] = { NL80211_MULTICAST_GROUP_CONFIG,
					      NL80211_MULTICAST_GROUP_SCAN,
					      NL80211_MULTICAST_GROUP_MLME,
					      NL80211_MULTICAST_GROUP_REG };
	int size = EVENT_BUFFER, r = open_socket(&radio->hear, ret_fault);
	size_t i;

	if (r)
		return r;
	for (i = 0; i < ARRAY_SIZE(groups) && r >= 0; i++) {
		r = genl_ctrl_resolve_grp(radio->hear.sock, NL80211_GENL_NAME, groups[i]);
		if (r >= 0)
			r = nl_socket_add_membership(radio->hear.sock, r);
	}
	if (r >= 0)
		r = nl_socket_set_nonblocking(radio->hear.sock);
	if (r < 0)
		return kb_fault(ret_fault, kb_exchange_errno(r),
				_("cannot join the events group: %s"), nl_geterror(r));
	setsockopt(nl_socket_get_fd(radio->hear.sock), SOL_SOCKET, SO_RCVBUFFORCE, &size,
		   sizeof(size));
	nl_socket_disable_seq_check(radio->hear.sock);
	return 0;
}

int kb_radio_fd(const struct kb_radio *radio)
{
	return nl_socket_get_fd(radio->hear.sock);
}

struct listener {
	kb_radio_fn fn;
	void *userdata;
};

/* One that cannot be read is the sender's fault and must not hide those behind it. */
static int take_notice(u8 cmd, const void *data, size_t len, void *userdata)
{
	struct listener *listener = userdata;
	struct kb_radio_notice notice;

	if (!kb_radio_decode_event(cmd, data, len, &notice))
		listener->fn(&notice, listener->userdata);
	return 0;
}

int kb_radio_receive(struct kb_radio *radio, kb_radio_fn fn, void *userdata)
{
	static const struct kb_radio_notice lost = { .event = KB_RADIO_LOST };
	struct listener listener = { fn, userdata };
	struct kb_exchange x = { .wire = &radio->hear,
				 .handle = take_notice,
				 .userdata = &listener };
	int r = kb_exchange_drain(&x);

	if (r != -ENOBUFS)
		return r;
	fn(&lost, userdata);
	return 0;
}

/* --- Lists */

typedef int (*decode_fn)(const void *attrs, size_t len, void *ret);

struct dump {
	u8 answer;			/* command of the messages that make it up */
	decode_fn decode;
	size_t size, n, max;
	char *items;
};

static int take_item(u8 cmd, const void *data, size_t len, void *userdata)
{
	struct dump *dump = userdata;
	char *grown;
	int r;

	if (cmd != dump->answer || dump->n == dump->max)
		return 0;
	/* powers of two, so that the list says itself when it is full */
	if (!(dump->n & (dump->n - 1))) {
		grown = reallocarray(dump->items, dump->n ? 2 * dump->n : 1, dump->size);
		if (!grown)
			return -ENOMEM;
		dump->items = grown;
	}
	r = dump->decode(data, len, dump->items + dump->n * dump->size);
	dump->n += !r;
	/* what one access point sends must not hide the others */
	return r == -ENOMEM ? r : 0;
}

/* @shape says what is asked; on success *ret_dump owns its items. */
static int run_dump(struct kb_radio *radio, u8 cmd, u32 ifindex, const struct dump *shape,
		    struct dump *ret_dump, struct kb_fault *ret_fault)
{
	int tries, r = -EAGAIN;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct dump dump = *shape;
		struct kb_exchange x = { .wire = &radio->ask, .ret_fault = ret_fault,
					 .handle = take_item, .userdata = &dump };
		KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
			kb_request_make(&radio->ask, cmd, NLM_F_DUMP, 64);

		if (!msg || (ifindex && nla_put_u32(msg, NL80211_ATTR_IFINDEX, ifindex) < 0))
			return -ENOMEM;
		r = kb_exchange_run(&x, msg);
		if (!r && (!x.interrupted || tries == DUMP_TRIES - 1)) {
			*ret_dump = dump;
			return 0;
		}
		free(dump.items);
		if (r)
			break;
	}
	return r;
}

static int decode_wdev(const void *attrs, size_t len, void *ret)
{
	return kb_radio_decode_wdev(attrs, len, ret);
}

int kb_radio_wdevs(struct kb_radio *radio, struct kb_wdev **ret, size_t *ret_n,
		   struct kb_fault *ret_fault)
{
	static const struct dump shape = { .answer = NL80211_CMD_NEW_INTERFACE,
					   .decode = decode_wdev,
					   .size = sizeof(**ret),
					   .max = KB_WDEVS_MAX };
	struct dump dump;
	int r = run_dump(radio, NL80211_CMD_GET_INTERFACE, 0, &shape, &dump, ret_fault);

	if (r)
		return r;
	*ret = (struct kb_wdev *)dump.items;
	*ret_n = dump.n;
	return 0;
}

static int decode_station(const void *attrs, size_t len, void *ret)
{
	return kb_radio_decode_station(attrs, len, ret);
}

/* The access point is the first; peers that we speak to directly (TDLS) come behind it. */
int kb_radio_station(struct kb_radio *radio, u32 ifindex, struct kb_station *ret,
		     struct kb_fault *ret_fault)
{
	static const struct dump shape = { .answer = NL80211_CMD_NEW_STATION,
					   .decode = decode_station,
					   .size = sizeof(*ret),
					   .max = 1 };
	struct dump dump;
	int r = run_dump(radio, NL80211_CMD_GET_STATION, ifindex, &shape, &dump, ret_fault);

	if (!r && !dump.n)
		r = kb_fault(ret_fault, -ENODATA, _("not associated"));
	if (r)
		return r;
	*ret = *(struct kb_station *)dump.items;
	free(dump.items);
	return 0;
}

static int decode_bss(const void *attrs, size_t len, void *ret)
{
	return kb_radio_decode_bss(attrs, len, kb_clock_usec(CLOCK_BOOTTIME), ret);
}

int kb_radio_scan_results(struct kb_radio *radio, u32 ifindex, struct kb_bss **ret, size_t *ret_n,
			  struct kb_fault *ret_fault)
{
	static const struct dump shape = { .answer = NL80211_CMD_NEW_SCAN_RESULTS,
					   .decode = decode_bss,
					   .size = sizeof(**ret),
					   .max = KB_BSS_MAX };
	struct dump dump;
	int r = run_dump(radio, NL80211_CMD_GET_SCAN, ifindex, &shape, &dump, ret_fault);

	if (r)
		return r;
	*ret = (struct kb_bss *)dump.items;
	*ret_n = dump.n;
	return 0;
}

/* --- Commands */

static int run_command(struct kb_radio *radio, struct nl_msg *msg, struct kb_fault *ret_fault)
{
	struct kb_exchange x = { .wire = &radio->ask, .ret_fault = ret_fault };

	return kb_exchange_run(&x, msg);
}

int kb_radio_scan(struct kb_radio *radio, u32 ifindex, const u8 *canary, u8 canary_len,
		  struct kb_fault *ret_fault)
{
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(&radio->ask, NL80211_CMD_TRIGGER_SCAN, NLM_F_ACK, 128);
	struct nlattr *list;

	/* without an SSID at all nothing is sent: one listens */
	if (!msg || nla_put_u32(msg, NL80211_ATTR_IFINDEX, ifindex) < 0 ||
	    nla_put_u32(msg, NL80211_ATTR_SCAN_FLAGS, NL80211_SCAN_FLAG_FLUSH) < 0)
		return -ENOMEM;
	if (canary_len) {
		list = nla_nest_start(msg, NL80211_ATTR_SCAN_SSIDS);
		if (!list || nla_put(msg, 1, canary_len, canary) < 0)
			return -ENOMEM;
		nla_nest_end(msg, list);
	}
	return run_command(radio, msg, ret_fault);
}

static int wdev_command(struct kb_radio *radio, u8 cmd, const struct kb_wdev *wdev,
			struct kb_fault *ret_fault)
{
	KB_CLEANUP(nlmsg_free_p)
	struct nl_msg *msg = kb_request_make(&radio->ask, cmd, NLM_F_ACK, 64);

	if (!msg || nla_put_u64(msg, NL80211_ATTR_WDEV, wdev->id) < 0 ||
	    (cmd == NL80211_CMD_SET_INTERFACE &&
	     (nla_put_u32(msg, NL80211_ATTR_IFINDEX, wdev->ifindex) < 0 ||
	      nla_put_u32(msg, NL80211_ATTR_IFTYPE, NL80211_IFTYPE_STATION) < 0)))
		return -ENOMEM;
	return run_command(radio, msg, ret_fault);
}

int kb_radio_remove(struct kb_radio *radio, const struct kb_wdev *wdev, struct kb_fault *ret_fault)
{
	/* one that was not started cannot be stopped, and may go all the same */
	if (wdev->iftype == NL80211_IFTYPE_P2P_DEVICE)
		wdev_command(radio, NL80211_CMD_STOP_P2P_DEVICE, wdev, NULL);
	return wdev_command(radio, NL80211_CMD_DEL_INTERFACE, wdev, ret_fault);
}

int kb_radio_make_station(struct kb_radio *radio, const struct kb_wdev *wdev,
			  struct kb_fault *ret_fault)
{
	return wdev_command(radio, NL80211_CMD_SET_INTERFACE, wdev, ret_fault);
}

int kb_radio_disconnect(struct kb_radio *radio, u32 ifindex, struct kb_fault *ret_fault)
{
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(&radio->ask, NL80211_CMD_DISCONNECT, NLM_F_ACK, 64);

	if (!msg || nla_put_u32(msg, NL80211_ATTR_IFINDEX, ifindex) < 0)
		return -ENOMEM;
	return run_command(radio, msg, ret_fault);
}
