// SPDX-License-Identifier: GPL-2.0-only
/* Hostile blobs: every way to be wrong that uapi/kidoban/blob.h names is refused, by name. */
#include "../core/blob.c"

#include <kunit/test.h>
#include <linux/vmalloc.h>

#include "blob_wrong_gates.h"

#define ROOM	(16 * 1024)

/* Parses from memory of exactly @len bytes, so that KASAN sees one byte too many. */
static int parse_exact(struct kunit *test, const u8 *bytes, u32 len, struct kb_policy **ret,
		       struct kb_blob_error *error)
{
	u8 *copy = kmalloc(len, GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, copy);
	memcpy(copy, bytes, len);
	err = kb_policy_parse(copy, len, ret, error);
	/* What was parsed must not lean on the caller's bytes. */
	memset(copy, 0xa5, len);
	kfree(copy);
	return err;
}

/* Expects @err and an untouched output; frees what should not have been made. */
static void expect_refused(struct kunit *test, const char *name, const u8 *bytes, u32 len, int err,
			   const char *text)
{
	struct kb_policy *const untouched = (struct kb_policy *)0x6b6b;
	struct kb_policy *policy = untouched;
	struct kb_blob_error error = {};
	int got = parse_exact(test, bytes, len, &policy, &error);

	KUNIT_EXPECT_EQ_MSG(test, got, err, "%s: \"%s\"", name, error.text);
	KUNIT_EXPECT_PTR_EQ_MSG(test, policy, untouched, "%s: output touched", name);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(error.text, text), "%s: \"%s\" lacks \"%s\"", name,
				  error.text, text);
	if (!got)
		kb_policy_free(policy);
}

