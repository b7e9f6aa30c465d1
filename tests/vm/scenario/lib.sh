# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the gate's scenarios share. Source it after tap.sh.
#
#   gate_in                      load the module, seal throw-away trust
#   gate_policy enforce <<'END'  compile, sign and load these rules
#     - allow: {class: keyboard}
#   END
#   evidence_start … evidence_check     no driver was bound to a refused interface
#   gate_out                     unload

project=$(cd "$(dirname "$0")/../../.." && pwd)
PATH=$project/build/selftest:$PATH
module=${KIDOBAN_MODULE:-$project/build/kmod/$(uname -r)/kidoban.ko}
usb=/sys/bus/usb
devices=$usb/devices
tracing=/sys/kernel/tracing
# the disk image of runs that suspend has no awk of its own
command -v awk >/dev/null || awk() { /run/vm/busybox awk "$@"; }

gate_in() {
	insmod "$module" && gatectl seal "$@"
}

gate_out() {
	# a socket that is just being closed may hold it for a moment
	until_true 10 rmmod kidoban
}

# gate_text MODE [lock] < RULES: the policy's text on standard output. Serials go up by themselves.
gate_text() {
	gate_serial=$(($(gatectl status serial) + 1))
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $gate_serial, expires: 2099-12-31, lock: $([ "${2:-}" = lock ] && echo true || echo false)}
		mode: {media: $1}
		media:
		  default: refuse
		  rules:
	END
	sed 's/^[ \t]*/    /'
}

# gate_policy MODE [lock] < RULES
gate_policy() {
	gate_text "$@" >/tmp/policy.yaml
	[ "$1" != off ] || evidence_note 'gate off'
	gatectl load </tmp/policy.yaml
}

# The driver of interface or device $1; nothing when there is none.
driver() {
	link=$(readlink "$devices/$1/driver") && echo "${link##*/}"
}

# by_serial SERIAL: the name of the device that has it.
by_serial() {
	serial_file=$(grep -lsx "$1" $devices/*/serial) && basename "${serial_file%/serial}"
}

# await_serial SERIAL: the same of one that may be being enumerated still.
await_serial() {
	until_true 30 by_serial "$1"
	by_serial "$1"
}

# has_driver NAME DRIVER: polls, a driver may take its time.
has_driver() {
	until_true 10 test "$devices/$1/driver" -ef "$usb/drivers/$2"
}

# What the module says of interface $1: "refuse default enforce -".
verdict() {
	gatectl devices "$1"
}

# is_refused NAME: no driver, not authorised, and the module says so.
is_refused() {
	[ -e "$devices/$1" ] && [ ! -e "$devices/$1/driver" ] && read -r open <"$devices/$1/authorized" &&
		[ "$open" = 0 ] || return
	case $(verdict "$1") in
	'refuse '*' enforce -') ;;
	*) return 1 ;;
	esac
}

# The block devices made of interface $1.
disks() {
	find "$devices/$1/" -path '*/block/*' -name 'sd[a-z]*' -prune 2>/dev/null
}

disk_of() {
	until_true 20 sh -c "ls -d $devices/$1/host*/target*/*/block/sd? | grep -q sd" || return
	basename "$(find "$devices/$1/" -path '*/block/sd?' | head -n 1)"
}

# absorb PREFIX COMMAND…: the TAP of a selftest program becomes tests of ours.
absorb() {
	absorb_prefix=$1
	shift
	"$@" >/tmp/absorb.tap 2>&1
	absorb_status=$?
	absorb_plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' /tmp/absorb.tap)
	absorb_seen=0
	while IFS= read -r line; do
		case $line in
		'ok '*) absorb_seen=$((absorb_seen + 1))
			rest=${line#ok * }
			case $rest in
			*'# SKIP'*) skip "$absorb_prefix ${rest%%# SKIP*}" "${rest#*# SKIP }" ;;
			*) ok "$absorb_prefix $rest" ;;
			esac ;;
		'not ok '*) absorb_seen=$((absorb_seen + 1)); not_ok "$absorb_prefix ${line#not ok * }" ;;
		'#            OK'* | '#  RUN'* | 'TAP version'* | 1..*) ;;
		*) note "${line#\# }" ;;
		esac
	done </tmp/absorb.tap
	if [ "${absorb_plan:-none}" != "$absorb_seen" ] || [ $absorb_status -gt 1 ]; then
		not_ok "$absorb_prefix: ran $absorb_seen of ${absorb_plan:-no plan}, status $absorb_status"
	fi
}

