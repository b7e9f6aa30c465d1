# SPDX-License-Identifier: GPL-2.0-or-later
# The agent, the command and the beacon: $(BUILD)/kidoband, $(BUILD)/kidoban, $(BUILD)/kidoban-beacon, what
# early boot runs, $(BUILD)/kidoban-early, and the Japanese catalogue.

KBAGENT_DIRS := agent agent/wifi agent/place agent/beacon
# programs of their own are not part of the library
KBAGENT_SRC := $(filter-out agent/main.c agent/beacon/main.c,$(wildcard $(KBAGENT_DIRS:%=%/*.c)))
KBAGENT_LIB := $(BUILD)/obj/libkbagent.a
KBAGENT_LIBS := -lnl-route-3 -lnl-genl-3 -lnl-3 -lsystemd -ludev -lwpa_client -lm
KBNL_CFLAGS = $(shell pkg-config --cflags libnl-route-3.0 libnl-genl-3.0)

$(BUILD)/obj/agent/%.o: ALL_CFLAGS += $(KBNL_CFLAGS)

# Loaded by the agent when it is wanted, so by the name that linking would have noted.
KBGPS_CFLAGS = -DKB_LIBGPS='"$(shell readelf -d "$$($(CC) -print-file-name=libgps.so)" 2>/dev/null | \
	sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')"'
$(BUILD)/obj/agent/place/gnss.o: ALL_CFLAGS += $(KBGPS_CFLAGS)

$(KBAGENT_LIB): $(KBAGENT_SRC:%.c=$(BUILD)/obj/%.o)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

KBCLI_SRC := $(wildcard agent/cli/*.c)

$(BUILD)/kidoband: $(BUILD)/obj/agent/main.o $(KBAGENT_LIB) $(KBPOLICY_LIB) $(KBCORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(KBAGENT_LIBS) $(KBPOLICY_LIBS)

$(BUILD)/kidoban: $(KBCLI_SRC:%.c=$(BUILD)/obj/%.o) $(KBAGENT_LIB) $(KBPOLICY_LIB) $(KBCORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(KBAGENT_LIBS) $(KBPOLICY_LIBS)

$(BUILD)/kidoban-beacon: $(BUILD)/obj/agent/beacon/main.o $(KBAGENT_LIB) $(KBPOLICY_LIB) $(KBCORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lsystemd $(KBPOLICY_LIBS)

# Every library goes into the initial RAM file system, too: no more than it needs, and no code that
# nobody calls.
KBEARLY_OBJ := $(BUILD)/obj/agent/early/early.o $(BUILD)/obj/agent/early/main.o
$(BUILD)/kidoban-early: $(KBEARLY_OBJ) $(KBAGENT_LIB) $(KBPOLICY_LIB) $(KBCORE_LIB)
	$(call say,LD,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ -lnl-genl-3 -lnl-3 $(KBPOLICY_LIBS)

KBLOCALE := $(BUILD)/locale/ja/LC_MESSAGES/kidoban.mo

$(KBLOCALE): agent/po/ja.po
	@mkdir -p $(@D)
	msgfmt --check -o $@ $<

.PHONY: programs pot
programs: $(BUILD)/kidoband $(BUILD)/kidoban $(BUILD)/kidoban-beacon $(BUILD)/kidoban-early \
	$(KBLOCALE)

# Every sentence of the userland; merge into agent/po/ja.po after adding one.
KBTEXT_SRC = $(sort $(wildcard policy/*.c $(KBAGENT_DIRS:%=%/*.c) agent/cli/*.c))
pot: $(BUILD)/kidoban.pot
$(BUILD)/kidoban.pot: $(KBTEXT_SRC)
	@mkdir -p $(@D)
	xgettext --from-code=UTF-8 --keyword=_ --keyword=N_ --add-comments=TRANSLATORS: --sort-by-file \
		--package-name=kidoban --no-location -o $@ $^
