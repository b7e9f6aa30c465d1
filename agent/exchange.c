// SPDX-License-Identifier: GPL-2.0-or-later
/* The wire to the module, and one request on it. */
#include "agent/exchange.h"

#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "agent/refusal.h"
#include "policy/i18n.h"

#define ANSWER_SECONDS		60	/* a load judges every device anew, under the slowest emulator */
#define SEND_BUFFER		(2 * KB_BLOB_MAX + 4 * KB_SIGNATURE_MAX)
#define DUMP_TRIES		5

/* libnl's error numbers say less than errno; these are the ones that matter. */
int kb_exchange_errno(int nle)
{
	switch (-nle) {
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOMEM:
		return -ENOBUFS;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_MSGSIZE:
	case NLE_MSG_OVERFLOW:
		return -EMSGSIZE;
	default:
		return -EIO;
	}
}

static int set_up(struct nl_sock *sock)
{
	struct timeval answer = { .tv_sec = ANSWER_SECONDS };
	int fd = nl_socket_get_fd(sock), on = 1, size = SEND_BUFFER;

	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &answer, sizeof(answer)) < 0)
		return -errno;
	/* one message carries a whole policy; without the right to it small ones still pass */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return 0;
}

/* The family lives in the first network namespace only. */
static const char *why_absent(void)
{
	if (!access("/sys/module/kidoban", F_OK))
		return _("the kernel module kidoban does not answer here; containers and network namespaces cannot reach it");
	return _("the kernel module kidoban is not loaded; type: modprobe kidoban");
}

int kb_wire_open(struct kb_wire **ret, struct kb_fault *ret_fault)
{
	struct kb_wire *wire = calloc(1, sizeof(*wire));
	int r;

	if (!wire)
		return -ENOMEM;
	wire->sock = nl_socket_alloc();
	if (!wire->sock) {
		free(wire);
		return -ENOMEM;
	}
	r = genl_connect(wire->sock);
	if (r < 0) {
		r = kb_fault(ret_fault, kb_exchange_errno(r), _("cannot open a netlink socket: %s"),
			     nl_geterror(r));
		goto fail;
	}
	r = set_up(wire->sock);
	if (r < 0) {
		kb_fault(ret_fault, r, _("cannot set up the netlink socket: %s"), strerror(-r));
		goto fail;
	}
	wire->patience = ANSWER_SECONDS;
	wire->family = genl_ctrl_resolve(wire->sock, KB_GENL_NAME);
	if (wire->family < 0) {
		r = kb_exchange_errno(wire->family);
		kb_fault(ret_fault, r, "%s", r == -ENOENT ? why_absent() : nl_geterror(wire->family));
		goto fail;
	}
	*ret = wire;
	return 0;
fail:
	kb_wire_close(wire);
	return r;
}

void kb_wire_close(struct kb_wire *wire)
{
	if (!wire)
		return;
	nl_socket_free(wire->sock);
	free(wire);
}

int kb_wire_fd(const struct kb_wire *wire)
{
	return nl_socket_get_fd(wire->sock);
}

static void take_ack(struct kb_exchange *x, const struct nlmsghdr *header, bool done)
{
	struct kb_fault why = {}, said = {};
	int err = 0;

	x->done = true;
	if (done && nlmsg_datalen(header) < (int)sizeof(int))
		return;			/* kernels before 4.6 send an empty NLMSG_DONE */
	if (kb_decode_ack(nlmsg_data(header), nlmsg_datalen(header), header->nlmsg_flags, done, &err,
			  why.text, sizeof(why.text)))
		err = kb_fault(&why, -EBADMSG, _("the kernel's answer is malformed"));
	if (!err)
		return;
	x->err = err;
	kb_refusal_text(why.text, said.text, sizeof(said.text));
	if (said.text[0])
		kb_fault(x->ret_fault, err, "%s", said.text);
	else
		kb_fault(x->ret_fault, err, _("the kernel refused: %s"), strerror(-err));
}

static int on_valid(struct nl_msg *msg, void *userdata)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct kb_exchange *x = userdata;
	struct genlmsghdr *genl;
	int r;

	if (header->nlmsg_type != x->wire->family || !genlmsg_valid_hdr(header, 0) || x->err)
		return NL_SKIP;
	genl = genlmsg_hdr(header);
	r = x->handle ? x->handle(genl->cmd, genlmsg_attrdata(genl, 0),
				  (size_t)genlmsg_attrlen(genl, 0), x->userdata) : 0;
	if (r < 0) {
		x->err = r;
		if (r == -EBADMSG)
			kb_fault(x->ret_fault, r, _("the kernel's answer is malformed"));
	}
	return NL_OK;
}

