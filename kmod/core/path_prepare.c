// SPDX-License-Identifier: GPL-2.0-only
/* What is worked out once for a policy, so that a packet needs one lookup. */
#include "path_match.h"

/* 2 MiB of candidates. More are only made by many rules for many nested networks. */
#define CANDIDATES_MAX	(1u << 20)

/* A set of networks. */
struct kb_network_set {
	u64 bits[KB_BITS256];
};

static void networks_of(const struct kb_path_policy *paths, u16 class, struct kb_network_set *ret)
{
	u32 i;

	*ret = (struct kb_network_set){};
	for (i = 0; i < paths->n_networks; i++)
		if (kb_prefix_class_has(paths->prefixes, class, i))
			ret->bits[i / 64] |= 1ull << i % 64;
}

static bool leads_to(const struct kb_path_rule *rule, const struct kb_network_set *set)
{
	u32 i;

	if (rule->anywhere)
		return true;
	for (i = 0; i < rule->n_to; i++)
		if (kb_path_bit(set->bits, rule->to[i]))
			return true;
	return false;
}

/* A protected class is opened by paths that say where they lead, and by nothing else. */
static bool is_candidate(const struct kb_path_rule *rule, const struct kb_path_class *class,
			 const struct kb_network_set *set)
{
	if (class->is_protected && (rule->kind != KB_PATH_PATH || rule->anywhere))
		return false;
	return leads_to(rule, set);
}

/*
 * Appends the candidates of @class whose kind is in @kinds at @to (NULL: only
 * counts them); their number.
 */
static u32 collect(struct kb_path_policy *paths, struct kb_path_class *class,
		   const struct kb_network_set *set, u32 kinds, u16 *to)
{
	u32 i, n = 0;

	for (i = 0; i < paths->n_rules; i++) {
		struct kb_path_rule *rule = &paths->rules[i];

		if (!(kb_path_kind_bit(rule->kind) & kinds) || !is_candidate(rule, class, set))
			continue;
		if (to)
			to[n] = i;
		n++;
		class->kinds |= kb_path_kind_bit(rule->kind);
		rule->to_protected |= class->is_protected;
	}
	return n;
}

static bool any_protected(const struct kb_path_policy *paths, const struct kb_network_set *set)
{
	u32 i;

	for (i = 0; i < paths->n_networks; i++)
		if (paths->networks[i].is_protected && kb_path_bit(set->bits, i))
			return true;
	return false;
}

/* Fills the classes, and the candidates unless there is no room for them yet. 0 or -E2BIG. */
static int fill_classes(struct kb_path_policy *paths, u32 *ret_total)
{
	u32 c, total = 0;

	for (c = 0; c < paths->n_classes; c++) {
		struct kb_path_class *class = &paths->classes[c];
		struct kb_network_set set;
		u16 *to = NULL;

		networks_of(paths, c, &set);
		class->is_protected = any_protected(paths, &set);
		class->first = total;
		if (paths->candidates)
			to = paths->candidates + total;
		class->n_open = collect(paths, class, &set, KB_PATH_KINDS_OPEN, to);
		class->n = class->n_open + collect(paths, class, &set, ~KB_PATH_KINDS_OPEN,
						   to ? to + class->n_open : NULL);
		total += class->n;
		if (total > CANDIDATES_MAX)
			return -E2BIG;
	}
	*ret_total = total;
	return 0;
}

int kb_path_prepare(struct kb_path_policy *paths, struct kb_prefix *prefixes, u32 n_prefixes)
{
	u32 i, total = 0;
	int err;

	for (i = 0; i < paths->n_rules; i++)
		paths->rules[i].anywhere = !paths->rules[i].n_to;
	err = kb_prefix_build(prefixes, n_prefixes, paths->n_networks, &paths->prefixes);
	if (err)
		return err;
	paths->n_classes = kb_prefix_n_classes(paths->prefixes);
	paths->classes = kb_zalloc(paths->n_classes * sizeof(*paths->classes));
	err = paths->classes ? fill_classes(paths, &total) : -ENOMEM;
	if (!err && total) {
		paths->candidates = kb_zalloc(total * sizeof(*paths->candidates));
		err = paths->candidates ? fill_classes(paths, &total) : -ENOMEM;
	}
	if (err) {
		kb_path_release(paths);
		return err;
	}
	paths->memory = kb_prefix_memory(paths->prefixes) +
			paths->n_classes * sizeof(*paths->classes) +
			total * sizeof(*paths->candidates);
	return 0;
}

void kb_path_release(struct kb_path_policy *paths)
{
	kb_prefix_free(paths->prefixes);
	kb_free(paths->classes);
	kb_free(paths->candidates);
	paths->prefixes = NULL;
	paths->classes = NULL;
	paths->candidates = NULL;
	paths->n_classes = 0;
	paths->memory = 0;
}
