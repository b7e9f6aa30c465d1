/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many answers a source may have: token buckets in a table that never grows. Pure. */
#ifndef AGENT_BEACON_BUCKET_H
#define AGENT_BEACON_BUCKET_H

#include <kidoban/types.h>
#include <netinet/in.h>

#define KB_BUCKET_BURST		20	/* answers at once: four refreshes of five questions */
#define KB_BUCKET_RATE		5	/* and then each second */
#define KB_BUCKETS_RATE		1000	/* all sources together, each second and at once */
#define KB_BUCKET_SETS		128
#define KB_BUCKET_WAYS		4

struct kb_bucket {
	u8 source[16];			/* IPv6 (IPv4 mapped); networks of 64 bits unless link-local */
	u32 ifindex;
	u64 tokens;			/* millionths of an answer */
	u64 usec;			/* when they were counted; 0 = free */
};

/* Zero-initialise, fill .seed with random bytes: nobody may choose whose place he takes. */
struct kb_buckets {
	u64 seed;
	struct kb_bucket all;
	struct kb_bucket sets[KB_BUCKET_SETS][KB_BUCKET_WAYS];
};

/*
 * May @source have one answer more at @now_usec (non-zero, monotonic)? The
 * source heard longest ago makes room for a new one; the limit over all
 * sources holds for those who come under many addresses.
 */
bool kb_buckets_take(struct kb_buckets *buckets, const struct in6_addr *source, u32 ifindex,
		     u64 now_usec);

#endif
