// SPDX-License-Identifier: GPL-2.0-or-later
/* Links and paths of a policy as text. */
#include "policy/show_net.h"

#include <netinet/in.h>

#include "policy/address.h"
#include "policy/i18n.h"
#include "policy/net.h"
#include "policy/prefixes.h"
#include "policy/render.h"
#include "policy/service.h"

struct shower {
	const struct kb_policy *policy;
	const struct kb_prefix *prefixes;
	u32 n_prefixes;
	const char *file;
	bool effective;
	FILE *out;
};

static void put_place(const struct shower *s, const char *indent, u32 line)
{
	if (!s->effective)
		return;
	fprintf(s->out, "%s# ", indent);
	if (s->file)
		fprintf(s->out, "%s:%u\n", s->file, line);
	else
		fprintf(s->out, _("line %u"), line), fputc('\n', s->out);
}

static void put_tell(const struct shower *s, const char *indent, const char *tell)
{
	if (!tell)
		return;
	fprintf(s->out, "%stell: ", indent);
	kb_render_text(tell, s->out);
	fputc('\n', s->out);
}

static void show_link(const struct shower *s)
{
	const struct kb_link_policy *link = &s->policy->link;
	u32 i;

	fputs(link->n_rules ? "link:\n  rules:\n" : "link:\n  rules: []\n", s->out);
	for (i = 0; i < link->n_rules; i++) {
		put_place(s, "    ", link->rules[i].line);
		fputs("    - ", s->out);
		kb_render_link_rule(&link->rules[i], s->out);
		fputc('\n', s->out);
		if (link->rules[i].random_mac)
			fputs("      random-mac: allow\n", s->out);
		put_tell(s, "      ", link->rules[i].tell);
	}
	if (s->effective)
		fprintf(s->out, "    # %s\n",
			_("built in: loopback is always allowed; an allowed link must use its permanent address"));
	fprintf(s->out, "  default: %s\n  bypass: %s\n", kb_render_action(link->def),
		link->bypass == KB_ACTION_ALLOW ? "report" : "refuse");
	put_tell(s, "  ", link->tell);
}

/* A network that was written as its address needs no line of its own. */
static bool is_address(const char *name)
{
	struct kb_prefix prefix;

	return !kb_prefix_parse(name, &prefix);
}

static void show_networks(const struct shower *s)
{
	const struct kb_path_policy *paths = &s->policy->paths;
	bool any = false;
	u32 i, first, n;

	for (i = 0; i < paths->n_networks; i++) {
		if (is_address(paths->networks[i].name))
			continue;
		fputs(any ? "" : "networks:\n", s->out);
		any = true;
		first = kb_prefixes_of(s->prefixes, s->n_prefixes, i, &n);
		fputs("  ", s->out);
		kb_render_text(paths->networks[i].name, s->out);
		fputs(": [", s->out);
		kb_render_prefixes(s->prefixes + first, n, s->out);
		fputs("]\n", s->out);
	}
}

static void show_protected(const struct shower *s)
{
	const struct kb_path_policy *paths = &s->policy->paths;
	bool any = false;
	u16 i;

	for (i = 0; i < paths->n_networks; i++) {
		if (!paths->networks[i].is_protected)
			continue;
		fputs(any ? ", " : "  protected: [", s->out);
		kb_render_networks(paths, &i, 1, s->out);
		any = true;
	}
	fputs(any ? "]\n" : "", s->out);
}

static u32 count_kind(const struct kb_path_policy *paths, enum kb_path_kind kind)
{
	u32 i, n = 0;

	for (i = 0; i < paths->n_rules; i++)
		n += paths->rules[i].kind == kind;
	return n;
}

