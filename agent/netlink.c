// SPDX-License-Identifier: GPL-2.0-or-later
/* The wire to the module. */
#include "agent/netlink.h"

#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "agent/refusal.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define ANSWER_SECONDS		60	/* a load judges every device anew, under the slowest emulator */
#define SEND_BUFFER		(2 * KB_BLOB_MAX + 4 * KB_SIGNATURE_MAX)
#define EVENT_BUFFER		(4 * 1024 * 1024)
#define DUMP_TRIES		5

struct kb_wire {
	struct nl_sock *sock;
	int family;
};

/* What one request waits for. */
struct exchange {
	struct kb_wire *wire;
	int (*handle)(u8 cmd, const void *data, size_t len, void *userdata);
	void *userdata;
	struct kb_fault *ret_fault;
	bool done;			/* acknowledged, refused or the dump has ended */
	bool interrupted;		/* the dump was not consistent */
	int err;
};

KB_DEFINE_CLEANUP(struct nl_msg *, nlmsg_free)
KB_DEFINE_CLEANUP(struct nl_cb *, nl_cb_put)

/* libnl's error numbers say less than errno; these are the ones that matter. */
static int to_errno(int nle)
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
		r = kb_fault(ret_fault, to_errno(r), _("cannot open a netlink socket: %s"),
			     nl_geterror(r));
		goto fail;
	}
	r = set_up(wire->sock);
	if (r < 0) {
		kb_fault(ret_fault, r, _("cannot set up the netlink socket: %s"), strerror(-r));
		goto fail;
	}
	wire->family = genl_ctrl_resolve(wire->sock, KB_GENL_NAME);
	if (wire->family < 0) {
		r = to_errno(wire->family);
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

static void take_ack(struct exchange *x, const struct nlmsghdr *header, bool done)
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
	struct exchange *x = userdata;
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
	((struct exchange *)userdata)->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	((struct exchange *)userdata)->interrupted = true;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *userdata)
{
	(void)from;
	/* the error is the first thing behind its message's header */
	take_ack(userdata, (const struct nlmsghdr *)((const char *)error - NLMSG_HDRLEN), false);
	return NL_STOP;
}

static struct nl_cb *make_callbacks(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		return NULL;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	return cb;
}

/* Sends a request and waits until it is acknowledged or refused. */
static int exchange(struct exchange *x, struct nl_msg *msg)
{
	KB_CLEANUP(nl_cb_put_p) struct nl_cb *cb = make_callbacks(x);
	int r;

	if (!cb)
		return -ENOMEM;
	r = nl_send_auto(x->wire->sock, msg);
	if (r < 0)
		return kb_fault(x->ret_fault, to_errno(r), _("cannot send to the kernel: %s"),
				nl_geterror(r));
	while (!x->done) {
		r = nl_recvmsgs(x->wire->sock, cb);
		if (r < 0 && !x->done) {
			r = to_errno(r);
			if (r == -EAGAIN)
				return kb_fault(x->ret_fault, -ETIMEDOUT,
						_("the kernel did not answer within %d seconds"),
						ANSWER_SECONDS);
			return kb_fault(x->ret_fault, r, _("cannot read from the kernel: %s"),
					strerror(-r));
		}
	}
	return x->err;
}

static struct nl_msg *make_request(struct kb_wire *wire, u8 cmd, int flags, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + size);

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, wire->family, 0, flags, cmd,
				KB_GENL_VERSION)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

int kb_wire_trust_add(struct kb_wire *wire, enum kb_ring ring, const void *der, size_t len,
		      struct kb_fault *ret_fault)
{
	struct exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		make_request(wire, KB_CMD_TRUST_ADD, NLM_F_ACK, len + 256);

	if (len > KB_CERT_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("certificate larger than %d bytes"), KB_CERT_MAX);
	if (!msg || nla_put_u8(msg, KB_A_RING, ring) < 0 ||
	    nla_put(msg, KB_A_CERT, (int)len, der) < 0)
		return -ENOMEM;
	return exchange(&x, msg);
}

