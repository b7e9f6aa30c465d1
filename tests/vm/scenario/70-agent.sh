#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent: with and without the module, stopped, killed; bundles replaced, cut off, edited.
# vm: timeout=180
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

keys=$project/build/selftest/keys
etc=/tmp/etc
state=/tmp/state
rm -rf $etc $state
mkdir -p $etc/trust/author $etc/trust/approver $state
cp "$keys/author.der" $etc/trust/author/
cp "$keys/approver.der" $etc/trust/approver/
chmod -R go-w $etc
cat >$etc/terminal.yaml <<'END'
terminal: {municipality: "131016", group: shared-terminals}
END

# bundle FILE SERIAL < RULES: signed by author and approver, as two people would.
bundle() {
	cat >"$1.yaml" <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: $2, expires: 2099-12-31}
		mode: {media: enforce}
		media:
		  default: refuse
		  rules:
	END
	sed 's/^[ \t]*/    /' >>"$1.yaml"
	kidoban policy sign "$1.yaml" --key "$keys/author.key" --cert "$keys/author.der" --role author \
		--out "$1.half" >/dev/null &&
		kidoban policy sign "$1.half" --key "$keys/approver.key" --cert "$keys/approver.der" \
			--role approver --trust $etc/trust --out "$1" >/dev/null
}

agent_start() {
	kidoband --config $etc --state $state --journal stderr >>/tmp/agent.log 2>&1 &
	agent=$!
}

serial_is() { [ "$(gatectl status serial)" = "$1" ]; }
said() { grep -qi "$1" /tmp/agent.log; }
# status COMMAND…: its exit status
status() { "$@" >/dev/null 2>&1; echo $?; }

vmctl drivers
: >/tmp/agent.log
check "two people sign a policy" bundle $etc/policy.kdb 5 <<'END'
- allow: {class: keyboard}
END
cp $etc/policy.kdb /tmp/five.kdb

# --- The agent without the module, the command without either.
check_is "without the module the command says so" 4 "$(status kidoban status)"
check_is "an agent that is asked once says so" 4 \
	"$(status kidoband --config $etc --state $state --journal stderr --once)"
agent_start
check "an agent waits for the module" kill -0 $agent
insmod "$module" || bail "the module does not load"
evidence_start
check "and puts the policy in force when it comes" until_true 30 serial_is 5
check_is "trust is sealed with both keys" "1 1" "$(gatectl status sealed) $(gatectl status policy)"
name=$(vmctl plug stick storage serial=X)
check "an unlisted stick is refused" is_refused "$name:1.0"
check_is "the command agrees" 0 "$(status kidoban status)"
check "devices lists it as refused" sh -c "kidoban devices | grep -i refuse"
vmctl plug keys keyboard serial=K >/dev/null

# --- The agent stopped, killed: nothing changes.
kill -STOP $agent
other=$(vmctl plug other storage serial=Y)
check "with the agent stopped, a stick is refused" is_refused "$other:1.0"
vmctl unplug other
kill -KILL $agent
wait $agent 2>/dev/null
other=$(vmctl plug other storage serial=Y)
check "with the agent killed, a stick is refused" is_refused "$other:1.0"
check "and what was refused stays refused" is_refused "$name:1.0"
check "and the keyboard works" has_driver "$(await_serial K):1.0" usbhid
vmctl unplug other
generation=$(gatectl status generation)
agent_start
check "started again, it finds trust sealed and the policy in force" until_true 20 kill -0 $agent
check_is "and the policy is not loaded twice" "$generation" "$(gatectl status generation)"

# --- The bundle is replaced.
bundle /tmp/six.kdb 6 <<'END'
- allow: {class: [keyboard, storage]}
END
cp /tmp/six.kdb $etc/.new && mv $etc/.new $etc/policy.kdb
check "a bundle that is moved into place comes into force" until_true 20 serial_is 6
check "and is obeyed" has_driver "$name:1.0" usb-storage
check "the last good one is kept" until_true 10 cmp -s /tmp/six.kdb $state/policy.kdb

bundle /tmp/seven.kdb 7 <<'END'
- allow: {class: keyboard}
END
: >/tmp/agent.log
size=$(stat -c %s /tmp/seven.kdb)
head -c $((size / 2)) /tmp/seven.kdb >$etc/policy.kdb
check "half a bundle is refused with its cause" until_true 20 said 'policy.kdb'
check "and the policy in force stays" serial_is 6
tail -c +$((size / 2 + 1)) /tmp/seven.kdb >>$etc/policy.kdb
check "when the other half has come, it comes into force" until_true 20 serial_is 7
check "and is obeyed" is_refused "$name:1.0"

# --- Edited, replayed, signed by one.
edited() {
	kidoban policy verify "$1" --trust $etc/trust
}
bundle /tmp/eight.kdb 8 <<'END'
- allow: {class: [keyboard, storage]}
END
cp /tmp/eight.kdb /tmp/edited.kdb
# the blob is the archive's first member: its bytes begin at 512
printf '\377' | dd of=/tmp/edited.kdb bs=1 seek=600 conv=notrunc 2>/dev/null
check_is "an edited bundle does not verify" 1 "$(status edited /tmp/edited.kdb)"
check "while the real one does" edited /tmp/seven.kdb
for bad in edited six five; do
	: >/tmp/agent.log
	cp /tmp/$bad.kdb $etc/.new && mv $etc/.new $etc/policy.kdb
	check "the $bad bundle is refused" until_true 20 said "$etc/policy.kdb"
	check "and the policy in force stays" serial_is 7
done
check_is "loading an old one by hand is refused" 1 "$(status kidoban load /tmp/six.kdb)"
check_is "loading an edited one by hand is refused" 1 "$(status kidoban load /tmp/edited.kdb)"
check_is "loading what the author alone signed is refused" 1 "$(status kidoban load /tmp/eight.kdb.half)"
check "after all that the stick is refused" is_refused "$name:1.0"

# --- A reboot of the gate: the floor on disk keeps older ones out.
kill -KILL $agent
wait $agent 2>/dev/null
evidence_check
check "the module unloads" gate_out
check "and gives the stick back" has_driver "$name:1.0" usb-storage
cp /tmp/six.kdb $etc/policy.kdb
insmod "$module"
: >/tmp/agent.log
check_is "loaded anew with an older bundle delivered, the agent succeeds" 0 \
	"$(status kidoband --config $etc --state $state --journal stderr --once)"
check "with the last good one" serial_is 7
check "and the stick is refused again" is_refused "$name:1.0"
vmctl unplug stick
vmctl unplug keys
check "the module unloads" gate_out
done_testing
