// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies that are well-formed and still not what anybody wants. */
#include "policy/check.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "policy/check_net.h"
#include "policy/cleanup.h"
#include "policy/cover.h"
#include "policy/i18n.h"
#include "policy/keyboard.h"
#include "policy/port.h"

#define SOON_DAYS	30
#define DAY_SECONDS	(24 * 3600)
#define BIT_OF(name)	KB_CLASS_BIT(KB_CLASS_##name)

struct checker {
	const struct kb_policy *policy;
	struct kb_diags *diags;
	uint64_t now;
	const struct kb_node **rules;	/* by index; NULL members when there is no text */
	const struct kb_model *model;
};

/* Where to point: @node, or the line of the rule. */
static uint32_t column_of(const struct kb_node *node)
{
	return node ? node->column : 1;
}

static const struct kb_node *conditions(const struct checker *c, uint32_t i)
{
	return kb_node_get(c->rules[i], "allow") ?: kb_node_get(c->rules[i], "refuse");
}

/* The @k-th value of a condition that is a value or a list of values. */
static const struct kb_node *value_node(const struct checker *c, uint32_t i, const char *key,
					unsigned int k)
{
	const struct kb_node *node = kb_node_get(conditions(c, i), key);

	if (node && node->type == KB_NODE_LIST)
		for (node = node->first; node && k; node = node->next)
			k--;
	return node ?: c->rules[i];
}

#define WARN_RULE(c, i, level, code, ...)                                                          \
	kb_diags_add((c)->diags, level, (c)->policy->rules[i].line, column_of((c)->rules[i]),      \
		     code, __VA_ARGS__)
#define WARN_VALUE(c, node, level, code, ...)                                                      \
	kb_diags_add((c)->diags, level, (node)->line, (node)->column, code, __VA_ARGS__)

static const struct kb_node *header_node(const struct checker *c, const char *key)
{
	const struct kb_node *policy = kb_node_get(c->model->root, "policy");

	return kb_node_get(policy, key) ?: policy;
}

/* Check digit of local government codes (MIC: weights 6..2, modulus 11). */
static bool municipality_plausible(const char *code)
{
	int sum = 0, i;

	if (strlen(code) != 6)
		return true;
	for (i = 0; i < 6; i++)
		if (!isdigit((unsigned char)code[i]))
			return true;
	for (i = 0; i < 5; i++)
		sum += (code[i] - '0') * (6 - i);
	return (11 - sum % 11) % 10 == code[5] - '0';
}

/* Statistics leave the check digit away; terminal.yaml and policy then differ. */
static bool lacks_check_digit(const char *code)
{
	return strlen(code) == 5 && strspn(code, "0123456789") == 5;
}

static void check_header(const struct checker *c)
{
	const struct kb_policy_header *header = &c->policy->header;
	const struct kb_node *node = header_node(c, "expires");
	uint64_t left = header->expires > c->now ? header->expires - c->now : 0;

	if (!left)
		WARN_VALUE(c, node, KB_DIAG_WARNING, "expired",
			   _("the policy has expired; no terminal accepts it"));
	else if (left < (uint64_t)SOON_DAYS * DAY_SECONDS)
		WARN_VALUE(c, node, KB_DIAG_WARNING, "expires-soon",
			   _("the policy expires in %u days"), (unsigned int)(left / DAY_SECONDS));
	node = header_node(c, "municipality");
	if (!municipality_plausible(header->municipality))
		WARN_VALUE(c, node, KB_DIAG_WARNING, "municipality",
			   _("'%s' is no local government code: its check digit is wrong"),
			   header->municipality);
	if (lacks_check_digit(header->municipality))
		WARN_VALUE(c, node, KB_DIAG_WARNING, "municipality",
			   _("'%s' has five digits; a local government code has six, with its check digit"),
			   header->municipality);
	if (!header->lock)
		return;
	node = header_node(c, "lock");
	if (c->policy->media_mode != KB_GATE_ENFORCE)
		WARN_VALUE(c, node, KB_DIAG_WARNING, "lock",
			   _("the module is locked in although the media gate enforces nothing"));
	else
		WARN_VALUE(c, node, KB_DIAG_NOTE, "lock",
			   _("once in force, only a signed policy with 'lock: false' lets the module be unloaded"));
}

