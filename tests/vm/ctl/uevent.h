/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's device events: when has a USB device arrived or gone? */
#ifndef VM_CTL_UEVENT_H
#define VM_CTL_UEVENT_H

enum { SYSNAME_MAX = 64 };

/* Open the kernel's event socket. Return: descriptor owned by the caller, or a negative errno. */
int uevent_open(void);

/**
 * uevent_usb_arrival() - wait until a new USB device is enumerated and configured
 * @fd: from uevent_open(), opened before the device was plugged
 * @under: part of the controller's path, such as "dummy_hcd.0/"; NULL for QEMU's controllers,
 *	   that is all but the dummy ones
 * @msec: how long to wait
 * @ret_sysname: its name below /sys/bus/usb/devices, SYSNAME_MAX bytes
 *
 * A device has arrived when the USB core has bound it, that is: after its interfaces were
 * offered to the drivers.
 *
 * Return: 0; -ETIMEDOUT; another negative errno.
 */
int uevent_usb_arrival(int fd, const char *under, int msec, char *ret_sysname);

/**
 * uevent_usb_departure() - wait until one more USB device has left
 * @fd: from uevent_open(), opened before the device was pulled
 * @under: as above
 * @msec: how long to wait
 *
 * Return: 0; -ETIMEDOUT; another negative errno.
 */
int uevent_usb_departure(int fd, const char *under, int msec);

/* Wait until no device event has come for half a second. Return: 0, or -ETIMEDOUT when
 * they still come after 30 s.
 */
int uevent_settle(int fd);

#endif
