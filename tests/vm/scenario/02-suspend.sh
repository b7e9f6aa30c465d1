#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The terminal sleeps and wakes, more than once, and devices change meanwhile.
# vm: disk
. "$(dirname "$0")/../tap.sh"

devices=/sys/bus/usb/devices

# The serials of all devices plugged in, sorted, on one line.
serials() {
	for name in "$devices"/*-*/serial; do [ -e "$name" ] && cat "$name"; done | sort | paste -sd ' '
}

sleeps() {
	dmesg | grep -c 'PM: suspend exit'
}

vmctl drivers
check_is "no sleep yet" 0 "$(sleeps)"
vmctl plug old storage serial=OLD >/dev/null
vmctl plug keys keyboard serial=KEYS >/dev/null
check_is "both are there" "KEYS OLD" "$(serials)"
check "it sleeps and wakes" vmctl suspend
check_is "that was a sleep" 1 "$(sleeps)"
check_is "both are still there" "KEYS OLD" "$(serials)"
check "it sleeps while a stick is swapped" vmctl suspend --swap old 'new storage serial=NEW size=8M'
check "devices settle" vmctl resume
check_is "the new one is there, the old one gone" "KEYS NEW" "$(serials)"
check "it sleeps while keys are pulled, a mouse comes" \
	vmctl suspend --unplug keys --plug 'mouse mouse serial=MOUSE'
check "devices settle again" vmctl resume
check_is "the mouse is there" "MOUSE NEW" "$(serials)"
check_is "three sleeps" 3 "$(sleeps)"
check "plugging works after a sleep" vmctl plug late uas serial=LATE
done_testing
