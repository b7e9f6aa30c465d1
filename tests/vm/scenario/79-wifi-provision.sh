#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is written for supplicants makes the real ones join, and they say so; hand edits are put back (W1, W2).
# vm: once-last wifi timeout=900
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"

policy=/run/policy.yaml
cat >$policy <<-END
	kidoban: 1
	policy: {municipality: "131016", group: test, serial: 1, expires: 2040-03-31}
	mode: {media: enforce, link: enforce, wifi: enforce}
	media: {default: allow}
	link: {default: allow}
	wireless: {supplicant: auto, provision: true}
	wifi:
	  - profile: A
	    ssid: $WIFI_SSID
	    bssid: ["02:11:22:00:00:00/28"]
	    akm: [wpa2-eap-sha256]
	    cipher: [ccmp]
	    ca: $WIFI_KEYS/ca.pem
	    server: $WIFI_SERVER
	    identity: $WIFI_IDENTITY
	    cert: $WIFI_KEYS/terminal.pem
	    key: $WIFI_KEYS/terminal.key
END

provision() {
	kidoban wifi provision --policy $policy "$@"
}

# facts [SUPPLICANT]: what the agent would take for true
facts() {
	askctl "${1:-auto}" facts wlan0
}

# city SUPPLICANT: it vouches for the association with what the policy has
city() {
	facts >/run/facts && grep -qx "kind=$1" /run/facts && grep -qx completed=1 /run/facts &&
		grep -qx port_authorized=1 /run/facts && grep -qx eap=TLS /run/facts &&
		grep -qx "ca=$WIFI_KEYS/ca.pem" /run/facts && grep -qx "server=$WIFI_SERVER" /run/facts &&
		grep -qx "bssid=$(wifi_bssid 1)" /run/facts
}

not_known() {
	facts | grep -qx known=0
}

not_completed() {
	facts | grep -qx completed=0
}

# watch: events go to /run/watch from here on
watch() {
	rm -f /run/watch.pid
	askctl auto watch /run/watch.pid >/run/watch &
	until_true 60 test -s /run/watch.pid
}

heard() {
	until_true 90 grep -q "^event=$1" /run/watch
}

watch_end() {
	wifi_end_of /run/watch.pid
}

# keep SUPPLICANT FILE: its files are kept, and what is told goes to /run/told. Returns when FILE,
# which is away at first, was written: from there on it is watched.
keep() {
	: >/run/told
	rm "$2"
	askctl "$1" guard $policy >/run/told 2>&1 &
	echo $! >/run/keep.pid
	told "${2##*/} was written"
}

told() {
	until_true 90 grep -q "told=.*$1" /run/told
}

keep_end() {
	wifi_end_of /run/keep.pid
}

check "there are radios" wifi_world || bail "no radios"
mkdir -p /run/kidoban
check "an access point of the city" wifi_ap good 1
check "nobody manages anything: nothing is known" not_known

# --- wpa_supplicant
printf 'network={\n\tssid="CAFE"\n\tkey_mgmt=NONE\n}\n' >/etc/wpa_supplicant/wpa_supplicant-wlan0.conf
check_fails "what was not written yet differs" provision --supplicant wpa_supplicant --check
check "it is written" provision --supplicant wpa_supplicant
check "and then the same" provision --supplicant wpa_supplicant --check
check "another configuration is moved aside" test -e /etc/wpa_supplicant/wpa_supplicant-wlan0.conf.kidoban-saved
watch
start_wpa() {
	wpa_supplicant -B -t -D nl80211 -i wlan0 -c /etc/wpa_supplicant/kidoban.conf -P "$WIFI_DIR/wpa.pid" \
		-f "$WIFI_DIR/wpa.log"
}
check "wpa_supplicant starts with it" start_wpa
check "that is heard" heard came
check "and joins" wifi_joined $WIFI_SSID
check "it vouches" until_true 30 city wpa_supplicant
check_is "and says what was negotiated" 1 "$(sed -n 's/^rsn_known=\(.\).*/\1/p' /run/facts)"

check "the files are kept" keep wpa_supplicant /etc/wpa_supplicant/kidoban.conf
check "it joins by what was written" until_true 90 city wpa_supplicant
echo 'network={ }' >>/etc/wpa_supplicant/kidoban.conf
check "a hand edit is told" told 'kidoban.conf was changed by hand'
check "and put back" until_true 30 provision --supplicant wpa_supplicant --check
check "the supplicant joins again by what was put back" until_true 90 city wpa_supplicant
printf 'network={\n\tssid="CAFE"\n\tkey_mgmt=NONE\n}\n' >/etc/wpa_supplicant/other.conf
check "a second configuration is told" told 'other.conf would offer'
keep_end

