// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions about links and packets, their tables, and the templates against theirs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/check.h"
#include "policy/expect.h"
#include "policy/file.h"
#include "policy/reason.h"
#include "policy/source.h"
#include "policy/text.h"
#include "policy/what_if.h"

#define NOW	1795000000	/* 2026-11-18 */

static const char text[] =
	"kidoban: 1\n"
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n"
	"mode: {media: off, link: enforce, path: enforce}\n"
	"media: {}\n"
	"link:\n"
	"  rules:\n"
	"    - allow: {name: lan, kind: ethernet, bus: pci}\n"
	"    - allow: {name: wl, kind: wifi}\n"
	"    - refuse: {name: dock, kind: ethernet, bus: usb}\n"
	"    - allow: {kind: ethernet, path: \"pci-0000:00:14.0/*\"}\n"
	"wifi: [{profile: A, ssid: S}]\n"
	"places: [{zone: madoguchi}]\n"
	"networks: {my: [10.20.0.0/16, \"2001:db8:20::/48\"]}\n"
	"paths:\n"
	"  protected: my\n"
	"  allow:\n"
	"    - {name: screen, to: 10.20.1.10, service: rdp, from: {cgroup: c.slice, user: \"1000-1999\", group: 50}, link: [lan, A], zone: madoguchi, hours: \"mon 09:00-10:00\", next_hop_mac: \"02:00:00:00:00:01\"}\n"
	"    - {name: six, to: \"2001:db8:20::1\", service: [rdp, ping], from: {cgroup: c.slice}}\n"
	"  essential: {dhcp: allow, dns: 10.30.0.53, collector: {address: 10.30.0.9}}\n"
	"  peers: {allow: [{name: printer, to: 10.10.0.9, service: ipp}]}\n"
	"  inbound: {allow: [{name: monitor, from: 10.30.0.7, service: [ping, ssh]}]}\n"
	"  discovery: [mdns, netbios]\n"
	"  tunnels: [{name: vpn, to: 10.40.0.1, service: esp}]\n"
	"  other: refuse\n";

static struct kb_model *model_of(const char *from)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model;
	int r = kb_text_parse(from, strlen(from), &diags, &model);

	if (r)
		kb_diags_write(&diags, "test", stderr);
	assert_int_equal(r, 0);
	kb_diags_done(&diags);
	return model;
}

