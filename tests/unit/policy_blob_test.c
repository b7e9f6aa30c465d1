// SPDX-License-Identifier: GPL-2.0-or-later
/* Text to blob: golden bytes, the way there and back, and the largest policies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/blob_write.h"
#include "policy/diff.h"
#include "policy/file.h"
#include "policy/show.h"
#include "policy/text.h"

#define NOW	1795000000	/* 2026-11-18 */
#define HEAD                                                                                       \
	"kidoban: 1\n"                                                                             \
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n"
#define EVERYTHING                                                                                 \
	HEAD "mode: {media: audit}\n"                                                              \
	     "media:\n"                                                                            \
	     "  rules:\n"                                                                          \
	     "    - allow: {class: [keyboard, mouse]}\n"                                             \
	     "    - allow: {usb: [\"0781:5583\", \"07?1:*\"], serial: [\"a\\\"b\\\\c\", \"#\"], label: \"x: y\"}\n" \
	     "    - refuse: {port: [\"pci-0000:00:14.0/2.*\", \"pci-0000:00:14.0/*\"], has: [hub]}\n" \
	     "      tell: \"\xe6\x9c\xa8\xe6\x88\xb8 'q' \\\"d\\\"\"\n"                            \
	     "    - refuse: {interface: [\"08/*/50\", \"*/*/*\"], count: {keyboard: \"2-\", interfaces: \"1-3\", hub: \"0\"}}\n" \
	     "    - refuse: {}\n"                                                                    \
	     "  default: allow\n"                                                                  \
	     "  tell: t\n"

/* Compiles or fails the test. */
static void *compile(const char *text, size_t *ret_len)
{
	struct kb_diags diags = { 0 };
	void *blob;
	int r = kb_text_compile(text, strlen(text), NOW, &diags, &blob, ret_len);

	if (r)
		kb_diags_write(&diags, "test", stderr);
	assert_int_equal(r, 0);
	kb_diags_done(&diags);
	return blob;
}

static struct kb_policy *parse(const void *blob, size_t len)
{
	struct kb_blob_error error;
	struct kb_policy *policy;

	assert_int_equal(kb_policy_parse(blob, len, &policy, &error), 0);
	return policy;
}

static void golden(void **state)
{
	static const char text[] = HEAD "mode: {media: enforce}\n"
					"media: {rules: [{allow: {class: keyboard, usb: \"046D:c3??\", "
					"port: \"pci-0000:00:14.0/1\", count: {keyboard: 1}}}]}\n";
	/* Written by hand from include/uapi/kidoban/blob.h; the digest is sha256sum's. */
	static const unsigned char wanted[] =
		"KDBANP01"
		"\x7c\x00\x01\x00"
		"\x08\x00\x01\x00\x01\x00\x00\x00"
		"\x0b\x00\x02\x00" "131016\0\0"
		"\x06\x00\x03\x00" "g\0\0\0"
		"\x08\x00\x04\x00\x01\x00\x00\x00"
		"\x08\x00\x05\x00\x07\x00\x00\x00"
		"\x0c\x00\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00"
		"\x0c\x00\x07\x00\xf0\x14\xad\x6b\x00\x00\x00\x00"
		"\x08\x00\x08\x00\x01\x00\x00\x00"
		"\x24\x00\x09\x00" "................................"
		"\x05\x00\x0a\x00\x00\x00\x00\x00"
		"\x0c\x00\x02\x00" "\x05\x00\x01\x00\x02\x00\x00\x00"
		"\x0c\x00\x03\x00" "\x05\x00\x01\x00\x00\x00\x00\x00"
		"\x48\x00\x04\x00"
		"\x05\x00\x01\x00\x01\x00\x00\x00"
		"\x08\x00\x02\x00\x04\x00\x00\x00"
		"\x0c\x00\x05\x00\x6d\x04\xff\xff\x00\xc3\x00\xff"
		"\x17\x00\x07\x00" "pci-0000:00:14.0/1\0\0"
		"\x08\x00\x08\x00\x04\x00\x00\x00"
		"\x08\x00\x0b\x00\x02\x01\x01\x00";
	const size_t digest_at = 8 + 4 + 8 + 12 + 8 + 8 + 8 + 12 + 12 + 8 + 4;
	unsigned char *blob;
	size_t len;

	(void)state;
	blob = compile(text, &len);
	assert_int_equal(len, sizeof(wanted) - 1);
	memset(blob + digest_at, '.', 32);
	assert_memory_equal(blob, wanted, len);
	free(blob);
}

