// SPDX-License-Identifier: GPL-2.0-or-later
/* diff, explain, expectations, show, nearest words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/blob_write.h"
#include "policy/bundle.h"
#include "policy/diff.h"
#include "policy/expect.h"
#include "policy/explain.h"
#include "policy/file.h"
#include "policy/nearest.h"
#include "policy/render.h"
#include "policy/show.h"
#include "policy/source.h"
#include "policy/text.h"

#define POLICY(serial)                                                                             \
	"kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: " serial                 \
	", expires: 2027-03-31}\nmode: {media: enforce}\nmedia:\n  rules:\n"
#define KEYBOARD	"    - allow: {class: [keyboard, mouse], label: input}\n"
#define STICK		"    - allow: {usb: \"0781:5583\", serial: AA1, class: storage}\n"
#define MEDIA		"    - refuse: {class: [storage, mtp]}\n      tell: ask\n"

static struct kb_model *parse(const char *text)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model;
	int r = kb_text_parse(text, strlen(text), &diags, &model);

	if (r)
		kb_diags_write(&diags, "parse", stderr);
	assert_int_equal(r, 0);
	kb_diags_done(&diags);
	return model;
}

/* Changes as one line: "changed policy.serial; added 7; ..." */
static void assert_diff(const char *from, const char *to, const char *wanted)
{
	struct kb_model *a = parse(from), *b = parse(to);
	struct kb_changes changes;
	char got[500] = "";
	size_t i;

	assert_int_equal(kb_diff(&(struct kb_diff_side){ &a->policy, &a->agent },
				 &(struct kb_diff_side){ &b->policy, &b->agent }, &changes), 0);
	for (i = 0; i < changes.n; i++) {
		const struct kb_change *c = &changes.list[i];

		sprintf(got + strlen(got), "%s%s %s%u-%u", i ? "; " : "", kb_change_name(c->kind),
			c->key ?: "", c->from_line, c->to_line);
	}
	assert_string_equal(got, wanted);
	kb_changes_done(&changes);
	kb_model_free(a);
	kb_model_free(b);
}

static void diffs(void **state)
{
	(void)state;
	assert_diff(POLICY("1") KEYBOARD STICK, POLICY("1") KEYBOARD STICK, "");
	assert_diff(POLICY("1") KEYBOARD STICK, POLICY("2") KEYBOARD STICK, "changed policy.serial0-0");
	assert_diff(POLICY("1") KEYBOARD MEDIA, POLICY("1") KEYBOARD STICK MEDIA, "added 0-7");
	assert_diff(POLICY("1") KEYBOARD STICK MEDIA, POLICY("1") KEYBOARD MEDIA, "removed 7-0");
	/* Comments, spelling and line numbers are no change. */
	assert_diff(POLICY("1") KEYBOARD STICK,
		    POLICY("1") "    # x\n    - allow: {label: input, class: [mouse, keyboard]}\n" STICK, "");
	assert_diff(POLICY("1") "    - refuse: {usb: \"07??:*\"}\n",
		    POLICY("1") "    - refuse: {usb: \"07*:????\"}\n", "");
	/* One rule has moved, not all behind it. */
	assert_diff(POLICY("1") KEYBOARD STICK MEDIA, POLICY("1") STICK MEDIA KEYBOARD, "moved 6-9");
	assert_diff(POLICY("1") KEYBOARD MEDIA, POLICY("1") KEYBOARD "    - refuse: {class: [storage, mtp]}\n      tell: go\n", "tell 7-7");
	/* Twins are counted. */
	assert_diff(POLICY("1") STICK STICK, POLICY("1") STICK, "removed 7-0");
	assert_diff(POLICY("1") KEYBOARD, POLICY("1") KEYBOARD "  default: allow\n  tell: t\n", "changed media.default0-0; changed media.tell0-0");
}

static void diffs_many(void **state)
{
	struct kb_usb_rule *rules[2];
	struct kb_policy sides[2] = { 0 };
	struct kb_changes changes;
	static char labels[KB_RULES_MAX][8];
	static const struct kb_agent_policy nothing;
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		rules[i] = calloc(KB_RULES_MAX, sizeof(**rules));
		sides[i] = (struct kb_policy){ .header = { .municipality = "1", .group = "g" },
					       .rules = rules[i],
					       .n_rules = KB_RULES_MAX };
	}
	for (i = 0; i < KB_RULES_MAX; i++) {
		snprintf(labels[i], sizeof(labels[i]), "%u", i);
		rules[0][i].label = labels[i];
		rules[1][KB_RULES_MAX - 1 - i].label = labels[i];
	}
	assert_int_equal(kb_diff(&(struct kb_diff_side){ &sides[0], &nothing },
				 &(struct kb_diff_side){ &sides[1], &nothing }, &changes), 0);
	/* Turned round: one may stay where it is. */
	assert_int_equal(changes.n, KB_RULES_MAX - 1);
	kb_changes_done(&changes);
	free(rules[0]);
	free(rules[1]);
}

