# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Radios, access points and supplicants, for scenarios with "# vm: wifi". Source it after tap.sh and lib.sh.
# The radios are simulated (mac80211_hwsim), everything that speaks through them is real. Radio phy0 is
# the terminal's (wlan0); the others are the world's, in the namespace "ap", where radio N is called apN.
#
# The module judges every namespace of its kernel. So what access points send is closed, too, EAPOL
# excepted: nobody there answers ARP, DHCP or a ping once a policy is in force. What the terminal sends
# is counted by packet sockets, which see a frame before the module does.
#
#   wifi_world [RADIOS]        the radios (4), clock, certificates; returns when all are there
#   wifi_end                   everything ended that was started
#
# Access points. They run until wifi_ap_off; BSSID of radio N is 02:11:22:00:00:0N (wifi_bssid N).
#   wifi_ap NAME N [KEY=VALUE…]   returns when it beacons. Keys:
#     ssid=TEXT ssid2=TEXT     ($WIFI_SSID); ssid2 is hostapd's form for all octets: P"\xe5\x85"
#     security=eap             EAP-TLS, AKM 00-0F-AC:5, CCMP, PMF required (default); also
#              eap-sha1        AKM 1, PMF optional
#              nopmf           as eap, without PMF
#              wrongname       as eap, the server's certificate has another name ($WIFI_WRONG)
#              stranger        as eap, the certificate is of another authority
#              psk             WPA2-Personal with $WIFI_PASSPHRASE
#              sae             WPA3-Personal
#              open
#     bssid=MAC channel=N hidden=1 group=CIPHER pairwise=CIPHER
#   wifi_ap_off NAME           wifi_ap_cli NAME COMMAND…   hostapd_cli
#   wifi_ap_has NAME           the terminal is associated and authorized there
#   wifi_range N near|far|DBM  how the terminal hears radio N; down to -80
#
# Supplicants of the terminal.
#   wifi_station_wpa < NETWORKS   wpa_supplicant on ${WIFI_DEV:-wlan0}, "network={…}" on standard input
#   wifi_network [KEY=VALUE…]  prints such a block that pins what wifi_ap offers by default. ssid= security=
#                              bssid= server= ca= pmf=0|1|2, and any other key as it is
#   wifi_networks < NETWORKS   others for the wpa_supplicant that runs; it begins anew
#   wifi_wpa COMMAND…          wpa_cli
#   wifi_station_iwd           iwd; wifi_iwd_network SSID [server=NAME] [security=…] before or after it
#   wifi_station_nm            NetworkManager; wifi_nm_network NAME [ssid= server= security= bssid=] likewise
#   wifi_station_off           ends whichever runs, interfaces are down
#   wifi_joined [SSID]         associated and authorized (by nl80211); waits
#   wifi_left                  not associated; waits
#   wifi_bare SSID FREQ [BSSID]   what root can do without any of them: iw connect
#
# IP. The terminal is $WIFI_TERMINAL, whoever is behind the access points $WIFI_PEER.
#   wifi_address [DEV]         address, route and static neighbour of the terminal
#   wifi_flood / wifi_flood_end   datagrams and pings to $WIFI_PEER as fast as they go; prints how many
#   wifi_tap                   count from here on, on the air and at the access points
#   wifi_leaked                IP packets of the terminal that came out since, as tcpdump has them: "3"
#   wifi_show                  the packets themselves
#
# The gates and the agent: wifi_gate.sh

WIFI_SSID=MYNUMBER-A
# names in the certificates of tests/vm/wireless
WIFI_SERVER=radius.city.example
WIFI_WRONG=radius.elsewhere.example
WIFI_IDENTITY=host/terminal.city.example
WIFI_PASSPHRASE='open sesame'
WIFI_TERMINAL=10.77.0.5 WIFI_TERMINAL6=fd00:77::5
WIFI_PEER=10.77.0.1 WIFI_PEER6=fd00:77::1
WIFI_PEER_MAC=02:77:00:00:00:01
# deadlines prove nothing by being short
WIFI_SECONDS=60
WIFI_DIR=/run/wifi
WIFI_KEYS=$WIFI_DIR/keys
# made by tests/vm/wireless: ca other-ca any-ca (both), server wrong stranger terminal, as .pem and .key
WIFI_MADE=/usr/share/kidoban-test

