// SPDX-License-Identifier: GPL-2.0-or-later
/* Where systemd keeps a slice in the tree of control groups. */
#include "policy/slice.h"

#include <stdio.h>
#include <string.h>

#define SUFFIX ".slice"

/* The name without its suffix, 0 when it is none: no slashes, no empty levels. */
static size_t stem_of(const char *unit)
{
	size_t len = strlen(unit);
	const char *dash;

	if (len <= strlen(SUFFIX) || strcmp(unit + len - strlen(SUFFIX), SUFFIX) || strchr(unit, '/'))
		return 0;
	len -= strlen(SUFFIX);
	if (unit[0] == '-' || unit[len - 1] == '-')
		return 0;
	for (dash = strchr(unit, '-'); dash; dash = strchr(dash + 1, '-'))
		if (dash[1] == '-')
			return 0;
	return len;
}

bool kb_slice_path(const char *unit, char *ret, size_t size)
{
	size_t stem = stem_of(unit), used = 0, i;
	int n;

	if (!stem || !memchr(unit, '-', stem))
		return false;
	for (i = 1; i <= stem; i++) {
		if (i < stem && unit[i] != '-')
			continue;
		n = snprintf(ret + used, size - used, "%s%.*s" SUFFIX, used ? "/" : "", (int)i, unit);
		if (n < 0 || (size_t)n >= size - used)
			return false;
		used += (size_t)n;
	}
	return true;
}