#define ASK(usb_id, ...)                                                                           \
	const char *interfaces[] = { __VA_ARGS__ };                                                \
	struct kb_explain_query query = { .usb = usb_id,                                           \
					  .interfaces = interfaces,                                \
					  .n_interfaces = ARRAY_SIZE(interfaces) }

static void explains(void **state)
{
	ASK("0781:5583:AA1", "storage", "03/01/01", "printer");
	struct kb_model *model = parse(POLICY("1") KEYBOARD STICK MEDIA);
	struct kb_explain_answer answer;
	const char *wrong;
	char reason[200];

	(void)state;
	assert_int_equal(kb_explain(&model->policy, &query, &answer, &wrong), 0);
	assert_int_equal(answer.n_rows, 3);
	assert_int_equal(answer.rows[0].verdict.action, KB_ACTION_ALLOW);
	kb_explain_reason(&answer.rows[0], "f.yaml", reason, sizeof(reason));
	assert_string_equal(reason, "rule in f.yaml:7");
	kb_explain_reason(&answer.rows[1], "f.yaml", reason, sizeof(reason));
	assert_string_equal(reason, "rule in f.yaml:6 (input)");
	kb_explain_reason(&answer.rows[1], NULL, reason, sizeof(reason));
	assert_string_equal(reason, "rule in line 6 (input)");
	assert_int_equal(answer.rows[2].verdict.action, KB_ACTION_REFUSE);
	kb_explain_reason(&answer.rows[2], "f.yaml", reason, sizeof(reason));
	assert_string_equal(reason, "no rule matched; default: refuse");
	query.usb = "0781:5583:AA2";
	assert_int_equal(kb_explain(&model->policy, &query, &answer, &wrong), 0);
	assert_int_equal(answer.rows[0].verdict.action, KB_ACTION_REFUSE);
	assert_string_equal(answer.rows[0].rule->tell, "ask");
	kb_model_free(model);
}

static void explains_by_class(void **state)
{
	struct kb_model *model = parse(POLICY("1") KEYBOARD STICK MEDIA);
	struct kb_explain_query query = { .usb = "1209:0001" };
	struct kb_explain_answer answer;
	const char *wrong;
	unsigned int i;

	(void)state;
	assert_int_equal(kb_explain(&model->policy, &query, &answer, &wrong), 0);
	assert_int_equal(answer.n_rows, KB_CLASS_MAX);
	for (i = 0; i < KB_CLASS_MAX; i++) {
		assert_true(answer.rows[i].supposed);
		assert_int_equal(answer.rows[i].classes, KB_CLASS_BIT(i));
		assert_int_equal(answer.rows[i].verdict.action,
				 i == KB_CLASS_KEYBOARD || i == KB_CLASS_MOUSE || i == KB_CLASS_HUB);
	}
	assert_int_equal(answer.rows[KB_CLASS_HUB].verdict.reason, KB_REASON_HUB);
	kb_model_free(model);
}

static void refuses_questions(void **state)
{
	static const char *const ids[] = { "", "0781", "0781:", "0781:558", "0781:5583:", "0781:*",
					   "usb", "0781:5583x" };
	ASK("0781:5583", "keybord");
	struct kb_model *model = parse(POLICY("1") KEYBOARD);
	struct kb_explain_answer answer;
	const char *wrong = "unset";
	size_t i;

	(void)state;
	assert_int_equal(kb_explain(&model->policy, &query, &answer, &wrong), -EINVAL);
	assert_string_equal(wrong, "keybord");
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		query.usb = ids[i];
		assert_int_equal(kb_explain(&model->policy, &query, &answer, &wrong), -EINVAL);
		assert_null(wrong);
	}
	kb_model_free(model);
}

static void reads_interfaces(void **state)
{
	static const char *const wrong[] = { "", "+", "03/01/01+", "03/01/*", "03/01", "storage MPT",
		"a+b", "03/01/01  MTP", "03/01/01+03/01/01+03/01/01+03/01/01+03/01/01+03/01/01+03/01/01+03/01/01+03/01/01" };
	struct kb_device_interface interface;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_int_equal(kb_device_interface_parse(wrong[i], &interface), -EINVAL);
	assert_int_equal(kb_device_interface_parse("ff/FF/00 MTP+storage", &interface), 0);
	assert_int_equal(interface.n_alts, 2);
	assert_true(interface.alts[0].named_mtp);
	assert_int_equal(interface.alts[0].subclass, 0xff);
	assert_int_equal(interface.alts[1].class, 0x08);
	assert_false(interface.alts[1].named_mtp);
}

