/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key list of kidoban-policy(5), out of the language's table. */
#ifndef AGENT_CLI_MANUAL_H
#define AGENT_CLI_MANUAL_H

#include <stdio.h>

#include "policy/schema.h"

enum kb_manual_format {
	KB_MANUAL_ROFF,			/* man(7): a .SH KEYS section, to be included */
	KB_MANUAL_MARKDOWN,
};

/* Writes every key with its path, type, bounds, meaning and example, then class names and services. */
void kb_manual_write(const struct kb_key *keys, enum kb_manual_format format, FILE *out);

#endif
