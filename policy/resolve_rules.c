// SPDX-License-Identifier: GPL-2.0-or-later
/* From names to numbers: the rules below "paths". */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/resolve.h"
#include "policy/service.h"
#include "policy/slice.h"

#define FIXED_RULES	3	/* dns, ntp, collector */
#define TELL(r, place, code, ...)                                                                  \
	(kb_diags_add((r)->diags, KB_DIAG_ERROR, (place)->line, (place)->column, code,             \
		      __VA_ARGS__),                                                                \
	 kb_resolve_fail(r, -EBADMSG))

/* Sources: RFC 6762, RFC 4795, UPnP Device Architecture 2.0, WS-Discovery 1.1, RFC 1001. */
const struct kb_discovery kb_discoveries[] = {
	{ "mdns", { IPPROTO_UDP, 5353, 5353 }, { "224.0.0.251", "ff02::fb" } },
	{ "llmnr", { IPPROTO_UDP, 5355, 5355 }, { "224.0.0.252", "ff02::1:3" } },
	{ "ssdp", { IPPROTO_UDP, 1900, 1900 }, { "239.255.255.250", "ff02::c", "ff05::c" } },
	{ "wsd", { IPPROTO_UDP, 3702, 3702 }, { "239.255.255.250", "ff02::c" } },
	{ "netbios", { IPPROTO_UDP, 137, 138 }, { NULL } },
	{ "kidoban-beacon", { IPPROTO_UDP, 5869, 5869 }, { "ff02::6b69:646f" } },
	{ NULL, { 0 }, { NULL } },
};

static void *copy(struct kb_resolver *r, const void *from, size_t n, size_t size)
{
	void *to = kb_arena_array(&r->model->arena, n, size);

	if (!to)
		kb_resolve_fail(r, -ENOMEM);
	else
		memcpy(to, from, n * size);
	return to;
}

static int by_number(const void *a, const void *b)
{
	return (int)*(const u16 *)a - (int)*(const u16 *)b;
}

static void resolve_to(struct kb_resolver *r, const struct kb_ref *refs, unsigned int n,
		       struct kb_path_rule *rule)
{
	u16 found[KB_RULE_LIST_MAX] = {};
	unsigned int i, kept = 0, used = 0;
	int index;

	for (i = 0; i < n; i++) {
		index = kb_resolve_network(r, &refs[i]);
		if (index >= 0)
			found[used++] = index;
	}
	qsort(found, used, sizeof(*found), by_number);
	for (i = 0; i < used; i++)
		if (!kept || found[kept - 1] != found[i])
			found[kept++] = found[i];
	rule->anywhere = !n;
	rule->n_to = kept;
	rule->to = copy(r, found, kept, sizeof(*found));
}

static int by_service(const void *a, const void *b)
{
	return kb_service_compare(a, b);
}

static void keep_services(struct kb_resolver *r, struct kb_service *list, unsigned int n,
			  struct kb_path_rule *rule)
{
	unsigned int i, kept = 0;

	if (!n)
		return;
	qsort(list, n, sizeof(*list), by_service);
	for (i = 0; i < n; i++)
		if (!kept || kb_service_compare(&list[kept - 1], &list[i]))
			list[kept++] = list[i];
	rule->conditions |= KB_PATH_IF_SERVICE;
	rule->n_services = kept;
	rule->services = copy(r, list, kept, sizeof(*list));
}

static void resolve_services(struct kb_resolver *r, const struct kb_path_text *text,
			     struct kb_path_rule *rule)
{
	struct kb_service list[KB_RULE_LIST_MAX * KB_PRESET_SERVICES_MAX] = { { 0 } };
	const struct kb_service_preset *preset;
	unsigned int i, k, n = 0;

	for (i = 0; i < text->n_services; i++) {
		preset = kb_service_preset(text->services[i].text);
		for (k = 0; preset && k < kb_service_preset_size(preset); k++)
			list[n++] = preset->services[k];
		if (!preset && !kb_service_parse(text->services[i].text, &list[n]))
			n++;
	}
	if (n > KB_RULE_LIST_MAX) {
		TELL(r, &text->services[0], "list-length",
		     _("'%s' stands for %u protocols and ports, more than %d; divide the rule"),
		     "service", n, KB_RULE_LIST_MAX);
		return;
	}
	keep_services(r, list, n, rule);
}

