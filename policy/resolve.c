// SPDX-License-Identifier: GPL-2.0-or-later
/* From names to numbers: links, profiles, zones, networks, schedules. */
#include "policy/resolve.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/address.h"
#include "policy/hours.h"
#include "policy/i18n.h"
#include "policy/nearest.h"

#define TELL(r, place, code, ...)                                                                  \
	(kb_diags_add((r)->diags, KB_DIAG_ERROR, (place)->line, (place)->column, code,             \
		      __VA_ARGS__),                                                                \
	 kb_resolve_fail(r, -EBADMSG))

void kb_resolve_fail(struct kb_resolver *r, int error)
{
	if (error < 0 && r->error != -ENOMEM)
		r->error = error;
}

void kb_net_defaults(struct kb_model *model)
{
	static const int screen[KB_SCREEN_KEYS] = { [3] = KB_ACTION_ALLOW, [4] = KB_ACTION_ALLOW };

	static_assert(KB_SCREEN_SMARTCARD == 1u << 3 && KB_SCREEN_SOUND == 1u << 4 &&
			      KB_SCREEN_ALL == (1u << KB_SCREEN_KEYS) - 1,
		      "members of .screen are bits of KB_SCREEN_*");
	memcpy(model->net.screen, screen, sizeof(screen));
	model->net.collector_port = 443;
	kb_agent_defaults(model);
}

bool kb_net_has_link(const struct kb_link_policy *link)
{
	return link->mode || link->def || link->bypass || link->tell || link->n_rules;
}

bool kb_net_has_paths(const struct kb_path_policy *paths)
{
	return paths->mode || paths->other || paths->peers || paths->inbound || paths->discovery ||
	       paths->dhcp || paths->screen || paths->tell || paths->n_rules;
}

static void resolve_links(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_link_policy *link = &r->model->policy.link;
	struct kb_link_rule *rules = kb_arena_array(&r->model->arena, net->n_links, sizeof(*rules));
	const struct kb_node *node;
	uint32_t i;

	if (!rules) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	for (i = 0; i < net->n_links; i++) {
		rules[i] = net->links[i].rule;
		rules[i].random_mac = net->links[i].random_mac == KB_ACTION_ALLOW;
		node = kb_node_get(net->links[i].node, "random-mac");
		if (node && rules[i].action == KB_ACTION_REFUSE)
			TELL(r, node->key, "random-mac-refuse",
			     _("'random-mac' belongs to rules that allow"));
	}
	link->rules = rules;
	link->n_rules = net->n_links;
}

static bool is_link_name(const struct kb_net_text *net, const char *name)
{
	uint32_t i;

	for (i = 0; i < net->n_links; i++)
		if (net->links[i].rule.name && !strcmp(net->links[i].rule.name, name))
			return true;
	return false;
}

/* Names must tell profiles apart, from each other and from links, and so must SSIDs. */
static void check_profile(struct kb_resolver *r, uint32_t i)
{
	const struct kb_net_text *net = &r->model->net;
	const struct kb_profile_text *profile = &net->profiles[i];
	uint32_t k;

	if (is_link_name(net, profile->profile.text))
		TELL(r, &profile->profile, "duplicate-name",
		     _("'%s' is the name of a link, too; paths could not tell them apart"),
		     profile->profile.text);
	for (k = 0; k < i; k++) {
		if (!strcmp(net->profiles[k].profile.text, profile->profile.text))
			TELL(r, &profile->profile, "duplicate-name",
			     _("'%s' stands here a second time; the first is in line %u"),
			     profile->profile.text, net->profiles[k].profile.line);
		else if (net->profiles[k].ssid.len == profile->ssid.len &&
			 !memcmp(net->profiles[k].ssid.bytes, profile->ssid.bytes,
				 profile->ssid.len))
			TELL(r, &profile->profile, "duplicate-ssid",
			     _("profile '%s' has this SSID as well; nothing would tell them apart"),
			     net->profiles[k].profile.text);
	}
}

