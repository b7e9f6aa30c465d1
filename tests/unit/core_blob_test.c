// SPDX-License-Identifier: GPL-2.0-or-later
/* From blob to policy: what is accepted and how it reads, every refusal with its errno. */
#include <kidoban/policy.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "blob_make.h"

#define MUNICIPALITY	"131016"
#define UP8(n)		(((n) + 7) & ~(size_t)7)

static void test_reads_everything(void **state)
{
	struct kb_policy *p;
	struct blob_make b;

	(void)state;
	blob_make_example(&b);
	p = blob_make_parse(&b);
	assert_string_equal(p->header.municipality, MUNICIPALITY);
	assert_string_equal(p->header.group, "shared-terminals");
	assert_int_equal(p->header.epoch, 1);
	assert_int_equal(p->header.serial, 12);
	assert_int_equal(p->header.not_before, 1700000000);
	assert_int_equal(p->header.expires, 1900000000);
	assert_int_equal(p->header.min_module, KB_MODULE_LEVEL);
	assert_int_equal(p->header.source_sha256[0], 0xab);
	assert_int_equal(p->header.source_sha256[1], 0xcd);
	assert_false(p->header.lock);
	assert_int_equal(p->media_mode, KB_GATE_AUDIT);
	assert_int_equal(p->media_default, KB_ACTION_ALLOW);
	assert_string_equal(p->media_tell, "情報政策課 (内線 2210) へ。");
	assert_int_equal(p->n_rules, 3);
	assert_int_equal(p->blob_len, b.len);
	assert_memory_equal(p->blob, b.bytes, b.len);
	/* not a byte more than its parts: 3 serials, 1 port, 2 ids, 1 triple, 1 count */
	assert_int_equal(p->memory, UP8(sizeof(*p)) + 3 * UP8(sizeof(struct kb_usb_rule)) +
					    4 * sizeof(char *) + 2 * sizeof(struct kb_usb_id) +
					    UP8(sizeof(struct kb_usb_triple)) +
					    UP8(sizeof(struct kb_usb_count)) + UP8(b.len));
	kb_policy_free(p);
	blob_make_free(&b);
}

static void test_reads_rules(void **state)
{
	const struct kb_usb_rule *rule;
	struct kb_policy *p;
	struct blob_make b;

	(void)state;
	blob_make_example(&b);
	p = blob_make_parse(&b);
	/* the policy owns all of it */
	blob_make_free(&b);
	rule = &p->rules[0];
	assert_int_equal(rule->action, KB_ACTION_ALLOW);
	assert_int_equal(rule->line, 7);
	assert_string_equal(rule->label, "納付書用-01");
	assert_string_equal(rule->tell, "窓口係へ。");
	assert_int_equal(rule->n_ids, 2);
	assert_int_equal(rule->ids[0].vendor, 0x0781);
	assert_int_equal(rule->ids[0].product, 0x5583);
	assert_int_equal(rule->ids[0].product_mask, 0xffff);
	assert_int_equal(rule->ids[1].vendor_mask, 0);
	assert_int_equal(rule->n_serials, 2);
	assert_string_equal(rule->serials[1], "S2");
	assert_int_equal(rule->n_ports, 1);
	assert_string_equal(rule->ports[0], "pci-0000:00:14.0/2.*");
	assert_int_equal(rule->classes, KB_CLASS_ALL);
	assert_int_equal(rule->has, 1);
	assert_int_equal(rule->n_triples, 1);
	assert_int_equal(rule->triples[0].mask, KB_TRIPLE_CLASS | KB_TRIPLE_SUBCLASS);
	assert_int_equal(rule->n_counts, 1);
	assert_int_equal(rule->counts[0].max, 2);

	rule = &p->rules[1];
	assert_int_equal(rule->action, KB_ACTION_REFUSE);
	assert_null(rule->label);
	assert_null(rule->tell);
	assert_int_equal(rule->n_ids | rule->n_serials | rule->n_ports | rule->n_triples |
				 rule->n_counts | (int)rule->classes | (int)rule->has, 0);
	assert_string_equal(p->rules[2].serials[0], "S3");
	kb_policy_free(p);
}

