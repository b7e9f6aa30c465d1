// SPDX-License-Identifier: GPL-2.0-or-later
/* Which USB device is the one that stays in the office (P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "agent/place/dock_match.h"

static struct kb_evidence evidence;
static struct kb_sysfs_device device;

static int set_up(void **state)
{
	(void)state;
	evidence = (struct kb_evidence){ .kind = KB_EVIDENCE_DOCK };
	evidence.dock.id = (struct kb_usb_id){ 0x17ef, 0xffff, 0x3082, 0xffff };
	memset(&device, 0, sizeof(device));
	strcpy(device.port, "pci-0000:00:14.0/2.1");
	strcpy(device.serial, "S1");
	device.usb.vendor = 0x17ef;
	device.usb.product = 0x3082;
	return 0;
}

static bool match(void)
{
	return kb_dock_match(&evidence, &device);
}

static void test_refused(void **state)
{
	(void)state;
	device.usb.vendor++;
	assert_false(match());
	set_up(NULL);
	device.usb.product++;
	assert_false(match());
	set_up(NULL);
	device.usb.root_hub = true;
	assert_false(match());
	set_up(NULL);
	evidence.dock.serial = "S";
	assert_false(match());
	evidence.dock.serial = "S1";
	device.serial[0] = '\0';
	assert_false(match());
	set_up(NULL);
	evidence.dock.port = "pci-0000:00:14.0/2";
	assert_false(match());
	evidence.dock.port = "pci-0000:00:14.0/2.1.*";
	assert_false(match());
}

static void test_there(void **state)
{
	(void)state;
	assert_true(match());
	evidence.dock.serial = "S1";
	evidence.dock.port = "pci-0000:00:14.0/2.*";
	assert_true(match());
	/* any product of the vendor */
	evidence.dock.id.product_mask = 0;
	device.usb.product = 1;
	assert_true(match());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_refused, set_up),
		cmocka_unit_test_setup(test_there, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
