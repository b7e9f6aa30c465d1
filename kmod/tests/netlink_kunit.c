// SPDX-License-Identifier: GPL-2.0-only
/* The netlink family from a client's side: who may ask, malformed requests, and answers. */
#include "../netlink.c"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/vmalloc.h>

#include "client.h"
#include "signed.h"

#define NONE	BYTES(NULL, 0)

static const struct {
	u8 cmd;
	u16 flags;
} commands[] = {
	{ KB_CMD_TRUST_ADD }, { KB_CMD_TRUST_SEAL }, { KB_CMD_POLICY_LOAD },
	{ KB_CMD_POLICY_GET, NLM_F_DUMP }, { KB_CMD_STATUS_GET },
	{ KB_CMD_DEVICE_DUMP, NLM_F_DUMP }, { KB_CMD_EVENT_DUMP, NLM_F_DUMP },
	{ KB_CMD_CONTEXT_SET }, { KB_CMD_LINK_DUMP, NLM_F_DUMP },
	{ KB_CMD_PATH_DUMP, NLM_F_DUMP }, { KB_CMD_ISOLATE },
};

static void refuses_the_unprivileged(struct kunit *test)
{
	struct cred *nobody = prepare_creds();
	const struct cred *before;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, nobody);
	cap_clear(nobody->cap_effective);
	before = override_creds(nobody);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		begin(test, commands[i].cmd, commands[i].flags, 0);
		KUNIT_EXPECT_EQ_MSG(test, ask(test, NULL), -EPERM, "command %u", commands[i].cmd);
	}
	revert_creds(before);
	put_cred(nobody);
}

static void refuses_unknown_commands(struct kunit *test)
{
	begin(test, KB_CMD_UNSPEC, 0, 0);
	expect(test, -EOPNOTSUPP, "");
	begin(test, KB_CMD_EVENT, 0, 0);
	expect(test, -EOPNOTSUPP, "");
	begin(test, KB_CMD_MAX + 1, 0, 0);
	expect(test, -EOPNOTSUPP, "");
	begin(test, 255, NLM_F_DUMP, 0);
	expect(test, -EOPNOTSUPP, "");
	/* a dump asked for as if it were none, and the other way round */
	begin(test, KB_CMD_POLICY_GET, 0, 0);
	expect(test, -EOPNOTSUPP, "");
	begin(test, KB_CMD_STATUS_GET, NLM_F_DUMP, 0);
	expect(test, -EOPNOTSUPP, "");
}

/* uapi/kidoban/netlink.h: attributes that are not listed with a command are refused. */
static void refuses_unlisted_attributes(struct kunit *test)
{
	static const u16 never[] = { KB_A_TEXT, KB_A_MAX, KB_A_MAX + 1, 500 };
	unsigned int i, j;
	u8 value = 1;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		for (j = 0; j < ARRAY_SIZE(never); j++) {
			begin(test, commands[i].cmd, commands[i].flags, 64);
			put(test, never[j], &value, 1);
			KUNIT_EXPECT_EQ_MSG(test, ask(test, NULL), -EINVAL,
					    "command %u, attribute %u", commands[i].cmd, never[j]);
		}
	}
	begin(test, KB_CMD_TRUST_ADD, 0, 64);
	put(test, KB_A_EPOCH, "\1\0\0\0", 4);
	expect(test, -EINVAL, "");
}

