#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The association changes under way: roaming, other channels, out of range and back, agent and supplicant killed,
# the interface renamed. What stays pinned stays or comes back; what does not is closed (W2, W4).
# vm: once-last wifi timeout=600
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

# at_ap BSSID: associated there
at_ap() {
	iw dev "${WIFI_DEV:-wlan0}" link | grep -q "Connected to $1"
}

check "there are radios" wifi_world 4
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap one 1
check "a second one of the list" wifi_ap two 2 channel=6
check "and one that is not of it" wifi_ap three 3 channel=11
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
wireless: {avoid: false}
$(wifi_profile)
END
agent_in_force || bail "no gate"
wifi_network "bssid=02:11:22:00:00:01" | wifi_station_wpa
check "the terminal joins" wifi_opens
check "the first" at_ap 02:11:22:00:00:01

# --- roaming
wifi_network | wifi_networks >/dev/null
check "joined anew it is open" wifi_opens
at_ap 02:11:22:00:00:01 && to=2 || to=1
wifi_wpa scan >/dev/null
until_true 60 sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 scan_results | grep -c MYNUMBER-A | grep -qx 3'
agent_mark
check "it is told to roam inside the list" wifi_wpa roam "$(wifi_bssid $to)"
check "is there" until_true 60 at_ap "$(wifi_bssid $to)"
check "is proven there" agent_says "KIDOBAN_WIFI=proven .*KIDOBAN_BSSID=$(wifi_bssid $to)"
check "and open" wifi_opens
agent_mark
check "it is told to roam out of it" wifi_wpa roam "$(wifi_bssid 3)"
check "that is refused" agent_says "KIDOBAN_WIFI=refused .*KIDOBAN_BSSID=$(wifi_bssid 3) .*KIDOBAN_DIFFERENCES=bssid[ ,]"
check "it is made to leave" agent_says 'KIDOBAN_WIFI=fenced '
check "and is out" agent_says "KIDOBAN_WIFI=left .*KIDOBAN_BSSID=$(wifi_bssid 3)"
# whoever was sent away may join again after a rest
check "it comes back to the list by itself" agent_says "KIDOBAN_WIFI=proven .*KIDOBAN_BSSID=02:11:22:00:00:0[12]"
check "open there" wifi_opens
check "it was never proven out of it" sh -c "! grep -q 'KIDOBAN_WIFI=proven .*KIDOBAN_BSSID=$(wifi_bssid 3)' $WIFI_LOG"
wifi_ap_off three

# --- another channel
wifi_ap_off two
wifi_network | wifi_networks >/dev/null
check "back at the first it is open" wifi_opens
agent_mark
check "the access point announces another channel" wifi_ap_cli one chan_switch 5 2462
check "that is told" agent_says 'KIDOBAN_WIFI=channel .*KIDOBAN_FREQUENCY=2462'
check "the link is open" wifi_opens
check_is "there" 2462 "$(iw dev wlan0 link | sed -n 's/^\tfreq: \([0-9]*\).*/\1/p')"

# --- out of range and back
wifi_range 1 far
check "out of range it closes" wifi_closes
wifi_range 1 near
check "back in range it opens" wifi_opens

# --- the agent killed while the terminal associates
wifi_wpa disconnect >/dev/null
wifi_closes
wifi_wpa pmksa_flush >/dev/null
wifi_wpa reconnect >/dev/null
until_true 60 sh -c 'wpa_cli -p /run/wpa_supplicant -i wlan0 status | grep -qE "wpa_state=(ASSOCIATING|ASSOCIATED|4WAY)"'
kill -9 "$(cat "$WIFI_DIR/agent.pid")"
agent_end
check "an agent killed during it: the terminal joins" wifi_joined $WIFI_SSID
until_true 30 sh -c '[ "$(gatectl status lease)" = 0 ]'
check_is "the link is closed" 0 "$(wifi_open)"
agent_start
check "a new agent proves it" wifi_opens

# --- the supplicant killed
kill -9 "$(cat "$WIFI_DIR/wpa.pid")"
wifi_end_of "$WIFI_DIR/wpa.pid"
check "a supplicant killed: nobody vouches for the link, it closes" wifi_closes
wifi_network | wifi_station_wpa
check "a new one joins, and it opens" wifi_opens

# --- another name
wifi_station_off
check "the interface gets another name" ip link set wlan0 name office0
WIFI_DEV=office0
wifi_network | wifi_station_wpa
check "it joins and opens under that, too" wifi_opens
check "it goes under it in the journal" agent_says 'KIDOBAN_WIFI=proven KIDOBAN_LINK=office0'
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
