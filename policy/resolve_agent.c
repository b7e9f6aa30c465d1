// SPDX-License-Identifier: GPL-2.0-or-later
/* From text to what the agent obeys: Wi-Fi profiles, wireless, places. */
#include <errno.h>

#include "policy/address.h"
#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/resolve.h"
#include "policy/wifi_words.h"

#define SURVEY_SECONDS	300
#define AP_COUNT	3

#define TELL(r, place, code, ...)                                                                  \
	(kb_diags_add((r)->diags, KB_DIAG_ERROR, (place)->line, (place)->column, code,             \
		      __VA_ARGS__),                                                                \
	 kb_resolve_fail(r, -EBADMSG))

void kb_agent_defaults(struct kb_model *model)
{
	model->agent.wireless.survey = SURVEY_SECONDS;
	model->agent.wireless.avoid = true;
}

bool kb_wireless_is_default(const struct kb_wireless *wireless)
{
	return !wireless->supplicant && !wireless->provision && !wireless->survey &&
	       !wireless->avoid && !wireless->modes && !wireless->canary_len;
}

bool kb_agent_has_parts(const struct kb_agent_policy *agent)
{
	u32 i;

	for (i = 0; i < agent->n_profiles; i++)
		if (agent->profiles[i].pinned)
			return true;
	return agent->wifi_mode || agent->place_mode || agent->n_places ||
	       !kb_wireless_is_default(&agent->wireless);
}

/* A policy that says nothing of Wi-Fi makes the agent do nothing. */
static void resolve_wireless(struct kb_resolver *r)
{
	const struct kb_ssid *canary = &r->model->net.canary;
	struct kb_agent_policy *agent = &r->model->agent;

	if (!kb_node_get(r->model->root, "wireless") && agent->wifi_mode == KB_GATE_OFF)
		agent->wireless = (struct kb_wireless){ .survey = 0 };
	agent->wireless.canary_len = canary->len;
	memcpy(agent->wireless.canary, canary->bytes, canary->len);
}

/* Without AKM nothing can be proven, so nothing else may pretend to matter. */
static void check_unpinned(struct kb_resolver *r, const struct kb_profile_text *text)
{
	static const char *const names[] = { "profile", "ssid", "ssid-hex" };
	const struct kb_node *child;
	unsigned int i;

	for (child = text->node->first; child; child = child->next) {
		for (i = 0; i < ARRAY_SIZE(names); i++)
			if (!strcmp(child->key->text, names[i]))
				break;
		if (i < ARRAY_SIZE(names))
			continue;
		TELL(r, child->key, "akm-needed",
		     _("'%s' counts only in a pinned profile; add 'akm', for example akm: wpa2-eap-sha256"),
		     child->key->text);
		return;
	}
}

/* Certificates or a password: who has both has no more than a password. */
static void resolve_eap(struct kb_resolver *r, const struct kb_profile_text *text,
			struct kb_wifi_profile *profile)
{
	const struct kb_node *akm = kb_node_get(text->node, "akm");
	const struct kb_node *eap = kb_node_get(text->node, "eap");
	bool enterprise = text->akms & KB_AKM_ENTERPRISE;

	if (enterprise && text->akms & ~KB_AKM_ENTERPRISE)
		TELL(r, akm, "mixed-akm",
		     _("certificates and passwords in one profile are no more than passwords; make two profiles"));
	else if (eap && enterprise != (text->eap == KB_EAP_TLS))
		TELL(r, eap, "eap-akm", _("'eap: %s' does not fit 'akm', which is for %s"),
		     kb_word_of(kb_words_eap, text->eap),
		     enterprise ? _("certificates") : _("a common password"));
	profile->eap = enterprise ? KB_EAP_TLS : KB_EAP_NONE;
}

static void resolve_pinned(struct kb_resolver *r, const struct kb_profile_text *text,
			   struct kb_wifi_profile *profile)
{
	profile->pinned = true;
	profile->n_bssids = text->n_bssids;
	profile->bssids = text->bssids;
	profile->akms = text->akms;
	profile->pairwise = text->pairwise ?: KB_CIPHER_STRONG;
	profile->group = text->group ?: profile->pairwise;
	profile->group_mgmt = text->group_mgmt ?: KB_CIPHER_BIP;
	profile->pmf = text->pmf;
	profile->bands = text->bands ?: KB_BAND_ALL;
	profile->ca = text->ca;
	profile->has_ca_sha256 = text->ca_sha256.there;
	memcpy(profile->ca_sha256, text->ca_sha256.bytes, sizeof(profile->ca_sha256));
	profile->n_servers = text->n_servers;
	profile->servers = text->servers;
	profile->identity = text->identity;
	profile->cert = text->cert;
	profile->key = text->key;
	profile->priority = text->priority;
	resolve_eap(r, text, profile);
	if (profile->eap == KB_EAP_TLS && !profile->ca)
		TELL(r, text->node, "no-ca",
		     _("profile '%s' names no 'ca', so any RADIUS server would do (W2)"),
		     text->profile.text);
}

