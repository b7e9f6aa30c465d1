#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A path that closes ends what runs over it, and what tracks it is gone, within one tick of the
# lease (N2); what was not concerned goes on; a forged packet ends nothing.
# vm: net timeout=300
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

text() {
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $1, expires: 2099-12-31}
		mode: {media: audit, link: enforce, path: enforce}
		media: {default: refuse, rules: [{allow: {class: [hub, keyboard]}}]}
		link: {default: refuse, rules: [{allow: {name: office-lan, kind: ethernet, bus: pci}}]}
		networks: {mynumber: [$PROTECTED, "$PROTECTED6"]}
		paths:
		  protected: [mynumber]
		  allow:
		    - {name: load, to: [$SERVER], service: [tcp/5201, udp/4172], link: [office-lan], from: {user: 0-65535}}
		  peers: refuse
		  inbound: refuse
		  other: allow
	END
}

# tracked HOST [FILTER…]: connection tracking knows a connection to HOST
tracked() {
	conntrack -L -d "$@" 2>/dev/null | grep -q .
}

not_tracked() {
	! tracked "$@"
}

connected() {
	ss -Htn state established dst "$1" | grep -q .
}

not_connected() {
	! connected "$1"
}

check "the office network is there" net_up
gate_in || bail "the module does not load"
text 1 | gatectl load || bail "no policy"
gatectl context 60
nft -f - <<'END'
table inet watch {
	chain out { type filter hook output priority 0; ct state established accept; }
}
END
LOAD_HOST=$SERVER
check "a load runs over the path" load_start
check "so does a question by UDP" reach_udp $SERVER 4172

socat -u "TCP:$WEB:8443" /dev/null &
other=$!
check "and something to an ordinary network" until_true 10 connected $WEB
check "the load is tracked" tracked $SERVER -p tcp
check "so is the question" tracked $SERVER -p udp
check "so is the other" tracked $WEB

# --- what comes in ends nothing
refused=$(gatectl status path-refused)
at peer reach tcp $TERMINAL 5201 timeout=1000 >/dev/null
check "something that comes in is refused" test "$(gatectl status path-refused)" -gt "$refused"
check "the load does not mind" connected $SERVER

# --- the lease ends
cut=$(gatectl status flows-cut)
gatectl context 0
check "the load is cut" until_true 20 not_connected $SERVER
check "it is counted" test "$(gatectl status flows-cut)" -gt "$cut"
check "no entry of it is left" until_true 20 not_tracked $SERVER -p tcp
check "nor of the question, which would have stayed for half a minute" until_true 20 not_tracked $SERVER -p udp
check "the other is connected" connected $WEB
check "and tracked" tracked $WEB
check "its program runs" kill -0 $other

kill $other
kill "$(cat /tmp/load.pid)" 2>/dev/null
nft delete table inet watch
check "the module unloads" gate_out
done_testing
