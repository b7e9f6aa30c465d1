// SPDX-License-Identifier: GPL-2.0-or-later
/* Places that are well-formed and still not what anybody wants (P1). */
#include "policy/address.h"
#include "policy/check_net.h"
#include "policy/cleanup.h"
#include "policy/fields.h"
#include "policy/i18n.h"
#include "policy/what_if.h"

#define FEW_APS		3	/* below that one stray beacon decides */
#define MULTICAST	"ff02::6b69:646f"	/* beacons listen to it: agent/beacon/message.h */
#define STRONG_PIECES	2	/* one cryptographic, one physical: always needed */

struct checker {
	const struct kb_model *model;
	const struct kb_agent_policy *agent;
	struct kb_diags *diags;
};

#define FIND(c, place, level, code, ...)                                                           \
	kb_diags_add((c)->diags, level, (place)->line, (place)->column, code, __VA_ARGS__)

static const struct kb_zone_text *text_of(const struct checker *c, const struct kb_place *place)
{
	return &c->model->net.zones[place->zone];
}

static const struct kb_node *piece_node(const struct checker *c, const struct kb_place *place,
					u32 i)
{
	return text_of(c, place)->evidence[i].node;
}

static bool has_eap(const struct kb_wifi_profile *profile)
{
	return profile->pinned && profile->eap == KB_EAP_TLS;
}

/* Can this piece of EAP ever be present? */
static bool eap_possible(const struct kb_agent_policy *agent, const struct kb_evidence *evidence)
{
	u32 i;

	if (evidence->eap.profile < agent->n_profiles)
		return has_eap(&agent->profiles[evidence->eap.profile]);
	for (i = 0; i < agent->n_profiles; i++)
		if (has_eap(&agent->profiles[i]))
			return true;
	return false;
}

static void check_eap(const struct checker *c, const struct kb_place *place, u32 i)
{
	const struct kb_evidence *evidence = &place->evidence[i];

	if (eap_possible(c->agent, evidence))
		return;
	if (evidence->eap.profile < c->agent->n_profiles)
		FIND(c, piece_node(c, place, i), KB_DIAG_ERROR, "no-eap",
		     _("profile '%s' is not pinned with EAP, so this evidence never stands"),
		     c->agent->profiles[evidence->eap.profile].name);
	else
		FIND(c, piece_node(c, place, i), KB_DIAG_ERROR, "no-eap",
		     _("no profile is pinned with EAP, so this evidence never stands"));
}

static void check_aps(const struct checker *c, const struct kb_place *place, u32 i)
{
	const struct kb_evidence *evidence = &place->evidence[i];
	bool single = true;
	u32 k;

	for (k = 0; k < evidence->ap.n_bssids; k++)
		single = single && kb_mac_mask_single(&evidence->ap.bssids[k]);
	if (single && evidence->ap.count > evidence->ap.n_bssids)
		FIND(c, piece_node(c, place, i), KB_DIAG_ERROR, "count",
		     _("%u access points must be in range, and only %u are listed"),
		     evidence->ap.count, evidence->ap.n_bssids);
	else if (evidence->ap.count < FEW_APS)
		FIND(c, piece_node(c, place, i), KB_DIAG_WARNING, "few-aps",
		     _("so few access points (%u) are easily imitated; list more, and need at least %d"),
		     evidence->ap.count, FEW_APS);
}

/*
 * May such a packet pass, on the own segment (@near) or elsewhere? Conditions that
 * can be met while no zone is known count as met.
 */
static bool may_pass(const struct kb_policy *policy, struct kb_packet_question *question,
		     const char *near)
{
	const char *const segments[] = { NULL, near };
	struct kb_packet_answer answer;
	struct kb_fault fault;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(segments); i++) {
		question->segment = segments[i];
		if (kb_what_if_packet(policy, question, &answer, &fault) < 0 ||
		    answer.verdict.action == KB_ACTION_ALLOW)
			return true;
		switch (answer.verdict.reason) {
		case KB_REASON_WRONG_LINK:
		case KB_REASON_LINK_CLOSED:
		case KB_REASON_HOURS:
		case KB_REASON_NEXT_HOP:
		case KB_REASON_USER:
		case KB_REASON_CGROUP:
			return true;
		default:
			break;
		}
	}
	return false;
}