static void resolve_profiles(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_path_policy *paths = &r->model->policy.paths;
	uint32_t i;

	paths->profiles = kb_arena_array(&r->model->arena, net->n_profiles, sizeof(*paths->profiles));
	if (!paths->profiles) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	for (i = 0; i < net->n_profiles; i++) {
		const struct kb_profile_text *text = &net->profiles[i];

		check_profile(r, i);
		paths->profiles[i] = (struct kb_profile){ .name = text->profile.text,
							  .ssid = text->ssid.bytes,
							  .ssid_len = text->ssid.len };
	}
	paths->n_profiles = net->n_profiles;
}

static void resolve_zones(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_path_policy *paths = &r->model->policy.paths;
	uint32_t i, k;

	paths->zones = kb_arena_array(&r->model->arena, net->n_zones, sizeof(*paths->zones));
	if (!paths->zones) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	for (i = 0; i < net->n_zones; i++) {
		const struct kb_ref *zone = &net->zones[i].zone;

		for (k = 0; k < i; k++)
			if (!strcmp(net->zones[k].zone.text, zone->text))
				TELL(r, zone, "duplicate-name",
				     _("'%s' stands here a second time; the first is in line %u"),
				     zone->text, net->zones[k].zone.line);
		paths->zones[i] = (struct kb_zone){ .name = zone->text,
						    .label = net->zones[i].label };
	}
	paths->n_zones = net->n_zones;
}

static bool add_prefix(struct kb_resolver *r, const struct kb_prefix *prefix, uint32_t network)
{
	uint32_t room = r->room ? r->room * 2 : 256;
	struct kb_prefix *grown;

	if (r->n_prefixes == r->room) {
		grown = reallocarray(r->prefixes, room, sizeof(*grown));
		if (!grown) {
			kb_resolve_fail(r, -ENOMEM);
			return false;
		}
		r->prefixes = grown;
		r->room = room;
	}
	r->prefixes[r->n_prefixes] = *prefix;
	r->prefixes[r->n_prefixes++].network = network;
	return true;
}

static void add_network(struct kb_resolver *r, const struct kb_network_text *text)
{
	const struct kb_ref *name = &text->name;
	struct kb_prefix prefix;
	size_t len = strlen(name->text);
	uint32_t i;

	if (!len || len > KB_NAME_MAX)
		TELL(r, name, "length", _("'%s' must have %u to %u bytes, this has %zu"),
		     name->text, 1, KB_NAME_MAX, len);
	if (!kb_prefix_parse(name->text, &prefix))
		TELL(r, name, "bad-name",
		     _("'%s' is an address; give the network a name that is none"), name->text);
	r->networks[r->n_networks] = (struct kb_network){ .name = name->text };
	for (i = 0; i < text->n; i++)
		if (!add_prefix(r, &text->prefixes[i].prefix, r->n_networks))
			return;
	r->n_networks++;
	if (r->n_prefixes > KB_PREFIXES_MAX)
		TELL(r, name, "too-many",
		     _("with this network there are %u prefixes, more than %u in one policy"),
		     r->n_prefixes, KB_PREFIXES_MAX);
}

/* A network that is written as its address is called by its shortest text. */
static int address_network(struct kb_resolver *r, const struct kb_ref *ref,
			   const struct kb_prefix *prefix)
{
	char text[KB_ADDRESS_SIZE];
	uint32_t i;

	kb_prefix_to_text(prefix, text);
	for (i = 0; i < r->n_networks; i++)
		if (!strcmp(r->networks[i].name, text))
			return i;
	if (r->n_networks == KB_NETWORKS_MAX) {
		TELL(r, ref, "too-many",
		     _("more than %d networks and addresses; give those that go together a name below 'networks'"),
		     KB_NETWORKS_MAX);
		return -EBADMSG;
	}
	r->networks[i].name = kb_arena_strndup(&r->model->arena, text, strlen(text));
	if (!r->networks[i].name || !add_prefix(r, prefix, i)) {
		kb_resolve_fail(r, -ENOMEM);
		return -ENOMEM;
	}
	return r->n_networks++;
}

