# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the scripts inside tests/packaging/box share. Source it after tap.sh.

export kernel first second third fourth
kernel=$(basename "$(dirname "$(ls -d /lib/modules/*/modules.builtin | head -n 1)")")
# the versions: the one that was built, and those in the folders of /srv/later
first=$(dpkg-deb -f "$(ls /srv/deb/kidoban_*.deb)" Version)
second=$first.1 third=$first.2 fourth=$first.3

install_debs() { # DIR [OPTION…]
	local dir=$1
	shift
	apt-get -y -o APT::Get::List-Cleanup=0 "$@" install "$dir"/*.deb
}

configured() {
	dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 'kidoban*' 2>/dev/null | grep -c '^ii '
}

module_file() { # KERNEL
	find "/lib/modules/$1/updates" -name 'kidoban.ko*' 2>/dev/null
}

module_version() { # KERNEL
	local file
	file=$(module_file "$1")
	[ -z "$file" ] || modinfo -F version "$file"
}

dkms_versions() {
	dkms status kidoban 2>&1 | sed 's/^kidoban\/\([^,:]*\).*/\1/' | sort -u | xargs
}

# Looks at the module's file until module_stayed asks: 50 times a second whether it is there.
watch_module() { # KERNEL
	rm -f /tmp/gone
	while [ ! -e /tmp/enough ]; do
		ls "/lib/modules/$1"/updates/dkms/kidoban.ko* >/dev/null 2>&1 || echo gone >>/tmp/gone
		sleep 0.02
	done &
	watcher=$!
}

module_stayed() {
	touch /tmp/enough
	wait "$watcher"
	rm -f /tmp/enough
	[ ! -e /tmp/gone ]
}

doctor_says() { # CODE
	kidoban doctor --json | grep -q "\"code\": *\"$1\""
}

# Every file, its mode, owner and contents, but for what package managers and caches keep about
# themselves, the copies that useradd makes of its files, and the key that DKMS makes for all modules
# of a machine: it may be enrolled.
snapshot() {
	local skip='^\./(proc|sys|dev|tmp|srv|run|var/log|var/lib/apt|var/lib/dpkg|var/cache|var/lib/systemd/catalog|var/lib/dkms/mok\.(key|pub)|etc/(passwd|shadow|group|gshadow)-|etc/ld\.so\.cache)(/|[[:space:]]|$)'
	(
		cd / || exit
		find . -xdev -printf '%p\t%y %m %u %g %l\n' | grep -vE "$skip"
		find . -xdev -type f -print0 | grep -zvE "$skip" |
			xargs -0 sha256sum
	) | LC_ALL=C sort
}
