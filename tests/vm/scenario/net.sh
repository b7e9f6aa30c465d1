# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The network around the terminal, for scenarios with "# vm: net". Source it after tap.sh and lib.sh.
# What has to be remembered between calls is in files: check calls things in a shell of its own.
# Who is where: tests/vm/world/names.sh ($SERVER, $WEB …). How it is made: tests/vm/world/world.
#
# Cards. Both hang on the same cable.
#   net_cards                  load the drivers; the cards are called office and annex, and are down
#   net_up [CARD]              up, with the terminal's fixed addresses and routes (office)
#   net_down [CARD]            down, without addresses
#
# Does it answer? All print how it went; status 0 when it did. reach's options: timeout=MS mark=N
# device=CARD from=ADDRESS say=TEXT. Every host of the world echoes at $ECHO_TCP and $ECHO_UDP.
#   reach_tcp HOST PORT […]    "answered 12", "ECONNREFUSED 1", "ETIMEDOUT 3000" (milliseconds)
#   reach_udp HOST PORT […]
#   reach_ping HOST            one ping
#   reach_web HOST             a page, at port 80
#   reach_ssh HOST             the greeting of a secure shell
#   reach_in tcp|udp PORT […]  the peer asks the terminal, where listen_in is running
#   listen_in tcp|udp PORT     prints the pid of an echoing listener at the terminal; kill it yourself
#
# Services.
#   dhcp_lease [CARD]          a lease, from a packet socket: "10.10.0.5 via 10.10.0.1"
#   dns_asks NAME [RESOLVER]   its addresses, one a line
#   ntp_asks [CLOCK]           "s2 …"
#   rdp_server                 a real RDP server (freerdp-shadow-cli) at $SERVER:3389, instead of the
#                              echo there. It takes some seconds; "at server rdp_begin" does not wait
#   reach_rdp [OPTION…]        FreeRDP connects, speaks TLS, is let in and leaves (xfreerdp +auth-only)
#   rdp_start [OPTION…]        FreeRDP shows the server's screen in the background: returns when it does
#   rdp_alive, rdp_stop        still there? End it
#   load_start [OPTION…]       iperf3 to $WEB (or $LOAD_HOST) in the background: returns when data flows
#   load_end                   ends it and prints the bytes sent; fails when the connection was lost before
#
# The leak counter: what really came out of the terminal, taken on the cable.
#   wire_mark                  count from here on
#   wire_count FILTER…         frames sent since that match a tcpdump filter; $TO_PROTECTED is one
#   wire_leaks                 the frames sent since to protected addresses, "tcp 3" a line; nothing if none
#   wire_tagged TEXT           frames sent since that have TEXT in them, whatever they are wrapped in
#   wire_tags                  "NAME COUNT" for each text KB<NAME> in frames sent since; datagrams to $WEB's
#                              port 7 do not count: attacks want to have them led elsewhere
#   wire_show FILTER…          the frames themselves, as tcpdump prints them
#
# The world.
#   at HOST COMMAND…           run COMMAND at router, server, archive, other, peer or detour; its output
#                              and status. Commands of tests/vm/world/host.sh can be used, too:
#                              at HOST start NAME COMMAND…, at HOST stop NAME, at HOST log NAME
#   AT_SECONDS=60 at …         for longer than 20 s

. "$project/tests/vm/world/names.sh"
TO_PROTECTED="dst net $PROTECTED or ip6 dst net $PROTECTED6"

# --- The world

at() {
	at_host=$1
	shift
	(
		flock 9
		exec 8<>"$(at_port)" || exit 125
		printf '%s %s %s\n' "$at_host" "${AT_SECONDS:-20}" "$(printf '%s\0' "$@" | base64 -w 0)" >&8
		read -r status length <&8 || exit 125
		head -c "$length" <&8
		exit "$status"
	) 9>/run/world.lock
}

# The virtio port's device; looked for once.
at_port() {
	[ -s /run/world.port ] || {
		at_name=$(grep -lx vm.world /sys/class/virtio-ports/*/name) || return
		at_name=${at_name%/name}
		echo "/dev/${at_name##*/}" >/run/world.port
	}
	cat /run/world.port
}

# --- Cards

net_cards() {
	modprobe -a $OFFICE_DRIVER $ANNEX_DRIVER || return
	until_true 10 net_named office $OFFICE_MAC && until_true 10 net_named annex $ANNEX_MAC
}

net_named() {
	[ ! -d "/sys/class/net/$1" ] || return 0
	net_card=$(grep -lx "$2" /sys/class/net/*/address) || return
	net_card=${net_card%/address}
	ip link set "${net_card##*/}" name "$1"
}

net_carrier() {
	read -r net_is <"/sys/class/net/$1/carrier" && [ "$net_is" = 1 ]
}

net_up() {
	net_dev=${1:-office}
	net_cards && ip link set "$net_dev" up && until_true 20 net_carrier "$net_dev" &&
		ip addr replace $TERMINAL/24 dev "$net_dev" &&
		ip addr replace $TERMINAL6/64 dev "$net_dev" nodad &&
		ip route replace default via $ROUTER dev "$net_dev" &&
		ip -6 route replace default via $ROUTER6 dev "$net_dev"
}

net_down() {
	ip link set "${1:-office}" down && ip addr flush dev "${1:-office}"
}

# --- Does it answer?

reach_tcp() {
	reach tcp "$@"
}

