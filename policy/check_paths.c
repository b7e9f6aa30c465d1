// SPDX-License-Identifier: GPL-2.0-or-later
/* Paths that are well-formed and still not what anybody wants. */
#include <netinet/in.h>
#include <stdlib.h>

#include "policy/address.h"
#include "policy/check_net.h"
#include "policy/i18n.h"
#include "policy/service.h"

struct checker {
	const struct kb_model *model;
	const struct kb_path_policy *paths;
	const struct kb_node *section;	/* "paths" */
	struct kb_diags *diags;
};

#define FIND(c, place, level, code, ...)                                                           \
	kb_diags_add((c)->diags, level, (place)->line, (place)->column, code, __VA_ARGS__)

static const struct kb_node *key_or_section(const struct checker *c, const char *key)
{
	return kb_node_get(c->section, key) ?: c->section;
}

static bool has_kind(const struct kb_path_policy *paths, enum kb_path_kind kind)
{
	uint32_t i;

	for (i = 0; i < paths->n_rules; i++)
		if (paths->rules[i].kind == kind)
			return true;
	return false;
}

/* Does a rule other than an INBOUND one let queries to port 53 out? */
static bool resolves_names(const struct kb_path_policy *paths)
{
	static const struct kb_service dns = { IPPROTO_UDP, 53, 53 };
	uint32_t i, k;

	for (i = 0; i < paths->n_rules; i++) {
		const struct kb_path_rule *rule = &paths->rules[i];

		if (rule->kind == KB_PATH_INBOUND || rule->kind == KB_PATH_DISCOVERY)
			continue;
		if (!rule->n_services)
			return true;
		for (k = 0; k < rule->n_services; k++)
			if (kb_service_covers(&rule->services[k], &dns))
				return true;
	}
	return false;
}

/* Nobody is to be locked out by oversight. */
static void check_basics(const struct checker *c)
{
	const struct kb_node *essential = kb_node_get(c->section, "essential");
	const struct kb_path_policy *paths = c->paths;
	const struct kb_node *other = key_or_section(c, "other");

	if (!kb_node_get(essential, "dhcp"))
		FIND(c, essential ?: c->section, KB_DIAG_WARNING, "no-dhcp",
		     _("DHCP is refused, so the terminal gets no address; write 'essential: {dhcp: allow}', or 'dhcp: refuse' when its address is fixed"));
	if (paths->other == KB_ACTION_ALLOW)
		return;
	if (!resolves_names(paths))
		FIND(c, other, KB_DIAG_WARNING, "no-dns",
		     _("'other' refuses and no name server is named; add 'essential: {dns: [...]}', or names will not be found"));
	if (!has_kind(paths, KB_PATH_PATH) && !has_kind(paths, KB_PATH_ESSENTIAL) &&
	    !has_kind(paths, KB_PATH_COLLECTOR) && !has_kind(paths, KB_PATH_PEER) &&
	    paths->peers != KB_ACTION_ALLOW)
		FIND(c, other,
		     paths->mode == KB_GATE_ENFORCE ? KB_DIAG_ERROR : KB_DIAG_WARNING, "no-path",
		     _("nothing at all could be reached; write a path below 'allow', or 'other: allow'"));
}

static void check_openings(const struct checker *c)
{
	const struct kb_path_policy *paths = c->paths;

	if (!kb_node_get(c->section, "protected"))
		FIND(c, c->section, KB_DIAG_WARNING, "nothing-protected",
		     _("no network is protected; name those of My Number work below 'protected' (N2)"));
	if (paths->peers == KB_ACTION_ALLOW)
		FIND(c, key_or_section(c, "peers"), KB_DIAG_WARNING, "peers-allow",
		     _("terminals may talk to each other; refuse, and name printers and the like as exceptions (N4)"));
	if (paths->inbound == KB_ACTION_ALLOW)
		FIND(c, key_or_section(c, "inbound"), KB_DIAG_WARNING, "inbound-allow",
		     _("everybody may begin connections to the terminal; refuse, and name exceptions (N5)"));
	if (paths->discovery == KB_ACTION_ALLOW)
		FIND(c, key_or_section(c, "discovery"), KB_DIAG_WARNING, "discovery-allow",
		     _("any multicast and broadcast passes, between terminals too; name what is needed, for example [mdns] (N4)"));
	if (!has_kind(paths, KB_PATH_COLLECTOR))
		FIND(c, c->section, KB_DIAG_NOTE, "no-collector",
		     _("without 'essential: {collector: ...}' a terminal that was cut off reports to nobody (N6)"));
}

/* What screen transfer may share (M6). */
static void check_screen(const struct checker *c)
{
	static const struct {
		const char *key;
		u32 bit;
	} hazards[] = { { "clipboard", KB_SCREEN_CLIPBOARD }, { "drives", KB_SCREEN_DRIVES },
			{ "printers", KB_SCREEN_PRINTERS },   { "usb", KB_SCREEN_USB } };
	const struct kb_node *screen = kb_node_get(c->section, "screen");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hazards); i++)
		if (c->paths->screen & hazards[i].bit)
			FIND(c, kb_node_get(screen, hazards[i].key), KB_DIAG_WARNING, "screen",
			     _("'%s' lets information leave the desktop for the terminal (M6)"),
			     hazards[i].key);
}

