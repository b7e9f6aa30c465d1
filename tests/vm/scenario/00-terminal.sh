#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The virtual terminal itself: whatever is plugged arrives, meets its driver and leaves.
# vm: timeout=240
. "$(dirname "$0")/../tap.sh"

devices=/sys/bus/usb/devices

# Driver of interface $1.
driver() {
	basename "$(readlink "$devices/$1/driver")"
}

# plug_and_pull TYPE DRIVER
plug_and_pull() {
	serial=SN-$1
	name=$(vmctl plug "t-$1" "$1" serial="$serial") || {
		not_ok "$1 arrives"
		return
	}
	check_is "$1 carries its serial" "$serial" "$(cat "$devices/$name/serial")"
	check_is "$1 meets its driver" "$2" "$(driver "$name:1.0")"
	check "$1 is listed" sh -c "vmctl list | grep -q '^t-$1 usb-'"
	check "$1 leaves" vmctl unplug "t-$1"
	check_fails "$1 is gone" test -e "$devices/$name"
}

vmctl drivers
plug_and_pull storage usb-storage
plug_and_pull uas uas
plug_and_pull mtp ''
plug_and_pull net cdc_ether
plug_and_pull keyboard usbhid
plug_and_pull mouse usbhid
plug_and_pull ccid ''
plug_and_pull serial ftdi_sio
plug_and_pull hub hub
plug_and_pull audio snd-usb-audio

check_fails "an unknown type is refused" vmctl plug x nonsense
check_fails "a bad id is refused" vmctl plug 1x storage
check_fails "pulling what is not there is refused" vmctl unplug nothing

check "a medium keeps what was written" sh -ec '
	vmctl plug one storage medium=kept size=4M
	n=0; until [ -b /dev/sda ]; do n=$((n + 1)); [ $n -lt 200 ]; sleep 0.05; done
	echo kept | dd of=/dev/sda conv=fsync 2>/dev/null
	vmctl unplug one
	n=0; while [ -b /dev/sda ]; do n=$((n + 1)); [ $n -lt 200 ]; sleep 0.05; done
	vmctl plug two storage medium=kept
	n=0; until [ -b /dev/sda ]; do n=$((n + 1)); [ $n -lt 200 ]; sleep 0.05; done
	[ "$(head -c 4 /dev/sda)" = kept ]
	vmctl unplug two'

vmctl plug h hub port=3 >/dev/null
name=$(vmctl plug behind keyboard port=3.2)
check_is "a device behind a hub has its path" 1-3.2 "$name"
vmctl unplug behind
vmctl unplug h

gadget make phone 18d1:4ee1 serial=G1 product=Phone class=00 hid-keyboard \
	mass_storage:size=4M raw:06/01/01:MTP || not_ok "gadget made"
name=$(gadget plug phone)
check_is "a gadget has its ids" "18d1 4ee1 G1" \
	"$(cat "$devices/$name/idVendor" "$devices/$name/idProduct" "$devices/$name/serial" | paste -sd ' ')"
check_is "its keyboard is a keyboard" usbhid "$(driver "$name:1.0")"
check_is "its disk is a disk" usb-storage "$(driver "$name:1.1")"
check_is "its third interface is what was asked" "06 01 01 MTP" \
	"$(cd "$devices/$name:1.2" && cat bInterfaceClass bInterfaceSubClass bInterfaceProtocol interface | paste -sd ' ')"
check "the gadget leaves" gadget unplug phone
check "the gadget is removed" gadget remove phone
check_is "no gadget stays" "" "$(gadget list)"

# With it the kernel under test now and then goes on with flags that are bits of a pointer.
if dmesg | grep -q 'Hypervisor detected: KVM'; then
	skip "cmpxchg16b is not offered" "not emulated"
else
	check_fails "cmpxchg16b is not offered" grep -qw cx16 /proc/cpuinfo
fi
done_testing
