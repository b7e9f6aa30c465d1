# SPDX-License-Identifier: GPL-2.0-only
# What tests need on the machine, and the targets that run several tiers.
#
#   make            programs, modules and manual pages, in build/
#   make programs   kidoban and kidoband only: enough to write and sign policies
#   make deps       install the packages all of it needs
#   make check-T    one tier of tests; T: lint unit docs fuzz kunit vm packages install-short
#   make check-install   the packages on a pristine machine, from installing to purging (long)
#   make fuzz       the fuzzers for ten minutes each (FUZZ_SECONDS=N)
#   make bench      speed, as ratios within one run
#   make lint       every checker
#   make fmt        format the C lines that were changed
#   make deb        packages for Debian, in build/deb
#   make rpm        packages for Fedora and RHEL 9, in build/rpm
#   make install    copy the built product below $(DESTDIR)/

.PHONY: deps deps-build programs demo demo-run check check-lint check-kunit bench lint fmt

deps: deps-build

deps-build: $(BUILD)/.deps

$(BUILD)/.deps: tests/packages tests/install-deps
	@mkdir -p $(@D)
	@tests/install-deps
	@touch $@

# A make of its own: what pkg-config says is asked only after the packages are there.
demo: deps-build
	+@$(MAKE) --no-print-directory programs vm-tools $(BUILD)/kmod/6.1.built
	@tests/demo/run

check: deps-build
	+@$(MAKE) --no-print-directory programs vm-tools kmod
	@tests/check lint unit docs fuzz kunit vm packages install-short

check-kunit: deps-build
	tests/kunit/run

check-lint lint: deps-build
	@tests/lint

bench: deps-build
	+@$(MAKE) --no-print-directory programs vm-tools $(BUILD)/kmod/6.1.built bench-tools
	@tests/bench/run

fmt:
	git clang-format --extensions c,h HEAD

include tests/bench/module.mk
include tests/install/module.mk
