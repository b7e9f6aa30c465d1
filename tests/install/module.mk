# SPDX-License-Identifier: GPL-2.0-or-later
# The packages on a pristine machine: all of it (half an hour and more), and the short form.

.PHONY: check-install check-install-short
check-install: deps-build
	+@$(MAKE) --no-print-directory KERNELS=6.1 all vm-tools
	tests/install/guide run local build-packages
	tests/install/run

check-install-short: deps-build
	+@$(MAKE) --no-print-directory vm-tools deb
	tests/install/short
