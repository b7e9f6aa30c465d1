# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages in build/deb, as any user: `make deb`. `make check-deb` builds them twice.

.PHONY: deb check-deb
deb: deps-build
	@packaging/deb $(abspath $(BUILD))/deb

check-deb: deps-build
	@tests/packaging/deb-build
