#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Networks that look like ours, joined by a supplicant that takes what comes: none opens the link, and what
# differs is told, all of it (W1, W2, W3).
# vm: once-last wifi timeout=600
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"

# Refused at once, it also lacks what would have come.
under_way='(,authorized|,operational|,supplicant|,eap|,ca|,server)*'

# twin WHAT DIFFERENCES AP… -- NETWORK…: joined, refused, told, left.
twin() {
	twin_what=$1 twin_items=$2
	shift 2
	twin_ap=
	while [ "$1" != -- ]; do twin_ap="$twin_ap $1" && shift; done
	shift
	agent_mark
	twin_before=$(proofs)
	# shellcheck disable=SC2086 # words
	wifi_ap twin $twin_ap || not_ok "$twin_what beacons"
	wifi_network "$@" | wifi_networks >/dev/null
	check "$twin_what is refused: $twin_items" agent_says "KIDOBAN_WIFI=refused .*KIDOBAN_DIFFERENCES=$twin_items$under_way "
	check "$twin_what is left" agent_says "KIDOBAN_WIFI=fenced "
	check "$twin_what: the terminal is out" wifi_left
	check_is "$twin_what was never proven" "$twin_before" "$(proofs)"
	wifi_ap_off twin
}

# failed WHAT EVENT AP…: the pinned supplicant does not even join.
failed() {
	failed_what=$1 failed_event=$2
	shift 2
	agent_mark
	failed_before=$(proofs)
	wifi_ap twin "$@" || not_ok "$failed_what beacons"
	wifi_network | wifi_networks >/dev/null
	check "$failed_what: told" agent_says "$failed_event"
	check_is "$failed_what was never proven" "$failed_before" "$(proofs)"
	check_is "$failed_what: the link is closed" 0 "$(wifi_open)"
	wifi_ap_off twin
}

# joins WHAT NETWORK…
joins() {
	joins_what=$1
	shift
	wifi_network "$@" | wifi_networks >/dev/null
	check "$joins_what opens" wifi_opens
	wifi_wpa disconnect >/dev/null
	wifi_closes
}

check "there are radios" wifi_world 4
[ $tap_failed -eq 0 ] || bail "no radios"
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
wireless: {avoid: false, supplicant: wpa_supplicant}
$(wifi_profile)
$(wifi_profile profile=B ssid=市役所 server=$WIFI_WRONG | sed 1d)
END
agent_in_force || bail "no gate"
echo | wifi_station_wpa || bail "no supplicant"

twin "an open twin" akm,pairwise,group-cipher,pmf 1 security=open -- security=open
twin "a twin with a passphrase" akm,pmf 1 security=psk -- security=psk
twin "a twin without PMF" pmf 1 security=nopmf -- pmf=1
twin "an older AKM" akm 1 security=eap-sha1 -- security=eap-sha1
twin "another server's certificate" "(authorized,)?(operational,)?(supplicant,)?(eap,)?server" 1 security=wrongname -- server=
twin "an unknown access point" bssid 3 -- pmf=2
twin "a known access point with another name" ssid 1 ssid=MYNUMBER-A5 -- ssid=MYNUMBER-A5
twin "a hidden unknown access point" bssid 3 hidden=1 -- scan_ssid=1
twin "a name that only looks the same" ssid 1 security=wrongname \
	'ssid2=P"\xe5\xb8\x82\xe5\xbd\xb9\xe6\x89\x80\x20"' -- ssid=e5b882e5bdb9e6898020 server=$WIFI_WRONG

failed "a server of another name" 'KIDOBAN_WIFI=suspect .*certificate' 1 security=wrongname
failed "a server of another authority" 'KIDOBAN_WIFI=suspect .*certificate' 1 security=stranger

# --- and those that are ours
check "a hidden access point of ours" wifi_ap hidden 1 hidden=1
joins "a hidden network of ours" scan_ssid=1
wifi_ap_off hidden
check "an access point of ours with a Japanese name" wifi_ap office 2 security=wrongname 'ssid2=P"\xe5\xb8\x82\xe5\xbd\xb9\xe6\x89\x80"'
joins "a network with a Japanese name" ssid=e5b882e5bdb9e68980 server=$WIFI_WRONG
check "and is told by it" agent_says 'KIDOBAN_WIFI=proven .*KIDOBAN_SSID=市役所'
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
