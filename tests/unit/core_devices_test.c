// SPDX-License-Identifier: GPL-2.0-or-later
/* Real devices (usb-devices.yaml) against what a person says they are (core_devices.txt). */
#include <kidoban/policy.h>
#include <kidoban/usb.h>
#include <yaml.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "usb_text.h"

#define STAFF_POLICY                                                                             \
	"allow class=hub,keyboard,mouse,smartcard,audio;"                                        \
	"allow usb=0781:5583 serial=4C530001231120;"                                             \
	"refuse class=storage,mtp,network,wwan"
#define CASES_MAX	256
#define DEVICES_YAML	"tests/unit/usb-devices.yaml"
#define DEVICES_TABLE	"tests/unit/core_devices.txt"

/* One configuration of a device, and what is expected of it. */
struct device_case {
	char id[24];			/* "0bda:8153/1" */
	struct usb_text_device device;
	char *classes, *staff, *open;	/* NULL: nobody expects it */
	char line[USB_TEXT_MAX];	/* holds them */
};

static struct device_case cases[CASES_MAX];
static size_t n_cases;
static struct kb_policy *staff, *open_policy;

static const char *scalar(yaml_document_t *doc, int node)
{
	return (const char *)yaml_document_get_node(doc, node)->data.scalar.value;
}

/* The node that @key leads to in mapping @node, 0 when there is none. */
static int lookup(yaml_document_t *doc, int node, const char *key)
{
	yaml_node_t *mapping = yaml_document_get_node(doc, node);
	yaml_node_pair_t *pair;

	for (pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++)
		if (!strcmp(scalar(doc, pair->key), key))
			return pair->value;
	return 0;
}

static void read_configuration(yaml_document_t *doc, int device, yaml_node_t *config, size_t index)
{
	struct device_case *c = &cases[n_cases++];
	const char *id = scalar(doc, lookup(doc, device, "id"));
	char text[USB_TEXT_MAX];
	yaml_node_item_t *item;
	size_t used;

	assert_true(n_cases <= CASES_MAX);
	snprintf(c->id, sizeof(c->id), index ? "%s/%zu" : "%s", id, index);
	used = snprintf(text, sizeof(text), "%s dev=%s", id,
			scalar(doc, lookup(doc, device, "device_class")));
	if (!strcmp(scalar(doc, lookup(doc, device, "serial")), "yes"))
		used += snprintf(text + used, sizeof(text) - used, " serial=0123456789");
	for (item = config->data.sequence.items.start; item < config->data.sequence.items.top; item++)
		used += snprintf(text + used, sizeof(text) - used, " %s=%s",
				 scalar(doc, lookup(doc, *item, "n")),
				 scalar(doc, lookup(doc, *item, "class")));
	assert_true(used < sizeof(text));
	usb_text_device(text, &c->device);
}

static void read_devices(void)
{
	yaml_parser_t parser;
	yaml_document_t doc;
	yaml_node_item_t *device, *config;
	yaml_node_t *root;
	FILE *file = fopen(DEVICES_YAML, "r");

	assert_non_null(file);
	assert_true(yaml_parser_initialize(&parser));
	yaml_parser_set_input_file(&parser, file);
	assert_true(yaml_parser_load(&parser, &doc));
	root = yaml_document_get_root_node(&doc);
	for (device = root->data.sequence.items.start; device < root->data.sequence.items.top;
	     device++) {
		yaml_node_t *configs =
			yaml_document_get_node(&doc, lookup(&doc, *device, "configs"));
		size_t i = 0;

		for (config = configs->data.sequence.items.start;
		     config < configs->data.sequence.items.top; config++)
			read_configuration(&doc, *device, yaml_document_get_node(&doc, *config),
					   i++);
	}
	yaml_document_delete(&doc);
	yaml_parser_delete(&parser);
	fclose(file);
}

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " ");
	len = strcspn(text, "\n");
	while (len && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

static void read_expectations(void)
{
	FILE *file = fopen(DEVICES_TABLE, "r");
	char line[USB_TEXT_MAX];
	char *save, *id;
	size_t i;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		id = trim(strtok_r(line, "|", &save));
		for (i = 0; i < n_cases && strcmp(cases[i].id, id); i++)
			;
		if (i == n_cases || cases[i].classes)
			fail_msg("%s: %s stands there for nothing, or twice", DEVICES_TABLE, id);
		memcpy(cases[i].line, line, sizeof(line));
		save += cases[i].line - line;
		cases[i].classes = trim(strtok_r(NULL, "|", &save));
		cases[i].staff = trim(strtok_r(NULL, "|", &save));
		cases[i].open = trim(strtok_r(NULL, "|", &save));
	}
	fclose(file);
}

static void test_device(void **state)
{
	struct device_case *c = *state;
	char text[USB_TEXT_MAX];

	assert_non_null(c->classes);
	usb_text_device_classes(&c->device.dev, text, sizeof(text));
	assert_string_equal(text, c->classes);
	usb_text_verdicts(staff, &c->device.dev, NULL, text, sizeof(text));
	assert_string_equal(text, c->staff);
	usb_text_verdicts(open_policy, &c->device.dev, NULL, text, sizeof(text));
	assert_string_equal(text, c->open);
}

/* Nothing that stores or networks may slip through either policy. */
static void test_no_hazard_allowed(void **state)
{
	char text[USB_TEXT_MAX];
	size_t i, hazards = 0;
	unsigned int k;

	(void)state;
	for (i = 0; i < n_cases; i++) {
		struct kb_usb_device *dev = &cases[i].device.dev;

		for (k = 0; k < dev->n_interfaces; k++) {
			struct kb_usb_verdict verdict;

			if (!(dev->interfaces[k].classes & KB_CLASS_HAZARD))
				continue;
			kb_usb_decide(staff, dev, k, &verdict);
			usb_text_verdict(&verdict, text);
			assert_int_equal(verdict.action, KB_ACTION_REFUSE);
			kb_usb_decide(open_policy, dev, k, &verdict);
			assert_int_equal(verdict.action, KB_ACTION_REFUSE);
			hazards++;
		}
	}
	assert_true(hazards > 60);
}

int main(void)
{
	static struct CMUnitTest tests[CASES_MAX + 1];
	size_t i;
	int failed;

	read_devices();
	read_expectations();
	staff = usb_text_policy(STAFF_POLICY);
	open_policy = usb_text_policy("default=allow");
	for (i = 0; i < n_cases; i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].id,
						.test_func = test_device,
						.initial_state = &cases[i] };
	tests[n_cases] = (struct CMUnitTest)cmocka_unit_test(test_no_hazard_allowed);
	failed = _cmocka_run_group_tests("core_devices", tests, n_cases + 1, NULL, NULL);
	kb_policy_free(staff);
	kb_policy_free(open_policy);
	return failed;
}
