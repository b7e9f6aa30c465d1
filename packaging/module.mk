# SPDX-License-Identifier: GPL-2.0-only
# What goes where, once, for `make install` and for every package. A package takes a part:
#
#   install-command   the command, its pages, completions, texts, templates: an authoring station
#   install-agent     the agent, its units and what surrounds them: a terminal
#   install-early     what joins the initial RAM file system
#   install-beacon    the beacon
#   install-source    the module's sources for DKMS
#   install-module    the module that was built here for kernel $(RELEASE)
#
# All go below $(DESTDIR).

PREFIX   ?= /usr
BINDIR   ?= $(PREFIX)/bin
SBINDIR  ?= $(PREFIX)/sbin
LIBEXEC  ?= $(PREFIX)/lib/kidoban
UNITDIR  ?= /lib/systemd/system
DATADIR  ?= $(PREFIX)/share
ZSHDIR   ?= $(DATADIR)/zsh/vendor-completions
RELEASE  ?= $(shell uname -r)
INSTALL  ?= install
D        := $(DESTDIR)

# $(call put,MODE,FILE…,DIRECTORY) copies files.
put      = $(INSTALL) -d $(D)$(strip $(3)) && $(INSTALL) -m $(strip $(1)) $(2) $(D)$(strip $(3))/
put_as   = $(INSTALL) -D -m $(strip $(1)) $(strip $(2)) $(D)$(strip $(3))
# $(call put_man,PAGE…): in both languages
put_man  = for page in $(1) $(addprefix ja/,$(1)); do \
	$(INSTALL) -D -m 0644 $(BUILD)/man/$$page $(D)$(DATADIR)/man/$$page || exit; done

COMPLETIONS := $(addprefix $(BUILD)/completion/kidoban.,bash zsh fish)

$(BUILD)/completion/kidoban.%: $(BUILD)/kidoban
	@mkdir -p $(@D)
	$(Q)$(BUILD)/kidoban completion $* >$@

.PHONY: install install-command install-agent install-early install-beacon install-source install-module
install: install-command install-agent install-early install-beacon install-module

install-command: programs man $(COMPLETIONS)
	$(call put, 0755, $(BUILD)/kidoban, $(BINDIR))
	$(call put_as, 0644, $(BUILD)/locale/ja/LC_MESSAGES/kidoban.mo, \
		$(DATADIR)/locale/ja/LC_MESSAGES/kidoban.mo)
	$(call put_man, man1/kidoban.1 man5/kidoban-policy.5)
	$(call put_as, 0644, $(BUILD)/completion/kidoban.bash, $(DATADIR)/bash-completion/completions/kidoban)
	$(call put_as, 0644, $(BUILD)/completion/kidoban.zsh, $(ZSHDIR)/_kidoban)
	$(call put_as, 0644, $(BUILD)/completion/kidoban.fish, \
		$(DATADIR)/fish/vendor_completions.d/kidoban.fish)
	$(call put, 0644, policy/templates/*.yaml, $(DATADIR)/kidoban/templates)

install-agent: programs man
	$(call put, 0755, $(BUILD)/kidoband, $(SBINDIR))
	$(call put, 0644, packaging/systemd/kidoband.service packaging/systemd/kidoban.slice \
		packaging/systemd/kidoban-screen.slice, $(UNITDIR))
	$(call put_as, 0644, packaging/systemd/kidoban.tmpfiles, $(PREFIX)/lib/tmpfiles.d/kidoban.conf)
	$(call put, 0644, packaging/systemd/kidoban.catalog, $(PREFIX)/lib/systemd/catalog)
	$(call put, 0755, packaging/kidoban-leave, $(LIBEXEC))
	$(call put, 0644, packaging/polkit/jp.kidoban.policy, $(DATADIR)/polkit-1/actions)
	$(call put, 0644, packaging/polkit/screen-clients, /etc/kidoban)
	$(call put, 0755, packaging/secureboot/kidoban-mok, $(SBINDIR))
	$(call put_man, man8/kidoband.8 man8/kidoban-mok.8)
	$(INSTALL) -d -m 0755 $(D)/etc/kidoban
	$(INSTALL) -d -m 0700 $(addprefix $(D)/etc/kidoban/trust/,author approver grant) $(D)/var/lib/kidoban

DRACUTDIR ?= $(PREFIX)/lib/dracut/modules.d/90kidoban
install-early: programs
	$(call put, 0755, $(BUILD)/kidoban-early packaging/early/kidoban-early-refresh, $(LIBEXEC))
	$(call put, 0644, packaging/early/early.sh, $(LIBEXEC))
	$(call put, 0644, packaging/early/kidoban-early-refresh.path \
		packaging/early/kidoban-early-refresh.service, $(UNITDIR))
	$(call put_as, 0755, packaging/early/initramfs-tools/hook, \
		$(DATADIR)/initramfs-tools/hooks/kidoban)
	$(call put_as, 0755, packaging/early/initramfs-tools/init-top, \
		$(DATADIR)/initramfs-tools/scripts/init-top/kidoban)
	$(call put, 0755, packaging/early/dracut/90kidoban/*.sh, $(DRACUTDIR))

install-beacon: programs man
	$(call put, 0755, $(BUILD)/kidoban-beacon, $(SBINDIR))
	$(call put, 0644, packaging/systemd/kidoban-beacon.service, $(UNITDIR))
	$(call put_as, 0644, packaging/systemd/kidoban-beacon.sysusers, \
		$(PREFIX)/lib/sysusers.d/kidoban-beacon.conf)
	$(call put_man, man8/kidoban-beacon.8)

SOURCE   := $(PREFIX)/src/kidoban-$(VERSION)
$(BUILD)/dkms.conf: packaging/dkms/dkms.conf.in VERSION
	@mkdir -p $(@D)
	$(Q)sed 's/@version@/$(VERSION)/' $< >$@

# Only what a build of the module reads; the licence comes with the package.
install-source: $(BUILD)/dkms.conf
	$(INSTALL) -d $(D)$(SOURCE)
	find Kbuild VERSION kmod include -path kmod/tests -prune -o -type f \( -name '*.[ch]' -o -name '*.inc' \
		-o -name Kbuild -o -name VERSION -o -name probe.sh \) -print | LC_ALL=C sort | tar -c -T - | \
		tar -x -C $(D)$(SOURCE) --no-same-owner --no-same-permissions
	chmod -R u+rwX,go=rX $(D)$(SOURCE)
	$(call put, 0644, $(BUILD)/dkms.conf, $(SOURCE))
	$(call put, 0755, packaging/dkms/kidoban-dkms, $(LIBEXEC))

install-module:
	@test -f $(BUILD)/kmod/$(RELEASE)/kidoban.ko || { echo "no module was built for kernel" \
		"$(RELEASE); type: make kmod-for KDIR=/lib/modules/$(RELEASE)/build" >&2; exit 1; }
	$(call put, 0644, $(BUILD)/kmod/$(RELEASE)/kidoban.ko, /lib/modules/$(RELEASE)/updates)
	test -n "$(D)" || depmod $(RELEASE)

include packaging/deb.mk
include packaging/rpm.mk