int kb_wire_trust_seal(struct kb_wire *wire, const char *municipality, const char *group,
		       u32 epoch, u32 serial, struct kb_fault *ret_fault)
{
	struct exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		make_request(wire, KB_CMD_TRUST_SEAL, NLM_F_ACK, 1024);

	if (!msg || nla_put_string(msg, KB_A_MUNICIPALITY, municipality) < 0 ||
	    nla_put_string(msg, KB_A_GROUP, group) < 0 ||
	    nla_put_u32(msg, KB_A_EPOCH, epoch) < 0 || nla_put_u32(msg, KB_A_SERIAL_NO, serial) < 0)
		return -ENOMEM;
	return exchange(&x, msg);
}

/* An attribute's length has 16 bits, so the blob travels in parts. */
static int put_blob(struct nl_msg *msg, const struct kb_bytes *blob)
{
	size_t at, n;

	for (at = 0; at < blob->len; at += n) {
		n = blob->len - at < KB_PART_MAX ? blob->len - at : KB_PART_MAX;
		if (nla_put(msg, KB_A_BLOB, (int)n, blob->data + at) < 0)
			return -ENOMEM;
	}
	return 0;
}

int kb_wire_policy_load(struct kb_wire *wire, const struct kb_bytes *blob,
			const struct kb_bytes *author, const struct kb_bytes *approver,
			struct kb_fault *ret_fault)
{
	struct exchange x = { .wire = wire, .ret_fault = ret_fault };
	size_t parts = blob->len / KB_PART_MAX + 1;
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg = NULL;

	if (blob->len > KB_BLOB_MAX)
		return kb_fault(ret_fault, -EMSGSIZE, _("policy larger than %d bytes"), KB_BLOB_MAX);
	if (author->len > KB_SIGNATURE_MAX || approver->len > KB_SIGNATURE_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("signature larger than %d bytes"),
				KB_SIGNATURE_MAX);
	msg = make_request(wire, KB_CMD_POLICY_LOAD, NLM_F_ACK,
			   blob->len + parts * NLA_HDRLEN + 2 * KB_SIGNATURE_MAX + 256);
	if (!msg || put_blob(msg, blob) ||
	    nla_put(msg, KB_A_SIG_AUTHOR, (int)author->len, author->data) < 0)
		return -ENOMEM;
	if (approver->len && nla_put(msg, KB_A_SIG_APPROVER, (int)approver->len, approver->data) < 0)
		return -ENOMEM;
	return exchange(&x, msg);
}

static int append_part(const void *bytes, size_t len, void *userdata)
{
	struct kb_bytes *blob = userdata;
	uint8_t *grown;

	if (len > KB_BLOB_MAX - blob->len)
		return -EMSGSIZE;
	grown = realloc(blob->data, blob->len + len + 1);
	if (!grown)
		return -ENOMEM;
	memcpy(grown + blob->len, bytes, len);
	blob->data = grown;
	blob->len += len;
	grown[blob->len] = '\0';
	return 0;
}

static int take_blob(u8 cmd, const void *data, size_t len, void *userdata)
{
	(void)cmd;
	return kb_decode_blob(data, len, append_part, userdata);
}

int kb_wire_policy_get(struct kb_wire *wire, struct kb_bytes *ret, struct kb_fault *ret_fault)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_blob,
			      .userdata = &blob };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		make_request(wire, KB_CMD_POLICY_GET, NLM_F_DUMP, 64);
	int r;

	r = msg ? exchange(&x, msg) : -ENOMEM;
	if (!r && x.interrupted)
		r = kb_fault(ret_fault, -EAGAIN, _("the policy was replaced while it was read"));
	if (!r && !blob.len)
		r = kb_fault(ret_fault, -ENODATA, _("no policy in force"));
	if (r)
		return r;
	*ret = blob;
	blob = (struct kb_bytes){};
	return 0;
}

struct status_answer {
	struct kb_status status;
	bool there;
};

static int take_status(u8 cmd, const void *data, size_t len, void *userdata)
{
	struct status_answer *answer = userdata;
	int r;

	if (cmd != KB_CMD_STATUS_GET)
		return 0;
	r = kb_decode_status(data, len, &answer->status);
	answer->there = !r;
	return r;
}

