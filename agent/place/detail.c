// SPDX-License-Identifier: GPL-2.0-or-later
/* What the providers share. */
#include <stdarg.h>

#include "agent/clock.h"
#include "agent/place/providers.h"

void kb_detail(struct kb_finding *finding, const char *fmt, ...)
{
	size_t end = sizeof(finding->detail) - 1;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(finding->detail, sizeof(finding->detail), fmt, ap);
	va_end(ap);
	if (len <= (int)end)
		return;
	/* back to the first byte of the character that was cut */
	while (end && ((u8)finding->detail[end - 1] & 0xc0) == 0x80)
		end--;
	if (end && (u8)finding->detail[end - 1] >= 0xc0)
		finding->detail[end - 1] = '\0';
}

u64 kb_boottime_usec(void)
{
	return kb_clock_usec(CLOCK_BOOTTIME);
}
