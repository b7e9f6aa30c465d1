/* SPDX-License-Identifier: GPL-2.0-only */
/* The latch on one USB interface: what closes it, and what opens it again. */
#ifndef KB_LATCH_H
#define KB_LATCH_H

#include <linux/usb.h>

/*
 * kb_latch_close() and kb_latch_open() need the lock of the USB device and a registered interface, and may
 * be called again. Closing leaves a bound driver bound: release it
 * afterwards, without the lock. Opening attaches no driver.
 *
 * A closed interface is deauthorised, its endpoints refuse transfers, and its
 * sysfs file "authorized" is one that answers -EPERM and reports the attempt. Opening
 * puts back what was there, with @authorized as its value.
 */
int kb_latch_close(struct usb_interface *intf);
int kb_latch_open(struct usb_interface *intf, bool authorized);

/* Deauthorises and silences only: for a notifier that must not touch sysfs. */
void kb_latch_bolt(struct usb_interface *intf);
/* Takes back a bolt alone. */
void kb_latch_unbolt(struct usb_interface *intf);

#endif