reach_udp() {
	reach udp "$@"
}

reach_ping() {
	ping -q -c 1 -W 3 "$1"
}

reach_web() {
	case $1 in *:*) reach_host="[$1]" ;; *) reach_host=$1 ;; esac
	curl -sS -m 5 "http://$reach_host/"
}

reach_ssh() {
	reach tcp "$1" 22 say=
}

listen_in() {
	case $1 in
	tcp) socat "TCP6-LISTEN:$2,fork,reuseaddr,ipv6only=0" PIPE </dev/null >/dev/null 2>&1 & ;;
	udp) socat "UDP6-RECVFROM:$2,fork,reuseaddr,ipv6only=0" PIPE </dev/null >/dev/null 2>&1 & ;;
	esac
	listen_pid=$!
	until_true 10 sh -c "ss -Hln$(printf %.1s "$1") | grep -q '[*]:$2 '" && echo $listen_pid
}

reach_in() {
	reach_kind=$1 reach_port=$2
	shift 2
	at peer reach "$reach_kind" "${REACH_TERMINAL:-$TERMINAL}" "$reach_port" "$@"
}

# --- Services

dhcp_lease() {
	cat >/tmp/dhcp.sh <<-'END'
		#!/bin/sh
		[ "$1" != bound ] || echo "$ip via $router"
	END
	chmod +x /tmp/dhcp.sh
	dhcp_said=$(busybox udhcpc -i "${1:-office}" -f -n -q -t 5 -T 1 -s /tmp/dhcp.sh 2>/tmp/dhcp.err) &&
		[ -n "$dhcp_said" ] && echo "$dhcp_said" && return
	cat /tmp/dhcp.err
	return 1
}

dns_asks() {
	dns_said=$(timeout 20 busybox nslookup "$1" "${2:-$RESOLVER}") || return
	echo "$dns_said" | sed -n '/^Name:/,$s/^Address[ 0-9]*: *//p' | grep .
}

ntp_asks() {
	timeout 40 ntpdig -t 5 "${1:-$CLOCK}" 2>&1 | grep -o 's[0-9]* .*'
}

# The client wants a display even when it draws nothing. Its number comes when it is ready.
rdp_display() {
	[ ! -s /tmp/rdp.display ] || return 0
	mkfifo /tmp/rdp.ready || return
	Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp 3>/tmp/rdp.ready >/tmp/xvfb.log 2>&1 &
	timeout 60 head -n 1 /tmp/rdp.ready >/tmp/rdp.display
	rm /tmp/rdp.ready
	[ -s /tmp/rdp.display ]
}

rdp_server() {
	AT_SECONDS=60 at server rdp_server
}

rdp_client() {
	DISPLAY=:$(cat /tmp/rdp.display) HOME=/tmp/rdp exec xfreerdp "/v:${RDP_HOST:-$SERVER}" /cert:ignore /u:staff /p:staff \
		/sec:tls "$@"
}

reach_rdp() {
	rdp_display || return
	(rdp_client +auth-only "$@") 2>&1
}

# How many sessions the server has let in so far.
rdp_entered() {
	at server grep -c ' is activated' log/rdp || :
}

rdp_start() {
	rdp_display || return
	rdp_before=$(rdp_entered)
	rdp_client "$@" >/tmp/rdp.log 2>&1 &
	echo $! >/tmp/rdp.pid
	until_true 40 rdp_shown || { cat /tmp/rdp.log; return 1; }
}

rdp_shown() {
	rdp_alive && [ "$(rdp_entered)" -gt "$rdp_before" ]
}

rdp_alive() {
	read -r rdp_pid </tmp/rdp.pid && kill -0 "$rdp_pid" &&
		[ "$(sed 's/.*) //;s/ .*//' "/proc/$rdp_pid/stat")" != Z ]
}

rdp_stop() {
	rdp_alive && kill "$rdp_pid" && until_true 10 rdp_ended
}

rdp_ended() {
	! rdp_alive
}

load_start() {
	load_base=$(load_octets)
	iperf3 -c "${LOAD_HOST:-$WEB}" -t 3600 -J "$@" >/tmp/load.json 2>&1 &
	echo $! >/tmp/load.pid
	until_true 10 load_flows
}

load_octets() {
	cat "/sys/class/net/${LOAD_CARD:-office}/statistics/tx_bytes"
}

# A megabyte is more than anything else sends meanwhile.
load_flows() {
	[ $(($(load_octets) - load_base)) -gt 1000000 ]
}

load_end() {
	kill -INT "$(cat /tmp/load.pid)" || return
	until_true 10 sh -c "tail -n 1 /tmp/load.json | grep -qx '}'"
	# the only thing wrong with it was that we ended it
	sed -n 's/.*"error"://p' /tmp/load.json | grep -q 'client has terminated' || {
		sed -n 's/.*"error":/iperf3:/p' /tmp/load.json
		return 1
	}
	sed -n '/"sum_sent"/,/}/s/.*"bytes":[^0-9]*\([0-9]*\).*/\1/p' /tmp/load.json
}

# --- The leak counter

wire_mark() {
	at router wire_mark
}

wire_count() {
	at router wire_count "$@"
}

wire_leaks() {
	at router wire_leaks
}

wire_tagged() {
	at router wire_tagged "$1"
}

wire_tags() {
	at router wire_tags
}

wire_show() {
	at router wire_show "$@"
}
