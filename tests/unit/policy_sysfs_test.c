// SPDX-License-Identifier: GPL-2.0-or-later
/* Devices out of raw descriptors and sysfs, and the policy generated from them. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "policy/descriptors.h"
#include "policy/generate.h"
#include "policy/sysfs.h"
#include "policy/text.h"

#define NOW	1795000000

/* ---- descriptors ---- */

#define DEVICE(vl, vh, pl, ph)                                                                     \
	18, 1, 0x00, 0x02, 0xef, 0x02, 0x01, 64, vl, vh, pl, ph, 0, 1, 1, 2, 3, 1
#define CONFIG(value, total, n)	 9, 2, (total) & 0xff, (total) >> 8, n, value, 0, 0x80, 50
#define INTERFACE(number, alt, c, s, p)	9, 4, number, alt, 0, c, s, p, 0
#define ENDPOINT	7, 5, 0x81, 2, 0, 2, 0

static int parse(const u8 *bytes, size_t len, u8 configuration, struct kb_usb_device *ret)
{
	/* A copy of exactly that size, so that reading past its end is seen. */
	u8 *copy = malloc(len ?: 1);
	int r;

	memcpy(copy, bytes, len);
	memset(ret, 0, sizeof(*ret));
	r = kb_descriptors_parse(copy, len, configuration, ret);
	free(copy);
	return r;
}

static void reads_all_settings(void **state)
{
	static const u8 bytes[] = { DEVICE(0x81, 0x07, 0x83, 0x55), CONFIG(1, 9 + 9 + 7 + 9 + 9, 2),
				    INTERFACE(0, 0, 0x08, 0x06, 0x50), ENDPOINT,
				    INTERFACE(0, 1, 0x08, 0x06, 0x62), INTERFACE(1, 0, 3, 1, 1) };
	struct kb_usb_device device;

	(void)state;
	assert_int_equal(parse(bytes, sizeof(bytes), 1, &device), 0);
	assert_int_equal(device.vendor, 0x0781);
	assert_int_equal(device.product, 0x5583);
	assert_int_equal(device.class, 0xef);
	assert_int_equal(device.n_interfaces, 2);
	assert_int_equal(device.interfaces[0].n_alts, 2);
	assert_int_equal(device.alts[1].protocol, 0x62);
	assert_int_equal(device.interfaces[1].first_alt, 2);
	assert_int_equal(device.alts[2].class, 3);
}

/* Settings of one interface may stand apart; none may hide behind another. */
static void gathers_scattered_settings(void **state)
{
	static const u8 bytes[] = { DEVICE(1, 0, 2, 0), CONFIG(1, 9 + 27, 2),
				    INTERFACE(0, 0, 3, 1, 1), INTERFACE(5, 0, 3, 1, 2),
				    INTERFACE(0, 1, 8, 6, 0x50) };
	struct kb_usb_device device;

	(void)state;
	assert_int_equal(parse(bytes, sizeof(bytes), 0, &device), 0);
	assert_int_equal(device.n_interfaces, 2);
	assert_int_equal(device.interfaces[0].n_alts, 2);
	assert_int_equal(device.alts[1].class, 8);
	assert_int_equal(device.interfaces[1].number, 5);
}

static void chooses_the_configuration(void **state)
{
	static const u8 bytes[] = { DEVICE(1, 0, 2, 0), CONFIG(1, 18, 1), INTERFACE(0, 0, 8, 6, 0x50),
				    CONFIG(2, 18, 1), INTERFACE(0, 0, 2, 6, 0) };
	struct kb_usb_device device;

	(void)state;
	assert_int_equal(parse(bytes, sizeof(bytes), 2, &device), 0);
	assert_int_equal(device.alts[0].class, 2);
	assert_int_equal(parse(bytes, sizeof(bytes), 0, &device), 0);
	assert_int_equal(device.alts[0].class, 8);
	assert_int_equal(parse(bytes, sizeof(bytes), 3, &device), 0);
	assert_int_equal(device.n_interfaces, 0);
}

