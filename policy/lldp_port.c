// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of switch ports, and ranges of them. */
#include "policy/lldp_port.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define NUMBER_MAX	999999

/* Decimal, no leading zero, up to NUMBER_MAX; moves *text on. */
static bool take_number(const char **text, uint32_t *ret)
{
	const char *c = *text;
	uint32_t value = 0;

	if (!isdigit((unsigned char)*c) || (*c == '0' && isdigit((unsigned char)c[1])))
		return false;
	for (; isdigit((unsigned char)*c); c++) {
		value = value * 10 + (*c - '0');
		if (value > NUMBER_MAX)
			return false;
	}
	*text = c;
	*ret = value;
	return true;
}

/* What stands in the brackets at @text: "[1-24]" and the end. */
static bool take_range(const char *text, uint32_t *ret_first, uint32_t *ret_last)
{
	if (*text++ != '[' || !take_number(&text, ret_first) || *text++ != '-')
		return false;
	return take_number(&text, ret_last) && !strcmp(text, "]") && *ret_first <= *ret_last;
}

bool kb_lldp_port_valid(const char *pattern)
{
	const char *bracket = strpbrk(pattern, "[]");
	uint32_t first, last;

	return *pattern && (!bracket || take_range(bracket, &first, &last));
}

bool kb_lldp_port_match(const char *pattern, const char *port)
{
	const char *bracket = strchr(pattern, '[');
	uint32_t first, last, number;
	size_t len;

	if (!bracket)
		return !strcmp(pattern, port);
	len = bracket - pattern;
	if (strncmp(pattern, port, len) || !take_range(bracket, &first, &last))
		return false;
	port += len;
	return take_number(&port, &number) && !*port && number >= first && number <= last;
}
