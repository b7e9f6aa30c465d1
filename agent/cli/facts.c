// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy's head as people and programs read it. */
#include "agent/cli/facts.h"

#include <kidoban/agent.h>

#include "agent/cli/common.h"
#include "agent/words.h"
#include "policy/render.h"

static void print_links(const struct kb_link_policy *link, FILE *out)
{
	u32 i, refused = 0;

	for (i = 0; i < link->n_rules; i++)
		refused += link->rules[i].action == KB_ACTION_REFUSE;
	fprintf(out, _("links        %s; %u rules (%u allow, %u refuse); default %s\n"),
		kb_render_mode(link->mode), link->n_rules, link->n_rules - refused, refused,
		kb_render_action(link->def));
}

/* What leads to protected networks is what an approver looks for. */
static void print_paths(const struct kb_path_policy *paths, FILE *out)
{
	u32 i, to_protected = 0, networks = 0;

	for (i = 0; i < paths->n_rules; i++)
		to_protected += paths->rules[i].kind == KB_PATH_PATH;
	for (i = 0; i < paths->n_networks; i++)
		networks += paths->networks[i].is_protected;
	fprintf(out, _("paths        %s; %u paths and %u other rules; %u networks, %u of them protected\n"),
		kb_render_mode(paths->mode), to_protected, paths->n_rules - to_protected,
		paths->n_networks, networks);
	fprintf(out, _("otherwise    peers %s, inbound %s, discovery %s, other %s\n"),
		kb_render_action(paths->peers), kb_render_action(paths->inbound),
		kb_render_action(paths->discovery), kb_render_action(paths->other));
}

/* Which SSIDs open, and where the terminal may be: an approver looks for these, too. */
static void print_agent(const struct kb_agent_policy *agent, FILE *out)
{
	u32 i, pinned = 0;

	for (i = 0; i < agent->n_profiles; i++)
		pinned += agent->profiles[i].pinned;
	if (agent->wifi_mode != KB_GATE_OFF || pinned)
		fprintf(out, _("Wi-Fi        %s; %u profiles, %u of them pinned; configuration %s\n"),
			kb_render_mode(agent->wifi_mode), agent->n_profiles, pinned,
			agent->wireless.provision ? _("written by the agent") :
						    _("left to the terminal"));
	if (agent->place_mode != KB_GATE_OFF || agent->n_places)
		fprintf(out, _("places       %s; %u zones with evidence\n"),
			kb_render_mode(agent->place_mode), agent->n_places);
}

static void read_agent(const struct kb_policy *policy, FILE *out)
{
	struct kb_agent_policy *agent = NULL;
	struct kb_blob_error error = {};

	if (kb_agent_policy_read(policy, &agent, &error))
		fprintf(out, _("for the agent, malformed: %s\n"), error.text);
	else
		print_agent(agent, out);
	kb_agent_policy_free(agent);
}

void kb_facts_print(const struct kb_policy *policy, FILE *out)
{
	const struct kb_policy_header *h = &policy->header;
	char municipality[4 * KB_MUNICIPALITY_MAX + 8], group[4 * KB_GROUP_MAX + 8];
	char from[KB_DATE_SIZE], until[KB_DATE_SIZE], sha[65];
	u32 i, refused = 0;

	kb_render_date(h->expires, true, until);
	kb_hex(h->source_sha256, 32, sha);
	for (i = 0; i < policy->n_rules; i++)
		refused += policy->rules[i].action == KB_ACTION_REFUSE;
	/* whoever made the blob need not have used our compiler */
	kb_printable(h->municipality, municipality, sizeof(municipality));
	kb_printable(h->group, group, sizeof(group));
	fprintf(out, _("policy       %u.%u for %s, group %s\n"), h->epoch, h->serial, municipality,
		group);
	if (h->not_before) {
		kb_render_date(h->not_before, false, from);
		fprintf(out, _("valid        %s - %s\n"), from, until);
	} else {
		fprintf(out, _("valid        until %s\n"), until);
	}
	fprintf(out, _("media        %s; %u rules (%u allow, %u refuse); default %s\n"),
		kb_render_mode(policy->media_mode), policy->n_rules, policy->n_rules - refused, refused,
		kb_render_action(policy->media_default));
	if (policy->link.mode != KB_GATE_OFF)
		print_links(&policy->link, out);
	if (policy->paths.mode != KB_GATE_OFF)
		print_paths(&policy->paths, out);
	read_agent(policy, out);
	fprintf(out, _("lock         %s\n"), h->lock ?
		_("yes: the module cannot be unloaded while it is in force") : _("no"));
	fprintf(out, _("source       SHA-256 %s\n"), sha);
}

void kb_facts_json(struct kb_json *json, const struct kb_policy *policy)
{
	const struct kb_policy_header *h = &policy->header;
	struct kb_agent_policy *agent = NULL;
	char from[64], until[64], sha[65];

	kb_date_json(h->not_before, from, sizeof(from));
	kb_date_json(h->expires, until, sizeof(until));
	kb_hex(h->source_sha256, 32, sha);
	kb_json_text(json, "municipality", h->municipality);
	kb_json_text(json, "group", h->group);
	kb_json_uint(json, "epoch", h->epoch);
	kb_json_uint(json, "serial", h->serial);
	kb_json_text(json, "not_before", h->not_before ? from : NULL);
	kb_json_text(json, "expires", until);
	kb_json_text(json, "media_mode", kb_render_mode(policy->media_mode));
	kb_json_text(json, "media_default", kb_render_action(policy->media_default));
	kb_json_uint(json, "rules", policy->n_rules);
	kb_json_text(json, "link_mode", kb_render_mode(policy->link.mode));
	kb_json_uint(json, "link_rules", policy->link.n_rules);
	kb_json_text(json, "path_mode", kb_render_mode(policy->paths.mode));
	kb_json_uint(json, "path_rules", policy->paths.n_rules);
	if (!kb_agent_policy_read(policy, &agent, NULL)) {
		kb_json_text(json, "wifi_mode", kb_render_mode(agent->wifi_mode));
		kb_json_uint(json, "wifi_profiles", agent->n_profiles);
		kb_json_text(json, "place_mode", kb_render_mode(agent->place_mode));
		kb_json_uint(json, "places", agent->n_places);
		kb_agent_policy_free(agent);
	}
	kb_json_bool(json, "lock", h->lock);
	kb_json_text(json, "source_sha256", sha);
}