/* All that the path asks for; rows then say what differs. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define ALL								\
	.src = "10.10.0.5", .dst = "10.20.1.10", .proto = "tcp", .port = "3389", .link = "lan",	\
	.zone = "madoguchi", .user = "1000", .group = "50", .cgroup = "c.slice/x",	\
	.next_hop = "02:00:00:00:00:01"
#define OUT(d, p, n)	.src = "10.10.0.5", .dst = d, .proto = p, .port = n

/* Questions that cannot be asked, and the words of why. */
static void refuses_questions(void **state)
{
	static const struct {
		struct kb_packet_question question;
		const char *words;
	} cases[] = {
		{ { .dst = "10.0.0.1", .proto = "tcp", .port = "1" }, "'' is not an address" },
		{ { .src = "10.0.0.1", .proto = "tcp", .port = "1" }, "'' is not an address" },
		{ { OUT("10.0.0.256", "tcp", "1") }, "'10.0.0.256' is not an address" },
		{ { OUT("10.0.0.0/8", "tcp", "1") }, "not an address" },
		{ { OUT("2001:db8::1", "tcp", "1") }, "different versions of IP" },
		{ { OUT("10.0.0.1", NULL, "1") }, "there is no protocol ''" },
		{ { OUT("10.0.0.1", "tpc", "1") }, "did you mean 'tcp'?" },
		{ { OUT("10.0.0.1", "256", "1") }, "there is no protocol '256'" },
		{ { OUT("10.0.0.1", "tcp", NULL) }, "'tcp' needs a port" },
		{ { OUT("10.0.0.1", "tcp", "http") }, "'http' is not a port" },
		{ { OUT("10.0.0.1", "tcp", "65536") }, "'65536' is not a port" },
		{ { OUT("10.0.0.1", "tcp", "1"), .sport = "x" }, "'x' is not a port" },
		{ { OUT("10.0.0.1", "icmp", "256") }, "no type of ICMP" },
		{ { OUT("10.0.0.1", "icmp", "8/256") }, "write 8 or 8/0" },
		{ { OUT("10.0.0.1", "esp", "1") }, "'esp' has no ports" },
		{ { OUT("10.0.0.1", "esp", NULL), .link = "lna" }, "there is no link 'lna'; did you mean 'lan'?" },
		{ { OUT("10.0.0.1", "esp", NULL), .link = "xyz" }, "no rule for links has the name 'xyz'" },
		{ { OUT("10.0.0.1", "esp", NULL), .profile = "B9Z" }, "there is no Wi-Fi profile 'B9Z'" },
		{ { OUT("10.0.0.1", "esp", NULL), .zone = "madoguch" }, "did you mean 'madoguchi'?" },
		{ { OUT("10.0.0.1", "esp", NULL), .zone = "q" }, "there is no zone 'q'" },
		{ { OUT("10.0.0.1", "esp", NULL), .user = "tanaka" }, "not the number of a user" },
		{ { OUT("10.0.0.1", "esp", NULL), .user = "4294967295" }, "not the number of a user" },
		{ { OUT("10.0.0.1", "esp", NULL), .group = "-1" }, "not the number of a group" },
		{ { OUT("10.0.0.1", "esp", NULL), .at = "10:00" }, "not a date and time" },
		{ { OUT("10.0.0.1", "esp", NULL), .next_hop = "02:00" }, "not a MAC address" },
		{ { OUT("10.0.0.1", "esp", NULL), .segment = "10.0.0.0/33" }, "'10.0.0.0/33' is not a prefix" },
	};
	struct kb_packet_answer answer = { .verdict.rule = 77 };
	struct kb_model *model = model_of(text);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_fault fault = { { 0 } };

		assert_int_equal(kb_what_if_packet(&model->policy, &cases[i].question, &answer, &fault), -EINVAL);
		if (!strstr(fault.text, cases[i].words))
			fail_msg("%zu: %s", i, fault.text);
		assert_int_equal(answer.verdict.rule, 77);
	}
	kb_model_free(model);
}

struct question {
	struct kb_packet_question question;
	enum kb_action action;
	enum kb_reason reason;
	const char *rule;		/* NULL = none */
};

static void ask(const struct kb_policy *policy, const struct question *c, size_t i)
{
	struct kb_packet_answer answer;
	struct kb_fault fault = { { 0 } };
	const char *rule;

	if (kb_what_if_packet(policy, &c->question, &answer, &fault))
		fail_msg("%zu: %s", i, fault.text);
	rule = answer.rule ? answer.rule->name : NULL;
	if (answer.verdict.action != c->action || answer.verdict.reason != c->reason ||
	    strcmp(rule ?: "-", c->rule ?: "-"))
		fail_msg("%zu: %u %s %s", i, answer.verdict.action,
			 kb_reason_name(answer.verdict.reason), rule ?: "-");
}

