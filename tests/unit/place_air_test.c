// SPDX-License-Identifier: GPL-2.0-or-later
/* Evidence from the air: 802.1X that finished, and access points in range (P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "surroundings.h"

#define SECOND	1000000ull

static struct surroundings s;
static struct kb_bss air[8];
static struct kb_bss_score scores[8];

static int teardown(void **state)
{
	(void)state;
	surroundings_done(&s);
	return 0;
}

/* --- EAP */

static void eap(u16 profile)
{
	surroundings_make(&s, &kb_provider_eap);
	s.evidence.eap.profile = profile;
	surroundings_start(&s);
}

static void test_eap_refused(void **state)
{
	(void)state;
	eap(1);
	s.blind = true;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	s.blind = false;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_false(s.finding.hard);
	/* proven without EAP, and EAP of another profile, are not it */
	s.view.proven_profiles[0] = ~0u;
	s.view.eap_profiles[0] = 1u << 0 | 1u << 2;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	/* nor is a bit beyond the policy's profiles */
	surroundings_done(&s);
	eap(KB_INDEX_NONE);
	s.view.eap_profiles[0] = 1u << 3;
	s.view.eap_profiles[7] = ~0u;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
}

static void test_eap_there(void **state)
{
	(void)state;
	eap(1);
	s.view.eap_profiles[0] = 1u << 1;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	assert_non_null(strstr(s.finding.detail, "B"));
	surroundings_done(&s);
	eap(KB_INDEX_NONE);
	s.view.eap_profiles[0] = 1u << 2;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	assert_non_null(strstr(s.finding.detail, "C"));
}

/* Roaming takes a moment; what stays away is a lost link, and the loop is told. */
static void test_eap_lost(void **state)
{
	(void)state;
	eap(1);
	s.view.eap_profiles[0] = 1u << 1;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	s.view.eap_profiles[0] = 0;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_false(s.finding.hard);
	surroundings_look_at(&s, 2900000);
	assert_false(s.finding.hard);
	s.view.eap_profiles[0] = 1u << 1;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	s.view.eap_profiles[0] = 0;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_int_equal(s.changes, 0);
	assert_true(surroundings_changed(&s, 1));
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_true(s.finding.hard);
	s.ops->doubt(s.provider);
	surroundings_look(&s);
	assert_false(s.finding.hard);
}

/* --- access points */

static struct kb_link_mac listed[2] = {
	{ { 0x02, 0x11, 0x22, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xf0 } },
	{ { 0x02, 0x33, 0x44, 0, 0, 1 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
};

/* A survey of @n access points 02:11:22:00:00:0i at -60 dBm, heard just now. */
static void survey(size_t n)
{
	u64 now = kb_boottime_usec();
	size_t i;

	memset(air, 0, sizeof(air));
	memset(scores, 0, sizeof(scores));
	for (i = 0; i < n; i++)
		air[i] = (struct kb_bss){ .bssid = { 0x02, 0x11, 0x22, 0, 0, (u8)i }, .signal = -60,
					  .heard_usec = now };
	s.view.bss = air;
	s.view.n_bss = n;
	s.view.scores = scores;
	s.view.survey_usec = now;
}

static void ap(void)
{
	surroundings_make(&s, &kb_provider_ap);
	s.evidence.ap.n_bssids = 2;
	s.evidence.ap.bssids = listed;
	s.evidence.ap.count = 3;
	s.evidence.ap.signal = 70;
	surroundings_start(&s);
}

/* What the survey as it stands in @air says to somebody who has seen none before. */
static enum kb_presence fresh(void)
{
	struct kb_wifi_view view = s.view;

	surroundings_done(&s);
	ap();
	s.view = view;
	return surroundings_look(&s);
}

static void test_ap_refused(void **state)
{
	(void)state;
	ap();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	s.blind = true;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	s.blind = false;
	survey(2);
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	assert_non_null(strstr(s.finding.detail, "2"));
	assert_false(s.finding.hard);
	survey(3);
	memcpy(air[2].bssid, air[1].bssid, 6);		/* one on two channels */
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	survey(3);
	air[2].bssid[5] = 0x10;				/* just beyond the mask */
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	survey(3);
	air[2].signal = -71;
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	survey(3);
	air[2].signal = 0;				/* unknown */
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	survey(3);
	air[2].heard_usec -= 31 * SECOND;
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	survey(3);
	air[2].heard_usec += 60 * SECOND;		/* in the future: a clock went back */
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
	survey(3);
	scores[0].standing = KB_BSS_SUSPECT;
	assert_int_equal(fresh(), KB_PRESENCE_ABSENT);
}

static void test_ap_there(void **state)
{
	u64 heard;

	(void)state;
	ap();
	survey(3);
	air[1].signal = -70;
	air[2].heard_usec -= 29 * SECOND;
	heard = air[2].heard_usec;
	assert_int_equal(fresh(), KB_PRESENCE_PRESENT);
	assert_true(s.finding.good_until_usec == heard + 90 * SECOND);
	survey(5);
	memcpy(air[0].bssid, listed[1].value, 6);
	air[3].heard_usec -= 10 * SECOND;
	air[4].heard_usec -= 20 * SECOND;		/* three others are fresher */
	heard = air[0].heard_usec;
	assert_int_equal(fresh(), KB_PRESENCE_PRESENT);
	assert_true(s.finding.good_until_usec == heard + 90 * SECOND);
	s.view.scores = NULL;
	assert_int_equal(fresh(), KB_PRESENCE_PRESENT);
}

/* A survey holds for its time, the next one replaces it, doubt ends it. */
static void test_ap_time(void **state)
{
	(void)state;
	ap();
	survey(3);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	s.view.n_bss = 0;				/* too old to be shown, no new survey */
	assert_int_equal(surroundings_look_at(&s, 80 * SECOND), KB_PRESENCE_PRESENT);
	assert_int_equal(surroundings_look_at(&s, 91 * SECOND), KB_PRESENCE_UNKNOWN);
	s.view.survey_usec++;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_int_equal(surroundings_look_at(&s, 91 * SECOND), KB_PRESENCE_UNKNOWN);
	survey(3);
	s.view.survey_usec += 2;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	s.ops->doubt(s.provider);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	s.view.survey_usec++;
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
}

/* --- words */

static void test_detail(void **state)
{
	struct kb_finding finding;
	size_t i;

	(void)state;
	/* cut before a character of three bytes, wherever the cut falls */
	for (i = 0; i < 3; i++) {
		kb_detail(&finding, "%.*s%s", (int)i, "xx",
			  "ああああああああああああああああああああああああああああああああああああああああ"
			  "ああああああああああああああああああああああああああああああああああああああああ");
		assert_int_equal(strlen(finding.detail) % 3, i);
		assert_true(strlen(finding.detail) > sizeof(finding.detail) - 5);
	}
	kb_detail(&finding, "%s", "short");
	assert_string_equal(finding.detail, "short");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_eap_refused, teardown),
		cmocka_unit_test_teardown(test_eap_there, teardown),
		cmocka_unit_test_teardown(test_eap_lost, teardown),
		cmocka_unit_test_teardown(test_ap_refused, teardown),
		cmocka_unit_test_teardown(test_ap_there, teardown),
		cmocka_unit_test_teardown(test_ap_time, teardown),
		cmocka_unit_test(test_detail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
