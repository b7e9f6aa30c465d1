// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy show, kidoban policy diff. */
#include <stdio.h>

#include "agent/cli/policy_verbs.h"
#include "agent/json.h"
#include "agent/words.h"
#include "policy/address.h"
#include "policy/cleanup.h"
#include "policy/diff.h"
#include "policy/fields.h"
#include "policy/prefixes.h"
#include "policy/render.h"
#include "policy/show.h"

static void json_rule(struct kb_json *json, const struct kb_usb_rule *rule)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	kb_json_open(json, NULL, '{');
	kb_json_uint(json, "line", rule->line);
	kb_json_text(json, "action", kb_render_action(rule->action));
	kb_json_text(json, "label", rule->label);
	if (out) {
		kb_render_rule(rule, out);
		fclose(out);
	}
	kb_json_text(json, "rule", text);
	kb_json_text(json, "tell", rule->tell);
	kb_json_close(json, '}');
	free(text);
}

static void json_link(struct kb_json *json, const struct kb_link_policy *link)
{
	char *text = NULL;
	size_t len;
	FILE *out;
	u32 i;

	kb_json_open(json, "link", '{');
	kb_json_text(json, "mode", kb_render_mode(link->mode));
	kb_json_text(json, "default", kb_render_action(link->def));
	kb_json_bool(json, "bypass_refused", link->bypass == KB_ACTION_REFUSE);
	kb_json_text(json, "tell", link->tell);
	kb_json_open(json, "rules", '[');
	for (i = 0; i < link->n_rules; i++) {
		out = open_memstream(&text, &len);
		if (out) {
			kb_render_link_rule(&link->rules[i], out);
			fclose(out);
		}
		kb_json_open(json, NULL, '{');
		kb_json_uint(json, "line", link->rules[i].line);
		kb_json_text(json, "action", kb_render_action(link->rules[i].action));
		kb_json_text(json, "name", link->rules[i].name);
		kb_json_bool(json, "random_mac", link->rules[i].random_mac);
		kb_json_text(json, "rule", out ? text : NULL);
		kb_json_text(json, "tell", link->rules[i].tell);
		kb_json_close(json, '}');
		free(text);
		text = NULL;
	}
	kb_json_close(json, ']');
	kb_json_close(json, '}');
}

static void json_networks(struct kb_json *json, const struct kb_policy *policy)
{
	char text[KB_ADDRESS_SIZE];
	struct kb_prefix *list;
	u32 i, k, n, first, count;

	if (kb_prefixes_list(policy, &list, &n) < 0)
		return;
	kb_json_open(json, "networks", '[');
	for (i = 0; i < policy->paths.n_networks; i++) {
		kb_json_open(json, NULL, '{');
		kb_json_text(json, "name", policy->paths.networks[i].name);
		kb_json_bool(json, "protected", policy->paths.networks[i].is_protected);
		kb_json_open(json, "prefixes", '[');
		first = kb_prefixes_of(list, n, i, &count);
		for (k = first; k < first + count; k++) {
			kb_prefix_to_text(&list[k], text);
			kb_json_text(json, NULL, text);
		}
		kb_json_close(json, ']');
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
	free(list);
}

static void json_path_rule(struct kb_json *json, const struct kb_policy *policy,
			   const struct kb_path_rule *rule)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out) {
		kb_render_path_rule(policy, rule, false, out);
		fclose(out);
	}
	kb_json_open(json, NULL, '{');
	kb_json_uint(json, "line", rule->line);
	kb_json_text(json, "kind", kb_render_path_kind(rule->kind));
	kb_json_text(json, "name", rule->name);
	kb_json_bool(json, "protected", rule->to_protected);
	kb_json_text(json, "rule", out ? text : NULL);
	kb_json_text(json, "tell", rule->tell);
	kb_json_close(json, '}');
	free(text);
}

