// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes what a compiled policy says to the agent, uapi/kidoban/agent.h. */
#include "policy/blob_writer.h"
#include "policy/net.h"

/* A part holds one attribute, a nest: opens both. */
struct part {
	size_t agent, nest;
};

static struct part open_part(struct kb_blob_writer *w)
{
	struct part part = { .agent = kb_blob_open_nest(w) };

	part.nest = kb_blob_open_nest(w);
	return part;
}

static void close_part(struct kb_blob_writer *w, struct part part, u16 type)
{
	kb_blob_close_nest(w, part.nest, type);
	kb_blob_close_nest(w, part.agent, KB_BLOB_AGENT);
	if (!w->error && w->len - part.agent - sizeof(struct kb_attr_header) > KB_AGENT_PART_MAX)
		w->error = -EMSGSIZE;
}

static void put_modes(struct kb_blob_writer *w, const struct kb_agent_policy *agent)
{
	struct part part;

	if (!agent->wifi_mode && !agent->place_mode)
		return;
	part = open_part(w);
	kb_blob_put_u8(w, KB_AGENT_MODES_WIFI, agent->wifi_mode);
	kb_blob_put_u8(w, KB_AGENT_MODES_PLACE, agent->place_mode);
	close_part(w, part, KB_AGENT_MODES);
}

static void put_wireless(struct kb_blob_writer *w, const struct kb_wireless *wireless)
{
	struct part part;

	if (kb_wireless_is_default(wireless))
		return;
	part = open_part(w);
	kb_blob_put_u8(w, KB_WIRELESS_SUPPLICANT, wireless->supplicant);
	kb_blob_put_u8(w, KB_WIRELESS_PROVISION, wireless->provision);
	kb_blob_put_u32(w, KB_WIRELESS_SURVEY, wireless->survey);
	kb_blob_put_u8(w, KB_WIRELESS_AVOID, wireless->avoid);
	kb_blob_put_u8(w, KB_WIRELESS_MODES, wireless->modes);
	if (wireless->canary_len)
		kb_blob_put(w, KB_WIRELESS_CANARY, wireless->canary, wireless->canary_len);
	close_part(w, part, KB_AGENT_WIRELESS);
}

static void put_macs(struct kb_blob_writer *w, u16 type, const struct kb_link_mac *macs, u32 n)
{
	struct kb_blob_mac wire;
	u32 i;

	for (i = 0; i < n; i++) {
		memcpy(wire.value, macs[i].value, sizeof(wire.value));
		memcpy(wire.mask, macs[i].mask, sizeof(wire.mask));
		kb_blob_put(w, type, &wire, sizeof(wire));
	}
}

static void put_profile(struct kb_blob_writer *w, const struct kb_wifi_profile *profile, u32 index)
{
	struct part part = open_part(w);
	u32 i;

	kb_blob_put_u32(w, KB_WIFI_PROFILE, index);
	put_macs(w, KB_WIFI_BSSID, profile->bssids, profile->n_bssids);
	kb_blob_put_u32(w, KB_WIFI_AKM, profile->akms);
	kb_blob_put_u32(w, KB_WIFI_PAIRWISE, profile->pairwise);
	kb_blob_put_u32(w, KB_WIFI_GROUP, profile->group);
	kb_blob_put_u32(w, KB_WIFI_GROUP_MGMT, profile->group_mgmt);
	kb_blob_put_u8(w, KB_WIFI_PMF, profile->pmf);
	kb_blob_put_u32(w, KB_WIFI_BAND, profile->bands);
	kb_blob_put_u8(w, KB_WIFI_EAP, profile->eap);
	kb_blob_put_string(w, KB_WIFI_CA, profile->ca);
	if (profile->has_ca_sha256)
		kb_blob_put(w, KB_WIFI_CA_SHA256, profile->ca_sha256, sizeof(profile->ca_sha256));
	for (i = 0; i < profile->n_servers; i++)
		kb_blob_put_string(w, KB_WIFI_SERVER, profile->servers[i]);
	kb_blob_put_string(w, KB_WIFI_IDENTITY, profile->identity);
	kb_blob_put_string(w, KB_WIFI_CERT, profile->cert);
	kb_blob_put_string(w, KB_WIFI_KEY, profile->key);
	kb_blob_put_u8(w, KB_WIFI_PRIORITY, profile->priority);
	close_part(w, part, KB_AGENT_WIFI);
}

