/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A policy text read and checked against the schema, not yet compiled. */
#ifndef KIDOBAN_POLICY_MODEL_H
#define KIDOBAN_POLICY_MODEL_H

#include <kidoban/policy.h>

#include "policy/arena.h"
#include "policy/diag.h"
#include "policy/document.h"
#include "policy/net.h"

struct kb_model {
	struct kb_arena arena;		/* owns everything below */
	struct kb_policy policy;	/* .blob is NULL; everything else as after kb_policy_parse() */
	struct kb_agent_policy agent;	/* as after kb_agent_policy_read() */
	struct kb_net_text net;		/* what .policy.link, .policy.paths and .agent were made of */
	uint32_t version;		/* of the language */
	const struct kb_node *root;	/* the text, for the places of warnings */
};

/*
 * Reads a policy text. Returns 0 and *ret_model (kb_model_free()), or -EBADMSG
 * (told in @diags), -ENOMEM.
 */
int kb_model_parse(const char *text, size_t len, struct kb_diags *diags,
		   struct kb_model **ret_model);
void kb_model_free(struct kb_model *model);

/* The mapping that rule @index (below n_rules) was read from; its allow: or refuse: inside. */
const struct kb_node *kb_model_rule(const struct kb_model *model, uint32_t index);
const struct kb_node *kb_model_conditions(const struct kb_model *model, uint32_t index);

#endif
