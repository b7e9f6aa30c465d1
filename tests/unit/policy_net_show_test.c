// SPDX-License-Identifier: GPL-2.0-or-later
/* Links and paths as people read them: show and the way back, differences, hours, services. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net_stage.h"
#include "policy/diff.h"
#include "policy/hours.h"
#include "policy/service.h"

/* blob -> show -> text -> blob: the same bytes but for lines and the text's digest. */
static void survives_show(bool effective)
{
	struct kb_model *model = model_of(everything), *again;
	struct kb_policy *policy = policy_of(&model->policy), *parsed;
	char *text = shown(policy, effective), *twice;
	struct kb_agent_policy *agents[2];
	struct kb_changes changes;
	u32 i;

	again = model_of(text);
	parsed = policy_of(&again->policy);
	agents[0] = agent_of(policy);
	agents[1] = agent_of(parsed);
	assert_int_equal(kb_diff(&(struct kb_diff_side){ policy, agents[0] },
				 &(struct kb_diff_side){ parsed, agents[1] }, &changes), 0);
	kb_agent_policy_free(agents[0]);
	kb_agent_policy_free(agents[1]);
	if (changes.n)
		fail_msg("%s %s -> %s", changes.list[0].key ?: "", changes.list[0].from ?: "", changes.list[0].to ?: "");
	kb_changes_done(&changes);
	for (i = 0; i < policy->link.n_rules; i++)
		parsed->link.rules[i].line = policy->link.rules[i].line;
	for (i = 0; i < policy->paths.n_rules; i++)
		parsed->paths.rules[i].line = policy->paths.rules[i].line;
	assert_same_policy(policy, parsed);
	twice = shown(parsed, false);
	if (!effective)
		assert_string_equal(text, twice);
	free(text);
	free(twice);
	kb_policy_free(policy);
	kb_policy_free(parsed);
	kb_model_free(model);
	kb_model_free(again);
}

static void survives_plain_show(void **state)
{
	(void)state;
	survives_show(false);
}

static void survives_effective_show(void **state)
{
	(void)state;
	survives_show(true);
}

/* Changes as one line: "changed link.default; added 7; ..." */
static void assert_diff(const char *from, const char *to, const char *wanted)
{
	struct kb_model *a = model_of(from), *b = model_of(to);
	struct kb_changes changes;
	char got[900] = "";
	size_t i;

	assert_int_equal(kb_diff(&(struct kb_diff_side){ &a->policy, &a->agent },
				 &(struct kb_diff_side){ &b->policy, &b->agent }, &changes), 0);
	for (i = 0; i < changes.n; i++) {
		const struct kb_change *c = &changes.list[i];

		sprintf(got + strlen(got), "%s%s", i ? "; " : "", kb_change_name(c->kind));
		if (c->key)
			sprintf(got + strlen(got), " %s %s -> %s", c->key, c->from ?: "-", c->to ?: "-");
		else
			sprintf(got + strlen(got), " %u-%u", c->from_line, c->to_line);
	}
	assert_string_equal(got, wanted);
	kb_changes_done(&changes);
	kb_model_free(a);
	kb_model_free(b);
}

#define L(x)	HEAD MODE "paths: {}\nlink:\n  rules:\n" x
#define N(x, y)	HEAD MODE "link: {}\nnetworks: {" x "}\npaths: {" y "}\n"