ap_side() {
	ip netns exec ap "$@"
}

# --- The world

wifi_world() {
	wifi_radios=${1:-4}
	[ "$(date +%Y)" -ge 2024 ] || date -s 2026-01-01 || return
	mkdir -p "$WIFI_DIR" "$WIFI_KEYS" /run/netns
	modprobe -a ccm cmac gcm ctr ghash-generic pkcs8_key_parser &&
		modprobe mac80211_hwsim "radios=$wifi_radios" || return
	ip netns add ap && ap_side ip link set lo up || return
	# nobody there asks for neighbours and routers, which would be refused and told
	for wifi_file in all default; do
		ap_side sh -c "echo 1 >/proc/sys/net/ipv6/conf/$wifi_file/disable_ipv6" || return
	done
	wifi_n=1
	while [ $wifi_n -lt "$wifi_radios" ]; do
		iw phy "phy$wifi_n" set netns name ap &&
			ap_side ip link set "wlan$wifi_n" name "ap$wifi_n" address "$(wifi_bssid $wifi_n)" || return
		wifi_n=$((wifi_n + 1))
	done
	# the air as it is, with everything that anybody sends
	ip link set hwsim0 up && cp "$WIFI_MADE"/* "$WIFI_KEYS/" && iw reg set JP &&
		until_true $WIFI_SECONDS sh -c 'iw reg get | grep -q "^country JP"'
}

wifi_bssid() {
	printf '02:11:22:00:00:%02x\n' "$1"
}

wifi_end() {
	wifi_station_off
	for wifi_file in "$WIFI_DIR"/ap-*.pid; do
		[ ! -e "$wifi_file" ] || { wifi_file=${wifi_file##*/ap-} && wifi_ap_off "${wifi_file%.pid}"; }
	done
	wifi_tap_off
	[ "${tap_failed:-1}" -eq 0 ] || cp -r "$WIFI_DIR" "${KIDOBAN_OUT:-/out}/"
	ip netns del ap
	# The radios stay: taken away while the state of a frame is still to be told, mac80211 warns.
	rm -rf "$WIFI_DIR"
}

# Ends what wrote its pid to file $1, and waits until it has.
wifi_end_of() {
	[ -s "$1" ] || return 0
	read -r wifi_pid <"$1"
	rm -f "$1"
	kill "$wifi_pid" 2>/dev/null && until_true $WIFI_SECONDS wifi_ended "$wifi_pid"
}

wifi_ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.*zombie' "/proc/$1/status"
}

# --- Access points

wifi_ap() {
	ap_name=$1 ap_radio=$2 ap_ssid=$WIFI_SSID ap_ssid2='' ap_security=eap ap_channel=1 ap_hidden=0
	ap_bssid=$(wifi_bssid "$2") ap_group='' ap_pairwise=CCMP
	shift 2
	for ap_word; do
		case $ap_word in
		ssid=* | ssid2=* | security=* | bssid=* | channel=* | hidden=* | group=* | pairwise=*)
			eval "ap_${ap_word%%=*}=\${ap_word#*=}" ;;
		*) echo "wifi_ap: $ap_word?" >&2; return 2 ;;
		esac
	done
	ap_dev=ap$ap_radio
	ap_side ip link set "$ap_dev" down && ap_side ip link set "$ap_dev" address "$ap_bssid" &&
		ap_text >"$WIFI_DIR/ap-$ap_name.conf" || return
	echo "$ap_dev" >"$WIFI_DIR/ap-$ap_name.dev"
	ap_side hostapd -B -t -P "$WIFI_DIR/ap-$ap_name.pid" -f "$WIFI_DIR/ap-$ap_name.log" \
		"$WIFI_DIR/ap-$ap_name.conf" >/dev/null && until_true $WIFI_SECONDS wifi_ap_beacons "$ap_name" && return
	cat "$WIFI_DIR/ap-$ap_name.log" >&2
	return 1
}

