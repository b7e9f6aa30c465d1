/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An Ethernet frame with a UDP packet in it, for tools that go past the IP stack. */
#ifndef SELFTEST_FRAME_H
#define SELFTEST_FRAME_H

#include <stddef.h>

#define FRAME_ROOM	1514
#define FRAME_PORT	4171	/* from and to; nobody listens, so that no answer has the text again */

struct frame {
	unsigned char bytes[FRAME_ROOM];
	size_t len;
	unsigned int ifindex;
	size_t ip;		/* where the IP header begins */
};

/*
 * Fill *ret_frame with a UDP packet from the card's first address to the IPv4 or IPv6
 * address to, with text in it, for the station next_hop ("02:00:5e:00:01:0a").
 * Returns 0; -ENODEV no such card, -EINVAL an address that is none, -EADDRNOTAVAIL the
 * card has no address of that family, -E2BIG the text is too long.
 */
int frame_make(const char *card, const char *next_hop, const char *to, const char *text,
	       struct frame *ret_frame);

#endif
