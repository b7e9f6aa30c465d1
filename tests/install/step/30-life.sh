# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What packages live through: reboots, upgrades, kernels, builds that fail, removal.

# Since boot the kernel gave no stick to a driver. Plain words of its log.
no_stick_bound() {
	check "$1" guest '! journalctl -kb --no-pager | grep -E "usb-storage .*(detected|Mass Storage)|Attached SCSI"'
}

step_reboot() {
	check "the guide looks into the initial RAM file system" guide terminal-early
	check "it boots with a stick in" m reboot --device 'k keyboard' --device 'cold storage serial=COLD' --timeout 900
	check "the policy is in force again" guest 'until_true 300 serial_is '"$(serial)"
	check "the stick is seen and refused" guest 'until_true 60 judged 2-2 refuse && is_refused 2-2'
	no_stick_bound "it never met a driver"
	check "the keyboard works" guest 'driver_is 1-1 usbhid'
	check "the agent holds the lease" guest 'until_true 120 lease_runs'
	m unplug cold
	check "nothing failed" guest '[ -z "$(systemctl --failed --no-legend | tee /dev/stderr)" ]'
}

# Plugs and pulls a stick for as long as file $1 exists; the number of times is in $1.times.
plug_on() {
	local n=0 id
	while [ -e "$1" ]; do
		id=storm$((n % 5))x$n
		m plug "$id storage serial=STORM$n" --timeout 60 >/dev/null && n=$((n + 1))
		echo $n >"$1.times"
		m unplug $id
		sleep 5 # the machine compiles meanwhile, and each stick costs it seconds
	done
}

# Installs the packages of folder $1 while sticks come and go. In the machine, $2 runs afterwards.
upgrade() {
	local flag=$build/install/$machine/plugging pid status=0
	guest 'rm -rf /srv/kidoban/new && mkdir /srv/kidoban/new'
	for deb in "$1"/*.deb; do m put "$deb" "/srv/kidoban/new/${deb##*/}"; done
	guest 'systemd-run -q --unit lease-watch sh -c "while :; do kidoban status --json | tr -d \"\\n \" | \
		grep -o \"lease.:{.running.:[a-z]*\" || echo dead; sleep 2; done >/var/tmp/lease"'
	: >"$flag"
	plug_on "$flag" >/dev/null &
	pid=$!
	"${@:2}" || status=$?
	rm -f "$flag"
	wait $pid
	guest 'systemctl stop lease-watch'
	note "sticks plugged meanwhile: $(cat "$flag.times")"
	note "asked for the lease, every few seconds: $(guest 'sort /var/tmp/lease | uniq -c | tr "\n" " "')"
	[ "$(cat "$flag.times")" -gt 0 ] && return $status
}

step_upgrade() {
	guest 'dmesg -C'
	check "upgrade, by the guide, while sticks come and go" upgrade "$upgrade_debs" guide terminal-upgrade
	check "no stick met a driver" guest '! dmesg | grep -E "Mass Storage device detected|Attached SCSI" &&
		dmesg | grep -q "idVendor=46f4"'
	check "the new version is installed" guest '[ "$(dpkg-query -W -f "\${Version}" kidoban)" = '"$upgrade_version"' ]'
	check "the policy is in force" guest "serial_is $(serial)"
	check "the agent holds the lease" guest 'until_true 120 lease_runs && answers 10.10.1.10 443'
	check "the old module runs until the next boot, and doctor says so" guest \
		'[ "$(cat /sys/module/kidoban/version)" = '"$version"' ]; kidoban doctor | grep -i "boot"'
	check "DKMS has the new one" guide terminal-dkms
	check "the module in place is the new one" guest \
		'[ "$(modinfo -F version kidoban)" = '"$upgrade_version"' ]'
	stick_refused "a stick is refused"
}

