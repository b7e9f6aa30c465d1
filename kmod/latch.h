/* SPDX-License-Identifier: GPL-2.0-only */
/* The latch on one USB interface: what closes it, and what opens it again. */
#ifndef KB_LATCH_H
#define KB_LATCH_H

#include <linux/usb.h>

/*
 * A closed interface is deauthorised, which keeps every driver and every claim
 * away; its endpoints refuse transfers until the core enables them anew (after
 * an unbinding, which media.c watches, or a reset); and its sysfs file
 * "authorized" is one that answers -EPERM and reports the attempt.
 *
 * kb_latch_close() and kb_latch_open() need the lock of the USB device and a
 * registered interface, and may be called again. Closing leaves a bound driver
 * bound: release it afterwards, before giving up the lock. Opening puts back
 * what was there, with @authorized as its value, and attaches no driver.
 * -ENOENT: the kernel has no such file to replace. The interface is closed or
 * open all the same.
 */
int kb_latch_close(struct usb_interface *intf);
int kb_latch_open(struct usb_interface *intf, bool authorized);

/*
 * Deauthorises, for a notifier that must not touch sysfs; silences as well,
 * unless a driver is bound. That one came in lawfully and is about to be
 * released: usb-storage would wait minutes for a disk's cache to be written.
 */
void kb_latch_bolt(struct usb_interface *intf);
/* Makes the endpoints refuse transfers, whoever may be bound. */
void kb_latch_silence(struct usb_interface *intf);
/* Takes back a bolt alone. */
void kb_latch_unbolt(struct usb_interface *intf, bool authorized);

#endif
