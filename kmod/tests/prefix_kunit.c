// SPDX-License-Identifier: GPL-2.0-only
/* From addresses to networks under the kernel's checkers: against a model, and without memory. */
#include "../core/prefix.c"

#include <kunit/test.h>
#include <linux/sched.h>

#define PREFIXES	48
#define NETWORKS	5

/* xorshift64: the same numbers in every run. */
static u64 noise_state;

static u32 noise(u32 below)
{
	noise_state ^= noise_state << 13;
	noise_state ^= noise_state >> 7;
	noise_state ^= noise_state << 17;
	return (u32)(noise_state >> 32) % below;
}

static u32 bits_of_family(u8 version)
{
	return version == 4 ? 32 : 128;
}

static bool get_bit(const union kb_ip *ip, u8 version, u32 i)
{
	return version == 4 ? ip->v4 >> (31 - i) & 1 : ip->v6[i / 8] >> (7 - i % 8) & 1;
}

static void flip_bit(union kb_ip *ip, u8 version, u32 i)
{
	if (version == 4)
		ip->v4 ^= 1u << (31 - i);
	else
		ip->v6[i / 8] ^= 0x80 >> i % 8;
}

static void noisy_ip(union kb_ip *ip, u8 version)
{
	static const u8 few[] = { 0x00, 0x00, 0x01, 0xff };
	u32 i;

	memset(ip, 0, sizeof(*ip));
	for (i = 0; i < bits_of_family(version) / 8; i++) {
		if (version == 4)
			ip->v4 = ip->v4 << 8 | few[noise(ARRAY_SIZE(few))];
		else
			ip->v6[i] = few[noise(ARRAY_SIZE(few))];
	}
}

static void noisy_prefix(struct kb_prefix *p, u8 version)
{
	u32 i;

	noisy_ip(&p->addr, version);
	p->version = version;
	p->len = noise(bits_of_family(version) + 1);
	if (noise(2))
		p->len = p->len / 8 * 8;
	p->network = noise(NETWORKS);
	for (i = p->len; i < bits_of_family(version); i++)
		if (get_bit(&p->addr, version, i))
			flip_bit(&p->addr, version, i);
}

/* An address that shares more or less of a prefix. */
static void noisy_near(union kb_ip *ip, const struct kb_prefix *p)
{
	const u32 same = noise(p->len + 1);
	u32 i;

	noisy_ip(ip, p->version);
	for (i = 0; i < (noise(3) ? p->len : same); i++)
		if (get_bit(ip, p->version, i) != get_bit(&p->addr, p->version, i))
			flip_bit(ip, p->version, i);
}

static bool lies_in(const union kb_ip *ip, const struct kb_prefix *p)
{
	u32 i;

	for (i = 0; i < p->len; i++)
		if (get_bit(ip, p->version, i) != get_bit(&p->addr, p->version, i))
			return false;
	return true;
}

static u32 model(const struct kb_prefix *prefixes, u32 n, const union kb_ip *ip)
{
	u32 i, set = 0;

	for (i = 0; i < n; i++)
		if (lies_in(ip, &prefixes[i]))
			set |= 1u << prefixes[i].network;
	return set;
}

static u32 answer(const struct kb_prefix_table *table, const union kb_ip *ip, u8 version)
{
	const u16 class = version == 4 ? kb_prefix_lookup4(table, ip->v4) :
					 kb_prefix_lookup6(table, ip);
	u32 network, set = 0;

	for (network = 0; network < NETWORKS; network++)
		set |= (u32)kb_prefix_class_has(table, class, network) << network;
	return class < kb_prefix_n_classes(table) ? set : ~0u;
}

static void compare(struct kunit *test, u8 version)
{
	struct kb_prefix *p = kunit_kcalloc(test, 2 * PREFIXES, sizeof(*p), GFP_KERNEL);
	u32 round, i, n, wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, p);
	noise_state = 0x9e3779b97f4a7c15ull;
	for (round = 0; round < 100; round++) {
		struct kb_prefix_table *table;

		n = 1 + noise(PREFIXES);
		for (i = 0; i < n; i++)
			noisy_prefix(&p[i], version);
		/* what the builder gets is its own to sort */
		memcpy(p + PREFIXES, p, n * sizeof(*p));
		KUNIT_ASSERT_EQ(test, kb_prefix_build(p + PREFIXES, n, NETWORKS, &table), 0);
		for (i = 0; i < 300; i++) {
			union kb_ip ip;

			noisy_near(&ip, &p[noise(n)]);
			wrong += answer(table, &ip, version) != model(p, n, &ip);
		}
		kb_prefix_free(table);
		cond_resched();
	}
	KUNIT_EXPECT_EQ(test, wrong, 0u);
}