/* Each surrounding is what the question says; what is not said opens nothing. */
static const struct question packets[] = {
	/* what is missing or wrong */
	{ { OUT("10.20.1.10", "tcp", "3389") }, KB_ACTION_REFUSE, KB_REASON_ZONE, "screen" },
	{ { ALL, .link = NULL }, KB_ACTION_REFUSE, KB_REASON_WRONG_LINK, "screen" },
	{ { ALL, .zone = NULL }, KB_ACTION_REFUSE, KB_REASON_ZONE, "screen" },
	{ { ALL, .user = NULL }, KB_ACTION_REFUSE, KB_REASON_USER, "screen" },
	{ { ALL, .user = "999" }, KB_ACTION_REFUSE, KB_REASON_USER, "screen" },
	{ { ALL, .group = "51" }, KB_ACTION_REFUSE, KB_REASON_USER, "screen" },
	{ { ALL, .cgroup = NULL }, KB_ACTION_REFUSE, KB_REASON_CGROUP, "screen" },
	{ { ALL, .cgroup = "c.slicex" }, KB_ACTION_REFUSE, KB_REASON_CGROUP, "screen" },
	{ { ALL, .cgroup = "b/c.slice" }, KB_ACTION_REFUSE, KB_REASON_CGROUP, "screen" },
	{ { ALL, .next_hop = NULL }, KB_ACTION_REFUSE, KB_REASON_NEXT_HOP, "screen" },
	{ { ALL, .next_hop = "02:00:00:00:00:02" }, KB_ACTION_REFUSE, KB_REASON_NEXT_HOP, "screen" },
	{ { ALL, .port = "3390" }, KB_ACTION_REFUSE, KB_REASON_SERVICE, "screen" },
	{ { ALL, .no_lease = true }, KB_ACTION_REFUSE, KB_REASON_LEASE, "screen" },
	{ { ALL, .at = "2026-11-16T10:00" }, KB_ACTION_REFUSE, KB_REASON_HOURS, "screen" },
	{ { ALL, .at = "2026-11-17T09:30" }, KB_ACTION_REFUSE, KB_REASON_HOURS, "screen" },
	{ { ALL, .at = "2026-11-16T09:30Z" }, KB_ACTION_REFUSE, KB_REASON_HOURS, "screen" },
	{ { ALL, .fragment = true }, KB_ACTION_REFUSE, KB_REASON_FRAGMENT, NULL },
	{ { ALL, .isolated = true }, KB_ACTION_REFUSE, KB_REASON_ISOLATED, NULL },
	{ { ALL, .forward = true }, KB_ACTION_REFUSE, KB_REASON_FORWARD, NULL },
	{ { ALL, .link = "dock" }, KB_ACTION_REFUSE, KB_REASON_LINK_CLOSED, NULL },
	{ { ALL, .link = "wl" }, KB_ACTION_REFUSE, KB_REASON_LINK_CLOSED, NULL },
	{ { ALL, .link = NULL, .wireless = true }, KB_ACTION_REFUSE, KB_REASON_LINK_CLOSED, NULL },
	{ { ALL, .link = "wl", .profile = "A", .no_lease = true }, KB_ACTION_REFUSE, KB_REASON_LINK_CLOSED, NULL },
	{ { ALL, .dst = "10.20.1.11" }, KB_ACTION_REFUSE, KB_REASON_PROTECTED, NULL },
	/* all of it */
	{ { ALL }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { ALL, .at = "2026-11-16T09:30" }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { ALL, .user = "1999" }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { ALL, .group = NULL }, KB_ACTION_REFUSE, KB_REASON_USER, "screen" },
	{ { ALL, .cgroup = "/c.slice" }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { ALL, .proto = "udp" }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { ALL, .proto = "17" }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { ALL, .link = NULL, .profile = "A" }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { .src = "2001:db8:10::5", .dst = "2001:db8:20::1", .proto = "icmpv6", .port = "128/0", .cgroup = "c.slice" }, KB_ACTION_ALLOW, KB_REASON_RULE, "six" },
	/* answers: ports the other way round */
	{ { .src = "10.20.1.10", .dst = "10.10.0.5", .proto = "tcp", .port = "3389", .link = "lan", .zone = "madoguchi", .user = "1000", .group = "50", .cgroup = "c.slice", .next_hop = "02:00:00:00:00:01", .inbound = true, .reply = true }, KB_ACTION_ALLOW, KB_REASON_RULE, "screen" },
	{ { .src = "10.20.1.10", .dst = "10.10.0.5", .proto = "tcp", .port = "3389", .link = "lan", .zone = "madoguchi", .user = "1000", .cgroup = "c.slice", .inbound = true }, KB_ACTION_REFUSE, KB_REASON_PROTECTED, NULL },
	{ { .src = "10.30.0.7", .dst = "10.10.0.5", .proto = "tcp", .port = "22", .inbound = true }, KB_ACTION_ALLOW, KB_REASON_RULE, "monitor" },
	{ { .src = "10.30.0.7", .dst = "10.10.0.5", .proto = "tcp", .port = "22", .inbound = true, .reply = true }, KB_ACTION_REFUSE, KB_REASON_OTHER, NULL },
	{ { .src = "10.10.0.8", .dst = "10.10.0.5", .proto = "udp", .port = "5353", .inbound = true, .asked = "224.0.0.251" }, KB_ACTION_ALLOW, KB_REASON_RULE, "mdns" },
	{ { .src = "10.10.0.8", .dst = "10.10.0.5", .proto = "udp", .port = "5353", .inbound = true, .asked = "224.0.0.252" }, KB_ACTION_REFUSE, KB_REASON_INBOUND, NULL },
	{ { .src = "10.11.0.8", .dst = "10.10.0.5", .proto = "udp", .port = "5353", .inbound = true, .asked = "224.0.0.251" }, KB_ACTION_REFUSE, KB_REASON_INBOUND, NULL },
	{ { .src = "10.10.0.5", .dst = "10.30.0.7", .proto = "tcp", .port = "22", .reply = true }, KB_ACTION_ALLOW, KB_REASON_RULE, "monitor" },
	{ { .src = "10.10.0.5", .dst = "10.30.0.7", .proto = "tcp", .port = "22" }, KB_ACTION_REFUSE, KB_REASON_OTHER, NULL },
	/* the own segment: said, or around our address */
	{ { OUT("10.10.0.9", "tcp", "631") }, KB_ACTION_ALLOW, KB_REASON_RULE, "printer" },
	{ { OUT("10.10.0.6", "tcp", "631") }, KB_ACTION_REFUSE, KB_REASON_PEER, NULL },
	{ { OUT("10.10.1.6", "tcp", "631") }, KB_ACTION_REFUSE, KB_REASON_OTHER, NULL },
	{ { OUT("10.10.1.6", "tcp", "631"), .segment = "10.10.0.0/23" }, KB_ACTION_REFUSE, KB_REASON_PEER, NULL },
	{ { OUT("10.10.0.255", "udp", "137") }, KB_ACTION_ALLOW, KB_REASON_RULE, "netbios" },
	{ { OUT("10.10.0.255", "udp", "137"), .segment = "10.10.0.0/23" }, KB_ACTION_REFUSE, KB_REASON_PEER, NULL },
	{ { OUT("224.0.0.251", "udp", "5353") }, KB_ACTION_ALLOW, KB_REASON_RULE, "mdns" },
	{ { .src = "fe80::5", .dst = "fe80::6", .proto = "tcp", .port = "22" }, KB_ACTION_REFUSE, KB_REASON_PEER, NULL },
	{ { .src = "fe80::5", .dst = "ff02::1:ff00:6", .proto = "icmpv6", .port = "135" }, KB_ACTION_ALLOW, KB_REASON_NEIGHBOUR, NULL },
	/* the rest */
	{ { OUT("10.40.0.1", "esp", NULL) }, KB_ACTION_ALLOW, KB_REASON_RULE, "vpn" },
	{ { OUT("10.40.0.2", "50", NULL) }, KB_ACTION_REFUSE, KB_REASON_TUNNEL, NULL },
	{ { OUT("10.30.0.9", "tcp", "443"), .isolated = true }, KB_ACTION_ALLOW, KB_REASON_RULE, "collector" },
	{ { OUT("10.99.0.1", "tcp", "1"), .link = "lo" }, KB_ACTION_ALLOW, KB_REASON_LOOPBACK, NULL },
	{ { .src = "0.0.0.0", .dst = "255.255.255.255", .proto = "udp", .port = "67", .sport = "68" }, KB_ACTION_ALLOW, KB_REASON_DHCP, NULL },
};

