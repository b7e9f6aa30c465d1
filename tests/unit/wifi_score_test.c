// SPDX-License-Identifier: GPL-2.0-or-later
/* Each signal of an impostor that one look is enough for, and what looks like one and is none (W3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/wifi_air.h"

static void test_as_it_should_be(void **state)
{
	struct air *air = *state;
	unsigned int round;
	size_t i;

	for (round = 0; round < 5; round++) {
		hear(air, WORLD_CITY);
		hear(air, WORLD_NAME_ONLY);
		hear(air, WORLD_SAE);
		hear(air, WORLD_UTF8);
		survey(air);
		for (i = 0; i < 4; i++) {
			expect(air, i, 0, KB_BSS_KNOWN);
			assert_int_equal(air->score[i].profile, i);
			assert_false(air->score[i].news);
		}
	}
}

static void rename_bss(struct kb_bss *bss, const char *ssid, u8 last)
{
	bss->ssid_len = (u8)strlen(ssid);
	memcpy(bss->ssid, ssid, bss->ssid_len);
	bss->bssid[0] = 0x66;
	bss->bssid[5] = last;
}

/* Other people's networks are theirs, whatever they do. */
static void test_others(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss;

	for (int i = 0; i < 3; i++) {
		bss = hear(air, WORLD_CITY);
		rename_bss(bss, "CAFE", 1);
		memset(&bss->rsn, 0, sizeof(bss->rsn));
		bss = hear(air, WORLD_CITY);
		rename_bss(bss, "CAFE", 2);
		bss->own_frequency = 2412;
		bss->fingerprint = (u64)i;
		survey(air);
		expect(air, 0, 0, KB_BSS_UNKNOWN);
		expect(air, 1, 0, KB_BSS_UNKNOWN);
		assert_int_equal(air->score[0].profile, KB_INDEX_NONE);
	}
	assert_int_equal(air->memory->n, 0);
}

static void test_weaker(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss;
	size_t i;

	memset(&hear(air, WORLD_CITY)->rsn, 0, sizeof(struct kb_rsn));
	hear(air, WORLD_CITY)->rsn.akms = KB_AKM_PSK;
	hear(air, WORLD_CITY)->rsn.mfp_capable = false;
	hear(air, WORLD_CITY)->rsn.group = KB_CIPHER_TKIP;
	hear(air, WORLD_CITY)->rsn.pairwise = KB_CIPHER_TKIP;
	hear(air, WORLD_CITY)->rsn_bad = true;
	hear(air, WORLD_CITY)->ess = false;
	for (i = 0; i < air->n; i++) {	/* each alone: listed addresses of a range */
		bss = &air->bss[i];
		memcpy(bss->bssid, "\x02\x33\x44\x00\x00", 5);
		bss->bssid[5] = (u8)i;
	}
	survey(air);
	for (i = 0; i < 7; i++)
		assert_true(air->score[i].signals & BIT(WEAKER));
	assert_true(air->score[0].score >= KB_SCORE_CRITICAL);
	assert_int_equal(air->score[0].standing, KB_BSS_SUSPECT);
	/* SHA-1 where the policy wants SHA-256: enterprise as well, and yet less */
	hear(air, WORLD_CITY)->rsn.akms = KB_AKM_8021X;
	survey(air);
	expect(air, 0, BIT(WEAKER), KB_BSS_SUSPECT);
}

/* Transition mode offers more than is needed; that is no fault. */
static void test_transition(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss = hear(air, WORLD_SAE);

	bss->rsn.akms |= KB_AKM_PSK;
	bss->rsn.mfp_required = false;
	hear(air, WORLD_SAE)->bssid[5] = 9;
	bss = hear(air, WORLD_CITY);
	bss->rsn.akms |= KB_AKM_8021X;
	bss->rsn.mfp_required = false;
	bss->rsn.pairwise |= KB_CIPHER_TKIP;
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	expect(air, 1, 0, KB_BSS_KNOWN);
	expect(air, 2, 0, KB_BSS_KNOWN);
}

