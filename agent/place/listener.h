/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who listens on a port of this terminal? */
#ifndef AGENT_PLACE_LISTENER_H
#define AGENT_PLACE_LISTENER_H

#include <kidoban/types.h>

/*
 * 0 when a service of the system listens on TCP @port of 127.0.0.1, -EPERM when a person's program
 * does (ports from 1024 on are whoever's comes first), -ENOENT when nobody does.
 */
int kb_listener_check(u16 port);

#endif
