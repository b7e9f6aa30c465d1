#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Root joins whatever there is, without any supplicant, in the middle of a flood: no packet comes out (W4). And what
# else root makes of a radio is taken away, and told (W3).
# vm: wifi timeout=600
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

# flooded COMMAND…: run it while the terminal sends as fast as it can; then nothing may have come out.
flooded() {
	flood_what=$1
	shift
	wifi_tap || bail "nothing is counted"
	ip link set wlan0 up && wifi_address || bail "no address"
	flood_base=$(gatectl status path-refused)
	wifi_flood
	"$@" >/dev/null 2>&1 || note "$* did not succeed"
	until_true 20 flooding
	flood_sent=$(wifi_flood_end)
	flood_leaked=$(wifi_leaked)
	note "$flood_what: sent $flood_sent, leaked $flood_leaked"
	check "$flood_what: there was a flood" test "$flood_sent" -gt 50
	check "$flood_what: the gate refused it" flooding
	check_is "$flood_what: nothing came out" 0 "$flood_leaked"
	[ "$flood_leaked" = 0 ] || note "$(wifi_show | head -n 5)"
	wifi_tap_off
}

# The gate has refused enough of it.
flooding() {
	[ $(($(gatectl status path-refused) - flood_base)) -gt 300 ]
}

twin_joined() {
	wifi_bare $WIFI_SSID 2437
}

# gone TYPE: no device of the terminal's radio is of that type any more, and the journal says why
gone() {
	until_true 60 sh -c "! iw dev | sed '/^phy#[1-9]/,\$d' | grep -q 'type $1'" && agent_says "KIDOBAN_WIFI=device .*KIDOBAN_DIFFERENCES=$2"
}

check "there are radios" wifi_world 3
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap good 1
check "an open twin beacons" wifi_ap twin 2 security=open channel=6

# --- the module alone, as the agent would speak to it
gate_in || bail "no module"
check "a policy is in force" wifi_policy <<'END'
wifi:
  - {profile: A, ssid: MYNUMBER-A}
END
wifi_address
wifi_network | wifi_station_wpa
check "802.1X passes a closed link" wifi_joined $WIFI_SSID
until_true 60 wifi_wpa_is COMPLETED
check_is "it stays closed" 0 "$(wifi_open)"
proof="$(cat /sys/class/net/wlan0/ifindex):$(gatectl links wlan0 generation):0"
check "a proof" gatectl context 60 "link=$proof"
check_is "opens it" 1 "$(wifi_open)"
wifi_tap || bail "nothing is counted"
ping -c 3 -i 0.2 -W 1 $WIFI_PEER >/dev/null
check "packets pass" test "$(wifi_leaked)" -ge 3
check "a lease without that proof" gatectl context 60
check_is "closes it" 0 "$(wifi_open)"
gatectl context 60 "link=$proof"
wifi_wpa disconnect >/dev/null
check "what was proven goes with the association" wifi_closes
wifi_station_off
gatectl context 60 "link=$proof"
check_is "an old proof opens nothing" 0 "$(wifi_open)"
flooded "root joins an open twin" twin_joined
iw dev wlan0 disconnect
check "the module unloads" gate_out

# --- with the agent
check "module and agent" wifi_gated mode.wifi=enforce <<END
wireless: {supplicant: wpa_supplicant}
$(wifi_profile)
END
agent_in_force || bail "no gate"
agent_mark
flooded "root joins an open twin under the agent" twin_joined
check "it is told" agent_says 'KIDOBAN_WIFI=refused .*KIDOBAN_BSSID=02:11:22:00:00:02 .*KIDOBAN_DIFFERENCES=akm,pairwise,group-cipher,pmf'
check "and ended" wifi_left
check "the link is there again" until_true 60 sh -c 'ip -o link show wlan0 | grep -q "[<,]UP"'

for kind in "monitor monitor monitor" "ibss IBSS IBSS" "mp mesh mesh" "__ap AP AP"; do
	# shellcheck disable=SC2086 # words
	set -- $kind
	agent_mark
	check "root makes a device of type $1" iw phy phy0 interface add "rogue" type "$1"
	ip link set rogue up 2>/dev/null
	check "it is removed and told of" gone "$2" "$3"
done
agent_mark
check "root turns the terminal's own into another" sh -c 'ip link set wlan0 down && iw dev wlan0 set type monitor && { ip link set wlan0 up || :; }'
check "it is a station again" gone monitor monitor
check "and told of" until_true 60 sh -c 'iw dev wlan0 info | grep -q "type managed"'
ip link set wlan0 up
wifi_network | wifi_station_wpa
check "after all that a good join opens the link" wifi_opens
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
