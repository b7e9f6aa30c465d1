#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Asleep in the office, awake elsewhere: the place is unknown from the first moment on (P1, P2).
# vm: disk
# vm: timeout=600
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

etc=/tmp/etc state=/tmp/state log=/tmp/agent.log
export LC_ALL=C.UTF-8 LANGUAGE=en

place_is() {
	kidoban place --json 2>/dev/null | grep -q "\"standing\": \"$1\""
}

# The zone of each event about the lease since number $1, oldest first; "-" = none.
zones_since() {
	kidoban events --since "$1" | sed -n 's/.* the lease runs, in zone 1:.*/madoguchi/p
		s/.* the lease runs, the place is unknown.*/-/p; s/.* the lease ended.*/ended/p' | tr '\n' ' '
}

insmod "$module" || bail "the module does not load"
mkdir -p $etc/trust/author $state /tmp/beacon
cp "$project/build/selftest/keys/author.der" $etc/trust/author/
chmod -R go-w $etc
echo 'terminal: {municipality: "131016", group: shared-terminals}' >$etc/terminal.yaml
ip link set lo up
ip addr add 10.99.0.1/32 dev lo
kidoban-beacon keygen -o /tmp/beacon/key >/tmp/beacon/public || bail "no key"
printf 'site: "131016"\nname: beacon-1\nzone: madoguchi\nkey: /tmp/beacon/key\nunicast: true\ninterfaces: [lo]\n' >/tmp/beacon/beacon.yaml
kidoban-beacon --config /tmp/beacon/beacon.yaml 2>/tmp/beacon/log &
beacon=$!
vmctl plug dock keyboard serial=DOCK-1 >/dev/null
kidoband --config $etc --state $state --journal stderr 2>$log &
agent=$!
check "the agent seals" until_true 20 sh -c '[ "$(gatectl status sealed)" = 1 ]'
gatectl load <<-END || bail "no policy"
	kidoban: 1
	policy: {municipality: "131016", group: shared-terminals, serial: 1, expires: 2099-12-31}
	mode: {media: off, link: audit, path: audit, place: enforce}
	media: {default: allow}
	link: {default: refuse, bypass: report}
	places:
	  - zone: madoguchi
	    label: 市民課
	    lock: true
	    evidence:
	      - {beacon: {name: beacon-1, key: "$(cat /tmp/beacon/public)", host: 10.99.0.1, rtt: 1000}}
	      - {dock: {usb: "0627:0001", serial: DOCK-1}}
	networks: {mynumber: [10.20.0.0/16]}
	paths: {protected: [mynumber], allow: [{name: p, to: [10.20.1.10], service: rdp, zone: [madoguchi]}]}
END
check "at the dock, by the beacon: inside" until_true 120 place_is inside

# --- Nothing changes meanwhile

from=$(($(gatectl status seq) + 1))
check "it sleeps and wakes where it was" vmctl suspend
vmctl resume
check "unknown first, and told" until_true 60 grep -q 'nobody knows any more whether this is 市民課: the machine slept' $log
check "then inside again" until_true 120 place_is inside
check_fails "nobody carried anything out" grep -q 'carried out' $log
zones=$(zones_since "$from")
note "the kernel was told: $zones"
check "the kernel's lease ended with sleep, and knew no place at first" eval "case '$zones' in 'ended - '*madoguchi*) ;; *) false ;; esac"

# --- Carried away meanwhile

from=$(($(gatectl status seq) + 1))
check "it sleeps, and is pulled from the dock" vmctl suspend --unplug dock
vmctl resume
check "outside" until_true 120 place_is outside
check "carried out, in its sleep" until_true 60 grep -q 'carried out of madoguchi without a grant' $log
zones=$(zones_since "$from")
note "the kernel was told: $zones"
check "the kernel was never told that it is in its place" eval "case '$zones' in *madoguchi*) false ;; esac"

# --- Back

vmctl plug dock keyboard serial=DOCK-1 >/dev/null
check "back at the dock: inside" until_true 120 place_is inside
check "which is recorded" until_true 60 grep -q 'back; it was carried out of madoguchi without a grant' $log
kill $agent $beacon
wait
note "$(tail -n 4 $log)"
check "the module unloads" gate_out
done_testing
