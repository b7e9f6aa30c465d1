// SPDX-License-Identifier: GPL-2.0-or-later
/* What wpa_supplicant and iwd say is read, and what they do not say is not believed (W1, W2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "agent/wifi/iwd_text.h"
#include "agent/wifi/wpa_text.h"

static const char good[] =
	"bssid=02:11:22:00:00:01\nfreq=5180\nssid=MYNUMBER-A\nid=0\nmode=station\n"
	"pairwise_cipher=CCMP\ngroup_cipher=CCMP\nkey_mgmt=WPA2-EAP-SHA256\npmf=2\n"
	"mgmt_group_cipher=BIP\nwpa_state=COMPLETED\naddress=02:00:00:00:00:00\n"
	"Supplicant PAE state=AUTHENTICATED\nsuppPortStatus=Authorized\nEAP state=SUCCESS\n"
	"selectedMethod=13 (EAP-TLS)\neap_tls_version=TLSv1.2\n";

static void test_status(void **state)
{
	static const u8 bssid[6] = { 2, 0x11, 0x22, 0, 0, 1 };
	struct kb_wpa_status s;

	(void)state;
	assert_int_equal(kb_wpa_status(good, &s), 0);
	assert_true(s.completed && s.port_authorized && s.rsn_known);
	assert_string_equal(s.eap, "TLS");
	assert_memory_equal(s.bssid, bssid, 6);
	assert_int_equal(s.network, 0);
	assert_int_equal(s.rsn.akms, KB_AKM_8021X_SHA256);
	assert_int_equal(s.rsn.pairwise, KB_CIPHER_CCMP);
	assert_int_equal(s.rsn.group_mgmt, KB_CIPHER_BIP_CMAC);
	assert_true(s.rsn.mfp_capable && s.rsn.mfp_required);
}

/* One line instead of another; the answer, and what it then says. */
static void test_status_refused(void **state)
{
	static const struct {
		const char *text;
		bool readable, completed, authorized;
	} rows[] = {
		{ "", false, false, false },
		{ "FAIL\n", false, false, false },
		{ "wpa_state", false, false, false },
		{ "xwpa_state=COMPLETED\n", false, false, false },
		{ "ssid=x wpa_state=COMPLETED\n", false, false, false },
		{ "wpa_state=4WAY_HANDSHAKE\n", true, false, false },
		{ "wpa_state=COMPLETE\n", true, false, false },
		{ "wpa_state=COMPLETED\nwpa_state=COMPLETED\n", false, false, false },
		{ "wpa_state=SCANNING\nwpa_state=COMPLETED\n", false, false, false },
		{ "wpa_state=COMPLETED\nmode=AP\n", true, false, false },
		{ "wpa_state=COMPLETED\nmode=P2P GO\n", true, false, false },
		{ "wpa_state=COMPLETED\nsuppPortStatus=Unauthorized\n", true, true, false },
		{ "wpa_state=SCANNING\nsuppPortStatus=Authorized\n", true, false, false },
		{ "wpa_state=COMPLETED\nbssid=02:11:22:00:00\n", false, false, false },
		{ "wpa_state=COMPLETED\nbssid=02:11:22:00:00:01:02\n", false, false, false },
		{ "wpa_state=COMPLETED\nid=-1\n", false, false, false },
		{ "wpa_state=COMPLETED\nid=9999999999\n", false, false, false },
		{ "wpa_state=COMPLETED\nid=1x\n", false, false, false },
		{ "wpa_state=COMPLETED\nselectedMethod=13\n", false, false, false },
		{ "wpa_state=COMPLETED\nselectedMethod=13 (EAP-)\n", false, false, false },
		{ "wpa_state=COMPLETED\nselectedMethod=13 (EAP-TLS\n", false, false, false },
		{ "wpa_state=COMPLETED\nselectedMethod=1 (EAP-aaaaaaaaaaaaaaaaaaaa)\n", false, false, false },
		{ "wpa_state=COMPLETED", true, true, true },
	};
	struct kb_wpa_status s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		s = (struct kb_wpa_status){ .network = 77 };
		if (kb_wpa_status(rows[i].text, &s)) {
			if (rows[i].readable)
				fail_msg("refused: %s", rows[i].text);
			assert_int_equal(s.network, 77);	/* untouched */
			continue;
		}
		if (!rows[i].readable || s.completed != rows[i].completed ||
		    s.port_authorized != rows[i].authorized)
			fail_msg("misread: %s", rows[i].text);
	}
}

