// SPDX-License-Identifier: GPL-2.0-only
/* The sections of a blob that path rules refer to: networks, profiles, zones, hours. */
#include "blob_parts.h"

#define V4_SIZE		((u32)sizeof(struct kb_blob_prefix4))
#define V6_SIZE		((u32)sizeof(struct kb_blob_prefix6))

/*
 * What stands behind an address: its length and three reserved bytes. @high and @low: the
 * address's bits from the left, 128 of them if it has so many.
 */
static const char *check_prefix(u64 high, u64 low, u32 bits, u32 behind)
{
	u32 len = behind & 0xff;

	if (len > bits)
		return "longer than an address";
	if (behind >> 8)
		return "reserved byte is not zero";
	if ((len < 64 && high & ~0ull >> len) ||
	    (len < 128 && low & ~0ull >> (len > 64 ? len - 64 : 0)))
		return "address has bits behind the prefix";
	return NULL;
}

static const char *check_v4(const u8 *p, u32 len)
{
	const char *wrong = NULL;
	const u8 *end = p + len;

	if (len % V4_SIZE)
		return "does not end with a whole prefix";
	for (; p < end && !wrong; p += V4_SIZE)
		wrong = check_prefix((u64)kb_get_be32(p) << 32, 0, 32, kb_get_le32(p + 4));
	return wrong;
}

static const char *check_v6(const u8 *p, u32 len)
{
	const char *wrong = NULL;
	const u8 *end = p + len;

	if (len % V6_SIZE)
		return "does not end with a whole prefix";
	for (; p < end && !wrong; p += V6_SIZE)
		wrong = check_prefix(kb_get_be64(p), kb_get_be64(p + 8), 128, kb_get_le32(p + 16));
	return wrong;
}

static const char *check_span(const u8 *p, u32 len)
{
	u16 begin = kb_get_le16(p + 2), end = kb_get_le16(p + 4);

	(void)len;
	if (!p[0] || p[0] > 0x7f)
		return "days are not a set of the week's";
	if (p[1])
		return "reserved byte is not zero";
	if (begin >= 24 * 60 || !end || end > 24 * 60)
		return "minute is outside the day";
	return NULL;
}

#define PREFIXES(size)	.kind = KB_ATTR_BYTES, .min = (size), .max = (size) * KB_PREFIX_PART_MAX

static const struct kb_attr_spec network_specs[KB_NETWORK_MAX] = {
	[KB_NETWORK_NAME] = { "name", TEXT(KB_NAME_MAX), NEEDED },
	[KB_NETWORK_PROTECTED] = { "protected", FLAG_U8, NEEDED },
};

static const struct kb_attr_spec prefixes_specs[KB_PREFIXES_ATTR_MAX] = {
	[KB_PREFIXES_NETWORK] = { "network", INDEX_U32(KB_NETWORKS_MAX),
				  .flags = KB_ATTR_NEEDED | KB_ATTR_FIRST },
	[KB_PREFIXES_V4] = { "v4", PREFIXES(V4_SIZE), .check = check_v4 },
	[KB_PREFIXES_V6] = { "v6", PREFIXES(V6_SIZE), .check = check_v6 },
};

static const struct kb_attr_spec profile_specs[KB_PROFILE_ATTR_MAX] = {
	[KB_PROFILE_NAME] = { "name", TEXT(KB_NAME_MAX), NEEDED },
	[KB_PROFILE_SSID] = { "ssid", KB_ATTR_BYTES, .min = 1, .max = 32, NEEDED },
};

static const struct kb_attr_spec zone_specs[KB_ZONE_ATTR_MAX] = {
	[KB_ZONE_NAME] = { "name", TEXT(KB_NAME_MAX), NEEDED },
	[KB_ZONE_LABEL] = { "label", TEXT(KB_LABEL_MAX) },
};

static const struct kb_attr_spec schedule_specs[KB_SCHEDULE_ATTR_MAX] = {
	[KB_SCHEDULE_NAME] = { "name", TEXT(KB_LABEL_MAX), NEEDED },
	[KB_SCHEDULE_SPAN] = { "span", EXACT(sizeof(struct kb_blob_span)),
			       .flags = KB_ATTR_LIST | KB_ATTR_NEEDED,
			       .list_max = KB_RULE_LIST_MAX, .check = check_span },
};