static void json_paths(struct kb_json *json, const struct kb_policy *policy)
{
	const struct kb_path_policy *paths = &policy->paths;
	u32 i;

	kb_json_open(json, "paths", '{');
	kb_json_text(json, "mode", kb_render_mode(paths->mode));
	kb_json_text(json, "peers", kb_render_action(paths->peers));
	kb_json_text(json, "inbound", kb_render_action(paths->inbound));
	kb_json_text(json, "discovery", kb_render_action(paths->discovery));
	kb_json_text(json, "dhcp", kb_render_action(paths->dhcp));
	kb_json_text(json, "other", kb_render_action(paths->other));
	kb_json_text(json, "tell", paths->tell);
	json_networks(json, policy);
	kb_json_open(json, "rules", '[');
	for (i = 0; i < paths->n_rules; i++)
		json_path_rule(json, policy, &paths->rules[i]);
	kb_json_close(json, ']');
	kb_json_close(json, '}');
}

/* What @fields say, as text under @key. */
static void json_fields(struct kb_json *json, const char *key, struct kb_fields *fields)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out) {
		kb_fields_write(fields, out);
		fclose(out);
	}
	kb_json_text(json, key, out ? text : NULL);
	kb_fields_done(fields);
	free(text);
}

static void json_wifi(struct kb_json *json, const struct kb_agent_policy *agent)
{
	struct kb_fields fields = { 0 };
	u32 i;

	kb_json_text(json, "wifi_mode", kb_render_mode(agent->wifi_mode));
	kb_fields_of_wireless(&agent->wireless, &fields);
	json_fields(json, "wireless", &fields);
	kb_json_open(json, "wifi", '[');
	for (i = 0; i < agent->n_profiles; i++) {
		kb_json_open(json, NULL, '{');
		kb_json_text(json, "profile", agent->profiles[i].name);
		kb_json_bool(json, "pinned", agent->profiles[i].pinned);
		kb_fields_of_profile(&agent->profiles[i], &fields);
		json_fields(json, "rule", &fields);
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}

static void json_place(struct kb_json *json, const struct kb_agent_policy *agent,
		       const struct kb_place *place)
{
	struct kb_fields fields = { 0 };
	char *text;
	size_t len;
	FILE *out;
	u32 i;

	kb_fields_of_place(place, &fields);
	json_fields(json, "rule", &fields);
	kb_json_open(json, "evidence", '[');
	for (i = 0; i < place->n_evidence; i++) {
		text = NULL;
		out = open_memstream(&text, &len);
		if (out) {
			kb_render_evidence(agent, &place->evidence[i], out);
			fclose(out);
		}
		kb_json_text(json, NULL, out ? text : NULL);
		free(text);
	}
	kb_json_close(json, ']');
}

static void json_places(struct kb_json *json, const struct kb_policy *policy,
			const struct kb_agent_policy *agent)
{
	u32 i, k;

	kb_json_text(json, "place_mode", kb_render_mode(agent->place_mode));
	kb_json_open(json, "places", '[');
	for (i = 0; i < policy->paths.n_zones; i++) {
		kb_json_open(json, NULL, '{');
		kb_json_text(json, "zone", policy->paths.zones[i].name);
		kb_json_text(json, "label", policy->paths.zones[i].label);
		for (k = 0; k < agent->n_places; k++)
			if (agent->places[k].zone == i)
				json_place(json, agent, &agent->places[k]);
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}

static void json_policy(const struct kb_policy *policy, const struct kb_agent_policy *agent,
			const char *file)
{
	const struct kb_policy_header *header = &policy->header;
	struct kb_json json = { .out = stdout };
	u32 i;

	kb_json_open(&json, NULL, '{');
	kb_json_text(&json, "file", file);
	kb_json_text(&json, "municipality", header->municipality);
	kb_json_text(&json, "group", header->group);
	kb_json_uint(&json, "epoch", header->epoch);
	kb_json_uint(&json, "serial", header->serial);
	kb_json_uint(&json, "not_before", header->not_before);
	kb_json_uint(&json, "expires", header->expires);
	kb_json_bool(&json, "lock", header->lock);
	kb_json_text(&json, "mode", kb_render_mode(policy->media_mode));
	kb_json_text(&json, "default", kb_render_action(policy->media_default));
	kb_json_text(&json, "tell", policy->media_tell);
	kb_json_open(&json, "rules", '[');
	for (i = 0; i < policy->n_rules; i++)
		json_rule(&json, &policy->rules[i]);
	kb_json_close(&json, ']');
	json_link(&json, &policy->link);
	json_wifi(&json, agent);
	json_places(&json, policy, agent);
	json_paths(&json, policy);
	kb_json_close(&json, '}');
}

int kb_policy_show(int argc, char **argv)
{
	static const struct option longs[] = { { "effective", no_argument, NULL, 'e' },
					       { "json", no_argument, NULL, 'j' },
					       { 0 } };
	bool effective = false, json = false;
	struct kb_source source;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'e')
			effective = true;
		else if (c == 'j')
			json = true;
		else
			return kb_policy_usage("show");
	}
	if (argc - optind != 1)
		return kb_policy_usage("show");
	c = kb_policy_load(argv[optind], &source);
	if (c)
		return c;
	if (json)
		json_policy(source.policy, source.agent, argv[optind]);
	else
		kb_show(source.policy, source.agent, kb_source_text(&source, argv[optind]), effective, stdout);
	kb_source_done(&source);
	return KB_EXIT_OK;
}

