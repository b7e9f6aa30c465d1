#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The netlink family: every command, every errno, every privilege that is not enough.
# vm: timeout=240
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

for program in abi_trust abi_policy abi_blob abi_floor abi_query abi_privilege; do
	absorb $program "$project/build/selftest/$program"
done
check_fails "no module stays behind" test -d /sys/module/kidoban
done_testing