static void diffs(void **state)
{
	(void)state;
	assert_diff(everything, everything, "");
	assert_diff(L("    - allow: {name: a, bus: pci}\n"), L("    - allow: {bus: [pci], name: a}\n"), "");
	assert_diff(L("    - allow: {name: a}\n"), L("    - allow: {name: b}\n"), "removed 8-0; added 0-8");
	assert_diff(L("    - allow: {name: a}\n"), L("    - allow: {name: a}\n      random-mac: allow\n"), "removed 8-0; added 0-8");
	assert_diff(L("    - allow: {name: a}\n    - refuse: {kind: tun}\n    - refuse: {kind: tap}\n"),
		    L("    - refuse: {kind: tun}\n    - refuse: {kind: tap}\n    - allow: {name: a}\n"), "moved 8-10");
	assert_diff(L("    - refuse: {kind: tun}\n"), L("    - refuse: {kind: tun}\n      tell: x\n"), "tell 8-8");
	assert_diff(L("    []\n"), L("    []\n  default: allow\n  bypass: report\n  tell: t\n"),
		    "changed link.default refuse -> allow; changed link.bypass refuse -> report; changed link.tell - -> t");
	assert_diff(HEAD "mode: {media: off}\n", HEAD "mode: {media: off, link: audit, path: enforce}\nlink: {}\npaths: {}\n",
		    "changed mode.link off -> audit; changed mode.path off -> enforce");
	assert_diff(HEAD "mode: {media: off}\n", HEAD "mode: {media: off, path: audit}\npaths: {screen: {usb: allow}}\n",
		    "changed mode.path off -> audit; changed paths.screen.usb refuse -> allow");
	/* networks: what was taken away and what was added */
	assert_diff(N("n: [10.1.0.0/16, 10.2.0.0/16]", ""), N("n: [10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16]", ""),
		    "changed networks.n 10.1.0.0/16 -> 10.3.0.0/16, 10.4.0.0/16");
	assert_diff(N("n: 10.1.0.0/16", ""), N("m: 10.1.0.0/16", ""),
		    "changed networks.n 10.1.0.0/16 -> -; changed networks.m - -> 10.1.0.0/16");
	assert_diff(N("n: 10.1.0.0/16", ""), N("n: 10.1.0.0/16", "protected: n"), "changed paths.protected.n - -> true");
	assert_diff(N("", "protected: 10.1.1.1"), N("", ""), "changed networks.10.1.1.1 10.1.1.1 -> -; changed paths.protected.10.1.1.1 true -> -");
	/* the order of prefixes and of destinations is none */
	assert_diff(N("n: [10.1.0.0/16, 10.2.0.0/16]", "allow: [{name: a, to: [n, 10.9.9.9]}]"),
		    N("n: [10.2.0.0/16, 10.1.0.0/16]", "allow: [{name: a, to: [10.9.9.9/32, n]}]"), "");
	/* an address in a rule is told with the rule */
	assert_diff(N("", "allow: [{name: a, to: 10.9.9.9}]"), N("", "allow: [{name: a, to: 10.9.9.8}]"), "removed 7-0; added 0-7");
	assert_diff(N("", "allow: [{name: a, to: 10.9.9.9, service: rdp}]"), N("", "allow: [{name: a, to: 10.9.9.9, service: [udp/3389, tcp/3389]}]"), "");
	assert_diff(N("", "peers: refuse, inbound: refuse, other: refuse"), N("", "peers: allow, inbound: allow, other: allow, discovery: allow, essential: {dhcp: allow}, tell: x, screen: {usb: allow}"),
		    "changed paths.essential.dhcp refuse -> allow; changed paths.peers refuse -> allow; changed paths.inbound refuse -> allow; changed paths.discovery refuse -> allow; changed paths.other refuse -> allow; changed paths.screen.usb refuse -> allow; changed paths.tell - -> x");
	assert_diff(N("", "discovery: refuse"), N("", "discovery: [mdns]"), "added 0-7");
	assert_diff(N("", "") "wifi: [{profile: A, ssid: x}, {profile: C, ssid: z}]\nplaces: [{zone: a}]\n",
		    N("", "") "wifi: [{profile: A, ssid: y}, {profile: B, ssid: x}]\nplaces: [{zone: a, label: l}, {zone: b}]\n",
		    "changed wifi.A x -> y; changed wifi.C z -> -; changed wifi.B - -> x; changed places.a  -> l; changed places.b - -> ");
}

/* A blob may hold what no text can say: show does not hide it. */
static void shows_what_no_text_can_say(void **state)
{
	struct kb_policy policy = { .header = { .municipality = "1", .group = "g", .serial = 1, .min_module = 2 } };
	struct kb_network network = { .name = "n" };
	struct kb_prefix prefix = { .version = 4, .addr.v4 = 10u << 24, .len = 8 };
	struct kb_service ssh = { 6, 22, 22 };
	struct kb_span span = { .days = 1, .begin = 60, .end = 120 };
	struct kb_schedule schedule = { .name = "daily", .n_spans = 1, .spans = &span };
	struct kb_path_rule rules[3] = {
		{ .kind = KB_PATH_ESSENTIAL, .name = "dns", .n_to = 1, .to = (u16[]){ 0 }, .n_services = 1, .services = &ssh },
		{ .kind = KB_PATH_DISCOVERY, .name = "mdns", .anywhere = true, .n_services = 1, .services = &ssh, .conditions = KB_PATH_IF_SERVICE },
		{ .kind = KB_PATH_PATH, .name = "p", .n_to = 1, .to = (u16[]){ 0 }, .schedules = 1, .conditions = KB_PATH_IF_HOURS },
	};
	char *text;

	(void)state;
	policy.paths = (struct kb_path_policy){ .mode = KB_GATE_AUDIT, .n_rules = 3, .rules = rules, .n_networks = 1,
						.networks = &network, .written = &prefix, .n_prefixes = 1,
						.n_schedules = 1, .schedules = &schedule };
	text = shown(&policy, false);
	assert_non_null(strstr(text, "a rule that no text can have: {name: \"dns\", to: [\"n\"], service: [ssh]}"));
	assert_non_null(strstr(text, "a rule that no text can have: {name: \"mdns\", service: [ssh]}"));
	/* The name of a schedule is a lie: its spans are shown. */
	assert_non_null(strstr(text, "hours: [\"mon 01:00-02:00\"]"));
	assert_null(strstr(text, "daily"));
	free(text);
}

