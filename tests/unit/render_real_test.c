// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The real programs read what is written for them: nothing that a policy can hold
 * becomes another setting, network or value (W1). libell is iwd's reader, libnm and
 * GLib are NetworkManager's; wpa_supplicant itself reads its file for an interface that does not exist.
 */
#include <ctype.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent/wifi/iwd_text.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "tests/unit/provision_world.h"

#define ROUNDS	40

static void *library(const char *name)
{
	void *lib = dlopen(name, RTLD_NOW | RTLD_GLOBAL);

	if (!lib)
		print_message("%s is not there\n", name);
	return lib;
}

/* --- iwd */

struct ell {
	void *(*new)(void);
	void (*free)(void *settings);
	bool (*load)(void *settings, const void *data, size_t len);
	char *(*get)(void *settings, const char *group, const char *key);
	char **(*groups)(void *settings);
	char **(*keys)(void *settings, const char *group);
	void (*strv_free)(char **strv);
	void (*release)(void *memory);
};

static bool ell_load(struct ell *e)
{
	void *lib = library("libell.so.0");

	if (!lib)
		return false;
	*(void **)&e->new = dlsym(lib, "l_settings_new");
	*(void **)&e->free = dlsym(lib, "l_settings_free");
	*(void **)&e->load = dlsym(lib, "l_settings_load_from_data");
	*(void **)&e->get = dlsym(lib, "l_settings_get_string");
	*(void **)&e->groups = dlsym(lib, "l_settings_get_groups");
	*(void **)&e->keys = dlsym(lib, "l_settings_get_keys");
	*(void **)&e->strv_free = dlsym(lib, "l_strv_free");
	*(void **)&e->release = dlsym(lib, "l_free");
	return e->new && e->free && e->load && e->get && e->groups && e->keys && e->strv_free && e->release;
}

static void ell_is(const struct ell *e, void *settings, const char *key, const char *value)
{
	char *has = e->get(settings, "Security", key);

	assert_non_null(has);
	assert_string_equal(has, value);
	e->release(has);
}

static unsigned int count(char **strv)
{
	unsigned int n = 0;

	while (strv[n])
		n++;
	return n;
}

static void ell_reads(const struct ell *e, const struct kb_provision_file *file,
		      const struct kb_wifi_profile *p)
{
	struct kb_supplicant_facts f = {};
	void *settings = e->new();
	char **groups, **keys;

	assert_true(e->load(settings, file->content.data, file->content.len));
	ell_is(e, settings, "EAP-Method", "TLS");
	ell_is(e, settings, "EAP-Identity", p->identity);
	ell_is(e, settings, "EAP-TLS-CACert", p->ca);
	ell_is(e, settings, "EAP-TLS-ClientCert", p->cert);
	ell_is(e, settings, "EAP-TLS-ClientKey", p->key);
	ell_is(e, settings, "EAP-TLS-ServerDomainMask", "radius.city.example;radius2.city.example");
	groups = e->groups(settings);
	assert_int_equal(count(groups), 2);
	keys = e->keys(settings, "Security");
	assert_int_equal(count(keys), 6);
	e->strv_free(keys);
	keys = e->keys(settings, "Settings");
	assert_int_equal(count(keys), 3);
	e->strv_free(keys);
	e->strv_free(groups);
	e->free(settings);
	/* and our own reader sees what iwd sees */
	assert_int_equal(kb_iwd_demands((char *)file->content.data, file->content.len, &f), 0);
	assert_string_equal(f.ca, p->ca);
	assert_int_equal(f.n_servers, 2);
}

static void test_iwd(void **state)
{
	struct kb_fault why = {};
	struct ell ell;
	static struct made made;
	unsigned int round, i;

	(void)state;
	if (!ell_load(&ell))
		skip();
	for (round = 0; round < ROUNDS; round++) {
		struct kb_provision p = {};

		made_hostile(&made, MADE_MAX, round, false);
		assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_IWD, "t1", &p, &why), 0);
		for (i = 0; i < MADE_MAX; i++) {
			char name[KB_IWD_FILE_MAX];

			kb_iwd_file_name(made.profiles[i].ssid, made.profiles[i].ssid_len, name);
			assert_null(strpbrk(name, "/\n"));
			ell_reads(&ell, made_file(&p, name), &made.profiles[i]);
		}
		kb_provision_done(&p);
		made_done(&made);
	}
}

