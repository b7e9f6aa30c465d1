# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of the place: quorum, keeper, grants, learning.

UNIT_TESTS += place_quorum_test

place_quorum_test_SRC := tests/unit/place_quorum_test.c agent/place/quorum.c