static void test_smallest(void **state)
{
	struct kb_policy *p;
	struct blob_make b;
	size_t nest;

	(void)state;
	blob_make_head(&b, &blob_example, KB_GATE_OFF);
	nest = blob_make_open(&b, KB_BLOB_MEDIA);
	blob_make_u8(&b, KB_MEDIA_DEFAULT, KB_ACTION_REFUSE);
	blob_make_close(&b, nest);
	p = blob_make_parse(&b);
	assert_int_equal(p->n_rules, 0);
	assert_null(p->media_tell);
	kb_policy_free(p);
	blob_make_free(&b);
}

/* A blob with one thing wrong with it. */
struct refuse_case {
	const char *name;
	void (*make)(struct blob_make *b);
	int expect;
	const char *text;
};

static void make_one_rule(struct blob_make *b, u16 type, const void *payload, size_t len)
{
	size_t nest;

	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	nest = blob_make_rule(b, KB_ACTION_ALLOW, 1);
	blob_make_attr(b, type, payload, len);
	blob_make_close(b, nest);
}

#define RULE_CASE(id, type, bytes)                                                               \
	static void make_##id(struct blob_make *b)                                               \
	{                                                                                        \
		make_one_rule(b, type, bytes, sizeof(bytes) - 1);                                  \
	}

RULE_CASE(id_outside_mask, KB_RULE_USB, "\x81\x07\x00\xff\x83\x55\xff\xff")
RULE_CASE(product_outside_mask, KB_RULE_USB, "\x81\x07\xff\xff\x83\x55\xff\x00")
RULE_CASE(id_short, KB_RULE_USB, "\x81\x07\xff\xff\x83\x55\xff")
RULE_CASE(id_long, KB_RULE_USB, "\x81\x07\xff\xff\x83\x55\xff\xff\0")
RULE_CASE(class_empty, KB_RULE_CLASS, "\0\0\0\0")
RULE_CASE(class_beyond, KB_RULE_CLASS, "\0\0\x04\0")
RULE_CASE(class_short, KB_RULE_CLASS, "\1\0")
RULE_CASE(has_empty, KB_RULE_HAS, "\0\0\0\0")
RULE_CASE(has_beyond, KB_RULE_HAS, "\0\0\0\x80")
RULE_CASE(triple_mask, KB_RULE_INTERFACE, "\3\1\1\x0f")
RULE_CASE(triple_outside, KB_RULE_INTERFACE, "\3\1\1\3")
RULE_CASE(triple_class, KB_RULE_INTERFACE, "\3\0\0\6")
RULE_CASE(triple_subclass, KB_RULE_INTERFACE, "\0\1\0\5")
RULE_CASE(count_class, KB_RULE_COUNT, "\x13\0\1\0")
RULE_CASE(count_order, KB_RULE_COUNT, "\0\2\1\0")
RULE_CASE(count_reserved, KB_RULE_COUNT, "\0\0\1\1")
RULE_CASE(serial_empty, KB_RULE_SERIAL, "\0")
RULE_CASE(serial_open, KB_RULE_SERIAL, "abc")
RULE_CASE(serial_inner, KB_RULE_SERIAL, "a\0c\0")
RULE_CASE(serial_utf8, KB_RULE_SERIAL, "a\xff\0")
RULE_CASE(port_star, KB_RULE_PORT, "*\0")
RULE_CASE(port_star_inside, KB_RULE_PORT, "pci-0000:00:14.0/*.1\0")
RULE_CASE(port_star_number, KB_RULE_PORT, "pci-0000:00:14.0/2*\0")
RULE_CASE(port_star_controller, KB_RULE_PORT, "pci-0000:00:14.*\0")
RULE_CASE(port_star_twice, KB_RULE_PORT, "pci-0000:00:14.0/*.*\0")
RULE_CASE(second_action, KB_RULE_ACTION, "\0")
RULE_CASE(second_line, KB_RULE_LINE, "\0\0\0\0")
RULE_CASE(unknown_in_rule, KB_RULE_MAX, "")

