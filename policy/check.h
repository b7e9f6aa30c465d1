/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Policies that are well-formed and still not what anybody wants. */
#ifndef KIDOBAN_POLICY_CHECK_H
#define KIDOBAN_POLICY_CHECK_H

#include "policy/diag.h"
#include "policy/model.h"

/*
 * Adds what is wrong with @model at time @now (seconds since 1970) to @diags.
 * 0 when no error was found (warnings may be), -EPERM otherwise, -ENOMEM.
 */
int kb_check(const struct kb_model *model, uint64_t now, struct kb_diags *diags);

#endif
