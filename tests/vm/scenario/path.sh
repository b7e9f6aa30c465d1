# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What scenarios of the path gate share. Source it after net.sh.
#
#   path_policy MODE [link=MODE] [bypass=ACTION]   load a policy; its "paths:" without "protected:" on standard
#                                  input. Links are called office-lan and annex-lan, zones are madoguchi and archive
#   lease [WORD…]                  a lease of a minute: zone=N, schedules=MASK; "lease" alone knows neither
#   lease_kept [WORD…]             the like, renewed until lease_left
#   client COMMAND…                as the screen-transfer client: user $CLIENT_USER ($STAFF) in the control group
#                                  $CLIENT_GROUP ($SLICE); CLIENT_GROUP= is the root group
#   annex_up                       the second card, with an address of its own ($ANNEX_ADDRESS)
#   counters                       packets judged: "ALLOWED REFUSED AUDITED"
#   events_mark; events            events since then, as gatectl prints them
#   event_says PATTERN             one of them is like this (grep -E); waits for it

SLICE=kidoban-screen.slice
STAFF=1000
ANNEX_ADDRESS=10.10.0.6

path_text() {
	path_mode=$1 path_link=off path_bypass=report
	shift
	for path_word; do
		case $path_word in
		link=*) path_link=${path_word#*=} ;;
		bypass=*) path_bypass=${path_word#*=} ;;
		esac
	done
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $(($(gatectl status serial) + 1)), expires: 2099-12-31}
		mode: {media: off, link: $path_link, path: $path_mode}
		media: {default: refuse}
		link:
		  default: allow
		  bypass: $path_bypass
		  rules:
		    - allow: {name: office-lan, ifname: office}
		    - allow: {name: annex-lan, ifname: annex}
		places:
		  - {zone: madoguchi, label: 市民課 執務室}
		  - {zone: archive}
		networks:
		  mynumber: [$PROTECTED, "$PROTECTED6"]
		paths:
		  protected: [mynumber]
	END
	sed 's/^/  /'
}

path_policy() {
	path_text "$@" >/tmp/policy.yaml
	gatectl load </tmp/policy.yaml
}

lease() {
	gatectl context 60 "$@"
}

lease_kept() {
	lease "$@" || return
	while sleep 10 && gatectl context 60 "$@"; do :; done >/dev/null 2>&1 &
	echo $! >/tmp/lease.keeper
}

lease_left() {
	kill "$(cat /tmp/lease.keeper)"
}

client() {
	path_group=/sys/fs/cgroup/${CLIENT_GROUP-$SLICE} path_user=${CLIENT_USER-$STAFF}
	mkdir -p "$path_group"
	case $1 in reach) shift; set -- "$project/build/selftest/reach" "$@" ;; esac
	sh -c 'echo 0 >"$0" && exec "$@"' "$path_group/cgroup.procs" \
		setpriv --reuid="$path_user" --regid="$path_user" --clear-groups --inh-caps=-all "$@"
}

annex_up() {
	ip link set annex up && until_true 20 net_carrier annex &&
		ip addr replace $ANNEX_ADDRESS/32 dev annex
}

counters() {
	echo "$(gatectl status path-allowed) $(gatectl status path-refused) $(gatectl status path-audited)"
}

events_mark() {
	events_base=$(($(gatectl status seq) + 1))
}

events() {
	gatectl events "$events_base"
}

event_says() {
	until_true 30 sh -c 'gatectl events "$0" | grep -qE "$1"' "$events_base" "$1" || {
		events
		return 1
	}
}