/* Looks for a packet of @service that is (@wanted) or is not one of a tunnel. */
static bool has_packet(const struct kb_service *service, bool wanted)
{
	struct kb_packet packet = { .version = 4, .proto = service->proto };
	unsigned int port;

	if (!kb_proto_has_ports(service->proto))
		return (service->proto && kb_packet_is_tunnel(&packet)) == wanted;
	packet.flags = KB_PACKET_PORTS;
	packet.sport = 49152;
	for (port = service->first; port <= service->last; port++) {
		packet.dport = port;
		if (kb_packet_is_tunnel(&packet) == wanted)
			return true;
	}
	return false;
}

/* The like for all that a word of the text stands for. */
static bool word_has_packet(const struct kb_ref *ref, bool wanted)
{
	const struct kb_service_preset *preset = kb_service_preset(ref->text);
	struct kb_service service;
	unsigned int i;

	if (!preset)
		return kb_service_parse(ref->text, &service) < 0 || has_packet(&service, wanted);
	for (i = 0; i < kb_service_preset_size(preset); i++)
		if (has_packet(&preset->services[i], wanted))
			return true;
	return false;
}

/* Tunnels are judged by their own rules, and by no others. */
static void check_tunnels(const struct checker *c, const struct kb_path_text *text)
{
	unsigned int i;

	for (i = 0; i < text->n_services; i++) {
		const struct kb_ref *ref = &text->services[i];

		if (text->kind == KB_PATH_TUNNEL && !word_has_packet(ref, true))
			FIND(c, ref, KB_DIAG_WARNING, "never",
			     _("'%s' is no tunnel that the gate knows, so this never decides; write it as a path"),
			     ref->text);
		else if (text->kind != KB_PATH_TUNNEL && !word_has_packet(ref, false))
			FIND(c, ref, KB_DIAG_WARNING, "never",
			     _("'%s' is a tunnel, so this never decides; write it below 'tunnels'"),
			     ref->text);
	}
}

/* Words say what is meant: https to a protected network is not a gateway of screen transfer. */
static bool is_screen_word(const struct kb_ref *ref)
{
	const struct kb_service_preset *preset = kb_service_preset(ref->text);
	struct kb_service service;

	if (preset)
		return preset->screen;
	return !kb_service_parse(ref->text, &service) && kb_service_is_screen(&service);
}

static void check_protected(const struct checker *c, const struct kb_path_text *text,
			    const struct kb_path_rule *rule)
{
	unsigned int i;

	for (i = 0; i < text->n_services; i++)
		if (!is_screen_word(&text->services[i]))
			FIND(c, &text->services[i], KB_DIAG_WARNING, "not-screen",
			     _("'%s' is no screen transfer, and path '%s' leads to a protected network (N3)"),
			     text->services[i].text, rule->name);
	if (!rule->n_cgroups && !rule->n_users && !rule->n_groups)
		FIND(c, text->node, KB_DIAG_WARNING, "any-program",
		     _("any program may use path '%s'; add 'from', for example {cgroup: kidoban-screen.slice} (N3)"),
		     rule->name);
	if (!text->n_zones)
		FIND(c, text->node, KB_DIAG_NOTE, "any-zone",
		     _("path '%s' is open wherever the terminal is, outside the handling area as well (P1)"),
		     rule->name);
	if (!text->n_links && c->paths->n_profiles)
		FIND(c, text->node, KB_DIAG_WARNING, "any-link",
		     _("path '%s' leads over every allowed link and every Wi-Fi profile; add 'link' (W4)"),
		     rule->name);
	for (i = 0; i < rule->n_to; i++)
		if (c->paths->networks[rule->to[i]].is_protected)
			FIND(c, text->node, KB_DIAG_NOTE, "whole-network",
			     _("path '%s' opens all of the protected network '%s'; name the screen-transfer servers"),
			     rule->name, c->paths->networks[rule->to[i]].name);
}

/* Groups of control groups in which everybody's programs run. */
static void check_from(const struct checker *c, const struct kb_path_text *text)
{
	const struct kb_node *from = kb_node_get(text->node, "from");
	unsigned int i;

	for (i = 0; i < text->n_cgroups; i++)
		if (!strcmp(text->cgroups[i], "user.slice") ||
		    !strcmp(text->cgroups[i], "system.slice") ||
		    !strcmp(text->cgroups[i], "init.scope"))
			FIND(c, kb_node_get(from, "cgroup"), KB_DIAG_WARNING, "broad-cgroup",
			     _("'%s' holds nearly every program; run the client in a slice of its own (kidoban run-screen)"),
			     text->cgroups[i]);
	for (i = 0; i < text->n_users; i++)
		if (!text->users[i].first)
			FIND(c, kb_node_get(from, "user"), KB_DIAG_WARNING, "root-user",
			     _("user 0 is root, whose programs are many"));
}

