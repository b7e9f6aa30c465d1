// SPDX-License-Identifier: GPL-2.0-only
/* One packet against the rules of the class that its far end is of. */
#include "path_match.h"

static const struct kb_path_class *class_at(const struct kb_path_policy *paths,
					    const union kb_ip *ip)
{
	return &paths->classes[kb_prefix_lookup6(paths->prefixes, ip)];
}

/* Apart from what most addresses are, which thus needs no stack. */
static kb_noinline const struct kb_path_class *class_inside(const struct kb_path_policy *paths,
							    const union kb_ip *ip)
{
	const struct kb_path_class *inner, *nearest = NULL;
	u32 v4[KB_EMBEDDED_MAX], i, n;

	n = kb_packet_embedded_all(ip, v4);
	for (i = 0; i < n; i++) {
		inner = &paths->classes[kb_prefix_lookup4(paths->prefixes, v4[i])];
		/* of several readings the one that fewest paths lead to */
		if (inner->is_protected && (!nearest || inner->n < nearest->n))
			nearest = inner;
	}
	return nearest ? nearest : class_at(paths, ip);
}

const struct kb_path_class *kb_path_class_of_v6(const struct kb_path_policy *paths,
						const union kb_ip *ip)
{
	return kb_packet_may_embed(ip) ? class_inside(paths, ip) : class_at(paths, ip);
}

/* The type of ICMP that is answered by @type; one beyond the last when it answers none. */
static u16 asked_type(u8 proto, u16 type)
{
	if (proto == KB_PROTO_ICMP)
		return type == 0 ? 8 : type == 14 ? 13 : 256;
	return type == 129 ? 128 : 256;
}

void kb_path_look_at_types(struct kb_path_match *m, bool reversed)
{
	const struct kb_packet *packet = m->query->packet;
	u16 port = reversed ? packet->sport : packet->dport;

	m->low = 0;
	m->high = 0xffff;
	if (!(packet->flags & KB_PACKET_PORTS))
		return;
	if (packet->proto == KB_PROTO_ICMP || packet->proto == KB_PROTO_ICMPV6) {
		port = packet->dport >> 8;
		if (reversed)
			port = asked_type(packet->proto, port);
	}
	m->low = port;
	m->high = port;
}

/*
 * Does the rule lead where the packet goes? Who looks for ports in a fragment
 * believes what the sender made up. To a protected network there is no rule
 * without services (kb_blob_check()).
 */
static inline bool leads_there(const struct kb_path_rule *rule, const struct kb_path_match *m)
{
	const struct kb_packet *packet = m->query->packet;
	const struct kb_service *service, *end;

	if (!(rule->conditions & KB_PATH_IF_SERVICE))
		return !m->class->is_protected;
	if (packet->flags & KB_PACKET_FRAGMENT)
		return false;
	service = rule->services;
	for (end = service + rule->n_services; service < end; service++)
		if (service->first <= m->low && m->high <= service->last &&
		    (service->proto == packet->proto || !service->proto))
			return true;
	return false;
}

static bool zone_holds(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	return m->leased && kb_path_bit(rule->zones, m->query->context->zone);
}

static bool hours_hold(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	return m->leased && rule->schedules & m->query->context->schedules;
}

static bool link_holds(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	const struct kb_path_link *link = m->query->link;

	return kb_path_bit(rule->links, link->rule) || kb_path_bit(rule->profiles, link->profile);
}

static inline bool next_hop_holds(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;
	u32 i;

	if (!(m->known & KB_PATH_KNOWS_NEXT_HOP)) {
		m->known |= KB_PATH_KNOWS_NEXT_HOP;
		m->next_hop = ask && ask->next_hop ? ask->next_hop(m->query, m->mac) : KB_FACT_NO;
	}
	for (i = 0; m->next_hop == KB_FACT_YES && i < rule->n_next_hops; i++)
		if (!memcmp(rule->next_hops[i], m->mac, sizeof(m->mac)))
			return true;
	return m->next_hop == KB_FACT_LATER;
}

static bool in_ranges(const struct kb_id_range *ranges, u32 n, u32 id)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (ranges[i].first <= id && id <= ranges[i].last)
			return true;
	return !n;
}

/* Users and groups are two conditions: each that is there must hold. */
static bool user_holds(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;

	if (!(m->known & KB_PATH_KNOWS_OWNER)) {
		m->known |= KB_PATH_KNOWS_OWNER;
		m->owner = ask && ask->owner ? ask->owner(m->query, &m->uid, &m->gid) : KB_FACT_NO;
	}
	if (m->owner != KB_FACT_YES)
		return m->owner == KB_FACT_LATER;
	return in_ranges(rule->users, rule->n_users, m->uid) &&
	       in_ranges(rule->groups, rule->n_groups, m->gid);
}

static inline bool cgroup_holds(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	const struct kb_path_ask *ask = m->query->ask;
	u32 i;

	if (!ask || !ask->cgroup)
		return false;
	for (i = 0; i < rule->n_cgroups; i++)
		if (ask->cgroup(m->query, rule->cgroups[i]) != KB_FACT_NO)
			return true;
	return false;
}