int kb_wire_status(struct kb_wire *wire, struct kb_status *ret, struct kb_fault *ret_fault)
{
	struct status_answer answer = {};
	struct exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_status,
			      .userdata = &answer };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		make_request(wire, KB_CMD_STATUS_GET, NLM_F_ACK, 64);
	int r = msg ? exchange(&x, msg) : -ENOMEM;

	if (!r && !answer.there)
		r = kb_fault(ret_fault, -EBADMSG, _("the kernel's answer is malformed"));
	if (!r)
		*ret = answer.status;
	return r;
}

struct device_list {
	struct kb_record *records;
	size_t n;
};

static int take_device(u8 cmd, const void *data, size_t len, void *userdata)
{
	struct device_list *list = userdata;
	struct kb_record *grown;
	int r;

	if (cmd != KB_CMD_DEVICE_DUMP)
		return 0;
	/* powers of two, so that the list says itself when it is full */
	if (!(list->n & (list->n - 1))) {
		grown = reallocarray(list->records, list->n ? 2 * list->n : 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->records = grown;
	}
	r = kb_decode_device(data, len, &list->records[list->n]);
	list->n += !r;
	return r;
}

int kb_wire_devices(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		    struct kb_fault *ret_fault)
{
	int tries, r = -EAGAIN;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		struct device_list list = {};
		struct exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_device,
				      .userdata = &list };
		KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
			make_request(wire, KB_CMD_DEVICE_DUMP, NLM_F_DUMP, 64);

		r = msg ? exchange(&x, msg) : -ENOMEM;
		if (!r && (!x.interrupted || tries == DUMP_TRIES - 1)) {
			*ret = list.records;
			*ret_n = list.n;
			return 0;
		}
		free(list.records);
		if (r)
			break;
	}
	return r;
}

struct event_reader {
	kb_record_fn fn;
	void *userdata;
};

static int take_event(u8 cmd, const void *data, size_t len, void *userdata)
{
	struct event_reader *reader = userdata;
	struct kb_record record;
	int r;

	if (cmd != KB_CMD_EVENT)
		return 0;
	r = kb_decode_event(data, len, &record);
	return r ?: reader->fn(&record, reader->userdata);
}

int kb_wire_events(struct kb_wire *wire, u64 first, kb_record_fn fn, void *userdata,
		   struct kb_fault *ret_fault)
{
	struct event_reader reader = { fn, userdata };
	struct exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_event,
			      .userdata = &reader };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		make_request(wire, KB_CMD_EVENT_DUMP, NLM_F_DUMP, 64);

	if (!msg || nla_put_u64(msg, KB_A_SEQ, first) < 0)
		return -ENOMEM;
	return exchange(&x, msg);
}

int kb_wire_subscribe(struct kb_wire *wire, struct kb_fault *ret_fault)
{
	int group = genl_ctrl_resolve_grp(wire->sock, KB_GENL_NAME, KB_GENL_GROUP_EVENTS);
	int size = EVENT_BUFFER, r = group;

	if (r >= 0)
		r = nl_socket_add_membership(wire->sock, group);
	if (r < 0)
		return kb_fault(ret_fault, to_errno(r), _("cannot join the events group: %s"),
				nl_geterror(r));
	setsockopt(kb_wire_fd(wire), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	nl_socket_disable_seq_check(wire->sock);
	r = nl_socket_set_nonblocking(wire->sock);
	return r < 0 ? to_errno(r) : 0;
}

static int no_seq_check(struct nl_msg *msg, void *userdata)
{
	(void)msg;
	(void)userdata;
	return NL_OK;
}

int kb_wire_receive(struct kb_wire *wire, kb_record_fn fn, void *userdata,
		    struct kb_fault *ret_fault)
{
	struct event_reader reader = { fn, userdata };
	struct exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_event,
			      .userdata = &reader };
	KB_CLEANUP(nl_cb_put_p) struct nl_cb *cb = make_callbacks(&x);
	int r;

	if (!cb)
		return -ENOMEM;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, no_seq_check, NULL);
	do {
		r = nl_recvmsgs(wire->sock, cb);
	} while (r >= 0 && !x.err);
	if (x.err)
		return x.err;
	r = to_errno(r);
	return r == -EAGAIN ? 0 : kb_fault(ret_fault, r, _("cannot read events: %s"), strerror(-r));
}
