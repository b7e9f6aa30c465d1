/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who this terminal is: /etc/kidoban/terminal.yaml. */
#ifndef AGENT_TERMINAL_H
#define AGENT_TERMINAL_H

#include <kidoban/policy.h>

#include "policy/fault.h"

/*
 * Reads @dir/terminal.yaml into the names of *ret; the floor becomes 0, 0.
 * -ENOENT when it is missing, -EBADMSG with "file:line:column: what" when it is
 * wrong.
 */
int kb_terminal_read(const char *dir, struct kb_terminal *ret, struct kb_fault *ret_fault);

/* The name by which carry-out grants know this terminal: "name" in that file, else the host's. Errors as above. */
int kb_terminal_name(const char *dir, char ret[static KB_NAME_MAX + 1], struct kb_fault *ret_fault);

#endif
