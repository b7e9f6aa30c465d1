# SPDX-License-Identifier: GPL-2.0-only
# Packages for Fedora and the RHEL 9 family: $(BUILD)/rpm.

.PHONY: rpm
rpm:
	@packaging/rpm/build $(abspath $(BUILD))/rpm