/* Without the link gate nobody says which rule a link is of. */
static void check_links(const struct checker *c, const struct kb_path_text *text,
			const struct kb_path_rule *rule)
{
	unsigned int i;

	if (c->model->policy.link.mode != KB_GATE_OFF)
		return;
	for (i = 0; i < KB_BITS256; i++)
		if (rule->links[i])
			break;
	if (i < KB_BITS256 && text->n_links)
		FIND(c, &text->links[0], KB_DIAG_WARNING, "never",
		     _("names of links are known only when 'mode: {link: ...}' is audit or enforce"));
}

static bool is_protected(const struct kb_path_policy *paths, const struct kb_prefix *prefix)
{
	u16 class = prefix->version == 4 ? kb_prefix_lookup4(paths->prefixes, prefix->addr.v4) :
					   kb_prefix_lookup6(paths->prefixes, &prefix->addr);
	u32 i;

	/* The first address says no at once; that all say yes takes one prefix around them. */
	if (!paths->classes[class].is_protected)
		return false;
	for (i = 0; i < paths->n_prefixes; i++)
		if (paths->networks[paths->written[i].network].is_protected &&
		    kb_prefix_covers(&paths->written[i], prefix))
			return true;
	return false;
}

/* Do all addresses of @network lie in protected ones? */
static bool is_inside_protected(const struct kb_path_policy *paths, u16 network)
{
	u32 i;

	for (i = 0; i < paths->n_prefixes; i++)
		if (paths->written[i].network == network &&
		    !is_protected(paths, &paths->written[i]))
			return false;
	return true;
}

/* Protected networks are reached by paths below "allow" and by nothing else. */
static void check_leads_nowhere(const struct checker *c, const struct kb_path_rule *rule,
				const struct kb_ref *refs, unsigned int n_refs)
{
	const struct kb_path_policy *paths = c->paths;
	char text[KB_ADDRESS_SIZE];
	struct kb_prefix prefix;
	unsigned int i, k;

	for (i = 0; i < rule->n_to && rule->kind != KB_PATH_PATH; i++) {
		const char *name = paths->networks[rule->to[i]].name;

		if (!is_inside_protected(paths, rule->to[i]))
			continue;
		for (k = 0; k < n_refs; k++) {
			if (!kb_prefix_parse(refs[k].text, &prefix))
				kb_prefix_to_text(&prefix, text);
			else
				snprintf(text, sizeof(text), "%s", refs[k].text);
			if (strcmp(text, name))
				continue;
			FIND(c, &refs[k], KB_DIAG_WARNING, "never",
			     _("'%s' lies in a protected network, where only paths below 'allow' lead: this never decides"),
			     refs[k].text);
		}
	}
}

static void check_fixed(const struct checker *c, const struct kb_path_rule *rule)
{
	const struct kb_net_text *net = &c->model->net;

	if (rule->kind == KB_PATH_COLLECTOR)
		check_leads_nowhere(c, rule, net->collector, net->n_collector);
	else if (rule->kind == KB_PATH_ESSENTIAL && !strcmp(rule->name, "dns"))
		check_leads_nowhere(c, rule, net->dns, net->n_dns);
	else if (rule->kind == KB_PATH_ESSENTIAL)
		check_leads_nowhere(c, rule, net->ntp, net->n_ntp);
}

static void check_rule(const struct checker *c, const struct kb_path_text *text,
		       const struct kb_path_rule *rule)
{
	check_leads_nowhere(c, rule, text->to, text->n_to);
	check_tunnels(c, text);
	check_from(c, text);
	check_links(c, text, rule);
	if (rule->kind == KB_PATH_PATH && rule->to_protected)
		check_protected(c, text, rule);
	if (rule->kind == KB_PATH_INBOUND && !rule->n_to)
		FIND(c, text->node, KB_DIAG_WARNING, "anybody",
		     _("everybody may use '%s'; add 'from' (N5)"), rule->name);
}

void kb_check_paths(const struct kb_model *model, struct kb_diags *diags)
{
	struct checker c = { .model = model,
			     .paths = &model->policy.paths,
			     .section = kb_node_get(model->root, "paths"),
			     .diags = diags };
	uint32_t i;

	if (!c.section)
		return;
	if (c.paths->mode == KB_GATE_OFF) {
		FIND(&c, c.section->key, KB_DIAG_WARNING, "no-effect",
		     _("'%s' has no effect: 'mode: {%s: ...}' is off or missing"), "paths", "path");
	} else {
		check_basics(&c);
		check_openings(&c);
	}
	check_screen(&c);
	for (i = 0; i < c.paths->n_rules; i++) {
		if (model->net.path_of[i])
			check_rule(&c, model->net.path_of[i], &c.paths->rules[i]);
		else
			check_fixed(&c, &c.paths->rules[i]);
	}
}
