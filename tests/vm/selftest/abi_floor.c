// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink family: before trust is sealed, the replay floor, the lock, and refusals as events. */
#include "expect.h"

#include "gate.h"

FIXTURE(floor) {
	struct client c;
};

FIXTURE_SETUP(floor)
{
	ASSERT_EQ(0, gate_insert());
	ASSERT_EQ(0, client_open(&self->c));
}

FIXTURE_TEARDOWN(floor)
{
	client_close(&self->c);
	EXPECT_EQ(0, gate_remove());
}

static struct answer load(struct client *c, const struct kb_sample *sample)
{
	struct offer offer = gate_offer(sample, false);
	struct answer a = gate_load(c, &offer);

	offer_done(&offer);
	return a;
}

TEST_F(floor, nothing_before_the_seal)
{
	const struct kb_sample usual = { .serial = 10 };
	struct bytes cert = forge_cert("author");

	EXPECT_REFUSED_SAYING(-ENOKEY, "seal", load(&self->c, &usual));
	EXPECT_EQ(0, client_trust(&self->c, KB_RING_AUTHOR, &cert).err);
	EXPECT_REFUSED_SAYING(-ENOKEY, "seal", load(&self->c, &usual));
	EXPECT_EQ(0, client_seal(&self->c, "131016", "shared-terminals", 0, 0).err);
	EXPECT_EQ(0, load(&self->c, &usual).err);
	bytes_done(&cert);
}

TEST_F(floor, replay)
{
	const struct kb_sample older = { .serial = 9 }, same = { .serial = 10 };
	const struct kb_sample other = { .serial = 10, .n_rules = 1 }, younger = { .serial = 11 };

	ASSERT_EQ(0, gate_seal(&self->c, false, 1, 10));
	EXPECT_REFUSED(-ESTALE, load(&self->c, &older));
	/* a reboot: what was obeyed last comes back, and nothing of its age after it */
	EXPECT_EQ(0, load(&self->c, &same).err);
	EXPECT_REFUSED(-ESTALE, load(&self->c, &other));
	EXPECT_EQ(0, load(&self->c, &younger).err);
	EXPECT_REFUSED(-ESTALE, load(&self->c, &same));
}

TEST_F(floor, epoch_counts_before_serial)
{
	const struct kb_sample young = { .serial = 4000000000u, .epoch = 2 };
	const struct kb_sample younger = { .serial = 1, .epoch = 3 };

	ASSERT_EQ(0, gate_seal(&self->c, false, 3, 1));
	EXPECT_REFUSED(-ESTALE, load(&self->c, &young));
	EXPECT_EQ(0, load(&self->c, &younger).err);
}

TEST_F(floor, empty_names_take_everybodys)
{
	const struct kb_sample theirs = { .serial = 1, .municipality = "999999", .group = "theirs" };
	struct bytes cert = forge_cert("author");

	ASSERT_EQ(0, client_trust(&self->c, KB_RING_AUTHOR, &cert).err);
	ASSERT_EQ(0, client_seal(&self->c, "", "", 0, 0).err);
	EXPECT_EQ(0, load(&self->c, &theirs).err);
	bytes_done(&cert);
}

TEST_F(floor, lock_holds_until_released)
{
	const struct kb_sample locked = { .serial = 1, .lock = 1 };
	const struct kb_sample still = { .serial = 2, .lock = 1 };
	const struct kb_sample open = { .serial = 3 };

	ASSERT_EQ(0, gate_seal(&self->c, false, 0, 0));
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_LOCK]);
	ASSERT_EQ(0, load(&self->c, &locked).err);
	EXPECT_EQ(1, client_status(&self->c).value[KB_A_LOCK]);
	EXPECT_EQ(-EWOULDBLOCK, gate_remove());
	/* locked twice, released once */
	ASSERT_EQ(0, load(&self->c, &still).err);
	ASSERT_EQ(0, load(&self->c, &open).err);
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_LOCK]);
}

struct refused {
	unsigned int n;
	u32 errno_;
	char text[256];
};

static void note_refused(u8 cmd, struct nlattr **attrs, void *data)
{
	struct refused *r = data;

	if (cmd != KB_CMD_EVENT || nla_get_u8(attrs[KB_A_EVENT]) != KB_EVENT_POLICY_REFUSED)
		return;
	r->n++;
	r->errno_ = nla_get_u32(attrs[KB_A_ERRNO]);
	nla_strlcpy(r->text, attrs[KB_A_TEXT], sizeof(r->text));
}

TEST_F(floor, refusals_are_events)
{
	const struct kb_sample usual = { .serial = 10 }, older = { .serial = 9 };
	struct refused refused = {};
	struct answer a;

	ASSERT_EQ(0, gate_seal(&self->c, false, 0, 0));
	ASSERT_EQ(0, load(&self->c, &usual).err);
	a = load(&self->c, &older);
	EXPECT_EQ(-ESTALE, a.err);
	/* no news: what is in force comes once more */
	EXPECT_EQ(-EALREADY, load(&self->c, &usual).err);
	EXPECT_EQ(0, client_ask(&self->c, client_request(&self->c, KB_CMD_EVENT_DUMP, NLM_F_DUMP),
				note_refused, &refused).err);
	EXPECT_EQ(1, refused.n);
	EXPECT_EQ(ESTALE, refused.errno_);
	EXPECT_STREQ(a.text, refused.text);
}

TEST_HARNESS_MAIN
