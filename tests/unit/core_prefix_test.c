// SPDX-License-Identifier: GPL-2.0-or-later
/* From addresses to networks: the table against a model that looks at every prefix (N2, N3). */
#include <kidoban/prefix.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define SET_WORDS	(KB_NETWORKS_MAX / 64)

struct set {
	u64 words[SET_WORDS];
};

/* The linker sends every calloc() here (module.mk). */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static unsigned int fail_at;		/* the how manieth allocation fails, 0 = none */
static unsigned int n_allocations;

void *__wrap_calloc(size_t n, size_t size)
{
	return ++n_allocations == fail_at ? NULL : __real_calloc(n, size);
}

/* xorshift64: the same numbers in every run. */
static u64 random_state = 0x9e3779b97f4a7c15ull;

static u32 rnd(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)(random_state >> 32) % below;
}

static u32 address_bits(u8 version)
{
	return version == 4 ? 32 : 128;
}

/* Bit @i from the left. */
static bool get_bit(const union kb_ip *ip, u8 version, u32 i)
{
	return version == 4 ? ip->v4 >> (31 - i) & 1 : ip->v6[i / 8] >> (7 - i % 8) & 1;
}

static void set_bit(union kb_ip *ip, u8 version, u32 i, bool value)
{
	if (version == 4)
		ip->v4 = (ip->v4 & ~(1u << (31 - i))) | (u32)value << (31 - i);
	else
		ip->v6[i / 8] = (u8)((ip->v6[i / 8] & ~(0x80 >> i % 8)) | (value ? 0x80 >> i % 8 : 0));
}

static struct kb_prefix prefix(u8 version, const union kb_ip *ip, u32 len, u16 network)
{
	struct kb_prefix p = { .addr = *ip, .version = version, .len = (u8)len, .network = network };
	u32 i;

	for (i = len; i < address_bits(version); i++)
		set_bit(&p.addr, version, i, false);
	return p;
}

static struct kb_prefix v4(u32 addr, u32 len, u16 network)
{
	union kb_ip ip = { .v4 = addr };

	return prefix(4, &ip, len, network);
}

static bool lies_in(const union kb_ip *ip, u8 version, const struct kb_prefix *p)
{
	u32 i;

	if (p->version != version)
		return false;
	if (version == 4)
		return !p->len || (ip->v4 ^ p->addr.v4) >> (32 - p->len) == 0;
	if (memcmp(ip->v6, p->addr.v6, p->len / 8) != 0)
		return false;
	for (i = p->len / 8 * 8; i < p->len; i++)
		if (get_bit(ip, 6, i) != get_bit(&p->addr, 6, i))
			return false;
	return true;
}

/* The model. */
static struct set networks_of(const struct kb_prefix *prefixes, u32 n, const union kb_ip *ip,
			      u8 version)
{
	struct set set = { { 0 } };
	u32 i;

	for (i = 0; i < n; i++)
		if (lies_in(ip, version, &prefixes[i]))
			set.words[prefixes[i].network / 64] |= 1ull << prefixes[i].network % 64;
	return set;
}

