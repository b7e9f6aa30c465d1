// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a blob to a policy, in two passes over the same attributes: the first
 * checks everything and counts, the second fills one allocation of that size.
 */
#include <kidoban/policy.h>

#include "attr.h"

static const char *check_id(const u8 *p, u32 len)
{
	(void)len;
	/* Such an id never matches: a refusal by it would be silently open. */
	if (kb_get_le16(p) & ~kb_get_le16(p + 2) || kb_get_le16(p + 4) & ~kb_get_le16(p + 6))
		return "value has bits outside its mask";
	return NULL;
}

static const char *check_triple(const u8 *p, u32 len)
{
	(void)len;
	if (p[3] & ~(KB_TRIPLE_CLASS | KB_TRIPLE_SUBCLASS | KB_TRIPLE_PROTOCOL))
		return "reserved bits in the mask";
	if ((!(p[3] & KB_TRIPLE_CLASS) && p[0]) || (!(p[3] & KB_TRIPLE_SUBCLASS) && p[1]) ||
	    (!(p[3] & KB_TRIPLE_PROTOCOL) && p[2]))
		return "value outside its mask";
	return NULL;
}

static const char *check_count(const u8 *p, u32 len)
{
	(void)len;
	if (p[0] > KB_CLASS_MAX)
		return "unknown class";
	if (p[1] > p[2])
		return "minimum above maximum";
	if (p[3])
		return "reserved byte is not zero";
	return NULL;
}

/* A star anywhere but where kb_usb_port_match() honours it would never match. */
static const char *check_port(const u8 *p, u32 len)
{
	const char *port = (const char *)p;
	const char *star = strchr(port, '*');

	if (!star)
		return NULL;
	if (star != port + len - 2 || !strchr(port, '/') || (star[-1] != '/' && star[-1] != '.'))
		return "star is only for the end, behind the controller's slash or a port's dot";
	return NULL;
}

/* The masks of KB_RULE_CLASS and KB_RULE_HAS have all their bits here. */
#define CLASS_MASK	.kind = KB_ATTR_U32, .min = 1, .max = KB_CLASS_ALL
#define ANY_U32		.kind = KB_ATTR_U32, .max = U32_MAX
#define ANY_U64		.kind = KB_ATTR_U64, .max = U64_MAX
#define TEXT(longest)	.kind = KB_ATTR_STRING, .min = 1, .max = (longest)
#define EXACT(bytes)	.kind = KB_ATTR_BYTES, .min = (bytes), .max = (bytes)
#define RULE_LIST	.flags = KB_ATTR_LIST, .list_max = KB_RULE_LIST_MAX
#define NEEDED		.flags = KB_ATTR_NEEDED

static const struct kb_attr_spec header_specs[KB_HEADER_MAX] = {
	[KB_HEADER_FORMAT] = { "format", KB_ATTR_U32, .min = KB_BLOB_FORMAT,
			       .max = KB_BLOB_FORMAT, NEEDED },
	[KB_HEADER_MUNICIPALITY] = { "municipality", TEXT(KB_MUNICIPALITY_MAX), NEEDED },
	[KB_HEADER_GROUP] = { "group", TEXT(KB_GROUP_MAX), NEEDED },
	[KB_HEADER_EPOCH] = { "epoch", ANY_U32, NEEDED },
	[KB_HEADER_SERIAL] = { "serial", KB_ATTR_U32, .min = 1, .max = U32_MAX, NEEDED },
	[KB_HEADER_NOT_BEFORE] = { "not_before", ANY_U64, NEEDED },
	[KB_HEADER_EXPIRES] = { "expires", ANY_U64, NEEDED },
	[KB_HEADER_MIN_MODULE] = { "min_module", ANY_U32, NEEDED },
	[KB_HEADER_SOURCE_SHA256] = { "source_sha256", EXACT(32), NEEDED },
	[KB_HEADER_LOCK] = { "lock", KB_ATTR_U8, .max = 1, NEEDED },
};