/* What the kernel must be asked about, apart from what needs no stack. */
static kb_noinline bool asked_hold(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	u32 asked = rule->conditions;

	return (!(asked & KB_PATH_IF_USER) || user_holds(rule, m)) &&
	       (!(asked & KB_PATH_IF_CGROUP) || cgroup_holds(rule, m)) &&
	       (!(asked & KB_PATH_IF_NEXT_HOP) || next_hop_holds(rule, m));
}

/* Cheapest first; what must be asked of the kernel last. */
static kb_noinline bool conditions_hold(const struct kb_path_rule *rule, struct kb_path_match *m)
{
	const u32 of_kernel = KB_PATH_IF_USER | KB_PATH_IF_CGROUP | KB_PATH_IF_NEXT_HOP;
	u32 asked = rule->conditions;

	return (!(asked & KB_PATH_IF_ZONE) || zone_holds(rule, m)) &&
	       (!(asked & KB_PATH_IF_HOURS) || hours_hold(rule, m)) &&
	       (!(asked & KB_PATH_IF_LINK) || link_holds(rule, m)) &&
	       (!(asked & of_kernel) || asked_hold(rule, m));
}

static inline u32 find(struct kb_path_match *m, u32 n, u32 kinds)
{
	const u16 *candidate = m->paths->candidates + m->class->first;
	const u16 *end = candidate + n;

	for (; candidate < end; candidate++) {
		const struct kb_path_rule *rule = &m->paths->rules[*candidate];

		if (kinds & kb_path_kind_bit(rule->kind) && leads_there(rule, m) &&
		    (!(rule->conditions & ~KB_PATH_IF_SERVICE) || conditions_hold(rule, m)))
			return *candidate;
	}
	return KB_INDEX_NONE;
}

u32 kb_path_find(struct kb_path_match *m, u32 kinds)
{
	const struct kb_path_class *class = m->class;

	/* whatever of the protected networks is open needs a lease */
	if (!(class->kinds & kinds) || (class->is_protected && !m->leased))
		return KB_INDEX_NONE;
	return find(m, kinds & ~KB_PATH_KINDS_OPEN ? class->n : class->n_open, kinds);
}

u32 kb_path_find_plain(const struct kb_path_policy *paths, const struct kb_path_query *query,
		       const struct kb_path_class *class)
{
	struct kb_path_match m;

	kb_path_match_init(&m, paths, query, class);
	m.low = query->packet->dport;
	m.high = m.low;
	return m.leased && class->n ? find(&m, class->n, ~0u) : KB_INDEX_NONE;
}

/* In the order in which they are worth telling: what staff can mend comes first. */
static const struct {
	u32 condition;
	enum kb_reason reason;
	bool (*holds)(const struct kb_path_rule *rule, struct kb_path_match *m);
} conditions[] = {
	{ KB_PATH_IF_ZONE, KB_REASON_ZONE, zone_holds },
	{ KB_PATH_IF_HOURS, KB_REASON_HOURS, hours_hold },
	{ KB_PATH_IF_LINK, KB_REASON_WRONG_LINK, link_holds },
	{ KB_PATH_IF_NEXT_HOP, KB_REASON_NEXT_HOP, next_hop_holds },
	{ KB_PATH_IF_USER, KB_REASON_USER, user_holds },
	{ KB_PATH_IF_CGROUP, KB_REASON_CGROUP, cgroup_holds },
};

/* How many of the rule's conditions hold, and the first that does not; NONE when all do. */
static u32 count_held(const struct kb_path_rule *rule, struct kb_path_match *m,
		      enum kb_reason *ret_missing)
{
	enum kb_reason missing = KB_REASON_NONE;
	u32 i, held = 0;

	if (m->class->is_protected || rule->conditions & (KB_PATH_IF_ZONE | KB_PATH_IF_HOURS)) {
		held += m->leased;
		missing = m->leased ? KB_REASON_NONE : KB_REASON_LEASE;
	}
	for (i = 0; i < ARRAY_SIZE(conditions); i++) {
		if (!(rule->conditions & conditions[i].condition))
			continue;
		if (conditions[i].holds(rule, m))
			held++;
		else if (!missing)
			missing = conditions[i].reason;
	}
	*ret_missing = missing;
	return held;
}

struct kb_path_verdict kb_path_miss(struct kb_path_match *m, u32 kinds, enum kb_reason otherwise)
{
	struct kb_path_verdict nearest =
		kb_path_answer(KB_ACTION_REFUSE, otherwise, KB_INDEX_NONE);
	bool fragment = m->query->packet->flags & KB_PACKET_FRAGMENT;
	u32 i, held, most = 0;

	for (i = 0; i < m->class->n; i++) {
		u16 index = m->paths->candidates[m->class->first + i];
		const struct kb_path_rule *rule = &m->paths->rules[index];
		enum kb_reason missing;

		if (!(kinds & kb_path_kind_bit(rule->kind)))
			continue;
		if (!leads_there(rule, m)) {
			/* a rule for everywhere leads nowhere in particular */
			if (nearest.rule == KB_INDEX_NONE && !rule->anywhere)
				nearest = kb_path_answer(KB_ACTION_REFUSE,
							 fragment ? KB_REASON_FRAGMENT :
								    KB_REASON_SERVICE,
							 index);
			continue;
		}
		held = 1 + count_held(rule, m, &missing);
		if (held <= most || missing == KB_REASON_NONE)
			continue;
		most = held;
		nearest = kb_path_answer(KB_ACTION_REFUSE, missing, index);
	}
	return nearest;
}
