// SPDX-License-Identifier: GPL-2.0-or-later
/* The attribute reader by itself: each refusal, its text and its offset. */
#include <kidoban/attr.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

static const char *check_even(const u8 *payload, u32 len)
{
	return len && payload[0] & 1 ? "is odd" : NULL;
}

static const struct kb_attr_table loop_table;

static const struct kb_attr_spec specs[] = {
	[1] = { "byte", KB_ATTR_U8, .min = 2, .max = 9 },
	[2] = { "word", KB_ATTR_U32, .max = 100 },
	[3] = { "long", KB_ATTR_U64, .max = ~0ull },
	[4] = { "text", KB_ATTR_STRING, .min = 1, .max = 5 },
	[5] = { "raw", KB_ATTR_BYTES, .min = 2, .max = 3, .check = check_even },
	[6] = { "loop", KB_ATTR_NEST, .nest = &loop_table },
	[7] = { "many", KB_ATTR_U8, KB_ATTR_LIST, .list_max = 3, .max = 255 },
	[9] = { "first", KB_ATTR_U8, KB_ATTR_FIRST, .max = 255 },
};

static const struct kb_attr_table table = { "level", specs, ARRAY_SIZE(specs) };
static const struct kb_attr_table loop_table = { "loop", specs, ARRAY_SIZE(specs) };

static const struct kb_attr_spec needed_specs[] = {
	[1] = { "one", KB_ATTR_U8, KB_ATTR_NEEDED, .max = 255 },
	[2] = { "two", KB_ATTR_U8, KB_ATTR_NEEDED, .max = 255 },
};

static const struct kb_attr_table needed_table = { "needed", needed_specs,
						   ARRAY_SIZE(needed_specs) };

/* A copy of exactly that size, so that a byte read too far is seen. */
static u8 *copy_of(const void *bytes, u32 len)
{
	u8 *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	return copy;
}

/* Reads all of @bytes with @t; the result of the last call. */
static int read_all(const struct kb_attr_table *t, const void *bytes, u32 len,
		    struct kb_blob_error *error)
{
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	u8 *copy = copy_of(bytes, len);
	int err;

	kb_attr_open(&reader, copy, 0, len, t, error);
	do
		err = kb_attr_next(&reader, &attr);
	while (err > 0);
	free(copy);
	return err;
}

struct refusal {
	const char *name;
	const char *bytes;
	u32 len;
	const char *text;	/* NULL = accepted */
};

#define BYTES(text)	text, sizeof(text) - 1

