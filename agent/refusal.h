/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's sentences about what it refuses, as people read them. */
#ifndef AGENT_REFUSAL_H
#define AGENT_REFUSAL_H

#include <stddef.h>

/*
 * Says @text, a sentence of the module (netlink.h), in the user's language and
 * its seconds since 1970 as dates in Japan. What is not known is copied.
 */
void kb_refusal_text(const char *text, char *ret, size_t size);

#endif
