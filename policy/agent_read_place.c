// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what a compiled policy says to the agent: places and their evidence. */
#include "policy/agent_parts.h"

#include "policy/address.h"
#include "policy/lldp_port.h"
#include "policy/port.h"

#define DEGREE		10000000	/* in units of kb_blob_position */
#define RTT_MAX		1000000		/* µs */
#define BIT(name)	(1u << KB_EVIDENCE_##name)

static const char *check_host(const u8 *payload, u32 len)
{
	union kb_ip ip;
	u8 version;

	(void)len;
	return kb_address_parse((const char *)payload, &ip, &version) ? "no address" : NULL;
}

static const char *check_lldp_port(const u8 *payload, u32 len)
{
	return kb_lldp_port_valid((const char *)payload) ? kb_agent_check_line(payload, len) :
							   "no port or range of ports";
}

static const char *check_usb(const u8 *payload, u32 len)
{
	(void)len;
	if (kb_get_le16(payload) & ~kb_get_le16(payload + 2) ||
	    kb_get_le16(payload + 4) & ~kb_get_le16(payload + 6))
		return "value has bits outside its mask";
	return NULL;
}

static const char *check_usb_port(const u8 *payload, u32 len)
{
	(void)len;
	return kb_port_valid((const char *)payload) ? NULL : "no port";
}

static const char *check_position(const u8 *payload, u32 len)
{
	s32 latitude = (s32)kb_get_le32(payload), longitude = (s32)kb_get_le32(payload + 4);

	(void)len;
	if (latitude < -90 * DEGREE || latitude > 90 * DEGREE || longitude < -180 * DEGREE ||
	    longitude > 180 * DEGREE)
		return "not on Earth";
	return kb_get_le32(payload + 8) ? NULL : "no radius";
}

#define COUNT_U8	.kind = KB_ATTR_U8, .min = 1, .max = UINT8_MAX
#define MACS(limit)	.kind = KB_ATTR_BYTES, .flags = KB_ATTR_LIST, .list_max = (limit),        \
			.min = sizeof(struct kb_blob_mac), .max = sizeof(struct kb_blob_mac),     \
			.check = kb_agent_check_mac

static const struct kb_attr_spec evidence_specs[KB_EVIDENCE_ATTR_MAX] = {
	[KB_EVIDENCE_KIND] = { "kind", KB_ATTR_U8, KB_ATTR_NEEDED | KB_ATTR_FIRST,
			       .max = KB_EVIDENCE_MAX_KIND - 1 },
	[KB_EVIDENCE_PROFILE] = { "profile", INDEX_U32(KB_PROFILES_MAX) },
	[KB_EVIDENCE_NAME] = { "name", TEXT(KB_NAME_MAX), .check = kb_agent_check_line },
	[KB_EVIDENCE_PUBLIC_KEY] = { "public_key", EXACT(KB_BEACON_KEY_LEN) },
	[KB_EVIDENCE_HOST] = { "host", TEXT(KB_NAME_MAX), .check = check_host },
	[KB_EVIDENCE_PORT] = { "port", KB_ATTR_U32, .min = 1, .max = UINT16_MAX },
	[KB_EVIDENCE_RTT] = { "rtt", MASK_U32(RTT_MAX) },
	[KB_EVIDENCE_BSSID] = { "bssid", MACS(KB_BSSIDS_MAX) },
	[KB_EVIDENCE_COUNT] = { "count", COUNT_U8 },
	[KB_EVIDENCE_SIGNAL] = { "signal", COUNT_U8 },
	[KB_EVIDENCE_CHASSIS] = { "chassis", TEXT(KB_LABEL_MAX), .check = kb_agent_check_line },
	[KB_EVIDENCE_LLDP_PORT] = { "lldp_port", TEXT(KB_LABEL_MAX), .flags = KB_ATTR_LIST,
				    .list_max = KB_LLDP_PORTS_MAX, .check = check_lldp_port },
	[KB_EVIDENCE_USB] = { "usb", EXACT(sizeof(struct kb_blob_usb_id)), .check = check_usb },
	[KB_EVIDENCE_USB_SERIAL] = { "usb_serial", TEXT(KB_USB_SERIAL_MAX) },
	[KB_EVIDENCE_USB_PORT] = { "usb_port", TEXT(KB_USB_PORT_MAX), .check = check_usb_port },
	[KB_EVIDENCE_MAC] = { "mac", MACS(KB_RULE_LIST_MAX) },
	[KB_EVIDENCE_POSITION] = { "position", EXACT(sizeof(struct kb_blob_position)),
				   .check = check_position },
};

