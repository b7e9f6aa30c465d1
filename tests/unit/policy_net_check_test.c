// SPDX-License-Identifier: GPL-2.0-or-later
/* Doubtful links and paths: what check finds, where, and what it does not cry wolf about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/check.h"
#include "policy/check_net.h"
#include "policy/text.h"

#define NOW	1795000000	/* 2026-11-18 */
#define HEAD(modes)							\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n" \
	"mode: {media: off" modes "}\nmedia: {}\n"
/* Rules of links begin in line 7. */
#define RULES(x)	HEAD(", link: enforce") "link:\n  rules:\n" x
#define LAN		"    - allow: {name: lan, kind: ethernet, bus: pci}\n"
#define WIFI		"    - allow: {name: wl, kind: wifi, bus: pci}\n"
/* Keys of paths stand in line 10. */
#define ESSENTIAL	"  essential: {dhcp: allow, dns: 10.30.0.53, collector: {address: 10.30.0.9}}\n"
#define PATHS(x)	HEAD(", link: enforce, path: enforce") \
	"link: {rules: [{allow: {name: lan, kind: ethernet, bus: pci}}]}\n" \
	"networks: {my: 10.20.0.0/16, srv: 10.20.1.0/28, lan: 10.10.0.0/16}\n" \
	"paths:\n  protected: my\n" ESSENTIAL x
#define PATH(x)		PATHS("  allow: [{name: s, to: srv, service: rdp, from: {cgroup: c.slice}}, {name: p, " x "}]\n")
#define NETS(x, y)	HEAD(", path: audit") "networks: {" x "}\npaths:\n  essential: {dhcp: allow}\n  other: allow\n" y

struct finding {
	const char *text;
	enum kb_diag_level level;
	uint32_t line, column;
	const char *code;
	const char *words;
};

