#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The agent behind its unit's walls proves wireless links: with wpa_supplicant, whose configuration it
# writes and whose control socket answers it, and with NetworkManager over D-Bus.
# vm: once-last wifi memory=1536 timeout=1500
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/wifi.sh"
. "$(dirname "$0")/wifi_gate.sh"
. "$(dirname "$0")/systemd.sh"

WIFI_ETC=/etc/kidoban WIFI_STATE=/var/lib/kidoban
ours=/etc/wpa_supplicant/kidoban.conf

# as packages have it started, but with its words where this scenario looks for them, and dead at the
# first call that the filter refuses
agent_start() {
	mkdir -p /run/systemd/system/kidoband.service.d
	printf '[Service]\nExecStart=\nExecStart=/usr/sbin/kidoband --journal stderr\nStandardError=append:%s\nSystemCallErrorNumber=kill\n' \
		"$WIFI_LOG" >/run/systemd/system/kidoband.service.d/test.conf
	inside systemctl daemon-reload && inside systemctl restart kidoband
}

agent_end() {
	inside systemctl stop kidoband
}

check "there are radios" wifi_world 3
[ $tap_failed -eq 0 ] || bail "no radios"
check "an access point beacons" wifi_ap good 1
mkdir -p /etc/wpa_supplicant /etc/NetworkManager/conf.d /etc/NetworkManager/system-connections
rm -f $ours
systemd_in || bail "systemd does not come up: $(tail -n 3 /tmp/systemd.log)"
check "a policy is in force" wifi_gated mode.wifi=enforce <<END
wireless: {supplicant: wpa_supplicant, provision: true, avoid: false}
$(wifi_profile)
END
agent_in_force || bail "no gate"
check "it writes the configuration of wpa_supplicant" until_true 240 test -s $ours
check "and a drop-in for its unit" until_true 120 \
	test -s /etc/systemd/system/wpa_supplicant@.service.d/kidoban.conf
check "wpa_supplicant starts with it" wpa_supplicant -B -t -D nl80211 -i wlan0 -c $ours \
	-P "$WIFI_DIR/wpa.pid" -f "$WIFI_DIR/wpa.log"
check "and joins" wifi_joined $WIFI_SSID
check "the agent believes what it says: the link opens" wifi_opens
check "the journal says so" agent_says 'KIDOBAN_WIFI=proven KIDOBAN_LINK=wlan0'
check "it remembers what was negotiated" test -s /run/kidoban/wifi-negotiated
check "staff may read it" setpriv --reuid=65534 --regid=65534 --clear-groups ls /run/kidoban
echo 'network={ }' >>$ours
check "a hand edit is put back" agent_says 'kidoban.conf was changed by hand'
check "the survey hears the access point" until_true 240 sh -c 'kidoban wifi survey | grep -q "02:11:22:00:00:01"'
wifi_end_of "$WIFI_DIR/wpa.pid"
check "without it the link closes" wifi_closes

# --- another supplicant, by D-Bus
agent_mark
check "a policy for NetworkManager" wifi_deliver mode.wifi=enforce <<END
wireless: {supplicant: networkmanager, avoid: false}
$(wifi_profile)
END
check "is in force" agent_in_force
wifi_nm_network office
check "NetworkManager starts" wifi_station_nm
check "and joins" wifi_joined $WIFI_SSID
check "the link opens" wifi_opens
check_is "all that without a call that the filter refuses" "success 0" \
	"$(unit_property Result) $(unit_property NRestarts)"
check "everything ends" wifi_ungated
check "the world, too" wifi_end
done_testing
