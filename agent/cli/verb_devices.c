// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban devices: what is plugged in, named by udev, judged by the module. */
#include <libudev.h>

#include "agent/cli/common.h"
#include "agent/cli/table.h"
#include "agent/json.h"
#include "agent/words.h"

KB_DEFINE_CLEANUP(struct udev *, udev_unref)
KB_DEFINE_CLEANUP(struct udev_device *, udev_device_unref)

#define NAME_MAX_BYTES 160

static const char *first_of(const char *a, const char *b)
{
	return a && *a ? a : b && *b ? b : NULL;
}

/* "Elecom MF-HSU3A02GBK": the hardware database's words, else what the device says itself. */
static void device_name(struct udev *udev, const char *bus_name, char *ret, size_t size)
{
	KB_CLEANUP(udev_device_unref_p) struct udev_device *dev =
		udev_device_new_from_subsystem_sysname(udev, "usb", bus_name);
	const char *vendor, *product;
	char text[NAME_MAX_BYTES];

	ret[0] = '\0';
	if (!dev)
		return;
	vendor = first_of(udev_device_get_property_value(dev, "ID_VENDOR_FROM_DATABASE"),
			  udev_device_get_sysattr_value(dev, "manufacturer"));
	product = first_of(udev_device_get_property_value(dev, "ID_MODEL_FROM_DATABASE"),
			   udev_device_get_sysattr_value(dev, "product"));
	snprintf(text, sizeof(text), "%s%s%s", vendor ?: "", vendor && product ? " " : "",
		 product ?: "");
	kb_printable(text, ret, size);
}

/* "allow" stays "allow"; in audit mode a refusal is only foretold. */
static const char *verdict_text(const struct kb_record *r)
{
	if (r->action == KB_ACTION_ALLOW)
		return _("allowed");
	return kb_has(r->have, KB_A_MODE_MEDIA) && r->mode == KB_GATE_AUDIT ? _("would refuse") :
									     _("refused");
}

static int by_place(const void *a, const void *b)
{
	const struct kb_record *x = a, *y = b;
	int r = strverscmp(x->device, y->device);

	return r ?: (int)x->interface - (int)y->interface;
}

static void add_row(struct kb_table *table, struct udev *udev, const struct kb_record *r)
{
	char ids[16], classes[256], why[768], name[4 * NAME_MAX_BYTES];

	kb_ids_text(r, ids, sizeof(ids));
	kb_classes_text(r->classes, classes, sizeof(classes));
	kb_why_text(r, why, sizeof(why));
	device_name(udev, r->device, name, sizeof(name));
	kb_table_add(table, r->device);
	kb_table_addf(table, "%u", r->interface);
	kb_table_add(table, ids);
	kb_table_add(table, classes);
	kb_table_add(table, verdict_text(r));
	kb_table_add(table, why);
	kb_table_add(table, r->driver[0] ? r->driver : "-");
	kb_table_add(table, name);
}

static void print_table(struct udev *udev, const struct kb_record *records, size_t n)
{
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 8 };
	const char *const heads[] = { _("DEVICE"), _("IF"), _("ID"), _("CLASS"), _("VERDICT"), _("WHY"),
				      _("DRIVER"), _("NAME") };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		kb_table_add(&table, heads[i]);
	for (i = 0; i < n; i++)
		add_row(&table, udev, &records[i]);
	kb_table_print(&table, stdout);
}

/* Hubs on the way: "usb1" and "1-2" are none and one, "1-2.1" is one below. */
static int depth_of(const char *device)
{
	int depth = strchr(device, '-') ? 1 : 0;

	for (; *device; device++)
		depth += *device == '.';
	return depth;
}

/* A root hub is called usb1 and stands before everything on its bus. */
static int by_tree(const void *a, const void *b)
{
	const struct kb_record *x = a, *y = b;
	char p[KB_BUS_NAME_MAX + 8], q[KB_BUS_NAME_MAX + 8];
	int r;

	snprintf(p, sizeof(p), "%s", !strncmp(x->device, "usb", 3) ? x->device + 3 : x->device);
	snprintf(q, sizeof(q), "%s", !strncmp(y->device, "usb", 3) ? y->device + 3 : y->device);
	r = strverscmp(p, q);
	return r ?: (int)x->interface - (int)y->interface;
}

