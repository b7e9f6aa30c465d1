/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of switch ports, and ranges of them: "Gi1/0/48", "Gi1/0/[1-24]". */
#ifndef KIDOBAN_POLICY_LLDP_PORT_H
#define KIDOBAN_POLICY_LLDP_PORT_H

#include <stdbool.h>

/* No brackets, or one pair at the end around "FIRST-LAST": decimal, no leading zeros. */
bool kb_lldp_port_valid(const char *pattern);
/* Is @port (as the switch says it) one that the valid @pattern covers? */
bool kb_lldp_port_match(const char *pattern, const char *port);

#endif