static const struct kb_attr_table evidence_table = TABLE("evidence", evidence_specs);

static const struct kb_attr_spec place_specs[KB_PLACE_ATTR_MAX] = {
	[KB_PLACE_ZONE] = { "zone", INDEX_U32(KB_ZONES_MAX), NEEDED },
	[KB_PLACE_NEED] = { "need", COUNT_U8, NEEDED },
	[KB_PLACE_GRACE] = { "grace", KB_ATTR_U32, .max = KB_GRACE_MAX, NEEDED },
	[KB_PLACE_LOCK] = { "lock", FLAG_U8, NEEDED },
	[KB_PLACE_CUT] = { "cut", FLAG_U8, NEEDED },
	[KB_PLACE_EVIDENCE] = { "evidence", KB_ATTR_NEST, KB_ATTR_LIST | KB_ATTR_NEEDED,
				.list_max = KB_EVIDENCE_MAX, .nest = &evidence_table },
};

const struct kb_attr_table kb_agent_place_table = TABLE("place", place_specs);

/* What each kind has beside KIND. */
static const struct {
	u32 needed, allowed;
} shapes[KB_EVIDENCE_MAX_KIND] = {
	[KB_EVIDENCE_EAP] = { 0, BIT(PROFILE) },
	[KB_EVIDENCE_BEACON] = { BIT(NAME) | BIT(PUBLIC_KEY) | BIT(PORT) | BIT(RTT), BIT(HOST) },
	[KB_EVIDENCE_AP] = { BIT(BSSID) | BIT(COUNT) | BIT(SIGNAL), 0 },
	[KB_EVIDENCE_LLDP] = { BIT(CHASSIS), BIT(LLDP_PORT) },
	[KB_EVIDENCE_DOCK] = { BIT(USB), BIT(USB_SERIAL) | BIT(USB_PORT) },
	[KB_EVIDENCE_GATEWAY] = { BIT(MAC), 0 },
	[KB_EVIDENCE_GNSS] = { BIT(POSITION), 0 },
};

/* One piece while it is read. */
struct piece {
	struct kb_agent_filling *filling;
	struct kb_evidence *evidence;
	struct kb_link_mac *macs;	/* of AP or GATEWAY */
	const char **ports;
};

static int fill_string(struct piece *piece, const struct kb_attr_view *attr, const char **ret)
{
	*ret = kb_agent_string(piece->filling, attr);
	return *ret ? 0 : -ENOMEM;
}

static int fill_beacon(struct piece *piece, const struct kb_attr_view *attr)
{
	struct kb_evidence *evidence = piece->evidence;

	switch (attr->type) {
	case KB_EVIDENCE_NAME:
		return fill_string(piece, attr, &evidence->beacon.name);
	case KB_EVIDENCE_HOST:
		return fill_string(piece, attr, &evidence->beacon.host);
	case KB_EVIDENCE_PUBLIC_KEY:
		memcpy(evidence->beacon.key, attr->payload, sizeof(evidence->beacon.key));
		break;
	case KB_EVIDENCE_PORT:
		evidence->beacon.port = attr->value;
		break;
	case KB_EVIDENCE_RTT:
		evidence->beacon.rtt_usec = attr->value;
		break;
	}
	return 0;
}