/* Values stand there as the blob has them; rules are rendered, and so harmless. */
static void print_values(const struct kb_change *change)
{
	char from[4 * KB_TELL_MAX + 8], to[4 * KB_TELL_MAX + 8];

	kb_printable(change->from ?: _("none"), from, sizeof(from));
	kb_printable(change->to ?: _("none"), to, sizeof(to));
	printf("%s -> %s\n", from, to);
}

static void print_change(const struct kb_change *change)
{
	switch (change->kind) {
	case KB_CHANGE_KEY:
		printf("~ %s: ", change->key);
		print_values(change);
		break;
	case KB_CHANGE_REMOVED:
		printf("- %u: %s\n", change->from_line, change->to);
		break;
	case KB_CHANGE_ADDED:
		printf("+ %u: %s\n", change->to_line, change->to);
		break;
	case KB_CHANGE_MOVED:
		printf(_("> %u -> %u: %s  (moved)\n"), change->from_line, change->to_line,
		       change->to);
		break;
	case KB_CHANGE_TELL:
		printf("~ %u tell: ", change->to_line);
		print_values(change);
		break;
	case KB_CHANGE_KIND_MAX:
		break;
	}
}

static void json_changes(const struct kb_changes *changes)
{
	struct kb_json json = { .out = stdout };
	const struct kb_change *change;
	size_t i;

	kb_json_open(&json, NULL, '[');
	for (i = 0; i < changes->n; i++) {
		change = &changes->list[i];
		kb_json_open(&json, NULL, '{');
		kb_json_text(&json, "change", kb_change_name(change->kind));
		if (change->key)
			kb_json_text(&json, "key", change->key);
		if (change->kind == KB_CHANGE_KEY || change->kind == KB_CHANGE_TELL) {
			kb_json_text(&json, "from", change->from);
			kb_json_text(&json, "to", change->to);
		} else {
			kb_json_text(&json, "rule", change->to);
		}
		if (change->from_line)
			kb_json_uint(&json, "from_line", change->from_line);
		if (change->to_line)
			kb_json_uint(&json, "to_line", change->to_line);
		kb_json_close(&json, '}');
	}
	kb_json_close(&json, ']');
}

static int diff(const struct kb_source *from, const struct kb_source *to, bool json)
{
	const struct kb_diff_side sides[2] = { { from->policy, from->agent },
					       { to->policy, to->agent } };
	struct kb_changes changes;
	size_t i, n;

	if (kb_diff(&sides[0], &sides[1], &changes) < 0)
		return kb_complain(KB_EXIT_REFUSED, _("out of memory"));
	n = changes.n;
	if (json)
		json_changes(&changes);
	else
		for (i = 0; i < n; i++)
			print_change(&changes.list[i]);
	kb_changes_done(&changes);
	return n ? KB_EXIT_REFUSED : KB_EXIT_OK;
}

int kb_policy_diff(int argc, char **argv)
{
	static const struct option longs[] = { { "json", no_argument, NULL, 'j' }, { 0 } };
	struct kb_source from, to;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c != 'j')
			return kb_policy_usage("diff");
		json = true;
	}
	if (argc - optind != 2)
		return kb_policy_usage("diff");
	c = kb_policy_load(argv[optind], &from);
	if (c)
		return c;
	c = kb_policy_load(argv[optind + 1], &to);
	if (!c) {
		c = diff(&from, &to, json);
		kb_source_done(&to);
	}
	kb_source_done(&from);
	return c;
}
