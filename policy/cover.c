// SPDX-License-Identifier: GPL-2.0-or-later
/* Does one rule match everything that another one matches? */
#include "policy/cover.h"

#include "policy/port.h"

static bool id_covers(const struct kb_usb_id *outer, const struct kb_usb_id *inner)
{
	return !(outer->vendor_mask & ~inner->vendor_mask) &&
	       !(outer->product_mask & ~inner->product_mask) &&
	       (inner->vendor & outer->vendor_mask) == outer->vendor &&
	       (inner->product & outer->product_mask) == outer->product;
}

static bool ids_cover(const struct kb_usb_rule *outer, const struct kb_usb_rule *inner)
{
	static const struct kb_usb_id any;
	const struct kb_usb_id *ids = inner->n_ids ? inner->ids : &any;
	unsigned int n = inner->n_ids ?: 1, i, k;

	if (!outer->n_ids)
		return true;
	for (i = 0; i < n; i++) {
		for (k = 0; k < outer->n_ids; k++)
			if (id_covers(&outer->ids[k], &ids[i]))
				break;
		if (k == outer->n_ids)
			return false;
	}
	return true;
}

static bool same_text(const char *outer, const char *inner)
{
	return !strcmp(outer, inner);
}

bool kb_texts_cover(const char *const *outer, unsigned int n_outer, const char *const *inner,
		    unsigned int n_inner, bool (*covers)(const char *outer, const char *inner))
{
	unsigned int i, k;

	if (!n_outer)
		return true;
	for (i = 0; i < n_inner; i++) {
		for (k = 0; k < n_outer; k++)
			if (covers(outer[k], inner[i]))
				break;
		if (k == n_outer)
			return false;
	}
	return n_inner;
}

static bool classes_cover(const struct kb_usb_rule *outer, const struct kb_usb_rule *inner)
{
	if (!outer->classes || outer->classes == KB_CLASS_ALL)
		return true;
	/* A refusal matches interfaces of which it names one class only. */
	if (outer->action == KB_ACTION_ALLOW && inner->action == KB_ACTION_REFUSE)
		return false;
	return inner->classes && !(inner->classes & ~outer->classes);
}

static bool triple_covers(const struct kb_usb_triple *outer, const struct kb_usb_triple *inner)
{
	if (outer->mask & ~inner->mask)
		return false;
	return (!(outer->mask & KB_TRIPLE_CLASS) || outer->class == inner->class) &&
	       (!(outer->mask & KB_TRIPLE_SUBCLASS) || outer->subclass == inner->subclass) &&
	       (!(outer->mask & KB_TRIPLE_PROTOCOL) || outer->protocol == inner->protocol);
}

static bool triples_cover(const struct kb_usb_rule *outer, const struct kb_usb_rule *inner)
{
	unsigned int i, k;

	if (!outer->n_triples)
		return true;
	if (outer->action == KB_ACTION_ALLOW && inner->action == KB_ACTION_REFUSE)
		return false;
	/* Without classes such an allowance does not hold for what drivers add. */
	if (outer->action == KB_ACTION_ALLOW && !outer->classes && inner->classes)
		return false;
	for (i = 0; i < inner->n_triples; i++) {
		for (k = 0; k < outer->n_triples; k++)
			if (triple_covers(&outer->triples[k], &inner->triples[i]))
				break;
		if (k == outer->n_triples)
			return false;
	}
	return inner->n_triples;
}

static bool count_covers(const struct kb_usb_count *outer, const struct kb_usb_rule *inner)
{
	unsigned int i;

	if (!outer->min && outer->max == UINT8_MAX)
		return true;
	for (i = 0; i < inner->n_counts; i++)
		if (inner->counts[i].class == outer->class && inner->counts[i].min >= outer->min &&
		    inner->counts[i].max <= outer->max)
			return true;
	return false;
}

/* What the device has as a whole. Drivers' classes count for refusals only. */
static bool device_covers(const struct kb_usb_rule *outer, const struct kb_usb_rule *inner)
{
	unsigned int i;

	if ((outer->has || outer->n_counts) && outer->action != inner->action)
		return false;
	if (outer->has & ~inner->has)
		return false;
	for (i = 0; i < outer->n_counts; i++)
		if (!count_covers(&outer->counts[i], inner))
			return false;
	return true;
}

bool kb_rule_covers(const struct kb_usb_rule *outer, const struct kb_usb_rule *inner)
{
	return classes_cover(outer, inner) && ids_cover(outer, inner) &&
	       kb_texts_cover(outer->serials, outer->n_serials, inner->serials, inner->n_serials,
			      same_text) &&
	       kb_texts_cover(outer->ports, outer->n_ports, inner->ports, inner->n_ports,
			      kb_port_covers) &&
	       triples_cover(outer, inner) && device_covers(outer, inner);
}
