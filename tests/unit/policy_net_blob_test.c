// SPDX-License-Identifier: GPL-2.0-or-later
/* Links and paths: text to blob, golden bytes, the way there and back, the largest policies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "policy/address.h"
#include "policy/blob_write.h"
#include "policy/diff.h"
#include "policy/file.h"
#include "policy/hours.h"
#include "policy/prefixes.h"
#include "policy/service.h"
#include "policy/show.h"
#include "policy/text.h"

#define NOW	1795000000	/* 2026-11-18 */
#define HEAD								\
	"kidoban: 1\n"							\
	"policy: {municipality: \"131016\", group: g, serial: 7, expires: 2027-03-31}\n" \
	"media: {rules: [{allow: {class: keyboard}}]}\n"
#define MODE	"mode: {media: off, link: enforce, path: audit}\n"

/* Every key of every section. */
static const char everything[] = HEAD MODE
	"link:\n"
	"  rules:\n"
	"    - allow: {name: office-lan, kind: ethernet, bus: pci, path: [\"pci-0000:00:03.0\", \"pci-0000:00:14.0/2.*\"], driver: [e1000e, igb], ifname: \"en*\", mac: [\"02:00:5e:00:00:00/28\", \"02:00:5e:01:02:03\"]}\n"
	"      random-mac: allow\n"
	"    - refuse: {kind: [tether, wwan, bluetooth-pan, other], bus: [usb, platform, virtual, other]}\n"
	"      tell: \"\xe6\x9c\xa8\xe6\x88\xb8 \\\"q\\\"\"\n"
	"    - allow: {name: office-lan, kind: vlan}\n"
	"    - allow: {name: \"name with \\\"quotes\\\" [x]: #\", kind: wifi}\n"
	"    - refuse: {}\n"
	"  default: allow\n"
	"  bypass: report\n"
	"  tell: l\n"
	"wifi:\n"
	"  - {profile: A, ssid: \"MY NUMBER \xe6\x9c\xa8\"}\n"
	"  - {profile: B, ssid: b}\n"
	"places:\n"
	"  - {zone: madoguchi, label: \"\xe7\xaa\x93\xe5\x8f\xa3\"}\n"
	"  - {zone: z2}\n"
	"networks:\n"
	"  mynumber: [\"2001:db8:20::/48\", 10.20.0.0/16, 10.20.0.0/16, 10.21.0.0/16]\n"
	"  \"\xe7\xaa\x93\": 10.30.0.0/24\n"
	"  all: [0.0.0.0/0, \"::/0\"]\n"
	"  unused: [192.0.2.1, \"2001:db8::1\"]\n"
	"paths:\n"
	"  protected: [mynumber, 10.99.0.0/16]\n"
	"  allow:\n"
	"    - name: \"p1: x\"\n"
	"      to: [10.20.1.10, mynumber, 10.20.1.10/32, \"2001:db8:20::7\"]\n"
	"      service: [rdp, ica, blast, https, tcp, udp/5000-5010, icmp/8, icmpv6/128, esp, ip/200, sctp/9]\n"
	"      from: {cgroup: [kidoban-screen.slice, \"a.slice/b c\"], user: [1000, \"2000-60000\"], group: 0}\n"
	"      link: [office-lan, B, A]\n"
	"      zone: [z2, madoguchi]\n"
	"      next_hop_mac: [\"02:00:5e:00:01:0a\", \"02:00:5e:00:01:0b\"]\n"
	"      hours: [\"\xe5\xb9\xb3\xe6\x97\xa5 08:00-19:00, 20:00-21:00\", \"sat 22:00-06:00\"]\n"
	"      tell: t1\n"
	"    - {name: p2, to: \"\xe7\xaa\x93\"}\n"
	"    - {name: p3, to: [203.0.113.0/24, \"2001:db8:1::/64\"], service: any, hours: \"sat 22:00-06:00\"}\n"
	"  essential: {dhcp: allow, dns: [10.30.0.53, \"2001:db8::53\"], ntp: 10.30.0.123, collector: {address: [10.30.0.9], port: 8443}}\n"
	"  peers: {default: allow, allow: [{name: printer, to: 10.10.0.9, service: ipp}, {name: any-peer}]}\n"
	"  inbound: {default: allow, allow: [{name: monitor, from: [10.30.0.7], service: [icmp/8, ssh], link: A, zone: z2, hours: daily, tell: i}, {name: web, service: https}]}\n"
	"  discovery: [mdns, llmnr, ssdp, wsd, netbios, kidoban-beacon]\n"
	"  tunnels: [{name: vpn, to: 10.40.0.1, service: [ike, esp, wireguard], from: {user: 0}}]\n"
	"  other: allow\n"
	"  screen: {clipboard: allow, drives: allow, printers: allow, smartcard: refuse, sound: refuse, microphone: allow, usb: allow}\n"
	"  tell: p\n";

