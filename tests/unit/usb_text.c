// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices, policies and verdicts as one-line texts, for tables of test cases. */
#include "usb_text.h"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "blob_make.h"

#define DEFAULT_PORT	"pci-0000:00:14.0/1"

/* Text behind "@key=" in @token, NULL when it is something else. */
static char *value_of(char *token, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(token, key, len) && token[len] == '=' ? token + len + 1 : NULL;
}

static void read_alt(struct kb_usb_device *dev, const char *token)
{
	struct kb_usb_alt alt = {};
	unsigned int number, class, subclass, protocol;
	int used = 0;

	if (sscanf(token, "%u=%2x/%2x/%2x%n", &number, &class, &subclass, &protocol, &used) < 4)
		fail_msg("cannot read \"%s\"", token);
	if (!strcmp(token + used, ":MTP"))
		alt.named_mtp = true;
	else if (token[used])
		fail_msg("cannot read \"%s\"", token);
	alt.class = (u8)class;
	alt.subclass = (u8)subclass;
	alt.protocol = (u8)protocol;
	if (!dev->n_interfaces || dev->interfaces[dev->n_interfaces - 1].number != number)
		kb_usb_device_add_interface(dev, (u8)number);
	kb_usb_device_add_alt(dev, &alt);
}

static void read_device_token(struct kb_usb_device *dev, char *token)
{
	static const struct kb_usb_alt plain = { .class = 0x03 };
	unsigned int class, subclass, protocol;
	char *value;
	int n;

	if ((value = value_of(token, "dev"))) {
		if (sscanf(value, "%2x/%2x/%2x", &class, &subclass, &protocol) != 3)
			fail_msg("cannot read \"%s\"", token);
		dev->class = (u8)class;
		dev->subclass = (u8)subclass;
		dev->protocol = (u8)protocol;
	} else if ((value = value_of(token, "serial"))) {
		dev->serial = value;
	} else if ((value = value_of(token, "port"))) {
		dev->port = value;
	} else if ((value = value_of(token, "fill"))) {
		for (n = atoi(value); n > 0; n--)
			kb_usb_device_add_alt(dev, &plain);
	} else if ((value = value_of(token, "spare"))) {
		for (n = atoi(value); n > 0; n--)
			if (!kb_usb_device_add_interface(dev, (u8)dev->n_interfaces))
				kb_usb_device_add_alt(dev, &plain);
	} else if (!strcmp(token, "root")) {
		dev->root_hub = true;
	} else {
		read_alt(dev, token);
	}
}

void usb_text_device(const char *text, struct usb_text_device *ret)
{
	unsigned int vendor, product;
	char *save, *token;

	*ret = (struct usb_text_device){ .dev.port = DEFAULT_PORT };
	assert_true(strlen(text) < sizeof(ret->text));
	strcpy(ret->text, text);
	token = strtok_r(ret->text, " ", &save);
	if (!token || sscanf(token, "%4x:%4x", &vendor, &product) != 2)
		fail_msg("no ids in \"%s\"", text);
	ret->dev.vendor = (u16)vendor;
	ret->dev.product = (u16)product;
	while ((token = strtok_r(NULL, " ", &save)))
		read_device_token(&ret->dev, token);
	kb_usb_classify(&ret->dev);
}

