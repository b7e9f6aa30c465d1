// SPDX-License-Identifier: GPL-2.0-only
/* What an attribute alone does not show: how a policy's parts fit together. */
#include "blob_parts.h"

#define LEVEL_2_SECTIONS \
	(1u << KB_BLOB_LINK | 1u << KB_BLOB_LINK_RULE | 1u << KB_BLOB_NETWORK | \
	 1u << KB_BLOB_PREFIXES | 1u << KB_BLOB_PROFILE | 1u << KB_BLOB_ZONE | \
	 1u << KB_BLOB_SCHEDULE | 1u << KB_BLOB_PATHS | 1u << KB_BLOB_PATH_RULE)

/* How far the third pass has come. */
struct checking {
	const struct kb_policy *policy;
	u32 profiles, zones, path_rules;	/* seen so far */
	u64 networks[KB_BITS256];		/* that have prefixes */
};

static bool same_link(const struct kb_policy *policy, const char *name)
{
	u32 i;

	for (i = 0; i < policy->link.n_rules; i++)
		if (policy->link.rules[i].name && !strcmp(policy->link.rules[i].name, name))
			return true;
	return false;
}

static const char *check_profile(struct checking *checking)
{
	const struct kb_profile *profiles = checking->policy->paths.profiles;
	const char *name = profiles[checking->profiles].name;
	u32 i;

	if (same_link(checking->policy, name))
		return "a link has this name";
	for (i = 0; i < checking->profiles; i++)
		if (!strcmp(profiles[i].name, name))
			return "another profile has this name";
	checking->profiles++;
	return NULL;
}

static const char *check_zone(struct checking *checking)
{
	const struct kb_zone *zones = checking->policy->paths.zones;
	u32 i;

	for (i = 0; i < checking->zones; i++)
		if (!strcmp(zones[i].name, zones[checking->zones].name))
			return "another zone has this name";
	checking->zones++;
	return NULL;
}

/* Does what @attr of a path rule refers to exist? */
static const char *check_index(const struct kb_policy *policy, const struct kb_attr_view *attr)
{
	switch (attr->type) {
	case KB_PATH_RULE_TO:
		return attr->value < policy->paths.n_networks ? NULL : "there is no such network";
	case KB_PATH_RULE_LINK:
		if (attr->value >= policy->link.n_rules)
			return "there is no such link rule";
		return policy->link.rules[attr->value].name ? NULL : "this link rule has no name";
	case KB_PATH_RULE_PROFILE:
		return attr->value < policy->paths.n_profiles ? NULL : "there is no such profile";
	case KB_PATH_RULE_ZONE:
		return attr->value < policy->paths.n_zones ? NULL : "there is no such zone";
	case KB_PATH_RULE_SCHEDULE:
		return attr->value < policy->paths.n_schedules ? NULL :
								 "there is no such schedule";
	}
	return NULL;
}

/* Indexes exist and ascend, each kind by itself. 0 or -EBADMSG. */
static int check_indexes(const struct checking *checking, struct kb_attr_reader *reader)
{
	u64 lowest[KB_PATH_RULE_MAX] = {};
	struct kb_attr_view attr;
	const char *wrong;
	int err;

	while ((err = kb_attr_next(reader, &attr)) > 0) {
		wrong = check_index(checking->policy, &attr);
		if (attr.type >= KB_PATH_RULE_LINK && attr.type <= KB_PATH_RULE_SCHEDULE)
			;
		else if (attr.type != KB_PATH_RULE_TO)
			continue;
		if (!wrong && attr.value < lowest[attr.type])
			wrong = "indexes do not ascend";
		if (wrong)
			return kb_blob_fail(reader->error, -EBADMSG, attr.offset, "path rule: %s: %s",
					    reader->table->specs[attr.type].name, wrong);
		lowest[attr.type] = attr.value + 1;
	}
	return err;
}

static bool names_protocols(const struct kb_path_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->n_services; i++)
		if (!rule->services[i].proto)
			return false;
	return rule->n_services;
}

