/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables that line up, also where characters are two columns wide. */
#ifndef AGENT_CLI_TABLE_H
#define AGENT_CLI_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define KB_TABLE_COLUMNS_MAX 12

struct kb_table {
	unsigned int columns;
	size_t n, size;			/* cells used, cells allocated */
	char **cells;			/* row by row; owned */
};

/* Columns that UTF-8 @text takes on a terminal; what cannot be shown counts one. */
size_t kb_text_width(const char *text);

/* Zero-initialise, set .columns. Appends a cell (a copy). -ENOMEM. */
int kb_table_add(struct kb_table *table, const char *text);
/* The like, printf-style. */
__attribute__((format(printf, 2, 3)))
int kb_table_addf(struct kb_table *table, const char *fmt, ...);

/*
 * Prints all rows. Where @out is a terminal the last column is cut to fit it,
 * else nothing is cut.
 */
void kb_table_print(const struct kb_table *table, FILE *out);
void kb_table_done(struct kb_table *table);

#endif
