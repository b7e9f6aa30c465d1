// SPDX-License-Identifier: GPL-2.0-or-later
/* Every way in which Wi-Fi and places can be written wrong: line, column, code, sentence (W1, W2, P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/text.h"

#define HEAD								\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n" \
	"media: {}\n"							\
	"mode: {media: audit, wifi: audit, place: audit}\n"
/* What is tried stands in line 5. */
#define WIRELESS(x)	HEAD "wireless: {" x "}\n"
#define WIFI(x)		HEAD "wifi: [{" x "}]\n"
#define PROFILE(x)	WIFI("profile: A, ssid: S, " x)
#define PINNED(x)	PROFILE("akm: wpa2-eap-sha256, ca: /ca.pem, " x)
#define PLACE(x)	HEAD "places: [{zone: z, " x "}]\n"
#define PIECE(x)	PLACE("evidence: [{" x "}]")
#define HEX63		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
#define KEY		"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4="
#define BEACON(x)	PIECE("beacon: {name: b, key: \"" KEY "\", " x "}")
#define GNSS(x)		PIECE("gnss: {" x "}")
#define TEN(x)		x x x x x x x x x x

struct refusal {
	const char *text;
	uint32_t line, column;
	const char *code;
	const char *words;		/* part of the sentence */
};

static const struct refusal refusals[] = {
	/* wireless */
	{ HEAD "wireless: []\n", 5, 11, "type", "must be a mapping" },
	{ WIRELESS("scan: 5"), 5, 12, "unknown-key", "known here: supplicant, provision, survey, avoid, modes, canary" },
	{ WIRELESS("supplicant: wpa-supplicant"), 5, 24, "unknown-value", "did you mean 'wpa_supplicant'?" },
	{ WIRELESS("provision: yes"), 5, 23, "unknown-value", "did you mean 'true'?" },
	{ WIRELESS("survey: 29"), 5, 20, "range", "from 30 to 86400, this is 29" },
	{ WIRELESS("survey: 86401"), 5, 20, "range", "from 30 to 86400" },
	{ WIRELESS("survey: -1"), 5, 20, "bad-value", "'-1' is not a valid" },
	{ WIRELESS("survey: often"), 5, 20, "bad-value", "'often' is not a valid" },
	{ WIRELESS("avoid: 2"), 5, 19, "unknown-value", "known: true, false" },
	{ WIRELESS("modes: allow"), 5, 19, "unknown-value", "known: refuse, report" },
	{ WIRELESS("canary: \"\""), 5, 20, "length", "1 to 32 bytes, this has 0" },
	{ WIRELESS("canary: 123456789012345678901234567890123"), 5, 20, "length", "this has 33" },
	/* names and SSIDs */
	{ HEAD "wifi: {}\n", 5, 7, "type", "must be a list of mappings" },
	{ WIFI("ssid: A"), 5, 8, "missing-key", "'profile' is missing" },
	{ WIFI("profile: A"), 5, 8, "one-of", "exactly one of these must stand here: ssid, ssid-hex" },
	{ WIFI("profile: A, ssid: S, ssid-hex: \"53\""), 5, 8, "one-of", "exactly one" },
	{ WIFI("profile: A, ssid: \"\""), 5, 27, "length", "1 to 32 bytes" },
	{ WIFI("profile: A, ssid: 123456789012345678901234567890123"), 5, 27, "length", "this has 33" },
	{ WIFI("profile: A, ssid: \"\u6728\u6238\u756a\u6728\u6238\u756a\u6728\u6238\u756a\u6728\u6238\""), 5, 27, "length", "this has 33" },
	{ WIFI("profile: A, ssid-hex: \"\""), 5, 31, "bad-value", "not a valid SSID in hexadecimal" },
	{ WIFI("profile: A, ssid-hex: \"5\""), 5, 31, "bad-value", "not a valid SSID in hexadecimal" },
	{ WIFI("profile: A, ssid-hex: \"5x\""), 5, 31, "bad-value", "not a valid SSID in hexadecimal" },
	{ WIFI("profile: A, ssid-hex: \"" HEX63 "def\""), 5, 31, "bad-value", "not a valid SSID" },
	{ HEAD "wifi:\n  - {profile: A, ssid: S}\n  - {profile: B, ssid-hex: \"53\"}\n", 7, 15, "duplicate-ssid", "profile 'A' has this SSID" },
	/* what a profile may negotiate */
	{ PROFILE("akm: wpa2"), 5, 35, "unknown-value", "'wpa2' is not known for 'akm'" },
	{ PROFILE("akm: open"), 5, 35, "unknown-value", "'open' is not known for 'akm'" },
	{ PROFILE("akm: owe"), 5, 35, "unknown-value", "'owe' is not known for 'akm'" },
	{ PROFILE("akm: [wpa2-eap-sha265]"), 5, 36, "unknown-value", "did you mean 'wpa2-eap-sha256'?" },
	{ PROFILE("akm: []"), 5, 35, "list-length", "1 to 64 values, this has 0" },
	{ PINNED("cipher: tkip"), 5, 73, "unknown-value", "'tkip' is not known for 'cipher'" },
	{ PINNED("cipher: [ccmp, wep]"), 5, 80, "unknown-value", "'wep' is not known for 'cipher'" },
	{ PINNED("group-cipher: tkip"), 5, 79, "unknown-value", "'tkip' is not known for 'group-cipher'" },
	{ PINNED("group-mgmt: ccmp"), 5, 77, "unknown-value", "for 'group-mgmt'" },
	{ PINNED("pmf: off"), 5, 70, "unknown-value", "known: required, optional" },
	{ PINNED("band: 7"), 5, 71, "unknown-value", "'7' is not known for 'band'" },
	{ PINNED("eap: peap"), 5, 70, "unknown-value", "'peap' is not known for 'eap'" },
	{ PINNED("eap: none"), 5, 70, "eap-akm", "'eap: none' does not fit 'akm', which is for certificates" },
	{ PROFILE("akm: sae, eap: tls"), 5, 45, "eap-akm", "which is for a common password" },
	{ PROFILE("akm: [sae, wpa2-eap-sha256]"), 5, 35, "mixed-akm", "no more than passwords" },
	{ PROFILE("akm: wpa2-eap-sha256"), 5, 8, "no-ca", "profile 'A' names no 'ca', so any RADIUS server would do (W2)" },
	{ PROFILE("pmf: required"), 5, 30, "akm-needed", "'pmf' counts only in a pinned profile" },
	{ PROFILE("server: r.example, ca: /ca.pem"), 5, 30, "akm-needed", "'server' counts only" },
	{ PINNED("hidden: true"), 5, 65, "refused-key", "'hidden' is refused: a terminal that probes for hidden networks tells their names to the whole street" },
	{ PINNED("scan_ssid: 1"), 5, 65, "refused-key", "let the access points announce the SSID" },
	{ PINNED("bssid: \"01:00:5e:00:00:01\""), 5, 72, "multicast", "a group's address" },
	{ PINNED("bssid: [\"02:11:22:00:00:01/28\"]"), 5, 73, "host-bits", "write \"02:11:22:00:00:00/28\"" },
	{ PINNED("bssid: \"02:11:22:00:00\""), 5, 72, "bad-value", "not a valid MAC address or its beginning" },
	/* files, names, numbers */
	{ PROFILE("akm: wpa2-eap, ca: ca.pem"), 5, 49, "bad-value", "'ca.pem' is not a valid absolute path" },
	{ PROFILE("akm: wpa2-eap, ca: /etc/../ca.pem"), 5, 49, "bad-value", "absolute path" },
	{ PROFILE("akm: wpa2-eap, ca: /etc/./ca.pem"), 5, 49, "bad-value", "absolute path" },
	{ PROFILE("akm: wpa2-eap, ca: /etc//ca.pem"), 5, 49, "bad-value", "absolute path" },
	{ PROFILE("akm: wpa2-eap, ca: '/etc/a\"b'"), 5, 49, "bad-value", "absolute path" },
	{ PROFILE("akm: wpa2-eap, ca: 'pkcs11:object=ca'"), 5, 49, "bad-value", "absolute path" },
	{ PINNED("ca-sha256: \"" HEX63 "\""), 5, 76, "bad-value", "not a valid SHA-256 in hexadecimal" },
	{ PINNED("ca-sha256: \"" HEX63 "g\""), 5, 76, "bad-value", "SHA-256" },
	{ PINNED("server: \"*.city.example\""), 5, 73, "wildcard", "would be content with many servers" },
	{ PINNED("server: radius..example"), 5, 73, "bad-value", "not a valid host name" },
	{ PINNED("server: -radius.example"), 5, 73, "bad-value", "not a valid host name" },
	{ PINNED("server: [a.example, b c]"), 5, 85, "bad-value", "'b c' is not a valid host name" },
	{ PINNED("server: [a, b, c, d, e, f, g, h, i]"), 5, 73, "list-length", "1 to 8 values, this has 9" },
	{ PINNED("identity: \"\""), 5, 75, "length", "1 to 253 bytes" },
	{ PINNED("cert: terminal.pem"), 5, 71, "bad-value", "absolute path or pkcs11: URI" },
	{ PINNED("cert: 'pkcs11:'"), 5, 71, "bad-value", "absolute path or pkcs11: URI" },
	{ PINNED("key: 'pkcs11:object=o?pin-value=1'"), 5, 70, "bad-value", "pkcs11: URI" },
	{ PINNED("key: 'pkcs11:a b'"), 5, 70, "bad-value", "absolute path or pkcs11: URI" },
	{ PINNED("priority: 256"), 5, 75, "range", "from 0 to 255, this is 256" },
	/* places */
	{ HEAD "places: [{label: x}]\n", 5, 10, "missing-key", "'zone' is missing" },
	{ PLACE("need: 0"), 5, 26, "range", "from 1 to 16, this is 0" },
	{ PLACE("need: 17"), 5, 26, "range", "from 1 to 16" },
	{ PLACE("grace: 301"), 5, 27, "range", "from 0 to 300" },
	{ PLACE("lock: refuse"), 5, 26, "unknown-value", "known: true, false" },
	{ PLACE("evidence: {}"), 5, 30, "type", "must be a list of mappings" },
	{ PLACE("evidence: [{}]"), 5, 31, "one-of", "exactly one of these must stand here: eap, beacon, ap, lldp, dock, gateway, gnss" },
	{ PLACE("evidence: [{eap: {}, gateway: {mac: \"02:00:5e:00:00:01\"}}]"), 5, 31, "one-of", "exactly one" },
	{ PLACE("evidence: [" TEN("{eap: {}}, ") TEN("{eap: {}}, ") "{eap: {}}]"), 5, 30, "too-many", "21 entries, more than 16" },
	{ PIECE("eap: A"), 5, 37, "type", "must be a mapping" },
	{ PIECE("wifi: {}"), 5, 32, "unknown-key", "known here: eap, beacon" },
	{ PIECE("eap: {profile: B}"), 5, 47, "unknown-name", "there is no Wi-Fi profile 'B'; write it below 'wifi'" },
	{ HEAD "places: [{zone: z, evidence: [{eap: {profile: ofice}}]}]\nwifi: [{profile: office, ssid: S}]\n", 5, 47, "unknown-name", "did you mean 'office'?" },
	{ PIECE("beacon: {name: b}"), 5, 40, "missing-key", "'key' is missing" },
	{ PIECE("beacon: {key: \"" KEY "\"}"), 5, 40, "missing-key", "'name' is missing" },
	{ PIECE("beacon: {name: b, key: x}"), 5, 55, "bad-value", "not a valid public key" },
	{ PIECE("beacon: {name: b, key: \"" HEX63 "\"}"), 5, 55, "bad-value", "not a valid public key" },
	{ PIECE("beacon: {name: b, key: \"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe==\"}"), 5, 55, "bad-value", "not a valid public key" },
	{ PIECE("beacon: {name: b, key: \"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4!\"}"), 5, 55, "bad-value", "not a valid public key" },
	{ BEACON("host: beacon.example"), 5, 109, "bad-value", "not a valid host address" },
	{ BEACON("host: 10.20.0.0/16"), 5, 109, "bad-value", "not a valid host address" },
	{ BEACON("port: 0"), 5, 109, "range", "from 1 to 65535" },
	{ BEACON("rtt: 1001"), 5, 108, "range", "from 1 to 1000" },
	{ PIECE("ap: {count: 3}"), 5, 36, "missing-key", "'bssid' is missing" },
	{ PIECE("ap: {bssid: [], count: 3}"), 5, 44, "list-length", "1 to 256 values" },
	{ PIECE("ap: {bssid: \"02:00:00:00:00:01\", count: 0}"), 5, 72, "range", "from 1 to 255" },
	{ PIECE("ap: {bssid: \"02:00:00:00:00:01\", rssi-min: 70}"), 5, 75, "bad-value", "'70' is not a valid signal in dBm for 'rssi-min'; write it like -70" },
	{ PIECE("ap: {bssid: \"02:00:00:00:00:01\", rssi-min: -121}"), 5, 75, "bad-value", "signal in dBm" },
	{ PIECE("ap: {bssid: \"02:00:00:00:00:01\", rssi-min: -0}"), 5, 75, "bad-value", "signal in dBm" },
	{ PIECE("lldp: {port: Gi1}"), 5, 38, "missing-key", "'chassis' is missing" },
	{ PIECE("lldp: {chassis: c, port: \"Gi1/[1-\"}"), 5, 57, "bad-value", "not a valid port of a switch" },
	{ PIECE("lldp: {chassis: c, port: \"Gi1/[24-1]\"}"), 5, 57, "bad-value", "not a valid port of a switch" },
	{ PIECE("lldp: {chassis: c, port: \"Gi[1-2]/3\"}"), 5, 57, "bad-value", "not a valid port of a switch" },
	{ PIECE("lldp: {chassis: c, port: \"Gi[01-2]\"}"), 5, 57, "bad-value", "not a valid port of a switch" },
	{ PIECE("dock: {serial: x}"), 5, 38, "missing-key", "'usb' is missing" },
	{ PIECE("dock: {usb: \"17ef\"}"), 5, 44, "bad-value", "vendor:product" },
	{ PIECE("dock: {usb: \"17ef:3082\", port: \"a b\"}"), 5, 63, "bad-value", "port path" },
	{ PIECE("gateway: {}"), 5, 41, "missing-key", "'mac' is missing" },
	{ PIECE("gateway: {mac: \"ff:ff:ff:ff:ff:ff\"}"), 5, 47, "multicast", "a group's address" },
	{ GNSS("latitude: 35, longitude: 139"), 5, 38, "missing-key", "'radius' is missing" },
	{ GNSS("latitude: 91, longitude: 139, radius: 300"), 5, 49, "range", "from -90 to 90, this is 91" },
	{ GNSS("latitude: 90.0000001, longitude: 139, radius: 300"), 5, 49, "range", "from -90 to 90" },
	{ GNSS("latitude: 35, longitude: -180.5, radius: 300"), 5, 64, "range", "from -180 to 180" },
	{ GNSS("latitude: 35.12345678, longitude: 139, radius: 300"), 5, 49, "bad-value", "number of degrees" },
	{ GNSS("latitude: 35., longitude: 139, radius: 300"), 5, 49, "bad-value", "number of degrees" },
	{ GNSS("latitude: +35, longitude: 139, radius: 300"), 5, 49, "bad-value", "number of degrees" },
	{ GNSS("latitude: 35N, longitude: 139, radius: 300"), 5, 49, "bad-value", "number of degrees" },
	{ GNSS("latitude: 35, longitude: 139, radius: 9"), 5, 77, "range", "from 10 to 100000" },
};

