# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers (libFuzzer) under AddressSanitizer and UBSan.
#
# A fuzzer is a name in FUZZERS with NAME_SRC (its sources, those under test included)
# and, where it needs them, NAME_LIBS and NAME_CFLAGS. Its seeds lie in tests/fuzz/corpus/NAME/,
# its dictionary in tests/fuzz/NAME.dict. `make check-fuzz` runs each for FUZZ_SECONDS,
# `make fuzz` for ten minutes; what they find is kept in build/fuzz/.

FUZZERS += blob_fuzz packet_fuzz prefix_fuzz
blob_fuzz_SRC := tests/fuzz/blob_fuzz.c $(KBCORE_SRC)
packet_fuzz_SRC := tests/fuzz/packet_fuzz.c kmod/core/packet.c
prefix_fuzz_SRC := tests/fuzz/prefix_fuzz.c kmod/core/prefix.c kmod/core/prefix_build.c

-include tests/fuzz/policy.mk tests/fuzz/agent.mk tests/fuzz/place.mk tests/fuzz/wifi.mk

FUZZ_FLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined

$(BUILD)/fuzz/obj/%.o: %.c | deps-build
	@mkdir -p $(@D)
	$(call say,CLANG,$@)
	$(Q)$(CLANG) -std=gnu11 $(WARN) -O1 -g -D_GNU_SOURCE -DKB_VERSION='"$(VERSION)"' -Iinclude -I. \
		$(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -fno-omit-frame-pointer $(FUZZ_CFLAGS) \
		-MMD -MP -c -o $@ $<

define fuzzer
$(BUILD)/fuzz/$(1): $$(sort $$($(1)_SRC:%.c=$(BUILD)/fuzz/obj/%.o))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(CLANG) $$(FUZZ_FLAGS) -fsanitize=fuzzer -o $$@ $$(filter %.o %.a,$$^) $$($(1)_LIBS)
$(BUILD)/fuzz/$(1): FUZZ_CFLAGS += $$($(1)_CFLAGS)
endef
$(foreach name,$(FUZZERS),$(eval $(call fuzzer,$(name))))

-include $(shell find $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)

.PHONY: check-fuzz fuzz fuzzers fuzz-corpus
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)

check-fuzz: fuzzers
	@tests/fuzz/run $(or $(FUZZ_SECONDS),20) $(FUZZERS:%=$(BUILD)/fuzz/%)

fuzz: fuzzers
	@tests/fuzz/run $(or $(FUZZ_SECONDS),600) $(FUZZERS:%=$(BUILD)/fuzz/%)

# The seeds are committed; this writes them anew after the format has changed.
BLOB_CORPUS_SRC := tests/fuzz/blob_corpus.c $(GATE_TOOLS) $(KBCORE_SRC)
$(BUILD)/fuzz/blob_corpus: $(BLOB_CORPUS_SRC:%.c=$(BUILD)/asan/%.o)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) -fsanitize=address,undefined -o $@ $^ -lcmocka

fuzz-corpus: $(BUILD)/fuzz/blob_corpus
	@mkdir -p tests/fuzz/corpus/blob_fuzz
	$< tests/fuzz/corpus/blob_fuzz