static int fill_ap(struct piece *piece, const struct kb_attr_view *attr)
{
	struct kb_evidence *evidence = piece->evidence;

	if (attr->type == KB_EVIDENCE_BSSID)
		kb_agent_mac(&piece->macs[evidence->ap.n_bssids++], attr);
	else if (attr->type == KB_EVIDENCE_COUNT)
		evidence->ap.count = attr->value;
	else if (attr->type == KB_EVIDENCE_SIGNAL)
		evidence->ap.signal = attr->value;
	evidence->ap.bssids = piece->macs;
	return 0;
}

static int fill_lldp(struct piece *piece, const struct kb_attr_view *attr)
{
	struct kb_evidence *evidence = piece->evidence;

	evidence->lldp.ports = piece->ports;
	if (attr->type == KB_EVIDENCE_CHASSIS)
		return fill_string(piece, attr, &evidence->lldp.chassis);
	if (attr->type == KB_EVIDENCE_LLDP_PORT)
		return fill_string(piece, attr, &piece->ports[evidence->lldp.n_ports++]);
	return 0;
}

static int fill_dock(struct piece *piece, const struct kb_attr_view *attr)
{
	struct kb_evidence *evidence = piece->evidence;

	switch (attr->type) {
	case KB_EVIDENCE_USB:
		evidence->dock.id = (struct kb_usb_id){ kb_get_le16(attr->payload),
							kb_get_le16(attr->payload + 2),
							kb_get_le16(attr->payload + 4),
							kb_get_le16(attr->payload + 6) };
		break;
	case KB_EVIDENCE_USB_SERIAL:
		return fill_string(piece, attr, &evidence->dock.serial);
	case KB_EVIDENCE_USB_PORT:
		return fill_string(piece, attr, &evidence->dock.port);
	}
	return 0;
}

static int fill_other(struct piece *piece, const struct kb_attr_view *attr)
{
	struct kb_evidence *evidence = piece->evidence;

	switch (attr->type) {
	case KB_EVIDENCE_PROFILE:
		if (attr->value >= piece->filling->agent->n_profiles)
			return kb_blob_fail(piece->filling->error, -EBADMSG, attr->offset,
					    "evidence: there is no profile %u", (u32)attr->value);
		evidence->eap.profile = attr->value;
		break;
	case KB_EVIDENCE_MAC:
		kb_agent_mac(&piece->macs[evidence->gateway.n_macs++], attr);
		evidence->gateway.macs = piece->macs;
		break;
	case KB_EVIDENCE_POSITION:
		evidence->gnss.latitude = (s32)kb_get_le32(attr->payload);
		evidence->gnss.longitude = (s32)kb_get_le32(attr->payload + 4);
		evidence->gnss.radius = kb_get_le32(attr->payload + 8);
		break;
	}
	return 0;
}

/* Attributes of another kind of evidence would be overlooked; they are refused. */
static int check_shape(struct kb_agent_filling *filling, enum kb_evidence_kind kind, u32 seen,
		       u32 offset)
{
	u32 others = seen & ~BIT(KIND);

	if (shapes[kind].needed & ~others)
		return kb_blob_fail(filling->error, -EBADMSG, offset,
				    "evidence: kind %u lacks attributes", kind);
	if (others & ~(shapes[kind].needed | shapes[kind].allowed))
		return kb_blob_fail(filling->error, -EBADMSG, offset,
				    "evidence: attributes that kind %u does not have", kind);
	return 0;
}

static int fill_piece(struct piece *piece, const struct kb_attr_view *attr)
{
	switch (piece->evidence->kind) {
	case KB_EVIDENCE_BEACON:
		return fill_beacon(piece, attr);
	case KB_EVIDENCE_AP:
		return fill_ap(piece, attr);
	case KB_EVIDENCE_LLDP:
		return fill_lldp(piece, attr);
	case KB_EVIDENCE_DOCK:
		return fill_dock(piece, attr);
	default:
		return fill_other(piece, attr);
	}
}

