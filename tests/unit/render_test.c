// SPDX-License-Identifier: GPL-2.0-or-later
/* What supplicants are given to read: golden files, and what may not be written (W1, W2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "policy/cleanup.h"
#include "policy/file.h"
#include "tests/unit/provision_world.h"

static void render(const struct made *made, enum kb_supplicant supplicant, struct kb_provision *ret)
{
	struct kb_fault why = {};

	*ret = (struct kb_provision){};
	if (kb_provision_render(&made->policy, supplicant, "t1.city.example", ret, &why))
		fail_msg("%s", why.text);
}

/* KIDOBAN_GOLDEN=write makes them anew; look at what changed before you commit it. */
static void same_as_golden(const struct kb_provision_file *file, const char *name)
{
	KB_FREE uint8_t *golden = NULL;
	char path[128];
	size_t len;

	snprintf(path, sizeof(path), "tests/unit/golden/%s", name);
	if (getenv("KIDOBAN_GOLDEN")) {
		assert_int_equal(kb_file_replace(path, file->content.data, file->content.len, 0644), 0);
		return;
	}
	assert_int_equal(kb_file_read(path, 65536, &golden, &len), 0);
	if (len != file->content.len || memcmp(golden, file->content.data, len))
		fail_msg("%s differs:\n%s", path, (const char *)file->content.data);
}

static void test_wpa(void **state)
{
	struct kb_provision p;
	struct made made;

	(void)state;
	made_city(&made);
	render(&made, KB_SUPPLICANT_WPA, &p);
	assert_int_equal(p.n_files, 2);
	same_as_golden(made_file(&p, "/etc/wpa_supplicant/kidoban.conf"), "wpa.conf");
	same_as_golden(made_file(&p, "wpa_supplicant@.service.d/kidoban.conf"), "wpa-unit.conf");
	assert_int_equal(made_file(&p, "/etc/wpa_supplicant/kidoban.conf")->mode, 0600);
	assert_int_equal(p.n_strays, 1);
	kb_provision_done(&p);
}

static void test_iwd(void **state)
{
	struct kb_provision p;
	struct made made;

	(void)state;
	made_city(&made);
	made.profiles[1].cert = "/etc/kidoban/wifi/b.pem";
	made.profiles[1].key = NULL;
	render(&made, KB_SUPPLICANT_IWD, &p);
	assert_int_equal(p.n_files, 3);
	same_as_golden(made_file(&p, "/var/lib/iwd/MYNUMBER-A.8021x"), "iwd-a.8021x");
	same_as_golden(made_file(&p, "/var/lib/iwd/=e5b882e5bdb9e68980"
				     "2de6a5ade58b99.8021x"), "iwd-b.8021x");
	same_as_golden(made_file(&p, "/etc/iwd/main.conf"), "iwd-main.conf");
	kb_provision_done(&p);
	/* where one profile does without, it cannot be demanded of all */
	made.profiles[1].pmf = KB_PMF_OPTIONAL;
	render(&made, KB_SUPPLICANT_IWD, &p);
	assert_non_null(strstr((char *)made_file(&p, "main.conf")->content.data,
			       "ManagementFrameProtection=1\n"));
	assert_null(strstr((char *)made_file(&p, "e58b99.8021x")->content.data, "TransitionDisable"));
	kb_provision_done(&p);
}

static void test_nm(void **state)
{
	struct kb_provision p;
	struct made made;

	(void)state;
	made_city(&made);
	render(&made, KB_SUPPLICANT_NETWORKMANAGER, &p);
	assert_int_equal(p.n_files, 3);
	same_as_golden(made_file(&p, "system-connections/kidoban-A.nmconnection"), "nm-a.nmconnection");
	same_as_golden(made_file(&p, "kidoban-=e6a5ade58b99.nmconnection"), "nm-b.nmconnection");
	same_as_golden(made_file(&p, "/etc/NetworkManager/conf.d/kidoban.conf"), "nm.conf");
	kb_provision_done(&p);
}