/* --- NetworkManager */

struct nm {
	void *(*key_file_new)(void);
	void (*key_file_free)(void *file);
	int (*load)(void *file, const char *data, size_t len, int flags, void **error);
	char **(*groups)(void *file, size_t *n);
	void (*strfreev)(char **strv);
	void *(*read)(void *file, const char *base, int flags, void *fn, void *data, void **error);
	int (*verify)(void *connection, void **error);
	void *(*wireless)(void *connection), *(*eap)(void *connection), *(*security)(void *connection);
	void *(*ssid)(void *setting);
	const void *(*bytes)(void *bytes, size_t *n);
	const char *(*ca)(void *setting), *(*cert)(void *setting), *(*key)(void *setting);
	const char *(*identity)(void *setting), *(*domain)(void *setting);
	int (*pmf)(void *setting);
	void (*unref)(void *object);
};

static bool nm_load(struct nm *nm)
{
	const struct {
		void **fn;
		const char *name;
	} fns[] = {
		{ (void **)&nm->key_file_new, "g_key_file_new" },
		{ (void **)&nm->key_file_free, "g_key_file_free" },
		{ (void **)&nm->load, "g_key_file_load_from_data" },
		{ (void **)&nm->groups, "g_key_file_get_groups" },
		{ (void **)&nm->strfreev, "g_strfreev" },
		{ (void **)&nm->read, "nm_keyfile_read" },
		{ (void **)&nm->verify, "nm_connection_verify" },
		{ (void **)&nm->wireless, "nm_connection_get_setting_wireless" },
		{ (void **)&nm->eap, "nm_connection_get_setting_802_1x" },
		{ (void **)&nm->security, "nm_connection_get_setting_wireless_security" },
		{ (void **)&nm->ssid, "nm_setting_wireless_get_ssid" },
		{ (void **)&nm->bytes, "g_bytes_get_data" },
		{ (void **)&nm->ca, "nm_setting_802_1x_get_ca_cert_path" },
		{ (void **)&nm->cert, "nm_setting_802_1x_get_client_cert_path" },
		{ (void **)&nm->key, "nm_setting_802_1x_get_private_key_path" },
		{ (void **)&nm->identity, "nm_setting_802_1x_get_identity" },
		{ (void **)&nm->domain, "nm_setting_802_1x_get_domain_match" },
		{ (void **)&nm->pmf, "nm_setting_wireless_security_get_pmf" },
		{ (void **)&nm->unref, "g_object_unref" },
	};
	size_t i;

	if (!library("libglib-2.0.so.0") || !library("libnm.so.0"))
		return false;
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		*fns[i].fn = dlsym(RTLD_DEFAULT, fns[i].name);
		if (!*fns[i].fn)
			fail_msg("%s is missing", fns[i].name);
	}
	return true;
}

static void nm_reads(const struct nm *nm, const struct kb_provision_file *file,
		     const struct kb_wifi_profile *p)
{
	void *key_file = nm->key_file_new(), *connection, *eap;
	char **groups;
	const void *ssid;
	size_t n;

	assert_true(nm->load(key_file, (char *)file->content.data, file->content.len, 0, NULL));
	groups = nm->groups(key_file, &n);
	assert_int_equal(n, 6);
	nm->strfreev(groups);
	connection = nm->read(key_file, "/nowhere", 0, NULL, NULL, NULL);
	assert_non_null(connection);
	ssid = nm->bytes(nm->ssid(nm->wireless(connection)), &n);
	assert_int_equal(n, p->ssid_len);
	assert_memory_equal(ssid, p->ssid, n);
	eap = nm->eap(connection);
	assert_non_null(eap);
	assert_string_equal(nm->ca(eap), p->ca);
	assert_string_equal(nm->cert(eap), p->cert);
	assert_string_equal(nm->key(eap), p->key);
	assert_string_equal(nm->identity(eap) ?: "", p->identity);
	assert_string_equal(nm->domain(eap), "radius.city.example;radius2.city.example");
	assert_int_equal(nm->pmf(nm->security(connection)), 3);
	nm->unref(connection);
	nm->key_file_free(key_file);
}

