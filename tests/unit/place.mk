# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of the place: quorum, keeper, grants, learning.

UNIT_TESTS += place_quorum_test

place_quorum_test_SRC := tests/unit/place_quorum_test.c agent/place/quorum.c

UNIT_TESTS += place_grant_test

place_grant_test_SRC := tests/unit/place_grant_test.c $(SIGN_TOOLS) agent/place/carry.c agent/place/grants.c \
	agent/state.c agent/terminal.c $(KBPOLICY_SRC) $(KBCORE_SRC)
place_grant_test_LIBS := $(SIGN_LIBS)

UNIT_TESTS += place_keeper_test place_keeper_policy_test

KEEPER_STAGE := tests/unit/keeper_stage.c $(SIGN_TOOLS) agent/json.c agent/state.c agent/terminal.c \
	$(patsubst %,agent/place/%.c,account advice carry evidence grants inherit keeper keeper_tell quorum tracker) \
	$(KBPOLICY_SRC) $(KBCORE_SRC)
place_keeper_test_SRC := tests/unit/place_keeper_test.c $(KEEPER_STAGE)
place_keeper_test_LIBS := $(SIGN_LIBS) -lsystemd -Wl,--wrap=clock_gettime
place_keeper_policy_test_SRC := tests/unit/place_keeper_policy_test.c $(KEEPER_STAGE)
place_keeper_policy_test_LIBS := $(place_keeper_test_LIBS)

UNIT_TESTS += place_learn_test

place_learn_test_SRC := tests/unit/place_learn_test.c agent/place/learn.c $(KBPOLICY_SRC) $(KBCORE_SRC)
place_learn_test_LIBS := $(SIGN_LIBS)

UNIT_TESTS += place_session_test

place_session_test_SRC := tests/unit/place_session_test.c $(SIGN_TOOLS) agent/place/session.c policy/file.c policy/fault.c \
	policy/key.c policy/cert.c
place_session_test_LIBS := -lcrypto -lsystemd
