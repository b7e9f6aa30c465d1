// SPDX-License-Identifier: GPL-2.0-or-later
/* What a text that is not YAML probably meant. */
#include "policy/syntax.h"

#include <stdbool.h>
#include <string.h>

#include "policy/i18n.h"
#include "policy/utf8.h"

#define LINES_BACK	1	/* the parser may notice a slip on the line after it */

/* One line of the text, and where in it a slip stands. */
struct line {
	const char *text;
	size_t len;
	uint32_t number;		/* from 1 */
};

/* What a Japanese input method leaves behind, and what YAML wants there. */
static const struct {
	const char *wide, *narrow;
} widths[] = {
	{ "\u3000", " " }, { "\uff1a", ":" }, { "\uff0c", "," }, { "\u3001", "," },
	{ "\uff0d", "-" }, { "\uff5b", "{" }, { "\uff5d", "}" }, { "\uff3b", "[" },
	{ "\uff3d", "]" }, { "\u201c", "\"" }, { "\u201d", "\"" }, { "\uff02", "\"" },
	{ "\uff03", "#" },
};

static bool next_line(const char *text, size_t len, struct line *line)
{
	const char *from = line->text ? line->text + line->len + 1 : text;
	const char *end;

	if (from >= text + len)
		return false;
	end = memchr(from, '\n', text + len - from);
	*line = (struct line){ from, (end ?: text + len) - from, line->number + 1 };
	return true;
}

static uint32_t column(const struct line *line, size_t at)
{
	uint32_t ignored, ret;

	kb_utf8_place(line->text, at, &ignored, &ret);
	return ret;
}

/* Bytes at the line's beginning that are among @set. */
static size_t span(const struct line *line, const char *set)
{
	size_t n = 0;

	while (n < line->len && line->text[n] && strchr(set, line->text[n]))
		n++;
	return n;
}

static bool tab_in_indent(const struct line *line, struct kb_diags *diags)
{
	size_t at = span(line, " ");

	if (at >= line->len || line->text[at] != '\t')
		return false;
	kb_diags_add(diags, KB_DIAG_ERROR, line->number, column(line, at), "syntax",
		     _("a tab character indents this line; use spaces"));
	return true;
}

/* At @at, outside quotes: is a full-width character where YAML has a sign of its own? */
static bool full_width(const struct line *line, size_t at, struct kb_diags *diags)
{
	size_t i, n;

	for (i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		n = strlen(widths[i].wide);
		if (n > line->len - at || memcmp(line->text + at, widths[i].wide, n))
			continue;
		kb_diags_add(diags, KB_DIAG_ERROR, line->number, column(line, at), "syntax",
			     _("a full-width character '%s' stands here; type '%s', or put the text in quotes"), widths[i].wide,
			     widths[i].narrow);
		return true;
	}
	return false;
}

/* "-allow", "allow:{", "default:refuse": YAML wants a space after - and : */
static bool no_space(const struct line *line, size_t at, struct kb_diags *diags)
{
	const char *p = line->text + at;
	bool dash = *p == '-' && at == span(line, " ");
	bool key = *p == ':' && at == span(line, " -abcdefghijklmnopqrstuvwxyz_");

	if (at + 1 >= line->len || strchr(" \t\r-", p[1]))
		return false;
	if (!dash && !key && !(*p == ':' && strchr("{[\"", p[1])))
		return false;
	kb_diags_add(diags, KB_DIAG_ERROR, line->number, column(line, at), "syntax",
		     _("a space is missing after '%c'"), *p);
	return true;
}

/* Looks at one line up to its comment; what stands in quotes may be anything. */
static bool slip(const struct line *line, struct kb_diags *diags)
{
	char quote = '\0';
	size_t i;

	if (tab_in_indent(line, diags))
		return true;
	for (i = 0; i < line->len; i++) {
		char c = line->text[i];

		if (quote) {
			if (c == '\\' && quote == '"')
				i++;
			else if (c == quote)
				quote = '\0';
		} else if (c == '#' && (!i || line->text[i - 1] == ' ')) {
			break;
		} else if ((c == '"' || c == '\'') && (!i || strchr(" [{,:", line->text[i - 1]))) {
			quote = c;
		} else if (full_width(line, i, diags) || no_space(line, i, diags)) {
			return true;
		}
	}
	return false;
}

static bool explain_slip(const char *text, size_t len, uint32_t from, uint32_t to,
			 struct kb_diags *diags)
{
	struct line line = { 0 };

	while (next_line(text, len, &line))
		if (line.number >= from && line.number <= to && slip(&line, diags))
			return true;
	return false;
}

static bool says(const char *text, const char *part)
{
	return text && strstr(text, part);
}

/* Where nothing but the parser's own word is known: what to look at. */
static void explain_problem(const yaml_parser_t *parser, char at, uint32_t line,
			    uint32_t column, struct kb_diags *diags)
{
	uint32_t since = parser->context_mark.line + 1;

	if (says(parser->problem, "',' or"))
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "syntax",
			     _("%s: a comma, a closing bracket or a quotation mark is missing before here; the bracket opens in line %u"),
			     _(parser->problem), since);
	else if (says(parser->problem, "could not find expected ':'"))
		kb_diags_add(diags, KB_DIAG_ERROR, since, parser->context_mark.column + 1, "syntax",
			     _("%s: a line is a key, a colon, a space and a value"), _(parser->problem));
	else if (says(parser->problem, "did not find expected key") && at == ',')
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "syntax",
			     _("a comma stands only between brackets; begin a new line"));
	else if (says(parser->problem, "did not find expected key") ||
		 says(parser->problem, "expected '-' indicator"))
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "syntax",
			     _("%s: indent this line like the others of the block that begins in line %u"),
			     _(parser->problem), since);
	else if (says(parser->problem, "cannot start any token") && at)
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "syntax",
			     _("a value cannot begin with '%c'; put it in quotes"), at);
	else
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "syntax", "%s",
			     parser->problem ? _(parser->problem) : _("not YAML"));
}

/* The character that the parser stopped at; NUL at the end of the text. Marks count characters. */
static char stopped_at(const yaml_parser_t *parser, const char *text, size_t len)
{
	struct line line = { 0 };
	size_t at = 0, left;

	while (next_line(text, len, &line))
		if (line.number == parser->problem_mark.line + 1)
			break;
	if (line.number != parser->problem_mark.line + 1)
		return '\0';
	for (left = parser->problem_mark.column; left && at < line.len; left--)
		at += kb_utf8_char(line.text + at, line.len - at) ?: 1;
	return at < line.len ? line.text[at] : '\0';
}

void kb_syntax_explain(const yaml_parser_t *parser, const char *text, size_t len,
		       struct kb_diags *diags)
{
	uint32_t line = parser->problem_mark.line + 1, column = parser->problem_mark.column + 1;
	uint32_t from = line > LINES_BACK ? line - LINES_BACK : 1;

	/* The reader runs ahead of the marks and knows the byte only. */
	if (parser->error == YAML_READER_ERROR) {
		if (parser->problem_offset <= len)
			kb_utf8_place(text, parser->problem_offset, &line, &column);
		kb_diags_add(diags, KB_DIAG_ERROR, line, column, "syntax", "%s",
			     parser->problem ? _(parser->problem) : _("not YAML"));
		return;
	}
	if (explain_slip(text, len, from, line, diags))
		return;
	explain_problem(parser, stopped_at(parser, text, len), line, column, diags);
}
