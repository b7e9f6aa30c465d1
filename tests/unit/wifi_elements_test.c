// SPDX-License-Identifier: GPL-2.0-or-later
/* What the elements of beacons and probe responses say of an access point (W3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent/wifi/elements.h"

#define RSN_EAP(caps)								\
	48, 20, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 4, 1, 0, 0, 0x0f, 0xac, 5, (caps), 0

static struct kb_bss read_one(const u8 *ies, size_t len, u32 frequency)
{
	struct kb_bss b = { .frequency = frequency };

	kb_bss_read_elements(ies, len, NULL, 0, &b);
	return b;
}

#define READ(mhz, ...)	\
	read_one((const u8[]){ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ }), mhz)

static void test_elements(void **state)
{
	struct kb_bss b;

	(void)state;
	/* bad: cut off, two, or unreadable */
	assert_true(READ(2437, 0, 4, 'a').rsn_bad);
	assert_true(READ(2437, 48, 2, 2, 0).rsn_bad);
	b = READ(2437, RSN_EAP(0), RSN_EAP(0));
	assert_true(b.rsn_bad && b.rsn.present);
	b = READ(2437, 48, 3, 1, 0, 9, 0, 1, 'x');
	assert_true(b.rsn_bad && !b.rsn.present && b.ssid_len == 1);
	b = READ(2437, 221, 6, 0, 0x50, 0xf2, 1, 1, 0);
	assert_true(b.wpa && !b.rsn_bad && !b.rsn.present);
	/* an SSID that is too long is none */
	b = READ(2437, 0, 33, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		 1, 1, 1, 1, 1);
	assert_true(b.rsn_bad && !b.ssid_len);
	/* countries are letters */
	assert_string_equal(READ(2437, 7, 3, 'J', 'P', 4).country, "JP");
	assert_string_equal(READ(2437, 7, 3, 'J', '\n', 4).country, "");
	assert_string_equal(READ(2437, 7, 2, 'J', 'P').country, "");
}

static void test_own_channel(void **state)
{
	(void)state;
	assert_int_equal(READ(2412, 3, 1, 11).own_frequency, 2462);
	assert_int_equal(READ(2412, 3, 1, 14).own_frequency, 2484);
	assert_int_equal(READ(2412, 3, 1, 15).own_frequency, 0);
	assert_int_equal(READ(2412, 3, 1, 0).own_frequency, 0);
	assert_int_equal(READ(2412, 3, 0).own_frequency, 0);
	assert_int_equal(READ(5180, 61, 3, 36, 0, 0).own_frequency, 5180);
	assert_int_equal(READ(5180, 61, 3, 149, 0, 0).own_frequency, 5745);
	assert_int_equal(READ(5180, 61, 3, 255, 0, 0).own_frequency, 0);
	/* 6 GHz: behind what may stand before it */
	assert_int_equal(READ(5975, 255, 12, 36, 0, 0, 2, 0, 0, 0, 5, 0, 0, 0, 0).own_frequency, 5975);
	assert_int_equal(READ(5975, 255, 16, 36, 0, 0xc0, 2, 0, 0, 0, 1, 2, 3, 4, 37, 0, 0, 0, 0).own_frequency,
			 6135);
	assert_int_equal(READ(5975, 255, 7, 36, 0, 0, 2, 0, 0, 0).own_frequency, 0);
	assert_int_equal(READ(5975, 255, 8, 36, 0, 0, 0, 0, 0, 0, 5).own_frequency, 0);
	assert_int_equal(READ(5975, 255, 0).own_frequency, 0);
	assert_int_equal(kb_channel_mhz(2, 5935), 5935);
	assert_int_equal(kb_channel_mhz(36, 60480), 0);
}

