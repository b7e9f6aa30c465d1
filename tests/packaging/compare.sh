#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The Debian packages and the RPMs hold the same: file by file, by path, kind, mode and content, and
# they ask for the same libraries and for each other. What differs stands in the tables below, with
# its reason; everything else fails.
#
#   tests/packaging/compare.sh [DEB-FOLDER [RPM-FOLDER]]      build/deb and build/rpm
set -u
cd "$(dirname "$0")/../.." || exit 1
debs=${1:-build/deb} rpms=${2:-build/rpm}
compgen -G "$debs/*.deb" >/dev/null || make -s deb || exit 1
compgen -G "$rpms/*.rpm" >/dev/null || make -s rpm || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# The same file at another place. DEBIAN RPM why
moved() {
	cat <<-'END'
	/lib/systemd/system/            /usr/lib/systemd/system/           Debian 12 keeps /lib apart
	/usr/share/zsh/vendor-completions/ /usr/share/zsh/site-functions/  zsh's folder in Fedora
	END
}

# What only one format has. FORMAT PATH (a shell pattern) why
alone() {
	cat <<-'END'
	deb /usr/share/doc/*                          changelog, copyright, overview: Debian's places
	deb /usr/share/lintian/*                      reasons for Debian's checker
	deb /etc/kernel/*/dkms-kidoban                Debian's hook for a new kernel; Fedora's is the next line
	rpm /usr/lib/kernel/install.d/60-kidoban.install  the same for kernel-install
	rpm /usr/share/doc/*                          overview: Fedora's places
	rpm /usr/share/licenses/*                     the licence, where Fedora wants it
	rpm /usr/lib/.build-id/*                      links for debuggers, made by rpmbuild
	rpm /usr/lib/systemd/system-preset/80-kidoban.preset  Fedora enables what presets name; Debian's scripts enable
	END
}

# Programs differ in content: each format compiles with its distribution's flags.
is_program() { # FILE
	cmp -s -n 4 "$1" <(printf '\177ELF')
}

verdict() { # NAME LOG: an empty log passed
	if [ -s "$2" ]; then
		echo "not ok - $1"
		sed 's/^/      | /' "$2"
		failed=$((failed + 1))
	else
		echo "ok - $1"
		passed=$((passed + 1))
	fi
}

# "KIND MODE PATH" of files, links and of folders of ours; PATH as RPM has it.
listing() { # TREE FORMAT
	local kind mode path from to _
	(cd "$1" && find . -mindepth 1 -printf '%y %m /%P\n') | while read -r kind mode path; do
		case $kind$path in d*kidoban*) ;; d*) continue ;; esac
		# rights of a link are no rights
		[ "$kind" != l ] || mode=-
		while read -r from to _; do
			case $path in "$from"*) path=$to${path#"$from"} ;; esac
		done < <(moved)
		is_alone "$2" "$path" || echo "$kind $mode $path"
	done | LC_ALL=C sort -k 3
}

is_alone() { # FORMAT PATH
	local format pattern _
	while read -r format pattern _; do
		# shellcheck disable=SC2254
		[ "$format" != "$1" ] || case $2 in $pattern | ${pattern%/\*}) return 0 ;; esac
	done < <(alone)
	return 1
}

debian_path() { # RPM-PATH
	local from to _
	while read -r from to _; do
		case $1 in "$to"*) echo "$from${1#"$to"}" && return ;; esac
	done < <(moved)
	echo "$1"
}

same_content() { # DEB-FILE RPM-FILE
	if [ -L "$1" ]; then
		[ "$(readlink "$1")" = "$(readlink "$2")" ]
	elif is_program "$1"; then
		is_program "$2" && [ "$(needed "$1")" = "$(needed "$2")" ]
	else
		cmp -s <(unpacked "$1") <(unpacked "$2")
	fi
}

unpacked() { # FILE: two gzips need not agree on how
	case $1 in *.gz) gzip -dc "$1" ;; *) cat "$1" ;; esac
}

needed() { # PROGRAM
	objdump -p "$1" | sed -n 's/^ *NEEDED *//p' | LC_ALL=C sort
}