static void survives_lies(void **state)
{
	static const u8 good[] = { DEVICE(1, 0, 2, 0), CONFIG(1, 27, 2), INTERFACE(0, 0, 8, 6, 0x50),
				   INTERFACE(1, 0, 3, 1, 1) };
	u8 bytes[sizeof(good)];
	struct kb_usb_device device;
	unsigned int at, value;
	size_t len;

	(void)state;
	for (len = 0; len < 18; len++)
		assert_int_equal(parse(good, len, 1, &device), -EBADMSG);
	for (; len <= sizeof(good); len++)
		assert_int_equal(parse(good, len, 1, &device), 0);
	for (at = 0; at < sizeof(good); at++) {
		for (value = 0; value < 256; value++) {
			memcpy(bytes, good, sizeof(good));
			bytes[at] = value;
			parse(bytes, sizeof(bytes), 1, &device);
			assert_in_range(device.n_interfaces, 0, 2);
		}
	}
}

static void overflows_closed(void **state)
{
	static u8 bytes[18 + 9 + 9 * 300] = { DEVICE(1, 0, 2, 0), CONFIG(1, 9 + 9 * 300, 1) };
	static const u8 interface[] = { INTERFACE(0, 0, 3, 1, 1) };
	struct kb_usb_device device;
	unsigned int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		memcpy(bytes + 27 + 9 * i, interface, 9);
		bytes[27 + 9 * i + 3] = i;
	}
	assert_int_equal(parse(bytes, sizeof(bytes), 1, &device), 0);
	assert_true(device.overflow);
	for (i = 0; i < 300; i++)
		bytes[27 + 9 * i + 2] = i;
	assert_int_equal(parse(bytes, 27 + 9 * 33, 1, &device), 0);
	assert_true(device.overflow);
}

/* ---- sysfs ---- */

static char root[] = "/tmp/kidoban-sysfs.XXXXXX";

static void make_parents(char *path)
{
	char *slash;

	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
}

static void put(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[400];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", root, dir, name);
	make_parents(path);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(bytes, 1, len, file);
	fclose(file);
}

static void put_line(const char *dir, const char *name, const char *text)
{
	char line[200];

	snprintf(line, sizeof(line), "%s\n", text);
	put(dir, name, line, strlen(line));
}

static void put_link(const char *path, const char *target)
{
	char full[400];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	make_parents(full);
	assert_int_equal(symlink(target, full), 0);
}

struct fake {
	const char *dir, *name, *ports, *serial, *maker, *model;
	u16 vendor, product;
	u8 device_class;
	struct kb_usb_alt interfaces[3];
	unsigned int n;
};

#define PCI	"devices/pci0000:00/0000:00:14.0"
#define DUMMY	"devices/platform/dummy_hcd.0"

static const struct fake fakes[] = {
	{ PCI "/usb1", "usb1", "0", "0000:00:14.0", "Linux", "xHCI", 0x1d6b, 2, 9, { { 9, 0, 0, false } }, 1 },
	{ PCI "/usb1/1-1", "1-1", "1", NULL, "Dell", "KB216", 0x413c, 0x2113, 0, { { 3, 1, 1, false }, { 3, 0, 0, false } }, 2 },
	{ PCI "/usb1/1-2", "1-2", "2", NULL, NULL, "Hub", 0x05e3, 0x0608, 9, { { 9, 0, 0, false } }, 1 },
	{ PCI "/usb1/1-2/1-2.1", "1-2.1", "2.1", "4C53", "SanDisk", "Ultra\x01", 0x0781, 0x5583, 0, { { 8, 6, 0x50, false } }, 1 },
	{ PCI "/usb1/1-2/1-2.3", "1-2.3", "2.3", "T1", NULL, NULL, 0x04e6, 0x5116, 0, { { 0x0b, 0, 0, false } }, 1 },
	{ PCI "/usb1/1-2/1-2.4", "1-2.4", "2.4", "T1", NULL, NULL, 0x04e6, 0x5116, 0, { { 0x0b, 0, 0, false } }, 1 },
	{ DUMMY "/usb2", "usb2", "0", NULL, NULL, NULL, 0x1d6b, 2, 9, { { 9, 0, 0, false } }, 1 },
	{ DUMMY "/usb2/2-1", "2-1", "1", "a\x02", "Key\nboard", "#: x", 0x1209, 1, 0, { { 3, 1, 1, false }, { 8, 6, 0x50, false } }, 2 },
	{ DUMMY "/usb2/2-10", "2-10", "10", "R58", NULL, "Phone", 0x2717, 0xff40, 0, { { 0xff, 0xff, 0, false } }, 1 },
};

