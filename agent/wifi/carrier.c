// SPDX-License-Identifier: GPL-2.0-or-later
/* What rtnetlink says of network interfaces. */
#include "agent/wifi/carrier.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "policy/cleanup.h"
#include "policy/i18n.h"

#define EVENT_BUFFER	(1024 * 1024)

KB_DEFINE_CLEANUP(struct nl_msg *, nlmsg_free)
KB_DEFINE_CLEANUP(struct nl_cb *, nl_cb_put)

struct kb_carrier {
	struct nl_sock *ask, *hear;
};

static int open_sockets(struct kb_carrier *carrier)
{
	struct timeval answer = { .tv_sec = 1 };
	int size = EVENT_BUFFER, r;

	carrier->ask = nl_socket_alloc();
	carrier->hear = nl_socket_alloc();
	if (!carrier->ask || !carrier->hear)
		return -NLE_NOMEM;
	r = nl_connect(carrier->ask, NETLINK_ROUTE);
	if (r >= 0)
		r = nl_connect(carrier->hear, NETLINK_ROUTE);
	if (r >= 0)
		r = nl_socket_add_membership(carrier->hear, RTNLGRP_LINK);
	if (r >= 0)
		r = nl_socket_set_nonblocking(carrier->hear);
	if (r < 0)
		return r;
	nl_socket_disable_seq_check(carrier->hear);
	/* an acknowledgement behind an answer would be left over */
	nl_socket_disable_auto_ack(carrier->ask);
	setsockopt(nl_socket_get_fd(carrier->hear), SOL_SOCKET, SO_RCVBUFFORCE, &size,
		   sizeof(size));
	setsockopt(nl_socket_get_fd(carrier->ask), SOL_SOCKET, SO_RCVTIMEO, &answer,
		   sizeof(answer));
	return 0;
}

int kb_carrier_open(struct kb_carrier **ret, struct kb_fault *ret_fault)
{
	struct kb_carrier *carrier = calloc(1, sizeof(*carrier));
	int r;

	if (!carrier)
		return -ENOMEM;
	r = open_sockets(carrier);
	if (r < 0) {
		kb_carrier_close(carrier);
		return kb_fault(ret_fault, -EIO, _("cannot open a netlink socket: %s"),
				nl_geterror(r));
	}
	*ret = carrier;
	return 0;
}

void kb_carrier_close(struct kb_carrier *carrier)
{
	if (!carrier)
		return;
	nl_socket_free(carrier->ask);
	nl_socket_free(carrier->hear);
	free(carrier);
}

int kb_carrier_fd(const struct kb_carrier *carrier)
{
	return nl_socket_get_fd(carrier->hear);
}

static bool is_operational(const struct nlmsghdr *header)
{
	const struct nlattr *state = nlmsg_find_attr((struct nlmsghdr *)header,
						     sizeof(struct ifinfomsg), IFLA_OPERSTATE);

	return state && nla_len(state) >= 1 && nla_get_u8(state) == IF_OPER_UP;
}

static const struct ifinfomsg *link_of(struct nl_msg *msg)
{
	const struct nlmsghdr *header = nlmsg_hdr(msg);

	/* root may send the like: only port 0 is the kernel */
	if (nlmsg_get_src(msg)->nl_pid || !nlmsg_valid_hdr(header, sizeof(struct ifinfomsg)) ||
	    (header->nlmsg_type != RTM_NEWLINK && header->nlmsg_type != RTM_DELLINK))
		return NULL;
	return nlmsg_data(header);
}

struct listener {
	kb_carrier_fn fn;
	void *userdata;
};

static int on_heard(struct nl_msg *msg, void *userdata)
{
	const struct ifinfomsg *link = link_of(msg);
	struct listener *listener = userdata;
	bool gone = link && nlmsg_hdr(msg)->nlmsg_type == RTM_DELLINK;

	/* bridges speak of their ports under another family */
	if (link && link->ifi_family == AF_UNSPEC)
		listener->fn((u32)link->ifi_index, gone, !gone && is_operational(nlmsg_hdr(msg)),
			     listener->userdata);
	return NL_OK;
}

