// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy language as one table: zones and their evidence. */
#include "policy/document.h"
#include "policy/i18n.h"
#include "policy/model.h"
#include "policy/schema.h"

#define BEACON_PORT	5869
#define BEACON_RTT	20		/* ms: what a local network needs with room to spare */
#define BEACON_RTT_MAX	1000
#define AP_SIGNAL	80		/* -dBm */
#define NEED		2		/* pieces */
#define RADIUS_MIN	10		/* metres: no receiver is better than that indoors */
#define RADIUS_MAX	100000

#define ZONE(member)		.offset = offsetof(struct kb_zone_text, member)
#define EVIDENCE(member)	.offset = offsetof(struct kb_evidence_text, member)
#define EVIDENCE_LIST(member, count)                                                               \
	EVIDENCE(member), .count_offset = offsetof(struct kb_evidence_text, count)

const struct kb_word kb_words_place_mode[] = {
	{ "off", KB_GATE_OFF, false,
	  N_("The terminal is in no zone: paths with 'zone' stay closed.") },
	{ "audit", KB_GATE_AUDIT, false,
	  N_("The terminal counts as being in the zone that most speaks for, and what enforce would say is reported.") },
	{ "enforce", KB_GATE_ENFORCE, false,
	  N_("The terminal is in a zone while as many pieces of evidence are present as it needs.") },
	{ NULL, 0, false, NULL },
};

static const struct kb_key eap_keys[] = {
	{ .name = "profile", .type = KB_TYPE_REF, .min = 1, .max = KB_NAME_MAX, EVIDENCE(profile),
	  .example = "A", .text = N_("Wi-Fi profile; absent: any with EAP.") },
	{ .name = NULL },
};

static const struct kb_key beacon_keys[] = {
	{ .name = "name", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_NAME_MAX, EVIDENCE(name), .example = "beacon-1", .text = N_("Its name.") },
	{ .name = "key", .type = KB_TYPE_PUBLIC_KEY, .flags = KB_KEY_NEEDED, EVIDENCE(public_key),
	  .example = "\"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4=\"",
	  .text = N_("Its public key (Ed25519), as 'kidoban-beacon' prints it.") },
	{ .name = "host", .type = KB_TYPE_ADDRESS, EVIDENCE(host), .example = "10.20.0.5",
	  .text = N_("Its address; absent: asked by multicast on the terminal's own segment.") },
	{ .name = "port", .type = KB_TYPE_UINT, .min = 1, .max = UINT16_MAX, EVIDENCE(udp_port),
	  .example = "5869", .fallback = "5869", .text = N_("Its UDP port.") },
	{ .name = "rtt", .type = KB_TYPE_UINT, .min = 1, .max = BEACON_RTT_MAX, EVIDENCE(rtt),
	  .example = "20", .fallback = "20",
	  .text = N_("Milliseconds within which it must answer; who passes questions on from elsewhere needs longer.") },
	{ .name = NULL },
};

static const struct kb_key ap_keys[] = {
	{ .name = "bssid", .type = KB_TYPE_MAC_MASK, .max = KB_BSSIDS_MAX,
	  .flags = KB_KEY_NEEDED | KB_KEY_LIST | KB_KEY_LONG, EVIDENCE_LIST(macs, n_macs),
	  .example = "[\"02:11:22:00:00:00/28\"]",
	  .text = N_("Access points, by BSSID or the first bits of it.") },
	{ .name = "count", .type = KB_TYPE_UINT, .min = 1, .max = UINT8_MAX, EVIDENCE(count),
	  .example = "3", .fallback = "3",
	  .text = N_("How many of them must be in range.") },
	{ .name = "rssi-min", .type = KB_TYPE_SIGNAL, EVIDENCE(signal), .example = "-70",
	  .fallback = "-80", .text = N_("Weaker ones do not count.") },
	{ .name = NULL },
};

static const struct kb_key lldp_keys[] = {
	{ .name = "chassis", .type = KB_TYPE_STRING, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_LABEL_MAX, EVIDENCE(chassis), .example = "\"02:00:5e:00:00:01\"",
	  .text = N_("What the switch calls itself: its address, or its text.") },
	{ .name = "port", .type = KB_TYPE_SWITCH_PORT, .flags = KB_KEY_LIST, .min = 1,
	  .max = KB_LABEL_MAX, EVIDENCE_LIST(ports, n_ports),
	  .example = "[\"Gi1/0/[1-24]\", \"Gi1/0/48\"]",
	  .text = N_("Its ports; brackets at the end hold a range; absent: any.") },
	{ .name = NULL },
};

static const struct kb_key dock_keys[] = {
	{ .name = "usb", .type = KB_TYPE_USB, .flags = KB_KEY_NEEDED, EVIDENCE(usb),
	  .example = "\"17ef:3082\"",
	  .text = N_("Vendor and product of a USB device that stays in the office.") },
	{ .name = "serial", .type = KB_TYPE_STRING, .min = 1, .max = KB_USB_SERIAL_MAX,
	  EVIDENCE(usb_serial), .example = "\"1S40A9000000\"",
	  .text = N_("Serial number of the device, exactly.") },
	{ .name = "port", .type = KB_TYPE_PORT, .min = 1, .max = KB_USB_PORT_MAX,
	  EVIDENCE(usb_port), .example = "\"pci-0000:00:14.0/4.*\"",
	  .text = N_("Port, from the controller on; a star after / or . covers everything behind it.") },
	{ .name = NULL },
};

