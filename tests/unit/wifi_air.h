/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Surveys for the tests of impostors: what is in the air, and what is said of it. */
#ifndef TESTS_UNIT_WIFI_AIR_H
#define TESTS_UNIT_WIFI_AIR_H

#include "agent/wifi/score_memory.h"
#include "tests/unit/wifi_world.h"

#define SECOND		1000000ull
#define HOUR		(3600 * SECOND)
#define START		(1000 * SECOND)
#define BIT(signal)	(1u << (KB_SIGNAL_##signal))

/* A survey under construction, five minutes after the one before. */
struct air {
	struct world world;
	struct kb_score_memory *memory;
	u64 now;
	struct kb_bss bss[KB_BSS_MAX];
	struct kb_bss_score score[KB_BSS_MAX];
	size_t n;
};

/* Setup and teardown of a test; *state is the struct air. */
int air_new(void **state);
int air_free(void **state);

/* One more access point, as @profile's should be; heard a moment after the one before. */
struct kb_bss *hear(struct air *air, unsigned int profile);
/* Scores what was heard and begins the next one. */
void survey(struct air *air);
/* Fails unless entry @i has exactly these signals, their sum, and this standing. */
void expect(const struct air *air, size_t i, u32 signals, enum kb_bss_standing standing);

#define AIR_TEST(fn)	cmocka_unit_test_setup_teardown(fn, air_new, air_free)

#endif
