#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Without the module every way past the IP stack reaches the cable: what attack.sh tries can succeed.
# vm: net timeout=300
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/net.sh"
. "$(dirname "$0")/attack.sh"

check "the terminal is up" net_up
before=$(ip -o addr; ip rule; ip route; ip -6 route)
wire_mark
check_is "nothing has come out before" "" "$(wire_tags)"
attack_all
wire_tags >/tmp/tags
arrived=" $(cut -d' ' -f1 /tmp/tags | xargs) "
for name in $(attack_names); do
	case $arrived in
	*" $name "*) ok "$name reaches the cable" ;;
	*) not_ok "$name reaches the cable" ;;
	esac
done
check_is "the kernel took all odd packets" "" "$(grep -v ' sent$' /tmp/odd.thrown)"
check_is "no attack left a rule behind" "" "$(nft list ruleset)$(tc filter show dev office egress)"
check "the terminal still reaches the server" reach_tcp $SERVER 7
note "$(cut -d" " -f1 /proc/uptime) s"
done_testing
