// SPDX-License-Identifier: GPL-2.0-or-later
/* Doubtful Wi-Fi profiles and places: what check finds, where, and what it does not cry wolf about (W1..W4, P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/check.h"
#include "policy/text.h"

#define NOW	1795000000	/* 2026-11-18 */
#define HEAD								\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n" \
	"media: {}\n"							\
	"networks: {my: 10.20.0.0/16, srv: 10.20.1.0/28}\n"
#define PATHS(x)							\
	"link: {rules: [{allow: {name: wl, kind: wifi, bus: pci}}, {allow: {name: lan, kind: ethernet, bus: pci}}]}\n" \
	"paths: {protected: my, other: allow, essential: {dhcp: allow, collector: {address: 10.30.0.9}}, allow: [{name: p, to: srv, service: rdp, from: {user: 7}, " x "}]}\n"
#define MODE(x)		"mode: {media: off, link: enforce, path: enforce" x "}\n"
#define ON		HEAD MODE(", wifi: enforce, place: enforce")
/* Keys below stand from line 6 on. */
#define BSSID		"bssid: \"02:11:22:00:00:00/28\""
#define EAP		"akm: wpa2-eap-sha256, ca: /ca.pem"
#define A(x)		"  - {profile: A, ssid: S, " BSSID ", " x "}\n"
#define GOOD_A		A(EAP ", server: a.example")
#define WIFI(x)		ON "wifi:\n" x PATHS("link: lan, zone: z") "places: [{zone: z, evidence: [{eap: {}}, {lldp: {chassis: c}}]}]\n"
#define PLACE(x)	ON "places: [{zone: z, " x "}]\nwifi:\n" GOOD_A PATHS("link: A, zone: z")
#define LLDP		"{lldp: {chassis: c}}"
#define BEACON		"{beacon: {name: b, key: \"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4=\""
#define BEACON_BY_GROUP(more, word) \
	ON "places: [{zone: z, evidence: [" BEACON more ", " LLDP "]}]\nwifi:\n" GOOD_A \
	"link: {rules: [{allow: {name: wl, kind: wifi, bus: pci}}]}\n" \
	"paths: {protected: my, discovery: [" word "], essential: {dhcp: allow, dns: 10.30.0.53, collector: {address: 10.30.0.9}}, allow: [{name: p, to: srv, service: rdp, from: {user: 7}, zone: z, link: A}]}\n"
#define GATEWAY		"{gateway: {mac: \"02:00:5e:00:00:01\"}}"

struct finding {
	const char *text;
	enum kb_diag_level level;
	uint32_t line, column;
	const char *code;
	const char *words;
};