static void asks_about_packets(void **state)
{
	struct kb_model *model = model_of(text);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(packets); i++)
		ask(&model->policy, &packets[i], i);
	kb_model_free(model);
}

/* "now" is this moment; so is a policy whose hours never end or never begin. */
static void asks_about_now(void **state)
{
	struct kb_model *model = model_of("kidoban: 1\n"
		"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n"
		"mode: {media: off, path: enforce}\nmedia: {}\n"
		"paths: {allow: [{name: p, to: 10.1.1.1, hours: daily}]}\n");
	static const struct question open = { { OUT("10.1.1.1", "tcp", "1"), .at = "now" }, KB_ACTION_ALLOW, KB_REASON_RULE, "p" };

	(void)state;
	ask(&model->policy, &open, 0);
	kb_model_free(model);
}

static void gives_reasons(void **state)
{
	static const struct {
		struct kb_packet_question question;
		const char *wanted;
	} cases[] = {
		{ { ALL }, "path 'screen' (f.yaml:17)" },
		{ { ALL, .cgroup = NULL }, "path 'screen' (f.yaml:17) leads there, but for another program (control group)" },
		{ { ALL, .zone = NULL }, "path 'screen' (f.yaml:17) leads there, but from another zone" },
		{ { ALL, .no_lease = true }, "path 'screen' (f.yaml:17) leads there, but the agent does not report" },
		{ { ALL, .dst = "10.20.1.11" }, "a protected network, and no path is for it" },
		{ { OUT("10.99.0.1", "tcp", "1") }, "no path leads there, and paths.other refuses" },
		{ { OUT("10.99.0.1", "tcp", "1"), .isolated = true }, "the terminal is cut off" },
		{ { .src = "fe80::5", .dst = "ff02::1", .proto = "icmpv6", .port = "133" }, "neighbour discovery and ICMP errors always pass" },
	};
	struct kb_model *model = model_of(text);
	struct kb_packet_answer answer;
	char reason[300];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(kb_what_if_packet(&model->policy, &cases[i].question, &answer, NULL), 0);
		kb_what_if_packet_reason(&answer, "f.yaml", reason, sizeof(reason));
		assert_string_equal(reason, cases[i].wanted);
	}
	kb_model_free(model);
}

