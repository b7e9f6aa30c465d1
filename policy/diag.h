/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a text, and where: errors, warnings and notes. */
#ifndef KIDOBAN_POLICY_DIAG_H
#define KIDOBAN_POLICY_DIAG_H

#include <stdint.h>
#include <stdio.h>

#include "policy/arena.h"

#define KB_DIAG_ERRORS_MAX	20	/* further errors are only counted */
#define KB_DIAG_OTHERS_MAX	200	/* the like for warnings and notes */

enum kb_diag_level {
	KB_DIAG_ERROR,
	KB_DIAG_WARNING,
	KB_DIAG_NOTE,			/* worth knowing; never fails a check */
	KB_DIAG_LEVEL_MAX
};

struct kb_diag {
	enum kb_diag_level level;
	uint32_t line, column;		/* from 1; 0 = concerns the whole text */
	const char *code;		/* stable name for programs, "unknown-key"; static */
	const char *text;		/* sentence in the user's language; arena */
	struct kb_diag *next;
};

/* Zero-initialise; kb_diags_done() frees. Diagnostics keep the order they came in. */
struct kb_diags {
	struct kb_arena arena;
	struct kb_diag *first, *last;
	unsigned int counts[KB_DIAG_LEVEL_MAX];	/* includes those not kept */
};

/* Adds one; nothing happens when memory is short but the counting. */
void kb_diags_add(struct kb_diags *diags, enum kb_diag_level level, uint32_t line, uint32_t column,
		  const char *code, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* "error", "warning", "note" in the user's language. */
const char *kb_diag_level_name(enum kb_diag_level level);
/* The like, never translated: for programs. */
const char *kb_diag_level_id(enum kb_diag_level level);
/*
 * Writes "file:line:column: error: text" and a newline for each to @out, and
 * a last line when more were found than kept.
 */
void kb_diags_write(const struct kb_diags *diags, const char *file, FILE *out);
void kb_diags_done(struct kb_diags *diags);

#endif