/* A profile with a name only demands nothing, and PMF may be optional. */
static void test_nothing_demanded(void **state)
{
	struct air *air = *state;

	memset(&hear(air, WORLD_NAME_ONLY)->rsn, 0, sizeof(struct kb_rsn));
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	air->world.profiles[WORLD_SAE].pmf = KB_PMF_OPTIONAL;
	hear(air, WORLD_SAE)->rsn.mfp_capable = false;
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
}

static void test_certificate(void **state)
{
	struct air *air = *state;
	u64 seen = air->now;

	assert_int_equal(kb_score_certificate(air->memory, hear(air, WORLD_CITY)->bssid, seen), 0);
	hear(air, WORLD_CITY)->bssid[5] = 2;
	survey(air);
	expect(air, 0, BIT(CERTIFICATE), KB_BSS_SUSPECT);
	expect(air, 1, 0, KB_BSS_KNOWN);
	assert_true(air->score[0].news);
	hear(air, WORLD_CITY);
	survey(air);
	expect(air, 0, BIT(CERTIFICATE), KB_BSS_SUSPECT);
	assert_false(air->score[0].news);
	/* an hour */
	air->now = seen + HOUR - 1000;
	hear(air, WORLD_CITY);
	survey(air);
	expect(air, 0, BIT(CERTIFICATE), KB_BSS_SUSPECT);
	air->now = seen + HOUR + 1;
	hear(air, WORLD_CITY);
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
}

static void test_stranger(void **state)
{
	struct air *air = *state;

	hear(air, WORLD_CITY)->bssid[0] = 0x66;
	/* in the range of the list; a profile without list; a name only */
	memcpy(hear(air, WORLD_CITY)->bssid, "\x02\x33\x44\x99\x99\x99", 6);
	hear(air, WORLD_SAE)->bssid[0] = 0x66;
	hear(air, WORLD_NAME_ONLY)->bssid[0] = 0x66;
	survey(air);
	expect(air, 0, BIT(STRANGER), KB_BSS_SUSPECT);
	expect(air, 1, 0, KB_BSS_KNOWN);
	expect(air, 2, 0, KB_BSS_KNOWN);
	expect(air, 3, 0, KB_BSS_KNOWN);
}

static void test_borrowed(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss = hear(air, WORLD_CITY);

	bss->ssid_len = 4;
	memcpy(bss->ssid, "CAFE", 4);
	/* hidden is no other name; in a maker's range other networks may be */
	bss = hear(air, WORLD_CITY);
	memset(bss->ssid, 0, sizeof(bss->ssid));
	bss->bssid[5] = 2;
	bss = hear(air, WORLD_CITY);
	memcpy(bss->bssid, "\x02\x33\x44\x00\x00\x00", 6);
	bss->ssid_len = 5;
	memcpy(bss->ssid, "GUEST", 5);
	survey(air);
	expect(air, 0, BIT(BORROWED), KB_BSS_SUSPECT);
	assert_int_equal(air->score[0].profile, WORLD_CITY);
	expect(air, 1, 0, KB_BSS_KNOWN);
	assert_int_equal(air->score[1].profile, WORLD_CITY);
	expect(air, 2, 0, KB_BSS_UNKNOWN);
	/* another profile's name, which has no list: it may */
	bss = hear(air, WORLD_SAE);
	memcpy(bss->bssid, air->world.bssids[0].value, 6);
	/* and one which has a list: both are wrong */
	bss = hear(air, WORLD_UTF8);
	memcpy(bss->bssid, air->world.bssids[1].value, 6);
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	expect(air, 1, BIT(BORROWED) | BIT(STRANGER), KB_BSS_SUSPECT);
}

