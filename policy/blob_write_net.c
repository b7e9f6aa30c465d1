// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes what a compiled policy says of links and paths. */
#include "policy/blob_writer.h"
#include "policy/net.h"
#include "policy/prefixes.h"

static void put_link_rule(struct kb_blob_writer *w, const struct kb_link_rule *rule)
{
	size_t nest = kb_blob_open_nest(w);
	unsigned int i;

	kb_blob_put_u8(w, KB_LINK_RULE_ACTION, rule->action);
	kb_blob_put_u32(w, KB_LINK_RULE_LINE, rule->line);
	kb_blob_put_string(w, KB_LINK_RULE_NAME, rule->name);
	kb_blob_put_string(w, KB_LINK_RULE_TELL, rule->tell);
	if (rule->kinds)
		kb_blob_put_u32(w, KB_LINK_RULE_KIND, rule->kinds);
	if (rule->buses)
		kb_blob_put_u32(w, KB_LINK_RULE_BUS, rule->buses);
	for (i = 0; i < rule->n_paths; i++)
		kb_blob_put_string(w, KB_LINK_RULE_PATH, rule->paths[i]);
	for (i = 0; i < rule->n_drivers; i++)
		kb_blob_put_string(w, KB_LINK_RULE_DRIVER, rule->drivers[i]);
	for (i = 0; i < rule->n_ifnames; i++)
		kb_blob_put_string(w, KB_LINK_RULE_IFNAME, rule->ifnames[i]);
	for (i = 0; i < rule->n_macs; i++) {
		struct kb_blob_mac wire;

		memcpy(wire.value, rule->macs[i].value, sizeof(wire.value));
		memcpy(wire.mask, rule->macs[i].mask, sizeof(wire.mask));
		kb_blob_put(w, KB_LINK_RULE_MAC, &wire, sizeof(wire));
	}
	if (rule->random_mac)
		kb_blob_put_u8(w, KB_LINK_RULE_RANDOM_MAC, 1);
	kb_blob_close_nest(w, nest, KB_BLOB_LINK_RULE);
}

void kb_blob_put_link(struct kb_blob_writer *w, const struct kb_link_policy *link)
{
	size_t nest;
	u32 i;

	if (!kb_net_has_link(link))
		return;
	nest = kb_blob_open_nest(w);
	kb_blob_put_u8(w, KB_LINK_DEFAULT, link->def);
	kb_blob_put_string(w, KB_LINK_TELL, link->tell);
	kb_blob_put_u8(w, KB_LINK_BYPASS, link->bypass);
	kb_blob_close_nest(w, nest, KB_BLOB_LINK);
	for (i = 0; i < link->n_rules && !w->error; i++)
		put_link_rule(w, &link->rules[i]);
}

static void put_v4(struct kb_blob_writer *w, const struct kb_prefix *list, u32 n)
{
	struct kb_blob_prefix4 *wire = calloc(n, sizeof(*wire));
	u32 i;

	if (!wire) {
		w->error = w->error ?: -ENOMEM;
		return;
	}
	for (i = 0; i < n; i++) {
		u32 addr = list[i].addr.v4;

		wire[i] = (struct kb_blob_prefix4){ { addr >> 24, addr >> 16, addr >> 8, addr },
						    list[i].len,
						    { 0 } };
	}
	kb_blob_put(w, KB_PREFIXES_V4, wire, n * sizeof(*wire));
	free(wire);
}

static void put_v6(struct kb_blob_writer *w, const struct kb_prefix *list, u32 n)
{
	struct kb_blob_prefix6 *wire = calloc(n, sizeof(*wire));
	u32 i;

	if (!wire) {
		w->error = w->error ?: -ENOMEM;
		return;
	}
	for (i = 0; i < n; i++) {
		memcpy(wire[i].addr, list[i].addr.v6, sizeof(wire[i].addr));
		wire[i].len = list[i].len;
	}
	kb_blob_put(w, KB_PREFIXES_V6, wire, n * sizeof(*wire));
	free(wire);
}

/* Runs of one network and one version, no longer than a part may be. */
static void put_prefixes(struct kb_blob_writer *w, const struct kb_prefix *list, u32 n)
{
	size_t nest;
	u32 i, k;

	for (i = 0; i < n && !w->error; i = k) {
		for (k = i; k < n && k - i < KB_PREFIX_PART_MAX; k++)
			if (list[k].network != list[i].network ||
			    list[k].version != list[i].version)
				break;
		nest = kb_blob_open_nest(w);
		kb_blob_put_u32(w, KB_PREFIXES_NETWORK, list[i].network);
		if (list[i].version == 6)
			put_v6(w, list + i, k - i);
		else
			put_v4(w, list + i, k - i);
		kb_blob_close_nest(w, nest, KB_BLOB_PREFIXES);
	}
}

static void put_networks(struct kb_blob_writer *w, const struct kb_policy *policy)
{
	const struct kb_path_policy *paths = &policy->paths;
	struct kb_prefix *list;
	size_t nest;
	u32 i, n;

	for (i = 0; i < paths->n_networks; i++) {
		nest = kb_blob_open_nest(w);
		kb_blob_put_string(w, KB_NETWORK_NAME, paths->networks[i].name);
		kb_blob_put_u8(w, KB_NETWORK_PROTECTED, paths->networks[i].is_protected);
		kb_blob_close_nest(w, nest, KB_BLOB_NETWORK);
	}
	if (kb_prefixes_list(policy, &list, &n) < 0) {
		w->error = w->error ?: -ENOMEM;
		return;
	}
	put_prefixes(w, list, n);
	free(list);
}

