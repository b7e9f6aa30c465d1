# SPDX-License-Identifier: GPL-2.0-only
# `make kmod` builds the module for each of $(KERNELS), out of the source tree,
# into build/kmod/<release>/. `make kmod-for KDIR=...` builds for one tree.

KMOD_SOURCES = $(shell find kmod include -name '*.[ch]' -o -name '*.inc') kmod/Kbuild Kbuild VERSION \
	kmod/compat/probe.sh

.PHONY: kmod kmod-for
kmod: $(KERNELS:%=$(BUILD)/kmod/%.built)

# The stamp carries the kernel's alias; kmod/build puts the module below its release.
$(BUILD)/kmod/%.built: $(KMOD_SOURCES) kmod/build | deps-build
	@mkdir -p $(@D)
	kmod/build --kernel $* $(BUILD)/kmod
	@touch $@

kmod-for:
	kmod/build --kdir $(KDIR) $(BUILD)/kmod
