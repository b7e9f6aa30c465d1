// SPDX-License-Identifier: GPL-2.0-only
/* Longest prefix match: the table is built. */
#include "prefix_table.h"

/* Halvings of up to 129 lengths. */
#define MARKERS_MAX	8
#define SETS_MIN	16
#define LEAVES_BITS	8

static_assert(KB_NETWORKS_MAX % 64 == 0 && KB_NETWORKS_MAX <= 1 << 16, "sets are whole words");
static_assert(KB_PREFIXES_MAX < CHUNK, "every prefix may bring a class, class 0 is there anyway");
static_assert(2 * KB_PREFIXES_MAX <= CHUNK, "every prefix may bring two chunks");

/* One prefix while the table is built. */
struct node {
	struct bits bits;
	u16 network, class;
	u16 above;			/* 1 + index of the innermost around it, 0 = none */
	u8 len;
};

/* What was last made an entry of a length; all of one length come in ascending order. */
struct last {
	struct bits bits;
	bool any;
};

/* A chunk of the last level that holds one prefix, and is every like one's. */
struct leaf {
	u64 holds;			/* class around, class, first cell and length; 0 = none yet */
	u16 chunk;
};

struct nodes {
	u32 n;
	struct node *at, *spare;	/* owned; spare is room for sorting, if it was needed */
};

/* What is needed only while building. */
struct build {
	struct nodes v4, v6;
	struct network_set *sets;	/* [n_sets], room for sets_max */
	u32 n_sets, sets_max;
	u16 *interned;			/* [4 * sets_max], hash: index of set + 1, 0 = free */
	u16 around, network, joined;	/* the last answer of join(); joined 0 = none yet */
	u8 index_of[LENGTHS_MAX];	/* of a length in bits among those that IPv6 has */
	u8 bits_of[LENGTHS_MAX];	/* the other way */
	u8 way[LENGTHS_MAX][MARKERS_MAX];	/* lengths of markers for a length, see find_ways() */
	u8 n_way[LENGTHS_MAX];
	struct leaf leaves[1 << LEAVES_BITS];	/* by what they hold; a newer one takes the place */
	u32 n_entries;
	struct last last[LENGTHS_MAX];	/* entry of a length */
};

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
		bits = (struct bits){ kb_get_be64(prefix->addr.v6), kb_get_be64(prefix->addr.v6 + 8) };
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

/* Which lengths does IPv6 have, and how many prefixes of each version are there? */
static void collect_lengths(struct build *b, struct kb_prefix_table *table,
			    const struct kb_prefix *prefixes, u32 n, u32 *ret_n6)
{
	bool used[LENGTHS_MAX] = { false };
	u32 i, n6 = 0;

	for (i = 0; i < n; i++) {
		if (prefixes[i].version != 6)
			continue;
		n6++;
		if (prefixes[i].len < LENGTHS_MAX)
			used[prefixes[i].len] = true;
	}
	for (i = 0; i < LENGTHS_MAX; i++) {
		if (!used[i])
			continue;
		b->index_of[i] = table->n_lengths;
		b->bits_of[table->n_lengths] = i;
		table->lengths[table->n_lengths++] = mask_of(i);
	}
	*ret_n6 = n6;
}

/*
 * The search halves the lengths that occur. For every prefix, shorter lengths on the way
 * to its own must be found, too: markers (Waldvogel, Varghese, Turner and Plattner,
 * "Scalable high speed IP routing lookups", SIGCOMM 1997). A marker is an entry without a
 * prefix; it gets the class of what lies around it.
 */
static void find_ways(struct build *b, u32 n_lengths)
{
	u32 target;

	for (target = 0; target < n_lengths; target++) {
		u32 low = 0, high = n_lengths, mid;

		while ((mid = (low + high) / 2) != target) {
			if (mid > target) {
				high = mid;
				continue;
			}
			b->way[target][b->n_way[target]++] = mid;
			low = mid + 1;
		}
	}
}

static int alloc_nodes(struct nodes *list, u32 n)
{
	list->at = kb_zalloc((n + 1) * sizeof(*list->at));
	return list->at ? 0 : -ENOMEM;
}

