/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is a network interface a card, or made by software? */
#ifndef AGENT_PLACE_HARDWARE_H
#define AGENT_PLACE_HARDWARE_H

#include <stdbool.h>

#include <kidoban/types.h>

/* False as well for one that is gone. */
bool kb_link_is_hardware(u32 ifindex);

#endif