/* Every verdict has words, whatever else is in it. */
static void has_words_for_all(void **state)
{
	struct kb_path_rule rule = { .name = "n" };
	struct kb_packet_answer answer;
	char reason[300];
	unsigned int i, k;

	(void)state;
	for (i = 0; i < KB_REASON_MAX; i++) {
		for (k = 0; k < 4; k++) {
			answer = (struct kb_packet_answer){ .verdict = { .action = k & 1, .reason = i }, .rule = k & 2 ? &rule : NULL };
			reason[0] = '\0';
			kb_what_if_packet_reason(&answer, NULL, reason, sizeof(reason));
			assert_true(reason[0]);
		}
	}
}

static void asks_about_links(void **state)
{
	static const struct {
		struct kb_link_question question;
		enum kb_action action;
		enum kb_reason reason;
		const char *words;
	} cases[] = {
		{ { .kind = "tun" }, KB_ACTION_REFUSE, KB_REASON_DEFAULT, "no rule matched; default: refuse" },
		{ { .kind = "ethernet", .bus = "usb" }, KB_ACTION_REFUSE, KB_REASON_RULE, "rule 'dock' (f.yaml:9)" },
		{ { .mac = "02:00:00:00:00:01", .address = "02:00:00:00:00:02" }, KB_ACTION_REFUSE, KB_REASON_ADDRESS, "rule 'lan' (f.yaml:7) would allow it, but it does not use its permanent address" },
		{ { .bus = "platform", .path = "pci-0000:00:14.0/1", .mac = "02:00:00:00:00:01", .address = "02:00:00:00:00:02" }, KB_ACTION_REFUSE, KB_REASON_ADDRESS, "the rule in f.yaml:10 would allow it, but" },
		{ { .bus = "platform", .path = "pci-0000:00:14.0/1" }, KB_ACTION_ALLOW, KB_REASON_RULE, "rule in f.yaml:10" },
		{ { .ifname = "x" }, KB_ACTION_ALLOW, KB_REASON_RULE, "rule 'lan' (f.yaml:7)" },
		{ { .mac = "02:00:00:00:00:01" }, KB_ACTION_ALLOW, KB_REASON_RULE, "rule 'lan'" },
		{ { .address = "02:00:00:00:00:01" }, KB_ACTION_ALLOW, KB_REASON_RULE, "rule 'lan'" },
		{ { .kind = "wifi" }, KB_ACTION_ALLOW, KB_REASON_RULE, "rule 'wl'" },
		{ { .kind = "loopback" }, KB_ACTION_ALLOW, KB_REASON_LOOPBACK, "always allowed" },
	};
	static const struct {
		struct kb_link_question question;
		const char *words;
	} wrong[] = {
		{ { .kind = "ethrnet" }, "did you mean 'ethernet'?" },
		{ { .kind = "q" }, "there is no kind of link 'q'" },
		{ { .bus = "pic" }, "did you mean 'pci'?" },
		{ { .bus = "q" }, "there is no bus 'q'" },
		{ { .mac = "q" }, "'q' is not a MAC address" },
		{ { .address = "02:00:00:00:00" }, "not a MAC address" },
	};
	struct kb_model *model = model_of(text);
	struct kb_link_answer answer;
	char reason[300];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct kb_fault fault = { { 0 } };

		assert_int_equal(kb_what_if_link(&model->policy, &wrong[i].question, &answer, &fault), -EINVAL);
		assert_non_null(strstr(fault.text, wrong[i].words));
	}
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(kb_what_if_link(&model->policy, &cases[i].question, &answer, NULL), 0);
		kb_what_if_link_reason(&answer, "f.yaml", reason, sizeof(reason));
		if (answer.verdict.action != cases[i].action || answer.verdict.reason != cases[i].reason ||
		    !strstr(reason, cases[i].words))
			fail_msg("%zu: %u %s: %s", i, answer.verdict.action, kb_reason_name(answer.verdict.reason), reason);
	}
	kb_model_free(model);
}