/* All rules that allow a link of that name; false when there is none. */
static bool add_links(const struct kb_net_text *net, const char *name, u64 *links)
{
	bool found = false;
	uint32_t i;

	for (i = 0; i < net->n_links; i++) {
		const struct kb_link_rule *link = &net->links[i].rule;

		if (!link->name || strcmp(link->name, name) || link->action != KB_ACTION_ALLOW)
			continue;
		links[i / 64] |= 1ull << i % 64;
		found = true;
	}
	return found;
}

static void unknown_link(struct kb_resolver *r, const struct kb_ref *ref)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_nearest nearest = { 0 };
	uint32_t i;

	for (i = 0; i < net->n_links; i++) {
		if (!net->links[i].rule.name)
			continue;
		if (!strcmp(net->links[i].rule.name, ref->text)) {
			TELL(r, ref, "refused-link",
			     _("link '%s' is refused in line %u, so no path can lead over it"),
			     ref->text, net->links[i].rule.line);
			return;
		}
		kb_nearest_offer(&nearest, ref->text, net->links[i].rule.name);
	}
	for (i = 0; i < net->n_profiles; i++)
		kb_nearest_offer(&nearest, ref->text, net->profiles[i].profile.text);
	if (nearest.best)
		TELL(r, ref, "unknown-name",
		     _("there is no link or Wi-Fi profile '%s'; did you mean '%s'?"), ref->text,
		     nearest.best);
	else
		TELL(r, ref, "unknown-name",
		     _("there is no link or Wi-Fi profile '%s'; name a rule below 'link' or a profile below 'wifi' so"),
		     ref->text);
}

static unsigned int count_bits(const u64 bits[KB_BITS256])
{
	unsigned int i, n = 0;

	for (i = 0; i < KB_BITS256; i++)
		n += __builtin_popcountll(bits[i]);
	return n;
}

static void resolve_links(struct kb_resolver *r, const struct kb_path_text *text,
			  struct kb_path_rule *rule)
{
	const struct kb_net_text *net = &r->model->net;
	unsigned int i;
	uint32_t k;

	for (i = 0; i < text->n_links; i++) {
		const struct kb_ref *ref = &text->links[i];

		for (k = 0; k < net->n_profiles; k++)
			if (!strcmp(net->profiles[k].profile.text, ref->text))
				break;
		if (k < net->n_profiles)
			rule->profiles[k / 64] |= 1ull << k % 64;
		else if (!add_links(net, ref->text, rule->links))
			unknown_link(r, ref);
		rule->conditions |= KB_PATH_IF_LINK;
	}
	if (count_bits(rule->links) > KB_RULE_LIST_MAX)
		TELL(r, &text->links[0], "list-length",
		     _("'%s' stands for %u rules of links, more than %d"), "link",
		     count_bits(rule->links), KB_RULE_LIST_MAX);
}

static void resolve_places(struct kb_resolver *r, const struct kb_path_text *text,
			   struct kb_path_rule *rule)
{
	unsigned int i;
	int index;

	for (i = 0; i < text->n_zones; i++) {
		index = kb_resolve_zone(r, &text->zones[i]);
		if (index >= 0)
			rule->zones[index / 64] |= 1ull << index % 64;
		rule->conditions |= KB_PATH_IF_ZONE;
	}
	for (i = 0; i < text->n_hours; i++) {
		index = kb_resolve_hours(r, &text->hours[i]);
		if (index >= 0)
			rule->schedules |= 1ull << index;
		rule->conditions |= KB_PATH_IF_HOURS;
	}
}

static bool has_cgroup(const struct kb_path_rule *rule, const char *path)
{
	unsigned int i;

	for (i = 0; i < rule->n_cgroups; i++)
		if (!strcmp(rule->cgroups[i], path))
			return true;
	return false;
}

/*
 * A slice is called by its unit's name, as people know it. Where systemd runs
 * it lies deeper; elsewhere (run-screen makes it) just there: both count.
 */
static void resolve_cgroups(struct kb_resolver *r, const struct kb_path_text *text,
			    struct kb_path_rule *rule)
{
	const char **list = kb_arena_array(&r->model->arena, 2 * text->n_cgroups, sizeof(*list));
	char path[KB_CGROUP_MAX + 1];
	unsigned int i;

