// SPDX-License-Identifier: GPL-2.0-or-later
/* From addresses to networks: random tables against a model that looks at every prefix (N2, N3). */
#include <kidoban/prefix.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "prefix_stage.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_million_v4),
		cmocka_unit_test(test_million_v6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
