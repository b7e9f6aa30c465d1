#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent and the command on a real kernel: the whole way from a key to a refusal in the journal.
# vm: timeout=300
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

work=$(mktemp -d)
config=$work/etc state=$work/state log=$work/log
mkdir -p "$config/trust/author" "$config/trust/approver" "$state"
cd "$work" || exit 1
export LC_ALL=C.UTF-8 LANGUAGE=en

# text SERIAL: a policy that lets keyboards in.
text() {
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $1, expires: 2099-12-31}
		mode: {media: enforce}
		media:
		  rules:
		    - allow: {class: [hub, keyboard, mouse]}
		    - refuse: {class: storage, label: sticks}
		      tell: ask the office
		  default: refuse
	END
}

# bundle SERIAL: bundle-SERIAL.kdb, signed by both.
bundle() {
	text "$1" >"p$1.yaml" &&
		kidoban policy sign "p$1.yaml" --key author.key --cert author.der --role author -o "bundle-$1.kdb" &&
		kidoban policy sign "bundle-$1.kdb" --key approver.key --cert approver.der --role approver \
			--trust "$config/trust"
}

deliver() {
	cp "$1" "$config/policy.kdb.new" && mv "$config/policy.kdb.new" "$config/policy.kdb"
}

start_agent() {
	NOTIFY_SOCKET=$work/notify kidoband --config "$config" --state "$state" --journal stderr \
		2>>"$log" &
	agent=$!
}

in_force() {
	kidoban status --json | grep -q "\"serial\": $1,"
}

# exits CODE WHAT COMMAND...
exits() {
	exits_code=$1 exits_what=$2
	shift 2
	said=$("$@" 2>&1)
	exits_got=$?
	[ $exits_got -eq "$exits_code" ] || note "$said"
	check_is "$exits_what" "$exits_code" "$exits_got"
}

newest_event() {
	kidoban status --json | sed -n 's/.*"event_seq": \([0-9]*\).*/\1/p'
}

# How often each event from the first on was told: "1" when all were told once.
told_once() {
	sed -n 's/.*KIDOBAN_SEQ=\([0-9]*\).*/\1/p' "$log" | sort -n | uniq -c | awk '{ print $1 }' | sort -u
}

told_up_to() {
	[ "$(sed -n 's/.*KIDOBAN_SEQ=\([0-9]*\).*/\1/p' "$log" | sort -n | tail -n 1)" = "$(newest_event)" ]
}

vmctl drivers
kidoban key new author --no-password --bits 2048 >/dev/null
kidoban key new approver --no-password --bits 2048 >/dev/null
cp author.der "$config/trust/author/" && cp approver.der "$config/trust/approver/"
echo 'terminal: {municipality: "131016", group: shared-terminals}' >"$config/terminal.yaml"
for serial in 1 2 3 4 5; do bundle $serial >/dev/null || bail "cannot sign"; done
socat -u UNIX-RECVFROM:"$work/notify",fork OPEN:"$work/notified",creat,append &
listener=$!

# --- without the module
exits 4 "status without module" kidoban status
exits 4 "kidoband --once without module" kidoband --once --config "$config" --state "$state" --journal stderr
exits 1 "the doctor is not content" kidoban doctor --config "$config" --state "$state"
deliver bundle-2.kdb
start_agent
check "the agent is ready without a module" until_true 10 grep -q READY=1 notified
check "and says what it waits for" grep -q 'STATUS=waiting for the kernel module' notified

exits 1 "a second agent does not start" kidoband --config "$config" --state "$state" --journal stderr

# --- the module comes
insmod "$module" || bail "the module does not load"
check "it notices the module and loads the policy" until_true 10 in_force 2
check "its status says so" until_true 30 grep -q 'STATUS=policy 1.2 is in force' notified
exits 1 "an edited bundle is refused" sh -c '
	dd if=bundle-3.kdb of=edited.kdb 2>/dev/null
	printf X | dd of=edited.kdb bs=1 seek=700 conv=notrunc 2>/dev/null
	kidoban load edited.kdb'
