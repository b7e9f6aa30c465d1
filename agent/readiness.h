/* SPDX-License-Identifier: GPL-2.0-or-later */
/* May trust be sealed, or is the administrator still copying? */
#ifndef AGENT_READINESS_H
#define AGENT_READINESS_H

#include <stdbool.h>

#include "policy/fault.h"

/*
 * Sealing happens once for each loading of the module, so it must not meet a trust directory that
 * is half copied: with the author's certificate there and the approver's still to come, one person
 * alone could put policies into force until the next boot. It is done when somebody says so (a
 * start, a reload, the module that comes), not when a file appears.
 *
 * 0 when what is below @config_dir can be sealed and it was @asked for. Else a negative errno with
 * a sentence that says what to do: -EAGAIN when all is there and only the word is missing.
 */
int kb_readiness(const char *config_dir, bool asked, struct kb_fault *ret_fault);

#endif
