// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy language as one table. */
#include "policy/schema.h"

#include <kidoban/policy.h>

#include "policy/device.h"
#include "policy/document.h"
#include "policy/i18n.h"
#include "policy/model.h"

#define AT(member)	.offset = offsetof(struct kb_model, member)
#define RULE(member)	.offset = offsetof(struct kb_usb_rule, member)
#define RULE_LIST(member, count)                                                                   \
	RULE(member), .count_offset = offsetof(struct kb_usb_rule, count)

const struct kb_type_info kb_type_infos[KB_TYPE_MAX] = {
	[KB_TYPE_MAP] = { N_("mapping"), "object", NULL, 0 },
	[KB_TYPE_MAPS] = { N_("list of mappings"), "array", NULL, 0 },
	[KB_TYPE_NAMED] = { N_("mapping of names"), "object", NULL, 0 },
	[KB_TYPE_CHOICE] = { N_("word, list or mapping"), NULL, NULL, 0 },
	[KB_TYPE_COUNTS] = { N_("mapping of classes to ranges"), "object", NULL,
			     sizeof(struct kb_usb_count) },
	[KB_TYPE_RESERVED] = { N_("reserved"), NULL, NULL, 0 },
	[KB_TYPE_STRING] = { N_("text"), "string", NULL, sizeof(const char *) },
	[KB_TYPE_NAME] = { N_("name"), "string", "^[A-Za-z0-9._-]+$", sizeof(const char *) },
	[KB_TYPE_UINT] = { N_("whole number"), "integer", NULL, sizeof(uint32_t) },
	[KB_TYPE_BOOL] = { N_("true or false"), "boolean", NULL, sizeof(bool) },
	[KB_TYPE_WORD] = { N_("word"), "string", NULL, sizeof(int) },
	[KB_TYPE_DATE_FROM] = { N_("date"), "string",
		"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
		sizeof(uint64_t) },
	[KB_TYPE_DATE_UNTIL] = { N_("date"), "string",
		"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
		sizeof(uint64_t) },
	[KB_TYPE_USB] = { N_("vendor:product"), "string",
			  "^([0-9A-Fa-f?]{4}|[0-9A-Fa-f?]{0,3}\\*):([0-9A-Fa-f?]{4}|[0-9A-Fa-f?]{0,3}\\*)$",
			  sizeof(struct kb_usb_id) },
	[KB_TYPE_PORT] = { N_("port path"), "string", "^[!-~]+$", sizeof(const char *) },
	[KB_TYPE_CLASS] = { N_("class name"), "string", NULL, sizeof(uint32_t) },
	[KB_TYPE_TRIPLE] = { N_("class/subclass/protocol"), "string",
			     "^([0-9A-Fa-f]{2}|\\*)/([0-9A-Fa-f]{2}|\\*)/([0-9A-Fa-f]{2}|\\*)$",
			     sizeof(struct kb_usb_triple) },
	[KB_TYPE_INTERFACE] = { N_("interface"), "string", NULL,
				sizeof(struct kb_device_interface) },
	[KB_TYPE_REF] = { N_("name"), "string", NULL, sizeof(struct kb_ref) },
	[KB_TYPE_PREFIX] = { N_("prefix or address"), "string", "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$",
			     sizeof(struct kb_prefix_ref) },
	[KB_TYPE_DESTINATION] = { N_("network name, address or prefix"), "string", NULL,
				  sizeof(struct kb_ref) },
	[KB_TYPE_SERVICE] = { N_("service"), "string", "^[a-z0-9-]+(/[0-9]{1,5}(-[0-9]{1,5})?)?$",
			      sizeof(struct kb_ref) },
	[KB_TYPE_HOURS] = { N_("days and hours"), "string", NULL, sizeof(struct kb_ref) },
	[KB_TYPE_IDS] = { N_("number or range"), "string", "^[0-9]{1,10}(-[0-9]{1,10})?$",
			  sizeof(struct kb_id_range) },
	[KB_TYPE_MAC] = { N_("MAC address"), "string", "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$",
			  sizeof(u8[6]) },
	[KB_TYPE_MAC_MASK] = { N_("MAC address or its beginning"), "string",
			       "^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(/[0-9]{1,2})?$",
			       sizeof(struct kb_link_mac) },
	[KB_TYPE_IFNAME] = { N_("name of a network interface"), "string", "^[^/: ]+$",
			     sizeof(const char *) },
	[KB_TYPE_CGROUP] = { N_("control group"), "string", "^[^/].*$", sizeof(const char *) },
	[KB_TYPE_ADDRESS] = { N_("host address"), "string", "^[0-9A-Fa-f.:]+$", sizeof(const char *) },
	[KB_TYPE_MOMENT] = { N_("date and time"), "string", NULL, sizeof(const char *) },
	[KB_TYPE_SSID] = { N_("SSID as text"), "string", NULL, sizeof(struct kb_ssid) },
	[KB_TYPE_SSID_HEX] = { N_("SSID in hexadecimal"), "string", "^([0-9A-Fa-f]{2}){1,32}$",
			       sizeof(struct kb_ssid) },
	[KB_TYPE_SHA256] = { N_("SHA-256 in hexadecimal"), "string", "^[0-9A-Fa-f]{64}$",
			     sizeof(struct kb_bytes32) },
	[KB_TYPE_PUBLIC_KEY] = { N_("public key in Base64 or hexadecimal"), "string",
				 "^([0-9A-Fa-f]{64}|[A-Za-z0-9+/]{43}=)$",
				 sizeof(struct kb_bytes32) },
	[KB_TYPE_FILE] = { N_("absolute path"), "string", "^/[^\"'\\\\]+$",
			   sizeof(const char *) },
	[KB_TYPE_FILE_OR_TOKEN] = { N_("absolute path or pkcs11: URI"), "string",
				    "^(/|pkcs11:)[^\"'\\\\]+$", sizeof(const char *) },
	[KB_TYPE_SERVER] = { N_("host name"), "string", "^[A-Za-z0-9.-]+$", sizeof(const char *) },
	[KB_TYPE_PACE] = { N_("number of seconds or never"), NULL, "^never$", sizeof(uint32_t) },
	[KB_TYPE_SIGNAL] = { N_("signal in dBm"), "integer", NULL, sizeof(uint32_t) },
	[KB_TYPE_DEGREES] = { N_("number of degrees"), "number", NULL, sizeof(int32_t) },
	[KB_TYPE_SWITCH_PORT] = { N_("port of a switch"), "string",
				  "^[^\\[\\]]*(\\[[0-9]+-[0-9]+\\])?$", sizeof(const char *) },
};

