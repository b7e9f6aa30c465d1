// SPDX-License-Identifier: GPL-2.0-or-later
/* Port paths and patterns for them. */
#include "policy/port.h"

#include <ctype.h>
#include <string.h>

#include <kidoban/usb.h>

/* "2", "2.1", "2.*", "*" */
static bool valid_ports(const char *text)
{
	for (;;) {
		if (!strcmp(text, "*"))
			return true;
		if (!isdigit((unsigned char)*text))
			return false;
		while (isdigit((unsigned char)*text))
			text++;
		if (!*text)
			return true;
		if (*text++ != '.')
			return false;
	}
}

bool kb_port_valid(const char *pattern)
{
	const char *slash = strchr(pattern, '/'), *star = strchr(pattern, '*'), *c;

	for (c = pattern; *c; c++)
		if (*c <= ' ' || *c >= 0x7f)
			return false;
	if (!slash)
		return *pattern && !star;
	if (star && (star[1] || star < slash))
		return false;
	return slash != pattern && valid_ports(slash + 1);
}

bool kb_port_anchored(const char *pattern)
{
	const char *slash = strchr(pattern, '/'), *dash = strchr(pattern, '-');

	/* "<bus>-<device>/<ports>"; usb1/... and 1-2/... name a bus number. */
	return slash && dash && dash < slash && !isdigit((unsigned char)*pattern) &&
	       strncmp(pattern, "usb", strlen("usb"));
}

bool kb_port_covers(const char *outer, const char *inner)
{
	size_t outer_len = strlen(outer), inner_len = strlen(inner);

	if (!strcmp(outer, inner))
		return true;
	if (!outer_len || outer[outer_len - 1] != '*')
		return false;
	if (inner_len && inner[inner_len - 1] == '*')
		return !strncmp(outer, inner, outer_len - 1);
	return kb_usb_port_match(outer, inner);
}
