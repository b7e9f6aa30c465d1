#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Somebody keeps the lock of a USB device: policies reach the others, and that one as well.
# vm: own-boot
# vm: timeout=240
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

drivers=$usb/drivers
node() {
	printf '/dev/bus/usb/%03d/%03d' "$(cat "$devices/$1/busnum")" "$(cat "$devices/$1/devnum")"
}

# hold NAME…: keeps the locks of these devices until let_go.
hold() {
	: >/tmp/held
	nodes=
	for word; do nodes="$nodes $(node "$word")"; done
	# shellcheck disable=SC2086
	"$project/build/selftest/hold" $nodes >/tmp/held 2>/dev/null &
	holder=$!
	until_true 10 grep -q held /tmp/held
}

let_go() {
	kill "$holder"
	wait "$holder"
}

vmctl drivers
modprobe usbip-host 2>/dev/null
gate_in || bail "the module does not load"
gate_policy enforce <<'END' || bail "no policy"
- allow: {class: mouse}
- allow: {serial: [ONE, TWO, OWN]}
END
mouse=$(vmctl plug mouse mouse)
one=$(vmctl plug one storage serial=ONE)
two=$(vmctl plug two storage serial=TWO)
check "a stick is in use" has_driver "$one:1.0" usb-storage
check "and another" has_driver "$two:1.0" usb-storage

hold "$mouse" || bail "a mouse's lock is not held"
gate_policy enforce <<'END'
- allow: {class: mouse}
- allow: {serial: [TWO, OWN]}
END
check "the next policy reaches the first stick" is_refused "$one:1.0"
gate_policy enforce <<'END'
- allow: {class: mouse}
- allow: {serial: OWN}
END
check "and the one after it the second" is_refused "$two:1.0"
if [ -d $drivers/usbip-host ]; then
	printf 'add %s' "$one" >$drivers/usbip-host/match_busid
	printf %s "$one" >$drivers/usb/unbind
	printf %s "$one" >$drivers/usbip-host/bind
	check "the kernel says that usbip-host came" until_true 10 \
		sh -c "dmesg | grep '$one: kidoban: usbip-host may not'"
	check "and it does not stay" until_true 10 sh -c "! readlink $devices/$one/driver"
else
	skip "usbip-host" "this kernel has none"
fi
let_go

# The lock of the very stick that is in use.
own=$(vmctl plug own storage serial=OWN)
disk=$(disk_of "$own:1.0")
can_read() { timeout 10 dd "if=/dev/$disk" of=/dev/null bs=4096 count=1 iflag=direct 2>/dev/null; }
check "a stick can be read" can_read
hold "$own" || bail "its own lock is not held"
gate_policy enforce <<'END'
- allow: {class: mouse}
END
check_is "its driver cannot be released" usb-storage "$(driver "$own:1.0")"
check_is "but it is refused" "refuse default enforce usb-storage" "$(verdict "$own:1.0")"
check_fails "and cannot be read any more" can_read
vmctl unplug --nowait own
let_go
check "it can leave" until_true 30 sh -c "[ ! -e $devices/$own ]"
check "the module unloads" gate_out
done_testing
