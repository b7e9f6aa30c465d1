/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port paths: "pci-0000:00:14.0/2.1", and patterns for them. */
#ifndef KIDOBAN_POLICY_PORT_H
#define KIDOBAN_POLICY_PORT_H

#include <stdbool.h>

/*
 * True for what may stand in a policy: printable ASCII without spaces, a star
 * only as the last character after a slash or dot, and behind the slash (if
 * there is one) port numbers with dots between.
 */
bool kb_port_valid(const char *pattern);
/*
 * True when the pattern begins with a controller that has a lasting name.
 * "usb1-2", "1-2.1" are not anchored: their bus numbers change with the
 * order in which controllers are found.
 */
bool kb_port_anchored(const char *pattern);
/* True when every port that @inner covers is covered by @outer. Sound, both valid. */
bool kb_port_covers(const char *outer, const char *inner);

#endif
