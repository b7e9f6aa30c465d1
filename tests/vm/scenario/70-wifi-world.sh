#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The world of radios is as the other scenarios take it to be: without the module all of it answers, every
# supplicant joins, and what the terminal sends to an open twin is counted (W4).
# vm: once-last wifi timeout=400
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"

# station WHAT KEY=VALUE…: wpa_supplicant with this network; the caller looks.
station() {
	wifi_station_off && wifi_network "$@" | wifi_station_wpa
}

# rsn FIELD: of the present association, as wpa_supplicant knows it
rsn() {
	wifi_wpa status | sed -n "s/^$1=//p"
}

# refused PATTERN: the supplicant says so, and does not join
refused() {
	until_true 60 grep -q "$1" "$WIFI_DIR/wpa.log" && ! wifi_wpa_is COMPLETED
}

# told PATTERN
told() {
	until_true 60 grep -q "$1" "$WIFI_DIR/wpa.log"
}

check "there are radios" wifi_world
[ $tap_failed -eq 0 ] || bail "no radios"

# --- the access point that everybody should join
check "an access point beacons" wifi_ap good 1
check "wpa_supplicant starts" station
check "it joins by EAP-TLS" wifi_joined $WIFI_SSID
until_true 30 wifi_wpa_is COMPLETED
check_is "with what is pinned" "WPA2-EAP-SHA256 CCMP CCMP 2 13 (EAP-TLS)" \
	"$(rsn key_mgmt) $(rsn pairwise_cipher) $(rsn group_cipher) $(rsn pmf) $(rsn selectedMethod)"
check "the access point agrees" wifi_ap_has good
wifi_address
wifi_tap || bail "nothing is counted"
ping -c 2 -W 1 $WIFI_PEER >/dev/null
leaked=$(wifi_leaked)
check "what the terminal sends is seen behind it" test "$leaked" -ge 2
check_fails "and not on the air" sh -c "tcpdump -nr $WIFI_DIR/air.pcap '(ip or ip6) and not wlan dir fromds and wlan[1] & 0x40 = 0' | grep -q ."

check "it can go out of range" wifi_range 1 far
check "and is lost" wifi_left
check "and come back" wifi_range 1 near
check "and is found" wifi_joined $WIFI_SSID
wifi_range 1 -75
check "its signal is what it is told to be" until_true 60 sh -c 'iw dev wlan0 link | grep -q "signal: -7[0-9]"'
wifi_range 1 near

# --- servers that are not ours
wifi_ap_off good
check "a server of another name" wifi_ap wrong 1 security=wrongname
station
check "is refused" refused "CTRL-EVENT-EAP-TLS-CERT-ERROR.*[Dd]omain\|CTRL-EVENT-EAP-FAILURE"
check "and accepted by who does not ask for the name" station server=
check "whatever it is" wifi_joined $WIFI_SSID
wifi_ap_off wrong
check "a server of another authority" wifi_ap stranger 1 security=stranger
station
check "is refused" refused "CTRL-EVENT-EAP-TLS-CERT-ERROR\|CTRL-EVENT-EAP-FAILURE"
wifi_ap_off stranger

# --- the twins
check "a twin without protection of management frames" wifi_ap nopmf 1 security=nopmf
check "is joined by who does not need it" station pmf=1
check "though he would like it" wifi_joined $WIFI_SSID
until_true 30 wifi_wpa_is COMPLETED
check_is "it has none" "" "$(rsn pmf)"
wifi_ap_off nopmf
check "a twin with a passphrase" wifi_ap psk 1 security=psk
check "is joined by who knows it" station security=psk
check "and wants it" wifi_joined $WIFI_SSID
wifi_ap_off psk
check "a hidden network" wifi_ap hidden 1 hidden=1
check "is joined by who asks for it by name" station scan_ssid=1
check "aloud" wifi_joined $WIFI_SSID
wifi_ap_off hidden
check "a network with a Japanese name" wifi_ap office 1 'ssid2=P"\xe5\xb8\x82\xe5\xbd\xb9\xe6\x89\x80"'
check "is joined" station ssid=e5b882e5bdb9e68980
check "too" wifi_joined
until_true 30 wifi_wpa_is COMPLETED
check_is "by that name" '\xe5\xb8\x82\xe5\xbd\xb9\xe6\x89\x80' "$(rsn ssid)"
wifi_ap_off office
wifi_station_off

check "an open twin" wifi_ap twin 2 security=open channel=6
check "is joined without any supplicant" wifi_bare $WIFI_SSID 2437
check "at once" wifi_joined $WIFI_SSID
wifi_address
wifi_tap || bail "nothing is counted"
wifi_flood
until_true 20 sh -c "[ \$(wc -c <$WIFI_DIR/air.pcap) -gt 100000 ]"
note "sent: $(wifi_flood_end)"
leaked=$(wifi_leaked)
note "leaked: $leaked"
check "and lets everything through: in the open" sh -c "tcpdump -nr $WIFI_DIR/air.pcap 'ip dst $WIFI_PEER' | grep -q ."
check "by IPv6, too" sh -c "tcpdump -nr $WIFI_DIR/air.pcap 'ip6 dst $WIFI_PEER6' | grep -q ."
check "both looks have seen it" test "$leaked" -gt 100
iw dev wlan0 disconnect
wifi_ap_off twin

# --- the other supplicants
check "the access point is back" wifi_ap good 1
wifi_iwd_network $WIFI_SSID
before=$(cat /sys/class/net/wlan0/ifindex)
check "iwd starts" wifi_station_iwd
check "and joins" wifi_joined $WIFI_SSID
check "on an interface of its own making" test "$(cat /sys/class/net/wlan0/ifindex)" -ne "$before"
check "iwd ends" wifi_station_off
wifi_nm_network office
check "NetworkManager starts" wifi_station_nm
check "and joins" wifi_joined $WIFI_SSID
check "as it knows" until_true 60 sh -c 'nmcli -t -f DEVICE,STATE dev | grep -qx wlan0:connected'
check "everything ends" wifi_end
done_testing