ap_text() {
	cat <<-END
		interface=$ap_dev
		driver=nl80211
		ctrl_interface=$WIFI_DIR/ctl
		${ap_ssid2:+#}ssid=$ap_ssid
		${ap_ssid2:+ssid2=$ap_ssid2}
		hw_mode=$([ "$ap_channel" -gt 14 ] && echo a || echo g)
		channel=$ap_channel
		ignore_broadcast_ssid=$ap_hidden
		logger_syslog=0
		ap_max_inactivity=3600
	END
	case $ap_security in
	open) ;;
	psk) ap_rsn WPA-PSK 0 && echo "wpa_passphrase=$WIFI_PASSPHRASE" ;;
	sae) ap_rsn SAE 2 && echo "sae_password=$WIFI_PASSPHRASE" ;;
	eap) ap_rsn WPA-EAP-SHA256 2 && ap_radius server ca ;;
	eap-sha1) ap_rsn WPA-EAP 1 && ap_radius server ca ;;
	nopmf) ap_rsn WPA-EAP-SHA256 0 && ap_radius server ca ;;
	wrongname) ap_rsn WPA-EAP-SHA256 2 && ap_radius wrong ca ;;
	stranger) ap_rsn WPA-EAP-SHA256 2 && ap_radius stranger other-ca ;;
	*) echo "wifi_ap: no security $ap_security" >&2; return 2 ;;
	esac
}

# ap_rsn AKM PMF
ap_rsn() {
	cat <<-END
		wpa=2
		wpa_key_mgmt=$1
		rsn_pairwise=$ap_pairwise
		${ap_group:+group_cipher=$ap_group}
		ieee80211w=$2
	END
}

# ap_radius CERTIFICATE AUTHORITY: a server of its own; what it asks of the terminal is the city's.
ap_radius() {
	printf '* TLS\n' >"$WIFI_DIR/eap-users"
	cat <<-END
		ieee8021x=1
		eap_server=1
		eap_user_file=$WIFI_DIR/eap-users
		ca_cert=$WIFI_KEYS/any-ca.pem
		server_cert=$WIFI_KEYS/$1.pem
		private_key=$WIFI_KEYS/$1.key
	END
}

wifi_ap_beacons() {
	wifi_ap_cli "$1" status | grep -qx state=ENABLED
}

wifi_ap_cli() {
	read -r ap_at <"$WIFI_DIR/ap-$1.dev"
	shift
	ap_side hostapd_cli -p "$WIFI_DIR/ctl" -i "$ap_at" "$@"
}

wifi_ap_off() {
	wifi_end_of "$WIFI_DIR/ap-$1.pid"
	rm -f "$WIFI_DIR/ap-$1.dev"
}

wifi_ap_has() {
	read -r ap_at <"$WIFI_DIR/ap-$1.dev"
	ap_side iw dev "$ap_at" station dump | grep -q 'authorized:.*yes'
}

# A radio's signal is what it says of itself; out of range is another group of radios.
wifi_range() {
	wifi_knob=/sys/kernel/debug/ieee80211/phy$1/hwsim
	case $2 in
	near) echo 1 >"$wifi_knob/group" && wifi_signal -50 ;;
	far) echo 2 >"$wifi_knob/group" ;;
	*) echo 1 >"$wifi_knob/group" && wifi_signal "$2" ;;
	esac
}

wifi_signal() {
	# the power of the sender, 20 dBm, is added; and the file is read as a number without sign: 2^64 - 70
	printf '%u\n' $(($1 - 20)) >"$wifi_knob/rx_rssi"
}

# --- Supplicants