static void refuses_tables(void **state)
{
	static const struct {
		const char *text;
		uint32_t line, column;
		const char *code;
	} cases[] = {
		{ "- {expect: allow}\n", 1, 3, "one-of" },
		{ "- {link: {}, packet: {src: 10.0.0.1, dst: 10.0.0.1, proto: tcp}, expect: allow}\n", 1, 3, "one-of" },
		{ "- {packet: {dst: 10.0.0.1, proto: tcp}, expect: allow}\n", 1, 12, "missing-key" },
		{ "- {packet: {src: 10.0.0.1, proto: tcp}, expect: allow}\n", 1, 12, "missing-key" },
		{ "- {packet: {src: 10.0.0.1, dst: 10.0.0.2}, expect: allow}\n", 1, 12, "missing-key" },
		{ "- {packet: {src: 10.0.0.0/8, dst: 10.0.0.2, proto: tcp}, expect: allow}\n", 1, 18, "bad-value" },
		{ "- {packet: {src: 10.0.0.1, dst: 10.0.0.2, proto: tcp, at: noon}, expect: allow}\n", 1, 59, "bad-value" },
		{ "- {packet: {src: 10.0.0.1, dst: 10.0.0.2, proto: tcp, lease: maybe}, expect: allow}\n", 1, 62, "unknown-value" },
		{ "- {packet: {src: 10.0.0.1, dst: 10.0.0.2, proto: tcp, prot: 1}, expect: allow}\n", 1, 55, "unknown-key" },
		{ "- {packet: {src: 10.0.0.1, dst: 10.0.0.2, proto: tcp, port: 1}, expect: [allow, refuse]}\n", 1, 73, "expect-length" },
		{ "- {packet: {src: 10.0.0.1, dst: 10.0.0.2, proto: tcp, port: 1}, expect: allow, reason: zoen}\n", 1, 88, "unknown-value" },
		{ "- {device: {usb: \"0781:5583\", interfaces: hub}, expect: allow, reason: hub}\n", 1, 64, "reason-device" },
		{ "- {link: {kind: ethernet, mac: \"\"}, expect: allow}\n", 1, 32, "length" },
		{ "- {link: {}, expect: deny}\n", 1, 22, "unknown-value" },
	};
	struct kb_expectations table;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_diags diags = { 0 };

		assert_int_equal(kb_expectations_parse(cases[i].text, strlen(cases[i].text), &diags, &table), -EBADMSG);
		if (strcmp(diags.first->code, cases[i].code) || diags.first->line != cases[i].line || diags.first->column != cases[i].column)
			fail_msg("%zu: %u:%u %s %s", i, diags.first->line, diags.first->column, diags.first->code, diags.first->text);
		kb_diags_done(&diags);
	}
}

