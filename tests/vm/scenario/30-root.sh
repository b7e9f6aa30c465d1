#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Root tries everything that sysfs, drivers and usbfs offer: what is refused stays refused.
# vm: timeout=240
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

drivers=$usb/drivers
vmctl drivers
modprobe -a usbserial option ftdi_sio usbip-host 2>/dev/null
gate_in || bail "the module does not load"
evidence_start
gate_policy enforce <<'END' || bail "no policy"
- allow: {class: keyboard}
- allow: {usb: "1234:0001", class: vendor}
- allow: {usb: "1234:0002", class: hid}
END

# write TEXT FILE: the way root writes; fails when the kernel refuses.
write() { printf '%s' "$1" 2>/dev/null >"$2"; }

name=$(vmctl plug stick storage serial=X)
intf=$name:1.0
overrides=$(gatectl status overrides)
check_fails "writing 1 to the interface's authorized is refused" write 1 "$devices/$intf/authorized"
check_is "and it still reads 0" 0 "$(cat "$devices/$intf/authorized")"
check "and the attempt is counted" test "$(gatectl status overrides)" -gt "$overrides"
check_is "and it is an event" "override $intf refuse default sysfs" \
	"$(gatectl events | tail -n 1 | cut -d ' ' -f 2-)"
check "writing 0 there is no attempt" write 0 "$devices/$intf/authorized"
check_fails "nonsense there is refused" write x "$devices/$intf/authorized"
for driver in usb-storage uas usbfs usbhid; do
	write "$intf" $drivers/$driver/bind
	check "bind to $driver leaves it refused" is_refused "$intf"
done
write "$intf" $usb/drivers_probe
check "drivers_probe leaves it refused" is_refused "$intf"
check_fails "there is no driver_override on this bus" test -e "$devices/$intf/driver_override"

# The device as a whole.
write 0 "$devices/$name/authorized"
check_fails "a deauthorised device has no interfaces" test -e "$devices/$intf"
write 1 "$devices/$name/authorized"
check "authorised again, the interface is refused again" is_refused "$intf"
write 0 "$devices/$name/bConfigurationValue"
check_fails "an unconfigured device has no interfaces" test -e "$devices/$intf"
write 1 "$devices/$name/bConfigurationValue"
check "configured again, the interface is refused again" is_refused "$intf"
write "$name" $drivers/usb/unbind
write "$name" $drivers/usb/bind
check "bound again as a device, its interface is refused again" is_refused "$intf"

# What new devices start with.
bus=$devices/usb$(cat "$devices/$name/busnum")
vmctl unplug stick
for value in 0 1; do
	old=$(cat "$bus/interface_authorized_default")
	echo $value >"$bus/interface_authorized_default"
	name=$(vmctl plug stick storage serial=X)
	check "interface_authorized_default=$value makes no difference" is_refused "$name:1.0"
	vmctl unplug stick
	echo "$old" >"$bus/interface_authorized_default"
done
old=$(cat "$bus/authorized_default")
echo 0 >"$bus/authorized_default"
name=$(vmctl plug stick storage serial=X)
write 1 "$devices/$name/authorized"
check "a device authorised by hand is judged" is_refused "$name:1.0"
vmctl unplug stick
echo "$old" >"$bus/authorized_default"

# new_id: drivers are told to take what was allowed as something else.
gadget make vendor 1234:0001 gser
name=$(gadget plug vendor)
intf=$name:1.0
check_is "a vendor device is allowed" "allow rule enforce -" "$(verdict "$intf")"
for driver in usb-storage option; do
	overrides=$(gatectl status overrides)
	case $driver in
	option) file=$usb-serial/drivers/option1/new_id ;;
	*) file=$drivers/$driver/new_id ;;
	esac
	write "1234 0001" "$file" || write "1234 0001" $drivers/$driver/new_id
	write "$intf" $drivers/$driver/bind
	check_is "new_id of $driver does not get it" "" "$(driver "$intf")"
	check "and the attempt is counted" test "$(gatectl status overrides)" -gt "$overrides"
	write 1 "$devices/$intf/authorized"
	write "$intf" $drivers/$driver/bind
	check_is "nor after writing 1 to authorized" "" "$(driver "$intf")"
	write "1234 0001" $drivers/$driver/remove_id
done
gadget unplug vendor
name=$(gadget plug vendor)
check_is "the next one is allowed as before" "allow rule enforce -" "$(verdict "$name:1.0")"
gadget remove vendor

gadget make game 1234:0002 hid-mouse mass_storage:size=4M
name=$(gadget plug game)
write "1234 0002" $drivers/usb-storage/new_id
write "1234 0002 8 46f4 0001" $drivers/uas/new_id
for intf in "$name:1.0" "$name:1.1"; do
	write "$intf" $drivers/usb-storage/bind
	write "$intf" $drivers/uas/bind
	check "a disk beside a mouse stays refused" is_refused "$intf"
done
write "1234 0002" $drivers/usb-storage/remove_id
write "1234 0002" $drivers/uas/remove_id
gadget remove game

# usbip-host takes whole devices and hands them to another machine.
if [ -d $drivers/usbip-host ]; then
	name=$(vmctl plug stick storage serial=X)
	write "add $name" $drivers/usbip-host/match_busid
	write "$name" $drivers/usb/unbind
	write "$name" $drivers/usbip-host/bind
	check "usbip-host does not keep a refused device" until_true 10 \
		sh -c "! readlink $devices/$name/driver | grep usbip-host"
	write "del $name" $drivers/usbip-host/match_busid
	vmctl unplug stick
	# held since before the policy: let go when it comes
	gate_policy off <<-'END'
		- allow: {class: keyboard}
	END
	name=$(vmctl plug stick storage serial=X)
	write "add $name" $drivers/usbip-host/match_busid
	write "$name" $drivers/usb/unbind
	write "$name" $drivers/usbip-host/bind
	check_is "without rules usbip-host gets a device" usbip-host "$(driver "$name")"
	gate_policy enforce <<-'END'
		- allow: {class: keyboard}
	END
	check "and loses it when a policy refuses the device" until_true 10 \
		sh -c "! readlink $devices/$name/driver | grep usbip-host"
	write "del $name" $drivers/usbip-host/match_busid
	vmctl unplug stick
else
	skip "usbip-host" "this kernel has none"
fi

# Root of a container: not here, or not enough.
status() { "$@" >/dev/null 2>/tmp/said; echo $?; }
check_is "a container's root does not see the family" 4 "$(status unshare -Urnm gatectl status)"
check_is "root of a user namespace may not ask" "1 EPERM: " "$(status unshare -Ur gatectl status) $(cat /tmp/said)"
check_is "nor load" "1 EPERM: " "$(echo '- allow: {class: storage}' | gate_text audit | status unshare -Urm gatectl load) $(cat /tmp/said)"

# usbfs and libusb, on the disk of a device whose keyboard is allowed.
gadget make phone 18d1:4ee1 serial=G1 hid-keyboard mass_storage:size=4M
name=$(gadget plug phone)
check "the disk beside the keyboard is refused" is_refused "$name:1.1"
export KIDOBAN_REFUSED="$name:1.1"
absorb claim "$project/build/selftest/claim"
gadget remove phone

evidence_check
check "the module unloads" gate_out
done_testing
