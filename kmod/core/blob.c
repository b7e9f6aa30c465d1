// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a blob to a policy, in two passes over the same attributes: the first
 * checks everything and counts, the second fills one allocation of that size.
 */
#include <kidoban/policy.h>

#include "blob_parts.h"

static const struct kb_attr_spec header_specs[KB_HEADER_MAX] = {
	[KB_HEADER_FORMAT] = { "format", KB_ATTR_U32, .min = KB_BLOB_FORMAT,
			       .max = KB_BLOB_FORMAT, NEEDED },
	[KB_HEADER_MUNICIPALITY] = { "municipality", TEXT(KB_MUNICIPALITY_MAX), NEEDED },
	[KB_HEADER_GROUP] = { "group", TEXT(KB_GROUP_MAX), NEEDED },
	[KB_HEADER_EPOCH] = { "epoch", ANY_U32, NEEDED },
	[KB_HEADER_SERIAL] = { "serial", KB_ATTR_U32, .min = 1, .max = U32_MAX, NEEDED },
	[KB_HEADER_NOT_BEFORE] = { "not_before", ANY_U64, NEEDED },
	[KB_HEADER_EXPIRES] = { "expires", ANY_U64, NEEDED },
	[KB_HEADER_MIN_MODULE] = { "min_module", ANY_U32, NEEDED },
	[KB_HEADER_SOURCE_SHA256] = { "source_sha256", EXACT(32), NEEDED },
	[KB_HEADER_LOCK] = { "lock", FLAG_U8, NEEDED },
};

#define GATE_MODE	.kind = KB_ATTR_U8, .max = KB_GATE_MODE_MAX - 1

static const struct kb_attr_spec mode_specs[KB_MODE_MAX] = {
	[KB_MODE_MEDIA] = { "media", GATE_MODE, NEEDED },
	[KB_MODE_LINK] = { "link", GATE_MODE },
	[KB_MODE_PATH] = { "path", GATE_MODE },
};

static const struct kb_attr_table header_table = TABLE("header", header_specs);
static const struct kb_attr_table mode_table = TABLE("mode", mode_specs);

#define SECTION(text, is)	{ text, KB_ATTR_NEST, .nest = &(is) }
#define SECTIONS(text, is, n)	\
	{ text, KB_ATTR_NEST, .flags = KB_ATTR_LIST, .list_max = (n), .nest = &(is) }

static const struct kb_attr_spec blob_specs[KB_BLOB_ATTR_MAX] = {
	[KB_BLOB_HEADER] = { "header", KB_ATTR_NEST, KB_ATTR_NEEDED | KB_ATTR_FIRST,
			     .nest = &header_table },
	[KB_BLOB_MODE] = { "mode", KB_ATTR_NEST, NEEDED, .nest = &mode_table },
	[KB_BLOB_MEDIA] = { "media", KB_ATTR_NEST, NEEDED, .nest = &kb_media_table },
	[KB_BLOB_MEDIA_RULE] = SECTIONS("media rule", kb_rule_table, KB_RULES_MAX),
	[KB_BLOB_LINK] = SECTION("link", kb_link_table),
	[KB_BLOB_LINK_RULE] = SECTIONS("link rule", kb_link_rule_table, KB_LINK_RULES_MAX),
	[KB_BLOB_NETWORK] = SECTIONS("network", kb_network_table, KB_NETWORKS_MAX),
	[KB_BLOB_PREFIXES] = SECTIONS("prefixes", kb_prefixes_table, KB_PREFIXES_MAX),
	[KB_BLOB_PROFILE] = SECTIONS("profile", kb_profile_table, KB_PROFILES_MAX),
	[KB_BLOB_ZONE] = SECTIONS("zone", kb_zone_table, KB_ZONES_MAX),
	[KB_BLOB_SCHEDULE] = SECTIONS("schedule", kb_schedule_table, KB_SCHEDULES_MAX),
	[KB_BLOB_PATHS] = SECTION("paths", kb_paths_table),
	[KB_BLOB_PATH_RULE] = SECTIONS("path rule", kb_path_rule_table, KB_PATH_RULES_MAX),
	[KB_BLOB_AGENT] = { "agent", KB_ATTR_BYTES, .flags = KB_ATTR_LIST,
			    .list_max = KB_AGENT_PARTS_MAX, .min = 4, .max = KB_AGENT_PART_MAX },
};