static int on_finish(struct nl_msg *msg, void *userdata)
{
	take_ack(userdata, nlmsg_hdr(msg), true);
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	((struct kb_exchange *)userdata)->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	((struct kb_exchange *)userdata)->interrupted = true;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *userdata)
{
	(void)from;
	/* the error is the first thing behind its message's header */
	take_ack(userdata, (const struct nlmsghdr *)((const char *)error - NLMSG_HDRLEN), false);
	return NL_STOP;
}

/* Root may send us what looks like the kernel's words: only port 0 is the kernel. */
static int on_any(struct nl_msg *msg, void *userdata)
{
	(void)userdata;
	return nlmsg_get_src(msg)->nl_pid ? NL_SKIP : NL_OK;
}

/* An answer that came too late must not be taken for that of a later question. */
static int on_seq(struct nl_msg *msg, void *userdata)
{
	struct kb_exchange *x = userdata;

	return nlmsg_hdr(msg)->nlmsg_seq == x->seq ? NL_OK : NL_SKIP;
}

static struct nl_cb *make_callbacks(struct kb_exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_set(cb, NL_CB_MSG_IN, NL_CB_CUSTOM, on_any, NULL);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	return cb;
}

int kb_exchange_run(struct kb_exchange *x, struct nl_msg *msg)
{
	KB_CLEANUP(nl_cb_put_p) struct nl_cb *cb = make_callbacks(x);
	int r;

	if (!cb)
		return -ENOMEM;
	r = nl_send_auto(x->wire->sock, msg);
	if (r < 0)
		return kb_fault(x->ret_fault, kb_exchange_errno(r), _("cannot send to the kernel: %s"),
				nl_geterror(r));
	x->seq = nlmsg_hdr(msg)->nlmsg_seq;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_seq, x);
	while (!x->done) {
		r = nl_recvmsgs(x->wire->sock, cb);
		if (r < 0 && !x->done) {
			r = kb_exchange_errno(r);
			if (r == -EAGAIN)
				return kb_fault(x->ret_fault, -ETIMEDOUT,
						_("the kernel did not answer within %u seconds"),
						x->wire->patience);
			return kb_fault(x->ret_fault, r, _("cannot read from the kernel: %s"),
					strerror(-r));
		}
	}
	return x->err;
}

struct nl_msg *kb_request_make(struct kb_wire *wire, u8 cmd, int flags, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + size);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, wire->family, 0, flags, cmd,
				KB_GENL_VERSION)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

static int no_seq_check(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	(void)userdata;
	return NL_OK;
}

int kb_exchange_drain(struct kb_exchange *x)
{
	KB_CLEANUP(nl_cb_put_p) struct nl_cb *cb = make_callbacks(x);
	int r;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, no_seq_check, NULL);
	do {
		r = nl_recvmsgs(x->wire->sock, cb);
	} while (r >= 0 && !x->err);
	if (x->err)
		return x->err;
	r = kb_exchange_errno(r);
	return r == -EAGAIN ? 0 : kb_fault(x->ret_fault, r, _("cannot read events: %s"), strerror(-r));
}

struct list {
	u8 cmd;
	size_t size, n;
	int (*decode)(const void *data, size_t len, void *ret);
	char *items;
};

static int take_item(u8 cmd, const void *data, size_t len, void *userdata)
{
	struct list *list = userdata;
	char *grown;
	int r;

	if (cmd != list->cmd)
		return 0;
	/* powers of two, so that the list says itself when it is full */
	if (!(list->n & (list->n - 1))) {
		grown = reallocarray(list->items, list->n ? 2 * list->n : 1, list->size);
		if (!grown)
			return -ENOMEM;
		list->items = grown;
	}
	r = list->decode(data, len, list->items + list->n * list->size);
	list->n += !r;
	return r;
}

int kb_exchange_list(struct kb_wire *wire, u8 cmd, size_t size,
		     int (*decode)(const void *data, size_t len, void *ret), void **ret,
		     size_t *ret_n, struct kb_fault *ret_fault)
{
	int tries, r = -EAGAIN;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct list list = { .cmd = cmd, .size = size, .decode = decode };
		struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_item,
					 .userdata = &list };
		KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg = kb_request_make(wire, cmd, NLM_F_DUMP, 64);

		r = msg ? kb_exchange_run(&x, msg) : -ENOMEM;
		if (!r && (!x.interrupted || tries == DUMP_TRIES - 1)) {
			*ret = list.items;
			*ret_n = list.n;
			return 0;
		}
		free(list.items);
		if (r)
			break;
	}
	return r;
}
