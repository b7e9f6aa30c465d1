# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers of what places are known by: datagrams of beacons, frames of switches.

FUZZERS += beacon_fuzz
beacon_fuzz_SRC := tests/fuzz/beacon_fuzz.c agent/beacon/message.c policy/fault.c
beacon_fuzz_LIBS := -lcrypto

FUZZERS += lldp_fuzz
lldp_fuzz_SRC := tests/fuzz/lldp_fuzz.c agent/place/lldp_parse.c policy/lldp_port.c