static void print_tree(struct udev *udev, const struct kb_record *records, size_t n)
{
	char ids[16], classes[256], why[768], name[4 * NAME_MAX_BYTES];
	const char *last = "";
	int indent;
	size_t i;

	for (i = 0; i < n; i++) {
		const struct kb_record *r = &records[i];

		indent = 2 * depth_of(r->device);
		if (strcmp(last, r->device)) {
			kb_ids_text(r, ids, sizeof(ids));
			device_name(udev, r->device, name, sizeof(name));
			printf("%*s%s  %s  %s\n", indent, "", r->device, ids, name);
		}
		last = r->device;
		kb_classes_text(r->classes, classes, sizeof(classes));
		kb_why_text(r, why, sizeof(why));
		printf("%*s  [%u] %s  %s: %s%s%s\n", indent, "", r->interface, classes, verdict_text(r),
		       why, r->driver[0] ? ", " : "", r->driver);
	}
}

static void json_row(struct kb_json *out, struct udev *udev, const struct kb_record *r)
{
	char ids[16], classes[256], name[4 * NAME_MAX_BYTES], triple[16];

	kb_ids_text(r, ids, sizeof(ids));
	kb_classes_text(r->classes, classes, sizeof(classes));
	device_name(udev, r->device, name, sizeof(name));
	snprintf(triple, sizeof(triple), "%02x/%02x/%02x", r->triple[0], r->triple[1], r->triple[2]);
	kb_json_open(out, NULL, '{');
	kb_json_text(out, "device", r->device);
	kb_json_uint(out, "interface", r->interface);
	kb_json_text(out, "id", ids);
	kb_json_text(out, "serial", kb_has(r->have, KB_A_USB_SERIAL) ? r->serial : NULL);
	kb_json_text(out, "port", r->port);
	kb_json_text(out, "triple", triple);
	kb_json_text(out, "classes", classes);
	kb_json_text(out, "action", kb_action_id(r->action));
	kb_json_text(out, "mode", kb_has(r->have, KB_A_MODE_MEDIA) ? kb_mode_id(r->mode) : NULL);
	kb_json_text(out, "reason", kb_reason_id(r->reason));
	if (r->reason == KB_REASON_RULE)
		kb_json_uint(out, "line", r->line);
	kb_json_text(out, "label", kb_has(r->have, KB_A_LABEL) ? r->label : NULL);
	kb_json_text(out, "driver", r->driver[0] ? r->driver : NULL);
	kb_json_text(out, "name", name);
	kb_json_close(out, '}');
}

static void print_json(struct udev *udev, const struct kb_record *records, size_t n)
{
	struct kb_json out = { .out = stdout };
	size_t i;

	kb_json_open(&out, NULL, '[');
	for (i = 0; i < n; i++)
		json_row(&out, udev, &records[i]);
	kb_json_close(&out, ']');
}

static int show(bool tree, bool json)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_CLEANUP(udev_unref_p) struct udev *udev = NULL;
	KB_FREE struct kb_record *records = NULL;
	struct kb_fault why = {};
	size_t n = 0;
	int r;

	r = kb_open_module(&wire);
	if (r)
		return r;
	r = kb_wire_devices(wire, &records, &n, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	udev = udev_new();
	if (!udev)
		return kb_complain(KB_EXIT_REFUSED, "%s", strerror(ENOMEM));
	if (n)
		qsort(records, n, sizeof(*records), tree ? by_tree : by_place);
	if (json)
		print_json(udev, records, n);
	else if (tree)
		print_tree(udev, records, n);
	else
		print_table(udev, records, n);
	return KB_EXIT_OK;
}

int kb_verb_devices(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "tree", no_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	bool tree = false, json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == '?')
			return kb_usage("", kb_verbs, "devices");
		tree |= c == 't';
		json |= c == 'j';
	}
	if (optind != argc)
		return kb_usage("", kb_verbs, "devices");
	return show(tree, json);
}
