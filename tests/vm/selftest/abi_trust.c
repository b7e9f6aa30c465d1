// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink family: TRUST_ADD and TRUST_SEAL, refusals first. */
#include "expect.h"

#include <sys/utsname.h>

#include "gate.h"

FIXTURE(trust) {
	struct client c;
};

FIXTURE_SETUP(trust)
{
	ASSERT_EQ(0, gate_insert());
	ASSERT_EQ(0, client_open(&self->c));
}

FIXTURE_TEARDOWN(trust)
{
	client_close(&self->c);
	EXPECT_EQ(0, gate_remove());
}

static struct answer add(struct client *c, enum kb_ring ring, const char *name)
{
	struct bytes cert = forge_cert(name);
	struct answer a = client_trust(c, ring, &cert);

	bytes_done(&cert);
	return a;
}

static struct answer add_bytes(struct client *c, const void *data, size_t len)
{
	struct bytes cert = bytes_of(data, len);
	struct answer a = client_trust(c, KB_RING_AUTHOR, &cert);

	bytes_done(&cert);
	return a;
}

TEST_F(trust, junk_is_no_certificate)
{
	struct bytes cert = forge_cert("author");
	struct bytes key;
	char path[4096];

	EXPECT_REFUSED(-EBADMSG, add_bytes(&self->c, "junk", 4));
	EXPECT_REFUSED(-EBADMSG, add_bytes(&self->c, cert.data, cert.len - 1));
	EXPECT_REFUSED(-EBADMSG, add_bytes(&self->c, cert.data, 64));
	EXPECT_REFUSED(-EBADMSG, add_bytes(&self->c, "\x30\x80\x00\x00", 4));
	snprintf(path, sizeof(path), "%s/author.key", forge_dir());
	key = forge_file(path);
	EXPECT_REFUSED(-EBADMSG, add_bytes(&self->c, key.data, key.len));
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_KEYS_AUTHOR]);
	bytes_done(&key);
	bytes_done(&cert);
}

TEST_F(trust, unknown_algorithm)
{
	struct utsname name;
	struct answer a = add(&self->c, KB_RING_AUTHOR, "p256");

	ASSERT_EQ(0, uname(&name));
	/* 6.1 is built without ECDSA. Later kernels have it, and say so by taking the key. */
	if (!strncmp(name.release, "6.1.", 4))
		ASSERT_EQ(-ENOPKG, a.err);
	if (a.err) {
		EXPECT_EQ(-ENOPKG, a.err);
		EXPECT_STRNE("", a.text);
	}
	EXPECT_EQ(!a.err, client_status(&self->c).value[KB_A_KEYS_AUTHOR]);
}

TEST_F(trust, one_key_one_role)
{
	EXPECT_EQ(0, add(&self->c, KB_RING_AUTHOR, "author").err);
	EXPECT_REFUSED(-EEXIST, add(&self->c, KB_RING_AUTHOR, "author"));
	EXPECT_REFUSED(-EEXIST, add(&self->c, KB_RING_APPROVER, "author"));
	EXPECT_REFUSED(-EEXIST, add(&self->c, KB_RING_GRANT, "author"));
	/* another certificate with the same key */
	EXPECT_REFUSED(-EEXIST, add(&self->c, KB_RING_APPROVER, "author_again"));
	EXPECT_EQ(0, add(&self->c, KB_RING_APPROVER, "approver").err);
	EXPECT_EQ(1, client_status(&self->c).value[KB_A_KEYS_AUTHOR]);
	EXPECT_EQ(1, client_status(&self->c).value[KB_A_KEYS_APPROVER]);
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_KEYS_GRANT]);
}

