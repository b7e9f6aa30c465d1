// SPDX-License-Identifier: GPL-2.0-or-later
/* Which rule would decide about a device. */
#include "policy/explain.h"

#include "policy/device.h"
#include "policy/i18n.h"

#define USUAL_PORT	"pci-0000:00:14.0/1"

static void fill_row(const struct kb_policy *policy, const struct kb_usb_device *device,
		     unsigned int index, struct kb_explain_row *ret)
{
	struct kb_explain_row row = { .number = device->interfaces[index].number,
				      .classes = device->interfaces[index].classes };

	kb_usb_decide(policy, device, index, &row.verdict);
	if (policy && row.verdict.reason == KB_REASON_RULE)
		row.rule = &policy->rules[row.verdict.rule];
	*ret = row;
}

void kb_explain_device(const struct kb_policy *policy, struct kb_usb_device *device,
		       struct kb_explain_row *rows, unsigned int *ret_n)
{
	unsigned int i;

	kb_usb_classify(device);
	for (i = 0; i < device->n_interfaces; i++)
		fill_row(policy, device, i, &rows[i]);
	*ret_n = device->n_interfaces;
}

/* A row for every class but those that the table of known ids makes of any interface. */
static void suppose_classes(const struct kb_policy *policy, struct kb_explain_answer *answer)
{
	struct kb_usb_device device;
	struct kb_explain_row *row;
	struct kb_usb_alt alt;
	u32 class, seen = 0;

	for (class = 0; class < KB_CLASS_MAX; class++) {
		device = answer->device;
		kb_device_typical(class, &alt);
		if (class == KB_CLASS_HUB)
			device.class = alt.class;
		if (kb_usb_device_add_interface(&device, 0) < 0 ||
		    kb_usb_device_add_alt(&device, &alt) < 0)
			continue;
		kb_usb_classify(&device);
		if (seen & device.classes && !(device.classes & KB_CLASS_BIT(class)))
			continue;
		seen |= device.classes;
		row = &answer->rows[answer->n_rows++];
		fill_row(policy, &device, 0, row);
		row->supposed = true;
	}
}

int kb_explain(const struct kb_policy *policy, const struct kb_explain_query *query,
	       struct kb_explain_answer *ret, const char **ret_wrong)
{
	struct kb_explain_answer answer = { .device.port = query->port ?: USUAL_PORT };
	struct kb_device_interface interface;
	unsigned int i;

	if (kb_device_id_parse(query->usb, &answer.device) < 0) {
		*ret_wrong = NULL;
		return -EINVAL;
	}
	for (i = 0; i < query->n_interfaces; i++) {
		if (kb_device_interface_parse(query->interfaces[i], &interface) < 0 ||
		    kb_device_add(&answer.device, &interface) < 0) {
			*ret_wrong = query->interfaces[i];
			return -EINVAL;
		}
	}
	if (answer.device.n_interfaces)
		kb_explain_device(policy, &answer.device, answer.rows, &answer.n_rows);
	else
		suppose_classes(policy, &answer);
	*ret = answer;
	return 0;
}

static void rule_reason(const struct kb_usb_rule *rule, const char *file, char *ret, size_t size)
{
	char place[300];

	if (file)
		snprintf(place, sizeof(place), "%s:%u", file, rule->line);
	else
		snprintf(place, sizeof(place), _("line %u"), rule->line);
	if (rule->label)
		snprintf(ret, size, _("rule in %s (%s)"), place, rule->label);
	else
		snprintf(ret, size, _("rule in %s"), place);
}

void kb_explain_reason(const struct kb_explain_row *row, const char *file, char *ret, size_t size)
{
	const char *text = "-";

	switch (row->verdict.reason) {
	case KB_REASON_RULE:
		rule_reason(row->rule, file, ret, size);
		return;
	case KB_REASON_NONE:
		text = _("no policy is in force");
		break;
	case KB_REASON_DEFAULT:
		text = row->verdict.action == KB_ACTION_ALLOW ? _("no rule matched; default: allow") :
								_("no rule matched; default: refuse");
		break;
	case KB_REASON_HAZARD:
		text = _("no rule matched; what stores or networks is never allowed by default");
		break;
	case KB_REASON_HUB:
		text = _("a hub, which no rule refused");
		break;
	case KB_REASON_COMPLEX:
		text = _("more interfaces or settings than can be judged");
		break;
	case KB_REASON_DRIVER:
		text = _("a driver that stores or networks reached for it");
		break;
	default:			/* of links and packets: devices never have them */
		break;
	}
	snprintf(ret, size, "%s", text);
}

const char *kb_explain_outcome(const struct kb_explain_row *row)
{
	return row->verdict.action == KB_ACTION_ALLOW ? _("allowed") : _("refused");
}
