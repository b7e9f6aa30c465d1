// SPDX-License-Identifier: GPL-2.0-or-later
/* The question and answer of "explain". */
#include "agent/cli/answer.h"

#include "agent/json.h"
#include "agent/words.h"
#include "policy/device.h"
#include "policy/render.h"

#define REASON_SIZE	700

bool kb_question_option(struct kb_question *question, int c)
{
	struct kb_explain_query *query = &question->query;

	switch (c) {
	case 'C':
	case 'I':
		if (query->n_interfaces == KB_EXPLAIN_INTERFACES_MAX)
			return false;
		question->interfaces[query->n_interfaces++] = optarg;
		return true;
	case 'P':
		query->port = optarg;
		return true;
	case 'J':
		question->json = true;
		return true;
	default:
		return false;
	}
}

static void print_row(const struct kb_explain_row *row, const char *file)
{
	char classes[200], reason[REASON_SIZE], shown[4 * REASON_SIZE], tell[4 * KB_TELL_MAX + 8];

	kb_device_class_names(row->classes, classes, sizeof(classes));
	kb_explain_reason(row, file, reason, sizeof(reason));
	kb_printable(reason, shown, sizeof(shown));
	if (row->supposed)
		printf("  %-20s", classes);
	else
		printf("  %3u  %-20s", row->number, classes);
	printf("  %s: %s\n", kb_explain_outcome(row), shown);
	if (row->rule && row->rule->tell && row->verdict.action == KB_ACTION_REFUSE) {
		kb_printable(row->rule->tell, tell, sizeof(tell));
		printf("       %s\n", tell);
	}
}

static void json_row(struct kb_json *json, const struct kb_explain_row *row)
{
	int class;

	kb_json_open(json, NULL, '{');
	if (!row->supposed)
		kb_json_uint(json, "interface", row->number);
	kb_json_open(json, "classes", '[');
	for (class = 0; class < KB_CLASS_MAX; class++)
		if (row->classes & KB_CLASS_BIT(class))
			kb_json_text(json, NULL, kb_class_name(class));
	kb_json_close(json, ']');
	kb_json_text(json, "action", kb_render_action(row->verdict.action));
	kb_json_text(json, "reason", kb_reason_name(row->verdict.reason));
	if (row->rule) {
		kb_json_uint(json, "rule", row->verdict.rule);
		kb_json_uint(json, "line", row->rule->line);
		kb_json_text(json, "label", row->rule->label);
		kb_json_text(json, "tell", row->rule->tell);
	}
	kb_json_close(json, '}');
}

static void print_answer(const struct kb_explain_answer *answer, const char *file)
{
	const struct kb_usb_device *device = &answer->device;
	unsigned int i;

	printf("usb %04x:%04x", device->vendor, device->product);
	if (device->serial)
		printf(_(", serial %s"), device->serial);
	printf(_(", port %s\n"), device->port);
	if (answer->n_rows && answer->rows[0].supposed)
		printf("%s\n", _("no interfaces given; as a device of each class:"));
	for (i = 0; i < answer->n_rows; i++)
		print_row(&answer->rows[i], file);
}

static void json_answer(const struct kb_explain_answer *answer, const char *file)
{
	const struct kb_usb_device *device = &answer->device;
	struct kb_json json = { .out = stdout };
	char usb[16];
	unsigned int i;

	snprintf(usb, sizeof(usb), "%04x:%04x", device->vendor, device->product);
	kb_json_open(&json, NULL, '{');
	kb_json_text(&json, "policy", file);
	kb_json_text(&json, "usb", usb);
	kb_json_text(&json, "serial", device->serial);
	kb_json_text(&json, "port", device->port);
	kb_json_open(&json, "interfaces", '[');
	for (i = 0; i < answer->n_rows; i++)
		json_row(&json, &answer->rows[i]);
	kb_json_close(&json, ']');
	kb_json_close(&json, '}');
}

int kb_question_answer(const struct kb_question *question, const struct kb_policy *policy,
		       const char *file)
{
	struct kb_explain_query query = question->query;
	struct kb_explain_answer answer;
	const char *wrong;
	unsigned int i;

	query.interfaces = question->interfaces;
	if (kb_explain(policy, &query, &answer, &wrong) < 0)
		return kb_complain(KB_EXIT_USAGE,
				   wrong ? _("'%s' is neither a class nor an interface like 03/01/01") :
					   _("'%s' is no device; write it like 0781:5583 or 0781:5583:SERIAL"),
				   wrong ?: query.usb);
	if (question->json)
		json_answer(&answer, file);
	else
		print_answer(&answer, file);
	for (i = 0; i < answer.n_rows; i++)
		if (!answer.rows[i].supposed && answer.rows[i].verdict.action != KB_ACTION_ALLOW)
			return KB_EXIT_REFUSED;
	return KB_EXIT_OK;
}