static void put_device(const struct fake *fake)
{
	u8 bytes[200] = { DEVICE(fake->vendor & 0xff, fake->vendor >> 8, fake->product & 0xff, fake->product >> 8),
			  CONFIG(1, 9 + 9 * fake->n, fake->n) };
	char link[100], target[200];
	unsigned int i;

	bytes[4] = fake->device_class;
	for (i = 0; i < fake->n; i++) {
		u8 interface[] = { INTERFACE(i, 0, fake->interfaces[i].class, fake->interfaces[i].subclass,
					     fake->interfaces[i].protocol) };

		memcpy(bytes + 27 + 9 * i, interface, sizeof(interface));
	}
	put(fake->dir, "descriptors", bytes, 27 + 9 * fake->n);
	put_line(fake->dir, "devpath", fake->ports);
	put_line(fake->dir, "bConfigurationValue", "1");
	if (fake->serial)
		put_line(fake->dir, "serial", fake->serial);
	if (fake->maker)
		put_line(fake->dir, "manufacturer", fake->maker);
	if (fake->model)
		put_line(fake->dir, "product", fake->model);
	snprintf(link, sizeof(link), "bus/usb/devices/%s", fake->name);
	snprintf(target, sizeof(target), "../../../%s", fake->dir);
	put_link(link, target);
}