static const struct kb_attr_table blob_table = TABLE("blob", blob_specs);

static const char *fill_header(struct kb_filling *filling, const struct kb_attr_view *attr,
			       void *slot)
{
	struct kb_policy_header *header = &filling->policy->header;

	(void)slot;
	switch (attr->type) {
	case KB_HEADER_MUNICIPALITY:
		header->municipality = (const char *)attr->payload;
		break;
	case KB_HEADER_GROUP:
		header->group = (const char *)attr->payload;
		break;
	case KB_HEADER_EPOCH:
		header->epoch = attr->value;
		break;
	case KB_HEADER_SERIAL:
		header->serial = attr->value;
		break;
	case KB_HEADER_NOT_BEFORE:
		header->not_before = attr->value;
		break;
	case KB_HEADER_EXPIRES:
		header->expires = attr->value;
		break;
	case KB_HEADER_MIN_MODULE:
		header->min_module = attr->value;
		break;
	case KB_HEADER_SOURCE_SHA256:
		memcpy(header->source_sha256, attr->payload, sizeof(header->source_sha256));
		break;
	case KB_HEADER_LOCK:
		header->lock = attr->value;
		break;
	}
	return NULL;
}

static const char *fill_mode(struct kb_filling *filling, const struct kb_attr_view *attr,
			     void *slot)
{
	struct kb_policy *policy = filling->policy;

	(void)slot;
	if (attr->type == KB_MODE_MEDIA)
		policy->media_mode = attr->value;
	else if (attr->type == KB_MODE_LINK)
		policy->link.mode = attr->value;
	else
		policy->paths.mode = attr->value;
	return NULL;
}

static const struct kb_section header_section = { .fill = fill_header };
static const struct kb_section mode_section = { .fill = fill_mode };

static const struct kb_section *const sections[KB_BLOB_ATTR_MAX] = {
	[KB_BLOB_HEADER] = &header_section,
	[KB_BLOB_MODE] = &mode_section,
	[KB_BLOB_MEDIA] = &kb_media_section,
	[KB_BLOB_MEDIA_RULE] = &kb_rule_section,
	[KB_BLOB_LINK] = &kb_link_section,
	[KB_BLOB_LINK_RULE] = &kb_link_rule_section,
	[KB_BLOB_NETWORK] = &kb_network_section,
	[KB_BLOB_PREFIXES] = &kb_prefixes_section,
	[KB_BLOB_PROFILE] = &kb_profile_section,
	[KB_BLOB_ZONE] = &kb_zone_section,
	[KB_BLOB_SCHEDULE] = &kb_schedule_section,
	[KB_BLOB_PATHS] = &kb_paths_section,
	[KB_BLOB_PATH_RULE] = &kb_path_rule_section,
};

/* The first pass: everything is read and checked, only the lists are counted. */
static int count_level(const struct kb_attr_reader *parent, const struct kb_attr_view *nest,
		       u32 *room)
{
	const struct kb_section *section = sections[nest->type];
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	int err;

	err = kb_attr_enter(parent, nest, &reader);
	if (err)
		return err;
	room[section->pool]++;
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		if (section->pools)
			room[section->pools[attr.type]]++;
		if (nest->type == KB_BLOB_PREFIXES)
			room[KB_POOL_PREFIXES] += kb_blob_count_prefixes(&attr);
		if (room[KB_POOL_PREFIXES] > KB_PREFIXES_MAX)
			return kb_blob_fail(parent->error, -EBADMSG, attr.offset,
					    "prefixes: more than %u", KB_PREFIXES_MAX);
	}
	return err;
}

