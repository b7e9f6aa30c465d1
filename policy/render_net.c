// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules of links and paths back into YAML. */
#include "policy/address.h"
#include "policy/hours.h"
#include "policy/render.h"
#include "policy/service.h"

/* Writes members of a flow mapping. */
struct members {
	FILE *out;
	bool any;
};

static void open_member(struct members *m, const char *key)
{
	fprintf(m->out, "%s%s: ", m->any ? ", " : "", key);
	m->any = true;
}

static void open_list(struct members *m, const char *key)
{
	open_member(m, key);
	fputc('[', m->out);
}

static void close_list(struct members *m)
{
	fputc(']', m->out);
}

static void put_text(struct members *m, const char *key, const char *text)
{
	if (!text)
		return;
	open_member(m, key);
	kb_render_text(text, m->out);
}

static void put_texts(struct members *m, const char *key, const char *const *texts, unsigned int n)
{
	unsigned int i;

	if (!n)
		return;
	open_list(m, key);
	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", m->out);
		kb_render_text(texts[i], m->out);
	}
	close_list(m);
}

/* Members of a mask by the core's names for its bits. */
static void put_mask(struct members *m, const char *key, u32 mask, const char *(*name)(u32 bit))
{
	bool any = false;
	u32 bit;

	if (!mask)
		return;
	open_list(m, key);
	for (bit = 0; bit < 32; bit++) {
		if (!(mask >> bit & 1))
			continue;
		fprintf(m->out, "%s%s", any ? ", " : "", name(bit) ?: "-");
		any = true;
	}
	close_list(m);
}

static const char *kind_name(u32 bit)
{
	return kb_link_kind_name(bit);
}

static const char *bus_name(u32 bit)
{
	return kb_link_bus_name(bit);
}

void kb_render_link_rule(const struct kb_link_rule *rule, FILE *out)
{
	struct members m = { .out = out };
	char mac[2 * KB_MAC_SIZE];
	unsigned int i;

	fprintf(out, "%s: {", kb_render_action(rule->action));
	put_text(&m, "name", rule->name);
	put_mask(&m, "kind", rule->kinds, kind_name);
	put_mask(&m, "bus", rule->buses, bus_name);
	put_texts(&m, "path", rule->paths, rule->n_paths);
	put_texts(&m, "driver", rule->drivers, rule->n_drivers);
	put_texts(&m, "ifname", rule->ifnames, rule->n_ifnames);
	if (rule->n_macs)
		open_list(&m, "mac");
	for (i = 0; i < rule->n_macs; i++) {
		kb_mac_mask_to_text(&rule->macs[i], mac);
		fprintf(out, "%s\"%s\"", i ? ", " : "", mac);
	}
	if (rule->n_macs)
		close_list(&m);
	fputc('}', out);
}

void kb_render_networks(const struct kb_path_policy *paths, const u16 *indexes, unsigned int n,
			FILE *out)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		fputs(i ? ", " : "", out);
		kb_render_text(indexes[i] < paths->n_networks ? paths->networks[indexes[i]].name : "-",
			       out);
	}
}

void kb_render_prefixes(const struct kb_prefix *list, u32 n, FILE *out)
{
	char text[KB_ADDRESS_SIZE];
	u32 i;

	for (i = 0; i < n; i++) {
		kb_prefix_to_text(&list[i], text);
		fprintf(out, "%s\"%s\"", i ? ", " : "", text);
	}
}

/* All of @preset's services are among @rule's that are not @done; marks them then. */
static bool take_preset(const struct kb_path_rule *rule, const struct kb_service_preset *preset,
			bool *done)
{
	unsigned int n = kb_service_preset_size(preset), i, k, at[KB_PRESET_SERVICES_MAX];

	for (k = 0; k < n; k++) {
		for (i = 0; i < rule->n_services; i++)
			if (!done[i] &&
			    !kb_service_compare(&rule->services[i], &preset->services[k]))
				break;
		if (i == rule->n_services)
			return false;
		at[k] = i;
	}
	for (k = 0; k < n; k++)
		done[at[k]] = true;
	return true;
}

static void put_services(struct members *m, const struct kb_path_rule *rule)
{
	const struct kb_service_preset *preset;
	bool done[UINT8_MAX + 1] = { false }, any = false;
	char text[KB_SERVICE_SIZE];
	unsigned int i;

	if (!rule->n_services)
		return;
	open_list(m, "service");
	for (preset = kb_service_presets; preset->name; preset++) {
		if (!take_preset(rule, preset, done))
			continue;
		fprintf(m->out, "%s%s", any ? ", " : "", preset->name);
		any = true;
	}
	for (i = 0; i < rule->n_services; i++) {
		if (done[i])
			continue;
		kb_service_to_text(&rule->services[i], text);
		fprintf(m->out, "%s%s", any ? ", " : "", text);
		any = true;
	}
	close_list(m);
}

static void put_ids(struct members *m, const char *key, const struct kb_id_range *ids,
		    unsigned int n)
{
	unsigned int i;

	if (!n)
		return;
	open_list(m, key);
	for (i = 0; i < n; i++) {
		fprintf(m->out, "%s\"%u", i ? ", " : "", ids[i].first);
		if (ids[i].last != ids[i].first)
			fprintf(m->out, "-%u", ids[i].last);
		fputc('"', m->out);
	}
	close_list(m);
}

