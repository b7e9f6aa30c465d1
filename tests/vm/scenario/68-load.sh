#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Under load: policies that follow each other lose nothing that both permit, large ones cost no
# connection, an agent that is killed closes what is protected and nothing else (N2, P1).
# vm: net timeout=900
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

work=$(mktemp -d)
config=$work/etc state=$work/state
mkdir -p "$config/trust/author" "$state"
cd "$work" || exit 1

# text SERIAL [PREFIXES]: iperf3 to the protected server is a path (and asks for the link it takes),
# so is the time; the rest of the world is open. PREFIXES more protected networks.
text() {
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $1, expires: 2099-12-31}
		mode: {media: audit, link: enforce, path: enforce}
		media:
		  rules:
		    - allow: {class: [hub, keyboard]}
		  default: refuse
		link:
		  rules:
		    - allow: {name: office-lan, kind: ethernet, bus: pci}
		  default: refuse
		networks:
		  mynumber:
		    - $PROTECTED
		    - "$PROTECTED6"
	END
	awk -v n="${2:-0}" 'BEGIN { for (i = 0; i < n; i++)
		printf "    - 100.%d.%d.%d/28\n", 64 + int(i / 4096), int(i / 16) % 256, i % 16 * 16 }'
	cat <<-END
		paths:
		  protected: [mynumber]
		  allow:
		    - {name: load, to: [$SERVER], service: tcp/5201, link: [office-lan], from: {user: 0-65535}}
		    - {name: screen, to: [$SERVER], service: rdp, link: [office-lan], from: {user: 0-65535}}
		  essential: {dhcp: allow, dns: [$RESOLVER], ntp: [$CLOCK]}
		  peers: refuse
		  inbound: refuse
		  other: allow
	END
}

# flows: the load goes on: a megabyte more than now within ten seconds
flows() {
	flows_from=$(load_octets)
	until_true 10 sh -c "[ \$(cat /sys/class/net/office/statistics/tx_bytes) -gt $((flows_from + 1000000)) ]"
}

check "the office network is there" net_up
gate_in || bail "the module does not load"
text 1 >p1.yaml
check "a policy comes into force" sh -c 'gatectl load <p1.yaml'
check "no lease, no connection" sh -c '! iperf3 -c '"$SERVER"' -n 1 >/dev/null 2>&1'
gatectl context 60

# --- what must go on working
check "DHCP gets a lease" dhcp_lease
check "names are resolved" dns_asks screen.mynumber.example
check "the clock answers" ntp_asks

# --- one policy after the other
export LOAD_HOST=$SERVER
cut=$(gatectl status flows-cut)
check "a load runs over a permitted path" load_start
check "the policy is swapped a thousand times" sh -c 'gatectl swap 1000 <p1.yaml'
check_is "all of them were in force" 1001 "$(gatectl status serial)"
check "the load still flows" flows
check_is "no connection was cut" "$cut" "$(gatectl status flows-cut)"
check "nor did it ever end" load_end

# --- ten thousand prefixes
text 2000 10000 >p2.yaml
check "a policy of 10,000 prefixes comes into force" sh -c 'gatectl load <p2.yaml'
check "all of them" test "$(gatectl status prefixes)" -eq 10005
gatectl context 60
check "the path is open" load_start
check "the load flows" flows
refused=$(reach_tcp 100.66.1.1 80 timeout=3000)
check_is "the last of them is protected" "ECONNREFUSED" "${refused% *}"
check "what lies beside them is not" sh -c "! reach tcp 100.66.200.1 80 timeout=1000 | grep -q ECONNREFUSED"
check "the load ends well" load_end

# --- an agent that is killed
check "the module unloads" gate_out
kidoban key new author --name author --no-password --bits 2048 >/dev/null
cp author.der "$config/trust/author/"
echo 'terminal: {municipality: "131016", group: shared-terminals}' >"$config/terminal.yaml"
kidoban policy sign p1.yaml --key author.key --cert author.der --role author -o "$config/policy.kdb" >/dev/null 2>&1
insmod "$module" || bail "the module does not load again"
kidoband --config "$config" --state "$state" --journal stderr 2>log &
agent=$!
check "a lease runs" until_true 30 sh -c '[ "$(gatectl status lease)" = 1 ]'
check "the protected load runs" load_start
iperf3 -c "$WEB" -t 3600 >/dev/null 2>&1 &
other=$!
check "what is not protected runs beside it" until_true 10 sh -c "ss -Htn state established dst $WEB | grep -q ."
kill -9 $agent
wait $agent 2>/dev/null
killed=$(cut -d. -f1 /proc/uptime)
check "the protected load ends" until_true 20 sh -c "! ss -Htn state established dst $SERVER dport = 5201 | grep -q ."
took=$(($(cut -d. -f1 /proc/uptime) - killed))
note "after $took s"
check "within the lease and a second" test $took -le 16
check "what is not protected goes on" kill -0 $other
check "its connection is the same" sh -c "ss -Htn state established dst $WEB | grep -q ."
check "events tell of the end" sh -c 'gatectl events 1 | grep -q " lease "'
kill $other
kill -9 "$(cat /tmp/load.pid)" 2>/dev/null
check_fails "no report of a checker" sh -c 'dmesg | grep -E "BUG: |WARNING: |INFO: task|self-detected stall|detected stalls"'
check "the module unloads" gate_out
cd /
rm -rf "$work"
done_testing
