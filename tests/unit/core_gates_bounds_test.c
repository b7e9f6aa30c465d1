// SPDX-License-Identifier: GPL-2.0-or-later
/* The blob's sections of link gate and path gate: as much as may be, no memory, changing bytes. */
#include <kidoban/policy.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "../../kmod/tests/blob_gates.h"
#include "blob_make.h"

/* Parses a copy of exactly that size, so that a byte read too far is seen. */
static int parse(const u8 *bytes, size_t len, struct kb_policy **ret, struct kb_blob_error *error)
{
	u8 *copy = malloc(len);
	int err;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	err = kb_policy_parse(copy, len, ret, error);
	memset(copy, 0xa5, len);
	free(copy);
	return err;
}

/* Parses @m's bytes; 0 and nothing else when they are refused for having too many of something. */
static bool too_many(struct kb_maker *m, const char *text)
{
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	int err;

	assert_false(m->overflow);
	err = parse(m->buf, m->len, &policy, &error);
	kb_policy_free(policy);
	if (!err)
		return false;
	assert_int_equal(err, -EBADMSG);
	if (!strstr(error.text, text))
		fail_msg("\"%s\" lacks \"%s\"", error.text, text);
	return true;
}

static void make_many(struct kb_maker *m, u16 section, u32 n)
{
	char name[16];
	u32 i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		if (section == KB_BLOB_LINK_RULE)
			kb_make_close(m, open_link_rule(m));
		else if (section == KB_BLOB_PATH_RULE)
			kb_make_close(m, open_path_rule(m, KB_PATH_PEER));
		else if (section == KB_BLOB_SCHEDULE)
			hours(m, OFFICE, 6);
		else
			named(m, section, name);
		if (section == KB_BLOB_NETWORK)
			prefixes(m, i, KB_PREFIXES_V4, "\xa\x14\0\0\x10\0\0\0", 8);
	}
}

static void test_most_of_each(void **state)
{
	static const struct {
		u16 section;
		u32 max;
		const char *text;
	} most[] = {
		{ KB_BLOB_LINK_RULE, KB_LINK_RULES_MAX, "more than 256 attributes link rule" },
		{ KB_BLOB_NETWORK, KB_NETWORKS_MAX, "more than 256 attributes network" },
		{ KB_BLOB_PROFILE, KB_PROFILES_MAX, "more than 256 attributes profile" },
		{ KB_BLOB_ZONE, KB_ZONES_MAX, "more than 256 attributes zone" },
		{ KB_BLOB_SCHEDULE, KB_SCHEDULES_MAX, "more than 64 attributes schedule" },
		{ KB_BLOB_PATH_RULE, KB_PATH_RULES_MAX, "more than 1024 attributes path rule" },
	};
	u8 *buf = malloc(KB_BLOB_MAX);
	struct kb_maker m;
	u32 i, over;

	(void)state;
	assert_non_null(buf);
	for (i = 0; i < ARRAY_SIZE(most); i++) {
		for (over = 0; over < 2; over++) {
			kb_make_begin(&m, buf, KB_BLOB_MAX);
			gate_modes(&m, KB_GATE_ENFORCE, KB_GATE_ENFORCE);
			gate_link(&m);
			gate_paths(&m);
			/* one too many networks would have prefixes of a network that cannot be */
			make_many(&m, most[i].section, most[i].max);
			if (over && most[i].section == KB_BLOB_NETWORK)
				named(&m, KB_BLOB_NETWORK, "over");
			else if (over)
				make_many(&m, most[i].section, 1);
			assert_int_equal(too_many(&m, most[i].text), over);
		}
	}
	free(buf);
}

/* @n prefixes of one part, /32 each and all different. */
static void make_part(struct kb_maker *m, u32 first, u32 n)
{
	u8 *bytes = calloc(n, 8);
	u32 i;

	assert_non_null(bytes);
	for (i = 0; i < n; i++) {
		bytes[i * 8] = 10;
		bytes[i * 8 + 1] = 20;
		bytes[i * 8 + 2] = (first + i) >> 8 & 0xff;
		bytes[i * 8 + 3] = (first + i) & 0xff;
		bytes[i * 8 + 4] = 32;
	}
	prefixes(m, 0, KB_PREFIXES_V4, bytes, n * 8);
	free(bytes);
}

static void test_most_prefixes(void **state)
{
	u8 *buf = malloc(KB_BLOB_MAX);
	struct kb_maker m;
	u32 i, over;

	(void)state;
	assert_non_null(buf);
	for (over = 0; over < 3; over++) {
		kb_make_begin(&m, buf, KB_BLOB_MAX);
		gates(&m);
		/* gates() has three */
		for (i = 0; i < 8; i++)
			make_part(&m, i * 2048, i < 7 || over ? 2048 : 2045);
		if (!over)
			assert_false(too_many(&m, ""));
		else if (over == 1)
			assert_true(too_many(&m, "prefixes: more than 16384"));
		kb_make_begin(&m, buf, KB_BLOB_MAX);
		gates(&m);
		make_part(&m, 0, KB_PREFIX_PART_MAX + 1);
		assert_true(too_many(&m, "v4 has 16392 bytes"));
	}
	free(buf);
}

