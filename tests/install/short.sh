# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs in the chroot of tests/install/native, for tests/install/short: keys, trust and a policy, signed but not delivered.
set -eu
cd /root
printf 'very secret\nvery secret\n' | setsid --wait kidoban key new author --name suzuki
cp suzuki.der /etc/kidoban/trust/author/
echo 'terminal: {municipality: "131016", group: shared-terminals}' >/etc/kidoban/terminal.yaml
cat >policy.yaml <<'END'
kidoban: 1
policy: {municipality: "131016", group: shared-terminals, serial: 1, expires: 2099-12-31}
mode: {media: enforce}
media:
  rules:
    - allow: {class: [keyboard, mouse, hid]}
  default: refuse
END
echo very secret | setsid --wait kidoban policy sign policy.yaml --key suzuki.key --out policy.kdb