static const struct kb_attr_spec mode_specs[KB_MODE_MAX] = {
	[KB_MODE_MEDIA] = { "media", KB_ATTR_U8, .max = KB_GATE_MODE_MAX - 1, NEEDED },
};

static const struct kb_attr_spec media_specs[KB_MEDIA_MAX] = {
	[KB_MEDIA_DEFAULT] = { "default", KB_ATTR_U8, .max = KB_ACTION_MAX - 1, NEEDED },
	[KB_MEDIA_TELL] = { "tell", TEXT(KB_TELL_MAX) },
};

static const struct kb_attr_spec rule_specs[KB_RULE_MAX] = {
	[KB_RULE_ACTION] = { "action", KB_ATTR_U8, .max = KB_ACTION_MAX - 1, NEEDED },
	[KB_RULE_LINE] = { "line", ANY_U32, NEEDED },
	[KB_RULE_LABEL] = { "label", TEXT(KB_LABEL_MAX) },
	[KB_RULE_TELL] = { "tell", TEXT(KB_TELL_MAX) },
	[KB_RULE_USB] = { "usb", EXACT(sizeof(struct kb_blob_usb_id)), RULE_LIST,
			  .check = check_id },
	[KB_RULE_SERIAL] = { "serial", TEXT(KB_USB_SERIAL_MAX), RULE_LIST },
	[KB_RULE_PORT] = { "port", TEXT(KB_USB_PORT_MAX), RULE_LIST, .check = check_port },
	[KB_RULE_CLASS] = { "class", CLASS_MASK },
	[KB_RULE_INTERFACE] = { "interface", EXACT(sizeof(struct kb_blob_usb_triple)), RULE_LIST,
				.check = check_triple },
	[KB_RULE_HAS] = { "has", CLASS_MASK },
	[KB_RULE_COUNT] = { "count", EXACT(sizeof(struct kb_blob_usb_count)), RULE_LIST,
			    .check = check_count },
};

#define TABLE(text, array)	{ .name = text, .specs = array, .n_specs = ARRAY_SIZE(array) }

static const struct kb_attr_table header_table = TABLE("header", header_specs);
static const struct kb_attr_table mode_table = TABLE("mode", mode_specs);
static const struct kb_attr_table media_table = TABLE("media", media_specs);
static const struct kb_attr_table rule_table = TABLE("media rule", rule_specs);

static const struct kb_attr_spec blob_specs[KB_BLOB_ATTR_MAX] = {
	[KB_BLOB_HEADER] = { "header", KB_ATTR_NEST, KB_ATTR_NEEDED | KB_ATTR_FIRST,
			     .nest = &header_table },
	[KB_BLOB_MODE] = { "mode", KB_ATTR_NEST, NEEDED, .nest = &mode_table },
	[KB_BLOB_MEDIA] = { "media", KB_ATTR_NEST, NEEDED, .nest = &media_table },
	[KB_BLOB_MEDIA_RULE] = { "media rule", KB_ATTR_NEST, .flags = KB_ATTR_LIST,
				 .list_max = KB_RULES_MAX, .nest = &rule_table },
};

static const struct kb_attr_table blob_table = TABLE("blob", blob_specs);

/* How many of each the whole policy holds; in the second pass, how many are taken. */
struct amounts {
	u32 rules, ids, serials, ports, triples, counts;
};

/* The arrays inside the allocation of a policy, each with the room in @room. */
struct arena {
	struct kb_usb_rule *rules;
	const char **serials, **ports;
	struct kb_usb_id *ids;
	struct kb_usb_triple *triples;
	struct kb_usb_count *counts;
	u8 *blob;
	struct amounts room, taken;
};

/* The first pass: everything is read and checked, only the lists are counted. */
static int count_level(const struct kb_attr_reader *parent, const struct kb_attr_view *nest,
		       struct amounts *amounts)
{
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	bool rule = nest->type == KB_BLOB_MEDIA_RULE;
	int err;

