/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting the terminal to sleep, and what is done to it meanwhile. */
#ifndef VM_CTL_SLEEP_H
#define VM_CTL_SLEEP_H

#include "plug.h"

/**
 * sleep_attend() - on the host: wake the machine whenever it has gone to sleep
 * @m: the machine
 * @orders: file that the terminal's port vm.sleep writes: lines "plug ID TYPE [key=value…]"
 *	    or "unplug ID", done while it sleeps, in their order
 *
 * Return: 0 when QEMU has ended, a negative errno for trouble.
 */
int sleep_attend(struct machine *m, const char *orders);

/**
 * sleep_now() - in the terminal: suspend to RAM and return when awake again
 * @port: device of port vm.sleep
 * @orders: the lines for sleep_attend(), ended by newlines
 *
 * Return: 0 after a sleep; a negative errno when the kernel would not go to sleep.
 */
int sleep_now(const char *port, const char *orders);

#endif
