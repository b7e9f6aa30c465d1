// SPDX-License-Identifier: GPL-2.0-or-later
/* Surveys for the tests of impostors. */
#include "tests/unit/wifi_air.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

int air_new(void **state)
{
	struct air *air = calloc(1, sizeof(*air));

	assert_non_null(air);
	world_init(&air->world);
	air->memory = kb_score_memory_new();
	assert_non_null(air->memory);
	air->now = START;
	*state = air;
	return 0;
}

int air_free(void **state)
{
	struct air *air = *state;

	kb_score_memory_free(air->memory);
	free(air);
	return 0;
}

struct kb_bss *hear(struct air *air, unsigned int profile)
{
	struct kb_bss *bss = &air->bss[air->n];

	*bss = world_bss(&air->world, profile, air->now + air->n);
	air->n++;
	return bss;
}

void survey(struct air *air)
{
	memset(air->score, 0x5a, sizeof(air->score));
	assert_int_equal(kb_score_survey(air->memory, &air->world.policy, air->bss, air->n, air->now + 1000,
					 air->score), 0);
	air->now += 300 * SECOND;
	air->n = 0;
}

void expect(const struct air *air, size_t i, u32 signals, enum kb_bss_standing standing)
{
	const struct kb_bss_score *s = &air->score[i];
	u32 sum = 0, bit;

	for (bit = 0; bit < KB_SIGNAL_MAX; bit++)
		if (signals & 1u << bit)
			sum += kb_signal_weight(bit);
	if (s->signals != signals || s->standing != standing || s->score != sum)
		fail_msg("entry %zu: signals %#x, needed %#x; standing %d, score %u", i, s->signals, signals,
			 s->standing, s->score);
}
