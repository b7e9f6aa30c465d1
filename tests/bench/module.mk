# SPDX-License-Identifier: GPL-2.0-or-later
# What `make bench` runs besides the programs and the module.

.PHONY: bench-tools
bench-tools: $(BUILD)/bench-scan $(BUILD)/bench-prefix $(BUILD)/bench-survey $(BUILD)/bench-send $(BUILD)/bench-hook/hook.ko

$(BUILD)/bench-scan $(BUILD)/bench-prefix: $(BUILD)/bench-%: tests/bench/%.c $(KBCORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $^

$(BUILD)/bench-survey: tests/bench/survey.c $(KBAGENT_LIB) $(KBPOLICY_LIB) $(KBCORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $^ $(KBAGENT_LIBS) $(KBPOLICY_LIBS)

$(BUILD)/bench-send: tests/bench/send.c | deps-build
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $<

# Built in a copy, as the module is: the source tree stays clean.
$(BUILD)/bench-hook/hook.ko: tests/bench/hook/hook.c tests/bench/hook/Kbuild | deps-build
	@mkdir -p $(@D)
	@cp $^ $(@D)
	$(Q)$(MAKE) -s -C "$$(tests/vm/kernel --headers 6.1 | sed -n 's/^headers=//p')" \
		M="$(abspath $(@D))" modules