static struct kb_model *model_of(const char *text)
{
	struct kb_diags diags = { 0 };
	struct kb_model *model;
	int r = kb_text_parse(text, strlen(text), &diags, &model);

	if (r)
		kb_diags_write(&diags, "test", stderr);
	assert_int_equal(r, 0);
	kb_diags_done(&diags);
	return model;
}

static struct kb_policy *policy_of_parts(const struct kb_policy *written,
					 const struct kb_agent_policy *agent)
{
	struct kb_blob_error error = { 0 };
	struct kb_policy *policy;
	size_t len;
	void *blob;
	int r;

	assert_int_equal(kb_blob_write(written, agent, &blob, &len), 0);
	r = kb_policy_parse(blob, len, &policy, &error);
	if (r)
		fail_msg("%d at %u: %s", r, error.offset, error.text);
	free(blob);
	return policy;
}

static struct kb_policy *policy_of(const struct kb_policy *written)
{
	return policy_of_parts(written, NULL);
}

/* The attributes behind the media section, by hand from include/uapi/kidoban/blob.h. */
static void golden(void **state)
{
	static const char text[] = HEAD MODE
		"link: {rules: [{allow: {name: l, kind: ethernet, ifname: \"e*\", mac: \"02:00:00:00:00:00/8\"}}]}\n"
		"wifi: [{profile: A, ssid: S}]\n"
		"places: [{zone: z, label: Z}]\n"
		"networks: {n: [10.20.0.0/16, \"2001:db8::/32\"]}\n"
		"paths: {protected: n, allow: [{name: p, to: [n], service: rdp, from: {cgroup: c, user: \"1-2\"}, link: [l, A], zone: z, hours: \"mon 08:00-09:30\", next_hop_mac: \"02:00:5e:00:01:0a\"}], essential: {dhcp: allow}}\n";
	static const unsigned char wanted[] =
		"\x1c\x00\x02\x00"
			"\x05\x00\x01\x00\x00\0\0\0" "\x05\x00\x02\x00\x02\0\0\0" "\x05\x00\x03\x00\x01\0\0\0"
		"\x0c\x00\x03\x00" "\x05\x00\x01\x00\x00\0\0\0"
		"\x1c\x00\x04\x00"
			"\x05\x00\x01\x00\x01\0\0\0" "\x08\x00\x02\x00\x03\x00\x00\x00" "\x08\x00\x08\x00\x04\x00\x00\x00"
		"\x14\x00\x05\x00" "\x05\x00\x01\x00\x00\0\0\0" "\x05\x00\x03\x00\x00\0\0\0"
		"\x3c\x00\x06\x00"
			"\x05\x00\x01\x00\x01\0\0\0" "\x08\x00\x02\x00\x05\x00\x00\x00" "\x06\x00\x03\x00" "l\0\0\0"
			"\x08\x00\x05\x00\x01\x00\x00\x00" "\x07\x00\x09\x00" "e*\0\0"
			"\x10\x00\x0a\x00" "\x02\0\0\0\0\0" "\xff\0\0\0\0\0"
		"\x14\x00\x07\x00" "\x06\x00\x01\x00" "n\0\0\0" "\x05\x00\x02\x00\x01\0\0\0"
		"\x18\x00\x08\x00" "\x08\x00\x01\x00\x00\x00\x00\x00"
			"\x0c\x00\x02\x00" "\x0a\x14\0\0" "\x10\0\0\0"
		"\x24\x00\x08\x00" "\x08\x00\x01\x00\x00\x00\x00\x00"
			"\x18\x00\x03\x00" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0" "\x20\0\0\0"
		"\x14\x00\x09\x00" "\x06\x00\x01\x00" "A\0\0\0" "\x05\x00\x02\x00" "S\0\0\0"
		"\x14\x00\x0a\x00" "\x06\x00\x01\x00" "z\0\0\0" "\x06\x00\x02\x00" "Z\0\0\0"
		"\x24\x00\x0b\x00" "\x14\x00\x01\x00" "mon 08:00-09:30\0"
			"\x0a\x00\x02\x00" "\x01\0" "\xe0\x01" "\x3a\x02" "\0\0"
		"\x34\x00\x0c\x00"
			"\x05\x00\x01\x00\x00\0\0\0" "\x05\x00\x02\x00\x00\0\0\0" "\x05\x00\x03\x00\x00\0\0\0"
			"\x05\x00\x04\x00\x00\0\0\0" "\x05\x00\x05\x00\x01\0\0\0" "\x08\x00\x06\x00\x18\0\0\0"
		"\x7c\x00\x0d\x00"
			"\x05\x00\x01\x00\x00\0\0\0" "\x08\x00\x02\x00\x09\0\0\0" "\x06\x00\x03\x00" "p\0\0\0"
			"\x08\x00\x05\x00\x00\0\0\0"
			"\x0a\x00\x06\x00" "\x06\0" "\x3d\x0d" "\x3d\x0d" "\0\0"
			"\x0a\x00\x06\x00" "\x11\0" "\x3d\x0d" "\x3d\x0d" "\0\0"
			"\x08\x00\x07\x00\x00\0\0\0" "\x08\x00\x08\x00\x00\0\0\0" "\x08\x00\x09\x00\x00\0\0\0"
			"\x08\x00\x0a\x00\x00\0\0\0"
			"\x0a\x00\x0b\x00" "\x02\x00\x5e\x00\x01\x0a" "\0\0"
			"\x0c\x00\x0c\x00\x01\0\0\0\x02\0\0\0"
			"\x06\x00\x0e\x00" "c\0\0\0";
	struct kb_model *model = model_of(text);
	unsigned char *blob;
	size_t len, from, i;

	(void)state;
	assert_int_equal(model->policy.header.min_module, 2);
	assert_int_equal(kb_blob_write(&model->policy, &model->agent, (void **)&blob, &len), 0);
	from = len - (sizeof(wanted) - 1);
	for (i = from; i < len; i++)
		if (blob[i] != wanted[i - from])
			fail_msg("byte %zu of %zu: %02x, wanted %02x", i - from, len - from, blob[i],
				 wanted[i - from]);
	assert_int_equal(blob[from - 6], KB_HEADER_LOCK);	/* nothing stands between */
	free(blob);
	kb_policy_free(policy_of(&model->policy));
	kb_model_free(model);
}