static const struct refusal refusals[] = {
	{ "nothing", BYTES(""), NULL },
	{ "byte", BYTES("\5\0\1\0\2\0\0\0"), NULL },
	{ "byte at its maximum", BYTES("\5\0\1\0\11\0\0\0"), NULL },
	{ "byte below", BYTES("\5\0\1\0\1\0\0\0"), "byte 0: level: byte 1 is out of range" },
	{ "byte above", BYTES("\5\0\1\0\12\0\0\0"), "byte 0: level: byte 10 is out of range" },
	{ "byte of no width", BYTES("\4\0\1\0"), "byte 0: level: byte has 0 bytes instead of 1" },
	{ "byte of two", BYTES("\6\0\1\0\2\0\0\0"), "byte 0: level: byte has 2 bytes instead of 1" },
	{ "word", BYTES("\10\0\2\0\144\0\0\0"), NULL },
	{ "word above", BYTES("\10\0\2\0\0\0\0\1"), "byte 0: level: word 16777216 is out of range" },
	{ "word of three", BYTES("\7\0\2\0\0\0\0\0"), "byte 0: level: word has 3 bytes instead of 4" },
	{ "word of eight", BYTES("\14\0\2\0\0\0\0\0\0\0\0\0"), "byte 0: level: word has 8 bytes instead of 4" },
	{ "long", BYTES("\14\0\3\0\377\377\377\377\377\377\377\377"), NULL },
	{ "long of four", BYTES("\10\0\3\0\0\0\0\0"), "byte 0: level: long has 4 bytes instead of 8" },
	{ "text", BYTES("\6\0\4\0a\0\0\0"), NULL },
	{ "text of five", BYTES("\12\0\4\0abcde\0\0\0"), NULL },
	{ "text of six", BYTES("\13\0\4\0abcdef\0\0"), "byte 0: level: text has 6 bytes, outside 1..5" },
	{ "text, empty", BYTES("\5\0\4\0\0\0\0\0"), "byte 0: level: text has 0 bytes, outside 1..5" },
	{ "text of no bytes", BYTES("\4\0\4\0"), "byte 0: level: text does not end with NUL" },
	{ "text without NUL", BYTES("\6\0\4\0ab\0\0"), "byte 0: level: text does not end with NUL" },
	{ "text with NUL inside", BYTES("\10\0\4\0a\0b\0"), "byte 0: level: text holds a NUL" },
	{ "text with two NULs", BYTES("\7\0\4\0a\0\0\0"), "byte 0: level: text holds a NUL" },
	{ "text in UTF-8", BYTES("\10\0\4\0\346\234\250\0"), NULL },
	{ "text not in UTF-8", BYTES("\7\0\4\0\346\234\0\0"), "byte 0: level: text is not UTF-8" },
	{ "raw of two", BYTES("\6\0\5\0\2\3\0\0"), NULL },
	{ "raw of three", BYTES("\7\0\5\0\2\3\4\0"), NULL },
	{ "raw of one", BYTES("\5\0\5\0\2\0\0\0"), "byte 0: level: raw has 1 bytes, outside 2..3" },
	{ "raw of four", BYTES("\10\0\5\0\2\0\0\0"), "byte 0: level: raw has 4 bytes, outside 2..3" },
	{ "raw that fails its check", BYTES("\6\0\5\0\3\3\0\0"), "byte 0: level: raw: is odd" },
	{ "unspecified type", BYTES("\4\0\0\0"), "byte 0: level: unknown attribute 0" },
	{ "hole in the table", BYTES("\4\0\10\0"), "byte 0: level: unknown attribute 8" },
	{ "type behind the table", BYTES("\4\0\12\0"), "byte 0: level: unknown attribute 10" },
	{ "largest type", BYTES("\4\0\377\77"), "byte 0: level: unknown attribute 16383" },
	{ "nested bit", BYTES("\5\0\1\200\2\0\0\0"), "byte 0: level: reserved bits in type 0x8001" },
	{ "byte order bit", BYTES("\5\0\1\100\2\0\0\0"), "byte 0: level: reserved bits in type 0x4001" },
	{ "twice", BYTES("\5\0\1\0\2\0\0\0\5\0\1\0\2\0\0\0"), "byte 8: level: attribute byte stands twice" },
	{ "list of three", BYTES("\5\0\7\0\1\0\0\0\5\0\7\0\1\0\0\0\5\0\7\0\1\0\0\0"), NULL },
	{ "list of four", BYTES("\5\0\7\0\1\0\0\0\5\0\7\0\1\0\0\0\5\0\7\0\1\0\0\0\5\0\7\0\1\0\0\0"), "byte 24: level: more than 3 attributes many" },
	{ "first, first", BYTES("\5\0\11\0\1\0\0\0\5\0\7\0\1\0\0\0"), NULL },
	{ "first, second", BYTES("\5\0\7\0\1\0\0\0\5\0\11\0\1\0\0\0"), "byte 8: level: attribute first must be the first" },
	{ "one stray byte", BYTES("\4"), "byte 0: level: 1 stray bytes at the end" },
	{ "three stray bytes", BYTES("\5\0\1\0\2\0\0\0\0\0\0"), "byte 8: level: 3 stray bytes at the end" },
	{ "length zero", BYTES("\0\0\1\0"), "byte 0: level: length 0 is shorter than a header" },
	{ "length three", BYTES("\3\0\1\0"), "byte 0: level: length 3 is shorter than a header" },
	{ "length over the end", BYTES("\11\0\1\0\2\0\0\0"), "byte 0: level: length 9 with padding runs over the end, 8 bytes left" },
	{ "length far over the end", BYTES("\377\377\1\0\2\0\0\0"), "byte 0: level: length 65535 with padding runs over the end, 8 bytes left" },
	{ "padding missing", BYTES("\5\0\1\0\2"), "byte 0: level: length 5 with padding runs over the end, 5 bytes left" },
	{ "padding cut", BYTES("\5\0\1\0\2\0\0"), "byte 0: level: length 5 with padding runs over the end, 7 bytes left" },
	{ "first padding byte", BYTES("\5\0\1\0\2\1\0\0"), "byte 5: level: padding is not zero" },
	{ "last padding byte", BYTES("\5\0\1\0\2\0\0\1"), "byte 7: level: padding is not zero" },
};

static void test_refusal(void **state)
{
	const struct refusal *r = *state;
	struct kb_blob_error error = {};
	int err = read_all(&table, r->bytes, r->len, &error);

	assert_int_equal(err, r->text ? -EBADMSG : 0);
	assert_string_equal(error.text, r->text ? r->text : "");
	/* nobody needs to ask for the text */
	assert_int_equal(read_all(&table, r->bytes, r->len, NULL), err);
}