static const struct finding findings[] = {
	/* W2: certificates, and whose */
	{ WIFI(A(EAP)), KB_DIAG_ERROR, 7, 5, "no-server", "profile 'A' names no 'server', so whoever has any certificate of that CA would do" },
	{ WIFI(GOOD_A "  - {profile: B, ssid: T, " BSSID ", " EAP ", server: [b.example, A.EXAMPLE]}\n"), KB_DIAG_ERROR, 8, 101, "same-server", "'A' and 'B' trust the same server 'A.EXAMPLE'" },
	{ WIFI(GOOD_A "  - {profile: B, ssid: T, " BSSID ", " EAP ", server: a.example}\n"), KB_DIAG_ERROR, 8, 101, "same-server", "(CVE-2023-52424); give each a RADIUS server name of its own" },
	{ WIFI(GOOD_A "  - {profile: B, ssid: T, akm: sae}\n"), KB_DIAG_WARNING, 8, 5, "any-bssid", "profile 'B' takes any access point" },
	{ ON "wifi:\n" A("akm: sae") PATHS("link: A"), KB_DIAG_ERROR, 7, 63, "password", "'A' has a common password, and path 'p' leads over it to a protected network" },
	{ ON "wifi:\n" A("akm: wpa2-psk") PATHS("hours: mon"), KB_DIAG_ERROR, 7, 63, "password", "over any link; add 'link' to the path (W2)" },
	{ WIFI(A("akm: wpa2-eap, ca: /c, server: a")), KB_DIAG_WARNING, 7, 63, "sha1-akm", "'A' allows a key management with SHA-1" },
	{ WIFI(A("akm: [wpa2-psk, sae]")), KB_DIAG_WARNING, 7, 63, "sha1-akm", "SHA-256 or SHA-384" },
	{ WIFI(A(EAP ", server: a, pmf: optional")), KB_DIAG_WARNING, 7, 109, "pmf-optional", "throw the terminal off profile 'A'" },
	/* the agent's part */
	{ ON "wireless: {provision: true}\nwifi:\n" GOOD_A PATHS("link: A"), KB_DIAG_WARNING, 8, 5, "no-cert", "'A' names no 'cert'" },
	{ ON "wireless: {supplicant: none}\nwifi:\n" GOOD_A PATHS("link: A"), KB_DIAG_WARNING, 8, 5, "never", "'supplicant: none', so profile 'A' is never proven" },
	{ ON "wireless: {canary: S}\nwifi:\n" GOOD_A PATHS("link: A"), KB_DIAG_ERROR, 6, 20, "canary", "the SSID of profile 'A'" },
	{ WIFI(GOOD_A "  - {profile: B, ssid: T}\n"), KB_DIAG_WARNING, 8, 15, "not-pinned", "profile 'B' is no more than a name and an SSID" },
	{ ON "wifi: [{profile: B, ssid: T}]\n" PATHS("link: B"), KB_DIAG_WARNING, 5, 56, "nothing-pinned", "no wireless link ever opens" },
	{ HEAD "mode: {media: off, wifi: enforce}\nwifi:\n" GOOD_A, KB_DIAG_WARNING, 5, 26, "no-fence", "nothing closes a wireless link before it is proven" },
	{ HEAD MODE("") "wifi:\n" GOOD_A PATHS("link: A"), KB_DIAG_WARNING, 6, 1, "no-proof", "no profile is ever proven" },
	{ HEAD "mode: {media: off}\nwifi:\n" GOOD_A, KB_DIAG_WARNING, 6, 1, "no-proof", "wireless links stay closed" },
	{ HEAD MODE("") "wireless: {survey: 60}\n" PATHS("link: lan"), KB_DIAG_WARNING, 6, 1, "no-effect", "'wireless' has no effect: 'mode: {wifi: ...}' is off" },
	/* P1: zones that nobody is ever in */
	{ PLACE("evidence: [{eap: {}}]"), KB_DIAG_ERROR, 6, 10, "need", "zone 'z' needs 2 pieces of evidence and has 1" },
	{ PLACE("need: 3, evidence: [{eap: {}}, " LLDP "]"), KB_DIAG_ERROR, 6, 26, "need", "needs 3 pieces of evidence and has 2" },
	{ PLACE("evidence: [" LLDP ", {dock: {usb: \"17ef:3082\", serial: x}}]"), KB_DIAG_ERROR, 6, 10, "never", "no cryptographic evidence (eap, beacon)" },
	{ PLACE("evidence: [{eap: {profile: A}}, " GATEWAY "]"), KB_DIAG_ERROR, 6, 10, "never", "no physical evidence" },
	{ PLACE("evidence: [{eap: {profile: A}}, {eap: {}}]"), KB_DIAG_ERROR, 6, 10, "never", "no physical evidence" },
	{ PLACE("need: 1, evidence: [" GATEWAY "]"), KB_DIAG_ERROR, 6, 10, "never", "so nobody is ever in it" },
	{ PLACE("evidence: [{eap: {}}, " LLDP ", " LLDP "]"), KB_DIAG_ERROR, 6, 64, "twin-evidence", "stands in line 6 already; it counts once" },
	{ PLACE("need: 3, evidence: [{eap: {profile: A}}, {eap: {}}, " LLDP "]"), KB_DIAG_ERROR, 6, 61, "twin-evidence", "stands in line 6 already" },
	{ ON "places: [{zone: z, evidence: [{eap: {profile: B}}, " LLDP "]}]\nwifi:\n" GOOD_A "  - {profile: B, ssid: T}\n" PATHS("zone: z"), KB_DIAG_ERROR, 6, 31, "no-eap", "profile 'B' is not pinned with EAP" },
	{ ON "places: [{zone: z, evidence: [{eap: {profile: B}}, " LLDP "]}]\nwifi:\n" GOOD_A "  - {profile: B, ssid: T, akm: sae}\n" PATHS("zone: z, link: A"), KB_DIAG_ERROR, 6, 31, "no-eap", "profile 'B' is not pinned with EAP" },
	{ ON "places: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\n" PATHS("zone: z"), KB_DIAG_ERROR, 6, 31, "no-eap", "no profile is pinned with EAP" },
	{ PLACE("evidence: [{eap: {}}, {ap: {bssid: [\"02:00:00:00:00:01\", \"02:00:00:00:00:02\"], count: 3}}]"), KB_DIAG_ERROR, 6, 42, "count", "3 access points must be in range, and only 2 are listed" },
	{ PLACE("evidence: [{eap: {}}, {ap: {bssid: [\"02:00:00:00:00:01\", \"02:00:00:00:00:02\"]}}]"), KB_DIAG_WARNING, 6, 42, "few-aps", "so few access points (2) are easily imitated" },
	{ PLACE("evidence: [{eap: {}}, {ap: {bssid: [\"02:00:00:00:00:00/40\"], count: 2}}]"), KB_DIAG_WARNING, 6, 42, "few-aps", "need at least 3" },
	{ PLACE("evidence: [{eap: {}}, {dock: {usb: \"17ef:3082\"}}]"), KB_DIAG_WARNING, 6, 42, "no-serial", "at home as well" },
	{ PLACE("need: 3, evidence: [{eap: {}}, " LLDP ", " GATEWAY "]"), KB_DIAG_WARNING, 6, 26, "weak-evidence", "with the gateway's address counted" },
	/* the question must get there first */
	{ PLACE("evidence: [" BEACON ", host: 10.20.9.9}}, " LLDP "]"), KB_DIAG_WARNING, 6, 31, "beacon-path", "no path leads to beacon 'b' before the terminal knows where it is" },
	{ PLACE("evidence: [" BEACON ", host: 10.20.1.1, port: 3389}}, " LLDP "]"), KB_DIAG_WARNING, 6, 31, "beacon-path", "{name: beacon, to: \"10.20.1.1\", service: udp/3389}" },
	{ PLACE("evidence: [" BEACON "}}, " LLDP "]"), KB_DIAG_WARNING, 6, 31, "beacon-path", "asked by multicast, and the path gate lets the question or its answer not pass; say discovery: [kidoban-beacon] (port 5869), or give it 'host'" },
	{ BEACON_BY_GROUP("}}", "mdns"), KB_DIAG_WARNING, 6, 31, "beacon-path", "say discovery: [kidoban-beacon]" },
	{ BEACON_BY_GROUP(", port: 5870}}", "kidoban-beacon"), KB_DIAG_WARNING, 6, 31, "beacon-path", "(port 5869), or give it 'host'" },
	{ ON "places: [{zone: z, evidence: [" BEACON ", host: 10.30.0.5}}, " LLDP "]}]\nwifi:\n" GOOD_A "paths: {essential: {dhcp: allow, dns: 10.30.0.53}}\nlink: {rules: [{allow: {kind: ethernet, bus: pci}}]}\n", KB_DIAG_WARNING, 6, 31, "beacon-path", "to: \"10.30.0.5\", service: udp/5869" },
	{ PLACE("grace: 30, evidence: [{eap: {}}, " LLDP "]"), KB_DIAG_NOTE, 6, 27, "grace", "stay open for 30 seconds after the terminal has left zone 'z'" },
	/* radios and what is on them */
	{ HEAD MODE(", wifi: audit, place: enforce") "places: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\nwifi:\n" GOOD_A PATHS("link: A, zone: z"), KB_DIAG_WARNING, 5, 70, "device-veto", "supplicants make P2P devices by themselves" },
	{ ON "wireless: {modes: report}\nplaces: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\nwifi:\n" GOOD_A PATHS("link: A, zone: z"), KB_DIAG_WARNING, 5, 72, "device-veto", "speak against every place" },
	{ HEAD MODE(", place: enforce") "places: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\nwifi:\n" GOOD_A PATHS("link: A, zone: z"), KB_DIAG_WARNING, 6, 31, "no-wifi", "so this evidence never stands" },
	/* what has no effect */
	{ HEAD MODE(", wifi: enforce") "places: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\nwifi:\n" GOOD_A PATHS("link: A, zone: z"), KB_DIAG_WARNING, 6, 1, "no-effect", "'places' has no effect: 'mode: {place: ...}' is off" },
	{ HEAD MODE(", wifi: enforce") "places: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\nwifi:\n" GOOD_A PATHS("link: A, zone: z"), KB_DIAG_WARNING, 10, 170, "no-proof", "nobody is ever in a zone of 'p'" },
	{ PLACE("lock: true"), KB_DIAG_WARNING, 6, 20, "no-effect", "'lock' has no effect: zone 'z' has no evidence" },
	{ PLACE("label: x"), KB_DIAG_WARNING, 5, 72, "no-evidence", "the terminal is never in one" },
	{ PLACE("label: x"), KB_DIAG_WARNING, 10, 170, "no-proof", "give zones 'evidence'" },
};

