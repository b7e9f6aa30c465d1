// SPDX-License-Identifier: GPL-2.0-or-later
/* "What if": a network interface as somebody types it. */
#include "policy/address.h"
#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/what_if.h"

static int read_kind(const char *text, enum kb_link_kind *ret, struct kb_fault *ret_fault)
{
	struct kb_nearest nearest = { 0 };
	int kind = kb_link_kind_by_name(text);
	const char *name;

	/* No policy names it, and every machine has one. */
	if (!strcmp(text, "loopback"))
		kind = KB_LINK_LOOPBACK;
	if (kind >= 0) {
		*ret = kind;
		return 0;
	}
	for (kind = 0; kind < KB_LINK_KIND_MAX; kind++) {
		name = kb_link_kind_name(kind);
		if (name)
			kb_nearest_offer(&nearest, text, name);
	}
	if (nearest.best)
		return kb_fault(ret_fault, -EINVAL,
				_("there is no kind of link '%s'; did you mean '%s'?"), text,
				nearest.best);
	return kb_fault(ret_fault, -EINVAL, _("there is no kind of link '%s'"), text);
}

/* Hardware is what these are made of; the rest has none. */
static bool is_hardware(enum kb_link_kind kind)
{
	return kind == KB_LINK_ETHERNET || kind == KB_LINK_WIFI || kind == KB_LINK_WWAN ||
	       kind == KB_LINK_TETHER || kind == KB_LINK_BLUETOOTH;
}

/* Where such a link usually hangs. */
static enum kb_link_bus usual_bus(enum kb_link_kind kind)
{
	if (!is_hardware(kind))
		return KB_LINK_BUS_VIRTUAL;
	return kind == KB_LINK_ETHERNET || kind == KB_LINK_WIFI ? KB_LINK_BUS_PCI : KB_LINK_BUS_USB;
}

static int read_bus(const char *text, enum kb_link_bus *ret, struct kb_fault *ret_fault)
{
	struct kb_nearest nearest = { 0 };
	int bus = kb_link_bus_by_name(text);

	if (bus >= 0) {
		*ret = bus;
		return 0;
	}
	for (bus = 0; bus < KB_LINK_BUS_MAX; bus++)
		kb_nearest_offer(&nearest, text, kb_link_bus_name(bus));
	if (nearest.best)
		return kb_fault(ret_fault, -EINVAL, _("there is no bus '%s'; did you mean '%s'?"),
				text, nearest.best);
	return kb_fault(ret_fault, -EINVAL, _("there is no bus '%s'"), text);
}

static int read_macs(const struct kb_link_question *q, struct kb_netdev *dev,
		     struct kb_fault *ret_fault)
{
	if (q->mac) {
		if (kb_mac_parse(q->mac, dev->perm_mac) < 0)
			return kb_fault(ret_fault, -EINVAL,
					_("'%s' is not a MAC address; write it like 02:00:5e:00:01:0a"),
					q->mac);
		dev->has_perm_mac = true;
		dev->has_mac = true;
		memcpy(dev->mac, dev->perm_mac, sizeof(dev->mac));
	}
	if (q->address) {
		if (kb_mac_parse(q->address, dev->mac) < 0)
			return kb_fault(ret_fault, -EINVAL,
					_("'%s' is not a MAC address; write it like 02:00:5e:00:01:0a"),
					q->address);
		dev->has_mac = true;
	}
	return 0;
}

int kb_what_if_link(const struct kb_policy *policy, const struct kb_link_question *question,
		    struct kb_link_answer *ret, struct kb_fault *ret_fault)
{
	struct kb_netdev dev = { .ifname = question->ifname ?: "eth0",
				 .path = question->path ?: "",
				 .driver = question->driver ?: "",
				 .kind = KB_LINK_ETHERNET };
	struct kb_link_answer answer = { .rule = NULL };
	int r = 0;

	if (question->kind)
		r = read_kind(question->kind, &dev.kind, ret_fault);
	dev.bus = usual_bus(dev.kind);
	if (!r && question->bus)
		r = read_bus(question->bus, &dev.bus, ret_fault);
	r = r ?: read_macs(question, &dev, ret_fault);
	if (r < 0)
		return r;
	kb_link_decide(policy, &dev, &answer.verdict);
	if ((answer.verdict.reason == KB_REASON_RULE || answer.verdict.reason == KB_REASON_ADDRESS) &&
	    answer.verdict.rule < policy->link.n_rules)
		answer.rule = &policy->link.rules[answer.verdict.rule];
	*ret = answer;
	return 0;
}