static void is_deterministic(void **state)
{
	size_t len[2];
	void *blob[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++)
		blob[i] = compile(EVERYTHING, &len[i]);
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(blob[0], blob[1], len[0]);
	free(blob[0]);
	free(blob[1]);
}

static void assert_same_rule(const struct kb_usb_rule *a, const struct kb_usb_rule *b)
{
	unsigned int i;

	assert_int_equal(a->action, b->action);
	assert_int_equal(a->classes, b->classes);
	assert_int_equal(a->has, b->has);
	assert_int_equal(a->n_ids, b->n_ids);
	assert_int_equal(a->n_serials, b->n_serials);
	assert_int_equal(a->n_ports, b->n_ports);
	assert_int_equal(a->n_triples, b->n_triples);
	assert_int_equal(a->n_counts, b->n_counts);
	assert_memory_equal(a->ids ?: (void *)a, a->ids ? b->ids : (void *)a, a->n_ids * sizeof(*a->ids));
	for (i = 0; i < a->n_serials; i++)
		assert_string_equal(a->serials[i], b->serials[i]);
	for (i = 0; i < a->n_ports; i++)
		assert_string_equal(a->ports[i], b->ports[i]);
	for (i = 0; i < a->n_triples; i++)
		assert_memory_equal(&a->triples[i], &b->triples[i], sizeof(*a->triples));
	for (i = 0; i < a->n_counts; i++)
		assert_memory_equal(&a->counts[i], &b->counts[i], sizeof(*a->counts));
	assert_string_equal(a->label ?: "-", b->label ?: "-");
	assert_string_equal(a->tell ?: "-", b->tell ?: "-");
}

/* text -> model -> blob -> policy: the same rules. */
static void survives_the_blob(void **state)
{
	struct kb_diags diags = { 0 };
	struct kb_policy *policy;
	struct kb_model *model;
	size_t len;
	void *blob;
	u32 i;

	(void)state;
	assert_int_equal(kb_text_parse(EVERYTHING, strlen(EVERYTHING), &diags, &model), 0);
	blob = compile(EVERYTHING, &len);
	policy = parse(blob, len);
	assert_int_equal(policy->n_rules, 5);
	assert_int_equal(policy->n_rules, model->policy.n_rules);
	for (i = 0; i < policy->n_rules; i++) {
		assert_same_rule(&model->policy.rules[i], &policy->rules[i]);
		assert_int_equal(model->policy.rules[i].line, policy->rules[i].line);
	}
	assert_memory_equal(model->policy.header.source_sha256, policy->header.source_sha256, 32);
	kb_policy_free(policy);
	kb_model_free(model);
	kb_diags_done(&diags);
	free(blob);
}

/* blob -> show -> text -> blob: the same meaning, with or without comments. */
static void survives_show(bool effective)
{
	static const struct kb_agent_policy nothing;
	struct kb_policy *policy, *again;
	struct kb_changes changes;
	size_t len, again_len, n;
	void *blob, *again_blob;
	char *text;
	FILE *out;
	u32 i;

	blob = compile(EVERYTHING, &len);
	policy = parse(blob, len);
	out = open_memstream(&text, &n);
	kb_show(policy, &nothing, "x.yaml", effective, out);
	fclose(out);
	again_blob = compile(text, &again_len);
	again = parse(again_blob, again_len);
	assert_int_equal(kb_diff(&(struct kb_diff_side){ policy, &nothing },
				 &(struct kb_diff_side){ again, &nothing }, &changes), 0);
	assert_int_equal(changes.n, 0);
	for (i = 0; i < policy->n_rules; i++)
		assert_same_rule(&policy->rules[i], &again->rules[i]);
	kb_changes_done(&changes);
	kb_policy_free(policy);
	kb_policy_free(again);
	free(text);
	free(blob);
	free(again_blob);
}

