// SPDX-License-Identifier: GPL-2.0-or-later
/* What is wrong with a text, and where. */
#include "policy/diag.h"

#include <stdarg.h>
#include <stdlib.h>

#include "policy/i18n.h"

static const char *const levels[KB_DIAG_LEVEL_MAX] = {
	[KB_DIAG_ERROR] = N_("error"),
	[KB_DIAG_WARNING] = N_("warning"),
	[KB_DIAG_NOTE] = N_("note"),
};

static unsigned int kept_max(enum kb_diag_level level)
{
	return level == KB_DIAG_ERROR ? KB_DIAG_ERRORS_MAX : KB_DIAG_OTHERS_MAX;
}

void kb_diags_add(struct kb_diags *diags, enum kb_diag_level level, uint32_t line, uint32_t column,
		  const char *code, const char *format, ...)
{
	struct kb_diag *diag;
	char text[1024];
	va_list args;
	int len;

	if (diags->counts[level]++ >= kept_max(level))
		return;
	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (len < 0)
		return;
	if ((size_t)len >= sizeof(text))
		len = sizeof(text) - 1;
	diag = kb_arena_alloc(&diags->arena, sizeof(*diag));
	if (!diag)
		return;
	*diag = (struct kb_diag){ .level = level, .line = line, .column = column, .code = code };
	diag->text = kb_arena_strndup(&diags->arena, text, len);
	if (!diag->text)
		return;
	if (diags->last)
		diags->last->next = diag;
	else
		diags->first = diag;
	diags->last = diag;
}

const char *kb_diag_level_name(enum kb_diag_level level)
{
	return _(levels[level]);
}

const char *kb_diag_level_id(enum kb_diag_level level)
{
	return levels[level];
}

void kb_diags_write(const struct kb_diags *diags, const char *file, FILE *out)
{
	const struct kb_diag *diag;
	unsigned int lost = 0;
	int level;

	for (diag = diags->first; diag; diag = diag->next) {
		fputs(file, out);
		if (diag->line)
			fprintf(out, ":%u:%u", diag->line, diag->column);
		fprintf(out, ": %s: %s\n", kb_diag_level_name(diag->level), diag->text);
	}
	for (level = 0; level < KB_DIAG_LEVEL_MAX; level++)
		if (diags->counts[level] > kept_max(level))
			lost += diags->counts[level] - kept_max(level);
	if (lost)
		fprintf(out, _("%s: %u more not shown\n"), file, lost);
}

void kb_diags_done(struct kb_diags *diags)
{
	kb_arena_done(&diags->arena);
	*diags = (struct kb_diags){ 0 };
}