static void test_needed(void **state)
{
	struct kb_blob_error error = {};

	(void)state;
	assert_int_equal(read_all(&needed_table, BYTES(""), &error), -EBADMSG);
	assert_string_equal(error.text, "byte 0: needed: attribute one is missing");
	assert_int_equal(read_all(&needed_table, BYTES("\5\0\1\0\1\0\0\0"), &error), -EBADMSG);
	assert_string_equal(error.text, "byte 8: needed: attribute two is missing");
	assert_int_equal(error.offset, 8);
	assert_int_equal(read_all(&needed_table, BYTES("\5\0\2\0\1\0\0\0\5\0\1\0\1\0\0\0"), &error), 0);
}

static void test_depth(void **state)
{
	/* four levels: 6 { 6 { 6 { 6 {} } } } */
	static const u8 bytes[] = { 16, 0, 6, 0, 12, 0, 6, 0, 8, 0, 6, 0, 4, 0, 6, 0 };
	struct kb_attr_reader reader[5];
	struct kb_attr_view attr;
	struct kb_blob_error error = {};
	int depth;

	(void)state;
	kb_attr_open(&reader[0], bytes, 0, sizeof(bytes), &table, &error);
	for (depth = 1; depth < KB_BLOB_DEPTH_MAX; depth++) {
		assert_int_equal(kb_attr_next(&reader[depth - 1], &attr), 1);
		assert_int_equal(kb_attr_enter(&reader[depth - 1], &attr, &reader[depth]), 0);
		assert_int_equal(reader[depth].depth, depth + 1);
	}
	assert_int_equal(kb_attr_next(&reader[depth - 1], &attr), 1);
	assert_int_equal(kb_attr_enter(&reader[depth - 1], &attr, &reader[depth]), -EBADMSG);
	assert_string_equal(error.text, "byte 8: loop: nests deeper than 3");
}

static void test_values(void **state)
{
	struct kb_attr_reader reader;
	struct kb_attr_view attr = { .type = 77 };
	static const u8 bytes[] = { 12, 0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8, 5, 0, 1, 0, 1, 0, 0, 0 };

	(void)state;
	kb_attr_open(&reader, bytes, 0, sizeof(bytes), &table, NULL);
	assert_int_equal(kb_attr_next(&reader, &attr), 1);
	assert_int_equal(attr.type, 3);
	assert_int_equal(attr.value, 0x0807060504030201ull);
	assert_ptr_equal(attr.payload, bytes + 4);
	/* a refusal leaves the output as it was */
	assert_int_equal(kb_attr_next(&reader, &attr), -EBADMSG);
	assert_int_equal(attr.type, 3);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		u32 len;
		bool valid;
	} texts[] = {
		{ BYTES(""), true },
		{ BYTES("a"), true },
		{ BYTES("\x7f"), true },
		{ BYTES("\x80"), false },
		{ BYTES("\xbf"), false },
		{ BYTES("\xc0\x80"), false },
		{ BYTES("\xc1\xbf"), false },
		{ BYTES("\xc2\x80"), true },
		{ BYTES("\xc2"), false },
		{ BYTES("\xc2\x7f"), false },
		{ BYTES("\xc2\xc0"), false },
		{ BYTES("\xdf\xbf"), true },
		{ BYTES("\xe0\x9f\xbf"), false },
		{ BYTES("\xe0\xa0\x80"), true },
		{ BYTES("\xed\x9f\xbf"), true },
		{ BYTES("\xed\xa0\x80"), false },
		{ BYTES("\xed\xbf\xbf"), false },
		{ BYTES("\xee\x80\x80"), true },
		{ BYTES("\xef\xbf\xbf"), true },
		{ BYTES("\xef\xbf"), false },
		{ BYTES("\xef\xbf\x20"), false },
		{ BYTES("\xf0\x8f\xbf\xbf"), false },
		{ BYTES("\xf0\x90\x80\x80"), true },
		{ BYTES("\xf4\x8f\xbf\xbf"), true },
		{ BYTES("\xf4\x90\x80\x80"), false },
		{ BYTES("\xf5\x80\x80\x80"), false },
		{ BYTES("\xff"), false },
		{ BYTES("\xf0\x90\x80"), false },
		{ BYTES("a\xe6\x9c\xa8z"), true },
		{ BYTES("a\xe6\x9c"), false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		u8 *copy = copy_of(texts[i].text, texts[i].len);

		if (kb_utf8_valid(copy, texts[i].len) != texts[i].valid)
			fail_msg("text %zu", i);
		free(copy);
	}
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(refusals) + 4];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(test_needed),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_utf8),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		tests[i] = (struct CMUnitTest){ .name = refusals[i].name,
						.test_func = test_refusal,
						.initial_state = (void *)&refusals[i] };
	memcpy(tests + i, more, sizeof(more));
	return _cmocka_run_group_tests("core_attr", tests, ARRAY_SIZE(tests), NULL, NULL);
}