static bool set_equal(const struct set *a, const struct set *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* A table and what it was made of. */
struct sample {
	struct kb_prefix prefixes[KB_PREFIXES_MAX];	/* as given */
	u32 n, n_networks;
	struct kb_prefix_table *table;
	struct set *classes;				/* [n_classes] */
};

static struct sample sample;

/* Builds a table of sample's prefixes and reads its classes, which must all differ. */
static void build(void)
{
	static struct kb_prefix scratch[KB_PREFIXES_MAX];
	u32 class, other, network;

	memcpy(scratch, sample.prefixes, sample.n * sizeof(*scratch));
	assert_int_equal(kb_prefix_build(scratch, sample.n, sample.n_networks, &sample.table), 0);
	sample.classes = calloc(kb_prefix_n_classes(sample.table), sizeof(*sample.classes));
	assert_non_null(sample.classes);
	for (class = 0; class < kb_prefix_n_classes(sample.table); class++) {
		struct set *set = &sample.classes[class];

		for (network = 0; network < KB_NETWORKS_MAX; network++)
			if (kb_prefix_class_has(sample.table, (u16)class, (u16)network))
				set->words[network / 64] |= 1ull << network % 64;
		for (other = class > 300 ? class - 300 : 0; other < class; other++)
			assert_false(set_equal(set, &sample.classes[other]));
		assert_int_equal(class == 0, set_equal(set, &(struct set){ { 0 } }));
	}
}

static void drop(void)
{
	free(sample.classes);
	kb_prefix_free(sample.table);
	sample.n = 0;
	sample.table = NULL;
	sample.classes = NULL;
}

static u16 look_up(const union kb_ip *ip, u8 version)
{
	return version == 4 ? kb_prefix_lookup4(sample.table, ip->v4) :
			      kb_prefix_lookup6(sample.table, ip);
}

static void check(const union kb_ip *ip, u8 version)
{
	const struct set expected = networks_of(sample.prefixes, sample.n, ip, version);
	const u16 class = look_up(ip, version);

	assert_true(class < kb_prefix_n_classes(sample.table));
	assert_true(set_equal(&sample.classes[class], &expected));
}

/* First and last address of every prefix, and their neighbours outside. */
static void check_edges(void)
{
	u32 i, bit;

	for (i = 0; i < sample.n; i++) {
		const struct kb_prefix *p = &sample.prefixes[i];
		const u32 bits = address_bits(p->version);
		union kb_ip first = p->addr, last = p->addr;

		for (bit = p->len; bit < bits; bit++)
			set_bit(&last, p->version, bit, true);
		check(&first, p->version);
		check(&last, p->version);
		for (bit = p->len; bit-- > 0;) {	/* minus one */
			set_bit(&first, p->version, bit, !get_bit(&first, p->version, bit));
			if (!get_bit(&first, p->version, bit))
				break;
		}
		check(&first, p->version);
		for (bit = bits; bit-- > 0;) {		/* plus one */
			set_bit(&last, p->version, bit, !get_bit(&last, p->version, bit));
			if (get_bit(&last, p->version, bit))
				break;
		}
		check(&last, p->version);
	}
}

/* Few values a byte, so that prefixes nest and addresses hit. */
static union kb_ip random_ip(u8 version, bool dense)
{
	static const u8 few[] = { 0x00, 0x00, 0x01, 0x80, 0xff };
	union kb_ip ip = { .v6 = { 0 } };
	u32 i;

	for (i = 0; i < address_bits(version) / 8; i++) {
		const u8 byte = dense ? few[rnd(ARRAY_SIZE(few))] : (u8)rnd(256);

		if (version == 4)
			ip.v4 = ip.v4 << 8 | byte;
		else
			ip.v6[i] = byte;
	}
	return ip;
}

/* Near a prefix: in it, or left at a random bit. */
static union kb_ip random_near(u8 version, bool dense)
{
	union kb_ip ip = random_ip(version, dense);
	const struct kb_prefix *p;
	u32 i;

	if (!sample.n || !rnd(8))
		return ip;
	p = &sample.prefixes[rnd(sample.n)];
	if (p->version != version)
		return ip;
	for (i = 0; i < p->len; i++)
		set_bit(&ip, version, i, get_bit(&p->addr, version, i));
	if (rnd(2)) {
		i = rnd(address_bits(version));
		set_bit(&ip, version, i, !get_bit(&ip, version, i));
	}
	return ip;
}

static void make_random(u8 version, u32 n, u32 n_networks, bool dense)
{
	static const u8 usual[] = { 0, 8, 16, 17, 24, 25, 31, 32, 48, 56, 63, 64, 65, 127, 128 };
	u32 i, len;

	sample.n = n;
	sample.n_networks = n_networks;
	for (i = 0; i < n; i++) {
		const union kb_ip ip = random_near(version, dense);

		do
			len = rnd(2) ? usual[rnd(ARRAY_SIZE(usual))] : rnd(129);
		while (len > address_bits(version));
		sample.prefixes[i] = prefix(version, &ip, len, (u16)rnd(n_networks));
		if (i && !rnd(10)) {		/* the same once more, for this or another network */
			sample.prefixes[i] = sample.prefixes[rnd(i)];
			if (rnd(2))
				sample.prefixes[i].network = (u16)rnd(n_networks);
		}
	}
}

static u32 compare_many(u8 version, u32 tables, u32 n_max, u32 lookups)
{
	u32 t, i, done = 0;

	for (t = 0; t < tables; t++) {
		const bool dense = rnd(3);

		make_random(version, rnd(n_max + 1), 1 + rnd(rnd(2) ? 4 : KB_NETWORKS_MAX), dense);
		build();
		for (i = 0; i < lookups; i++) {
			const union kb_ip ip = random_near(version, dense);

			check(&ip, version);
			done++;
		}
		drop();
	}
	return done;
}

static void test_million_v4(void **state)
{
	u32 done = compare_many(4, 1200, 40, 850);

	(void)state;
	done += compare_many(4, 4, 3000, 2000);
	assert_true(done >= 1000000);
}

static void test_million_v6(void **state)
{
	u32 done = compare_many(6, 1200, 40, 850);

	(void)state;
	done += compare_many(6, 4, 3000, 2000);
	assert_true(done >= 1000000);
}

static void test_edges(void **state)
{
	u32 t;

	(void)state;
	for (t = 0; t < 60; t++) {
		make_random(t % 2 ? 4 : 6, rnd(150), 1 + rnd(20), t % 3);
		build();
		check_edges();
		drop();
	}
}

static void test_nothing(void **state)
{
	u32 i;

	(void)state;
	sample.n_networks = 0;
	build();
	assert_int_equal(kb_prefix_n_classes(sample.table), 1);
	for (i = 0; i < 1000; i++) {
		const union kb_ip ip = random_ip(6, i % 2);

		assert_int_equal(kb_prefix_lookup4(sample.table, ip.v4), 0);
		assert_int_equal(kb_prefix_lookup6(sample.table, &ip), 0);
	}
	assert_false(kb_prefix_class_has(sample.table, 0, 0));
	assert_false(kb_prefix_class_has(sample.table, 1, 0));
	assert_false(kb_prefix_class_has(sample.table, 0xffff, 0));
	drop();
	kb_prefix_free(NULL);
}

/* All of IPv4 is nothing of IPv6, and the other way round. */
static void test_families_apart(void **state)
{
	const union kb_ip zero = { .v6 = { 0 } };
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		sample.prefixes[0] = prefix(i ? 6 : 4, &zero, 0, 0);
		sample.n = 1;
		sample.n_networks = 1;
		build();
		check(&zero, 4);
		check(&zero, 6);
		assert_int_equal(look_up(&zero, 4), i ? 0 : 1);
		assert_int_equal(look_up(&zero, 6), i ? 1 : 0);
		drop();
	}
}

