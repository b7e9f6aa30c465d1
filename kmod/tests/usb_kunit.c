// SPDX-License-Identifier: GPL-2.0-only
/* The decision on one interface: what must be refused, whatever the device says of itself. */
#include "../core/usb.c"

#include <kunit/test.h>

#define BIT_OF(name)	KB_CLASS_BIT(KB_CLASS_##name)
#define STICK		{ 0x08, 0x06, 0x50 }
#define KEYBOARD	{ 0x03, 0x01, 0x01 }
#define READER		{ 0x0b, 0x00, 0x00 }
#define VENDOR		{ 0xff, 0xff, 0xff }
#define HUB		{ 0x09, 0x00, 0x00 }

/* One interface of up to four alternate settings beside one of another kind. */
struct decision {
	const char *name;
	struct kb_usb_alt alts[4];
	unsigned int n_alts;			/* 0 = 1 */
	struct kb_usb_alt sibling;		/* class 0 = there is none */
	u8 device_class;
	const char *serial;
	struct kb_usb_rule rules[2];
	unsigned int n_rules;
	enum kb_action fallback;		/* media.default */
	const char *driver;			/* that binds, or NULL */
	enum kb_action action;
	enum kb_reason reason;
};

static const struct kb_usb_id sandisk[] = { { 0x0781, 0xffff, 0x5583, 0xffff } };
static const struct kb_usb_id other[] = { { 0x0782, 0xffff, 0x5583, 0xffff } };
static const char *const serials[] = { "4C530001" };
static const struct kb_usb_triple bulk_only[] = { { 0x08, 0x06, 0x50, 7 } };
static const struct kb_usb_count one_only[] = { { KB_CLASS_MAX, 1, 1 } };

#define ALLOW(...)	{ .action = KB_ACTION_ALLOW, __VA_ARGS__ }
#define REFUSE(...)	{ .action = KB_ACTION_REFUSE, __VA_ARGS__ }