/* Old terminals go on taking policies that say nothing new. */
static void asks_for_level_2_only_where_needed(void **state)
{
	static const struct {
		const char *text;
		u32 level;
	} cases[] = {
		{ HEAD "mode: {media: off}\n", 1 },
		{ HEAD "mode: {media: off, link: off, path: off}\n", 1 },
		{ HEAD "mode: {media: off}\nlink: {}\n", 1 },
		{ HEAD "mode: {media: off, link: audit}\nlink: {}\n", 2 },
		{ HEAD "mode: {media: off, path: audit}\npaths: {}\n", 2 },
		{ HEAD "mode: {media: off}\nlink: {rules: [{refuse: {}}]}\n", 2 },
		{ HEAD "mode: {media: off}\npaths: {other: allow}\n", 2 },
		{ HEAD "mode: {media: off}\nnetworks: {n: 10.0.0.1}\n", 2 },
		{ HEAD "mode: {media: off}\nwifi: [{profile: a, ssid: b}]\n", 2 },
		{ HEAD "mode: {media: off}\nplaces: [{zone: a}]\n", 2 },
	};
	struct kb_model *model;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		model = model_of(cases[i].text);
		if (model->policy.header.min_module != cases[i].level)
			fail_msg("level %u: %s", model->policy.header.min_module, cases[i].text);
		kb_policy_free(policy_of(&model->policy));
		kb_model_free(model);
	}
}

