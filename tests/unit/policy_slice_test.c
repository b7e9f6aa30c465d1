// SPDX-License-Identifier: GPL-2.0-or-later
/* Where systemd keeps slices: systemd.slice(5), and what systemd 252 does (systemd-run --slice). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "policy/slice.h"

static void test_not_deeper(void **state)
{
	static const char *const units[] = {
		"", ".slice", "user.slice", "kidoban-screen", "kidoban-screen.scope", "-.slice", "-a.slice",
		"a-.slice", "a--b.slice", "a/b-c.slice", "x-y.slice/z", "kidoban-screen.slice.d",
	};
	char path[64] = "untouched";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (kb_slice_path(units[i], path, sizeof(path)))
			fail_msg("'%s' became '%s'", units[i], path);
	assert_string_equal(path, "untouched");
}

static void test_deeper(void **state)
{
	char path[64], small[20];
	size_t size;

	(void)state;
	assert_true(kb_slice_path("kidoban-screen.slice", path, sizeof(path)));
	assert_string_equal(path, "kidoban.slice/kidoban-screen.slice");
	assert_true(kb_slice_path("a-b-c.slice", path, sizeof(path)));
	assert_string_equal(path, "a.slice/a-b.slice/a-b-c.slice");
	for (size = 1; size < sizeof(small); size++)
		assert_false(kb_slice_path("kidoban-screen.slice", small, size));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_deeper), cmocka_unit_test(test_deeper),
	};

	return cmocka_run_group_tests_name("policy_slice", tests, NULL, NULL);
}
