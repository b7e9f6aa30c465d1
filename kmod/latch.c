// SPDX-License-Identifier: GPL-2.0-only
/* The latch on one USB interface: what closes it, and what opens it again. */
#include "latch.h"

#include <linux/sysfs.h>

#include "media.h"

static ssize_t authorized_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0\n");
}

/*
 * Runs without the device lock, which kb_latch_open() holds while it waits
 * for us to end.
 */
static ssize_t authorized_store(struct device *dev, struct device_attribute *attr,
				const char *buf, size_t count)
{
	bool want;

	if (kstrtobool(buf, &want))
		return -EINVAL;
	if (!want)
		return count;
	kb_media_override(to_usb_interface(dev), "sysfs");
	return -EPERM;
}

static DEVICE_ATTR_RW(authorized);

/* The USB core's own attribute of that name: the driver core keeps its groups at the device. */
static const struct attribute *core_attribute(struct usb_interface *intf)
{
	const struct attribute_group **group = intf->dev.groups;
	struct attribute **attr;

	for (; group && *group; group++)
		for (attr = (*group)->attrs; attr && *attr; attr++)
			if (!strcmp((*attr)->name, dev_attr_authorized.attr.name))
				return *attr;
	return NULL;
}

/* Replaces one file by another of the same name. Removing waits for writers inside. */
static int swap_attribute(struct usb_interface *intf, const struct attribute *gone,
			  const struct attribute *here)
{
	sysfs_remove_file(&intf->dev.kobj, gone);
	return sysfs_create_file(&intf->dev.kobj, here);
}

static void enable_endpoints(struct usb_interface *intf, bool on)
{
	const struct usb_host_interface *setting;
	unsigned int a, e;

	for (a = 0; a < intf->num_altsetting; a++) {
		setting = &intf->altsetting[a];
		for (e = 0; e < setting->desc.bNumEndpoints; e++)
			setting->endpoint[e].enabled = on && setting == intf->cur_altsetting;
	}
}

void kb_latch_silence(struct usb_interface *intf)
{
	enable_endpoints(intf, false);
}

void kb_latch_bolt(struct usb_interface *intf)
{
	intf->authorized = 0;
	if (!intf->dev.driver)
		kb_latch_silence(intf);
}

void kb_latch_unbolt(struct usb_interface *intf, bool authorized)
{
	enable_endpoints(intf, true);
	intf->authorized = authorized;
}

int kb_latch_close(struct usb_interface *intf)
{
	const struct attribute *core = core_attribute(intf);
	int err = -ENOENT;

	/* First the file, so that no writer opens what the bolt closes. */
	if (core)
		err = swap_attribute(intf, core, &dev_attr_authorized.attr);
	kb_latch_bolt(intf);
	return err;
}

int kb_latch_open(struct usb_interface *intf, bool authorized)
{
	const struct attribute *core = core_attribute(intf);
	int err = -ENOENT;

	if (core)
		err = swap_attribute(intf, &dev_attr_authorized.attr, core);
	kb_latch_unbolt(intf, authorized);
	return err;
}