static void test_mixed(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss;

	/* an open twin beside the real one: of the two only the twin */
	hear(air, WORLD_CITY);
	bss = hear(air, WORLD_CITY);
	bss->bssid[5] = 2;
	memset(&bss->rsn, 0, sizeof(bss->rsn));
	bss->privacy = false;
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	expect(air, 1, BIT(WEAKER) | BIT(MIXED), KB_BSS_SUSPECT);
	/* of a profile with a name only the stronger kind is the measure, whoever comes first */
	memset(&hear(air, WORLD_NAME_ONLY)->rsn, 0, sizeof(struct kb_rsn));
	hear(air, WORLD_NAME_ONLY)->bssid[5] = 2;
	bss = hear(air, WORLD_NAME_ONLY);
	bss->bssid[5] = 3;
	bss->rsn.akms |= KB_AKM_PSK;
	bss = hear(air, WORLD_NAME_ONLY);
	bss->bssid[5] = 4;
	bss->rsn.akms = KB_AKM_PSK;
	survey(air);
	expect(air, 0, BIT(MIXED), KB_BSS_SUSPECT);
	expect(air, 1, 0, KB_BSS_KNOWN);
	expect(air, 2, 0, KB_BSS_KNOWN);
	expect(air, 3, 0, KB_BSS_KNOWN);
	/* strongest without transition: the weaker ones, all of them */
	hear(air, WORLD_NAME_ONLY)->rsn.akms = KB_AKM_8021X;
	bss = hear(air, WORLD_NAME_ONLY);
	bss->bssid[5] = 5;
	bss->rsn.akms = KB_AKM_SAE;
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	expect(air, 1, BIT(MIXED), KB_BSS_SUSPECT);
}

/* What an access point could once do it does not forget; an hour later nobody remembers. */
static void test_security_lost(void **state)
{
	struct air *air = *state;

	air->world.profiles[WORLD_SAE].pmf = KB_PMF_OPTIONAL;
	hear(air, WORLD_SAE);
	hear(air, WORLD_NAME_ONLY);
	survey(air);
	hear(air, WORLD_SAE)->rsn.mfp_capable = false;
	memset(&hear(air, WORLD_NAME_ONLY)->rsn, 0, sizeof(struct kb_rsn));
	survey(air);
	expect(air, 0, BIT(MIXED), KB_BSS_SUSPECT);
	expect(air, 1, BIT(MIXED), KB_BSS_SUSPECT);
	/* more than before is welcome */
	hear(air, WORLD_SAE);
	hear(air, WORLD_NAME_ONLY)->rsn.akms = KB_AKM_8021X;
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	expect(air, 1, 0, KB_BSS_KNOWN);
	/* a change that stays is the new state after an hour */
	for (int i = 0; i < 14; i++) {
		hear(air, WORLD_SAE)->rsn.mfp_capable = false;
		survey(air);
		expect(air, 0, i < 12 ? BIT(MIXED) : 0, i < 12 ? KB_BSS_SUSPECT : KB_BSS_KNOWN);
	}
}

static void test_karma(void **state)
{
	struct air *air = *state;
	struct kb_bss *bss = hear(air, WORLD_CITY);

	rename_bss(bss, "canary", 1);
	bss = hear(air, WORLD_CITY);
	rename_bss(bss, "CAFE", 1);
	hear(air, WORLD_CITY);
	survey(air);
	/* under every name that it has, and nobody else */
	expect(air, 0, BIT(KARMA), KB_BSS_SUSPECT);
	expect(air, 1, BIT(KARMA), KB_BSS_SUSPECT);
	expect(air, 2, 0, KB_BSS_KNOWN);
	bss = hear(air, WORLD_CITY);
	rename_bss(bss, "MYNUMBER-A", 1);
	survey(air);
	expect(air, 0, BIT(KARMA) | BIT(STRANGER), KB_BSS_SUSPECT);
	/* without a canary nobody answers to it */
	air->world.policy.wireless.canary_len = 0;
	rename_bss(hear(air, WORLD_CITY), "canary", 7);
	rename_bss(hear(air, WORLD_CITY), "", 8);
	survey(air);
	expect(air, 0, 0, KB_BSS_UNKNOWN);
	expect(air, 1, 0, KB_BSS_UNKNOWN);
}