static const struct finding findings[] = {
	/* sections without effect */
	{ HEAD("") "link: {rules: [{allow: {kind: ethernet}}]}\n", KB_DIAG_WARNING, 5, 1, "no-effect", "'link' has no effect" },
	{ HEAD("") "paths: {essential: {dhcp: allow}}\n", KB_DIAG_WARNING, 5, 1, "no-effect", "'paths' has no effect: 'mode: {path: ...}'" },
	/* nobody is locked out by oversight */
	{ HEAD(", link: enforce") "link: {}\n", KB_DIAG_ERROR, 5, 7, "no-link", "no network adapter would come up; allow one" },
	{ HEAD(", link: audit") "link: {}\n", KB_DIAG_WARNING, 5, 7, "no-link", "no network adapter would come up" },
	{ RULES("    - refuse: {kind: wifi}\n"), KB_DIAG_ERROR, 7, 5, "no-link", "or write '- refuse: {}'" },
	{ RULES("    - refuse: {}\n"), KB_DIAG_WARNING, 7, 5, "no-link", "no network adapter would come up" },
	{ RULES("    - allow: {kind: [tun, bridge, veth]}\n"), KB_DIAG_ERROR, 7, 5, "no-link", "allow one" },
	{ RULES("    - allow: {kind: ethernet, bus: virtual}\n"), KB_DIAG_ERROR, 7, 5, "no-link", "allow one" },
	{ RULES("    - refuse: {bus: [pci, usb]}\n    - allow: {kind: ethernet, bus: pci}\n"), KB_DIAG_ERROR, 7, 5, "no-link", "allow one" },
	{ HEAD(", path: enforce") "paths: {essential: {dhcp: allow}}\n", KB_DIAG_ERROR, 5, 8, "no-path", "nothing at all could be reached" },
	{ HEAD(", path: audit") "paths: {other: refuse}\n", KB_DIAG_WARNING, 5, 16, "no-path", "write a path below 'allow'" },
	{ HEAD(", path: enforce") "paths: {other: allow}\n", KB_DIAG_WARNING, 5, 8, "no-dhcp", "the terminal gets no address" },
	{ HEAD(", path: enforce") "paths: {essential: {ntp: 10.1.1.1}, other: allow}\n", KB_DIAG_WARNING, 5, 20, "no-dhcp", "'dhcp: refuse' when its address is fixed" },
	{ HEAD(", path: enforce") "paths: {essential: {dhcp: allow, ntp: 10.1.1.1}, other: refuse}\n", KB_DIAG_WARNING, 5, 57, "no-dns", "no name server is named" },
	/* rules of links that never decide */
	{ RULES(LAN "    - allow: {kind: ethernet, bus: pci, driver: e1000e}\n"), KB_DIAG_WARNING, 8, 7, "unreachable", "line 7 matches all that it matches, with the same outcome" },
	{ RULES(LAN "    - refuse: {kind: [tun, tap]}\n    - allow: {kind: tap}\n"), KB_DIAG_WARNING, 9, 7, "unreachable", "line 8 matches all that it matches, with the opposite outcome" },
	{ RULES(LAN "    - refuse: {driver: [\"cdc-ether\", rndis_host]}\n    - refuse: {driver: cdc_ether}\n"), KB_DIAG_WARNING, 9, 7, "unreachable", "line 8" },
	{ RULES(LAN "    - refuse: {ifname: \"en*\"}\n    - refuse: {ifname: [enp0s3, \"enx*\"]}\n"), KB_DIAG_WARNING, 9, 7, "unreachable", "line 8" },
	{ RULES(LAN "    - refuse: {mac: \"02:00:5e:00:00:00/24\"}\n    - refuse: {mac: \"02:00:5e:01:00:00/36\"}\n"), KB_DIAG_WARNING, 9, 7, "unreachable", "line 8" },
	{ RULES(LAN "    - refuse: {path: \"pci-0000:00:14.0/*\"}\n    - refuse: {path: \"pci-0000:00:14.0/2.1\"}\n"), KB_DIAG_WARNING, 9, 7, "unreachable", "line 8" },
	{ RULES(LAN "    - refuse: {}\n    - refuse: {kind: wifi}\n"), KB_DIAG_WARNING, 9, 7, "unreachable", "line 8" },
	/* what is no identity, and ways out of their own */
	{ RULES("    - allow: {ifname: \"en*\"}\n"), KB_DIAG_WARNING, 7, 23, "name-only", "names are no identity" },
	{ RULES(LAN "    - allow: {name: x, ifname: [eth0, eth1]}\n"), KB_DIAG_WARNING, 8, 33, "name-only", "root can give any interface this name" },
	{ RULES("    - allow: {}\n"), KB_DIAG_WARNING, 7, 7, "hazard", "also lets in phones, modems and VPNs" },
	{ RULES("    - allow: {bus: [pci, virtual]}\n"), KB_DIAG_WARNING, 7, 7, "hazard", "without 'kind'" },
	{ RULES(LAN "    - allow: {kind: [tether, vlan]}\n"), KB_DIAG_WARNING, 8, 21, "own-way-out", "past the house's network (N1)" },
	{ RULES(LAN "    - allow: {kind: wwan}\n"), KB_DIAG_WARNING, 8, 21, "own-way-out", "wwan" },
	{ RULES(LAN "      random-mac: allow\n"), KB_DIAG_NOTE, 8, 19, "random-mac", "forged address" },
	{ RULES(LAN "    - refuse: {path: \"usb1/2\"}\n"), KB_DIAG_WARNING, 8, 22, "port", "'usb1/2' is brittle" },
	{ RULES(LAN "    - refuse: {path: [\"pci-0000:00:14.0/1\", 1-2.1]}\n"), KB_DIAG_WARNING, 8, 45, "port", "'1-2.1' is brittle" },
	{ RULES(LAN "  default: allow\n"), KB_DIAG_WARNING, 8, 12, "default-allow", "phones, modems, VPNs (N1)" },
	{ HEAD(", link: enforce, path: enforce") "paths: {essential: {dhcp: allow}, other: allow}\nlink:\n  bypass: report\n  rules:\n" LAN, KB_DIAG_WARNING, 7, 11, "bypass", "walked around" },
	{ HEAD(", link: enforce, path: enforce") "paths: {essential: {dhcp: allow}, other: allow}\nlink:\n  rules:\n" LAN WIFI, KB_DIAG_WARNING, 9, 7, "no-profile", "any SSID is as good as another (W4)" },
	/* what is open */
	{ HEAD(", path: enforce") "paths: {essential: {dhcp: allow}, other: allow}\n", KB_DIAG_WARNING, 5, 8, "nothing-protected", "(N2)" },
	{ PATHS("  other: allow\n  peers: allow\n"), KB_DIAG_WARNING, 11, 10, "peers-allow", "(N4)" },
	{ PATHS("  other: allow\n  peers: {default: allow}\n"), KB_DIAG_WARNING, 11, 10, "peers-allow", "(N4)" },
	{ PATHS("  other: allow\n  inbound: allow\n"), KB_DIAG_WARNING, 11, 12, "inbound-allow", "(N5)" },
	{ PATHS("  other: allow\n  discovery: allow\n"), KB_DIAG_WARNING, 11, 14, "discovery-allow", "[mdns] (N4)" },
	{ NETS("my: 10.20.0.0/16", "  protected: my\n"), KB_DIAG_NOTE, 7, 3, "no-collector", "(N6)" },
	{ PATHS("  inbound: {allow: [{name: w, service: ssh}]}\n"), KB_DIAG_WARNING, 10, 21, "anybody", "everybody may use 'w'; add 'from' (N5)" },
	{ PATHS("  screen: {clipboard: allow}\n"), KB_DIAG_WARNING, 10, 23, "screen", "'clipboard' lets information leave" },
	{ PATHS("  screen: {drives: allow}\n"), KB_DIAG_WARNING, 10, 20, "screen", "(M6)" },
	{ PATHS("  screen: {printers: allow}\n"), KB_DIAG_WARNING, 10, 22, "screen", "(M6)" },
	{ PATHS("  screen: {usb: allow}\n"), KB_DIAG_WARNING, 10, 17, "screen", "(M6)" },
	/* paths to protected networks */
	{ PATH("to: srv, service: https, from: {user: 1000}"), KB_DIAG_WARNING, 10, 98, "not-screen", "'https' is no screen transfer, and path 'p' leads to a protected network (N3)" },
	{ PATH("to: srv, service: [rdp, tcp/443], from: {user: 1000}"), KB_DIAG_WARNING, 10, 104, "not-screen", "'tcp/443'" },
	{ PATH("to: srv, service: tcp/3000-4000, from: {user: 1000}"), KB_DIAG_WARNING, 10, 98, "not-screen", "'tcp/3000-4000'" },
	{ PATH("to: srv, service: rdp"), KB_DIAG_WARNING, 10, 70, "any-program", "any program may use path 'p'" },
	{ PATH("to: srv, service: rdp, from: {group: 7}"), KB_DIAG_NOTE, 10, 70, "any-zone", "outside the handling area as well (P1)" },
	{ PATH("to: my, service: rdp, from: {group: 7}"), KB_DIAG_NOTE, 10, 70, "whole-network", "opens all of the protected network 'my'" },
	{ PATH("to: srv, service: rdp, from: {group: 7}") "wifi: [{profile: A, ssid: S}]\n", KB_DIAG_WARNING, 10, 70, "any-link", "every Wi-Fi profile; add 'link' (W4)" },
	{ PATH("to: srv, service: rdp, from: {cgroup: user.slice}"), KB_DIAG_WARNING, 10, 118, "broad-cgroup", "'user.slice' holds nearly every program" },
	{ PATH("to: srv, service: rdp, from: {user: \"0-60000\"}"), KB_DIAG_WARNING, 10, 116, "root-user", "user 0 is root" },
	{ PATH("to: srv, service: rdp, from: {user: 1}, zone: z") "places: [{zone: z}]\n", KB_DIAG_WARNING, 10, 126, "no-proof", "nobody is ever in a zone of 'p', so it stays closed" },
	{ PATHS("  other: allow\n") "wifi: [{profile: A, ssid: S}]\n", KB_DIAG_WARNING, 11, 1, "no-proof", "wireless links stay closed" },
	/* what never decides */
	{ PATH("to: lan, service: [https, esp]"), KB_DIAG_WARNING, 10, 106, "never", "'esp' is a tunnel" },
	{ PATH("to: lan, service: udp/51820"), KB_DIAG_WARNING, 10, 98, "never", "write it below 'tunnels'" },
	{ PATH("to: lan, service: ike"), KB_DIAG_WARNING, 10, 98, "never", "'ike' is a tunnel" },
	{ PATHS("  peers: {allow: [{name: t, service: wireguard}]}\n"), KB_DIAG_WARNING, 10, 38, "never", "'wireguard' is a tunnel" },
	{ PATHS("  inbound: {allow: [{name: t, from: lan, service: openvpn}]}\n"), KB_DIAG_WARNING, 10, 51, "never", "'openvpn' is a tunnel" },
	{ PATHS("  tunnels: [{name: t, to: lan, service: [esp, tcp/443]}]\n"), KB_DIAG_WARNING, 10, 47, "never", "'tcp/443' is no tunnel that the gate knows" },
	{ PATHS("  tunnels: [{name: t, to: [srv], service: esp}]\n"), KB_DIAG_WARNING, 10, 28, "never", "'srv' lies in a protected network" },
	{ PATHS("  peers: {allow: [{name: t, to: [lan, 10.20.1.1]}]}\n"), KB_DIAG_WARNING, 10, 39, "never", "'10.20.1.1' lies in a protected network" },
	{ PATHS("  inbound: {allow: [{name: t, from: 10.20.7.0/24, service: ssh}]}\n"), KB_DIAG_WARNING, 10, 37, "never", "only paths below 'allow' lead" },
	{ HEAD(", path: audit") "networks: {my: 10.20.0.0/16}\npaths: {protected: my, other: allow, essential: {dhcp: allow, dns: [10.20.0.53, 10.30.0.53]}}\n", KB_DIAG_WARNING, 6, 69, "never", "'10.20.0.53' lies in a protected network" },
	{ HEAD(", path: audit") "networks: {my: 10.20.0.0/16}\npaths: {protected: my, other: allow, essential: {dhcp: allow, ntp: 10.20.0.123}}\n", KB_DIAG_WARNING, 6, 68, "never", "'10.20.0.123'" },
	{ HEAD(", path: audit") "networks: {my: 10.20.0.0/16}\npaths: {protected: my, other: allow, essential: {dhcp: allow, collector: {address: my}}}\n", KB_DIAG_WARNING, 6, 84, "never", "'my' lies in a protected network" },
	{ HEAD(", path: audit") "link: {rules: [{allow: {name: l, kind: wifi}}]}\npaths: {essential: {dhcp: allow}, other: allow, allow: [{name: p, to: 10.1.1.1, link: l}]}\n", KB_DIAG_WARNING, 6, 87, "never", "names of links are known only when" },
	/* networks that overlap */
	{ NETS("big: 10.0.0.0/8, my: 10.20.0.0/16", "  protected: my\n"), KB_DIAG_WARNING, 5, 17, "overlap", "network 'big' contains 10.20.0.0/16, which is protected" },
	{ NETS("big: [192.0.2.0/24, 10.0.0.0/8]", "  protected: 10.20.0.0/16\n"), KB_DIAG_WARNING, 5, 32, "overlap", "paths to 'big' lead there as well" },
	{ NETS("my: 10.20.0.0/16, part: [10.99.0.0/16, 10.20.3.0/24]", "  protected: my\n"), KB_DIAG_WARNING, 5, 51, "overlap", "10.20.3.0/24 of network 'part' lies in the protected network 'my': protection wins" },
	{ NETS("my: \"2001:db8::/32\", same: \"2001:db8::/32\"", "  protected: my\n"), KB_DIAG_WARNING, 5, 39, "overlap", "protection wins" },
};