/* People read presets where they wrote presets; nothing is told twice. */
static void shows_presets(void **state)
{
	static const struct {
		const char *written, *wanted;
	} cases[] = {
		{ "[tcp/3389, udp/3389]", "service: [rdp]" },
		{ "blast", "service: [blast]" },
		{ "[blast, rdp, https]", "service: [blast, rdp]" },
		{ "[https, udp/443]", "service: [https-gateway]" },
		{ "[https, udp/3391, tcp/9]", "service: [rd-gateway, tcp/9]" },
		{ "[tcp/3389, udp/3390]", "service: [tcp/3389, udp/3390]" },
		{ "[tcp, tcp/443]", "service: [https, tcp]" },
		{ "[icmp/8, icmpv6/128, icmp/0]", "service: [ping, icmp/0]" },
		{ "any", "service: [any]" },
	};
	char *from, *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct kb_model *model;

		assert_true(asprintf(&from, HEAD MODE "link: {}\npaths: {allow: [{name: p, to: 10.1.1.1, service: %s}]}\n", cases[i].written) > 0);
		model = model_of(from);
		text = shown(&model->policy, false);
		if (!strstr(text, cases[i].wanted))
			fail_msg("%s: %s", cases[i].written, text);
		free(text);
		free(from);
		kb_model_free(model);
	}
}

static void reads_hours(void **state)
{
	static const struct {
		const char *text, *wanted;
	} cases[] = {
		{ "平日 08:00-19:00", "平日 08:00-19:00" },
		{ "月-金 8:00-19:00", "平日 08:00-19:00" },
		{ "mon-fri 08:00-19:00", "平日 08:00-19:00" },
		{ "weekdays", "平日" },
		{ "毎日", "毎日" },
		{ "daily 00:00-24:00", "毎日" },
		{ "08:00-19:00", "毎日 08:00-19:00" },
		{ "土日", "週末" },
		{ "土・日 09:00-12:00, 13:00-17:00", "週末 09:00-12:00, 週末 13:00-17:00" },
		{ "月水金 09:00-12:00、火", "mon wed fri 09:00-12:00, tue" },
		{ "月曜日", "mon" },
		{ "日曜 22:00-06:00", "sun 22:00-06:00" },
		{ "sat-mon", "mon sat sun" },
		{ "土〜月", "mon sat sun" },
		{ "木曜日・金曜日 10:00〜11:00", "thu fri 10:00-11:00" },
		{ "mon wed 18:00-00:00", "mon wed 18:00-24:00" },
	};
	struct kb_span spans[KB_HOURS_SPANS_MAX], again[KB_HOURS_SPANS_MAX];
	char text[KB_HOURS_SIZE];
	unsigned int n, m;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (kb_hours_parse(cases[i].text, spans, KB_HOURS_SPANS_MAX, &n))
			fail_msg("%s", cases[i].text);
		kb_hours_text(spans, n, text, sizeof(text));
		assert_string_equal(text, cases[i].wanted);
		assert_int_equal(kb_hours_parse(text, again, KB_HOURS_SPANS_MAX, &m), 0);
		assert_int_equal(n, m);
		assert_true(kb_hours_same(spans, again, n));
	}
	assert_int_equal(kb_hours_parse("mon,tue,wed", spans, 2, &n), -E2BIG);
}

/* Presets and what they stand for; their order makes texts of them again. */
static void presets_are_sorted(void **state)
{
	const struct kb_service_preset *preset;
	struct kb_service service;
	char text[KB_SERVICE_SIZE];
	unsigned int i;

	(void)state;
	for (preset = kb_service_presets; preset->name; preset++) {
		assert_true(kb_service_preset_size(preset) > 0);
		assert_int_equal(kb_service_parse(preset->name, &service), -EINVAL);
		for (i = 0; i < kb_service_preset_size(preset); i++) {
			if (i)
				assert_true(kb_service_compare(&preset->services[i - 1], &preset->services[i]) < 0);
			kb_service_to_text(&preset->services[i], text);
			assert_int_equal(kb_service_parse(text, &service), 0);
			assert_int_equal(kb_service_compare(&service, &preset->services[i]), 0);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_plain_show),
		cmocka_unit_test(survives_effective_show),
		cmocka_unit_test(diffs),
		cmocka_unit_test(shows_what_no_text_can_say),
		cmocka_unit_test(shows_presets),
		cmocka_unit_test(reads_hours),
		cmocka_unit_test(presets_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
