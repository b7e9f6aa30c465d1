// SPDX-License-Identifier: GPL-2.0-or-later
/* The wire to the module as a test wants it: any request, right or wrong, and the exact answer. */
#include "client.h"

#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

/* A load waits for drivers to let go, under an emulator that shares its processors. */
#define ANSWER_SECONDS	60
#define BUFFER		(4 * 1024 * 1024)
#define REQUEST_MAX	(KB_BLOB_MAX + KB_BLOB_MAX / 2 + 4 * KB_SIGNATURE_MAX)

static void set_options(int fd)
{
	const int on = 1, size = BUFFER;
	const struct timeval limit = { .tv_sec = ANSWER_SECONDS };

	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

int client_open(struct client *c)
{
	c->sock = nl_socket_alloc();
	if (!c->sock)
		return -ENOMEM;
	if (genl_connect(c->sock)) {
		client_close(c);
		return -EIO;
	}
	c->family = genl_ctrl_resolve(c->sock, KB_GENL_NAME);
	if (c->family < 0) {
		client_close(c);
		return -ENOENT;
	}
	set_options(nl_socket_get_fd(c->sock));
	return 0;
}

void client_close(struct client *c)
{
	nl_socket_free(c->sock);
	c->sock = NULL;
}

struct nl_msg *client_request(const struct client *c, u8 cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_MAX);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, c->family, 0,
				 NLM_F_REQUEST | NLM_F_ACK | flags, cmd, KB_GENL_VERSION))
		abort();
	return msg;
}

void client_put(struct nl_msg *msg, int attr, const void *data, size_t len)
{
	if (nla_put(msg, attr, (int)len, data))
		abort();
}

void client_put_u8(struct nl_msg *msg, int attr, u8 value)
{
	client_put(msg, attr, &value, sizeof(value));
}

void client_put_u32(struct nl_msg *msg, int attr, u32 value)
{
	client_put(msg, attr, &value, sizeof(value));
}

void client_put_u64(struct nl_msg *msg, int attr, u64 value)
{
	client_put(msg, attr, &value, sizeof(value));
}

void client_put_string(struct nl_msg *msg, int attr, const char *text)
{
	client_put(msg, attr, text, strlen(text) + 1);
}

int client_send(const struct client *c, struct nl_msg *msg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	ssize_t sent;
	int err = 0;

	nl_complete_msg(c->sock, msg);
	sent = send(nl_socket_get_fd(c->sock), header, header->nlmsg_len, 0);
	if (sent < 0)
		err = -errno;
	else if ((size_t)sent != header->nlmsg_len)
		err = -EIO;
	nlmsg_free(msg);
	return err;
}

/* The sentence behind struct nlmsgerr (acks carry no copy of the request: NETLINK_CAP_ACK). */
static void read_text(const struct nlmsghdr *header, size_t skip, struct answer *a)
{
	struct nlattr *attr;
	int left = (int)header->nlmsg_len - NLMSG_HDRLEN - (int)skip;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) || left <= 0)
		return;
	attr = (struct nlattr *)((char *)NLMSG_DATA(header) + skip);
	for (; nla_ok(attr, left); attr = nla_next(attr, &left))
		if (nla_type(attr) == NLMSGERR_ATTR_MSG)
			nla_strlcpy(a->text, attr, sizeof(a->text));
}

static void hand_over(const struct nlmsghdr *header, client_fn each, void *data)
{
	struct nlattr *attrs[KB_A_MAX + 1] = {};

	if (!each)
		return;
	if (nla_parse(attrs, KB_A_MAX, genlmsg_attrdata(genlmsg_hdr((struct nlmsghdr *)header), 0),
		      genlmsg_attrlen(genlmsg_hdr((struct nlmsghdr *)header), 0), NULL))
		abort();
	each(genlmsg_hdr((struct nlmsghdr *)header)->cmd, attrs, data);
}

/* One message of the answer; true when it was the last. */
static bool take(const struct nlmsghdr *header, client_fn each, void *data, struct answer *a)
{
	const struct nlmsgerr *ack = NLMSG_DATA(header);

	switch (header->nlmsg_type) {
	case NLMSG_ERROR:
		a->err = ack->error;
		read_text(header, sizeof(*ack), a);
		return true;
	case NLMSG_DONE:
		a->err = ack->error;
		read_text(header, sizeof(int), a);
		return true;
	default:
		a->messages++;
		hand_over(header, each, data);
		return false;
	}
}

struct answer client_ask(const struct client *c, struct nl_msg *msg, client_fn each, void *data)
{
	const u32 seq = nl_socket_use_seq(c->sock);
	static __thread char buffer[64 * 1024] __attribute__((aligned(8)));
	struct answer a = {};

