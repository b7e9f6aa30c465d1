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

uint32_t kb_utf8_point(const char *text, size_t len)
{
	static const unsigned char lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = (unsigned char)text[0] & lead_bits[len];
	size_t i;

	for (i = 1; i < len; i++)
		point = point << 6 | (text[i] & 0x3f);
	return point;
}

bool kb_utf8_hidden(const char *text, size_t len)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c }, { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb }, { 0xfffe, 0xffff },
	};
	uint32_t point = kb_utf8_point(text, len);
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return (point & 0xfffe) == 0xfffe;
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