/* 2,048 classes: the n-th address lies in the networks whose bits n has. */
static void make_overlaps(struct kb_maker *m, u32 bits)
{
	u8 *bytes = malloc(8 << bits);
	u32 network, i, n;

	assert_non_null(bytes);
	for (network = 0; network < bits; network++)
		named(m, KB_BLOB_NETWORK, "overlapping");
	for (network = 0; network < bits; network++) {
		n = 0;
		for (i = 0; i < 1u << bits; i++)
			if (i >> network & 1)
				memcpy(bytes + 8 * n++,
				       (u8[]){ 10, 20, (u8)(i >> 8), i & 0xff, 32, 0, 0, 0 }, 8);
		prefixes(m, network, KB_PREFIXES_V4, bytes, 8 * n);
	}
	free(bytes);
}

static void test_most_candidates(void **state)
{
	u8 *buf = malloc(KB_BLOB_MAX);
	struct kb_maker m;
	u32 over;

	(void)state;
	assert_non_null(buf);
	for (over = 0; over < 2; over++) {
		kb_make_begin(&m, buf, KB_BLOB_MAX);
		gate_modes(&m, KB_GATE_OFF, KB_GATE_ENFORCE);
		gate_paths(&m);
		make_overlaps(&m, 11);
		/* each for everywhere */
		make_many(&m, KB_BLOB_PATH_RULE, 512 + over);
		assert_int_equal(too_many(&m, "networks overlap in too many ways"), over);
	}
	free(buf);
}

/* The linker sends every calloc() here (core.mk). */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static u32 fail_nth;
/* When set, the bytes that are being parsed turn into these at the first allocation. */
static const struct blob_make *turn_into;
static u8 *turned;

void *__wrap_calloc(size_t n, size_t size)
{
	if (turn_into) {
		memcpy(turned, turn_into->bytes, turn_into->len);
		turn_into = NULL;
	}
	if (fail_nth && !--fail_nth)
		return NULL;
	return __real_calloc(n, size);
}

/* Whichever allocation fails: refused, and nothing leaks (ASan). */
static void test_no_memory(void **state)
{
	struct kb_policy *const untouched = (void *)0x1234;
	struct kb_policy *p = untouched;
	struct kb_blob_error error;
	struct blob_make b;
	u32 n;
	int err;

	(void)state;
	blob_make_gates_example(&b);
	for (n = 1;; n++) {
		fail_nth = n;
		err = kb_policy_parse(b.bytes, b.len, &p, &error);
		fail_nth = 0;
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		assert_non_null(strstr(error.text, "no memory for"));
		assert_ptr_equal(p, untouched);
	}
	/* prefixes, policy, table, classes, candidates at least */
	assert_true(n > 5);
	kb_policy_free(p);
	blob_make_free(&b);
}

/* A rule of eight bytes more or less where the bytes change between the passes. */
static void make_changing(struct blob_make *b, bool path, u16 type, const void *payload, size_t len)
{
	size_t nest;

	blob_make_gates_example(b);
	if (path) {
		nest = blob_make_path_rule(b, KB_PATH_PEER, 1, "p");
	} else {
		nest = blob_make_open(b, KB_BLOB_LINK_RULE);
		blob_make_u8(b, KB_LINK_RULE_ACTION, KB_ACTION_ALLOW);
		blob_make_u32(b, KB_LINK_RULE_LINE, 1);
	}
	blob_make_attr(b, type, payload, len);
	blob_make_close(b, nest);
}

static void test_changed_between_passes(void **state)
{
	static const struct {
		u16 type;
		bool path;
		const char *payload;
		size_t len;
	} extras[] = {
		{ KB_LINK_RULE_PATH, false, "abcdefg", 8 },
		{ KB_LINK_RULE_DRIVER, false, "abcdefg", 8 },
		{ KB_LINK_RULE_IFNAME, false, "abcdefg", 8 },
		{ KB_LINK_RULE_MAC, false, "\0\0\0\0\0\0\0\0\0\0\0", 12 },
		{ KB_PATH_RULE_TO, true, "\1\0\0", 4 },
		{ KB_PATH_RULE_SERVICE, true, "\6\0\1\0\1", 6 },
		{ KB_PATH_RULE_NEXT_HOP, true, "12345", 6 },
		{ KB_PATH_RULE_USER, true, "\0\0\0\0\0\0\0", 8 },
		{ KB_PATH_RULE_GROUP, true, "\0\0\0\0\0\0\0", 8 },
		{ KB_PATH_RULE_CGROUP, true, "abcdefg", 8 },
	};
	u32 i, back;

	(void)state;
	/* a label turns into an element of a list, and an element of a list into a label */
	for (i = 0; i < ARRAY_SIZE(extras) * 2; i++) {
		size_t len = extras[i / 2].len;
		struct kb_policy *p = NULL;
		struct blob_make made[2];
		struct kb_blob_error error;
		int err;

		back = i % 2;
		make_changing(&made[back], extras[i / 2].path,
			      extras[i / 2].path ? KB_PATH_RULE_TELL : KB_LINK_RULE_TELL,
			      "xxxxxxxxxxx" + 12 - len, len);
		make_changing(&made[!back], extras[i / 2].path, extras[i / 2].type,
			      extras[i / 2].payload, len);
		assert_int_equal(made[0].len, made[1].len);
		turned = made[0].bytes;
		turn_into = &made[1];
		err = kb_policy_parse(made[0].bytes, made[0].len, &p, &error);
		assert_int_equal(err, -EBADMSG);
		assert_non_null(strstr(error.text, "changed while read"));
		blob_make_free(&made[0]);
		blob_make_free(&made[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_most_of_each),
		cmocka_unit_test(test_most_prefixes),
		cmocka_unit_test(test_most_candidates),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_changed_between_passes),
	};

	return cmocka_run_group_tests_name("core_gates_bounds", tests, NULL, NULL);
}
