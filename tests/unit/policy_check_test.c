// SPDX-License-Identifier: GPL-2.0-or-later
/* Doubtful policies: what check finds, where, and what it does not cry wolf about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/check.h"
#include "policy/cover.h"
#include "policy/device.h"
#include "policy/keyboard.h"
#include "policy/port.h"
#include "policy/text.h"

#define NOW		1795000000	/* 2026-11-18 */
#define POLICY		"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n"
#define TOP(mode)	"kidoban: 1\n" POLICY "mode: {media: " mode "}\nmedia:\n  rules:\n"
/* Rules begin in line 6; the first lets keyboards live. */
#define RULES		TOP("enforce") "    - allow: {class: keyboard}\n"
#define STICK		"usb: \"0781:5583\", serial: AA1, class: storage"

struct finding {
	const char *text;
	enum kb_diag_level level;
	uint32_t line, column;
	const char *code;
	const char *words;
};

static const struct finding findings[] = {
	/* no keyboard */
	{ TOP("enforce") "    - allow: {class: mouse}\n", KB_DIAG_ERROR, 6, 5, "no-keyboard", "no USB keyboard" },
	{ TOP("audit") "    - allow: {class: mouse}\n", KB_DIAG_WARNING, 6, 5, "no-keyboard", "no USB keyboard" },
	{ "kidoban: 1\n" POLICY "mode: {media: enforce}\nmedia: {default: refuse}\n", KB_DIAG_ERROR, 4, 8, "no-keyboard", "allow one" },
	{ TOP("enforce") "    - refuse: {class: hid}\n    - refuse: {interface: \"03/*/*\"}\n    - allow: {class: keyboard}\n", KB_DIAG_ERROR, 6, 5, "no-keyboard", "allow one" },
	{ TOP("enforce") "    - allow: {usb: \"046d:c31c\"}\n", KB_DIAG_ERROR, 6, 5, "no-keyboard", "allow one" },
	{ TOP("enforce") "    - allow: {usb: \"046d:c31c\", class: keyboard}\n", KB_DIAG_WARNING, 6, 5, "few-keyboards", "spare one" },
	{ TOP("enforce") "    - allow: {port: \"pci-0000:00:1a.0/1.*\", interface: \"03/01/01\"}\n", KB_DIAG_WARNING, 6, 5, "few-keyboards", "spare" },
	{ TOP("enforce") "    - allow: {serial: K1, class: keyboard, count: {keyboard: \"2-\", interfaces: \"3\"}, has: mouse}\n", KB_DIAG_WARNING, 6, 5, "few-keyboards", "spare" },
	{ TOP("enforce") "    - refuse: {port: \"pci-0000:00:14.0/1\"}\n    - allow: {class: keyboard, serial: A1, port: [\"pci-0000:00:14.0/1\", \"pci-0000:00:14.0/2\"]}\n", KB_DIAG_WARNING, 6, 5, "few-keyboards", "spare" },
	/* never reached */
	{ RULES "    - allow: {class: keyboard, usb: \"046d:c31c\"}\n", KB_DIAG_WARNING, 7, 7, "unreachable", "line 6 matches all that it matches, with the same outcome" },
	{ RULES "    - refuse: {class: storage}\n    - allow: {" STICK "}\n", KB_DIAG_WARNING, 8, 7, "unreachable", "line 7 matches all that it matches, with the opposite outcome" },
	{ RULES "    - refuse: {}\n    - refuse: {class: storage}\n", KB_DIAG_WARNING, 8, 7, "unreachable", "line 7" },
	{ RULES "    - refuse: {usb: \"07??:*\"}\n    - refuse: {usb: [\"0781:5583\", \"0701:1?*\"]}\n", KB_DIAG_WARNING, 8, 7, "unreachable", "line 7" },
	{ RULES "    - refuse: {port: \"pci-0000:00:14.0/*\"}\n    - refuse: {port: \"pci-0000:00:14.0/2.*\"}\n", KB_DIAG_WARNING, 8, 7, "unreachable", "line 7" },
	{ RULES "    - refuse: {interface: \"08/*/*\"}\n    - allow: {interface: \"08/06/50\", serial: X1}\n", KB_DIAG_WARNING, 8, 7, "unreachable", "line 7" },
	{ RULES "    - refuse: {count: {hub: \"1-\"}}\n    - refuse: {count: {hub: \"2-3\"}, class: hub}\n", KB_DIAG_WARNING, 8, 7, "unreachable", "line 7" },
	/* serials */
	{ RULES "    - allow: {usb: \"0781:5583\", class: storage}\n", KB_DIAG_WARNING, 7, 7, "no-serial", "any stick of that model" },
	{ RULES "    - allow: {class: storage}\n", KB_DIAG_WARNING, 7, 7, "no-serial", "any storage device" },
	{ RULES "    - allow: {interface: \"08/06/50\"}\n", KB_DIAG_WARNING, 7, 7, "no-serial", "any storage device" },
	{ RULES "    - allow: {" STICK "}\n    - allow: {usb: \"0951:1666\", serial: [B2, AA1], class: storage}\n", KB_DIAG_WARNING, 8, 46, "twin-serial", "line 7" },
	{ RULES "    - allow: {usb: \"0781:5583\", serial: \"0123456789ABCDEF\", class: storage}\n", KB_DIAG_WARNING, 7, 41, "weak-serial", "many devices share" },
	{ RULES "    - allow: {usb: \"0781:5583\", serial: \"00000000\", class: storage}\n", KB_DIAG_WARNING, 7, 41, "weak-serial", "'00000000'" },
	/* ports */
	{ RULES "    - refuse: {port: usb1-2}\n", KB_DIAG_WARNING, 7, 22, "port", "'usb1-2' is brittle" },
	{ RULES "    - refuse: {port: [\"pci-0000:00:14.0/1\", 1-2.1]}\n", KB_DIAG_WARNING, 7, 45, "port", "'1-2.1' is brittle" },
	{ RULES "    - refuse: {port: usb1/1}\n", KB_DIAG_WARNING, 7, 22, "port", "start at the controller" },
	{ RULES "    - refuse: {port: 1-0:1.0/3}\n", KB_DIAG_WARNING, 7, 22, "port", "start at the controller" },
	/* hazards */
	{ RULES "    - allow: {usb: \"046d:*\"}\n", KB_DIAG_WARNING, 7, 7, "hazard", "also lets in storage" },
	{ RULES "    - allow: {}\n", KB_DIAG_WARNING, 7, 7, "hazard", "also lets in storage" },
	{ RULES "    - allow: {usb: \"0781:5583\", serial: AA1}\n", KB_DIAG_NOTE, 7, 7, "hazard", "turns into" },
	/* header */
	{ "kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: 7, expires: 2026-11-17}\nmode: {media: off}\nmedia: {}\n", KB_DIAG_WARNING, 2, 64, "expired", "has expired" },
	{ "kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: 7, expires: 2026-12-01}\nmode: {media: off}\nmedia: {}\n", KB_DIAG_WARNING, 2, 64, "expires-soon", "in 13 days" },
	{ "kidoban: 1\npolicy: {municipality: \"131017\", group: g, serial: 7, expires: 2027-12-01}\nmode: {media: off}\nmedia: {}\n", KB_DIAG_WARNING, 2, 24, "municipality", "check digit" },
	{ "kidoban: 1\npolicy: {municipality: \"13101\", group: g, serial: 7, expires: 2027-12-01}\nmode: {media: off}\nmedia: {}\n", KB_DIAG_WARNING, 2, 24, "municipality", "five digits" },
	{ "kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-12-01, lock: true}\nmode: {media: audit}\nmedia: {default: allow}\n", KB_DIAG_WARNING, 2, 82, "lock", "enforces nothing" },
	{ "kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-12-01, lock: true}\nmode: {media: enforce}\nmedia: {default: allow}\n", KB_DIAG_NOTE, 2, 82, "lock", "lock: false" },
};

