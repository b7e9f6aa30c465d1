// SPDX-License-Identifier: GPL-2.0-only
/* The media gate's sections of a blob. */
#include "blob_parts.h"

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
const char *kb_blob_check_bus_path(const u8 *payload, u32 len)
{
	const char *path = (const char *)payload;
	const char *star = strchr(path, '*');

	if (!star)
		return NULL;
	if (star != path + len - 2 || !strchr(path, '/') || (star[-1] != '/' && star[-1] != '.'))
		return "star is only for the end, behind the controller's slash or a port's dot";
	return NULL;
}

static const struct kb_attr_spec media_specs[KB_MEDIA_MAX] = {
	[KB_MEDIA_DEFAULT] = { "default", ACTION_U8, NEEDED },
	[KB_MEDIA_TELL] = { "tell", TEXT(KB_TELL_MAX) },
};

static const struct kb_attr_spec rule_specs[KB_RULE_MAX] = {
	[KB_RULE_ACTION] = { "action", ACTION_U8, NEEDED },
	[KB_RULE_LINE] = { "line", ANY_U32, NEEDED },
	[KB_RULE_LABEL] = { "label", TEXT(KB_LABEL_MAX) },
	[KB_RULE_TELL] = { "tell", TEXT(KB_TELL_MAX) },
	[KB_RULE_USB] = { "usb", EXACT(sizeof(struct kb_blob_usb_id)), RULE_LIST,
			  .check = check_id },
	[KB_RULE_SERIAL] = { "serial", TEXT(KB_USB_SERIAL_MAX), RULE_LIST },
	[KB_RULE_PORT] = { "port", TEXT(KB_USB_PORT_MAX), RULE_LIST, .check = kb_blob_check_bus_path },
	[KB_RULE_CLASS] = { "class", MASK_U32(KB_CLASS_ALL) },
	[KB_RULE_INTERFACE] = { "interface", EXACT(sizeof(struct kb_blob_usb_triple)), RULE_LIST,
				.check = check_triple },
	[KB_RULE_HAS] = { "has", MASK_U32(KB_CLASS_ALL) },
	[KB_RULE_COUNT] = { "count", EXACT(sizeof(struct kb_blob_usb_count)), RULE_LIST,
			    .check = check_count },
};

const struct kb_attr_table kb_media_table = TABLE("media", media_specs);
const struct kb_attr_table kb_rule_table = TABLE("media rule", rule_specs);

static const char *fill_media(struct kb_filling *filling, const struct kb_attr_view *attr,
			      void *slot)
{
	(void)slot;
	if (attr->type == KB_MEDIA_DEFAULT)
		filling->policy->media_default = attr->value;
	else
		filling->policy->media_tell = (const char *)attr->payload;
	return NULL;
}

static void fill_list(struct kb_usb_rule *rule, const struct kb_attr_view *attr, void *slot)
{
	const u8 *p = attr->payload;

	switch (attr->type) {
	case KB_RULE_USB:
		*(struct kb_usb_id *)slot = (struct kb_usb_id){
			.vendor = kb_get_le16(p),
			.vendor_mask = kb_get_le16(p + 2),
			.product = kb_get_le16(p + 4),
			.product_mask = kb_get_le16(p + 6),
		};
		if (!rule->n_ids++)
			rule->ids = slot;
		break;
	case KB_RULE_SERIAL:
		*(const char **)slot = (const char *)p;
		if (!rule->n_serials++)
			rule->serials = slot;
		break;
	case KB_RULE_PORT:
		*(const char **)slot = (const char *)p;
		if (!rule->n_ports++)
			rule->ports = slot;
		break;
	case KB_RULE_INTERFACE:
		*(struct kb_usb_triple *)slot = (struct kb_usb_triple){ p[0], p[1], p[2], p[3] };
		if (!rule->n_triples++)
			rule->triples = slot;
		break;
	case KB_RULE_COUNT:
		*(struct kb_usb_count *)slot = (struct kb_usb_count){ p[0], p[1], p[2] };
		if (!rule->n_counts++)
			rule->counts = slot;
		break;
	}
}

static const char *fill_rule(struct kb_filling *filling, const struct kb_attr_view *attr,
			     void *slot)
{
	struct kb_usb_rule *rule = filling->element;

	switch (attr->type) {
	case KB_RULE_ACTION:
		rule->action = attr->value;
		break;
	case KB_RULE_LINE:
		rule->line = attr->value;
		break;
	case KB_RULE_LABEL:
		rule->label = (const char *)attr->payload;
		break;
	case KB_RULE_TELL:
		rule->tell = (const char *)attr->payload;
		break;
	case KB_RULE_CLASS:
		rule->classes = attr->value;
		break;
	case KB_RULE_HAS:
		rule->has = attr->value;
		break;
	default:
		fill_list(rule, attr, slot);
	}
	return NULL;
}

static const u8 rule_pools[KB_RULE_MAX] = {
	[KB_RULE_USB] = KB_POOL_IDS,
	[KB_RULE_SERIAL] = KB_POOL_SERIALS,
	[KB_RULE_PORT] = KB_POOL_PORTS,
	[KB_RULE_INTERFACE] = KB_POOL_TRIPLES,
	[KB_RULE_COUNT] = KB_POOL_COUNTS,
};

const struct kb_section kb_media_section = { .fill = fill_media };

const struct kb_section kb_rule_section = {
	.pool = KB_POOL_RULES,
	.pools = rule_pools,
	.fill = fill_rule,
};