static void test_nm(void **state)
{
	struct kb_fault why = {};
	static struct made made;
	unsigned int round, i;
	struct nm nm;

	(void)state;
	if (!nm_load(&nm))
		skip();
	for (round = 0; round < ROUNDS; round++) {
		struct kb_provision p = {};

		made_hostile(&made, MADE_MAX, round, true);
		assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_NETWORKMANAGER, "t1", &p,
						     &why), 0);
		for (i = 0; i < MADE_MAX; i++) {
			assert_null(strpbrk(strrchr(p.files[i].path, '/') + 1, "/\n"));
			nm_reads(&nm, &p.files[i], &made.profiles[i]);
		}
		kb_provision_done(&p);
		made_done(&made);
	}
}

/* An ordinary one is whole in its eyes, too. */
static void test_nm_verifies(void **state)
{
	struct kb_provision p = {};
	struct kb_fault why = {};
	static struct made made;
	void *key_file, *connection;
	struct nm nm;

	(void)state;
	if (!nm_load(&nm))
		skip();
	made_city(&made);
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_NETWORKMANAGER, "t1", &p, &why), 0);
	key_file = nm.key_file_new();
	assert_true(nm.load(key_file, (char *)p.files[0].content.data, p.files[0].content.len, 0, NULL));
	connection = nm.read(key_file, "/nowhere", 0, NULL, NULL, NULL);
	assert_non_null(connection);
	assert_true(nm.verify(connection, NULL));
	nm.unref(connection);
	nm.key_file_free(key_file);
	kb_provision_done(&p);
}

/* --- wpa_supplicant */

static unsigned int count_lines(const char *log, const char *beginning)
{
	unsigned int n = 0;
	const char *at;

	for (at = log; (at = strstr(at, beginning)); at++)
		n += at == log || at[-1] == '\n';
	return n;
}

/* The octets of "KEY - hexdump_ascii(len=N):" and its lines; *log goes on behind them. */
static size_t dumped(const char **log, const char *key, u8 *ret, size_t size)
{
	char heading[64];
	size_t n = 0, i;
	unsigned int byte;
	const char *at;

	snprintf(heading, sizeof(heading), "\n%s - hexdump_ascii(len=", key);
	at = strstr(*log, heading);
	assert_non_null(at);
	for (at = strchr(at + 1, '\n'); at && !strncmp(at, "\n     ", 6); at = strchr(at + 1, '\n')) {
		for (i = 0; i < 16 && isxdigit((unsigned char)at[6 + 3 * i]) &&
		     isxdigit((unsigned char)at[7 + 3 * i]); i++) {
			assert_int_equal(sscanf(at + 6 + 3 * i, "%2x", &byte), 1);
			assert_true(n < size);
			ret[n++] = (u8)byte;
			if (at[8 + 3 * i] != ' ' || at[9 + 3 * i] == ' ') {
				i++;
				break;
			}
		}
	}
	*log = at ?: *log + strlen(*log);
	return n;
}

static void is_dumped(const char **log, const char *key, const void *value, size_t len)
{
	u8 has[1024];

	assert_int_equal(dumped(log, key, has, sizeof(has)), len);
	assert_memory_equal(has, value, len);
}