static void put_schedule(struct kb_blob_writer *w, const struct kb_schedule *schedule)
{
	size_t nest = kb_blob_open_nest(w);
	u32 i;

	kb_blob_put_string(w, KB_SCHEDULE_NAME, schedule->name);
	for (i = 0; i < schedule->n_spans; i++) {
		const struct kb_span *span = &schedule->spans[i];
		struct kb_blob_span wire = { span->days, 0, cpu_to_le16(span->begin),
					     cpu_to_le16(span->end) };

		kb_blob_put(w, KB_SCHEDULE_SPAN, &wire, sizeof(wire));
	}
	kb_blob_close_nest(w, nest, KB_BLOB_SCHEDULE);
}

/* Profiles, zones and schedules, to which rules refer by number. */
static void put_context(struct kb_blob_writer *w, const struct kb_path_policy *paths)
{
	size_t nest;
	u32 i;

	for (i = 0; i < paths->n_profiles; i++) {
		nest = kb_blob_open_nest(w);
		kb_blob_put_string(w, KB_PROFILE_NAME, paths->profiles[i].name);
		kb_blob_put(w, KB_PROFILE_SSID, paths->profiles[i].ssid, paths->profiles[i].ssid_len);
		kb_blob_close_nest(w, nest, KB_BLOB_PROFILE);
	}
	for (i = 0; i < paths->n_zones; i++) {
		nest = kb_blob_open_nest(w);
		kb_blob_put_string(w, KB_ZONE_NAME, paths->zones[i].name);
		kb_blob_put_string(w, KB_ZONE_LABEL, paths->zones[i].label);
		kb_blob_close_nest(w, nest, KB_BLOB_ZONE);
	}
	for (i = 0; i < paths->n_schedules; i++)
		put_schedule(w, &paths->schedules[i]);
}

/* Members of a set of @limit as attributes of @type. */
static void put_bits(struct kb_blob_writer *w, u16 type, const u64 *bits, u32 limit)
{
	u32 i;

	for (i = 0; i < limit; i++)
		if (bits[i / 64] >> i % 64 & 1)
			kb_blob_put_u32(w, type, i);
}

static void put_ids(struct kb_blob_writer *w, u16 type, const struct kb_id_range *ids,
		    unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct kb_blob_ids wire = { cpu_to_le32(ids[i].first), cpu_to_le32(ids[i].last) };

		kb_blob_put(w, type, &wire, sizeof(wire));
	}
}

static void put_destinations(struct kb_blob_writer *w, const struct kb_path_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->n_to; i++)
		kb_blob_put_u32(w, KB_PATH_RULE_TO, rule->to[i]);
	for (i = 0; i < rule->n_services; i++) {
		const struct kb_service *service = &rule->services[i];
		struct kb_blob_service wire = { service->proto, 0, cpu_to_le16(service->first),
						cpu_to_le16(service->last) };

		kb_blob_put(w, KB_PATH_RULE_SERVICE, &wire, sizeof(wire));
	}
}

static void put_path_rule(struct kb_blob_writer *w, const struct kb_path_rule *rule)
{
	size_t nest = kb_blob_open_nest(w);
	unsigned int i;

	kb_blob_put_u8(w, KB_PATH_RULE_KIND, rule->kind);
	kb_blob_put_u32(w, KB_PATH_RULE_LINE, rule->line);
	kb_blob_put_string(w, KB_PATH_RULE_NAME, rule->name);
	kb_blob_put_string(w, KB_PATH_RULE_TELL, rule->tell);
	put_destinations(w, rule);
	put_bits(w, KB_PATH_RULE_LINK, rule->links, KB_LINK_RULES_MAX);
	put_bits(w, KB_PATH_RULE_PROFILE, rule->profiles, KB_PROFILES_MAX);
	put_bits(w, KB_PATH_RULE_ZONE, rule->zones, KB_ZONES_MAX);
	put_bits(w, KB_PATH_RULE_SCHEDULE, &rule->schedules, KB_SCHEDULES_MAX);
	for (i = 0; i < rule->n_next_hops; i++)
		kb_blob_put(w, KB_PATH_RULE_NEXT_HOP, rule->next_hops[i], 6);
	put_ids(w, KB_PATH_RULE_USER, rule->users, rule->n_users);
	put_ids(w, KB_PATH_RULE_GROUP, rule->groups, rule->n_groups);
	for (i = 0; i < rule->n_cgroups; i++)
		kb_blob_put_string(w, KB_PATH_RULE_CGROUP, rule->cgroups[i]);
	kb_blob_close_nest(w, nest, KB_BLOB_PATH_RULE);
}

void kb_blob_put_paths(struct kb_blob_writer *w, const struct kb_policy *policy)
{
	const struct kb_path_policy *paths = &policy->paths;
	size_t nest;
	u32 i;

	put_networks(w, policy);
	put_context(w, paths);
	if (!kb_net_has_paths(paths))
		return;
	nest = kb_blob_open_nest(w);
	kb_blob_put_u8(w, KB_PATHS_OTHER, paths->other);
	kb_blob_put_u8(w, KB_PATHS_PEERS, paths->peers);
	kb_blob_put_u8(w, KB_PATHS_INBOUND, paths->inbound);
	kb_blob_put_u8(w, KB_PATHS_DISCOVERY, paths->discovery);
	kb_blob_put_u8(w, KB_PATHS_DHCP, paths->dhcp);
	kb_blob_put_u32(w, KB_PATHS_SCREEN, paths->screen);
	kb_blob_put_string(w, KB_PATHS_TELL, paths->tell);
	kb_blob_close_nest(w, nest, KB_BLOB_PATHS);
	for (i = 0; i < paths->n_rules && !w->error; i++)
		put_path_rule(w, &paths->rules[i]);
}
