#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The path gate: the protected network by one path under all its conditions and no other way, everything
# else as the policy says, and whoever is refused is told at once (N2, N3, N4, N5, N7, P1, W4).
# vm: net timeout=300
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"
. "$(dirname "$0")/attack.sh"
. "$(dirname "$0")/path.sh"

# The path under test, for every policy below.
path_rules() {
	cat <<-END
		allow:
		  - name: screen
		    to: [$SERVER, "$SERVER6"]
		    service: [rdp, tcp/5901]
		    from: {cgroup: $SLICE, user: [$STAFF]}
		    link: [office-lan]
		    zone: [madoguchi]
		    next_hop_mac: ["$ROUTER_MAC"]
		    hours: "毎日 08:00-19:00"
		    tell: 画面転送だけが使えます
		essential:
		  dhcp: allow
		  dns: [$RESOLVER]
		  ntp: [$CLOCK]
		  collector: {address: [$COLLECTOR], port: 443}
	END
}
good="zone=0 schedules=1"

# All that is left open where a policy says no more: the path, what is essential, and other networks.
strict() {
	path_rules
	printf '%s: refuse\n' peers inbound discovery tunnels
	echo "other: allow"
}

exceptions() {
	path_rules
	cat <<-END
		peers: {default: refuse, allow: [{name: printer, to: $PEER, service: tcp/8443}]}
		inbound: {default: refuse, allow: [{name: monitor, from: [$PEER], service: tcp/4444}]}
		discovery: [mdns]
		tunnels: [{name: vpn, to: [$WEB], service: ipip}]
		other: allow
	END
}

reversed() {
	path_rules
	printf '%s: allow\n' peers inbound discovery
	printf '%s: refuse\n' tunnels other
}

# One datagram each to mDNS, SSDP and everybody.
discover() {
	echo 'KB<mdns>' | socat -u - UDP-DATAGRAM:224.0.0.251:5353 2>/dev/null
	echo 'KB<ssdp>' | socat -u - UDP-DATAGRAM:239.255.255.250:1900 2>/dev/null
	echo 'KB<broadcast>' | socat -u - UDP-DATAGRAM:10.10.0.255:4171,broadcast 2>/dev/null
}

# Something for another network, through a tunnel.
elsewhere() {
	attack_tunnel tunnel 10.99.0.1 type ipip local $TERMINAL remote $WEB >/tmp/attack.log 2>&1
}

# How often the first refusals, of ten questions to a port of the archive, were told in all.
repeated() {
	[ "$(repeated_sum)" -ge 10 ]
}
repeated_sum() {
	events | awk -v to=$ARCHIVE '$2 == "packet" && $9 == to && $12 == 9 { n += $15 } END { print n + 0 }'
}

first() {
	"$@" 2>/dev/null | cut -d' ' -f1
}

# answers WHAT COMMAND…, refused WHAT ERRNO COMMAND…: reach's answer; refusals within a second
answers() {
	check_is "$1" answered "$(shift && first "$@")"
}

refused() {
	refused_said=$(shift 2 && "$@" 2>/dev/null)
	check_is "$1" "$2" "${refused_said% *}"
	[ "${refused_said#* }" -le 1000 ] || not_ok "$1, at once: $refused_said"
}

# fails_at_once WHAT COMMAND…: within four seconds, of which starting a program here takes most
fails_at_once() {
	fails_what=$1 fails_status=0
	shift
	fails_said=$(timeout 4 "$@" 2>&1) || fails_status=$?
	case $fails_status in
	0 | 124)
		not_ok "$fails_what: status $fails_status"
		note "$fails_said"
		;;
	*) ok "$fails_what" ;;
	esac
}

# told WHAT PATTERN: an event since the mark says so
told() {
	check "$1" event_says "$2"
}

check "the terminal is up" net_up
check "the second card is up" annex_up
at server start slow socat TCP6-LISTEN:5901,fork,reuseaddr,ipv6only=0 'SYSTEM:cat >/dev/null; sleep 1' >/dev/null
at peer ip route add $SERVER/32 via $ANNEX_ADDRESS
at peer ip neigh replace $ANNEX_ADDRESS lladdr $ANNEX_MAC dev net
echo 1 >/proc/sys/net/ipv4/ip_forward
tcp_listener=$(listen_in tcp 4444)
udp_listener=$(listen_in udp 4444)
gate_in || bail "the module does not load"

# --- Off, and on trial

check "a policy with the gate off comes into force" eval 'strict | path_policy off'
answers "off: secure shell to the protected network" reach tcp $SERVER 22 say=
answers "off: UDP there" reach udp $SERVER 7
answers "off: a neighbour reaches the terminal" reach_in tcp 4444
wire_mark
answers "off: the terminal forwards for a neighbour" at peer reach tcp $SERVER 7
check "off: and that is seen on the cable" test "$(wire_count src host $PEER and dst host $SERVER)" -ge 1
check_is "off: nothing was judged" "0 0 0" "$(counters)"

