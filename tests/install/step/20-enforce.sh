# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# By the guide from trust to enforcement; then media, links, paths and Wi-Fi with policies of the test.

step_audit() {
	check "trust, name, first policy, by the guide" guide terminal-trust terminal-name terminal-load
	stick_works UNLISTED "in audit mode a stick works"
	check "the guide's look around" guide terminal-look terminal-audit
}

step_media() {
	check "the guide enforces media" guide author-enforce approver-enforce terminal-enforce
	if plug unlisted storage serial=UNLISTED; then
		check "a stick is refused" guest "is_refused $dev"
		check "and said so, as in the guide" guide terminal-refused
		m unplug unlisted
	else
		not_ok "a stick is refused"
	fi
	stick_works KIDOBAN-0001 "a listed stick works"
	keyboard_works "a keyboard works"
	check "networks, by the guide" guide terminal-links author-network author-ask author-network-sign \
		approver-network-sign terminal-network terminal-leave-out
}

step_isolate() {
	check "isolation and release, by the guide" guide terminal-isolate author-release terminal-release
}

step_group() {
	check "delivery to a group, by the guide" guide terminal-copy author-package terminal-package
	check "the policy stays" guest 'until_true 60 serial_is 3'
}

# The virtio card is the office's; the other one is not in the policy. Behind it, in QEMU: 10.10.1.10 and
# 10.10.1.11 say hello on port 443, 10.10.2.10 as well.
policy() { # MODE OF WIFI, MORE YAML
	cat <<-END
		kidoban: 1
		policy: {municipality: "131016", group: shared-terminals, serial: SERIAL, expires: 2099-12-31}
		mode: {media: enforce, link: enforce, path: enforce, wifi: $1}
		media:
		  rules:
		    - allow: {class: [keyboard, mouse, hid]}
		    - allow: {usb: "46f4:0001", serial: "KIDOBAN-0001", class: storage}
		  default: refuse
		link:
		  default: refuse
		  bypass: report
		  rules:
		    - allow: {name: office-lan, kind: ethernet, bus: pci, driver: virtio_net}
		    - allow: {name: radios, kind: wifi, mac: "02:00:00:00:00:00/24"}
		      random-mac: allow
		    - allow: {name: air, ifname: hwsim0}
		networks: {protected-one: [10.10.1.0/24]}
		paths:
		  protected: [protected-one]
		  allow:
		    - {name: screen, to: [10.10.1.10], service: tcp/443, link: [office-lan]}
		  essential: {dhcp: allow}
		  peers: allow
		  inbound: allow
		  discovery: allow
		  other: allow
	END
	[ -z "${2:-}" ] || printf '%s\n' "$2"
}

step_network() {
	check "before: protected addresses answer" guest \
		'until_true 60 answers 10.10.1.10 443 && until_true 60 answers 10.10.1.11 443 && answers 10.10.2.10 443'
	check "before: the second card is up" guest 'ip link set ens5 up && ip -br link show ens5 | grep -w UP'
	check "a policy for links and paths comes into force" deliver < <(policy audit)
	check "the agent holds the lease" guest 'until_true 60 lease_runs'
	check "the second card is closed" guest 'until_true 60 link_is ens5 up false && link_is ens5 action refuse'
	check_fails "and cannot come up" guest 'ip link set ens5 up'
	check "the office's card stays" guest 'link_is ens4 up true'
	check "the permitted path is open" guest 'until_true 60 answers 10.10.1.10 443'
	check_fails "another address of the protected network is refused" guest 'answers 10.10.1.11 443'
	check "ordinary addresses are open" guest 'answers 10.10.2.10 443'
	check "without the agent the path closes, and the rest goes on" guest \
		'systemctl stop kidoband && ! answers 10.10.1.10 443 && answers 10.10.2.10 443'
	check "with it the path opens again" guest 'systemctl start --no-block kidoband && until_true 120 answers 10.10.1.10 443'
	if plug net1 net; then
		check "a network adapter on USB is refused" guest "is_refused $dev"
		m unplug net1
	else
		not_ok "a network adapter on USB is refused"
	fi
	stick_refused "a stick is refused still"
}

# The words of the virtual terminal's scenarios, and certificates made for them.
wifi_stage() {
	local made
	made=$("$here/../vm/wireless")/usr/share/kidoban-test || return
	tar -C "$made" -cf "$build/install/$machine/certificates.tar" . &&
		m put "$build/install/$machine/certificates.tar" /var/tmp/certificates.tar &&
		m put "$here/../vm/scenario/wifi.sh" /var/tmp/wifi.sh && m put "$here/../vm/tap.sh" /var/tmp/tap.sh &&
		guest 'mkdir -p /var/tmp/certificates && tar -xf /var/tmp/certificates.tar -C /var/tmp/certificates
			wifi_words; wifi_world 3 && wifi_ap good 1 && wifi_ap free 2 ssid=FREE security=open'
}

step_wifi() {
	check "radios, a pinned access point and an open one" wifi_stage
	check "a policy that pins one comes into force" deliver < <(policy enforce "$(
		cat <<-'END'
			wifi:
			  - {profile: A, ssid: MYNUMBER-A, akm: [wpa2-eap-sha256], cipher: [ccmp], bssid: ["02:11:22:00:00:01"],
			     ca: /run/wifi/keys/ca.pem, server: radius.city.example, identity: host/terminal.city.example,
			     cert: /run/wifi/keys/terminal.pem, key: /run/wifi/keys/terminal.key}
		END
	)")
	check "the terminal tries the open network" guest \
		'wifi_words; wifi_network ssid=FREE security=open | wifi_station_wpa; until_true 60 told FREE'
	check "which stays closed" guest 'link_is wlan0 open false && [ "$(link wlan0 profile)" = null ]'
	check "it joins the pinned one" guest 'wifi_words; wifi_network | wifi_networks; wifi_joined MYNUMBER-A'
	check "which opens" guest 'until_true 120 link_is wlan0 open true && link_is wlan0 profile A'
	check "left, it is closed" guest 'wifi_words; wifi_wpa disconnect; until_true 60 link_is wlan0 open false'
	check "the radios go" guest 'wifi_words; wifi_end'
}
