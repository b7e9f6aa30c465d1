/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Blobs whose sections of link gate and path gate are wrong in one way each.
 * For the KUnit suite and, with the same maker, for the unit tests.
 */
#ifndef KB_TESTS_BLOB_WRONG_GATES_H
#define KB_TESTS_BLOB_WRONG_GATES_H

#include "blob_gates.h"
#include "blob_wrong.h"

static void link_with(struct kb_maker *m, u16 type, const void *data, u32 len)
{
	u32 at;

	gate_modes(m, KB_GATE_ENFORCE, KB_GATE_OFF);
	at = kb_make_open(m, KB_BLOB_LINK);
	if (type != KB_LINK_DEFAULT)
		kb_make_u8(m, KB_LINK_DEFAULT, KB_ACTION_REFUSE);
	if (type != KB_LINK_BYPASS)
		kb_make_u8(m, KB_LINK_BYPASS, KB_ACTION_REFUSE);
	kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

/* @n copies of one attribute in a link rule. */
static void link_rule_with(struct kb_maker *m, u16 type, const void *data, u32 len, u32 n)
{
	u32 at;

	gates(m);
	at = open_link_rule(m);
	while (n--)
		kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

static void section_of(struct kb_maker *m, u16 section, u16 type, const void *data, u32 len)
{
	u32 at;

	gates(m);
	at = kb_make_open(m, section);
	kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

static void paths_with(struct kb_maker *m, u16 type, const void *data, u32 len)
{
	u16 other;
	u32 at;

	gate_modes(m, KB_GATE_OFF, KB_GATE_ENFORCE);
	at = kb_make_open(m, KB_BLOB_PATHS);
	for (other = KB_PATHS_OTHER; other <= KB_PATHS_DHCP; other++)
		if (other != type)
			kb_make_u8(m, other, KB_ACTION_REFUSE);
	if (type != KB_PATHS_SCREEN)
		kb_make_u32(m, KB_PATHS_SCREEN, 0);
	if (len)
		kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

/* A path to dns, all the rest of which is one attribute. */
static void path_with(struct kb_maker *m, u16 type, const void *data, u32 len)
{
	u32 at;

	gates(m);
	at = open_path_rule(m, KB_PATH_PATH);
	if (type != KB_PATH_RULE_TO)
		kb_make_u32(m, KB_PATH_RULE_TO, 1);
	kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

/* A path to dns with two indexes of @type. */
static void path_indexes(struct kb_maker *m, u16 type, u32 first, u32 second)
{
	u32 at;

	gates(m);
	at = open_path_rule(m, KB_PATH_PATH);
	if (type != KB_PATH_RULE_TO)
		kb_make_u32(m, KB_PATH_RULE_TO, 1);
	kb_make_u32(m, type, first);
	kb_make_u32(m, type, second);
	kb_make_close(m, at);
}

/* A rule of @kind to network @to (none: ~0) for @service (NULL: none), and one more attribute. */
static void rule_of(struct kb_maker *m, u8 kind, u32 to, const void *service, u16 type,
		    const void *data, u32 len)
{
	u32 at;

	gates(m);
	at = open_path_rule(m, kind);
	if (to != ~0u)
		kb_make_u32(m, KB_PATH_RULE_TO, to);
	if (service)
		kb_make_attr(m, KB_PATH_RULE_SERVICE, service, 6);
	if (type)
		kb_make_attr(m, type, data, len);
	kb_make_close(m, at);
}

static void long_text(struct kb_maker *m, u16 section, u16 type, u32 len)
{
	u8 text[1024];

	memset(text, 'k', sizeof(text));
	text[len] = 0;
	if (section == KB_BLOB_LINK)
		link_with(m, type, text, len + 1);
	else if (section == KB_BLOB_LINK_RULE)
		link_rule_with(m, type, text, len + 1, 1);
	else if (section == KB_BLOB_PATHS)
		paths_with(m, type, text, len + 1);
	else if (section == KB_BLOB_PATH_RULE)
		path_with(m, type, text, len + 1);
	else
		section_of(m, section, type, text, len + 1);
}

/* A path rule with one of its needed attributes missing. */
static void path_lacks(struct kb_maker *m, u16 type)
{
	u32 at;

	gates(m);
	at = kb_make_open(m, KB_BLOB_PATH_RULE);
	if (type != KB_PATH_RULE_KIND)
		kb_make_u8(m, KB_PATH_RULE_KIND, KB_PATH_PEER);
	if (type != KB_PATH_RULE_LINE)
		kb_make_u32(m, KB_PATH_RULE_LINE, 9);
	if (type != KB_PATH_RULE_NAME)
		kb_make_string(m, KB_PATH_RULE_NAME, "p");
	kb_make_close(m, at);
}

/* Sound but for its min_module, which says that module level 1 will do. */
static void low_level(struct kb_maker *m)
{
	const struct kb_sample s = { .serial = 10, .min_module = 1 };
	u32 at;

	kb_make_sample_header(m, &s);
	at = kb_make_open(m, KB_BLOB_MODE);
	kb_make_u8(m, KB_MODE_MEDIA, KB_GATE_OFF);
	kb_make_close(m, at);
	media(m);
	named(m, KB_BLOB_ZONE, "madoguchi");
}

#define PATH_WITH(name, type, bytes, len) \
	MAKE(name, path_with(m, KB_PATH_RULE_##type, bytes, len);)
#define PREFIX(name, type, bytes, len) \
	MAKE(name, gates(m); prefixes(m, 0, KB_PREFIXES_##type, bytes, len);)
#define SPAN(name, bytes, len)	MAKE(name, gates(m); hours(m, bytes, len);)

MAKE(mode_link_3, gate_modes(m, KB_GATE_MODE_MAX, 0);)
MAKE(mode_path_3, gate_modes(m, 0, KB_GATE_MODE_MAX);)
MAKE(mode_link_lonely, gate_modes(m, KB_GATE_AUDIT, 0);)
MAKE(mode_path_lonely, gate_modes(m, 0, KB_GATE_AUDIT);)
MAKE(rules_without_link, gate_modes(m, 0, 0); kb_make_close(m, open_link_rule(m));)
MAKE(rules_without_paths, gate_modes(m, 0, 0);
     kb_make_close(m, open_path_rule(m, KB_PATH_PEER));)
MAKE(link_twice, gates(m); gate_link(m);)
MAKE(paths_twice, gates(m); gate_paths(m);)
MAKE(link_default_2, link_with(m, KB_LINK_DEFAULT, "\2", 1);)
MAKE(link_no_default, link_with(m, KB_LINK_DEFAULT, "", 0);)
MAKE(link_bypass_2, link_with(m, KB_LINK_BYPASS, "\2", 1);)
MAKE(link_unknown, link_with(m, KB_LINK_ATTR_MAX, "\0", 1);)
MAKE(link_tell, long_text(m, KB_BLOB_LINK, KB_LINK_TELL, KB_TELL_MAX + 1);)
MAKE(link_empty, gate_modes(m, 0, 0); kb_make_attr(m, KB_BLOB_LINK, "", 0);)
MAKE(link_rule_empty, gates(m); kb_make_attr(m, KB_BLOB_LINK_RULE, "", 0);)
MAKE(link_rule_line, section_of(m, KB_BLOB_LINK_RULE, KB_LINK_RULE_ACTION, "", 1);)
MAKE(link_rule_unknown, link_rule_with(m, KB_LINK_RULE_MAX, "", 1, 1);)
MAKE(link_name, long_text(m, KB_BLOB_LINK_RULE, KB_LINK_RULE_NAME, KB_NAME_MAX + 1);)
MAKE(link_kind_0, link_rule_with(m, KB_LINK_RULE_KIND, "\0\0\0", 4, 1);)
MAKE(link_kind_loopback, link_rule_with(m, KB_LINK_RULE_KIND, "\0\0\2", 4, 1);)
MAKE(link_bus_0, link_rule_with(m, KB_LINK_RULE_BUS, "\0\0\0", 4, 1);)
MAKE(link_bus_32, link_rule_with(m, KB_LINK_RULE_BUS, "\x20\0\0", 4, 1);)
MAKE(link_path_star, link_rule_with(m, KB_LINK_RULE_PATH, "pci-*", 6, 1);)
MAKE(link_path_128, long_text(m, KB_BLOB_LINK_RULE, KB_LINK_RULE_PATH, KB_BUS_PATH_MAX + 1);)
MAKE(link_driver_32, long_text(m, KB_BLOB_LINK_RULE, KB_LINK_RULE_DRIVER, KB_DRIVER_MAX + 1);)
MAKE(link_driver_empty, link_rule_with(m, KB_LINK_RULE_DRIVER, "", 1, 1);)
MAKE(link_ifname_16, long_text(m, KB_BLOB_LINK_RULE, KB_LINK_RULE_IFNAME, KB_IFNAME_MAX + 1);)
MAKE(link_ifname_star, link_rule_with(m, KB_LINK_RULE_IFNAME, "e*0", 4, 1);)
MAKE(link_ifname_stars, link_rule_with(m, KB_LINK_RULE_IFNAME, "e**", 4, 1);)
MAKE(link_ifname_65, link_rule_with(m, KB_LINK_RULE_IFNAME, "x", 2, KB_RULE_LIST_MAX + 1);)
MAKE(link_mac_11, link_rule_with(m, KB_LINK_RULE_MAC, "0123456789a", 11, 1);)
MAKE(link_mac_outside,
     link_rule_with(m, KB_LINK_RULE_MAC, "\0\0\0\0\0\1\xff\xff\xff\xff\xff\xfe", 12, 1);)
MAKE(link_random_2, link_rule_with(m, KB_LINK_RULE_RANDOM_MAC, "\2", 1, 1);)
MAKE(link_kind_twice, link_rule_with(m, KB_LINK_RULE_KIND, "\1\0\0", 4, 2);)
MAKE(network_no_name, section_of(m, KB_BLOB_NETWORK, KB_NETWORK_PROTECTED, "\0", 1);)
MAKE(network_no_protected, section_of(m, KB_BLOB_NETWORK, KB_NETWORK_NAME, "n", 2);)
MAKE(network_protected_2, section_of(m, KB_BLOB_NETWORK, KB_NETWORK_PROTECTED, "\2", 1);)
MAKE(network_name_64, long_text(m, KB_BLOB_NETWORK, KB_NETWORK_NAME, KB_NAME_MAX + 1);)
MAKE(network_bare, gates(m); named(m, KB_BLOB_NETWORK, "nowhere");)
MAKE(network_bare_off, gate_modes(m, 0, 0); named(m, KB_BLOB_NETWORK, "nowhere");)
MAKE(prefixes_none, gates(m); prefixes(m, 0, 0, NULL, 0);)
MAKE(prefixes_of_3, gates(m); prefixes(m, 3, KB_PREFIXES_V4, "\xa\0\0\0\x8\0\0\0", 8);)
MAKE(prefixes_of_256, gates(m); prefixes(m, 256, KB_PREFIXES_V4, "\xa\0\0\0\x8\0\0\0", 8);)
MAKE(prefixes_late, section_of(m, KB_BLOB_PREFIXES, KB_PREFIXES_V4, "\xa\0\0\0\x8\0\0\0", 8);)
MAKE(prefixes_nobodys, section_of(m, KB_BLOB_PREFIXES, KB_PREFIXES_NETWORK, "", 0);)
PREFIX(v4_7, V4, "\xa\0\0\0\x8\0\0", 7)
PREFIX(v4_12, V4, "\xa\0\0\0\x8\0\0\0\xa\0\0\0", 12)
PREFIX(v4_33, V4, "\xa\0\0\0\x21\0\0\0", 8)
PREFIX(v4_behind, V4, "\xa\x18\0\0\xc\0\0\0", 8)
PREFIX(v4_behind_0, V4, "\x80\0\0\0\0\0\0\0", 8)
PREFIX(v4_behind_31, V4, "\xa\0\0\1\x1f\0\0\0", 8)
PREFIX(v4_behind_last, V4, "\xa\0\0\x80\xc\0\0\0", 8)
PREFIX(v4_second, V4, "\xa\0\0\0\x8\0\0\0\xa\0\0\1\x8\0\0\0", 16)
PREFIX(v4_reserved, V4, "\xa\0\0\0\x8\0\0\1", 8)
PREFIX(v6_19, V6, "0123456789abcdef\x80\0\0", 19)
PREFIX(v6_24, V6, "0123456789abcdef\x80\0\0\0\0\0\0", 24)
PREFIX(v6_129, V6, "0123456789abcdef\x81\0\0", 20)
PREFIX(v6_behind, V6, "0123456789abcdef\x7e\0\0", 20)
PREFIX(v6_behind_63, V6, "0123456\1\0\0\0\0\0\0\0\0\x3f\0\0", 20)
PREFIX(v6_behind_64, V6, "01234567\x80\0\0\0\0\0\0\0\x40\0\0", 20)
PREFIX(v6_behind_65, V6, "01234567\x40\0\0\0\0\0\0\0\x41\0\0", 20)
PREFIX(v6_behind_127, V6, "0123456789abcde\1\x7f\0\0", 20)
PREFIX(v6_reserved, V6, "0123456789abcdef\x80\1\0", 20)
MAKE(profile_no_ssid, section_of(m, KB_BLOB_PROFILE, KB_PROFILE_NAME, "B", 2);)
MAKE(profile_no_name, section_of(m, KB_BLOB_PROFILE, KB_PROFILE_SSID, "B", 1);)
MAKE(profile_ssid_0, section_of(m, KB_BLOB_PROFILE, KB_PROFILE_SSID, "", 0);)
MAKE(profile_ssid_33,
     section_of(m, KB_BLOB_PROFILE, KB_PROFILE_SSID, "0123456789abcdef0123456789abcdefg", 33);)
MAKE(profile_is_link, gates(m); named(m, KB_BLOB_PROFILE, "lan");)
MAKE(profile_twice, gates(m); named(m, KB_BLOB_PROFILE, "B"); named(m, KB_BLOB_PROFILE, "A");)
MAKE(zone_no_name, section_of(m, KB_BLOB_ZONE, KB_ZONE_LABEL, "z", 2);)
MAKE(zone_twice, gates(m); named(m, KB_BLOB_ZONE, "soko"); named(m, KB_BLOB_ZONE, "madoguchi");)
MAKE(zone_label, long_text(m, KB_BLOB_ZONE, KB_ZONE_LABEL, KB_LABEL_MAX + 1);)
SPAN(span_none, "", 0)
SPAN(span_5, OFFICE, 5)
SPAN(span_7, OFFICE, 7)
SPAN(span_days_0, "\0\0\xe0\1\x74\4", 6)
SPAN(span_days_8, "\x80\0\xe0\1\x74\4", 6)
SPAN(span_reserved, "\x1f\1\xe0\1\x74\4", 6)
SPAN(span_begin, "\x1f\0\xa0\5\x74\4", 6)
SPAN(span_end_0, "\x1f\0\xe0\1\0\0", 6)
SPAN(span_end_1441, "\x1f\0\xe0\1\xa1\5", 6)
MAKE(schedule_no_name, section_of(m, KB_BLOB_SCHEDULE, KB_SCHEDULE_SPAN, OFFICE, 6);)
MAKE(paths_other_2, paths_with(m, KB_PATHS_OTHER, "\2", 1);)
MAKE(paths_no_other, paths_with(m, KB_PATHS_OTHER, "", 0);)
MAKE(paths_no_peers, paths_with(m, KB_PATHS_PEERS, "", 0);)
MAKE(paths_no_inbound, paths_with(m, KB_PATHS_INBOUND, "", 0);)
MAKE(paths_no_discovery, paths_with(m, KB_PATHS_DISCOVERY, "", 0);)
MAKE(paths_no_dhcp, paths_with(m, KB_PATHS_DHCP, "", 0);)
MAKE(paths_no_screen, paths_with(m, KB_PATHS_SCREEN, "", 0);)
MAKE(paths_screen_128, paths_with(m, KB_PATHS_SCREEN, "\x80\0\0", 4);)
MAKE(paths_tell, long_text(m, KB_BLOB_PATHS, KB_PATHS_TELL, KB_TELL_MAX + 1);)
MAKE(paths_unknown, paths_with(m, KB_PATHS_MAX, "", 1);)
MAKE(path_no_kind, path_lacks(m, KB_PATH_RULE_KIND);)
MAKE(path_no_line, path_lacks(m, KB_PATH_RULE_LINE);)
MAKE(path_no_name, path_lacks(m, KB_PATH_RULE_NAME);)
MAKE(path_kind_7, rule_of(m, KB_PATH_KIND_MAX, 1, DNS_UDP, 0, NULL, 0);)
MAKE(path_name_64, long_text(m, KB_BLOB_PATH_RULE, KB_PATH_RULE_TELL, KB_TELL_MAX + 1);)
MAKE(path_unknown, path_with(m, KB_PATH_RULE_MAX, "", 1);)
PATH_WITH(to_256, TO, "\0\1\0", 4)
PATH_WITH(to_3, TO, "\3\0\0", 4)
PATH_WITH(to_u8, TO, "\1", 1)
MAKE(to_twice, path_indexes(m, KB_PATH_RULE_TO, 1, 1);)
MAKE(to_down, path_indexes(m, KB_PATH_RULE_TO, 1, 0);)
PATH_WITH(service_5, SERVICE, DNS_UDP, 5)
PATH_WITH(service_reserved, SERVICE, "\x11\1\x35\0\x35\0", 6)
PATH_WITH(service_down, SERVICE, "\x11\0\x36\0\x35\0", 6)
PATH_WITH(service_esp, SERVICE, "\x32\0\x35\0\x35\0", 6)
PATH_WITH(service_any, SERVICE, "\0\0\x35\0\x35\0", 6)
PATH_WITH(service_icmp, SERVICE, "\1\0\x8\0\x9\0", 6)
PATH_WITH(service_icmp_256, SERVICE, "\x3a\0\0\1\0\1", 6)
PATH_WITH(link_2, LINK, "\2\0\0", 4)
PATH_WITH(link_unnamed, LINK, "\1\0\0", 4)
PATH_WITH(link_256, LINK, "\0\1\0", 4)
MAKE(link_again, path_indexes(m, KB_PATH_RULE_LINK, 0, 0);)
PATH_WITH(profile_1, PROFILE, "\1\0\0", 4)
MAKE(profile_again, path_indexes(m, KB_PATH_RULE_PROFILE, 0, 0);)
PATH_WITH(zone_1, ZONE, "\1\0\0", 4)
MAKE(zone_again, path_indexes(m, KB_PATH_RULE_ZONE, 0, 0);)
PATH_WITH(schedule_1, SCHEDULE, "\1\0\0", 4)
PATH_WITH(schedule_64, SCHEDULE, "\x40\0\0", 4)
MAKE(schedule_again, path_indexes(m, KB_PATH_RULE_SCHEDULE, 0, 0);)
PATH_WITH(next_hop_5, NEXT_HOP, "12345", 5)
PATH_WITH(next_hop_7, NEXT_HOP, "1234567", 7)
PATH_WITH(user_7, USER, "1234567", 7)
PATH_WITH(user_down, USER, "\2\0\0\0\1\0\0", 8)
PATH_WITH(group_down, GROUP, "\0\0\0\1\1\0\0", 8)
PATH_WITH(cgroup_empty, CGROUP, "", 1)
PATH_WITH(cgroup_root, CGROUP, "/", 2)
PATH_WITH(cgroup_absolute, CGROUP, "/a.slice", 9)
PATH_WITH(cgroup_open, CGROUP, "a.slice/", 9)
PATH_WITH(cgroup_double, CGROUP, "a//b", 5)
MAKE(cgroup_256, long_text(m, KB_BLOB_PATH_RULE, KB_PATH_RULE_CGROUP, KB_CGROUP_MAX + 1);)
MAKE(path_nowhere, rule_of(m, KB_PATH_PATH, ~0u, DNS_UDP, 0, NULL, 0);)
MAKE(essential_nowhere, rule_of(m, KB_PATH_ESSENTIAL, ~0u, DNS_UDP, 0, NULL, 0);)
MAKE(collector_nowhere, rule_of(m, KB_PATH_COLLECTOR, ~0u, DNS_UDP, 0, NULL, 0);)
MAKE(essential_whatever, rule_of(m, KB_PATH_ESSENTIAL, 1, NULL, 0, NULL, 0);)
MAKE(collector_whatever, rule_of(m, KB_PATH_COLLECTOR, 1, NULL, 0, NULL, 0);)
MAKE(collector_any, rule_of(m, KB_PATH_COLLECTOR, 1, "\0\0\0\0\xff\xff", 0, NULL, 0);)
MAKE(tunnel_whatever, rule_of(m, KB_PATH_TUNNEL, 1, NULL, 0, NULL, 0);)
MAKE(tunnel_any, rule_of(m, KB_PATH_TUNNEL, 1, "\0\0\0\0\xff\xff", 0, NULL, 0);)
MAKE(protected_whatever, rule_of(m, KB_PATH_PATH, 0, NULL, 0, NULL, 0);)
MAKE(protected_any, rule_of(m, KB_PATH_PATH, 0, "\0\0\0\0\xff\xff", 0, NULL, 0);)
MAKE(protected_too, rule_of(m, KB_PATH_PATH, 0, NULL, KB_PATH_RULE_TO, "\1\0\0", 4);)
/* "inside" is not protected by name, but by where it lies */
MAKE(inside_whatever, rule_of(m, KB_PATH_PATH, 2, NULL, 0, NULL, 0);)
MAKE(inbound_user, rule_of(m, KB_PATH_INBOUND, 1, DNS_UDP, KB_PATH_RULE_USER, "\0\0\0\0\0\0\0", 8);)
MAKE(inbound_group, rule_of(m, KB_PATH_INBOUND, 1, DNS_UDP, KB_PATH_RULE_GROUP, "\0\0\0\0\0\0\0", 8);)
MAKE(inbound_cgroup, rule_of(m, KB_PATH_INBOUND, 1, DNS_UDP, KB_PATH_RULE_CGROUP, "a", 2);)
MAKE(discovery_cgroup, rule_of(m, KB_PATH_DISCOVERY, 1, DNS_UDP, KB_PATH_RULE_CGROUP, "a", 2);)

static const struct refusal gate_refusals[] = {
	{ "link mode 3", -EBADMSG, "mode: link 3 is out of range", mode_link_3 },
	{ "path mode 3", -EBADMSG, "mode: path 3 is out of range", mode_path_3 },
	{ "link gate without link", -EBADMSG, "attribute link is missing", mode_link_lonely },
	{ "path gate without paths", -EBADMSG, "attribute paths is missing", mode_path_lonely },
	{ "link rules without link", -EBADMSG, "link rules without", rules_without_link },
	{ "path rules without paths", -EBADMSG, "path rules without", rules_without_paths },
	{ "level 1 with sections of 2", -EBADMSG, "min_module is below 2", low_level },
	{ "two links", -EBADMSG, "link stands twice", link_twice },
	{ "two paths", -EBADMSG, "paths stands twice", paths_twice },
	{ "link default 2", -EBADMSG, "link: default 2", link_default_2 },
	{ "link default of no bytes", -EBADMSG, "link: default has 0 bytes", link_no_default },
	{ "bypass 2", -EBADMSG, "link: bypass 2", link_bypass_2 },
	{ "unknown in link", -EBADMSG, "link: unknown attribute 4", link_unknown },
	{ "long tell of links", -EBADMSG, "link: tell has 512", link_tell },
	{ "link of nothing", -EBADMSG, "link: attribute default is missing", link_empty },
	{ "link rule of nothing", -EBADMSG, "link rule: attribute action", link_rule_empty },
	{ "link rule without line", -EBADMSG, "link rule: attribute line", link_rule_line },
	{ "unknown in link rule", -EBADMSG, "link rule: unknown attribute 12", link_rule_unknown },
	{ "link name too long", -EBADMSG, "name has 64 bytes", link_name },
	{ "kind 0", -EBADMSG, "kind 0 is out of range", link_kind_0 },
	{ "kind loopback", -EBADMSG, "kind 131072 is out of range", link_kind_loopback },
	{ "bus 0", -EBADMSG, "bus 0 is out of range", link_bus_0 },
	{ "bus unknown", -EBADMSG, "bus 32 is out of range", link_bus_32 },
	{ "star in bus path", -EBADMSG, "path: star", link_path_star },
	{ "bus path too long", -EBADMSG, "path has 128 bytes", link_path_128 },
	{ "driver too long", -EBADMSG, "driver has 32 bytes", link_driver_32 },
	{ "driver empty", -EBADMSG, "driver has 0 bytes", link_driver_empty },
	{ "ifname too long", -EBADMSG, "ifname has 16 bytes", link_ifname_16 },
	{ "star inside ifname", -EBADMSG, "ifname: star", link_ifname_star },
	{ "two stars in ifname", -EBADMSG, "ifname: star", link_ifname_stars },
	{ "65 ifnames", -EBADMSG, "more than 64 attributes ifname", link_ifname_65 },
	{ "MAC of 11 bytes", -EBADMSG, "mac has 11 bytes", link_mac_11 },
	{ "MAC outside mask", -EBADMSG, "mac: value has bits outside", link_mac_outside },
	{ "random MAC 2", -EBADMSG, "random_mac 2", link_random_2 },
	{ "two kinds", -EBADMSG, "kind stands twice", link_kind_twice },
	{ "network without name", -EBADMSG, "network: attribute name", network_no_name },
	{ "network undecided", -EBADMSG, "network: attribute protected", network_no_protected },
	{ "network protected 2", -EBADMSG, "protected 2", network_protected_2 },
	{ "network name too long", -EBADMSG, "network: name has 64", network_name_64 },
	{ "network of nothing", -EBADMSG, "network has no prefixes", network_bare },
	{ "network of nothing, gate off", -EBADMSG, "network has no prefixes", network_bare_off },
	{ "prefixes, but none", -EBADMSG, "prefixes: there are none", prefixes_none },
	{ "prefixes of no network", -EBADMSG, "there is no such network", prefixes_of_3 },
	{ "prefixes of network 256", -EBADMSG, "network 256 is out of range", prefixes_of_256 },
	{ "prefixes first", -EBADMSG, "prefixes: attribute network is missing", prefixes_late },
	{ "prefixes' network empty", -EBADMSG, "network has 0 bytes", prefixes_nobodys },
	{ "v4 of 7 bytes", -EBADMSG, "v4 has 7 bytes", v4_7 },
	{ "v4 of 12 bytes", -EBADMSG, "v4: does not end with a whole", v4_12 },
	{ "v4 /33", -EBADMSG, "v4: longer than an address", v4_33 },
	{ "v4 bits behind", -EBADMSG, "v4: address has bits behind", v4_behind },
	{ "v4 bits behind /0", -EBADMSG, "v4: address has bits behind", v4_behind_0 },
	{ "v4 bits behind /31", -EBADMSG, "v4: address has bits behind", v4_behind_31 },
	{ "v4 bits far behind", -EBADMSG, "v4: address has bits behind", v4_behind_last },
	{ "v4 second is wrong", -EBADMSG, "v4: address has bits behind", v4_second },
	{ "v4 reserved", -EBADMSG, "v4: reserved byte", v4_reserved },
	{ "v6 of 19 bytes", -EBADMSG, "v6 has 19 bytes", v6_19 },
	{ "v6 of 24 bytes", -EBADMSG, "v6: does not end with a whole", v6_24 },
	{ "v6 /129", -EBADMSG, "v6: longer than an address", v6_129 },
	{ "v6 bits behind", -EBADMSG, "v6: address has bits behind", v6_behind },
	{ "v6 bits behind /63", -EBADMSG, "v6: address has bits behind", v6_behind_63 },
	{ "v6 bits behind /64", -EBADMSG, "v6: address has bits behind", v6_behind_64 },
	{ "v6 bits behind /65", -EBADMSG, "v6: address has bits behind", v6_behind_65 },
	{ "v6 bits behind /127", -EBADMSG, "v6: address has bits behind", v6_behind_127 },
	{ "v6 reserved", -EBADMSG, "v6: reserved byte", v6_reserved },
	{ "profile without SSID", -EBADMSG, "profile: attribute ssid", profile_no_ssid },
	{ "profile without name", -EBADMSG, "profile: attribute name", profile_no_name },
	{ "SSID of no bytes", -EBADMSG, "ssid has 0 bytes", profile_ssid_0 },
	{ "SSID of 33 bytes", -EBADMSG, "ssid has 33 bytes", profile_ssid_33 },
	{ "profile called like a link", -EBADMSG, "a link has this name", profile_is_link },
	{ "two profiles of a name", -EBADMSG, "another profile has", profile_twice },
	{ "zone without name", -EBADMSG, "zone: attribute name", zone_no_name },
	{ "two zones of a name", -EBADMSG, "another zone has", zone_twice },
	{ "zone label too long", -EBADMSG, "label has 128", zone_label },
	{ "schedule of no spans", -EBADMSG, "schedule: attribute span", span_none },
	{ "schedule without name", -EBADMSG, "schedule: attribute name", schedule_no_name },
	{ "span of 5 bytes", -EBADMSG, "span has 5 bytes", span_5 },
	{ "span of 7 bytes", -EBADMSG, "span has 7 bytes", span_7 },
	{ "span on no day", -EBADMSG, "span: days", span_days_0 },
	{ "span on day 8", -EBADMSG, "span: days", span_days_8 },
	{ "span reserved", -EBADMSG, "span: reserved", span_reserved },
	{ "span begins at 24:00", -EBADMSG, "span: minute", span_begin },
	{ "span ends at 00:00", -EBADMSG, "span: minute", span_end_0 },
	{ "span ends at 24:01", -EBADMSG, "span: minute", span_end_1441 },
	{ "other 2", -EBADMSG, "paths: other 2", paths_other_2 },
	{ "no other", -EBADMSG, "paths: attribute other", paths_no_other },
	{ "no peers", -EBADMSG, "paths: attribute peers", paths_no_peers },
	{ "no inbound", -EBADMSG, "paths: attribute inbound", paths_no_inbound },
	{ "no discovery", -EBADMSG, "paths: attribute discovery", paths_no_discovery },
	{ "no dhcp", -EBADMSG, "paths: attribute dhcp", paths_no_dhcp },
	{ "no screen", -EBADMSG, "paths: attribute screen", paths_no_screen },
	{ "screen 128", -EBADMSG, "screen 128 is out of range", paths_screen_128 },
	{ "long tell of paths", -EBADMSG, "paths: tell has 512", paths_tell },
	{ "unknown in paths", -EBADMSG, "paths: unknown attribute 8", paths_unknown },
	{ "path rule of no kind", -EBADMSG, "path rule: attribute kind", path_no_kind },
	{ "path rule without line", -EBADMSG, "path rule: attribute line", path_no_line },
	{ "path rule without name", -EBADMSG, "path rule: attribute name", path_no_name },
	{ "path kind 7", -EBADMSG, "kind 7 is out of range", path_kind_7 },
	{ "long tell of a path", -EBADMSG, "tell has 512", path_name_64 },
	{ "unknown in path rule", -EBADMSG, "path rule: unknown attribute 15", path_unknown },
	{ "to 256", -EBADMSG, "to 256 is out of range", to_256 },
	{ "to nowhere", -EBADMSG, "to: there is no such network", to_3 },
	{ "to as u8", -EBADMSG, "to has 1 bytes", to_u8 },
	{ "to the same twice", -EBADMSG, "to: indexes do not ascend", to_twice },
	{ "to, unsorted", -EBADMSG, "to: indexes do not ascend", to_down },
	{ "service of 5 bytes", -EBADMSG, "service has 5 bytes", service_5 },
	{ "service reserved", -EBADMSG, "service: reserved", service_reserved },
	{ "service upside down", -EBADMSG, "service: first port", service_down },
	{ "ESP with ports", -EBADMSG, "service: this protocol has no ports", service_esp },
	{ "every protocol's port", -EBADMSG, "service: this protocol has no ports", service_any },
	{ "two types of ICMP", -EBADMSG, "service: not one type", service_icmp },
	{ "ICMP type 256", -EBADMSG, "service: not one type", service_icmp_256 },
	{ "link nobody has", -EBADMSG, "link: there is no such link rule", link_2 },
	{ "link without name", -EBADMSG, "link: this link rule has no name", link_unnamed },
	{ "link 256", -EBADMSG, "link 256 is out of range", link_256 },
	{ "link again", -EBADMSG, "link: indexes do not ascend", link_again },
	{ "profile nobody has", -EBADMSG, "profile: there is no such", profile_1 },
	{ "profile again", -EBADMSG, "profile: indexes do not ascend", profile_again },
	{ "zone nobody has", -EBADMSG, "zone: there is no such", zone_1 },
	{ "zone again", -EBADMSG, "zone: indexes do not ascend", zone_again },
	{ "schedule nobody has", -EBADMSG, "schedule: there is no such", schedule_1 },
	{ "schedule 64", -EBADMSG, "schedule 64 is out of range", schedule_64 },
	{ "schedule again", -EBADMSG, "schedule: indexes do not ascend", schedule_again },
	{ "next hop of 5 bytes", -EBADMSG, "next_hop has 5 bytes", next_hop_5 },
	{ "next hop of 7 bytes", -EBADMSG, "next_hop has 7 bytes", next_hop_7 },
	{ "users of 7 bytes", -EBADMSG, "user has 7 bytes", user_7 },
	{ "users upside down", -EBADMSG, "user: first id above", user_down },
	{ "groups upside down", -EBADMSG, "group: first id above", group_down },
	{ "control group of no name", -EBADMSG, "cgroup has 0 bytes", cgroup_empty },
	{ "root control group", -EBADMSG, "cgroup: slashes", cgroup_root },
	{ "control group, absolute", -EBADMSG, "cgroup: slashes", cgroup_absolute },
	{ "control group, open end", -EBADMSG, "cgroup: slashes", cgroup_open },
	{ "control group, two slashes", -EBADMSG, "cgroup: slashes", cgroup_double },
	{ "control group too long", -EBADMSG, "cgroup has 256", cgroup_256 },
	{ "path to nowhere", -EBADMSG, "leads to no network", path_nowhere },
	{ "essential to nowhere", -EBADMSG, "leads to no network", essential_nowhere },
	{ "collector to nowhere", -EBADMSG, "leads to no network", collector_nowhere },
	{ "essential for all", -EBADMSG, "name protocols", essential_whatever },
	{ "collector for all", -EBADMSG, "name protocols", collector_whatever },
	{ "collector, protocol 0", -EBADMSG, "name protocols", collector_any },
	{ "tunnel of all sorts", -EBADMSG, "name protocols", tunnel_whatever },
	{ "tunnel, protocol 0", -EBADMSG, "name protocols", tunnel_any },
	{ "protected for all", -EBADMSG, "name protocols", protected_whatever },
	{ "protected, protocol 0", -EBADMSG, "name protocols", protected_any },
	{ "protected among others", -EBADMSG, "name protocols", protected_too },
	{ "host in protected for all", -EBADMSG, "name protocols", inside_whatever },
	{ "inbound by user", -EBADMSG, "nobody is known", inbound_user },
	{ "inbound by group", -EBADMSG, "nobody is known", inbound_group },
	{ "inbound by control group", -EBADMSG, "nobody is known", inbound_cgroup },
	{ "discovery by control group", -EBADMSG, "nobody is known", discovery_cgroup },
};

/* Right ones, as far as one may go. */

MAKE(gates_off, gate_modes(m, 0, 0);)
MAKE(gates_only_link, gate_modes(m, KB_GATE_AUDIT, 0); gate_link(m);)
MAKE(gates_only_paths, gate_modes(m, 0, KB_GATE_AUDIT); gate_paths(m);)
MAKE(gates_prepared, gate_modes(m, 0, 0); named(m, KB_BLOB_ZONE, "z"); gate_link(m);
     gate_paths(m);)
MAKE(v4_everything, gates(m); prefixes(m, 0, KB_PREFIXES_V4, "\0\0\0\0\0\0\0\0", 8);)
MAKE(v6_everything, gates(m); prefixes(m, 1, KB_PREFIXES_V6, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);)
PREFIX(v6_128, V6, "0123456789abcdef\x80\0\0", 20)
SPAN(span_whole, "\x7f\0\0\0\xa0\5", 6)
SPAN(span_round, "\1\0\x9f\5\x9f\5", 6)
PATH_WITH(icmp_255, SERVICE, "\1\0\xff\0\xff\0", 6)
PATH_WITH(icmp_all, SERVICE, "\1\0\0\0\xff\xff", 6)
PATH_WITH(esp_all, SERVICE, "\x32\0\0\0\xff\xff", 6)
PATH_WITH(any_all, SERVICE, "\0\0\0\0\xff\xff", 6)
PATH_WITH(sctp_1, SERVICE, "\x84\0\1\0\1\0", 6)
PATH_WITH(everybody, USER, "\0\0\0\0\xff\xff\xff\xff", 8)
MAKE(inbound_all, rule_of(m, KB_PATH_INBOUND, ~0u, NULL, 0, NULL, 0);)
MAKE(peer_all, rule_of(m, KB_PATH_PEER, ~0u, NULL, 0, NULL, 0);)
MAKE(tunnel_anywhere, rule_of(m, KB_PATH_TUNNEL, ~0u, "\x32\0\0\0\xff\xff", 0, NULL, 0);)
MAKE(outside_whatever, rule_of(m, KB_PATH_PATH, 1, NULL, 0, NULL, 0);)
MAKE(inside_esp, rule_of(m, KB_PATH_PATH, 2, "\x32\0\0\0\xff\xff", 0, NULL, 0);)
/* who waits in a protected network is never let in, whatever the rule says of services */
MAKE(inbound_protected, rule_of(m, KB_PATH_INBOUND, 0, NULL, 0, NULL, 0);)

static void (*const sound_gates[])(struct kb_maker *m) = {
	gates, gates_off, gates_only_link, gates_only_paths, gates_prepared, v4_everything,
	v6_everything, v6_128, span_whole, span_round, icmp_255, icmp_all, esp_all, any_all, sctp_1,
	everybody, inbound_all, peer_all, tunnel_anywhere, outside_whatever, inside_esp,
	inbound_protected,
};

#endif