/* Policies about which check must find no warning and no error. */
static const char *const silent[] = {
	RULES(LAN),
	RULES(LAN WIFI "    - refuse: {kind: [tether, wwan]}\n"),
	RULES(LAN "    - allow: {kind: ethernet, bus: usb, path: \"pci-0000:00:14.0/4.*\"}\n"),
	RULES("    - allow: {kind: ethernet, bus: pci, driver: e1000e}\n" LAN),
	RULES("    - allow: {mac: \"02:00:5e:00:00:00/28\"}\n"),
	RULES("    - allow: {bus: pci, ifname: \"en*\"}\n"),
	RULES("    - refuse: {ifname: \"en*\"}\n    - allow: {ifname: \"e*\", kind: ethernet}\n"),
	RULES("    - refuse: {mac: \"02:00:5e:00:00:00/28\"}\n    - allow: {mac: \"02:00:5e:00:00:00/24\"}\n"),
	PATH("to: lan, service: https"),
	PATH("to: lan, service: https") "  other: refuse\n",
	PATH("to: lan, service: tcp/1-65535"),
	PATH("to: lan"),
	PATH("to: srv, service: [rdp, ica, blast, pcoip, vnc, rd-gateway, https-gateway], from: {cgroup: kidoban-screen.slice}"),
	PATH("to: srv, service: [tcp/3389, udp/16500-16509, tcp/5900], from: {user: \"1000-60000\"}"),
	PATH("to: srv, service: rdp, from: {cgroup: user.slice/user-1000.slice}, link: lan"),
	PATH("to: lan") "  tunnels: [{name: t, to: 10.40.0.1, service: [ike, esp, gre, openvpn, wireguard, l2tp, udp/4789]}]\n",
	PATH("to: lan") "  peers: {allow: [{name: prn, to: 10.10.0.9, service: ipp}]}\n  inbound: {allow: [{name: m, from: lan, service: ping}]}\n  discovery: [mdns]\n",
	HEAD(", path: enforce") "networks: {my: 10.20.0.0/16}\npaths: {protected: my, essential: {dhcp: refuse}, other: allow}\n",
	HEAD(", path: enforce") "networks: {my: 10.20.0.0/16, servers: 10.20.1.0/24}\npaths: {protected: my, essential: {dhcp: allow}, other: allow, allow: [{name: p, to: servers, service: rdp, from: {user: 1}}]}\n",
	/* a name server's prefix that is only partly protected may be reached in its rest */
	HEAD(", path: enforce") "paths: {protected: 10.20.0.0/16, essential: {dhcp: allow, dns: 10.20.0.0/15}, other: allow}\n",
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
			print_error("%zu: %u:%u %s\n", i, findings[i].line, findings[i].column, findings[i].code);
			missing++;
		}
		kb_diags_done(&diags);
	}
	assert_int_equal(missing, 0);
}

