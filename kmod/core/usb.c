// SPDX-License-Identifier: GPL-2.0-only
/* The media gate's decision: one interface of a USB device against the rules. */
#include <kidoban/policy.h>
#include <kidoban/usb.h>

/* What is judged. */
struct question {
	const struct kb_usb_device *dev;
	const struct kb_usb_interface *intf;
	u32 added;		/* what a driver makes of it beyond intf->classes */
};

int kb_usb_device_add_interface(struct kb_usb_device *dev, u8 number)
{
	if (dev->overflow || dev->n_interfaces >= KB_USB_INTERFACES_MAX) {
		dev->overflow = true;
		return -ENOSPC;
	}
	dev->interfaces[dev->n_interfaces++] = (struct kb_usb_interface){
		.number = number,
		.first_alt = dev->n_alts,
	};
	return 0;
}

int kb_usb_device_add_alt(struct kb_usb_device *dev, const struct kb_usb_alt *alt)
{
	/* After an overflow the last interface is no longer the one meant. */
	if (dev->overflow || !dev->n_interfaces || dev->n_alts >= KB_USB_ALTS_MAX) {
		dev->overflow = true;
		return -ENOSPC;
	}
	dev->alts[dev->n_alts++] = *alt;
	dev->interfaces[dev->n_interfaces - 1].n_alts++;
	return 0;
}

bool kb_usb_port_match(const char *pattern, const char *port)
{
	size_t len = strlen(pattern);

	if (!strcmp(pattern, port))
		return true;
	/* without a slash, a dot belongs to the controller's address */
	if (len < 2 || pattern[len - 1] != '*' || !strchr(pattern, '/'))
		return false;
	if (pattern[len - 2] != '/' && pattern[len - 2] != '.')
		return false;
	return !strncmp(pattern, port, len - 1) && port[len - 1];
}

static bool match_ids(const struct kb_usb_rule *rule, const struct kb_usb_device *dev)
{
	u32 i;

	for (i = 0; i < rule->n_ids; i++) {
		const struct kb_usb_id *id = &rule->ids[i];

		if ((dev->vendor & id->vendor_mask) == id->vendor &&
		    (dev->product & id->product_mask) == id->product)
			return true;
	}
	return !rule->n_ids;
}

static bool match_serials(const struct kb_usb_rule *rule, const struct kb_usb_device *dev)
{
	u32 i;

	for (i = 0; i < rule->n_serials; i++)
		if (dev->serial && !strcmp(rule->serials[i], dev->serial))
			return true;
	return !rule->n_serials;
}

static bool match_ports(const struct kb_usb_rule *rule, const struct kb_usb_device *dev)
{
	u32 i;

	for (i = 0; i < rule->n_ports; i++)
		if (kb_usb_port_match(rule->ports[i], dev->port))
			return true;
	return !rule->n_ports;
}

static bool triple_matches(const struct kb_usb_triple *triple, const struct kb_usb_alt *alt)
{
	if (triple->mask & KB_TRIPLE_CLASS && triple->class != alt->class)
		return false;
	if (triple->mask & KB_TRIPLE_SUBCLASS && triple->subclass != alt->subclass)
		return false;
	return !(triple->mask & KB_TRIPLE_PROTOCOL) || triple->protocol == alt->protocol;
}

static bool any_triple_matches(const struct kb_usb_rule *rule, const struct kb_usb_alt *alt)
{
	u32 i;

	for (i = 0; i < rule->n_triples; i++)
		if (triple_matches(&rule->triples[i], alt))
			return true;
	return false;
}

/* An allowance must name every alternate setting, a refusal only one of them. */
static bool match_triples(const struct kb_usb_rule *rule, const struct question *q)
{
	bool allow = rule->action == KB_ACTION_ALLOW;
	u32 i;

	if (!rule->n_triples)
		return true;
	for (i = 0; i < q->intf->n_alts; i++) {
		const struct kb_usb_alt *alt = &q->dev->alts[q->intf->first_alt + i];

		if (any_triple_matches(rule, alt) != allow)
			return !allow;
	}
	return allow;
}

static bool match_classes(const struct kb_usb_rule *rule, const struct question *q)
{
	u32 classes = q->intf->classes | q->added;

	if (rule->action == KB_ACTION_REFUSE)
		return !rule->classes || classes & rule->classes;
	if (rule->classes)
		return !(classes & ~rule->classes);
	/*
	 * A rule that allows what the descriptors say does not allow a driver
	 * that makes something else of it.
	 */
	return !rule->n_triples || !q->added;
}

/* Classes of @intf as a rule of @action sees them: drivers add only to what is refused. */
static u32 classes_for(enum kb_action action, const struct kb_usb_interface *intf,
		       const struct question *q)
{
	return intf->classes | (action == KB_ACTION_REFUSE && intf == q->intf ? q->added : 0);
}