/* Policies about which check must stay silent. */
static const char *const silent[] = {
	RULES,
	RULES "    - allow: {" STICK "}\n    - refuse: {class: storage}\n",
	RULES "    - allow: {" STICK "}\n    - allow: {usb: \"0781:5583\", serial: AA2, class: storage}\n",
	RULES "    - refuse: {class: storage, port: \"pci-0000:00:14.0/2.*\"}\n    - refuse: {class: storage, port: \"pci-0000:00:14.0/2\"}\n",
	RULES "    - allow: {class: [mouse, hub]}\n    - refuse: {class: mouse}\n",
	RULES "    - refuse: {usb: \"0781:*\"}\n    - refuse: {usb: \"*:5583\"}\n",
	RULES "    - refuse: {count: {hub: \"2-3\"}}\n    - refuse: {count: {hub: \"1-\"}}\n",
	RULES "    - refuse: {has: [hub, storage]}\n    - refuse: {has: hub}\n",
	TOP("enforce") "    - refuse: {has: [keyboard, storage]}\n    - allow: {class: [keyboard, hid]}\n",
	TOP("enforce") "    - refuse: {count: {keyboard: \"2-\"}}\n    - allow: {class: [keyboard, hid]}\n",
	TOP("off") "    - refuse: {}\n",
	"kidoban: 1\n" POLICY "mode: {media: enforce}\nmedia: {default: allow}\n",
};