wifi_network() {
	net_ssid=$WIFI_SSID net_security=eap net_server=$WIFI_SERVER net_ca=ca.pem net_pmf='' net_more=''
	for net_word; do
		case $net_word in
		ssid=* | security=* | server=* | ca=* | pmf=*) eval "net_${net_word%%=*}=\${net_word#*=}" ;;
		*) net_more="$net_more
	$net_word" ;;
		esac
	done
	case $net_ssid in *[!0-9a-f]* | ???) net_ssid="\"$net_ssid\"" ;; esac
	printf 'network={\n\tssid=%s\n' "$net_ssid"
	case $net_security in
	open) printf '\tkey_mgmt=NONE\n' ;;
	psk) printf '\tkey_mgmt=WPA-PSK\n\tproto=RSN\n\tpsk="%s"\n' "$WIFI_PASSPHRASE" ;;
	sae) printf '\tkey_mgmt=SAE\n\tsae_password="%s"\n\tieee80211w=2\n' "$WIFI_PASSPHRASE" ;;
	*)
		cat <<-END
				key_mgmt=$([ "$net_security" = eap-sha1 ] && echo WPA-EAP || echo WPA-EAP-SHA256)
				proto=RSN
				pairwise=CCMP
				ieee80211w=${net_pmf:-2}
				eap=TLS
				identity="$WIFI_IDENTITY"
				ca_cert="$WIFI_KEYS/$net_ca"
				client_cert="$WIFI_KEYS/terminal.pem"
				private_key="$WIFI_KEYS/terminal.key"
		END
		[ -z "$net_server" ] || printf '\tdomain_match="%s"\n' "$net_server"
		;;
	esac
	# the radios of the tests are on these: a survey of all channels takes seconds
	printf '\tscan_freq=%s\n%s\n}\n' "${WIFI_FREQS:-2412 2437 2462}" "$net_more"
}

wifi_station_wpa() {
	wifi_station=${WIFI_DEV:-wlan0}
	wifi_wpa_text >"$WIFI_DIR/wpa.conf"
	wpa_supplicant -B -t -D nl80211 -i "$wifi_station" -c "$WIFI_DIR/wpa.conf" -P "$WIFI_DIR/wpa.pid" \
		-f "$WIFI_DIR/wpa.log" ${WIFI_DEBUG:+-dd} && until_true $WIFI_SECONDS wifi_wpa ping && return
	cat "$WIFI_DIR/wpa.log" >&2
	return 1
}

wifi_wpa_text() {
	printf 'ctrl_interface=/run/wpa_supplicant\nupdate_config=0\nap_scan=1\np2p_disabled=1\n%s\n' "${WIFI_WPA:-}"
	cat
}

wifi_networks() {
	wifi_wpa_text >"$WIFI_DIR/wpa.conf"
	wifi_wpa disconnect && wifi_wpa pmksa_flush && wifi_wpa reconfigure && wifi_wpa reconnect
}

wifi_wpa() {
	wpa_cli -p /run/wpa_supplicant -i "${WIFI_DEV:-wlan0}" "$@"
}

wifi_wpa_is() {
	wifi_wpa status | grep -qx "wpa_state=$1"
}

# A bus for iwd and NetworkManager, on which everybody may do everything.
wifi_bus() {
	[ ! -s "$WIFI_DIR/bus.pid" ] || return 0
	mkdir -p /run/dbus
	cat >"$WIFI_DIR/bus.conf" <<-'END'
		<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
		 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
		<busconfig>
		  <type>system</type>
		  <listen>unix:path=/run/dbus/system_bus_socket</listen>
		  <auth>EXTERNAL</auth>
		  <policy context="default">
		    <allow user="*"/>
		    <allow own="*"/>
		    <allow send_type="method_call"/>
		    <allow send_type="signal"/>
		    <allow send_type="method_return"/>
		    <allow send_type="error"/>
		    <allow receive_type="method_call"/>
		    <allow receive_type="signal"/>
		    <allow receive_type="method_return"/>
		    <allow receive_type="error"/>
		  </policy>
		</busconfig>
	END
	dbus-daemon --config-file="$WIFI_DIR/bus.conf" --nofork --nosyslog >"$WIFI_DIR/bus.log" 2>&1 &
	echo $! >"$WIFI_DIR/bus.pid"
	until_true $WIFI_SECONDS test -S /run/dbus/system_bus_socket
}