	if (!text->n_cgroups)
		return;
	if (!list) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	memcpy(list, text->cgroups, text->n_cgroups * sizeof(*list));
	rule->cgroups = list;
	rule->n_cgroups = text->n_cgroups;
	for (i = 0; i < text->n_cgroups; i++) {
		if (!kb_slice_path(text->cgroups[i], path, sizeof(path)) || has_cgroup(rule, path))
			continue;
		if (rule->n_cgroups == KB_RULE_LIST_MAX) {
			TELL(r, text->node, "list-length",
			     _("the slices of path '%s' stand for more than %d control groups; divide the rule"),
			     text->name, KB_RULE_LIST_MAX);
			return;
		}
		list[rule->n_cgroups] = kb_arena_strndup(&r->model->arena, path, strlen(path));
		if (!list[rule->n_cgroups])
			kb_resolve_fail(r, -ENOMEM);
		else
			rule->n_cgroups++;
	}
}

static void resolve_rule(struct kb_resolver *r, const struct kb_path_text *text,
			 struct kb_path_rule *rule)
{
	*rule = (struct kb_path_rule){ .kind = text->kind,
				       .line = text->line,
				       .name = text->name,
				       .tell = text->tell,
				       .n_next_hops = text->n_next_hops,
				       .n_users = text->n_users,
				       .n_groups = text->n_groups,
				       .next_hops = text->next_hops,
				       .users = text->users,
				       .groups = text->groups };
	rule->conditions = (text->n_next_hops ? KB_PATH_IF_NEXT_HOP : 0) |
			   (text->n_users || text->n_groups ? KB_PATH_IF_USER : 0) |
			   (text->n_cgroups ? KB_PATH_IF_CGROUP : 0);
	if (text->n_next_hops)
		r->model->policy.paths.needs_next_hop = true;
	resolve_cgroups(r, text, rule);
	resolve_to(r, text->to, text->n_to, rule);
	resolve_services(r, text, rule);
	resolve_links(r, text, rule);
	resolve_places(r, text, rule);
}

/* Rules under construction. */
struct rules {
	struct kb_resolver *r;
	struct kb_path_rule *list;	/* as many as the text has, KB_PATH_RULES_MAX at most */
	const struct kb_path_text **of;	/* the like */
	uint32_t n;
};

/* The next free one; NULL (told) when there are too many. */
static struct kb_path_rule *next_rule(struct rules *rules, const struct kb_path_text *of)
{
	const struct kb_node *paths = kb_node_get(rules->r->model->root, "paths");
	const struct kb_node *place = of ? of->node : paths;

	if (rules->n == KB_PATH_RULES_MAX) {
		TELL(rules->r, place, "too-many", _("more than %d rules below 'paths'"),
		     KB_PATH_RULES_MAX);
		return NULL;
	}
	rules->of[rules->n] = of;
	return &rules->list[rules->n++];
}

static bool add_list(struct rules *rules, const struct kb_path_list *list)
{
	struct kb_path_rule *rule;
	uint32_t i;

	for (i = 0; i < list->n; i++) {
		rule = next_rule(rules, &list->list[i]);
		if (!rule)
			return false;
		resolve_rule(rules->r, &list->list[i], rule);
	}
	return true;
}

/* dns, ntp and collector: a name, addresses, fixed ports. */
static bool add_essential(struct rules *rules, enum kb_path_kind kind, const char *name,
			  const struct kb_ref *refs, unsigned int n,
			  const struct kb_service *services, unsigned int n_services)
{
	struct kb_service list[KB_PRESET_SERVICES_MAX];
	struct kb_path_rule *rule;

	if (!n)
		return true;
	rule = next_rule(rules, NULL);
	if (!rule)
		return false;
	*rule = (struct kb_path_rule){ .kind = kind, .line = refs[0].line, .name = name };
	memcpy(list, services, n_services * sizeof(*list));
	resolve_to(rules->r, refs, n, rule);
	keep_services(rules->r, list, n_services, rule);
	return true;
}