static void assert_same_link(const struct kb_link_rule *a, const struct kb_link_rule *b)
{
	unsigned int i;

	assert_int_equal(a->action, b->action);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->kinds, b->kinds);
	assert_int_equal(a->buses, b->buses);
	assert_int_equal(a->random_mac, b->random_mac);
	assert_int_equal(a->n_paths, b->n_paths);
	assert_int_equal(a->n_drivers, b->n_drivers);
	assert_int_equal(a->n_ifnames, b->n_ifnames);
	assert_int_equal(a->n_macs, b->n_macs);
	for (i = 0; i < a->n_paths; i++)
		assert_string_equal(a->paths[i], b->paths[i]);
	for (i = 0; i < a->n_drivers; i++)
		assert_string_equal(a->drivers[i], b->drivers[i]);
	for (i = 0; i < a->n_ifnames; i++)
		assert_string_equal(a->ifnames[i], b->ifnames[i]);
	if (a->n_macs)
		assert_memory_equal(a->macs, b->macs, a->n_macs * sizeof(*a->macs));
	assert_string_equal(a->name ?: "-", b->name ?: "-");
	assert_string_equal(a->tell ?: "-", b->tell ?: "-");
}

static void assert_same_path(const struct kb_path_rule *a, const struct kb_path_rule *b)
{
	unsigned int i;

	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->line, b->line);
	assert_int_equal(a->conditions, b->conditions);
	assert_int_equal(a->anywhere, b->anywhere);
	assert_int_equal(a->to_protected, b->to_protected);
	assert_int_equal(a->n_to, b->n_to);
	assert_int_equal(a->n_services, b->n_services);
	assert_int_equal(a->n_next_hops, b->n_next_hops);
	assert_int_equal(a->n_users, b->n_users);
	assert_int_equal(a->n_groups, b->n_groups);
	assert_int_equal(a->n_cgroups, b->n_cgroups);
	for (i = 0; i < a->n_to; i++)
		assert_int_equal(a->to[i], b->to[i]);
	for (i = 0; i < a->n_services; i++)
		assert_int_equal(kb_service_compare(&a->services[i], &b->services[i]), 0);
	if (a->n_next_hops)
		assert_memory_equal(a->next_hops, b->next_hops, 6 * a->n_next_hops);
	if (a->n_users)
		assert_memory_equal(a->users, b->users, a->n_users * sizeof(*a->users));
	if (a->n_groups)
		assert_memory_equal(a->groups, b->groups, a->n_groups * sizeof(*a->groups));
	for (i = 0; i < a->n_cgroups; i++)
		assert_string_equal(a->cgroups[i], b->cgroups[i]);
	assert_memory_equal(a->links, b->links, sizeof(a->links));
	assert_memory_equal(a->profiles, b->profiles, sizeof(a->profiles));
	assert_memory_equal(a->zones, b->zones, sizeof(a->zones));
	assert_true(a->schedules == b->schedules);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->tell ?: "-", b->tell ?: "-");
}

static void assert_same_context(const struct kb_path_policy *a, const struct kb_path_policy *b)
{
	u32 i;

	assert_int_equal(a->n_profiles, b->n_profiles);
	for (i = 0; i < a->n_profiles; i++) {
		assert_string_equal(a->profiles[i].name, b->profiles[i].name);
		assert_int_equal(a->profiles[i].ssid_len, b->profiles[i].ssid_len);
		assert_memory_equal(a->profiles[i].ssid, b->profiles[i].ssid, a->profiles[i].ssid_len);
	}
	assert_int_equal(a->n_zones, b->n_zones);
	for (i = 0; i < a->n_zones; i++) {
		assert_string_equal(a->zones[i].name, b->zones[i].name);
		assert_string_equal(a->zones[i].label ?: "-", b->zones[i].label ?: "-");
	}
	assert_int_equal(a->n_schedules, b->n_schedules);
	for (i = 0; i < a->n_schedules; i++) {
		assert_string_equal(a->schedules[i].name, b->schedules[i].name);
		assert_int_equal(a->schedules[i].n_spans, b->schedules[i].n_spans);
		assert_true(kb_hours_same(a->schedules[i].spans, b->schedules[i].spans, a->schedules[i].n_spans));
	}
}