static void test_rsn_needs_all(void **state)
{
	static const char *const texts[] = {
		"wpa_state=COMPLETED\npairwise_cipher=CCMP\ngroup_cipher=CCMP\n",
		"wpa_state=COMPLETED\nkey_mgmt=WPA2-EAP-SHA256\ngroup_cipher=CCMP\n",
		"wpa_state=COMPLETED\nkey_mgmt=WPA-EAP\npairwise_cipher=CCMP\ngroup_cipher=CCMP\n",
		"wpa_state=COMPLETED\nkey_mgmt=NONE\npairwise_cipher=NONE\ngroup_cipher=NONE\n",
		"wpa_state=COMPLETED\nkey_mgmt=WPA2-EAP-SHA256\npairwise_cipher=CCMP\ngroup_cipher=CCMP\npmf=2\n",
		"wpa_state=ASSOCIATED\nkey_mgmt=WPA2-EAP-SHA256\npairwise_cipher=CCMP\ngroup_cipher=CCMP\n",
	};
	struct kb_wpa_status s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_int_equal(kb_wpa_status(texts[i], &s), 0);
		assert_false(s.rsn_known);
	}
	/* without protected management frames there is no such line */
	assert_int_equal(kb_wpa_status("wpa_state=COMPLETED\nkey_mgmt=WPA2/IEEE 802.1X/EAP\n"
				       "pairwise_cipher=CCMP\ngroup_cipher=TKIP\n", &s), 0);
	assert_true(s.rsn_known && !s.rsn.mfp_capable && !s.rsn.mfp_required);
	assert_int_equal(s.rsn.group, KB_CIPHER_TKIP);
}

static void test_values(void **state)
{
	static const struct {
		const char *text;
		int r;
		const char *value;
	} rows[] = {
		{ "\"/etc/ca.pem\"", 0, "/etc/ca.pem" },
		{ "\"/etc/ca.pem\"\n", 0, "/etc/ca.pem" },
		{ "\"a\"b\"", 0, "a\"b" },
		{ "\"\"", 0, "" },
		{ "2f657463", 0, "/etc" },
		{ "2F657463\n", 0, "/etc" },
		{ "P\"a\\n\\x41\\\\\\\"\"", 0, "a\nA\\\"" },
		{ "FAIL\n", -ENODATA, NULL },
		{ "", -ENODATA, NULL },
		{ "\n", -ENODATA, NULL },
		{ "\"", -EBADMSG, NULL },
		{ "\"abc", -EBADMSG, NULL },
		{ "abc", -EBADMSG, NULL },
		{ "2f6", -EBADMSG, NULL },
		{ "2f00", -EBADMSG, NULL },
		{ "/etc/ca.pem", -EBADMSG, NULL },
		{ "P\"\\x00\"", -EBADMSG, NULL },
		{ "P\"\\q\"", -EBADMSG, NULL },
		{ "P\"\\\"", -EBADMSG, NULL },
		{ "P\"", -EBADMSG, NULL },
		{ "P", -EBADMSG, NULL },
		{ "\"0123456789012345678901234567890123456789\"", -EMSGSIZE, NULL },
		{ "3031323334353637383930313233343536373839303132333435363738393031", -EMSGSIZE, NULL },
	};
	char value[32];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		strcpy(value, "untouched");
		if (kb_wpa_value(rows[i].text, value, sizeof(value)) != rows[i].r)
			fail_msg("%s", rows[i].text);
		assert_string_equal(value, rows[i].r ? "untouched" : rows[i].value);
	}
}

static void test_servers(void **state)
{
	struct kb_supplicant_facts f = { .n_servers = 77 };
	char long_name[KB_SERVER_NAME_MAX + 2];

	(void)state;
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(kb_wpa_servers(long_name, &f), -EMSGSIZE);
	assert_int_equal(kb_wpa_servers("1;2;3;4;5;6;7;8;9", &f), -EMSGSIZE);
	assert_int_equal(f.n_servers, 77);
	assert_int_equal(kb_wpa_servers("a.example;;b.example;", &f), 0);
	assert_int_equal(f.n_servers, 2);
	assert_string_equal(f.servers[1], "b.example");
	assert_int_equal(kb_wpa_servers("", &f), 0);
	assert_int_equal(f.n_servers, 0);
}

