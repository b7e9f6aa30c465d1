// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables that line up. */
#include "agent/cli/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

/* Bytes and columns of the character at @text, which is not at its end. */
static size_t next_char(const char *text, size_t *ret_width)
{
	mbstate_t state = {};
	wchar_t wide;
	size_t n = mbrtowc(&wide, text, strlen(text), &state);
	int width;

	if (n == (size_t)-1 || n == (size_t)-2 || n == 0) {
		*ret_width = 1;
		return 1;
	}
	width = wcwidth(wide);
	*ret_width = width < 0 ? 1 : (size_t)width;
	return n;
}

size_t kb_text_width(const char *text)
{
	size_t width = 0, one;

	while (*text) {
		text += next_char(text, &one);
		width += one;
	}
	return width;
}

int kb_table_add(struct kb_table *table, const char *text)
{
	char **grown, *copy;
	size_t size;

	if (table->n == table->size) {
		size = table->size ? 2 * table->size : 64;
		grown = reallocarray(table->cells, size, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		table->cells = grown;
		table->size = size;
	}
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	table->cells[table->n++] = copy;
	return 0;
}

int kb_table_addf(struct kb_table *table, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int r;

	va_start(ap, fmt);
	r = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (r < 0)
		return -ENOMEM;
	r = kb_table_add(table, text);
	free(text);
	return r;
}

static size_t terminal_width(FILE *out)
{
	struct winsize size;

	if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) < 0 || !size.ws_col)
		return SIZE_MAX;
	return size.ws_col;
}

/* Prints what fits into @room columns, with an ellipsis when that is not all. */
static void print_cut(const char *text, size_t room, FILE *out)
{
	size_t used = 0, width, n;

	if (kb_text_width(text) <= room) {
		fputs(text, out);
		return;
	}
	while (*text) {
		n = next_char(text, &width);
		if (used + width + 1 > room)
			break;
		fwrite(text, 1, n, out);
		text += n;
		used += width;
	}
	fputs("…", out);
}

static void print_row(const struct kb_table *table, size_t first, const size_t *widths,
		      size_t total, FILE *out)
{
	size_t at = 0, pad, i;
	const char *cell;

	for (i = 0; i < table->columns && first + i < table->n; i++) {
		cell = table->cells[first + i];
		if (i + 1 == table->columns) {
			print_cut(cell, total > at + 4 ? total - at : 4, out);
			break;
		}
		fputs(cell, out);
		pad = widths[i] + 2 - kb_text_width(cell);
		fprintf(out, "%*s", (int)pad, "");
		at += widths[i] + 2;
	}
	fputc('\n', out);
}

void kb_table_print(const struct kb_table *table, FILE *out)
{
	size_t widths[KB_TABLE_COLUMNS_MAX] = {}, total = terminal_width(out), i, width;

	for (i = 0; i < table->n; i++) {
		width = kb_text_width(table->cells[i]);
		if (width > widths[i % table->columns])
			widths[i % table->columns] = width;
	}
	for (i = 0; i < table->n; i += table->columns)
		print_row(table, i, widths, total, out);
}

void kb_table_done(struct kb_table *table)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		free(table->cells[i]);
	free(table->cells);
	table->cells = NULL;
	table->n = table->size = 0;
}