static void make_long_serial(struct blob_make *b)
{
	char serial[KB_USB_SERIAL_MAX + 2];

	memset(serial, 'x', sizeof(serial) - 1);
	serial[sizeof(serial) - 1] = '\0';
	make_one_rule(b, KB_RULE_SERIAL, serial, sizeof(serial));
}

static void make_long_list(struct blob_make *b)
{
	size_t nest;
	int i;

	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	nest = blob_make_rule(b, KB_ACTION_ALLOW, 1);
	for (i = 0; i <= KB_RULE_LIST_MAX; i++)
		blob_make_attr(b, KB_RULE_USB, "\0\0\0\0\0\0\0", 8);
	blob_make_close(b, nest);
}

static void make_too_many_rules(struct blob_make *b)
{
	blob_make_rules(b, KB_RULES_MAX + 1);
}

static void make_bare_rule(struct blob_make *b)
{
	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	blob_make_close(b, blob_make_open(b, KB_BLOB_MEDIA_RULE));
}

static void make_bad_action(struct blob_make *b)
{
	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	blob_make_close(b, blob_make_rule(b, KB_ACTION_MAX, 1));
}

static void make_bad_mode(struct blob_make *b)
{
	blob_make_head(b, &blob_example, KB_GATE_MODE_MAX);
	blob_make_media(b, KB_ACTION_REFUSE);
}

static void make_bad_default(struct blob_make *b)
{
	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_MAX);
}

static void make_without_media(struct blob_make *b)
{
	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
}