TEST_F(trust, a_ring_is_full_at_its_limit)
{
	char name[16];
	int i;

	for (i = 0; i < KB_KEYS_PER_RING_MAX; i++) {
		snprintf(name, sizeof(name), "extra_%d", i);
		ASSERT_EQ(0, add(&self->c, KB_RING_GRANT, name).err);
	}
	snprintf(name, sizeof(name), "extra_%d", i);
	EXPECT_REFUSED(-ENOSPC, add(&self->c, KB_RING_GRANT, name));
	EXPECT_EQ(KB_KEYS_PER_RING_MAX, client_status(&self->c).value[KB_A_KEYS_GRANT]);
	/* the other rings still have room */
	EXPECT_EQ(0, add(&self->c, KB_RING_AUTHOR, name).err);
}

TEST_F(trust, sealed_is_sealed)
{
	EXPECT_REFUSED(-ENOKEY, client_seal(&self->c, "131016", "shared-terminals", 0, 0));
	EXPECT_EQ(0, add(&self->c, KB_RING_APPROVER, "approver").err);
	EXPECT_REFUSED(-ENOKEY, client_seal(&self->c, "131016", "shared-terminals", 0, 0));
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_SEALED]);
	EXPECT_EQ(0, add(&self->c, KB_RING_AUTHOR, "author").err);
	EXPECT_EQ(0, client_seal(&self->c, "131016", "shared-terminals", 0, 0).err);
	EXPECT_REFUSED(-EROFS, client_seal(&self->c, "131016", "shared-terminals", 0, 0));
	EXPECT_REFUSED(-EROFS, client_seal(&self->c, "131024", "another", 0, 0));
	EXPECT_REFUSED(-EROFS, add(&self->c, KB_RING_AUTHOR, "stranger"));
	EXPECT_REFUSED(-EROFS, add_bytes(&self->c, "junk", 4));
	EXPECT_EQ(1, client_status(&self->c).value[KB_A_SEALED]);
	EXPECT_STREQ("131016", client_status(&self->c).municipality);
	EXPECT_STREQ("shared-terminals", client_status(&self->c).group);
}

/* A TRUST_ADD that is right but for one attribute. */
static struct nl_msg *add_request(struct client *c, bool ring, bool cert)
{
	struct nl_msg *msg = client_request(c, KB_CMD_TRUST_ADD, 0);
	struct bytes der = forge_cert("author");

	if (ring)
		client_put_u8(msg, KB_A_RING, KB_RING_AUTHOR);
	if (cert)
		client_put(msg, KB_A_CERT, der.data, der.len);
	bytes_done(&der);
	return msg;
}

TEST_F(trust, add_attributes)
{
	static const u8 large[KB_CERT_MAX + 1];
	struct nl_msg *msg;

	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, add_request(&self->c, false, false), NULL, NULL));
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, add_request(&self->c, true, false), NULL, NULL));
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, add_request(&self->c, false, true), NULL, NULL));

	msg = add_request(&self->c, false, true);
	client_put_u8(msg, KB_A_RING, KB_RING_MAX);
	EXPECT_REFUSED(-ERANGE, client_ask(&self->c, msg, NULL, NULL));
	msg = add_request(&self->c, false, true);
	client_put_u32(msg, KB_A_RING, KB_RING_AUTHOR);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = add_request(&self->c, false, true);
	client_put(msg, KB_A_RING, NULL, 0);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = add_request(&self->c, true, false);
	client_put(msg, KB_A_CERT, NULL, 0);
	EXPECT_REFUSED(-ERANGE, client_ask(&self->c, msg, NULL, NULL));
	msg = add_request(&self->c, true, false);
	client_put(msg, KB_A_CERT, large, sizeof(large));
	EXPECT_REFUSED(-ERANGE, client_ask(&self->c, msg, NULL, NULL));
	/* attributes of other commands, unknown ones, and a nest where none belongs */
	msg = add_request(&self->c, true, true);
	client_put_string(msg, KB_A_GROUP, "shared-terminals");
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = add_request(&self->c, true, true);
	client_put_u32(msg, KB_A_MAX + 1, 1);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = add_request(&self->c, true, false);
	client_put(msg, KB_A_CERT | NLA_F_NESTED, "nest", 4);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_KEYS_AUTHOR]);
}