static void show_rules(const struct shower *s, enum kb_path_kind kind, const char *indent)
{
	const struct kb_path_policy *paths = &s->policy->paths;
	u32 i;

	for (i = 0; i < paths->n_rules; i++) {
		if (paths->rules[i].kind != kind)
			continue;
		put_place(s, indent, paths->rules[i].line);
		fprintf(s->out, "%s- ", indent);
		kb_render_path_rule(s->policy, &paths->rules[i], true, s->out);
		fputc('\n', s->out);
	}
}

/* Nothing but a name, addresses and services, as the keys of "essential" make it. */
static bool is_plain(const struct kb_path_rule *rule)
{
	return rule->conditions == KB_PATH_IF_SERVICE && !rule->tell;
}

static bool has_services(const struct kb_path_rule *rule, const struct kb_service *services,
			 unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n && i < rule->n_services; i++)
		if (kb_service_compare(&rule->services[i], &services[i]))
			return false;
	return rule->n_services == n;
}

/* What no text of this language can say is shown all the same, so that nobody overlooks it. */
static void show_strange(const struct shower *s, const struct kb_path_rule *rule)
{
	fprintf(s->out, "    # %s: ", _("a rule that no text can have"));
	kb_render_path_rule(s->policy, rule, true, s->out);
	fputc('\n', s->out);
}

static void show_essential_rule(const struct shower *s, const struct kb_path_rule *rule)
{
	const struct kb_service_preset *preset = kb_service_preset(rule->name);
	bool is_known = !strcmp(rule->name, "dns") || !strcmp(rule->name, "ntp");

	if (rule->kind == KB_PATH_COLLECTOR) {
		if (!is_plain(rule) || !rule->n_to || strcmp(rule->name, "collector") ||
		    rule->n_services != 1 || rule->services->proto != IPPROTO_TCP ||
		    rule->services->first != rule->services->last) {
			show_strange(s, rule);
			return;
		}
		fputs("    collector: {address: [", s->out);
		kb_render_networks(&s->policy->paths, rule->to, rule->n_to, s->out);
		fprintf(s->out, "], port: %u}\n", rule->services->first);
		return;
	}
	if (!is_known || !is_plain(rule) || !rule->n_to ||
	    !has_services(rule, preset->services, kb_service_preset_size(preset))) {
		show_strange(s, rule);
		return;
	}
	fprintf(s->out, "    %s: [", rule->name);
	kb_render_networks(&s->policy->paths, rule->to, rule->n_to, s->out);
	fputs("]\n", s->out);
}

static void show_essential(const struct shower *s)
{
	const struct kb_path_policy *paths = &s->policy->paths;
	u32 i;

	fprintf(s->out, "  essential:\n    dhcp: %s\n", kb_render_action(paths->dhcp));
	for (i = 0; i < paths->n_rules; i++)
		if (paths->rules[i].kind == KB_PATH_ESSENTIAL ||
		    paths->rules[i].kind == KB_PATH_COLLECTOR)
			show_essential_rule(s, &paths->rules[i]);
}

/* "peers", "inbound": a word, or a mapping when there are exceptions. */
static void show_exceptions(const struct shower *s, const char *key, enum kb_action def,
			    enum kb_path_kind kind)
{
	if (!count_kind(&s->policy->paths, kind)) {
		fprintf(s->out, "  %s: %s\n", key, kb_render_action(def));
		return;
	}
	fprintf(s->out, "  %s:\n    default: %s\n    allow:\n", key, kb_render_action(def));
	show_rules(s, kind, "      ");
}

/* Is @rule what the word @discovery makes? */
static bool is_discovery(const struct kb_path_policy *paths, const struct kb_path_rule *rule,
			 const struct kb_discovery *discovery)
{
	unsigned int n, i, k;

	if (strcmp(rule->name, discovery->name) || !is_plain(rule) ||
	    !has_services(rule, &discovery->service, 1))
		return false;
	for (n = 0; n < ARRAY_SIZE(discovery->groups) && discovery->groups[n]; n++)
		;
	if (rule->n_to != n)
		return false;
	for (i = 0; i < n; i++) {
		for (k = 0; k < n; k++)
			if (!strcmp(paths->networks[rule->to[i]].name, discovery->groups[k]))
				break;
		if (k == n)
			return false;
	}
	return true;
}

