/* SPDX-License-Identifier: GPL-2.0-only */
/* A client of the netlink family: asks, and reads answers with their sentences. */
#ifndef KB_TESTS_CLIENT_H
#define KB_TESTS_CLIENT_H

#include <kunit/test.h>
#include <linux/net.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "../netlink.h"

#define ANSWER	(64 * 1024)

/* A client of the family; one request at a time. */
struct client {
	struct socket *sock;
	struct sk_buff *request;
	u8 *answer;
	u32 seq;
	int error;			/* of the last answer; 0 = acknowledged */
	char text[200];			/* its extended-ack sentence */
};

/* Starts a request with room for @size bytes of attributes. */
static inline void begin(struct kunit *test, u8 cmd, u16 flags, size_t size)
{
	struct client *c = test->priv;
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	kfree_skb(c->request);
	c->request = nlmsg_new(size + GENL_HDRLEN, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->request);
	nlh = nlmsg_put(c->request, 0, ++c->seq, kb_genl_family.id, GENL_HDRLEN,
			NLM_F_REQUEST | NLM_F_ACK | flags);
	KUNIT_ASSERT_NOT_NULL(test, nlh);
	genl = nlmsg_data(nlh);
	*genl = (struct genlmsghdr){ .cmd = cmd, .version = KB_GENL_VERSION };
}

static inline void put(struct kunit *test, u16 type, const void *data, size_t len)
{
	struct client *c = test->priv;

	KUNIT_ASSERT_EQ(test, nla_put(c->request, type, len, data), 0);
}

static inline int transmit(struct client *c)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct kvec vec = { .iov_base = c->request->data, .iov_len = c->request->len };

	nlmsg_hdr(c->request)->nlmsg_len = c->request->len;
	return kernel_sendmsg(c->sock, &msg, &vec, 1, vec.iov_len);
}

static inline int receive(struct client *c)
{
	struct msghdr msg = {};
	struct kvec vec = { .iov_base = c->answer, .iov_len = ANSWER };

	return kernel_recvmsg(c->sock, &msg, &vec, 1, ANSWER, MSG_DONTWAIT);
}

/* Notes what an acknowledgement says; its sentence follows the request's header, or all of it. */
static inline void note_ack(struct client *c, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	unsigned int skip = sizeof(*e);
	const struct nlattr *attr;
	int rem;

	if (nlh->nlmsg_type == NLMSG_DONE) {
		skip = sizeof(int);
		c->error = *(const int *)nlmsg_data(nlh);
	} else {
		c->error = e->error;
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += e->msg.nlmsg_len - sizeof(e->msg);
	}
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	nlmsg_for_each_attr(attr, nlh, NLMSG_ALIGN(skip), rem)
		if (nla_type(attr) == NLMSGERR_ATTR_MSG)
			nla_strscpy(c->text, attr, sizeof(c->text));
}

/*
 * Sends the request and takes answers up to its end. @each (may be NULL) sees
 * every message that is not the acknowledgement. Returns the answer's error.
 */
static inline int ask(struct kunit *test, void (*each)(struct kunit *test, const struct nlmsghdr *nlh))
{
	struct client *c = test->priv;
	int len = transmit(c);

	c->error = 1;
	c->text[0] = 0;
	if (len < 0)
		return len;
	while (c->error > 0) {
		const struct nlmsghdr *nlh = (const void *)c->answer;

		len = receive(c);
		KUNIT_ASSERT_GT_MSG(test, len, 0, "no acknowledgement");
		for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
				note_ack(c, nlh);
			else if (each)
				each(test, nlh);
		}
	}
	return c->error;
}

static inline void expect(struct kunit *test, int err, const char *text)
{
	struct client *c = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, ask(test, NULL), err, "\"%s\"", c->text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(c->text, text), "\"%s\" lacks \"%s\"", c->text,
				  text);
}

/* Makes the test's client, which is its priv; 0 or -errno. */
static inline int open_client(struct kunit *test)
{
	struct client *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	int one = 1, err;

	if (!c)
		return -ENOMEM;
	c->answer = kunit_kmalloc(test, ANSWER, GFP_KERNEL);
	if (!c->answer)
		return -ENOMEM;
	err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC, &c->sock);
	if (err)
		return err;
	test->priv = c;
	c->sock->sk->sk_sndbuf = 4 * KB_BLOB_MAX;
	err = c->sock->ops->setsockopt(c->sock, SOL_NETLINK, NETLINK_CAP_ACK,
				       KERNEL_SOCKPTR(&one), sizeof(one));
	if (err)
		return err;
	return c->sock->ops->setsockopt(c->sock, SOL_NETLINK, NETLINK_EXT_ACK,
					KERNEL_SOCKPTR(&one), sizeof(one));
}

static inline void close_client(struct kunit *test)
{
	struct client *c = test->priv;

	if (!c)
		return;
	kfree_skb(c->request);
	sock_release(c->sock);
}

#endif