static void resolve_profiles(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_agent_policy *agent = &r->model->agent;
	struct kb_wifi_profile *profile;
	uint32_t i;

	agent->profiles = kb_arena_array(&r->model->arena, net->n_profiles,
					 sizeof(*agent->profiles));
	if (!agent->profiles) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	for (i = 0; i < net->n_profiles; i++) {
		const struct kb_profile_text *text = &net->profiles[i];

		profile = &agent->profiles[i];
		profile->name = text->profile.text;
		profile->ssid_len = text->ssid.len;
		memcpy(profile->ssid, text->ssid.bytes, text->ssid.len);
		if (text->akms)
			resolve_pinned(r, text, profile);
		else
			check_unpinned(r, text);
	}
	agent->n_profiles = net->n_profiles;
}

static u16 resolve_profile(struct kb_resolver *r, const struct kb_ref *ref)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_nearest nearest = { 0 };
	uint32_t i;

	if (!ref->text)
		return KB_INDEX_NONE;
	for (i = 0; i < net->n_profiles; i++) {
		if (!strcmp(net->profiles[i].profile.text, ref->text))
			return i;
		kb_nearest_offer(&nearest, ref->text, net->profiles[i].profile.text);
	}
	if (nearest.best)
		TELL(r, ref, "unknown-name", _("there is no Wi-Fi profile '%s'; did you mean '%s'?"),
		     ref->text, nearest.best);
	else
		TELL(r, ref, "unknown-name",
		     _("there is no Wi-Fi profile '%s'; write it below 'wifi'"), ref->text);
	return KB_INDEX_NONE;
}

/* As many as make imitation hard, or as are listed if fewer; beginnings stand for many. */
static u8 ap_count(const struct kb_evidence_text *text)
{
	uint32_t i;

	for (i = 0; i < text->n_macs; i++)
		if (!kb_mac_mask_single(&text->macs[i]))
			return AP_COUNT;
	return text->n_macs < AP_COUNT ? text->n_macs : AP_COUNT;
}

static void resolve_evidence(struct kb_resolver *r, const struct kb_evidence_text *text,
			     struct kb_evidence *evidence)
{
	evidence->kind = text->kind;
	switch (evidence->kind) {
	case KB_EVIDENCE_EAP:
		evidence->eap.profile = resolve_profile(r, &text->profile);
		break;
	case KB_EVIDENCE_BEACON:
		evidence->beacon.name = text->name;
		evidence->beacon.host = text->host;
		evidence->beacon.port = text->udp_port;
		evidence->beacon.rtt_usec = text->rtt * 1000;
		memcpy(evidence->beacon.key, text->public_key.bytes, sizeof(evidence->beacon.key));
		break;
	case KB_EVIDENCE_AP:
		evidence->ap.n_bssids = text->n_macs;
		evidence->ap.bssids = text->macs;
		evidence->ap.count = text->count ?: ap_count(text);
		evidence->ap.signal = text->signal;
		break;
	case KB_EVIDENCE_LLDP:
		evidence->lldp.chassis = text->chassis;
		evidence->lldp.n_ports = text->n_ports;
		evidence->lldp.ports = text->ports;
		break;
	case KB_EVIDENCE_DOCK:
		evidence->dock.id = text->usb;
		evidence->dock.serial = text->usb_serial;
		evidence->dock.port = text->usb_port;
		break;
	case KB_EVIDENCE_GATEWAY:
		evidence->gateway.n_macs = text->n_macs;
		evidence->gateway.macs = text->macs;
		break;
	default:
		evidence->gnss.latitude = text->latitude;
		evidence->gnss.longitude = text->longitude;
		evidence->gnss.radius = text->radius;
	}
}

static void resolve_place(struct kb_resolver *r, uint32_t zone, struct kb_place *place)
{
	const struct kb_zone_text *text = &r->model->net.zones[zone];
	struct kb_evidence *evidence = kb_arena_array(&r->model->arena, text->n_evidence,
						      sizeof(*evidence));
	uint32_t i;

	if (!evidence) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	for (i = 0; i < text->n_evidence; i++)
		resolve_evidence(r, &text->evidence[i], &evidence[i]);
	*place = (struct kb_place){ .zone = zone,
				    .name = text->zone.text,
				    .label = text->label,
				    .need = text->need,
				    .grace = text->grace,
				    .lock = text->lock,
				    .cut = text->cut,
				    .n_evidence = text->n_evidence,
				    .evidence = evidence };
}

static void resolve_places(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_agent_policy *agent = &r->model->agent;
	uint32_t i;

	agent->places = kb_arena_array(&r->model->arena, net->n_zones, sizeof(*agent->places));
	if (!agent->places) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	for (i = 0; i < net->n_zones; i++)
		if (net->zones[i].n_evidence)
			resolve_place(r, i, &agent->places[agent->n_places++]);
}

void kb_resolve_agent(struct kb_resolver *r)
{
	resolve_wireless(r);
	resolve_profiles(r);
	resolve_places(r);
}
