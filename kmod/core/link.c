// SPDX-License-Identifier: GPL-2.0-only
/* The link gate's decision: one network interface against the rules. */
#include <kidoban/link.h>
#include <kidoban/policy.h>
#include <kidoban/usb.h>

static bool match_paths(const struct kb_link_rule *rule, const struct kb_netdev *dev)
{
	u32 i;

	for (i = 0; i < rule->n_paths; i++)
		if (kb_usb_port_match(rule->paths[i], dev->path))
			return true;
	return !rule->n_paths;
}

/* Modules and drivers spell their names with either of the two. */
static bool same_driver(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if (*a != *b && !((*a == '-' || *a == '_') && (*b == '-' || *b == '_')))
			return false;
	return *a == *b;
}

static bool match_drivers(const struct kb_link_rule *rule, const struct kb_netdev *dev)
{
	u32 i;

	for (i = 0; i < rule->n_drivers; i++)
		if (same_driver(rule->drivers[i], dev->driver))
			return true;
	return !rule->n_drivers;
}

static bool match_ifname(const char *pattern, const char *ifname)
{
	size_t len = strlen(pattern);

	if (len && pattern[len - 1] == '*')
		return !strncmp(pattern, ifname, len - 1);
	return !strcmp(pattern, ifname);
}

static bool match_ifnames(const struct kb_link_rule *rule, const struct kb_netdev *dev)
{
	u32 i;

	for (i = 0; i < rule->n_ifnames; i++)
		if (match_ifname(rule->ifnames[i], dev->ifname))
			return true;
	return !rule->n_ifnames;
}

static bool match_mac(const struct kb_link_mac *mac, const u8 *address)
{
	u32 i;

	for (i = 0; i < 6; i++)
		if ((address[i] & mac->mask[i]) != mac->value[i])
			return false;
	return true;
}

/* The address in use can be had for the asking: only the permanent one counts. */
static bool match_macs(const struct kb_link_rule *rule, const struct kb_netdev *dev)
{
	u32 i;

	for (i = 0; i < rule->n_macs; i++)
		if (dev->has_perm_mac && match_mac(&rule->macs[i], dev->perm_mac))
			return true;
	return !rule->n_macs;
}

static bool rule_matches(const struct kb_link_rule *rule, const struct kb_netdev *dev)
{
	if (rule->kinds && !(rule->kinds & KB_LINK_KIND_BIT(dev->kind)))
		return false;
	if (rule->buses && !(rule->buses & KB_LINK_BUS_BIT(dev->bus)))
		return false;
	return match_paths(rule, dev) && match_drivers(rule, dev) && match_ifnames(rule, dev) &&
	       match_macs(rule, dev);
}

static bool is_spoofed(const struct kb_netdev *dev)
{
	return dev->has_perm_mac &&
	       (!dev->has_mac || memcmp(dev->mac, dev->perm_mac, sizeof(dev->mac)));
}

static struct kb_link_verdict verdict(enum kb_action action, enum kb_reason reason, u32 rule)
{
	return (struct kb_link_verdict){ .action = action, .reason = reason, .rule = rule };
}

static struct kb_link_verdict judge(const struct kb_link_policy *link, const struct kb_netdev *dev)
{
	u32 i;

	if (dev->kind == KB_LINK_LOOPBACK)
		return verdict(KB_ACTION_ALLOW, KB_REASON_LOOPBACK, 0);
	for (i = 0; i < link->n_rules; i++) {
		const struct kb_link_rule *rule = &link->rules[i];

		if (!rule_matches(rule, dev))
			continue;
		if (rule->action == KB_ACTION_ALLOW && !rule->random_mac && is_spoofed(dev))
			return verdict(KB_ACTION_REFUSE, KB_REASON_ADDRESS, i);
		return verdict(rule->action, KB_REASON_RULE, i);
	}
	return verdict(link->def, KB_REASON_DEFAULT, 0);
}

void kb_link_decide(const struct kb_policy *policy, const struct kb_netdev *dev,
		    struct kb_link_verdict *ret)
{
	if (!policy || policy->link.mode == KB_GATE_OFF)
		*ret = verdict(KB_ACTION_ALLOW, KB_REASON_NONE, 0);
	else
		*ret = judge(&policy->link, dev);
}

/* Does the rule speak of interfaces of that kind which hang on no bus? */
static bool may_match(const struct kb_link_rule *rule, enum kb_link_kind kind)
{
	return (!rule->kinds || rule->kinds & KB_LINK_KIND_BIT(kind)) &&
	       (!rule->buses || rule->buses & KB_LINK_BUS_BIT(KB_LINK_BUS_VIRTUAL));
}

static bool must_match(const struct kb_link_rule *rule, enum kb_link_kind kind)
{
	return may_match(rule, kind) && !rule->n_paths && !rule->n_drivers && !rule->n_ifnames &&
	       !rule->n_macs;
}

bool kb_link_kind_possible(const struct kb_policy *policy, enum kb_link_kind kind)
{
	u32 i;

	if (!policy || policy->link.mode == KB_GATE_OFF || kind == KB_LINK_LOOPBACK)
		return true;
	for (i = 0; i < policy->link.n_rules; i++) {
		const struct kb_link_rule *rule = &policy->link.rules[i];

		if (rule->action == KB_ACTION_ALLOW && may_match(rule, kind))
			return true;
		if (rule->action == KB_ACTION_REFUSE && must_match(rule, kind))
			return false;
	}
	return policy->link.def == KB_ACTION_ALLOW;
}