check "on trial" eval 'strict | path_policy audit link=audit'
events_mark
answers "on trial: secure shell to the protected network" reach tcp $SERVER 22 say=
answers "on trial: a neighbour reaches the terminal" reach_in tcp 4444
told "on trial: it would have been refused" " packet office - service - out $TERMINAL $SERVER 6 [0-9]* 22 0 reach "
told "on trial: so would the neighbour" " packet office - inbound - in $PEER $TERMINAL 6 [0-9]* 4444 "
check_is "on trial: nothing is refused" 0 "$(gatectl status path-refused)"
check "on trial: it is counted" test "$(gatectl status path-audited)" -ge 2
events_mark
check_is "on trial: an answer over UDP" hello "$(echo hello | socat -t 2 - UDP-DATAGRAM:$WEB:7)"
check_is "on trial: it would have been let in, too" "" "$(events | grep ' packet ')"

# --- In force: the path

check "in force" eval 'strict | path_policy enforce link=audit'
events_mark
wire_mark
for i in 1 2 3 4 5 6 7 8 9 10; do reach udp $ARCHIVE 9 >/dev/null; done

refused "without a lease" ECONNREFUSED client reach tcp $SERVER 3389
told "the event says so" " packet office - lease - out $TERMINAL $SERVER 6 [0-9]* 3389 $STAFF reach 1 screen"
check "a lease" lease $good
answers "the path is open" client reach tcp $SERVER 3389
answers "over UDP" client reach udp $SERVER 3389
answers "over IPv6" client reach tcp $SERVER6 3389
check_is "it is said to be open" "1 rule" "$(gatectl paths screen open) $(gatectl paths screen reason)"

lease zone=1 schedules=1
refused "in another zone" ECONNREFUSED client reach tcp $SERVER 3389
check_is "the path says why" "0 zone" "$(gatectl paths screen open) $(gatectl paths screen reason)"
lease schedules=1
refused "in no known zone" ECONNREFUSED client reach tcp $SERVER 3389
lease zone=0
refused "at another hour" ECONNREFUSED client reach tcp $SERVER 3389
check_is "the path says why" "0 hours" "$(gatectl paths screen open) $(gatectl paths screen reason)"
lease $good
answers "the conditions hold again" client reach tcp $SERVER 3389
CLIENT_USER=1001 refused "another user" ECONNREFUSED client reach tcp $SERVER 3389
CLIENT_USER=0 refused "root in the client's control group" ECONNREFUSED client reach tcp $SERVER 3389
CLIENT_GROUP='' refused "another program of the same user" ECONNREFUSED client reach tcp $SERVER 3389
CLIENT_GROUP=${SLICE}2 refused "a control group that sounds like it" ECONNREFUSED client reach tcp $SERVER 3389
CLIENT_GROUP=$SLICE/app-1.scope answers "a control group below it" client reach tcp $SERVER 3389
ip route add $SERVER/32 via $ROUTER dev annex onlink src $ANNEX_ADDRESS
refused "over the other card" ECONNREFUSED client reach tcp $SERVER 3389
ip route replace $SERVER/32 via $DETOUR dev office
# who is next is asked first, and known when the packet is at the card
refused "through another router" ECONNREFUSED client reach tcp $SERVER 3389
refused "through another router, over UDP" EPERM client reach udp $SERVER 3389
ip route del $SERVER/32
answers "everything holds again" client reach tcp $SERVER 3389
events >/tmp/events
for reason in zone hours wrong-link next-hop; do
	check "an event says $reason" grep -q " packet [a-z]* - $reason - out [0-9.]* $SERVER 6 [0-9]* 3389 $STAFF [a-z-]* [0-9]* screen" /tmp/events
done
check "an event says which user" grep -q " packet office - user - out $TERMINAL $SERVER 6 [0-9]* 3389 1001 reach [0-9]* screen" /tmp/events
check "an event says that it was another program" grep -q " packet office - cgroup - out $TERMINAL $SERVER 6 [0-9]* 3389 $STAFF reach [0-9]* screen" /tmp/events

# Half-closed by us, then closed by the server: the last word is the kernel's, from no socket of the client's.
client reach tcp $SERVER 5901 say= timeout=300 >/dev/null
client reach tcp $SERVER6 5901 say= timeout=300 >/dev/null
check "the server hears that a connection is over" until_true 20 at server sh -c '! ss -Htn "sport = :5901" | grep -q .'

# --- In force: no other way there

