/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings of a check, for people and for programs. */
#ifndef AGENT_CLI_FINDINGS_H
#define AGENT_CLI_FINDINGS_H

#include "agent/json.h"
#include "policy/diag.h"

/* "file: well-formed (warnings: 2)" behind the findings, to @out. */
void kb_findings_write(const struct kb_diags *diags, const char *file, FILE *out);
/* Members "errors", "warnings", "findings" of the object that is open. */
void kb_findings_json(const struct kb_diags *diags, struct kb_json *json);

#endif