/* A terminal asks before it knows where it is: no path with a zone helps. */
static void check_beacon(const struct checker *c, const struct kb_place *place, u32 i)
{
	const struct kb_policy *policy = &c->model->policy;
	const char *host = place->evidence[i].beacon.host;
	struct kb_packet_question out = { .proto = "udp" }, in;
	char port[8];

	if (policy->paths.mode == KB_GATE_OFF || c->agent->place_mode == KB_GATE_OFF)
		return;
	snprintf(port, sizeof(port), "%u", place->evidence[i].beacon.port);
	out.port = port;
	if (host) {
		out.dst = host;
		out.src = strchr(host, ':') ? "2001:db8::1" : "192.0.2.1";
		if (!may_pass(policy, &out, host))
			FIND(c, piece_node(c, place, i), KB_DIAG_WARNING, "beacon-path",
			     _("no path leads to beacon '%s' before the terminal knows where it is; add for example {name: beacon, to: \"%s\", service: udp/%s}"),
			     place->evidence[i].beacon.name, host, port);
		return;
	}
	out.src = "fe80::1";
	out.dst = MULTICAST;
	in = (struct kb_packet_question){ .src = "fe80::2", .dst = "fe80::1", .proto = "udp",
					  .port = port, .asked = MULTICAST, .inbound = true };
	if (!may_pass(policy, &out, NULL) || !may_pass(policy, &in, NULL))
		FIND(c, piece_node(c, place, i), KB_DIAG_WARNING, "beacon-path",
		     _("beacon '%s' is asked by multicast, and the path gate lets the question or its answer not pass; say discovery: [kidoban-beacon] (port 5869), or give it 'host'"),
		     place->evidence[i].beacon.name);
}

/* "Any profile with EAP" is proven by the very association that proves one of them. */
static bool same_eap(const struct kb_evidence *a, const struct kb_evidence *b)
{
	return a->kind == KB_EVIDENCE_EAP && b->kind == KB_EVIDENCE_EAP &&
	       (a->eap.profile == KB_INDEX_NONE || b->eap.profile == KB_INDEX_NONE);
}

/* The same fact twice is one fact. */
static int check_twins(const struct checker *c, const struct kb_place *place)
{
	KB_FREE char **texts = calloc(place->n_evidence + 1, sizeof(*texts));
	size_t len;
	FILE *out;
	u32 i, k;
	int r = texts ? 0 : -ENOMEM;

	for (i = 0; !r && i < place->n_evidence; i++) {
		out = open_memstream(&texts[i], &len);
		if (!out) {
			r = -ENOMEM;
			break;
		}
		kb_render_evidence(c->agent, &place->evidence[i], out);
		if (fclose(out)) {
			r = -ENOMEM;
			break;
		}
		for (k = 0; k < i; k++)
			if (!strcmp(texts[i], texts[k]) ||
			    same_eap(&place->evidence[i], &place->evidence[k]))
				break;
		if (k < i)
			FIND(c, piece_node(c, place, i), KB_DIAG_ERROR, "twin-evidence",
			     _("this evidence stands in line %u already; it counts once"),
			     piece_node(c, place, k)->line);
	}
	for (i = 0; texts && i < place->n_evidence; i++)
		free(texts[i]);
	return r;
}

/* Radios are the business of mode.wifi, for places as well. */
static void check_heard(const struct checker *c, const struct kb_place *place, u32 i)
{
	enum kb_evidence_kind kind = place->evidence[i].kind;

	if (c->agent->wifi_mode == KB_GATE_OFF &&
	    (kind == KB_EVIDENCE_EAP || kind == KB_EVIDENCE_AP))
		FIND(c, piece_node(c, place, i), KB_DIAG_WARNING, "no-wifi",
		     _("'mode: {wifi: ...}' is off or missing, so this evidence never stands"));
}

static void check_pieces(const struct checker *c, const struct kb_place *place)
{
	u32 i;

	for (i = 0; i < place->n_evidence; i++) {
		const struct kb_evidence *evidence = &place->evidence[i];

		check_heard(c, place, i);
		if (evidence->kind == KB_EVIDENCE_EAP)
			check_eap(c, place, i);
		else if (evidence->kind == KB_EVIDENCE_BEACON)
			check_beacon(c, place, i);
		else if (evidence->kind == KB_EVIDENCE_AP)
			check_aps(c, place, i);
		else if (evidence->kind == KB_EVIDENCE_DOCK && !evidence->dock.serial)
			FIND(c, piece_node(c, place, i), KB_DIAG_WARNING, "no-serial",
			     _("without 'serial' any device of that model will do, at home as well"));
	}
}

static u32 count_class(const struct kb_place *place, enum kb_evidence_class class)
{
	u32 i, n = 0;

	for (i = 0; i < place->n_evidence; i++)
		n += kb_evidence_class(place->evidence[i].kind) == class;
	return n;
}

