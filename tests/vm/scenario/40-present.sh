#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What was there before the module: judged when a policy arrives, given back when it goes.
# vm: device=bootkey keyboard
# vm: device=bootstick storage serial=BOOT size=8M
# vm: timeout=120
# vm: taint=8
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

vmctl drivers
evidence_start
key=$(basename "$(dirname "$(grep -lx 0627 $devices/*/idVendor)")"):1.0
stick=$(await_serial BOOT):1.0
check "the stick has its driver before the module" has_driver "$stick" usb-storage
disk=$(disk_of "$stick")
check "a file system on it is mounted" sh -c \
	"mkfs.ext4 -q /dev/$disk && mkdir -p /tmp/stick && mount /dev/$disk /tmp/stick && echo kept >/tmp/stick/file && sync"

# The module without agent: nothing changes, nothing is enforced.
check "the module loads with devices present" insmod "$module"
evidence_verdicts
check_is "without trust nothing is refused" "allow none off usb-storage" "$(verdict "$stick")"
check_is "the stick stays usable" kept "$(cat /tmp/stick/file)"
check_fails "a policy is refused before trust is sealed" gate_policy enforce <<'END'
- allow: {class: keyboard}
END
check "trust is sealed" gatectl seal
memory=$(gatectl status memory)

# Audit reports and touches nothing.
check "a policy in audit mode comes into force" gate_policy audit <<'END'
- allow: {class: keyboard}
END
check_is "it says what it would refuse" "refuse default audit usb-storage" "$(verdict "$stick")"
check_is "and what it would allow" "allow rule audit usbhid" "$(verdict "$key")"
check_is "and touches nothing" "1 kept" "$(cat "$devices/$stick/authorized" /tmp/stick/file | paste -sd ' ')"
check_is "counted as audited" 1 "$(gatectl status audited)"
check_is "and not as refused" 0 "$(gatectl status refused)"
name=$(vmctl plug second storage serial=SECOND size=4M)
check "in audit mode a new stick meets its driver" has_driver "$name:1.0" usb-storage
check_is "and is reported" "verdict $name:1.0 refuse default -" \
	"$(gatectl events | grep " $name:1.0 " | head -n 1 | cut -d ' ' -f 2-)"
check "ftrace counts its binding: the witness can speak" test "$(evidence_value tolerated)" -ge 1
check_is "and none is forbidden" 0 "$(evidence_value forbidden)"
vmctl unplug second

# Enforcement takes it away, mounted or not.
check "a policy in enforce mode comes into force" gate_policy enforce <<'END'
- allow: {class: keyboard}
END
check "the mounted stick is unbound" is_refused "$stick"
check_fails "its disk is gone" test -b "/dev/$disk"
check_fails "what was not in memory cannot be read" sh -c \
	'echo 3 >/proc/sys/vm/drop_caches; cat /tmp/stick/file'
umount /tmp/stick
check "the keyboard never lost its driver" has_driver "$key" usbhid
check_is "nor was it bound anew" 0 "$(grep -c "bound: .*\"$key\"" $tracing/trace)"

# Replaced by audit and off.
check "back in audit mode" gate_policy audit <<'END'
- allow: {class: keyboard}
END
check "the stick comes up again" has_driver "$stick" usb-storage
gate_policy enforce <<'END'
- allow: {class: keyboard}
END
check "refused again" is_refused "$stick"
check "switched off" gate_policy off <<'END'
- allow: {class: keyboard}
END
check "the stick comes up again" has_driver "$stick" usb-storage
check_is "and is no longer judged" "allow none off usb-storage" "$(verdict "$stick")"

# What is refused is refused: a policy by another hand, an edited one, an older one.
gate_policy enforce <<'END'
- allow: {class: keyboard}
END
generation=$(gatectl status generation)
echo '- allow: {class: storage}' | gate_text enforce >/tmp/wider.yaml
for how in '--edit EKEYREJECTED' '--by stranger ENOKEY' '--by approver ENOKEY'; do
	check_is "a policy with ${how% *} is refused" "${how##* }" \
		"$(gatectl load ${how% *} </tmp/wider.yaml 2>&1 | cut -d : -f 1)"
done
sed "s/serial: [0-9]*/serial: 1/" /tmp/wider.yaml >/tmp/older.yaml
check_is "an older policy is refused" ESTALE "$(gatectl load </tmp/older.yaml 2>&1 | cut -d : -f 1)"
check_is "the policy in force stays in force" "$generation" "$(gatectl status generation)"
check "and the stick refused" is_refused "$stick"
check_is "each refusal is an event" 5 "$(gatectl events | grep -c policy-refused)"

# The lock.
check "a policy with lock comes into force" gate_policy enforce lock <<'END'
- allow: {class: keyboard}
END
check_fails "the module cannot be unloaded" rmmod kidoban
check "the stick stays refused" is_refused "$stick"
name=$(vmctl plug second storage serial=SECOND size=4M)
check "and what is plugged in now is refused" is_refused "$name:1.0"
vmctl unplug second
check "a signed release comes into force" gate_policy enforce <<'END'
- allow: {class: keyboard}
END

seq=$(gatectl status seq)
check_is "events are numbered without gaps" "$seq" "$(gatectl events | awk '$1 == NR { n++ } END { print n }')"
check_is "and none is lost" 0 "$(gatectl status lost)"
gate_policy audit <<'END'
- allow: {class: keyboard}
END
# what grows is the log of events: at most 1 KiB each
grown=$(($(gatectl status memory) - memory - ($(gatectl status seq) * 1024) - 4096))
check "memory is back where it was but for the log" test $grown -lt 0
evidence_check

gate_policy enforce <<'END'
- allow: {class: keyboard}
END
check "refused before unloading" is_refused "$stick"
check "the module unloads" gate_out
check "unloading gives the stick back" has_driver "$stick" usb-storage
disk=$(disk_of "$stick")
check "with what was on it" sh -c "mount /dev/$disk /tmp/stick && grep kept /tmp/stick/file && umount /tmp/stick"
check_is "its file authorized is the kernel's own again" "0 1" \
	"$(for value in 0 1; do
		echo $value >"$devices/$stick/authorized"
		cat "$devices/$stick/authorized"
	done | paste -sd ' ')"

# Force: kernels built for it overlook that a module is in use. That thread never comes back.
gate_in
gate_policy enforce lock <<'END'
- allow: {class: keyboard}
END
rmmod -f kidoban &
check "rmmod -f meets the lock" until_true 10 sh -c \
	'dmesg | grep "kidoban: locked by policy"'
check "the module is still there" gatectl status
check "the stick is still refused" is_refused "$stick"
name=$(vmctl plug second storage serial=SECOND size=4M)
check "and so is what is plugged in now" is_refused "$name:1.0"
check "the next policy still comes into force" gate_policy enforce <<'END'
- allow: {class: [keyboard, storage]}
END
check "and is obeyed" has_driver "$name:1.0" usb-storage
done_testing
