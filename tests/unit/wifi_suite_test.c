// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of suites: one for each, the same in policies and in what people read (W1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "policy/suite.h"
#include "policy/wifi_words.h"

static void try_names(const char *(*name_of)(unsigned int), u32 (*from_name)(const char *))
{
	unsigned int n, named = 0;

	for (n = 0; n <= KB_SUITE_MAX; n++) {
		if (!name_of(n))
			continue;
		named++;
		assert_int_equal(from_name(name_of(n)), KB_SUITE(n));
	}
	assert_true(named > 10);
	assert_null(name_of(KB_SUITE_MAX));
	assert_null(name_of(KB_SUITE_MAX + 1));
	assert_null(name_of(4000000000u));
	assert_int_equal(from_name(""), 0);
	assert_int_equal(from_name("wpa"), 0);
}

static void test_names(void **state)
{
	(void)state;
	try_names(kb_akm_name, kb_akm_from_name);
	try_names(kb_cipher_name, kb_cipher_from_name);
}

/* The words of the language are the names that differences are told with. */
static void test_same_as_policy(void **state)
{
	const struct kb_word *w;

	(void)state;
	for (w = kb_words_akm; w->name; w++)
		assert_int_equal(kb_akm_from_name(w->name), w->value);
	for (w = kb_words_cipher; w->name; w++)
		assert_int_equal(kb_cipher_from_name(w->name), w->value);
	for (w = kb_words_group_mgmt; w->name; w++)
		assert_int_equal(kb_cipher_from_name(w->name), w->value);
}

static void test_text(void **state)
{
	char text[512], small[8];

	(void)state;
	kb_akms_text(KB_AKM_8021X | KB_AKM_SUITE_B_192, text, sizeof(text));
	assert_string_equal(text, "wpa2-eap, wpa3-eap-192");
	kb_ciphers_text(KB_CIPHER_CCMP | KB_SUITE(31), text, sizeof(text));
	assert_string_equal(text, "ccmp, suite 31");
	kb_ciphers_text(0, text, sizeof(text));
	assert_string_equal(text, "");
	kb_akms_text(0xffffffff, small, sizeof(small));
	assert_string_equal(small, "suite 0");
	kb_akms_text(0xffffffff, text, sizeof(text));
	assert_non_null(strstr(text, "ft-sae-ext-key, suite 26"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_same_as_policy),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
