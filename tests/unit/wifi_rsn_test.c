// SPDX-License-Identifier: GPL-2.0-or-later
/* RSN elements as access points and terminals send them, cut at every byte, and malformed ones (W1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent/wifi/proof.h"
#include "agent/wifi/rsn.h"

#define VERSION		0x01, 0x00
#define SUITE(n)	0x00, 0x0f, 0xac, (n)
#define COUNT(n)	(n), 0x00
#define ZEROS16		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
#define BYTES(...)	{ __VA_ARGS__ }, sizeof((const u8[]){ __VA_ARGS__ })
#define ENDS_MAX	10
#define VALUE_MAX	40

struct sample {
	const char *what;
	u8 value[VALUE_MAX];
	size_t len;
	struct kb_rsn rsn;
	size_t ends[ENDS_MAX];		/* lengths after which it may end; its whole length is one */
};

/* Parses it where it ends with its room, so that reading one byte further is seen. */
static int parse(const u8 *value, size_t len, struct kb_rsn *ret)
{
	u8 *room = malloc(len ?: 1);
	int r;

	memcpy(room, value, len);
	r = kb_rsn_parse(room, len, ret);
	free(room);
	return r;
}

static const struct sample samples[] = {
	{ "WPA2-Enterprise",
	  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(1), 0x28, 0x00),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .akms = KB_AKM_8021X },
	  { 2, 6, 12, 18, 20 } },
	{ "WPA3-Enterprise 192 bit, as the terminal answers it",
	  BYTES(VERSION, SUITE(9), COUNT(1), SUITE(9), COUNT(1), SUITE(12), 0xc0, 0x00, COUNT(0), SUITE(12)),
	  { .present = true, .version = 1, .group = KB_CIPHER_GCMP_256, .pairwise = KB_CIPHER_GCMP_256,
	    .akms = KB_AKM_SUITE_B_192, .group_mgmt = KB_CIPHER_BIP_GMAC_256, .mfp_capable = true,
	    .mfp_required = true },
	  { 2, 6, 12, 18, 20, 22, 26 } },
	{ "WPA2 and WPA3 personal, transition mode",
	  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(2), SUITE(2), SUITE(8), 0x8c, 0x00),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .akms = KB_AKM_PSK | KB_AKM_SAE, .group_mgmt = KB_CIPHER_BIP_CMAC, .mfp_capable = true },
	  { 2, 6, 12, 22, 24 } },
	{ "FT with a PMKR1Name",
	  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(3), 0x80, 0x00, COUNT(1), ZEROS16),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .akms = KB_AKM_FT_8021X, .group_mgmt = KB_CIPHER_BIP_CMAC, .mfp_capable = true, .n_pmkids = 1 },
	  { 2, 6, 12, 18, 20, 38 } },
	{ "WPA2 with TKIP beside CCMP",
	  BYTES(VERSION, SUITE(2), COUNT(2), SUITE(4), SUITE(2), COUNT(1), SUITE(2), 0x00, 0x00),
	  { .present = true, .version = 1, .group = KB_CIPHER_TKIP,
	    .pairwise = KB_CIPHER_TKIP | KB_CIPHER_CCMP, .akms = KB_AKM_PSK },
	  { 2, 6, 16, 22, 24 } },
	{ "DPP of the Wi-Fi Alliance beside SAE: a suite of another maker",
	  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(2), SUITE(8), 0x50, 0x6f, 0x9a, 0x02, 0xc0, 0x00),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .akms = KB_AKM_SAE, .group_mgmt = KB_CIPHER_BIP_CMAC, .mfp_capable = true,
	    .mfp_required = true, .foreign = true },
	  { 2, 6, 12, 22, 24 } },
	{ "a suite number that no mask has room for",
	  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(32)),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .foreign = true },
	  { 2, 6, 12, 18 } },
	{ "the last number that it has",
	  BYTES(VERSION, SUITE(31), COUNT(1), SUITE(0), COUNT(1), SUITE(31)),
	  { .present = true, .version = 1, .group = 1u << 31, .pairwise = 1, .akms = 1u << 31 },
	  { 2, 6, 12, 18 } },
	{ "nothing but the version: the defaults",
	  BYTES(VERSION),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .akms = KB_AKM_8021X },
	  { 2 } },
	{ "what a later standard adds behind the end",
	  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(5), 0xc0, 0x00, COUNT(0), SUITE(6),
		0xde, 0xad, 0xbe),
	  { .present = true, .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP,
	    .akms = KB_AKM_8021X_SHA256, .group_mgmt = KB_CIPHER_BIP_CMAC, .mfp_capable = true,
	    .mfp_required = true },
	  { 2, 6, 12, 18, 20, 22, 26, 27, 28, 29 } },
};

