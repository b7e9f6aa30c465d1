// SPDX-License-Identifier: GPL-2.0-or-later
/* Signals of time: three sightings over two surveys, forgetting, the memory's bound (W3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/wifi_air.h"

/* Surveys in which @odd of the city's access point are odd. */
typedef void (*odd_fn)(struct kb_bss *bss, unsigned int k);

static void odd_channel(struct kb_bss *bss, unsigned int k)
{
	(void)k;
	bss->own_frequency = 5745;
}

static void odd_elements(struct kb_bss *bss, unsigned int k)
{
	bss->fingerprint += k + 1;
}

static void odd_country(struct kb_bss *bss, unsigned int k)
{
	(void)k;
	strcpy(bss->country, "US");
}

static void odd_power(struct kb_bss *bss, unsigned int k)
{
	bss->signal = k % 2 ? -95 : -20;
}

static void odd_frequency(struct kb_bss *bss, unsigned int k)
{
	(void)k;
	bss->frequency = bss->own_frequency = 5745;
}

/* Two sources: the clock of the other one is far off. */
static void odd_clock(struct kb_bss *bss, unsigned int k)
{
	bss->tsf += k % 2 ? 0 : 500 * SECOND;
}

static const struct odd {
	const char *what;
	odd_fn fn;
	u32 signal;
	unsigned int before;		/* sightings until the first one that counts */
} odds[] = {
	{ "channel", odd_channel, BIT(CHANNEL), 0 },
	{ "elements", odd_elements, BIT(ELEMENTS), 0 },
	{ "country", odd_country, BIT(ELEMENTS), 0 },
	{ "power", odd_power, BIT(POWER), 0 },
	{ "frequency", odd_frequency, BIT(POWER), 0 },
	{ "clock", odd_clock, BIT(TSF), 1 },
};

/* Three sightings over two surveys, not fewer of either. */
static void test_three_over_two(void **state)
{
	void *own = NULL;
	unsigned int i, k, n;
	u32 got;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(odds); i++) {
		/* one in each survey: at the third */
		air_new(&own);
		hear(own, WORLD_CITY);
		survey(own);
		for (k = 0; k < 3 + odds[i].before; k++) {
			odds[i].fn(hear(own, WORLD_CITY), k);
			survey(own);
			got = ((struct air *)own)->score[0].signals;
			if (got != (k >= 2 + odds[i].before ? odds[i].signal : 0))
				fail_msg("%s, survey %u: %#x", odds[i].what, k, got);
		}
		air_free(&own);
		/* many in one survey: not yet; one more in the next: yes */
		air_new(&own);
		hear(own, WORLD_CITY);
		for (n = 0; n < 8; n++)
			odds[i].fn(hear(own, WORLD_CITY), n);
		survey(own);
		for (n = 0; n < 9; n++)
			if (((struct air *)own)->score[n].signals)
				fail_msg("%s, in one survey", odds[i].what);
		odds[i].fn(hear(own, WORLD_CITY), 8);
		survey(own);
		if (((struct air *)own)->score[0].signals != odds[i].signal)
			fail_msg("%s, in the next: %#x", odds[i].what, ((struct air *)own)->score[0].signals);
		air_free(&own);
	}
}

/* What the kernel still remembers was not heard again. */
static void test_stale(void **state)
{
	struct air *air = *state;
	unsigned int i, k;
	u64 heard;

	for (i = 0; i < ARRAY_SIZE(odds); i++) {
		kb_score_memory_free(air->memory);
		air->memory = kb_score_memory_new();
		hear(air, WORLD_CITY);
		survey(air);
		heard = air->now;
		for (k = 0; k < 10; k++) {
			odds[i].fn(hear(air, WORLD_CITY), k);
			air->bss[0].heard_usec = heard;
			survey(air);
			if (air->score[0].signals)
				fail_msg("%s, heard once", odds[i].what);
		}
	}
}

