// SPDX-License-Identifier: GPL-2.0-or-later
/* Link rules that are well-formed and still not what anybody wants. */
#include <ctype.h>

#include "policy/check_net.h"
#include "policy/i18n.h"

#define BIT_OF(name)	KB_LINK_KIND_BIT(KB_LINK_##name)
/* What brings a way out of its own, past every switch and firewall of the house. */
#define OWN_WAY_OUT	(BIT_OF(WWAN) | BIT_OF(TETHER) | BIT_OF(BLUETOOTH))
#define HARDWARE	(OWN_WAY_OUT | BIT_OF(ETHERNET) | BIT_OF(WIFI) | BIT_OF(OTHER))
#define VIRTUAL		KB_LINK_BUS_BIT(KB_LINK_BUS_VIRTUAL)

struct checker {
	const struct kb_model *model;
	const struct kb_link_policy *link;
	struct kb_diags *diags;
};

#define FIND(c, node, level, code, ...)                                                            \
	kb_diags_add((c)->diags, level, (node)->line, (node)->column, code, __VA_ARGS__)

static const struct kb_node *rule_node(const struct checker *c, uint32_t i)
{
	return c->model->net.links[i].node;
}

static const struct kb_node *conditions(const struct checker *c, uint32_t i)
{
	const struct kb_node *node = rule_node(c, i);

	return kb_node_get(node, "allow") ?: kb_node_get(node, "refuse");
}

/* The @k-th value of a condition that is a value or a list of values. */
static const struct kb_node *value_node(const struct checker *c, uint32_t i, const char *key,
					unsigned int k)
{
	const struct kb_node *node = kb_node_get(conditions(c, i), key);

	if (node && node->type == KB_NODE_LIST)
		for (node = node->first; node && k; node = node->next)
			k--;
	return node ?: rule_node(c, i);
}

static void check_mode(const struct checker *c, const struct kb_node *section)
{
	const struct kb_link_policy *link = c->link;

	if (link->mode == KB_GATE_OFF) {
		FIND(c, section->key, KB_DIAG_WARNING, "no-effect",
		     _("'%s' has no effect: 'mode: {%s: ...}' is off or missing"), "link", "link");
		return;
	}
	if (link->def == KB_ACTION_ALLOW)
		FIND(c, kb_node_get(section, "default"), KB_DIAG_WARNING, "default-allow",
		     _("network adapters that nobody knows come up: phones, modems, VPNs (N1)"));
	if (link->bypass == KB_ACTION_ALLOW && c->model->policy.paths.mode == KB_GATE_ENFORCE)
		FIND(c, kb_node_get(section, "bypass"), KB_DIAG_WARNING, "bypass",
		     _("what passes by the path gate is only reported, so paths can be walked around"));
}

/* Could @rule allow a link that leads out of the machine? */
static bool allows_hardware(const struct kb_link_rule *rule)
{
	return rule->action == KB_ACTION_ALLOW && (!rule->kinds || rule->kinds & HARDWARE) &&
	       (!rule->buses || rule->buses & ~VIRTUAL);
}

static bool is_covered(const struct kb_link_policy *link, uint32_t i)
{
	uint32_t k;

	for (k = 0; k < i; k++)
		if (kb_link_rule_covers(&link->rules[k], &link->rules[i]))
			return true;
	return false;
}

static bool matches_all(const struct kb_link_rule *rule)
{
	return !rule->kinds && !rule->buses && !rule->n_paths && !rule->n_drivers &&
	       !rule->n_ifnames && !rule->n_macs;
}

/* Nobody is to be locked out by oversight; who writes "refuse: {}" means it. */
static void check_left(const struct checker *c, const struct kb_node *section)
{
	const struct kb_node *node = kb_node_get(section, "rules") ?: section;
	enum kb_diag_level level = KB_DIAG_WARNING;
	bool meant = false;
	uint32_t i;

	if (c->link->mode == KB_GATE_OFF || c->link->def == KB_ACTION_ALLOW)
		return;
	for (i = 0; i < c->link->n_rules; i++) {
		const struct kb_link_rule *rule = &c->link->rules[i];

		if (allows_hardware(rule) && !is_covered(c->link, i))
			return;
		meant = meant || (rule->action == KB_ACTION_REFUSE && matches_all(rule));
	}
	if (c->link->mode == KB_GATE_ENFORCE && !meant)
		level = KB_DIAG_ERROR;
	if (level == KB_DIAG_ERROR)
		FIND(c, node, level, "no-link",
		     _("no network adapter would come up; allow one, for example '- allow: {name: office-lan, kind: ethernet, bus: pci}', or write '- refuse: {}' when that is meant"));
	else
		FIND(c, node, level, "no-link", _("no network adapter would come up"));
}

