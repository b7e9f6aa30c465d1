# SPDX-License-Identifier: GPL-2.0-or-later
# Manual pages in build/man, each out of one source with both languages, and the tests of the documents.

MAN_PAGES := man1/kidoban.1 man5/kidoban-policy.5 man8/kidoband.8 man8/kidoban-mok.8 man8/kidoban-beacon.8
MAN_BUILT := $(MAN_PAGES:%=$(BUILD)/man/%) $(MAN_PAGES:%=$(BUILD)/man/ja/%)

.PHONY: man check-docs
man: $(MAN_BUILT)

# Key list and verb list are what this very build of the command says.
define man_rule
$(BUILD)/man/$(1): docs/man/$(notdir $(1)).in docs/man/make $(BUILD)/kidoban $(KBLOCALE)
	@mkdir -p $$(@D)
	docs/man/make en $$< $(BUILD)/kidoban >$$@
$(BUILD)/man/ja/$(1): docs/man/$(notdir $(1)).in docs/man/make $(BUILD)/kidoban $(KBLOCALE)
	@mkdir -p $$(@D)
	docs/man/make ja $$< $(BUILD)/kidoban >$$@
endef
$(foreach page,$(MAN_PAGES),$(eval $(call man_rule,$(page))))

check-docs: deps-build
	+@$(MAKE) --no-print-directory programs man
	@docs/check
