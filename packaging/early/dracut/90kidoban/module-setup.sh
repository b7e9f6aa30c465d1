#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dracut: kidoban in the initial RAM file system. Whatever is missing, the image is made: without us.
# shellcheck disable=SC2154 # kernel, initdir, moddir: dracut

check() {
	local usb
	# shellcheck source=packaging/early/early.sh
	. /usr/lib/kidoban/early.sh
	early_wanted || return 1
	if usb=$(early_on_usb); then
		dwarning "kidoban: not in the initial RAM file system, because on USB lies: ${usb//$'\n'/ }"
		dwarning "kidoban: it would be refused there. Sticks that are present at power-on can be disks" \
			"until kidoband runs."
		return 1
	fi
	if ! modprobe -S "$kernel" -qn kidoban; then
		dwarning "kidoban: no module for kernel $kernel: with it, nothing is refused before kidoband" \
			"runs, and nothing afterwards; see: dkms status kidoban"
		return 1
	fi
	return 0
}

depends() {
	return 0
}

installkernel() {
	# needed on every host, whatever it is made for
	hostonly='' instmods kidoban
}

install() {
	# shellcheck source=packaging/early/early.sh
	. /usr/lib/kidoban/early.sh
	early_fill "$initdir"
	inst_multiple modprobe /usr/lib/kidoban/kidoban-early
	# before udev is started
	inst_hook pre-udev 01 "$moddir/kidoban-early.sh"
}
