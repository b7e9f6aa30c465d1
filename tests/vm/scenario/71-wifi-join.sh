#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A join that the policy pins opens the link, at once; nothing else does, and nothing outlasts it (W1, W2, W4).
# vm: wifi timeout=900
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

joins=50

# One join after the other; the supplicant remembers nothing of the one before.
join_again() {
	wifi_wpa disconnect && wifi_closes && wifi_wpa pmksa_flush && wifi_wpa reconnect && wifi_opens
}

# Milliseconds from COMPLETED to the kernel's knowing it, one a line; both lists have one entry a join.
delays() {
	sed -n 's/^\([0-9]*\)\.\([0-9]*\): .*CTRL-EVENT-CONNECTED.*/\1\2/p' "$WIFI_DIR/wpa.log" >/tmp/completed
	proof_times >/tmp/proven
	[ "$(wc -l </tmp/completed)" = "$(wc -l </tmp/proven)" ] || {
		note "$(wc -l </tmp/completed) joins, $(wc -l </tmp/proven) proofs"
		return 1
	}
	paste /tmp/completed /tmp/proven | awk '{ d = ($2 - $1) / 1000; print d < 0 ? 0 : d }' | sort -n
}

check "there are radios" wifi_world 3
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap good 1
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
$(wifi_profile)
END
agent_in_force || bail "no gate"
check_is "the link is closed" 0 "$(wifi_open)"
wifi_address
wifi_network | wifi_station_wpa
check "the terminal joins" wifi_joined $WIFI_SSID
check "and the link opens" wifi_opens
check_is "with the profile" 0 "$(gatectl links wlan0 profile)"
check "the journal says so" agent_says 'KIDOBAN_WIFI=proven KIDOBAN_LINK=wlan0 KIDOBAN_SSID=MYNUMBER-A KIDOBAN_BSSID=02:11:22:00:00:01 .*KIDOBAN_PROFILE=A'
check "kidoban says so" sh -c 'kidoban wifi | grep -q "proven *profile A"'
check "its JSON is JSON" sh -c 'kidoban wifi --json | python3 -m json.tool'
check "the survey knows the access point" until_true 60 sh -c 'kidoban wifi survey | grep -q "02:11:22:00:00:01 .*known"'
wifi_tap || bail "nothing is counted"
ping -c 2 -W 1 $WIFI_PEER >/dev/null
check "packets pass" test "$(wifi_leaked)" -ge 2
wifi_tap_off

# --- what was proven holds for that association
wifi_wpa disconnect >/dev/null
check "left, the link is closed" wifi_closes
check_is "and nothing is proven of it" -1 "$(gatectl links wlan0 profile)"
wifi_wpa reconnect >/dev/null
check "joined again, it opens" wifi_opens
check "that is in the history" until_true 60 sh -c "kidoban wifi history --state $WIFI_STATE | grep -q 'left'"

i=1
while [ $i -le $joins ] && join_again >/dev/null; do i=$((i + 1)); done
check_is "it opens each time" $((joins + 1)) $i
delays >/tmp/delays || not_ok "each join is proven once"
note "COMPLETED to open, ms: $(awk '{ a[NR] = $1 } END { printf "median %.1f, least %.1f, most %.1f of %d", a[int((NR + 1) / 2)], a[1], a[NR], NR }' /tmp/delays)"
check "within 50 ms of the supplicant's word (median)" awk '{ a[NR] = $1 } END { exit !(NR >= 50 && a[int((NR + 1) / 2)] <= 50) }' /tmp/delays

# --- who vouches for it must live
agent_end
check "without the agent the link closes" wifi_closes
agent_start
check "with it the link opens again, by itself" wifi_opens
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