static void refusal_name(const struct refusal *r, char *desc)
{
	strscpy(desc, r->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

KUNIT_ARRAY_PARAM(gate_refusal, gate_refusals, refusal_name);

static void refuses(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	struct kb_maker m;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	kb_make_begin(&m, buf, ROOM);
	r->make(&m);
	KUNIT_ASSERT_FALSE(test, m.overflow);
	expect_refused(test, r->name, buf, m.len, r->err, r->text);
}

static void refuses_other_files(struct kunit *test)
{
	expect_refused(test, "empty", "", 0, -EBADMSG, "not a kidoban policy");
	expect_refused(test, "half a magic", "KDBANP0", 7, -EBADMSG, "not a kidoban policy");
	expect_refused(test, "other magic", "KDBANP02", 8, -EBADMSG, "not a kidoban policy");
	expect_refused(test, "YAML", "kidoban: 1\n", 11, -EBADMSG, "not a kidoban policy");
}

/* Every length short of the whole, as a copy that was cut off would have. */
static void refuses_truncated(struct kunit *test)
{
	const struct kb_sample s = { .serial = 10, .n_rules = 2 };
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	u32 whole_len, len, rule = 4 + 8 + 8 + 8;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	whole_len = kb_make_sample(buf, ROOM, &s);
	KUNIT_ASSERT_GT(test, whole_len, 2 * rule);
	for (len = 0; len < whole_len; len++) {
		/* rules are a list: fewer of them is a policy too (and has no signature) */
		if (len == whole_len - rule || len == whole_len - 2 * rule)
			continue;
		expect_refused(test, "truncated", buf, len, -EBADMSG, "");
	}
}

/* Without a signature a flipped bit may still be a policy, but never more than that. */
static void survives_flipped_bits(struct kunit *test)
{
	const struct kb_sample s = { .serial = 10, .n_rules = 1 };
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	u32 len, bit, refused = 0;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	len = kb_make_sample(buf, ROOM, &s);
	for (bit = 0; bit < len * 8; bit++) {
		struct kb_policy *policy = NULL;
		struct kb_blob_error error;
		int err;

		buf[bit / 8] ^= 1u << bit % 8;
		err = parse_exact(test, buf, len, &policy, &error);
		buf[bit / 8] ^= 1u << bit % 8;
		if (err != 0 && err != -EBADMSG && err != -EPROTONOSUPPORT)
			KUNIT_FAIL(test, "bit %u: %d", bit, err);
		KUNIT_EXPECT_EQ(test, !err, policy != NULL);
		refused += err < 0;
		kb_policy_free(policy);
	}
	/* structure, not content, is most of so small a policy */
	KUNIT_EXPECT_GT(test, refused, len * 8 / 3);
}

static void refuses_oversized(struct kunit *test)
{
	u8 *buf = vmalloc(KB_BLOB_MAX);
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	struct kb_maker m;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	/* the byte past the end is not there to be read */
	KUNIT_EXPECT_EQ(test, kb_policy_parse(buf, KB_BLOB_MAX + 1, &policy, &error), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, kb_policy_parse(buf, SIZE_MAX, &policy, &error), -EMSGSIZE);

	/* the largest that is read, with zeroes behind a sound beginning */
	memset(buf, 0, KB_BLOB_MAX);
	kb_make_begin(&m, buf, KB_BLOB_MAX);
	whole(&m);
	KUNIT_EXPECT_EQ(test, kb_policy_parse(buf, KB_BLOB_MAX, &policy, &error), -EBADMSG);
	KUNIT_EXPECT_NULL(test, policy);
	vfree(buf);
}

static void rules_at_their_limit(struct kunit *test)
{
	struct kb_sample s = { .serial = 10, .n_rules = KB_RULES_MAX };
	u8 *buf = vmalloc(KB_BLOB_MAX);
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	u32 len;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	len = kb_make_sample(buf, KB_BLOB_MAX, &s);
	KUNIT_EXPECT_EQ_MSG(test, kb_policy_parse(buf, len, &policy, &error), 0, "%s", error.text);
	if (policy) {
		KUNIT_EXPECT_EQ(test, policy->n_rules, KB_RULES_MAX);
		KUNIT_EXPECT_EQ(test, policy->rules[KB_RULES_MAX - 1].line, 10);
		kb_policy_free(policy);
	}

	policy = NULL;
	s.n_rules++;
	len = kb_make_sample(buf, KB_BLOB_MAX, &s);
	KUNIT_EXPECT_EQ(test, kb_policy_parse(buf, len, &policy, &error), -EBADMSG);
	KUNIT_EXPECT_NOT_NULL(test, strstr(error.text, "more than 4096"));
	KUNIT_EXPECT_NULL(test, policy);
	vfree(buf);
}

/* No table of ours nests so deep; the reader must hold for those to come. */
static const struct kb_attr_table endless;
static const struct kb_attr_spec endless_specs[2] = {
	[1] = { "nest", KB_ATTR_NEST, .flags = KB_ATTR_LIST, .list_max = 9, .nest = &endless },
};
static const struct kb_attr_table endless = TABLE("endless", endless_specs);

static void refuses_deep_nesting(struct kunit *test)
{
	static const u8 bytes[16] = { 16, 0, 1, 0, 12, 0, 1, 0, 8, 0, 1, 0, 4, 0, 1, 0 };
	struct kb_attr_reader reader[KB_BLOB_DEPTH_MAX + 1];
	struct kb_attr_view attr;
	struct kb_blob_error error = {};
	u32 depth;

	kb_attr_open(&reader[0], bytes, 0, sizeof(bytes), &endless, &error);
	for (depth = 0; depth < KB_BLOB_DEPTH_MAX; depth++) {
		int err;

		KUNIT_ASSERT_EQ(test, kb_attr_next(&reader[depth], &attr), 1);
		err = kb_attr_enter(&reader[depth], &attr, &reader[depth + 1]);
		KUNIT_ASSERT_EQ(test, err, depth + 1 < KB_BLOB_DEPTH_MAX ? 0 : -EBADMSG);
	}
	KUNIT_EXPECT_NOT_NULL(test, strstr(error.text, "deeper"));
}

/* Every attribute there is, in two rules. */
static void everything(struct kb_maker *m)
{
	u32 at;

	header(m);
	mode(m);
	at = kb_make_open(m, KB_BLOB_MEDIA);
	kb_make_u8(m, KB_MEDIA_DEFAULT, KB_ACTION_ALLOW);
	kb_make_string(m, KB_MEDIA_TELL, "使えません");
	kb_make_close(m, at);
	at = open_rule(m);
	kb_make_close(m, at);
	at = open_rule(m);
	kb_make_string(m, KB_RULE_LABEL, "納付書用-01");
	kb_make_string(m, KB_RULE_TELL, "内線 2210");
	kb_make_attr(m, KB_RULE_USB, "\x81\x07\xff\xff\x80\x55\xf0\xff", 8);
	kb_make_attr(m, KB_RULE_USB, "\x6d\x04\xff\xff\0\0\0\0", 8);
	kb_make_string(m, KB_RULE_SERIAL, "4C530001");
	kb_make_string(m, KB_RULE_PORT, "pci-0000:00:14.0/2.*");
	kb_make_u32(m, KB_RULE_CLASS, KB_CLASS_ALL);
	kb_make_attr(m, KB_RULE_INTERFACE, "\x8\6\0\3", 4);
	kb_make_u32(m, KB_RULE_HAS, KB_CLASS_BIT(KB_CLASS_KEYBOARD));
	kb_make_attr(m, KB_RULE_COUNT, "\x12\1\4\0", 4);
	kb_make_close(m, at);
}

static void expect_rules(struct kunit *test, const struct kb_policy *policy)
{
	const struct kb_usb_rule *r;

	KUNIT_ASSERT_EQ(test, policy->n_rules, 2);
	r = &policy->rules[0];
	KUNIT_EXPECT_EQ(test, r->n_ids + r->n_serials + r->n_ports + r->n_triples + r->n_counts, 0);
	KUNIT_EXPECT_EQ(test, r->action, KB_ACTION_ALLOW);
	r = &policy->rules[1];
	KUNIT_EXPECT_EQ(test, r->line, 7);
	KUNIT_EXPECT_STREQ(test, r->label, "納付書用-01");
	KUNIT_EXPECT_STREQ(test, r->tell, "内線 2210");
	KUNIT_ASSERT_EQ(test, r->n_ids, 2);
	KUNIT_EXPECT_EQ(test, r->ids[0].vendor, 0x0781);
	KUNIT_EXPECT_EQ(test, r->ids[0].product_mask, 0xfff0);
	KUNIT_EXPECT_EQ(test, r->ids[1].vendor, 0x046d);
	KUNIT_ASSERT_EQ(test, r->n_serials, 1);
	KUNIT_EXPECT_STREQ(test, r->serials[0], "4C530001");
	KUNIT_ASSERT_EQ(test, r->n_ports, 1);
	KUNIT_EXPECT_STREQ(test, r->ports[0], "pci-0000:00:14.0/2.*");
	KUNIT_EXPECT_EQ(test, r->classes, KB_CLASS_ALL);
	KUNIT_EXPECT_EQ(test, r->has, KB_CLASS_BIT(KB_CLASS_KEYBOARD));
	KUNIT_ASSERT_EQ(test, r->n_triples, 1);
	KUNIT_EXPECT_EQ(test, r->triples[0].subclass, 6);
	KUNIT_ASSERT_EQ(test, r->n_counts, 1);
	KUNIT_EXPECT_EQ(test, r->counts[0].max, 4);
}

static void parses_everything(struct kunit *test)
{
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	struct kb_maker m;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	kb_make_begin(&m, buf, ROOM);
	everything(&m);
	KUNIT_ASSERT_EQ_MSG(test, parse_exact(test, buf, m.len, &policy, &error), 0, "%s",
			    error.text);
	KUNIT_EXPECT_STREQ(test, policy->header.municipality, "131016");
	KUNIT_EXPECT_STREQ(test, policy->header.group, "shared-terminals");
	KUNIT_EXPECT_EQ(test, policy->header.epoch, 1);
	KUNIT_EXPECT_EQ(test, policy->header.serial, 10);
	KUNIT_EXPECT_EQ(test, policy->header.expires, KB_MAKER_EXPIRES);
	KUNIT_EXPECT_EQ(test, policy->header.source_sha256[1], 0x64);
	KUNIT_EXPECT_EQ(test, policy->media_mode, KB_GATE_ENFORCE);
	KUNIT_EXPECT_EQ(test, policy->media_default, KB_ACTION_ALLOW);
	KUNIT_EXPECT_STREQ(test, policy->media_tell, "使えません");
	KUNIT_EXPECT_EQ(test, policy->blob_len, m.len);
	KUNIT_EXPECT_EQ(test, memcmp(policy->blob, buf, m.len), 0);
	KUNIT_EXPECT_GE(test, policy->memory, m.len + sizeof(*policy));
	expect_rules(test, policy);
	kb_policy_free(policy);
}
MAKE(label_127, text_of(m, KB_RULE_LABEL, KB_LABEL_MAX);)
MAKE(tell_511, text_of(m, KB_RULE_TELL, KB_TELL_MAX);)
MAKE(usb_serial_255, text_of(m, KB_RULE_SERIAL, KB_USB_SERIAL_MAX);)
MAKE(municipality_15, header_with(m, KB_HEADER_MUNICIPALITY, "0123456789abcde", 16);)
MAKE(list_64, rule_list(m, KB_RULE_SERIAL, "x", 2, KB_RULE_LIST_MAX);)
MAKE(utf8_last, rule_with(m, KB_RULE_LABEL, "\xf4\x8f\xbf\xbf", 5);)
MAKE(port_star, rule_with(m, KB_RULE_PORT, "pci-0000:00:14.0/*", 19);)

/* The longest of everything is as good as the shortest. */
static void accepts_bounds(struct kunit *test)
{
	static void (*const sound[])(struct kb_maker *m) = {
		whole, label_127, tell_511, usb_serial_255, municipality_15, list_64, utf8_last,
		port_star,
	};
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(sound); i++) {
		struct kb_policy *policy = NULL;
		struct kb_blob_error error = {};
		struct kb_maker m;

		kb_make_begin(&m, buf, ROOM);
		sound[i](&m);
		KUNIT_EXPECT_EQ_MSG(test, parse_exact(test, buf, m.len, &policy, &error), 0,
				    "%u: %s", i, error.text);
		kb_policy_free(policy);
	}
	kb_policy_free(NULL);
}

static void accepts_gates(struct kunit *test)
{
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	for (i = 0; i < ARRAY_SIZE(sound_gates); i++) {
		struct kb_policy *policy = NULL;
		struct kb_blob_error error = {};
		struct kb_maker m;

		kb_make_begin(&m, buf, ROOM);
		sound_gates[i](&m);
		KUNIT_EXPECT_EQ_MSG(test, parse_exact(test, buf, m.len, &policy, &error), 0,
				    "%u: %s", i, error.text);
		kb_policy_free(policy);
	}
}

/* Whichever allocation of a policy with networks fails, nothing of it stays (kmemleak). */
static void survives_no_memory(struct kunit *test)
{
	u8 *buf = kunit_kmalloc(test, ROOM, GFP_KERNEL);
	unsigned int n, left = 0, failed = 0;
	struct kb_maker m;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	kb_make_begin(&m, buf, ROOM);
	gates(&m);
	for (n = 1; n < 64 && !left; n++) {
		struct kb_policy *policy = NULL;
		int err;

		current->fail_nth = n;
		err = kb_policy_parse(buf, m.len, &policy, NULL);
		left = current->fail_nth;
		current->fail_nth = 0;
		/* a large one is taken from elsewhere when it fails */
		if (!err) {
			kb_policy_free(policy);
			continue;
		}
		failed++;
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_PTR_EQ(test, policy, (struct kb_policy *)NULL);
	}
	KUNIT_EXPECT_GT(test, failed, 2u);
	KUNIT_EXPECT_GT(test, left, 0u);
}

static struct kunit_case blob_cases[] = {
	KUNIT_CASE_PARAM(refuses, refusal_gen_params),
	KUNIT_CASE_PARAM(refuses, gate_refusal_gen_params),
	KUNIT_CASE(refuses_other_files),
	KUNIT_CASE(refuses_truncated),
	KUNIT_CASE(survives_flipped_bits),
	KUNIT_CASE(refuses_oversized),
	KUNIT_CASE(rules_at_their_limit),
	KUNIT_CASE(refuses_deep_nesting),
	KUNIT_CASE(parses_everything),
	KUNIT_CASE(accepts_bounds),
	KUNIT_CASE(accepts_gates),
	KUNIT_CASE(survives_no_memory),
	{}
};

static struct kunit_suite blob_suite = {
	.name = "kidoban_blob",
	.test_cases = blob_cases,
};
kunit_test_suite(blob_suite);
