// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that go on into other programs' configuration, names of switch ports, words of Wi-Fi. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "policy/file_name.h"
#include "policy/lldp_port.h"
#include "policy/wifi_words.h"

#define TEN(x)	x x x x x x x x x x

static void refuses_files(void **state)
{
	static const char *const bad[] = { "", "/", "ca.pem", "./ca", "/a/", "//a", "/a//b", "/.", "/..", "/a/../b",
					   "/a/./b", "/a\nb", "/a\"b", "/a'b", "/a\\b", "/a\tb", "/a\177" };
	static const char *const good[] = { "/a", "/a/b", "/...", "/.a", "/a..", "/\u8a3c\u660e\u66f8/ca.pem", "/a b" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (kb_file_name_valid(bad[i]))
			fail_msg("taken: %s", bad[i]);
	for (i = 0; i < ARRAY_SIZE(good); i++)
		if (!kb_file_name_valid(good[i]))
			fail_msg("refused: %s", good[i]);
}

static void refuses_tokens(void **state)
{
	(void)state;
	assert_false(kb_pkcs11_uri_valid("pkcs11:"));
	assert_false(kb_pkcs11_uri_valid("pkcs12:object=a"));
	assert_false(kb_pkcs11_uri_valid("PKCS11:object=a"));
	assert_false(kb_pkcs11_uri_valid("pkcs11:object=a b"));
	/* a policy is read by many: no place for the number that opens the token */
	assert_false(kb_pkcs11_uri_valid("pkcs11:object=a?pin-value=1234"));
	assert_false(kb_pkcs11_uri_valid("pkcs11:object=a?module-name=x&pin-value=1234"));
	assert_false(kb_pkcs11_uri_valid("pkcs11:object=a\"b"));
	assert_false(kb_pkcs11_uri_valid("pkcs11:object=\u8a3c"));
	assert_false(kb_pkcs11_uri_valid("/etc/pkcs11:a"));
	assert_true(kb_pkcs11_uri_valid("pkcs11:token=City%20CA;object=a;type=private?pin-source=/run/pin"));
}

static void refuses_hosts(void **state)
{
	static const char sixty_three[] = TEN("abcdef") "abc";
	char name[300];

	(void)state;
	assert_false(kb_host_name_valid(""));
	assert_false(kb_host_name_valid("."));
	assert_false(kb_host_name_valid("a."));
	assert_false(kb_host_name_valid(".a"));
	assert_false(kb_host_name_valid("a..b"));
	assert_false(kb_host_name_valid("-a"));
	assert_false(kb_host_name_valid("a-.b"));
	assert_false(kb_host_name_valid("*.a"));
	assert_false(kb_host_name_valid("a b"));
	assert_false(kb_host_name_valid("a;b"));
	assert_false(kb_host_name_valid("\u753a.example"));
	assert_true(kb_host_name_valid("a"));
	assert_true(kb_host_name_valid("Radius-1.city.example"));
	assert_true(kb_host_name_valid(sixty_three));
	snprintf(name, sizeof(name), "%sd", sixty_three);
	assert_false(kb_host_name_valid(name));
	/* 253 bytes are the most: three labels of 63 and one of 61, with their dots */
	snprintf(name, sizeof(name), "%s.%s.%s.%.61s", sixty_three, sixty_three, sixty_three, sixty_three);
	assert_int_equal(strlen(name), KB_HOST_NAME_MAX);
	assert_true(kb_host_name_valid(name));
	snprintf(name, sizeof(name), "%s.%s.%s.%.62s", sixty_three, sixty_three, sixty_three, sixty_three);
	assert_false(kb_host_name_valid(name));
}

static void refuses_ports(void **state)
{
	static const char *const bad[] = { "", "a[", "a]", "a[]", "a[1]", "a[1-]", "a[-1]", "a[2-1]", "a[01-2]", "a[1-02]",
					   "a[1-2", "a[1-2]b", "a[1-2][3-4]", "a[1--2]", "a[ 1-2]", "a[1-1000000]", "[[1-2]" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (kb_lldp_port_valid(bad[i]))
			fail_msg("taken: %s", bad[i]);
	assert_true(kb_lldp_port_valid("Gi1/0/48"));
	assert_true(kb_lldp_port_valid("[0-0]"));
	assert_true(kb_lldp_port_valid("ge-0/0/[0-999999]"));
}

static void matches_ports(void **state)
{
	(void)state;
	assert_true(kb_lldp_port_match("Gi1/0/48", "Gi1/0/48"));
	assert_false(kb_lldp_port_match("Gi1/0/4", "Gi1/0/48"));
	assert_false(kb_lldp_port_match("Gi1/0/48", "gi1/0/48"));
	assert_true(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/1"));
	assert_true(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/24"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/0"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/25"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/01"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/1.5"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/1 "));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi2/0/1"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/99999999999999999991"));
	assert_false(kb_lldp_port_match("Gi1/0/[1-24]", "Gi1/0/[1-24]"));
	assert_true(kb_lldp_port_match("[1-2]", "2"));
}

static void names_bands(void **state)
{
	char text[32], small[4];

	(void)state;
	kb_band_words(0, text, sizeof(text));
	assert_string_equal(text, "");
	kb_band_words(KB_BAND_ALL, text, sizeof(text));
	assert_string_equal(text, "2.4, 5, 6");
	kb_band_words(KB_BAND_6GHZ | 8, text, sizeof(text));
	assert_string_equal(text, "6");
	kb_band_words(KB_BAND_ALL, small, sizeof(small));
	assert_string_equal(small, "2.4");
	kb_band_words(KB_BAND_ALL, small, 0);
	assert_string_equal(kb_word_of(kb_words_akm, KB_AKM_SAE), "sae");
	assert_null(kb_word_of(kb_words_akm, KB_AKM_OWE));
	assert_string_equal(kb_word_of(kb_words_supplicant, KB_SUPPLICANT_WPA), "wpa_supplicant");
}

/* Every word stands for one bit or member, and nothing that is let in lacks a word. */
static void words_are_complete(void **state)
{
	static const struct {
		const struct kb_word *words;
		u32 all;
	} masks[] = { { kb_words_akm, KB_AKM_KNOWN }, { kb_words_cipher, KB_CIPHER_STRONG },
		      { kb_words_group_mgmt, KB_CIPHER_BIP }, { kb_words_band, KB_BAND_ALL } };
	const struct kb_word *word;
	size_t i;
	u32 seen;
	int k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(masks); i++) {
		seen = 0;
		for (word = masks[i].words; word->name; word++) {
			assert_int_equal(word->value & (word->value - 1), 0);
			assert_false(seen & (u32)word->value);
			seen |= word->value;
		}
		assert_int_equal(seen, masks[i].all);
	}
	for (k = 0; k < KB_SUPPLICANT_MAX; k++)
		assert_non_null(kb_word_of(kb_words_supplicant, k));
	for (k = 0; k < KB_PMF_MAX; k++)
		assert_non_null(kb_word_of(kb_words_pmf, k));
	for (k = 0; k < KB_EAP_MAX; k++)
		assert_non_null(kb_word_of(kb_words_eap, k));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_files),
		cmocka_unit_test(refuses_tokens),
		cmocka_unit_test(refuses_hosts),
		cmocka_unit_test(refuses_ports),
		cmocka_unit_test(matches_ports),
		cmocka_unit_test(names_bands),
		cmocka_unit_test(words_are_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
