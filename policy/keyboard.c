// SPDX-License-Identifier: GPL-2.0-or-later
/* Would a policy leave a keyboard to type on? */
#include "policy/keyboard.h"

#include "policy/device.h"

static const struct kb_usb_alt keyboard_alt = { .class = 0x03, .subclass = 0x01, .protocol = 0x01 };

/* Ids of pid.codes' test range, which no maker sells. */
static const struct {
	const char *port, *interfaces[4];
} typical[] = {
	{ "pci-0000:00:14.0/1", { "03/01/01" } },
	{ "pci-0000:00:14.0/2.1", { "03/01/01" } },
	{ "pci-0000:00:14.0/3", { "03/01/01", "03/00/00" } },
	{ "pci-0000:00:14.0/2.4", { "03/01/01", "03/01/02", "03/00/00" } },
};

static bool keyboard_allowed(const struct kb_policy *policy, struct kb_usb_device *device)
{
	struct kb_usb_verdict verdict;
	unsigned int i;

	kb_usb_classify(device);
	for (i = 0; i < device->n_interfaces; i++) {
		if (!(device->interfaces[i].classes & KB_CLASS_BIT(KB_CLASS_KEYBOARD)))
			continue;
		kb_usb_decide(policy, device, i, &verdict);
		if (verdict.action == KB_ACTION_ALLOW)
			return true;
	}
	return false;
}

static bool typical_allowed(const struct kb_policy *policy)
{
	struct kb_device_interface interface;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(typical); i++) {
		struct kb_usb_device device = { .vendor = 0x1209,
						.product = 0x0001 + i,
						.port = typical[i].port };

		for (k = 0; k < ARRAY_SIZE(typical[i].interfaces) && typical[i].interfaces[k]; k++)
			if (!kb_device_interface_parse(typical[i].interfaces[k], &interface))
				kb_device_add(&device, &interface);
		if (keyboard_allowed(policy, &device))
			return true;
	}
	return false;
}

/* Says the rule itself that it is about keyboards? */
static bool names_keyboard(const struct kb_usb_rule *rule)
{
	unsigned int i;

	if (rule->action != KB_ACTION_ALLOW)
		return false;
	if (rule->classes & KB_CLASS_BIT(KB_CLASS_KEYBOARD))
		return true;
	for (i = 0; i < rule->n_triples; i++)
		if (rule->triples[i].mask & KB_TRIPLE_CLASS && rule->triples[i].class == 0x03)
			return true;
	return false;
}

static void add_alt(struct kb_usb_device *device, const struct kb_usb_alt *alt)
{
	if (!kb_usb_device_add_interface(device, device->n_interfaces))
		kb_usb_device_add_alt(device, alt);
}

/* Interfaces until the device has what @rule wants of it: classes, then counts. */
static void add_wanted(struct kb_usb_device *device, const struct kb_usb_rule *rule)
{
	struct kb_usb_alt alt;
	unsigned int i, k;
	u32 class;

	add_alt(device, &keyboard_alt);
	for (class = 0; class < KB_CLASS_MAX; class++) {
		if (class == KB_CLASS_KEYBOARD || !(rule->has & KB_CLASS_BIT(class)))
			continue;
		kb_device_typical(class, &alt);
		add_alt(device, &alt);
	}
	for (i = 0; i < rule->n_counts; i++) {
		class = rule->counts[i].class;
		if (class >= KB_CLASS_MAX)
			continue;
		kb_device_typical(class, &alt);
		k = class == KB_CLASS_KEYBOARD || rule->has & KB_CLASS_BIT(class);
		for (; k < rule->counts[i].min; k++)
			add_alt(device, &alt);
	}
	for (i = 0; i < rule->n_counts; i++)
		while (rule->counts[i].class == KB_CLASS_MAX &&
		       device->n_interfaces < rule->counts[i].min && !device->overflow)
			add_alt(device, &keyboard_alt);
}

/* A port that @pattern covers; in @buffer when it ends in a star. */
static const char *covered_port(const char *pattern, char *buffer, size_t size)
{
	size_t len = strlen(pattern);

	if (!len || pattern[len - 1] != '*' || len >= size)
		return pattern;
	memcpy(buffer, pattern, len + 1);
	buffer[len - 1] = '1';
	return buffer;
}

static bool fitting_allowed(const struct kb_policy *policy, const struct kb_usb_rule *rule,
			    unsigned int i)
{
	struct kb_usb_device device = { .vendor = 0x1209, .product = 1, .port = typical[0].port };
	char port[KB_USB_PORT_MAX + 1];

	if (rule->n_ids) {
		device.vendor = rule->ids[i % rule->n_ids].vendor;
		device.product = rule->ids[i % rule->n_ids].product;
	}
	if (rule->n_serials)
		device.serial = rule->serials[i % rule->n_serials];
	if (rule->n_ports)
		device.port = covered_port(rule->ports[i % rule->n_ports], port, sizeof(port));
	add_wanted(&device, rule);
	return keyboard_allowed(policy, &device);
}

enum kb_keyboard kb_keyboard_left(const struct kb_policy *policy)
{
	u32 i, k, variants;

	if (typical_allowed(policy))
		return KB_KEYBOARD_ANY;
	for (i = 0; i < policy->n_rules; i++) {
		const struct kb_usb_rule *rule = &policy->rules[i];

		if (!names_keyboard(rule))
			continue;
		variants = rule->n_ids > rule->n_serials ? rule->n_ids : rule->n_serials;
		variants = rule->n_ports > variants ? rule->n_ports : variants;
		for (k = 0; k < (variants ?: 1); k++)
			if (fitting_allowed(policy, rule, k))
				return KB_KEYBOARD_LISTED;
	}
	return KB_KEYBOARD_NONE;
}
