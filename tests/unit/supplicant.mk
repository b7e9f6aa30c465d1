# SPDX-License-Identifier: GPL-2.0-or-later
# Unit tests of supplicants: what they say, and what they are given to read.

UNIT_TESTS += wpa_text_test
wpa_text_test_SRC := tests/unit/wpa_text_test.c agent/wifi/wpa_text.c agent/wifi/iwd_text.c policy/utf8.c

PROVISION_SRC := tests/unit/provision_world.c agent/wifi/provision.c agent/wifi/render_wpa.c \
	agent/wifi/render_iwd.c agent/wifi/render_nm.c agent/wifi/iwd_text.c agent/wifi/wpa_text.c policy/utf8.c \
	policy/fault.c policy/bundle.c policy/archive.c policy/file.c
PROVISION_LIBS := -larchive -lcrypto
UNIT_TESTS += render_test
render_test_SRC := tests/unit/render_test.c $(PROVISION_SRC)
render_test_LIBS := $(PROVISION_LIBS)
UNIT_TESTS += render_real_test
render_real_test_SRC := tests/unit/render_real_test.c $(PROVISION_SRC)
render_real_test_LIBS := $(PROVISION_LIBS)

SUPPLICANT_SRC := $(patsubst %,agent/wifi/%.c,supplicant supplicant_wpa supplicant_iwd supplicant_nm bus follow \
	wpa_text iwd_text) policy/utf8.c policy/fault.c policy/file.c policy/key.c policy/cert.c tests/unit/agent_scratch.c
UNIT_TESTS += supplicant_test
supplicant_test_SRC := tests/unit/supplicant_test.c tests/unit/fake_wpa.c $(SUPPLICANT_SRC)
supplicant_test_LIBS := -lsystemd -lwpa_client -lcrypto -lpthread

UNIT_TESTS += apply_test
apply_test_SRC := tests/unit/apply_test.c agent/wifi/provision_apply.c $(PROVISION_SRC) policy/key.c policy/cert.c \
	tests/unit/agent_scratch.c
apply_test_LIBS := $(PROVISION_LIBS) -Wl,--wrap=write -Wl,--wrap=fsync -Wl,--wrap=fchmod -Wl,--wrap=renameat

UNIT_TESTS += guard_test
guard_test_SRC := tests/unit/guard_test.c agent/wifi/guard.c agent/wifi/provision_apply.c $(PROVISION_SRC) \
	$(SUPPLICANT_SRC) $(WIFI_WORDS)
guard_test_LIBS := $(PROVISION_LIBS) -lsystemd -lwpa_client

UNIT_TESTS += supplicant_bus_test
supplicant_bus_test_SRC := tests/unit/supplicant_bus_test.c tests/unit/fake_bus.c $(SUPPLICANT_SRC)
supplicant_bus_test_LIBS := -lsystemd -lwpa_client -lcrypto -lpthread