static void assert_rsn(const char *what, const struct kb_rsn *a, const struct kb_rsn *b)
{
	if (a->present != b->present || a->version != b->version || a->group != b->group ||
	    a->pairwise != b->pairwise || a->akms != b->akms || a->group_mgmt != b->group_mgmt ||
	    a->mfp_capable != b->mfp_capable || a->mfp_required != b->mfp_required ||
	    a->foreign != b->foreign || a->n_pmkids != b->n_pmkids)
		fail_msg("%s: group %x pairwise %x akms %x mgmt %x mfp %d/%d foreign %d pmkids %u", what,
			 a->group, a->pairwise, a->akms, a->group_mgmt, a->mfp_capable, a->mfp_required,
			 a->foreign, a->n_pmkids);
}

static void test_samples(void **state)
{
	struct kb_rsn rsn;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(samples); i++) {
		memset(&rsn, 0x5a, sizeof(rsn));
		assert_int_equal(kb_rsn_parse(samples[i].value, samples[i].len, &rsn), 0);
		assert_rsn(samples[i].what, &rsn, &samples[i].rsn);
	}
}

static bool may_end(const struct sample *s, size_t len)
{
	size_t i;

	for (i = 0; i < ENDS_MAX; i++)
		if (s->ends[i] == len)
			return len;
	return false;
}

/* A field is there or not; half of one is refused, and nothing of it is believed. */
static void test_cut(void **state)
{
	struct kb_rsn rsn, before;
	size_t i, len;
	int r;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(samples); i++)
		for (len = 0; len <= samples[i].len; len++) {
			memset(&before, 0x5a, sizeof(before));
			rsn = before;
			r = parse(samples[i].value, len, &rsn);
			if (r != (may_end(&samples[i], len) ? 0 : -EBADMSG))
				fail_msg("%s at %zu: %d", samples[i].what, len, r);
			if (r)
				assert_memory_equal(&rsn, &before, sizeof(rsn));
		}
}

static void test_malformed(void **state)
{
	static const struct {
		const char *what;
		u8 value[VALUE_MAX];
		size_t len;
	} wrong[] = {
		{ "version 0", BYTES(0x00, 0x00, SUITE(4)) },
		{ "version 2", BYTES(0x02, 0x00, SUITE(4)) },
		{ "version 256", BYTES(0x00, 0x01, SUITE(4)) },
		{ "no pairwise suite", BYTES(VERSION, SUITE(4), COUNT(0)) },
		{ "no AKM", BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(0), 0xc0, 0x00) },
		{ "more pairwise suites than there are",
		  BYTES(VERSION, SUITE(4), COUNT(2), SUITE(4)) },
		{ "65535 pairwise suites", BYTES(VERSION, SUITE(4), 0xff, 0xff, SUITE(4)) },
		{ "more AKMs than there are",
		  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(3), SUITE(1), SUITE(5)) },
		{ "a PMKID that is not there",
		  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(1), 0xc0, 0x00, COUNT(1), SUITE(6)) },
		{ "65535 PMKIDs",
		  BYTES(VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(1), 0xc0, 0x00, 0xff, 0xff, ZEROS16) },
	};
	struct kb_rsn rsn;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		if (parse(wrong[i].value, wrong[i].len, &rsn) != -EBADMSG)
			fail_msg("%s was accepted", wrong[i].what);
}