/* Parses, checks at NOW. The answer of kb_check(). */
static int check(const char *text, struct kb_diags *diags)
{
	struct kb_model *model;
	int r = kb_text_parse(text, strlen(text), diags, &model);

	if (r)
		kb_diags_write(diags, "parse", stderr);
	assert_int_equal(r, 0);
	r = kb_check(model, NOW, diags);
	kb_model_free(model);
	return r;
}

static bool check_finding(const struct finding *c)
{
	struct kb_diags diags = { 0 };
	const struct kb_diag *diag;
	bool found;
	int r = check(c->text, &diags);

	assert_int_equal(r, diags.counts[KB_DIAG_ERROR] ? -EPERM : 0);
	for (diag = diags.first; diag; diag = diag->next)
		if (diag->level == c->level && diag->line == c->line && diag->column == c->column &&
		    !strcmp(diag->code, c->code) && strstr(diag->text, c->words))
			break;
	found = diag;
	if (!found) {
		kb_diags_write(&diags, "got", stderr);
		print_error("wanted %u:%u %s \"%s\" for:\n%s\n", c->line, c->column, c->code,
			    c->words, c->text);
	}
	kb_diags_done(&diags);
	return found;
}

static void finds(void **state)
{
	unsigned int failed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(findings); i++)
		failed += !check_finding(&findings[i]);
	assert_int_equal(failed, 0);
}

static void stays_silent(void **state)
{
	unsigned int failed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(silent); i++) {
		struct kb_diags diags = { 0 };

		check(silent[i], &diags);
		if (diags.first) {
			kb_diags_write(&diags, "silent", stderr);
			print_error("for:\n%s\n", silent[i]);
			failed++;
		}
		kb_diags_done(&diags);
	}
	assert_int_equal(failed, 0);
}

/* An error of the check keeps the policy from being compiled. */
static void stops_compiling(void **state)
{
	static const char text[] = TOP("enforce") "    - refuse: {class: keyboard}\n";
	struct kb_diags diags = { 0 };
	void *blob = (void *)0x1;
	size_t len;

	(void)state;
	assert_int_equal(kb_text_compile(text, strlen(text), NOW, &diags, &blob, &len), -EPERM);
	assert_ptr_equal(blob, (void *)0x1);
	kb_diags_done(&diags);
}

/* A small deterministic source of numbers (xorshift32). */
static uint32_t next_random(uint32_t below)
{
	static uint32_t x = 2463534242;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return x % below;
}

