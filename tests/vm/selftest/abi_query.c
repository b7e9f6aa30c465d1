// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink family: what can be asked, dumps that are left half-way, events and their numbers. */
#include "expect.h"

#include "gate.h"

#define LARGE_RULES	4000		/* a blob of many dump messages */

FIXTURE(query) {
	struct client c;
};

FIXTURE_SETUP(query)
{
	ASSERT_EQ(0, gate_insert());
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, gate_seal(&self->c, false, 0, 0));
}

FIXTURE_TEARDOWN(query)
{
	client_close(&self->c);
	EXPECT_EQ(0, gate_remove());
}

static struct answer dump(struct client *c, u8 cmd, client_fn each, void *data)
{
	return client_ask(c, client_request(c, cmd, NLM_F_DUMP), each, data);
}

static void load(struct __test_metadata *_metadata, struct client *c, u32 serial, u32 rules)
{
	/* no enforcement: the machine's own devices stay out of it */
	const struct kb_sample sample = { .serial = serial, .n_rules = rules, .mode = KB_GATE_AUDIT };
	struct offer offer = gate_offer(&sample, false);

	ASSERT_EQ(0, gate_load(c, &offer).err);
	offer_done(&offer);
}

static void join(u8 cmd, struct nlattr **attrs, void *data)
{
	struct bytes *all = data;
	size_t len;

	if (cmd != KB_CMD_POLICY_GET || !attrs[KB_A_BLOB])
		abort();
	len = (size_t)nla_len(attrs[KB_A_BLOB]);
	all->data = realloc(all->data, all->len + len);
	if (!all->data || len > KB_PART_MAX)
		abort();
	memcpy(all->data + all->len, nla_data(attrs[KB_A_BLOB]), len);
	all->len += len;
}

TEST_F(query, the_blob_comes_back)
{
	const struct kb_sample large = { .serial = 7, .n_rules = LARGE_RULES, .mode = KB_GATE_AUDIT };
	struct offer offer = gate_offer(&large, false);
	struct bytes all = {};

	EXPECT_REFUSED(-ENODATA, dump(&self->c, KB_CMD_POLICY_GET, join, &all));
	EXPECT_EQ(0, all.len);
	ASSERT_EQ(0, gate_load(&self->c, &offer).err);
	EXPECT_EQ(0, dump(&self->c, KB_CMD_POLICY_GET, join, &all).err);
	ASSERT_EQ(offer.blob.len, all.len);
	EXPECT_EQ(0, memcmp(offer.blob.data, all.data, all.len));
	bytes_done(&all);
	offer_done(&offer);
}

TEST_F(query, status_is_complete)
{
	static const int always[] = {
		KB_A_MODULE_LEVEL, KB_A_MODULE_VERSION, KB_A_SEALED, KB_A_KEYS_AUTHOR,
		KB_A_KEYS_APPROVER, KB_A_KEYS_GRANT, KB_A_MUNICIPALITY, KB_A_GROUP, KB_A_POLICY,
		KB_A_LOCK, KB_A_ALLOWED, KB_A_REFUSED, KB_A_AUDITED, KB_A_OVERRIDES, KB_A_PRESENT,
		KB_A_EVENT_SEQ, KB_A_EVENT_LOST, KB_A_MEMORY };
	static const int in_force[] = {
		KB_A_EPOCH, KB_A_SERIAL_NO, KB_A_MODE_MEDIA, KB_A_RULES, KB_A_EXPIRES, KB_A_EXPIRED,
		KB_A_BLOB_SHA256, KB_A_GENERATION, KB_A_BUILTIN };
	struct status before = client_status(&self->c), after;
	unsigned int i;

	load(_metadata, &self->c, 77, 3);
	after = client_status(&self->c);
	for (i = 0; i < ARRAY_SIZE(always); i++)
		EXPECT_TRUE(before.have[always[i]]) {
			TH_LOG("attribute %d is missing", always[i]);
		}
	for (i = 0; i < ARRAY_SIZE(in_force); i++) {
		EXPECT_FALSE(before.have[in_force[i]]);
		EXPECT_TRUE(after.have[in_force[i]]) {
			TH_LOG("attribute %d is missing", in_force[i]);
		}
	}
	EXPECT_STREQ(KB_VERSION, after.version);
	EXPECT_EQ(KB_MODULE_LEVEL, after.value[KB_A_MODULE_LEVEL]);
	EXPECT_EQ(77, after.value[KB_A_SERIAL_NO]);
	EXPECT_EQ(KB_GATE_AUDIT, after.value[KB_A_MODE_MEDIA]);
	EXPECT_EQ(3, after.value[KB_A_RULES]);
	EXPECT_EQ(KB_MAKER_EXPIRES, after.value[KB_A_EXPIRES]);
	EXPECT_EQ(0, after.value[KB_A_EXPIRED]);
	EXPECT_EQ(1, after.value[KB_A_GENERATION]);
	EXPECT_LT(before.value[KB_A_MEMORY], after.value[KB_A_MEMORY]);
}

