// SPDX-License-Identifier: GPL-2.0-only
/* Hostile packets under KASAN: noise in memory of exactly its size, and what must be refused. */
#include "../core/packet.c"

#include <kunit/test.h>
#include <linux/sched.h>

#define NOISE_MAX	320
#define ROUNDS		60000

/* An IP header, @rest and a UDP header; what is wrong with them. */
struct refusal {
	const char *name;
	enum kb_reason reason;
	u8 version, proto;
	u8 first;		/* byte, 0 = as it should be */
	s8 longer;		/* what the header says, than there is */
	u8 cut;			/* bytes at the end that are not there, though the header says so */
	bool mapped;		/* destination ::ffff:10.20.1.1 */
	u8 n, rest[16];
};

static const struct refusal refusals[] = {
	{ "other version", KB_REASON_MALFORMED, 4, 17, .first = 0x55 },
	{ "header cut", KB_REASON_MALFORMED, 4, 17, .cut = 9 },
	{ "header too short", KB_REASON_MALFORMED, 4, 17, .first = 0x44 },
	{ "options beyond the end", KB_REASON_MALFORMED, 4, 17, .first = 0x4f },
	{ "longer than itself", KB_REASON_MALFORMED, 4, 17, .longer = 1 },
	{ "ports cut", KB_REASON_MALFORMED, 4, 17, .longer = -1 },
	{ "loose source route", KB_REASON_MALFORMED, 4, 17, .first = 0x47,
	  .n = 8, .rest = { 131, 7, 4, 10, 20, 1, 9, 0 } },
	{ "strict source route", KB_REASON_MALFORMED, 4, 17, .first = 0x47,
	  .n = 8, .rest = { 1, 137, 7, 4, 10, 20, 1, 9 } },
	{ "option of no length", KB_REASON_MALFORMED, 4, 17, .first = 0x46,
	  .n = 4, .rest = { 7, 0, 0, 0 } },
	{ "v6 header cut", KB_REASON_MALFORMED, 6, 17, .cut = 9 },
	{ "v6 longer than itself", KB_REASON_MALFORMED, 6, 17, .longer = 1 },
	{ "jumbogram", KB_REASON_MALFORMED, 6, 50, .longer = -8 },
	{ "no next header", KB_REASON_MALFORMED, 6, 59 },
	{ "mobility header", KB_REASON_MALFORMED, 6, 135 },
	{ "routing header 0", KB_REASON_MALFORMED, 6, 43, .n = 8, .rest = { 17, 0, 0, 1 } },
	{ "segment routing", KB_REASON_MALFORMED, 6, 43, .n = 8, .rest = { 17, 0, 4, 1 } },
	{ "header beyond the end", KB_REASON_MALFORMED, 6, 60, .n = 8, .rest = { 17, 2, 1, 4 } },
	{ "hop by hop second", KB_REASON_MALFORMED, 6, 60,
	  .n = 16, .rest = { 0, 0, 1, 4, [8] = 17, 0, 1, 4 } },
	{ "jumbo option", KB_REASON_MALFORMED, 6, 0, .n = 8, .rest = { 17, 0, 0xc2, 4, 0, 1 } },
	{ "later fragment of headers", KB_REASON_MALFORMED, 6, 44,
	  .n = 8, .rest = { 60, 0, 0, 9, 0, 0, 0, 1 } },
	{ "mapped address", KB_REASON_EMBEDDED, 6, 17, .mapped = true },
};

