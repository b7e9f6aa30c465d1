// SPDX-License-Identifier: GPL-2.0-or-later
/* What is learned of a place: thresholds out of samples, and a fragment that the language takes (P1). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/place/learn.h"
#include "policy/cleanup.h"
#include "policy/diag.h"
#include "policy/text.h"

static struct kb_learn *learn;

static int set_up(void **state)
{
	(void)state;
	learn = kb_learn_new();
	return learn ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	kb_learn_free(learn);
	return 0;
}

static int hear(u8 last, s32 signal)
{
	struct kb_bss bss = { .bssid = { 2, 0x11, 0x22, 0, 0, last }, .ssid = "CITY", .ssid_len = 4,
			      .signal = signal, .ess = true };

	return kb_learn_bss(learn, &bss);
}

static struct kb_learned result(void)
{
	struct kb_learned l;

	kb_learn_result(learn, &l);
	return l;
}

static void text(const char *zone, char *ret, size_t size)
{
	char *data;
	size_t len;
	FILE *out = open_memstream(&data, &len);

	assert_int_equal(kb_learn_write(learn, zone, out), 0);
	fclose(out);
	snprintf(ret, size, "%s", data);
	free(data);
}

static u32 warnings(char *ret, size_t size)
{
	char *data;
	size_t len;
	FILE *out = open_memstream(&data, &len);
	u32 n = kb_learn_warn(learn, out);

	fclose(out);
	snprintf(ret, size, "%s", data);
	free(data);
	return n;
}

static void test_nothing(void **state)
{
	char yaml[4096], warned[1024];
	struct kb_learned l = result();

	(void)state;
	assert_int_equal(l.kept, 0);
	assert_int_equal(l.count, 0);
	assert_false(l.enough);
	text("z", yaml, sizeof(yaml));
	assert_null(strstr(yaml, "- ap:"));
	assert_null(strstr(yaml, "- lldp:"));
	assert_true(warnings(warned, sizeof(warned)) >= 2);
	assert_non_null(strstr(warned, "nothing physical was found"));
}

/* Exactly at the border of 80 %: sixteen of twenty is kept, fifteen is not. */
static void test_share(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		hear(1, -50);
		if (i < 16)
			hear(2, -50);
		if (i < 15)
			hear(3, -50);
		kb_learn_survey(learn);
	}
	assert_int_equal(result().heard, 3);
	assert_int_equal(result().kept, 2);
	assert_int_equal(result().surveys, 20);
}

static void test_twice_in_one_survey(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		if (i < 5) {
			hear(1, -80);
			hear(1, -50);
			hear(1, -70);
		}
		kb_learn_survey(learn);
	}
	assert_int_equal(result().kept, 0);
	for (i = 0; i < 15; i++) {
		hear(1, -80);
		hear(1, -50);
		kb_learn_survey(learn);
	}
	assert_int_equal(result().kept, 1);
	assert_int_equal(result().signal, 55);	/* the stronger one each time */
}

/* -41 … -60, once each: the tenth percentile (nearest rank) is -59. */
static void test_signal(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		hear(1, -60 + i);
		/* heard too seldom, so its weakness does not count */
		if (i == 0)
			hear(2, -95);
		kb_learn_survey(learn);
	}
	assert_int_equal(result().signal, 64);
}

static void test_signal_bounds(void **state)
{
	(void)state;
	hear(1, -99);
	kb_learn_survey(learn);
	assert_int_equal(result().signal, 100);
	kb_learn_free(learn);
	learn = kb_learn_new();
	hear(1, -3);
	kb_learn_survey(learn);
	assert_int_equal(result().signal, 20);
}

static void test_count(void **state)
{
	static const struct {
		u8 kept, count;
	} rows[] = { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 3 }, { 5, 3 }, { 6, 4 }, { 10, 6 }, { 11, 7 } };
	size_t i;
	u8 k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kb_learn_free(learn);
		learn = kb_learn_new();
		for (k = 0; k < rows[i].kept; k++)
			hear(k, -50);
		kb_learn_survey(learn);
		assert_int_equal(result().kept, rows[i].kept);
		assert_int_equal(result().count, rows[i].count);
	}
}

