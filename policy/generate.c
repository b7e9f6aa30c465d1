// SPDX-License-Identifier: GPL-2.0-or-later
/* A first policy from what is plugged in now. */
#include "policy/generate.h"

#include "policy/i18n.h"
#include "policy/render.h"
#include "policy/utf8.h"

/* Makers' strings go into comments: control characters would end them. */
static void write_comment_text(const char *text, FILE *out)
{
	size_t left = strlen(text), step;

	for (; left; text += step, left -= step) {
		step = kb_utf8_char(text, left);
		if (!step || kb_utf8_hidden(text, step)) {
			step = step ?: 1;
			fputc('?', out);
		} else {
			fwrite(text, 1, step, out);
		}
	}
}

/* Policy texts hold no hidden characters, so a serial with some cannot be named. */
static const char *usable_serial(const struct kb_sysfs_device *device)
{
	const char *c = device->serial;
	size_t left = strlen(c), step;

	for (; left; c += step, left -= step) {
		step = kb_utf8_char(c, left);
		if (!step || kb_utf8_hidden(c, step))
			return NULL;
	}
	return device->serial[0] ? device->serial : NULL;
}

static bool is_twin(const struct kb_sysfs_devices *devices, size_t index)
{
	const struct kb_sysfs_device *device = devices->list[index], *other;
	size_t i;

	for (i = 0; i < devices->n; i++) {
		other = devices->list[i];
		if (i != index && other->usb.vendor == device->usb.vendor &&
		    other->usb.product == device->usb.product &&
		    !strcmp(other->serial, device->serial))
			return true;
	}
	return false;
}

/* Classes of the interfaces that neither store nor network. */
static u32 harmless_classes(const struct kb_usb_device *device)
{
	unsigned int i;
	u32 classes = 0;

	for (i = 0; i < device->n_interfaces; i++)
		if (!(device->interfaces[i].classes & KB_CLASS_HAZARD))
			classes |= device->interfaces[i].classes;
	return classes;
}

static void write_rule(const struct kb_sysfs_device *device, u32 classes, bool with_port, FILE *out)
{
	struct kb_usb_id id = { device->usb.vendor, 0xffff, device->usb.product, 0xffff };
	const char *serial = usable_serial(device), *port = device->port;
	struct kb_usb_rule rule = { .action = KB_ACTION_ALLOW,
				    .classes = classes,
				    .n_ids = 1,
				    .ids = &id,
				    .n_serials = serial ? 1 : 0,
				    .serials = &serial,
				    .n_ports = with_port ? 1 : 0,
				    .ports = &port };

	fputs("- ", out);
	kb_render_rule(&rule, out);
	fputc('\n', out);
}

static void write_device(const struct kb_sysfs_devices *devices, size_t index, FILE *out)
{
	const struct kb_sysfs_device *device = devices->list[index];
	u32 harmless = harmless_classes(&device->usb), hazard = device->usb.classes & KB_CLASS_HAZARD;
	bool twin = is_twin(devices, index);
	bool with_port = twin || (device->serial[0] && !usable_serial(device));

	fputs("    # ", out);
	write_comment_text(device->maker[0] || device->model[0] ? device->maker : _("no name"), out);
	fputs(device->maker[0] && device->model[0] ? " " : "", out);
	write_comment_text(device->model, out);
	fputs(" @ ", out);
	write_comment_text(device->port, out);
	fputc('\n', out);
	if (twin)
		fprintf(out, "    # %s\n",
			_("another device looks exactly like it: the port tells them apart"));
	if (harmless) {
		fputs("    ", out);
		write_rule(device, harmless, with_port, out);
	}
	if (hazard) {
		fprintf(out, "    # %s\n",
			_("it stores or networks, so it stays refused; to allow it all the same:"));
		fputs("    # ", out);
		write_rule(device, device->usb.classes, with_port, out);
	}
}

static bool is_plain_hub(const struct kb_sysfs_device *device)
{
	return device->usb.root_hub || (device->usb.class == 0x09 &&
					device->usb.classes == KB_CLASS_BIT(KB_CLASS_HUB));
}

static void write_head(const struct kb_generate_options *options, FILE *out)
{
	char date[KB_DATE_SIZE];

	kb_render_date(options->expires, true, date);
	fprintf(out, "# %s\n", _("Made from the devices that were plugged in. Read it, then try it in audit mode."));
	fputs("kidoban: 1\npolicy:\n  municipality: ", out);
	kb_render_text(options->municipality ?: "000000", out);
	fputs("\n  group: ", out);
	kb_render_text(options->group ?: "terminals", out);
	fprintf(out, "\n  serial: %u\n  expires: %s\nmode:\n  media: audit\nmedia:\n", options->serial,
		date);
}

void kb_generate(const struct kb_sysfs_devices *devices, const struct kb_generate_options *options,
		 FILE *out)
{
	bool any = false;
	size_t i;

	for (i = 0; i < devices->n; i++)
		any = any || (!is_plain_hub(devices->list[i]) &&
			      harmless_classes(&devices->list[i]->usb));
	write_head(options, out);
	if (any)
		fprintf(out, "  # %s\n  rules:\n",
			_("hubs need no rule; what stands in no rule is refused"));
	else
		fprintf(out, "  # %s\n  rules: []\n",
			_("no device was found that could be allowed"));
	for (i = 0; i < devices->n; i++)
		if (!is_plain_hub(devices->list[i]))
			write_device(devices, i, out);
	fputs("  default: refuse\n", out);
}
