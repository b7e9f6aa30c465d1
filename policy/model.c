// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy text read and checked against the schema. */
#include "policy/model.h"

#include <errno.h>
#include <stdlib.h>

#include <uapi/kidoban/blob.h>

#include "policy/i18n.h"
#include "policy/read.h"
#include "policy/schema.h"

const struct kb_node *kb_model_rule(const struct kb_model *model, uint32_t index)
{
	const struct kb_node *rules = kb_node_get(kb_node_get(model->root, "media"), "rules");
	const struct kb_node *rule;

	for (rule = rules ? rules->first : NULL; rule && index; rule = rule->next)
		index--;
	return rule;
}

const struct kb_node *kb_model_conditions(const struct kb_model *model, uint32_t index)
{
	const struct kb_node *rule = kb_model_rule(model, index), *allow = kb_node_get(rule, "allow");

	return allow ?: kb_node_get(rule, "refuse");
}

/* What the table cannot say: keys that make no sense together. */
static int check_together(const struct kb_model *model, struct kb_diags *diags)
{
	const struct kb_policy_header *header = &model->policy.header;
	const struct kb_node *rules, *rule, *as, *node;
	int r = 0;

	if (header->not_before > header->expires) {
		node = kb_node_get(kb_node_get(model->root, "policy"), "not_before");
		kb_diags_add(diags, KB_DIAG_ERROR, node->line, node->column, "dates",
			     _("the policy expires before it becomes valid"));
		r = -EBADMSG;
	}
	rules = kb_node_get(kb_node_get(model->root, "media"), "rules");
	for (rule = rules ? rules->first : NULL; rule; rule = rule->next) {
		as = kb_node_get(rule, "as");
		if (!as || kb_node_get(rule, "allow"))
			continue;
		kb_diags_add(diags, KB_DIAG_ERROR, as->key->line, as->key->column, "as-refuse",
			     _("'as' belongs to rules that allow"));
		r = -EBADMSG;
	}
	return r;
}

static int read_model(struct kb_model *model, const char *text, size_t len,
		      struct kb_diags *diags)
{
	struct kb_reader reader = { .arena = &model->arena, .diags = diags };
	struct kb_node *root;
	int r;

	r = kb_document_parse(text, len, &model->arena, diags, &root);
	if (r < 0)
		return r;
	model->root = root;
	model->policy.header.epoch = 1;
	/* the lowest module level that understands the text, not the newest there is */
	model->policy.header.min_module = 1;
	model->policy.media_default = KB_ACTION_REFUSE;
	kb_net_defaults(model);
	r = kb_read_map(&reader, kb_schema_policy, root, model);
	if (r < 0)
		return r;
	r = check_together(model, diags);
	return kb_net_resolve(model, diags) ?: r;
}

int kb_model_parse(const char *text, size_t len, struct kb_diags *diags,
		   struct kb_model **ret_model)
{
	struct kb_model *model = calloc(1, sizeof(*model));
	int r;

	if (!model)
		return -ENOMEM;
	r = read_model(model, text, len, diags);
	if (r < 0) {
		kb_model_free(model);
		return r;
	}
	*ret_model = model;
	return 0;
}

void kb_model_free(struct kb_model *model)
{
	if (!model)
		return;
	kb_path_release(&model->policy.paths);
	kb_arena_done(&model->arena);
	free(model);
}
