// SPDX-License-Identifier: GPL-2.0-or-later
/* Networks that overlap in ways that surprise. */
#include <errno.h>
#include <stdlib.h>

#include "policy/address.h"
#include "policy/check_net.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

/* A prefix, whose it is, and where that was written. */
struct entry {
	struct kb_prefix prefix;	/* .network: index in policy.paths.networks */
	uint32_t line, column;
};

struct checker {
	const struct kb_model *model;
	struct kb_diags *diags;
	struct entry *entries;
	size_t n;
	uint8_t used[KB_NETWORKS_MAX];	/* by a path */
	uint8_t told[KB_NETWORKS_MAX][KB_NETWORKS_MAX / 8];	/* pairs */
};

static const struct kb_network *network_of(const struct checker *c, const struct entry *entry)
{
	return &c->model->policy.paths.networks[entry->prefix.network];
}

static bool is_named(const struct checker *c, const struct entry *entry)
{
	return entry->prefix.network < c->model->net.n_networks;
}

static void note_used(struct checker *c)
{
	const struct kb_path_policy *paths = &c->model->policy.paths;
	uint32_t i, k;

	for (i = 0; i < paths->n_rules; i++)
		for (k = 0; paths->rules[i].kind == KB_PATH_PATH && k < paths->rules[i].n_to; k++)
			c->used[paths->rules[i].to[k]] = 1;
}

static int by_prefix(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = kb_prefix_compare(&x->prefix, &y->prefix);

	return order ?: (int)x->prefix.network - (int)y->prefix.network;
}

/* Named networks with the places of their prefixes, then what "protected" names by address. */
static int collect(struct checker *c)
{
	const struct kb_net_text *net = &c->model->net;
	const struct kb_path_policy *paths = &c->model->policy.paths;
	size_t room = net->n_protected;
	uint32_t i, k;

	for (i = 0; i < net->n_networks; i++)
		room += net->networks[i].n;
	c->entries = calloc(room + 1, sizeof(*c->entries));
	if (!c->entries)
		return -ENOMEM;
	for (i = 0; i < net->n_networks; i++)
		for (k = 0; k < net->networks[i].n; k++) {
			const struct kb_prefix_ref *ref = &net->networks[i].prefixes[k];

			c->entries[c->n] = (struct entry){ ref->prefix, ref->line, ref->column };
			c->entries[c->n++].prefix.network = i;
		}
	for (i = 0; i < net->n_protected; i++) {
		struct entry *entry = &c->entries[c->n];
		char text[KB_ADDRESS_SIZE];

		if (kb_prefix_parse(net->protected[i].text, &entry->prefix) < 0)
			continue;
		kb_prefix_to_text(&entry->prefix, text);
		for (k = 0; k < paths->n_networks; k++)
			if (!strcmp(paths->networks[k].name, text))
				break;
		entry->prefix.network = k;
		entry->line = net->protected[i].line;
		entry->column = net->protected[i].column;
		c->n++;
	}
	qsort(c->entries, c->n, sizeof(*c->entries), by_prefix);
	return 0;
}

/* True the first time. */
static bool first_of_pair(struct checker *c, const struct entry *a, const struct entry *b)
{
	uint8_t *byte = &c->told[a->prefix.network][b->prefix.network / 8];
	uint8_t bit = 1u << b->prefix.network % 8;
	bool first = !(*byte & bit);

	*byte |= bit;
	return first;
}

static void compare(struct checker *c, const struct entry *outer, const struct entry *inner)
{
	const struct kb_network *out = network_of(c, outer), *in = network_of(c, inner);
	char text[KB_ADDRESS_SIZE];

	if (out->is_protected == in->is_protected || !first_of_pair(c, outer, inner))
		return;
	kb_prefix_to_text(&inner->prefix, text);
	if (in->is_protected)
		kb_diags_add(c->diags, KB_DIAG_WARNING, outer->line, outer->column, "overlap",
			     _("network '%s' contains %s, which is protected: protection wins there, and paths to '%s' lead there as well"),
			     out->name, text, out->name);
	else if (is_named(c, inner) && !c->used[inner->prefix.network])
		kb_diags_add(c->diags, KB_DIAG_WARNING, inner->line, inner->column, "overlap",
			     _("%s of network '%s' lies in the protected network '%s': protection wins"),
			     text, in->name, out->name);
}

int kb_check_overlap(const struct kb_model *model, struct kb_diags *diags)
{
	KB_FREE struct checker *c = calloc(1, sizeof(*c));
	/* The prefixes that the one at hand lies in: one of each length at most, times networks. */
	KB_FREE size_t *stack = NULL;
	size_t i, k, depth = 0;

	if (!c)
		return -ENOMEM;
	c->model = model;
	c->diags = diags;
	note_used(c);
	if (collect(c) < 0)
		return -ENOMEM;
	stack = calloc(c->n + 1, sizeof(*stack));
	for (i = 0; stack && i < c->n; i++) {
		while (depth && !kb_prefix_covers(&c->entries[stack[depth - 1]].prefix,
						  &c->entries[i].prefix))
			depth--;
		/* Written twice: nothing new. */
		if (depth && !by_prefix(&c->entries[stack[depth - 1]], &c->entries[i]))
			continue;
		for (k = 0; k < depth; k++)
			compare(c, &c->entries[stack[k]], &c->entries[i]);
		stack[depth++] = i;
	}
	free(c->entries);
	return stack ? 0 : -ENOMEM;
}
