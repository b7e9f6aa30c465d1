/* SPDX-License-Identifier: GPL-2.0-only */
/* From an address to the networks it lies in: longest prefix match in constant time. */
#ifndef KIDOBAN_PREFIX_H
#define KIDOBAN_PREFIX_H

#include <kidoban/packet.h>
#include <kidoban/types.h>
#include <uapi/kidoban/limits.h>

struct kb_prefix {
	union kb_ip addr;		/* bits behind len are zero */
	u8 version, len;
	u16 network;			/* index */
};

/*
 * Every address has a class: the set of networks that contain it. Class 0 is
 * the empty set. Two addresses in the same networks have the same class.
 * Constant once built; lookups need no lock and allocate nothing.
 *
 * IPv4: 16-8-8 table, at most three loads. IPv6: a bit for the first 16 bits
 * tells what is far from every prefix; then one open-addressed hash for
 * all prefixes, asked while the lengths that occur are halved: at most eight times.
 */
struct kb_prefix_table;

/*
 * Builds from @n prefixes in any order (duplicates are fine; the caller may not rely on their
 * order afterwards). 0, -ENOMEM, -E2BIG (more than KB_PREFIXES_MAX prefixes or KB_NETWORKS_MAX
 * networks), -EINVAL (a version other than 4 and 6, a length beyond the address, bits behind
 * the length, a network of @n_networks or more).
 */
int kb_prefix_build(struct kb_prefix *prefixes, u32 n, u32 n_networks,
		    struct kb_prefix_table **ret_table);
void kb_prefix_free(struct kb_prefix_table *table);

u16 kb_prefix_lookup4(const struct kb_prefix_table *table, u32 addr);
u16 kb_prefix_lookup6(const struct kb_prefix_table *table, const union kb_ip *addr);

u32 kb_prefix_n_classes(const struct kb_prefix_table *table);	/* with class 0 */
/* Is @network one of the networks of @class? */
bool kb_prefix_class_has(const struct kb_prefix_table *table, u16 class, u16 network);
size_t kb_prefix_memory(const struct kb_prefix_table *table);	/* bytes */

#endif