wifi_bus_has() {
	dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
		org.freedesktop.DBus.NameHasOwner "string:$1" | grep -q 'boolean true'
}

wifi_iwd_network() {
	iwd_ssid=$1 iwd_server=$WIFI_SERVER iwd_security=eap
	shift
	for iwd_word; do eval "iwd_${iwd_word%%=*}=\${iwd_word#*=}"; done
	mkdir -p /var/lib/iwd
	case $iwd_ssid in
	*[!A-Za-z0-9\ _-]*) iwd_file="=$(printf %s "$iwd_ssid" | od -An -v -tx1 | tr -d ' \n')" ;;
	*) iwd_file=$iwd_ssid ;;
	esac
	case $iwd_security in
	open) : >"/var/lib/iwd/$iwd_file.open" ;;
	psk) printf '[Security]\nPassphrase=%s\n' "$WIFI_PASSPHRASE" >"/var/lib/iwd/$iwd_file.psk" ;;
	*)
		cat >"/var/lib/iwd/$iwd_file.8021x" <<-END
			[Security]
			EAP-Method=TLS
			EAP-Identity=$WIFI_IDENTITY
			EAP-TLS-CACert=$WIFI_KEYS/ca.pem
			EAP-TLS-ClientCert=$WIFI_KEYS/terminal.pem
			EAP-TLS-ClientKey=$WIFI_KEYS/terminal.key
			EAP-TLS-ServerDomainMask=$iwd_server

			[Settings]
			AutoConnect=true
		END
		;;
	esac
}

wifi_station_iwd() {
	wifi_bus || return
	mkdir -p /etc/iwd
	[ -s /etc/iwd/main.conf ] || cat >/etc/iwd/main.conf <<-END
		[General]
		EnableNetworkConfiguration=false
		${IWD_PMF:+ManagementFrameProtection=$IWD_PMF}
		[Scan]
		InitialPeriodicScanInterval=2
		MaximumPeriodicScanInterval=4
		[Blacklist]
		InitialTimeout=1
		Multiplier=1
	END
	iwd=$(ls /usr/libexec/iwd /usr/lib/iwd/iwd 2>/dev/null | head -n 1)
	"$iwd" -p phy0 >"$WIFI_DIR/iwd.log" 2>&1 &
	echo $! >"$WIFI_DIR/iwd.pid"
	until_true $WIFI_SECONDS wifi_bus_has net.connman.iwd
}

wifi_nm_network() {
	nm_name=$1 nm_ssid=$WIFI_SSID nm_server=$WIFI_SERVER nm_security=eap nm_bssid=''
	shift
	for nm_word; do eval "nm_${nm_word%%=*}=\${nm_word#*=}"; done
	mkdir -p /etc/NetworkManager/system-connections
	{
		cat <<-END
			[connection]
			id=$nm_name
			uuid=$(cat /proc/sys/kernel/random/uuid)
			type=wifi
			autoconnect=true
			[wifi]
			mode=infrastructure
			ssid=$nm_ssid
			${nm_bssid:+bssid=$nm_bssid}
			[ipv4]
			method=manual
			address1=$WIFI_TERMINAL/24,$WIFI_PEER
			[ipv6]
			method=disabled
		END
		case $nm_security in
		open) ;;
		psk) printf '[wifi-security]\nkey-mgmt=wpa-psk\npsk=%s\n' "$WIFI_PASSPHRASE" ;;
		*)
			cat <<-END
				[wifi-security]
				key-mgmt=wpa-eap
				proto=rsn
				pairwise=ccmp
				pmf=3
				[802-1x]
				eap=tls
				identity=$WIFI_IDENTITY
				ca-cert=$WIFI_KEYS/ca.pem
				client-cert=$WIFI_KEYS/terminal.pem
				private-key=$WIFI_KEYS/terminal.key
				private-key-password-flags=4
				domain-match=$nm_server
			END
			;;
		esac
	} >"/etc/NetworkManager/system-connections/$nm_name.nmconnection"
	chmod 600 "/etc/NetworkManager/system-connections/$nm_name.nmconnection"
}