static void assert_same_networks(const struct kb_policy *a, const struct kb_policy *b)
{
	struct kb_prefix *x, *y;
	u32 n, m, i;

	assert_int_equal(a->paths.n_networks, b->paths.n_networks);
	for (i = 0; i < a->paths.n_networks; i++) {
		assert_string_equal(a->paths.networks[i].name, b->paths.networks[i].name);
		assert_int_equal(a->paths.networks[i].is_protected, b->paths.networks[i].is_protected);
	}
	assert_int_equal(kb_prefixes_list(a, &x, &n), 0);
	assert_int_equal(kb_prefixes_list(b, &y, &m), 0);
	assert_int_equal(n, m);
	for (i = 0; i < n; i++) {
		assert_int_equal(x[i].network, y[i].network);
		assert_int_equal(kb_prefix_compare(&x[i], &y[i]), 0);
	}
	free(x);
	free(y);
}

/* @lines: the lines of rules are the same, too. */
static void assert_same_policy(const struct kb_policy *a, const struct kb_policy *b)
{
	u32 i;

	assert_int_equal(a->link.mode, b->link.mode);
	assert_int_equal(a->link.def, b->link.def);
	assert_int_equal(a->link.bypass, b->link.bypass);
	assert_string_equal(a->link.tell ?: "-", b->link.tell ?: "-");
	assert_int_equal(a->link.n_rules, b->link.n_rules);
	for (i = 0; i < a->link.n_rules; i++)
		assert_same_link(&a->link.rules[i], &b->link.rules[i]);
	assert_int_equal(a->paths.mode, b->paths.mode);
	assert_int_equal(a->paths.other, b->paths.other);
	assert_int_equal(a->paths.peers, b->paths.peers);
	assert_int_equal(a->paths.inbound, b->paths.inbound);
	assert_int_equal(a->paths.discovery, b->paths.discovery);
	assert_int_equal(a->paths.dhcp, b->paths.dhcp);
	assert_int_equal(a->paths.screen, b->paths.screen);
	assert_int_equal(a->paths.needs_next_hop, b->paths.needs_next_hop);
	assert_string_equal(a->paths.tell ?: "-", b->paths.tell ?: "-");
	assert_int_equal(a->paths.n_rules, b->paths.n_rules);
	for (i = 0; i < a->paths.n_rules; i++)
		assert_same_path(&a->paths.rules[i], &b->paths.rules[i]);
	assert_same_context(&a->paths, &b->paths);
	assert_same_networks(a, b);
}

/* text -> model -> blob -> policy: the same. */
static void survives_the_blob(void **state)
{
	struct kb_model *model = model_of(everything);
	struct kb_policy *policy = policy_of(&model->policy);

	(void)state;
	assert_int_equal(policy->link.n_rules, 5);
	assert_int_equal(policy->paths.n_rules, 17);
	assert_int_equal(policy->paths.n_schedules, 3);
	/* 8 of networks, 1 protected, 4 + 4 + 1 + 1 + 1 in rules, 8 groups; what stands twice counts once. */
	assert_int_equal(policy->paths.n_prefixes, 28);
	assert_int_equal(policy->paths.screen, KB_SCREEN_ALL & ~(KB_SCREEN_SMARTCARD | KB_SCREEN_SOUND));
	assert_same_policy(&model->policy, policy);
	kb_policy_free(policy);
	kb_model_free(model);
}

static struct kb_agent_policy *agent_of(const struct kb_policy *policy)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;

	if (kb_agent_policy_read(policy, &agent, &error))
		fail_msg("%s", error.text);
	return agent;
}

static char *shown(const struct kb_policy *policy, bool effective)
{
	static const struct kb_agent_policy nothing;
	struct kb_agent_policy *agent = policy->blob ? agent_of(policy) : NULL;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	kb_show(policy, agent ?: &nothing, "x.yaml", effective, out);
	fclose(out);
	kb_agent_policy_free(agent);
	return text;
}

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

static void is_deterministic(void **state)
{
	size_t len[2];
	void *blob[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct kb_model *model = model_of(everything);

		assert_int_equal(kb_blob_write(&model->policy, &model->agent, &blob[i], &len[i]), 0);
		kb_model_free(model);
	}
	assert_int_equal(len[0], len[1]);
	assert_memory_equal(blob[0], blob[1], len[0]);
	free(blob[0]);
	free(blob[1]);
}

