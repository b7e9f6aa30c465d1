// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink family: POLICY_LOAD, every refusal of its table, before the loads that succeed. */
#include "expect.h"

#include "gate.h"

#define PAST		946684800u	/* 2000-01-01 */

/* A sealed terminal; the variant says whether policies need an approver. */
FIXTURE(policy) {
	struct client c;
};

FIXTURE_VARIANT(policy) {
	bool approver;
};

FIXTURE_VARIANT_ADD(policy, one_signature) {
	.approver = false,
};

FIXTURE_VARIANT_ADD(policy, two_signatures) {
	.approver = true,
};

FIXTURE_SETUP(policy)
{
	ASSERT_EQ(0, gate_insert());
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, gate_seal(&self->c, variant->approver, 0, 0));
}

FIXTURE_TEARDOWN(policy)
{
	client_close(&self->c);
	EXPECT_EQ(0, gate_remove());
}

static struct answer load(struct client *c, const struct kb_sample *sample, bool approver)
{
	struct offer offer = gate_offer(sample, approver);
	struct answer a = gate_load(c, &offer);

	offer_done(&offer);
	return a;
}

TEST_F(policy, who_signed)
{
	const struct kb_sample usual = { .serial = 10 };
	struct offer offer = gate_offer(&usual, true);
	struct bytes stranger = forge_sign("stranger", offer.blob.data, offer.blob.len);
	struct bytes *approver = variant->approver ? &offer.approver : NULL;

	EXPECT_REFUSED_SAYING(-ENOKEY, "author",
			      client_load(&self->c, &offer.blob, &stranger, approver));
	EXPECT_REFUSED_SAYING(-ENOKEY, "author",
			      client_load(&self->c, &offer.blob, &offer.approver, approver));
	if (variant->approver) {
		EXPECT_REFUSED_SAYING(-ENODATA, "approver",
				      client_load(&self->c, &offer.blob, &offer.author, NULL));
		EXPECT_REFUSED_SAYING(-ENOKEY, "approver",
				      client_load(&self->c, &offer.blob, &offer.author,
						  &offer.author));
		EXPECT_REFUSED_SAYING(-ENOKEY, "approver",
				      client_load(&self->c, &offer.blob, &offer.author, &stranger));
	}
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_POLICY]);
	EXPECT_EQ(0, client_load(&self->c, &offer.blob, &offer.author, approver).err);
	EXPECT_IN_FORCE(&offer);
	bytes_done(&stranger);
	offer_done(&offer);
}

TEST_F(policy, one_bit)
{
	const struct kb_sample usual = { .serial = 10, .n_rules = 4 };
	struct offer offer = gate_offer(&usual, true);
	struct bytes *approver = variant->approver ? &offer.approver : NULL;
	size_t i;

	for (i = 0; i < offer.blob.len; i += 7) {
		offer.blob.data[i] ^= 1u << i % 8;
		EXPECT_REFUSED(-EKEYREJECTED,
			       client_load(&self->c, &offer.blob, &offer.author, approver));
		offer.blob.data[i] ^= 1u << i % 8;
	}
	/* the last byte of a CMS without attributes is the signature's own */
	offer.author.data[offer.author.len - 1] ^= 1;
	EXPECT_REFUSED_SAYING(-EKEYREJECTED, "author",
			      client_load(&self->c, &offer.blob, &offer.author, approver));
	offer.author.data[offer.author.len - 1] ^= 1;
	if (approver) {
		offer.approver.data[offer.approver.len - 1] ^= 1;
		EXPECT_REFUSED_SAYING(-EKEYREJECTED, "approver",
				      client_load(&self->c, &offer.blob, &offer.author, approver));
		offer.approver.data[offer.approver.len - 1] ^= 1;
	}
	EXPECT_EQ(0, gate_load(&self->c, &offer).err);
	offer_done(&offer);
}

TEST_F(policy, what_is_no_signature)
{
	const struct kb_sample usual = { .serial = 10 };
	struct offer offer = gate_offer(&usual, true);
	struct bytes *approver = variant->approver ? &offer.approver : NULL;
	struct bytes junk = bytes_of("no signature at all", 19), cut = offer.author;

	EXPECT_REFUSED(-EBADMSG, client_load(&self->c, &offer.blob, &junk, approver));
	cut.len--;
	EXPECT_REFUSED(-EBADMSG, client_load(&self->c, &offer.blob, &cut, approver));
	cut.len = 20;
	EXPECT_REFUSED(-EBADMSG, client_load(&self->c, &offer.blob, &cut, approver));
	if (approver) {
		EXPECT_REFUSED_SAYING(-EBADMSG, "approver",
				      client_load(&self->c, &offer.blob, &offer.author, &junk));
	}
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_POLICY]);
	bytes_done(&junk);
	offer_done(&offer);
}

TEST_F(policy, whose_and_when)
{
	static const struct {
		struct kb_sample sample;
		int err;
		const char *word;
	} cases[] = {
		{ { .serial = 20, .municipality = "131024" }, -EXDEV, "131024" },
		{ { .serial = 20, .group = "dedicated" }, -EXDEV, "dedicated" },
		{ { .serial = 20, .expires = PAST }, -EKEYEXPIRED, "expired" },
		{ { .serial = 20, .not_before = KB_MAKER_EXPIRES - 1 }, -ETIME, "not valid before" },
		{ { .serial = 20, .format = KB_BLOB_FORMAT + 1 }, -EPROTONOSUPPORT, "format" },
		{ { .serial = 20, .min_module = KB_MODULE_LEVEL + 1 }, -EPROTONOSUPPORT, "level" },
		{ { .serial = 9 }, -ESTALE, "serial 9" },
		{ { .serial = 10, .media_default = KB_ACTION_ALLOW }, -ESTALE, "serial 10" },
		{ { .serial = 4000000000u, .epoch = 1 }, -ESTALE, "epoch 1" },
	};
	const struct kb_sample first = { .serial = 10, .epoch = 2 };
	struct offer offer = gate_offer(&first, variant->approver);
	struct answer again;
	u64 generation;
	unsigned int i;

	EXPECT_EQ(0, gate_load(&self->c, &offer).err);
	generation = client_status(&self->c).value[KB_A_GENERATION];
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_sample sample = cases[i].sample;

		sample.epoch = sample.epoch ?: 2;
		EXPECT_REFUSED_SAYING(cases[i].err, cases[i].word,
				      load(&self->c, &sample, variant->approver));
		EXPECT_IN_FORCE(&offer);
	}
	again = gate_load(&self->c, &offer);
	EXPECT_EQ(-EALREADY, again.err);
	EXPECT_STRNE("", again.text);
	EXPECT_EQ(generation, client_status(&self->c).value[KB_A_GENERATION]);
	offer_done(&offer);
}

TEST_HARNESS_MAIN