/* Rules that open more than anybody would write, or nothing at all. */
static const char *check_path_rule(const struct kb_path_rule *rule)
{
	switch (rule->kind) {
	case KB_PATH_PATH:
	case KB_PATH_ESSENTIAL:
	case KB_PATH_COLLECTOR:
		if (rule->anywhere)
			return "it leads to no network";
		break;
	case KB_PATH_INBOUND:
	case KB_PATH_DISCOVERY:
		if (rule->conditions & (KB_PATH_IF_USER | KB_PATH_IF_CGROUP))
			return "nobody is known who would be the user, group or control group";
		break;
	default:
		break;
	}
	if (rule->kind == KB_PATH_PATH ? !rule->to_protected :
	    rule->kind == KB_PATH_PEER || rule->kind == KB_PATH_INBOUND ||
	    rule->kind == KB_PATH_DISCOVERY)
		return NULL;
	return names_protocols(rule) ? NULL : "it needs services that name protocols";
}

static const char *check_section(struct checking *checking, const struct kb_attr_view *nest,
				 const struct kb_attr_reader *inside)
{
	u32 network;

	switch (nest->type) {
	case KB_BLOB_PROFILE:
		return check_profile(checking);
	case KB_BLOB_ZONE:
		return check_zone(checking);
	case KB_BLOB_PATH_RULE:
		return check_path_rule(&checking->policy->paths.rules[checking->path_rules++]);
	case KB_BLOB_PREFIXES:
		if (!(inside->seen & (1u << KB_PREFIXES_V4 | 1u << KB_PREFIXES_V6)))
			return "there are none";
		network = kb_get_le32(nest->payload + sizeof(struct kb_attr_header));
		checking->networks[network / 64] |= 1ull << network % 64;
	}
	return NULL;
}

static int check_nest(struct checking *checking, const struct kb_attr_reader *parent,
		      const struct kb_attr_view *nest)
{
	struct kb_attr_reader reader;
	const char *wrong;
	struct kb_attr_view attr;
	int err;

	err = kb_attr_enter(parent, nest, &reader);
	if (err)
		return err;
	if (nest->type == KB_BLOB_PATH_RULE)
		err = check_indexes(checking, &reader);
	else
		while ((err = kb_attr_next(&reader, &attr)) > 0)
			;
	if (err)
		return err;
	wrong = check_section(checking, nest, &reader);
	return wrong ? kb_blob_fail(parent->error, -EBADMSG, nest->offset, "%s: %s",
				    reader.table->name, wrong) : 0;
}

/* Sections that need others. @seen: bit per enum kb_blob_attr. */
static const char *check_whole(const struct checking *checking, u32 seen)
{
	const struct kb_policy *policy = checking->policy;
	u32 i;

	if (policy->link.mode != KB_GATE_OFF && !(seen & 1u << KB_BLOB_LINK))
		return "attribute link is missing, and its gate is on";
	if (policy->paths.mode != KB_GATE_OFF && !(seen & 1u << KB_BLOB_PATHS))
		return "attribute paths is missing, and its gate is on";
	if (policy->link.n_rules && !(seen & 1u << KB_BLOB_LINK))
		return "link rules without attribute link";
	if (policy->paths.n_rules && !(seen & 1u << KB_BLOB_PATHS))
		return "path rules without attribute paths";
	if (seen & LEVEL_2_SECTIONS && policy->header.min_module < 2)
		return "min_module is below 2, which its sections need";
	if (seen & 1u << KB_BLOB_AGENT && policy->header.min_module < 3)
		return "min_module is below 3, which its parts for the agent need";
	for (i = 0; i < policy->paths.n_networks; i++)
		if (!(checking->networks[i / 64] >> i % 64 & 1))
			return "a network has no prefixes";
	return NULL;
}

int kb_blob_check(const struct kb_policy *policy, const struct kb_attr_table *table,
		  struct kb_blob_error *error)
{
	struct checking checking = { .policy = policy };
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	const char *wrong;
	int err;

	kb_attr_open(&reader, policy->blob, KB_BLOB_MAGIC_LEN, policy->blob_len, table, error);
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		if (attr.type <= KB_BLOB_MEDIA_RULE || attr.type == KB_BLOB_AGENT)
			continue;
		err = check_nest(&checking, &reader, &attr);
		if (err)
			return err;
	}
	wrong = err ? NULL : check_whole(&checking, reader.seen);
	return wrong ? kb_blob_fail(error, -EBADMSG, reader.end, "blob: %s", wrong) : err;
}
