# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the terminal may call at a host of its world, besides programs (see at in net.sh).
# $dir is the world's directory.

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

# --- The cable: wire.pcap has every frame of the terminal, wire counts them afterwards.

wire_frames() {
	awk -F '[: ]+' '$1 == "" && $2 == "wire" { print $4 } $1 == "wire" { print $3 }' /proc/net/dev
}

wire_mark() {
	stat -c %s "$dir/wire.pcap" >"$dir/mark"
	wire_frames >"$dir/mark.frames"
}

# wire_since FRAMES: the record since the mark, once so many frames have arrived. A card may
# count what never becomes a frame: then it is what has arrived after three seconds.
wire_since() {
	local base wanted tries=0
	base=$(<"$dir/mark.frames") wanted=$1
	until [ $(($(wire_frames) - base)) -ge "$wanted" ]; do
		[ $((tries += 1)) -lt 150 ] || break
		sleep 0.02
	done
	head -c 24 "$dir/wire.pcap"
	tail -c "+$(($(<"$dir/mark") + 1))" "$dir/wire.pcap"
}

# wire_show FRAMES FILTER
wire_show() {
	wire_since "$1" >"$dir/since.pcap" && tcpdump -n -r "$dir/since.pcap" "$2" 2>"$dir/log/tcpdump" || {
		cat "$dir/log/tcpdump"
		return 1
	}
}

wire_count() {
	wire_show "$@" >"$dir/shown" || { cat "$dir/shown"; return 1; }
	wc -l <"$dir/shown"
}

# wire_tagged FRAMES TEXT: frames with TEXT in them; a frame has it once.
wire_tagged() {
	wire_since "$1" | { grep -a -o -F -- "$2" || :; } | wc -l
}

# wire_tags FRAMES: "NAME COUNT" for each tag KB<NAME> in the frames.
wire_tags() {
	wire_since "$1" | { grep -a -o 'KB<[a-z0-9/_-]*>' || :; } | sed 's/^KB<//;s/>$//' | sort | uniq -c |
		awk '{ print $2, $1 }'
}

# odd [NAME…]: odd packets as text.
odd() {
	/usr/bin/python3 "$here/odd.py" "$here/names.sh" "$@"
}

# --- Remote screens

# A screen and its RDP server. Both leave files in /tmp: they get one of their own.
rdp_server() {
	[ ! -e "$dir/rdp.pid" ] || return 0
	fuser_tcp 3389
	start rdp unshare --mount bash -c '
		mount -t tmpfs tmp /tmp
		Xvfb :1 -screen 0 320x240x24 -nolisten tcp &
		until [ -S /tmp/.X11-unix/X1 ]; do sleep 0.05; done
		DISPLAY=:1 exec freerdp-shadow-cli /port:3389 -auth'
	local tries=0
	until grep -q 'Listening on .*:3389' "$dir/log/rdp"; do
		[ $((tries += 1)) -lt 200 ] || { log rdp; return 1; }
		sleep 0.05
	done
}

# End what listens at this host's TCP port.
fuser_tcp() {
	local pid
	for pid in $(ss -Hltnp "sport = :$1" | grep -o 'pid=[0-9]*'); do kill "${pid#pid=}"; done
	while ss -Hltn "sport = :$1" | grep -q .; do sleep 0.02; done
}