	nlmsg_hdr(msg)->nlmsg_seq = seq;
	a.err = client_send(c, msg);
	while (!a.err) {
		struct nlmsghdr *header = (struct nlmsghdr *)buffer;
		ssize_t got = recv(nl_socket_get_fd(c->sock), buffer, sizeof(buffer), 0);
		int left = (int)got;

		if (got < 0) {
			a.err = -errno;
			break;
		}
		for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left))
			if (header->nlmsg_seq == seq && take(header, each, data, &a))
				return a;
	}
	return a;
}

struct answer client_trust(const struct client *c, enum kb_ring ring, const struct bytes *cert)
{
	struct nl_msg *msg = client_request(c, KB_CMD_TRUST_ADD, 0);

	client_put_u8(msg, KB_A_RING, (u8)ring);
	client_put(msg, KB_A_CERT, cert->data, cert->len);
	return client_ask(c, msg, NULL, NULL);
}

struct answer client_seal(const struct client *c, const char *municipality, const char *group,
			  u32 epoch, u32 serial)
{
	struct nl_msg *msg = client_request(c, KB_CMD_TRUST_SEAL, 0);

	client_put_string(msg, KB_A_MUNICIPALITY, municipality);
	client_put_string(msg, KB_A_GROUP, group);
	client_put_u32(msg, KB_A_EPOCH, epoch);
	client_put_u32(msg, KB_A_SERIAL_NO, serial);
	return client_ask(c, msg, NULL, NULL);
}

struct answer client_load(const struct client *c, const struct bytes *blob,
			  const struct bytes *author, const struct bytes *approver)
{
	struct nl_msg *msg = client_request(c, KB_CMD_POLICY_LOAD, 0);
	size_t at, part;

	for (at = 0; at < blob->len; at += part) {
		part = blob->len - at < KB_PART_MAX ? blob->len - at : KB_PART_MAX;
		client_put(msg, KB_A_BLOB, blob->data + at, part);
	}
	client_put(msg, KB_A_SIG_AUTHOR, author->data, author->len);
	if (approver)
		client_put(msg, KB_A_SIG_APPROVER, approver->data, approver->len);
	return client_ask(c, msg, NULL, NULL);
}

static void note_status(u8 cmd, struct nlattr **attrs, void *data)
{
	struct status *s = data;
	int i;

	if (cmd != KB_CMD_STATUS_GET)
		return;
	for (i = 1; i <= KB_A_MAX; i++) {
		if (!attrs[i])
			continue;
		s->have[i] = true;
		if ((size_t)nla_len(attrs[i]) <= sizeof(u64))
			memcpy(&s->value[i], nla_data(attrs[i]), (size_t)nla_len(attrs[i]));
	}
	if (attrs[KB_A_BLOB_SHA256])
		nla_memcpy(s->sha256, attrs[KB_A_BLOB_SHA256], sizeof(s->sha256));
	if (attrs[KB_A_MUNICIPALITY])
		nla_strlcpy(s->municipality, attrs[KB_A_MUNICIPALITY], sizeof(s->municipality));
	if (attrs[KB_A_GROUP])
		nla_strlcpy(s->group, attrs[KB_A_GROUP], sizeof(s->group));
	if (attrs[KB_A_MODULE_VERSION])
		nla_strlcpy(s->version, attrs[KB_A_MODULE_VERSION], sizeof(s->version));
}

struct status client_status(const struct client *c)
{
	struct status s = {};

	s.answer = client_ask(c, client_request(c, KB_CMD_STATUS_GET, 0), note_status, &s);
	return s;
}

int client_join(const struct client *c)
{
	int group = genl_ctrl_resolve_grp(c->sock, KB_GENL_NAME, KB_GENL_GROUP_EVENTS);

	if (group < 0)
		return -ENOENT;
	if (setsockopt(nl_socket_get_fd(c->sock), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
		       sizeof(group)))
		return -errno;
	return 0;
}

int client_event(const struct client *c, int msec, client_fn each, void *data)
{
	static char buffer[16 * 1024] __attribute__((aligned(8)));
	struct pollfd wait = { .fd = nl_socket_get_fd(c->sock), .events = POLLIN };
	struct nlmsghdr *header = (struct nlmsghdr *)buffer;
	ssize_t got;
	int n = poll(&wait, 1, msec);

	if (n <= 0)
		return n ? -errno : -ETIMEDOUT;
	got = recv(wait.fd, buffer, sizeof(buffer), 0);
	if (got < 0)
		return -errno;
	if (!nlmsg_ok(header, (int)got) || header->nlmsg_type != c->family)
		return -EBADMSG;
	hand_over(header, each, data);
	return 0;
}