static const struct kb_discovery *find_discovery(const struct kb_path_policy *paths,
						 const struct kb_path_rule *rule)
{
	const struct kb_discovery *discovery;

	for (discovery = kb_discoveries; discovery->name; discovery++)
		if (is_discovery(paths, rule, discovery))
			return discovery;
	return NULL;
}

static void show_discovery(const struct shower *s)
{
	const struct kb_path_policy *paths = &s->policy->paths;
	const struct kb_discovery *discovery;
	bool any = false;
	u32 i;

	for (i = 0; i < paths->n_rules; i++) {
		if (paths->rules[i].kind != KB_PATH_DISCOVERY)
			continue;
		discovery = find_discovery(paths, &paths->rules[i]);
		if (!discovery || paths->discovery == KB_ACTION_ALLOW) {
			show_strange(s, &paths->rules[i]);
			continue;
		}
		fprintf(s->out, "%s%s", any ? ", " : "  discovery: [", discovery->name);
		any = true;
	}
	if (any)
		fputs("]\n", s->out);
	else
		fprintf(s->out, "  discovery: %s\n", kb_render_action(paths->discovery));
}

static void show_screen(const struct shower *s)
{
	static const char *const names[KB_SCREEN_KEYS] = { "clipboard", "drives", "printers",
							   "smartcard", "sound", "microphone",
							   "usb" };
	unsigned int i;

	fputs("  screen: {", s->out);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		fprintf(s->out, "%s%s: %s", i ? ", " : "", names[i],
			kb_render_action(s->policy->paths.screen >> i & 1));
	fputs("}\n", s->out);
}

static void show_paths(const struct shower *s)
{
	const struct kb_path_policy *paths = &s->policy->paths;

	fputs("paths:\n", s->out);
	show_protected(s);
	if (count_kind(paths, KB_PATH_PATH))
		fputs("  allow:\n", s->out);
	show_rules(s, KB_PATH_PATH, "    ");
	show_essential(s);
	show_exceptions(s, "peers", paths->peers, KB_PATH_PEER);
	show_exceptions(s, "inbound", paths->inbound, KB_PATH_INBOUND);
	show_discovery(s);
	fputs(count_kind(paths, KB_PATH_TUNNEL) ? "  tunnels:\n" : "  tunnels: refuse\n", s->out);
	show_rules(s, KB_PATH_TUNNEL, "    ");
	if (s->effective) {
		fprintf(s->out, "  # %s\n", _("built in, whatever the rules say:"));
		fprintf(s->out, "  #   %s\n", _("loopback, ARP, neighbour discovery, ICMP errors and 802.1X pass"));
		fprintf(s->out, "  #   %s\n", _("nothing is forwarded; fragments and tunnels never reach protected networks"));
		fprintf(s->out, "  #   %s\n", _("paths to protected networks are open only while the agent reports"));
	}
	fprintf(s->out, "  other: %s\n", kb_render_action(paths->other));
	show_screen(s);
	put_tell(s, "  ", paths->tell);
}

void kb_show_net(const struct kb_policy *policy, const struct kb_agent_policy *agent,
		 const char *file, bool effective, FILE *out)
{
	struct shower s = { .policy = policy, .file = file, .effective = effective, .out = out };
	struct kb_prefix *prefixes = NULL;

	if (kb_prefixes_list(policy, &prefixes, &s.n_prefixes) < 0) {
		fprintf(out, "# %s\n", _("out of memory"));
		return;
	}
	s.prefixes = prefixes;
	if (kb_net_has_link(&policy->link))
		show_link(&s);
	kb_show_agent(policy, agent, effective, out);
	show_networks(&s);
	if (kb_net_has_paths(&policy->paths))
		show_paths(&s);
	free(prefixes);
}
