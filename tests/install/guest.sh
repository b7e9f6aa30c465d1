# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Words for what runs inside a pristine machine: goes before every script of `guest` (lib.sh).

export LC_ALL=C.UTF-8 LANGUAGE=en DEBIAN_FRONTEND=noninteractive
share=/srv/kidoban

# until_true SECONDS COMMAND…
until_true() {
	local end=$(($(cut -d. -f1 /proc/uptime) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(cut -d. -f1 /proc/uptime)" -le "$end" ] || { echo "in vain: $*"; return 1; }
		sleep 0.2
	done
}

driver_of() {
	basename "$(readlink "/sys/bus/usb/devices/$1:1.0/driver" || echo /none)"
}

driver_is() {
	[ "$(driver_of "$1")" = "$2" ]
}

has_disk() {
	ls "/sys/bus/usb/devices/$1:1.0"/host*/target*/*/block/* >/dev/null 2>&1
}

# json SCRIPT WORD…: $d is the document on standard input, @w are the words
json() {
	perl -MJSON::PP -E 'my $code = shift; our @w = @ARGV; our $d = decode_json(do { local $/; <STDIN> });
		sub word { my $x = shift; !defined $x ? "null" : JSON::PP::is_bool($x) ? ($x ? "true" : "false") : $x }
		eval $code; die $@ if $@' "$@"
}

# The module has judged, no driver came, no disk, no claim by root.
is_refused() {
	until_true 60 judged "$1" refuse || return
	driver_is "$1" none && ! has_disk "$1" && [ "$(cat "/sys/bus/usb/devices/$1:1.0/authorized")" = 0 ]
}

# judged DEVICE ACTION
judged() {
	kidoban devices --json | json 'for (@$d) { exit 0 if $_->{device} eq $w[0] && $_->{action} eq $w[1] } exit 1' "$@"
}

# link NAME KEY: what `kidoban links` says
link() {
	kidoban links --json | json 'for (@$d) { say word($_->{$w[1]}) if $_->{link} eq $w[0] }' "$@"
}

link_is() {
	[ "$(link "$1" "$2")" = "$3" ]
}

# status KEY.KEY
status() {
	kidoban status --json | json '$d = $d && $d->{$_} for split /\./, $w[0]; say ref $d eq "HASH" ? "some" : word($d)' "$1"
}

serial_is() {
	[ "$(status policy.serial)" = "$1" ]
}

lease_runs() {
	[ "$(status lease.running)" = true ]
}

# Both people of the guide sign what is on standard input, as the guide has it; then it is loaded.
sign_and_load() {
	install -d -o suzuki "$share/author" && install -d -o tanaka "$share/approver" || return
	cat >"$share/test.yaml"
	runuser -u suzuki -- sh -c "cd ~/kidoban && echo neko-wa-engawa-de-neru | setsid --wait kidoban policy sign \
		$share/test.yaml --key suzuki.key --out $share/author/test.kdb" >/tmp/signed 2>&1 &&
		runuser -u tanaka -- sh -c "cd ~/kidoban && echo inu-wa-niwa-de-hashiru | setsid --wait kidoban policy sign \
		$share/author/test.kdb --key tanaka.key --trust trust --out $share/approver/test.kdb" >>/tmp/signed 2>&1 &&
		kidoban load "$share/approver/test.kdb" && return
	cat /tmp/signed
	return 1
}

# answers ADDRESS PORT: somebody there says a word
answers() {
	[ "$(timeout 20 bash -c 'exec 3<>"/dev/tcp/$0/$1" && head -c 5 <&3' "$1" "$2" 2>/dev/null)" = hello ]
}

# Which of ours is in the initial RAM file system of kernel $1.
in_initrd() {
	lsinitramfs "/boot/initrd.img-$1" | grep -i kidoban
}

# The words of the virtual terminal's Wi-Fi scenarios, which lib.sh has put there.
wifi_words() {
	. /var/tmp/tap.sh
	WIFI_MADE=/var/tmp/certificates
	. /var/tmp/wifi.sh
	WIFI_MADE=/var/tmp/certificates
}

# The journal has a refusal or departure of Wi-Fi network $1.
told() {
	journalctl -u kidoband KIDOBAN_SSID="$1" -o json -n 1 --no-pager | grep -q .
}

trust_sealed() {
	[ "$(status sealed)" = true ]
}
