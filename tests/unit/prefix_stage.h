/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of prefixes play on: a table, what it was made of, and a model that looks at every prefix. */
#ifndef TESTS_UNIT_PREFIX_STAGE_H
#define TESTS_UNIT_PREFIX_STAGE_H

#include <kidoban/prefix.h>

#define SET_WORDS	(KB_NETWORKS_MAX / 64)

struct set {
	u64 words[SET_WORDS];
};

/* A table and what it was made of. */
struct sample {
	struct kb_prefix prefixes[KB_PREFIXES_MAX];	/* as given */
	u32 n, n_networks;
	struct kb_prefix_table *table;
	struct set *classes;				/* [n_classes] */
};

extern struct sample sample;

/* Builds the table and reads its classes, which must all differ; drop() frees both. */
void build(void);
void drop(void);

u16 look_up(const union kb_ip *ip, u8 version);
/* What the table says of @ip is what the model says; the like for the edges of all prefixes. */
void check(const union kb_ip *ip, u8 version);
void check_edges(void);

u32 address_bits(u8 version);
/* Bit @i from the left. */
bool get_bit(const union kb_ip *ip, u8 version, u32 i);
void set_bit(union kb_ip *ip, u8 version, u32 i, bool value);
/* Bits of @ip behind @len are cleared. */
struct kb_prefix prefix(u8 version, const union kb_ip *ip, u32 len, u16 network);
struct kb_prefix v4(u32 addr, u32 len, u16 network);

/* The same numbers in every run. */
u32 rnd(u32 below);
/* @dense: few values a byte, so that prefixes nest and addresses hit. */
union kb_ip random_ip(u8 version, bool dense);
/* Near a prefix: in it, or left at a random bit. */
union kb_ip random_near(u8 version, bool dense);
void make_random(u8 version, u32 n, u32 n_networks, bool dense);

#endif