	err = kb_attr_enter(parent, nest, &reader);
	if (err)
		return err;
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		if (!rule)
			continue;
		amounts->ids += attr.type == KB_RULE_USB;
		amounts->serials += attr.type == KB_RULE_SERIAL;
		amounts->ports += attr.type == KB_RULE_PORT;
		amounts->triples += attr.type == KB_RULE_INTERFACE;
		amounts->counts += attr.type == KB_RULE_COUNT;
	}
	amounts->rules += rule;
	return err;
}

static int count_blob(const u8 *blob, u32 len, struct amounts *ret, struct kb_blob_error *error)
{
	struct amounts amounts = {};
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	int err;

	kb_attr_open(&reader, blob, KB_BLOB_MAGIC_LEN, len, &blob_table, error);
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		err = count_level(&reader, &attr, &amounts);
		if (err)
			return err;
	}
	if (!err)
		*ret = amounts;
	return err;
}

/*
 * A policy from the future must be told apart from a broken one although its
 * attributes are unknown here: only format and module level are looked for.
 */
static int check_future(const u8 *blob, u32 len, struct kb_blob_error *error)
{
	u32 pos = KB_BLOB_MAGIC_LEN;
	u32 end, step, value;
	u16 type;

	if (len - pos < 4 || kb_get_le16(blob + pos + 2) != KB_BLOB_HEADER)
		return 0;
	end = pos + kb_get_le16(blob + pos);
	if (end > len)
		end = len;
	for (pos += 4; pos + 8 <= end; pos += (step + 3) & ~3u) {
		step = kb_get_le16(blob + pos);
		type = kb_get_le16(blob + pos + 2);
		if (step < 4)
			return 0;
		if (step != 8)
			continue;
		value = kb_get_le32(blob + pos + 4);
		if (type == KB_HEADER_FORMAT && value > KB_BLOB_FORMAT)
			return kb_blob_fail(error, -EPROTONOSUPPORT, pos,
					    "format %u is newer than %u", value, KB_BLOB_FORMAT);
		if (type == KB_HEADER_MIN_MODULE && value > KB_MODULE_LEVEL)
			return kb_blob_fail(error, -EPROTONOSUPPORT, pos,
					    "needs module level %u, this one has %u", value,
					    KB_MODULE_LEVEL);
	}
	return 0;
}

/* Adds @n elements to *@size, aligned for any of them; their offset or -EMSGSIZE. */
static int reserve(size_t *size, size_t n, size_t element, size_t *ret_offset)
{
	size_t bytes, end;

	if (__builtin_mul_overflow(n, element, &bytes) ||
	    __builtin_add_overflow(bytes, 7, &bytes) ||
	    __builtin_add_overflow(*size, bytes & ~(size_t)7, &end))
		return -EMSGSIZE;
	*ret_offset = *size;
	*size = end;
	return 0;
}

/*
 * One allocation for the policy, which stands at its start, its lists and its
 * bytes. 0, -ENOMEM, -EMSGSIZE.
 */
static int allocate(const struct amounts *room, const u8 *blob, u32 len,
		    struct kb_policy **ret_policy, struct arena *ret_arena)
{
	size_t size = 0, start, rules, serials, ports, ids, triples, counts, copy;
	struct kb_policy *policy;
	u8 *base;

