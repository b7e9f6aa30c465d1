// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables of expectations kept beside a policy. */
#include "policy/expect.h"

#include "policy/document.h"
#include "policy/i18n.h"
#include "policy/read.h"
#include "policy/schema.h"

#define EXPECTATIONS_MAX	10000
#define USUAL_PORT		"pci-0000:00:14.0/1"
#define AT(member)		.offset = offsetof(struct kb_expectation, member)
#define COUNT(member)		.count_offset = offsetof(struct kb_expectation, member)

static const struct kb_word outcomes[] = {
	{ "allow", KB_ACTION_ALLOW, false, N_("The interface comes up.") },
	{ "refuse", KB_ACTION_REFUSE, false, N_("The interface stays closed.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key device_keys[] = {
	{ .name = "usb", .type = KB_TYPE_USB, .flags = KB_KEY_NEEDED, AT(usb),
	  .example = "\"0781:5583\"", .text = N_("Vendor and product of the device.") },
	{ .name = "serial", .type = KB_TYPE_STRING, .min = 1, .max = KB_USB_SERIAL_MAX, AT(serial),
	  .example = "\"4C530001231120\"", .text = N_("Its serial number.") },
	{ .name = "port", .type = KB_TYPE_PORT, .min = 1, .max = KB_USB_PORT_MAX, AT(port),
	  .example = "\"pci-0000:00:14.0/2.1\"", .text = N_("Where it is plugged in.") },
	{ .name = "class", .type = KB_TYPE_TRIPLE, AT(class), .example = "\"09/00/00\"",
	  .text = N_("Class of the device itself.") },
	{ .name = "interfaces", .type = KB_TYPE_INTERFACE, .flags = KB_KEY_NEEDED | KB_KEY_LIST,
	  AT(interfaces), COUNT(n_interfaces), .example = "[\"03/01/01\", storage]",
	  .text = N_("Its interfaces, by class name or triple; alternate settings after +.") },
	{ .name = NULL },
};

static const struct kb_key expectation_keys[] = {
	{ .name = "name", .type = KB_TYPE_STRING, .min = 1, .max = 200, AT(name),
	  .example = "\"unlisted stick\"", .text = N_("What the row is about.") },
	{ .name = "device", .type = KB_TYPE_MAP, .flags = KB_KEY_NEEDED, .keys = device_keys,
	  .example = "{usb: \"0781:5583\", interfaces: [storage]}",
	  .text = N_("The device that is plugged in.") },
	{ .name = "expect", .type = KB_TYPE_WORD, .flags = KB_KEY_NEEDED | KB_KEY_LIST,
	  .words = outcomes, AT(expect), COUNT(n_expect), .example = "refuse",
	  .text = N_("Outcome for all interfaces, or a list with one for each.") },
	{ .name = "rule", .type = KB_TYPE_STRING, .min = 1, .max = KB_LABEL_MAX, AT(rule),
	  .example = "default",
	  .text = N_("Line or label of the rule that decides, or default, hazard, hub.") },
	{ .name = NULL },
};

static void prepare(void *element, const struct kb_node *node)
{
	struct kb_expectation *expectation = element;

	expectation->line = node->line;
}

const struct kb_key kb_schema_expectations[] = {
	{ .name = "table", .type = KB_TYPE_MAPS, .max = EXPECTATIONS_MAX, .keys = expectation_keys,
	  .offset = offsetof(struct kb_expectations, list),
	  .count_offset = offsetof(struct kb_expectations, n),
	  .element_size = sizeof(struct kb_expectation), .prepare = prepare,
	  .example = "[{device: {usb: \"0781:5583\", interfaces: [storage]}, expect: refuse}]",
	  .text = N_("Expectations, one a row.") },
	{ .name = NULL },
};

/* What the table of keys cannot say. */
static int check_row(const struct kb_expectation *row, const struct kb_node *node,
		     struct kb_diags *diags)
{
	const struct kb_node *device = kb_node_get(node, "device"), *at;

	if (row->usb.vendor_mask != 0xffff || row->usb.product_mask != 0xffff) {
		at = kb_node_get(device, "usb");
		kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "bad-value",
			     _("a device has one vendor and product; no wildcards here"));
		return -EBADMSG;
	}
	if (row->n_interfaces > KB_USB_INTERFACES_MAX) {
		at = kb_node_get(device, "interfaces");
		kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "too-many",
			     _("'%s' has %u entries, more than %u"), "interfaces",
			     row->n_interfaces, KB_USB_INTERFACES_MAX);
		return -EBADMSG;
	}
	if (row->n_expect != 1 && row->n_expect != row->n_interfaces) {
		at = kb_node_get(node, "expect");
		kb_diags_add(diags, KB_DIAG_ERROR, at->line, at->column, "expect-length",
			     _("'expect' lists %u outcomes for %u interfaces"), row->n_expect,
			     row->n_interfaces);
		return -EBADMSG;
	}
	return 0;
}