const struct kb_word kb_words_mode[] = {
	{ "off", KB_GATE_OFF, false, N_("The gate is open and reports nothing.") },
	{ "audit", KB_GATE_AUDIT, false,
	  N_("Reports what enforce would refuse, touches nothing.") },
	{ "enforce", KB_GATE_ENFORCE, false, N_("Refuses what the rules do not allow.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_word actions[] = {
	{ "refuse", KB_ACTION_REFUSE, false, N_("Nothing that no rule allows comes up.") },
	{ "allow", KB_ACTION_ALLOW, false,
	  N_("What no rule names comes up, unless it stores or networks.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_word storage_modes[] = {
	{ "read-write", 0, false, N_("The medium can be read and written.") },
	{ "read-only", 0, true, N_("The medium can only be read.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key policy_keys[] = {
	{ .name = "municipality", .type = KB_TYPE_NAME, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_MUNICIPALITY_MAX, AT(policy.header.municipality), .example = "\"131016\"",
	  .text = N_("Code of the local government whose terminals obey this policy.") },
	{ .name = "group", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_GROUP_MAX, AT(policy.header.group), .example = "shared-terminals",
	  .text = N_("Group of terminals that obey this policy.") },
	{ .name = "epoch", .type = KB_TYPE_UINT, .min = 1, .max = UINT32_MAX,
	  AT(policy.header.epoch), .example = "1", .fallback = "1",
	  .text = N_("Key epoch; raised when signing keys are replaced, compared before serial.") },
	{ .name = "serial", .type = KB_TYPE_UINT, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = UINT32_MAX, AT(policy.header.serial), .example = "12",
	  .text = N_("Number of this policy; a terminal never goes back to a lower one.") },
	{ .name = "not_before", .type = KB_TYPE_DATE_FROM, AT(policy.header.not_before),
	  .example = "2026-04-01",
	  .text = N_("First moment at which terminals accept the policy; a date begins at 00:00 Japan time.") },
	{ .name = "expires", .type = KB_TYPE_DATE_UNTIL, .flags = KB_KEY_NEEDED,
	  AT(policy.header.expires), .example = "2027-03-31",
	  .text = N_("Moment from which terminals no longer accept the policy; a date holds until its end in Japan.") },
	{ .name = "lock", .type = KB_TYPE_BOOL, AT(policy.header.lock), .example = "false",
	  .fallback = "false",
	  .text = N_("With true the module stays loaded until a signed policy releases it.") },
	{ .name = NULL },
};

static const struct kb_key mode_keys[] = {
	{ .name = "media", .type = KB_TYPE_WORD, .flags = KB_KEY_NEEDED, .words = kb_words_mode,
	  AT(policy.media_mode), .example = "audit", .text = N_("How the media gate works.") },
	{ .name = "link", .type = KB_TYPE_WORD, .words = kb_words_mode, AT(policy.link.mode),
	  .example = "audit", .fallback = "off",
	  .text = N_("How the link gate works: which network interfaces come up.") },
	{ .name = "path", .type = KB_TYPE_WORD, .words = kb_words_mode, AT(policy.paths.mode),
	  .example = "audit", .fallback = "off",
	  .text = N_("How the path gate works: which packets pass.") },
	{ .name = "wifi", .type = KB_TYPE_WORD, .words = kb_words_wifi_mode, AT(agent.wifi_mode),
	  .example = "audit", .fallback = "off",
	  .text = N_("How Wi-Fi profiles are proven: which associations open a wireless link.") },
	{ .name = "place", .type = KB_TYPE_WORD, .words = kb_words_place_mode,
	  AT(agent.place_mode), .example = "audit", .fallback = "off",
	  .text = N_("How zones are known: where the terminal is.") },
	{ .name = NULL },
};

static const struct kb_key condition_keys[] = {
	{ .name = "usb", .type = KB_TYPE_USB, .flags = KB_KEY_LIST, RULE_LIST(ids, n_ids),
	  .example = "\"0781:5583\"",
	  .text = N_("Vendor and product in hexadecimal; ? stands for one digit, * for the rest.") },
	{ .name = "serial", .type = KB_TYPE_STRING, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_USB_SERIAL_MAX, RULE_LIST(serials, n_serials), .example = "\"4C530001231120\"",
	  .text = N_("Serial number of the device, exactly.") },
	{ .name = "port", .type = KB_TYPE_PORT, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_USB_PORT_MAX, RULE_LIST(ports, n_ports), .example = "\"pci-0000:00:14.0/2.*\"",
	  .text = N_("Port, from the controller on; a star after / or . covers everything behind it.") },
	{ .name = "class", .type = KB_TYPE_CLASS, .flags = KB_KEY_LIST | KB_KEY_MASK, RULE(classes),
	  .example = "[keyboard, mouse]",
	  .text = N_("What the interface is: allow needs all its classes listed, refuse needs one.") },
	{ .name = "interface", .type = KB_TYPE_TRIPLE, .flags = KB_KEY_LIST,
	  RULE_LIST(triples, n_triples), .example = "\"03/01/*\"",
	  .text = N_("Class, subclass and protocol of the interface in hexadecimal; * for any.") },
	{ .name = "has", .type = KB_TYPE_CLASS, .flags = KB_KEY_LIST | KB_KEY_MASK, RULE(has),
	  .example = "[keyboard, storage]",
	  .text = N_("Classes that the device has all of, whatever the interface.") },
	{ .name = "count", .type = KB_TYPE_COUNTS, RULE_LIST(counts, n_counts),
	  .example = "{keyboard: \"2-\"}",
	  .text = N_("How many interfaces of a class (or \"interfaces\": of any) the device has: \"1\", \"1-3\", \"2-\".") },
	{ .name = "label", .type = KB_TYPE_STRING, .min = 1, .max = KB_LABEL_MAX, RULE(label),
	  .example = "payment-slips-01", .text = N_("Name of the rule for people; no condition.") },
	{ .name = NULL },
};

static const struct kb_key rule_keys[] = {
	{ .name = "allow", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF, .keys = condition_keys,
	  RULE(action), .value = KB_ACTION_ALLOW, .example = "{class: [keyboard, mouse]}",
	  .text = N_("Interfaces that meet all of these conditions come up.") },
	{ .name = "refuse", .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF, .keys = condition_keys,
	  RULE(action), .value = KB_ACTION_REFUSE, .example = "{class: [storage, mtp]}",
	  .text = N_("Interfaces that meet all of these conditions stay closed.") },
	{ .name = "as", .type = KB_TYPE_WORD, .flags = KB_KEY_DROP, .words = storage_modes,
	  .example = "read-write", .fallback = "read-write",
	  .text = N_("How an allowed medium may be used.") },
	{ .name = "encrypted", .type = KB_TYPE_RESERVED },
	{ .name = "tell", .type = KB_TYPE_STRING, .min = 1, .max = KB_TELL_MAX, RULE(tell),
	  .example = "\"Ask the information policy section.\"",
	  .text = N_("Sentence that staff read when this rule refuses.") },
	{ .name = NULL },
};

static void prepare_rule(void *element, const struct kb_node *node)
{
	struct kb_usb_rule *rule = element;

	rule->line = node->line;
}

static const struct kb_key media_keys[] = {
	{ .name = "rules", .type = KB_TYPE_MAPS, .max = KB_RULES_MAX, .keys = rule_keys,
	  AT(policy.rules), .count_offset = offsetof(struct kb_model, policy.n_rules),
	  .element_size = sizeof(struct kb_usb_rule), .prepare = prepare_rule,
	  .example = "[{allow: {class: [keyboard, mouse]}}]",
	  .text = N_("Rules in order; the first that matches an interface decides.") },
	{ .name = "default", .type = KB_TYPE_WORD, .words = actions, AT(policy.media_default),
	  .example = "refuse", .fallback = "refuse",
	  .text = N_("What happens to an interface that no rule matches.") },
	{ .name = "tell", .type = KB_TYPE_STRING, .min = 1, .max = KB_TELL_MAX,
	  AT(policy.media_tell), .example = "\"Ask the information policy section.\"",
	  .text = N_("Sentence that staff read when the default refuses.") },
	{ .name = NULL },
};

const struct kb_key kb_schema_policy[] = {
	{ .name = "kidoban", .type = KB_TYPE_UINT, .flags = KB_KEY_NEEDED, .min = 1, .max = 1,
	  AT(version), .example = "1", .text = N_("Version of the language.") },
	{ .name = "policy", .type = KB_TYPE_MAP, .flags = KB_KEY_NEEDED, .keys = policy_keys,
	  .example = "{municipality: \"131016\", group: shared-terminals, serial: 1, expires: 2027-03-31}",
	  .text = N_("Whom the policy is for and how long it holds.") },
	{ .name = "mode", .type = KB_TYPE_MAP, .flags = KB_KEY_NEEDED, .keys = mode_keys,
	  .example = "{media: audit}", .text = N_("How each gate works.") },
	{ .name = "media", .type = KB_TYPE_MAP, .flags = KB_KEY_NEEDED, .keys = media_keys,
	  .example = "{default: refuse}", .text = N_("Which USB devices come up.") },
	{ .name = "link", .type = KB_TYPE_MAP, .keys = kb_schema_link,
	  .example = "{rules: [{allow: {name: office-lan, kind: ethernet, bus: pci}}]}",
	  .text = N_("Which network interfaces come up.") },
	{ .name = "wireless", .type = KB_TYPE_MAP, .keys = kb_schema_wireless,
	  .example = "{provision: true, survey: 300}",
	  .text = N_("How the agent treats wireless interfaces.") },
	{ .name = "wifi", .type = KB_TYPE_MAPS, .max = KB_PROFILES_MAX, .keys = kb_schema_wifi,
	  AT(net.profiles), .count_offset = offsetof(struct kb_model, net.n_profiles),
	  .element_size = sizeof(struct kb_profile_text), .prepare = kb_schema_prepare_profile,
	  .example = "[{profile: A, ssid: MYNUMBER-A}]",
	  .text = N_("Wi-Fi networks that paths may ask for.") },
	{ .name = "places", .type = KB_TYPE_MAPS, .max = KB_ZONES_MAX, .keys = kb_schema_places,
	  AT(net.zones), .count_offset = offsetof(struct kb_model, net.n_zones),
	  .element_size = sizeof(struct kb_zone_text), .prepare = kb_schema_prepare_zone,
	  .example = "[{zone: madoguchi, label: \"counter\"}]",
	  .text = N_("Zones that paths may ask for.") },
	{ .name = "networks", .type = KB_TYPE_NAMED, .max = KB_NETWORKS_MAX,
	  .keys = kb_schema_network, AT(net.networks),
	  .count_offset = offsetof(struct kb_model, net.n_networks),
	  .element_size = sizeof(struct kb_network_text), .prepare = kb_schema_prepare_network,
	  .example = "{mynumber: [10.20.0.0/16, \"2001:db8:20::/48\"]}",
	  .text = N_("Names for addresses and prefixes.") },
	{ .name = "paths", .type = KB_TYPE_MAP, .keys = kb_schema_paths,
	  .example = "{protected: [mynumber], other: allow}",
	  .text = N_("Which packets pass.") },
	{ .name = "report", .type = KB_TYPE_RESERVED },
	{ .name = "grants", .type = KB_TYPE_RESERVED },
	{ .name = "include", .type = KB_TYPE_RESERVED },
	{ .name = NULL },
};