/* A trailing byte, a header that runs over the end, one shorter than itself. */
static void refuses_broken_attributes(struct kunit *test)
{
	static const u8 broken[][8] = {
		{ 9, 0, KB_A_RING, 0, 0, 0, 0, 0 },
		{ 0xff, 0xff, KB_A_RING, 0, 0, 0, 0, 0 },
		{ 3, 0, KB_A_RING, 0, 0, 0, 0, 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(broken); i++) {
		struct client *c = test->priv;

		begin(test, KB_CMD_TRUST_ADD, 0, 64);
		skb_put_data(c->request, broken[i], sizeof(broken[i]));
		KUNIT_EXPECT_EQ_MSG(test, ask(test, NULL), -EINVAL, "%u", i);
	}
}

static void trust_add_request(struct kunit *test, struct kb_bytes ring, struct kb_bytes cert)
{
	begin(test, KB_CMD_TRUST_ADD, 0, cert.len + 64);
	if (ring.data)
		put(test, KB_A_RING, ring.data, ring.len);
	if (cert.data)
		put(test, KB_A_CERT, cert.data, cert.len);
}

static void refuses_bad_trust_add(struct kunit *test)
{
	static const u8 author = KB_RING_AUTHOR, beyond = KB_RING_MAX, ff = 0xff;
	u8 *large = kunit_kzalloc(test, KB_CERT_MAX + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, large);
	trust_add_request(test, NONE, NONE);
	expect(test, -EINVAL, "ring and a certificate");
	trust_add_request(test, BYTES(&author, 1), NONE);
	expect(test, -EINVAL, "ring and a certificate");
	trust_add_request(test, NONE, CERT(author));
	expect(test, -EINVAL, "ring and a certificate");
	trust_add_request(test, BYTES(&beyond, 1), CERT(author));
	expect(test, -ERANGE, "");
	trust_add_request(test, BYTES(&ff, 1), CERT(author));
	expect(test, -ERANGE, "");
	trust_add_request(test, BYTES("\0\0", 2), CERT(author));
	KUNIT_EXPECT_LT(test, ask(test, NULL), 0);
	trust_add_request(test, BYTES(&author, 1), BYTES("", 0));
	expect(test, -ERANGE, "");
	trust_add_request(test, BYTES(&author, 1), BYTES(large, KB_CERT_MAX + 1));
	expect(test, -ERANGE, "");
	trust_add_request(test, BYTES(&author, 1), BYTES(large, KB_CERT_MAX));
	expect(test, -EBADMSG, "DER");
	trust_add_request(test, BYTES(&author, 1), CERT(p256));
	expect(test, -ENOPKG, "RSA");
	KUNIT_EXPECT_EQ(test, kb_trust_count(KB_RING_AUTHOR), 0);
	trust_add_request(test, BYTES(&author, 1), CERT(author));
	expect(test, 0, "");
	trust_add_request(test, BYTES(&author, 1), CERT(author_again));
	expect(test, -EEXIST, "ring already");
}

static void seal_request(struct kunit *test, const char *town, size_t town_len, size_t serial_len)
{
	begin(test, KB_CMD_TRUST_SEAL, 0, 256);
	if (town)
		put(test, KB_A_MUNICIPALITY, town, town_len);
	put(test, KB_A_GROUP, "shared-terminals", 17);
	put(test, KB_A_EPOCH, "\0\0\0\0", 4);
	if (serial_len)
		put(test, KB_A_SERIAL_NO, "\0\0\0\0\0\0\0\0", serial_len);
}

static void refuses_bad_seal(struct kunit *test)
{
	static const u8 author = KB_RING_AUTHOR;

	seal_request(test, NULL, 0, 4);
	expect(test, -EINVAL, "are needed");
	seal_request(test, "131016", 7, 0);
	expect(test, -EINVAL, "are needed");
	seal_request(test, "131016", 7, 2);
	KUNIT_EXPECT_LT(test, ask(test, NULL), 0);
	seal_request(test, "131016", 6, 4);
	KUNIT_EXPECT_LT_MSG(test, ask(test, NULL), 0, "no NUL");
	seal_request(test, "0123456789abcdef", 17, 4);
	KUNIT_EXPECT_LT_MSG(test, ask(test, NULL), 0, "too long");
	seal_request(test, "131016", 7, 4);
	expect(test, -ENOKEY, "no author");
	KUNIT_EXPECT_NULL(test, kb_trust_terminal());

	trust_add_request(test, BYTES(&author, 1), CERT(author));
	expect(test, 0, "");
	seal_request(test, "131016", 7, 4);
	expect(test, 0, "");
	seal_request(test, "131016", 7, 4);
	expect(test, -EROFS, "sealed already");
	trust_add_request(test, BYTES(&author, 1), CERT(stranger));
	expect(test, -EROFS, "sealed");
}

/* Everything of an offer, the blob in parts of @part bytes. */
static void load_request(struct kunit *test, const struct kb_policy_offer *o, size_t part)
{
	size_t at, n;

	begin(test, KB_CMD_POLICY_LOAD, 0, 2 * o->blob_len + o->author_len + 8192);
	for (at = 0; at < o->blob_len; at += n) {
		n = min(part, o->blob_len - at);
		put(test, KB_A_BLOB, o->blob + at, n);
	}
	if (o->author)
		put(test, KB_A_SIG_AUTHOR, o->author, o->author_len);
	if (o->approver)
		put(test, KB_A_SIG_APPROVER, o->approver, o->approver_len);
}

static void refuses_bad_load(struct kunit *test)
{
	struct kb_policy_offer offer = SIGNED(serial_10);

	load_request(test, &offer, KB_PART_MAX);
	expect(test, -ENOKEY, "not sealed");
	kb_test_trust(test, 0);
	offer.author = NULL;
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EINVAL, "author signature is needed");
	offer = SIGNED(serial_10);
	offer.blob_len = 0;
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EINVAL, "blob is needed");
	offer = SIGNED(serial_10);
	offer.approver = NULL;
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -ENODATA, "approver");
	offer = OFFER(serial_11, author_serial_10, approver_serial_11);
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EKEYREJECTED, "does not match");
	offer = SIGNED(expired);
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EKEYEXPIRED, "expired at");
	offer = SIGNED(elsewhere);
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EXDEV, "131024");
	offer = SIGNED(garbage);
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EBADMSG, "not a kidoban policy");
}