/* Can it be entered at all, and by what? */
static void check_need(const struct checker *c, const struct kb_place *place)
{
	const struct kb_zone_text *text = text_of(c, place);
	const struct kb_node *need = kb_node_get(text->node, "need") ?: text->node;
	u32 weak = count_class(place, KB_EVIDENCE_WEAK);

	if (place->need > place->n_evidence)
		FIND(c, need, KB_DIAG_ERROR, "need",
		     _("zone '%s' needs %u pieces of evidence and has %u, so nobody is ever in it"),
		     place->name, place->need, place->n_evidence);
	if (!count_class(place, KB_EVIDENCE_CRYPTOGRAPHIC))
		FIND(c, text->node, KB_DIAG_ERROR, "never",
		     _("zone '%s' has no cryptographic evidence (eap, beacon), so nobody is ever in it"),
		     place->name);
	if (!count_class(place, KB_EVIDENCE_PHYSICAL))
		FIND(c, text->node, KB_DIAG_ERROR, "never",
		     _("zone '%s' has no physical evidence (ap, lldp, dock, gnss), so nobody is ever in it"),
		     place->name);
	if (weak && place->need > STRONG_PIECES)
		FIND(c, need, KB_DIAG_WARNING, "weak-evidence",
		     _("zone '%s' can be entered with the gateway's address counted, which anybody can have"),
		     place->name);
}

static bool leads_to_protected(const struct kb_path_policy *paths, u16 zone)
{
	u32 i;

	for (i = 0; i < paths->n_rules; i++)
		if (paths->rules[i].to_protected &&
		    paths->rules[i].zones[zone / 64] >> zone % 64 & 1)
			return true;
	return false;
}

static int check_place(const struct checker *c, const struct kb_place *place)
{
	const struct kb_node *grace = kb_node_get(text_of(c, place)->node, "grace");

	check_need(c, place);
	check_pieces(c, place);
	if (place->grace && leads_to_protected(&c->model->policy.paths, place->zone))
		FIND(c, grace, KB_DIAG_NOTE, "grace",
		     _("paths to protected networks stay open for %u seconds after the terminal has left zone '%s'"),
		     place->grace, place->name);
	return check_twins(c, place);
}

/* What is written and does nothing. */
static void check_mode(const struct checker *c)
{
	const struct kb_node *places = kb_node_get(c->model->root, "places");
	const struct kb_node *mode = kb_node_get(c->model->root, "mode");

	if (c->agent->place_mode == KB_GATE_OFF && c->agent->n_places)
		FIND(c, places->key, KB_DIAG_WARNING, "no-effect",
		     _("'%s' has no effect: 'mode: {%s: ...}' is off or missing"), "places",
		     "place");
	if (c->agent->place_mode == KB_GATE_ENFORCE && c->agent->n_places &&
	    c->agent->wifi_mode != KB_GATE_OFF &&
	    (c->agent->wifi_mode != KB_GATE_ENFORCE ||
	     c->agent->wireless.modes != KB_ACTION_REFUSE))
		FIND(c, kb_node_get(mode, "place"), KB_DIAG_WARNING, "device-veto",
		     _("wireless devices of other kinds are only reported, stay, and speak against every place: supplicants make P2P devices by themselves"));
	if (c->agent->place_mode && !c->agent->n_places)
		FIND(c, kb_node_get(mode, "place"), KB_DIAG_WARNING, "no-evidence",
		     _("no zone below 'places' has evidence, so the terminal is never in one"));
}

static void check_bare_zone(const struct checker *c, const struct kb_zone_text *zone)
{
	static const char *const keys[] = { "need", "grace", "lock", "cut" };
	const struct kb_node *node;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		node = kb_node_get(zone->node, keys[i]);
		if (node)
			FIND(c, node->key, KB_DIAG_WARNING, "no-effect",
			     _("'%s' has no effect: zone '%s' has no evidence"), keys[i],
			     zone->zone.text);
	}
}

/* Paths that wait for a zone that nobody is ever in. */
static void check_paths(const struct checker *c)
{
	const struct kb_net_text *net = &c->model->net;
	u32 i, k;

	for (i = 0; i < c->model->policy.paths.n_rules; i++) {
		const struct kb_path_text *path = net->path_of[i];
		bool possible = !path || !path->n_zones;

		for (k = 0; !possible && k < net->n_zones; k++)
			possible = c->agent->place_mode && net->zones[k].n_evidence &&
				   c->model->policy.paths.rules[i].zones[k / 64] >> k % 64 & 1;
		if (!possible)
			FIND(c, &path->zones[0], KB_DIAG_WARNING, "no-proof",
			     _("nobody is ever in a zone of '%s', so it stays closed: give zones 'evidence', and set 'mode: {place: ...}'"),
			     path->name);
	}
}

int kb_check_places(const struct kb_model *model, struct kb_diags *diags)
{
	struct checker c = { .model = model, .agent = &model->agent, .diags = diags };
	int r = 0;
	u32 i;

	check_mode(&c);
	for (i = 0; i < model->net.n_zones; i++)
		if (!model->net.zones[i].n_evidence)
			check_bare_zone(&c, &model->net.zones[i]);
	for (i = 0; !r && i < c.agent->n_places; i++)
		r = check_place(&c, &c.agent->places[i]);
	check_paths(&c);
	return r;
}
