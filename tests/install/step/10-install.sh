# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# From a machine that knows nothing of us to one that has all packages and enforces nothing.

native_disk() {
	"$here/native" "$debs" "$build/install/native.raw" </dev/null
}

step_boot() {
	if [ -n "$native" ]; then
		check "packages are installed natively" native_disk && m make --disk "$build/install/native.raw"
	else
		m make
	fi
	check "the machine boots" m boot --device 'k keyboard' --timeout 900
	check "all of it is up" guest 'systemctl is-system-running --wait'
	[ -n "$native" ] ||
		check_is "nothing of ours is on it" "" "$(guest 'find / -xdev -iname "*kidoban*" ! -path /srv/kidoban')"
	# what this machine needs, quickly packed: images are made again and again, and by an emulated processor
	guest 'printf "MODULES=dep\nCOMPRESSLEVEL=1\n" >/etc/initramfs-tools/conf.d/small'
	guest 'find / -xdev \( -path /srv -o -path /proc -o -path /sys \) -prune -o -print | sort >/var/tmp/before
		dpkg-query -W -f "\${Package}\n" | sort >/var/tmp/packages'
	for deb in "$debs"/*.deb; do m put "$deb" "/srv/kidoban/${deb##*/}"; done
}

step_author() {
	check "the authoring station has one package of ours" guide author-install
	[ -n "$native" ] || check_is "and no module" "" "$(guest 'ls -d /usr/src/kidoban* /var/lib/dkms/kidoban 2>/dev/null')"
	check "keys and the first policy, by the guide" guide author-key approver-key author-write author-check \
		author-sign approver-trust approver-sign
}

step_install() {
	GUEST_SECONDS=2400 check "apt install ./*.deb" guest 'cd /srv/kidoban &&
		apt-get install -y ./*.deb >/var/tmp/install.log 2>&1 || { tail -n 20 /var/tmp/install.log; false; }'
	check "DKMS has built the module" guest 'dkms status | grep "^kidoban/.*: installed"'
	check "the guide's installation" guide terminal-install
	check "the agent runs" guest 'until_true 120 systemctl is-active kidoband && systemctl is-enabled kidoband'
	check "the module is loaded" guest 'until_true 120 test -d /sys/module/kidoban'
	check "doctor says what comes next" guide terminal-doctor
	check_is "no policy is in force" null "$(guest 'status policy')"
	stick_works UNLISTED "nothing is enforced: a stick works"
	check "no unit failed" guest '[ -z "$(systemctl --failed --no-legend | tee /dev/stderr)" ]'
}