/* Writes the packet that @r describes, returns its length. */
static u32 make_packet(const struct refusal *r, u8 bytes[64])
{
	static const u8 udp[] = { 4, 0, 13, 61, 0, 8, 0, 0 };
	static const u8 mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 20, 1, 1 };
	const u32 head = r->version == 4 ? 20 : 40, len = head + r->n + sizeof(udp);

	memset(bytes, 0, 64);
	bytes[0] = r->first ?: r->version == 4 ? 0x45 : 0x60;
	if (r->version == 4) {
		bytes[3] = len + r->longer;
		bytes[9] = r->proto;
		bytes[12] = 10;		/* 10.0.0.1 > 10.20.0.0 */
		bytes[15] = 1;
		bytes[16] = 10;
		bytes[17] = 20;
	} else {
		bytes[5] = len - head + r->longer;
		bytes[6] = r->proto;
		bytes[8] = 0xfd;	/* fd00:: > fd14:: */
		bytes[24] = 0xfd;
		bytes[25] = 0x14;
		if (r->mapped)
			memcpy(bytes + 24, mapped, sizeof(mapped));
	}
	memcpy(bytes + head, r->rest, r->n);
	memcpy(bytes + head + r->n, udp, sizeof(udp));
	return len - r->cut;
}

static void refusal_name(const struct refusal *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

/* Parses memory of exactly @have bytes, so that KASAN sees one byte too many. */
static int parse_exact(struct kunit *test, const u8 *bytes, u32 have, u32 len, u8 version,
		       struct kb_packet *ret)
{
	u8 *copy = kmalloc(have, GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	if (have)
		memcpy(copy, bytes, have);
	memset(ret, 0xa5, sizeof(*ret));
	err = kb_packet_parse(copy, have, len, version, ret);
	kfree(copy);
	return err;
}

static void refuses(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct kb_packet p;
	u8 bytes[64];
	u32 len = make_packet(r, bytes);

	KUNIT_EXPECT_EQ(test, parse_exact(test, bytes, len, len, 0, &p), 0);
	KUNIT_EXPECT_EQ(test, p.defect, r->reason);
}

/* The short way and the long one agree; what the frame claims counts. */
static void reads(struct kunit *test)
{
	static const struct refusal nothing_wrong[] = {
		{ "IPv4", KB_REASON_NONE, 4, 17 },
		{ "IPv6", KB_REASON_NONE, 6, 17 },
	};
	struct kb_packet p, q;
	u8 bytes[64];
	u32 i, len;

	for (i = 0; i < ARRAY_SIZE(nothing_wrong); i++) {
		const u8 version = nothing_wrong[i].version;

		len = make_packet(&nothing_wrong[i], bytes);
		KUNIT_EXPECT_EQ(test, parse_exact(test, bytes, len, len, version, &p), 0);
		KUNIT_EXPECT_EQ(test, p.defect, 0);
		KUNIT_EXPECT_EQ(test, p.version, version);
		KUNIT_EXPECT_EQ(test, p.sport, 1024);
		KUNIT_EXPECT_EQ(test, p.dport, 3389);
		KUNIT_EXPECT_EQ(test, parse_exact(test, bytes, len, len, 10 - version, &q), 0);
		KUNIT_EXPECT_EQ(test, q.defect, KB_REASON_MALFORMED);
		bytes[version == 4 ? 3 : 5] += 12;	/* long enough for the short way */
		len += 12;
		KUNIT_EXPECT_EQ(test, parse_exact(test, bytes, len, len, version, &q), 0);
		KUNIT_EXPECT_EQ(test, memcmp(&p, &q, sizeof(p)), 0);
	}
	KUNIT_EXPECT_EQ(test, parse_exact(test, bytes, 0, 0, 0, &p), 0);
	KUNIT_EXPECT_EQ(test, p.defect, KB_REASON_MALFORMED);
	KUNIT_EXPECT_EQ(test, parse_exact(test, bytes, 0, 1, 0, &p), -ENODATA);
}

/* xorshift64: the same numbers in every run. */
static u64 noise_state;

static u32 noise(u32 below)
{
	noise_state ^= noise_state << 13;
	noise_state ^= noise_state >> 7;
	noise_state ^= noise_state << 17;
	return (u32)(noise_state >> 32) % below;
}

/* Noise that looks enough like a packet to get far into the parser. */
static u32 noisy_packet(u8 bytes[NOISE_MAX])
{
	static const u8 protos[] = { 0, 0, 1, 6, 17, 43, 43, 44, 44, 50, 58, 59, 60, 60, 60, 132 };
	const u32 len = noise(2) ? noise(NOISE_MAX + 1) : noise(120);
	u32 i;

	for (i = 0; i < NOISE_MAX; i++)
		bytes[i] = noise(3) ? noise(256) : 0;
	bytes[0] = noise(2) ? 0x60 : 0x40 | (noise(4) ? noise(16) : 5);
	if (bytes[0] == 0x60) {
		const u32 payload = len >= 40 && noise(8) ? len - 40 - noise(2) : noise(400);

		bytes[4] = payload >> 8;
		bytes[5] = payload;
		bytes[6] = protos[noise(ARRAY_SIZE(protos))];
		bytes[8] = 0x20;
		bytes[24] = 0x20;
		for (i = 40; i + 1 < NOISE_MAX; i += 8) {
			bytes[i] = protos[noise(ARRAY_SIZE(protos))];
			bytes[i + 1] = noise(4) ? 0 : noise(40);
		}
	} else {
		bytes[2] = noise(8) ? len >> 8 : noise(3);
		bytes[3] = noise(8) ? len : noise(256);
		bytes[6] &= noise(2) ? 0x40 : 0xff;
		bytes[7] = noise(2) ? 0 : bytes[7];
		bytes[9] = protos[noise(ARRAY_SIZE(protos))];
	}
	return len;
}

/* Breaks of what everybody who gets a packet may rely on. */
static u32 broken_promises(const struct kb_packet *p)
{
	u32 all[KB_EMBEDDED_MAX], n = 0;

	n += p->defect && p->defect != KB_REASON_MALFORMED && p->defect != KB_REASON_EMBEDDED;
	n += p->version != 4 && p->version != 6 && (p->version || !p->defect);
	n += !(p->flags & KB_PACKET_PORTS) && (p->sport || p->dport);
	n += p->flags & (KB_PACKET_SYN | KB_PACKET_RST) && p->proto != 6;
	n += kb_packet_embedded_all(&p->dst, all) > KB_EMBEDDED_MAX;
	kb_packet_is_tunnel(p);
	kb_packet_is_multicast(&p->dst, p->version);
	return n;
}

static void withstands_noise(struct kunit *test)
{
	u8 *bytes = kunit_kmalloc(test, NOISE_MAX, GFP_KERNEL);
	u32 round, fine = 0, wrong = 0, asked = 0;

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	noise_state = 0x9e3779b97f4a7c15ull;
	for (round = 0; round < ROUNDS; round++) {
		const u32 len = noisy_packet(bytes), have = noise(len + 1);
		const u32 most = min_t(u32, len, KB_PACKET_LOOK_MAX);
		const u8 version = noise(4) ? 0 : 4 + 2 * noise(2);
		struct kb_packet p, part;
		int err;

		wrong += parse_exact(test, bytes, len, len, version, &p) != 0;
		wrong += broken_promises(&p);
		fine += !p.defect;
		/* more bytes are asked for only while there are more, and change no answer */
		err = parse_exact(test, bytes, have, len, version, &part);
		if (err)
			wrong += err != -ENODATA || have >= most || !part.defect;
		else
			wrong += memcmp(&p, &part, sizeof(p)) != 0;
		asked += err != 0;
		if (round % 1024 == 0)
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
	/* noise that is refused at the door would try nothing */
	KUNIT_EXPECT_GT(test, fine, ROUNDS / 20u);
	KUNIT_EXPECT_GT(test, asked, ROUNDS / 20u);
}

static struct kunit_case packet_cases[] = {
	KUNIT_CASE_PARAM(refuses, refusal_gen_params),
	KUNIT_CASE(reads),
	KUNIT_CASE(withstands_noise),
	{}
};

static struct kunit_suite packet_suite = {
	.name = "kidoban_packet",
	.test_cases = packet_cases,
};
kunit_test_suite(packet_suite);
