# SPDX-License-Identifier: GPL-2.0-only
# Packages for Fedora and the RHEL 9 family: $(BUILD)/rpm. `make check-packages` tests both formats.

.PHONY: rpm check-packages
rpm:
	@packaging/rpm/build $(abspath $(BUILD))/rpm

check-packages: deps-build
	@tests/packaging/run
