# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# A real systemd inside the terminal, for what the units say. Source it after tap.sh and lib.sh.
#
#   systemd_in                 starts it, with our units and programs where packages put them. Not in a
#                              subshell (check): what follows needs to know it
#   inside COMMAND…            runs a command where it is process 1
#   unit_property NAME [UNIT]  what it knows of a unit (kidoband)
#   unit_status PATTERN        waits until the agent's status has it
#   unit_pid                   the agent's process, as seen from outside
#
# It lives in a namespace of process numbers, on the terminal's own root, devices and network: the
# module, the journal and the walls around services are real. What an ordinary boot does besides is masked.

systemd_mask() {
	(cd /lib/systemd/system &&
		ls sysinit.target.wants local-fs.target.wants timers.target.wants sockets.target.wants |
		grep -E '\.(service|socket|mount|automount|timer|path)$' |
			grep -vE 'journald|tmpfiles-setup\.service') >/tmp/masked
	printf '%s\n' modprobe@.service systemd-udevd.service >>/tmp/masked
	while read -r systemd_unit; do
		ln -sf /dev/null "/run/systemd/system/$systemd_unit"
	done </tmp/masked
}

systemd_install() {
	install -m 755 "$project/build/kidoband" "$project/build/kidoban-beacon" /usr/sbin/ &&
		install -m 755 "$project/build/kidoban" /usr/bin/ &&
		cp "$project"/packaging/systemd/*.service "$project"/packaging/systemd/*.slice /run/systemd/system/ &&
		install -D -m 644 "$project/packaging/systemd/kidoban.tmpfiles" /run/tmpfiles.d/kidoban.conf &&
		install -D -m 644 "$project/packaging/systemd/kidoban-beacon.sysusers" \
			/run/sysusers.d/kidoban-beacon.conf &&
		systemd-sysusers kidoban-beacon.conf && systemd-tmpfiles --create kidoban.conf &&
		mkdir -p /run/systemd/system/sysinit.target.wants &&
		ln -s ../kidoband.service /run/systemd/system/sysinit.target.wants/
}

systemd_in() {
	mkdir -p /run/systemd/system
	systemd_mask
	systemd_install || return
	printf '[Unit]\nRequires=basic.target\nAfter=basic.target\nAllowIsolate=yes\n' \
		>/run/systemd/system/terminal.target
	# shellcheck disable=SC2016  # expanded inside
	# shared, as systemd makes it where it believes to be the machine's first process: credentials of
	# services are mounted by a child of it
	container=terminal unshare --pid --mount --fork --kill-child sh -c '
		mount --make-rshared / && mount -t proc proc /proc
		exec /lib/systemd/systemd --unit=terminal.target --log-target=console --show-status=no' >/tmp/systemd.log 2>&1 &
	systemd_shell=$!
	until_true 300 test -S /run/systemd/private || return
	systemd_init=$(cat /proc/$systemd_shell/task/$systemd_shell/children)
	systemd_init=${systemd_init% }
	until_true 600 systemd_is_up
}

systemd_is_up() {
	case $(inside systemctl is-system-running) in
	running | degraded) ;;
	*) return 1 ;;
	esac
}

inside() {
	nsenter -t "$systemd_init" --pid --mount -- "$@"
}

unit_property() {
	inside systemctl show -P "$1" "${2:-kidoband}.service"
}

unit_says() {
	unit_property StatusText | grep -q -- "$1"
}

unit_status() {
	until_true "${2:-120}" unit_says "$1" || {
		note "its status: $(unit_property StatusText)"
		return 1
	}
}

# Of processes with this name the one in the unit's control group.
unit_pid() {
	head -n 1 "/sys/fs/cgroup/system.slice/${1:-kidoband}.service/cgroup.procs"
}