static bool match_has(const struct kb_usb_rule *rule, const struct question *q)
{
	u32 classes = q->dev->classes;

	if (rule->action == KB_ACTION_REFUSE)
		classes |= q->added;
	return !(rule->has & ~classes);
}

static u32 count_class(enum kb_action action, u8 class, const struct question *q)
{
	u32 i, n = 0;

	if (class >= KB_CLASS_MAX)
		return q->dev->n_interfaces;
	for (i = 0; i < q->dev->n_interfaces; i++)
		n += !!(classes_for(action, &q->dev->interfaces[i], q) & KB_CLASS_BIT(class));
	return n;
}

static bool match_counts(const struct kb_usb_rule *rule, const struct question *q)
{
	u32 i;

	for (i = 0; i < rule->n_counts; i++) {
		const struct kb_usb_count *count = &rule->counts[i];
		u32 n = count_class(rule->action, count->class, q);

		if (n < count->min || n > count->max)
			return false;
	}
	return true;
}

/* Cheapest and most selective conditions first. */
static bool rule_matches(const struct kb_usb_rule *rule, const struct question *q)
{
	return match_classes(rule, q) && match_ids(rule, q->dev) && match_has(rule, q) &&
	       match_triples(rule, q) && match_serials(rule, q->dev) &&
	       match_ports(rule, q->dev) && match_counts(rule, q);
}

/* A hub that is nothing else, with nothing else in it. */
static bool is_hub(const struct kb_usb_device *dev)
{
	return dev->class == 0x09 && dev->classes == KB_CLASS_BIT(KB_CLASS_HUB);
}

/* Is there an interface at @index, of which all is known? */
static bool can_judge(const struct kb_usb_device *dev, unsigned int index)
{
	const struct kb_usb_interface *intf;

	if (dev->overflow || dev->n_interfaces > KB_USB_INTERFACES_MAX ||
	    dev->n_alts > KB_USB_ALTS_MAX || index >= dev->n_interfaces)
		return false;
	intf = &dev->interfaces[index];
	return intf->classes && intf->n_alts && intf->first_alt + intf->n_alts <= dev->n_alts;
}

static struct kb_usb_verdict verdict(enum kb_action action, enum kb_reason reason, u32 rule)
{
	return (struct kb_usb_verdict){ .action = action, .reason = reason, .rule = rule };
}

static struct kb_usb_verdict judge(const struct kb_policy *policy, const struct question *q)
{
	u32 i;

	for (i = 0; i < policy->n_rules; i++)
		if (rule_matches(&policy->rules[i], q))
			return verdict(policy->rules[i].action, KB_REASON_RULE, i);
	if (is_hub(q->dev) && !q->added)
		return verdict(KB_ACTION_ALLOW, KB_REASON_HUB, 0);
	if (policy->media_default != KB_ACTION_ALLOW)
		return verdict(KB_ACTION_REFUSE, KB_REASON_DEFAULT, 0);
	if ((q->intf->classes | q->added) & KB_CLASS_HAZARD)
		return verdict(KB_ACTION_REFUSE, KB_REASON_HAZARD, 0);
	return verdict(KB_ACTION_ALLOW, KB_REASON_DEFAULT, 0);
}

void kb_usb_decide(const struct kb_policy *policy, const struct kb_usb_device *dev,
		   unsigned int index, struct kb_usb_verdict *ret)
{
	struct question q = { .dev = dev };

	if (!policy) {
		*ret = verdict(KB_ACTION_ALLOW, KB_REASON_NONE, 0);
	} else if (dev->root_hub) {
		/* It is the machine's own; refusing it would close every port for good. */
		*ret = verdict(KB_ACTION_ALLOW, KB_REASON_HUB, 0);
	} else if (!can_judge(dev, index)) {
		*ret = verdict(KB_ACTION_REFUSE, KB_REASON_COMPLEX, 0);
	} else {
		q.intf = &dev->interfaces[index];
		*ret = judge(policy, &q);
	}
}

void kb_usb_decide_bind(const struct kb_policy *policy, const struct kb_usb_device *dev,
			unsigned int index, const char *driver, struct kb_usb_verdict *ret)
{
	struct kb_usb_verdict bound;
	struct question q = { .dev = dev };

	kb_usb_decide(policy, dev, index, ret);
	/* A driver may close what is open, and never the other way round. */
	if (!policy || dev->root_hub || ret->action != KB_ACTION_ALLOW)
		return;
	q.intf = &dev->interfaces[index];
	q.added = kb_usb_driver_classes(driver);
	/*
	 * Drivers have several names for one thing (an MBIM modem is offered to
	 * network drivers first): one class in common and it is no surprise.
	 */
	if (!q.added || q.added & q.intf->classes)
		return;
	bound = judge(policy, &q);
	if (bound.action != KB_ACTION_ALLOW)
		bound = verdict(KB_ACTION_REFUSE, KB_REASON_DRIVER, 0);
	*ret = bound;
}