static void refuse(const struct refusal *c, size_t i, unsigned int *wrong)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model = (void *)0x1;
	int r = kb_text_parse(c->text, strlen(c->text), &diags, &model);

	if (r != -EBADMSG || model != (void *)0x1 || !diags.first) {
		print_error("%zu: %d for %s", i, r, c->text);
		(*wrong)++;
		if (!r)
			kb_model_free(model);
	} else if (strcmp(diags.first->code, c->code) || diags.first->line != c->line ||
		   diags.first->column != c->column || !strstr(diags.first->text, c->words)) {
		print_error("%zu: %u:%u %s: %s\n", i, diags.first->line, diags.first->column,
			    diags.first->code, diags.first->text);
		(*wrong)++;
	}
	kb_diags_done(&diags);
}

static void refuses(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		refuse(&refusals[i], i, &wrong);
	assert_int_equal(wrong, 0);
}

/* What stands at the edge of being refused, and is not. */
static void takes(void **state)
{
	static const char *const texts[] = {
		WIRELESS("survey: 0"),
		WIRELESS("survey: never"),
		WIRELESS("survey: 30"),
		WIRELESS("survey: 86400"),
		WIRELESS("canary: 12345678901234567890123456789012"),
		WIFI("profile: A, ssid: \"\u6728\u6238\u756a\u6728\u6238\u756a\u6728\u6238\u756a\u6728\""),
		WIFI("profile: A, ssid-hex: \"00\""),
		PINNED("server: [a, b.c, d-e.example, \"1.example\"]"),
		PINNED("cert: 'pkcs11:token=t;object=o?pin-source=/run/pin', key: /k"),
		PINNED("band: [2.4, \"5\"], eap: tls, priority: 0"),
		PROFILE("akm: [sae, ft-sae], eap: none"),
		PLACE("need: 16, grace: 300, evidence: []"),
		BEACON("host: \"2001:db8::1\", port: 65535, rtt: 1"),
		PIECE("ap: {bssid: \"02:00:00:00:00:00/8\", count: 255, rssi-min: -120}"),
		PIECE("lldp: {chassis: c, port: [\"0\", \"[0-0]\", \"ge-0/0/[1-999999]\"]}"),
		GNSS("latitude: -90, longitude: 180.0000000, radius: 10"),
		GNSS("latitude: 0.5, longitude: -0.0000001, radius: 100000"),
	};
	struct kb_model *model;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		struct kb_diags diags = { 0 };

		if (kb_text_parse(texts[i], strlen(texts[i]), &diags, &model)) {
			kb_diags_write(&diags, "take", stderr);
			fail_msg("%zu: %s", i, texts[i]);
		}
		kb_model_free(model);
		kb_diags_done(&diags);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
