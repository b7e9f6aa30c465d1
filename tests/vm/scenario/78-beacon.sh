#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Asked where it is, the agent believes the beacon of the room and nobody who is not quite that; and a switch's
# port as long as the cable is in it (P1).
# vm: once patient net timeout=1500
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"
. "$(dirname "$0")/place.sh"

work=$(mktemp -d)
config=$work/etc state=$work/state log=$work/log
mkdir -p "$config/trust/author" "$state"
cd "$work" || exit 1
export LC_ALL=C.UTF-8 LANGUAGE=en

# deliver [PATHS [DISCOVERY]]: a policy whose place wants a beacon and the switch's port; with PATHS "closed" the segment
# is closed but for the beacon's own address, with "group" altogether; then what DISCOVERY says, if anything.
deliver() {
	serial=$(($(gatectl status serial) + 1))
	case ${1:-} in
	closed) paths="peers: {default: refuse, allow: [{name: beacon, to: $ROUTER, service: udp/5869}]}" rest=refuse ;;
	group) paths='peers: refuse' rest=refuse ;;
	*) paths='peers: allow' rest=allow ;;
	esac
	cat >p.yaml <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $serial, expires: 2099-12-31}
		mode: {media: off, link: enforce, path: enforce, wifi: off, place: enforce}
		media: {default: allow}
		link:
		  default: refuse
		  rules:
		    - allow: {name: office-lan, kind: ethernet, bus: pci}
		places:
		  - zone: madoguchi
		    need: 2
		    evidence:
		      - {beacon: {name: beacon-1, key: "$key", rtt: 1000$host}}
		      - {lldp: {chassis: $SWITCH, port: "Gi1/0/[1-24]"}}
		networks:
		  mynumber: [$PROTECTED, "$PROTECTED6"]
		paths:
		  protected: [mynumber]
		  allow:
		    - {name: desk, to: [$SERVER], service: tcp/8443, from: {user: 0-65535}, zone: [madoguchi]}
		  $paths
		  inbound: $rest
		  discovery: ${2:-$rest}
		  other: allow
	END
	kidoban policy sign p.yaml --key author.key --cert author.der --role author -o p.kdb >sign.log 2>&1 ||
		{ cat sign.log; return 1; }
	cp p.kdb "$config/policy.kdb.new" && mv "$config/policy.kdb.new" "$config/policy.kdb" &&
		until_true 60 in_force "$serial"
}

in_force() {
	[ "$(gatectl status serial)" = "$1" ]
}

# What the agent says of the beacon: its line of "kidoban place".
beacon_line() {
	kidoban place | grep 'beacon beacon-1'
}

# A refusal has its own words; what was good before has two rounds of patience.
beacon_says() {
	until_true 120 sh -c 'kidoban place | grep "beacon beacon-1" | grep -qE "$0"' "$1" && return
	kidoban place
	tail -n 5 "$log" | cut -c 1-200
	cat "/proc/$agent/stack"
	return 1
}

# The true beacon, heard by nobody but who asks its machine; a relay stands in between.
relay_on() {
	at router start relay python3 "$project/tests/vm/world/relay.py" lan 5871 "$@" &&
		until_true 30 at router grep -q listening log/relay
}

relay_off() {
	at router stop relay
}

# impostor KEY SITE ZONE NAME: another beacon in its place
impostor_on() {
	at router sh -c 'printf "site: \"%s\"\nname: %s\nzone: %s\nkey: %s\n" "$2" "$4" "$3" "$1" >/run/impostor.yaml
		[ -s "$1" ] || "$5" keygen -o "$1" >/run/impostor.pub' - "$@" "$project/build/kidoban-beacon" &&
		at router start impostor "$project/build/kidoban-beacon" --config /run/impostor.yaml
}

impostor_off() {
	at router stop impostor
}

# An emulated terminal's clock is minutes off.
clock_right() {
	date -s "@$(at router date +%s)"
}

desk() {
	reach_tcp $SERVER 8443 timeout=3000 | cut -d' ' -f1
}

