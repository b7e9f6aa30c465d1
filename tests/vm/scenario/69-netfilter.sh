#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# On trial (mode audit) the gates change nothing: the kernel's own tests of netfilter have the same
# results with the module as without it.
# vm: own-boot timeout=900
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

source=$("$project/tests/kernel-source") || bail "no kernel source"
tests="nft_meta conntrack_icmp_related"

# results: "TEST STATUS WORDS" of each, what they say without times, names and processes
results() {
	for name in $tests; do
		(
			cd "$source/tools/testing/selftests/netfilter" || exit 99
			timeout 400 sh "./$name.sh"
		) >/tmp/netfilter.out 2>&1
		echo "$name status $?"
		grep -oE '^(PASS|FAIL|SKIP|ERROR|OK|ok|not ok)\b.*' /tmp/netfilter.out |
			sed -E 's/ns[0-9a-z]*-[0-9A-Za-z]+/NS/g; s/[0-9]+ (bytes|packets)//g' | sort
		cp /tmp/netfilter.out "/tmp/netfilter-$1-$name.out"
	done
}

results without >/tmp/without
gate_in || bail "the module does not load"
gate_serial=$(($(gatectl status serial) + 1))
gatectl load <<END || bail "no policy"
kidoban: 1
policy: {municipality: "131016", group: shared-terminals, serial: $gate_serial, expires: 2099-12-31}
mode: {media: audit, link: audit, path: audit}
media: {default: refuse, rules: [{allow: {class: keyboard}}]}
link: {default: refuse, bypass: refuse, rules: [{allow: {kind: ethernet, bus: pci}}]}
networks: {mynumber: [10.0.0.0/8, 192.168.0.0/16, "dead::/16"]}
paths:
  protected: [mynumber]
  peers: refuse
  inbound: refuse
  other: refuse
END
refused=$(gatectl status path-audited)
results with >/tmp/with
for name in $tests; do
	check_is "$name passes without the module" "$name status 0" "$(grep "^$name status" /tmp/without)"
done
check_is "all results are the same with the module" "" "$(diff /tmp/without /tmp/with)"
check "although it would have refused much of it" test "$(gatectl status path-audited)" -gt $((refused + 50))
[ "$tap_failed" -eq 0 ] || for name in $tests; do note "$(tail -n 20 "/tmp/netfilter-without-$name.out")"; done
check "the module unloads" gate_out
done_testing
