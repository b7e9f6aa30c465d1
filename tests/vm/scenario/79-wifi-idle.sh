#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# An agent that guards a link sleeps: it wakes for its lease and for what the kernel has to tell (W4). With
# KIDOBAN_LONG=1 it is watched for ten minutes.
# vm: once-last wifi timeout=1200
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

seconds=${KIDOBAN_LONG:+600}
seconds=${seconds:-60}

# How often an epoll had slept, by the trace on standard input: one that returns at once, for more that is
# there already, is the same wake-up.
woken() {
	awk '{ at = 0
		for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+:$/) { at = $i + 0; break } }
	/sys_enter: NR (232|281|441) / { since = at }
	/sys_exit: NR/ { if (at - since > 0.001) n++ }
	END { print n + 0 }'
}

# What the kernel told anybody meanwhile: nl80211, links, routes, and the module.
told() {
	echo $(($(wc -l <"$WIFI_DIR/iw.events") + $(grep -c . "$WIFI_DIR/ip.events") + $(gatectl status seq)))
}

check "there are radios" wifi_world 2
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap good 1
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
wireless: {survey: never}
$(wifi_profile)
END
agent_in_force || bail "no gate"
wifi_network | wifi_station_wpa
check "the link is open" wifi_opens
iw event >"$WIFI_DIR/iw.events" 2>&1 &
echo $! >"$WIFI_DIR/events-iw.pid"
ip -o monitor link addr >"$WIFI_DIR/ip.events" 2>&1 &
echo $! >"$WIFI_DIR/events-ip.pid"
agent=$(cat "$WIFI_DIR/agent.pid")
# an epoll that slept and returns is a wake-up: 232 epoll_wait, 281 epoll_pwait, 441 epoll_pwait2
echo "common_pid == $agent && (id == 232 || id == 281 || id == 441)" >$tracing/events/raw_syscalls/sys_exit/filter
# and what it asks for says why it woke up
echo "common_pid == $agent" >$tracing/events/raw_syscalls/sys_enter/filter
: >$tracing/trace
before=$(told)
echo 1 >$tracing/events/raw_syscalls/sys_enter/enable
echo 1 >$tracing/events/raw_syscalls/sys_exit/enable
start=$(cut -d. -f1 /proc/uptime)
sleep "$seconds" # the measurement itself
echo 0 >$tracing/events/raw_syscalls/sys_exit/enable
echo 0 >$tracing/events/raw_syscalls/sys_enter/enable
cp $tracing/trace "$KIDOBAN_OUT/wifi-idle.trace"
took=$(($(cut -d. -f1 /proc/uptime) - start + 1))
events=$(($(told) - before))
wakeups=$(woken <"$KIDOBAN_OUT/wifi-idle.trace")
ticks=$((took / 5 + 1))
note "in $took s: $wakeups wake-ups, $ticks ticks of the lease at most, $events events of the kernel"
check "it woke up at all" test "$wakeups" -gt 0
check "for its lease and for events only" test "$wakeups" -le $((ticks + events))
check_is "the link was open all the time" 1 "$(wifi_open)"
wifi_end_of "$WIFI_DIR/events-iw.pid"
wifi_end_of "$WIFI_DIR/events-ip.pid"
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