/* A group management cipher that is said takes the default's place, an unknown one included. */
static void test_group_mgmt(void **state)
{
	static const u8 foreign[] = {
		VERSION, SUITE(4), COUNT(1), SUITE(4), COUNT(1), SUITE(5), 0xc0, 0x00, COUNT(0), 0x50, 0x6f, 0x9a, 6
	};
	struct kb_rsn rsn;

	(void)state;
	assert_int_equal(kb_rsn_parse(foreign, sizeof(foreign), &rsn), 0);
	assert_int_equal(rsn.group_mgmt, 0);
	assert_true(rsn.foreign);
	/* cut before it, the default holds */
	assert_int_equal(kb_rsn_parse(foreign, sizeof(foreign) - 4, &rsn), 0);
	assert_int_equal(rsn.group_mgmt, KB_CIPHER_BIP_CMAC);
	assert_false(rsn.foreign);
}

static void test_rsnx(void **state)
{
	static const u8 h2e[] = { 0x20 }, two[] = { 0x01, 0x81 };

	(void)state;
	assert_true(kb_rsnx_bit(h2e, 1, 5));
	assert_false(kb_rsnx_bit(h2e, 1, 4));
	assert_false(kb_rsnx_bit(h2e, 1, 8));
	assert_false(kb_rsnx_bit(h2e, 0, 5));
	assert_true(kb_rsnx_bit(two, 2, 8));
	assert_true(kb_rsnx_bit(two, 2, 15));
	assert_false(kb_rsnx_bit(two, 1, 15));
	assert_false(kb_rsnx_bit(two, 2, 4000000000u));
	assert_false(kb_rsnx_bit(NULL, 0, 0));
}

static void test_elements(void **state)
{
	static const u8 ies[] = { 0, 3, 'a', 'b', 'c', 48, 0, 221, 1, 7 };
	struct kb_elements walk = { .bytes = ies, .len = sizeof(ies) };
	struct kb_element e;
	size_t len, n;
	int r;

	(void)state;
	assert_int_equal(kb_element_next(&walk, &e), 1);
	assert_int_equal(e.id, 0);
	assert_int_equal(e.len, 3);
	assert_memory_equal(e.data, "abc", 3);
	assert_int_equal(kb_element_next(&walk, &e), 1);
	assert_int_equal(e.id, 48);
	assert_int_equal(e.len, 0);
	assert_int_equal(kb_element_next(&walk, &e), 1);
	assert_int_equal(kb_element_next(&walk, &e), 0);
	assert_int_equal(kb_element_next(&walk, &e), 0);
	for (len = 0; len < sizeof(ies); len++) {
		walk = (struct kb_elements){ .bytes = ies, .len = len };
		for (n = 0; (r = kb_element_next(&walk, &e)) > 0; n++)
			;
		assert_int_equal(r, len == 0 || len == 5 || len == 7 ? 0 : -EBADMSG);
		assert_int_equal(n, (len >= 5) + (len >= 7));
	}
}

static void test_find(void **state)
{
	static const u8 one[] = { 0, 1, 'x', 48, 6, VERSION, SUITE(9), 244, 1, 0x20 };
	static const u8 two[] = { 48, 6, VERSION, SUITE(9), 48, 6, VERSION, SUITE(9) };
	static const u8 bad[] = { 48, 5, VERSION, 0, 0x0f, 0xac };
	static const u8 none[] = { 0, 1, 'x', 221, 4, 0x00, 0x50, 0xf2, 1 };
	static const u8 cut[] = { 48, 6, VERSION, SUITE(9), 0 };
	struct kb_rsn rsn = { .version = 99 };

	(void)state;
	assert_int_equal(kb_rsn_find(two, sizeof(two), &rsn), -EBADMSG);
	assert_int_equal(kb_rsn_find(bad, sizeof(bad), &rsn), -EBADMSG);
	assert_int_equal(kb_rsn_find(cut, sizeof(cut), &rsn), -EBADMSG);
	assert_int_equal(rsn.version, 99);
	assert_int_equal(kb_rsn_find(none, sizeof(none), &rsn), 0);
	assert_false(rsn.present);
	assert_int_equal(kb_rsn_find(NULL, 0, &rsn), 0);
	assert_false(rsn.present);
	assert_int_equal(kb_rsn_find(one, sizeof(one), &rsn), 0);
	assert_true(rsn.present);
	assert_int_equal(rsn.group, KB_CIPHER_GCMP_256);
}

