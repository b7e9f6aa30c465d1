// SPDX-License-Identifier: GPL-2.0-or-later
/* Every way in which links and paths can be written wrong: line, column, code, sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/text.h"

#define TOP								\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n" \
	"media: {}\n"
#define MODE		"mode: {media: audit, link: enforce, path: enforce}\n"
#define LINK		"link: {rules: [{allow: {name: lan, kind: ethernet}}]}\n"
#define WIFI		"wifi: [{profile: A, ssid: S}]\n"
#define PLACES		"places: [{zone: z}]\n"
#define NETS		"networks: {my: 10.20.0.0/16, other: [10.30.0.0/24]}\n"
/* Places are those of line 5, 9 and so on. */
#define IN_LINK(x)	TOP MODE "link: {" x "}\npaths: {}\n"
#define IN_RULE(x)	TOP MODE "link:\n  rules:\n    - " x "\npaths: {}\n"
#define IN_ALLOW(x)	IN_RULE("allow: {" x "}")
#define IN_TOP(x)	TOP MODE LINK "paths: {}\n" x
#define IN_PATHS(x)	TOP MODE LINK WIFI PLACES NETS "paths:\n  protected: my\n  " x "\n"
#define IN_PATH(x)	IN_PATHS("allow: [{name: p, " x "}]")

struct refusal {
	const char *text;
	uint32_t line, column;
	const char *code;
	const char *words;		/* part of the sentence */
};