# It manages nothing that udev has not seen, and drives a wpa_supplicant on the bus.
wifi_station_nm() {
	wifi_bus && wifi_udev || return
	wpa_supplicant -u -t -f "$WIFI_DIR/wpa.log" >/dev/null 2>&1 &
	echo $! >"$WIFI_DIR/wpa.pid"
	until_true $WIFI_SECONDS wifi_bus_has fi.w1.wpa_supplicant1 || return
	mkdir -p /run/NetworkManager /var/lib/NetworkManager
	cat >/etc/NetworkManager/NetworkManager.conf <<-'END'
		[main]
		plugins=keyfile
		auth-polkit=root-only
		dhcp=internal
		dns=none
		rc-manager=unmanaged
		[keyfile]
		unmanaged-devices=except:interface-name:wlan*
		[device]
		wifi.scan-rand-mac-address=no
		[connection]
		wifi.cloned-mac-address=permanent
		[connectivity]
		enabled=false
		[logging]
		level=INFO
	END
	NetworkManager -n >"$WIFI_DIR/nm.log" 2>&1 &
	echo $! >"$WIFI_DIR/nm.pid"
	until_true $WIFI_SECONDS wifi_bus_has org.freedesktop.NetworkManager
}

wifi_udev() {
	[ ! -s "$WIFI_DIR/udev.pid" ] || return 0
	/usr/lib/systemd/systemd-udevd >"$WIFI_DIR/udev.log" 2>&1 &
	echo $! >"$WIFI_DIR/udev.pid"
	until_true $WIFI_SECONDS test -S /run/udev/control &&
		udevadm trigger --action=add --subsystem-match=net --subsystem-match=ieee80211 &&
		udevadm settle --timeout=60
}

wifi_station_off() {
	for wifi_what in nm wpa iwd bus udev; do wifi_end_of "$WIFI_DIR/$wifi_what.pid"; done
	rm -f /run/dbus/system_bus_socket
	# iwd takes the interface that it made along
	iw dev | grep -A 2 '^phy#0$' | grep -q Interface || iw phy phy0 interface add wlan0 type managed
	[ ! -d "/sys/class/net/${WIFI_DEV:-wlan0}" ] || ip link set "${WIFI_DEV:-wlan0}" down
}

wifi_link_is() {
	iw dev "${WIFI_DEV:-wlan0}" station dump | grep -q 'authorized:.*yes' || return
	[ -z "${1:-}" ] || iw dev "${WIFI_DEV:-wlan0}" link | grep -qxF "	SSID: $1"
}

wifi_joined() {
	until_true $WIFI_SECONDS wifi_link_is "$@"
}

wifi_left() {
	until_true $WIFI_SECONDS sh -c '! iw dev "$0" station dump | grep -q Station' "${WIFI_DEV:-wlan0}"
}

wifi_bare() {
	ip link set "${WIFI_DEV:-wlan0}" up &&
		timeout 60 iw dev "${WIFI_DEV:-wlan0}" connect -w "$1" "$2" ${3:+"$3"}
}

# --- IP

wifi_address() {
	wifi_at=${1:-${WIFI_DEV:-wlan0}}
	ip addr replace $WIFI_TERMINAL/24 dev "$wifi_at" &&
		ip neigh replace $WIFI_PEER lladdr $WIFI_PEER_MAC dev "$wifi_at" nud permanent || return
	# NetworkManager was told to do without IPv6
	[ "$(cat "/proc/sys/net/ipv6/conf/$wifi_at/disable_ipv6")" = 0 ] || return 0
	ip addr replace $WIFI_TERMINAL6/64 dev "$wifi_at" nodad &&
		ip neigh replace $WIFI_PEER6 lladdr $WIFI_PEER_MAC dev "$wifi_at" nud permanent
}