static const struct kb_key gateway_keys[] = {
	{ .name = "mac", .type = KB_TYPE_MAC_MASK, .max = KB_RULE_LIST_MAX,
	  .flags = KB_KEY_NEEDED | KB_KEY_LIST | KB_KEY_LONG, EVIDENCE_LIST(macs, n_macs),
	  .example = "\"02:00:5e:00:01:0a\"",
	  .text = N_("Address of the router of the default route; anybody can have it.") },
	{ .name = NULL },
};

static const struct kb_key gnss_keys[] = {
	{ .name = "latitude", .type = KB_TYPE_DEGREES, .flags = KB_KEY_NEEDED, .max = 90,
	  EVIDENCE(latitude), .example = "35.6895", .text = N_("North of the equator (WGS 84).") },
	{ .name = "longitude", .type = KB_TYPE_DEGREES, .flags = KB_KEY_NEEDED, .max = 180,
	  EVIDENCE(longitude), .example = "139.6917", .text = N_("East of Greenwich.") },
	{ .name = "radius", .type = KB_TYPE_UINT, .flags = KB_KEY_NEEDED, .min = RADIUS_MIN,
	  .max = RADIUS_MAX, EVIDENCE(radius), .example = "300",
	  .text = N_("Metres around that point.") },
	{ .name = NULL },
};

#define KIND(word, which)                                                                          \
	.name = word, .type = KB_TYPE_MAP, .flags = KB_KEY_ONE_OF, EVIDENCE(kind), .value = which

static const struct kb_key evidence_keys[] = {
	{ KIND("eap", KB_EVIDENCE_EAP), .keys = eap_keys, .example = "{profile: A}",
	  .text = N_("EAP against the pinned server on this link. Cryptographic.") },
	{ KIND("beacon", KB_EVIDENCE_BEACON), .keys = beacon_keys,
	  .example = "{name: beacon-1, key: \"F7dFqsIs4HP0X4683+eSgIiMstNm+YgT/8hJKSpnBe4=\"}",
	  .text = N_("A beacon that signs its answers. Cryptographic.") },
	{ KIND("ap", KB_EVIDENCE_AP), .keys = ap_keys,
	  .example = "{bssid: [\"02:11:22:00:00:00/28\"], count: 3, rssi-min: -70}",
	  .text = N_("Access points in range. Physical.") },
	{ KIND("lldp", KB_EVIDENCE_LLDP), .keys = lldp_keys,
	  .example = "{chassis: \"02:00:5e:00:00:01\", port: [\"Gi1/0/[1-24]\"]}",
	  .text = N_("The switch says which of its ports this is. Physical.") },
	{ KIND("dock", KB_EVIDENCE_DOCK), .keys = dock_keys,
	  .example = "{usb: \"17ef:3082\", serial: \"1S40A9000000\"}",
	  .text = N_("A USB device that stays in the office. Physical.") },
	{ KIND("gateway", KB_EVIDENCE_GATEWAY), .keys = gateway_keys,
	  .example = "{mac: \"02:00:5e:00:01:0a\"}",
	  .text = N_("The router. Weak: it has no weight alone.") },
	{ KIND("gnss", KB_EVIDENCE_GNSS), .keys = gnss_keys,
	  .example = "{latitude: 35.6895, longitude: 139.6917, radius: 300}",
	  .text = N_("Position by satellite. Physical; outside of it the terminal is not in the zone, whatever else says so.") },
	{ .name = NULL },
};

static void prepare_evidence(void *element, const struct kb_node *node)
{
	struct kb_evidence_text *evidence = element;

	evidence->node = node;
	evidence->udp_port = BEACON_PORT;
	evidence->rtt = BEACON_RTT;
	evidence->signal = AP_SIGNAL;
}

void kb_schema_prepare_zone(void *element, const struct kb_node *node)
{
	struct kb_zone_text *zone = element;

	zone->node = node;
	zone->need = NEED;
	zone->cut = true;
}

const struct kb_key kb_schema_places[] = {
	{ .name = "zone", .type = KB_TYPE_REF, .flags = KB_KEY_NEEDED, .min = 1,
	  .max = KB_NAME_MAX, ZONE(zone), .example = "madoguchi",
	  .text = N_("What paths call this zone.") },
	{ .name = "label", .type = KB_TYPE_STRING, .min = 1, .max = KB_LABEL_MAX, ZONE(label),
	  .example = "\"counter\"", .text = N_("Its name for people.") },
	{ .name = "need", .type = KB_TYPE_UINT, .min = 1, .max = KB_EVIDENCE_MAX, ZONE(need),
	  .example = "2", .fallback = "2",
	  .text = N_("How many pieces of evidence must be present.") },
	{ .name = "grace", .type = KB_TYPE_UINT, .max = KB_GRACE_MAX, ZONE(grace), .example = "0",
	  .fallback = "0",
	  .text = N_("Seconds for which paths stay open after the terminal has left.") },
	{ .name = "lock", .type = KB_TYPE_BOOL, ZONE(lock), .example = "true", .fallback = "false",
	  .text = N_("Whether leaving locks the screen.") },
	{ .name = "cut", .type = KB_TYPE_BOOL, ZONE(cut), .example = "true", .fallback = "true",
	  .text = N_("Whether leaving ends the clients of screen transfer.") },
	{ .name = "evidence", .type = KB_TYPE_MAPS, .max = KB_EVIDENCE_MAX, .keys = evidence_keys,
	  ZONE(evidence), .count_offset = offsetof(struct kb_zone_text, n_evidence),
	  .element_size = sizeof(struct kb_evidence_text), .prepare = prepare_evidence,
	  .example = "[{eap: {profile: A}}, {ap: {bssid: [\"02:11:22:00:00:00/28\"], count: 3}}]",
	  .text = N_("What speaks for the terminal being there. A zone without evidence is never entered.") },
	{ .name = NULL },
};