static void check_keyboard(const struct checker *c)
{
	const struct kb_node *media = kb_node_get(c->model->root, "media");
	const struct kb_node *node = kb_node_get(media, "rules") ?: media;
	enum kb_diag_level level = KB_DIAG_WARNING;

	if (c->policy->media_mode == KB_GATE_OFF)
		return;
	if (c->policy->media_mode == KB_GATE_ENFORCE)
		level = KB_DIAG_ERROR;
	switch (kb_keyboard_left(c->policy)) {
	case KB_KEYBOARD_NONE:
		WARN_VALUE(c, node, level, "no-keyboard",
			   _("no USB keyboard would work; allow one, for example '- allow: {class: [keyboard]}'"));
		break;
	case KB_KEYBOARD_LISTED:
		WARN_VALUE(c, node, KB_DIAG_WARNING, "few-keyboards",
			   _("only keyboards named by id, serial or port would work; a spare one would not"));
		break;
	case KB_KEYBOARD_ANY:
		break;
	}
}

static void check_reachable(const struct checker *c, uint32_t i)
{
	const struct kb_usb_rule *rules = c->policy->rules;
	uint32_t k;

	for (k = 0; k < i; k++) {
		if (!kb_rule_covers(&rules[k], &rules[i]))
			continue;
		if (rules[k].action == rules[i].action)
			WARN_RULE(c, i, KB_DIAG_WARNING, "unreachable",
				  _("this rule never decides: the rule in line %u matches all that it matches, with the same outcome"),
				  rules[k].line);
		else
			WARN_RULE(c, i, KB_DIAG_WARNING, "unreachable",
				  _("this rule never decides: the rule in line %u matches all that it matches, with the opposite outcome"),
				  rules[k].line);
		return;
	}
}

/* Could an interface of class @class be allowed by @rule as far as triples go? */
static bool lets_in(const struct kb_usb_rule *rule, enum kb_class class, uint8_t usb_class)
{
	unsigned int i;

	if (rule->classes && !(rule->classes & KB_CLASS_BIT(class)))
		return false;
	for (i = 0; i < rule->n_triples; i++)
		if (!(rule->triples[i].mask & KB_TRIPLE_CLASS) ||
		    rule->triples[i].class == usb_class)
			return true;
	return !rule->n_triples;
}

static void check_allowance(const struct checker *c, uint32_t i)
{
	const struct kb_usb_rule *rule = &c->policy->rules[i];

	if (!rule->classes && !rule->n_triples) {
		if (rule->n_ids && rule->n_serials)
			WARN_RULE(c, i, KB_DIAG_NOTE, "hazard",
				  _("without 'class' everything that the device turns into is allowed, a keyboard or network adapter too"));
		else
			WARN_RULE(c, i, KB_DIAG_WARNING, "hazard",
				  _("an allow rule without 'class' also lets in storage, phones and network adapters"));
	}
	if (rule->n_serials || !lets_in(rule, KB_CLASS_STORAGE, 0x08))
		return;
	if (!rule->n_ids)
		WARN_RULE(c, i, KB_DIAG_WARNING, "no-serial",
			  _("this rule allows any storage device; name its id and serial"));
	else
		WARN_RULE(c, i, KB_DIAG_WARNING, "no-serial",
			  _("without 'serial' this rule allows any stick of that model"));
}

/* Makers who give each unit the same serial number often give it one of these. */
static bool weak_serial(const char *serial)
{
	static const char *const known[] = { "0123456789ABCDEF", "0123456789", "123456789",
					     "1234567890", "12345678", "123456", "ABCDEF" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcasecmp(serial, known[i]))
			return true;
	return strspn(serial, (const char[]){ serial[0], '\0' }) == strlen(serial);
}