/* A table with one row; does it hold? */
static bool holds(const char *row, struct kb_expect_result *ret)
{
	struct kb_model *model = model_of(text);
	struct kb_expectations table;
	struct kb_diags diags = { 0 };
	int r = kb_expectations_parse(row, strlen(row), &diags, &table);

	if (r)
		kb_diags_write(&diags, "table", stderr);
	assert_int_equal(r, 0);
	kb_expect_run(&model->policy, &table.list[0], ret);
	kb_expectations_done(&table);
	kb_diags_done(&diags);
	kb_model_free(model);
	return ret->passed;
}

#define ROW(x)	"- {packet: {src: 10.10.0.5, dst: 10.30.0.53, proto: udp, port: 53}, expect: " x "}\n"

static void expects(void **state)
{
	struct kb_expect_result result;

	(void)state;
	assert_true(holds(ROW("allow"), &result));
	assert_false(holds(ROW("refuse"), &result));
	assert_true(holds(ROW("allow, rule: dns"), &result));
	assert_true(holds(ROW("allow, rule: 19"), &result));
	assert_true(holds(ROW("allow, reason: rule"), &result));
	assert_false(holds(ROW("allow, rule: ntp"), &result));
	assert_false(holds(ROW("allow, rule: 20"), &result));
	assert_false(holds(ROW("allow, reason: other"), &result));
	assert_true(holds("- {packet: {src: 10.10.0.5, dst: 10.30.0.9, proto: tcp, port: 443}, expect: allow}\n", &result));
	assert_true(holds("- {packet: {src: 10.10.0.5, dst: 10.20.1.10, proto: tcp, port: 3389, link: lan, lease: false}, expect: refuse, reason: lease}\n", &result));
	assert_true(holds("- {link: {kind: ethernet, bus: usb}, expect: refuse, rule: dock}\n", &result));
	assert_true(holds("- {link: {kind: tun}, expect: refuse, rule: default}\n", &result));
	assert_false(holds("- {link: {kind: tun}, expect: allow}\n", &result));
	assert_int_equal(strlen(result.fault.text), 0);
	/* What cannot be asked does not hold, and says why. */
	assert_false(holds("- {packet: {src: 10.10.0.5, dst: 10.30.0.53, proto: udp, port: 53, zone: nowhere}, expect: refuse}\n", &result));
	assert_non_null(strstr(result.fault.text, "there is no zone 'nowhere'"));
	assert_false(holds("- {link: {kind: tunn}, expect: refuse}\n", &result));
	assert_non_null(strstr(result.fault.text, "did you mean 'tun'?"));
}