static const struct refusal refusals[] = {
	/* modes */
	{ TOP "mode: {media: audit, link: enforced}\n" LINK, 4, 28, "unknown-value", "did you mean 'enforce'?" },
	{ TOP "mode: {media: audit, path: [audit]}\n", 4, 28, "type", "must be a word" },
	{ TOP "mode: {media: audit, link: audit}\n", 4, 28, "missing-section", "the section 'link' is missing" },
	{ TOP "mode: {media: audit, path: audit}\n", 4, 28, "missing-section", "the section 'paths' is missing" },
	/* link */
	{ TOP MODE "link: []\npaths: {}\n", 5, 7, "type", "must be a mapping" },
	{ IN_LINK("rules: {}"), 5, 15, "type", "must be a list of mappings" },
	{ IN_LINK("default: report"), 5, 17, "unknown-value", "known: refuse, allow" },
	{ IN_LINK("bypass: allow"), 5, 16, "unknown-value", "known: refuse, report" },
	{ IN_LINK("allow: []"), 5, 8, "unknown-key", "known here: rules, default, bypass, tell" },
	{ IN_RULE("{}"), 7, 7, "one-of", "exactly one of these must stand here: allow, refuse" },
	{ IN_RULE("{allow: {}, refuse: {}}"), 7, 7, "one-of", "exactly one" },
	{ IN_RULE("{alow: {}}"), 7, 8, "unknown-key", "did you mean 'allow'?" },
	{ IN_RULE("{refuse: {}, random-mac: allow}"), 7, 20, "random-mac-refuse", "belongs to rules that allow" },
	{ IN_RULE("{allow: {}, random-mac: true}"), 7, 31, "unknown-value", "known: refuse, allow" },
	{ IN_ALLOW("name: \"\""), 7, 21, "length", "1 to 63 bytes, this has 0" },
	{ IN_ALLOW("kind: ethrnet"), 7, 21, "unknown-value", "did you mean 'ethernet'?" },
	{ IN_ALLOW("kind: loopback"), 7, 21, "unknown-value", "'loopback' is not known for 'kind'" },
	{ IN_ALLOW("kind: []"), 7, 21, "list-length", "1 to 64 values, this has 0" },
	{ IN_ALLOW("bus: [pci, isa]"), 7, 26, "unknown-value", "'isa' is not known for 'bus'" },
	{ IN_ALLOW("path: \"pci 1\""), 7, 21, "bad-value", "not a valid port path" },
	{ IN_ALLOW("path: \"pci-0000:00:1*\""), 7, 21, "bad-value", "not a valid port path" },
	{ IN_ALLOW("driver: \"e1000e \""), 7, 23, "bad-value", "not a valid name" },
	{ IN_ALLOW("driver: abcdefghijabcdefghijabcdefghijab"), 7, 23, "length", "1 to 31 bytes, this has 32" },
	{ IN_ALLOW("ifname: enp0s3enp0s3enp0"), 7, 23, "length", "1 to 15 bytes, this has 16" },
	{ IN_ALLOW("ifname: \"en*s3\""), 7, 23, "bad-value", "not a valid name of a network interface" },
	{ IN_ALLOW("ifname: \"a b\""), 7, 23, "bad-value", "write it like \"en*\"" },
	{ IN_ALLOW("ifname: \"a/b\""), 7, 23, "bad-value", "network interface" },
	{ IN_ALLOW("ifname: \"..\""), 7, 23, "bad-value", "network interface" },
	{ IN_ALLOW("mac: \"02-00-5e-00-00-01\""), 7, 20, "bad-value", "not a valid MAC address" },
	{ IN_ALLOW("mac: \"02:00:5e:00:00\""), 7, 20, "bad-value", "write it like" },
	{ IN_ALLOW("mac: \"02:00:5e:00:00:01:02\""), 7, 20, "bad-value", "write it like" },
	{ IN_ALLOW("mac: \"02:00:5e:00:00:00/49\""), 7, 20, "bad-value", "write it like" },
	{ IN_ALLOW("mac: \"02:00:5e:00:00:00/0\""), 7, 20, "bad-value", "write it like" },
	{ IN_ALLOW("mac: \"02:00:5e:00:00:01/28\""), 7, 20, "host-bits", "write \"02:00:5e:00:00:00/28\"" },
	{ IN_ALLOW("mac: [\"02:00:5e:00:00:01\", \"01:00:5e:00:00:01\"]"), 7, 42, "multicast", "a group's address" },
	/* wifi and places: the rest is in policy_wifi_read_test.c */
	{ IN_TOP("wifi:\n  - {profile: A, ssid: S}\n  - {profile: A, ssid: T}\n"), 9, 15, "duplicate-name", "the first is in line 8" },
	{ IN_TOP("wifi:\n  - {profile: A, ssid: S}\n  - {profile: B, ssid: S}\n"), 9, 15, "duplicate-ssid", "profile 'A' has this SSID" },
	{ IN_TOP("wifi: [{profile: lan, ssid: S}]\n"), 7, 18, "duplicate-name", "'lan' is the name of a link" },
	{ IN_TOP("places:\n  - {zone: a}\n  - {zone: a, label: b}\n"), 9, 12, "duplicate-name", "line 8" },
	/* still to come */
	{ IN_TOP("report: {}\n"), 7, 1, "reserved", "'report' is not yet supported" },
	{ IN_TOP("grants: {}\n"), 7, 1, "reserved", "'grants'" },
	{ IN_TOP("include: x\n"), 7, 1, "reserved", "'include'" },
	/* networks */
	{ IN_TOP("networks: []\n"), 7, 11, "type", "must be a mapping of names" },
	{ IN_TOP("networks: {a: {}}\n"), 7, 15, "type", "'a' must be a prefix or address" },
	{ IN_TOP("networks: {a: }\n"), 7, 15, "no-value", "'a' has no value" },
	{ IN_TOP("networks: {a: []}\n"), 7, 15, "list-length", "1 to 16384 values, this has 0" },
	{ IN_TOP("networks: {a: 10.20.1.10/16}\n"), 7, 15, "host-bits", "write 10.20.0.0/16 for the whole network, or 10.20.1.10 for the one address" },
	{ IN_TOP("networks: {a: [10.0.0.0/8, \"2001:db8::1/48\"]}\n"), 7, 28, "host-bits", "write 2001:db8::/48" },
	{ IN_TOP("networks: {a: 10.0.0.0/33}\n"), 7, 15, "bad-value", "no address or prefix for 'a'" },
	{ IN_TOP("networks: {a: 10.0.0.0/08}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: 10.0.0.0/}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: 10.0.0.256}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: 10.0.0}\n"), 7, 15, "bad-value", "10.20.0.0/16" },
	{ IN_TOP("networks: {a: 010.0.0.1}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: \"2001:db8::/129\"}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: \"fe80::1%eth0\"}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: www.example.jp}\n"), 7, 15, "bad-value", "no address or prefix" },
	{ IN_TOP("networks: {a: \"::ffff:10.20.0.1\"}\n"), 7, 15, "disguise", "write the IPv4 address" },
	{ IN_TOP("networks: {a: \"::ffff:10.20.0.0/112\"}\n"), 7, 15, "disguise", "in disguise" },
	{ IN_TOP("networks: {10.0.0.1: 10.0.0.1}\n"), 7, 12, "bad-name", "'10.0.0.1' is an address" },
	{ IN_TOP("networks: {\"\": 10.0.0.1}\n"), 7, 12, "length", "1 to 63 bytes" },
	{ IN_TOP("networks:\n  a: 10.0.0.1\n  a: 10.0.0.2\n"), 9, 3, "duplicate-key", "line 8" },
	/* paths */
	{ IN_PATHS("othr: allow"), 11, 3, "unknown-key", "did you mean 'other'?" },
	{ IN_PATHS("other: maybe"), 11, 10, "unknown-value", "known: refuse, allow" },
	{ TOP MODE LINK "paths: {protected: [mynumer]}\nnetworks: {mynumber: 10.0.0.0/8}\n", 6, 21, "unknown-name", "there is no network 'mynumer'; did you mean 'mynumber'?" },
	{ TOP MODE LINK "paths: {protected: xyz}\n", 6, 20, "unknown-name", "write it below 'networks'" },
	{ IN_PATHS("allow: [{name: p}]"), 11, 11, "missing-key", "'to' is missing" },
	{ IN_PATHS("allow: [{to: other}]"), 11, 11, "missing-key", "'name' is missing" },
	{ IN_PATH("to: oter"), 11, 25, "unknown-name", "did you mean 'other'?" },
	{ IN_PATH("to: [other, 10.30.0.1/24]"), 11, 33, "host-bits", "10.30.0.0/24" },
	{ IN_PATH("to: 10.30.0.300"), 11, 25, "bad-value", "no address or prefix" },
	{ IN_PATH("to: \"2001:db8::g\""), 11, 25, "unknown-name", "no network '2001:db8::g'" },
	{ IN_PATH("to: other, service: rpd"), 11, 41, "unknown-value", "did you mean 'rdp'?" },
	{ IN_PATH("to: other, service: 3389"), 11, 41, "bad-value", "write tcp/3389 or udp/3389" },
	{ IN_PATH("to: other, service: 3389/tcp"), 11, 41, "bad-value", "write tcp/3389" },
	{ IN_PATH("to: other, service: tcp/0"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: tcp/65536"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: tcp/10-9"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: tcp/http"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: [rdp, icmp]"), 11, 47, "bad-value", "needs a type, for example icmp/8" },
	{ IN_PATH("to: other, service: icmp/256"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: esp/1"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: ip/6"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: other, service: ip/0"), 11, 41, "bad-value", "not a valid service" },
	{ IN_PATH("to: my"), 11, 11, "service-needed", "leads to a protected network and must name its services" },
	{ IN_PATH("to: 10.20.1.1"), 11, 11, "service-needed", "path 'p'" },
	{ IN_PATH("to: 10.0.0.0/8"), 11, 11, "service-needed", "path 'p'" },
	{ IN_PATH("to: my, service: any"), 11, 38, "service-needed", "for example service: rdp" },
	{ IN_PATH("to: other, from: {}, from: {}"), 11, 42, "duplicate-key", "'from'" },
	{ IN_PATH("to: other, from: {user: tanaka}"), 11, 45, "name-not-number", "'tanaka' is a name" },
	{ IN_PATH("to: other, from: {group: [100, staff]}"), 11, 52, "name-not-number", "'getent group'" },
	{ IN_PATH("to: other, from: {user: \"60000-1000\"}"), 11, 45, "bad-value", "not a valid number or range" },
	{ IN_PATH("to: other, from: {user: 4294967295}"), 11, 45, "bad-value", "number or range" },
	{ IN_PATH("to: other, from: {user: \"1000-\"}"), 11, 45, "bad-value", "number or range" },
	{ IN_PATH("to: other, from: {user: 0x10}"), 11, 45, "bad-value", "number or range" },
	{ IN_PATH("to: other, from: {cgroup: /a.slice}"), 11, 47, "bad-value", "without the first slash; write a.slice" },
	{ IN_PATH("to: other, from: {cgroup: a.slice/}"), 11, 47, "bad-value", "not a valid control group" },
	{ IN_PATH("to: other, from: {cgroup: a//b}"), 11, 47, "bad-value", "control group" },
	{ IN_PATH("to: other, from: {cgroup: a/../b}"), 11, 47, "bad-value", "control group" },
	{ IN_PATH("to: other, from: {cgrup: a}"), 11, 39, "unknown-key", "did you mean 'cgroup'?" },
	{ IN_PATH("to: other, link: lna"), 11, 38, "unknown-name", "no link or Wi-Fi profile 'lna'; did you mean 'lan'?" },
	{ IN_PATH("to: other, link: [A, xyz]"), 11, 42, "unknown-name", "name a rule below 'link' or a profile below 'wifi' so" },
	{ IN_PATH("to: other, zone: [z, zz9]"), 11, 42, "unknown-name", "no zone 'zz9'" },
	{ IN_PATH("to: other, next_hop_mac: \"02:00:5e:00:01\""), 11, 46, "bad-value", "not a valid MAC address" },
	{ IN_PATH("to: other, next_hop_mac: \"33:33:00:00:00:01\""), 11, 46, "multicast", "a group's address" },
	{ IN_PATH("to: other, hours: \"平日 8-19\""), 11, 39, "bad-value", "not a valid days and hours" },
	{ IN_PATH("to: other, hours: \"平日 08:00-08:00\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"平日 25:00-26:00\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"平日 08:60-09:00\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"祝日\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"mon-weekdays\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"平日,\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"平日 08:00-19:00 x\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"\""), 11, 39, "length", "1 to 127 bytes" },
	{ IN_PATH("to: other, hours: \"1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00-2:00,1:00\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATH("to: other, hours: \"mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,mon,\""), 11, 39, "bad-value", "days and hours" },
	{ IN_PATHS("allow: [{name: p, to: other}, {name: p, to: 10.1.1.1}]"), 11, 40, "duplicate-name", "'p' is the name of the rule in line 11" },
	/* essential */
	{ IN_PATHS("essential: {dns: []}"), 11, 20, "list-length", "1 to 64" },
	{ IN_PATHS("essential: {dhcp: true}"), 11, 21, "unknown-value", "known: refuse, allow" },
	{ IN_PATHS("essential: {ntp: nowhere}"), 11, 20, "unknown-name", "no network 'nowhere'" },
	{ IN_PATHS("essential: {collector: {port: 443}}"), 11, 26, "missing-key", "'address' is missing" },
	{ IN_PATHS("essential: {collector: {address: 10.1.1.1, port: 0}}"), 11, 52, "range", "from 1 to 65535" },
	{ IN_PATHS("essential: {dns: 10.1.1.1}\n  allow: [{name: dns, to: other}]"), 12, 18, "duplicate-name", "'dns' is the name of the rule in line 11" },
	/* words or more */
	{ IN_PATHS("peers: report"), 11, 10, "unknown-value", "known: refuse, allow" },
	{ IN_PATHS("peers: []"), 11, 10, "type", "must be a word, list or mapping" },
	{ IN_PATHS("peers:"), 11, 9, "no-value", "'peers' has no value" },
	{ IN_PATHS("peers: {allow: [{name: x, to: nobody}]}"), 11, 33, "unknown-name", "no network 'nobody'" },
	{ IN_PATHS("peers: {allow: [{to: other}]}"), 11, 19, "missing-key", "'name' is missing" },
	{ IN_PATHS("inbound: {allow: [{name: x, from: 10.30.0.7}]}"), 11, 21, "missing-key", "'service' is missing" },
	{ IN_PATHS("inbound: {allow: [{name: x, to: 10.30.0.7, service: ssh}]}"), 11, 31, "unknown-key", "unknown key 'to'" },
	{ IN_PATHS("inbound: {allow: [{name: x, next_hop_mac: x, service: ssh}]}"), 11, 31, "unknown-key", "known here: name, from, service" },
	{ IN_PATHS("discovery: mdn"), 11, 14, "unknown-value", "'mdn' is not known" },
	{ IN_PATHS("discovery: [mdn]"), 11, 15, "unknown-value", "did you mean 'mdns'?" },
	{ IN_PATHS("discovery: [allow]"), 11, 15, "unknown-value", "known: mdns, llmnr" },
	{ IN_PATHS("discovery: {}"), 11, 14, "type", "word, list or mapping" },
	{ IN_PATHS("tunnels: allow"), 11, 12, "unknown-value", "known: refuse" },
	{ IN_PATHS("tunnels: {}"), 11, 12, "type", "word, list or mapping" },
	{ IN_PATHS("tunnels: [{name: t, service: esp}]"), 11, 13, "missing-key", "'to' is missing" },
	{ IN_PATHS("tunnels: [{name: t, to: other}]"), 11, 13, "missing-key", "'service' is missing" },
	{ IN_PATHS("tunnels: [{name: t, to: other, service: any}]"), 11, 43, "service-needed", "tunnel 't' must name its protocols" },
	{ IN_PATHS("screen: {clipbord: refuse}"), 11, 12, "unknown-key", "did you mean 'clipboard'?" },
	{ IN_PATHS("screen: {drives: no}"), 11, 20, "unknown-value", "known: refuse, allow" },
	/* a link that is only refused */
	{ TOP MODE "link: {rules: [{refuse: {name: usb, bus: usb}}]}\npaths: {allow: [{name: p, to: 10.1.1.1, link: usb}]}\n", 6, 47, "refused-link", "link 'usb' is refused in line 5" },
};

static void refuse(const struct refusal *c, size_t i)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model = (void *)0x1;
	int r = kb_text_parse(c->text, strlen(c->text), &diags, &model);

	if (r != -EBADMSG)
		fail_msg("%zu: %d for %s", i, r, c->text);
	assert_ptr_equal(model, (void *)0x1);
	assert_non_null(diags.first);
	if (strcmp(diags.first->code, c->code) || diags.first->line != c->line ||
	    diags.first->column != c->column || !strstr(diags.first->text, c->words))
		fail_msg("%zu: %u:%u %s: %s", i, diags.first->line, diags.first->column,
			 diags.first->code, diags.first->text);
	kb_diags_done(&diags);
}

static void refuses(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(refusals); i++)
		refuse(&refusals[i], i);
}

