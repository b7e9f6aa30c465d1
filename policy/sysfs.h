/* SPDX-License-Identifier: GPL-2.0-or-later */
/* USB devices that are plugged in now, read from sysfs. */
#ifndef KIDOBAN_POLICY_SYSFS_H
#define KIDOBAN_POLICY_SYSFS_H

#include <kidoban/usb.h>

#define KB_SYSFS_ROOT	"/sys"

struct kb_sysfs_device {
	char name[64];			/* on the bus: "1-2.1", "usb1" */
	char port[KB_USB_PORT_MAX + 1];
	char serial[KB_USB_SERIAL_MAX + 1];	/* empty = none */
	char maker[128], model[128];	/* what the device says it is; empty = nothing */
	struct kb_usb_device usb;	/* classified; .serial and .port point to the above */
};

struct kb_sysfs_devices {
	struct kb_sysfs_device **list;	/* in natural order of the name */
	size_t n;
};

/*
 * Reads all devices below @root ("/sys"). Devices that vanish meanwhile are
 * left out. 0, or the errno of opening the bus directory, -ENOMEM.
 */
int kb_sysfs_read(const char *root, struct kb_sysfs_devices *ret);
/* Reads one by its name on the bus. 0, -ENODEV when it is not (or no longer) there, -ENOMEM. */
int kb_sysfs_read_one(const char *root, const char *name, struct kb_sysfs_device **ret);
void kb_sysfs_done(struct kb_sysfs_devices *devices);

#endif