static void read_file(const char *path, char **ret, size_t *ret_len)
{
	uint8_t *bytes;
	int r = kb_file_read(path, KB_TEXT_MAX, &bytes, ret_len);

	if (r)
		fail_msg("%s: %d", path, r);
	*ret = (char *)bytes;
}

/* Without warnings, and doing what its table says; texts and what they compile to alike. */
static void test_template(const char *name, unsigned int least)
{
	struct kb_blob_error error;
	struct kb_expect_result result;
	struct kb_expectations table;
	struct kb_diags diags = { 0 };
	struct kb_policy *policy;
	char path[200], *bytes, reason[600];
	size_t len, blob_len;
	uint32_t i;
	void *blob;

	snprintf(path, sizeof(path), "policy/templates/%s.yaml", name);
	read_file(path, &bytes, &len);
	if (kb_text_compile(bytes, len, NOW, &diags, &blob, &blob_len) || diags.counts[KB_DIAG_WARNING]) {
		kb_diags_write(&diags, path, stderr);
		fail_msg("%s", path);
	}
	assert_int_equal(kb_policy_parse(blob, blob_len, &policy, &error), 0);
	free(bytes);
	free(blob);
	snprintf(path, sizeof(path), "policy/templates/%s.test.yaml", name);
	read_file(path, &bytes, &len);
	assert_int_equal(kb_expectations_parse(bytes, len, &diags, &table), 0);
	assert_true(table.n >= least);
	for (i = 0; i < table.n; i++) {
		kb_expect_run(policy, &table.list[i], &result);
		kb_expect_reason(&table.list[i], &result, NULL, reason, sizeof(reason));
		if (!result.passed)
			fail_msg("%s:%u: %s", path, table.list[i].line, reason);
	}
	free(bytes);
	kb_expectations_done(&table);
	kb_policy_free(policy);
	kb_diags_done(&diags);
}

static void templates_hold(void **state)
{
	(void)state;
	test_template("staff-terminal", 15);
	test_template("shared-one-ssid", 40);
	test_template("shared-two-ssids", 25);
	test_template("dedicated", 25);
	test_template("wired", 20);
}

static const struct kb_key *find(const struct kb_key *keys, const char *name)
{
	for (; keys->name; keys++)
		if (!strcmp(keys->name, name))
			return keys;
	fail_msg("no key %s", name);
	return NULL;
}

/* The language's words for kinds and buses are the decision core's. */
static void words_are_the_core_s(void **state)
{
	const struct kb_key *conditions = find(find(kb_schema_link, "rules")->keys, "allow")->keys;
	const struct kb_word *word;
	int i;

	(void)state;
	for (word = find(conditions, "kind")->words, i = 0; word->name; word++, i++) {
		assert_int_equal(word->value, KB_LINK_KIND_BIT(i));
		assert_string_equal(word->name, kb_link_kind_name(i));
	}
	assert_int_equal(i, KB_LINK_LOOPBACK);
	for (word = find(conditions, "bus")->words, i = 0; word->name; word++, i++) {
		assert_int_equal(word->value, KB_LINK_BUS_BIT(i));
		assert_string_equal(word->name, kb_link_bus_name(i));
	}
	assert_int_equal(i, KB_LINK_BUS_MAX);
	for (word = find(kb_schema_paths, "discovery")->keys[1].words, i = 0; word->name; word++, i++) {
		assert_int_equal(word->value, 1 << i);
		assert_string_equal(word->name, kb_discoveries[i].name);
	}
	assert_null(kb_discoveries[i].name);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_questions),
		cmocka_unit_test(asks_about_packets),
		cmocka_unit_test(asks_about_now),
		cmocka_unit_test(gives_reasons),
		cmocka_unit_test(has_words_for_all),
		cmocka_unit_test(asks_about_links),
		cmocka_unit_test(refuses_tables),
		cmocka_unit_test(expects),
		cmocka_unit_test(templates_hold),
		cmocka_unit_test(words_are_the_core_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
