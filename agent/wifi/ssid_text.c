// SPDX-License-Identifier: GPL-2.0-or-later
/* An SSID for people: 32 raw octets must not drive a terminal, nor look like another. */
#include "agent/wifi/proof.h"
#include "policy/utf8.h"

/* Characters without any width: two SSIDs that differ by one look the same. */
static bool is_invisible(const char *at, size_t n)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x115f, 0x1160 }, { 0x180b, 0x180f },
		{ 0x200b, 0x200d }, { 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xfe00, 0xfe0f },
		{ 0xffa0, 0xffa0 }, { 0xe0000, 0xe0fff },
	};
	uint32_t point = kb_utf8_point(at, n);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

/* Spaces at the ends cannot be seen, and a backslash would read as an escape. */
static bool is_shown(const char *at, size_t n, bool at_end)
{
	if (!n || kb_utf8_hidden(at, n) || is_invisible(at, n) || *at == '\\')
		return false;
	return *at != ' ' || !at_end;
}

void kb_ssid_text(const u8 *ssid, u8 len, char *ret, size_t size)
{
	const char *text = (const char *)ssid;
	size_t i, n, used = 0;

	if (!size)
		return;
	for (i = 0; i < len; i += n) {
		n = kb_utf8_char(text + i, len - i);
		if (is_shown(text + i, n, !i || i + 1 == len)) {
			if (used + n >= size)
				break;
			memcpy(ret + used, text + i, n);
			used += n;
			continue;
		}
		if (used + 4 >= size)
			break;
		snprintf(ret + used, size - used, "\\x%02x", ssid[i]);
		used += 4;
		n = 1;
	}
	ret[used] = '\0';
}
