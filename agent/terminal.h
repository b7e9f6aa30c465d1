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

#endif