static void refuses_oversized_load(struct kunit *test)
{
	struct kb_policy_offer offer = SIGNED(serial_10);
	void *large = vzalloc(KB_BLOB_MAX + 1);

	KUNIT_ASSERT_NOT_NULL(test, large);
	kb_test_trust(test, 0);
	offer.blob = large;
	offer.blob_len = KB_PART_MAX + 1;
	load_request(test, &offer, KB_PART_MAX + 1);
	expect(test, -ERANGE, "");
	offer.blob_len = KB_BLOB_MAX + 1;
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EMSGSIZE, "1 MiB");
	/* as large as may be: now it is the signature that is wrong */
	offer.blob_len = KB_BLOB_MAX;
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EKEYREJECTED, "does not match");
	offer = SIGNED(serial_10);
	offer.author = large;
	offer.author_len = KB_SIGNATURE_MAX + 1;
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -ERANGE, "");
	vfree(large);
}

static u32 got;

static void compare_blob(struct kunit *test, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_BLOB);

	KUNIT_ASSERT_NOT_NULL(test, attr);
	KUNIT_ASSERT_LE(test, got + nla_len(attr), sizeof(fixture_blob_serial_10));
	KUNIT_EXPECT_EQ(test, memcmp(nla_data(attr), fixture_blob_serial_10 + got, nla_len(attr)),
			0);
	got += nla_len(attr);
}

static void check_status(struct kunit *test, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	got++;
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_SERIAL_NO);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u32(attr) : 0, 10);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_BUILTIN);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u8(attr) : 2, 0);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_SEALED);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u8(attr) : 0, 1);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_KEYS_APPROVER);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u32(attr) : 0, 1);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_MUNICIPALITY);
	KUNIT_EXPECT_EQ(test, attr ? nla_strcmp(attr, "131016") : 1, 0);
}

static void check_builtin_status(struct kunit *test, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	got++;
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_POLICY);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u8(attr) : 2, 1);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_BUILTIN);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u8(attr) : 2, 1);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_SERIAL_NO);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u32(attr) : 99, 0);
	attr = nlmsg_find_attr(nlh, GENL_HDRLEN, KB_A_SEALED);
	KUNIT_EXPECT_EQ(test, attr ? nla_get_u8(attr) : 2, 0);
}

static void count_message(struct kunit *test, const struct nlmsghdr *nlh)
{
	got++;
}

static void loads_in_parts_and_shows(struct kunit *test)
{
	struct kb_policy_offer offer = SIGNED(serial_10);

	begin(test, KB_CMD_POLICY_GET, NLM_F_DUMP, 0);
	expect(test, -ENODATA, "");	/* 6.1 has no place for a sentence at a dump's start */
	kb_test_trust(test, 0);
	load_request(test, &offer, 7);
	expect(test, 0, "");
	load_request(test, &offer, KB_PART_MAX);
	expect(test, -EALREADY, "in force already");

	got = 0;
	begin(test, KB_CMD_POLICY_GET, NLM_F_DUMP, 0);
	KUNIT_EXPECT_EQ(test, ask(test, compare_blob), 0);
	KUNIT_EXPECT_EQ(test, got, sizeof(fixture_blob_serial_10));
	got = 0;
	begin(test, KB_CMD_STATUS_GET, 0, 0);
	KUNIT_EXPECT_EQ(test, ask(test, check_status), 0);
	KUNIT_EXPECT_EQ(test, got, 1);
	got = 0;
	begin(test, KB_CMD_DEVICE_DUMP, NLM_F_DUMP, 0);
	KUNIT_EXPECT_EQ(test, ask(test, count_message), 0);
	KUNIT_EXPECT_GT_MSG(test, got, 0, "not even the root hub");
}