static void keeps_silent(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(silent); i++) {
		struct kb_diags diags = { 0 };

		check(silent[i], &diags);
		if (diags.counts[KB_DIAG_ERROR] || diags.counts[KB_DIAG_WARNING]) {
			kb_diags_write(&diags, "got", stderr);
			fail_msg("%zu: %s", i, silent[i]);
		}
		kb_diags_done(&diags);
	}
}

/* An overlap is told once for a pair of networks, however many prefixes they share. */
static void tells_overlaps_once(void **state)
{
	struct kb_diags diags = { 0 };

	(void)state;
	check(NETS("big: [10.0.0.0/8, 10.0.0.0/9, \"2001:db8::/32\"], my: [10.1.0.0/16, 10.2.0.0/16, \"2001:db8:1::/48\"]", "  protected: my\n"), &diags);
	assert_int_equal(diags.counts[KB_DIAG_WARNING], 1);
	kb_diags_done(&diags);
}

/* kb_link_rule_covers() against every interface out of a small world. */
static void covers_soundly(void **state)
{
	static const char *const ifnames[] = { "e*", "en0", "en1" };
	static const char *const names[] = { "en0", "en1", "wl0" };
	static const u32 masks[] = { 0, 1, 3 };
	static const struct kb_link_mac macs[] = {
		{ { 2, 0, 0, 0, 0, 0 }, { 0xff, 0, 0, 0, 0, 0 } },
		{ { 2, 0, 0, 0, 0, 1 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } },
	};
	struct kb_link_rule rules[2];
	struct kb_policy policy = { .link = { .mode = KB_GATE_ENFORCE, .n_rules = 1 } };
	struct kb_link_verdict verdict;
	unsigned int a, b, d, covered = 0;
	int k;

	(void)state;
	for (a = 0; a < 3 * 3 * 4 * 3; a++) {
		for (b = 0; b < 3 * 3 * 4 * 3; b++) {
			for (k = 0; k < 2; k++) {
				unsigned int n = k ? b : a;

				rules[k] = (struct kb_link_rule){ .action = KB_ACTION_ALLOW, .random_mac = true,
					.kinds = masks[n % 3], .buses = masks[n / 3 % 3] };
				if (n / 9 % 4) {
					rules[k].n_ifnames = 1;
					rules[k].ifnames = &ifnames[n / 9 % 4 - 1];
				}
				if (n / 36) {
					rules[k].n_macs = 1;
					rules[k].macs = &macs[n / 36 - 1];
				}
			}
			if (!kb_link_rule_covers(&rules[0], &rules[1]))
				continue;
			covered++;
			for (d = 0; d < 3 * 3 * 3 * 3; d++) {
				struct kb_netdev dev = { .path = "", .driver = "",
					.ifname = names[d % 3],
					.kind = d / 3 % 3, .bus = d / 9 % 3,
					.has_perm_mac = true, .has_mac = true, .perm_mac = { 2, 0, 0, 0, 0, d / 27 } };

				policy.link.rules = &rules[1];
				kb_link_decide(&policy, &dev, &verdict);
				if (verdict.action != KB_ACTION_ALLOW)
					continue;
				policy.link.rules = &rules[0];
				kb_link_decide(&policy, &dev, &verdict);
				assert_int_equal(verdict.action, KB_ACTION_ALLOW);
			}
		}
	}
	assert_true(covered > 108);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(keeps_silent),
		cmocka_unit_test(tells_overlaps_once),
		cmocka_unit_test(covers_soundly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
