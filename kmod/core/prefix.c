// SPDX-License-Identifier: GPL-2.0-only
/* Longest prefix match: in which networks does an address lie? */
#include "prefix_table.h"

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

/* Apart from kb_prefix_lookup6(), so that this needs no stack. */
static kb_noinline u16 search6(const struct kb_prefix_table *table, struct bits bits)
{
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

u16 kb_prefix_lookup6(const struct kb_prefix_table *table, const union kb_ip *addr)
{
	const struct bits bits = { kb_get_be64(addr->v6), kb_get_be64(addr->v6 + 8) };
	const u32 top = bits.hi >> 48;

	if (!(table->tops[top / 64] >> top % 64 & 1))
		return 0;
	return search6(table, bits);
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

void kb_prefix_free(struct kb_prefix_table *table)
{
	if (!table)
		return;
	kb_free(table->root);
	kb_free(table->chunks);
	kb_free(table->slots);
	kb_free(table->entries);
	kb_free(table->tops);
	kb_free(table->sets);
	kb_free(table);
}