/* More than a survey may have are counted elsewhere and not judged. */
static void test_too_many(void **state)
{
	struct kb_bss *bss = calloc(KB_BSS_MAX + 2, sizeof(*bss));
	struct kb_bss_score *score = calloc(KB_BSS_MAX + 2, sizeof(*score));
	struct air *air = *state;
	size_t i;

	for (i = 0; i < KB_BSS_MAX + 2; i++)
		bss[i] = world_bss(&air->world, WORLD_CITY, START);
	assert_int_equal(kb_score_survey(air->memory, &air->world.policy, bss, KB_BSS_MAX + 2, START, score), 0);
	assert_int_equal(score[KB_BSS_MAX - 1].standing, KB_BSS_KNOWN);
	assert_int_equal(score[KB_BSS_MAX + 1].standing, KB_BSS_UNKNOWN);
	assert_int_equal(score[KB_BSS_MAX + 1].profile, KB_INDEX_NONE);
	free(bss);
	free(score);
	survey(air);	/* an empty one */
}

/* One SSID in two profiles: what fits one of them as a whole is known. */
static void test_two_profiles(void **state)
{
	struct air *air = *state;
	struct kb_wifi_profile *sae = &air->world.profiles[WORLD_SAE];
	struct kb_bss *bss;

	*sae = air->world.profiles[WORLD_CITY];
	sae->akms = KB_AKM_SAE;
	sae->bssids = &air->world.utf8_bssids[0];
	sae->n_bssids = 1;
	air->world.profiles[WORLD_UTF8].ssid_len = 0;
	hear(air, WORLD_CITY);
	bss = hear(air, WORLD_CITY);
	memcpy(bss->bssid, sae->bssids[0].value, 6);
	bss->rsn.akms = KB_AKM_SAE;
	/* the security of the one under the address of the other */
	bss = hear(air, WORLD_CITY);
	memcpy(bss->bssid, sae->bssids[0].value, 6);
	survey(air);
	expect(air, 0, 0, KB_BSS_KNOWN);
	expect(air, 1, 0, KB_BSS_KNOWN);
	assert_int_equal(air->score[1].profile, WORLD_SAE);
	assert_true(air->score[2].signals & BIT(STRANGER));
}