static int count_blob(const u8 *blob, u32 len, u32 *room, struct kb_blob_error *error)
{
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	int err;

	kb_attr_open(&reader, blob, KB_BLOB_MAGIC_LEN, len, &blob_table, error);
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		if (attr.type == KB_BLOB_AGENT)
			continue;	/* the agent's to read; it stays with the policy's bytes */
		err = count_level(&reader, &attr, room);
		if (err)
			return err;
	}
	return err;
}

/*
 * A policy from the future must be told apart from a broken one although its
 * attributes are unknown here: only format and module level are looked for.
 */
static int check_future(const u8 *blob, u32 len, struct kb_blob_error *error)
{
	u32 pos = KB_BLOB_MAGIC_LEN;
	u32 end, step, value;
	u16 type;

	if (len - pos < 4 || kb_get_le16(blob + pos + 2) != KB_BLOB_HEADER)
		return 0;
	end = pos + kb_get_le16(blob + pos);
	if (end > len)
		end = len;
	for (pos += 4; pos + 8 <= end; pos += (step + 3) & ~3u) {
		step = kb_get_le16(blob + pos);
		type = kb_get_le16(blob + pos + 2);
		if (step < 4)
			return 0;
		if (step != 8)
			continue;
		value = kb_get_le32(blob + pos + 4);
		if (type == KB_HEADER_FORMAT && value > KB_BLOB_FORMAT)
			return kb_blob_fail(error, -EPROTONOSUPPORT, pos,
					    "format %u is newer than %u", value, KB_BLOB_FORMAT);
		if (type == KB_HEADER_MIN_MODULE && value > KB_MODULE_LEVEL)
			return kb_blob_fail(error, -EPROTONOSUPPORT, pos,
					    "needs module level %u, this one has %u", value,
					    KB_MODULE_LEVEL);
	}
	return 0;
}

static const size_t element_sizes[KB_POOL_MAX] = {
	[KB_POOL_RULES] = sizeof(struct kb_usb_rule),
	[KB_POOL_SERIALS] = sizeof(char *),
	[KB_POOL_PORTS] = sizeof(char *),
	[KB_POOL_IDS] = sizeof(struct kb_usb_id),
	[KB_POOL_TRIPLES] = sizeof(struct kb_usb_triple),
	[KB_POOL_COUNTS] = sizeof(struct kb_usb_count),
	[KB_POOL_LINK_RULES] = sizeof(struct kb_link_rule),
	[KB_POOL_PATHS] = sizeof(char *),
	[KB_POOL_DRIVERS] = sizeof(char *),
	[KB_POOL_IFNAMES] = sizeof(char *),
	[KB_POOL_MACS] = sizeof(struct kb_link_mac),
	[KB_POOL_NETWORKS] = sizeof(struct kb_network),
	[KB_POOL_PROFILES] = sizeof(struct kb_profile),
	[KB_POOL_ZONES] = sizeof(struct kb_zone),
	[KB_POOL_SCHEDULES] = sizeof(struct kb_schedule),
	[KB_POOL_SPANS] = sizeof(struct kb_span),
	[KB_POOL_PATH_RULES] = sizeof(struct kb_path_rule),
	[KB_POOL_TO] = sizeof(u16),
	[KB_POOL_SERVICES] = sizeof(struct kb_service),
	[KB_POOL_NEXT_HOPS] = 6,
	[KB_POOL_USERS] = sizeof(struct kb_id_range),
	[KB_POOL_GROUPS] = sizeof(struct kb_id_range),
	[KB_POOL_CGROUPS] = sizeof(char *),
	[KB_POOL_PREFIXES] = sizeof(struct kb_prefix),
};

void *kb_pool_take(struct kb_pools *pools, enum kb_pool pool)
{
	if (pools->taken[pool] >= pools->room[pool])
		return NULL;
	return pools->base[pool] + element_sizes[pool] * pools->taken[pool]++;
}

