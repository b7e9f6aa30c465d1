// SPDX-License-Identifier: GPL-2.0-only
/* Strict, table-driven reading of the blob's attributes. */
#include <kidoban/attr.h>

#define ALIGN4(n)	(((n) + 3u) & ~3u)
#define HEADER_LEN	((u32)sizeof(struct kb_attr_header))
#define TYPE_BITS	0x3fffu

int kb_blob_fail(struct kb_blob_error *error, int err, u32 offset, const char *format, ...)
{
	va_list args;
	int n;

	if (!error)
		return err;
	error->offset = offset;
	n = snprintf(error->text, sizeof(error->text), "byte %u: ", offset);
	va_start(args, format);
	vsnprintf(error->text + n, sizeof(error->text) - n, format, args);
	va_end(args);
	return err;
}

/* Bytes that follow @lead, and the bounds of the first of them. 0 = no lead byte. */
static u32 utf8_tail(u8 lead, u8 *ret_low, u8 *ret_high)
{
	*ret_low = 0x80;
	*ret_high = 0xbf;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef) {
		if (lead == 0xe0)
			*ret_low = 0xa0;	/* shorter forms exist */
		if (lead == 0xed)
			*ret_high = 0x9f;	/* surrogates */
		return 2;
	}
	if (lead >= 0xf0 && lead <= 0xf4) {
		if (lead == 0xf0)
			*ret_low = 0x90;	/* shorter forms exist */
		if (lead == 0xf4)
			*ret_high = 0x8f;	/* beyond U+10FFFF */
		return 3;
	}
	return 0;
}

bool kb_utf8_valid(const u8 *s, u32 len)
{
	u32 i = 0;

	while (i < len) {
		u8 low, high;
		u32 tail;

		if (s[i] < 0x80) {
			i++;
			continue;
		}
		tail = utf8_tail(s[i++], &low, &high);
		if (!tail || tail > len - i)
			return false;
		for (; tail; tail--, i++) {
			if (s[i] < low || s[i] > high)
				return false;
			low = 0x80;
			high = 0xbf;
		}
	}
	return true;
}

void kb_attr_open(struct kb_attr_reader *reader, const u8 *blob, u32 pos, u32 end,
		  const struct kb_attr_table *table, struct kb_blob_error *error)
{
	*reader = (struct kb_attr_reader){
		.blob = blob,
		.pos = pos,
		.end = end,
		.table = table,
		.error = error,
		.depth = 1,
	};
}

static __printf(3, 4) int fail(const struct kb_attr_reader *reader, u32 offset,
			       const char *format, ...)
{
	char text[128];
	va_list args;

	if (!reader->error)
		return -EBADMSG;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return kb_blob_fail(reader->error, -EBADMSG, offset, "%s: %s", reader->table->name, text);
}

/* The end of a level: was everything there? */
static int finish(const struct kb_attr_reader *reader)
{
	const struct kb_attr_table *table = reader->table;
	unsigned int type;

	for (type = 0; type < table->n_specs; type++)
		if (table->specs[type].flags & KB_ATTR_NEEDED && !(reader->seen & 1u << type))
			return fail(reader, reader->end, "attribute %s is missing",
				    table->specs[type].name);
	return 0;
}

/* May an attribute of this type stand here? Counts it. */
static int admit_type(struct kb_attr_reader *reader, u16 type, const struct kb_attr_spec **ret)
{
	const struct kb_attr_table *table = reader->table;
	const struct kb_attr_spec *spec;

	if (type >= table->n_specs || type >= KB_ATTR_TYPES_MAX ||
	    table->specs[type].kind == KB_ATTR_INVALID)
		return fail(reader, reader->pos, "unknown attribute %u", type);
	spec = &table->specs[type];
	if (!(spec->flags & KB_ATTR_LIST) && reader->seen & 1u << type)
		return fail(reader, reader->pos, "attribute %s stands twice", spec->name);
	if (spec->flags & KB_ATTR_FIRST && reader->seen)
		return fail(reader, reader->pos, "attribute %s must be the first", spec->name);
	if (spec->flags & KB_ATTR_LIST && reader->copies[type] >= spec->list_max)
		return fail(reader, reader->pos, "more than %u attributes %s", spec->list_max,
			    spec->name);
	reader->seen |= 1u << type;
	reader->copies[type]++;
	*ret = spec;
	return 0;
}

static int check_integer(const struct kb_attr_reader *reader, const struct kb_attr_spec *spec,
			 struct kb_attr_view *attr)
{
	u32 width = spec->kind == KB_ATTR_U8 ? 1 : spec->kind == KB_ATTR_U32 ? 4 : 8;