static void put_from(struct members *m, const struct kb_path_rule *rule)
{
	struct members from = { .out = m->out };

	if (!rule->n_cgroups && !rule->n_users && !rule->n_groups)
		return;
	open_member(m, "from");
	fputc('{', m->out);
	put_texts(&from, "cgroup", rule->cgroups, rule->n_cgroups);
	put_ids(&from, "user", rule->users, rule->n_users);
	put_ids(&from, "group", rule->groups, rule->n_groups);
	fputc('}', m->out);
}

static bool has_bit(const u64 *bits, u32 i)
{
	return bits[i / 64] >> i % 64 & 1;
}

/* Link rules share names; each name once. */
static bool link_name_shown(const struct kb_policy *policy, const struct kb_path_rule *rule, u32 i)
{
	u32 k;

	for (k = 0; k < i; k++)
		if (has_bit(rule->links, k) && policy->link.rules[k].name &&
		    !strcmp(policy->link.rules[k].name, policy->link.rules[i].name))
			return true;
	return false;
}

static void put_links(struct members *m, const struct kb_policy *policy,
		      const struct kb_path_rule *rule)
{
	bool any = false;
	u32 i;

	if (!(rule->conditions & KB_PATH_IF_LINK))
		return;
	open_list(m, "link");
	for (i = 0; i < policy->link.n_rules && i < KB_LINK_RULES_MAX; i++) {
		if (!has_bit(rule->links, i) || !policy->link.rules[i].name ||
		    link_name_shown(policy, rule, i))
			continue;
		fputs(any ? ", " : "", m->out);
		kb_render_text(policy->link.rules[i].name, m->out);
		any = true;
	}
	for (i = 0; i < policy->paths.n_profiles; i++) {
		if (!has_bit(rule->profiles, i))
			continue;
		fputs(any ? ", " : "", m->out);
		kb_render_text(policy->paths.profiles[i].name, m->out);
		any = true;
	}
	close_list(m);
}

static void put_zones(struct members *m, const struct kb_path_policy *paths,
		      const struct kb_path_rule *rule)
{
	bool any = false;
	u32 i;

	if (!(rule->conditions & KB_PATH_IF_ZONE))
		return;
	open_list(m, "zone");
	for (i = 0; i < paths->n_zones; i++) {
		if (!has_bit(rule->zones, i))
			continue;
		fputs(any ? ", " : "", m->out);
		kb_render_text(paths->zones[i].name, m->out);
		any = true;
	}
	close_list(m);
}

/* The text as written, where it says what the spans say. */
static void put_schedule(const struct kb_schedule *schedule, FILE *out)
{
	struct kb_span spans[KB_HOURS_SPANS_MAX];
	char text[KB_HOURS_SIZE];
	unsigned int n;

	if (!kb_hours_parse(schedule->name, spans, ARRAY_SIZE(spans), &n) &&
	    n == schedule->n_spans && kb_hours_same(spans, schedule->spans, n)) {
		kb_render_text(schedule->name, out);
		return;
	}
	kb_hours_text(schedule->spans, schedule->n_spans, text, sizeof(text));
	kb_render_text(text, out);
}

static void put_hours(struct members *m, const struct kb_path_policy *paths,
		      const struct kb_path_rule *rule)
{
	bool any = false;
	u32 i;

	if (!(rule->conditions & KB_PATH_IF_HOURS))
		return;
	open_list(m, "hours");
	for (i = 0; i < paths->n_schedules; i++) {
		if (!has_bit(&rule->schedules, i))
			continue;
		fputs(any ? ", " : "", m->out);
		put_schedule(&paths->schedules[i], m->out);
		any = true;
	}
	close_list(m);
}

static void put_next_hops(struct members *m, const struct kb_path_rule *rule)
{
	char mac[KB_MAC_SIZE];
	unsigned int i;

	if (!rule->n_next_hops)
		return;
	open_list(m, "next_hop_mac");
	for (i = 0; i < rule->n_next_hops; i++) {
		kb_mac_to_text(rule->next_hops[i], mac);
		fprintf(m->out, "%s\"%s\"", i ? ", " : "", mac);
	}
	close_list(m);
}

void kb_render_path_rule(const struct kb_policy *policy, const struct kb_path_rule *rule, bool tell,
			 FILE *out)
{
	struct members m = { .out = out };

	fputc('{', out);
	put_text(&m, "name", rule->name);
	if (rule->n_to) {
		open_list(&m, rule->kind == KB_PATH_INBOUND ? "from" : "to");
		kb_render_networks(&policy->paths, rule->to, rule->n_to, out);
		close_list(&m);
	}
	put_services(&m, rule);
	put_from(&m, rule);
	put_links(&m, policy, rule);
	put_zones(&m, &policy->paths, rule);
	put_next_hops(&m, rule);
	put_hours(&m, &policy->paths, rule);
	if (tell)
		put_text(&m, "tell", rule->tell);
	fputc('}', out);
}

const char *kb_render_path_kind(enum kb_path_kind kind)
{
	static const char *const names[KB_PATH_KIND_MAX] = {
		[KB_PATH_PATH] = "allow",	     [KB_PATH_ESSENTIAL] = "essential",
		[KB_PATH_COLLECTOR] = "collector",   [KB_PATH_PEER] = "peers",
		[KB_PATH_INBOUND] = "inbound",	     [KB_PATH_DISCOVERY] = "discovery",
		[KB_PATH_TUNNEL] = "tunnels",
	};

	return kind < KB_PATH_KIND_MAX ? names[kind] : "-";
}
