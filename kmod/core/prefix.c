// SPDX-License-Identifier: GPL-2.0-only
/* Longest prefix match: in which networks does an address lie? */
#include <kidoban/prefix.h>

#define SET_WORDS	(KB_NETWORKS_MAX / 64)
#define LENGTHS_MAX	129
/* A cell of the IPv4 table with this bit is the number of a chunk, without it a class. */
#define CHUNK		0x8000u
/* Network of a node that only guides the search through the lengths. */
#define MARKER		0xffffu

static_assert(KB_NETWORKS_MAX % 64 == 0 && KB_NETWORKS_MAX <= MARKER, "sets are whole words");
static_assert(KB_PREFIXES_MAX < CHUNK, "every prefix may bring a class, class 0 is there anyway");
static_assert(2 * KB_PREFIXES_MAX <= CHUNK, "every prefix may bring two chunks");

/* 128 bits from the left, so that they compare like addresses; IPv4 has the first 32. */
struct bits {
	u64 hi, lo;
};

/* One prefix while the table is built. */
struct node {
	struct bits bits;
	u16 network, class;
	u8 len;
};

struct nodes {
	u32 n;
	struct node *at, *spare;	/* owned; spare is room for sorting */
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
	u32 shift, mask;		/* hash to slot */
	u32 n_lengths;
	struct network_set *sets;	/* [n_classes] */
	u32 n_classes;
	size_t memory;
	struct bits lengths[LENGTHS_MAX];	/* masks of the lengths that occur, shortest first */
};

/* What is needed only while building. */
struct build {
	struct nodes v4, v6;
	struct network_set *sets;	/* [n_sets], room for one more than prefixes */
	u32 n_sets;
	u16 *interned;			/* hash: index of set + 1, 0 = free; at most half in use */
	u32 interned_mask;
	u32 above[LENGTHS_MAX];		/* nodes around the present one, outermost first */
	u8 index_of[LENGTHS_MAX];	/* of a length in bits among those that IPv6 has */
	u8 bits_of[LENGTHS_MAX];	/* the other way */
};

/* Cheap mixing that fills the upper bits; who may load a policy gains nothing from collisions. */
static u64 mix(u64 a, u64 b)
{
	a *= 0x9e3779b97f4a7c15ull;
	a ^= a >> 32;
	return (a + b) * 0xd6e8feb86659fd93ull;
}

static inline u64 load_be64(const u8 *p)
{
	return (u64)p[0] << 56 | (u64)p[1] << 48 | (u64)p[2] << 40 | (u64)p[3] << 32 |
	       (u64)p[4] << 24 | (u64)p[5] << 16 | (u64)p[6] << 8 | p[7];
}

static struct bits mask_of(u32 len)
{
	struct bits mask = { 0, 0 };

	if (len)
		mask.hi = ~0ull << (len < 64 ? 64 - len : 0);
	if (len > 64)
		mask.lo = ~0ull << (128 - len);
	return mask;
}

static struct bits masked(struct bits bits, struct bits mask)
{
	return (struct bits){ bits.hi & mask.hi, bits.lo & mask.lo };
}

