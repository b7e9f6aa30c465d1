#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A terminal that sleeps may be carried away: its lease ends before, and the agent renews it when it is awake (P1).
# vm: disk
# vm: timeout=150
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

etc=/tmp/etc state=/tmp/state
mkdir -p $etc/trust/author $state
cp "$project/build/selftest/keys/author.der" $etc/trust/author/
chmod -R go-w $etc
echo 'terminal: {municipality: "131016", group: shared-terminals}' >$etc/terminal.yaml
export LC_ALL=C.UTF-8 LANGUAGE=en

leased() {
	[ "$(gatectl status lease)" = 1 ]
}

# "ended" or "runs" of each event about the lease, oldest first.
leases() {
	kidoban events | sed -n 's/.* the lease \(ended\|runs\).*/\1/p' | tr '\n' ' '
}

insmod "$module" || bail "the module does not load"
kidoband --config $etc --state $state --journal stderr 2>/tmp/agent.log &
agent=$!
check "the agent seals" until_true 10 sh -c '[ "$(gatectl status sealed)" = 1 ]'
gatectl load <<-'END' || bail "no policy"
	kidoban: 1
	policy: {municipality: "131016", group: shared-terminals, serial: 1, expires: 2099-12-31}
	mode: {media: audit, link: audit, path: audit}
	media: {default: allow}
	link: {default: refuse}
	networks: {mynumber: [10.20.0.0/16]}
	paths: {protected: [mynumber]}
END
check "a policy that somebody else loaded is noticed" until_true 30 leased
for sleep in first second; do
	check "it sleeps and wakes: the $sleep time" vmctl suspend
	vmctl resume
	check "awake, the agent renews the lease" until_true 20 leased
done
check_is "it ended before each sleep" "runs ended runs ended runs " "$(leases)"
kill $agent
wait $agent
check_fails "and ends with the agent" leased
note "$(tail -n 3 /tmp/agent.log)"
check "the module unloads" gate_out
done_testing