static void test_same_bytes(void **state)
{
	static const enum kb_supplicant all[] = { KB_SUPPLICANT_WPA, KB_SUPPLICANT_NETWORKMANAGER };
	struct kb_provision a, b;
	struct made made, again;
	size_t i, f;

	(void)state;
	made_city(&made);
	made_city(&again);
	for (i = 0; i < ARRAY_SIZE(all); i++) {
		render(&made, all[i], &a);
		render(&again, all[i], &b);
		assert_int_equal(a.n_files, b.n_files);
		for (f = 0; f < a.n_files; f++) {
			assert_string_equal(a.files[f].path, b.files[f].path);
			assert_int_equal(a.files[f].content.len, b.files[f].content.len);
			assert_memory_equal(a.files[f].content.data, b.files[f].content.data,
					    a.files[f].content.len);
		}
		kb_provision_done(&a);
		kb_provision_done(&b);
	}
}

/* 200 access points: lines stay below what wpa_supplicant reads as one, and none is lost. */
static void test_many_bssids(void **state)
{
	const char *line, *end, *text;
	unsigned int i, n = 0, blocks = 0;
	struct kb_provision p;
	struct made made;

	(void)state;
	made_city(&made);
	for (i = 0; i < 200; i++)
		made.bssids[i] = (struct kb_link_mac){ { 2, 0, 0, 0, 0, (u8)i },
						       { 255, 255, 255, 255, 255, 0xfe } };
	made.profiles[0].n_bssids = 200;
	made.policy.n_profiles = 1;
	render(&made, KB_SUPPLICANT_WPA, &p);
	text = (const char *)made_file(&p, "kidoban.conf")->content.data;
	for (line = text; *line; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		assert_true(end - line < 1990);
		blocks += !strncmp(line, "network={", 9);
		for (i = 0; !strncmp(line, "\tbssid_accept=", 14) && line + i < end; i++)
			n += line[i] == '/';
	}
	assert_int_equal(n, 200);
	assert_int_equal(blocks, 5);
	kb_provision_done(&p);
}

typedef void (*change_fn)(struct made *made);

#define CHANGE(name, what)							\
	static void name(struct made *made)					\
	{									\
		struct kb_wifi_profile *p = &made->profiles[0];			\
										\
		(void)p;							\
		what;								\
	}

static char too_long[4096];
static const char *server;

CHANGE(no_ca, p->ca = NULL)
CHANGE(ca_empty, p->ca = "")
CHANGE(ca_relative, p->ca = "etc/ca.pem")
CHANGE(ca_is_token, p->ca = "pkcs11:object=ca")
CHANGE(ca_not_utf8, p->ca = "/etc/\xff.pem")
CHANGE(no_server, p->n_servers = 0)
CHANGE(server_empty, made->servers[0] = "")
CHANGE(server_two_in_one, made->servers[0] = "radius.city.example;evil.example")
CHANGE(server_any, made->servers[0] = "*")
CHANGE(server_any_below, made->servers[0] = "*.example")
CHANGE(server_new_line, made->servers[0] = "a.example\nca_cert=\"\"")
CHANGE(server_quote, made->servers[0] = "a.example\"")
CHANGE(server_blank, made->servers[0] = "a example")
CHANGE(server_dot, made->servers[0] = ".example")
CHANGE(server_too_long, made->servers[0] = server)
CHANGE(no_cert, p->cert = NULL)
CHANGE(cert_relative, p->cert = "terminal.pem")
CHANGE(key_relative, p->key = "terminal.key")
CHANGE(key_too_long, p->key = too_long)
CHANGE(identity_not_utf8, p->identity = "host/\xc3")
CHANGE(identity_too_long, p->identity = too_long)
CHANGE(identity_bell, p->identity = "\a")
CHANGE(ca_vertical, p->ca = "/\v")
CHANGE(cert_feed, p->cert = "/\f")
CHANGE(key_delete, p->key = "/\x7f")
CHANGE(akm_psk_too, p->akms |= KB_AKM_PSK)
CHANGE(akm_none, p->akms = 0)
CHANGE(cipher_tkip, p->pairwise |= KB_CIPHER_TKIP)
CHANGE(group_wep, p->group = KB_CIPHER_WEP40)
CHANGE(no_cipher, p->pairwise = 0)

