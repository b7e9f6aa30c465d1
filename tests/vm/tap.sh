# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# TAP for scenarios, kselftest's way. Source it, call ok/not_ok/check/skip, end with done_testing.
#
#   . "$(dirname "$0")/../tap.sh"
#   plan 3                               # or none: done_testing counts
#   check "the stick has a disk" test -b /dev/sda
#   until_true 10 test -b /dev/sda       # poll for a fact with a deadline in seconds
#   done_testing                         # exit 0 passed, 1 failed, 4 all skipped
#
# A kselftest runner prints these lines as they are.

tap_count=0 tap_failed=0 tap_skipped=0 tap_plan=

plan() {
	tap_plan=$1
	echo "TAP version 13"
	echo "1..$1"
}

# A comment into the log.
note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $*"
}

not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count $*"
}

# skip DESCRIPTION REASON
skip() {
	tap_count=$((tap_count + 1))
	tap_skipped=$((tap_skipped + 1))
	echo "ok $tap_count $1 # SKIP $2"
}

# check DESCRIPTION COMMAND…: ok when the command succeeds; its words are shown when not.
check() {
	tap_what=$1
	shift
	tap_answer=0
	tap_said=$("$@" 2>&1) || tap_answer=$?
	if [ $tap_answer -eq 0 ]; then
		ok "$tap_what"
	else
		not_ok "$tap_what"
		note "$* answered $tap_answer${tap_said:+: $tap_said}"
	fi
}

# check_fails DESCRIPTION COMMAND…: ok when the command does not succeed.
check_fails() {
	tap_what=$1
	shift
	if tap_said=$("$@" 2>&1); then
		not_ok "$tap_what"
		note "$* succeeded${tap_said:+: $tap_said}"
	else
		ok "$tap_what"
	fi
}

# check_is DESCRIPTION WANTED GOT
check_is() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		note "wanted $2"
		note "got    $3"
	fi
}

# until_true SECONDS COMMAND…: poll until the command succeeds; fails at the deadline.
until_true() {
	tap_deadline=$(($(cut -d. -f1 /proc/uptime) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(cut -d. -f1 /proc/uptime)" -le "$tap_deadline" ] || return 1
		sleep 0.05
	done
}

bail() {
	echo "Bail out! $*"
	exit 1
}

done_testing() {
	if [ -z "$tap_plan" ]; then
		echo "1..$tap_count"
	elif [ "$tap_plan" -ne "$tap_count" ]; then
		note "planned $tap_plan tests, ran $tap_count"
		exit 1
	fi
	echo "# Totals: pass:$((tap_count - tap_failed - tap_skipped)) fail:$tap_failed xfail:0 xpass:0 skip:$tap_skipped error:0"
	[ $tap_failed -eq 0 ] || exit 1
	[ "$tap_count" -gt 0 ] && [ $tap_count -eq $tap_skipped ] && exit 4
	exit 0
}
