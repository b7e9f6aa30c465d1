#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The scenario runner sees what it has to see: scenarios made to go wrong in every way.
# vm: host
. "$(dirname "$0")/../tap.sh"

vm=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$vm/../../build"
dir=$(mktemp -d "$vm/../../build/runner.XXXXXX")
trap 'rm -rf "$dir"' EXIT

# scenario NAME < BODY
scenario() {
	{
		echo ". '$vm/tap.sh'"
		cat
	} >"$dir/$1.sh"
}

scenario 1-good <<'END'
ok fine
: >/run/another
skip "half" "not today"
done_testing
END
scenario 2-bad <<'END'
check "this is wrong" test 1 = 2
done_testing
END
scenario 3-short <<'END'
plan 3
ok one
done_testing
END
scenario 4-none <<'END'
exit 0
END
scenario 5-status <<'END'
ok one
echo 1..1
exit 9
END
scenario 6-log <<'END'
echo '<4>WARNING: CPU: 0 made up' >/dev/kmsg
ok one
done_testing
END
scenario 7-allowed <<'END'
# vm: allow=WARNING: CPU: 0 made up
echo '<4>WARNING: CPU: 0 made up' >/dev/kmsg
ok one
done_testing
END
scenario 8-slow <<'END'
# vm: timeout=3
ok one
sleep 1000
END
scenario 9-taint <<'END'
echo 1 >/proc/sys/kernel/tainted
ok one
done_testing
END
scenario 91-all-skipped <<'END'
skip "nothing" "not here"
done_testing
END
scenario 92-bail <<'END'
bail "no reason to go on"
END
scenario 93-panic <<'END'
ok one
echo c >/proc/sysrq-trigger
sleep 1000
END
scenario 94-after <<'END'
ok "never reached"
done_testing
END
mark='# vm:' # at the start of a line it would be this scenario's own
scenario 95-patient <<END
$mark patient
check "it has a terminal of its own" test ! -e /run/another
check_fails "this is wrong, too" true
done_testing
END

"$vm/scenarios" --logs runner --kernel "${KERNEL:-6.1}" --dir "$dir" >"$dir/out" 2>&1
check_is "failures make it fail" 1 $?

# says WORDS PATTERN
says() {
	check "$1" grep -qE "$2" "$dir/out"
}

says "a passed test" '^ok .* 1-good: fine'
says "a skipped test" '^skip .* 1-good: .*SKIP not today'
says "a failed test" '^FAIL .* 2-bad: this is wrong'
says "why it failed" '\| # test 1 = 2 answered 1'
says "tests missing from the plan" '^FAIL .* 3-short: planned 3, ran 1'
says "a scenario without tests" '^FAIL .* 4-none: planned nothing, ran 0'
says "a bad exit status" '^FAIL .* 5-status: exit status 9'
says "a warning in the kernel log" '^FAIL .* 6-log: trouble in the kernel log'
check_fails "but not one that is meant to be" grep -q '^FAIL .* 7-allowed' "$dir/out"
says "time up" '^FAIL .* 8-slow:'
says "a taint" '^FAIL .* 9-taint: kernel tainted'
says "all skipped" '^skip .* 91-all-skipped'
says "a bail-out" '^FAIL .* 92-bail: Bail out! no reason to go on'
says "a scenario that brought the terminal down" '^FAIL .* 93-panic: did not end'
says "one that came after it" '^FAIL .* 94-after: did not end'
says "what a patient one passed" '^ok .* 95-patient: it has a terminal of its own'
says "and failed" '^FAIL .* 95-patient: this is wrong, too'
check_is "once" 1 "$(grep -c '95-patient: it has' "$dir/out")"
mkdir "$dir/once"
echo '# vm: once timeout=5' >"$dir/once/1-first.sh"
echo '# vm: wifi once-last' >"$dir/once/2-last.sh"
echo '# vm: timeout=5' >"$dir/once/3-both.sh"
check_is "what runs once has one kernel" "6.1 1-first, 6.1 3-both, 6.12 2-last (own boot), 6.12 3-both" \
	"$("$vm/scenarios" --list --dir "$dir/once" --kernel 6.1 --kernel 6.12 | paste -sd, | sed 's/,/, /g')"
check_is "the only one, when there is no other" "6.12 1-first, 6.12 2-last (own boot), 6.12 3-both" \
	"$("$vm/scenarios" --list --dir "$dir/once" --kernel 6.12 | paste -sd, | sed 's/,/, /g')"
says "the totals" '^[0-9]+ passed, [0-9]+ failed, 2 skipped$'
# shellcheck disable=SC2154 # of tap.sh
[ "$tap_failed" -eq 0 ] || note "$(cat "$dir/out")"
done_testing
