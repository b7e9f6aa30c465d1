// SPDX-License-Identifier: GPL-2.0-or-later
/* The module's own policy: its bytes are its text's, and it refuses what it is there to refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <kidoban/policy.h>

#include "policy/file.h"
#include "policy/text.h"

#define NOW	1795000000	/* 2026-11-18 */

static const u8 committed[] = {
#include "kmod/builtin_blob.inc"
};

static void bytes_are_those_of_the_text(void **state)
{
	struct kb_diags diags = {};
	size_t text_len, len;
	uint8_t *text;
	void *blob;

	(void)state;
	assert_int_equal(kb_file_read("policy/builtin/fallback.yaml", 65536, &text,
				      &text_len), 0);
	assert_int_equal(kb_text_compile((char *)text, text_len, NOW, &diags, &blob, &len), 0);
	/* neither errors nor warnings: nobody would see them */
	assert_null(diags.first);
	kb_diags_done(&diags);
	/* differs? policy/builtin/fallback.yaml says what to type */
	assert_int_equal(len, sizeof(committed));
	assert_memory_equal(blob, committed, len);
	free(blob);
	free(text);
}

static struct kb_policy *parse(void)
{
	struct kb_blob_error error;
	struct kb_policy *policy;

	assert_int_equal(kb_policy_parse(committed, sizeof(committed), &policy, &error), 0);
	return policy;
}

static void media_gate_only_and_no_lock(void **state)
{
	struct kb_policy *policy = parse();

	(void)state;
	assert_int_equal(policy->media_mode, KB_GATE_ENFORCE);
	assert_int_equal(policy->media_default, KB_ACTION_REFUSE);
	assert_int_equal(policy->link.mode, KB_GATE_OFF);
	assert_int_equal(policy->paths.mode, KB_GATE_OFF);
	assert_false(policy->header.lock);
	/* any module that knows the media gate can obey it */
	assert_int_equal(policy->header.min_module, 1);
	kb_policy_free(policy);
}