/* One error each, at its own place: a slip does not hide the others. */
static void tells_all(void **state)
{
	static const char text[] = IN_PATHS("allow:\n"
					    "    - {name: a, to: nowhere, service: rpd, link: lna, zone: zz}\n"
					    "    - {name: a, to: other, hours: x}\n");
	struct kb_diags diags = { 0 };
	struct kb_model *model;

	(void)state;
	assert_int_equal(kb_text_parse(text, sizeof(text) - 1, &diags, &model), -EBADMSG);
	/* Words first: names are looked up once all words can be read. */
	assert_int_equal(diags.counts[KB_DIAG_ERROR], 2);
	kb_diags_done(&diags);
}

static void tells_all_names(void **state)
{
	static const char text[] = IN_PATHS("allow:\n"
					    "    - {name: a, to: nowhere, link: lna, zone: zz}\n"
					    "    - {name: a, to: other}\n");
	struct kb_diags diags = { 0 };
	struct kb_model *model;

	(void)state;
	assert_int_equal(kb_text_parse(text, sizeof(text) - 1, &diags, &model), -EBADMSG);
	assert_int_equal(diags.counts[KB_DIAG_ERROR], 4);
	kb_diags_done(&diags);
}

/* Writes a policy with @n of something and says the first error's code; "" when there is none. */
static const char *bound(const char *before, const char *format, unsigned int n, const char *after)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model = NULL;
	const char *code;
	unsigned int i;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	fputs(before, out);
	for (i = 0; i < n; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		fprintf(out, format, i, i / 256 % 256, i % 256);
#pragma GCC diagnostic pop
	}
	fputs(after, out);
	fclose(out);
	kb_text_parse(text, len, &diags, &model);
	code = diags.first ? diags.first->code : "";
	kb_model_free(model);
	kb_diags_done(&diags);
	free(text);
	return code;
}

