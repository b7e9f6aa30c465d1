// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes the compiled policy, include/uapi/kidoban/blob.h. */
#include "policy/blob_write.h"

#include "policy/blob_writer.h"

static void put_policy_header(struct kb_blob_writer *w, const struct kb_policy_header *header)
{
	size_t nest = kb_blob_open_nest(w);

	kb_blob_put_u32(w, KB_HEADER_FORMAT, KB_BLOB_FORMAT);
	kb_blob_put_string(w, KB_HEADER_MUNICIPALITY, header->municipality);
	kb_blob_put_string(w, KB_HEADER_GROUP, header->group);
	kb_blob_put_u32(w, KB_HEADER_EPOCH, header->epoch);
	kb_blob_put_u32(w, KB_HEADER_SERIAL, header->serial);
	kb_blob_put_u64(w, KB_HEADER_NOT_BEFORE, header->not_before);
	kb_blob_put_u64(w, KB_HEADER_EXPIRES, header->expires);
	kb_blob_put_u32(w, KB_HEADER_MIN_MODULE, header->min_module);
	kb_blob_put(w, KB_HEADER_SOURCE_SHA256, header->source_sha256, sizeof(header->source_sha256));
	kb_blob_put_u8(w, KB_HEADER_LOCK, header->lock);
	kb_blob_close_nest(w, nest, KB_BLOB_HEADER);
}

static void put_media(struct kb_blob_writer *w, const struct kb_policy *policy)
{
	size_t nest = kb_blob_open_nest(w);

	kb_blob_put_u8(w, KB_MODE_MEDIA, policy->media_mode);
	if (policy->link.mode)
		kb_blob_put_u8(w, KB_MODE_LINK, policy->link.mode);
	if (policy->paths.mode)
		kb_blob_put_u8(w, KB_MODE_PATH, policy->paths.mode);
	kb_blob_close_nest(w, nest, KB_BLOB_MODE);
	nest = kb_blob_open_nest(w);
	kb_blob_put_u8(w, KB_MEDIA_DEFAULT, policy->media_default);
	kb_blob_put_string(w, KB_MEDIA_TELL, policy->media_tell);
	kb_blob_close_nest(w, nest, KB_BLOB_MEDIA);
}

static void put_ids(struct kb_blob_writer *w, const struct kb_usb_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->n_ids; i++) {
		const struct kb_usb_id *id = &rule->ids[i];
		struct kb_blob_usb_id wire = { cpu_to_le16(id->vendor), cpu_to_le16(id->vendor_mask),
					       cpu_to_le16(id->product),
					       cpu_to_le16(id->product_mask) };

		kb_blob_put(w, KB_RULE_USB, &wire, sizeof(wire));
	}
	for (i = 0; i < rule->n_serials; i++)
		kb_blob_put_string(w, KB_RULE_SERIAL, rule->serials[i]);
	for (i = 0; i < rule->n_ports; i++)
		kb_blob_put_string(w, KB_RULE_PORT, rule->ports[i]);
}

static void put_interfaces(struct kb_blob_writer *w, const struct kb_usb_rule *rule)
{
	unsigned int i;

	if (rule->classes)
		kb_blob_put_u32(w, KB_RULE_CLASS, rule->classes);
	for (i = 0; i < rule->n_triples; i++) {
		const struct kb_usb_triple *triple = &rule->triples[i];
		struct kb_blob_usb_triple wire = { triple->class, triple->subclass,
						   triple->protocol, triple->mask };

		kb_blob_put(w, KB_RULE_INTERFACE, &wire, sizeof(wire));
	}
	if (rule->has)
		kb_blob_put_u32(w, KB_RULE_HAS, rule->has);
	for (i = 0; i < rule->n_counts; i++) {
		const struct kb_usb_count *count = &rule->counts[i];
		struct kb_blob_usb_count wire = { count->class, count->min, count->max, 0 };

		kb_blob_put(w, KB_RULE_COUNT, &wire, sizeof(wire));
	}
}

static void put_rule(struct kb_blob_writer *w, const struct kb_usb_rule *rule)
{
	size_t nest = kb_blob_open_nest(w);

	kb_blob_put_u8(w, KB_RULE_ACTION, rule->action);
	kb_blob_put_u32(w, KB_RULE_LINE, rule->line);
	kb_blob_put_string(w, KB_RULE_LABEL, rule->label);
	kb_blob_put_string(w, KB_RULE_TELL, rule->tell);
	put_ids(w, rule);
	put_interfaces(w, rule);
	kb_blob_close_nest(w, nest, KB_BLOB_MEDIA_RULE);
}

int kb_blob_write(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		  void **ret_blob, size_t *ret_len)
{
	struct kb_blob_writer w = { 0 };
	u8 *magic = kb_blob_reserve(&w, KB_BLOB_MAGIC_LEN);
	u32 i;

	if (magic)
		memcpy(magic, KB_BLOB_MAGIC, KB_BLOB_MAGIC_LEN);
	put_policy_header(&w, &policy->header);
	put_media(&w, policy);
	for (i = 0; i < policy->n_rules && !w.error; i++)
		put_rule(&w, &policy->rules[i]);
	kb_blob_put_link(&w, &policy->link);
	kb_blob_put_paths(&w, policy);
	if (agent)
		kb_blob_put_agent(&w, agent);
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