static void survives_plain_show(void **state)
{
	(void)state;
	survives_show(false);
}

static void survives_effective_show(void **state)
{
	(void)state;
	survives_show(true);
}

/* As many rules as there may be, each another one. */
static void takes_4096_rules(void **state)
{
	struct kb_policy *policy;
	size_t len, n;
	void *blob;
	char *text;
	FILE *out;
	u32 i;

	(void)state;
	out = open_memstream(&text, &n);
	fputs(HEAD "mode: {media: enforce}\nmedia:\n  rules:\n    - allow: {class: keyboard}\n", out);
	for (i = 1; i < KB_RULES_MAX; i++)
		fprintf(out, "    - allow: {usb: \"0781:5583\", serial: \"SN%06u\", class: storage}\n", i);
	fclose(out);
	blob = compile(text, &len);
	policy = parse(blob, len);
	assert_int_equal(policy->n_rules, KB_RULES_MAX);
	for (i = 1; i < KB_RULES_MAX; i++) {
		char serial[16];

		snprintf(serial, sizeof(serial), "SN%06u", i);
		assert_string_equal(policy->rules[i].serials[0], serial);
		assert_int_equal(policy->rules[i].line, 6 + i);
	}
	kb_policy_free(policy);
	free(blob);
	free(text);
}

/* The text may be within its bound and the blob still be too large. */
static void refuses_large_blobs(void **state)
{
	struct kb_diags diags = { 0 };
	size_t len = 0xdead, n;
	void *blob = (void *)0x1;
	char *text;
	FILE *out;
	int i, k;

	(void)state;
	out = open_memstream(&text, &n);
	fputs(HEAD "mode: {media: audit}\nmedia:\n  rules:\n", out);
	for (i = 0; i < KB_RULES_MAX; i++) {
		fputs("   - refuse: {usb: [", out);
		for (k = 0; k < 24; k++)
			fputs("\"*:*\",", out);
		fputs("]}\n", out);
	}
	fclose(out);
	assert_true(n < KB_TEXT_MAX);
	assert_int_equal(kb_text_compile(text, n, NOW, &diags, &blob, &len), -EMSGSIZE);
	assert_ptr_equal(blob, (void *)0x1);
	assert_int_equal(len, 0xdead);
	assert_string_equal(diags.last->code, "blob-size");
	kb_diags_done(&diags);
	free(text);
}

/* What the table lets through, the kernel's reader accepts, too. */
static void writes_any_model(void **state)
{
	struct kb_policy policy = { .header = { .municipality = "1", .group = "g", .serial = 1 } };
	struct kb_usb_rule rule = { .n_serials = 64 };
	const char *serials[64];
	char *longest = calloc(1, KB_USB_SERIAL_MAX + 1);
	size_t len;
	void *blob;
	int i;

	(void)state;
	memset(longest, 's', KB_USB_SERIAL_MAX);
	for (i = 0; i < 64; i++)
		serials[i] = longest;
	rule.serials = serials;
	policy.rules = &rule;
	policy.n_rules = 1;
	assert_int_equal(kb_blob_write(&policy, NULL, &blob, &len), 0);
	kb_policy_free(parse(blob, len));
	free(blob);
	/* 256 of them do not fit into one attribute. */
	rule.n_serials = 255;
	{
		const char *many[255];

		for (i = 0; i < 255; i++)
			many[i] = longest;
		rule.serials = many;
		blob = NULL;
		assert_int_equal(kb_blob_write(&policy, NULL, &blob, &len), -EMSGSIZE);
		assert_null(blob);
	}
	free(longest);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden),
		cmocka_unit_test(is_deterministic),
		cmocka_unit_test(survives_the_blob),
		cmocka_unit_test(survives_plain_show),
		cmocka_unit_test(survives_effective_show),
		cmocka_unit_test(takes_4096_rules),
		cmocka_unit_test(refuses_large_blobs),
		cmocka_unit_test(writes_any_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