refused "another port" ECONNREFUSED client reach tcp $SERVER 8443
refused "another port over IPv6" ECONNREFUSED client reach tcp $SERVER6 8443
refused "another port over UDP" EPERM client reach udp $SERVER 4172
fails_at_once "a datagram of a socket that is connected to nobody" socat -u OPEN:/etc/hostname UDP-DATAGRAM:$SERVER:7
refused "another machine" ECONNREFUSED client reach tcp $ARCHIVE 3389
refused "another machine over IPv6" ECONNREFUSED client reach tcp $ARCHIVE6 3389
refused "its address in an IPv6 socket" ECONNREFUSED client reach tcp ::ffff:$ARCHIVE 3389
fails_at_once "a ping" ping -c 1 $SERVER
fails_at_once "a ping over IPv6" ping -c 1 $SERVER6
refused "a secure shell" ECONNREFUSED reach tcp $SERVER 22 say=
refused "a question to a resolver there, which tunnels of DNS would need" EPERM reach udp $SERVER 53
fails_at_once "a page" curl -sS http://$SERVER/
fails_at_once "a page over IPv6" curl -sS "http://[$SERVER6]/"
fails_at_once "iperf3" iperf3 -c $SERVER -t 1
check "a page elsewhere" reach_web $WEB
answers "a secure shell elsewhere" reach tcp $WEB 22 say=
check "a ping elsewhere" reach_ping $WEB6
check_is "DNS" $SERVER "$(dns_asks screen.mynumber.example | head -n 1)"
check_is "DHCP" "$TERMINAL via $ROUTER" "$(dhcp_lease)"

# --- In force: neighbours, and what comes in

refused "a neighbour" ECONNREFUSED reach tcp $PEER 7
refused "a neighbour over IPv6" ECONNREFUSED reach tcp $PEER6 7
refused "a neighbour over UDP" EPERM reach udp $PEER 7
fails_at_once "a ping to a neighbour" ping -c 1 $PEER
check_fails "a neighbour does not reach the terminal" reach_in tcp 4444 timeout=700
check_fails "nor over UDP" reach_in udp 4444 timeout=300
check_fails "nor over IPv6" eval 'REACH_TERMINAL=$TERMINAL6 reach_in tcp 4444 timeout=700'
check_fails "the protected network does not reach the terminal" at server reach tcp $TERMINAL 4444 timeout=700
check_fails "the terminal forwards nothing" at peer reach tcp $SERVER 7 timeout=700
discover
events >/tmp/events
for reason in 'peer - out' 'inbound - in' 'forward - forward' 'discovery - out'; do
	check "an event says $reason" grep -q " packet [a-z]* - $reason " /tmp/events
done
check "one says that the protected network came" grep -q " packet office - [a-z]* - in $SERVER $TERMINAL 6 " /tmp/events
check_is "nothing came out but the path's" 0 \
	"$(wire_count "($TO_PROTECTED) and not ((host $SERVER or host $SERVER6) and (port 3389 or port 5901))")"
check "the path's did" test "$(wire_count "dst host $SERVER and tcp port 3389")" -ge 10
check_is "nothing was sent to groups" "" "$(wire_tags)"
check_is "like refusals are one event, and all are counted" 10 "$(until_true 12 repeated; repeated_sum)"

# --- Exceptions

check "a policy with exceptions" eval 'exceptions | path_policy enforce'
lease $good
wire_mark
answers "the neighbour and the port that are named" reach tcp $PEER 8443
refused "the same neighbour at another port" ECONNREFUSED reach tcp $PEER 7
answers "the neighbour that may come in" reach_in tcp 4444
check_fails "over UDP it may not" reach_in udp 4444 timeout=300
discover
check_is "mDNS may be asked, SSDP and broadcast not" "mdns 1" "$(wire_tags)"
elsewhere
attack ipip
check_is "a tunnel that is named carries anything but the protected" "mdns 1 tunnel 1" "$(wire_tags | xargs)"

# --- The other way round: own segment open, the rest closed

check "a policy with an open segment" eval 'reversed | path_policy enforce'
answers "a neighbour" reach tcp $PEER 7
answers "a neighbour comes in" reach_in udp 4444
refused "another network" ECONNREFUSED reach tcp $WEB 7
refused "another network over UDP" EPERM reach udp $WEB6 7
answers "the collector" reach tcp $COLLECTOR 443
refused "the collector's other ports" ECONNREFUSED reach tcp $COLLECTOR 7
check_is "DNS" $SERVER "$(dns_asks screen.mynumber.example | head -n 1)"
wire_mark
check_fails "forwarding is off all the same" at peer reach tcp $SERVER 7 timeout=700
discover
check_is "groups may be spoken to" "broadcast mdns ssdp" "$(wire_tags | cut -d' ' -f1 | xargs)"
check_is "nothing came out to the protected network" 0 "$(wire_count $TO_PROTECTED)"

check "off again" eval 'strict | path_policy off'
answers "off again: secure shell to the protected network" reach tcp $SERVER 22 say=
kill "$tcp_listener" "$udp_listener"
check "the module unloads" gate_out
done_testing