static u32 read_classes(char *list)
{
	char *save, *name;
	u32 mask = 0;

	for (name = strtok_r(list, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		int class = kb_class_by_name(name);

		if (class < 0)
			fail_msg("no class \"%s\"", name);
		mask |= KB_CLASS_BIT(class);
	}
	return mask;
}

/* Reads four digits, any of which may be a star; one star stands for all. */
static void read_id(const char *text, size_t len, u16 *value, u16 *mask)
{
	size_t i;

	*value = *mask = 0;
	if (len == 1 && *text == '*')
		return;
	assert_int_equal(len, 4);
	for (i = 0; i < 4; i++) {
		char digit[2] = { text[i] == '*' ? '0' : text[i] };

		*value = (u16)(*value << 4 | strtoul(digit, NULL, 16));
		*mask = (u16)(*mask << 4 | (text[i] == '*' ? 0 : 0xf));
	}
}

static void make_id(struct blob_make *b, const char *text)
{
	struct kb_blob_usb_id id;
	u16 vendor, vendor_mask, product, product_mask;
	size_t colon = strcspn(text, ":");

	read_id(text, colon, &vendor, &vendor_mask);
	read_id(text + colon + 1, strlen(text + colon + 1), &product, &product_mask);
	id.vendor = cpu_to_le16(vendor);
	id.vendor_mask = cpu_to_le16(vendor_mask);
	id.product = cpu_to_le16(product);
	id.product_mask = cpu_to_le16(product_mask);
	blob_make_attr(b, KB_RULE_USB, &id, sizeof(id));
}

static void make_triple(struct blob_make *b, char *text)
{
	u8 triple[4] = {};
	char *save, *part = strtok_r(text, "/", &save);
	int i;

	for (i = 0; i < 3; i++, part = strtok_r(NULL, "/", &save)) {
		assert_non_null(part);
		if (strcmp(part, "*")) {
			triple[i] = (u8)strtoul(part, NULL, 16);
			triple[3] |= (u8)(1 << i);
		}
	}
	blob_make_attr(b, KB_RULE_INTERFACE, triple, sizeof(triple));
}

static void make_count(struct blob_make *b, const char *text)
{
	char name[32];
	unsigned int min, max;
	struct kb_blob_usb_count count = { .class = KB_CLASS_MAX };

	if (sscanf(text, "%31[^:]:%u-%u", name, &min, &max) != 3)
		fail_msg("cannot read count \"%s\"", text);
	if (strcmp(name, "interfaces"))
		count.class = (u8)kb_class_by_name(name);
	count.min = (u8)min;
	count.max = (u8)max;
	blob_make_attr(b, KB_RULE_COUNT, &count, sizeof(count));
}

static void make_list(struct blob_make *b, u16 type, char *list)
{
	char *save, *item;

	for (item = strtok_r(list, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
		if (type == KB_RULE_USB)
			make_id(b, item);
		else if (type == KB_RULE_INTERFACE)
			make_triple(b, item);
		else if (type == KB_RULE_COUNT)
			make_count(b, item);
		else
			blob_make_string(b, type, item);
	}
}

static void make_condition(struct blob_make *b, char *token)
{
	static const struct {
		const char *key;
		u16 type;
	} lists[] = {
		{ "usb", KB_RULE_USB },		    { "serial", KB_RULE_SERIAL },
		{ "port", KB_RULE_PORT },	    { "interface", KB_RULE_INTERFACE },
		{ "count", KB_RULE_COUNT },
	};
	char *value;
	size_t i;

	if ((value = value_of(token, "class"))) {
		blob_make_u32(b, KB_RULE_CLASS, read_classes(value));
		return;
	}
	if ((value = value_of(token, "has"))) {
		blob_make_u32(b, KB_RULE_HAS, read_classes(value));
		return;
	}
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		value = value_of(token, lists[i].key);
		if (value) {
			make_list(b, lists[i].type, value);
			return;
		}
	}
	fail_msg("cannot read condition \"%s\"", token);
}

static void make_rule(struct blob_make *b, char *rule, u32 line)
{
	char *save, *token = strtok_r(rule, " ", &save);
	bool allow;
	size_t nest;

	assert_non_null(token);
	allow = !strcmp(token, "allow");
	if (!allow && strcmp(token, "refuse"))
		fail_msg("cannot read rule \"%s\"", token);
	nest = blob_make_rule(b, allow ? KB_ACTION_ALLOW : KB_ACTION_REFUSE, line);
	while ((token = strtok_r(NULL, " ", &save)))
		make_condition(b, token);
	blob_make_close(b, nest);
}

struct kb_policy *usb_text_policy(const char *text)
{
	enum kb_action otherwise = KB_ACTION_REFUSE;
	struct kb_policy *policy;
	struct blob_make b;
	char copy[USB_TEXT_MAX];
	char *save, *rule;
	u32 line = 1;

	assert_true(strlen(text) < sizeof(copy));
	strcpy(copy, text);
	if (strstr(text, "default=allow"))
		otherwise = KB_ACTION_ALLOW;
	blob_make_head(&b, &blob_example, KB_GATE_ENFORCE);
	blob_make_media(&b, otherwise);
	for (rule = strtok_r(copy, ";", &save); rule; rule = strtok_r(NULL, ";", &save)) {
		rule += strspn(rule, " ");
		if (*rule && strncmp(rule, "default=", 8))
			make_rule(&b, rule, line++);
	}
	policy = blob_make_parse(&b);
	blob_make_free(&b);
	return policy;
}

void usb_text_verdict(const struct kb_usb_verdict *verdict, char *ret)
{
	static const char *const reasons[KB_REASON_MAX] = {
		[KB_REASON_NONE] = "none",	 [KB_REASON_DEFAULT] = "default",
		[KB_REASON_HAZARD] = "hazard",	 [KB_REASON_HUB] = "hub",
		[KB_REASON_COMPLEX] = "complex", [KB_REASON_DRIVER] = "driver",
	};
	char sign = verdict->action == KB_ACTION_ALLOW ? '+' : '-';

	assert_in_range(verdict->reason, 0, KB_REASON_MAX - 1);
	if (verdict->reason == KB_REASON_RULE)
		snprintf(ret, 16, "%c%u", sign, verdict->rule);
	else
		snprintf(ret, 16, "%c%s", sign, reasons[verdict->reason]);
}

void usb_text_verdicts(const struct kb_policy *policy, const struct kb_usb_device *dev,
		       const char *driver, char *ret, size_t size)
{
	struct kb_usb_verdict verdict;
	unsigned int i;

	*ret = '\0';
	for (i = 0; i < dev->n_interfaces; i++) {
		size_t used = strlen(ret);
		char one[16];

		if (driver)
			kb_usb_decide_bind(policy, dev, i, driver, &verdict);
		else
			kb_usb_decide(policy, dev, i, &verdict);
		usb_text_verdict(&verdict, one);
		snprintf(ret + used, size - used, "%s%s", used ? " " : "", one);
	}
}

void usb_text_classes(u32 mask, char *ret, size_t size)
{
	int class;

	*ret = '\0';
	for (class = 0; class < KB_CLASS_MAX; class++) {
		size_t used = strlen(ret);

		if (mask & KB_CLASS_BIT(class))
			snprintf(ret + used, size - used, "%s%s", used ? "+" : "",
				 kb_class_name(class));
	}
}

void usb_text_device_classes(const struct kb_usb_device *dev, char *ret, size_t size)
{
	unsigned int i;

	*ret = '\0';
	for (i = 0; i < dev->n_interfaces; i++) {
		size_t used = strlen(ret);

		if (used && used + 1 < size)
			strcpy(ret + used++, " ");
		usb_text_classes(dev->interfaces[i].classes, ret + used, size - used);
	}
}