/* Few values, so that rules often overlap. */
static const struct kb_usb_id ids[] = {
	{ 0x0781, 0xffff, 0x5583, 0xffff }, { 0x0781, 0xffff, 0, 0 },
	{ 0x0700, 0xff00, 0x5500, 0xff00 }, { 0x0700, 0xffff, 0x5500, 0xff00 },
	{ 0, 0, 0, 0 }, { 0x0781, 0xffff, 0x5500, 0xff00 }, { 0x0781, 0xffff, 0x5500, 0xffff },
	{ 0x046d, 0xffff, 0x5583, 0xffff },
};
static const char *const serials[] = { "A", "B" };
static const char *const ports[] = { "pci-0000:00:14.0/2", "pci-0000:00:14.0/2.*",
				     "pci-0000:00:14.0/2.1", "pci-0000:00:14.0/*",
				     "pci-0000:00:14.0/2.1.*" };
static const struct kb_usb_triple triples[] = {
	{ 0x08, 0x06, 0x50, 7 }, { 0x08, 0, 0, 1 }, { 0x03, 0x01, 0x01, 7 },
	{ 0, 0, 0, 0 },		 { 0xff, 0, 0, 1 }, { 0x03, 0x01, 0, 3 },
};
static const enum kb_class classes[] = { KB_CLASS_STORAGE, KB_CLASS_KEYBOARD, KB_CLASS_VENDOR,
					 KB_CLASS_NETWORK };
static struct kb_usb_count counts[64];

static uint32_t random_classes(void)
{
	uint32_t mask = 0, i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (next_random(2))
			mask |= KB_CLASS_BIT(classes[i]);
	return next_random(8) ? mask : KB_CLASS_ALL;
}

/* Each condition is there in one case of three; lists are neighbours in the tables above. */
#define PICK(list, n)                                                                              \
	do {                                                                                       \
		uint32_t at = next_random(ARRAY_SIZE(list));                                       \
		rule->list##_member = &(list)[at];                                                 \
		rule->n = 1 + next_random(ARRAY_SIZE(list) - at);                                  \
	} while (0)
#define ids_member	ids
#define serials_member	serials
#define ports_member	ports
#define triples_member	triples

static void random_rule(struct kb_usb_rule *rule, unsigned int slot)
{
	struct kb_usb_count *count = &counts[slot];

	*rule = (struct kb_usb_rule){ .action = next_random(2) };
	if (!next_random(3))
		PICK(ids, n_ids);
	if (!next_random(3))
		PICK(serials, n_serials);
	if (!next_random(3))
		PICK(ports, n_ports);
	if (!next_random(3))
		PICK(triples, n_triples);
	if (!next_random(3))
		rule->classes = random_classes();
	if (!next_random(4))
		rule->has = random_classes();
	if (!next_random(4)) {
		count->class = next_random(2) ? classes[next_random(4)] : KB_CLASS_MAX;
		count->min = next_random(3);
		count->max = next_random(2) ? 255 : count->min + next_random(2);
		rule->counts = count;
		rule->n_counts = 1;
	}
}

static void random_device(struct kb_usb_device *device)
{
	static const char *const places[] = { "pci-0000:00:14.0/2", "pci-0000:00:14.0/2.1",
					      "pci-0000:00:14.0/2.1.3", "pci-0000:00:14.0/3" };
	static const struct kb_usb_alt alts[] = { { 0x08, 0x06, 0x50, false },
						  { 0x08, 0x06, 0x62, false },
						  { 0x03, 0x01, 0x01, false },
						  { 0xff, 0x01, 0x01, false },
						  { 0x02, 0x06, 0x00, false } };
	unsigned int n = 1 + next_random(2), k;

	*device = (struct kb_usb_device){ .vendor = next_random(2) ? 0x0781 : 0x046d,
					  .product = next_random(2) ? 0x5583 : 0x5501,
					  .serial = next_random(3) ? serials[next_random(2)] : NULL,
					  .port = places[next_random(ARRAY_SIZE(places))] };
	for (; n; n--) {
		kb_usb_device_add_interface(device, device->n_interfaces);
		for (k = 1 + next_random(2); k; k--)
			kb_usb_device_add_alt(device, &alts[next_random(ARRAY_SIZE(alts))]);
	}
	kb_usb_classify(device);
}