static const struct decision decisions[] = {
	{ "no rule", { STICK }, .reason = KB_REASON_DEFAULT },
	{ "no rule, keyboard", { KEYBOARD }, .reason = KB_REASON_DEFAULT },
	{ "default allows no stick", { STICK }, .fallback = KB_ACTION_ALLOW,
	  .reason = KB_REASON_HAZARD },
	{ "default allows a reader", { READER }, .fallback = KB_ACTION_ALLOW,
	  .action = KB_ACTION_ALLOW, .reason = KB_REASON_DEFAULT },
	{ "default allows no adb", { { 0xff, 0x42, 0x01 } }, .fallback = KB_ACTION_ALLOW,
	  .reason = KB_REASON_HAZARD },
	{ "default allows no RNDIS", { { 0xe0, 0x01, 0x03 } }, .fallback = KB_ACTION_ALLOW,
	  .reason = KB_REASON_HAZARD },
	{ "default allows no MTP by name", { { 0xff, 0xff, 0x00, true } },
	  .fallback = KB_ACTION_ALLOW, .reason = KB_REASON_HAZARD },
	{ "first rule decides", { STICK }, .rules = { REFUSE(), ALLOW() }, .n_rules = 2,
	  .reason = KB_REASON_RULE },
	{ "empty rule is everything", { STICK }, .rules = { ALLOW() }, .n_rules = 1,
	  .action = KB_ACTION_ALLOW, .reason = KB_REASON_RULE },
	{ "stick hides in a setting", { KEYBOARD, STICK }, 2,
	  .rules = { ALLOW(.classes = BIT_OF(KEYBOARD)) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "refused by one setting", { KEYBOARD, READER, STICK }, 3,
	  .rules = { REFUSE(.classes = BIT_OF(STORAGE)), ALLOW() }, .n_rules = 2,
	  .reason = KB_REASON_RULE },
	{ "sibling is judged apart", { KEYBOARD }, .sibling = STICK,
	  .rules = { ALLOW(.classes = BIT_OF(KEYBOARD)) }, .n_rules = 1,
	  .action = KB_ACTION_ALLOW, .reason = KB_REASON_RULE },
	{ "sibling counts for has", { KEYBOARD }, .sibling = STICK,
	  .rules = { REFUSE(.has = BIT_OF(KEYBOARD) | BIT_OF(STORAGE)), ALLOW() }, .n_rules = 2,
	  .reason = KB_REASON_RULE },
	{ "has wants all", { KEYBOARD },
	  .rules = { ALLOW(.has = BIT_OF(KEYBOARD) | BIT_OF(STORAGE)) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "sibling counts", { KEYBOARD }, .sibling = READER,
	  .rules = { ALLOW(.n_counts = 1, .counts = one_only) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "alone", { KEYBOARD }, .rules = { ALLOW(.n_counts = 1, .counts = one_only) },
	  .n_rules = 1, .action = KB_ACTION_ALLOW, .reason = KB_REASON_RULE },
	{ "other vendor", { STICK }, .rules = { ALLOW(.n_ids = 1, .ids = other) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "no serial", { STICK }, .rules = { ALLOW(.n_serials = 1, .serials = serials) },
	  .n_rules = 1, .reason = KB_REASON_DEFAULT },
	{ "serial longer", { STICK }, .serial = "4C5300010",
	  .rules = { ALLOW(.n_serials = 1, .serials = serials) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "serial in lower case", { STICK }, .serial = "4c530001",
	  .rules = { ALLOW(.n_serials = 1, .serials = serials) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "listed stick", { STICK }, .serial = "4C530001",
	  .rules = { ALLOW(.n_ids = 1, .ids = sandisk, .n_serials = 1, .serials = serials) },
	  .n_rules = 1, .action = KB_ACTION_ALLOW, .reason = KB_REASON_RULE },
	{ "triple covers one of two", { STICK, { 0x08, 0x06, 0x62 } }, 2,
	  .rules = { ALLOW(.n_triples = 1, .triples = bulk_only) }, .n_rules = 1,
	  .reason = KB_REASON_DEFAULT },
	{ "triple refuses one of two", { { 0x08, 0x06, 0x62 }, STICK }, 2,
	  .rules = { REFUSE(.n_triples = 1, .triples = bulk_only), ALLOW() }, .n_rules = 2,
	  .reason = KB_REASON_RULE },
	{ "hub", { HUB }, .device_class = 0x09, .action = KB_ACTION_ALLOW,
	  .reason = KB_REASON_HUB },
	{ "hub refused by rule", { HUB }, .device_class = 0x09,
	  .rules = { REFUSE(.classes = BIT_OF(HUB)) }, .n_rules = 1, .reason = KB_REASON_RULE },
	{ "stick that says it is a hub", { STICK }, .device_class = 0x09,
	  .reason = KB_REASON_DEFAULT },
	{ "hub with a stick in it", { HUB }, .sibling = STICK, .device_class = 0x09,
	  .reason = KB_REASON_DEFAULT },
	{ "usb-storage takes a vendor's", { VENDOR }, .fallback = KB_ACTION_ALLOW,
	  .driver = "usb-storage", .reason = KB_REASON_DRIVER },
	{ "uas takes a reader", { READER }, .rules = { ALLOW(.classes = BIT_OF(SMARTCARD)) },
	  .n_rules = 1, .driver = "uas", .reason = KB_REASON_DRIVER },
	{ "usb-storage, all allowed", { VENDOR }, .rules = { ALLOW() }, .n_rules = 1,
	  .driver = "usb-storage", .action = KB_ACTION_ALLOW, .reason = KB_REASON_RULE },
	{ "a driver opens nothing", { STICK }, .driver = "usbhid", .reason = KB_REASON_DEFAULT },
};

static void decision_name(const struct decision *d, char *desc)
{
	strscpy(desc, d->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(decision, decisions, decision_name);

static struct kb_usb_device *new_device(struct kunit *test)
{
	struct kb_usb_device *dev = kunit_kzalloc(test, sizeof(*dev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dev->vendor = 0x0781;
	dev->product = 0x5583;
	dev->port = "pci-0000:00:14.0/2.1";
	return dev;
}

static void decides(struct kunit *test)
{
	const struct decision *d = test->param_value;
	struct kb_usb_device *dev = new_device(test);
	struct kb_usb_rule rules[2];
	const struct kb_policy policy = {
		.rules = rules,
		.n_rules = d->n_rules,
		.media_default = d->fallback,
	};
	struct kb_usb_verdict v = { KB_ACTION_MAX, KB_REASON_MAX, 99 };
	unsigned int i;

	memcpy(rules, d->rules, sizeof(rules));
	dev->class = d->device_class;
	dev->serial = d->serial;
	KUNIT_ASSERT_EQ(test, kb_usb_device_add_interface(dev, 0), 0);
	for (i = 0; i < max(d->n_alts, 1u); i++)
		KUNIT_ASSERT_EQ(test, kb_usb_device_add_alt(dev, &d->alts[i]), 0);
	if (d->sibling.class) {
		KUNIT_ASSERT_EQ(test, kb_usb_device_add_interface(dev, 1), 0);
		KUNIT_ASSERT_EQ(test, kb_usb_device_add_alt(dev, &d->sibling), 0);
	}
	kb_usb_classify(dev);
	if (d->driver)
		kb_usb_decide_bind(&policy, dev, 0, d->driver, &v);
	else
		kb_usb_decide(&policy, dev, 0, &v);
	KUNIT_EXPECT_EQ(test, v.action, d->action);
	KUNIT_EXPECT_EQ(test, v.reason, d->reason);
	/* nobody has a say before a policy has */
	kb_usb_decide_bind(NULL, dev, 0, "usb-storage", &v);
	KUNIT_EXPECT_EQ(test, v.action, KB_ACTION_ALLOW);
	KUNIT_EXPECT_EQ(test, v.reason, KB_REASON_NONE);
}

/* What cannot be judged is refused, even by a policy that allows everything. */
static void refuses_the_too_complex(struct kunit *test)
{
	static const struct kb_usb_alt alt = KEYBOARD;
	struct kb_usb_rule all = ALLOW();
	const struct kb_policy policy = { .rules = &all, .n_rules = 1 };
	struct kb_usb_device *dev = new_device(test);
	struct kb_usb_verdict v;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, kb_usb_device_add_interface(dev, 0), 0);
	for (i = 0; i < KB_USB_ALTS_MAX; i++)
		KUNIT_ASSERT_EQ(test, kb_usb_device_add_alt(dev, &alt), 0);
	kb_usb_classify(dev);
	kb_usb_decide(&policy, dev, 0, &v);
	KUNIT_EXPECT_EQ(test, v.action, KB_ACTION_ALLOW);
	kb_usb_decide(&policy, dev, 1, &v);
	KUNIT_EXPECT_EQ(test, v.action, KB_ACTION_REFUSE);
	KUNIT_EXPECT_EQ(test, v.reason, KB_REASON_COMPLEX);
	kb_usb_decide_bind(&policy, dev, UINT_MAX, "usbhid", &v);
	KUNIT_EXPECT_EQ(test, v.action, KB_ACTION_REFUSE);

	KUNIT_EXPECT_EQ(test, kb_usb_device_add_alt(dev, &alt), -ENOSPC);
	KUNIT_EXPECT_EQ(test, kb_usb_device_add_interface(dev, 1), -ENOSPC);
	kb_usb_classify(dev);
	kb_usb_decide(&policy, dev, 0, &v);
	KUNIT_EXPECT_EQ(test, v.action, KB_ACTION_REFUSE);
	KUNIT_EXPECT_EQ(test, v.reason, KB_REASON_COMPLEX);
	dev->root_hub = true;
	kb_usb_decide(&policy, dev, 0, &v);
	KUNIT_EXPECT_EQ(test, v.action, KB_ACTION_ALLOW);
}

static void refuses_too_many_interfaces(struct kunit *test)
{
	struct kb_usb_device *dev = new_device(test);
	unsigned int i;

	KUNIT_EXPECT_EQ_MSG(test, kb_usb_device_add_alt(dev, &decisions[0].alts[0]), -ENOSPC,
			    "a setting of no interface");
	dev->overflow = false;
	for (i = 0; i < KB_USB_INTERFACES_MAX; i++)
		KUNIT_ASSERT_EQ(test, kb_usb_device_add_interface(dev, i), 0);
	KUNIT_EXPECT_EQ(test, kb_usb_device_add_interface(dev, i), -ENOSPC);
	KUNIT_EXPECT_TRUE(test, dev->overflow);
}

static void matches_ports(struct kunit *test)
{
	static const struct {
		const char *pattern, *port;
		bool match;
	} ports[] = {
		{ "pci-0000:00:14.0/2.1", "pci-0000:00:14.0/2.1", true },
		{ "pci-0000:00:14.0/2.1", "pci-0000:00:14.0/2.10", false },
		{ "pci-0000:00:14.0/2.1", "pci-0000:00:14.0/2", false },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2.1", true },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2.1.3", true },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2", false },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/2.", false },
		{ "pci-0000:00:14.0/2.*", "pci-0000:00:14.0/21", false },
		{ "pci-0000:00:14.0/*", "pci-0000:00:14.0/7", true },
		{ "pci-0000:00:14.0/*", "pci-0000:00:14.1/7", false },
		{ "pci-0000:00:14.*", "pci-0000:00:14.0/7", false },
		{ "*", "pci-0000:00:14.0/7", false },
		{ "/*", "/1", true },
		{ "", "pci-0000:00:14.0/7", false },
		{ "pci-0000:00:14.0/2*", "pci-0000:00:14.0/21", false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		KUNIT_EXPECT_EQ_MSG(test, kb_usb_port_match(ports[i].pattern, ports[i].port),
				    ports[i].match, "%s %s", ports[i].pattern, ports[i].port);
}

static struct kunit_case usb_cases[] = {
	KUNIT_CASE_PARAM(decides, decision_gen_params),
	KUNIT_CASE(refuses_the_too_complex),
	KUNIT_CASE(refuses_too_many_interfaces),
	KUNIT_CASE(matches_ports),
	{}
};

static struct kunit_suite usb_suite = {
	.name = "kidoban_usb",
	.test_cases = usb_cases,
};
kunit_test_suite(usb_suite);