/* Adds @n elements to *@size, aligned for any of them; their offset or -EMSGSIZE. */
static int reserve(size_t *size, size_t n, size_t element, size_t *ret_offset)
{
	size_t bytes, end;

	if (__builtin_mul_overflow(n, element, &bytes) ||
	    __builtin_add_overflow(bytes, 7, &bytes) ||
	    __builtin_add_overflow(*size, bytes & ~(size_t)7, &end))
		return -EMSGSIZE;
	*ret_offset = *size;
	*size = end;
	return 0;
}

/* Where a policy's parts are. The prefixes are only passing through. */
static void point_out(struct kb_policy *policy, struct kb_pools *pools, const size_t *offsets)
{
	u8 *base = (u8 *)policy;
	unsigned int pool;

	for (pool = 0; pool < KB_POOL_PREFIXES; pool++)
		pools->base[pool] = base + offsets[pool];
	policy->n_rules = pools->room[KB_POOL_RULES];
	policy->rules = (void *)pools->base[KB_POOL_RULES];
	policy->link.n_rules = pools->room[KB_POOL_LINK_RULES];
	policy->link.rules = (void *)pools->base[KB_POOL_LINK_RULES];
	policy->paths.n_rules = pools->room[KB_POOL_PATH_RULES];
	policy->paths.rules = (void *)pools->base[KB_POOL_PATH_RULES];
	policy->paths.n_networks = pools->room[KB_POOL_NETWORKS];
	policy->paths.networks = (void *)pools->base[KB_POOL_NETWORKS];
	policy->paths.n_profiles = pools->room[KB_POOL_PROFILES];
	policy->paths.profiles = (void *)pools->base[KB_POOL_PROFILES];
	policy->paths.n_zones = pools->room[KB_POOL_ZONES];
	policy->paths.zones = (void *)pools->base[KB_POOL_ZONES];
	policy->paths.n_schedules = pools->room[KB_POOL_SCHEDULES];
	policy->paths.schedules = (void *)pools->base[KB_POOL_SCHEDULES];
	policy->paths.n_prefixes = pools->room[KB_POOL_PREFIXES];
}

/*
 * One allocation for the policy, which stands at its start, its lists and its
 * bytes; another for the prefixes, if any, which is the pools's. 0, -ENOMEM, -EMSGSIZE.
 */
static int allocate(struct kb_pools *pools, const u8 *blob, u32 len, struct kb_policy **ret_policy)
{
	size_t size = sizeof(struct kb_policy), offsets[KB_POOL_MAX], copy;
	struct kb_policy *policy;
	unsigned int pool;

	for (pool = 0; pool < KB_POOL_PREFIXES; pool++)
		if (reserve(&size, pools->room[pool], element_sizes[pool], &offsets[pool]))
			return -EMSGSIZE;
	if (reserve(&size, len, 1, &copy))
		return -EMSGSIZE;
	if (pools->room[KB_POOL_PREFIXES]) {
		pools->base[KB_POOL_PREFIXES] =
			kb_zalloc(pools->room[KB_POOL_PREFIXES] * sizeof(struct kb_prefix));
		if (!pools->base[KB_POOL_PREFIXES])
			return -ENOMEM;
	}
	policy = kb_zalloc(size);
	if (!policy)
		return -ENOMEM;
	memcpy((u8 *)policy + copy, blob, len);
	policy->blob = (u8 *)policy + copy;
	policy->blob_len = len;
	policy->memory = size;
	point_out(policy, pools, offsets);
	*ret_policy = policy;
	return 0;
}

const char kb_blob_changed[] = "changed while read";

static const char *fill_attr(struct kb_filling *filling, const struct kb_section *section,
			     const struct kb_attr_view *attr)
{
	u8 pool = section->pools ? section->pools[attr->type] : KB_POOL_NONE;
	void *slot = NULL;

	if (pool) {
		slot = kb_pool_take(filling->pools, pool);
		if (!slot)
			return kb_blob_changed;
	}
	return section->fill(filling, attr, slot);
}

