// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink family: hostile, cut off and oversized blobs with sound signatures; loads at once. */
#include "expect.h"

#include <pthread.h>

#include "gate.h"
#include "kmod/tests/blob_wrong.h"

#define ROUNDS		10		/* of two loads at once */

/* A sealed terminal that needs the author's signature only. */
FIXTURE(blob) {
	struct client c;
};

FIXTURE_SETUP(blob)
{
	ASSERT_EQ(0, gate_insert());
	ASSERT_EQ(0, client_open(&self->c));
	ASSERT_EQ(0, gate_seal(&self->c, false, 0, 0));
}

FIXTURE_TEARDOWN(blob)
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

/* Every blob that is wrong in one way, signed as it should be. */
TEST_F_TIMEOUT(blob, hostile_blobs, 90)
{
	const struct kb_sample usual = { .serial = 1 };
	struct offer good = gate_offer(&usual, false);
	static u8 buf[256 * 1024];
	unsigned int i;

	ASSERT_EQ(0, gate_load(&self->c, &good).err);
	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct offer bad;
		struct kb_maker m;

		kb_make_begin(&m, buf, sizeof(buf));
		refusals[i].make(&m);
		ASSERT_FALSE(m.overflow);
		bad = gate_offer_bytes(buf, m.len, false);
		EXPECT_REFUSED_SAYING(refusals[i].err, refusals[i].text,
				      gate_load(&self->c, &bad));
		offer_done(&bad);
	}
	EXPECT_IN_FORCE(&good);
	offer_done(&good);
}

TEST_F_TIMEOUT(blob, cut_off, 90)
{
	const struct kb_sample usual = { .serial = 10, .n_rules = 1 };
	struct offer whole = gate_offer(&usual, false);
	size_t len;

	for (len = 1; len < whole.blob.len - 28; len += 9) {
		struct offer cut = gate_offer_bytes(whole.blob.data, len, false);

		EXPECT_REFUSED(-EBADMSG, gate_load(&self->c, &cut));
		offer_done(&cut);
	}
	offer_done(&whole);
}

TEST_F(blob, too_large)
{
	const struct kb_sample many = { .serial = 10, .n_rules = KB_RULES_MAX };
	const struct kb_sample too_many = { .serial = 11, .n_rules = KB_RULES_MAX + 1 };
	static u8 zero[KB_BLOB_MAX + 1];
	struct offer offer;

	offer = gate_offer_bytes(zero, sizeof(zero), false);
	EXPECT_REFUSED(-EMSGSIZE, gate_load(&self->c, &offer));
	offer.blob.len--;
	EXPECT_REFUSED(-EKEYREJECTED, gate_load(&self->c, &offer));
	offer_done(&offer);
	offer = gate_offer_bytes(zero, KB_BLOB_MAX, false);
	EXPECT_REFUSED(-EBADMSG, gate_load(&self->c, &offer));
	offer_done(&offer);
	EXPECT_REFUSED(-EBADMSG, load(&self->c, &too_many));
	EXPECT_EQ(0, load(&self->c, &many).err);
	EXPECT_EQ(KB_RULES_MAX, client_status(&self->c).value[KB_A_RULES]);
}

