#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The life of the Debian packages in a pristine Debian 12 (tests/packaging/box): installed, upgraded,
# upgraded to what cannot be built, removed, purged. Nothing of the file system may be left.
#
# /srv/deb has the packages, /srv/later those of later versions in folders. No systemd runs here and
# no module is loaded; tests/install/run does that part in a machine.
set -u
. /srv/tests/vm/tap.sh
. /srv/tests/packaging/life_words.sh

owner_settings() {
	printf 'terminal: {municipality: "131016", group: shared-terminals}\n' >/etc/kidoban/terminal.yaml
	cp /usr/share/kidoban/templates/shared-one-ssid.yaml /etc/kidoban/policy.kdb
	echo certificate >/etc/kidoban/trust/author/suzuki.der
	echo last >/var/lib/kidoban/state
	mkdir -p /run/kidoban && echo '{}' >/run/kidoban/place.json
}

settings_sum() {
	find /etc/kidoban /var/lib/kidoban -type f -exec sha256sum {} + | sort | sha256sum
}

# Supplicants as an owner had them; the policy's then move them aside.
owner_networks() {
	install -m 0600 /dev/null /etc/wpa_supplicant/wpa_supplicant-wlan0.conf
	echo 'network={ ssid="home" key_mgmt=NONE }' >/etc/wpa_supplicant/wpa_supplicant-wlan0.conf
	mkdir -p /var/lib/iwd /etc/NetworkManager/conf.d /etc/NetworkManager/system-connections /etc/iwd
	echo '[Settings]' >/var/lib/iwd/cafe.open
	echo '[connection]' >/etc/NetworkManager/system-connections/home.nmconnection
}

provision() { # SUPPLICANT
	kidoban wifi provision --root / --supplicant "$1" \
		--policy /usr/share/kidoban/templates/shared-one-ssid.yaml 2>&1
}

fresh() {
	install_debs /srv/deb >/tmp/out 2>&1
	check_is "a fresh install ends well" 0 $?
	check_is "all four packages are configured" 4 "$(configured)"
	check_is "DKMS built the module" "$first" "$(module_version "$kernel")"
	check_is "DKMS knows one version" "$first" "$(dkms_versions)"
	check_is "the agent is enabled" enabled "$(systemctl is-enabled kidoband.service 2>&1)"
	check "it says what comes next" grep -q 'kidoban doctor' /tmp/out
	check_is "images are looked after at every boot" enabled "$(systemctl is-enabled kidoban-early-refresh.service 2>&1)"
	check_is "its scripts restart the agent and what watches, no slice with staff's clients, nothing that takes minutes" \
		"kidoband.service kidoban-early-refresh.path" \
		"$(sed -n "s/.*deb-systemd-invoke [$]_dh_action \(.*\) >.*/\1/p" /var/lib/dpkg/info/kidoban.postinst |
			tr -d "'" | tr ' ' '\n' | sort -r | xargs)"
	check_is "trust is root's alone" '700 700 700' \
		"$(stat -c %a /etc/kidoban/trust/author /etc/kidoban/trust/approver /etc/kidoban/trust/grant | xargs)"
	check "the command speaks" kidoban version
	check "manual pages are found" man -w kidoban kidoban-policy kidoband kidoban-beacon
	check "the kernel's hooks are there" test -x /etc/kernel/postinst.d/dkms-kidoban
}

upgrade() {
	settings=$(settings_sum)
	watch_module "$kernel"
	install_debs /srv/later/1 >/tmp/out 2>&1
	check_is "an upgrade ends well" 0 $?
	check_is "the new module is in place" "$second" "$(module_version "$kernel")"
	check "at no time there was no module file" module_stayed
	check_is "DKMS forgot the old version" "$second" "$(dkms_versions)"
	check "the old version's sources are gone" test ! -e "/usr/src/kidoban-$first"
	check_is "settings and state are untouched" "$settings" "$(settings_sum)"
}