# --- Evidence: what ftrace saw, not what is missing from /dev.
#
# really_probe() is where the driver core begins with a device, driver_bound()
# where a binding is complete (usbfs claims and siblings' claims pass it as
# well), device_del() where the device ends. All three take the device first;
# its name is the first member of its first member. Joined with kidoban:verdict.

evidence_start() {
	evidence_stop 2>/dev/null
	echo 16384 >$tracing/buffer_size_kb
	cat >>$tracing/kprobe_events <<-'END'
		p:evidence/begin really_probe name=+0(+0(%di)):string
		p:evidence/bound driver_bound name=+0(+0(%di)):string
		p:evidence/gone device_del name=+0(+0(%di)):string
	END
	for event in begin bound gone; do
		echo 'name ~ "*-*:*"' >$tracing/events/evidence/$event/filter
		echo 1 >$tracing/events/evidence/$event/enable
	done
	[ ! -d $tracing/events/kidoban ] || echo 1 >$tracing/events/kidoban/verdict/enable
	: >$tracing/trace
	echo 1 >$tracing/tracing_on
}

# After the module was loaded later than evidence_start.
evidence_verdicts() {
	echo 1 >$tracing/events/kidoban/verdict/enable
}

evidence_stop() {
	[ -d $tracing/events/evidence ] || return 0
	echo 0 >$tracing/events/evidence/enable
	echo '-:evidence/begin' >>$tracing/kprobe_events
	echo '-:evidence/bound' >>$tracing/kprobe_events
	echo '-:evidence/gone' >>$tracing/kprobe_events
	[ ! -d $tracing/events/kidoban ] || echo 0 >$tracing/events/kidoban/verdict/enable
	echo 1408 >$tracing/buffer_size_kb
}

# evidence_note TEXT: "gate off" takes all refusals back (there is no verdict then to tell).
evidence_note() {
	echo "evidence: $1" >$tracing/trace_marker
}

# evidence: prints "refused R audited A bound B forbidden F tolerated T lost L":
# verdicts, bindings in all, bindings begun while the interface was refused (F)
# or would have been (T), and trace entries that did not fit.
evidence() {
	awk '
	/entries-in-buffer/ { split($0, n, /[:\/ ]+/); lost = n[length(n) - 1]; }
	/^#/ { if (match($0, /entries-in-buffer\/entries-written: [0-9]+\/[0-9]+/)) {
			split(substr($0, RSTART, RLENGTH), n, /[: \/]+/); lost = n[4] - n[3] }
		next }
	function field(key) { return match($0, key "=[^ ]+") ? substr($0, RSTART + length(key) + 1, RLENGTH - length(key) - 1) : "" }
	function named(s) { s = field("name"); gsub(/"/, "", s); return s }
	{ task = $1; at = 0
	  for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+:$/) { at = $i + 0; what = $(i + 1); first = $(i + 2); break } }
	what == "tracing_mark_write:" && /evidence: gate off/ { delete state; next }
	what == "verdict:" {
		state[first] = field("action") == "refuse" ? field("mode") : ""; since[first] = at
		if (state[first] == "enforce") refused++
		if (state[first] == "audit") audited++
		next }
	what == "begin:" { begun[task, named()] = at; next }
	what == "gone:" { delete state[named()]; next }
	what == "bound:" { name = named(); bound++
		start = (task, name) in begun ? begun[task, name] : at
		delete begun[task, name]
		if (!(name in state) || start < since[name]) next
		if (state[name] == "enforce") { forbidden++; print "# forbidden: " $0 >"/dev/stderr" }
		if (state[name] == "audit") tolerated++ }
	END { printf "refused %d audited %d bound %d forbidden %d tolerated %d lost %d\n",
		refused, audited, bound, forbidden, tolerated, lost }
	' $tracing/trace
}

# evidence_value WORD: one number of the evidence.
evidence_value() {
	evidence 2>/dev/null | tr ' ' '\n' | sed -n "/^$1\$/{n;p;}"
}

# The closing test of a scenario: refusals and bindings were seen, and never together.
evidence_check() {
	evidence_said=$(evidence 2>&1)
	note "evidence: $evidence_said"
	case $evidence_said in
	*'refused 0 '* | *'bound 0 '*) not_ok "ftrace saw refusals and bindings" ;;
	*'lost 0') ok "ftrace saw refusals and bindings" ;;
	*) not_ok "ftrace saw everything" ;;
	esac
	case $evidence_said in
	*' forbidden 0 '*) ok "no driver was bound to a refused interface" ;;
	*) not_ok "no driver was bound to a refused interface" ;;
	esac
	evidence_stop
}