static int any_number(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	(void)userdata;
	return NL_OK;
}

int kb_carrier_receive(struct kb_carrier *carrier, kb_carrier_fn fn, void *userdata)
{
	KB_CLEANUP(nl_cb_put_p) struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	struct listener listener = { fn, userdata };
	int r;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_heard, &listener);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_number, NULL);
	do {
		r = nl_recvmsgs(carrier->hear, cb);
	} while (r >= 0);
	if (r == -NLE_NOMEM)
		fn(0, false, false, userdata);
	return r == -NLE_AGAIN || r == -NLE_NOMEM ? 0 : -EIO;
}

/* --- Requests: each answer belongs to the question with its number */

struct answer {
	u32 seq;
	bool done, found, operational;
	int err;
};

static int on_answer_seq(struct nl_msg *msg, void *userdata)
{
	const struct answer *answer = userdata;

	return nlmsg_hdr(msg)->nlmsg_seq == answer->seq && !nlmsg_get_src(msg)->nl_pid ? NL_OK
										       : NL_SKIP;
}

static int on_answer(struct nl_msg *msg, void *userdata)
{
	struct answer *answer = userdata;

	if (!link_of(msg))
		return NL_SKIP;
	answer->found = true;
	answer->operational = is_operational(nlmsg_hdr(msg));
	answer->done = true;
	return NL_OK;
}

static int on_answer_ack(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	((struct answer *)userdata)->done = true;
	return NL_STOP;
}

static int on_answer_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *userdata)
{
	struct answer *answer = userdata;

	(void)from;
	answer->done = true;
	answer->err = error->error;
	return NL_STOP;
}

static int ask(struct kb_carrier *carrier, struct nl_msg *msg, struct answer *answer)
{
	KB_CLEANUP(nl_cb_put_p) struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int r;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_answer_seq, answer);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_answer, answer);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_answer_ack, answer);
	nl_cb_err(cb, NL_CB_CUSTOM, on_answer_error, answer);
	r = nl_send_auto(carrier->ask, msg);
	answer->seq = nlmsg_hdr(msg)->nlmsg_seq;
	while (r >= 0 && !answer->done)
		r = nl_recvmsgs(carrier->ask, cb);
	if (r < 0 && !answer->done)
		return r == -NLE_AGAIN ? -ETIMEDOUT : -EIO;
	return answer->err;
}

static struct nl_msg *make(int type, int flags, const struct ifinfomsg *link)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, (void *)link, sizeof(*link), NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

int kb_carrier_operational(struct kb_carrier *carrier, u32 ifindex, bool *ret)
{
	struct ifinfomsg link = { .ifi_index = (int)ifindex };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg = make(RTM_GETLINK, NLM_F_REQUEST, &link);
	struct answer answer = {};
	int r;

	if (!msg)
		return -ENOMEM;
	r = ask(carrier, msg, &answer);
	if (r || !answer.found)
		return r ?: -ENODEV;
	*ret = answer.operational;
	return 0;
}

int kb_carrier_switch(struct kb_carrier *carrier, u32 ifindex, bool up, struct kb_fault *ret_fault)
{
	struct ifinfomsg link = { .ifi_index = (int)ifindex, .ifi_change = IFF_UP,
				  .ifi_flags = up ? IFF_UP : 0 };
	KB_CLEANUP(nlmsg_free_p)
	struct nl_msg *msg = make(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, &link);
	struct answer answer = {};
	int r = msg ? ask(carrier, msg, &answer) : -ENOMEM;

	if (!r)
		return 0;
	return kb_fault(ret_fault, r,
			up ? _("cannot switch the network interface on: %s")
			   : _("cannot switch the network interface off: %s"),
			strerror(-r));
}