static int read_evidence(struct kb_agent_filling *filling, struct kb_attr_reader *reader,
			 u32 offset, struct kb_evidence *evidence)
{
	struct piece piece = { .filling = filling, .evidence = evidence };
	struct kb_attr_reader checked;
	struct kb_attr_view attr;
	int r = kb_agent_check_level(reader, &checked);

	if (r < 0)
		return r;
	piece.macs = kb_agent_macs(filling, checked.copies[KB_EVIDENCE_BSSID] +
						    checked.copies[KB_EVIDENCE_MAC]);
	piece.ports = kb_arena_array(filling->arena, checked.copies[KB_EVIDENCE_LLDP_PORT],
				     sizeof(*piece.ports));
	if (!piece.macs || !piece.ports)
		return -ENOMEM;
	/* It is the first, and stands there: the level was checked. */
	r = kb_attr_next(reader, &attr);
	if (r < 0)
		return r;
	evidence->kind = attr.value;
	r = check_shape(filling, evidence->kind, checked.seen, offset);
	if (r < 0)
		return r;
	if (evidence->kind == KB_EVIDENCE_EAP)
		evidence->eap.profile = KB_INDEX_NONE;
	while ((r = kb_attr_next(reader, &attr)) > 0) {
		r = fill_piece(&piece, &attr);
		if (r < 0)
			return r;
	}
	return r;
}

static int fill_place(struct kb_agent_filling *filling, struct kb_place *place,
		      const struct kb_attr_view *attr)
{
	struct kb_agent_policy *agent = filling->agent;
	u32 i;

	switch (attr->type) {
	case KB_PLACE_ZONE:
		if (attr->value >= filling->policy->paths.n_zones)
			return kb_blob_fail(filling->error, -EBADMSG, attr->offset,
					    "place: there is no zone %u", (u32)attr->value);
		for (i = 0; i < agent->n_places; i++)
			if (agent->places[i].zone == attr->value)
				return kb_blob_fail(filling->error, -EBADMSG, attr->offset,
						    "place: zone %u stands twice",
						    (u32)attr->value);
		place->zone = attr->value;
		break;
	case KB_PLACE_NEED:
		place->need = attr->value;
		break;
	case KB_PLACE_GRACE:
		place->grace = attr->value;
		break;
	case KB_PLACE_LOCK:
		place->lock = attr->value;
		break;
	case KB_PLACE_CUT:
		place->cut = attr->value;
		break;
	}
	return 0;
}

static int copy_names(struct kb_agent_filling *filling, struct kb_place *place)
{
	const struct kb_zone *zone = &filling->policy->paths.zones[place->zone];

	place->name = kb_arena_strndup(filling->arena, zone->name, strlen(zone->name));
	if (!place->name)
		return -ENOMEM;
	if (!zone->label)
		return 0;
	place->label = kb_arena_strndup(filling->arena, zone->label, strlen(zone->label));
	return place->label ? 0 : -ENOMEM;
}

int kb_agent_read_place(struct kb_agent_filling *filling, struct kb_attr_reader *reader, u32 offset)
{
	struct kb_attr_reader checked, inner;
	struct kb_evidence *evidence;
	struct kb_place place = { 0 };
	struct kb_attr_view attr;
	int r = kb_agent_check_level(reader, &checked);

	if (r < 0)
		return r;
	evidence = kb_arena_array(filling->arena, checked.copies[KB_PLACE_EVIDENCE],
				  sizeof(*evidence));
	if (!evidence)
		return -ENOMEM;
	place.evidence = evidence;
	while ((r = kb_attr_next(reader, &attr)) > 0) {
		if (attr.type != KB_PLACE_EVIDENCE) {
			r = fill_place(filling, &place, &attr);
		} else {
			r = kb_attr_enter(reader, &attr, &inner);
			if (!r)
				r = read_evidence(filling, &inner, attr.offset,
						  &evidence[place.n_evidence++]);
		}
		if (r < 0)
			return r;
	}
	if (r < 0)
		return r;
	if (filling->agent->n_places == filling->policy->paths.n_zones)
		return kb_blob_fail(filling->error, -EBADMSG, offset,
				    "place: more of them than zones");
	r = copy_names(filling, &place);
	if (!r)
		filling->agent->places[filling->agent->n_places++] = place;
	return r;
}
