# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the steps of tests/install/run say to their machine. Source it after tests/vm/tap.sh.
#
#   m VERB …                  tests/install/machine, of this run's machine
#   guest 'SCRIPT'            bash in the machine as root, with the words of guest.sh; GUEST_SECONDS (300)
#   guide STEP…               the steps of docs/INSTALL.md
#   plug ID TYPE [KEY=VALUE]  sets $dev: the device's name below /sys/bus/usb/devices
#   deliver < YAML            signed by both, loaded; SERIAL in it becomes the next number
#   stick_refused / stick_works / keyboard_works WORDS…   one check each, plugs and pulls

m() {
	local verb=$1
	shift
	"$here/machine" "$verb" "$machine" "$@"
}

guest() {
	{ cat "$here/guest.sh" && printf '%s\n' "$1"; } |
		"$here/machine" sh "$machine" --timeout "${GUEST_SECONDS:-300}"
}

guide() {
	"$here/guide" run "$machine" "$@"
}

plug() {
	dev=$(m plug "$*" --timeout 120)
}

# The number of the policy that was delivered last.
serial() {
	cat "$build/install/$machine/serial" 2>/dev/null || echo 9
}

# A policy has a greater number than all before it; the guide's end at three.
deliver() {
	local text next
	next=$(($(serial) + 1))
	echo $next >"$build/install/$machine/serial"
	text=$(sed "s/SERIAL/$next/")
	guest "sign_and_load <<'POLICY'
$text
POLICY"
}

stick_refused() {
	if ! plug "stick$((++sticks))" storage serial=UNLISTED; then not_ok "$*"; return; fi
	check "$*" guest "is_refused $dev"
	m unplug "stick$sticks"
}

stick_works() { # SERIAL WORDS…
	if ! plug "stick$((++sticks))" storage "serial=$1"; then not_ok "${*:2}"; return; fi
	check "${*:2}" guest "until_true 120 driver_is $dev usb-storage && until_true 120 has_disk $dev"
	m unplug "stick$sticks"
}

keyboard_works() {
	if ! plug "key$((++sticks))" keyboard; then not_ok "$*"; return; fi
	check "$*" guest "until_true 120 driver_is $dev usbhid"
	m unplug "key$sticks"
}

sticks=0
