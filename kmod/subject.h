/* SPDX-License-Identifier: GPL-2.0-only */
/* From the kernel's USB device to the decision core's. */
#ifndef KB_SUBJECT_H
#define KB_SUBJECT_H

#include <kidoban/usb.h>
#include <linux/usb.h>

struct kb_subject {
	struct kb_usb_device dev;		/* classified */
	char port[KB_USB_PORT_MAX + 1];		/* dev.port points here */
};

/*
 * Describes @udev with the interfaces of @config (which may differ from the
 * one in use). Interface i of the subject is config->interface[i], where that
 * is there. The core reads the name of an interface ("MTP") just before we are
 * told that it was added: before that, and of alternate settings not in use,
 * names are unknown. Free with kfree(); NULL when out of memory. @udev must
 * stay until then: the serial is borrowed. @config is one of @udev's.
 */
struct kb_subject *kb_subject_new(struct usb_device *udev, struct usb_host_config *config);

/* "pci-0000:00:14.0/2.1": controller and port path, free of volatile bus numbers. */
void kb_subject_port(struct usb_device *udev, char *buf, size_t size);

#endif
