#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The RPMs: built the same twice, by anybody; rpmlint's opinion; and their life in a scratch root,
# whose systemctl, dkms, rmmod, modinfo and dracut only write down that they were called. No Fedora is
# at hand: what only its rpm and dnf could show is said in docs/INSTALL.md.
set -u
cd "$(dirname "$0")/../.." || exit 1

# Files of root's are unpacked, and scripts run in a chroot: as root, or as one in a namespace.
if [ -z "${KIDOBAN_RPM_INSIDE:-}" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	[ "$(id -u)" -eq 0 ] && map=() || map=(--map-root-user)
	export KIDOBAN_RPM_INSIDE=$work
	unshare "${map[@]}" --mount --pid --fork "$0" "$@"
	exit
fi
work=$KIDOBAN_RPM_INSIDE
version=$(cat VERSION) later=$(cat VERSION).1
kernel=6.1.0-test
root=$work/root
calls=$root/calls
passed=0 failed=0

ok() { # NAME STATUS
	if [ "$2" -eq 0 ]; then
		echo "ok - $1"
		passed=$((passed + 1))
	else
		echo "not ok - $1"
		[ ! -s "$work/out" ] || sed 's/^/      | /' "$work/out" | tail -n 20
		failed=$((failed + 1))
	fi
}

check() { # NAME COMMAND…
	local name=$1
	shift
	"$@" >"$work/out" 2>&1
	ok "$name" $?
}

refused() { ! "$@"; }

# --- building

# In another folder, under another name, with an .rpmmacros and flags of his own.
build_as_other() {
	local other=$work/other
	mkdir -p "$other/tree" && tar -c --exclude=./build . | tar -x -C "$other/tree" || return
	echo '%_buildhost elsewhere' >"$other/.rpmmacros"
	(cd "$other/tree" && HOME=$other CFLAGS=-O0 TZ=Asia/Tokyo LANG=ja_JP.UTF-8 \
		packaging/rpm/build "$other/rpm")
}

names() { # FOLDER
	(cd "$1" && sha256sum ./*.rpm)
}

scripts_parse() { # a script that the shell cannot read fails where it can no longer be mended
	local rpm tag
	for rpm in build/rpm/*.x86_64.rpm build/rpm/*.noarch.rpm; do
		for tag in PREIN POSTIN PREUN POSTUN PRETRANS POSTTRANS; do
			rpm -qp --qf "%{$tag}" "$rpm" | sed 's/^(none)$//' | dash -n || return
		done
	done
}

# --- a root to install into

stub() { # NAME [BODY]
	mkdir -p "$root/usr/sbin"
	printf '#!/bin/sh\necho "%s $*" >>/calls\n%s\n' "$1" "${2:-}" >"$root/usr/sbin/$1"
	chmod 0755 "$root/usr/sbin/$1"
}

# Folders that belong to nobody here are other packages' on a Fedora.
what_is_there() {
	(cd "$root" && find . -path ./var -prune -o \( ! -type d -o -name '*kidoban*' \) -print | LC_ALL=C sort)
}

# DKMS puts a file in place that says of which version it is; /broken has every build fail.
# shellcheck disable=SC2016
make_root() {
	local applet library
	rm -rf "$root"
	mkdir -p "$root"/{bin,usr/bin,usr/sbin,etc,tmp,proc,run/systemd/system,var/lib/rpm,sys/module} \
		"$root/lib/modules/$kernel/build/include" "$root/dev"
	ln -s usr/sbin "$root/sbin"
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in $("$root/bin/busybox" --list); do
		case $applet in busybox | sh | ash | modinfo | rmmod | depmod | rpm | dpkg) continue ;; esac
		ln -s busybox "$root/bin/$applet"
	done
	# busybox's own shell would run its own applets and not the stand-ins below
	cp "$(command -v dash)" "$root/bin/sh"
	for library in $(ldd "$(command -v dash)" | grep -o '/[^ ]*'); do
		mkdir -p "$root/$(dirname "$library")" && cp -L "$library" "$root/$library"
	done
	: >"$root/dev/null"
	mount --bind /dev/null "$root/dev/null"
	: >"$root/lib/modules/$kernel/modules.builtin"
	stub systemctl 'case $* in "-q is-enabled "*) exit 0 ;; esac'
	stub systemd-tmpfiles
	stub systemd-sysusers
	stub dracut
	stub depmod
	stub rmmod '[ ! -e /held ] && rmdir /sys/module/$1'
	stub modinfo 'for f; do :; done; [ "$1" != -F ] || cat "$f"'
	stub dkms 'v= k= ; verb=$1
		while [ $# -gt 0 ]; do case $1 in -v) v=$2 ;; -k) k=$2 ;; esac; shift; done
		t=/var/lib/dkms/kidoban m=/lib/modules/$k/extra
		case $verb in
		add) mkdir -p $t/$v; ln -sfn /usr/src/kidoban-$v $t/$v/source ;;
		build) [ ! -e /broken ] ;;
		install) mkdir -p $m; echo $v >$m/kidoban.ko; ln -sfn $v/$k $t/kernel-$k ;;
		remove) rm -rf $t/$v ;;
		esac'
	: >"$calls"
	what_is_there >"$work/before"
}

# Fedora's names of what else is needed are none here.
rpm_in() {
	: >"$calls"
	rpm --root "$root" --dbpath /var/lib/rpm --nosignature "$@" >"$work/said" 2>&1
	local status=$?
	cp "$work/said" "$work/out"
	cat "$calls" >>"$work/out"
	return "$status"
}

all() { # FOLDER
	ls "$1"/*.x86_64.rpm "$1"/*.noarch.rpm
}

called() { grep -q -- "$1" "$calls"; }
not_called() { ! grep -q -- "$1" "$calls"; }
module() { cat "$root/lib/modules/$kernel/extra/kidoban.ko" 2>/dev/null; }

installing() {
	# shellcheck disable=SC2046
	check "they install" rpm_in -i --nodeps $(all build/rpm)
	check "nothing of theirs is missing or changed" rpm --root "$root" --dbpath /var/lib/rpm -Va --nodeps --noscripts
	check "the module is built" test "$(module)" = "$version"
	check "the agent is enabled" called 'systemctl --no-reload preset kidoband.service'
	check "after every boot it is seen whether the initramfs is the newest" \
		called 'systemctl --no-reload preset .*kidoban-early-refresh.service'
	check "the preset names it, too" \
		grep -qx 'enable kidoban-early-refresh.service' "$root/usr/lib/systemd/system-preset/80-kidoban.preset"
	check "and started, after the module was built" bash -c \
		"sed -n '/dkms install/,\$p' '$calls' | grep -q 'systemctl start kidoband.service'"
	check "the beacon is not started" not_called 'start kidoban-beacon'
	check "it says what comes next, in both languages" bash -c \
		"grep -q 'kidoban doctor' '$work/said' && grep -q 'まだ何も' '$work/said'"
	check "the module is not loaded by a script" not_called modprobe
}

updating() {
	touch "$root/broken"
	# shellcheck disable=SC2046
	check "an update whose module cannot be built succeeds" rpm_in -U --nodeps $(all "$work/later")
	check "and says so loudly" grep -q 'COULD NOT BE BUILT' "$work/said"
	check "the old module is in place" test "$(module)" = "$version"
	check "with its sources" test -e "$root/var/lib/dkms/kidoban/$version/source/dkms.conf"
	rm "$root/broken"
	check "mended" chroot "$root" /usr/lib/kidoban/kidoban-dkms install
	check "the new module is in place" test "$(module)" = "$later"
	# shellcheck disable=SC2046
	check "back to the first version" rpm_in -U --oldpackage --nodeps $(all build/rpm)
	check "its module is in place again" test "$(module)" = "$version"
	check "the module in the kernel stays" not_called rmmod
	check "the agent is restarted, not stopped" bash -c \
		"grep -q 'systemctl try-restart kidoband.service' '$calls' && ! grep -q 'disable\|stop kidoband' '$calls'"
	check "what the administrator wrote stays" grep -qx /usr/bin/xfreerdp "$root/etc/kidoban/screen-clients"
	# shellcheck disable=SC2046
	check "installed anew over itself" rpm_in -U --replacepkgs --nodeps $(all build/rpm)
	check "its sources are those of the package" test -L "$root/var/lib/dkms/kidoban/$version/source"
}

# The whole set at once, as dnf would: none may go while the module may not.
locked() {
	mv "$root/usr/bin/kidoban" "$work/kidoban"
	printf '#!/bin/sh\necho "{\\"lock\\": true}"\n' >"$root/usr/bin/kidoban"
	chmod 0755 "$root/usr/bin/kidoban"
	check "a locked policy keeps the packages" refused rpm_in -e --nodeps kidoban kidoban-dkms kidoban-policy-tools
	check "with a sentence that says what to do" grep -q 'signed policy without it' "$work/said"
	check "all of them" bash -c "rpm --root '$root' --dbpath /var/lib/rpm -q kidoban kidoban-dkms kidoban-policy-tools"
	check "neither agent nor module were touched" not_called 'rmmod\|disable'
	check "nor the module on disk" test "$(module)" = "$version"
	mv "$work/kidoban" "$root/usr/bin/kidoban"
}

# Not locked, and yet something holds the module.
held() {
	touch "$root/held"
	check "a module in use keeps the packages" refused rpm_in -e --nodeps kidoban kidoban-dkms
	check "and says so" grep -q 'in use and could not be unloaded' "$work/said"
	check "both of them" rpm --root "$root" --dbpath /var/lib/rpm -q kidoban kidoban-dkms
	check "the agent runs again" bash -c \
		"sed -n '/rmmod/,\$p' '$calls' | grep -q 'systemctl enable --now kidoband.service'"
	check "the module on disk stays" test "$(module)" = "$version"
	rm "$root/held"
}

removing() {
	mkdir -p "$root/var/lib/kidoban"
	printf 'kidoban-early-image 1\nresult made\n' >"$root/var/lib/kidoban/early"
	check "they go" rpm_in -e --nodeps kidoban kidoban-dkms kidoban-policy-tools kidoban-beacon
	check "the agent is stopped before the module is unloaded" bash -c \
		"sed -n '/disable --now kidoband.service/,\$p' '$calls' | grep -q 'rmmod kidoban'"
	check "the initramfs is made anew" called dracut
	check "no module is left on disk" test -z "$(find "$root/lib/modules" -name 'kidoban*')"
	# rpm has no purge: what an administrator wrote stays, and rpm says where
	check "what the administrator wrote is kept" bash -c \
		"test -e '$root/etc/kidoban/terminal.yaml' && grep -qx /usr/bin/xfreerdp '$root/etc/kidoban/screen-clients.rpmsave'"
	rm -rf "$root/etc/kidoban" "$root/var/lib/kidoban"
	what_is_there >"$work/after"
	check "nothing else is left" diff "$work/before" "$work/after"
	check "nor below /var" test -z "$(find "$root/var" -name '*kidoban*')"
}

check "make rpm" make -s rpm
check "built elsewhere by others" build_as_other
check "both builds are identical" diff <(names build/rpm) <(names "$work/other/rpm")
check "rpmlint finds no error" bash -c "rpmlint -c packaging/rpm/rpmlint.toml build/rpm/*.rpm | tee $work/lint"
check "no warning either" grep -q " 0 errors, 0 warnings" "$work/lint"
check "scripts parse" scripts_parse
check "a later version builds" packaging/rpm/build "$work/later" --version "$later"
rm -rf "$work/other"
make_root
installing
# an administrator's work, and a terminal that runs
echo 'terminal: {municipality: "131016"}' >"$root/etc/kidoban/terminal.yaml"
echo /usr/bin/xfreerdp >>"$root/etc/kidoban/screen-clients"
mkdir -p "$root/sys/module/kidoban"
updating
locked
held
removing
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
