#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The shortest proof: a stick is refused before any driver sees it, a keyboard works.
. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

modprobe -a usb-storage usbhid hid-generic
gate_in || bail "the module does not load"
evidence_start
check "a policy comes into force" gate_policy enforce <<'END'
- allow: {class: keyboard}
END
stick=$(vmctl plug first-stick storage serial=X size=1M)
key=$(vmctl plug first-key keyboard)
check "a stick is refused" is_refused "$stick:1.0"
check "a keyboard works" has_driver "$key:1.0" usbhid
evidence_check
vmctl unplug first-stick
vmctl unplug first-key
check "the module unloads" gate_out
done_testing