static void check_reachable(const struct checker *c, uint32_t i)
{
	const struct kb_link_rule *rules = c->link->rules;
	const struct kb_node *node = rule_node(c, i);
	uint32_t k;

	for (k = 0; k < i; k++) {
		if (!kb_link_rule_covers(&rules[k], &rules[i]))
			continue;
		if (rules[k].action == rules[i].action)
			FIND(c, node, KB_DIAG_WARNING, "unreachable",
			     _("this rule never decides: the rule in line %u matches all that it matches, with the same outcome"),
			     rules[k].line);
		else
			FIND(c, node, KB_DIAG_WARNING, "unreachable",
			     _("this rule never decides: the rule in line %u matches all that it matches, with the opposite outcome"),
			     rules[k].line);
		return;
	}
}

static void check_allowance(const struct checker *c, uint32_t i)
{
	const struct kb_link_rule *rule = &c->link->rules[i];
	const struct kb_node *node = rule_node(c, i), *kind = kb_node_get(conditions(c, i), "kind");
	bool identified = rule->n_paths || rule->n_drivers || rule->n_macs;

	if (rule->n_ifnames && !rule->kinds && !rule->buses && !identified)
		FIND(c, value_node(c, i, "ifname", 0), KB_DIAG_WARNING, "name-only",
		     _("names are no identity: root can give any interface this name; add 'kind' and 'bus', 'path' or 'mac'"));
	else if (!rule->kinds && !identified && (!rule->buses || rule->buses & VIRTUAL))
		FIND(c, node, KB_DIAG_WARNING, "hazard",
		     _("an allow rule without 'kind' also lets in phones, modems and VPNs"));
	if (rule->kinds & OWN_WAY_OUT)
		FIND(c, kind, KB_DIAG_WARNING, "own-way-out",
		     _("tether, wwan and bluetooth-pan bring a way out of their own, past the house's network (N1)"));
	if (rule->random_mac)
		FIND(c, kb_node_get(node, "random-mac"), KB_DIAG_NOTE, "random-mac",
		     _("a forged address on this link will not be noticed"));
}

/* Bus numbers change with the order in which controllers are found. */
static bool is_brittle(const char *path)
{
	return isdigit((unsigned char)*path) || !strncmp(path, "usb", strlen("usb"));
}

static void check_values(const struct checker *c, uint32_t i)
{
	const struct kb_link_rule *rule = &c->link->rules[i];
	unsigned int k;

	for (k = 0; k < rule->n_paths; k++)
		if (is_brittle(rule->paths[k]))
			FIND(c, value_node(c, i, "path", k), KB_DIAG_WARNING, "port",
			     _("path '%s' is brittle and matches nothing: bus numbers change; start at the controller, as 'kidoban links' shows it"),
			     rule->paths[k]);
}

/* A radio is as good as what it is proven to be connected to (W4). */
static void check_radio(const struct checker *c)
{
	const struct kb_policy *policy = &c->model->policy;
	uint32_t i;

	if (policy->paths.mode == KB_GATE_OFF || policy->paths.n_profiles)
		return;
	for (i = 0; i < c->link->n_rules; i++) {
		const struct kb_link_rule *rule = &c->link->rules[i];

		if (rule->action != KB_ACTION_ALLOW || !(rule->kinds & BIT_OF(WIFI)))
			continue;
		FIND(c, rule_node(c, i), KB_DIAG_WARNING, "no-profile",
		     _("Wi-Fi is allowed and no profile is named below 'wifi', so any SSID is as good as another (W4)"));
		return;
	}
}

void kb_check_link(const struct kb_model *model, struct kb_diags *diags)
{
	const struct kb_node *section = kb_node_get(model->root, "link");
	struct checker c = { .model = model, .link = &model->policy.link, .diags = diags };
	uint32_t i;

	if (!section)
		return;
	check_mode(&c, section);
	check_left(&c, section);
	check_radio(&c);
	for (i = 0; i < c.link->n_rules; i++) {
		check_reachable(&c, i);
		if (c.link->rules[i].action == KB_ACTION_ALLOW)
			check_allowance(&c, i);
		check_values(&c, i);
	}
}