struct hubs {
	unsigned int n, root_hubs;
};

static void note_hub(u8 cmd, struct nlattr **attrs, void *data)
{
	struct hubs *hubs = data;

	if (cmd != KB_CMD_DEVICE_DUMP || !attrs[KB_A_DEVICE] || !attrs[KB_A_PORT] ||
	    !attrs[KB_A_TRIPLE] || !attrs[KB_A_ACTION] || !attrs[KB_A_REASON])
		abort();
	hubs->n++;
	hubs->root_hubs += nla_get_u16(attrs[KB_A_VENDOR]) == 0x1d6b;
}

TEST_F(query, devices_are_listed)
{
	struct hubs hubs = {};

	EXPECT_EQ(0, dump(&self->c, KB_CMD_DEVICE_DUMP, note_hub, &hubs).err);
	/* the terminal's controller has a USB 2 and a USB 3 side */
	EXPECT_LE(2, hubs.root_hubs);
	EXPECT_EQ(client_status(&self->c).value[KB_A_PRESENT], hubs.n);
}

/* Reads one message of a dump and goes away. */
static void leave(struct __test_metadata *_metadata, u8 cmd)
{
	struct client c;
	char buffer[64 * 1024];

	ASSERT_EQ(0, client_open(&c));
	ASSERT_EQ(0, client_send(&c, client_request(&c, cmd, NLM_F_DUMP)));
	EXPECT_LT(0, recv(nl_socket_get_fd(c.sock), buffer, sizeof(buffer), 0));
	client_close(&c);
}

TEST_F(query, dumps_left_half_way_hold_nothing)
{
	u64 first, memory;
	u32 serial;

	load(_metadata, &self->c, 1, LARGE_RULES);
	first = client_status(&self->c).value[KB_A_MEMORY];
	for (serial = 2; serial < 6; serial++) {
		leave(_metadata, KB_CMD_POLICY_GET);
		leave(_metadata, KB_CMD_EVENT_DUMP);
		leave(_metadata, KB_CMD_DEVICE_DUMP);
		load(_metadata, &self->c, serial, LARGE_RULES);
	}
	memory = client_status(&self->c).value[KB_A_MEMORY];
	/* four more events, and not one more policy; the teardown unloads the module */
	EXPECT_GT(first + 4 * 1024, memory);
}

/* A dump under way keeps its own policy while another comes into force. */
TEST_F(query, a_dump_is_of_one_policy)
{
	struct client other;
	char buffer[64 * 1024];
	ssize_t got;

	load(_metadata, &self->c, 1, LARGE_RULES);
	ASSERT_EQ(0, client_open(&other));
	ASSERT_EQ(0, client_send(&other, client_request(&other, KB_CMD_POLICY_GET, NLM_F_DUMP)));
	load(_metadata, &self->c, 2, LARGE_RULES);
	load(_metadata, &self->c, 3, 1);
	got = 0;
	for (;;) {
		struct nlmsghdr *header = (struct nlmsghdr *)buffer;
		int left = (int)recv(nl_socket_get_fd(other.sock), buffer, sizeof(buffer), 0);
		bool done = false;

		ASSERT_LT(0, left);
		for (; nlmsg_ok(header, left); header = nlmsg_next(header, &left)) {
			done = header->nlmsg_type == NLMSG_DONE;
			if (!done)
				got += genlmsg_attrlen(genlmsg_hdr(header), 0) - NLA_HDRLEN;
		}
		if (done)
			break;
	}
	/* 28 bytes of attributes in each rule */
	EXPECT_LT(LARGE_RULES * 28, got);
	client_close(&other);
}

struct numbers {
	u64 first, last, gaps;
	unsigned int n;
};

