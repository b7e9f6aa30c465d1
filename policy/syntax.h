/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a text that is not YAML probably meant. */
#ifndef KIDOBAN_POLICY_SYNTAX_H
#define KIDOBAN_POLICY_SYNTAX_H

#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "policy/diag.h"

/*
 * Adds one error for what @parser stumbled over in @text: at the slip of the
 * pen that explains it (a tab, a full-width colon, a space left out), when
 * there is one on the lines concerned, else where the parser stopped.
 */
void kb_syntax_explain(const yaml_parser_t *parser, const char *text, size_t len,
		       struct kb_diags *diags);

#endif
