/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves this process into a control group of its own, where paths can know it. */
#ifndef AGENT_SCOPE_H
#define AGENT_SCOPE_H

#include "policy/fault.h"

/*
 * Puts this process into a new scope inside @slice: by systemd where it runs,
 * else into a group of that name below the root of the cgroup v2 hierarchy.
 * Sockets opened from then on belong to it. Needs root. 0 only when
 * /proc/self/cgroup says so; else -errno, told.
 */
int kb_scope_enter(const char *slice, struct kb_fault *ret_fault);

#endif
