// SPDX-License-Identifier: GPL-2.0-or-later
/* What interfaces are for, the table of known devices, names of drivers and classes. */
#include "../../kmod/core/ids.c"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "usb_text.h"

struct class_case {
	const char *device;	/* usb_text_device() */
	const char *classes;	/* of every interface */
};

static const struct class_case class_cases[] = {
	/* USB-IF class codes */
	{ "f00d:0001 0=00/00/00", "other" },
	{ "f00d:0001 0=01/01/00 1=01/02/00 2=01/03/00", "audio audio audio" },
	{ "f00d:0001 0=03/00/00 1=03/01/00 2=03/01/01 3=03/01/02 4=03/00/01 5=03/01/03", "hid hid keyboard mouse hid hid" },
	{ "f00d:0001 0=05/00/00", "other" },
	{ "f00d:0001 0=06/01/01 1=06/00/00", "mtp mtp" },
	{ "f00d:0001 0=07/01/01 1=07/01/04", "printer printer" },
	{ "f00d:0001 0=08/06/50 1=08/06/62 2=08/04/00 3=08/ff/ff", "storage storage storage storage" },
	{ "f00d:0001 0=09/00/00", "hub" },
	{ "f00d:0001 0=0b/00/00 1=0b/01/00", "smartcard smartcard" },
	{ "f00d:0001 0=0d/00/00 1=0f/00/00 2=12/00/00 3=3c/00/00", "other other other other" },
	{ "f00d:0001 0=0e/01/00 1=0e/02/00 2=10/01/00", "video video video" },
	{ "f00d:0001 0=11/00/00", "billboard" },
	{ "f00d:0001 0=dc/01/01", "other" },
	{ "f00d:0001 0=fe/01/01 1=fe/01/02 2=fe/02/00 3=fe/03/01", "firmware firmware wireless other" },
	{ "f00d:0001 0=ff/00/00 1=ff/ff/ff", "vendor vendor" },
	/* communication devices */
	{ "f00d:0001 0=02/02/00 1=02/02/01 2=02/02/06", "serial serial serial" },
	{ "f00d:0001 0=02/02/ff", "network" },
	{ "f00d:0001 0=02/06/00 1=02/07/00 2=02/0a/00 3=02/0c/07 4=02/0d/00", "network network network network network" },
	{ "f00d:0001 0=02/08/00 1=02/09/00 2=02/0e/00 3=02/fe/00", "wwan wwan wwan wwan" },
	{ "f00d:0001 0=02/0b/00", "mtp" },
	{ "f00d:0001 0=02/00/00 1=02/01/00 2=02/05/00 3=02/88/00", "other other other other" },
	{ "f00d:0001 0=e0/01/01 1=e0/01/04 2=e0/02/01 3=e0/01/02", "wireless wireless wireless wireless" },
	{ "f00d:0001 0=e0/01/03", "network" },
	{ "f00d:0001 0=ef/04/01 1=ef/04/07 2=ef/01/01 3=ef/02/01 4=ef/05/00", "network network network other other" },
	{ "f00d:0001 dev=e0/01/01 0=e0/01/01 1=ff/ff/ff 2=fe/01/01 3=03/01/01", "wireless wireless wireless+firmware keyboard" },
	/* data interfaces follow the nearest control interface below them */
	{ "f00d:0001 0=02/06/00 1=0a/00/00", "network network" },
	{ "f00d:0001 0=02/02/01 1=0a/00/00 2=02/06/00 3=0a/00/00", "serial serial network network" },
	{ "f00d:0001 0=02/06/00 1=02/02/01 2=0a/00/00", "network serial serial" },
	{ "f00d:0001 0=02/06/00 1=ff/00/00 2=0a/00/00", "network vendor network" },
	{ "f00d:0001 0=e0/01/03 1=0a/00/00", "network network" },
	{ "f00d:0001 0=ef/04/01 1=0a/00/00", "network network" },
	{ "f00d:0001 0=ef/04/05 1=0a/00/00", "network network" },
	{ "f00d:0001 0=ef/01/01 1=0a/00/00", "network network" },
	{ "f00d:0001 0=ef/02/01 1=0a/00/00", "other serial" },
	{ "f00d:0001 0=ef/01/02 1=0a/00/00", "other serial" },
	{ "f00d:0001 0=e0/01/01 1=0a/00/00", "wireless serial" },
	{ "f00d:0001 0=e0/02/03 1=0a/00/00", "wireless serial" },
	{ "f00d:0001 0=06/01/03 1=0a/00/00", "mtp serial" },
	{ "f00d:0001 0=02/02/01 1=02/06/00 1=0a/00/00", "serial network+serial" },
	{ "f00d:0001 1=0a/00/00 2=02/06/00", "serial network" },
	{ "f00d:0001 1=0a/00/00 0=02/06/00", "network network" },
	{ "f00d:0001 0=0a/00/00", "serial" },
	{ "f00d:0001 0=0a/00/01 1=0a/00/02", "network wwan" },
	{ "f00d:0001 0=02/0e/00 1=0a/00/00 1=0a/00/02", "wwan wwan" },
	{ "f00d:0001 0=02/06/00 1=0a/00/00 1=08/06/50", "network storage+network" },
	/* names and well-known vendor triples */
	{ "f00d:0001 0=ff/ff/00:MTP", "mtp" },
	{ "f00d:0001 0=ff/ff/00:MTP 1=ff/ff/00", "mtp vendor" },
	{ "0bda:8153 0=ff/ff/00:MTP", "mtp+network" },
	{ "f00d:0001 0=ff/42/01 1=ff/42/03 2=ff/42/02", "mtp mtp vendor" },
	{ "05ac:12a8 0=ff/fe/02 1=ff/fd/01", "mtp network" },
	{ "f00d:0001 0=ff/fe/02 1=ff/fd/01", "vendor vendor" },
	/* known by number: vendor-class interfaces, whole devices, filters */
	{ "0bda:8153 0=ff/ff/00", "network" },
	{ "0b95:1790 0=ff/ff/00", "network" },
	{ "148f:5370 0=ff/ff/ff", "network" },
	{ "12d1:1506 0=ff/02/01 1=ff/02/16", "wwan wwan" },
	{ "12d1:1506 0=ff/77/01 1=ff/02/99 2=fe/02/01", "vendor vendor wireless" },
	{ "1199:68c0 2=ff/ff/ff 8=ff/ff/ff", "wwan wwan" },
	{ "0403:6001 0=ff/ff/ff", "serial" },
	{ "067b:2303 0=ff/00/00", "serial" },
	{ "10c4:ea60 0=ff/00/00", "serial" },
	{ "0bda:0129 0=ff/06/50", "storage" },
	{ "04e6:0002 0=ff/00/00", "storage" },
	{ "04e8:6860 0=ff/ff/00", "mtp" },
	{ "18d1:4ee1 0=ff/ff/00", "mtp" },
	{ "0a5c:21e8 0=ff/01/01", "wireless" },
	/* and what the numbers do not touch: interfaces that say what they are */
	{ "0fce:015a 0=ff/ff/00 1=03/01/01 2=02/02/01 3=0a/00/00 4=08/06/50", "mtp keyboard serial serial storage" },
	{ "0bda:8153 0=ff/ff/00 1=03/01/01 2=01/01/00 3=09/00/00", "network keyboard audio hub" },
	{ "0403:6001 0=ff/ff/ff 1=03/00/00 2=0b/00/00", "serial hid smartcard" },
	{ "1266:1002 0=ff/ff/ff 1=0e/01/00", "wwan video" },
	/* a modem that usb-storage switches over, known to both */
	{ "0af0:7501 0=ff/ff/ff 1=0e/01/00", "storage+wwan video" },
	/* every alternate setting counts */
	{ "f00d:0001 0=03/01/01 0=08/06/50", "storage+keyboard" },
	{ "f00d:0001 0=ff/00/00 0=07/01/02", "printer+vendor" },
	{ "0bda:8153 0=ff/ff/00 0=02/06/00", "network" },
};