int kb_resolve_network(struct kb_resolver *r, const struct kb_ref *ref)
{
	struct kb_nearest nearest = { 0 };
	struct kb_prefix prefix;
	uint32_t i;

	if (!kb_prefix_parse(ref->text, &prefix))
		return address_network(r, ref, &prefix);
	for (i = 0; i < r->model->net.n_networks; i++) {
		if (!strcmp(r->networks[i].name, ref->text))
			return i;
		kb_nearest_offer(&nearest, ref->text, r->networks[i].name);
	}
	if (nearest.best)
		TELL(r, ref, "unknown-name", _("there is no network '%s'; did you mean '%s'?"),
		     ref->text, nearest.best);
	else
		TELL(r, ref, "unknown-name",
		     _("there is no network '%s'; write it below 'networks'"), ref->text);
	return -EBADMSG;
}

int kb_resolve_zone(struct kb_resolver *r, const struct kb_ref *ref)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_nearest nearest = { 0 };
	uint32_t i;

	for (i = 0; i < net->n_zones; i++) {
		if (!strcmp(net->zones[i].zone.text, ref->text))
			return i;
		kb_nearest_offer(&nearest, ref->text, net->zones[i].zone.text);
	}
	if (nearest.best)
		TELL(r, ref, "unknown-name", _("there is no zone '%s'; did you mean '%s'?"),
		     ref->text, nearest.best);
	else
		TELL(r, ref, "unknown-name", _("there is no zone '%s'; write it below 'places'"),
		     ref->text);
	return -EBADMSG;
}

int kb_resolve_hours(struct kb_resolver *r, const struct kb_ref *ref)
{
	struct kb_span spans[KB_HOURS_SPANS_MAX], *kept;
	unsigned int n, i;

	for (i = 0; i < r->n_schedules; i++)
		if (!strcmp(r->schedules[i].name, ref->text))
			return i;
	if (i == KB_SCHEDULES_MAX) {
		TELL(r, ref, "too-many", _("more than %d different hours in one policy"),
		     KB_SCHEDULES_MAX);
		return -EBADMSG;
	}
	if (kb_hours_parse(ref->text, spans, ARRAY_SIZE(spans), &n) < 0)
		return -EBADMSG;
	kept = kb_arena_array(&r->model->arena, n, sizeof(*kept));
	if (!kept) {
		kb_resolve_fail(r, -ENOMEM);
		return -ENOMEM;
	}
	memcpy(kept, spans, n * sizeof(*kept));
	r->schedules[i] = (struct kb_schedule){ .name = ref->text, .n_spans = n, .spans = kept };
	return r->n_schedules++;
}

static void resolve_networks(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	uint32_t i;
	int index;

	for (i = 0; i < net->n_networks && r->error != -ENOMEM; i++)
		add_network(r, &net->networks[i]);
	for (i = 0; i < net->n_protected; i++) {
		index = kb_resolve_network(r, &net->protected[i]);
		if (index >= 0)
			r->networks[index].is_protected = true;
	}
}

static int by_network(const void *a, const void *b)
{
	const struct kb_prefix *x = a, *y = b;

	if (x->network != y->network)
		return x->network < y->network ? -1 : 1;
	return kb_prefix_compare(x, y);
}

/* In one order and each once, whatever the text's. */
static void keep_prefixes(struct kb_resolver *r)
{
	struct kb_path_policy *paths = &r->model->policy.paths;
	struct kb_prefix *kept;
	uint32_t i, n = 0;

	if (!r->n_prefixes)
		return;
	qsort(r->prefixes, r->n_prefixes, sizeof(*r->prefixes), by_network);
	for (i = 0; i < r->n_prefixes; i++)
		if (!n || by_network(&r->prefixes[n - 1], &r->prefixes[i]))
			r->prefixes[n++] = r->prefixes[i];
	kept = kb_arena_array(&r->model->arena, n, sizeof(*kept));
	if (!kept) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	memcpy(kept, r->prefixes, n * sizeof(*kept));
	paths->written = kept;
	paths->n_prefixes = n;
}

