#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The terminal sleeps; what is refused stays refused when it wakes, what was swapped is judged.
# vm: disk
# vm: timeout=150
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

vmctl drivers
gate_in || bail "the module does not load"
evidence_start
gate_policy enforce <<'END' || bail "no policy"
- allow: {class: keyboard}
- allow: {usb: "46f4:0001", serial: LISTED}
END
vmctl plug keys keyboard serial=KEYS >/dev/null
vmctl plug bad storage serial=BAD size=4M >/dev/null
vmctl plug good storage serial=LISTED size=4M >/dev/null
check "refused before the sleep" is_refused "$(await_serial BAD):1.0"
check "listed before the sleep" has_driver "$(await_serial LISTED):1.0" usb-storage
overrides=$(gatectl status overrides)

check "it sleeps and wakes" vmctl suspend
vmctl resume
check "still refused" is_refused "$(await_serial BAD):1.0"
check "still listed" has_driver "$(await_serial LISTED):1.0" usb-storage
check "the keyboard still works" has_driver "$(await_serial KEYS):1.0" usbhid

check "the listed stick is swapped for another while it sleeps" \
	vmctl suspend --swap good 'other storage serial=OTHER size=4M'
vmctl resume
check "what came in its place is refused" is_refused "$(await_serial OTHER):1.0"
check_fails "the listed one is gone" by_serial LISTED
check "refused as before" is_refused "$(await_serial BAD):1.0"

check "the refused stick is swapped for the listed one while it sleeps" \
	vmctl suspend --swap bad 'good storage serial=LISTED size=4M'
vmctl resume
check "the listed one works" has_driver "$(await_serial LISTED):1.0" usb-storage
check "the other stays refused" is_refused "$(await_serial OTHER):1.0"

# Waking wakes nobody's endpoints: root still gets nothing through.
gadget make phone 18d1:4ee1 serial=G1 hid-keyboard mass_storage:size=4M
name=$(gadget plug phone)
check "the disk beside a keyboard is refused" is_refused "$name:1.1"
check "it sleeps once more" vmctl suspend
vmctl resume
check "refused after it" until_true 10 is_refused "$(await_serial G1):1.1"
export KIDOBAN_REFUSED="$(await_serial G1):1.1"
absorb claim "$project/build/selftest/claim"
gadget remove phone
check_is "a policy loads after a sleep" "" "$(gate_policy enforce <<-'END' 2>&1
	- allow: {class: [keyboard, storage]}
END
)"
check "and is obeyed" has_driver "$(await_serial OTHER):1.0" usb-storage
evidence_check
check "the module unloads" gate_out
done_testing
