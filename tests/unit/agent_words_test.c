// SPDX-License-Identifier: GPL-2.0-or-later
/* What devices say about themselves must not drive a terminal; columns must line up. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/cli/table.h"
#include "agent/refusal.h"
#include "agent/words.h"

static void test_printable(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "SanDisk", "SanDisk" },
		{ "", "" },
		{ "納付書用-01", "納付書用-01" },
		{ "\x1b[2J", "\\x1b[2J" },
		{ "a\nb\rc\td", "a\\x0ab\\x0dc\\x09d" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b" "31m", "\\xc2\\x9b31m" },
		/* right-to-left override, line separator: text that reads as another */
		{ "a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xe3\x81", "\\xe3\\x81" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xc0\xaf", "\\xc0\\xaf" },
	};
	char out[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		kb_printable(texts[i].in, out, sizeof(out));
		assert_string_equal(out, texts[i].out);
	}
}

/* However small the room, it ends in a NUL and in a whole character. */
static void test_printable_room(void **state)
{
	static const char text[] = "\x1b木戸番\x1b木戸番";
	char *out;
	size_t size;

	(void)state;
	for (size = 1; size < 60; size++) {
		out = malloc(size);
		memset(out, 'x', size);
		kb_printable(text, out, size);
		assert_non_null(memchr(out, '\0', size));
		if (strlen(out) >= 4)
			assert_memory_equal(out, "\\x1b", 4);
		assert_true(mbstowcs(NULL, out, 0) != (size_t)-1);
		free(out);
	}
}

static void test_event_texts(void **state)
{
	struct kb_record r;
	char text[2048], small[8];
	int event, mode, action;

	(void)state;
	for (event = 0; event <= KB_EVENT_MAX + 1; event++)
		for (mode = 0; mode < KB_GATE_MODE_MAX; mode++)
			for (action = 0; action < KB_ACTION_MAX; action++) {
				r = (struct kb_record){ .event = (u8)event, .mode = (u8)mode,
							.action = (u8)action, .reason = 200 };
				memset(r.label, 0xff, sizeof(r.label) - 1);
				memset(r.driver, 0x1b, sizeof(r.driver) - 1);
				memset(r.text, 0x1b, sizeof(r.text) - 1);
				text[0] = '\0';
				kb_event_text(&r, text, sizeof(text));
				assert_true(text[0] != '\0');
				assert_null(strchr(text, 0x1b));
				kb_event_text(&r, small, sizeof(small));
				assert_true(strlen(small) < sizeof(small));
			}
	r = (struct kb_record){ .event = KB_EVENT_VERDICT, .action = KB_ACTION_REFUSE,
				.mode = KB_GATE_AUDIT };
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "would refuse"));
}

static void test_override_texts(void **state)
{
	struct kb_record r = { .event = KB_EVENT_OVERRIDE, .mode = KB_GATE_ENFORCE,
			       .device = "1-2", .driver = "usbfs" };
	char text[2048];

	(void)state;
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "with driver usbfs; closed again"));
	strcpy(r.driver, "sysfs");
	kb_event_text(&r, text, sizeof(text));
	assert_non_null(strstr(text, "\"authorized\"; it stays closed"));
	/* audit closes nothing, and must not say so */
	strcpy(r.driver, "usb-storage");
	r.mode = KB_GATE_AUDIT;
	kb_event_text(&r, text, sizeof(text));
	assert_null(strstr(text, "closed"));
	assert_non_null(strstr(text, "driver usb-storage took 1-2"));
}

static void test_classes(void **state)
{
	char text[256], small[9];

	(void)state;
	kb_classes_text(0, text, sizeof(text));
	assert_string_equal(text, "-");
	kb_classes_text(KB_CLASS_BIT(KB_CLASS_STORAGE) | KB_CLASS_BIT(KB_CLASS_KEYBOARD), text,
			sizeof(text));
	assert_string_equal(text, "storage,keyboard");
	kb_classes_text(0xffffffff, small, sizeof(small));
	assert_int_equal(strlen(small), 8);
}

static void test_width(void **state)
{
	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	assert_int_equal(kb_text_width("abc"), 3);
	assert_int_equal(kb_text_width("木戸番"), 6);
	assert_int_equal(kb_text_width("ｶﾅ"), 2);
	assert_int_equal(kb_text_width("\xff"), 1);
	assert_int_equal(kb_text_width("e\xcc\x81"), 1);	/* combining accent */
}

static void test_table(void **state)
{
	struct kb_table table = { .columns = 3 };
	char *out = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&out, &len);
	static const char *const cells[] = { "NAME", "V", "X", "木戸番", "allowed", "1", "a", "-", "2" };
	size_t i;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (i = 0; i < ARRAY_SIZE(cells); i++)
		assert_int_equal(kb_table_add(&table, cells[i]), 0);
	kb_table_print(&table, file);
	fclose(file);
	assert_string_equal(out, "NAME    V        X\n"
				 "木戸番  allowed  1\n"
				 "a       -        2\n");
	kb_table_done(&table);
	free(out);
}

/* What is no sentence of the kernel's is copied; its seconds become dates. */
static void test_refusals(void **state)
{
	static const struct {
		const char *in, *out;
	} texts[] = {
		{ "", "" },
		{ "no such sentence", "no such sentence" },
		{ "expired at x, it is 3", "expired at x, it is 3" },
		{ "made for group g", "made for group g" },
		{ "expired at 1774969200, it is 1795151254",
		  "expired at 2026-04-01 00:00, it is 2026-11-20 14:07 (Japan time)" },
		{ "not valid before 1774969200, it is 0",
		  "not valid before 2026-04-01 00:00, it is 1970-01-01 09:00 (Japan time)" },
		{ "expired at 18446744073709551615, it is 1795151254",
		  "expired at 18446744073709551615, it is 2026-11-20 14:07 (Japan time)" },
		{ "made for group a, b, this terminal is in c",
		  "made for group a, b, this terminal is in c" },
		{ "trust is sealed already", "trust is sealed already" },
	};
	char out[128];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		kb_refusal_text(texts[i].in, out, sizeof(out));
		assert_string_equal(out, texts[i].out);
	}
	kb_refusal_text("trust is sealed already", out, 6);
	assert_string_equal(out, "trust");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_printable), cmocka_unit_test(test_printable_room),
		cmocka_unit_test(test_event_texts), cmocka_unit_test(test_override_texts),
		cmocka_unit_test(test_classes), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_width), cmocka_unit_test(test_table),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("agent_words", tests, NULL, NULL);
}