/* Every length there is, one in the other, each with a network of its own. */
static void test_every_length(void **state)
{
	const u8 versions[] = { 4, 6 };
	u32 k, len, i;

	(void)state;
	for (k = 0; k < ARRAY_SIZE(versions); k++) {
		const u8 version = versions[k];
		const u32 bits = address_bits(version);
		union kb_ip deepest = random_ip(version, false);

		sample.n = sample.n_networks = bits + 1;
		for (len = 0; len <= bits; len++)
			sample.prefixes[bits - len] = prefix(version, &deepest, len, (u16)len);
		build();
		assert_int_equal(kb_prefix_n_classes(sample.table), bits + 2);
		check_edges();
		for (len = 0; len <= bits; len++) {
			union kb_ip ip = deepest;

			if (len < bits)
				set_bit(&ip, version, len, !get_bit(&ip, version, len));
			for (i = 0; i <= bits; i++)
				assert_int_equal(kb_prefix_class_has(sample.table,
								     look_up(&ip, version), (u16)i),
						 i <= len);
		}
		drop();
	}
}

/* Class, not position: what lies in the same networks is the same. */
static void test_classes_are_sets(void **state)
{
	(void)state;
	sample.prefixes[0] = v4(0x0a000000, 8, 7);
	sample.prefixes[1] = v4(0x0a010000, 16, 255);
	sample.prefixes[2] = v4(0xc0a80000, 16, 255);
	sample.prefixes[3] = v4(0xc0a80100, 24, 7);
	sample.prefixes[4] = v4(0xc0a80100, 24, 7);
	sample.prefixes[5] = v4(0xac100001, 32, 255);
	sample.prefixes[6] = v4(0xac100001, 32, 7);
	sample.n = 7;
	sample.n_networks = KB_NETWORKS_MAX;
	build();
	assert_int_equal(kb_prefix_n_classes(sample.table), 4);
	assert_int_equal(kb_prefix_lookup4(sample.table, 0x0a010203),
			 kb_prefix_lookup4(sample.table, 0xc0a801ff));
	assert_int_equal(kb_prefix_lookup4(sample.table, 0x0a010203),
			 kb_prefix_lookup4(sample.table, 0xac100001));
	assert_int_not_equal(kb_prefix_lookup4(sample.table, 0x0a020203),
			     kb_prefix_lookup4(sample.table, 0xc0a80201));
	check_edges();
	drop();
}