static const struct {
	const char *name;
	u8 alts[2][3];				/* class, subclass, protocol */
	unsigned int n_alts;			/* 0 = 1 */
	bool named_mtp;
	u8 device_class;
	u16 vendor, product;			/* of no device that is known, unless said */
	const char *driver;			/* that binds, or NULL */
	enum kb_action action;
} rows[] = {
	{ .name = "a stick", .alts = { { 0x08, 0x06, 0x50 } } },
	{ .name = "a UAS disk", .alts = { { 0x08, 0x06, 0x62 } } },
	{ .name = "a camera (PTP)", .alts = { { 0x06, 0x01, 0x01 } } },
	{ .name = "a phone named MTP", .alts = { { 0xff, 0xff, 0x00 } }, .named_mtp = true },
	{ .name = "adb", .alts = { { 0xff, 0x42, 0x01 } } },
	{ .name = "Ethernet (ECM)", .alts = { { 0x02, 0x06, 0x00 } } },
	{ .name = "Ethernet (NCM)", .alts = { { 0x02, 0x0d, 0x00 } } },
	{ .name = "Ethernet, RTL8152", .alts = { { 0xff, 0xff, 0x00 } },
	  .vendor = 0x0bda, .product = 0x8152 },
	{ .name = "tethering (RNDIS)", .alts = { { 0xe0, 0x01, 0x03 } } },
	{ .name = "a modem (MBIM)", .alts = { { 0x02, 0x0e, 0x00 } } },
	{ .name = "Bluetooth", .alts = { { 0xe0, 0x01, 0x01 } } },
	{ .name = "a serial converter", .alts = { { 0x02, 0x02, 0x01 } } },
	{ .name = "a printer", .alts = { { 0x07, 0x01, 0x02 } } },
	{ .name = "a camera (video)", .alts = { { 0x0e, 0x01, 0x00 } } },
	{ .name = "firmware loading", .alts = { { 0xfe, 0x01, 0x01 } } },
	{ .name = "what nobody knows", .alts = { { 0xff, 0x00, 0x00 } } },
	{ .name = "a class of its own", .alts = { { 0x77, 0x00, 0x00 } } },
	{ .name = "a keyboard that stores", .alts = { { 0x03, 0x01, 0x01 }, { 0x08, 0x06, 0x50 } },
	  .n_alts = 2 },
	{ .name = "a headset that networks", .alts = { { 0x01, 0x01, 0x00 }, { 0x02, 0x06, 0x00 } },
	  .n_alts = 2 },
	{ .name = "a hub that stores", .alts = { { 0x09, 0x00, 0x00 }, { 0x08, 0x06, 0x50 } },
	  .n_alts = 2, .device_class = 0x09 },
	{ .name = "usb-storage at a keyboard", .alts = { { 0x03, 0x01, 0x01 } },
	  .driver = "usb-storage" },
	{ .name = "cdc_ether at a card reader", .alts = { { 0x0b, 0x00, 0x00 } },
	  .driver = "cdc_ether" },
	{ .name = "a hub", .alts = { { 0x09, 0x00, 0x00 } }, .device_class = 0x09,
	  .action = KB_ACTION_ALLOW },
	{ .name = "a hub of two speeds", .alts = { { 0x09, 0x00, 0x01 }, { 0x09, 0x00, 0x02 } },
	  .n_alts = 2, .device_class = 0x09, .action = KB_ACTION_ALLOW },
	{ .name = "a keyboard", .alts = { { 0x03, 0x01, 0x01 } }, .action = KB_ACTION_ALLOW },
	{ .name = "usbhid at a keyboard", .alts = { { 0x03, 0x01, 0x01 } }, .driver = "usbhid",
	  .action = KB_ACTION_ALLOW },
	{ .name = "a mouse", .alts = { { 0x03, 0x01, 0x02 } }, .action = KB_ACTION_ALLOW },
	{ .name = "a keyboard that does not say so", .alts = { { 0x03, 0x00, 0x00 } },
	  .action = KB_ACTION_ALLOW },
	{ .name = "a card reader", .alts = { { 0x0b, 0x00, 0x00 } }, .action = KB_ACTION_ALLOW },
	{ .name = "a headset", .alts = { { 0x01, 0x01, 0x00 }, { 0x01, 0x02, 0x00 } }, .n_alts = 2,
	  .action = KB_ACTION_ALLOW },
};

static void add_alt(struct kb_usb_device *dev, const u8 triple[3], bool named_mtp)
{
	const struct kb_usb_alt alt = { .class = triple[0], .subclass = triple[1],
					.protocol = triple[2], .named_mtp = named_mtp };

	assert_int_equal(kb_usb_device_add_alt(dev, &alt), 0);
}

static void refuses_what_stores_or_is_unknown(void **state)
{
	struct kb_policy *policy = parse();
	size_t i;
	unsigned int k;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kb_usb_device *dev = calloc(1, sizeof(*dev));
		struct kb_usb_verdict v;

		assert_non_null(dev);
		dev->vendor = rows[i].vendor ?: 0x1209;
		dev->product = rows[i].product ?: 0x0001;
		dev->class = rows[i].device_class;
		dev->port = "pci-0000:00:14.0/2";
		assert_int_equal(kb_usb_device_add_interface(dev, 0), 0);
		for (k = 0; k < (rows[i].n_alts ?: 1); k++)
			add_alt(dev, rows[i].alts[k], rows[i].named_mtp);
		kb_usb_classify(dev);
		if (rows[i].driver)
			kb_usb_decide_bind(policy, dev, 0, rows[i].driver, &v);
		else
			kb_usb_decide(policy, dev, 0, &v);
		if (v.action != rows[i].action)
			fail_msg("%s: %s", rows[i].name, v.action ? "allowed" : "refused");
		free(dev);
	}
	kb_policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_those_of_the_text),
		cmocka_unit_test(media_gate_only_and_no_lock),
		cmocka_unit_test(refuses_what_stores_or_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