# What cannot be built must neither cost the module nor the package manager's peace.
broken_upgrade() {
	before=$(sha256sum <"$(module_file "$kernel")")
	watch_module "$kernel"
	install_debs /srv/later/2 >/tmp/out 2>&1
	check_is "an upgrade whose module cannot be built ends well" 0 $?
	check_is "all packages are configured then" 4 "$(configured)"
	check_is "the old module is in place, bit by bit" "$before" "$(sha256sum <"$(module_file "$kernel")")"
	check "at no time it was away" module_stayed
	check "modprobe would load it" modprobe -S "$kernel" --show-depends kidoban
	check "it is told loudly" grep -q 'COULD NOT BE BUILT' /tmp/out
	check "and that the old one stays" grep -q "version $second stays installed" /tmp/out
	check "and what to type" grep -q 'type: /usr/lib/kidoban/kidoban-dkms install' /tmp/out
	# apt lets it speak to a terminal of its own, whose lines end with a return
	log=$(tr -d '\r' </tmp/out | sed -n 's/^.*What the build said: //p')
	check "the compiler's words are where it says" grep -q 'broken on purpose' "$log"
	check_is "what failed is noted for the doctor" "$third" "$(cat "/var/lib/kidoban-dkms/failed/$kernel")"
	check "the doctor knows" doctor_says module-build-failed
	check "DKMS would build the old one for the next kernel" \
		test "$(dkms_versions) $(readlink "/var/lib/dkms/kidoban/kernel-$kernel-x86_64" | cut -d/ -f1)" = "$second $second"
	check "of sources that are still there" test -e "/var/lib/dkms/kidoban/$second/source/kmod/kidoban.c"
	check_is "settings and state are untouched then, too" "$settings" "$(settings_sum)"
}

mended_upgrade() {
	install_debs /srv/later/3 >/tmp/out 2>&1
	check_is "the next version is built again" "$fourth" "$(module_version "$kernel")"
	check "the failure is forgotten" test ! -e "/var/lib/kidoban-dkms/failed/$kernel"
	check_is "DKMS knows it alone" "$fourth" "$(dkms_versions)"
	install_debs /srv/later/3 --reinstall >/tmp/out 2>&1
	check_is "installing the same version again keeps it" "$fourth" "$(module_version "$kernel")"
	install_debs /srv/later/1 --allow-downgrades >/tmp/out 2>&1
	check_is "going back to an older version is possible" "$second" "$(module_version "$kernel")"
	check_is "and leaves nothing of the newer" "$second" "$(dkms_versions)"
}

# The module of a locked policy cannot be unloaded; what a machine would say is played here. In the
# command's own place: apt gives its scripts a path without /usr/local.
locked_removal() {
	mkdir -p /run/systemd/system /sys/module/kidoban
	mv /usr/bin/kidoban /tmp/kidoban
	printf '#!/bin/sh\necho "{\\"lock\\": true}"\n' >/usr/bin/kidoban
	chmod 755 /usr/bin/kidoban
	apt-get -y remove kidoban kidoban-dkms kidoban-beacon kidoban-policy-tools >/tmp/out 2>&1
	check "a locked module refuses the removal" test $? -ne 0
	mv /tmp/kidoban /usr/bin/kidoban
	rm -rf /run/systemd /sys/module
	check "with a sentence" grep -q 'has "lock: true"' /tmp/out
	# the beacon has nothing to do with it: whether apt comes to it does not matter
	check_is "and what belongs to it stays as it was" 'ii ii ii ' \
		"$(dpkg-query -W -f '${db:Status-Abbrev}' kidoban kidoban-dkms kidoban-policy-tools)"
	check_is "its module, too" "$second" "$(module_version "$kernel")"
	check_is "the agent is enabled still" enabled "$(systemctl is-enabled kidoband.service 2>&1)"
}

removal() {
	apt-get -y remove kidoban kidoban-dkms kidoban-beacon kidoban-policy-tools >/tmp/out 2>&1
	check_is "removing ends well" 0 $?
	check_is "no module file is left" '' "$(find /lib/modules -name 'kidoban.ko*')"
	check_is "DKMS knows nothing" '' "$(dkms status 2>&1)"
	check_is "settings and state are kept" "$settings" "$(settings_sum)"
	check "the owner's network is configured as before" \
		grep -q 'ssid="home"' /etc/wpa_supplicant/wpa_supplicant-wlan0.conf
	check_is "nothing of ours is configured" '' \
		"$(grep -rl 'Written by kidoban' /etc/wpa_supplicant /etc/iwd /etc/NetworkManager /var/lib/iwd /etc/systemd)"
}

purge() {
	apt-get -y purge kidoban kidoban-dkms kidoban-beacon kidoban-policy-tools >/tmp/out 2>&1
	check_is "purging ends well" 0 $?
	apt-get -y autoremove --purge >/tmp/out 2>&1
	snapshot >/tmp/after
	if ! diff /tmp/before /tmp/after >/tmp/difference; then
		note "$(head -n 40 /tmp/difference)"
	fi
	check "nothing is left in the whole file system" test ! -s /tmp/difference
}

apt-get -qq update
owner_networks
snapshot >/tmp/before
fresh
owner_settings
for supplicant in wpa_supplicant iwd networkmanager; do
	note "$(provision "$supplicant" | tail -n 1)"
done
check "the policy's network took the owner's place" test ! -e /etc/wpa_supplicant/wpa_supplicant-wlan0.conf
upgrade
broken_upgrade
mended_upgrade
locked_removal
removal
purge
done_testing
