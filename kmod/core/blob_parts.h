/* SPDX-License-Identifier: GPL-2.0-only */
/* What the reader of blobs (blob.c) and the readers of its sections share. */
#ifndef KB_CORE_BLOB_PARTS_H
#define KB_CORE_BLOB_PARTS_H

#include <kidoban/attr.h>
#include <kidoban/attr_forms.h>
#include <kidoban/policy.h>

/* The arrays of a policy. All but the prefixes lie inside its one allocation. */
enum kb_pool {
	KB_POOL_NONE,
	KB_POOL_RULES,
	KB_POOL_SERIALS,
	KB_POOL_PORTS,
	KB_POOL_IDS,
	KB_POOL_TRIPLES,
	KB_POOL_COUNTS,
	KB_POOL_LINK_RULES,
	KB_POOL_PATHS,
	KB_POOL_DRIVERS,
	KB_POOL_IFNAMES,
	KB_POOL_MACS,
	KB_POOL_NETWORKS,
	KB_POOL_PROFILES,
	KB_POOL_ZONES,
	KB_POOL_SCHEDULES,
	KB_POOL_SPANS,
	KB_POOL_PATH_RULES,
	KB_POOL_TO,
	KB_POOL_SERVICES,
	KB_POOL_NEXT_HOPS,
	KB_POOL_USERS,
	KB_POOL_GROUPS,
	KB_POOL_CGROUPS,
	KB_POOL_PREFIXES,	/* an allocation of its own, which ends with the reading */
	KB_POOL_MAX
};

/* Where the second pass puts what the first has counted. */
struct kb_pools {
	u32 room[KB_POOL_MAX], taken[KB_POOL_MAX];	/* elements */
	u8 *base[KB_POOL_MAX];
};

/* What a second pass says that finds more or less than the first: somebody writes to the bytes. */
extern const char kb_blob_changed[];

/* The next element of @pool, zero; NULL when there are no more than were counted. */
void *kb_pool_take(struct kb_pools *pools, enum kb_pool pool);

/* One section while it is read for the second time. */
struct kb_filling {
	struct kb_policy *policy;
	struct kb_pools *pools;
	void *element;		/* what it is about, of its pool; NULL when it is the policy */
	u16 network;		/* of the prefixes that follow */
};

/* What a section of the top level consists of, and where it goes. */
struct kb_section {
	enum kb_pool pool;		/* the array that it is an element of, or none */
	const u8 *pools;		/* by type of attribute: its list, an enum kb_pool; may be NULL */
	/*
	 * Takes one attribute; @slot is its element of its list, NULL without
	 * one. What is wrong with it, or NULL. Each list's elements lie
	 * together, because no other section takes any meanwhile.
	 */
	const char *(*fill)(struct kb_filling *filling, const struct kb_attr_view *attr,
			    void *slot);
};

/* Elements of KB_POOL_PREFIXES that @attr of a KB_BLOB_PREFIXES holds. */
u32 kb_blob_count_prefixes(const struct kb_attr_view *attr);

extern const struct kb_attr_table kb_media_table, kb_rule_table;
extern const struct kb_section kb_media_section, kb_rule_section;

extern const struct kb_attr_table kb_link_table, kb_link_rule_table;
extern const struct kb_section kb_link_section, kb_link_rule_section;

extern const struct kb_attr_table kb_network_table, kb_prefixes_table, kb_profile_table;
extern const struct kb_attr_table kb_zone_table, kb_schedule_table;
extern const struct kb_section kb_network_section, kb_prefixes_section, kb_profile_section;
extern const struct kb_section kb_zone_section, kb_schedule_section;

extern const struct kb_attr_table kb_paths_table, kb_path_rule_table;
extern const struct kb_section kb_paths_section, kb_path_rule_section;

/*
 * What an attribute alone does not show: do names and indexes lead somewhere,
 * do rules make sense? Reads @policy's bytes, whose top level is @table, once
 * more, after everything was filled and the paths were prepared. 0 or -EBADMSG.
 */
int kb_blob_check(const struct kb_policy *policy, const struct kb_attr_table *table,
		  struct kb_blob_error *error);

/* The check of attributes that are a bus path (KB_RULE_PORT and the like). */
const char *kb_blob_check_bus_path(const u8 *payload, u32 len);

#endif