check "the sentence says why" sh -c "kidoban load edited.kdb 2>&1 | grep -q 'EKEYREJECTED'"
name=$(vmctl plug stick storage serial=S1)
check "a stick is refused" until_true 10 is_refused "$name:1.0"
check "it is told with rule, label and sentence" until_true 10 grep -q \
	"refused $name .*KIDOBAN_USB_SERIAL=S1 .*KIDOBAN_ACTION=refuse .*KIDOBAN_LINE=7 KIDOBAN_LABEL=sticks KIDOBAN_TELL=ask the office" "$log"
check "devices names it" sh -c "kidoban devices | grep -q '^$name .*storage .*refused'"
check "devices --json is JSON" sh -c 'kidoban devices --json | python3 -m json.tool'
check "status --json is JSON" sh -c 'kidoban status --json | python3 -m json.tool'
exits 1 "explain answers from the policy in force" kidoban explain usb 0781:5583 --class storage
exits 0 "and allows a keyboard" kidoban explain usb 046d:c31c --class keyboard

# --- delivery
deliver bundle-3.kdb
check "a new bundle comes into force" until_true 10 in_force 3
check "it is kept" cmp "$state/policy.kdb" bundle-3.kdb
size=$(wc -c <bundle-4.kdb)
head -c $((size / 2)) bundle-4.kdb >"$config/policy.kdb"
check "a half-written bundle is refused by name" until_true 10 grep -q "$config/policy.kdb: " "$log"
check "the policy stays" in_force 3
tail -c +$((size / 2 + 1)) bundle-4.kdb >>"$config/policy.kdb"
check "when the rest is there, it comes into force" until_true 10 in_force 4
deliver edited.kdb
check "an edited delivery is told, the policy stays" until_true 10 grep -q 'does not match\|not.*signature\|reject' "$log"
check "policy 4 stays" in_force 4
exits 1 "the doctor names the bundle" kidoban doctor --config "$config" --state "$state"
check "by its cause" sh -c "kidoban doctor --config $config --state $state --json | grep -q bundle-refused"
deliver bundle-4.kdb
exits 0 "in order again" kidoban doctor --config "$config" --state "$state"
exits 1 "an older one is refused" kidoban load bundle-1.kdb
exits 0 "the same one is fine" kidoban load bundle-4.kdb

# --- the agent dies
kill -9 $agent
wait $agent 2>/dev/null
check "the stick stays refused without agent" is_refused "$name:1.0"
other=$(vmctl plug other storage serial=S2)
check "another one is refused, too" is_refused "$other:1.0"
keys=$(vmctl plug keys keyboard)
check "a keyboard works" has_driver "$keys:1.0" usbhid
vmctl unplug keys
exits 1 "the doctor misses the agent" kidoban doctor --config "$config" --state "$state"
start_agent
check "what it missed is told" until_true 10 grep -q 'KIDOBAN_USB_SERIAL=S2' "$log"
check "up to the newest" until_true 10 told_up_to
check_is "each event was told once" 1 "$(told_once)"
check_fails "none is lost" grep -q KIDOBAN_LOST "$log"

# --- an idle agent sleeps
until_true 10 told_up_to
before=$(awk '/^voluntary_ctxt/ { print $2 }' /proc/$agent/status)
sleep 2 # the measurement itself
check_is "an idle agent does not wake up" "$before" "$(awk '/^voluntary_ctxt/ { print $2 }' /proc/$agent/status)"
pss=$(awk '/^Pss:/ { print $2 }' /proc/$agent/smaps_rollup)
note "agent: PSS $pss KiB"
check "it takes less than 6 MB" test "$pss" -lt 6144