wpa=$(cat "$WIFI_DIR/wpa.pid")
kill -STOP "$wpa"
before=$(cut -d. -f1 /proc/uptime)
check "one that hangs is an error" sh -c 'askctl auto facts wlan0 | grep -q "^error=.*does not answer"'
after=$(cut -d. -f1 /proc/uptime)
# the program's own start, in an emulator, included
check "and soon" test $((after - before)) -le 5
kill -CONT "$wpa"
check "it answers again" until_true 30 city wpa_supplicant
kill -KILL "$wpa"
rm -f "$WIFI_DIR/wpa.pid"
check "one that was killed vouches for nothing" until_true 30 not_known
check "nor does the socket that it left" test -S /run/wpa_supplicant/wlan0
check "another one is found" start_wpa
check "and vouches" until_true 90 city wpa_supplicant
check "it can be told to leave" askctl auto disconnect wlan0
check "and leaves" wifi_left
check "it vouches no more" until_true 30 not_completed
wifi_ap_off good
check "a server of another name" wifi_ap wrong 1 security=wrongname
wifi_wpa reconnect >/dev/null
check "is told as what it is" heard "certificate ifname=wlan0 bssid=$(wifi_bssid 1)"
check "and nothing is vouched for" not_completed
wifi_ap_off wrong
check "the city's again" wifi_ap good 1
check "an access point is avoided" askctl auto avoid wlan0 "$(wifi_bssid 1)"
check_is "for good" "$(wifi_bssid 1)" "$(wifi_wpa get_network 0 bssid_ignore)"
wifi_station_off
check "its end is heard" heard gone
watch_end

# --- iwd
printf '[Settings]\n' >/run/cafe.open
mkdir -p /var/lib/iwd && chmod 700 /var/lib/iwd && cp /run/cafe.open /var/lib/iwd/CAFE.open
check "written for iwd" provision --supplicant iwd
check "open networks that it knew are moved aside" test -e /var/lib/iwd/CAFE.open.kidoban-saved
watch
check "iwd starts" wifi_station_iwd
check "that is heard" heard came
check "and joins" wifi_joined $WIFI_SSID
check "it vouches" until_true 60 city iwd
check "the files are kept" keep iwd /etc/iwd/main.conf
sed -i '/ServerDomainMask/d' "/var/lib/iwd/$WIFI_SSID.8021x"
check "a hand edit is told" told "$WIFI_SSID.8021x was changed by hand"
check "and put back" until_true 30 provision --supplicant iwd --check
keep_end
check "it can be told to leave" askctl auto disconnect wlan0
check "and leaves" wifi_left
check "it vouches no more" until_true 30 not_completed
wifi_station_off
check "its end is heard" heard gone
watch_end

# --- NetworkManager, with wpa_supplicant on the bus only
check "written for NetworkManager" provision --supplicant networkmanager
watch
check "NetworkManager starts" wifi_station_nm
check "that is heard" heard came
check "and joins" wifi_joined $WIFI_SSID
check "it vouches, before there are addresses" until_true 60 city NetworkManager
check "the files are kept" keep networkmanager /etc/NetworkManager/conf.d/kidoban.conf
sed -i '/domain-match/d' /etc/NetworkManager/system-connections/kidoban-A.nmconnection
check "a hand edit is told" told 'kidoban-A.nmconnection was changed by hand'
check "and put back" until_true 30 provision --supplicant networkmanager --check
keep_end
nmcli connection add type wifi ifname wlan0 con-name cafe ssid CAFE >/dev/null
check_fails "a profile that was added by hand cannot be used" \
	timeout 60 nmcli --wait 30 connection up cafe
check "it can be told to leave" askctl auto disconnect wlan0
check "and leaves" wifi_left
check "it vouches no more" until_true 30 not_completed
wifi_ap_off good
check "a server of another name" wifi_ap wrong 1 security=wrongname
nmcli --wait 1 connection up kidoban-A >/dev/null 2>&1
check "is told as what it is" heard certificate
wifi_station_off
check "its end is heard" heard gone
watch_end

wifi_end
done_testing