	if (attr->len != width)
		return fail(reader, attr->offset, "%s has %u bytes instead of %u", spec->name,
			    attr->len, width);
	if (width == 1)
		attr->value = attr->payload[0];
	else if (width == 4)
		attr->value = kb_get_le32(attr->payload);
	else
		attr->value = kb_get_le64(attr->payload);
	if (attr->value < spec->min || attr->value > spec->max)
		return fail(reader, attr->offset, "%s %llu is out of range", spec->name,
			    (unsigned long long)attr->value);
	return 0;
}

static int check_string(const struct kb_attr_reader *reader, const struct kb_attr_spec *spec,
			const struct kb_attr_view *attr)
{
	u32 len = attr->len ? attr->len - 1 : 0;

	if (!attr->len || attr->payload[len])
		return fail(reader, attr->offset, "%s does not end with NUL", spec->name);
	if (len < spec->min || len > spec->max)
		return fail(reader, attr->offset, "%s has %u bytes, outside %u..%u", spec->name,
			    len, (u32)spec->min, (u32)spec->max);
	if (memchr(attr->payload, 0, len))
		return fail(reader, attr->offset, "%s holds a NUL", spec->name);
	if (!kb_utf8_valid(attr->payload, len))
		return fail(reader, attr->offset, "%s is not UTF-8", spec->name);
	return 0;
}

static int check_payload(const struct kb_attr_reader *reader, const struct kb_attr_spec *spec,
			 struct kb_attr_view *attr)
{
	const char *wrong;
	int err = 0;

	switch (spec->kind) {
	case KB_ATTR_U8:
	case KB_ATTR_U32:
	case KB_ATTR_U64:
		err = check_integer(reader, spec, attr);
		break;
	case KB_ATTR_STRING:
		err = check_string(reader, spec, attr);
		break;
	case KB_ATTR_NEST:
		break;
	default:
		if (attr->len < spec->min || attr->len > spec->max)
			err = fail(reader, attr->offset, "%s has %u bytes, outside %u..%u",
				   spec->name, attr->len, (u32)spec->min, (u32)spec->max);
	}
	if (err || !spec->check)
		return err;
	wrong = spec->check(attr->payload, attr->len);
	return wrong ? fail(reader, attr->offset, "%s: %s", spec->name, wrong) : 0;
}

/* Finds the bounds of the attribute at the reader's position; checks its padding. */
static int measure(const struct kb_attr_reader *reader, struct kb_attr_view *ret)
{
	u32 left = reader->end - reader->pos;
	const u8 *at = reader->blob + reader->pos;
	u32 len, i;

	if (left < HEADER_LEN)
		return fail(reader, reader->pos, "%u stray bytes at the end", left);
	len = kb_get_le16(at);
	if (len < HEADER_LEN)
		return fail(reader, reader->pos, "length %u is shorter than a header", len);
	if (ALIGN4(len) > left)
		return fail(reader, reader->pos, "length %u with padding runs over the end, %u bytes left",
			    len, left);
	for (i = len; i < ALIGN4(len); i++)
		if (at[i])
			return fail(reader, reader->pos + i, "padding is not zero");
	ret->offset = reader->pos;
	ret->type = kb_get_le16(at + 2);
	if (ret->type & ~TYPE_BITS)
		return fail(reader, reader->pos, "reserved bits in type %#x", ret->type);
	ret->payload = at + HEADER_LEN;
	ret->len = len - HEADER_LEN;
	return 0;
}

int kb_attr_next(struct kb_attr_reader *reader, struct kb_attr_view *ret)
{
	const struct kb_attr_spec *spec = NULL;
	struct kb_attr_view attr = {};
	int err;

	if (reader->pos == reader->end)
		return finish(reader);
	err = measure(reader, &attr);
	if (!err)
		err = admit_type(reader, attr.type, &spec);
	if (!err)
		err = check_payload(reader, spec, &attr);
	if (err)
		return err;
	reader->pos += ALIGN4(HEADER_LEN + attr.len);
	*ret = attr;
	return 1;
}

int kb_attr_enter(const struct kb_attr_reader *parent, const struct kb_attr_view *attr,
		  struct kb_attr_reader *ret)
{
	u32 start = attr->offset + HEADER_LEN;

	if (parent->depth >= KB_BLOB_DEPTH_MAX)
		return fail(parent, attr->offset, "nests deeper than %u", KB_BLOB_DEPTH_MAX);
	kb_attr_open(ret, parent->blob, start, start + attr->len,
		     parent->table->specs[attr->type].nest, parent->error);
	ret->depth = parent->depth + 1;
	return 0;
}
