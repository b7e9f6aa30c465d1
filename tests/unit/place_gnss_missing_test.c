// SPDX-License-Identifier: GPL-2.0-or-later
/* The position by satellite on a terminal without libgps: unknown, and told what is missing (P1). */
#define KB_LIBGPS "libgps.so.none"
#include "agent/place/gnss.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/surroundings.h"

static void test_missing(void **state)
{
	struct surroundings s;

	(void)state;
	surroundings_make(&s, &kb_provider_gnss);
	s.evidence = (struct kb_evidence){ .kind = KB_EVIDENCE_GNSS, .gnss = { .radius = 300 } };
	surroundings_start(&s);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	assert_string_equal(s.finding.detail, "libgps is not installed, which reads what gpsd says");
	s.ops->refresh(s.provider);
	assert_int_equal(s.provider->fd, -1);
	surroundings_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
