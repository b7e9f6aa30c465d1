// SPDX-License-Identifier: GPL-2.0-or-later
/* What tests of links and paths in policies play on. */
#include "net_stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "policy/address.h"
#include "policy/blob_write.h"
#include "policy/hours.h"
#include "policy/prefixes.h"
#include "policy/service.h"
#include "policy/show.h"

const char everything[] = HEAD MODE
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

struct kb_model *model_of(const char *text)
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

struct kb_policy *policy_of(const struct kb_policy *written)
{
	return policy_of_parts(written, NULL);
}

struct kb_agent_policy *agent_of(const struct kb_policy *policy)
{
	struct kb_blob_error error;
	struct kb_agent_policy *agent;

	if (kb_agent_policy_read(policy, &agent, &error))
		fail_msg("%s", error.text);
	return agent;
}

char *shown(const struct kb_policy *policy, bool effective)
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

void assert_same_policy(const struct kb_policy *a, const struct kb_policy *b)
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
