/* SPDX-License-Identifier: GPL-2.0-only */
/* The media gate: no driver touches a USB interface before its verdict (M1, M2, M6, M7). */
#ifndef KB_MEDIA_H
#define KB_MEDIA_H

#include <linux/usb.h>

int kb_media_init(void);
/* Leaves every device as if the module had never been there. */
void kb_media_exit(void);

/*
 * Has every interface present judged by the policy in force now: unbinds and
 * closes what is refused, opens and attaches what is not any more. Waits for
 * the end, but not for ever: a hostile device can hold its own lock for many
 * seconds, and the work then goes on behind the caller's back. The caller
 * holds no device lock.
 */
void kb_media_reevaluate(void);

/* Somebody (@by: a driver's name or "sysfs") reached for a closed interface. Takes no device lock. */
void kb_media_override(struct usb_interface *intf, const char *by);

#endif