/* As many as there may be: every prefix opens two chunks, every network is used. */
static void test_full(void **state)
{
	u32 i;

	(void)state;
	sample.n = KB_PREFIXES_MAX;
	sample.n_networks = KB_NETWORKS_MAX;
	for (i = 0; i < sample.n; i++)
		sample.prefixes[i] = v4(i << 18 | 0x1234, 32, (u16)(i % KB_NETWORKS_MAX));
	build();
	assert_int_equal(kb_prefix_n_classes(sample.table), KB_NETWORKS_MAX + 1);
	for (i = 0; i < sample.n; i++) {
		const u16 class = kb_prefix_lookup4(sample.table, i << 18 | 0x1234);

		assert_true(kb_prefix_class_has(sample.table, class, (u16)(i % KB_NETWORKS_MAX)));
		assert_int_equal(kb_prefix_lookup4(sample.table, i << 18 | 0x1235), 0);
		assert_int_equal(kb_prefix_lookup4(sample.table, i << 18 | 0x1334), 0);
	}
	drop();

	make_random(6, KB_PREFIXES_MAX, KB_NETWORKS_MAX, false);
	build();
	for (i = 0; i < 300; i++) {
		const union kb_ip ip = random_near(6, false);

		check(&ip, 6);
	}
	drop();
}

/* As many classes as there may be: pairs of networks. */
static void test_many_classes(void **state)
{
	u32 outer, inner;

	(void)state;
	sample.n_networks = KB_NETWORKS_MAX;
	for (outer = 0; outer < 127; outer++) {
		sample.prefixes[sample.n++] = v4(outer << 24, 8, (u16)outer);
		for (inner = 0; inner < 128; inner++)
			sample.prefixes[sample.n++] = v4(outer << 24 | inner << 16, 24,
							 (u16)(128 + inner));
	}
	build();
	assert_int_equal(kb_prefix_n_classes(sample.table), 1 + sample.n);
	for (outer = 0; outer < 127; outer += 9)
		for (inner = 0; inner < 128; inner += 13) {
			const union kb_ip in = { .v4 = outer << 24 | inner << 16 | 77 };
			const union kb_ip beside = { .v4 = outer << 24 | inner << 16 | 0x100 };

			check(&in, 4);
			check(&beside, 4);
		}
	drop();
}

static void test_order_does_not_matter(void **state)
{
	static u16 before[2000];
	u32 i, k, t;

	(void)state;
	for (t = 0; t < 4; t++) {
		const u8 version = t % 2 ? 4 : 6;
		static union kb_ip ips[ARRAY_SIZE(before)];
		size_t memory;
		u32 n_classes;

		make_random(version, 300, 5, true);
		build();
		for (i = 0; i < ARRAY_SIZE(before); i++) {
			ips[i] = random_near(version, true);
			before[i] = look_up(&ips[i], version);
		}
		memory = kb_prefix_memory(sample.table);
		n_classes = kb_prefix_n_classes(sample.table);
		drop();
		for (sample.n = 300, i = 0; i < 300; i++) {
			const struct kb_prefix p = sample.prefixes[i];

			k = rnd(300);
			sample.prefixes[i] = sample.prefixes[k];
			sample.prefixes[k] = p;
		}
		build();
		assert_int_equal(kb_prefix_memory(sample.table), memory);
		assert_int_equal(kb_prefix_n_classes(sample.table), n_classes);
		for (i = 0; i < ARRAY_SIZE(before); i++)
			assert_int_equal(look_up(&ips[i], version), before[i]);
		drop();
	}
}

