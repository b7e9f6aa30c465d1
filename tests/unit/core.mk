# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of the link gate's and the path gate's decisions, and of their sections of the blob.

GATE_TOOLS := tests/unit/gate_text.c tests/unit/gate_policy.c tests/unit/gate_words.c $(UNIT_TOOLS)

UNIT_TESTS += core_path_test
# It includes path.c to see both ways through it.
core_path_test_SRC := tests/unit/core_path_test.c $(GATE_TOOLS) \
	$(filter-out kmod/core/path.c,$(KBCORE_SRC))

UNIT_TESTS += core_link_test
core_link_test_SRC := tests/unit/core_link_test.c $(GATE_TOOLS) $(KBCORE_SRC)

UNIT_TESTS += core_schedule_test
core_schedule_test_SRC := tests/unit/core_schedule_test.c kmod/core/schedule.c

UNIT_TESTS += core_gates_test core_gates_bounds_test
core_gates_test_SRC := tests/unit/core_gates_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
core_gates_bounds_test_SRC := tests/unit/core_gates_bounds_test.c $(UNIT_TOOLS) $(KBCORE_SRC)
core_gates_bounds_test_LIBS := -Wl,--wrap=calloc