static int make_sysfs(void **state)
{
	size_t i;

	(void)state;
	if (!mkdtemp(root))
		return -1;
	for (i = 0; i < ARRAY_SIZE(fakes); i++)
		put_device(&fakes[i]);
	put_link(PCI "/subsystem", "../../../bus/pci");
	put_link(DUMMY "/subsystem", "../../../bus/platform");
	put_line(DUMMY "/usb2/2-10/2-10:1.0", "interface", "MTP");
	/* An interface, a device without descriptors, a link to nowhere. */
	put_link("bus/usb/devices/1-1:1.0", "../../../" PCI "/usb1/1-1");
	put_line(PCI "/usb1/1-7", "devpath", "7");
	put_link("bus/usb/devices/1-7", "../../../" PCI "/usb1/1-7");
	put_link("bus/usb/devices/1-8", "../../../gone");
	return 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int remove_sysfs(void **state)
{
	(void)state;
	return nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void reads_sysfs(void **state)
{
	static const char *const ports[] = {
		"pci-0000:00:14.0/1", "pci-0000:00:14.0/2", "pci-0000:00:14.0/2.1",
		"pci-0000:00:14.0/2.3", "pci-0000:00:14.0/2.4", "platform-dummy_hcd.0/1",
		"platform-dummy_hcd.0/10", "pci-0000:00:14.0/0", "platform-dummy_hcd.0/0",
	};
	struct kb_sysfs_devices devices;
	size_t i;

	(void)state;
	assert_int_equal(kb_sysfs_read(root, &devices), 0);
	assert_int_equal(devices.n, ARRAY_SIZE(ports));
	for (i = 0; i < devices.n; i++) {
		assert_string_equal(devices.list[i]->port, ports[i]);
		assert_ptr_equal(devices.list[i]->usb.port, devices.list[i]->port);
	}
	assert_true(devices.list[7]->usb.root_hub);
	assert_false(devices.list[1]->usb.root_hub);
	assert_null(devices.list[0]->usb.serial);
	assert_string_equal(devices.list[2]->usb.serial, "4C53");
	assert_int_equal(devices.list[2]->usb.classes, KB_CLASS_BIT(KB_CLASS_STORAGE));
	assert_true(devices.list[6]->usb.classes & KB_CLASS_BIT(KB_CLASS_MTP));
	kb_sysfs_done(&devices);
}

static void refuses_sysfs(void **state)
{
	struct kb_sysfs_devices devices = { .n = 77 };
	struct kb_sysfs_device *device = (void *)0x1;

	(void)state;
	assert_int_equal(kb_sysfs_read("/nonexistent", &devices), -ENOENT);
	assert_int_equal(devices.n, 77);
	assert_int_equal(kb_sysfs_read_one(root, "1-9", &device), -ENODEV);
	assert_int_equal(kb_sysfs_read_one(root, "1-7", &device), -ENODEV);
	assert_int_equal(kb_sysfs_read_one(root, "../usb1", &device), -ENODEV);
	assert_ptr_equal(device, (void *)0x1);
}

static char *generate(void)
{
	struct kb_generate_options options = { .serial = 4, .expires = 1806505200 };
	struct kb_sysfs_devices devices;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(kb_sysfs_read(root, &devices), 0);
	kb_generate(&devices, &options, out);
	fclose(out);
	kb_sysfs_done(&devices);
	return text;
}

static void generates(void **state)
{
	char *text = generate();

	(void)state;
	/* By id and class; no serial, none named. */
	assert_non_null(strstr(text, "    # Dell KB216 @ pci-0000:00:14.0/1\n"
				     "    - allow: {usb: \"413c:2113\", class: [keyboard, hid]}\n"));
	/* Storage only as a suggestion. */
	assert_non_null(strstr(text, "    # - allow: {usb: \"0781:5583\", serial: \"4C53\", class: [storage]}\n"));
	assert_null(strstr(text, "    - allow: {usb: \"0781:5583\""));
	/* Twins by port. */
	assert_non_null(strstr(text, "    - allow: {usb: \"04e6:5116\", serial: \"T1\", port: \"pci-0000:00:14.0/2.3\", class: [smartcard]}\n"));
	assert_non_null(strstr(text, "port: \"pci-0000:00:14.0/2.4\""));
	/* A serial that no text can hold is replaced by the port; only the harmless half is allowed. */
	assert_non_null(strstr(text, "    - allow: {usb: \"1209:0001\", port: \"platform-dummy_hcd.0/1\", class: [keyboard]}\n"));
	/* Hubs need no rule; makers' strings cannot leave their comment. */
	assert_null(strstr(text, "05e3:0608"));
	assert_non_null(strstr(text, "SanDisk Ultra? @"));
	assert_null(strstr(text, "\nboard"));
	free(text);
}

/* What was generated compiles; the keyboard in it stays usable, the stick is refused. */
static void generated_compiles(void **state)
{
	struct kb_sysfs_device *device;
	struct kb_diags diags = { 0 };
	struct kb_usb_verdict verdict;
	struct kb_policy *policy;
	struct kb_blob_error error;
	char *text = generate();
	size_t len;
	void *blob;
	int r;

	(void)state;
	r = kb_text_compile(text, strlen(text), NOW, &diags, &blob, &len);
	if (r)
		kb_diags_write(&diags, "generated", stderr);
	assert_int_equal(r, 0);
	assert_int_equal(kb_policy_parse(blob, len, &policy, &error), 0);
	assert_int_equal(policy->media_mode, KB_GATE_AUDIT);
	assert_int_equal(kb_sysfs_read_one(root, "1-1", &device), 0);
	kb_usb_decide(policy, &device->usb, 0, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_ALLOW);
	free(device);
	assert_int_equal(kb_sysfs_read_one(root, "1-2.1", &device), 0);
	kb_usb_decide(policy, &device->usb, 0, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_REFUSE);
	free(device);
	kb_policy_free(policy);
	kb_diags_done(&diags);
	free(blob);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_all_settings), cmocka_unit_test(gathers_scattered_settings),
		cmocka_unit_test(chooses_the_configuration), cmocka_unit_test(survives_lies),
		cmocka_unit_test(overflows_closed),   cmocka_unit_test(reads_sysfs),
		cmocka_unit_test(refuses_sysfs),      cmocka_unit_test(generates),
		cmocka_unit_test(generated_compiles),
	};

	return cmocka_run_group_tests(tests, make_sysfs, remove_sysfs);
}
