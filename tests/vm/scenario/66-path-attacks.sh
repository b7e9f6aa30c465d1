#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Root against the path gate: scans, odd packets, rewriting after the first look, namespaces, tunnels. What counts
# is what came out on the cable (N2, N3); that each of these arrives without a gate stands in 06-attacks.sh.
# vm: net timeout=400
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"
. "$(dirname "$0")/attack.sh"
. "$(dirname "$0")/path.sh"

# One path, to one machine; for attackers as generous as can be: all else is open but what the gate never opens.
generous() {
	cat <<-END
		allow:
		  - {name: screen, to: [$SERVER, "$SERVER6"], service: rdp, from: {cgroup: $SLICE}}
		essential: {dhcp: allow, dns: [$RESOLVER]}
		peers: allow
		inbound: allow
		discovery: refuse
		tunnels: refuse
		other: allow
	END
}

# Every port is the path's: what else is wrong with the packet is all that is left to refuse it by.
to_screen_port() {
	sed 's/9c40104b/9c400d3d/g'
}

# scan FLAGS…: two ports of the server, one of them the path's
scan() {
	timeout 30 nmap -n -Pn --max-retries 0 -p 22,3389 "$@" >/dev/null 2>&1
}

# named FILE PATTERN: the names of tags that match, one line
named() {
	sed -n "s/ .*//;/$2/p" "$1" | sort | xargs
}

check "the terminal is up" net_up
gate_in || bail "the module does not load"
check "one path, all else open" eval 'generous | path_policy enforce link=enforce'
check "a lease" lease_kept
at router odd >/tmp/odd
check_is "the path is open to its client" answered "$(client reach tcp $SERVER 3389 | cut -d' ' -f1)"
check_is "and to nobody else" ECONNREFUSED "$(reach tcp $SERVER 3389 | cut -d' ' -f1)"

# --- Scans

wire_mark
events_mark
scan -sS $SERVER
scan -sU $SERVER
scan -sA $SERVER
scan -sS -f $SERVER
scan -6 -sS $SERVER6
check_is "nmap -sS, -sU, -sA, -f, -6: nothing came out" 0 "$(wire_count $TO_PROTECTED)"
# one event a kind: five scans are five at least, more where they ask for several ports
check "the gate refused each" test "$(events | grep -c ' packet office - [a-z]* - out .* nmap ')" -ge 5

# --- Everything of attack.sh

wire_mark
attack_all
wire_tags >/tmp/tags
# Straight to the driver, or by tc behind the last hook: what the link gate watches, and docs/THREAT-MODEL.md names.
known='^(netconsole|pktgen|tc-pedit|tc-lo|xdp|xdp6) '
# Addressed to other networks: digits in an address that nobody there translates, and a routing header of
# mobile nodes, which no router follows. Or the own segment, as if everybody were one neighbour.
elsewhere='^(isatap|rh2|broadcast)/'
check_is "no other way out" "" "$(grep -vE "$known|$elsewhere" /tmp/tags | xargs)"
check_is "the odd packets were all tried" "" "$(grep -vE ' (EPERM|ECONNREFUSED|ENOBUFS|sent)$' /tmp/odd.thrown | xargs)"
note "past the gate: $(grep -E "$known" /tmp/tags | xargs)"

# --- Odd packets of somebody who may use the path

wire_mark
to_screen_port </tmp/odd >/tmp/odd.screen
CLIENT_USER=0 client throw office </tmp/odd.screen >/tmp/odd.thrown
wire_tags | sed 's,/.*,,' | sort -u >/tmp/tags
check_is "of the client's packets those without a defect came out" "chain-1 chain-8 hop-by-hop options-rr ttl-1 udp udp6" \
	"$(grep -xE 'chain-1|chain-8|hop-by-hop|options-rr|ttl-1|udp|udp6' /tmp/tags | xargs)"
cut -d' ' -f1 /tmp/odd | sort -u | grep -vxF "$(cat <<-'END'
	ack
	broadcast
	chain-1
	chain-8
	checksum-wrong
	from-server
	hop-by-hop
	hop-by-hop-unknown
	isatap
	nat64
	nat64-local
	next-hop-all
	next-hop-detour
	options-rr
	options-unknown
	other-header
	other-header6
	other-mac
	qinq
	rh0-done
	rh2
	sixtofour
	spoofed
	spoofed6
	ttl-1
	udp
	udp6
	vlan
	vlan-0
END
)" >/tmp/defective
check "there are defective ones" test "$(wc -l </tmp/defective)" -ge 60
check_is "in pieces, wrapped, with source routes or in disguise none came out" "" "$(grep -xFf /tmp/defective /tmp/tags | xargs)"

# --- tc, where the policy refuses what passes by the gate

check "a policy that refuses to be passed by" eval 'generous | path_policy enforce link=enforce bypass=refuse'
wire_mark
attack tc-pedit
check_is "rewriting behind the last hook stops the link at once" "" "$(wire_tags)"
lease_left
check "the module unloads" gate_out
done_testing
