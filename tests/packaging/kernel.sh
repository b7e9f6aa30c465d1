#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A terminal gets another kernel, inside tests/packaging/box: with headers, without, and when our
# module could not even be built for the first one.
set -u
. /srv/tests/vm/tap.sh
. /srv/tests/packaging/life_words.sh
# making an initial RAM file system for each kernel takes longer than all the rest
export INITRD=No

other=$(dpkg-deb -f "$(find /srv/packages -name 'linux-image-6.12*.deb' | head -n 1)" Package)
other=${other#linux-image-}

broken_first() {
	install_debs /srv/later/2 >/tmp/out 2>&1
	check_is "a first install whose module cannot be built ends well" 0 $?
	check_is "its packages are configured" 4 "$(configured)"
	check "it is told what that means" grep -q 'NOTHING IS ENFORCED' /tmp/out
	check "the doctor knows" doctor_says module-build-failed
}

second_kernel() {
	install_debs /srv/later/3 >/tmp/out 2>&1
	check_is "the next version is built" "$fourth" "$(module_version "$kernel")"
	apt-get -y install --no-install-recommends "linux-image-$other" "linux-headers-$other" >/tmp/out 2>&1
	check_is "another kernel with its headers is installed" 0 $?
	check_is "DKMS built the module for it" "$fourth" "$(module_version "$other")"
	check_is "the first kernel's is where it was" "$fourth" "$(module_version "$kernel")"
}

without_headers() {
	apt-get -y purge "linux-image-$other" "linux-headers-$other" >/tmp/out 2>&1
	rm -rf "/lib/modules/$other"
	apt-get -y install --no-install-recommends "linux-image-$other" >/tmp/out 2>&1
	check_is "a kernel without headers is installed" 0 $?
	check "it is told what to type" grep -q "Type: apt install linux-headers-$other" /tmp/out
	check "the doctor knows" doctor_says kernel-without-module
	apt-get -y install --no-install-recommends "linux-headers-$other" >/tmp/out 2>&1
	check_is "with the headers comes the module" "$fourth" "$(module_version "$other")"
	check_fails "the doctor is content" doctor_says kernel-without-module
}

# The headers go, the module that was built with them stays, whatever comes.
headers_gone() {
	apt-get -y remove "linux-headers-$other" >/tmp/out 2>&1
	install_debs /srv/later/1 --allow-downgrades >/tmp/out 2>&1
	check_is "without headers the old module stays" "$fourth" "$(module_version "$other")"
	check "which is told" grep -q "version $fourth stays installed" /tmp/out
	check_is "the kernel with headers has the new one" "$second" "$(module_version "$kernel")"
	apt-get -y remove kidoban kidoban-dkms kidoban-beacon kidoban-policy-tools >/tmp/out 2>&1
	check_is "removing takes them all away" '' "$(find /lib/modules -name 'kidoban.ko*')"
}

apt-get -qq update
broken_first
second_kernel
without_headers
headers_gone
done_testing
