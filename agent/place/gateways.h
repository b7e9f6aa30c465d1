/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The default gateways that the kernel's routes name, and their hardware addresses. */
#ifndef AGENT_PLACE_GATEWAYS_H
#define AGENT_PLACE_GATEWAYS_H

#include <kidoban/types.h>
#include <netlink/cache.h>

/* @mac: six bytes, NULL = not heard of yet. */
typedef void (*kb_gateway_fn)(u32 ifindex, const u8 *mac, void *userdata);

/* Calls @fn for each next hop of each default route of table main, IPv4 and IPv6. @neighbours may be NULL. */
void kb_gateways_each(struct nl_cache *routes, struct nl_cache *neighbours, kb_gateway_fn fn, void *userdata);

#endif