static void has_bounds(void **state)
{
	static const struct {
		const char *before, *format, *after;
		unsigned int most;
		const char *code;
	} cases[] = {
		{ TOP MODE "paths: {}\nlink:\n  rules:\n", "    - allow: {name: l%u}\n", "", KB_LINK_RULES_MAX, "too-many" },
		{ TOP MODE LINK "paths: {}\nwifi:\n", "  - {profile: p%u, ssid: s%u.%u}\n", "", KB_PROFILES_MAX, "too-many" },
		{ TOP MODE LINK "paths: {}\nplaces:\n", "  - {zone: z%u}\n", "", KB_ZONES_MAX, "too-many" },
		{ TOP MODE LINK "paths: {}\nnetworks:\n", "  n%u: 10.0.%u.%u\n", "", KB_NETWORKS_MAX, "too-many-keys" },
		{ TOP MODE LINK "networks: {n: 10.0.0.1}\npaths:\n  allow:\n", "    - {name: r%u, to: n}\n", "", KB_PATH_RULES_MAX, "too-many" },
		{ TOP MODE LINK "paths:\n  allow:\n", "    - {name: r%u, to: 10.1.%u.%u}\n", "", KB_NETWORKS_MAX, "too-many" },
		{ TOP MODE LINK "networks: {n: 10.0.0.1}\npaths:\n  allow:\n    - {name: r, to: n, service: [", "tcp/1%u,", "]}\n", KB_RULE_LIST_MAX, "list-length" },
		{ TOP MODE LINK "networks: {n: 10.0.0.1}\npaths:\n  allow:\n    - {name: r, to: n, service: [", "blast,", "]}\n", 10, "list-length" },
		{ TOP MODE LINK "networks: {n: 10.0.0.1}\npaths:\n  allow:\n    - {name: r, to: n, from: {cgroup: [", "a-%u.slice,", "]}}\n", KB_RULE_LIST_MAX / 2, "list-length" },
		{ TOP MODE LINK "networks: {n: 10.0.0.1}\npaths:\n  allow:\n    - {name: r, to: n, hours: [", "\"mon 00:00-12:%02u\",", "]}\n", 60, "bad-value" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(bound(cases[i].before, cases[i].format, cases[i].most, cases[i].after), "");
		assert_string_equal(bound(cases[i].before, cases[i].format, cases[i].most + 1, cases[i].after), cases[i].code);
	}
}

static void bounds_schedules(void **state)
{
	unsigned int i, extra;
	char *text;
	size_t len;

	(void)state;
	for (extra = 0; extra < 2; extra++) {
		struct kb_diags diags = { 0 };
		struct kb_model *model = NULL;
		FILE *out = open_memstream(&text, &len);
		int r;

		fputs(TOP MODE LINK "networks: {n: 10.0.0.1}\npaths:\n  allow:\n", out);
		for (i = 0; i < KB_SCHEDULES_MAX + extra; i++)
			fprintf(out, "    - {name: r%u, to: n, hours: \"%02u:%02u-23:59\"}\n", i,
				i / 60, i % 60);
		fclose(out);
		r = kb_text_parse(text, len, &diags, &model);
		assert_int_equal(r, extra ? -EBADMSG : 0);
		if (extra)
			assert_string_equal(diags.first->code, "too-many");
		kb_model_free(model);
		kb_diags_done(&diags);
		free(text);
	}
}

static void bounds_prefixes(void **state)
{
	char *text;
	size_t len;
	unsigned int i, extra;

	(void)state;
	for (extra = 0; extra < 2; extra++) {
		struct kb_diags diags = { 0 };
		struct kb_model *model = NULL;
		FILE *out = open_memstream(&text, &len);
		int r;

		fputs(TOP MODE LINK "paths: {}\nnetworks:\n  a:\n", out);
		for (i = 0; i < KB_PREFIXES_MAX; i++)
			fprintf(out, "    - 10.%u.%u.0/24\n", i / 256 % 256, i % 256);
		fputs(extra ? "  b: 10.1.1.1\n" : "", out);
		fclose(out);
		r = kb_text_parse(text, len, &diags, &model);
		assert_int_equal(r, extra ? -EBADMSG : 0);
		if (extra)
			assert_string_equal(diags.first->code, "too-many");
		kb_model_free(model);
		kb_diags_done(&diags);
		free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses),
		cmocka_unit_test(tells_all),
		cmocka_unit_test(tells_all_names),
		cmocka_unit_test(has_bounds),
		cmocka_unit_test(bounds_schedules),
		cmocka_unit_test(bounds_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
