// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy language as one table: links, networks, paths. */
#include <kidoban/policy.h>

#include "policy/document.h"
#include "policy/i18n.h"
#include "policy/model.h"
#include "policy/schema.h"

#define AT(member)	.offset = offsetof(struct kb_model, member)
#define COUNT(member)	.count_offset = offsetof(struct kb_model, member)
#define LINK(member)	.offset = offsetof(struct kb_link_text, member)
#define LINK_LIST(member, count)                                                                   \
	LINK(rule.member), .count_offset = offsetof(struct kb_link_text, rule.count)
#define PATH(member)	.offset = offsetof(struct kb_path_text, member)
#define PATH_LIST(member, count)                                                                   \
	PATH(member), .count_offset = offsetof(struct kb_path_text, count)
#define TELL_EXAMPLE	"\"Ask the information policy section.\""

const struct kb_word kb_words_action[] = {
	{ "refuse", KB_ACTION_REFUSE, false, N_("Nothing passes but what a rule allows.") },
	{ "allow", KB_ACTION_ALLOW, false, N_("Passes.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_word bypass_words[] = {
	{ "refuse", KB_ACTION_REFUSE, false, N_("Such a link is closed.") },
	{ "report", KB_ACTION_ALLOW, false, N_("Such a link stays open and is reported.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_word kinds[] = {
	{ "ethernet", KB_LINK_KIND_BIT(KB_LINK_ETHERNET), false, N_("Ethernet adapters.") },
	{ "wifi", KB_LINK_KIND_BIT(KB_LINK_WIFI), false, N_("Wireless LAN.") },
	{ "wwan", KB_LINK_KIND_BIT(KB_LINK_WWAN), false, N_("Mobile broadband modems.") },
	{ "tether", KB_LINK_KIND_BIT(KB_LINK_TETHER), false,
	  N_("Phones and adapters that look like a network over USB.") },
	{ "bluetooth-pan", KB_LINK_KIND_BIT(KB_LINK_BLUETOOTH), false, N_("Bluetooth networks.") },
	{ "tun", KB_LINK_KIND_BIT(KB_LINK_TUN), false, N_("tun devices, as VPN programs make them.") },
	{ "tap", KB_LINK_KIND_BIT(KB_LINK_TAP), false, N_("tap devices.") },
	{ "ppp", KB_LINK_KIND_BIT(KB_LINK_PPP), false, N_("PPP and SLIP.") },
	{ "wireguard", KB_LINK_KIND_BIT(KB_LINK_WIREGUARD), false, N_("WireGuard.") },
	{ "tunnel", KB_LINK_KIND_BIT(KB_LINK_TUNNEL), false,
	  N_("VXLAN, GENEVE, GRE, IPIP, SIT and other tunnels of the kernel.") },
	{ "vlan", KB_LINK_KIND_BIT(KB_LINK_VLAN), false, N_("VLANs.") },
	{ "bridge", KB_LINK_KIND_BIT(KB_LINK_BRIDGE), false, N_("Bridges and Open vSwitch.") },
	{ "bond", KB_LINK_KIND_BIT(KB_LINK_BOND), false, N_("Bonds and teams.") },
	{ "macvlan", KB_LINK_KIND_BIT(KB_LINK_MACVLAN), false, N_("macvlan, ipvlan and their taps.") },
	{ "veth", KB_LINK_KIND_BIT(KB_LINK_VETH), false, N_("Pairs of virtual Ethernet, as containers use them.") },
	{ "dummy", KB_LINK_KIND_BIT(KB_LINK_DUMMY), false, N_("dummy, ifb, nlmon and vrf.") },
	{ "other", KB_LINK_KIND_BIT(KB_LINK_OTHER), false, N_("Everything else.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_word buses[] = {
	{ "pci", KB_LINK_BUS_BIT(KB_LINK_BUS_PCI), false, N_("PCI Express: what is built in.") },
	{ "usb", KB_LINK_BUS_BIT(KB_LINK_BUS_USB), false, N_("USB.") },
	{ "platform", KB_LINK_BUS_BIT(KB_LINK_BUS_PLATFORM), false, N_("Part of the processor or board.") },
	{ "virtual", KB_LINK_BUS_BIT(KB_LINK_BUS_VIRTUAL), false, N_("No hardware.") },
	{ "other", KB_LINK_BUS_BIT(KB_LINK_BUS_OTHER), false, N_("SDIO, FireWire, Thunderbolt and others.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key link_condition_keys[] = {
	{ .name = "name", .type = KB_TYPE_STRING, .min = 1, .max = KB_NAME_MAX, LINK(rule.name),
	  .example = "office-lan", .text = N_("What paths call this link; no condition.") },
	{ .name = "kind", .type = KB_TYPE_WORD, .flags = KB_KEY_LIST | KB_KEY_MASK, .words = kinds,
	  LINK(rule.kinds), .example = "ethernet", .text = N_("What the interface is.") },
	{ .name = "bus", .type = KB_TYPE_WORD, .flags = KB_KEY_LIST | KB_KEY_MASK, .words = buses,
	  LINK(rule.buses), .example = "pci", .text = N_("What the interface hangs on.") },
	{ .name = "path", .type = KB_TYPE_PORT, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_BUS_PATH_MAX, LINK_LIST(paths, n_paths), .example = "\"pci-0000:00:03.0\"",
	  .text = N_("Where it is built in or plugged in, as 'kidoban links' shows it; a star after / or . covers everything behind it.") },
	{ .name = "driver", .type = KB_TYPE_NAME, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_DRIVER_MAX, LINK_LIST(drivers, n_drivers), .example = "e1000e",
	  .text = N_("Its driver.") },
	{ .name = "ifname", .type = KB_TYPE_IFNAME, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_IFNAME_MAX, LINK_LIST(ifnames, n_ifnames), .example = "\"en*\"",
	  .text = N_("Its name; a star at the end stands for the rest. Names are no identity: root gives them.") },
	{ .name = "mac", .type = KB_TYPE_MAC_MASK, .flags = KB_KEY_LIST, LINK_LIST(macs, n_macs),
	  .example = "\"02:00:5e:00:00:00/28\"",
	  .text = N_("Its permanent address, or the first bits of it.") },
	{ .name = NULL },
};

static const struct kb_key link_rule_keys[] = {
	{ .name = "allow", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF,
	  .keys = link_condition_keys, LINK(rule.action), .value = KB_ACTION_ALLOW,
	  .example = "{name: office-lan, kind: ethernet, bus: pci}",
	  .text = N_("Interfaces that meet all of these conditions come up.") },
	{ .name = "refuse", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF,
	  .keys = link_condition_keys, LINK(rule.action), .value = KB_ACTION_REFUSE,
	  .example = "{kind: [tether, wwan]}",
	  .text = N_("Interfaces that meet all of these conditions stay closed.") },
	{ .name = "random-mac", .type = KB_TYPE_WORD, .words = kb_words_action, LINK(random_mac),
	  .example = "allow", .fallback = "refuse",
	  .text = N_("Whether an allowed link may use another address than its permanent one.") },
	{ .name = "tell", .type = KB_TYPE_STRING, .min = 1, .max = KB_TELL_MAX, LINK(rule.tell),
	  .example = TELL_EXAMPLE, .text = N_("Sentence that staff read when this rule refuses.") },
	{ .name = NULL },
};

static void prepare_link(void *element, const struct kb_node *node)
{
	struct kb_link_text *link = element;

	link->rule.line = node->line;
	link->node = node;
}

const struct kb_key kb_schema_link[] = {
	{ .name = "rules", .type = KB_TYPE_MAPS, .max = KB_LINK_RULES_MAX, .keys = link_rule_keys,
	  AT(net.links), COUNT(net.n_links), .element_size = sizeof(struct kb_link_text),
	  .prepare = prepare_link,
	  .example = "[{allow: {name: office-lan, kind: ethernet, bus: pci}}]",
	  .text = N_("Rules in order; the first that matches a network interface decides.") },
	{ .name = "default", .type = KB_TYPE_WORD, .words = kb_words_action, AT(policy.link.def),
	  .example = "refuse", .fallback = "refuse",
	  .text = N_("What happens to a network interface that no rule matches.") },
	{ .name = "bypass", .type = KB_TYPE_WORD, .words = bypass_words, AT(policy.link.bypass),
	  .example = "refuse", .fallback = "refuse",
	  .text = N_("What happens to a link on which something passes by the path gate: XDP, AF_XDP, tc, netpoll.") },
	{ .name = "tell", .type = KB_TYPE_STRING, .min = 1, .max = KB_TELL_MAX,
	  AT(policy.link.tell), .example = TELL_EXAMPLE,
	  .text = N_("Sentence that staff read when the default refuses.") },
	{ .name = NULL },
};

void kb_schema_prepare_network(void *element, const struct kb_node *node)
{
	struct kb_network_text *network = element;

	network->name = (struct kb_ref){ .text = node->key->text,
					 .line = node->key->line,
					 .column = node->key->column };
}

const struct kb_key kb_schema_network[] = {
	{ .name = "network", .type = KB_TYPE_PREFIX, .flags = KB_KEY_LIST | KB_KEY_LONG,
	  .max = KB_PREFIXES_MAX, .offset = offsetof(struct kb_network_text, prefixes),
	  .count_offset = offsetof(struct kb_network_text, n),
	  .example = "[10.20.0.0/16, \"2001:db8:20::/48\"]",
	  .text = N_("Its addresses and prefixes.") },
	{ .name = NULL },
};

/* Keys that several kinds of path rules have. */
#define KEY_NAME                                                                                   \
	{ .name = "name", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,                \
	  .max = KB_NAME_MAX, PATH(name), .example = "\"screen transfer\"",                        \
	  .text = N_("What logs and people call this rule; unlike all others'.") }
#define KEY_LINK                                                                                   \
	{ .name = "link", .type = KB_TYPE_REF, .flags = KB_KEY_LIST, .min = 1,                     \
	  .max = KB_NAME_MAX, PATH_LIST(links, n_links), .example = "[A, office-lan]",             \
	  .text = N_("Links by the name of their rule, or Wi-Fi profiles.") }
#define KEY_ZONE                                                                                   \
	{ .name = "zone", .type = KB_TYPE_REF, .flags = KB_KEY_LIST, .min = 1,                     \
	  .max = KB_NAME_MAX, PATH_LIST(zones, n_zones), .example = "[madoguchi]",                 \
	  .text = N_("Zones in which the terminal must be.") }
#define KEY_NEXT_HOP                                                                               \
	{ .name = "next_hop_mac", .type = KB_TYPE_MAC, .flags = KB_KEY_LIST,                       \
	  PATH_LIST(next_hops, n_next_hops), .example = "[\"02:00:5e:00:01:0a\"]",                 \
	  .text = N_("Address of the router, or of the host itself on the own segment.") }
#define KEY_HOURS                                                                                  \
	{ .name = "hours", .type = KB_TYPE_HOURS, .flags = KB_KEY_LIST, .min = 1,                  \
	  .max = KB_LABEL_MAX, PATH_LIST(hours, n_hours), .example = "\"mon-fri 08:00-19:00\"",    \
	  .text = N_("When the path is open, in Japan time: days (mon-fri, daily ...), hours, or both; a comma separates spans.") }
#define KEY_TELL                                                                                   \
	{ .name = "tell", .type = KB_TYPE_STRING, .min = 1, .max = KB_TELL_MAX, PATH(tell),        \
	  .example = TELL_EXAMPLE,                                                                 \
	  .text = N_("Sentence that staff read when this rule came nearest and did not hold.") }
#define KEY_SERVICE(need, ...)                                                                     \
	{ .name = "service", .type = KB_TYPE_SERVICE, .flags = KB_KEY_LIST | (need),               \
	  PATH_LIST(services, n_services), .example = "[rdp, tcp/443, udp/5000-5010]",             \
	  .text = __VA_ARGS__ }
#define KEY_TO(need, ...)                                                                          \
	{ .name = "to", .type = KB_TYPE_DESTINATION, .flags = KB_KEY_LIST | (need), .min = 1,      \
	  .max = KB_NAME_MAX, PATH_LIST(to, n_to), .example = "[10.20.1.10, screen-servers]",      \
	  .text = __VA_ARGS__ }
#define KEY_FROM                                                                                   \
	{ .name = "from", .type = KB_TYPE_MAP, .keys = from_keys,                                  \
	  .example = "{cgroup: kidoban-screen.slice}",                                             \
	  .text = N_("Whose programs may use the path.") }
#define KEY_END { .name = NULL }

static const struct kb_key from_keys[] = {
	{ .name = "cgroup", .type = KB_TYPE_CGROUP, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_CGROUP_MAX, PATH_LIST(cgroups, n_cgroups), .example = "kidoban-screen.slice",
	  .text = N_("Control groups, from the root on; those within count.") },
	{ .name = "user", .type = KB_TYPE_IDS, .flags = KB_KEY_LIST, PATH_LIST(users, n_users),
	  .example = "\"1000-60000\"", .text = N_("Numbers of users.") },
	{ .name = "group", .type = KB_TYPE_IDS, .flags = KB_KEY_LIST, PATH_LIST(groups, n_groups),
	  .example = "1500", .text = N_("Numbers of groups.") },
	KEY_END,
};

static const struct kb_key path_keys[] = {
	KEY_NAME,
	KEY_TO(KB_KEY_NEEDED, N_("Where the path leads: networks by name, addresses, prefixes.")),
	KEY_SERVICE(0, N_("Services, by preset or as protocol and ports; needed towards protected networks.")),
	KEY_FROM, KEY_LINK, KEY_ZONE, KEY_NEXT_HOP, KEY_HOURS, KEY_TELL, KEY_END,
};

static const struct kb_key peer_keys[] = {
	KEY_NAME,
	KEY_TO(0, N_("Which peers: networks by name, addresses, prefixes; absent: all.")),
	KEY_SERVICE(0, N_("Services, by preset or as protocol and ports; absent: all.")),
	KEY_FROM, KEY_LINK, KEY_ZONE, KEY_NEXT_HOP, KEY_HOURS, KEY_TELL, KEY_END,
};

static const struct kb_key inbound_keys[] = {
	KEY_NAME,
	{ .name = "from", .type = KB_TYPE_DESTINATION, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_NAME_MAX, PATH_LIST(to, n_to), .example = "[10.30.0.7]",
	  .text = N_("Who may begin: networks by name, addresses, prefixes; absent: everybody.") },
	KEY_SERVICE(KB_KEY_NEEDED, N_("Services of this terminal, by preset or as protocol and ports.")),
	KEY_LINK, KEY_ZONE, KEY_HOURS, KEY_TELL, KEY_END,
};

static const struct kb_key tunnel_keys[] = {
	KEY_NAME,
	KEY_TO(KB_KEY_NEEDED, N_("The tunnel's other end: networks by name, addresses, prefixes.")),
	KEY_SERVICE(KB_KEY_NEEDED, N_("Tunnel protocols, by preset or as protocol and ports.")),
	KEY_FROM, KEY_LINK, KEY_ZONE, KEY_NEXT_HOP, KEY_HOURS, KEY_TELL, KEY_END,
};

static void prepare_rule(struct kb_path_text *path, enum kb_path_kind kind,
			 const struct kb_node *node)
{
	path->kind = kind;
	path->line = node->line;
	path->node = node;
}

static void prepare_path(void *element, const struct kb_node *node)
{
	prepare_rule(element, KB_PATH_PATH, node);
}

static void prepare_peer(void *element, const struct kb_node *node)
{
	prepare_rule(element, KB_PATH_PEER, node);
}

static void prepare_inbound(void *element, const struct kb_node *node)
{
	prepare_rule(element, KB_PATH_INBOUND, node);
}

static void prepare_tunnel(void *element, const struct kb_node *node)
{
	prepare_rule(element, KB_PATH_TUNNEL, node);
}

#define RULES(member, rule_keys, prepare_one)                                                      \
	.type = KB_TYPE_MAPS, .max = KB_PATH_RULES_MAX, .keys = rule_keys, AT(net.member.list),    \
	COUNT(net.member.n), .element_size = sizeof(struct kb_path_text), .prepare = prepare_one

static const struct kb_key collector_keys[] = {
	{ .name = "address", .type = KB_TYPE_DESTINATION, .flags = KB_KEY_NEEDED | KB_KEY_LIST,
	  .min = 1, .max = KB_NAME_MAX, AT(net.collector), COUNT(net.n_collector),
	  .example = "[10.30.0.9]", .text = N_("Where reports go.") },
	{ .name = "port", .type = KB_TYPE_UINT, .min = 1, .max = UINT16_MAX,
	  AT(net.collector_port), .example = "443", .fallback = "443", .text = N_("Its TCP port.") },
	KEY_END,
};

static const struct kb_key essential_keys[] = {
	{ .name = "dhcp", .type = KB_TYPE_WORD, .words = kb_words_action, AT(policy.paths.dhcp),
	  .example = "allow", .fallback = "refuse",
	  .text = N_("DHCP and DHCPv6, as a client.") },
	{ .name = "dns", .type = KB_TYPE_DESTINATION, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_NAME_MAX, AT(net.dns), COUNT(net.n_dns), .example = "[10.30.0.53]",
	  .text = N_("Name servers.") },
	{ .name = "ntp", .type = KB_TYPE_DESTINATION, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_NAME_MAX, AT(net.ntp), COUNT(net.n_ntp), .example = "[10.30.0.123]",
	  .text = N_("Time servers.") },
	{ .name = "collector", .type = KB_TYPE_MAP, .keys = collector_keys,
	  .example = "{address: [10.30.0.9], port: 443}",
	  .text = N_("Where reports go; stays open when the terminal is cut off.") },
	KEY_END,
};

static const struct kb_key peers_map_keys[] = {
	{ .name = "default", .type = KB_TYPE_WORD, .words = kb_words_action, AT(policy.paths.peers),
	  .example = "refuse", .fallback = "refuse",
	  .text = N_("What happens to traffic with the own segment that no rule allows.") },
	{ .name = "allow", RULES(peers, peer_keys, prepare_peer),
	  .example = "[{name: printer, to: 10.10.0.9, service: ipp}]",
	  .text = N_("Peers that may be reached.") },
	KEY_END,
};

static const struct kb_key peers_choice[] = {
	{ .name = "peers", .type = KB_TYPE_WORD, .words = kb_words_action, AT(policy.paths.peers),
	  .example = "refuse", .text = N_("For all peers alike.") },
	{ .name = "peers", .type = KB_TYPE_MAP, .keys = peers_map_keys,
	  .example = "{default: refuse, allow: [{name: printer, to: 10.10.0.9, service: ipp}]}",
	  .text = N_("With exceptions.") },
	KEY_END,
};

static const struct kb_key inbound_map_keys[] = {
	{ .name = "default", .type = KB_TYPE_WORD, .words = kb_words_action,
	  AT(policy.paths.inbound), .example = "refuse", .fallback = "refuse",
	  .text = N_("What happens to connections begun elsewhere that no rule allows.") },
	{ .name = "allow", RULES(inbound, inbound_keys, prepare_inbound),
	  .example = "[{name: monitoring, from: [10.30.0.7], service: icmp/8}]",
	  .text = N_("Who may begin connections to this terminal.") },
	KEY_END,
};

static const struct kb_key inbound_choice[] = {
	{ .name = "inbound", .type = KB_TYPE_WORD, .words = kb_words_action,
	  AT(policy.paths.inbound), .example = "refuse", .text = N_("For everybody alike.") },
	{ .name = "inbound", .type = KB_TYPE_MAP, .keys = inbound_map_keys,
	  .example = "{allow: [{name: monitoring, from: [10.30.0.7], service: icmp/8}]}",
	  .text = N_("With exceptions.") },
	KEY_END,
};

static const struct kb_word discovery_words[] = {
	{ "mdns", 1u << 0, false, N_("Multicast DNS (Avahi, Bonjour): printers.") },
	{ "llmnr", 1u << 1, false, N_("LLMNR: names of Windows machines.") },
	{ "ssdp", 1u << 2, false, N_("SSDP: UPnP devices.") },
	{ "wsd", 1u << 3, false, N_("WS-Discovery: printers and scanners.") },
	{ "netbios", 1u << 4, false, N_("NetBIOS names, by broadcast.") },
	{ "kidoban-beacon", 1u << 5, false, N_("Beacons of kidoban that have no 'host': the question and its answer.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key discovery_choice[] = {
	{ .name = "discovery", .type = KB_TYPE_WORD, .words = kb_words_action,
	  AT(policy.paths.discovery), .example = "refuse", .text = N_("For all of it alike.") },
	{ .name = "discovery", .type = KB_TYPE_WORD,
	  .flags = KB_KEY_LIST | KB_KEY_MASK, .words = discovery_words, AT(net.discovery), .example = "[mdns]", .text = N_("Only these protocols.") },
	KEY_END,
};

static const struct kb_word refuse_word[] = {
	{ "refuse", KB_ACTION_REFUSE, false, N_("No tunnels.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key tunnels_choice[] = {
	{ .name = "tunnels", .type = KB_TYPE_WORD, .flags = KB_KEY_DROP, .words = refuse_word,
	  .example = "refuse", .text = N_("No tunnels.") },
	{ .name = "tunnels", RULES(tunnels, tunnel_keys, prepare_tunnel),
	  .example = "[{name: vpn, to: [10.40.0.1], service: [ike, esp]}]",
	  .text = N_("Only these; never to or from protected networks.") },
	KEY_END,
};

#define SCREEN(key, bit, default_text, ...)                                                        \
	{ .name = key, .type = KB_TYPE_WORD, .words = kb_words_action, AT(net.screen[bit]),        \
	  .example = default_text, .fallback = default_text, .text = __VA_ARGS__ }

static const struct kb_key screen_keys[] = {
	SCREEN("clipboard", 0, "refuse", N_("Copying between the terminal and the desktop.")),
	SCREEN("drives", 1, "refuse", N_("Files and media of the terminal.")),
	SCREEN("printers", 2, "refuse", N_("Printers of the terminal.")),
	SCREEN("smartcard", 3, "allow", N_("Readers of IC cards.")),
	SCREEN("sound", 4, "allow", N_("Sound from the desktop.")),
	SCREEN("microphone", 5, "refuse", N_("The terminal's microphone.")),
	SCREEN("usb", 6, "refuse", N_("USB devices of the terminal.")),
	KEY_END,
};

const struct kb_key kb_schema_paths[] = {
	{ .name = "protected", .type = KB_TYPE_DESTINATION, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_NAME_MAX, AT(net.protected), COUNT(net.n_protected), .example = "[mynumber]",
	  .text = N_("Networks to and from which nothing passes but by a path.") },
	{ .name = "allow", RULES(paths, path_keys, prepare_path),
	  .example = "[{name: \"screen transfer\", to: [10.20.1.10], service: rdp, from: {cgroup: kidoban-screen.slice}}]",
	  .text = N_("Paths: what may be reached, by what, and when.") },
	{ .name = "essential", .type = KB_TYPE_MAP, .keys = essential_keys,
	  .example = "{dhcp: allow, dns: [10.30.0.53], ntp: [10.30.0.123]}",
	  .text = N_("What a terminal needs to work at all.") },
	{ .name = "peers", .type = KB_TYPE_CHOICE, .keys = peers_choice, .example = "refuse",
	  .fallback = "refuse", .text = N_("Traffic with the terminal's own segment.") },
	{ .name = "inbound", .type = KB_TYPE_CHOICE, .keys = inbound_choice, .example = "refuse",
	  .fallback = "refuse", .text = N_("Connections that others begin.") },
	{ .name = "discovery", .type = KB_TYPE_CHOICE, .keys = discovery_choice,
	  .example = "refuse", .fallback = "refuse", .text = N_("Multicast and broadcast.") },
	{ .name = "tunnels", .type = KB_TYPE_CHOICE, .keys = tunnels_choice, .example = "refuse",
	  .fallback = "refuse", .text = N_("Tunnels and VPNs.") },
	{ .name = "other", .type = KB_TYPE_WORD, .words = kb_words_action, AT(policy.paths.other),
	  .example = "allow", .fallback = "refuse",
	  .text = N_("Everything that is neither protected nor on the own segment.") },
	{ .name = "screen", .type = KB_TYPE_MAP, .keys = screen_keys,
	  .example = "{clipboard: refuse, drives: refuse}",
	  .text = N_("What 'kidoban run-screen' lets a client of screen transfer share.") },
	{ .name = "tell", .type = KB_TYPE_STRING, .min = 1, .max = KB_TELL_MAX,
	  AT(policy.paths.tell), .example = TELL_EXAMPLE,
	  .text = N_("Sentence that staff read when no rule's own sentence fits.") },
	KEY_END,
};