TEST_F(blob, attributes)
{
	const struct kb_sample usual = { .serial = 10 };
	struct offer offer = gate_offer(&usual, false);
	static const u8 large[KB_PART_MAX + 1];
	struct bytes none = {}, big = { (u8 *)large, KB_SIGNATURE_MAX + 1 };
	struct nl_msg *msg;

	EXPECT_REFUSED(-EINVAL, client_load(&self->c, &none, &offer.author, NULL));
	EXPECT_REFUSED(-ERANGE, client_load(&self->c, &offer.blob, &none, NULL));
	EXPECT_REFUSED(-ERANGE, client_load(&self->c, &offer.blob, &big, NULL));
	EXPECT_REFUSED(-ERANGE, client_load(&self->c, &offer.blob, &offer.author, &big));

	msg = client_request(&self->c, KB_CMD_POLICY_LOAD, 0);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	msg = client_request(&self->c, KB_CMD_POLICY_LOAD, 0);
	client_put(msg, KB_A_BLOB, offer.blob.data, offer.blob.len);
	EXPECT_REFUSED_SAYING(-EINVAL, "author", client_ask(&self->c, msg, NULL, NULL));
	msg = client_request(&self->c, KB_CMD_POLICY_LOAD, 0);
	client_put(msg, KB_A_BLOB, large, sizeof(large));
	client_put(msg, KB_A_SIG_AUTHOR, offer.author.data, offer.author.len);
	EXPECT_REFUSED(-ERANGE, client_ask(&self->c, msg, NULL, NULL));
	msg = client_request(&self->c, KB_CMD_POLICY_LOAD, 0);
	client_put(msg, KB_A_BLOB, offer.blob.data, offer.blob.len);
	client_put(msg, KB_A_SIG_AUTHOR, offer.author.data, offer.author.len);
	client_put_u8(msg, KB_A_LOCK, 0);
	EXPECT_REFUSED(-EINVAL, client_ask(&self->c, msg, NULL, NULL));
	EXPECT_EQ(0, client_status(&self->c).value[KB_A_POLICY]);
	offer_done(&offer);
}

/* Parts are joined in their order, wherever they are cut. */
TEST_F(blob, in_parts)
{
	const struct kb_sample usual = { .serial = 10 };
	struct offer offer = gate_offer(&usual, false);
	struct nl_msg *msg = client_request(&self->c, KB_CMD_POLICY_LOAD, 0);
	size_t i;

	client_put(msg, KB_A_SIG_AUTHOR, offer.author.data, offer.author.len);
	for (i = 0; i < offer.blob.len; i++)
		client_put(msg, KB_A_BLOB, offer.blob.data + i, 1);
	EXPECT_EQ(0, client_ask(&self->c, msg, NULL, NULL).err);
	EXPECT_IN_FORCE(&offer);
	offer_done(&offer);
}

struct racer {
	pthread_t thread;
	pthread_barrier_t *start;
	struct client c;
	const struct offer *offer;
	struct answer answer;
};

static void *race(void *data)
{
	struct racer *racer = data;

	pthread_barrier_wait(racer->start);
	racer->answer = gate_load(&racer->c, racer->offer);
	return NULL;
}

/* Loads both at once; the answers are in the racers. */
static int run_race(struct racer *racers, const struct offer *a, const struct offer *b)
{
	pthread_barrier_t start;
	int i, err = 0;

	pthread_barrier_init(&start, NULL, 2);
	for (i = 0; i < 2; i++) {
		racers[i].start = &start;
		racers[i].offer = i ? b : a;
		err = err ?: client_open(&racers[i].c);
		err = err ?: -pthread_create(&racers[i].thread, NULL, race, &racers[i]);
	}
	for (i = 0; !err && i < 2; i++) {
		pthread_join(racers[i].thread, NULL);
		client_close(&racers[i].c);
	}
	pthread_barrier_destroy(&start);
	return err;
}

TEST_F(blob, two_at_once)
{
	int round;

	for (round = 1; round <= ROUNDS; round++) {
		const struct kb_sample a = { .serial = (u32)round };
		const struct kb_sample b = { .serial = (u32)round, .n_rules = 3 };
		struct offer first = gate_offer(&a, false), second = gate_offer(&b, false);
		struct racer racers[2] = {};
		int winner;

		ASSERT_EQ(0, run_race(racers, &first, &second));
		winner = !racers[0].answer.err ? 0 : 1;
		EXPECT_EQ(0, racers[winner].answer.err);
		EXPECT_EQ(-ESTALE, racers[!winner].answer.err);
		EXPECT_IN_FORCE(winner ? &second : &first);
		EXPECT_EQ(round, client_status(&self->c).value[KB_A_GENERATION]);

		/* the same bytes from both sides: no harm done */
		ASSERT_EQ(0, run_race(racers, &second, &second));
		EXPECT_EQ(racers[0].answer.err, racers[1].answer.err);
		offer_done(&first);
		offer_done(&second);
	}
}

TEST_HARNESS_MAIN