	if (reserve(&size, 1, sizeof(struct kb_policy), &start) ||
	    reserve(&size, room->rules, sizeof(struct kb_usb_rule), &rules) ||
	    reserve(&size, room->serials, sizeof(char *), &serials) ||
	    reserve(&size, room->ports, sizeof(char *), &ports) ||
	    reserve(&size, room->ids, sizeof(struct kb_usb_id), &ids) ||
	    reserve(&size, room->triples, sizeof(struct kb_usb_triple), &triples) ||
	    reserve(&size, room->counts, sizeof(struct kb_usb_count), &counts) ||
	    reserve(&size, len, 1, &copy))
		return -EMSGSIZE;
	policy = kb_zalloc(size);
	if (!policy)
		return -ENOMEM;
	base = (u8 *)policy;
	*ret_arena = (struct arena){
		.rules = (void *)(base + rules),
		.serials = (void *)(base + serials),
		.ports = (void *)(base + ports),
		.ids = (void *)(base + ids),
		.triples = (void *)(base + triples),
		.counts = (void *)(base + counts),
		.blob = base + copy,
		.room = *room,
	};
	memcpy(ret_arena->blob, blob, len);
	policy->blob = ret_arena->blob;
	policy->blob_len = len;
	policy->memory = size;
	policy->rules = ret_arena->rules;
	*ret_policy = policy;
	return 0;
}

static void fill_header(struct kb_policy_header *header, const struct kb_attr_view *attr)
{
	switch (attr->type) {
	case KB_HEADER_MUNICIPALITY:
		header->municipality = (const char *)attr->payload;
		break;
	case KB_HEADER_GROUP:
		header->group = (const char *)attr->payload;
		break;
	case KB_HEADER_EPOCH:
		header->epoch = attr->value;
		break;
	case KB_HEADER_SERIAL:
		header->serial = attr->value;
		break;
	case KB_HEADER_NOT_BEFORE:
		header->not_before = attr->value;
		break;
	case KB_HEADER_EXPIRES:
		header->expires = attr->value;
		break;
	case KB_HEADER_MIN_MODULE:
		header->min_module = attr->value;
		break;
	case KB_HEADER_SOURCE_SHA256:
		memcpy(header->source_sha256, attr->payload, sizeof(header->source_sha256));
		break;
	case KB_HEADER_LOCK:
		header->lock = attr->value;
		break;
	}
}

/* The rule's lists grow at the end of the arena's arrays, so each is one slice. */
static bool fill_list(struct kb_usb_rule *rule, const struct kb_attr_view *attr,
		      struct arena *arena)
{
	const u8 *p = attr->payload;
	struct amounts *taken = &arena->taken;
	const struct amounts *room = &arena->room;

	switch (attr->type) {
	case KB_RULE_USB:
		if (taken->ids >= room->ids)
			return false;
		arena->ids[taken->ids++] = (struct kb_usb_id){
			.vendor = kb_get_le16(p),
			.vendor_mask = kb_get_le16(p + 2),
			.product = kb_get_le16(p + 4),
			.product_mask = kb_get_le16(p + 6),
		};
		rule->n_ids++;
		return true;
	case KB_RULE_SERIAL:
		if (taken->serials >= room->serials)
			return false;
		arena->serials[taken->serials++] = (const char *)p;
		rule->n_serials++;
		return true;
	case KB_RULE_PORT:
		if (taken->ports >= room->ports)
			return false;
		arena->ports[taken->ports++] = (const char *)p;
		rule->n_ports++;
		return true;
	case KB_RULE_INTERFACE:
		if (taken->triples >= room->triples)
			return false;
		arena->triples[taken->triples++] =
			(struct kb_usb_triple){ p[0], p[1], p[2], p[3] };
		rule->n_triples++;
		return true;
	case KB_RULE_COUNT:
		if (taken->counts >= room->counts)
			return false;
		arena->counts[taken->counts++] = (struct kb_usb_count){ p[0], p[1], p[2] };
		rule->n_counts++;
		return true;
	}
	return true;
}

static bool fill_rule(struct kb_usb_rule *rule, const struct kb_attr_view *attr,
		      struct arena *arena)
{
	switch (attr->type) {
	case KB_RULE_ACTION:
		rule->action = attr->value;
		return true;
	case KB_RULE_LINE:
		rule->line = attr->value;
		return true;
	case KB_RULE_LABEL:
		rule->label = (const char *)attr->payload;
		return true;
	case KB_RULE_TELL:
		rule->tell = (const char *)attr->payload;
		return true;
	case KB_RULE_CLASS:
		rule->classes = attr->value;
		return true;
	case KB_RULE_HAS:
		rule->has = attr->value;
		return true;
	default:
		return fill_list(rule, attr, arena);
	}
}