/* Policies about which check must find no warning and no error. */
static const char *const silent[] = {
	WIFI(GOOD_A),
	WIFI(GOOD_A "  - {profile: B, ssid: T, " BSSID ", " EAP ", server: b.example}\n"),
	/* another CA: the same name is then another server */
	WIFI(GOOD_A "  - {profile: B, ssid: T, " BSSID ", akm: wpa2-eap-sha256, ca: /other.pem, server: a.example}\n"),
	/* fast roaming derives its keys with SHA-256 */
	WIFI(A("akm: [ft-eap, wpa2-eap-sha256], ca: /c, server: a")),
	/* a password for something else than My Number work */
	WIFI(GOOD_A "  - {profile: B, ssid: T, " BSSID ", akm: sae}\n"),
	ON "wireless: {provision: true, canary: nobody}\nwifi:\n" A(EAP ", server: a, cert: /c.pem") PATHS("link: A, zone: z") "places: [{zone: z, evidence: [{eap: {}}, " LLDP "]}]\n",
	PLACE("evidence: [{eap: {profile: A}}, " LLDP ", " GATEWAY "]"),
	PLACE("need: 1, lock: true, evidence: [{eap: {}}, {ap: {bssid: [\"02:00:00:00:00:00/40\"]}}]"),
	PLACE("need: 3, evidence: [{eap: {}}, " LLDP ", {dock: {usb: \"17ef:3082\", serial: x}}]"),
	PLACE("evidence: [{beacon: {name: b, key: \"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4=\", host: 10.30.0.5}}, {gnss: {latitude: 35.6, longitude: 139.6, radius: 300}}]"),
	ON "places: [{zone: z, evidence: [" BEACON ", host: \"2001:db8:30::5\"}}, " LLDP "]}]\nwifi:\n" GOOD_A "paths: {protected: my, essential: {dhcp: allow, dns: 10.30.0.53}, allow: [{name: p, to: srv, service: rdp, from: {user: 7}, link: l, zone: z}, {name: b, to: \"2001:db8:30::5\", service: udp/5869, link: l}]}\nlink: {rules: [{allow: {name: l, kind: ethernet, bus: pci}}]}\n",
	PLACE("evidence: [{eap: {}}, {ap: {bssid: [\"02:00:00:00:00:01\", \"02:00:00:00:00:02\", \"02:00:00:00:00:03\"]}}]"),
	/* asked by multicast, answered by the word for it */
	BEACON_BY_GROUP("}}", "kidoban-beacon"),
};