/* What passes: a restart, a walk through the house, another channel's announcement long ago. */
static void test_false_alarms(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss;
	int k;

	for (k = 0; k < 40; k++) {
		bss = hear(air, WORLD_CITY);
		if (k >= 5)
			bss->tsf -= 700 * SECOND;	/* restarted, once */
		if (k >= 20)
			bss->tsf -= 300 * SECOND;	/* and again */
		bss->signal = -40 - k;			/* walks away */
		survey(air);
		expect(air, 0, 0, KB_BSS_KNOWN);
	}
	/* firmware: odd for an hour, and then the new state */
	for (k = 0; k < 20; k++) {
		hear(air, WORLD_CITY)->fingerprint = 99;
		survey(air);
		if (k >= 2 && k < 12)
			expect(air, 0, BIT(ELEMENTS), KB_BSS_SUSPECT);
	}
	air->now += HOUR / 2;
	for (k = 0; k < 9; k++) {
		hear(air, WORLD_CITY)->fingerprint = 99;
		survey(air);
	}
	expect(air, 0, 0, KB_BSS_KNOWN);
	/* answers and beacons differ in what they tell; each is compared with its like */
	for (k = 0; k < 10; k++) {
		bss = hear(air, WORLD_CITY);
		bss->fingerprint = 99;
		if (k % 2) {
			bss->from_probe = true;
			bss->fingerprint = 1234;
		}
		survey(air);
		expect(air, 0, 0, KB_BSS_KNOWN);
	}
}

/* Unknown values are no change. */
static void test_unknown_values(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss;
	int k;

	for (k = 0; k < 10; k++) {
		bss = hear(air, WORLD_CITY);
		if (k % 2) {
			bss->tsf = 0;
			bss->signal = 0;
			bss->own_frequency = 0;
		}
		survey(air);
		expect(air, 0, 0, KB_BSS_KNOWN);
	}
}

/* Two odd sightings, an hour of peace, and one more: that is one. */
static void test_peace(void **state)
{
	struct air *air = *state;
	int k;

	for (k = 0; k < 2; k++) {
		odd_channel(hear(air, WORLD_CITY), 0);
		survey(air);
	}
	for (k = 0; k < 13; k++) {
		hear(air, WORLD_CITY);
		survey(air);
	}
	for (k = 0; k < 3; k++) {
		odd_channel(hear(air, WORLD_CITY), 0);
		survey(air);
		expect(air, 0, k < 2 ? 0 : BIT(CHANNEL), k < 2 ? KB_BSS_KNOWN : KB_BSS_SUSPECT);
	}
}

static void test_forgets(void **state)
{
	struct air *air = *state;
	int k;

	for (k = 0; k < 4; k++) {
		odd_channel(hear(air, WORLD_CITY), 0);
		survey(air);
	}
	expect(air, 0, BIT(CHANNEL), KB_BSS_SUSPECT);
	assert_int_equal(air->memory->n, 1);
	/* a survey without it, just within the hour: remembered */
	air->now += HOUR - 599 * SECOND;
	hear(air, WORLD_SAE);
	survey(air);
	assert_int_equal(air->memory->n, 2);
	hear(air, WORLD_CITY);
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);	/* the last odd one is more than an hour past */
	air->now += HOUR + 1;
	survey(air);
	assert_int_equal(air->memory->n, 0);
	odd_channel(hear(air, WORLD_CITY), 0);
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
}

/* However many impostors there are: the memory is bounded, and the city's own stay in it. */
static void test_bound(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss;
	u32 k, i, id = 0;

	for (k = 0; k < 20; k++) {
		odd_channel(hear(air, WORLD_CITY), 0);
		for (i = 1; i < KB_BSS_MAX; i++) {
			bss = hear(air, WORLD_CITY);
			id++;
			bss->bssid[0] = 0x66;
			memcpy(bss->bssid + 1, &id, sizeof(id));
		}
		survey(air);
		assert_true(air->memory->n <= KB_SIGHTINGS_MAX);
		air->now -= 295 * SECOND;
		if (k >= 2)
			expect(air, 0, BIT(CHANNEL), KB_BSS_SUSPECT);
		expect(air, 1, BIT(STRANGER), KB_BSS_SUSPECT);
	}
	assert_int_equal(air->memory->n, KB_SIGHTINGS_MAX);
	/* and all of it goes */
	air->now += HOUR + 1;
	survey(air);
	assert_int_equal(air->memory->n, 0);
	for (i = 0; i < KB_SIGHTINGS_MAX; i++)
		assert_int_equal(air->memory->heads[i], KB_SIGHTING_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_over_two),
		AIR_TEST(test_stale),
		AIR_TEST(test_false_alarms),
		AIR_TEST(test_unknown_values),
		AIR_TEST(test_peace),
		AIR_TEST(test_forgets),
		AIR_TEST(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
