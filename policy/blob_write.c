// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the compiled policy, include/uapi/kidoban/blob.h. */
#include "policy/blob_write.h"

#define ALIGN4(n)	(((n) + 3u) & ~(size_t)3)

struct writer {
	u8 *bytes;
	size_t len, room;
	int error;			/* first one; later writes do nothing */
};

static u8 *reserve(struct writer *w, size_t len)
{
	size_t room = w->room;
	u8 *grown;

	if (w->error)
		return NULL;
	while (!room || room - w->len < len)
		room = room ? room * 2 : 4096;
	if (room != w->room) {
		grown = realloc(w->bytes, room);
		if (!grown) {
			w->error = -ENOMEM;
			return NULL;
		}
		w->bytes = grown;
		w->room = room;
	}
	memset(w->bytes + w->len, 0, len);
	w->len += len;
	return w->bytes + w->len - len;
}

static void set_header(struct writer *w, size_t at, u16 type, size_t payload)
{
	struct kb_attr_header header = { .len = cpu_to_le16(sizeof(header) + payload),
					 .type = cpu_to_le16(type) };

	if (sizeof(header) + payload > UINT16_MAX)
		w->error = -EMSGSIZE;
	else
		memcpy(w->bytes + at, &header, sizeof(header));
}

static void put(struct writer *w, u16 type, const void *payload, size_t len)
{
	size_t at = w->len;
	u8 *place = reserve(w, sizeof(struct kb_attr_header) + ALIGN4(len));

	if (!place)
		return;
	memcpy(place + sizeof(struct kb_attr_header), payload, len);
	set_header(w, at, type, len);
}

static void put_u8(struct writer *w, u16 type, u8 value)
{
	put(w, type, &value, sizeof(value));
}

static void put_u32(struct writer *w, u16 type, u32 value)
{
	__le32 wire = cpu_to_le32(value);

	put(w, type, &wire, sizeof(wire));
}

static void put_u64(struct writer *w, u16 type, u64 value)
{
	__le64 wire = cpu_to_le64(value);

	put(w, type, &wire, sizeof(wire));
}

static void put_string(struct writer *w, u16 type, const char *text)
{
	if (text)
		put(w, type, text, strlen(text) + 1);
}

static size_t open_nest(struct writer *w)
{
	size_t at = w->len;

	reserve(w, sizeof(struct kb_attr_header));
	return at;
}

static void close_nest(struct writer *w, size_t at, u16 type)
{
	if (!w->error)
		set_header(w, at, type, w->len - at - sizeof(struct kb_attr_header));
}

static void put_policy_header(struct writer *w, const struct kb_policy_header *header)
{
	size_t nest = open_nest(w);

	put_u32(w, KB_HEADER_FORMAT, KB_BLOB_FORMAT);
	put_string(w, KB_HEADER_MUNICIPALITY, header->municipality);
	put_string(w, KB_HEADER_GROUP, header->group);
	put_u32(w, KB_HEADER_EPOCH, header->epoch);
	put_u32(w, KB_HEADER_SERIAL, header->serial);
	put_u64(w, KB_HEADER_NOT_BEFORE, header->not_before);
	put_u64(w, KB_HEADER_EXPIRES, header->expires);
	put_u32(w, KB_HEADER_MIN_MODULE, header->min_module);
	put(w, KB_HEADER_SOURCE_SHA256, header->source_sha256, sizeof(header->source_sha256));
	put_u8(w, KB_HEADER_LOCK, header->lock);
	close_nest(w, nest, KB_BLOB_HEADER);
}

static void put_media(struct writer *w, const struct kb_policy *policy)
{
	size_t nest = open_nest(w);

	put_u8(w, KB_MODE_MEDIA, policy->media_mode);
	close_nest(w, nest, KB_BLOB_MODE);
	nest = open_nest(w);
	put_u8(w, KB_MEDIA_DEFAULT, policy->media_default);
	put_string(w, KB_MEDIA_TELL, policy->media_tell);
	close_nest(w, nest, KB_BLOB_MEDIA);
}

static void put_ids(struct writer *w, const struct kb_usb_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->n_ids; i++) {
		const struct kb_usb_id *id = &rule->ids[i];
		struct kb_blob_usb_id wire = { cpu_to_le16(id->vendor), cpu_to_le16(id->vendor_mask),
					       cpu_to_le16(id->product),
					       cpu_to_le16(id->product_mask) };

		put(w, KB_RULE_USB, &wire, sizeof(wire));
	}
	for (i = 0; i < rule->n_serials; i++)
		put_string(w, KB_RULE_SERIAL, rule->serials[i]);
	for (i = 0; i < rule->n_ports; i++)
		put_string(w, KB_RULE_PORT, rule->ports[i]);
}

static void put_interfaces(struct writer *w, const struct kb_usb_rule *rule)
{
	unsigned int i;

	if (rule->classes)
		put_u32(w, KB_RULE_CLASS, rule->classes);
	for (i = 0; i < rule->n_triples; i++) {
		const struct kb_usb_triple *triple = &rule->triples[i];
		struct kb_blob_usb_triple wire = { triple->class, triple->subclass,
						   triple->protocol, triple->mask };

		put(w, KB_RULE_INTERFACE, &wire, sizeof(wire));
	}
	if (rule->has)
		put_u32(w, KB_RULE_HAS, rule->has);
	for (i = 0; i < rule->n_counts; i++) {
		const struct kb_usb_count *count = &rule->counts[i];
		struct kb_blob_usb_count wire = { count->class, count->min, count->max, 0 };

		put(w, KB_RULE_COUNT, &wire, sizeof(wire));
	}
}

static void put_rule(struct writer *w, const struct kb_usb_rule *rule)
{
	size_t nest = open_nest(w);

	put_u8(w, KB_RULE_ACTION, rule->action);
	put_u32(w, KB_RULE_LINE, rule->line);
	put_string(w, KB_RULE_LABEL, rule->label);
	put_string(w, KB_RULE_TELL, rule->tell);
	put_ids(w, rule);
	put_interfaces(w, rule);
	close_nest(w, nest, KB_BLOB_MEDIA_RULE);
}

int kb_blob_write(const struct kb_policy *policy, void **ret_blob, size_t *ret_len)
{
	struct writer w = { 0 };
	u8 *magic = reserve(&w, KB_BLOB_MAGIC_LEN);
	u32 i;

	if (magic)
		memcpy(magic, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN);
	put_policy_header(&w, &policy->header);
	put_media(&w, policy);
	for (i = 0; i < policy->n_rules && !w.error; i++)
		put_rule(&w, &policy->rules[i]);
	if (!w.error && w.len > KB_BLOB_MAX)
		w.error = -EMSGSIZE;
	if (w.error) {
		free(w.bytes);
		return w.error;
	}
	*ret_blob = w.bytes;
	*ret_len = w.len;
	return 0;
}