const struct kb_attr_table kb_network_table = TABLE("network", network_specs);
const struct kb_attr_table kb_prefixes_table = TABLE("prefixes", prefixes_specs);
const struct kb_attr_table kb_profile_table = TABLE("profile", profile_specs);
const struct kb_attr_table kb_zone_table = TABLE("zone", zone_specs);
const struct kb_attr_table kb_schedule_table = TABLE("schedule", schedule_specs);

static const char *fill_network(struct kb_filling *filling, const struct kb_attr_view *attr,
				void *slot)
{
	struct kb_network *network = filling->element;

	(void)slot;
	if (attr->type == KB_NETWORK_NAME)
		network->name = (const char *)attr->payload;
	else
		network->is_protected = attr->value;
	return NULL;
}

u32 kb_blob_count_prefixes(const struct kb_attr_view *attr)
{
	if (attr->type == KB_PREFIXES_V4)
		return attr->len / V4_SIZE;
	return attr->type == KB_PREFIXES_V6 ? attr->len / V6_SIZE : 0;
}

static const char *fill_prefixes(struct kb_filling *filling, const struct kb_attr_view *attr,
				 void *slot)
{
	bool v4 = attr->type == KB_PREFIXES_V4;
	const u8 *p = attr->payload;
	struct kb_prefix *prefix;

	(void)slot;
	if (attr->type == KB_PREFIXES_NETWORK) {
		if (attr->value >= filling->policy->paths.n_networks)
			return "there is no such network";
		filling->network = attr->value;
		return NULL;
	}
	for (; p < attr->payload + attr->len; p += v4 ? V4_SIZE : V6_SIZE) {
		prefix = kb_pool_take(filling->pools, KB_POOL_PREFIXES);
		if (!prefix)
			return kb_blob_changed;
		prefix->version = v4 ? 4 : 6;
		prefix->network = filling->network;
		prefix->len = p[v4 ? 4 : 16];
		if (v4)
			prefix->addr.v4 = kb_get_be32(p);
		else
			memcpy(prefix->addr.v6, p, 16);
	}
	return NULL;
}

static const char *fill_profile(struct kb_filling *filling, const struct kb_attr_view *attr,
				void *slot)
{
	struct kb_profile *profile = filling->element;

	(void)slot;
	if (attr->type == KB_PROFILE_NAME) {
		profile->name = (const char *)attr->payload;
	} else {
		profile->ssid = attr->payload;
		profile->ssid_len = attr->len;
	}
	return NULL;
}

static const char *fill_zone(struct kb_filling *filling, const struct kb_attr_view *attr,
			     void *slot)
{
	struct kb_zone *zone = filling->element;

	(void)slot;
	if (attr->type == KB_ZONE_NAME)
		zone->name = (const char *)attr->payload;
	else
		zone->label = (const char *)attr->payload;
	return NULL;
}

static const char *fill_schedule(struct kb_filling *filling, const struct kb_attr_view *attr,
				 void *slot)
{
	struct kb_schedule *schedule = filling->element;
	const u8 *p = attr->payload;

	if (attr->type == KB_SCHEDULE_NAME) {
		schedule->name = (const char *)p;
		return NULL;
	}
	*(struct kb_span *)slot = (struct kb_span){
		.days = p[0],
		.begin = kb_get_le16(p + 2),
		.end = kb_get_le16(p + 4),
	};
	if (!schedule->n_spans++)
		schedule->spans = slot;
	return NULL;
}

static const u8 schedule_pools[KB_SCHEDULE_ATTR_MAX] = {
	[KB_SCHEDULE_SPAN] = KB_POOL_SPANS,
};

const struct kb_section kb_network_section = { .pool = KB_POOL_NETWORKS, .fill = fill_network };
const struct kb_section kb_prefixes_section = { .fill = fill_prefixes };
const struct kb_section kb_profile_section = { .pool = KB_POOL_PROFILES, .fill = fill_profile };
const struct kb_section kb_zone_section = { .pool = KB_POOL_ZONES, .fill = fill_zone };

const struct kb_section kb_schedule_section = {
	.pool = KB_POOL_SCHEDULES,
	.pools = schedule_pools,
	.fill = fill_schedule,
};