static void equals_model_v4(struct kunit *test)
{
	compare(test, 4);
}

static void equals_model_v6(struct kunit *test)
{
	compare(test, 6);
}

/* What is larger than a page or two does not come from kmalloc. */
static void takes_the_most(struct kunit *test)
{
	struct kb_prefix *p = kvcalloc(KB_PREFIXES_MAX, sizeof(*p), GFP_KERNEL);
	struct kb_prefix_table *table;
	u32 i, wrong = 0;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < KB_PREFIXES_MAX; i++)
		p[i] = (struct kb_prefix){
			.addr.v4 = i << 18 | 0x1234,
			.version = 4,
			.len = 32,
			.network = i % KB_NETWORKS_MAX,
		};
	i = kb_prefix_build(p, KB_PREFIXES_MAX, KB_NETWORKS_MAX, &table);
	kvfree(p);
	KUNIT_ASSERT_EQ(test, i, 0u);
	for (i = 0; i < KB_PREFIXES_MAX; i++) {
		const u16 class = kb_prefix_lookup4(table, i << 18 | 0x1234);

		wrong += !kb_prefix_class_has(table, class, i % KB_NETWORKS_MAX);
		wrong += kb_prefix_lookup4(table, i << 18 | 0x1235) != 0;
	}
	kb_prefix_free(table);
	KUNIT_EXPECT_EQ(test, wrong, 0u);
}

static void refuses(struct kunit *test)
{
	static const struct kb_prefix wrong[] = {
		{ .version = 5 },
		{ .version = 4, .len = 33 },
		{ .version = 6, .len = 129 },
		{ .version = 4, .network = NETWORKS },
		{ .version = 4, .len = 8, .addr.v4 = 0x0a000001 },
		{ .version = 6, .len = 64, .addr.v6 = { [8] = 0x80 } },
	};
	struct kb_prefix_table *const untouched = (void *)0x6b6b;
	struct kb_prefix_table *table = untouched;
	struct kb_prefix p = { .version = 4 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		p = wrong[i];
		KUNIT_EXPECT_EQ(test, kb_prefix_build(&p, 1, NETWORKS, &table), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, kb_prefix_build(&p, KB_PREFIXES_MAX + 1, 1, &table), -E2BIG);
	KUNIT_EXPECT_EQ(test, kb_prefix_build(&p, 1, KB_NETWORKS_MAX + 1, &table), -E2BIG);
	KUNIT_EXPECT_PTR_EQ(test, table, untouched);
}

/* Every allocation fails once; kmemleak looks at the rest. */
static void survives_no_memory(struct kunit *test)
{
	struct kb_prefix_table *const untouched = (void *)0x6b6b;
	struct kb_prefix p[] = {
		{ .version = 4, .len = 25, .addr.v4 = 0x0a000000 },
		{ .version = 6, .len = 48, .addr.v6 = { 0x20 } },
	};
	struct kb_prefix_table *table;
	unsigned int nth, left;
	int err;

	for (nth = 1; nth < 64; nth++) {
		table = untouched;
		current->fail_nth = nth;
		err = kb_prefix_build(p, ARRAY_SIZE(p), 1, &table);
		left = current->fail_nth;
		current->fail_nth = 0;
		if (!err) {
			kb_prefix_free(table);
			if (left)
				break;
			continue;	/* kvmalloc() found another way */
		}
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_PTR_EQ(test, table, untouched);
	}
	KUNIT_EXPECT_GT(test, nth, 10u);
	KUNIT_EXPECT_LT(test, nth, 64u);
}

static struct kunit_case prefix_cases[] = {
	KUNIT_CASE(refuses),
	KUNIT_CASE(survives_no_memory),
	KUNIT_CASE(equals_model_v4),
	KUNIT_CASE(equals_model_v6),
	KUNIT_CASE(takes_the_most),
	{}
};

static struct kunit_suite prefix_suite = {
	.name = "kidoban_prefix",
	.test_cases = prefix_cases,
};
kunit_test_suite(prefix_suite);
