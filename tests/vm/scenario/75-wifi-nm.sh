#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# NetworkManager: pinned joins open, what else it knows does not, and it is told to leave (W1, W2).
# vm: once wifi timeout=600
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

state_is() {
	nmcli -t -f DEVICE,STATE dev | grep -qx "wlan0:$1"
}

check "there are radios" wifi_world 3
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap good 1
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
wireless: {supplicant: networkmanager, avoid: false}
$(wifi_profile)
END
agent_in_force || bail "no gate"
wifi_nm_network office
check "NetworkManager starts" wifi_station_nm
check "and joins" wifi_joined $WIFI_SSID
check "the link opens" wifi_opens
check "the journal says so" agent_says 'KIDOBAN_WIFI=proven KIDOBAN_LINK=wlan0 KIDOBAN_SSID=MYNUMBER-A .*KIDOBAN_PROFILE=A'
check "NetworkManager is content" until_true 60 state_is connected
wifi_address
wifi_tap || bail "nothing is counted"
ping -c 2 -W 1 $WIFI_PEER >/dev/null
check "packets pass" test "$(wifi_leaked)" -ge 2
wifi_tap_off

# --- an open twin that it knows, too
check "the access point is gone" wifi_ap_off good
check "and the link closed" wifi_closes
nmcli con delete office >/dev/null
agent_mark
before=$(proofs)
check "an open twin" wifi_ap twin 2 security=open channel=6
wifi_nm_network twin security=open
check "is made known to it" nmcli con reload
check "is refused" agent_says 'KIDOBAN_WIFI=refused .*KIDOBAN_BSSID=02:11:22:00:00:02 .*KIDOBAN_DIFFERENCES=akm,pairwise,group-cipher,pmf'
check "and left" agent_says 'KIDOBAN_WIFI=fenced '
check_is "it was never proven" "$before" "$(proofs)"
check_is "the link is closed" 0 "$(wifi_open)"
wifi_ap_off twin
nmcli con delete twin >/dev/null
wifi_nm_network office
nmcli con reload
check "the good one is back" wifi_ap good 1
check "NetworkManager is told" until_true 90 nmcli -w 60 con up office
check "it opens again" wifi_opens
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