/* A table with one row; what the policy above makes of it. */
static bool expectation_holds(const char *row)
{
	struct kb_model *model = parse(POLICY("1") KEYBOARD STICK MEDIA);
	struct kb_expectations table;
	struct kb_expect_result result;
	struct kb_diags diags = { 0 };
	int r = kb_expectations_parse(row, strlen(row), &diags, &table);

	if (r)
		kb_diags_write(&diags, "table", stderr);
	assert_int_equal(r, 0);
	assert_int_equal(table.n, 1);
	kb_expect_run(&model->policy, &table.list[0], &result);
	kb_expectations_done(&table);
	kb_diags_done(&diags);
	kb_model_free(model);
	return result.passed;
}

static void expects(void **state)
{
	(void)state;
	assert_true(expectation_holds("[{device: {usb: \"046d:c31c\", interfaces: keyboard}, expect: allow}]"));
	assert_false(expectation_holds("[{device: {usb: \"046d:c31c\", interfaces: keyboard}, expect: refuse}]"));
	assert_true(expectation_holds("[{device: {usb: \"046d:c31c\", interfaces: keyboard}, expect: allow, rule: input}]"));
	assert_true(expectation_holds("[{device: {usb: \"046d:c31c\", interfaces: keyboard}, expect: allow, rule: 6}]"));
	assert_false(expectation_holds("[{device: {usb: \"046d:c31c\", interfaces: keyboard}, expect: allow, rule: 7}]"));
	assert_true(expectation_holds("[{device: {usb: \"0781:5583\", serial: AA1, interfaces: [storage, mtp]}, expect: [allow, refuse]}]"));
	assert_false(expectation_holds("[{device: {usb: \"0781:5583\", serial: AA1, interfaces: [storage, mtp]}, expect: allow}]"));
	assert_true(expectation_holds("[{device: {usb: \"05e3:0608\", interfaces: hub}, expect: allow, rule: hub}]"));
	assert_true(expectation_holds("[{device: {usb: \"04b8:0005\", interfaces: printer}, expect: refuse, rule: default}]"));
}

static void refuses_tables(void **state)
{
	static const struct {
		const char *text;
		uint32_t line, column;
		const char *code;
	} cases[] = {
		{ "a: b\n", 1, 1, "type" },
		{ "- {expect: allow}\n", 1, 3, "one-of" },
		{ "- {device: {usb: \"0781:5583\", interfaces: hub}}\n", 1, 3, "missing-key" },
		{ "- {device: {usb: \"0781:*\", interfaces: hub}, expect: allow}\n", 1, 18, "bad-value" },
		{ "- {device: {usb: \"0781:5583\", interfaces: hubb}, expect: allow}\n", 1, 43, "bad-value" },
		{ "- {device: {usb: \"0781:5583\", interfaces: hub}, expect: deny}\n", 1, 57, "unknown-value" },
		{ "- {device: {usb: \"0781:5583\", interfaces: hub}, expect: [allow, allow]}\n", 1, 57, "expect-length" },
		{ "- {device: {usb: \"0781:5583\", interfaces: hub}, expct: allow, expect: allow}\n", 1, 49, "unknown-key" },
	};
	struct kb_expectations table;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_diags diags = { 0 };

		assert_int_equal(kb_expectations_parse(cases[i].text, strlen(cases[i].text), &diags, &table), -EBADMSG);
		assert_string_equal(diags.first->code, cases[i].code);
		assert_int_equal(diags.first->line, cases[i].line);
		assert_int_equal(diags.first->column, cases[i].column);
		kb_diags_done(&diags);
	}
}

static void shows_what_is_built_in(void **state)
{
	struct kb_model *model = parse(POLICY("1") "    - refuse: {usb: \"07??:1*\"}\n" KEYBOARD "  default: allow\n");
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	kb_show(&model->policy, &model->agent, "f.yaml", true, out);
	fclose(out);
	assert_non_null(strstr(text, "# f.yaml:6\n    #   usb 07*:1*: vendor 0700-07ff, product 1000-1fff\n"));
	assert_non_null(strstr(text, "# f.yaml:7\n    #   keyboard: 03/01/01\n"));
	assert_non_null(strstr(text, "a hub that is nothing else is allowed"));
	assert_non_null(strstr(text, "although the default allows"));
	assert_non_null(strstr(text, "  epoch: 1\n"));
	free(text);
	kb_model_free(model);
}

