#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The network around the terminal, without the module: everything in it answers, from the terminal and to it.
# vm: net timeout=300
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"

check "the world's RDP server begins" at server rdp_begin
check "both cards meet their drivers" net_cards
check_is "office is what the names say" "$OFFICE_PCI $OFFICE_DRIVER" \
	"$(basename "$(readlink /sys/class/net/office/device)") $(basename "$(readlink /sys/class/net/office/device/driver)")"

# Before there is any address: the client asks through a packet socket.
ip link set office up
check "office has a carrier" until_true 20 net_carrier office
check_is "a DHCP lease" "$TERMINAL via $ROUTER" "$(dhcp_lease)"
check "the terminal is up" net_up
wire_mark

for host in $SERVER $SERVER6 $ARCHIVE $WEB6 $PEER $PEER6 $DETOUR; do
	check "$host answers a ping" reach_ping "$host"
done
for host in $SERVER $SERVER6 $ARCHIVE $ARCHIVE6 $WEB $WEB6 $PEER $PEER6; do
	check "$host echoes over TCP" reach_tcp "$host" 8443
	check "$host echoes over UDP" reach_udp "$host" 4172
done
check_is "a closed port refuses at once" ECONNREFUSED "$(reach_tcp $SERVER 9 | cut -d' ' -f1)"
check_is "an absent host does not answer" EHOSTUNREACH "$(reach_tcp 10.20.1.77 9 timeout=9000 | cut -d' ' -f1)"
check_is "a page from the protected network" "this is server" "$(reach_web $SERVER)"
check_is "a page over IPv6" "this is other" "$(reach_web $WEB6)"
check "a secure shell greets" reach_ssh $SERVER
check_is "DNS answers" "$SERVER $SERVER6" "$(dns_asks screen.mynumber.example | xargs)"
check "NTP answers" ntp_asks
check "the second router forwards" sh -c "ip route add $WEB/32 via $DETOUR dev office &&
	$project/build/selftest/reach tcp $WEB 7; status=\$?; ip route del $WEB/32; exit \$status"

# The other way round.
for kind in tcp udp; do
	pid=$(listen_in $kind 4444)
	check "a neighbour reaches the terminal over $kind" reach_in $kind 4444
	REACH_TERMINAL=$TERMINAL6 check "the like over IPv6" reach_in $kind 4444
	kill "$pid"
done

# What the cable saw.
check "the cable saw what was sent to the server" test "$(wire_count "icmp and dst host $SERVER")" -ge 1
check "an absent network was not sent to" test "$(wire_count dst net 192.0.2.0/24)" -eq 0
wire_mark
reach_udp $SERVER 7 say=KB\<seen\> >/dev/null
reach_udp $SERVER6 7 say=six >/dev/null
packet plain office $ROUTER_MAC $SERVER past
reach_tcp $SERVER 9 >/dev/null
reach_ping $SERVER6 >/dev/null
reach_udp $WEB 7 say=KB\<ordinary\> >/dev/null
reach_udp $WEB 4172 say=KB\<elsewhere\> >/dev/null
check_is "a mark begins a new count" 3 "$(wire_count "udp and ($TO_PROTECTED)")"
check_is "leaks are counted by protocol" "tcp 1 udp 3 icmp6 1" "$(wire_leaks | xargs)"
check_is "texts are found in frames" "elsewhere 1 seen 1" "$(wire_tags | xargs)"
check_is "wherever they go" 1 "$(wire_tagged 'KB<ordinary>')"

check "iperf3 runs" load_start
sent=$(load_end) || note "$sent"
check "and moves data" test "${sent:-0}" -gt 1000000

# scan HOST PORT STATE FLAG…: nmap finds the port in that state
scan() {
	scan_host=$1 scan_port=$2 scan_state=$3
	shift 3
	timeout 60 nmap -n -Pn --max-retries 1 "$@" -p "$scan_port" -oG - "$scan_host" | tee /tmp/nmap |
		grep -q "$scan_port/$scan_state/" || { cat /tmp/nmap; return 1; }
}
check "nmap -sS finds an open port" scan $SERVER 8443 open -sS
check "nmap -sU finds an open port" scan $SERVER 53 open -sU
check "nmap -sA finds it unfiltered" scan $SERVER 8443 unfiltered -sA
check "nmap -f finds the open port" scan $SERVER 8443 open -sS -f
check "nmap -6 finds the open port" scan $SERVER6 8443 open -6 -sS

check "the RDP server listens" rdp_server
check "a remote screen can be entered" reach_rdp
check "a remote screen is shown" rdp_start
check "and stays" rdp_alive
check "until it is ended" rdp_stop
note "$(cut -d" " -f1 /proc/uptime) s"
done_testing
