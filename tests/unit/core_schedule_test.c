// SPDX-License-Identifier: GPL-2.0-or-later
/* Hours of access (N7): Japan's clock, nights, weeks, and when they change next. */
#include <kidoban/path.h>

#include <stdarg.h>
#include <setjmp.h>
#include <time.h>

#include <cmocka.h>

#define WEEKDAYS	0x1f
#define DAILY		0x7f

/* A schedule of one span. */
#define SCHEDULE(days, begin, end) \
	&(struct kb_schedule){ "", 1, (struct kb_span[]){ { days, begin, end } } }

/* That moment on Japan's clocks, as seconds since 1970. */
static u64 japan(int year, int month, int day, int hour, int minute, int second)
{
	struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day,
			 .tm_hour = hour - 9, .tm_min = minute, .tm_sec = second };

	return (u64)timegm(&tm);
}

/* 2026-11-20 is a Friday. */
static void test_office_hours(void **state)
{
	const struct kb_schedule *office = SCHEDULE(WEEKDAYS, 8 * 60, 19 * 60);

	(void)state;
	assert_false(kb_schedule_open(office, japan(2026, 11, 20, 7, 59, 59)));
	assert_true(kb_schedule_open(office, japan(2026, 11, 20, 8, 0, 0)));
	assert_true(kb_schedule_open(office, japan(2026, 11, 20, 18, 59, 59)));
	assert_false(kb_schedule_open(office, japan(2026, 11, 20, 19, 0, 0)));
	/* Saturday, Sunday, Monday */
	assert_false(kb_schedule_open(office, japan(2026, 11, 21, 12, 0, 0)));
	assert_false(kb_schedule_open(office, japan(2026, 11, 22, 12, 0, 0)));
	assert_true(kb_schedule_open(office, japan(2026, 11, 23, 12, 0, 0)));
	/* 08:00 in Japan is 23:00 of the day before in Greenwich */
	assert_true(kb_schedule_open(office, 1795129200));
	assert_int_equal(japan(2026, 11, 20, 8, 0, 0), 1795129200);
}

static void test_each_day(void **state)
{
	int day, bit;

	(void)state;
	/* 2026-11-16 is a Monday */
	for (day = 0; day < 7; day++)
		for (bit = 0; bit < 7; bit++)
			assert_int_equal(kb_schedule_open(SCHEDULE(1u << bit, 0, 1440),
							  japan(2026, 11, 16 + day, 0, 0, 0)),
					 day == bit);
}

static void test_over_midnight(void **state)
{
	/* Friday's night, 22:00-05:00 */
	const struct kb_schedule *night = SCHEDULE(1u << 4, 22 * 60, 5 * 60);

	(void)state;
	assert_false(kb_schedule_open(night, japan(2026, 11, 20, 4, 59, 59)));
	assert_false(kb_schedule_open(night, japan(2026, 11, 20, 21, 59, 59)));
	assert_true(kb_schedule_open(night, japan(2026, 11, 20, 22, 0, 0)));
	assert_true(kb_schedule_open(night, japan(2026, 11, 20, 23, 59, 59)));
	assert_true(kb_schedule_open(night, japan(2026, 11, 21, 0, 0, 0)));
	assert_true(kb_schedule_open(night, japan(2026, 11, 21, 4, 59, 59)));
	assert_false(kb_schedule_open(night, japan(2026, 11, 21, 5, 0, 0)));
	assert_false(kb_schedule_open(night, japan(2026, 11, 21, 22, 0, 0)));
	/* Sunday's runs into Monday */
	assert_true(kb_schedule_open(SCHEDULE(1u << 6, 1439, 1), japan(2026, 11, 23, 0, 0, 59)));
	assert_false(kb_schedule_open(SCHEDULE(1u << 6, 1439, 1), japan(2026, 11, 23, 0, 1, 0)));
}

/* Begin and end at the same minute: the whole day, into the next. */
static void test_around_the_clock(void **state)
{
	const struct kb_schedule *monday = SCHEDULE(1u << 0, 480, 480);

	(void)state;
	assert_false(kb_schedule_open(monday, japan(2026, 11, 16, 7, 59, 59)));
	assert_true(kb_schedule_open(monday, japan(2026, 11, 16, 8, 0, 0)));
	assert_true(kb_schedule_open(monday, japan(2026, 11, 17, 7, 59, 59)));
	assert_false(kb_schedule_open(monday, japan(2026, 11, 17, 8, 0, 0)));
}

static void test_several_spans(void **state)
{
	const struct kb_schedule schedule = {
		"", 3,
		(struct kb_span[]){ { WEEKDAYS, 480, 720 }, { WEEKDAYS, 780, 1140 }, { 1u << 5, 540, 600 } }
	};

	(void)state;
	assert_true(kb_schedule_open(&schedule, japan(2026, 11, 20, 11, 59, 0)));
	assert_false(kb_schedule_open(&schedule, japan(2026, 11, 20, 12, 30, 0)));
	assert_true(kb_schedule_open(&schedule, japan(2026, 11, 20, 13, 0, 0)));
	assert_true(kb_schedule_open(&schedule, japan(2026, 11, 21, 9, 30, 0)));
	assert_false(kb_schedule_open(&schedule, japan(2026, 11, 21, 10, 0, 0)));
	assert_int_equal(kb_schedule_next(&schedule, japan(2026, 11, 20, 12, 0, 0)),
			 japan(2026, 11, 20, 13, 0, 0));
}