step_kernel() {
	GUEST_SECONDS=3000 check "another kernel and its headers are installed" guest '
		apt-get install -y $(apt-cache pkgnames | grep -E "^linux-(image|headers)-6\.12\..*-amd64\$") \
			>/var/tmp/kernel.log 2>&1 || { tail -n 20 /var/tmp/kernel.log; false; }'
	check "DKMS has built the module for it" guest 'dkms status | grep "^kidoban/.*6\.12.*: installed"'
	check "it boots, with a stick in" m reboot --device 'k keyboard' --device 'cold storage serial=COLD' --timeout 900
	check "it is the other kernel" guest 'uname -r | grep "^6\.12"'
	check "the module is the new one" guest \
		'until_true 120 test -d /sys/module/kidoban && [ "$(cat /sys/module/kidoban/version)" = '"$upgrade_version"' ]'
	check "the policy is in force" guest "until_true 300 serial_is $(serial)"
	check "the stick is refused" guest 'until_true 60 judged 2-2 refuse && is_refused 2-2'
	no_stick_bound "it never met a driver"
	check "the permitted path is open" guest 'until_true 120 answers 10.10.1.10 443'
	m unplug cold
}

# A version whose module does not compile.
install_broken() {
	guest 'cd /srv/kidoban/new && apt-get install -y ./kidoban_*.deb ./kidoban-policy-tools_*.deb \
		./kidoban-dkms_*.deb >/var/tmp/broken.log 2>&1; echo status $?; grep "COULD NOT BE BUILT" /var/tmp/broken.log'
}

step_broken() {
	GUEST_SECONDS=2400 check "an upgrade whose module cannot be built ends and says so loudly" upgrade "$broken_debs" install_broken
	check "the module in place is the old one" guest '[ "$(modinfo -F version kidoban)" = '"$upgrade_version"' ]'
	check "the policy is in force" guest "serial_is $(serial)"
	check "doctor says so" guest 'kidoban doctor | grep -iE "built|build"'
	check "the agent holds the lease" guest 'until_true 120 lease_runs'
	stick_refused "a stick is refused"
}

step_remove() {
	check "removal, by the guide" guide terminal-remove
	check "no module, no agent" guest '[ ! -d /sys/module/kidoban ] && ! systemctl is-active kidoband'
	stick_works UNLISTED "a stick works"
	check "the second card comes up" guest 'ip link set ens5 up'
	check "protected addresses answer" guest 'answers 10.10.1.11 443'
	check "no module of ours is left in any kernel's folder" guest '! find /lib/modules -name "kidoban*" | grep .'
	check "none of ours in the initial RAM file systems" guest \
		'for k in $(ls /lib/modules); do ! in_initrd "$k" | grep -v kidoban-local.conf || exit 1; done'
	check "configuration stays" guest 'ls /etc/kidoban/trust/author/suzuki.der /etc/kidoban/terminal.yaml'
}

step_purge() {
	check "purging, by the guide" guide terminal-purge
	# the policy's package went with what it depends on
	check "the rest, too" guest 'apt-get purge -y kidoban-beacon >/dev/null &&
		! dpkg-query -s city-policy >/dev/null 2>&1'
	check_is "no package of ours" "" "$(guest 'dpkg-query -W -f "\${Package} \${Status}\n" | grep kidoban')"
	# what the guide says is the administrator's own, and what systemd's and apt's records are
	check_is "no file of ours" "" "$(guest 'find / -xdev \( -path /srv -o -path /home -o -path /var/tmp \
		-o -path /var/log \) -prune -o -iname "*kidoban*" ! -name kidoban-local.conf -print')"
	check_is "no user of ours" "" "$(guest 'getent passwd; getent group' | grep kidoban)"
	check_is "what is new on the machine belongs to packages or to the system's records" "" "$(guest '
		find / -xdev \( -path /srv -o -path /proc -o -path /sys -o -path /var/log -o -path /var/cache -o -path /home \
			-o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/lib/systemd -o -path /run -o -path /tmp \
			-o -path /var/tmp -o -path /root -o -path "/lib/modules/6.12*" -o -path "/usr/lib/modules/6.12*" \) -prune \
			-o -print | sort >/var/tmp/after
		comm -13 /var/tmp/before /var/tmp/after | while read -r file; do
			dpkg -S "$file" >/dev/null 2>&1 || echo "$file"; done |
			grep -vE "^/boot/initrd|^/(initrd.img|vmlinuz)|kidoban-local.conf|^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-$|^/var/lib/(initramfs-tools|dkms|polkit-1|private|dbus)|^/usr/src/linux-headers|\.pyc$|__pycache__|^/etc/mtab|^/etc/\.pwd.lock|^/etc/ld.so.cache"')"
	check "it boots as an ordinary machine" m reboot --timeout 900
	stick_works UNLISTED "where a stick works"
}
