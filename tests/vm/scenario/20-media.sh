#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is listed works, what is not is refused before any driver sees it.
# vm: timeout=180
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

vmctl drivers
modprobe -a evdev
gate_in || bail "the module does not load"
evidence_start
check "a policy comes into force" gate_policy enforce <<'END'
- allow: {class: keyboard}
- allow: {class: mouse}
- allow: {class: smartcard}
- allow: {usb: "46f4:0001", serial: LISTED}
END

# refused TYPE WHAT
refused() {
	name=$(vmctl plug r "$1" serial="SN-$1") || not_ok "$2 arrives"
	check "$2 is refused" is_refused "$name:1.0"
	vmctl unplug r
}

refused storage "an unlisted stick"
refused uas "an unlisted UAS disk"
refused mtp "a phone (MTP)"
refused net "a network adapter"
refused serial "a serial converter"
refused audio "a headset"

# allowed TYPE DRIVER WHAT
allowed() {
	name=$(vmctl plug a "$1") || not_ok "$3 arrives"
	check_is "$3 is allowed" "allow rule enforce ${2:--}" "$(has_driver "$name:1.0" "${2:-none}"; verdict "$name:1.0")"
	vmctl unplug a
}

allowed keyboard usbhid "a keyboard"
allowed mouse usbhid "a mouse"
# its driver lives in userland (pcscd): allowed and unbound
name=$(vmctl plug a ccid)
check_is "a card reader is allowed" "allow rule enforce -" "$(verdict "$name:1.0")"
check_is "a card reader can be claimed" 1 "$(cat "$devices/$name:1.0/authorized")"
vmctl unplug a

vmctl plug k keyboard >/dev/null

name=$(vmctl plug listed storage serial=LISTED size=4M)
check "a listed stick meets its driver" has_driver "$name:1.0" usb-storage
disk=$(disk_of "$name:1.0")
check "a listed stick can be written and read" sh -c \
	"echo data | dd of=/dev/$disk conv=fsync 2>/dev/null && [ \"\$(head -c 4 /dev/$disk)\" = data ]"
other=$(vmctl plug twin storage serial=LISTED2 size=4M)
check "its twin with another serial is refused" is_refused "$other:1.0"
vmctl unplug twin
check "pulling the listed stick is fine" vmctl unplug listed

# Three hubs deep, two of each.
vmctl plug h1 hub port=3 >/dev/null
vmctl plug h2 hub port=3.2 >/dev/null
vmctl plug h3 hub port=3.2.1 >/dev/null
name=$(vmctl plug deepkey keyboard port=3.2.1.4)
check_is "a hub chain three deep works" 1-3.2.1.4 "$name"
check "a keyboard at its end works" has_driver "$name:1.0" usbhid
name=$(vmctl plug deepstick storage serial=X port=3.2.1.5)
check "a stick at its end is refused" is_refused "$name:1.0"
vmctl unplug deepstick
vmctl unplug h1
check_is "pulling the chain forgets all of it" "" "$(gatectl devices | grep '^1-3')"

# A composite device: each interface has a verdict of its own.
gadget make phone 18d1:4ee1 serial=G1 hid-keyboard mass_storage:size=4M raw:06/01/01:MTP raw:ff/ff/00:MTP
name=$(gadget plug phone)
check "the keyboard of a composite device works" has_driver "$name:1.0" usbhid
# one press of the key A: its input event (24 bytes) names the key as number 30
event=$(basename "$devices/$name:1.0"/*/input/input*/event*)
timeout 10 head -c 72 "/dev/input/$event" >/tmp/keys &
reader=$!
until_true 30 sh -c "ls -l /proc/$reader/fd/ /proc/[0-9]*/fd/ | grep -q /dev/input/$event"
printf '\0\0\4\0\0\0\0\0' >/dev/hidg0
wait $reader
check_is "a key that is pressed arrives" "1 30 1" \
	"$(od -An -v -tu2 -j 40 -N 8 /tmp/keys | awk '{ print $1, $2, $3 }')"
check "its disk is refused" is_refused "$name:1.1"
check "its picture transfer is refused" is_refused "$name:1.2"
check "its interface named MTP is refused" is_refused "$name:1.3"
gadget unplug phone
check "rules look at the whole device, too" gate_policy enforce <<'END'
- refuse: {has: [keyboard, storage]}
- allow: {class: keyboard}
- allow: {class: storage}
END
name=$(gadget plug phone)
check "a keyboard that brings a disk is refused" is_refused "$name:1.0"
check "so is its disk" is_refused "$name:1.1"
gadget remove phone

check "the tracepoint names what it judged" grep -q 'verdict: .*18d1:4ee1.*action=refuse.*mode=enforce line=7' $tracing/trace
evidence_check
vmctl unplug k
check "the module unloads" gate_out
done_testing
