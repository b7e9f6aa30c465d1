# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the terminal may call at a host of its world, besides programs (see at in net.sh).
# $dir is the world's directory.

# shellcheck source=tests/vm/world/names.sh
. "$here/names.sh"

# start NAME COMMAND…: a service that stays; stop NAME ends it; log NAME is what it says.
start() {
	local name=$1
	shift
	setsid "$@" </dev/null >"$dir/log/$name" 2>&1 &
	echo $! >"$dir/$name.pid"
}

stop() {
	local pid
	pid=$(<"$dir/$1.pid") && rm "$dir/$1.pid" && kill -- "-$pid"
}

log() {
	cat "$dir/log/$1"
}

# --- The cable: wire.pcap has every frame of the terminal.

# The record as far as it is of interest: what came later than the first $1 bytes of it.
wire_after() {
	head -c 24 "$dir/wire.pcap"
	tail -c "+$(($1 + 1))" "$dir/wire.pcap"
}

wire_size() {
	stat -c %s "$dir/wire.pcap"
}

# Have the hypervisor send a frame of its own behind all that the terminal has sent, and wait for it.
wire_flush() {
	local size tries=0
	size=$(wire_size)
	printf '%s\n' '{"execute": "qmp_capabilities"}' '{"execute": "announce-self", "arguments":
		{"initial": 20, "max": 20, "rounds": 1, "step": 0, "interfaces": ["office"]}}' |
		socat -t 5 - "UNIX-CONNECT:$monitor" >"$dir/log/monitor" || return
	until wire_after "$size" | tcpdump -n -r - rarp 2>/dev/null | grep -q .; do
		[ $((tries += 1)) -lt 500 ] || { echo "no answer on the cable"; cat "$dir/log/monitor"; return 1; }
		sleep 0.02
	done
}

wire_mark() {
	wire_flush && wire_size >"$dir/mark"
}

# The frames since the mark, as a pcap file.
wire_since() {
	wire_flush && wire_after "$(<"$dir/mark")" >"$dir/since.pcap"
}

# wire_show FILTER…
wire_show() {
	wire_since && tcpdump -n -r "$dir/since.pcap" "$*" 2>"$dir/log/tcpdump" && return
	cat "$dir/log/tcpdump"
	return 1
}

wire_count() {
	wire_show "$@" >"$dir/shown" || { cat "$dir/shown"; return 1; }
	wc -l <"$dir/shown"
}

# wire_leaks: what went to the protected networks, "PROTOCOL COUNT" a line; nothing when nothing did.
wire_leaks() {
	local kind count to="(dst net $PROTECTED or ip6 dst net $PROTECTED6)"
	wire_since || return
	for kind in tcp udp icmp icmp6 'other not (tcp or udp or icmp or icmp6)'; do
		count=$(tcpdump -n -r "$dir/since.pcap" "$to and ${kind#other }" 2>/dev/null | wc -l)
		[ "$count" = 0 ] || echo "${kind%% *} $count"
	done
}

# wire_tagged TEXT: frames with TEXT in them; a frame has it once.
wire_tagged() {
	wire_since && { grep -a -o -F -- "$1" "$dir/since.pcap" || :; } | wc -l
}

# wire_tags: "NAME COUNT" for each text KB<NAME> in the frames, but for what attacks send to an
# ordinary host's echo in order to have it led astray: it must not count when it was not. Some have no
# such text: the kernel's packet generator puts its own mark in, WireGuard's are known by the port.
wire_tags() {
	local known count
	wire_since || return
	tcpdump -r "$dir/since.pcap" -w "$dir/strange.pcap" \
		"not ((dst host $WEB or dst host $WEB6) and udp dst port 7)" 2>"$dir/log/tcpdump" || return
	{ grep -a -o 'KB<[a-z0-9/_-]*>' "$dir/strange.pcap" || :; } | sed 's/^KB<//;s/>$//' | sort | uniq -c |
		awk '{ print $2, $1 }'
	for known in 'pktgen udp[8:4] = 0xbe9be955' 'wireguard udp dst port 51821'; do
		count=$(tcpdump -n -r "$dir/since.pcap" "${known#* }" 2>/dev/null | wc -l)
		[ "$count" = 0 ] || echo "${known%% *} $count"
	done
}

# odd [NAME…]: odd packets as text.
odd() {
	/usr/bin/python3 "$here/odd.py" "$here/names.sh" "$@"
}

# --- Remote screens

# A screen and its RDP server. Both leave files in /tmp: they get one of their own.
rdp_begin() {
	[ ! -e "$dir/rdp.pid" ] || return 0
	free_tcp 3389
	start rdp unshare --mount bash -c '
		mount -t tmpfs tmp /tmp
		! [ -d /var/lib/xkb ] || mount -t tmpfs keys /var/lib/xkb
		mkfifo /tmp/ready
		Xvfb -displayfd 3 -screen 0 320x240x24 -nolisten tcp 3>/tmp/ready &
		read -r display </tmp/ready
		export DISPLAY=:$display
		# on a busy machine the screen is named before it can be opened
		for n in $(seq 50); do
			stdbuf -oL freerdp-shadow-cli /port:3389 -auth && break
			sleep 0.2
		done'
}

# Begin it and wait until it listens: it makes a key first.
rdp_server() {
	local tries=0
	rdp_begin
	until ss -Hltnp 'sport = :3389' | grep -q freerdp; do
		[ $((tries += 1)) -lt 600 ] || { log rdp; return 1; }
		sleep 0.05
	done
}

# End what listens at this host's TCP port.
free_tcp() {
	local pid
	for pid in $(ss -Hltnp "sport = :$1" | grep -o 'pid=[0-9]*'); do kill "${pid#pid=}"; done
	while ss -Hltn "sport = :$1" | grep -q .; do sleep 0.02; done
}