static int fill_level(struct kb_filling *filling, const struct kb_attr_reader *parent,
		      const struct kb_attr_view *nest)
{
	const struct kb_section *section = sections[nest->type];
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	const char *wrong;
	int err;

	filling->element = NULL;
	if (section->pool) {
		filling->element = kb_pool_take(filling->pools, section->pool);
		if (!filling->element)
			return kb_blob_fail(parent->error, -EBADMSG, nest->offset, "%s",
					    kb_blob_changed);
	}
	err = kb_attr_enter(parent, nest, &reader);
	if (err)
		return err;
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		wrong = fill_attr(filling, section, &attr);
		if (wrong)
			return kb_blob_fail(parent->error, -EBADMSG, attr.offset, "%s: %s",
					    reader.table->name, wrong);
	}
	return err;
}

/* The second pass, over the policy's own copy of the bytes. */
static int fill_blob(struct kb_policy *policy, struct kb_pools *pools, struct kb_blob_error *error)
{
	struct kb_filling filling = { .policy = policy, .pools = pools };
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	unsigned int pool;
	int err;

	kb_attr_open(&reader, policy->blob, KB_BLOB_MAGIC_LEN, policy->blob_len, &blob_table,
		     error);
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		if (attr.type == KB_BLOB_AGENT)
			continue;
		err = fill_level(&filling, &reader, &attr);
		if (err)
			return err;
	}
	for (pool = 0; !err && pool < KB_POOL_MAX; pool++)
		if (element_sizes[pool] && pools->taken[pool] != pools->room[pool])
			return kb_blob_fail(error, -EBADMSG, 0, "%s",
					    kb_blob_changed);
	return err;
}

/* What the path gate looks up at every packet; only policies that speak of paths have it. */
static int prepare(struct kb_policy *policy, const struct kb_pools *pools,
		   struct kb_blob_error *error)
{
	struct kb_path_policy *paths = &policy->paths;
	int err;

	if (paths->mode == KB_GATE_OFF && !paths->n_networks && !paths->n_rules)
		return 0;
	err = kb_path_prepare(paths, (void *)pools->base[KB_POOL_PREFIXES], paths->n_prefixes);
	if (err == -E2BIG)
		return kb_blob_fail(error, -EBADMSG, 0, "networks overlap in too many ways");
	if (err)
		return kb_blob_fail(error, err, 0, "no memory for %u prefixes", paths->n_prefixes);
	policy->memory += paths->memory;
	return 0;
}

int kb_policy_parse(const void *blob, size_t len, struct kb_policy **ret_policy,
		    struct kb_blob_error *ret_error)
{
	struct kb_policy *policy = NULL;
	struct kb_pools pools = {};
	int err;

	if (len > KB_BLOB_MAX)
		return kb_blob_fail(ret_error, -EMSGSIZE, KB_BLOB_MAX, "larger than %u bytes",
				    KB_BLOB_MAX);
	if (len < KB_BLOB_MAGIC_LEN || memcmp(blob, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN))
		return kb_blob_fail(ret_error, -EBADMSG, 0, "not a kidoban policy");
	err = check_future(blob, len, ret_error);
	if (!err)
		err = count_blob(blob, len, pools.room, ret_error);
	if (err)
		return err;
	err = allocate(&pools, blob, len, &policy);
	if (err)
		kb_blob_fail(ret_error, err, 0, "no memory for %u rules",
			     pools.room[KB_POOL_RULES]);
	if (!err)
		err = fill_blob(policy, &pools, ret_error);
	if (!err)
		err = prepare(policy, &pools, ret_error);
	if (!err)
		err = kb_blob_check(policy, &blob_table, ret_error);
	kb_free(pools.base[KB_POOL_PREFIXES]);
	if (err) {
		kb_policy_free(policy);
		return err;
	}
	*ret_policy = policy;
	return 0;
}

void kb_policy_free(struct kb_policy *policy)
{
	if (!policy)
		return;
	kb_path_release(&policy->paths);
	kb_free(policy);
}
