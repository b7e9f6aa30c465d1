# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers of the policy language.

FUZZERS += yaml_fuzz descriptors_fuzz agent_policy_fuzz
yaml_fuzz_SRC := tests/fuzz/yaml_fuzz.c $(KBPOLICY_SRC) $(KBCORE_SRC)
yaml_fuzz_LIBS := $(KBPOLICY_LIBS)
agent_policy_fuzz_SRC := tests/fuzz/agent_policy_fuzz.c $(KBPOLICY_SRC) $(KBCORE_SRC)
agent_policy_fuzz_LIBS := $(KBPOLICY_LIBS)
descriptors_fuzz_SRC := tests/fuzz/descriptors_fuzz.c policy/descriptors.c $(KBCORE_SRC)
