// SPDX-License-Identifier: GPL-2.0-only
/* The path gate's sections of a blob. */
#include "blob_parts.h"

/* Protocols that have ports, and the two whose types stand for them (IANA). */
#define PROTO_ICMP	1
#define PROTO_TCP	6
#define PROTO_UDP	17
#define PROTO_DCCP	33
#define PROTO_ICMPV6	58
#define PROTO_SCTP	132

static const char *check_service(const u8 *p, u32 len)
{
	u16 first = kb_get_le16(p + 2), last = kb_get_le16(p + 4);

	(void)len;
	if (p[1])
		return "reserved byte is not zero";
	if (first > last)
		return "first port above the last";
	if (!first && last == 0xffff)
		return NULL;
	switch (p[0]) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_DCCP:
	case PROTO_SCTP:
		return NULL;
	case PROTO_ICMP:
	case PROTO_ICMPV6:
		return first == last && last <= 0xff ? NULL : "not one type of ICMP";
	default:
		return "this protocol has no ports";
	}
}

static const char *check_ids(const u8 *p, u32 len)
{
	(void)len;
	return kb_get_le32(p) > kb_get_le32(p + 4) ? "first id above the last" : NULL;
}

/* Anything else than a path from the root would never be a group's. */
static const char *check_cgroup(const u8 *p, u32 len)
{
	if (p[0] == '/' || p[len - 2] == '/' || strstr((const char *)p, "//"))
		return "slashes are only for between two names";
	return NULL;
}

static const struct kb_attr_spec paths_specs[KB_PATHS_MAX] = {
	[KB_PATHS_OTHER] = { "other", ACTION_U8, NEEDED },
	[KB_PATHS_PEERS] = { "peers", ACTION_U8, NEEDED },
	[KB_PATHS_INBOUND] = { "inbound", ACTION_U8, NEEDED },
	[KB_PATHS_DISCOVERY] = { "discovery", ACTION_U8, NEEDED },
	[KB_PATHS_DHCP] = { "dhcp", ACTION_U8, NEEDED },
	[KB_PATHS_SCREEN] = { "screen", KB_ATTR_U32, .max = KB_SCREEN_ALL, NEEDED },
	[KB_PATHS_TELL] = { "tell", TEXT(KB_TELL_MAX) },
};

static const struct kb_attr_spec path_rule_specs[KB_PATH_RULE_MAX] = {
	[KB_PATH_RULE_KIND] = { "kind", KB_ATTR_U8, .max = KB_PATH_KIND_MAX - 1, NEEDED },
	[KB_PATH_RULE_LINE] = { "line", ANY_U32, NEEDED },
	[KB_PATH_RULE_NAME] = { "name", TEXT(KB_NAME_MAX), NEEDED },
	[KB_PATH_RULE_TELL] = { "tell", TEXT(KB_TELL_MAX) },
	[KB_PATH_RULE_TO] = { "to", INDEX_U32(KB_NETWORKS_MAX), RULE_LIST },
	[KB_PATH_RULE_SERVICE] = { "service", EXACT(sizeof(struct kb_blob_service)), RULE_LIST,
				   .check = check_service },
	[KB_PATH_RULE_LINK] = { "link", INDEX_U32(KB_LINK_RULES_MAX), RULE_LIST },
	[KB_PATH_RULE_PROFILE] = { "profile", INDEX_U32(KB_PROFILES_MAX), RULE_LIST },
	[KB_PATH_RULE_ZONE] = { "zone", INDEX_U32(KB_ZONES_MAX), RULE_LIST },
	[KB_PATH_RULE_SCHEDULE] = { "schedule", INDEX_U32(KB_SCHEDULES_MAX), RULE_LIST },
	[KB_PATH_RULE_NEXT_HOP] = { "next_hop", EXACT(6), RULE_LIST },
	[KB_PATH_RULE_USER] = { "user", EXACT(sizeof(struct kb_blob_ids)), RULE_LIST,
				.check = check_ids },
	[KB_PATH_RULE_GROUP] = { "group", EXACT(sizeof(struct kb_blob_ids)), RULE_LIST,
				 .check = check_ids },
	[KB_PATH_RULE_CGROUP] = { "cgroup", TEXT(KB_CGROUP_MAX), RULE_LIST,
				  .check = check_cgroup },
};

const struct kb_attr_table kb_paths_table = TABLE("paths", paths_specs);
const struct kb_attr_table kb_path_rule_table = TABLE("path rule", path_rule_specs);