static void test_refused(void **state)
{
	static const change_fn changes[] = {
		no_ca, ca_empty, ca_relative, ca_is_token, ca_not_utf8, no_server, server_empty,
		server_two_in_one, server_any, server_any_below, server_new_line, server_quote,
		server_blank, server_dot, server_too_long, no_cert, cert_relative, key_relative,
		key_too_long, identity_not_utf8, identity_too_long, identity_bell, ca_vertical, cert_feed,
		key_delete, akm_psk_too, akm_none, cipher_tkip, group_wep, no_cipher,
	};
	static const enum kb_supplicant all[] = {
		KB_SUPPLICANT_WPA, KB_SUPPLICANT_IWD, KB_SUPPLICANT_NETWORKMANAGER,
	};
	struct kb_provision p = { .n_files = 77 };
	struct made made;
	size_t c, s;

	(void)state;
	memset(too_long, 'a', sizeof(too_long) - 1);
	too_long[0] = '/';
	server = too_long + 1;
	for (c = 0; c < ARRAY_SIZE(changes); c++) {
		for (s = 0; s < ARRAY_SIZE(all); s++) {
			struct kb_fault why = {};

			made_city(&made);
			made.policy.n_profiles = 1;
			changes[c](&made);
			if (!kb_provision_render(&made.policy, all[s], "t1", &p, &why))
				fail_msg("change %zu is written for %d", c, (int)all[s]);
			assert_int_not_equal(why.text[0], '\0');
			assert_int_equal(p.n_files, 77);
		}
	}
}

static void test_nothing_to_write(void **state)
{
	struct kb_provision p = {};
	struct kb_fault why = {};
	struct made made;

	(void)state;
	made_city(&made);
	/* neither a passphrase nor more than a name: nothing that could be written */
	made.profiles[0] = made.profiles[2];
	made.profiles[1] = made.profiles[3];
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_WPA, "t1", &p, &why), -ENODATA);
	made.policy.n_profiles = 0;
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_IWD, "t1", &p, &why), -ENODATA);
	made_city(&made);
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_NONE, "t1", &p, &why), -EINVAL);
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_AUTO, "t1", &p, &why), -EINVAL);
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_WPA, "\xff", &p, &why), -EINVAL);
	/* iwd has neither tokens nor two configurations of one SSID */
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_IWD, "t1", &p, &why), -EOPNOTSUPP);
	made.profiles[1] = made.profiles[0];
	assert_int_equal(kb_provision_render(&made.policy, KB_SUPPLICANT_IWD, "t1", &p, &why), -EOPNOTSUPP);
	assert_int_equal(p.n_files, 0);
}

/* No SSID is ever asked for by name, and wpa_supplicant writes nothing itself. */
static void test_never(void **state)
{
	static const char *const never[] = { "scan_ssid", "hidden=true", "Hidden=true", "update_config=1" };
	static const enum kb_supplicant all[] = {
		KB_SUPPLICANT_WPA, KB_SUPPLICANT_IWD, KB_SUPPLICANT_NETWORKMANAGER,
	};
	struct kb_provision p;
	struct made made;
	size_t s, f, n;

	(void)state;
	made_city(&made);
	made.profiles[1].cert = made.profiles[1].key = "/etc/b.pem";
	for (s = 0; s < ARRAY_SIZE(all); s++) {
		render(&made, all[s], &p);
		for (f = 0; f < p.n_files; f++)
			for (n = 0; n < ARRAY_SIZE(never); n++)
				assert_null(strstr((char *)p.files[f].content.data, never[n]));
		kb_provision_done(&p);
	}
}

static void test_words(void **state)
{
	(void)state;
	assert_int_equal(kb_provision_supplicant("networkmanager"), KB_SUPPLICANT_NETWORKMANAGER);
	assert_int_equal(kb_provision_supplicant("iwd"), KB_SUPPLICANT_IWD);
	assert_int_equal(kb_provision_supplicant("wpa_supplicant"), KB_SUPPLICANT_WPA);
	assert_int_equal(kb_provision_supplicant("none"), KB_SUPPLICANT_AUTO);
	assert_int_equal(kb_provision_supplicant(""), KB_SUPPLICANT_AUTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wpa), cmocka_unit_test(test_iwd), cmocka_unit_test(test_nm),
		cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_many_bssids),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_nothing_to_write),
		cmocka_unit_test(test_never), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
