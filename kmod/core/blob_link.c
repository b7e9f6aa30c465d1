// SPDX-License-Identifier: GPL-2.0-only
/* The link gate's sections of a blob. */
#include "blob_parts.h"

static const char *check_ifname(const u8 *p, u32 len)
{
	const char *star = strchr((const char *)p, '*');

	return star && star != (const char *)p + len - 2 ? "star is only for the end" : NULL;
}

static const char *check_mac(const u8 *p, u32 len)
{
	u32 i;

	(void)len;
	for (i = 0; i < 6; i++)
		if (p[i] & ~p[6 + i])
			return "value has bits outside its mask";
	return NULL;
}

static const struct kb_attr_spec link_specs[KB_LINK_ATTR_MAX] = {
	[KB_LINK_DEFAULT] = { "default", ACTION_U8, NEEDED },
	[KB_LINK_TELL] = { "tell", TEXT(KB_TELL_MAX) },
	[KB_LINK_BYPASS] = { "bypass", ACTION_U8, NEEDED },
};

static const struct kb_attr_spec link_rule_specs[KB_LINK_RULE_MAX] = {
	[KB_LINK_RULE_ACTION] = { "action", ACTION_U8, NEEDED },
	[KB_LINK_RULE_LINE] = { "line", ANY_U32, NEEDED },
	[KB_LINK_RULE_NAME] = { "name", TEXT(KB_NAME_MAX) },
	[KB_LINK_RULE_TELL] = { "tell", TEXT(KB_TELL_MAX) },
	[KB_LINK_RULE_KIND] = { "kind", MASK_U32(KB_LINK_KIND_ALL) },
	[KB_LINK_RULE_BUS] = { "bus", MASK_U32(KB_LINK_BUS_ALL) },
	[KB_LINK_RULE_PATH] = { "path", TEXT(KB_BUS_PATH_MAX), RULE_LIST,
				.check = kb_blob_check_bus_path },
	[KB_LINK_RULE_DRIVER] = { "driver", TEXT(KB_DRIVER_MAX), RULE_LIST },
	[KB_LINK_RULE_IFNAME] = { "ifname", TEXT(KB_IFNAME_MAX), RULE_LIST,
				  .check = check_ifname },
	[KB_LINK_RULE_MAC] = { "mac", EXACT(sizeof(struct kb_blob_mac)), RULE_LIST,
			       .check = check_mac },
	[KB_LINK_RULE_RANDOM_MAC] = { "random_mac", FLAG_U8 },
};

const struct kb_attr_table kb_link_table = TABLE("link", link_specs);
const struct kb_attr_table kb_link_rule_table = TABLE("link rule", link_rule_specs);

static const char *fill_link(struct kb_filling *filling, const struct kb_attr_view *attr,
			     void *slot)
{
	struct kb_link_policy *link = &filling->policy->link;

	(void)slot;
	if (attr->type == KB_LINK_DEFAULT)
		link->def = attr->value;
	else if (attr->type == KB_LINK_BYPASS)
		link->bypass = attr->value;
	else
		link->tell = (const char *)attr->payload;
	return NULL;
}

static void fill_list(struct kb_link_rule *rule, const struct kb_attr_view *attr, void *slot)
{
	const char **text = slot;
	struct kb_link_mac *mac = slot;

	switch (attr->type) {
	case KB_LINK_RULE_PATH:
		*text = (const char *)attr->payload;
		if (!rule->n_paths++)
			rule->paths = slot;
		break;
	case KB_LINK_RULE_DRIVER:
		*text = (const char *)attr->payload;
		if (!rule->n_drivers++)
			rule->drivers = slot;
		break;
	case KB_LINK_RULE_IFNAME:
		*text = (const char *)attr->payload;
		if (!rule->n_ifnames++)
			rule->ifnames = slot;
		break;
	case KB_LINK_RULE_MAC:
		memcpy(mac->value, attr->payload, 6);
		memcpy(mac->mask, attr->payload + 6, 6);
		if (!rule->n_macs++)
			rule->macs = slot;
		break;
	}
}

static const char *fill_link_rule(struct kb_filling *filling, const struct kb_attr_view *attr,
				  void *slot)
{
	struct kb_link_rule *rule = filling->element;

	switch (attr->type) {
	case KB_LINK_RULE_ACTION:
		rule->action = attr->value;
		break;
	case KB_LINK_RULE_LINE:
		rule->line = attr->value;
		break;
	case KB_LINK_RULE_NAME:
		rule->name = (const char *)attr->payload;
		break;
	case KB_LINK_RULE_TELL:
		rule->tell = (const char *)attr->payload;
		break;
	case KB_LINK_RULE_KIND:
		rule->kinds = attr->value;
		break;
	case KB_LINK_RULE_BUS:
		rule->buses = attr->value;
		break;
	case KB_LINK_RULE_RANDOM_MAC:
		rule->random_mac = attr->value;
		break;
	default:
		fill_list(rule, attr, slot);
	}
	return NULL;
}

static const u8 link_rule_pools[KB_LINK_RULE_MAX] = {
	[KB_LINK_RULE_PATH] = KB_POOL_PATHS,
	[KB_LINK_RULE_DRIVER] = KB_POOL_DRIVERS,
	[KB_LINK_RULE_IFNAME] = KB_POOL_IFNAMES,
	[KB_LINK_RULE_MAC] = KB_POOL_MACS,
};

const struct kb_section kb_link_section = { .fill = fill_link };

const struct kb_section kb_link_rule_section = {
	.pool = KB_POOL_LINK_RULES,
	.pools = link_rule_pools,
	.fill = fill_link_rule,
};
