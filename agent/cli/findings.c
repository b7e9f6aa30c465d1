// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings of a check, for people and for programs. */
#include "agent/cli/findings.h"

#include "policy/i18n.h"

void kb_findings_write(const struct kb_diags *diags, const char *file, FILE *out)
{
	unsigned int errors = diags->counts[KB_DIAG_ERROR];
	unsigned int warnings = diags->counts[KB_DIAG_WARNING];

	kb_diags_write(diags, file, out);
	if (errors)
		fprintf(out, _("%s: refused (errors: %u, warnings: %u)\n"), file, errors, warnings);
	else if (warnings)
		fprintf(out, _("%s: well-formed (warnings: %u)\n"), file, warnings);
	else
		fprintf(out, _("%s: good\n"), file);
}

void kb_findings_json(const struct kb_diags *diags, struct kb_json *json)
{
	const struct kb_diag *diag;

	kb_json_uint(json, "errors", diags->counts[KB_DIAG_ERROR]);
	kb_json_uint(json, "warnings", diags->counts[KB_DIAG_WARNING]);
	kb_json_open(json, "findings", '[');
	for (diag = diags->first; diag; diag = diag->next) {
		kb_json_open(json, NULL, '{');
		kb_json_text(json, "level", kb_diag_level_id(diag->level));
		kb_json_text(json, "code", diag->code);
		kb_json_uint(json, "line", diag->line);
		kb_json_uint(json, "column", diag->column);
		kb_json_text(json, "text", diag->text);
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
}
