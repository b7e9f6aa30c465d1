// SPDX-License-Identifier: GPL-2.0-or-later
/* The same findings in English and Japanese. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/expect.h"
#include "policy/i18n.h"
#include "policy/schema.h"
#include "policy/text.h"

#ifndef KB_TEST_LOCALE
#define KB_TEST_LOCALE "build/locale"
#endif

#define NOW	1795000000
#define POLICY	"kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n"

/* C.UTF-8 is on every system; LANGUAGE chooses the catalogue. */
static void speak(const char *language)
{
	setenv("LANGUAGE", language, 1);
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	bindtextdomain("kidoban", KB_TEST_LOCALE);
	bind_textdomain_codeset("kidoban", "UTF-8");
}

static void assert_says(const char *text, const char *wanted)
{
	struct kb_diags diags = { 0 };
	char *printed;
	size_t len;
	void *blob;
	FILE *out;

	if (!kb_text_compile(text, strlen(text), NOW, &diags, &blob, &len))
		free(blob);
	out = open_memstream(&printed, &len);
	kb_diags_write(&diags, "f.yaml", out);
	fclose(out);
	assert_string_equal(printed, wanted);
	free(printed);
	kb_diags_done(&diags);
}

#define TYPO	POLICY "mode: {media: enforced}\nmedai: {}\nmedia: {default: allow}\n"
#define MUTE	POLICY "mode: {media: enforce}\nmedia: {}\n"
#define TAB	"kidoban: 1\n\tpolicy: 1\n"
#define ORDER	POLICY "mode: {media: audit}\nmedia: {rules: [{refuse: {usb: x}}]}\n"

static void speaks_english(void **state)
{
	(void)state;
	speak("en");
	assert_says(TYPO, "f.yaml:3:15: error: 'enforced' is not known for 'media'; did you mean 'enforce'?\n"
			  "f.yaml:4:1: error: unknown key 'medai'; did you mean 'media'?\n");
	assert_says(MUTE, "f.yaml:4:8: error: no USB keyboard would work; allow one, for example '- allow: {class: [keyboard]}'\n");
	assert_says(ORDER, "f.yaml:4:32: error: 'x' is not a valid vendor:product for 'usb'; write it like \"0781:5583\"\n");
}

/* First line of the findings, in the language of the moment. */
static void first_line(const char *text, char *ret, size_t size)
{
	struct kb_diags diags = { 0 };
	const struct kb_diag *diag;
	size_t len;
	void *blob;

	if (!kb_text_compile(text, strlen(text), NOW, &diags, &blob, &len))
		free(blob);
	diag = diags.first;
	assert_non_null(diag);
	snprintf(ret, size, "%u:%u %s: %s", diag->line, diag->column,
		 kb_diag_level_name(diag->level), diag->text);
	kb_diags_done(&diags);
}

/* True when @text has kana (U+3040..30BF), which no other language's sentence has. */
static bool has_kana(const char *text)
{
	for (; *text; text++)
		if (!strncmp(text, "\xe3\x81", 2) || !strncmp(text, "\xe3\x82", 2))
			return true;
	return false;
}

/*
 * The sentences are the catalogue's; place, names and examples in them are
 * those of the English ones, whatever the order.
 */
static void speaks_japanese(void **state)
{
	static const struct {
		const char *text, *place, *words[3];
	} cases[] = {
		{ TYPO, "3:15 ", { "enforced", "media", "enforce" } },
		{ MUTE, "4:8 ", { "- allow: {class: [keyboard]}", "USB", "" } },
		{ TAB, "2:1 ", { "", "", "" } },
		{ ORDER, "4:32 ", { "x", "usb", "\"0781:5583\"" } },
	};
	char line[500];
	size_t i, k;

	(void)state;
	speak("ja");
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		first_line(cases[i].text, line, sizeof(line));
		if (strncmp(line, cases[i].place, strlen(cases[i].place)) || !has_kana(line))
			fail_msg("%s", line);
		for (k = 0; k < 3; k++)
			if (!strstr(line, cases[i].words[k]))
				fail_msg("no \"%s\" in: %s", cases[i].words[k], line);
	}
}

static bool translated(const char *text)
{
	bool is = strcmp(_(text), text);

	if (!is)
		print_error("not translated: %s\n", text);
	return is;
}

static unsigned int untranslated_keys(const struct kb_key *keys)
{
	const struct kb_word *word;
	unsigned int n = 0;

	for (; keys->name; keys++) {
		if (keys->type == KB_TYPE_RESERVED)
			continue;
		n += !translated(keys->text) + !translated(kb_type_infos[keys->type].noun);
		for (word = keys->words; word && word->name; word++)
			n += !translated(word->text);
		if (keys->keys)
			n += untranslated_keys(keys->keys);
	}
	return n;
}

/* The manual has no English left in its Japanese edition. */
static void table_is_translated(void **state)
{
	(void)state;
	speak("ja");
	assert_int_equal(untranslated_keys(kb_schema_policy), 0);
	assert_int_equal(untranslated_keys(kb_schema_expectations), 0);
}

/* What every key needs for the manual and the messages. */
static unsigned int bad_keys(const struct kb_key *keys)
{
	unsigned int n = 0;

	for (; keys->name; keys++) {
		if (keys->type == KB_TYPE_RESERVED)
			continue;
		if (!keys->text || !keys->example || (keys->flags & KB_KEY_NEEDED && keys->fallback)) {
			print_error("incomplete: %s\n", keys->name);
			n++;
		}
		if (keys->keys)
			n += bad_keys(keys->keys);
	}
	return n;
}

static void table_is_complete(void **state)
{
	(void)state;
	assert_int_equal(bad_keys(kb_schema_policy), 0);
	assert_int_equal(bad_keys(kb_schema_expectations), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_english),
		cmocka_unit_test(speaks_japanese),
		cmocka_unit_test(table_is_translated),
		cmocka_unit_test(table_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