/* A gate that works needs to be told how. */
static void check_modes(struct kb_resolver *r)
{
	const struct kb_node *root = r->model->root, *mode = kb_node_get(root, "mode");

	if (r->model->policy.link.mode && !kb_node_get(root, "link"))
		TELL(r, kb_node_get(mode, "link"), "missing-section",
		     _("the mode of the link gate is set, and the section 'link' is missing"));
	if (r->model->policy.paths.mode && !kb_node_get(root, "paths"))
		TELL(r, kb_node_get(mode, "path"), "missing-section",
		     _("the mode of the path gate is set, and the section 'paths' is missing"));
}

/* Does @rule name services, none of which is "any"? */
static bool names_protocols(const struct kb_path_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->n_services; i++)
		if (!rule->services[i].proto)
			return false;
	return rule->n_services;
}

/* Towards protected networks and through tunnels a rule must say for what. */
static void check_services(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	const struct kb_path_policy *paths = &r->model->policy.paths;
	const struct kb_node *place;
	uint32_t i;

	for (i = 0; i < paths->n_rules; i++) {
		const struct kb_path_rule *rule = &paths->rules[i];

		if (!net->path_of[i] || names_protocols(rule))
			continue;
		place = kb_node_get(net->path_of[i]->node, "service") ?: net->path_of[i]->node;
		if (rule->kind == KB_PATH_PATH && rule->to_protected)
			TELL(r, place, "service-needed",
			     _("path '%s' leads to a protected network and must name its services, for example service: rdp"),
			     rule->name);
		else if (rule->kind == KB_PATH_TUNNEL)
			TELL(r, place, "service-needed",
			     _("tunnel '%s' must name its protocols, for example service: [ike, esp]"),
			     rule->name);
	}
}

/* Works out what the kernel works out: decisions can be asked of the model from then on. */
static void prepare_paths(struct kb_resolver *r)
{
	struct kb_path_policy *paths = &r->model->policy.paths;
	struct kb_prefix *copy = NULL;
	int error;

	if (r->error || (!paths->mode && !paths->n_networks && !paths->n_rules))
		return;
	if (paths->n_prefixes) {
		copy = calloc(paths->n_prefixes, sizeof(*copy));
		if (!copy) {
			kb_resolve_fail(r, -ENOMEM);
			return;
		}
		memcpy(copy, paths->written, paths->n_prefixes * sizeof(*copy));
	}
	error = kb_path_prepare(paths, copy, paths->n_prefixes);
	free(copy);
	if (error == -E2BIG)
		TELL(r, kb_node_get(r->model->root, "networks") ?: r->model->root, "too-many",
		     _("networks overlap in too many ways"));
	kb_resolve_fail(r, error == -E2BIG ? 0 : error);
	if (!r->error)
		check_services(r);
}

int kb_net_resolve(struct kb_model *model, struct kb_diags *diags)
{
	struct kb_path_policy *paths = &model->policy.paths;
	struct kb_resolver r = { .model = model, .diags = diags };
	uint32_t i;

	r.networks = kb_arena_array(&model->arena, KB_NETWORKS_MAX, sizeof(*r.networks));
	r.schedules = kb_arena_array(&model->arena, KB_SCHEDULES_MAX, sizeof(*r.schedules));
	if (!r.networks || !r.schedules)
		return -ENOMEM;
	check_modes(&r);
	resolve_links(&r);
	resolve_profiles(&r);
	resolve_zones(&r);
	kb_resolve_agent(&r);
	resolve_networks(&r);
	if (r.error != -ENOMEM)
		kb_resolve_rules(&r);
	keep_prefixes(&r);
	free(r.prefixes);
	paths->networks = r.networks;
	paths->n_networks = r.n_networks;
	paths->schedules = r.schedules;
	paths->n_schedules = r.n_schedules;
	prepare_paths(&r);
	for (i = 0; kb_node_get(model->root, "paths") && i < KB_SCREEN_KEYS; i++)
		paths->screen |= model->net.screen[i] == KB_ACTION_ALLOW ? 1u << i : 0;
	if (kb_net_has_link(&model->policy.link) || kb_net_has_paths(paths) || paths->n_networks ||
	    paths->n_profiles || paths->n_zones)
		model->policy.header.min_module = 2;
	if (kb_agent_has_parts(&model->agent))
		model->policy.header.min_module = 3;
	return r.error;
}
