// SPDX-License-Identifier: GPL-2.0-or-later
/* Blobs cut, mutated and as large as they may be. */
#include <kidoban/policy.h>

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

#include "blob_make.h"

/* Parses a copy of exactly that size, so that a byte read too far is seen. */
static int parse(const u8 *bytes, size_t len)
{
	struct kb_policy *p = NULL;
	u8 *copy = malloc(len ? len : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	err = kb_policy_parse(copy, len, &p, NULL);
	free(copy);
	kb_policy_free(p);
	return err;
}

static void test_every_truncation_is_refused(void **state)
{
	struct blob_make b;
	size_t len, whole = 0;

	(void)state;
	blob_make_example(&b);
	for (len = 0; len < b.len; len++)
		whole += !parse(b.bytes, len);
	/* only where a rule ends, the rest is a policy with fewer rules */
	assert_int_equal(whole, 3);
	blob_make_free(&b);
}

/* What a policy promises its readers, whatever bytes it was made of. */
static void check_consistent(const struct kb_policy *p)
{
	u32 i, k;

	assert_true(strlen(p->header.municipality) <= KB_MUNICIPALITY_MAX);
	assert_true(*p->header.municipality);
	assert_true(strlen(p->header.group) <= KB_GROUP_MAX);
	assert_true(p->header.serial > 0);
	assert_true(p->header.min_module <= KB_MODULE_LEVEL);
	assert_in_range(p->media_mode, 0, KB_GATE_MODE_MAX - 1);
	assert_in_range(p->media_default, 0, KB_ACTION_MAX - 1);
	assert_true(p->n_rules <= KB_RULES_MAX);
	for (i = 0; i < p->n_rules; i++) {
		const struct kb_usb_rule *rule = &p->rules[i];

		assert_in_range(rule->action, 0, KB_ACTION_MAX - 1);
		assert_false((rule->classes | rule->has) & ~KB_CLASS_ALL);
		for (k = 0; k < rule->n_serials; k++)
			assert_in_range(strlen(rule->serials[k]), 1, KB_USB_SERIAL_MAX);
		for (k = 0; k < rule->n_ports; k++)
			assert_in_range(strlen(rule->ports[k]), 1, KB_USB_PORT_MAX);
		for (k = 0; k < rule->n_ids; k++)
			assert_false(rule->ids[k].vendor & ~rule->ids[k].vendor_mask);
		for (k = 0; k < rule->n_counts; k++)
			assert_true(rule->counts[k].min <= rule->counts[k].max);
	}
}

/* Every byte exchanged for every other: refused, or a policy that keeps its promises. */
static void test_every_byte_mutated(void **state)
{
	size_t at, accepted = 0, refused = 0;
	struct kb_blob_error error;
	struct blob_make b;
	int flip;

	(void)state;
	blob_make_example(&b);
	for (at = 0; at < b.len; at++) {
		for (flip = 1; flip < 256; flip++) {
			struct kb_policy *p = NULL;
			int err;

			b.bytes[at] ^= (u8)flip;
			err = kb_policy_parse(b.bytes, b.len, &p, &error);
			b.bytes[at] ^= (u8)flip;
			if (err) {
				assert_true(err == -EBADMSG || err == -EPROTONOSUPPORT);
				assert_true(error.text[0] && strlen(error.text) < sizeof(error.text));
				assert_true(error.offset <= b.len);
				refused++;
				continue;
			}
			check_consistent(p);
			kb_policy_free(p);
			accepted++;
		}
	}
	assert_true(refused > accepted);
	blob_make_free(&b);
}

static void test_exact_limits(void **state)
{
	char serial[KB_USB_SERIAL_MAX + 1];
	struct kb_policy *p;
	struct blob_make b;
	size_t nest;
	int i;

	(void)state;
	memset(serial, 'x', KB_USB_SERIAL_MAX);
	serial[KB_USB_SERIAL_MAX] = '\0';
	blob_make_head(&b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(&b, KB_ACTION_REFUSE);
	nest = blob_make_rule(&b, KB_ACTION_ALLOW, ~0u);
	for (i = 0; i < KB_RULE_LIST_MAX; i++) {
		blob_make_attr(&b, KB_RULE_USB, "\0\0\0\0\0\0\0", 8);
		blob_make_string(&b, KB_RULE_SERIAL, serial);
		blob_make_attr(&b, KB_RULE_COUNT, "\0\0\1", 4);
	}
	blob_make_close(&b, nest);
	p = blob_make_parse(&b);
	assert_int_equal(p->rules[0].line, ~0u);
	assert_int_equal(p->rules[0].n_serials, KB_RULE_LIST_MAX);
	assert_string_equal(p->rules[0].serials[KB_RULE_LIST_MAX - 1], serial);
	kb_policy_free(p);
	blob_make_free(&b);
}

/* 4,096 rules parse, and in no time worth speaking of. */
static void test_most_rules(void **state)
{
	struct timespec start, end;
	struct kb_policy *p;
	struct blob_make b;

	(void)state;
	blob_make_rules(&b, KB_RULES_MAX);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	p = blob_make_parse(&b);
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
	assert_int_equal(p->n_rules, KB_RULES_MAX);
	assert_int_equal(p->rules[KB_RULES_MAX - 1].line, KB_RULES_MAX - 1);
	assert_true((end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000 < 250);
	kb_policy_free(p);
	blob_make_free(&b);
}

/* Exactly 1 MiB of rules with everything in them; the next byte is too much. */
static void test_largest(void **state)
{
	char tell[KB_TELL_MAX + 1] = "";
	struct kb_blob_error error;
	struct kb_policy *p;
	struct blob_make b;
	size_t nest, i;

	(void)state;
	blob_make_example(&b);
	for (i = 0; i < 3000; i++)
		blob_make_full_rule(&b, 1);
	memset(tell, 'x', KB_TELL_MAX);
	while (b.len + 1100 <= KB_BLOB_MAX) {
		nest = blob_make_rule(&b, KB_ACTION_ALLOW, 1);
		blob_make_string(&b, KB_RULE_TELL, tell);
		blob_make_close(&b, nest);
	}
	while (b.len + KB_TELL_MAX <= KB_BLOB_MAX)
		blob_make_close(&b, blob_make_rule(&b, KB_ACTION_ALLOW, 1));
	nest = blob_make_rule(&b, KB_ACTION_ALLOW, 1);
	tell[KB_BLOB_MAX - b.len - sizeof(struct kb_attr_header) - 1] = '\0';
	blob_make_string(&b, KB_RULE_TELL, tell);
	blob_make_close(&b, nest);
	assert_int_equal(b.len, KB_BLOB_MAX);
	p = blob_make_parse(&b);
	assert_true(p->n_rules > 3000);
	check_consistent(p);
	kb_policy_free(p);
	blob_make_attr(&b, 0, NULL, 0);
	assert_int_equal(kb_policy_parse(b.bytes, KB_BLOB_MAX + 1, &p, &error), -EMSGSIZE);
	assert_int_equal(error.offset, KB_BLOB_MAX);
	blob_make_free(&b);
}

/* The linker sends every calloc() here (module.mk). */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static bool no_memory;
/* When set, the bytes that parse() was given turn into these between its passes. */
static const struct blob_make *turn_into;
static u8 *turned;

void *__wrap_calloc(size_t n, size_t size)
{
	if (turn_into)
		memcpy(turned, turn_into->bytes, turn_into->len);
	return no_memory ? NULL : __real_calloc(n, size);
}

static void test_no_memory(void **state)
{
	struct kb_policy *untouched = (void *)0x1234;
	struct kb_policy *p = untouched;
	struct kb_blob_error error;
	struct blob_make b;
	int err;

	(void)state;
	blob_make_example(&b);
	no_memory = true;
	err = kb_policy_parse(b.bytes, b.len, &p, &error);
	no_memory = false;
	assert_int_equal(err, -ENOMEM);
	assert_ptr_equal(p, untouched);
	assert_string_equal(error.text, "byte 0: no memory for 3 rules");
	blob_make_free(&b);
}

/* One rule with one attribute more than the needed ones; type 0: a second rule instead. */
static void make_extra(struct blob_make *b, u16 type, const void *payload, size_t len)
{
	size_t nest;

	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	nest = blob_make_rule(b, KB_ACTION_ALLOW, 1);
	if (type)
		blob_make_attr(b, type, payload, len);
	blob_make_close(b, nest);
	if (!type)
		blob_make_close(b, blob_make_rule(b, KB_ACTION_ALLOW, 2));
}

/* The first pass counts a label, the second finds a list entry that has no room. */
static void test_changed_between_passes(void **state)
{
	static const struct {
		u16 type;
		const char *payload;
		size_t len;
	} extras[] = {
		{ KB_RULE_USB, "\0\0\0\0\0\0\0", 8 }, { KB_RULE_SERIAL, "abcdefg", 8 },
		{ KB_RULE_PORT, "abcdefg", 8 },	       { KB_RULE_INTERFACE, "\0\0\0", 4 },
		{ KB_RULE_COUNT, "\0\0\1", 4 },	       { 0, "", 16 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(extras); i++) {
		struct kb_policy *p = NULL;
		struct blob_make before, after;
		struct kb_blob_error error;
		int err;

		make_extra(&before, KB_RULE_LABEL, "xxxxxxxxxxxxxxx" + 16 - extras[i].len,
			   extras[i].len);
		make_extra(&after, extras[i].type, extras[i].payload, extras[i].len);
		assert_int_equal(before.len, after.len);
		turned = before.bytes;
		turn_into = &after;
		err = kb_policy_parse(before.bytes, before.len, &p, &error);
		turn_into = NULL;
		assert_int_equal(err, -EBADMSG);
		assert_non_null(strstr(error.text, "changed while read"));
		assert_null(p);
		blob_make_free(&before);
		blob_make_free(&after);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_truncation_is_refused),
		cmocka_unit_test(test_every_byte_mutated),
		cmocka_unit_test(test_exact_limits),
		cmocka_unit_test(test_most_rules),
		cmocka_unit_test(test_largest),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_changed_between_passes),
	};

	return cmocka_run_group_tests_name("core_blob_bounds", tests, NULL, NULL);
}
