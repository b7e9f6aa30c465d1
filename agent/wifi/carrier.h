/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rtnetlink says of network interfaces: do they carry anything; and taking one down. */
#ifndef AGENT_WIFI_CARRIER_H
#define AGENT_WIFI_CARRIER_H

#include <kidoban/types.h>

#include "policy/fault.h"

struct kb_carrier;			/* two sockets: requests, and multicast */

int kb_carrier_open(struct kb_carrier **ret, struct kb_fault *ret_fault);
void kb_carrier_close(struct kb_carrier *carrier);

/*
 * An interface is new, changed or (@gone) went. @ifindex 0: messages were lost, anything may have
 * changed.
 */
typedef void (*kb_carrier_fn)(u32 ifindex, bool gone, bool operational, void *userdata);

int kb_carrier_fd(const struct kb_carrier *carrier);
/* Hands over what came; 0 when nothing more is there. */
int kb_carrier_receive(struct kb_carrier *carrier, kb_carrier_fn fn, void *userdata);

/* Does the interface's operstate say that it is up? -ENODEV. Answers within a second. */
int kb_carrier_operational(struct kb_carrier *carrier, u32 ifindex, bool *ret);
/* Switches it off (IFF_UP), and on again. -EPERM without CAP_NET_ADMIN. */
int kb_carrier_switch(struct kb_carrier *carrier, u32 ifindex, bool up, struct kb_fault *ret_fault);

#endif