/* The same outcome with and without the covered rule, whatever binds. */
static void assert_useless(const struct kb_policy *with, const struct kb_policy *without,
			   const struct kb_usb_device *device)
{
	static const char *const drivers[] = { "usb-storage", "usbhid", "rndis_host", "cdc_ether" };
	struct kb_usb_verdict a, b;
	size_t i;

	kb_usb_decide(with, device, 0, &a);
	assert_false(a.reason == KB_REASON_RULE && a.rule == 1);
	for (i = 0; i < ARRAY_SIZE(drivers); i++) {
		kb_usb_decide_bind(with, device, 0, drivers[i], &a);
		kb_usb_decide_bind(without, device, 0, drivers[i], &b);
		assert_false(a.reason == KB_REASON_RULE && a.rule == 1);
		assert_int_equal(a.action, b.action);
	}
}

/*
 * What check calls unreachable changes nothing for the decision core, whatever
 * stands behind it. Counts that the pairs were worth it.
 */
static void cover_is_sound(void **state)
{
	unsigned int pairs, covered = 0, i;
	struct kb_usb_rule rules[3], fewer[2];
	struct kb_policy with = { .n_rules = 3, .rules = rules };
	struct kb_policy without = { .n_rules = 2, .rules = fewer };
	struct kb_usb_device device;

	(void)state;
	for (pairs = 0; pairs < 60000; pairs++) {
		for (i = 0; i < 3; i++)
			random_rule(&rules[i], i);
		if (!kb_rule_covers(&rules[0], &rules[1]))
			continue;
		covered++;
		if (next_random(2))
			rules[2] = (struct kb_usb_rule){ .action = KB_ACTION_ALLOW };
		fewer[0] = rules[0];
		fewer[1] = rules[2];
		for (i = 0; i < 25; i++) {
			random_device(&device);
			with.media_default = without.media_default = next_random(2);
			assert_useless(&with, &without, &device);
		}
	}
	assert_in_range(covered, 1000, 60000);
}

static void ports_cover(void **state)
{
	(void)state;
	assert_true(kb_port_covers("pci-0:0/2.*", "pci-0:0/2.1"));
	assert_true(kb_port_covers("pci-0:0/*", "pci-0:0/2.*"));
	assert_true(kb_port_covers("pci-0:0/2.*", "pci-0:0/2.*"));
	assert_false(kb_port_covers("pci-0:0/2.*", "pci-0:0/*"));
	assert_false(kb_port_covers("pci-0:0/2.*", "pci-0:0/2"));
	assert_false(kb_port_covers("pci-0:0/2.*", "pci-0:0/21.*"));
	assert_false(kb_port_covers("pci-0:0/2", "pci-0:0/2.*"));
	assert_true(kb_port_anchored("platform-dummy_hcd.0/1"));
	assert_false(kb_port_anchored("dummy_hcd.0/1"));
}

/* Every class has a typical setting that the core takes for just that class. */
static void typical_is_typical(void **state)
{
	struct kb_usb_alt alt;
	int class;

	(void)state;
	for (class = 0; class < KB_CLASS_MAX; class++) {
		struct kb_usb_device device = { .vendor = 0x1209, .product = 1, .port = "p/1" };

		kb_device_typical(class, &alt);
		kb_usb_device_add_interface(&device, 0);
		kb_usb_device_add_alt(&device, &alt);
		kb_usb_classify(&device);
		assert_int_equal(device.classes, KB_CLASS_BIT(class));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),	  cmocka_unit_test(stays_silent),
		cmocka_unit_test(stops_compiling), cmocka_unit_test(cover_is_sound),
		cmocka_unit_test(ports_cover),	  cmocka_unit_test(typical_is_typical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