static void check(const char *text, struct kb_diags *diags)
{
	struct kb_model *model;
	int r = kb_text_parse(text, strlen(text), diags, &model);

	if (r) {
		kb_diags_write(diags, "parse", stderr);
		fail_msg("%s", text);
	}
	kb_check(model, NOW, diags);
	kb_model_free(model);
}

static bool has(const struct kb_diags *diags, const struct finding *wanted)
{
	const struct kb_diag *diag;

	for (diag = diags->first; diag; diag = diag->next)
		if (diag->level == wanted->level && diag->line == wanted->line &&
		    diag->column == wanted->column && !strcmp(diag->code, wanted->code) &&
		    strstr(diag->text, wanted->words))
			return true;
	return false;
}

static void finds(void **state)
{
	unsigned int missing = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(findings); i++) {
		struct kb_diags diags = { 0 };

		check(findings[i].text, &diags);
		if (!has(&diags, &findings[i])) {
			kb_diags_write(&diags, "got", stderr);
			print_error("%zu: %u:%u %s\n", i, findings[i].line, findings[i].column,
				    findings[i].code);
			missing++;
		}
		kb_diags_done(&diags);
	}
	assert_int_equal(missing, 0);
}

static void keeps_silent(void **state)
{
	unsigned int loud = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(silent); i++) {
		struct kb_diags diags = { 0 };

		check(silent[i], &diags);
		if (diags.counts[KB_DIAG_ERROR] || diags.counts[KB_DIAG_WARNING]) {
			kb_diags_write(&diags, "got", stderr);
			print_error("%zu: %s", i, silent[i]);
			loud++;
		}
		kb_diags_done(&diags);
	}
	assert_int_equal(loud, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(keeps_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
