# SPDX-License-Identifier: GPL-2.0-only
# `make install` copies the built product below $(DESTDIR)/, the module for the
# kernel $(RELEASE). Packages and early boot come later; this is their list of files.

PREFIX  ?= /usr
RELEASE ?= $(shell uname -r)
INSTALL ?= install

.PHONY: install
install: all
	@test -f $(BUILD)/kmod/$(RELEASE)/kidoban.ko || { echo "no module was built for kernel" \
		"$(RELEASE); type: make kmod-for KDIR=/lib/modules/$(RELEASE)/build" >&2; exit 1; }
	$(INSTALL) -D -m 0755 $(BUILD)/kidoban $(DESTDIR)$(PREFIX)/bin/kidoban
	$(INSTALL) -D -m 0755 $(BUILD)/kidoband $(DESTDIR)$(PREFIX)/sbin/kidoband
	$(INSTALL) -D -m 0755 $(BUILD)/kidoban-beacon $(DESTDIR)$(PREFIX)/sbin/kidoban-beacon
	$(INSTALL) -D -m 0644 $(BUILD)/kmod/$(RELEASE)/kidoban.ko \
		$(DESTDIR)/lib/modules/$(RELEASE)/updates/kidoban.ko
	$(INSTALL) -D -m 0644 packaging/systemd/kidoband.service \
		$(DESTDIR)/lib/systemd/system/kidoband.service
	$(INSTALL) -D -m 0644 packaging/systemd/kidoban-beacon.service \
		$(DESTDIR)/lib/systemd/system/kidoban-beacon.service
	$(INSTALL) -D -m 0644 packaging/systemd/kidoban.catalog \
		$(DESTDIR)/usr/lib/systemd/catalog/kidoban.catalog
	$(INSTALL) -D -m 0644 $(BUILD)/locale/ja/LC_MESSAGES/kidoban.mo \
		$(DESTDIR)$(PREFIX)/share/locale/ja/LC_MESSAGES/kidoban.mo
	for page in $(MAN_PAGES) $(MAN_PAGES:%=ja/%); do \
		$(INSTALL) -D -m 0644 $(BUILD)/man/$$page $(DESTDIR)$(PREFIX)/share/man/$$page || exit; \
	done
	for template in policy/templates/*.yaml; do \
		$(INSTALL) -D -m 0644 $$template \
			$(DESTDIR)$(PREFIX)/share/kidoban/templates/$${template##*/} || exit; \
	done
	$(INSTALL) -d -m 0700 $(DESTDIR)/etc/kidoban/trust/author $(DESTDIR)/etc/kidoban/trust/approver \
		$(DESTDIR)/etc/kidoban/trust/grant $(DESTDIR)/var/lib/kidoban
	test -n "$(DESTDIR)" || depmod $(RELEASE)