compare_files() { # PACKAGE
	local deb=$work/$1.deb rpm=$work/$1.rpm kind path
	listing "$deb" deb >"$work/deb.list"
	listing "$rpm" rpm >"$work/rpm.list"
	diff "$work/deb.list" "$work/rpm.list" | sed -n 's/^</only as DEB:/p; s/^>/only as RPM:/p' >"$work/log"
	verdict "$1: same paths, kinds and modes ($(wc -l <"$work/rpm.list"))" "$work/log"
	while read -r kind _ path; do
		case $kind in d) continue ;; esac
		same_content "$deb$(debian_path "$path")" "$rpm$path" || echo "$path differs"
	done <"$work/rpm.list" >"$work/log"
	verdict "$1: same content" "$work/log"
}

# Every library that a program is linked with is asked for, in both; libarchive is loaded by hand.
compare_libraries() { # PACKAGE DEB RPM
	local file library owner depends requires
	depends=$(dpkg-deb -f "$2" Depends)
	requires=$(rpm -qp --requires "$3")
	find "$work/$1.rpm" -type f | while read -r file; do
		! is_program "$file" || needed "$file"
	done | LC_ALL=C sort -u >"$work/needed"
	while read -r library; do
		grep -qF "$library" <<<"$requires" || echo "RPM does not ask for $library"
		owner=$(dpkg -S "*/$library" 2>/dev/null | cut -d: -f 1 | LC_ALL=C sort -u | paste -sd '|')
		grep -qE "(^|[ ,])(${owner:-none})([ ,]|$)" <<<"$depends" || echo "DEB does not ask for $library"
	done <"$work/needed" >"$work/log"
	if [ "$1" = kidoban-policy-tools ]; then
		grep -q '^libarchive$' <<<"$requires" || echo "RPM does not ask for libarchive"
		grep -q libarchive13 <<<"$depends" || echo "DEB does not ask for libarchive"
	fi >>"$work/log"
	verdict "$1: $(wc -l <"$work/needed") libraries are asked for by both" "$work/log"
}

# kidoban needs the others of the same version.
compare_relations() { # DEB RPM
	local name
	for name in kidoban-policy-tools kidoban-dkms; do
		dpkg-deb -f "$1" Depends | tr ',' '\n' | grep -q "$name (= " || echo "DEB does not need $name of its version"
		rpm -qp --requires "$2" | grep -q "$name\(([^)]*)\)\? = $(cat VERSION)" ||
			echo "RPM does not need $name of its version"
	done >"$work/log"
	{
		dpkg-deb -f "$1" Depends | tr ',' '\n' | grep -qx ' *kmod' || echo "DEB does not need kmod"
		rpm -qp --requires "$2" | grep -qx kmod || echo "RPM does not need kmod"
	} >>"$work/log"
	verdict "kidoban: needs the others of its version, and kmod" "$work/log"
}

one() { # FILE…
	[ $# -eq 1 ] && [ -e "$1" ] && echo "$1" || { echo "not one file: $*" >&2; exit 1; }
}

for package in kidoban kidoban-policy-tools kidoban-dkms kidoban-beacon; do
	deb=$(one "$debs/$package"_*.deb) || exit 1
	rpm=$(one "$rpms/$package"-[0-9]*.x86_64.rpm 2>/dev/null) || rpm=$(one "$rpms/$package"-[0-9]*.noarch.rpm) || exit 1
	mkdir "$work/$package.deb" "$work/$package.rpm"
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/$package.deb"
	rpm2cpio "$rpm" | (cd "$work/$package.rpm" && cpio -idm --quiet)
	compare_files "$package"
	compare_libraries "$package" "$deb" "$rpm"
	[ "$package" != kidoban ] || compare_relations "$deb" "$rpm"
done

# Nobody but root owns what lies on a terminal.
{
	for deb in "$debs"/*.deb; do dpkg-deb -c "$deb" | awk '$2 != "root/root" { print FILENAME, $0 }'; done
	for rpm in "$rpms"/*.x86_64.rpm "$rpms"/*.noarch.rpm; do
		rpm -qp --qf '[%{FILEUSERNAME}/%{FILEGROUPNAME} %{FILENAMES}\n]' "$rpm" | grep -v '^root/root '
	done
} >"$work/log"
verdict "all files are root's" "$work/log"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
