#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Module and policy, before udev looks for devices. Nothing that happens here stops the boot.
modprobe -b kidoban >/dev/kmsg 2>&1
/usr/lib/kidoban/kidoban-early
:
