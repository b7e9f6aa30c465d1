// SPDX-License-Identifier: GPL-2.0-or-later
/* The prefixes of a policy's networks. */
#include "policy/prefixes.h"

#include "policy/address.h"

static u16 get_le16(const u8 *p)
{
	return p[0] | p[1] << 8;
}

/* Attributes of a blob that kb_policy_parse() took: nothing needs to be checked again. */
struct attrs {
	const u8 *at, *end;
	u16 type;			/* of the one that next_attr() found */
	const u8 *payload;
	u32 len;
};

static bool next_attr(struct attrs *attrs)
{
	u32 len;

	if (attrs->end - attrs->at < (ptrdiff_t)sizeof(struct kb_attr_header))
		return false;
	len = get_le16(attrs->at);
	attrs->type = get_le16(attrs->at + 2);
	attrs->payload = attrs->at + sizeof(struct kb_attr_header);
	attrs->len = len - sizeof(struct kb_attr_header);
	attrs->at += (len + 3) & ~3u;
	return true;
}

static u32 take(const u8 *p, u32 len, u8 version, u16 network, struct kb_prefix *list)
{
	const u32 bytes = version == 6 ? 16 : 4, size = bytes + 4;
	u32 n;

	for (n = 0; n < len / size; n++, p += size) {
		struct kb_prefix *prefix = &list[n];

		*prefix = (struct kb_prefix){ .version = version, .len = p[bytes], .network = network };
		if (version == 6)
			memcpy(prefix->addr.v6, p, 16);
		else
			prefix->addr.v4 = (u32)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	}
	return n;
}

static u32 take_section(const u8 *payload, u32 len, struct kb_prefix *list)
{
	struct attrs attrs = { .at = payload, .end = payload + len };
	u16 network = 0;
	u32 n = 0;

	while (next_attr(&attrs)) {
		if (attrs.type == KB_PREFIXES_NETWORK)
			network = get_le16(attrs.payload);
		else
			n += take(attrs.payload, attrs.len, attrs.type == KB_PREFIXES_V6 ? 6 : 4,
				  network, list + n);
	}
	return n;
}

static u32 take_blob(const u8 *blob, size_t len, struct kb_prefix *list)
{
	struct attrs attrs = { .at = blob + KB_BLOB_MAGIC_LEN, .end = blob + len };
	u32 n = 0;

	while (next_attr(&attrs))
		if (attrs.type == KB_BLOB_PREFIXES)
			n += take_section(attrs.payload, attrs.len, list + n);
	return n;
}

static int by_network(const void *a, const void *b)
{
	const struct kb_prefix *x = a, *y = b;

	if (x->network != y->network)
		return x->network < y->network ? -1 : 1;
	return kb_prefix_compare(x, y);
}

int kb_prefixes_list(const struct kb_policy *policy, struct kb_prefix **ret_list, u32 *ret_n)
{
	const struct kb_path_policy *paths = &policy->paths;
	struct kb_prefix *list = calloc(paths->n_prefixes + 1, sizeof(*list));
	u32 n = 0;

	if (!list)
		return -ENOMEM;
	if (paths->written) {
		n = paths->n_prefixes;
		memcpy(list, paths->written, n * sizeof(*list));
	} else if (paths->n_prefixes && policy->blob) {
		n = take_blob(policy->blob, policy->blob_len, list);
	}
	qsort(list, n, sizeof(*list), by_network);
	*ret_list = list;
	*ret_n = n;
	return 0;
}

u32 kb_prefixes_of(const struct kb_prefix *list, u32 n, u32 network, u32 *ret_n)
{
	u32 low = 0, high = n, middle, first;

	while (low < high) {
		middle = (low + high) / 2;
		if (list[middle].network < network)
			low = middle + 1;
		else
			high = middle;
	}
	first = low;
	while (low < n && list[low].network == network)
		low++;
	*ret_n = low - first;
	return first;
}
