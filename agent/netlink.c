// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to the module: trust, policy, status, devices, events. */
#include "agent/netlink.h"

#include <netlink/genl/ctrl.h>
#include <sys/socket.h>

#include "agent/exchange.h"
#include "policy/i18n.h"

#define EVENT_BUFFER		(4 * 1024 * 1024)

int kb_wire_trust_add(struct kb_wire *wire, enum kb_ring ring, const void *der, size_t len,
		      struct kb_fault *ret_fault)
{
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_TRUST_ADD, NLM_F_ACK, len + 256);

	if (len > KB_CERT_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("certificate larger than %d bytes"), KB_CERT_MAX);
	if (!msg || nla_put_u8(msg, KB_A_RING, ring) < 0 ||
	    nla_put(msg, KB_A_CERT, (int)len, der) < 0)
		return -ENOMEM;
	return kb_exchange_run(&x, msg);
}

int kb_wire_trust_seal(struct kb_wire *wire, const char *municipality, const char *group,
		       u32 epoch, u32 serial, struct kb_fault *ret_fault)
{
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_TRUST_SEAL, NLM_F_ACK, 1024);

	if (!msg || nla_put_string(msg, KB_A_MUNICIPALITY, municipality) < 0 ||
	    nla_put_string(msg, KB_A_GROUP, group) < 0 ||
	    nla_put_u32(msg, KB_A_EPOCH, epoch) < 0 || nla_put_u32(msg, KB_A_SERIAL_NO, serial) < 0)
		return -ENOMEM;
	return kb_exchange_run(&x, msg);
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
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault };
	size_t parts = blob->len / KB_PART_MAX + 1;
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg = NULL;

	if (blob->len > KB_BLOB_MAX)
		return kb_fault(ret_fault, -EMSGSIZE, _("policy larger than %d bytes"), KB_BLOB_MAX);
	if (author->len > KB_SIGNATURE_MAX || approver->len > KB_SIGNATURE_MAX)
		return kb_fault(ret_fault, -EBADMSG, _("signature larger than %d bytes"),
				KB_SIGNATURE_MAX);
	msg = kb_request_make(wire, KB_CMD_POLICY_LOAD, NLM_F_ACK,
			   blob->len + parts * NLA_HDRLEN + 2 * KB_SIGNATURE_MAX + 256);
	if (!msg || put_blob(msg, blob) ||
	    nla_put(msg, KB_A_SIG_AUTHOR, (int)author->len, author->data) < 0)
		return -ENOMEM;
	if (approver->len && nla_put(msg, KB_A_SIG_APPROVER, (int)approver->len, approver->data) < 0)
		return -ENOMEM;
	return kb_exchange_run(&x, msg);
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
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_blob,
				 .userdata = &blob };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_POLICY_GET, NLM_F_DUMP, 64);
	int r;

	r = msg ? kb_exchange_run(&x, msg) : -ENOMEM;
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
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_status,
				 .userdata = &answer };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_STATUS_GET, NLM_F_ACK, 64);
	int r = msg ? kb_exchange_run(&x, msg) : -ENOMEM;

	if (!r && !answer.there)
		r = kb_fault(ret_fault, -EBADMSG, _("the kernel's answer is malformed"));
	if (!r)
		*ret = answer.status;
	return r;
}

static int decode_device(const void *data, size_t len, void *ret)
{
	return kb_decode_device(data, len, ret);
}

int kb_wire_devices(struct kb_wire *wire, struct kb_record **ret, size_t *ret_n,
		    struct kb_fault *ret_fault)
{
	return kb_exchange_list(wire, KB_CMD_DEVICE_DUMP, sizeof(**ret), decode_device, (void **)ret,
				ret_n, ret_fault);
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
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_event,
				 .userdata = &reader };
	KB_CLEANUP(nlmsg_free_p) struct nl_msg *msg =
		kb_request_make(wire, KB_CMD_EVENT_DUMP, NLM_F_DUMP, 64);

	if (!msg || nla_put_u64(msg, KB_A_SEQ, first) < 0)
		return -ENOMEM;
	return kb_exchange_run(&x, msg);
}

int kb_wire_subscribe(struct kb_wire *wire, struct kb_fault *ret_fault)
{
	int group = genl_ctrl_resolve_grp(wire->sock, KB_GENL_NAME, KB_GENL_GROUP_EVENTS);
	int size = EVENT_BUFFER, r = group;

	if (r >= 0)
		r = nl_socket_add_membership(wire->sock, group);
	if (r < 0)
		return kb_fault(ret_fault, kb_exchange_errno(r), _("cannot join the events group: %s"),
				nl_geterror(r));
	setsockopt(kb_wire_fd(wire), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	nl_socket_disable_seq_check(wire->sock);
	r = nl_socket_set_nonblocking(wire->sock);
	return r < 0 ? kb_exchange_errno(r) : 0;
}

int kb_wire_receive(struct kb_wire *wire, kb_record_fn fn, void *userdata,
		    struct kb_fault *ret_fault)
{
	struct event_reader reader = { fn, userdata };
	struct kb_exchange x = { .wire = wire, .ret_fault = ret_fault, .handle = take_event,
				 .userdata = &reader };

	return kb_exchange_drain(&x);
}