static void put_beacon(struct kb_blob_writer *w, const struct kb_evidence *evidence)
{
	kb_blob_put_string(w, KB_EVIDENCE_NAME, evidence->beacon.name);
	kb_blob_put(w, KB_EVIDENCE_PUBLIC_KEY, evidence->beacon.key, sizeof(evidence->beacon.key));
	kb_blob_put_string(w, KB_EVIDENCE_HOST, evidence->beacon.host);
	kb_blob_put_u32(w, KB_EVIDENCE_PORT, evidence->beacon.port);
	kb_blob_put_u32(w, KB_EVIDENCE_RTT, evidence->beacon.rtt_usec);
}

static void put_lldp(struct kb_blob_writer *w, const struct kb_evidence *evidence)
{
	u32 i;

	kb_blob_put_string(w, KB_EVIDENCE_CHASSIS, evidence->lldp.chassis);
	for (i = 0; i < evidence->lldp.n_ports; i++)
		kb_blob_put_string(w, KB_EVIDENCE_LLDP_PORT, evidence->lldp.ports[i]);
}

static void put_dock(struct kb_blob_writer *w, const struct kb_evidence *evidence)
{
	const struct kb_usb_id *id = &evidence->dock.id;
	struct kb_blob_usb_id wire = { cpu_to_le16(id->vendor), cpu_to_le16(id->vendor_mask),
				       cpu_to_le16(id->product), cpu_to_le16(id->product_mask) };

	kb_blob_put(w, KB_EVIDENCE_USB, &wire, sizeof(wire));
	kb_blob_put_string(w, KB_EVIDENCE_USB_SERIAL, evidence->dock.serial);
	kb_blob_put_string(w, KB_EVIDENCE_USB_PORT, evidence->dock.port);
}

static void put_position(struct kb_blob_writer *w, const struct kb_evidence *evidence)
{
	struct kb_blob_position wire = { cpu_to_le32((u32)evidence->gnss.latitude),
					 cpu_to_le32((u32)evidence->gnss.longitude),
					 cpu_to_le32(evidence->gnss.radius) };

	kb_blob_put(w, KB_EVIDENCE_POSITION, &wire, sizeof(wire));
}

static void put_evidence(struct kb_blob_writer *w, const struct kb_evidence *evidence)
{
	size_t nest = kb_blob_open_nest(w);

	kb_blob_put_u8(w, KB_EVIDENCE_KIND, evidence->kind);
	switch (evidence->kind) {
	case KB_EVIDENCE_EAP:
		if (evidence->eap.profile != KB_INDEX_NONE)
			kb_blob_put_u32(w, KB_EVIDENCE_PROFILE, evidence->eap.profile);
		break;
	case KB_EVIDENCE_BEACON:
		put_beacon(w, evidence);
		break;
	case KB_EVIDENCE_AP:
		put_macs(w, KB_EVIDENCE_BSSID, evidence->ap.bssids, evidence->ap.n_bssids);
		kb_blob_put_u8(w, KB_EVIDENCE_COUNT, evidence->ap.count);
		kb_blob_put_u8(w, KB_EVIDENCE_SIGNAL, evidence->ap.signal);
		break;
	case KB_EVIDENCE_LLDP:
		put_lldp(w, evidence);
		break;
	case KB_EVIDENCE_DOCK:
		put_dock(w, evidence);
		break;
	case KB_EVIDENCE_GATEWAY:
		put_macs(w, KB_EVIDENCE_MAC, evidence->gateway.macs, evidence->gateway.n_macs);
		break;
	default:
		put_position(w, evidence);
	}
	kb_blob_close_nest(w, nest, KB_PLACE_EVIDENCE);
}

static void put_place(struct kb_blob_writer *w, const struct kb_place *place)
{
	struct part part = open_part(w);
	u32 i;

	kb_blob_put_u32(w, KB_PLACE_ZONE, place->zone);
	kb_blob_put_u8(w, KB_PLACE_NEED, place->need);
	kb_blob_put_u32(w, KB_PLACE_GRACE, place->grace);
	kb_blob_put_u8(w, KB_PLACE_LOCK, place->lock);
	kb_blob_put_u8(w, KB_PLACE_CUT, place->cut);
	for (i = 0; i < place->n_evidence; i++)
		put_evidence(w, &place->evidence[i]);
	close_part(w, part, KB_AGENT_PLACE);
}

void kb_blob_put_agent(struct kb_blob_writer *w, const struct kb_agent_policy *agent)
{
	u32 i;

	put_modes(w, agent);
	put_wireless(w, &agent->wireless);
	for (i = 0; i < agent->n_profiles && !w->error; i++)
		if (agent->profiles[i].pinned)
			put_profile(w, &agent->profiles[i], i);
	for (i = 0; i < agent->n_places && !w->error; i++)
		put_place(w, &agent->places[i]);
}
