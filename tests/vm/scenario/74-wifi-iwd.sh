#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# iwd, which makes an interface of its own and says less than wpa_supplicant: pinned joins open, twins do not (W1, W2).
# vm: once wifi timeout=600
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

check "there are radios" wifi_world 3
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap good 1
before=$(cat /sys/class/net/wlan0/ifindex)
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
wireless: {supplicant: iwd, avoid: false}
$(wifi_profile)
END
agent_in_force || bail "no gate"
wifi_iwd_network $WIFI_SSID
check "iwd starts" wifi_station_iwd
check "and joins" wifi_joined $WIFI_SSID
check "on an interface of its own making" test "$(cat /sys/class/net/wlan0/ifindex)" -ne "$before"
check "which opens" wifi_opens
check "the journal says so" agent_says 'KIDOBAN_WIFI=proven KIDOBAN_LINK=wlan0 KIDOBAN_SSID=MYNUMBER-A .*KIDOBAN_PROFILE=A'
check "the device for P2P that it made was removed" agent_says 'KIDOBAN_WIFI=device .*KIDOBAN_DIFFERENCES=P2P'
wifi_address
wifi_tap || bail "nothing is counted"
ping -c 2 -W 1 $WIFI_PEER >/dev/null
check "packets pass" test "$(wifi_leaked)" -ge 2
wifi_tap_off

# --- it begins anew, with an interface of its own again
agent_mark
wifi_station_off
check "iwd ended: the link is closed" wifi_closes
check "iwd starts again" wifi_station_iwd
check "on another interface the link opens again" wifi_opens
check "and is told" agent_says 'KIDOBAN_WIFI=proven KIDOBAN_LINK=wlan0'

# --- a twin that iwd would have
wifi_ap_off good
check "the access point gone: closed" wifi_closes
wifi_station_off
agent_mark
before=$(proofs)
wifi_iwd_network $WIFI_SSID server=
sed -i '/ServerDomainMask/d' /var/lib/iwd/$WIFI_SSID.8021x
check "a twin with another server's certificate" wifi_ap wrong 1 security=wrongname
wifi_station_iwd
check "it is refused" agent_says 'KIDOBAN_WIFI=refused .*KIDOBAN_DIFFERENCES=(.*,)?server'
check "and made to leave" agent_says 'KIDOBAN_WIFI=fenced '
check_is "it was never proven" "$before" "$(proofs)"
check_is "the link is closed" 0 "$(wifi_open)"
wifi_ap_off wrong
wifi_station_off
wifi_iwd_network $WIFI_SSID
check "the good one is back" wifi_ap good 1
wifi_station_iwd
check "it opens again" wifi_opens
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
