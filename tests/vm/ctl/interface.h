/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An interface of any class for a gadget, by FunctionFS. */
#ifndef VM_CTL_INTERFACE_H
#define VM_CTL_INTERFACE_H

/**
 * interface_hold() - describe an interface and keep it until killed
 * @dir: mount point of the FunctionFS instance
 * @what: "CC/SS/PP" in hexadecimal: class, subclass, protocol; then perhaps ":STRING", the
 *	  interface's name
 *
 * The interface has a bulk endpoint in each direction, where nothing ever happens. Prints
 * "ready" on stdout once the gadget can be plugged in.
 *
 * Return: -EINVAL for a malformed @what, another negative errno for trouble; else never.
 */
int interface_hold(const char *dir, const char *what);

#endif