static void test_events(void **state)
{
	static const struct {
		const char *text;
		int event;		/* -1: none */
		const char *detail;
	} rows[] = {
		{ "<3>CTRL-EVENT-CONNECTED - Connection to 02:11:22:00:00:01 completed [id=0 id_str=]",
		  KB_SUPPLICANT_CHANGED, "CTRL-EVENT-CONNECTED - Connection to" },
		{ "<3>CTRL-EVENT-DISCONNECTED bssid=02:11:22:00:00:01 reason=3", KB_SUPPLICANT_CHANGED, "" },
		{ "<3>CTRL-EVENT-EAP-TLS-CERT-ERROR reason=4 depth=0 subject='/CN=x' err='Domain match mismatch'",
		  KB_SUPPLICANT_CERTIFICATE, "CTRL-EVENT-EAP-TLS-CERT-ERROR reason=4" },
		{ "<3>CTRL-EVENT-EAP-FAILURE EAP authentication failed", KB_SUPPLICANT_FAILURE, "" },
		{ "<3>CTRL-EVENT-TERMINATING", KB_SUPPLICANT_GONE, "" },
		{ "<3>CTRL-EVENT-TERMINATING ", KB_SUPPLICANT_GONE, "" },
		{ "<3>CTRL-EVENT-EAP-FAILURE\033[31m\xff", -1, NULL },
		{ "<3>CTRL-EVENT-EAP-FAILURE \033[31m\xff", KB_SUPPLICANT_FAILURE,
		  "CTRL-EVENT-EAP-FAILURE ?[31m?" },
		{ "<3>CTRL-EVENT-SCAN-RESULTS ", -1, NULL },
		{ "<3>CTRL-EVENT-CONNECTEDX", -1, NULL },
		{ "CTRL-EVENT-CONNECTED ", -1, NULL },
		{ "<33333>CTRL-EVENT-CONNECTED ", -1, NULL },
		{ "<3", -1, NULL }, { "", -1, NULL }, { "OK\n", -1, NULL },
	};
	static const u8 bssid[6] = { 2, 0x11, 0x22, 0, 0, 1 };
	struct kb_supplicant_notice n;
	u8 mac[6] = {};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		n = (struct kb_supplicant_notice){};
		if (kb_wpa_event(rows[i].text, &n) != (rows[i].event >= 0))
			fail_msg("%s", rows[i].text);
		if (rows[i].event < 0)
			continue;
		assert_int_equal(n.event, rows[i].event);
		assert_memory_equal(n.detail, rows[i].detail, strlen(rows[i].detail));
		if (strstr(rows[i].text, "bssid="))
			assert_memory_equal(n.bssid, bssid, 6);
	}
	assert_false(kb_wpa_associated("<3>Associated with nobody", mac));
	assert_false(kb_wpa_associated("Associated with 02:11:22:00:00:01", mac));
	assert_true(kb_wpa_associated("<3>Associated with 02:11:22:00:00:01", mac));
	assert_memory_equal(mac, bssid, 6);
}

static void test_networks(void **state)
{
	static const char text[] = "network id / ssid / bssid / flags\n0\tA\tany\t[CURRENT]\n"
				   "17\tB\tany\t[DISABLED]\nx\tC\tany\t\n5\n";
	int ids[4];

	(void)state;
	assert_int_equal(kb_wpa_networks(text, ids, 4), 2);
	assert_int_equal(ids[0], 0);
	assert_int_equal(ids[1], 17);
	assert_int_equal(kb_wpa_networks(text, ids, 1), 1);
	assert_int_equal(kb_wpa_networks("", ids, 4), 0);
}