static void test_wpa(void **state)
{
	static const u8 wpa[] = { 0x00, 0x50, 0xf2, 0x01, 0x01, 0x00 }, wmm[] = { 0x00, 0x50, 0xf2, 0x02 };
	struct kb_element e = { .id = KB_ELEMENT_VENDOR, .len = sizeof(wpa), .data = wpa };

	(void)state;
	assert_true(kb_element_is_wpa(&e));
	e.len = 4;
	assert_true(kb_element_is_wpa(&e));
	e.len = 3;
	assert_false(kb_element_is_wpa(&e));
	e = (struct kb_element){ .id = KB_ELEMENT_VENDOR, .len = sizeof(wmm), .data = wmm };
	assert_false(kb_element_is_wpa(&e));
	e = (struct kb_element){ .id = KB_ELEMENT_RSN, .len = sizeof(wpa), .data = wpa };
	assert_false(kb_element_is_wpa(&e));
}

/* What an SSID looks like: two that differ never look the same, and none drives a terminal. */
static void test_ssid_text(void **state)
{
	static const struct {
		const char *ssid;
		u8 len;
		const char *text;
	} rows[] = {
		{ "MYNUMBER-A", 10, "MYNUMBER-A" },
		{ "", 0, "" },
		{ "市役所-業務", 16, "市役所-業務" },
		{ "\0\0\0", 3, "\\x00\\x00\\x00" },
		{ "a\0b", 3, "a\\x00b" },
		{ "\x1b[2J", 4, "\\x1b[2J" },
		{ "two words", 9, "two words" },
		{ " a ", 3, "\\x20a\\x20" },
		{ " ", 1, "\\x20" },
		{ "a\\x00b", 6, "a\\x5cx00b" },
		{ "\xff\xfe", 2, "\\xff\\xfe" },
		{ "\xe5\xb8", 2, "\\xe5\\xb8" },		/* half a character */
		{ "a\xe2\x80\x8b" "b", 5, "a\\xe2\\x80\\x8bb" },	/* zero width space */
		{ "a\xe2\x80\xae" "b", 5, "a\\xe2\\x80\\xaeb" },	/* right to left */
		{ "\xc2\x9b" "31m", 5, "\\xc2\\x9b31m" },
		{ "\xe3\x85\xa4", 3, "\\xe3\\x85\\xa4" },	/* a letter that is blank */
	};
	char text[4 * KB_SSID_MAX + 1], small[8];
	u8 raw[KB_SSID_MAX];
	size_t i, size;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		kb_ssid_text((const u8 *)rows[i].ssid, rows[i].len, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
	/* 32 raw octets take all the room there is */
	memset(raw, 0x80, sizeof(raw));
	kb_ssid_text(raw, sizeof(raw), text, sizeof(text));
	assert_int_equal(strlen(text), 4 * KB_SSID_MAX);
	for (i = 0; i < KB_SSID_MAX; i++)
		assert_memory_equal(text + 4 * i, "\\x80", 4);
	/* less room: whole pieces only */
	for (size = 1; size <= sizeof(small); size++) {
		memset(small, 'x', sizeof(small));
		kb_ssid_text((const u8 *)"市\x1b", 4, small, size);
		assert_string_equal(small, size < 4 ? "" : size < 8 ? "市" : "市\\x1b");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_group_mgmt),
		cmocka_unit_test(test_rsnx),
		cmocka_unit_test(test_elements),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_wpa),
		cmocka_unit_test(test_ssid_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
