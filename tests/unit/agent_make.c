// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes parts for the agent into blobs for tests. */
#include "agent_make.h"

void agent_make_begin(struct blob_make *b)
{
	static const char *const profiles[] = { "A", "B" }, *const zones[] = { "y", "z" };
	size_t nest, i;

	blob_make_modes(b, &blob_example, KB_GATE_ENFORCE, KB_GATE_OFF, KB_GATE_OFF);
	blob_make_media(b, KB_ACTION_REFUSE);
	for (i = 0; i < ARRAY_SIZE(profiles); i++) {
		nest = blob_make_open(b, KB_BLOB_PROFILE);
		blob_make_string(b, KB_PROFILE_NAME, profiles[i]);
		blob_make_attr(b, KB_PROFILE_SSID, "S\0\377" + i, 3 - i);
		blob_make_close(b, nest);
	}
	for (i = 0; i < ARRAY_SIZE(zones); i++) {
		nest = blob_make_open(b, KB_BLOB_ZONE);
		blob_make_string(b, KB_ZONE_NAME, zones[i]);
		blob_make_close(b, nest);
	}
}

struct agent_part agent_make_open(struct blob_make *b, u16 type)
{
	struct agent_part part = { .agent = blob_make_open(b, KB_BLOB_AGENT) };

	part.nest = blob_make_open(b, type);
	return part;
}

void agent_make_close(struct blob_make *b, struct agent_part part)
{
	blob_make_close(b, part.nest);
	blob_make_close(b, part.agent);
}

static bool changed(struct blob_make *b, const struct agent_change *change, u16 type)
{
	if (!change || change->type != type)
		return false;
	if (change->payload)
		blob_make_attr(b, type, change->payload, change->len);
	return true;
}

#define PUT(how, type, ...)					\
	do {							\
		if (!changed(b, change, type))			\
			blob_make_##how(b, type, __VA_ARGS__);	\
	} while (0)

void agent_make_modes(struct blob_make *b, const struct agent_change *change)
{
	struct agent_part part = agent_make_open(b, KB_AGENT_MODES);

	PUT(u8, KB_AGENT_MODES_WIFI, KB_GATE_ENFORCE);
	PUT(u8, KB_AGENT_MODES_PLACE, KB_GATE_AUDIT);
	agent_make_close(b, part);
}

void agent_make_wireless(struct blob_make *b, const struct agent_change *change)
{
	struct agent_part part = agent_make_open(b, KB_AGENT_WIRELESS);

	PUT(u8, KB_WIRELESS_SUPPLICANT, KB_SUPPLICANT_IWD);
	PUT(u8, KB_WIRELESS_PROVISION, 1);
	PUT(u32, KB_WIRELESS_SURVEY, 30);
	PUT(u8, KB_WIRELESS_AVOID, 1);
	PUT(u8, KB_WIRELESS_MODES, KB_ACTION_ALLOW);
	PUT(attr, KB_WIRELESS_CANARY, "bird", 4);
	agent_make_close(b, part);
}

void agent_make_wifi(struct blob_make *b, const struct agent_change *change)
{
	struct agent_part part = agent_make_open(b, KB_AGENT_WIFI);

	PUT(u32, KB_WIFI_PROFILE, 1);
	PUT(attr, KB_WIFI_BSSID, AGENT_SURE_MAC, 12);
	PUT(u32, KB_WIFI_AKM, KB_AKM_8021X_SHA256 | KB_AKM_SUITE_B_192);
	PUT(u32, KB_WIFI_PAIRWISE, KB_CIPHER_CCMP);
	PUT(u32, KB_WIFI_GROUP, KB_CIPHER_GCMP);
	PUT(u32, KB_WIFI_GROUP_MGMT, KB_CIPHER_BIP_CMAC);
	PUT(u8, KB_WIFI_PMF, KB_PMF_OPTIONAL);
	PUT(u32, KB_WIFI_BAND, KB_BAND_5GHZ);
	PUT(u8, KB_WIFI_EAP, KB_EAP_TLS);
	PUT(string, KB_WIFI_CA, "/ca.pem");
	PUT(attr, KB_WIFI_CA_SHA256, "12345678901234567890123456789012", 32);
	PUT(string, KB_WIFI_SERVER, "radius.city.example");
	PUT(string, KB_WIFI_IDENTITY, "host/t");
	PUT(string, KB_WIFI_CERT, "pkcs11:object=t");
	PUT(string, KB_WIFI_KEY, "/t.key");
	PUT(u8, KB_WIFI_PRIORITY, 255);
	agent_make_close(b, part);
}

void agent_make_eap(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_EAP);
	PUT(u32, KB_EVIDENCE_PROFILE, 1);
	blob_make_close(b, nest);
}

void agent_make_beacon(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);
	u8 key[KB_BEACON_KEY_LEN] = { 1 };

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_BEACON);
	PUT(string, KB_EVIDENCE_NAME, "b");
	PUT(attr, KB_EVIDENCE_PUBLIC_KEY, key, sizeof(key));
	PUT(string, KB_EVIDENCE_HOST, "2001:db8::1");
	PUT(u32, KB_EVIDENCE_PORT, 5869);
	PUT(u32, KB_EVIDENCE_RTT, 20000);
	blob_make_close(b, nest);
}

void agent_make_ap(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_AP);
	PUT(attr, KB_EVIDENCE_BSSID, AGENT_SURE_MAC, 12);
	PUT(u8, KB_EVIDENCE_COUNT, 3);
	PUT(u8, KB_EVIDENCE_SIGNAL, 80);
	blob_make_close(b, nest);
}

void agent_make_lldp(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_LLDP);
	PUT(string, KB_EVIDENCE_CHASSIS, "c");
	PUT(string, KB_EVIDENCE_LLDP_PORT, "Gi1/[1-2]");
	blob_make_close(b, nest);
}

void agent_make_dock(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_DOCK);
	PUT(attr, KB_EVIDENCE_USB, "\357\27\377\377\202\60\377\377", 8);
	PUT(string, KB_EVIDENCE_USB_SERIAL, "s");
	PUT(string, KB_EVIDENCE_USB_PORT, "pci-0000:00:14.0/4.*");
	blob_make_close(b, nest);
}

void agent_make_gateway(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_GATEWAY);
	PUT(attr, KB_EVIDENCE_MAC, AGENT_SURE_MAC, 12);
	blob_make_close(b, nest);
}

void agent_make_gnss(struct blob_make *b, const struct agent_change *change)
{
	size_t nest = blob_make_open(b, KB_PLACE_EVIDENCE);

	blob_make_u8(b, KB_EVIDENCE_KIND, KB_EVIDENCE_GNSS);
	PUT(attr, KB_EVIDENCE_POSITION, AGENT_POLE, 12);
	blob_make_close(b, nest);
}

void agent_make_place_of(struct blob_make *b, const struct agent_change *change, agent_make_fn piece,
			 const struct agent_change *piece_change)
{
	struct agent_part part = agent_make_open(b, KB_AGENT_PLACE);

	PUT(u32, KB_PLACE_ZONE, 1);
	PUT(u8, KB_PLACE_NEED, 2);
	PUT(u32, KB_PLACE_GRACE, 300);
	PUT(u8, KB_PLACE_LOCK, 1);
	PUT(u8, KB_PLACE_CUT, 1);
	if (piece)
		piece(b, piece_change);
	agent_make_close(b, part);
}

void agent_make_place(struct blob_make *b, const struct agent_change *change)
{
	agent_make_place_of(b, change, agent_make_eap, NULL);
}
