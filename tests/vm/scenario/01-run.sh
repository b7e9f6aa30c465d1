#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/vm/run as its callers see it: exit status, streams, what is left behind.
# vm: host
. "$(dirname "$0")/../tap.sh"

run="$(dirname "$0")/../run --kernel ${KERNEL:-6.1}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# Status of the run given; its streams go to $dir/out and $dir/err.
status() {
	"$@" >"$dir/out" 2>"$dir/err"
	echo $?
}

# shellcheck disable=SC2086 # $run is words
each() {
	# two at a time: a boot keeps one processor busy
	$run -- false 2>"$dir/err1" &
	$run -- sh -c 'exit 77' 2>"$dir/err77"
	check_is "77 is passed on" 77 $?
	wait $!
	check_is "failure is passed on" 1 $?
	$run -- no-such-command 2>/dev/null &
	$run -- sh -c 'kill -9 $$' 2>/dev/null
	check_is "death by signal 9 is 137" 137 $?
	wait $!
	check_is "no such command is 127" 127 $?
}

# this one takes its time; its end is looked at last
$run --timeout 45 -- sh -c 'echo began; sleep 1000' >"$dir/slow" 2>/dev/null &
slow=$!

odd=$(printf 'a  b\047"$c')
check_is "success is passed on" 0 "$(status $run -- sh -c 'printf "%s\n" "$1"; echo err >&2' sh "$odd")"
check_is "stdout comes on stdout, arguments arrive as they are" "$odd" "$(cat "$dir/out")"
check_is "stderr comes on stderr, and nothing else" err "$(cat "$dir/err")"
each
check "a failure shows the kernel log" grep -q 'vm| .*usb' "$dir/err1"
check_is "a panic is 125" 125 "$(status $run -- sh -c 'echo c >/proc/sysrq-trigger; sleep 1000')"
check "a panic is shown" grep -q 'sysrq triggered crash' "$dir/err"
check_is "an unknown kernel is 125" 125 "$(status "$(dirname "$0")/../run" --kernel 0.1 -- true)"
check_is "bad usage is 2" 2 "$(status $run --nonsense -- true)"
check_is "an unknown QEMU device is 125" 125 "$(status $run --device no-such-device -- true)"

$run --device 'boot storage serial=COLD size=8M' --device 'keys keyboard' --append kidoban.test=1 \
	--name selftest-cold -- sh -ec '
	. tests/vm/tap.sh
	# the bus is still being enumerated when a fast machine has its shell
	there() { grep -qx COLD /sys/bus/usb/devices/*/serial; }
	until_true 30 there
	grep -q kidoban.test=1 /proc/cmdline
	vmctl list | grep -q "^keys usb-kbd"
	vmctl unplug boot
	mkdir /out/dir; echo kept >/out/dir/file' >"$dir/out" 2>&1
arrived=$?
check_is "devices at power-on and kernel arguments arrive" 0 $arrived
[ $arrived -eq 0 ] || note "$(tail -n 40 "$dir/out")"
check_is "/out is kept" kept "$(cat "$(dirname "$0")/../../../build/vm/selftest-cold/out/dir/file")"
# shellcheck disable=SC2016
check "its clock is told how fast it runs" $run -- sh -c '
	told=$(sed -n "s/.*tsc_early_khz=\([0-9]*\).*/\1/p" /proc/cmdline)
	[ "$told" ] && dmesg | grep -q "tsc: Detected ${told%???}\.${told#"${told%???}"} MHz"'
check "--icount runs" $run --icount -- sh -c '[ "$(nproc)" = 1 ]'

# two at a time, one of them broken off
$run --timeout 100 -- sh -c 'echo up; sleep 1000' >"$dir/broken" 2>&1 &
broken=$!
check "another runs meanwhile" $run -- true
until_true 60 grep -q up "$dir/broken"
qemu=$(ps -e -o pid=,ppid=,comm= | awk -v of=$broken '$2 == of && $3 ~ /^qemu/ { print $1 }')
check "its QEMU is known" test -n "$qemu"
kill -TERM $broken
wait $broken
check_is "breaking off is reported" 143 $?
check_fails "no QEMU stays behind" kill -0 "$qemu"
check "the private files are gone" sh -c "! ls -d ${TMPDIR:-/tmp}/kidoban-vm.$broken.* 2>/dev/null"
wait $slow
check_is "time up is 125" 125 $?
check_is "what it had said is there" began "$(cat "$dir/slow")"
done_testing