static u64 random_of(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* An impostor: anything, but for the very addresses of the city. */
static void random_impostor(struct air *air, u64 *seed)
{
	struct kb_bss *bss = hear(air, (unsigned int)(random_of(seed) % 4));
	u64 bits = random_of(seed);

	bss->bssid[0] = 0x66;
	bss->bssid[5] = (u8)(bits >> 56) & 7;
	if (bits & 1)
		memset(&bss->rsn, 0, sizeof(bss->rsn));
	if (bits & 2)
		bss->rsn.akms = (u32)random_of(seed);
	if (bits & 4)
		bss->fingerprint = random_of(seed);
	if (bits & 8)
		bss->frequency = 5000 + (bits >> 20) % 800;
	if (bits & 16)
		bss->tsf = random_of(seed);
	if (bits & 32)
		bss->signal = -(s32)((bits >> 30) % 100);
	if (bits & 64) {
		bss->ssid_len = (u8)((bits >> 40) % 33);
		bss->ssid[(bits >> 45) % 32] ^= (u8)(bits >> 50);
	}
	if (bits & 128)
		rename_bss(bss, "canary", bss->bssid[5]);
	bss->ess = bits & 256;
	bss->from_probe = bits & 512;
	bss->rsn_bad = bits & 1024;
}

/*
 * Whatever impostors do under their own addresses: the city's access points
 * stay known, points are the sum of the signals, and news come once.
 */
static void test_property(void **state)
{
	u64 seed = 0x2545f4914f6cdd1dull;
	struct air *air;
	void *own = NULL;
	unsigned int round, run, i, n;
	u32 signals;

	(void)state;
	for (run = 0; run < 60; run++) {
		air_new(&own);
		air = own;
		for (round = 0; round < 12; round++) {
			hear(air, WORLD_CITY);
			hear(air, WORLD_UTF8);
			for (n = 2; n < 40; n++)
				random_impostor(air, &seed);
			survey(air);
			expect(air, 0, 0, KB_BSS_KNOWN);
			expect(air, 1, 0, KB_BSS_KNOWN);
			for (i = 2; i < n; i++) {
				signals = air->score[i].signals;
				assert_true(signals < 1u << KB_SIGNAL_MAX);
				expect(air, i, signals, air->score[i].standing);
				assert_int_equal(air->score[i].standing == KB_BSS_SUSPECT,
						 air->score[i].score >= KB_SCORE_MEDIUM);
				assert_true(signals || !air->score[i].news);
				/* nothing of the city's is its */
				assert_false(signals & (BIT(BORROWED) | BIT(CERTIFICATE)));
			}
		}
		air_free(&own);
	}
}

/* The same surveys in another order of access points give the same standing at once. */
static void test_order(void **state)
{
	struct kb_bss_score first[30];
	struct air *air = *state;
	u64 seed = 88172645463325252ull;
	struct kb_bss kept[30];
	unsigned int run, i;

	for (run = 0; run < 50; run++) {
		kb_score_memory_free(air->memory);
		air->memory = kb_score_memory_new();
		hear(air, WORLD_CITY);
		while (air->n < 30) {
			random_impostor(air, &seed);
			/* each pair once */
			memcpy(air->bss[air->n - 1].bssid + 1, &air->n, 4);
		}
		memcpy(kept, air->bss, sizeof(kept));
		survey(air);
		memcpy(first, air->score, sizeof(first));
		kb_score_memory_free(air->memory);
		air->memory = kb_score_memory_new();
		for (i = 0; i < 30; i++)
			air->bss[i] = kept[29 - i];
		air->n = 30;
		survey(air);
		for (i = 0; i < 30; i++) {
			assert_int_equal(air->score[29 - i].signals, first[i].signals);
			assert_int_equal(air->score[29 - i].standing, first[i].standing);
		}
	}
}

/* kidoban(1) names each with its points. */
static void test_manual(void **state)
{
	char line[512], wanted[KB_SIGNAL_MAX][64];
	u32 found = 0, i;
	const char *c;
	FILE *page;
	size_t n;

	(void)state;
	for (i = 0; i < KB_SIGNAL_MAX; i++) {
		n = (size_t)sprintf(wanted[i], ".BR ");
		for (c = kb_signal_name(i); *c; c++)
			n += (size_t)sprintf(wanted[i] + n, *c == '-' ? "\\-" : "%c", *c);
		sprintf(wanted[i] + n, " \" (%u)\"\n", kb_signal_weight(i));
	}
	page = fopen("docs/man/kidoban.1.in", "r");
	assert_non_null(page);
	while (fgets(line, sizeof(line), page))
		for (i = 0; i < KB_SIGNAL_MAX; i++)
			if (!strcmp(line, wanted[i]))
				found |= 1u << i;
	fclose(page);
	assert_int_equal(found, (1u << KB_SIGNAL_MAX) - 1);
}

static void test_words(void **state)
{
	static const u32 weights[KB_SIGNAL_MAX] = { 100, 100, 20, 50, 50, 50, 20, 20, 20, 5 };
	unsigned int i, j;

	(void)state;
	for (i = 0; i < KB_SIGNAL_MAX; i++) {
		assert_non_null(kb_signal_name(i));
		assert_non_null(kb_signal_text(i));
		assert_int_equal(kb_signal_weight(i), weights[i]);
		for (j = 0; j < i; j++)
			assert_string_not_equal(kb_signal_name(i), kb_signal_name(j));
	}
	assert_null(kb_signal_name(KB_SIGNAL_MAX));
	assert_null(kb_signal_text(KB_SIGNAL_MAX));
	assert_int_equal(kb_signal_weight(KB_SIGNAL_MAX), 0);
	assert_string_equal(kb_bss_standing_name(KB_BSS_SUSPECT), "suspect");
	assert_null(kb_bss_standing_name(3));
	kb_score_memory_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		AIR_TEST(test_as_it_should_be),
		AIR_TEST(test_others),
		AIR_TEST(test_weaker),
		AIR_TEST(test_transition),
		AIR_TEST(test_nothing_demanded),
		AIR_TEST(test_certificate),
		AIR_TEST(test_stranger),
		AIR_TEST(test_borrowed),
		AIR_TEST(test_mixed),
		AIR_TEST(test_security_lost),
		AIR_TEST(test_karma),
		AIR_TEST(test_too_many),
		AIR_TEST(test_two_profiles),
		cmocka_unit_test(test_property),
		AIR_TEST(test_order),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