static bool add_essentials(struct rules *rules)
{
	const struct kb_net_text *net = &rules->r->model->net;
	const struct kb_service_preset *dns = kb_service_preset("dns"),
				       *ntp = kb_service_preset("ntp");
	struct kb_service collector = { IPPROTO_TCP, net->collector_port, net->collector_port };

	return add_essential(rules, KB_PATH_ESSENTIAL, "dns", net->dns, net->n_dns, dns->services,
			     kb_service_preset_size(dns)) &&
	       add_essential(rules, KB_PATH_ESSENTIAL, "ntp", net->ntp, net->n_ntp, ntp->services,
			     kb_service_preset_size(ntp)) &&
	       add_essential(rules, KB_PATH_COLLECTOR, "collector", net->collector,
			     net->n_collector, &collector, 1);
}

static bool add_discoveries(struct rules *rules)
{
	const struct kb_node *paths = kb_node_get(rules->r->model->root, "paths");
	const struct kb_node *node = kb_node_get(paths, "discovery");
	struct kb_ref refs[ARRAY_SIZE(kb_discoveries[0].groups)];
	const struct kb_discovery *discovery;
	struct kb_service service;
	struct kb_path_rule *rule;
	unsigned int n;

	for (discovery = kb_discoveries; discovery->name; discovery++) {
		if (!(rules->r->model->net.discovery >> (discovery - kb_discoveries) & 1))
			continue;
		rule = next_rule(rules, NULL);
		if (!rule)
			return false;
		*rule = (struct kb_path_rule){ .kind = KB_PATH_DISCOVERY,
					       .line = node->line,
					       .name = discovery->name };
		for (n = 0; n < ARRAY_SIZE(refs) && discovery->groups[n]; n++)
			refs[n] = (struct kb_ref){ discovery->groups[n], node->line, node->column };
		service = discovery->service;
		resolve_to(rules->r, refs, n, rule);
		keep_services(rules->r, &service, 1, rule);
	}
	return true;
}

struct named {
	const char *name;
	uint32_t rule;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return strcmp(x->name, y->name) ?: (x->rule < y->rule ? -1 : x->rule > y->rule);
}

/* Logs tell rules apart by their names. */
static void check_names(const struct rules *rules)
{
	struct named *named = calloc(rules->n + 1, sizeof(*named));
	const struct kb_node *place;
	uint32_t i, n = 0;

	if (!named) {
		kb_resolve_fail(rules->r, -ENOMEM);
		return;
	}
	for (i = 0; i < rules->n; i++)
		if (rules->list[i].name)
			named[n++] = (struct named){ rules->list[i].name, i };
	qsort(named, n, sizeof(*named), by_name);
	for (i = 1; i < n; i++) {
		const struct named *twin = &named[i], *first = &named[i - 1];

		if (strcmp(first->name, twin->name))
			continue;
		if (!rules->of[twin->rule]) {
			twin = &named[i - 1];
			first = &named[i];
		}
		if (!rules->of[twin->rule])
			continue;
		place = kb_node_get(rules->of[twin->rule]->node, "name");
		TELL(rules->r, place, "duplicate-name",
		     _("'%s' is the name of the rule in line %u, too; logs could not tell them apart"),
		     twin->name, rules->list[first->rule].line);
	}
	free(named);
}

void kb_resolve_rules(struct kb_resolver *r)
{
	const struct kb_net_text *net = &r->model->net;
	struct kb_arena *arena = &r->model->arena;
	struct rules rules = { .r = r };
	uint32_t most = net->paths.n + net->peers.n + net->inbound.n + net->tunnels.n +
			FIXED_RULES + ARRAY_SIZE(kb_discoveries);

	most = most < KB_PATH_RULES_MAX ? most : KB_PATH_RULES_MAX;
	rules.list = kb_arena_array(arena, most, sizeof(*rules.list));
	rules.of = kb_arena_array(arena, most, sizeof(*rules.of));
	if (!rules.list || !rules.of) {
		kb_resolve_fail(r, -ENOMEM);
		return;
	}
	if (add_list(&rules, &net->paths) && add_essentials(&rules) &&
	    add_list(&rules, &net->peers) && add_list(&rules, &net->inbound) &&
	    add_discoveries(&rules) && add_list(&rules, &net->tunnels))
		check_names(&rules);
	r->model->policy.paths.rules = rules.list;
	r->model->policy.paths.n_rules = rules.n;
	r->model->net.path_of = rules.of;
}