static void test_class(void **state)
{
	const struct class_case *c = *state;
	struct usb_text_device device;
	char text[USB_TEXT_MAX];
	u32 classes = 0;
	unsigned int i;

	usb_text_device(c->device, &device);
	usb_text_device_classes(&device.dev, text, sizeof(text));
	assert_string_equal(text, c->classes);
	for (i = 0; i < device.dev.n_interfaces; i++)
		classes |= device.dev.interfaces[i].classes;
	assert_int_equal(device.dev.classes, classes);
	/* a second look gives the same */
	kb_usb_classify(&device.dev);
	assert_int_equal(device.dev.classes, classes);
}

/* Every triple there is gets some class, and exactly the listed ones are hazards by default. */
static void test_every_triple_has_a_class(void **state)
{
	struct kb_usb_device dev = { .vendor = 0xf00d, .product = 1, .port = "p" };
	struct kb_usb_alt alt = {};
	u32 triple;

	(void)state;
	kb_usb_device_add_interface(&dev, 0);
	kb_usb_device_add_alt(&dev, &alt);
	for (triple = 0; triple < 1u << 24; triple += 1) {
		u8 class = triple >> 16;

		/* all of the classes, and of the rest a coarse sample */
		if ((triple & 0xff) > 8 && (triple & 0xff) < 0xfd)
			continue;
		dev.alts[0].class = class;
		dev.alts[0].subclass = triple >> 8 & 0xff;
		dev.alts[0].protocol = triple & 0xff;
		kb_usb_classify(&dev);
		assert_true(dev.classes && !(dev.classes & ~KB_CLASS_ALL));
		if (class == 0x08)
			assert_int_equal(dev.classes, STORAGE);
		if (class == 0x06)
			assert_int_equal(dev.classes, MTP);
	}
}