/* Beacon and probe response are one access point: the weaker of both, and any disagreement. */
static void test_two_frames(void **state)
{
	static const u8 strong[] = { 0, 1, 'x', 3, 1, 1, RSN_EAP(0xc0) };
	static const u8 hidden[] = { 0, 1, 0, 3, 1, 1, RSN_EAP(0xc0) };
	static const u8 open[] = { 0, 1, 'x', 3, 1, 6 };
	static const u8 no_pmf[] = { 0, 1, 'x', 3, 1, 1, RSN_EAP(0) };
	struct kb_bss b = { .frequency = 2412 };

	(void)state;
	kb_bss_read_elements(strong, sizeof(strong), strong, sizeof(strong), &b);
	assert_true(b.rsn.present && b.rsn.mfp_capable && b.own_frequency == 2412);
	kb_bss_read_elements(open, sizeof(open), strong, sizeof(strong), &b);
	assert_false(b.rsn.present);
	assert_int_equal(b.own_frequency, 2437);
	kb_bss_read_elements(strong, sizeof(strong), open, sizeof(open), &b);
	assert_false(b.rsn.present);
	kb_bss_read_elements(strong, sizeof(strong), no_pmf, sizeof(no_pmf), &b);
	assert_true(b.rsn.present && !b.rsn.mfp_capable && !b.rsn.mfp_required);
	/* the name is in the answer only, or in the beacon only */
	kb_bss_read_elements(strong, sizeof(strong), hidden, sizeof(hidden), &b);
	assert_memory_equal(b.ssid, "x", 1);
	kb_bss_read_elements(hidden, sizeof(hidden), strong, sizeof(strong), &b);
	assert_memory_equal(b.ssid, "x", 1);
	kb_bss_read_elements(hidden, sizeof(hidden), NULL, 0, &b);
	assert_int_equal(b.ssid_len, 1);
	assert_int_equal(b.ssid[0], 0);
	kb_bss_read_elements(strong, 5, strong, sizeof(strong), &b);
	assert_true(b.rsn_bad);
}

/* What changes by itself does not change the fingerprint; everything else does. */
static void test_fingerprint(void **state)
{
	u64 base = READ(2412, 0, 1, 'x', 1, 2, 0x82, 0x84, RSN_EAP(0xc0)).fingerprint;

	(void)state;
	assert_true(base == READ(2412, 0, 1, 'y', 3, 1, 6, 5, 4, 9, 9, 9, 9, 1, 2, 0x82, 0x84, 11, 1, 7, 42, 1, 4,
				 37, 3, 0, 6, 1, RSN_EAP(0xc0)).fingerprint);
	assert_true(base == READ(2412, 1, 2, 0x82, 0x84, RSN_EAP(0xc0), 255, 1, 36).fingerprint);
	assert_false(base == READ(2412, 1, 2, 0x82, 0x85, RSN_EAP(0xc0)).fingerprint);
	assert_false(base == READ(2412, 1, 2, 0x82, 0x84, RSN_EAP(0x80)).fingerprint);
	assert_false(base == READ(2412, RSN_EAP(0xc0), 1, 2, 0x82, 0x84).fingerprint);
	assert_false(base == READ(2412, 1, 2, 0x82, 0x84, RSN_EAP(0xc0), 255, 1, 35).fingerprint);
	/* of vendors whose and which, but not what they count */
	base = READ(2412, 221, 6, 0, 0x50, 0xf2, 2, 1, 5).fingerprint;
	assert_true(base == READ(2412, 221, 6, 0, 0x50, 0xf2, 2, 1, 6).fingerprint);
	assert_false(base == READ(2412, 221, 6, 0, 0x50, 0xf2, 4, 1, 5).fingerprint);
	base = READ(2412, 221, 6, 0, 0x50, 0xf2, 1, 1, 0).fingerprint;
	assert_false(base == READ(2412, 221, 6, 0, 0x50, 0xf2, 1, 1, 1).fingerprint);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_own_channel),
		cmocka_unit_test(test_two_frames),
		cmocka_unit_test(test_fingerprint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