static void make_two_media(struct blob_make *b)
{
	blob_make_head(b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
	blob_make_media(b, KB_ACTION_ALLOW);
}

static void make_header_late(struct blob_make *b)
{
	struct blob_make all;

	blob_make_start(b);
	blob_make_media(b, KB_ACTION_REFUSE);
	blob_make_head(&all, &blob_example, KB_GATE_ENFORCE);
	blob_make_attr(b, KB_BLOB_HEADER, all.bytes + 12, 144);
	blob_make_free(&all);
}

static void make_only_magic(struct blob_make *b)
{
	blob_make_start(b);
}

static void make_half_magic(struct blob_make *b)
{
	blob_make_start(b);
	b->len = 7;
}

static void make_other_magic(struct blob_make *b)
{
	blob_make_example(b);
	b->bytes[7] = '2';
}

static void make_empty(struct blob_make *b)
{
	blob_make_start(b);
	b->len = 0;
}

static void make_trailing(struct blob_make *b)
{
	blob_make_example(b);
	blob_make_attr(b, 0, NULL, 0);
	b->len -= 2;
}

static void make_trailing_zeros(struct blob_make *b)
{
	blob_make_example(b);
	blob_make_attr(b, 0, NULL, 0);
	memset(b->bytes + b->len - 4, 0, 4);
}

static void make_oversized(struct blob_make *b)
{
	blob_make_example(b);
	while (b->len <= KB_BLOB_MAX)
		blob_make_full_rule(b, 1);
}

static void make_unknown_section(struct blob_make *b)
{
	blob_make_example(b);
	blob_make_attr(b, KB_BLOB_ATTR_MAX, NULL, 0);
}

static void make_deep(struct blob_make *b)
{
	blob_make_example(b);
	blob_make_attr(b, KB_BLOB_MEDIA_RULE,
		       "\x14\0\x04\0\x10\0\x04\0\x0c\0\x04\0\x08\0\x04\0\x04\0\x04\0", 20);
}

/* The example with one attribute of the header exchanged for another of the same length. */
static void patch_header(struct blob_make *b, u16 type, u32 value)
{
	size_t at = KB_BLOB_MAGIC_LEN + 4;

	blob_make_example(b);
	while (b->bytes[at + 2] != type)
		at += (b->bytes[at] + 3u) & ~3u;
	b->bytes[at + 4] = value & 0xff;
	if (b->bytes[at] > 5) {
		b->bytes[at + 5] = value >> 8 & 0xff;
		b->bytes[at + 6] = value >> 16 & 0xff;
		b->bytes[at + 7] = value >> 24;
	}
}

/* What the agent reads is not looked into, but a module that does not keep it must not take it. */
static void make_agent_low(struct blob_make *b)
{
	patch_header(b, KB_HEADER_MIN_MODULE, 2);
	blob_make_attr(b, KB_BLOB_AGENT, "anything", 8);
}

static void make_agent_short(struct blob_make *b)
{
	blob_make_example(b);
	blob_make_attr(b, KB_BLOB_AGENT, "abc", 3);
}

static void make_format_next(struct blob_make *b)
{
	patch_header(b, KB_HEADER_FORMAT, KB_BLOB_FORMAT + 1);
}

static void make_format_zero(struct blob_make *b)
{
	patch_header(b, KB_HEADER_FORMAT, 0);
}

static void make_module_next(struct blob_make *b)
{
	patch_header(b, KB_HEADER_MIN_MODULE, KB_MODULE_LEVEL + 1);
}

static void make_serial_zero(struct blob_make *b)
{
	patch_header(b, KB_HEADER_SERIAL, 0);
}

static void make_lock_two(struct blob_make *b)
{
	patch_header(b, KB_HEADER_LOCK, 2);
}

/* A policy of the future has attributes that nobody knows yet. */
static void make_future(struct blob_make *b)
{
	size_t nest;

	blob_make_start(b);
	nest = blob_make_open(b, KB_BLOB_HEADER);
	blob_make_attr(b, 98, NULL, 0);
	blob_make_attr(b, 99, "what is this", 12);
	blob_make_u32(b, KB_HEADER_FORMAT, 2);
	blob_make_close(b, nest);
	blob_make_attr(b, 55, NULL, 0);
}

static void make_identity(struct blob_make *b, const char *municipality, const char *group)
{
	struct blob_identity identity = blob_example;

	identity.municipality = municipality;
	identity.group = group;
	blob_make_head(b, &identity, KB_GATE_ENFORCE);
	blob_make_media(b, KB_ACTION_REFUSE);
}

static void make_long_municipality(struct blob_make *b)
{
	make_identity(b, "1234567890123456", "g");
}

static void make_no_municipality(struct blob_make *b)
{
	make_identity(b, "", "g");
}

static void make_no_group(struct blob_make *b)
{
	make_identity(b, "131016", "");
}

static void make_long_group(struct blob_make *b)
{
	make_identity(b, "131016",
		      "1234567890123456789012345678901234567890123456789012345678901234");
}

static const struct refuse_case refuse_cases[] = {
	{ "nothing", make_empty, -EBADMSG, "byte 0: not a kidoban policy" },
	{ "half a magic", make_half_magic, -EBADMSG, "not a kidoban policy" },
	{ "another magic", make_other_magic, -EBADMSG, "not a kidoban policy" },
	{ "only a magic", make_only_magic, -EBADMSG, "byte 8: blob: attribute header is missing" },
	{ "larger than 1 MiB", make_oversized, -EMSGSIZE, "larger than 1048576 bytes" },
	{ "format of the future", make_format_next, -EPROTONOSUPPORT, "format 2 is newer than 1" },
	{ "format zero", make_format_zero, -EBADMSG, "format 0 is out of range" },
	{ "module of the future", make_module_next, -EPROTONOSUPPORT, "needs module level 4" },
	{ "future with unknown attributes", make_future, -EPROTONOSUPPORT, "format 2 is newer" },
	{ "serial zero", make_serial_zero, -EBADMSG, "serial 0 is out of range" },
	{ "lock two", make_lock_two, -EBADMSG, "lock 2 is out of range" },
	{ "long municipality", make_long_municipality, -EBADMSG, "municipality has 16 bytes" },
	{ "empty municipality", make_no_municipality, -EBADMSG, "municipality has 0 bytes" },
	{ "empty group", make_no_group, -EBADMSG, "group has 0 bytes" },
	{ "long group", make_long_group, -EBADMSG, "group has 64 bytes" },
	{ "header not first", make_header_late, -EBADMSG, "attribute header must be the first" },
	{ "without media", make_without_media, -EBADMSG, "attribute media is missing" },
	{ "media twice", make_two_media, -EBADMSG, "attribute media stands twice" },
	{ "unknown section", make_unknown_section, -EBADMSG, "blob: unknown attribute 15" },
	{ "agent's part of a low level", make_agent_low, -EBADMSG, "min_module is below 3" },
	{ "agent's part too short", make_agent_short, -EBADMSG, "blob: agent" },
	{ "trailing bytes", make_trailing, -EBADMSG, "2 stray bytes at the end" },
	{ "trailing zeros", make_trailing_zeros, -EBADMSG, "length 0 is shorter than a header" },
	{ "deeply nested", make_deep, -EBADMSG, "media rule: tell" },
	{ "mode out of range", make_bad_mode, -EBADMSG, "mode: media 3 is out of range" },
	{ "default out of range", make_bad_default, -EBADMSG, "media: default 2 is out of range" },
	{ "rule without anything", make_bare_rule, -EBADMSG, "media rule: attribute action is missing" },
	{ "action out of range", make_bad_action, -EBADMSG, "action 2 is out of range" },
	{ "second action", make_second_action, -EBADMSG, "attribute action stands twice" },
	{ "second line", make_second_line, -EBADMSG, "attribute line stands twice" },
	{ "unknown in a rule", make_unknown_in_rule, -EBADMSG, "media rule: unknown attribute 12" },
	{ "4097 rules", make_too_many_rules, -EBADMSG, "more than 4096 attributes media rule" },
	{ "65 ids", make_long_list, -EBADMSG, "more than 64 attributes usb" },
	{ "vendor outside its mask", make_id_outside_mask, -EBADMSG, "usb: value has bits outside its mask" },
	{ "product outside its mask", make_product_outside_mask, -EBADMSG, "outside its mask" },
	{ "short id", make_id_short, -EBADMSG, "usb has 7 bytes" },
	{ "long id", make_id_long, -EBADMSG, "usb has 9 bytes" },
	{ "no class", make_class_empty, -EBADMSG, "class 0 is out of range" },
	{ "class beyond the last", make_class_beyond, -EBADMSG, "class 262144 is out of range" },
	{ "class of two bytes", make_class_short, -EBADMSG, "class has 2 bytes instead of 4" },
	{ "has nothing", make_has_empty, -EBADMSG, "has 0 is out of range" },
	{ "has beyond the last", make_has_beyond, -EBADMSG, "has 2147483648 is out of range" },
	{ "mask of a triple", make_triple_mask, -EBADMSG, "interface: reserved bits in the mask" },
	{ "triple outside its mask", make_triple_outside, -EBADMSG, "interface: value outside its mask" },
	{ "class outside its mask", make_triple_class, -EBADMSG, "interface: value outside its mask" },
	{ "subclass outside its mask", make_triple_subclass, -EBADMSG, "value outside its mask" },
	{ "count of no class", make_count_class, -EBADMSG, "count: unknown class" },
	{ "count upside down", make_count_order, -EBADMSG, "count: minimum above maximum" },
	{ "reserved byte of a count", make_count_reserved, -EBADMSG, "count: reserved byte is not zero" },
	{ "empty serial", make_serial_empty, -EBADMSG, "serial has 0 bytes" },
	{ "serial of 256 bytes", make_long_serial, -EBADMSG, "serial has 256 bytes" },
	{ "serial without NUL", make_serial_open, -EBADMSG, "serial does not end with NUL" },
	{ "serial with a NUL", make_serial_inner, -EBADMSG, "serial holds a NUL" },
	{ "serial not UTF-8", make_serial_utf8, -EBADMSG, "serial is not UTF-8" },
	{ "port: star alone", make_port_star, -EBADMSG, "port: star is only for the end" },
	{ "port: star inside", make_port_star_inside, -EBADMSG, "port: star" },
	{ "port: star behind a number", make_port_star_number, -EBADMSG, "port: star" },
	{ "port: star in the controller", make_port_star_controller, -EBADMSG, "port: star" },
	{ "port: two stars", make_port_star_twice, -EBADMSG, "port: star" },
};

/* Parses and hands back the errno; the output must not change on failure. */
static int parse(const u8 *bytes, size_t len, struct kb_blob_error *error)
{
	struct kb_policy *untouched = (void *)0x1234;
	struct kb_policy *p = untouched;
	/* a copy of exactly that size, so that a byte too far is seen */
	u8 *copy = malloc(len ? len : 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	err = kb_policy_parse(copy, len, &p, error);
	free(copy);
	if (err)
		assert_ptr_equal(p, untouched);
	else
		kb_policy_free(p);
	return err;
}

static void test_agent_part(void **state)
{
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	struct blob_make b = {};

	(void)state;
	blob_make_example(&b);
	blob_make_attr(&b, KB_BLOB_AGENT, "anything", 8);
	blob_make_attr(&b, KB_BLOB_AGENT, "another", 7);
	assert_int_equal(kb_policy_parse(b.bytes, b.len, &policy, &error), 0);
	assert_int_equal(policy->blob_len, b.len);
	assert_memory_equal(policy->blob, b.bytes, b.len);
	kb_policy_free(policy);
	blob_make_free(&b);
}

static void test_refuse(void **state)
{
	const struct refuse_case *c = *state;
	struct kb_blob_error error = {};
	struct blob_make b;

	c->make(&b);
	assert_int_equal(parse(b.bytes, b.len, &error), c->expect);
	if (!strstr(error.text, c->text))
		fail_msg("\"%s\" does not say \"%s\"", error.text, c->text);
	assert_true(error.offset <= b.len);
	assert_int_equal(parse(b.bytes, b.len, NULL), c->expect);
	blob_make_free(&b);
}

/* Every mask of a triple is fine as long as the value keeps to it. */
static void test_triple_masks(void **state)
{
	u8 bytes[4];

	(void)state;
	for (bytes[3] = 0; bytes[3] < 8; bytes[3]++) {
		struct blob_make b;
		int i;

		for (i = 0; i < 3; i++)
			bytes[i] = bytes[3] & 1 << i ? 0xff : 0;
		make_one_rule(&b, KB_RULE_INTERFACE, bytes, sizeof(bytes));
		assert_int_equal(parse(b.bytes, b.len, NULL), 0);
		blob_make_free(&b);
	}
}

/* Each attribute of the header, mode and media left out in turn. */
static void test_needs_every_header_attribute(void **state)
{
	struct kb_blob_error error;
	struct blob_make b;
	int left_out;

	(void)state;
	for (left_out = 1; left_out < KB_HEADER_MAX; left_out++) {
		size_t at = KB_BLOB_MAGIC_LEN + 4, len;

		blob_make_example(&b);
		while (b.bytes[at + 2] != left_out)
			at += (b.bytes[at] + 3u) & ~3u;
		len = (b.bytes[at] + 3u) & ~3u;
		memmove(b.bytes + at, b.bytes + at + len, b.len - at - len);
		b.len -= len;
		b.bytes[KB_BLOB_MAGIC_LEN] = (u8)(b.bytes[KB_BLOB_MAGIC_LEN] - len);
		assert_int_equal(parse(b.bytes, b.len, &error), -EBADMSG);
		assert_non_null(strstr(error.text, "is missing"));
		blob_make_free(&b);
	}
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(refuse_cases) + 6];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(test_reads_everything),
		cmocka_unit_test(test_agent_part),
		cmocka_unit_test(test_reads_rules),
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_triple_masks),
		cmocka_unit_test(test_needs_every_header_attribute),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refuse_cases); i++)
		tests[i] = (struct CMUnitTest){ .name = refuse_cases[i].name,
						.test_func = test_refuse,
						.initial_state = (void *)&refuse_cases[i] };
	memcpy(tests + i, more, sizeof(more));
	return _cmocka_run_group_tests("core_blob", tests, ARRAY_SIZE(tests), NULL, NULL);
}