static void test_table_is_sorted(void **state)
{
	size_t i;

	(void)state;
	assert_true(ARRAY_SIZE(known_devices) > 5000);
	for (i = 1; i < ARRAY_SIZE(known_devices); i++)
		if (place_of(&known_devices[i - 1]) > place_of(&known_devices[i]))
			fail_msg("entry %zu (%04x:%04x) stands out of order", i,
				 known_devices[i].vendor, known_devices[i].product);
}

static void test_table_is_sound(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(known_devices); i++) {
		const struct kb_known *entry = &known_devices[i];

		assert_true(entry->kind < KB_KNOWN_MAX);
		assert_true(entry->vendor != 0);
		assert_false(entry->match & ~0x1f);
		/* a whole vendor only together with a class */
		if (!(entry->match & KB_KNOWN_PRODUCT))
			assert_true(entry->match & KB_KNOWN_CLASS);
		/* none speaks about keyboards, hubs, sound or cards */
		if (entry->match & KB_KNOWN_CLASS)
			assert_true(entry->class != 0x03 && entry->class != 0x09 &&
				    entry->class != 0x01 && entry->class != 0x0b);
		/* players are known by number alone */
		if (entry->kind == KB_KNOWN_MTP)
			assert_int_equal(entry->match, KB_KNOWN_PRODUCT);
	}
}

/* Every entry is found again, through the front door. */
static void test_every_entry_is_found(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(known_devices); i++) {
		const struct kb_known *entry = &known_devices[i];
		struct kb_usb_device dev = { .vendor = entry->vendor, .product = entry->product };
		struct kb_usb_alt alt = {
			.class = entry->match & KB_KNOWN_CLASS ? entry->class : 0xff,
			.subclass = entry->subclass,
			.protocol = entry->protocol,
		};

		assert_true(kb_usb_known_classes(&dev, entry->number, &alt) &
			    known_classes[entry->kind]);
	}
}

static void test_edges_of_the_table(void **state)
{
	struct kb_usb_alt alt = { .class = 0xff };
	struct kb_usb_device dev = {};

	(void)state;
	assert_int_equal(kb_usb_known_classes(&dev, 0, &alt), 0);
	dev.vendor = dev.product = 0xffff;
	assert_int_equal(kb_usb_known_classes(&dev, 0, &alt), 0);
}

static void test_drivers(void **state)
{
	static const struct {
		const char *name;
		u32 classes;
	} drivers[] = {
		{ "usb-storage", STORAGE }, { "usb_storage", STORAGE }, { "uas", STORAGE },
		{ "ums-realtek", STORAGE }, { "ums_eneub6250", STORAGE }, { "rtsx_usb", STORAGE },
		{ "btusb", WIRELESS },	    { "r8152", NETWORK },	  { "cdc_ether", NETWORK },
		{ "cdc-ether", NETWORK },   { "qmi_wwan", NETWORK },	  { "option", NETWORK },
		{ "rtw_8822bu", NETWORK },  { "mt7921u", NETWORK },	  { "mdc800", MTP },
		{ "RSI-USB WLAN", NETWORK }, { "MOSCHIP usb-ethernet driver", NETWORK },
		{ "usbhid", 0 },	    { "usbfs", 0 },		  { "hub", 0 },
		{ "snd-usb-audio", 0 },	    { "uvcvideo", 0 },		  { "cdc_acm", 0 },
		{ "usblp", 0 },		    { "", 0 },			  { "usb-storage2", 0 },
		{ "usb-storag", 0 },	    { "ums", 0 },		  { "u", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(drivers); i++)
		if (kb_usb_driver_classes(drivers[i].name) != drivers[i].classes)
			fail_msg("%s: %#x", drivers[i].name,
				 kb_usb_driver_classes(drivers[i].name));
}

static void test_names(void **state)
{
	int class;

	(void)state;
	for (class = 0; class < KB_CLASS_MAX; class++) {
		assert_non_null(kb_class_name(class));
		assert_int_equal(kb_class_by_name(kb_class_name(class)), class);
	}
	assert_null(kb_class_name(KB_CLASS_MAX));
	assert_null(kb_class_name(-1));
	assert_int_equal(kb_class_by_name("Storage"), -ENOENT);
	assert_int_equal(kb_class_by_name(""), -ENOENT);
	assert_int_equal(kb_class_by_name("storag"), -ENOENT);
	assert_int_equal(kb_class_by_name("storages"), -ENOENT);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(class_cases) + 7];
	const struct CMUnitTest more[] = {
		cmocka_unit_test(test_every_triple_has_a_class),
		cmocka_unit_test(test_table_is_sorted),
		cmocka_unit_test(test_table_is_sound),
		cmocka_unit_test(test_every_entry_is_found),
		cmocka_unit_test(test_edges_of_the_table),
		cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_names),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(class_cases); i++)
		tests[i] = (struct CMUnitTest){ .name = class_cases[i].device,
						.test_func = test_class,
						.initial_state = (void *)&class_cases[i] };
	memcpy(tests + i, more, sizeof(more));
	return _cmocka_run_group_tests("core_classify", tests, ARRAY_SIZE(tests), NULL, NULL);
}
