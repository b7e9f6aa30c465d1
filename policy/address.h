/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses and prefixes (IPv4, IPv6, Ethernet) between text and the decision core's types. */
#ifndef KIDOBAN_POLICY_ADDRESS_H
#define KIDOBAN_POLICY_ADDRESS_H

#include <stdbool.h>

#include <kidoban/link.h>
#include <kidoban/prefix.h>

#define KB_ADDRESS_SIZE	64	/* bytes that an address or prefix as text needs, the NUL too */
#define KB_MAC_SIZE	32	/* the like of a MAC address with a length */

/* "10.20.1.10", "2001:db8::1": 0 with 4 or 6 in *ret_version, or -EINVAL. */
int kb_address_parse(const char *text, union kb_ip *ret, u8 *ret_version);
void kb_address_to_text(const union kb_ip *ip, u8 version, char ret[KB_ADDRESS_SIZE]);

/*
 * "10.20.0.0/16", "2001:db8::/32", or an address alone (all its bits count).
 * Bits behind the length stay as written. .network is 0. 0 or -EINVAL.
 */
int kb_prefix_parse(const char *text, struct kb_prefix *ret);
/* Clears the bits behind the length; true when there were any. */
bool kb_prefix_clean(struct kb_prefix *prefix);
/* Without length when all bits count. */
void kb_prefix_to_text(const struct kb_prefix *prefix, char ret[KB_ADDRESS_SIZE]);
/* Does every address of @inner lie in @outer? */
bool kb_prefix_covers(const struct kb_prefix *outer, const struct kb_prefix *inner);
/* By version, address, length: an outer prefix comes before those within. <0, 0, >0. */
int kb_prefix_compare(const struct kb_prefix *a, const struct kb_prefix *b);

/* "02:00:5e:00:01:0a": 0 or -EINVAL. */
int kb_mac_parse(const char *text, u8 ret[6]);
/* The like, or with "/28" the first bits only. Bits behind stay as written. 0 or -EINVAL. */
int kb_mac_mask_parse(const char *text, struct kb_link_mac *ret);
/* Do all its bits count? */
bool kb_mac_mask_single(const struct kb_link_mac *mac);
void kb_mac_to_text(const u8 mac[6], char ret[KB_MAC_SIZE]);
/* Without length when all bits count; masks that are no length, "02:00:00:00:00:00 & ff:00:...". */
void kb_mac_mask_to_text(const struct kb_link_mac *mac, char ret[2 * KB_MAC_SIZE]);

#endif