/* What wpa_supplicant says while it reads the file. NULL: it is not installed. */
static char *wpa_reads(const struct kb_provision_file *file)
{
	char path[] = "/tmp/kidoban-unit.XXXXXX", command[128];
	KB_FREE char *log = NULL;
	size_t n = 0, size = 4 << 20;
	FILE *out;
	int fd;

	if (system("command -v wpa_supplicant >/dev/null 2>&1"))
		return NULL;
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, file->content.data, file->content.len), file->content.len);
	close(fd);
	snprintf(command, sizeof(command), "timeout 60 wpa_supplicant -c %s -i nosuch0 -D nl80211 -dd 2>&1",
		 path);
	out = popen(command, "r");
	assert_non_null(out);
	log = calloc(1, size);
	assert_non_null(log);
	n = fread(log, 1, size - 1, out);
	log[n] = '\0';
	pclose(out);
	unlink(path);
	return strdup(log);
}

static void test_wpa(void **state)
{
	struct kb_provision p = {};
	struct kb_fault why = {};
	static struct made made;
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 4; round++) {
		KB_FREE char *log = NULL;
		const char *at;

		made_hostile(&made, MADE_MAX, 1000 + round, true);
		assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_WPA, "t1", &p, &why), 0);
		log = wpa_reads(made_file(&p, "/kidoban.conf"));
		kb_provision_done(&p);
		if (!log) {
			made_done(&made);
			skip();
		}
		assert_null(strstr(log, "Failed to read or parse configuration"));
		assert_null(strstr(log, "Invalid configuration line"));
		assert_int_equal(count_lines(log, "scan_ssid="), 0);
		assert_int_equal(count_lines(log, "Line: "), MADE_MAX);
		assert_int_equal(count_lines(log, "key_mgmt: 0xa0"), MADE_MAX);
		assert_int_equal(count_lines(log, "ieee80211w=2 (0x2)"), MADE_MAX);
		assert_int_equal(count_lines(log, "update_config=0"), 1);
		for (i = 0, at = log; i < MADE_MAX; i++) {
			const struct kb_wifi_profile *profile = &made.profiles[i];

			is_dumped(&at, "ssid", profile->ssid, profile->ssid_len);
			is_dumped(&at, "identity", profile->identity, strlen(profile->identity));
			is_dumped(&at, "ca_cert", profile->ca, strlen(profile->ca));
			is_dumped(&at, "client_cert", profile->cert, strlen(profile->cert));
		}
		made_done(&made);
	}
}

/* Every word that is written for a suite is one that it knows, and the longest lists fit. */
static void test_wpa_words(void **state)
{
	KB_FREE char *log = NULL;
	struct kb_provision p = {};
	struct kb_fault why = {};
	static struct made made;
	unsigned int i;

	(void)state;
	made_city(&made);
	made.profiles[0].akms = KB_AKM_ENTERPRISE;
	made.profiles[0].pairwise = made.profiles[0].group = KB_CIPHER_STRONG;
	made.profiles[0].group_mgmt = KB_CIPHER_BIP;
	for (i = 0; i < KB_BSSIDS_MAX; i++)
		made.bssids[i] = (struct kb_link_mac){ { 2, 0, 0, 0, 0, (u8)i },
						       { 255, 255, 255, 255, 255, 0xfe } };
	made.profiles[0].n_bssids = KB_BSSIDS_MAX;
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_WPA, "t1", &p, &why), 0);
	log = wpa_reads(made_file(&p, "/kidoban.conf"));
	kb_provision_done(&p);
	if (!log)
		skip();
	assert_null(strstr(log, "Failed to read or parse configuration"));
	assert_null(strstr(log, "unknown"));
	assert_null(strstr(log, "failed to parse"));
	assert_int_equal(count_lines(log, "bssid_accept: addr="), KB_BSSIDS_MAX);
	assert_int_equal(count_lines(log, "key_mgmt: 0x10300a1"), 6);
	assert_int_equal(count_lines(log, "pairwise: 0x350"), 6);
	assert_int_equal(count_lines(log, "group_mgmt: 0x3820"), 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_iwd), cmocka_unit_test(test_nm), cmocka_unit_test(test_nm_verifies),
		cmocka_unit_test(test_wpa), cmocka_unit_test(test_wpa_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
