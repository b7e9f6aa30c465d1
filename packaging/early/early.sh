# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What early boot is given, for initramfs-tools, dracut and whoever makes their images anew. Source it.
#
#   early_wanted          is there a policy to begin with?
#   early_on_usb          print what the boot needs and finds on USB; 1 when there is nothing
#   early_fill DIR        copy what goes into the image, beside program and module, below DIR
#   early_list            checksums of all that goes in, for every kernel
#
# KIDOBAN_ROOT, for tests, is where all of it is looked for.

early_root=${KIDOBAN_ROOT:-}
early_config=$early_root/etc/kidoban
early_state=$early_root/var/lib/kidoban
early_program=$early_root/usr/lib/kidoban/kidoban-early

early_wanted() {
	[ -f "$early_state/policy.kdb" ] || [ -f "$early_state/policy.kdb.previous" ]
}

# Does the block device of this number, or one below it, hang on a USB bus?
early_usb_below() (
	dir=$(readlink -f "$early_root/sys/dev/block/$1") || exit 1
	case $dir in
	*/usb[0-9]*) exit 0 ;;
	esac
	# encrypted, mapped and joined devices stand on others; a partition has its disk's path
	for below in "$dir"/slaves/*; do
		[ -e "$below/dev" ] && early_usb_below "$(cat "$below/dev")" && exit 0
	done
	exit 1
)

# The number of the block device that $1 means: a path, UUID=, LABEL=
early_number() {
	case $1 in
	/dev/*) set -- "$1" ;;
	*=*) set -- "$(findfs "$1" 2>/dev/null || true)" ;;
	*) return 0 ;;
	esac
	[ -b "$1" ] && lsblk -dnro MAJ:MIN "$1" 2>/dev/null
	return 0
}

# Print "NUMBER WHAT" for everything that the initial RAM file system must find.
early_needs() {
	for place in / /usr; do
		findmnt -nvro SOURCE,FSTYPE,UUID "$place" 2>/dev/null | while read -r source type uuid; do
			early_number "$source" | sed "s|\$| $place|"
			# a ZFS data set names no device: every member of a pool counts
			[ "$type" != zfs ] || lsblk -nro MAJ:MIN,FSTYPE | sed -n "s|  *zfs_member\$| $place|p"
			# one file system on several disks
			for number in "$early_root/sys/fs/btrfs/${uuid:-none}"/devices/*/dev; do
				if [ -e "$number" ]; then sed "s|\$| $place|" "$number"; fi
			done
		done
	done
	# where a machine that slept wakes up from
	resume=$(sed -n 's/.*\<resume=\([^ ]*\).*/\1/p' "$early_root/proc/cmdline" 2>/dev/null) || resume=
	for file in "$early_root/etc/initramfs-tools/initramfs.conf" \
		"$early_root"/etc/initramfs-tools/conf.d/*; do
		[ -f "$file" ] && resume="$resume $(sed -n 's/^RESUME=//p' "$file" | tr -d \"\')"
	done
	for place in $resume; do
		early_number "$place" | sed "s|\$| resume|"
	done
	return 0
}

early_on_usb() (
	found=1
	list=$(early_needs)
	while read -r number what; do
		if [ "$number" ] && early_usb_below "$number"; then
			echo "$what"
			found=0
		fi
	done <<-END
		$list
	END
	exit $found
)

# What goes in as it is, one path a line, below the root.
early_files() {
	for file in "$early_config/terminal.yaml" "$early_config"/trust/author/*.der \
		"$early_config"/trust/approver/*.der "$early_config"/trust/grant/*.der \
		"$early_state/state"; do
		[ -f "$file" ] && echo "${file#"$early_root"}"
	done
	return 0
}

# USB is not looked for before the module is there, whoever loads what drives it.
early_modprobe() {
	echo '# kidoban in the initial RAM file system: its own policy until it has a signed one'
	echo 'options kidoban fallback=1'
	for driver in xhci_hcd xhci_pci xhci_plat_hcd ehci_hcd ehci_pci ehci_platform ohci_hcd ohci_pci \
		ohci_platform uhci_hcd dwc2 dwc3 usb_storage uas usbnet; do
		echo "softdep $driver pre: kidoban"
	done
}

# The image is others' as well: what they put in keeps its modes, by which programs judge keys and scripts.
early_fill() (
	umask 022
	mkdir -p "$1/etc/modprobe.d" "$1/var/lib/kidoban"
	chmod 0700 "$1/var/lib/kidoban"
	early_files | while read -r file; do
		mkdir -p "$1${file%/*}"
		# a link would lead out of the image
		cat "$early_root$file" >"$1$file"
	done
	for kind in '' .previous; do
		[ -f "$early_state/policy.kdb$kind" ] || continue
		dir=$1/var/lib/kidoban/policy$kind
		mkdir -p "$dir"
		"$early_program" --unpack "$early_state/policy.kdb$kind" "$dir" || rm -rf "$dir"
	done
	early_modprobe >>"$1/etc/modprobe.d/kidoban.conf"
)

early_list() {
	{
		early_files
		for file in "$early_state/policy.kdb" "$early_state/policy.kdb.previous" "$early_program" \
			"$early_root/usr/lib/kidoban/early.sh" \
			"$early_root/usr/share/initramfs-tools/hooks/kidoban" \
			"$early_root/usr/share/initramfs-tools/scripts/init-top/kidoban" \
			"$early_root"/usr/lib/dracut/modules.d/90kidoban/*.sh; do
			[ ! -f "$file" ] || echo "${file#"$early_root"}"
		done
		find "$early_root/lib/modules/" -name 'kidoban.ko*' -printf '/lib/modules/%P\n' 2>/dev/null
	} | LC_ALL=C sort -u | while read -r file; do
		sum=$(sha256sum <"$early_root$file") && echo "${sum%% *}  $file"
	done
}
