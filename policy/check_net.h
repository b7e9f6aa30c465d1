/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links and paths that are well-formed and still not what anybody wants. */
#ifndef KIDOBAN_POLICY_CHECK_NET_H
#define KIDOBAN_POLICY_CHECK_NET_H

#include "policy/model.h"

/* Findings of each are added to @diags. */
void kb_check_link(const struct kb_model *model, struct kb_diags *diags);
void kb_check_paths(const struct kb_model *model, struct kb_diags *diags);
void kb_check_wifi(const struct kb_model *model, struct kb_diags *diags);
/* The like. 0 or -ENOMEM. */
int kb_check_places(const struct kb_model *model, struct kb_diags *diags);
/* Networks that overlap in ways that surprise. 0 or -ENOMEM. */
int kb_check_overlap(const struct kb_model *model, struct kb_diags *diags);

/* Is every interface that @inner matches matched by @outer, too? Sound, not complete. */
bool kb_link_rule_covers(const struct kb_link_rule *outer, const struct kb_link_rule *inner);

#endif