static const char *fill_paths(struct kb_filling *filling, const struct kb_attr_view *attr,
			      void *slot)
{
	struct kb_path_policy *paths = &filling->policy->paths;

	(void)slot;
	switch (attr->type) {
	case KB_PATHS_OTHER:
		paths->other = attr->value;
		break;
	case KB_PATHS_PEERS:
		paths->peers = attr->value;
		break;
	case KB_PATHS_INBOUND:
		paths->inbound = attr->value;
		break;
	case KB_PATHS_DISCOVERY:
		paths->discovery = attr->value;
		break;
	case KB_PATHS_DHCP:
		paths->dhcp = attr->value;
		break;
	case KB_PATHS_SCREEN:
		paths->screen = attr->value;
		break;
	case KB_PATHS_TELL:
		paths->tell = (const char *)attr->payload;
		break;
	}
	return NULL;
}

/* Lists of numbers and of one-of-256 sets; the specification keeps them inside. */
static void fill_set(struct kb_path_policy *paths, struct kb_path_rule *rule,
		     const struct kb_attr_view *attr)
{
	u64 bit = 1ull << attr->value % 64;
	u32 word = attr->value / 64;

	switch (attr->type) {
	case KB_PATH_RULE_LINK:
		rule->links[word] |= bit;
		rule->conditions |= KB_PATH_IF_LINK;
		break;
	case KB_PATH_RULE_PROFILE:
		rule->profiles[word] |= bit;
		rule->conditions |= KB_PATH_IF_LINK;
		break;
	case KB_PATH_RULE_ZONE:
		rule->zones[word] |= bit;
		rule->conditions |= KB_PATH_IF_ZONE;
		break;
	case KB_PATH_RULE_SCHEDULE:
		rule->schedules |= bit;
		rule->conditions |= KB_PATH_IF_HOURS;
		break;
	case KB_PATH_RULE_NEXT_HOP:
		rule->conditions |= KB_PATH_IF_NEXT_HOP;
		paths->needs_next_hop = true;
		break;
	}
}

static void fill_list(struct kb_path_rule *rule, const struct kb_attr_view *attr, void *slot)
{
	const u8 *p = attr->payload;
	struct kb_id_range *ids = slot;

	switch (attr->type) {
	case KB_PATH_RULE_TO:
		*(u16 *)slot = attr->value;
		if (!rule->n_to++)
			rule->to = slot;
		break;
	case KB_PATH_RULE_SERVICE:
		*(struct kb_service *)slot =
			(struct kb_service){ p[0], kb_get_le16(p + 2), kb_get_le16(p + 4) };
		if (!rule->n_services++)
			rule->services = slot;
		rule->conditions |= KB_PATH_IF_SERVICE;
		break;
	case KB_PATH_RULE_NEXT_HOP:
		memcpy(slot, p, 6);
		if (!rule->n_next_hops++)
			rule->next_hops = slot;
		break;
	case KB_PATH_RULE_USER:
	case KB_PATH_RULE_GROUP:
		*ids = (struct kb_id_range){ kb_get_le32(p), kb_get_le32(p + 4) };
		if (attr->type == KB_PATH_RULE_USER && !rule->n_users++)
			rule->users = slot;
		if (attr->type == KB_PATH_RULE_GROUP && !rule->n_groups++)
			rule->groups = slot;
		rule->conditions |= KB_PATH_IF_USER;
		break;
	case KB_PATH_RULE_CGROUP:
		*(const char **)slot = (const char *)p;
		if (!rule->n_cgroups++)
			rule->cgroups = slot;
		rule->conditions |= KB_PATH_IF_CGROUP;
		break;
	}
}

static const char *fill_path_rule(struct kb_filling *filling, const struct kb_attr_view *attr,
				  void *slot)
{
	struct kb_path_rule *rule = filling->element;

	switch (attr->type) {
	case KB_PATH_RULE_KIND:
		rule->kind = attr->value;
		break;
	case KB_PATH_RULE_LINE:
		rule->line = attr->value;
		break;
	case KB_PATH_RULE_NAME:
		rule->name = (const char *)attr->payload;
		break;
	case KB_PATH_RULE_TELL:
		rule->tell = (const char *)attr->payload;
		break;
	default:
		if (slot)
			fill_list(rule, attr, slot);
		fill_set(&filling->policy->paths, rule, attr);
	}
	return NULL;
}

static const u8 path_rule_pools[KB_PATH_RULE_MAX] = {
	[KB_PATH_RULE_TO] = KB_POOL_TO,
	[KB_PATH_RULE_SERVICE] = KB_POOL_SERVICES,
	[KB_PATH_RULE_NEXT_HOP] = KB_POOL_NEXT_HOPS,
	[KB_PATH_RULE_USER] = KB_POOL_USERS,
	[KB_PATH_RULE_GROUP] = KB_POOL_GROUPS,
	[KB_PATH_RULE_CGROUP] = KB_POOL_CGROUPS,
};

const struct kb_section kb_paths_section = { .fill = fill_paths };

const struct kb_section kb_path_rule_section = {
	.pool = KB_POOL_PATH_RULES,
	.pools = path_rule_pools,
	.fill = fill_path_rule,
};