static bool bits_equal(struct bits a, struct bits b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

/* Lookup. */

u16 kb_prefix_lookup4(const struct kb_prefix_table *table, u32 addr)
{
	u32 cell = table->root[addr >> 16];

	if (cell & CHUNK) {
		cell = table->chunks[cell & ~CHUNK][addr >> 8 & 0xff];
		if (cell & CHUNK)
			cell = table->chunks[cell & ~CHUNK][addr & 0xff];
	}
	return cell;
}

static u32 slot_of(const struct kb_prefix_table *table, struct bits bits, u32 length)
{
	return mix(bits.hi + length, bits.lo) >> table->shift;
}

static inline const struct entry *find(const struct kb_prefix_table *table, struct bits bits, u32 length)
{
	u32 slot, index;

	for (slot = slot_of(table, bits, length); (index = table->slots[slot]);
	     slot = (slot + 1) & table->mask) {
		const struct entry *entry = &table->entries[index - 1];

		if (bits_equal(entry->bits, bits) && entry->length == length)
			return entry;
	}
	return NULL;
}

u16 kb_prefix_lookup6(const struct kb_prefix_table *table, const union kb_ip *addr)
{
	const struct bits bits = { load_be64(addr->v6), load_be64(addr->v6 + 8) };
	u32 low = 0, high = table->n_lengths;
	u16 class = 0;

	while (low < high) {
		u32 mid = (low + high) / 2;
		const struct entry *entry = find(table, masked(bits, table->lengths[mid]), mid);

		if (entry) {
			class = entry->class;
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	return class;
}

u32 kb_prefix_n_classes(const struct kb_prefix_table *table)
{
	return table->n_classes;
}

bool kb_prefix_class_has(const struct kb_prefix_table *table, u16 class, u16 network)
{
	if (class >= table->n_classes || network >= KB_NETWORKS_MAX)
		return false;
	return table->sets[class].words[network / 64] >> network % 64 & 1;
}

size_t kb_prefix_memory(const struct kb_prefix_table *table)
{
	return table->memory;
}

/* Building. */

static void *table_alloc(struct kb_prefix_table *table, size_t size)
{
	void *memory = kb_zalloc(size);

	if (memory)
		table->memory += size;
	return memory;
}

static int node_from(struct node *node, const struct kb_prefix *prefix, u32 n_networks)
{
	struct bits bits = { (u64)prefix->addr.v4 << 32, 0 };
	u32 longest = 32;

	if (prefix->version == 6) {
		bits = (struct bits){ load_be64(prefix->addr.v6), load_be64(prefix->addr.v6 + 8) };
		longest = 128;
	} else if (prefix->version != 4) {
		return -EINVAL;
	}
	if (prefix->len > longest || prefix->network >= n_networks ||
	    !bits_equal(bits, masked(bits, mask_of(prefix->len))))
		return -EINVAL;
	*node = (struct node){ .bits = bits, .len = prefix->len, .network = prefix->network };
	return 0;
}

/* Which lengths does IPv6 have? */
static void collect_lengths(struct build *b, struct kb_prefix_table *table,
			    const struct kb_prefix *prefixes, u32 n)
{
	bool used[LENGTHS_MAX] = { false };
	u32 i;

	for (i = 0; i < n; i++)
		if (prefixes[i].version == 6 && prefixes[i].len < LENGTHS_MAX)
			used[prefixes[i].len] = true;
	for (i = 0; i < LENGTHS_MAX; i++) {
		if (!used[i])
			continue;
		b->index_of[i] = table->n_lengths;
		b->bits_of[table->n_lengths] = i;
		table->lengths[table->n_lengths++] = mask_of(i);
	}
}

/*
 * The search halves the lengths that occur. For every prefix, shorter lengths on the way
 * to its own must be found, too: markers (Waldvogel, Varghese, Turner and Plattner,
 * "Scalable high speed IP routing lookups", SIGCOMM 1997). A marker is a prefix
 * without a network; it gets the class of what lies around it. Writes those of @node to
 * @at, if not NULL. Returns how many.
 */
static u32 markers(const struct build *b, const struct kb_prefix_table *table,
		   const struct node *node, struct node *at)
{
	u32 low = 0, high = table->n_lengths, target = b->index_of[node->len], n = 0;

	for (;;) {
		u32 mid = (low + high) / 2;

		if (mid == target)
			return n;
		if (mid > target) {
			high = mid;
			continue;
		}
		if (at)
			at[n] = (struct node){
				.bits = masked(node->bits, table->lengths[mid]),
				.len = b->bits_of[mid],
				.network = MARKER,
			};
		n++;
		low = mid + 1;
	}
}

static int alloc_nodes(struct nodes *list, u32 n)
{
	list->at = kb_zalloc((n + 1) * sizeof(*list->at));
	list->spare = kb_zalloc((n + 1) * sizeof(*list->spare));
	return list->at && list->spare ? 0 : -ENOMEM;
}

/* Prefixes as nodes, those of IPv6 with their markers. */
static int collect_nodes(struct build *b, struct kb_prefix_table *table,
			 const struct kb_prefix *prefixes, u32 n, u32 n_networks)
{
	u32 i, n4 = 0, n6 = 0;
	struct node node;

	collect_lengths(b, table, prefixes, n);
	for (i = 0; i < n; i++) {
		int err = node_from(&node, &prefixes[i], n_networks);

		if (err)
			return err;
		if (prefixes[i].version == 4)
			n4++;
		else
			n6 += 1 + markers(b, table, &node, NULL);
	}
	if (alloc_nodes(&b->v4, n4) || alloc_nodes(&b->v6, n6))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		struct nodes *list = prefixes[i].version == 4 ? &b->v4 : &b->v6;

		node_from(&list->at[list->n++], &prefixes[i], n_networks);
		if (list == &b->v6)
			list->n += markers(b, table, &list->at[list->n - 1], &list->at[list->n]);
	}
	return 0;
}

/* Must @b stand before @a? */
static bool after(const struct node *a, const struct node *b)
{
	if (a->bits.hi != b->bits.hi)
		return a->bits.hi > b->bits.hi;
	if (a->bits.lo != b->bits.lo)
		return a->bits.lo > b->bits.lo;
	return a->len > b->len;
}

/* Merges the sorted @from[0..middle) and @from[middle..n). */
static void merge(struct node *to, const struct node *from, u32 middle, u32 n)
{
	u32 left = 0, right = middle;

	while (left < middle && right < n)
		*to++ = after(&from[left], &from[right]) ? from[right++] : from[left++];
	memcpy(to, from + left, (middle - left) * sizeof(*to));
	memcpy(to + (middle - left), from + right, (n - right) * sizeof(*to));
}

static bool is_sorted(const struct nodes *list)
{
	u32 i;

	for (i = 1; i < list->n; i++)
		if (after(&list->at[i - 1], &list->at[i]))
			return false;
	return true;
}

/* By address, then by length: a prefix stands before all that lies in it. */
static void sort_nodes(struct nodes *list)
{
	u32 width, i;

	if (is_sorted(list))
		return;
	for (width = 1; width < list->n; width *= 2) {
		struct node *from = list->at;

		for (i = 0; i < list->n; i += 2 * width) {
			u32 n = list->n - i < 2 * width ? list->n - i : 2 * width;

			merge(list->spare + i, from + i, n < width ? n : width, n);
		}
		list->at = list->spare;
		list->spare = from;
	}
}

/* The class of a set of networks, a new one if there is none yet. */
static u16 intern(struct build *b, const struct network_set *set)
{
	u64 hash = mix(mix(set->words[0], set->words[1]), mix(set->words[2], set->words[3]));
	u32 slot;

	for (slot = hash >> 32 & b->interned_mask; b->interned[slot];
	     slot = (slot + 1) & b->interned_mask)
		if (!memcmp(&b->sets[b->interned[slot] - 1], set, sizeof(*set)))
			return b->interned[slot] - 1;
	b->sets[b->n_sets++] = *set;
	b->interned[slot] = b->n_sets;
	return b->n_sets - 1;
}

static bool covers(const struct node *outer, const struct node *inner)
{
	return bits_equal(outer->bits, masked(inner->bits, mask_of(outer->len)));
}

/* Gives every node its class; equal ones become one. */
static void classify(struct build *b, struct nodes *list)
{
	u32 i = 0, n = 0, depth = 0;

	while (i < list->n) {
		struct node node = list->at[i];
		struct network_set set = { { 0 } };

		while (depth && !covers(&list->at[b->above[depth - 1]], &node))
			depth--;
		if (depth)
			set = b->sets[list->at[b->above[depth - 1]].class];
		for (; i < list->n && !after(&list->at[i], &node); i++) {
			u32 network = list->at[i].network;

			if (network != MARKER)
				set.words[network / 64] |= 1ull << network % 64;
		}
		node.class = intern(b, &set);
		list->at[n] = node;
		b->above[depth++] = n++;
	}
	list->n = n;
}

static int collect_classes(struct build *b, struct kb_prefix_table *table, u32 n_prefixes)
{
	const struct network_set none = { { 0 } };
	u32 size = 4;

	while (size < 2 * (n_prefixes + 1))
		size *= 2;
	b->interned_mask = size - 1;
	b->interned = kb_zalloc(size * sizeof(*b->interned));
	b->sets = kb_zalloc((n_prefixes + 1) * sizeof(*b->sets));
	if (!b->interned || !b->sets)
		return -ENOMEM;
	intern(b, &none);
	sort_nodes(&b->v4);
	classify(b, &b->v4);
	sort_nodes(&b->v6);
	classify(b, &b->v6);

	table->sets = table_alloc(table, b->n_sets * sizeof(*b->sets));
	if (!table->sets)
		return -ENOMEM;
	memcpy(table->sets, b->sets, b->n_sets * sizeof(*b->sets));
	table->n_classes = b->n_sets;
	return 0;
}

/* How many chunks will sorted @list open? */
static u32 count_chunks(const struct nodes *list)
{
	u64 last16 = ~0ull, last24 = ~0ull;
	u32 i, n = 0;

	for (i = 0; i < list->n; i++) {
		const struct node *node = &list->at[i];

		if (node->len > 16 && node->bits.hi >> 48 != last16) {
			last16 = node->bits.hi >> 48;
			n++;
		}
		if (node->len > 24 && node->bits.hi >> 40 != last24) {
			last24 = node->bits.hi >> 40;
			n++;
		}
	}
	return n;
}

/* Four at a time: this is most of what building costs. */
static void fill(u16 *cells, u32 n, u16 class)
{
	const u64 four = class * 0x0001000100010001ull;

	for (; n >= 4; n -= 4, cells += 4)
		memcpy(cells, &four, sizeof(four));
	while (n--)
		*cells++ = class;
}

/* The chunk of @cell. A new one says what the cell said. */
static u16 *open_chunk(struct kb_prefix_table *table, u16 *cell, u32 *n_chunks)
{
	if (!(*cell & CHUNK)) {
		fill(table->chunks[*n_chunks], 256, *cell);
		*cell = CHUNK | (*n_chunks)++;
	}
	return table->chunks[*cell & ~CHUNK];
}

/* In sorted order, so that what lies in @node comes later and no chunk is painted over. */
static void paint(struct kb_prefix_table *table, const struct node *node, u32 *n_chunks)
{
	u32 addr = node->bits.hi >> 32, end = 16, first = addr >> 16;
	u16 *cells = table->root;

	if (node->len > 16) {
		cells = open_chunk(table, &cells[first], n_chunks);
		end = 24;
		first = addr >> 8 & 0xff;
	}
	if (node->len > 24) {
		cells = open_chunk(table, &cells[first], n_chunks);
		end = 32;
		first = addr & 0xff;
	}
	fill(cells + first, 1u << (end - node->len), node->class);
}

static int fill_v4(struct kb_prefix_table *table, const struct nodes *list)
{
	u32 i, n_chunks = 0;

	table->root = table_alloc(table, 65536 * sizeof(*table->root));
	table->chunks = table_alloc(table, (count_chunks(list) + 1) * sizeof(*table->chunks));
	if (!table->root || !table->chunks)
		return -ENOMEM;
	for (i = 0; i < list->n; i++)
		paint(table, &list->at[i], &n_chunks);
	return 0;
}

static int fill_v6(struct kb_prefix_table *table, const struct build *b)
{
	u32 i, size = 4, bits = 2;

	for (; size < 4 * b->v6.n; size *= 2)
		bits++;
	table->mask = size - 1;
	table->shift = 64 - bits;
	table->slots = table_alloc(table, size * sizeof(*table->slots));
	table->entries = table_alloc(table, (b->v6.n + 1) * sizeof(*table->entries));
	if (!table->slots || !table->entries)
		return -ENOMEM;
	for (i = 0; i < b->v6.n; i++) {
		const struct node *node = &b->v6.at[i];
		u32 length = b->index_of[node->len];
		u32 slot = slot_of(table, node->bits, length);

		table->entries[i] = (struct entry){ node->bits, node->class, length };
		while (table->slots[slot])
			slot = (slot + 1) & table->mask;
		table->slots[slot] = i + 1;
	}
	return 0;
}

static void build_free(struct build *b)
{
	if (!b)
		return;
	kb_free(b->v4.at);
	kb_free(b->v4.spare);
	kb_free(b->v6.at);
	kb_free(b->v6.spare);
	kb_free(b->sets);
	kb_free(b->interned);
	kb_free(b);
}

void kb_prefix_free(struct kb_prefix_table *table)
{
	if (!table)
		return;
	kb_free(table->root);
	kb_free(table->chunks);
	kb_free(table->slots);
	kb_free(table->entries);
	kb_free(table->sets);
	kb_free(table);
}

int kb_prefix_build(struct kb_prefix *prefixes, u32 n, u32 n_networks,
		    struct kb_prefix_table **ret_table)
{
	struct kb_prefix_table *table;
	struct build *b;
	int err = -ENOMEM;

	if (n > KB_PREFIXES_MAX || n_networks > KB_NETWORKS_MAX)
		return -E2BIG;
	table = kb_zalloc(sizeof(*table));
	b = kb_zalloc(sizeof(*b));
	if (table && b) {
		table->memory = sizeof(*table);
		err = collect_nodes(b, table, prefixes, n, n_networks);
		if (!err)
			err = collect_classes(b, table, n);
		if (!err)
			err = fill_v4(table, &b->v4);
		if (!err)
			err = fill_v6(table, b);
	}
	build_free(b);
	if (err) {
		kb_prefix_free(table);
		return err;
	}
	*ret_table = table;
	return 0;
}