/* Ten thousand prefixes in ten networks, through check, writer, reader and show: within 2 s. */
static void takes_10000_prefixes(void **state)
{
	clock_t begin;
	struct kb_diags diags = { 0 };
	struct kb_policy *policy;
	struct kb_prefix *list;
	struct kb_blob_error error;
	char *text, *again;
	size_t len, blob_len;
	void *blob;
	u32 i, n;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	fputs(HEAD "mode: {media: off, path: enforce}\nnetworks:\n", out);
	for (i = 0; i < 10000; i++) {
		if (i % 1000 == 0)
			fprintf(out, "  net%u:\n", i / 1000);
		if (i % 2)
			fprintf(out, "    - \"2001:db8:%x::/48\"\n", i);
		else
			fprintf(out, "    - 10.%u.%u.0/24\n", i / 256, i % 256);
	}
	fputs("paths:\n  protected: [net0, net9]\n  essential: {dhcp: allow}\n  other: allow\n  allow:\n"
	      "    - {name: a, to: [net0], service: rdp, from: {user: 1}}\n"
	      "    - {name: b, to: [net1, net2]}\n", out);
	fclose(out);
	begin = clock();
	assert_int_equal(kb_text_compile(text, len, NOW, &diags, &blob, &blob_len), 0);
	assert_int_equal(kb_policy_parse(blob, blob_len, &policy, &error), 0);
	again = shown(policy, false);
	assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 2.0);
	assert_int_equal(policy->paths.n_prefixes, 10000);
	assert_int_equal(kb_prefixes_list(policy, &list, &n), 0);
	assert_int_equal(n, 10000);
	assert_int_equal(list[0].addr.v4, 10u << 24);
	assert_int_equal(list[999].version, 6);
	free(list);
	free(again);
	free(text);
	free(blob);
	kb_policy_free(policy);
	kb_diags_done(&diags);
}

/* A network larger than one part is divided, and put together again. */
static void divides_large_networks(void **state)
{
	struct kb_policy policy = { .header = { .municipality = "1", .group = "g", .serial = 1, .min_module = 2 } };
	struct kb_network network = { .name = "n" };
	struct kb_prefix *written = calloc(2 * KB_PREFIX_PART_MAX + 2, sizeof(*written)), *list;
	struct kb_policy *parsed;
	u32 i, n;

	(void)state;
	for (i = 0; i < 2 * KB_PREFIX_PART_MAX + 2; i++) {
		written[i] = (struct kb_prefix){ .version = i <= KB_PREFIX_PART_MAX ? 4 : 6, .len = 32 };
		if (written[i].version == 4)
			written[i].addr.v4 = i;
		else
			memcpy(written[i].addr.v6, (u8[]){ 0x20, 1, i >> 8, i }, 4);
	}
	policy.paths.networks = &network;
	policy.paths.n_networks = 1;
	policy.paths.written = written;
	policy.paths.n_prefixes = 2 * KB_PREFIX_PART_MAX + 2;
	parsed = policy_of(&policy);
	assert_int_equal(kb_prefixes_list(parsed, &list, &n), 0);
	assert_int_equal(n, policy.paths.n_prefixes);
	for (i = 0; i < n; i++)
		assert_int_equal(kb_prefix_compare(&list[i], &written[i]), 0);
	free(list);
	free(written);
	kb_policy_free(parsed);
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
		cmocka_unit_test(golden),
		cmocka_unit_test(asks_for_level_2_only_where_needed),
		cmocka_unit_test(survives_the_blob),
		cmocka_unit_test(survives_plain_show),
		cmocka_unit_test(survives_effective_show),
		cmocka_unit_test(is_deterministic),
		cmocka_unit_test(takes_10000_prefixes),
		cmocka_unit_test(divides_large_networks),
		cmocka_unit_test(diffs),
		cmocka_unit_test(shows_what_no_text_can_say),
		cmocka_unit_test(shows_presets),
		cmocka_unit_test(reads_hours),
		cmocka_unit_test(presets_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
