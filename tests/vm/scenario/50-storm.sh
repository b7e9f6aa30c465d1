#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Many devices at once, and devices coming and going while policies are swapped.
# vm: timeout=300
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

plugs=200
seed=${KIDOBAN_SEED:-20260401}

# Sets $now to the seconds since boot, without a process.
clock() {
	read -r now rest </proc/uptime
	now=${now%.*}
}

vmctl drivers
gate_in || bail "the module does not load"
before=$(gatectl status present)
evidence_start
gate_policy enforce <<'END' || bail "no policy"
- allow: {class: keyboard}
END

# --- A burst: fifty sticks within as short a time as the hypervisor takes.
for hub in 10 11 12 13 14; do
	vmctl plug h$hub hub port=$hub >/dev/null
done
n=0
for hub in '' 10. 11. 12. 13. 14.; do
	for port in 1 2 3 4 5 6 7 8 9 15; do
		# a hub has eight ports
		[ -z "$hub" ] || [ $port -le 8 ] || continue
		n=$((n + 1))
		vmctl plug --nowait "b$n" storage serial="BURST$n" size=1M "port=$hub$port" || not_ok "plug $n"
	done
done
burst=$n
clock && started=$now
refused_now() { gatectl devices | grep -c '^[^u].*refuse default enforce -$'; }
all_refused() { [ "$(refused_now)" -eq "$burst" ]; }
check "all of a burst of $burst sticks arrive and are refused" until_true 90 all_refused
clock && note "the last of them $((now - started)) s after the last plug"
check_is "none of them has a driver" 0 "$(ls -d $devices/*/driver | xargs -n 1 readlink | grep -c 'usb-storage\|uas')"
while [ $n -gt 0 ]; do
	vmctl unplug --nowait "b$n"
	n=$((n - 1))
done
for hub in 10 11 12 13 14; do vmctl unplug h$hub; done
nothing_left() { [ "$(gatectl status present)" -eq "$before" ]; }
check "all of them leave" until_true 30 nothing_left

# --- Random plugs and pulls, policies swapped meanwhile.
gadget make g0 1111:0000 mass_storage:size=1M serial=S0
gadget make g1 1111:0001 hid-keyboard
gadget make g2 1111:0002 hid-keyboard mass_storage:size=1M
gadget make g3 1111:0003 gser
gadget make g4 1111:0004 acm
gadget make g5 1111:0005 acm mass_storage:size=1M
gadget make g6 1111:0006 raw:06/01/01:MTP
gadget make g7 1111:0007 hid-mouse gser
before=$(gatectl status present)

one_of_four() { # N: a policy, each quite unlike the one before it
	case $(($1 % 4)) in
	0) gate_policy enforce <<-'END' ;;
		- allow: {class: keyboard}
	END
	1) gate_policy enforce <<-'END' ;;
		- allow: {class: [keyboard, mouse, storage, network, serial, vendor, mtp]}
	END
	2) gate_policy audit <<-'END' ;;
		- refuse: {has: [keyboard, storage]}
		- allow: {class: [keyboard, mouse]}
	END
	3) gate_policy enforce <<-'END' ;;
		- refuse: {has: [keyboard, storage]}
		- allow: {class: [storage, serial, network]}
	END
	esac
}

swap_policies() {
	i=0
	while [ ! -e /tmp/storm-over ]; do
		one_of_four $i || echo "load $i failed" >>/tmp/storm-failures
		i=$((i + 1))
		echo $i >/tmp/storm-loads.new && mv /tmp/storm-loads.new /tmp/storm-loads
	done
}

: >/tmp/storm-failures
echo 0 >/tmp/storm-loads
swap_policies 2>>/tmp/storm-failures &
swapper=$!
clock && started=$now
configs=/sys/kernel/config/usb_gadget
done_plugs=0 step=0
for which in $(awk -v n=$((2 * plugs)) -v seed="$seed" 'BEGIN { srand(seed); while (n--) print int(rand() * 8) }'); do
	udc=
	read -r udc <$configs/g"$which"/UDC
	if [ -n "$udc" ]; then
		echo >$configs/g"$which"/UDC
	else
		echo "dummy_udc.$which" >$configs/g"$which"/UDC && done_plugs=$((done_plugs + 1))
	fi
	# in step with the policies: twenty orders for each
	step=$((step + 1))
	swapped=0
	while clock && [ $((now - started)) -lt 75 ]; do
		read -r swapped </tmp/storm-loads
		[ "$swapped" -lt $((step / 20)) ] || break
		sleep 0.02
	done
done 2>>/tmp/storm-failures
: >/tmp/storm-over
wait $swapper
rm /tmp/storm-over
clock
note "$done_plugs plugs, $(cat /tmp/storm-loads) policies in $((now - started)) s, seed $seed"
check "$plugs devices were plugged in at random" test $done_plugs -ge $((plugs - 20))
check "policies were swapped meanwhile" test "$(cat /tmp/storm-loads)" -ge 15
check_is "no order was refused" "" "$(cat /tmp/storm-failures)"

# Whatever happened: what is there now is as the policy in force says.
for which in 0 1 2 3 4 5 6 7; do
	[ -n "$(cat $configs/g$which/UDC)" ] || echo dummy_udc.$which >$configs/g$which/UDC
done
one_of_four 3
all_there() { [ "$(gatectl devices | grep -vc '^usb')" -ge 13 ]; }
check "all devices are there" until_true 30 all_there
vmctl resume
gatectl devices | grep -v '^usb' >/tmp/devices
while read -r name action reason mode driver; do
	case $action in
	refuse) check "$name is refused" is_refused "$name" ;;
	allow) check "$name is allowed" [ "$(cat "$devices/$name/authorized")" = 1 ] ;;
	esac
done </tmp/devices
check "some of them are refused" grep -q refuse /tmp/devices
check "some of them are allowed and driven" grep -q 'allow rule enforce [a-z]' /tmp/devices
check_is "events are numbered without gaps" "" "$(gatectl events | awk 'NR > 1 && $1 != last + 1 { print } { last = $1 }')"

for which in 0 1 2 3 4 5 6 7; do gadget remove g$which; done
check "when all left, nothing is left" until_true 30 nothing_left
evidence_check
check "the module unloads" gate_out
done_testing