/* A policy that nobody signed says so, and shows its bytes like any other. */
static void tells_the_builtin_one(struct kunit *test)
{
	struct kb_blob_error why = {};

	KUNIT_ASSERT_EQ(test, kb_policy_fall_back(fixture_blob_serial_10,
						  sizeof(fixture_blob_serial_10), &why), 0);
	got = 0;
	begin(test, KB_CMD_STATUS_GET, 0, 0);
	KUNIT_EXPECT_EQ(test, ask(test, check_builtin_status), 0);
	KUNIT_EXPECT_EQ(test, got, 1);
	got = 0;
	begin(test, KB_CMD_POLICY_GET, NLM_F_DUMP, 0);
	KUNIT_EXPECT_EQ(test, ask(test, compare_blob), 0);
	KUNIT_EXPECT_EQ(test, got, sizeof(fixture_blob_serial_10));
}

static void refuses_bad_event_dump(struct kunit *test)
{
	u64 seq, lost;
	size_t memory;

	begin(test, KB_CMD_EVENT_DUMP, NLM_F_DUMP, 64);
	put(test, KB_A_SEQ, "\1\0\0\0", 4);
	KUNIT_EXPECT_LT(test, ask(test, NULL), 0);

	kb_event_sealed();
	kb_event_status(&seq, &lost, &memory);
	got = 0;
	begin(test, KB_CMD_EVENT_DUMP, NLM_F_DUMP, 64);
	put(test, KB_A_SEQ, &seq, sizeof(seq));
	KUNIT_EXPECT_EQ(test, ask(test, count_message), 0);
	KUNIT_EXPECT_EQ(test, got, 1);
}

/* Whichever allocation fails, status is answered or refused with -ENOMEM. */
static void status_survives_no_memory(struct kunit *test)
{
	unsigned int nth, left = 0;

	for (nth = 1; nth < 100 && !left; nth++) {
		struct client *c = test->priv;
		int len, err;

		begin(test, KB_CMD_STATUS_GET, 0, 0);
		current->fail_nth = nth;
		err = transmit(c);
		left = current->fail_nth;
		current->fail_nth = 0;
		KUNIT_EXPECT_TRUE_MSG(test, err > 0 || err == -ENOMEM || err == -ENOBUFS, "%d",
				      err);
		do {
			len = receive(c);
		} while (len > 0);
	}
	KUNIT_EXPECT_GT(test, nth, 3);
}

static void reset(void)
{
	kb_policy_exit();
	kb_trust_exit();
}

static int netlink_test_init(struct kunit *test)
{
	int err;

	reset();
	err = kb_trust_init();
	return err ?: open_client(test);
}

static void netlink_test_exit(struct kunit *test)
{
	close_client(test);
	reset();
	KUNIT_EXPECT_EQ(test, kb_trust_init(), 0);
}

static struct kunit_case netlink_cases[] = {
	KUNIT_CASE(refuses_the_unprivileged),
	KUNIT_CASE(refuses_unknown_commands),
	KUNIT_CASE(refuses_unlisted_attributes),
	KUNIT_CASE(refuses_broken_attributes),
	KUNIT_CASE(refuses_bad_trust_add),
	KUNIT_CASE(refuses_bad_seal),
	KUNIT_CASE(refuses_bad_load),
	KUNIT_CASE(refuses_oversized_load),
	KUNIT_CASE(loads_in_parts_and_shows),
	KUNIT_CASE(tells_the_builtin_one),
	KUNIT_CASE(refuses_bad_event_dump),
	KUNIT_CASE(status_survives_no_memory),
	{}
};

static struct kunit_suite netlink_suite = {
	.name = "kidoban_netlink",
	.init = netlink_test_init,
	.exit = netlink_test_exit,
	.test_cases = netlink_cases,
};
kunit_test_suite(netlink_suite);