static void test_iwd_names(void **state)
{
	char name[KB_IWD_FILE_MAX];
	u8 raw[32], ssid[KB_SSID_MAX], len;

	(void)state;
	kb_iwd_file_name((const u8 *)"My City_1-A", 11, name);
	assert_string_equal(name, "My City_1-A.8021x");
	kb_iwd_file_name((const u8 *)"a.b", 3, name);
	assert_string_equal(name, "=612e62.8021x");
	kb_iwd_file_name((const u8 *)"../x", 4, name);
	assert_string_equal(name, "=2e2e2f78.8021x");
	kb_iwd_file_name((const u8 *)"\xe5\xb8\x82", 3, name);
	assert_string_equal(name, "=e5b882.8021x");
	memset(raw, 0, sizeof(raw));
	kb_iwd_file_name(raw, 32, name);
	assert_int_equal(strlen(name), 1 + 64 + strlen(".8021x"));
	assert_true(kb_iwd_path_ssid("/net/connman/iwd/0/3/4d59_8021x", ssid, &len));
	assert_int_equal(len, 2);
	assert_memory_equal(ssid, "MY", 2);
	assert_false(kb_iwd_path_ssid("/net/connman/iwd/0/3/4d59_psk", ssid, &len));
	assert_false(kb_iwd_path_ssid("/net/connman/iwd/0/3/4d5_8021x", ssid, &len));
	assert_false(kb_iwd_path_ssid("/net/connman/iwd/0/3/zz59_8021x", ssid, &len));
	assert_false(kb_iwd_path_ssid("/net/connman/iwd/0/3/_8021x", ssid, &len));
	assert_false(kb_iwd_path_ssid("4d59_8021x", ssid, &len));
}

static void test_iwd_demands(void **state)
{
	static const char *const refused[] = {
		"[Security]\nEAP-TLS-CACert=/a\nEAP-TLS-CACert=/b\n",
		"[Security]\nEAP-Method=TLS\n[Settings]\n[Security]\nEAP-TLS-CACert=/b\n",
		"[Security]\nEAP-TLS-CACert=embed:x\n[@pem@x]\n-----BEGIN\n",
		"[Security]\nEAP-TLS-CACert=/a\\q\n",
		"[Security]\nEAP-TLS-CACert=/a\\\n",
		"[Security]\nEAP-TLS-CACert\n",
		"[Security\nEAP-TLS-CACert=/a\n",
		"[Security]\nEAP-TLS-CACert=/\xff\n",
		"[Security]\nEAP-TLS-ServerDomainMask=1;2;3;4;5;6;7;8;9\n",
	};
	static const char text[] = "# of ours\n\n [Security] \n\tEAP-Method = TLS\n"
				   "EAP-TLS-CACert= \\s/etc/a\\\\b\\n\n"
				   "EAP-TLS-ServerDomainMask=a.example;b.example\n[Settings]\nEAP-Method=PEAP\n";
	static const char outside[] = "EAP-TLS-CACert=/a\n[IPv4]\nEAP-Method=TLS\n";
	struct kb_supplicant_facts f = { .n_servers = 77 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refused); i++)
		if (kb_iwd_demands(refused[i], strlen(refused[i]), &f) != -EBADMSG)
			fail_msg("%s", refused[i]);
	assert_int_equal(kb_iwd_demands("[Security]\0", 11, &f), -EBADMSG);
	assert_int_equal(f.n_servers, 77);
	assert_string_equal(f.ca, "");
	assert_int_equal(kb_iwd_demands(text, strlen(text), &f), 0);
	assert_string_equal(f.eap, "TLS");
	assert_string_equal(f.ca, " /etc/a\\b\n");
	assert_int_equal(f.n_servers, 2);
	/* outside of its group it demands nothing */
	f = (struct kb_supplicant_facts){};
	assert_int_equal(kb_iwd_demands(outside, strlen(outside), &f), 0);
	assert_string_equal(f.ca, "");
	assert_string_equal(f.eap, "");
	assert_int_equal(kb_iwd_demands("", 0, &f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status), cmocka_unit_test(test_status_refused),
		cmocka_unit_test(test_rsn_needs_all), cmocka_unit_test(test_values),
		cmocka_unit_test(test_servers), cmocka_unit_test(test_events),
		cmocka_unit_test(test_networks), cmocka_unit_test(test_iwd_names),
		cmocka_unit_test(test_iwd_demands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
