/* SPDX-License-Identifier: GPL-2.0-only */
/* The prefix table's insides, for who builds it and who looks up. */
#ifndef KB_PREFIX_TABLE_H
#define KB_PREFIX_TABLE_H

#include <kidoban/bytes.h>
#include <kidoban/prefix.h>

#define SET_WORDS	(KB_NETWORKS_MAX / 64)
#define LENGTHS_MAX	129
#define TOP_WORDS	(65536 / 64)
/* A cell of the IPv4 table with this bit is the number of a chunk, without it a class. */
#define CHUNK		0x8000u

/* 128 bits from the left, so that they compare like addresses; IPv4 has the first 32. */
struct bits {
	u64 hi, lo;
};

struct network_set {
	u64 words[SET_WORDS];
};

/* IPv6 prefix or marker with the class of what is not found deeper. */
struct entry {
	struct bits bits;
	u16 class;
	u8 length;			/* index into lengths */
};

struct kb_prefix_table {
	u16 *root;			/* [65536], by the first 16 bits */
	u16 (*chunks)[256];		/* by 8 bits more */
	u32 *slots;			/* hash: index of entry + 1, 0 = free; at most a quarter in use */
	struct entry *entries;
	u64 *tops;			/* [TOP_WORDS]: bits of the first 16 that an IPv6 prefix has, or covers */
	u32 shift, mask;		/* hash to slot */
	u32 n_lengths;
	struct network_set *sets;	/* [n_classes] */
	u32 n_classes;
	size_t memory;
	struct bits lengths[LENGTHS_MAX];	/* masks of the lengths that occur, shortest first */
};

/* Cheap mixing that fills the upper bits; who may load a policy gains nothing from collisions. */
static inline u64 mix(u64 a, u64 b)
{
	a *= 0x9e3779b97f4a7c15ull;
	a ^= a >> 32;
	return (a + b) * 0xd6e8feb86659fd93ull;
}

static inline struct bits mask_of(u32 len)
{
	struct bits mask = { 0, 0 };

	if (len)
		mask.hi = ~0ull << (len < 64 ? 64 - len : 0);
	if (len > 64)
		mask.lo = ~0ull << (128 - len);
	return mask;
}

static inline struct bits masked(struct bits bits, struct bits mask)
{
	return (struct bits){ bits.hi & mask.hi, bits.lo & mask.lo };
}

static inline bool bits_equal(struct bits a, struct bits b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static inline u32 slot_of(const struct kb_prefix_table *table, struct bits bits, u32 length)
{
	return mix(bits.hi + length, bits.lo) >> table->shift;
}

#endif
