// SPDX-License-Identifier: GPL-2.0-or-later
/* What tests of prefixes play on: a table, what it was made of, and a model that looks at every prefix. */
#include "prefix_stage.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* xorshift64 */
static u64 random_state = 0x9e3779b97f4a7c15ull;

u32 rnd(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (u32)(random_state >> 32) % below;
}

u32 address_bits(u8 version)
{
	return version == 4 ? 32 : 128;
}

bool get_bit(const union kb_ip *ip, u8 version, u32 i)
{
	return version == 4 ? ip->v4 >> (31 - i) & 1 : ip->v6[i / 8] >> (7 - i % 8) & 1;
}

void set_bit(union kb_ip *ip, u8 version, u32 i, bool value)
{
	if (version == 4)
		ip->v4 = (ip->v4 & ~(1u << (31 - i))) | (u32)value << (31 - i);
	else
		ip->v6[i / 8] = (u8)((ip->v6[i / 8] & ~(0x80 >> i % 8)) | (value ? 0x80 >> i % 8 : 0));
}

struct kb_prefix prefix(u8 version, const union kb_ip *ip, u32 len, u16 network)
{
	struct kb_prefix p = { .addr = *ip, .version = version, .len = (u8)len, .network = network };
	u32 i;

	for (i = len; i < address_bits(version); i++)
		set_bit(&p.addr, version, i, false);
	return p;
}

struct kb_prefix v4(u32 addr, u32 len, u16 network)
{
	union kb_ip ip = { .v4 = addr };

	return prefix(4, &ip, len, network);
}

static bool lies_in(const union kb_ip *ip, u8 version, const struct kb_prefix *p)
{
	u32 i;

	if (p->version != version)
		return false;
	if (version == 4)
		return !p->len || (ip->v4 ^ p->addr.v4) >> (32 - p->len) == 0;
	if (memcmp(ip->v6, p->addr.v6, p->len / 8) != 0)
		return false;
	for (i = p->len / 8 * 8; i < p->len; i++)
		if (get_bit(ip, 6, i) != get_bit(&p->addr, 6, i))
			return false;
	return true;
}

/* The model. */
static struct set networks_of(const struct kb_prefix *prefixes, u32 n, const union kb_ip *ip,
			      u8 version)
{
	struct set set = { { 0 } };
	u32 i;

	for (i = 0; i < n; i++)
		if (lies_in(ip, version, &prefixes[i]))
			set.words[prefixes[i].network / 64] |= 1ull << prefixes[i].network % 64;
	return set;
}

static bool set_equal(const struct set *a, const struct set *b)
{
	return !memcmp(a, b, sizeof(*a));
}

struct sample sample;

void build(void)
{
	static struct kb_prefix scratch[KB_PREFIXES_MAX];
	u32 class, other, network;

	memcpy(scratch, sample.prefixes, sample.n * sizeof(*scratch));
	assert_int_equal(kb_prefix_build(scratch, sample.n, sample.n_networks, &sample.table), 0);
	sample.classes = calloc(kb_prefix_n_classes(sample.table), sizeof(*sample.classes));
	assert_non_null(sample.classes);
	for (class = 0; class < kb_prefix_n_classes(sample.table); class++) {
		struct set *set = &sample.classes[class];

		for (network = 0; network < KB_NETWORKS_MAX; network++)
			if (kb_prefix_class_has(sample.table, (u16)class, (u16)network))
				set->words[network / 64] |= 1ull << network % 64;
		for (other = class > 300 ? class - 300 : 0; other < class; other++)
			assert_false(set_equal(set, &sample.classes[other]));
		assert_int_equal(class == 0, set_equal(set, &(struct set){ { 0 } }));
	}
}

void drop(void)
{
	free(sample.classes);
	kb_prefix_free(sample.table);
	sample.n = 0;
	sample.table = NULL;
	sample.classes = NULL;
}

u16 look_up(const union kb_ip *ip, u8 version)
{
	return version == 4 ? kb_prefix_lookup4(sample.table, ip->v4) :
			      kb_prefix_lookup6(sample.table, ip);
}

void check(const union kb_ip *ip, u8 version)
{
	const struct set expected = networks_of(sample.prefixes, sample.n, ip, version);
	const u16 class = look_up(ip, version);

	assert_true(class < kb_prefix_n_classes(sample.table));
	assert_true(set_equal(&sample.classes[class], &expected));
}

/* First and last address of every prefix, and their neighbours outside. */
void check_edges(void)
{
	u32 i, bit;

	for (i = 0; i < sample.n; i++) {
		const struct kb_prefix *p = &sample.prefixes[i];
		const u32 bits = address_bits(p->version);
		union kb_ip first = p->addr, last = p->addr;

		for (bit = p->len; bit < bits; bit++)
			set_bit(&last, p->version, bit, true);
		check(&first, p->version);
		check(&last, p->version);
		for (bit = p->len; bit-- > 0;) {	/* minus one */
			set_bit(&first, p->version, bit, !get_bit(&first, p->version, bit));
			if (!get_bit(&first, p->version, bit))
				break;
		}
		check(&first, p->version);
		for (bit = bits; bit-- > 0;) {		/* plus one */
			set_bit(&last, p->version, bit, !get_bit(&last, p->version, bit));
			if (get_bit(&last, p->version, bit))
				break;
		}
		check(&last, p->version);
	}
}

union kb_ip random_ip(u8 version, bool dense)
{
	static const u8 few[] = { 0x00, 0x00, 0x01, 0x80, 0xff };
	union kb_ip ip = { .v6 = { 0 } };
	u32 i;

	for (i = 0; i < address_bits(version) / 8; i++) {
		const u8 byte = dense ? few[rnd(ARRAY_SIZE(few))] : (u8)rnd(256);

		if (version == 4)
			ip.v4 = ip.v4 << 8 | byte;
		else
			ip.v6[i] = byte;
	}
	return ip;
}

union kb_ip random_near(u8 version, bool dense)
{
	union kb_ip ip = random_ip(version, dense);
	const struct kb_prefix *p;
	u32 i;

	if (!sample.n || !rnd(8))
		return ip;
	p = &sample.prefixes[rnd(sample.n)];
	if (p->version != version)
		return ip;
	for (i = 0; i < p->len; i++)
		set_bit(&ip, version, i, get_bit(&p->addr, version, i));
	if (rnd(2)) {
		i = rnd(address_bits(version));
		set_bit(&ip, version, i, !get_bit(&ip, version, i));
	}
	return ip;
}

void make_random(u8 version, u32 n, u32 n_networks, bool dense)
{
	static const u8 usual[] = { 0, 8, 16, 17, 24, 25, 31, 32, 48, 56, 63, 64, 65, 127, 128 };
	u32 i, len;

	sample.n = n;
	sample.n_networks = n_networks;
	for (i = 0; i < n; i++) {
		const union kb_ip ip = random_near(version, dense);

		do
			len = rnd(2) ? usual[rnd(ARRAY_SIZE(usual))] : rnd(129);
		while (len > address_bits(version));
		sample.prefixes[i] = prefix(version, &ip, len, (u16)rnd(n_networks));
		if (i && !rnd(10)) {		/* the same once more, for this or another network */
			sample.prefixes[i] = sample.prefixes[rnd(i)];
			if (rnd(2))
				sample.prefixes[i].network = (u16)rnd(n_networks);
		}
	}
}
