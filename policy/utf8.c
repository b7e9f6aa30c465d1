// SPDX-License-Identifier: GPL-2.0-or-later
/* Well-formed UTF-8, and where it stops being so. */
#include "policy/utf8.h"

/* Least second byte and most of it, per first byte (Unicode, table 3-7). */
static bool second_ok(unsigned char first, unsigned char second)
{
	unsigned char low = 0x80, high = 0xbf;

	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	return second >= low && second <= high;
}

size_t kb_utf8_char(const char *text, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t need, i;

	if (!len)
		return 0;
	if (bytes[0] < 0x80)
		return 1;
	if (bytes[0] >= 0xc2 && bytes[0] <= 0xdf)
		need = 2;
	else if ((bytes[0] & 0xf0) == 0xe0)
		need = 3;
	else if (bytes[0] >= 0xf0 && bytes[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (len < need || !second_ok(bytes[0], bytes[1]))
		return 0;
	for (i = 2; i < need; i++)
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

bool kb_utf8_check(const char *text, size_t len, uint32_t *ret_line, uint32_t *ret_column)
{
	uint32_t line = 1, column = 1;
	size_t at = 0, step;

	while (at < len) {
		step = kb_utf8_char(text + at, len - at);
		if (!step) {
			*ret_line = line;
			*ret_column = column;
			return false;
		}
		if (text[at] == '\n') {
			line++;
			column = 1;
		} else {
			column++;
		}
		at += step;
	}
	return true;
}

void kb_utf8_place(const char *text, size_t at, uint32_t *ret_line, uint32_t *ret_column)
{
	uint32_t line = 1, column = 1;
	size_t i;

	for (i = 0; i < at; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if ((text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	*ret_line = line;
	*ret_column = column;
}