/* A TRUST_SEAL without attribute @without, with @instead in its place when not NULL. */
static struct answer seal_with(struct client *c, int without, const void *instead, size_t len)
{
	struct nl_msg *msg = client_request(c, KB_CMD_TRUST_SEAL, 0);

	if (without != KB_A_MUNICIPALITY)
		client_put_string(msg, KB_A_MUNICIPALITY, "131016");
	if (without != KB_A_GROUP)
		client_put_string(msg, KB_A_GROUP, "shared-terminals");
	if (without != KB_A_EPOCH)
		client_put_u32(msg, KB_A_EPOCH, 0);
	if (without != KB_A_SERIAL_NO)
		client_put_u32(msg, KB_A_SERIAL_NO, 0);
	if (instead)
		client_put(msg, without, instead, len);
	return client_ask(c, msg, NULL, NULL);
}

TEST_F(trust, seal_attributes)
{
	static const int needed[] = { KB_A_MUNICIPALITY, KB_A_GROUP, KB_A_EPOCH, KB_A_SERIAL_NO };
	char longest[KB_GROUP_MAX + 2];
	unsigned int i;

	ASSERT_EQ(0, add(&self->c, KB_RING_AUTHOR, "author").err);
	for (i = 0; i < ARRAY_SIZE(needed); i++)
		EXPECT_REFUSED(-EINVAL, seal_with(&self->c, needed[i], NULL, 0));
	memset(longest, 'k', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	EXPECT_REFUSED(-EINVAL, seal_with(&self->c, KB_A_MUNICIPALITY, longest, sizeof(longest)));
	EXPECT_REFUSED(-EINVAL, seal_with(&self->c, KB_A_GROUP, longest, sizeof(longest)));
	EXPECT_REFUSED(-EINVAL, seal_with(&self->c, KB_A_GROUP, "open", 4));
	EXPECT_REFUSED(-EINVAL, seal_with(&self->c, KB_A_EPOCH, "\1", 1));
	EXPECT_REFUSED(-EINVAL, seal_with(&self->c, KB_A_SERIAL_NO, "\1\0\0\0\0\0\0\0", 8));
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_SEALED]);
	/* at the limit it is fine */
	longest[KB_GROUP_MAX] = '\0';
	EXPECT_EQ(0, seal_with(&self->c, KB_A_GROUP, longest, KB_GROUP_MAX + 1).err);
	EXPECT_STREQ(longest, client_status(&self->c).group);
}

TEST_F(trust, what_nobody_asked_for)
{
	struct nl_msg *msg;

	/* nothing answers to these */
	EXPECT_EQ(-EOPNOTSUPP, client_ask(&self->c, client_request(&self->c, KB_CMD_UNSPEC, 0),
					  NULL, NULL).err);
	EXPECT_EQ(-EOPNOTSUPP, client_ask(&self->c, client_request(&self->c, KB_CMD_EVENT, 0),
					  NULL, NULL).err);
	EXPECT_EQ(-EOPNOTSUPP, client_ask(&self->c, client_request(&self->c, KB_CMD_MAX + 1, 0),
					  NULL, NULL).err);
	/* a dump of what is no list, and no dump of what is one */
	EXPECT_EQ(-EOPNOTSUPP, client_ask(&self->c, client_request(&self->c, KB_CMD_STATUS_GET,
								   NLM_F_DUMP), NULL, NULL).err);
	EXPECT_EQ(-EOPNOTSUPP, client_ask(&self->c, client_request(&self->c, KB_CMD_DEVICE_DUMP, 0),
					  NULL, NULL).err);
	EXPECT_EQ(-EOPNOTSUPP, client_ask(&self->c, client_request(&self->c, KB_CMD_TRUST_SEAL,
								   NLM_F_DUMP), NULL, NULL).err);
	/* commands without attributes take none */
	msg = client_request(&self->c, KB_CMD_STATUS_GET, 0);
	client_put_u8(msg, KB_A_RING, 0);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = client_request(&self->c, KB_CMD_DEVICE_DUMP, NLM_F_DUMP);
	client_put_u8(msg, KB_A_RING, 0);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
}

TEST_HARNESS_MAIN
