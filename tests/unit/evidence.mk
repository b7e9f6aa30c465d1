# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of evidence: the beacon and its responder, and each provider.

UNIT_TESTS += beacon_message_test

beacon_message_test_SRC := tests/unit/beacon_message_test.c agent/beacon/message.c policy/fault.c
beacon_message_test_LIBS := -lcrypto