/* Takes the next rule and starts its lists where the arena's arrays stand now. */
static struct kb_usb_rule *new_rule(struct arena *arena)
{
	struct kb_usb_rule *rule;

	if (arena->taken.rules >= arena->room.rules)
		return NULL;
	rule = &arena->rules[arena->taken.rules++];
	rule->ids = arena->ids + arena->taken.ids;
	rule->serials = arena->serials + arena->taken.serials;
	rule->ports = arena->ports + arena->taken.ports;
	rule->triples = arena->triples + arena->taken.triples;
	rule->counts = arena->counts + arena->taken.counts;
	return rule;
}

static int fill_level(struct kb_policy *policy, struct arena *arena,
		      const struct kb_attr_reader *parent, const struct kb_attr_view *nest)
{
	struct kb_usb_rule *rule = NULL;
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	bool room = true;
	int err;

	if (nest->type == KB_BLOB_MEDIA_RULE)
		room = (rule = new_rule(arena));
	err = kb_attr_enter(parent, nest, &reader);
	if (err)
		return err;
	while (room && (err = kb_attr_next(&reader, &attr)) > 0) {
		if (nest->type == KB_BLOB_HEADER)
			fill_header(&policy->header, &attr);
		else if (nest->type == KB_BLOB_MODE)
			policy->media_mode = attr.value;
		else if (rule)
			room = fill_rule(rule, &attr, arena);
		else if (attr.type == KB_MEDIA_DEFAULT)
			policy->media_default = attr.value;
		else
			policy->media_tell = (const char *)attr.payload;
	}
	/* Only if somebody changes the bytes between the passes. */
	return room ? err : kb_blob_fail(parent->error, -EBADMSG, nest->offset, "changed while read");
}

/* The second pass, over the policy's own copy of the bytes. */
static int fill_blob(struct kb_policy *policy, struct arena *arena, struct kb_blob_error *error)
{
	struct kb_attr_reader reader;
	struct kb_attr_view attr;
	int err;

	kb_attr_open(&reader, policy->blob, KB_BLOB_MAGIC_LEN, policy->blob_len, &blob_table,
		     error);
	while ((err = kb_attr_next(&reader, &attr)) > 0) {
		err = fill_level(policy, arena, &reader, &attr);
		if (err)
			return err;
	}
	policy->n_rules = arena->taken.rules;
	return err;
}

int kb_policy_parse(const void *blob, size_t len, struct kb_policy **ret_policy,
		    struct kb_blob_error *ret_error)
{
	struct kb_policy *policy = NULL;
	struct amounts room;
	struct arena arena;
	int err;

	if (len > KB_BLOB_MAX)
		return kb_blob_fail(ret_error, -EMSGSIZE, KB_BLOB_MAX, "larger than %u bytes",
				    KB_BLOB_MAX);
	if (len < KB_BLOB_MAGIC_LEN || memcmp(blob, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN))
		return kb_blob_fail(ret_error, -EBADMSG, 0, "not a kidoban policy");
	err = check_future(blob, len, ret_error);
	if (!err)
		err = count_blob(blob, len, &room, ret_error);
	if (err)
		return err;
	err = allocate(&room, blob, len, &policy, &arena);
	if (err)
		return kb_blob_fail(ret_error, err, 0, "no memory for %u rules", room.rules);
	err = fill_blob(policy, &arena, ret_error);
	if (err) {
		kb_policy_free(policy);
		return err;
	}
	*ret_policy = policy;
	return 0;
}

void kb_policy_free(struct kb_policy *policy)
{
	kb_free(policy);
}
