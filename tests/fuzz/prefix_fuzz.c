// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as prefixes and addresses, against a model that looks at every prefix. */
#include <kidoban/prefix.h>

#define PREFIXES	64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static bool get_bit(const union kb_ip *ip, u8 version, u32 i)
{
	return version == 4 ? ip->v4 >> (31 - i) & 1 : ip->v6[i / 8] >> (7 - i % 8) & 1;
}

static void flip(union kb_ip *ip, u8 version, u32 i)
{
	if (version == 4)
		ip->v4 ^= 1u << (31 - i);
	else
		ip->v6[i / 8] ^= (u8)(0x80 >> i % 8);
}

static bool lies_in(const union kb_ip *ip, u8 version, const struct kb_prefix *p)
{
	u32 i;

	if (p->version != version)
		return false;
	for (i = 0; i < p->len; i++)
		if (get_bit(ip, version, i) != get_bit(&p->addr, version, i))
			return false;
	return true;
}

static bool is_valid(const struct kb_prefix *p, u32 n_networks)
{
	const u32 bits = p->version == 4 ? 32 : 128;
	u32 i;

	if ((p->version != 4 && p->version != 6) || p->len > bits || p->network >= n_networks)
		return false;
	for (i = p->len; i < bits; i++)
		if (get_bit(&p->addr, p->version, i))
			return false;
	return true;
}

static void check(const struct kb_prefix_table *table, const struct kb_prefix *prefixes, u32 n,
		  u32 n_networks, const union kb_ip *ip, u8 version)
{
	const u16 class = version == 4 ? kb_prefix_lookup4(table, ip->v4) :
					 kb_prefix_lookup6(table, ip);
	u32 i, network;

	must(class < kb_prefix_n_classes(table));
	for (network = 0; network < n_networks; network++) {
		bool expected = false;

		for (i = 0; i < n; i++)
			if (prefixes[i].network == network)
				expected |= lies_in(ip, version, &prefixes[i]);
		must(kb_prefix_class_has(table, class, (u16)network) == expected);
	}
	must(!kb_prefix_class_has(table, class, (u16)n_networks));
}

/* The prefix itself, and its neighbours by one bit at the end of either part. */
static void check_around(const struct kb_prefix_table *table, const struct kb_prefix *prefixes,
			 u32 n, u32 n_networks, const struct kb_prefix *p)
{
	const u32 bits = p->version == 4 ? 32 : 128;
	union kb_ip ip = p->addr;

	check(table, prefixes, n, n_networks, &ip, p->version);
	if (p->len) {
		flip(&ip, p->version, p->len - 1u);
		check(table, prefixes, n, n_networks, &ip, p->version);
		ip = p->addr;
	}
	if (p->len < bits) {
		flip(&ip, p->version, p->len);
		check(table, prefixes, n, n_networks, &ip, p->version);
		flip(&ip, p->version, bits - 1);
		check(table, prefixes, n, n_networks, &ip, p->version);
	}
}

/* @data as bytes that never end. */
struct bytes {
	const uint8_t *at;
	size_t left;
};

static u8 next(struct bytes *b)
{
	if (!b->left)
		return 0;
	b->left--;
	return *b->at++;
}

/*
 * A prefix: version and whether bits behind the length are cleared, length, network, and as many
 * bytes of the address as the length says; the rest of it is that of the prefix before.
 */
static void read_prefix(struct bytes *b, struct kb_prefix *p, const struct kb_prefix *before)
{
	const u8 kind = next(b);
	const u32 bits = kind & 1 ? 128 : 32;
	u32 i;

	if (before && before->version == (kind & 1 ? 6 : 4))
		*p = *before;
	p->version = kind & 0x80 && kind & 0x40 ? kind & 15 : kind & 1 ? 6 : 4;
	p->len = next(b);
	p->network = next(b) % 8;
	if (kind & 2)
		p->len = (u8)(p->len % (bits + 1));
	for (i = 0; i < p->len / 8u && i < bits / 8; i++) {
		const u8 byte = kind & 4 ? next(b) : (u8)(next(b) % 3);

		if (bits == 32)
			p->addr.v4 = (p->addr.v4 & ~(0xffu << (24 - 8 * i))) | (u32)byte << (24 - 8 * i);
		else
			p->addr.v6[i] = byte;
	}
	if (kind & 8 && i < bits / 8)
		flip(&p->addr, bits == 32 ? 4 : 6, next(b) % bits);
	for (i = p->len; kind & 16 && i < bits; i++)
		if (get_bit(&p->addr, bits == 32 ? 4 : 6, i))
			flip(&p->addr, bits == 32 ? 4 : 6, i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_prefix prefixes[PREFIXES] = { { .len = 0 } }, scratch[PREFIXES];
	struct kb_prefix_table *table = NULL;
	struct bytes b = { data, size };
	u32 n, i, n_networks = 1 + next(&b) % 8;
	bool valid = true;
	int err;

	for (n = 0; n < PREFIXES && b.left; n++) {
		read_prefix(&b, &prefixes[n], n ? &prefixes[n - 1] : NULL);
		prefixes[n].network %= n_networks + (n_networks > 6);
		valid &= is_valid(&prefixes[n], n_networks);
	}
	memcpy(scratch, prefixes, sizeof(scratch));
	err = kb_prefix_build(scratch, n, n_networks, &table);
	must(valid ? !err : err == -EINVAL && !table);
	if (err)
		return 0;
	must(kb_prefix_n_classes(table) <= n + 1);
	for (i = 0; i < n; i++)
		check_around(table, prefixes, n, n_networks, &prefixes[i]);
	kb_prefix_free(table);
	return 0;
}
