// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy test: a policy against its table of expectations. */
#include <stdio.h>
#include <string.h>

#include "agent/cli/policy_verbs.h"
#include "agent/json.h"
#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/expect.h"
#include "policy/file.h"
#include "policy/reason.h"
#include "policy/render.h"

#define REASON_SIZE	700

/* staff.yaml -> staff.test.yaml */
static int default_table(const char *file, char *ret, size_t size)
{
	const char *slash = strrchr(file, '/'), *dot = strrchr(slash ? slash : file, '.');
	size_t len = dot ? (size_t)(dot - file) : strlen(file);

	return (size_t)snprintf(ret, size, "%.*s.test.yaml", (int)len, file) < size ? 0 :
										     -ENAMETOOLONG;
}

static int load_table(const char *path, struct kb_expectations *ret)
{
	struct kb_diags diags = { 0 };
	KB_FREE uint8_t *text = NULL;
	size_t len;
	int r;

	r = kb_file_read(path, KB_TEXT_MAX, &text, &len);
	if (r < 0)
		return kb_complain(kb_policy_exit(r), "%s: %s", path, strerror(-r));
	r = kb_expectations_parse((const char *)text, len, &diags, ret);
	kb_diags_write(&diags, path, stderr);
	kb_diags_done(&diags);
	return kb_policy_exit(r);
}

static void row_name(const struct kb_expectation *row, char *ret, size_t size)
{
	const struct kb_packet_question *packet = &row->packet;

	if (row->name)
		snprintf(ret, size, "%s", row->name);
	else if (row->subject == KB_EXPECT_DEVICE)
		snprintf(ret, size, "usb %04x:%04x", row->usb.vendor, row->usb.product);
	else if (row->subject == KB_EXPECT_LINK)
		snprintf(ret, size, "link %s %s", row->link.kind ?: "ethernet", row->link.ifname ?: "");
	else
		snprintf(ret, size, "packet %s -> %s %s %s", packet->src, packet->dst,
			 packet->proto, packet->port ?: "");
}

static enum kb_action wanted(const struct kb_expectation *row, unsigned int interface)
{
	return row->expect[row->n_expect > 1 ? interface : 0];
}

/* What differed, behind a "#". */
static void print_difference(const struct kb_expectation *row,
			     const struct kb_expect_result *result, const char *file,
			     const char *table)
{
	char reason[REASON_SIZE], shown[4 * REASON_SIZE];
	unsigned int i = result->interface;

	kb_expect_reason(row, result, file, reason, sizeof(reason));
	kb_printable(reason, shown, sizeof(shown));
	if (row->subject == KB_EXPECT_DEVICE)
		printf(_("#   %s:%u: interface %u: wanted %s"), table, row->line,
		       result->rows[i].number, kb_render_action(wanted(row, i)));
	else
		printf(_("#   %s:%u: wanted %s"), table, row->line, kb_render_action(wanted(row, i)));
	if (row->reason)
		printf(" (%s)", row->reason);
	if (row->rule)
		printf(_(" by rule %s"), row->rule);
	if (result->fault.text[0]) {
		printf(_(", could not ask: %s\n"), shown);
		return;
	}
	if (row->subject == KB_EXPECT_DEVICE)
		printf(_(", got %s: %s\n"), kb_render_action(kb_expect_outcome(row, result, i)),
		       shown);
	else
		printf(_(", got %s (%s): %s\n"),
		       kb_render_action(kb_expect_outcome(row, result, i)),
		       kb_reason_name(kb_expect_why(row, result, i)), shown);
}

/* TAP: "ok 1 - name". */
static void print_row(unsigned int number, const struct kb_expectation *row,
		      const struct kb_expect_result *result, const char *file, const char *table)
{
	char name[300];

	row_name(row, name, sizeof(name));
	printf("%s %u - %s\n", result->passed ? "ok" : "not ok", number, name);
	if (!result->passed)
		print_difference(row, result, file, table);
}

static void json_outcome(struct kb_json *json, const struct kb_expectation *row,
			 const struct kb_expect_result *result, unsigned int i)
{
	kb_json_text(json, "wanted", kb_render_action(wanted(row, i)));
	if (result->fault.text[0]) {
		kb_json_text(json, "error", result->fault.text);
		return;
	}
	kb_json_text(json, "got", kb_render_action(kb_expect_outcome(row, result, i)));
	kb_json_text(json, "reason", kb_reason_name(kb_expect_why(row, result, i)));
	if (kb_expect_line(row, result, i))
		kb_json_uint(json, "line", kb_expect_line(row, result, i));
}

static void json_row(struct kb_json *json, const struct kb_expectation *row,
		     const struct kb_expect_result *result)
{
	char name[300];
	unsigned int i;

	row_name(row, name, sizeof(name));
	kb_json_open(json, NULL, '{');
	kb_json_text(json, "name", name);
	kb_json_uint(json, "line", row->line);
	kb_json_bool(json, "passed", result->passed);
	if (row->subject == KB_EXPECT_DEVICE) {
		kb_json_open(json, "interfaces", '[');
		for (i = 0; i < result->n_rows; i++) {
			kb_json_open(json, NULL, '{');
			json_outcome(json, row, result, i);
			kb_json_close(json, '}');
		}
		kb_json_close(json, ']');
	} else {
		json_outcome(json, row, result, 0);
	}
	kb_json_close(json, '}');
}

static int run(const struct kb_policy *policy, const struct kb_expectations *table,
	       const char *file, const char *table_file, bool json)
{
	struct kb_json out = { .out = stdout };
	struct kb_expect_result result;
	unsigned int failed = 0;
	uint32_t i;

	if (json)
		kb_json_open(&out, NULL, '[');
	else
		printf("TAP version 13\n1..%u\n", table->n);
	for (i = 0; i < table->n; i++) {
		kb_expect_run(policy, &table->list[i], &result);
		failed += !result.passed;
		if (json)
			json_row(&out, &table->list[i], &result);
		else
			print_row(i + 1, &table->list[i], &result, file, table_file);
	}
	if (json)
		kb_json_close(&out, ']');
	return failed ? KB_EXIT_REFUSED : KB_EXIT_OK;
}

int kb_policy_test(int argc, char **argv)
{
	static const struct option longs[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	struct kb_expectations table;
	struct kb_source source;
	const char *table_file;
	char path[4096];
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'j')
			return kb_policy_usage("test");
		json = true;
	}
	if (argc - optind < 1 || argc - optind > 2 ||
	    default_table(argv[optind], path, sizeof(path)) < 0)
		return kb_policy_usage("test");
	table_file = argc - optind == 2 ? argv[optind + 1] : path;
	c = kb_policy_load(argv[optind], &source);
	if (c)
		return c;
	c = load_table(table_file, &table);
	if (!c) {
		c = run(source.policy, &table, kb_source_text(&source, argv[optind]), table_file,
			json);
		kb_expectations_done(&table);
	}
	kb_source_done(&source);
	return c;
}