static int collect_nodes(struct build *b, struct kb_prefix_table *table,
			 const struct kb_prefix *prefixes, u32 n, u32 n_networks)
{
	u32 i, n6;

	collect_lengths(b, table, prefixes, n, &n6);
	find_ways(b, table->n_lengths);
	if (alloc_nodes(&b->v4, n - n6) || alloc_nodes(&b->v6, n6))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		struct nodes *list = prefixes[i].version == 6 ? &b->v6 : &b->v4;
		int err = node_from(&list->at[list->n++], &prefixes[i], n_networks);

		if (err)
			return err;
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

/* Where the ascending run that begins at @first ends. */
static u32 run_end(const struct nodes *list, u32 first)
{
	u32 i = first + 1;

	while (i < list->n && !after(&list->at[i - 1], &list->at[i]))
		i++;
	return i < list->n ? i : list->n;
}

/*
 * By address, then by length: a prefix stands before all that lies in it. Every
 * network's come sorted from the compiler, so there are few runs to merge.
 */
static int sort_nodes(struct nodes *list)
{
	while (list->n && run_end(list, 0) < list->n) {
		struct node *from = list->at;
		u32 i, middle, end;

		if (!list->spare)
			list->spare = kb_zalloc(list->n * sizeof(*list->spare));
		if (!list->spare)
			return -ENOMEM;
		for (i = 0; i < list->n; i = end) {
			middle = run_end(list, i);
			end = middle < list->n ? run_end(list, middle) : middle;
			merge(list->spare + i, from + i, middle - i, end - i);
		}
		list->at = list->spare;
		list->spare = from;
	}
	return 0;
}

/* Where @set is or would be among the interned. */
static u16 *interned_slot(const struct build *b, const struct network_set *set)
{
	u64 hash = mix(mix(set->words[0], set->words[1]), mix(set->words[2], set->words[3]));
	u32 mask = 4 * b->sets_max - 1, slot;

	for (slot = hash >> 32 & mask; b->interned[slot]; slot = (slot + 1) & mask)
		if (!memcmp(&b->sets[b->interned[slot] - 1], set, sizeof(*set)))
			break;
	return &b->interned[slot];
}

/* Twice the room for sets. */
static int grow_sets(struct build *b)
{
	u32 i, max = b->sets_max ? 2 * b->sets_max : SETS_MIN;
	struct network_set *sets = kb_zalloc(max * sizeof(*sets));
	u16 *interned = kb_zalloc(4 * max * sizeof(*interned));

	if (!sets || !interned) {
		kb_free(sets);
		kb_free(interned);
		return -ENOMEM;
	}
	if (b->n_sets)
		memcpy(sets, b->sets, b->n_sets * sizeof(*sets));
	kb_free(b->sets);
	kb_free(b->interned);
	b->sets = sets;
	b->sets_max = max;
	b->interned = interned;
	for (i = 0; i < b->n_sets; i++)
		*interned_slot(b, &sets[i]) = i + 1;
	return 0;
}

/* The class of a set of networks, a new one if there is none yet. */
static int intern(struct build *b, const struct network_set *set)
{
	u16 *slot;

	if (b->n_sets == b->sets_max && grow_sets(b))
		return -ENOMEM;
	slot = interned_slot(b, set);
	if (!*slot) {
		b->sets[b->n_sets++] = *set;
		*slot = b->n_sets;
	}
	return *slot - 1;
}

static bool has(const struct network_set *set, u16 network)
{
	return set->words[network / 64] >> network % 64 & 1;
}

/* The class of what lies in @around and in the networks of the @n equal @nodes. */
static int join(struct build *b, u16 around, const struct node *nodes, u32 n)
{
	struct network_set set;
	int class;
	u32 i;

	if (n == 1 && has(&b->sets[around], nodes->network))
		return around;
	if (n == 1 && b->joined && b->around == around && b->network == nodes->network)
		return b->joined;
	set = b->sets[around];
	for (i = 0; i < n; i++)
		set.words[nodes[i].network / 64] |= 1ull << nodes[i].network % 64;
	class = intern(b, &set);
	if (n == 1 && class > 0) {
		b->around = around;
		b->network = nodes->network;
		b->joined = class;
	}
	return class;
}

static bool covers(const struct node *outer, const struct node *inner)
{
	return bits_equal(outer->bits, masked(inner->bits, mask_of(outer->len)));
}

/* Of node number @above and those around it (0 = none), the innermost around @node as well. */
static u16 ascend(const struct nodes *list, u16 above, const struct node *node)
{
	while (above && !covers(&list->at[above - 1], node))
		above = list->at[above - 1].above;
	return above;
}

static u16 class_around(const struct nodes *list, u16 above)
{
	return above ? list->at[above - 1].class : 0;
}

/* Gives every node its class and its place; equal ones become one. */
static int classify(struct build *b, struct nodes *list)
{
	u32 first = 0, end, n = 0;
	int class;

	for (; first < list->n; first = end) {
		struct node node = list->at[first];

		node.above = ascend(list, n, &node);
		for (end = first + 1; end < list->n && !after(&list->at[end], &node); end++)
			;
		class = join(b, class_around(list, node.above), &list->at[first], end - first);
		if (class < 0)
			return class;
		node.class = class;
		list->at[n++] = node;
	}
	list->n = n;
	return 0;
}

static int collect_classes(struct build *b, struct kb_prefix_table *table)
{
	const struct network_set none = { { 0 } };
	int err = intern(b, &none);

	if (!err)
		err = sort_nodes(&b->v4);
	if (!err)
		err = classify(b, &b->v4);
	if (!err)
		err = sort_nodes(&b->v6);
	if (!err)
		err = classify(b, &b->v6);
	if (err)
		return err;
	table->sets = table_alloc(table, b->n_sets * sizeof(*b->sets));
	if (!table->sets)
		return -ENOMEM;
	memcpy(table->sets, b->sets, b->n_sets * sizeof(*b->sets));
	table->n_classes = b->n_sets;
	return 0;
}

/* Is node @i the only one in its chunk of the last level? */
static bool is_alone(const struct nodes *list, u32 i)
{
	const struct node *node = &list->at[i];
	u64 chunk = node->bits.hi >> 40;

	if (i && node[-1].len > 24 && node[-1].bits.hi >> 40 == chunk)
		return false;
	return i + 1 == list->n || node[1].bits.hi >> 40 != chunk;
}

/*
 * Is there a chunk already that says the same as that of node @i would? Many prefixes of one
 * network make few different ones. *@ret_leaf: what knows it or will, NULL when @i has company.
 */
static bool find_leaf(struct build *b, const struct nodes *list, u32 i, struct leaf **ret_leaf)
{
	const struct node *node = &list->at[i];
	u64 holds = (u64)class_around(list, node->above) << 32 | (u32)node->class << 16 |
		    (node->bits.hi >> 32 & 0xff) << 8 | node->len;
	struct leaf *leaf = &b->leaves[mix(holds, 0) >> (64 - LEAVES_BITS)];
	bool known = leaf->holds == holds;

	if (!is_alone(list, i)) {
		*ret_leaf = NULL;
		return false;
	}
	*ret_leaf = leaf;
	leaf->holds = holds;
	return known;
}

/* How many chunks will sorted @list open? */
static u32 count_chunks(struct build *b, const struct nodes *list)
{
	u64 last16 = ~0ull, last24 = ~0ull;
	struct leaf *leaf;
	u32 i, n = 0;

	for (i = 0; i < list->n; i++) {
		const struct node *node = &list->at[i];

		if (node->len > 16 && node->bits.hi >> 48 != last16) {
			last16 = node->bits.hi >> 48;
			n++;
		}
		if (node->len > 24 && node->bits.hi >> 40 != last24) {
			last24 = node->bits.hi >> 40;
			n += !find_leaf(b, list, i, &leaf);
		}
	}
	return n;
}

/* 16 at a time: chunks are many. */
static void fill(u16 *cells, u32 n, u16 class)
{
	const u64 four = class * 0x0001000100010001ull;
	u64 sixteen[4] = { four, four, four, four };

	for (; n >= 16; n -= 16, cells += 16)
		memcpy(cells, sixteen, sizeof(sixteen));
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

/* In sorted order, so that what lies in a node comes later and no chunk is painted over. */
static void paint(struct build *b, struct kb_prefix_table *table, u32 i, u32 *n_chunks)
{
	const struct node *node = &b->v4.at[i];
	u32 addr = node->bits.hi >> 32, end = 16, first = addr >> 16;
	u16 *cells = table->root;
	struct leaf *leaf;

	if (node->len > 16) {
		cells = open_chunk(table, &cells[first], n_chunks);
		end = 24;
		first = addr >> 8 & 0xff;
	}
	if (node->len > 24) {
		u16 *cell = &cells[first];

		if (find_leaf(b, &b->v4, i, &leaf)) {
			*cell = CHUNK | leaf->chunk;
			return;
		}
		cells = open_chunk(table, cell, n_chunks);
		if (leaf)
			leaf->chunk = *cell & ~CHUNK;
		end = 32;
		first = addr & 0xff;
	}
	fill(cells + first, 1u << (end - node->len), node->class);
}

static int fill_v4(struct kb_prefix_table *table, struct build *b)
{
	u32 i, n_chunks = count_chunks(b, &b->v4);

	table->root = table_alloc(table, 65536 * sizeof(*table->root));
	table->chunks = table_alloc(table, (n_chunks + 1) * sizeof(*table->chunks));
	if (!table->root || !table->chunks)
		return -ENOMEM;
	/* the same leaves are found in the same order as when they were counted */
	memset(b->leaves, 0, sizeof(b->leaves));
	for (i = 0, n_chunks = 0; i < b->v4.n; i++)
		paint(b, table, i, &n_chunks);
	return 0;
}

/* Counts an entry, unless it is there already; makes it, once there is room. */
static void add_entry(struct build *b, struct kb_prefix_table *table, struct bits bits, u32 length,
		      u16 class)
{
	struct last *last = &b->last[length];
	u32 slot;

	if (last->any && bits_equal(last->bits, bits))
		return;
	*last = (struct last){ bits, true };
	b->n_entries++;
	if (!table->entries)
		return;
	table->entries[b->n_entries - 1] = (struct entry){ bits, class, length };
	for (slot = slot_of(table, bits, length); table->slots[slot];)
		slot = (slot + 1) & table->mask;
	table->slots[slot] = b->n_entries;
}

/*
 * Every prefix and its markers. Where a prefix stands on the way to one inside it, it has come
 * before. One that is longer than a marker on that way has made this marker before, too, being
 * between them: so who makes a marker lies in the same as the marker does.
 */
static void add_entries(struct build *b, struct kb_prefix_table *table)
{
	const struct nodes *list = &b->v6;
	u32 i, k;

	memset(b->last, 0, sizeof(b->last));
	b->n_entries = 0;
	for (i = 0; i < list->n; i++) {
		const struct node *node = &list->at[i];
		u32 length = b->index_of[node->len];
		u16 around = class_around(list, node->above);

		for (k = 0; k < b->n_way[length]; k++) {
			u32 mid = b->way[length][k];

			add_entry(b, table, masked(node->bits, table->lengths[mid]), mid, around);
		}
		add_entry(b, table, node->bits, length, node->class);
	}
}

/* Most addresses lie far from every prefix, which the first 16 bits tell. */
static void fill_tops(struct kb_prefix_table *table, const struct nodes *list)
{
	u32 i, top, n;

	for (i = 0; i < list->n; i++) {
		top = list->at[i].bits.hi >> 48;
		n = list->at[i].len < 16 ? 1u << (16 - list->at[i].len) : 1;
		for (; n; n--, top++)
			table->tops[top / 64] |= 1ull << top % 64;
	}
}

static int fill_v6(struct kb_prefix_table *table, struct build *b)
{
	u32 size = 4, bits = 2;

	add_entries(b, table);
	for (; size < 4 * b->n_entries; size *= 2)
		bits++;
	table->mask = size - 1;
	table->shift = 64 - bits;
	table->slots = table_alloc(table, size * sizeof(*table->slots));
	table->entries = table_alloc(table, (b->n_entries + 1) * sizeof(*table->entries));
	table->tops = table_alloc(table, TOP_WORDS * sizeof(*table->tops));
	if (!table->slots || !table->entries || !table->tops)
		return -ENOMEM;
	add_entries(b, table);
	fill_tops(table, &b->v6);
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
			err = collect_classes(b, table);
		if (!err)
			err = fill_v4(table, b);
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
