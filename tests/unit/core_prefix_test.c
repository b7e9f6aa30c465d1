// SPDX-License-Identifier: GPL-2.0-or-later
/* From addresses to networks: tables whose answers are known, and those that are refused (N2, N3). */
#include <kidoban/prefix.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "prefix_stage.h"

/* The linker sends every calloc() here (module.mk). */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static unsigned int fail_at;		/* the how manieth allocation fails, 0 = none */
static unsigned int n_allocations;

void *__wrap_calloc(size_t n, size_t size)
{
	return ++n_allocations == fail_at ? NULL : __real_calloc(n, size);
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

/* Chunks of IPv4 that @prefixes bring; the answers must be right as well. */
static size_t chunks_of(const struct kb_prefix *prefixes, u32 n, u32 n_networks)
{
	size_t memory;
	u32 n_sets;

	sample.n = 0;
	sample.n_networks = n_networks;
	build();
	memory = kb_prefix_memory(sample.table);
	drop();
	memcpy(sample.prefixes, prefixes, n * sizeof(*prefixes));
	sample.n = n;
	build();
	check_edges();
	n_sets = kb_prefix_n_classes(sample.table) - 1;
	memory = kb_prefix_memory(sample.table) - memory - n_sets * sizeof(struct set);
	drop();
	assert_int_equal(memory % 512, 0);
	return memory / 512;
}

/* What says the same is there once; what only looks like it is not. */
static void test_chunks_shared(void **state)
{
	struct kb_prefix p[201];
	u32 i;

	(void)state;
	for (i = 0; i < 200; i++)
		p[i] = v4(0x0a000010 + (i << 8), 28, 0);
	assert_int_equal(chunks_of(p, 200, 2), 1 + 1);
	/* another network, another place, another length */
	p[7].network = 1;
	p[20].addr.v4 += 16;
	p[199].len = 29;
	assert_int_equal(chunks_of(p, 200, 2), 1 + 4);
	/* a second one before and behind, and one in the other */
	p[0] = v4(0x0a006400, 28, 0);
	assert_int_equal(chunks_of(p, 200, 2), 1 + 5);
	p[0] = v4(0x0a0064f0, 28, 0);
	assert_int_equal(chunks_of(p, 200, 2), 1 + 5);
	p[0] = v4(0x0a006418, 29, 1);
	assert_int_equal(chunks_of(p, 200, 2), 1 + 5);
	/* one in something else */
	p[0] = v4(0x0a006400, 24, 1);
	assert_int_equal(chunks_of(p, 200, 2), 1 + 5);
	p[0] = v4(0x0a000000, 15, 1);
	assert_int_equal(chunks_of(p, 200, 2), 1 + 4);
}

/* Of all pairs of what may be taken for one another, some meet in the table of chunks. */
static void test_chunks_confused(void **state)
{
	u32 i, k, n = 0;

	(void)state;
	for (i = 0; i < 256; i++)
		sample.prefixes[n++] = v4(0x0a000000 + (i << 8) + i, 32, 0);
	for (i = 0; i < 48; i++) {
		for (k = 0; k < i; k++, n += 4) {
			const u32 addr = 0x0b000000 + (n << 8);

			sample.prefixes[n] = v4(addr, 24, (u16)i);
			sample.prefixes[n + 1] = v4(addr + 64, 26, (u16)k);
			sample.prefixes[n + 2] = v4(addr + 256, 24, (u16)k);
			sample.prefixes[n + 3] = v4(addr + 256 + 64, 26, (u16)i);
		}
	}
	sample.n = n;
	sample.n_networks = 48;
	build();
	check_edges();
	drop();
}

/*
 * Every allocation fails once; LeakSanitizer looks at the rest. Unsorted, and of more sets
 * than there is room for at first.
 */
static void test_no_memory(void **state)
{
	struct kb_prefix *scratch = malloc(40 * sizeof(*scratch));
	unsigned int i, needed;

	(void)state;
	assert_non_null(scratch);
	for (i = 0; i < 20; i++) {
		const u8 top = (u8)(40 - i);

		sample.prefixes[2 * i] = v4((u32)top << 24, 25, (u16)i);
		sample.prefixes[2 * i + 1] =
			prefix(6, &(union kb_ip){ .v6 = { 0x20, top } }, 48, (u16)i);
	}
	sample.n = 40;
	sample.n_networks = 20;
	n_allocations = 0;
	build();
	check_edges();
	needed = n_allocations - 1;	/* one is build()'s own */
	drop();
	assert_true(needed > 14);
	for (i = 1; i <= needed; i++) {
		struct kb_prefix_table *const untouched = (void *)0x1234;
		struct kb_prefix_table *table = untouched;

		memcpy(scratch, sample.prefixes, 40 * sizeof(*scratch));
		n_allocations = 0;
		fail_at = i;
		assert_int_equal(kb_prefix_build(scratch, 40, 20, &table), -ENOMEM);
		assert_ptr_equal(table, untouched);
		fail_at = 0;
	}
	free(scratch);
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
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_chunks_shared),
		cmocka_unit_test(test_chunks_confused),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_many_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