static int read_table(struct kb_expectations *expectations, const char *text, size_t len,
		      struct kb_diags *diags)
{
	struct kb_reader reader = { .arena = &expectations->arena, .diags = diags };
	const struct kb_node *child;
	struct kb_node *root;
	uint32_t i = 0;
	int r;

	r = kb_document_parse(text, len, &expectations->arena, diags, &root);
	if (r < 0)
		return r;
	r = kb_read_maps(&reader, &kb_schema_expectations[0], root, expectations);
	if (r < 0)
		return r;
	for (child = root->first; child; child = child->next)
		if (check_row(&expectations->list[i++], child, diags) < 0)
			r = -EBADMSG;
	return r;
}

int kb_expectations_parse(const char *text, size_t len, struct kb_diags *diags,
			  struct kb_expectations *ret)
{
	struct kb_expectations expectations = { 0 };
	int r = read_table(&expectations, text, len, diags);

	if (r < 0) {
		kb_expectations_done(&expectations);
		return r;
	}
	*ret = expectations;
	return 0;
}

void kb_expectations_done(struct kb_expectations *expectations)
{
	kb_arena_done(&expectations->arena);
	*expectations = (struct kb_expectations){ 0 };
}

/* A device whose every interface is a hub's says so itself, too. */
static u8 device_class(const struct kb_expectation *expectation)
{
	unsigned int i;

	if (expectation->class.mask)
		return expectation->class.class;
	for (i = 0; i < expectation->n_interfaces; i++)
		if (expectation->interfaces[i].alts[0].class != 0x09)
			return 0;
	return 0x09;
}

bool kb_expect_rule_matches(const struct kb_explain_row *row, const char *rule)
{
	char line[16];

	if (!rule)
		return true;
	if (!row->rule)
		return !strcmp(rule, kb_reason_name(row->verdict.reason));
	snprintf(line, sizeof(line), "%u", row->rule->line);
	return !strcmp(rule, line) || (row->rule->label && !strcmp(rule, row->rule->label));
}

void kb_expect_run(const struct kb_policy *policy, const struct kb_expectation *expectation,
		   struct kb_expect_result *ret)
{
	struct kb_usb_device device = { .vendor = expectation->usb.vendor,
					.product = expectation->usb.product,
					.class = device_class(expectation),
					.serial = expectation->serial,
					.port = expectation->port ?: USUAL_PORT };
	struct kb_expect_result result = { .passed = true };
	unsigned int i, wanted;

	for (i = 0; i < expectation->n_interfaces; i++)
		kb_device_add(&device, &expectation->interfaces[i]);
	kb_explain_device(policy, &device, result.rows, &result.n_rows);
	for (i = 0; result.passed && i < result.n_rows; i++) {
		wanted = expectation->expect[expectation->n_expect > 1 ? i : 0];
		if (result.rows[i].verdict.action == wanted &&
		    kb_expect_rule_matches(&result.rows[i], expectation->rule))
			continue;
		result.passed = false;
		result.interface = i;
	}
	*ret = result;
}