static void note_number(u8 cmd, struct nlattr **attrs, void *data)
{
	struct numbers *numbers = data;
	u64 seq;

	if (cmd != KB_CMD_EVENT || !attrs[KB_A_SEQ] || !attrs[KB_A_BOOTTIME] || !attrs[KB_A_EVENT])
		abort();
	seq = nla_get_u64(attrs[KB_A_SEQ]);
	if (!numbers->n++)
		numbers->first = seq;
	else
		numbers->gaps += seq - numbers->last - 1;
	numbers->last = seq;
}

static struct numbers events_from(struct client *c, u64 first)
{
	struct nl_msg *msg = client_request(c, KB_CMD_EVENT_DUMP, NLM_F_DUMP);
	struct numbers numbers = {};

	client_put_u64(msg, KB_A_SEQ, first);
	if (client_ask(c, msg, note_number, &numbers).err)
		abort();
	return numbers;
}

TEST_F(query, events_are_numbered_without_gaps)
{
	struct numbers numbers;
	u32 serial;

	for (serial = 1; serial < 20; serial++)
		load(_metadata, &self->c, serial, 1);
	numbers = events_from(&self->c, 0);
	EXPECT_EQ(1, numbers.first);
	EXPECT_EQ(0, numbers.gaps);
	EXPECT_LE(20, numbers.n);
	EXPECT_EQ(client_status(&self->c).value[KB_A_EVENT_SEQ], numbers.last);
	numbers = events_from(&self->c, 10);
	EXPECT_EQ(10, numbers.first);
	EXPECT_EQ(0, numbers.gaps);
	EXPECT_EQ(0, events_from(&self->c, numbers.last + 1).n);
	EXPECT_EQ(0, events_from(&self->c, ~0ull).n);
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_EVENT_LOST]);
}

TEST_F(query, a_wrong_number_is_refused)
{
	struct nl_msg *msg = client_request(&self->c, KB_CMD_EVENT_DUMP, NLM_F_DUMP);

	client_put_u32(msg, KB_A_SEQ, 1);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = client_request(&self->c, KB_CMD_EVENT_DUMP, NLM_F_DUMP);
	client_put_string(msg, KB_A_GROUP, "x");
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
}

/* Refused loads are events: cheap to make by the thousand. */
static void make_events(struct client *c, unsigned int n)
{
	struct bytes junk = bytes_of("junk", 4);

	while (n--)
		client_load(c, &junk, &junk, NULL);
	bytes_done(&junk);
}

TEST_F(query, what_is_lost_is_counted)
{
	u64 before = client_status(&self->c).value[KB_A_EVENT_SEQ], seq, lost;
	struct numbers numbers;

	make_events(&self->c, KB_EVENTS_MAX + 100);
	seq = client_status(&self->c).value[KB_A_EVENT_SEQ];
	lost = client_status(&self->c).value[KB_A_EVENT_LOST];
	EXPECT_EQ(before + KB_EVENTS_MAX + 100, seq);
	/* the oldest made room unread */
	EXPECT_EQ(before + 100, lost);
	numbers = events_from(&self->c, 1);
	EXPECT_EQ(KB_EVENTS_MAX, numbers.n);
	EXPECT_EQ(lost + 1, numbers.first);
	EXPECT_EQ(0, numbers.gaps);
	/* what was read once may go */
	make_events(&self->c, 100);
	EXPECT_EQ(lost, client_status(&self->c).value[KB_A_EVENT_LOST]);
}

TEST_F(query, events_are_told_to_listeners)
{
	struct numbers numbers = {};
	struct client listener;
	u64 before = client_status(&self->c).value[KB_A_EVENT_SEQ];
	int i;

	ASSERT_EQ(0, client_open(&listener));
	ASSERT_EQ(0, client_join(&listener));
	EXPECT_EQ(-ETIMEDOUT, client_event(&listener, 0, note_number, &numbers));
	make_events(&self->c, 10);
	for (i = 0; i < 10; i++)
		ASSERT_EQ(0, client_event(&listener, 5000, note_number, &numbers));
	EXPECT_EQ(-ETIMEDOUT, client_event(&listener, 0, note_number, &numbers));
	EXPECT_EQ(before + 1, numbers.first);
	EXPECT_EQ(before + 10, numbers.last);
	EXPECT_EQ(0, numbers.gaps);
	client_close(&listener);
}

TEST_HARNESS_MAIN