static void test_memory(void **state)
{
	size_t empty, one;

	(void)state;
	build();
	empty = kb_prefix_memory(sample.table);
	assert_in_range(empty, 128 * 1024, 140 * 1024);
	drop();
	sample.prefixes[0] = v4(0x0a000100, 24, 0);
	sample.prefixes[1] = v4(0x0b000180, 25, 0);
	sample.n = 1;
	sample.n_networks = 1;
	build();
	one = kb_prefix_memory(sample.table);
	assert_int_equal(one, empty + 512 + sizeof(struct set));
	drop();
	sample.n = 2;
	build();
	assert_int_equal(kb_prefix_memory(sample.table), one + 2 * 512);
	drop();
}

static void refused(const struct kb_prefix *p, u32 n, u32 n_networks, int err)
{
	struct kb_prefix_table *const untouched = (void *)0x1234;
	struct kb_prefix_table *table = untouched;
	struct kb_prefix *copy = malloc((n < 8 ? n : 8) * sizeof(*copy));

	assert_non_null(copy);
	memcpy(copy, p, (n < 8 ? n : 8) * sizeof(*copy));
	assert_int_equal(kb_prefix_build(copy, n, n_networks, &table), err);
	assert_ptr_equal(table, untouched);
	free(copy);
}

static void test_refused(void **state)
{
	const struct kb_prefix fine[8] = { { .version = 4 } };
	const struct kb_prefix wrong[] = {
		{ .version = 0 },
		{ .version = 5 },
		{ .version = 4, .len = 33 },
		{ .version = 4, .len = 255 },
		{ .version = 6, .len = 129 },
		{ .version = 6, .len = 255 },
		{ .version = 4, .network = 2 },
		{ .version = 6, .network = 0xffff },
		{ .version = 4, .addr.v4 = 1 },
		{ .version = 4, .len = 8, .addr.v4 = 0x0a800000 },
		{ .version = 4, .len = 31, .addr.v4 = 1 },
		{ .version = 6, .addr.v6 = { 0x80 } },
		{ .version = 6, .len = 63, .addr.v6 = { 0, 0, 0, 0, 0, 0, 0, 1 } },
		{ .version = 6, .len = 64, .addr.v6 = { 0, 0, 0, 0, 0, 0, 0, 0, 0x80 } },
		{ .version = 6, .len = 127, .addr.v6 = { [15] = 1 } },
	};
	u32 i;

	(void)state;
	refused(fine, KB_PREFIXES_MAX + 1, 2, -E2BIG);
	refused(fine, ~0u, 2, -E2BIG);
	refused(fine, 1, KB_NETWORKS_MAX + 1, -E2BIG);
	refused(fine, 1, 0, -EINVAL);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		const struct kb_prefix both[] = { fine[0], wrong[i] };

		refused(both, 2, 2, -EINVAL);
		refused(&wrong[i], 1, 2, -EINVAL);
	}
}

/* Every allocation fails once; LeakSanitizer looks at the rest. */
static void test_no_memory(void **state)
{
	unsigned int i, needed;
	struct kb_prefix two[2];

	(void)state;
	two[0] = v4(0x0a000000, 25, 0);
	two[1] = prefix(6, &(union kb_ip){ .v6 = { 0x20 } }, 48, 1);
	sample.prefixes[0] = two[0];
	sample.prefixes[1] = two[1];
	sample.n = sample.n_networks = 2;
	n_allocations = 0;
	build();
	needed = n_allocations - 1;	/* one is build()'s own */
	drop();
	assert_true(needed > 8);
	for (i = 1; i <= needed; i++) {
		n_allocations = 0;
		fail_at = i;
		refused(two, 2, 2, -ENOMEM);
		fail_at = 0;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_families_apart),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_classes_are_sets),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_many_classes),
		cmocka_unit_test(test_million_v4),
		cmocka_unit_test(test_million_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
