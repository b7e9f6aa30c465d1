/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Well-formed UTF-8, and where it stops being so. */
#ifndef KIDOBAN_POLICY_UTF8_H
#define KIDOBAN_POLICY_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the well-formed character that starts @text (1..4), or 0 (RFC 3629). */
size_t kb_utf8_char(const char *text, size_t len);
/*
 * True for characters that a reader does not see as what they are: controls
 * (C0, DEL, C1), line and paragraph separators, direction marks (Unicode
 * bidi), byte order marks, noncharacters. @len is kb_utf8_char()'s answer.
 */
bool kb_utf8_hidden(const char *text, size_t len);
/* Code point of the character at @text; @len is kb_utf8_char()'s answer. */
uint32_t kb_utf8_point(const char *text, size_t len);
/*
 * True when all @len bytes are well-formed. Otherwise false with the place of
 * the first that is not: line and column in characters, both from 1.
 */
bool kb_utf8_check(const char *text, size_t len, uint32_t *ret_line, uint32_t *ret_column);

/* Line and column of byte @at, which lies within well-formed @text. */
void kb_utf8_place(const char *text, size_t at, uint32_t *ret_line, uint32_t *ret_column);

#endif
