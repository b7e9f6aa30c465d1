#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The same tests under the kernel's own runner (tools/testing/selftests/kselftest/runner.sh):
# it understands their results, and so would a kernel developer's test farm.
# vm: timeout=150
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

source=$("$project/tests/kernel-source") || bail "no kernel source"
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p /tmp/kselftest
cat >/tmp/kselftest/skips.sh <<END
#!/bin/sh
. $project/tests/vm/tap.sh
skip "something" "because"
done_testing
END
cat >/tmp/kselftest/fails.sh <<END
#!/bin/sh
. $project/tests/vm/tap.sh
not_ok "something"
done_testing
END
chmod +x /tmp/kselftest/*.sh

# The way tools/testing/selftests/run_kselftest.sh calls it.
(
	cd "$source/tools/testing/selftests" || exit
	BASE_DIR=$PWD
	. ./kselftest/runner.sh
	kselftest_default_timeout=120
	run_many "$project/build/selftest/abi_trust" "$project/build/selftest/abi_privilege" \
		"$here/15-first.sh" /tmp/kselftest/skips.sh /tmp/kselftest/fails.sh
) >/tmp/kselftest/out 2>&1

# says WORDS PATTERN
says() {
	check "$1" grep -qE "$2" /tmp/kselftest/out
}

check_is "its plan" 1..5 "$(sed -n '/^1\.\./p' /tmp/kselftest/out)"
says "a selftest in C passes" '^ok 1 selftests: .*: abi_trust$'
says "another one passes" '^ok 2 selftests: .*: abi_privilege$'
says "a scenario passes" '^ok 3 selftests: .*: 15-first\.sh$'
says "a skipped one is skipped" '^ok 4 selftests: .*: skips\.sh # SKIP'
says "a failed one fails" '^not ok 5 selftests: .*: fails\.sh # exit=1'
says "results inside are nested" '^# ok [0-9]+ a stick is refused'
[ "$tap_failed" -eq 0 ] || note "$(cat /tmp/kselftest/out)"
done_testing
