#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The module's own policy: in force from the first moment, gone with the first signed one.
# vm: device=bootkey keyboard
# vm: device=bootstick storage serial=BOOT size=8M
# vm: timeout=240
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

vmctl drivers
key=$(basename "$(dirname "$(grep -lx 0627 $devices/*/idVendor)")"):1.0
stick=$(await_serial BOOT):1.0

# Without the parameter a policy is awaited with open gates, as ever.
check "the module loads" insmod "$module"
check_is "its parameter is off" N "$(cat /sys/module/kidoban/parameters/fallback)"
check_is "no policy is in force" "0 0" "$(gatectl status policy) $(gatectl status builtin)"
check "a stick keeps its driver" has_driver "$stick" usb-storage
check "the module unloads" gate_out

evidence_start
check "the module loads with fallback=1" insmod "$module" fallback=1
evidence_verdicts
check "a stick that was there has lost its driver before insmod returns" is_refused "$stick"
check_is "a policy is in force, and nobody signed it" "1 1 0.0" \
	"$(gatectl status policy) $(gatectl status builtin) $(gatectl status epoch).$(gatectl status serial)"
check_is "only the media gate works" "2 0 0" \
	"$(gatectl status mode) $(gatectl status link-mode) $(gatectl status path-mode)"
check_is "trust is as open as ever" 0 "$(gatectl status sealed)"
check_is "nothing is locked" 0 "$(gatectl status lock)"
check "the keyboard never lost its driver" has_driver "$key" usbhid
check_is "nor was it bound anew" 0 "$(grep -c "bound: .*\"$key\"" $tracing/trace)"
check_is "the first event is the policy" policy "$(gatectl events | awk '$1 == 1 { print $2 }')"
check "the kernel's log says so" sh -c 'dmesg | grep -q "built-in fallback is in force"'

export LC_ALL=C.UTF-8 LANGUAGE=en
check "kidoban status names it" sh -c 'kidoban status | grep "^policy .*built-in fallback"'
check "for programs, too" sh -c 'kidoban status --json | grep -E "\"builtin\": ?true"'
check "doctor calls it bad" sh -c 'kidoban doctor --json | grep -A 3 "\"fallback\"" | grep -E "no signed policy|kidoband"'
check "the event has its words" sh -c 'kidoban events | grep "built-in fallback is in force"'

# refused TYPE WHAT
refused() {
	name=$(vmctl plug r "$1" serial="SN-$1") || not_ok "$2 arrives"
	check "$2 is refused" is_refused "$name:1.0"
	vmctl unplug r
}

# works TYPE DRIVER WHAT
works() {
	name=$(vmctl plug w "$1") || not_ok "$3 arrives"
	check "$3 works" has_driver "$name:1.0" "$2"
	vmctl unplug w
}

refused storage "a stick"
refused uas "a UAS disk"
refused mtp "a phone (MTP)"
refused net "a network adapter"
refused serial "a serial converter"
works keyboard usbhid "a keyboard"
works mouse usbhid "a mouse"
works audio snd-usb-audio "a headset"
works hub hub "a hub"
name=$(vmctl plug card ccid)
check_is "a card reader is allowed" "allow rule enforce -" "$(verdict "$name:1.0")"
vmctl unplug card

# Lids and flaps: root has no other way in than under a signed policy.
check_fails "root cannot open the stick" sh -c "echo 1 >$devices/$stick/authorized"
check "it stays refused" is_refused "$stick"
check_fails "nor change the parameter" sh -c 'echo 0 >/sys/module/kidoban/parameters/fallback'

# A signed policy replaces it, whatever its number; one that is refused does not.
check "trust is sealed" gatectl seal 1 4
echo '- allow: {class: storage}' | gate_text enforce | sed 's/serial: [0-9]*/serial: 3/' >/tmp/older.yaml
check_is "one below the replay floor is refused" ESTALE \
	"$(gatectl load </tmp/older.yaml 2>&1 | cut -d : -f 1)"
sed 's/serial: 3/serial: 5/' /tmp/older.yaml >/tmp/wider.yaml
check_is "so is one by a stranger" ENOKEY \
	"$(gatectl load --by stranger </tmp/wider.yaml 2>&1 | cut -d : -f 1)"
check_is "the fallback stays" 1 "$(gatectl status builtin)"
check "and so does the refusal" is_refused "$stick"
gate_text enforce >/tmp/policy.yaml <<'END'
- allow: {class: keyboard}
- allow: {usb: "46f4:0001", serial: BOOT}
END
sed 's/serial: [0-9]*,/serial: 4,/' /tmp/policy.yaml >/tmp/returns.yaml
check "the one that was obeyed before the reboot comes back" sh -c 'gatectl load </tmp/returns.yaml'
check_is "and is a signed one" "0 1.4" \
	"$(gatectl status builtin) $(gatectl status epoch).$(gatectl status serial)"
check_fails "kidoban status names it no more" sh -c 'kidoban status | grep "built-in fallback"'
check "the listed stick works" has_driver "$stick" usb-storage
name=$(vmctl plug other storage serial=OTHER)
check "another one is refused" is_refused "$name:1.0"
check_is "both policies are events" 2 "$(gatectl events | awk '$2 == "policy"' | wc -l)"
evidence_check
check "the module unloads" gate_out
check "unloading gives everything back" has_driver "$name:1.0" usb-storage
vmctl unplug other

# Never a machine that cannot boot: with the fallback in force, unloading is as easy.
check "loaded once more" insmod "$module" fallback=1
check "the stick is refused again" is_refused "$stick"
check "and unloaded under the fallback" gate_out
check "which gives the stick back" has_driver "$stick" usb-storage
done_testing