static void test_next(void **state)
{
	const struct kb_schedule *office = SCHEDULE(WEEKDAYS, 480, 1140);
	const struct kb_schedule *friday = SCHEDULE(1u << 4, 480, 1140);

	(void)state;
	assert_int_equal(kb_schedule_next(office, japan(2026, 11, 20, 3, 0, 0)),
			 japan(2026, 11, 20, 8, 0, 0));
	assert_int_equal(kb_schedule_next(office, japan(2026, 11, 20, 7, 59, 59)),
			 japan(2026, 11, 20, 8, 0, 0));
	assert_int_equal(kb_schedule_next(office, japan(2026, 11, 20, 8, 0, 0)),
			 japan(2026, 11, 20, 19, 0, 0));
	assert_int_equal(kb_schedule_next(office, japan(2026, 11, 20, 19, 0, 0)),
			 japan(2026, 11, 23, 8, 0, 0));
	/* a week away */
	assert_int_equal(kb_schedule_next(friday, japan(2026, 11, 20, 19, 0, 0)),
			 japan(2026, 11, 27, 8, 0, 0));
	assert_int_equal(kb_schedule_next(SCHEDULE(1u << 4, 1320, 300), japan(2026, 11, 20, 23, 0, 0)),
			 japan(2026, 11, 21, 5, 0, 0));
	assert_int_equal(kb_schedule_next(SCHEDULE(1u << 4, 1320, 300), japan(2026, 11, 21, 1, 0, 0)),
			 japan(2026, 11, 21, 5, 0, 0));
}

/* Spans that touch are one; what is never closed never changes. */
static void test_next_of_what_joins(void **state)
{
	const struct kb_schedule joined = {
		"", 2, (struct kb_span[]){ { WEEKDAYS, 480, 720 }, { WEEKDAYS, 720, 1140 } }
	};

	(void)state;
	assert_int_equal(kb_schedule_next(&joined, japan(2026, 11, 20, 9, 0, 0)),
			 japan(2026, 11, 20, 19, 0, 0));
	assert_int_equal(kb_schedule_next(SCHEDULE(DAILY, 0, 1440), japan(2026, 11, 20, 9, 0, 0)), 0);
	assert_int_equal(kb_schedule_next(SCHEDULE(DAILY, 480, 480), japan(2026, 11, 20, 9, 0, 0)), 0);
	assert_int_equal(kb_schedule_next(SCHEDULE(WEEKDAYS, 0, 1440), japan(2026, 11, 16, 9, 0, 0)),
			 japan(2026, 11, 21, 0, 0, 0));
}

/* A clock that has lost everything. */
static void test_1970(void **state)
{
	/* it was a Thursday, nine in the morning */
	assert_true(kb_schedule_open(SCHEDULE(1u << 3, 540, 541), 0));
	assert_false(kb_schedule_open(SCHEDULE(1u << 3, 541, 542), 0));
	assert_int_equal(kb_schedule_next(SCHEDULE(1u << 3, 541, 542), 0), 60);
	assert_int_equal(kb_schedule_next(SCHEDULE(1u << 3, 0, 540), 0), 604800 - 9 * 3600);
	(void)state;
}

/* Against every minute of a fortnight, one by one. */
static void test_next_is_the_first_change(void **state)
{
	const struct kb_schedule schedule = {
		"", 3,
		(struct kb_span[]){ { WEEKDAYS, 485, 1141 }, { 0x24, 1320, 300 }, { 0x40, 0, 1440 } }
	};
	u64 start = japan(2026, 12, 25, 0, 0, 0), now, minute;

	(void)state;
	for (now = start; now < start + 14 * 86400; now += 3599) {
		bool open = kb_schedule_open(&schedule, now);

		minute = now - now % 60 + 60;
		while (kb_schedule_open(&schedule, minute) == open)
			minute += 60;
		assert_int_equal(kb_schedule_next(&schedule, now), minute);
	}
}

static void test_mask(void **state)
{
	const struct kb_path_policy paths = {
		.n_schedules = 3,
		.schedules = (struct kb_schedule[]){ *SCHEDULE(WEEKDAYS, 480, 1140),
						     *SCHEDULE(DAILY, 1320, 300),
						     *SCHEDULE(DAILY, 0, 1440) },
	};

	(void)state;
	assert_int_equal(kb_schedule_mask(&paths, japan(2026, 11, 20, 12, 0, 0)), 5);
	assert_int_equal(kb_schedule_mask(&paths, japan(2026, 11, 20, 22, 0, 0)), 6);
	assert_int_equal(kb_schedule_mask(&paths, japan(2026, 11, 20, 20, 0, 0)), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_office_hours),
		cmocka_unit_test(test_each_day),
		cmocka_unit_test(test_over_midnight),
		cmocka_unit_test(test_around_the_clock),
		cmocka_unit_test(test_several_spans),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_next_of_what_joins),
		cmocka_unit_test(test_1970),
		cmocka_unit_test(test_next_is_the_first_change),
		cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests_name("core_schedule", tests, NULL, NULL);
}