# What was sent is counted by the programs themselves, for a flood that never was leaks nothing.
wifi_flood() {
	ping -f -q $WIFI_PEER >"$WIFI_DIR/flood.4" 2>&1 &
	echo $! >"$WIFI_DIR/flood-4.pid"
	ping -6 -f -q $WIFI_PEER6 >"$WIFI_DIR/flood.6" 2>&1 &
	echo $! >"$WIFI_DIR/flood-6.pid"
	socat -b 200 -u OPEN:/dev/zero UDP-SENDTO:$WIFI_PEER:9 >/dev/null 2>&1 &
	echo $! >"$WIFI_DIR/flood-u.pid"
}

wifi_flood_end() {
	for wifi_what in 4 6; do
		kill -INT "$(cat "$WIFI_DIR/flood-$wifi_what.pid")" 2>/dev/null
		until_true $WIFI_SECONDS wifi_ended "$(cat "$WIFI_DIR/flood-$wifi_what.pid")"
	done
	wifi_end_of "$WIFI_DIR/flood-u.pid"
	sed -n 's/^\([0-9]*\) packets transmitted.*/\1/p' "$WIFI_DIR/flood.4" "$WIFI_DIR/flood.6" |
		awk '{ n += $1 } END { print n + 0 }'
}

# Two looks: at the air (frames as they are; what is encrypted tells nothing), and at what each access
# point took in, decrypted.
wifi_tap() {
	wifi_tap_off
	tcpdump --immediate-mode -B 8192 -i hwsim0 -s 256 -U -w "$WIFI_DIR/air.pcap" >"$WIFI_DIR/air.log" 2>&1 &
	echo $! >"$WIFI_DIR/tap-air.pid"
	for wifi_dev in $(sort -u "$WIFI_DIR"/ap-*.dev); do
		ip netns exec ap tcpdump --immediate-mode -B 8192 -i "$wifi_dev" -s 256 -U -w "$WIFI_DIR/$wifi_dev.pcap" \
			>"$WIFI_DIR/$wifi_dev.log" 2>&1 &
		echo $! >"$WIFI_DIR/tap-$wifi_dev.pid"
	done
	for wifi_file in "$WIFI_DIR"/tap-*.pid; do
		wifi_file=${wifi_file##*/tap-}
		until_true $WIFI_SECONDS grep -q 'listening on' "$WIFI_DIR/${wifi_file%.pid}.log" || return
	done
}

wifi_tap_off() {
	for wifi_file in "$WIFI_DIR"/tap-*.pid; do wifi_end_of "$wifi_file"; done
}

# Everything that was seen is written down, and nothing was too much to be seen.
wifi_tap_settled() {
	for wifi_file in "$WIFI_DIR"/tap-*.pid; do
		read -r wifi_pid <"$wifi_file" && kill -USR1 "$wifi_pid" || return
		wifi_file=${wifi_file##*/tap-}
		wifi_file=$WIFI_DIR/${wifi_file%.pid}.log
		until_true 10 sh -c 'tail -n 1 "$0" | grep -q " captured, .* kernel"' "$wifi_file"
		wifi_got=$(tail -n 1 "$wifi_file" | sed 's/^tcpdump: //')
		echo >>"$wifi_file"
		case $wifi_got in *' 0 packets dropped by kernel') ;; *) echo "lost: $wifi_got" >&2 && return 1 ;; esac
		[ "${wifi_got%% *}" = "$(echo "$wifi_got" | sed 's/.*captured, \([0-9]*\) .*/\1/')" ] || return
	done
}

wifi_show() {
	tcpdump -nr "$WIFI_DIR/air.pcap" "(ip or ip6) and not wlan dir fromds and wlan[1] & 0x40 = 0" 2>/dev/null
	for wifi_file in "$WIFI_DIR"/ap*.pcap; do
		tcpdump -nr "$wifi_file" "(ip or ip6) and not ether src $(wifi_mac_of "$wifi_file")" 2>/dev/null
	done
}

# What the access point whose record is file $1 sends itself.
wifi_mac_of() {
	wifi_dev=${1##*/}
	ap_side cat "/sys/class/net/${wifi_dev%.pcap}/address"
}

wifi_leaked() {
	until_true $WIFI_SECONDS wifi_tap_settled || { wifi_tap_settled; echo lost; return 1; }
	wifi_show | wc -l
}
