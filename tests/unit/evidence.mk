# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of evidence: the beacon and its responder, and each provider.

UNIT_TESTS += beacon_message_test

beacon_message_test_SRC := tests/unit/beacon_message_test.c agent/beacon/message.c policy/fault.c
beacon_message_test_LIBS := -lcrypto

UNIT_TESTS += place_lldp_parse_test

place_lldp_parse_test_SRC := tests/unit/place_lldp_parse_test.c agent/place/lldp_parse.c policy/lldp_port.c

# What a provider runs in; those of the network have namespaces of their own and are passed over without root.
EVIDENCE_TOOLS := tests/unit/surroundings.c agent/place/detail.c agent/place/evidence.c

UNIT_TESTS += place_air_test

place_air_test_SRC := tests/unit/place_air_test.c $(EVIDENCE_TOOLS) agent/place/eap.c agent/place/fingerprint.c
place_air_test_LIBS := -lsystemd

UNIT_TESTS += place_beacon_test

BEACON_TOOLS := agent/beacon/message.c agent/beacon/asker.c agent/beacon/responder.c agent/beacon/bucket.c policy/fault.c
EVIDENCE_NL := -lsystemd -lnl-route-3 -lnl-3

place_beacon_test_SRC := tests/unit/place_beacon_test.c $(EVIDENCE_TOOLS) $(BEACON_TOOLS) agent/place/beacon.c \
	agent/place/netview.c
place_beacon_test_CFLAGS := $(KBNL_CFLAGS)
place_beacon_test_LIBS := $(EVIDENCE_NL) -lcrypto

UNIT_TESTS += place_lldp_test

place_lldp_test_SRC := tests/unit/place_lldp_test.c $(EVIDENCE_TOOLS) agent/place/lldp.c agent/place/lldp_parse.c \
	agent/place/netview.c policy/lldp_port.c
place_lldp_test_CFLAGS := $(KBNL_CFLAGS)
place_lldp_test_LIBS := $(EVIDENCE_NL)