host=''
check "the terminal is up" net_up
check "its clock is right" clock_right
kidoban key new author --name author --no-password --bits 2048 >/dev/null
cp author.der "$config/trust/author/"
echo 'terminal: {municipality: "131016", group: shared-terminals}' >"$config/terminal.yaml"
chmod -R go-w "$config"
check "a beacon" beacon_on beacon-1 madoguchi
key=$(beacon_key beacon-1)
beacon_off beacon-1
insmod "$module" || bail "no module"
kidoband --config "$config" --state "$state" --journal stderr 2>>"$log" &
agent=$!
check "a policy with a place" deliver

# --- who is not believed
check "nobody answers" beacon_says 'does not answer'
impostor_on /run/impostor.key 131016 madoguchi beacon-1
check "a stranger's key: forged" beacon_says 'signature is not'
impostor_off
impostor_on /run/beacon-beacon-1.key 131024 madoguchi beacon-1
check "the right key at another site" beacon_says 'of site 131024'
impostor_off
impostor_on /run/beacon-beacon-1.key 131016 archive beacon-1
check "the right key in another zone" beacon_says 'of zone archive'
impostor_off
beacon_on beacon-1 madoguchi 5871
relay_on replay
check "an answer that was recorded" beacon_says 'replay'
relay_off
relay_on edited
check "an answer with another time" beacon_says 'signature is not'
relay_off
relay_on routed
check "an answer through a router" beacon_says 'hop limit 64'
relay_off
relay_on far 1.3
check "an answer from far away" beacon_says 'too far away'
check_is "none of them was evidence" 0 "$(grep -c 'in madoguchi' "$log")"
relay_off
beacon_off beacon-1

# --- the true one
check "the beacon of the room" beacon_on beacon-1 madoguchi
check "is believed" beacon_says 'there .*answered within'
note "$(beacon_line)"
check_is "alone it is no place" ECONNREFUSED "$(desk)"
check "the cable is in the right switch" switch_on Gi1/0/7
check "inside" standing_is madoguchi inside
check_is "the protected server answers" answered "$(desk)"
check "the cable goes into another port" switch_port Gi1/0/30
check "outside" standing_is madoguchi outside
check_is "the protected server does not answer" ECONNREFUSED "$(desk)"
check "and it is said why" sh -c 'kidoban place | grep -q "port Gi1/0/30 of the switch, which is not of this place"'
check "back" switch_port Gi1/0/24
check "inside again" standing_is madoguchi inside

# --- the beacon is gone
beacon_off beacon-1
check "without the beacon" beacon_says 'does not answer'
check "it is outside when patience ends" standing_is madoguchi outside
beacon_on beacon-1 madoguchi
check "inside when it is back" standing_is madoguchi inside

# --- clocks
date -s '+10 minutes' >/dev/null
check "a clock that is wrong" beacon_says "clocks? .* are (59|60)[0-9] s apart"
check "is outside" standing_is madoguchi outside
clock_right >/dev/null
check "and inside when it is right again" standing_is madoguchi inside

# --- the cable
ip link set office down
check "without a carrier it is outside" standing_is madoguchi outside
check "the restart of the network" net_up
check "inside again" standing_is madoguchi inside

# --- a policy that lets nobody in: the beacon by its address
host=", host: $ROUTER"
check "the beacon's address, and a closed segment" deliver closed
check "inside" standing_is madoguchi inside
check_is "the protected server answers" answered "$(desk)"
host=''
check "the same by multicast" deliver closed
check "is refused on the way, as the policy says" beacon_says 'missing .*cannot be asked: Operation not permitted'
note "$(beacon_line)"
check "the word for it, and no neighbour else" deliver group '[kidoban-beacon]'
check "is believed by multicast" beacon_says 'there .*answered within'
check "inside" standing_is madoguchi inside
check_is "the protected server answers" answered "$(desk)"
check "another word than its own" deliver group '[mdns]'
check "does not help" beacon_says 'missing .*cannot be asked: Operation not permitted'

kill $agent
wait $agent
check "the agent did not stumble" sh -c "! grep -qE 'Sanitizer|assert|cannot renew' $log"
check "the module unloads" gate_out
switch_off
cd /
rm -rf "$work"
done_testing