# --- signals, and the module goes and comes
kill -HUP $agent
check "it reloads" until_true 10 grep -q RELOADING=1 notified
vmctl unplug other
vmctl unplug stick
check "the module unloads under the agent" gate_out
check "it waits for it again" until_true 10 sh -c "tail -n 1 notified | grep -q 'waiting for the kernel module'"
insmod "$module"
check "it seals and loads anew" until_true 10 in_force 4
exits 1 "what is older than the floor stays refused" kidoban load bundle-3.kdb
check "the module's new numbers are told from one on" until_true 10 sh -c "tail -n 40 $log | grep -q 'KIDOBAN_SEQ=1 '"
kidoban events --follow --json >followed &
follower=$!
name=$(vmctl plug late storage serial=S3)
check "events --follow shows what happens" until_true 10 grep -q '"serial": "S3"' followed
kill $follower
vmctl unplug late
kill -TERM $agent
wait $agent
check_is "it ends cleanly" 0 $?
check "and says so" until_true 30 grep -q STOPPING=1 notified

# --- the watchdog
NOTIFY_SOCKET=$work/notify WATCHDOG_USEC=400000 kidoband --config "$config" --state "$state" \
	--journal stderr 2>>"$log" &
agent=$!
check "it feeds the watchdog" until_true 10 grep -q WATCHDOG=1 notified
kill $agent
wait $agent

# --- journald: what it is sent, received in its place
mkdir -p /run/systemd/journal
socat -u UNIX-RECV:/run/systemd/journal/socket OPEN:"$work/journal",creat,append &
journald=$!
until_true 10 test -S /run/systemd/journal/socket
kidoband --config "$config" --state "$state" &
agent=$!
until_true 10 grep -qa 'is in force' journal
name=$(vmctl plug told storage serial=S4)
check "journald gets a refusal with its fields" until_true 10 grep -qa '^KIDOBAN_USB_SERIAL=S4$' journal
refused_id=$(sed -n 's/.*MESSAGE_VERDICT_REFUSED "\(.*\)"/\1/p' "$project/agent/message_ids.h")
check "under the message's id" grep -qa "^MESSAGE_ID=$refused_id\$" journal
check "with a catalogue entry for it" grep -q "^-- $refused_id ja\$" "$project/packaging/systemd/kidoban.catalog"
vmctl unplug told
kill $agent
wait $agent
kill $journald
rm /run/systemd/journal/socket

# --- once, as in an initramfs
kidoban events --follow >followed 2>&1 &
follower=$!
until_true 10 grep -q . followed
check "the module unloads" gate_out
wait $follower
check_is "who follows events is told that none will come" 4 $?
insmod "$module"
exits 0 "kidoband --once seals and loads" kidoband --once --config "$config" --state "$state" --journal stderr
check "policy 4 is in force" in_force 4
exits 0 "once more is fine" kidoband --once --config "$config" --state "$state" --journal stderr

# --- what was loaded by hand is there after the next boot
exits 0 "a policy loaded by hand" kidoban load bundle-5.kdb --state "$state"
check "is kept" cmp "$state/policy.kdb" bundle-5.kdb
check "the module unloads" gate_out
insmod "$module"
exits 0 "and comes back" kidoband --once --config "$config" --state "$state" --journal stderr
check "policy 5 is in force" in_force 5

# --- a policy for later
start_agent
until_true 10 grep -q 'policy 1.5 is in force' "$log"
text 6 | sed "s/serial: 6,/serial: 6, not_before: $(date -u -d '+12 seconds' +%Y-%m-%dT%H:%M:%SZ),/" >later.yaml
kidoban policy sign later.yaml --key author.key --cert author.der --role author -o later.kdb >/dev/null &&
	kidoban policy sign later.kdb --key approver.key --cert approver.der --role approver \
		--trust "$config/trust" >/dev/null || bail "cannot sign"
deliver later.kdb
check "a policy that is not valid yet is told" until_true 10 grep -q 'not valid before' "$log"
check "the one in force stays" in_force 5
check "when its moment comes, it is loaded" until_true 40 in_force 6
deliver bundle-4.kdb
check "an older delivery is told" until_true 10 grep -q 'holds policy 1.4, older than 1.6' "$log"
check "policy 6 stays" in_force 6
kill $agent
wait $agent

kill $listener
check "the module unloads at the end" gate_out
rm -rf "$work"
done_testing
