// SPDX-License-Identifier: GPL-2.0-or-later
/* How many answers a source may have. */
#include "agent/beacon/bucket.h"

#define ONE	1000000ull		/* an answer; so a rate a second is as many a microsecond */

static void fill(struct kb_bucket *bucket, u64 rate, u64 burst, u64 now)
{
	u64 waited = now > bucket->usec ? now - bucket->usec : 0;

	if (!bucket->usec || waited >= burst * ONE / rate)
		bucket->tokens = burst * ONE;
	else
		bucket->tokens += waited * rate;
	if (bucket->tokens > burst * ONE)
		bucket->tokens = burst * ONE;
	bucket->usec = now;
}

/* FNV-1a over what tells sources apart, begun at the seed. */
static u32 set_of(const struct kb_buckets *buckets, const struct kb_bucket *key)
{
	u64 hash = 0xcbf29ce484222325ull ^ buckets->seed;
	size_t i;

	for (i = 0; i < sizeof(key->source); i++)
		hash = (hash ^ key->source[i]) * 0x100000001b3ull;
	hash = (hash ^ key->ifindex) * 0x100000001b3ull;
	return (hash ^ hash >> 32) % KB_BUCKET_SETS;
}

static struct kb_bucket *find(struct kb_buckets *buckets, const struct kb_bucket *key)
{
	struct kb_bucket *set = buckets->sets[set_of(buckets, key)], *oldest = set;
	u32 i;

	for (i = 0; i < KB_BUCKET_WAYS; i++) {
		if (set[i].usec && set[i].ifindex == key->ifindex &&
		    !memcmp(set[i].source, key->source, sizeof(key->source)))
			return &set[i];
		if (set[i].usec < oldest->usec)
			oldest = &set[i];
	}
	*oldest = *key;
	return oldest;
}

bool kb_buckets_take(struct kb_buckets *buckets, const struct in6_addr *source, u32 ifindex,
		     u64 now_usec)
{
	struct kb_bucket key = {}, *bucket;

	memcpy(key.source, source, sizeof(key.source));
	if (IN6_IS_ADDR_LINKLOCAL(source))
		key.ifindex = ifindex;
	else if (!IN6_IS_ADDR_V4MAPPED(source))
		memset(key.source + 8, 0, 8);
	bucket = find(buckets, &key);
	fill(bucket, KB_BUCKET_RATE, KB_BUCKET_BURST, now_usec);
	fill(&buckets->all, KB_BUCKETS_RATE, KB_BUCKETS_RATE, now_usec);
	if (bucket->tokens < ONE || buckets->all.tokens < ONE)
		return false;
	bucket->tokens -= ONE;
	buckets->all.tokens -= ONE;
	return true;
}
