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

UNIT_TESTS += beacon_asker_test

beacon_asker_test_SRC := tests/unit/beacon_asker_test.c agent/beacon/message.c agent/beacon/asker.c policy/fault.c
beacon_asker_test_LIBS := -lsystemd -lcrypto

UNIT_TESTS += place_lldp_test

place_lldp_test_SRC := tests/unit/place_lldp_test.c $(EVIDENCE_TOOLS) agent/place/lldp.c agent/place/lldp_join.c agent/place/lldp_parse.c \
	agent/place/netview.c policy/lldp_port.c
place_lldp_test_CFLAGS := $(KBNL_CFLAGS)
place_lldp_test_LIBS := $(EVIDENCE_NL)

UNIT_TESTS += place_gateway_test place_gnss_test

place_gateway_test_SRC := tests/unit/place_gateway_test.c $(EVIDENCE_TOOLS) agent/place/gateway.c agent/place/gateways.c agent/place/netview.c
place_gateway_test_CFLAGS := $(KBNL_CFLAGS)
place_gateway_test_LIBS := $(EVIDENCE_NL)
place_gnss_test_SRC := tests/unit/place_gnss_test.c $(EVIDENCE_TOOLS) agent/place/gnss.c agent/place/listener.c \
	agent/place/position.c
place_gnss_test_LIBS := -lsystemd -lm
$(BUILD)/asan/agent/place/gnss.o: UNIT_CFLAGS += $(KBGPS_CFLAGS)
# It includes gnss.c, with the name of a library that nobody has.
UNIT_TESTS += place_gnss_missing_test
place_gnss_missing_test_SRC := tests/unit/place_gnss_missing_test.c $(EVIDENCE_TOOLS) agent/place/listener.c \
	agent/place/position.c
place_gnss_missing_test_LIBS := -lsystemd -lm

UNIT_TESTS += beacon_config_test place_dock_test

beacon_config_test_SRC := tests/unit/beacon_config_test.c agent/beacon/config.c agent/beacon/key.c agent/beacon/bucket.c \
	tests/unit/agent_scratch.c $(KBPOLICY_SRC) $(KBCORE_SRC)
beacon_config_test_LIBS := $(KBPOLICY_LIBS)
place_dock_test_SRC := tests/unit/place_dock_test.c agent/place/dock_match.c $(KBCORE_SRC)