static void test_full(void **state)
{
	struct kb_bss bss = { .signal = -50 };
	u32 i;

	(void)state;
	for (i = 0; i < KB_BSS_MAX; i++) {
		bss.bssid[4] = (u8)(i >> 8);
		bss.bssid[5] = (u8)i;
		assert_int_equal(kb_learn_bss(learn, &bss), 0);
	}
	bss.bssid[0] = 2;
	assert_int_equal(kb_learn_bss(learn, &bss), -ENOSPC);
	kb_learn_survey(learn);
	/* as many as one piece of evidence may name */
	assert_int_equal(result().kept, KB_BSSIDS_MAX);
}

/* A dock stays; a stick that was plugged for a moment does not make the place. */
static void test_usb(void **state)
{
	char yaml[4096];
	int i;

	(void)state;
	for (i = 0; i < 4; i++) {
		kb_learn_usb(learn, 0x17ef, 0x3082, "A1", "Lenovo Dock");
		if (i == 2)
			kb_learn_usb(learn, 0x0781, 0x5583, "S", "Stick");
		kb_learn_look(learn);
	}
	assert_int_equal(result().docks, 1);
	text("z", yaml, sizeof(yaml));
	assert_non_null(strstr(yaml, "usb: \"17ef:3082\""));
	assert_null(strstr(yaml, "0781:5583"));
}

static void test_lldp(void **state)
{
	char yaml[4096];

	(void)state;
	kb_learn_lldp(learn, "02:00:5e:00:00:01", "Gi1/0/1");
	kb_learn_lldp(learn, "02:00:5e:00:00:02", "Gi1/0/9");
	kb_learn_lldp(learn, "02:00:5e:00:00:01", "Gi1/0/2");
	kb_learn_lldp(learn, "02:00:5e:00:00:01", "Gi1/0/1");
	assert_int_equal(result().ports, 3);
	text("z", yaml, sizeof(yaml));
	/* one piece a switch, its ports together */
	assert_non_null(strstr(yaml, "chassis: \"02:00:5e:00:00:01\"\n          port:\n"
				     "            - \"Gi1/0/1\"\n            - \"Gi1/0/2\"\n"));
	assert_non_null(strstr(yaml, "chassis: \"02:00:5e:00:00:02\"\n          port:\n            - \"Gi1/0/9\"\n"));
}

static const char head[] =
	"kidoban: 1\n"
	"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2099-01-01}\n"
	"mode: {media: enforce, path: enforce, link: enforce, place: audit}\n"
	"media: {rules: [{allow: {class: [hub, keyboard, mouse]}}]}\n"
	"link: {rules: [{allow: {name: lan, kind: ethernet}}]}\n"
	"networks: {mynumber: [10.20.0.0/16]}\n"
	"paths: {protected: [mynumber], allow: [{name: p, to: [10.20.1.10], service: rdp, zone: [z]}]}\n";

/* What it writes is policy: it compiles once the cryptographic piece is added. */
static void test_is_policy(void **state)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	char yaml[8192], whole[16384], *at;
	void *blob = NULL;
	size_t len;
	int i, r;

	(void)state;
	for (i = 0; i < 6; i++) {
		hear(1, -50);
		hear(2, -55);
		hear(3, -60);
		hear(4, -65);
		kb_learn_survey(learn);
		kb_learn_usb(learn, 0x17ef, 0x3082, "A \"1\"", "Dock: # not a comment");
		kb_learn_gateway(learn, (const u8[6]){ 2, 0, 0x5e, 0, 1, 0x0a });
		kb_learn_look(learn);
	}
	kb_learn_lldp(learn, "02:00:5e:00:00:01", "Gi1/0/1");
	text("z", yaml, sizeof(yaml));
	at = strstr(yaml, "      # - beacon:");
	assert_non_null(at);
	snprintf(whole, sizeof(whole), "%s%.*s"
		 "      - beacon: {name: b, key: \"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a\", host: 10.20.0.5}\n%s",
		 head, (int)(at - yaml), yaml, at);
	r = kb_text_compile(whole, strlen(whole), 1795000000, &diags, &blob, &len);
	if (r) {
		kb_diags_write(&diags, "learned", stderr);
		fail_msg("%s", whole);
	}
	free(blob);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_share, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_twice_in_one_survey, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signal_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_usb, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lldp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_is_policy, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