/* Blobs of others may hold what no text may: it is shown, not obeyed. */
static void shows_hidden_characters(void **state)
{
	static const char text[] = "a\"\\\x01\xe2\x80\xae\xf0\x9f\xbf\xbe\xff\xe6\x9c\xa8";
	char *shown;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	(void)state;
	kb_render_text(text, out);
	fclose(out);
	assert_string_equal(shown, "\"a\\\"\\\\\\u0001\\u202e\\U0001fffe\\ufffd\xe6\x9c\xa8\"");
	free(shown);
}

static void finds_the_nearest(void **state)
{
	static const struct {
		const char *word, *wanted;
	} cases[] = {
		{ "seral", "serial" },	 { "SERIAL", "serial" }, { "sreial", "serial" },
		{ "serials", "serial" }, { "expire", "expires" }, { "xyzzy", NULL },
		{ "", NULL },		 { "grp", "group" },	 { "exp", "expires" },
	};
	static const char *const known[] = { "group", "serial", "expires", "lock" };
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_nearest nearest = { 0 };

		for (k = 0; k < ARRAY_SIZE(known); k++)
			kb_nearest_offer(&nearest, cases[i].word, known[k]);
		assert_string_equal(nearest.best ?: "-", cases[i].wanted ?: "-");
	}
}

static void load(const void *bytes, size_t len, enum kb_source_kind kind, int wanted)
{
	char path[] = "/tmp/kidoban-source.XXXXXX";
	struct kb_diags diags = { 0 };
	struct kb_fault fault = { 0 };
	struct kb_source source;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(kb_file_replace(path, bytes, len, 0600), 0);
	assert_int_equal(kb_source_load(path, &diags, &source, &fault), wanted);
	unlink(path);
	if (wanted) {
		assert_true(fault.text[0] || diags.first);
	} else {
		assert_int_equal(source.kind, kind);
		assert_int_equal(source.policy->n_rules, 2);
		assert_string_equal(kb_source_text(&source, path) ?: "-", kind == KB_SOURCE_TEXT ? path : "-");
		kb_source_done(&source);
	}
	kb_diags_done(&diags);
}

static void loads_blobs_and_bundles(void **state)
{
	static const char text[] = POLICY("1") KEYBOARD STICK;
	struct kb_model *model = parse(text);
	struct kb_bundle bundle = { 0 };
	struct kb_bytes bytes;
	size_t len;
	void *blob;

	(void)state;
	assert_int_equal(kb_blob_write(&model->policy, &model->agent, &blob, &len), 0);
	load(text, strlen(text), KB_SOURCE_TEXT, 0);
	load(blob, len, KB_SOURCE_BLOB, 0);
	load(blob, len - 1, KB_SOURCE_BLOB, -EBADMSG);
	load("KDBANP01", 8, KB_SOURCE_BLOB, -EBADMSG);
	load("x: y", 4, KB_SOURCE_TEXT, -EBADMSG);
	kb_bundle_set(&bundle, KB_BUNDLE_BLOB, blob, len);
	kb_bundle_set(&bundle, KB_BUNDLE_AUTHOR, "sig", 3);
	kb_bundle_set(&bundle, KB_BUNDLE_SOURCE, text, strlen(text));
	assert_int_equal(kb_bundle_encode(&bundle, &bytes, NULL), 0);
	load(bytes.data, bytes.len, KB_SOURCE_BUNDLE, 0);
	load(bytes.data, bytes.len / 2, KB_SOURCE_BUNDLE, -EBADMSG);
	kb_bytes_done(&bytes);
	kb_bundle_done(&bundle);
	kb_model_free(model);
	free(blob);
}

static void loads_any_kind(void **state)
{
	struct kb_diags diags = { 0 };
	struct kb_fault fault = { 0 };
	struct kb_source source;

	(void)state;
	assert_int_equal(kb_source_load("/nonexistent/x", &diags, &source, &fault), -ENOENT);
	assert_non_null(strstr(fault.text, "/nonexistent/x"));
	assert_int_equal(kb_source_load("policy/templates/audit-first.yaml", &diags, &source, &fault), 0);
	assert_int_equal(source.kind, KB_SOURCE_TEXT);
	assert_int_equal(source.policy->media_mode, KB_GATE_AUDIT);
	kb_source_done(&source);
	kb_diags_done(&diags);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(diffs),	     cmocka_unit_test(diffs_many),
		cmocka_unit_test(explains),	     cmocka_unit_test(explains_by_class),
		cmocka_unit_test(refuses_questions), cmocka_unit_test(reads_interfaces),
		cmocka_unit_test(expects),	     cmocka_unit_test(refuses_tables),
		cmocka_unit_test(shows_what_is_built_in), cmocka_unit_test(finds_the_nearest),
		cmocka_unit_test(loads_blobs_and_bundles),
		cmocka_unit_test(loads_any_kind),    cmocka_unit_test(shows_hidden_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