static void check_values(const struct checker *c, uint32_t i)
{
	const struct kb_usb_rule *rule = &c->policy->rules[i];
	unsigned int k;

	for (k = 0; k < rule->n_ports; k++)
		if (!kb_port_anchored(rule->ports[k]))
			WARN_VALUE(c, value_node(c, i, "port", k), KB_DIAG_WARNING, "port",
				   _("port '%s' is brittle and matches nothing: bus numbers change; start at the controller, like \"pci-0000:00:14.0/2.1\""),
				   rule->ports[k]);
	if (rule->action != KB_ACTION_ALLOW)
		return;
	for (k = 0; k < rule->n_serials; k++)
		if (weak_serial(rule->serials[k]))
			WARN_VALUE(c, value_node(c, i, "serial", k), KB_DIAG_WARNING, "weak-serial",
				   _("serial '%s' is one that many devices share; add 'port', or use another device"),
				   rule->serials[k]);
}

struct serial_use {
	const char *serial;
	uint32_t rule, value;
};

static int by_serial(const void *a, const void *b)
{
	const struct serial_use *x = a, *y = b;
	int order = strcmp(x->serial, y->serial);

	if (order)
		return order;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	return x->value < y->value ? -1 : x->value > y->value;
}

static int check_twins(const struct checker *c)
{
	KB_FREE struct serial_use *uses = NULL;
	const struct kb_policy *policy = c->policy;
	size_t n = 0, used = 0, k;
	uint32_t i;

	for (i = 0; i < policy->n_rules; i++)
		n += policy->rules[i].n_serials;
	if (!n)
		return 0;
	uses = calloc(n, sizeof(*uses));
	if (!uses)
		return -ENOMEM;
	for (i = 0; i < policy->n_rules; i++)
		for (k = 0; k < policy->rules[i].n_serials; k++)
			uses[used++] = (struct serial_use){ policy->rules[i].serials[k], i, k };
	qsort(uses, n, sizeof(*uses), by_serial);
	for (k = 1; k < n; k++)
		if (!strcmp(uses[k - 1].serial, uses[k].serial))
			WARN_VALUE(c, value_node(c, uses[k].rule, "serial", uses[k].value),
				   KB_DIAG_WARNING, "twin-serial",
				   _("serial '%s' also stands in the rule of line %u; twins cannot be told apart by it"),
				   uses[k].serial, policy->rules[uses[k - 1].rule].line);
	return 0;
}

static void index_rules(struct checker *c)
{
	const struct kb_node *rules = kb_node_get(kb_node_get(c->model->root, "media"), "rules");
	const struct kb_node *rule;
	uint32_t i = 0;

	for (rule = rules ? rules->first : NULL; rule && i < c->policy->n_rules; rule = rule->next)
		c->rules[i++] = rule;
}

int kb_check(const struct kb_model *model, uint64_t now, struct kb_diags *diags)
{
	struct checker c = { .policy = &model->policy, .diags = diags, .now = now, .model = model };
	KB_FREE const struct kb_node **rules = calloc(c.policy->n_rules + 1, sizeof(*rules));
	unsigned int errors = diags->counts[KB_DIAG_ERROR];
	uint32_t i;

	if (!rules)
		return -ENOMEM;
	c.rules = rules;
	index_rules(&c);
	check_header(&c);
	check_keyboard(&c);
	for (i = 0; i < c.policy->n_rules; i++) {
		check_reachable(&c, i);
		if (c.policy->rules[i].action == KB_ACTION_ALLOW)
			check_allowance(&c, i);
		check_values(&c, i);
	}
	if (check_twins(&c) < 0 || kb_check_overlap(model, diags) < 0)
		return -ENOMEM;
	kb_check_link(model, diags);
	kb_check_wifi(model, diags);
	if (kb_check_places(model, diags) < 0)
		return -ENOMEM;
	kb_check_paths(model, diags);
	return diags->counts[KB_DIAG_ERROR] > errors ? -EPERM : 0;
}
