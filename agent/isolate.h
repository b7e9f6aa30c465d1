/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Isolation that outlives reboots: the disk and the kernel brought into step (N6). */
#ifndef AGENT_ISOLATE_H
#define AGENT_ISOLATE_H

#include "agent/netlink.h"

/*
 * Tells the kernel again what the disk remembers. To be called before anything
 * else is asked of a module that was just found. A file that cannot be read
 * isolates under a new name. 0 also when there is nothing to tell, or when
 * the kernel is isolated already; else -errno, told in *ret_fault.
 */
int kb_isolate_restore(struct kb_wire *wire, const char *state_dir, struct kb_fault *ret_fault);

/* Makes the disk remember what the kernel says now, after an event of isolation or a release. */
int kb_isolate_follow(struct kb_wire *wire, const char *state_dir, struct kb_fault *ret_fault);

/* A new name for an isolation. -errno of getrandom(2). */
int kb_isolate_name(u8 ret[KB_ISOLATION_LEN]);

#endif
