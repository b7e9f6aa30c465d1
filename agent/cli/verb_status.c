// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban status: what this terminal obeys and what happened. */
#include "agent/cli/common.h"
#include "agent/json.h"
#include "agent/overview.h"
#include "agent/words.h"

static void print_policy(const struct kb_status *s)
{
	char until[64], sha[65];

	kb_date_text(s->expires, until, sizeof(until));
	kb_hex(s->blob_sha256, 32, sha);
	sha[16] = '\0';
	if (s->builtin)
		puts(_("policy       the built-in fallback: no signed policy could be loaded"));
	else
		printf(_("policy       %u.%u in force, %u rules, SHA-256 %s...\n"), s->epoch, s->serial,
		       s->rules, sha);
	printf(_("media gate   %s\n"), kb_mode_text(s->mode_media));
	if (s->builtin)
		return;
	printf(s->expired ? _("expired      %s; still enforced, load a newer one\n") :
			    _("expires      %s\n"), until);
}

static void print_lease(const struct kb_status *s, const struct kb_overview *o)
{
	char zone[4 * KB_NAME_MAX + 8];

	kb_printable(o->zone, zone, sizeof(zone));
	if (!s->lease)
		puts(_("lease        none: protected paths are closed; is kidoband running?"));
	else if (zone[0])
		printf(_("lease        runs, %u.%u s left; place %s\n"), s->lease_left / 1000,
		       s->lease_left / 100 % 10, zone);
	else
		printf(_("lease        runs, %u.%u s left; the place is unknown\n"), s->lease_left / 1000,
		       s->lease_left / 100 % 10);
}

static void print_network(const struct kb_status *s, const struct kb_overview *o)
{
	char bypass[64], name[4 * KB_IFNAME_MAX + 8];

	printf(_("link gate    %s, %u rules\n"), kb_mode_text(s->mode_link), s->link_rules);
	printf(_("path gate    %s, %u paths, %u networks, %u prefixes\n"), kb_mode_text(s->mode_path),
	       s->path_rules, s->networks, s->prefixes);
	if (s->mode_link == KB_GATE_OFF && s->mode_path == KB_GATE_OFF)
		return;
	print_lease(s, o);
	printf(_("links        %u present, %u open, %u refused\n"), o->links, o->links_open,
	       o->links_refused);
	if (o->unproven)
		printf(_("wireless     %u closed: no Wi-Fi profile is proven yet\n"), o->unproven);
	if (o->bypass) {
		kb_bypass_text(o->bypass, bypass, sizeof(bypass));
		kb_printable(o->bypass_link, name, sizeof(name));
		printf(_("bypass       %s carries %s, which passes by the path gate\n"), name, bypass);
	}
	printf(_("paths        %u, %u open\n"), o->paths, o->paths_open);
	printf(_("packets      %llu allowed, %llu refused, %llu would be refused\n"),
	       (unsigned long long)s->path_allowed, (unsigned long long)s->path_refused,
	       (unsigned long long)s->path_audited);
	printf(_("connections  %llu cut because their path closed\n"),
	       (unsigned long long)s->flows_cut);
}

static void print_isolation(const struct kb_status *s)
{
	char id[2 * KB_ISOLATION_LEN + 1];

	if (!s->isolated)
		return;
	kb_hex(s->isolation, KB_ISOLATION_LEN, id);
	printf(_("isolated     yes, %s: only its collector is reachable\n"), id);
}

static void print_text(const struct kb_status *s, const struct kb_overview *o)
{
	char municipality[4 * KB_MUNICIPALITY_MAX + 8], group[4 * KB_GROUP_MAX + 8];

	printf(_("module       %s, level %u, %llu KiB in use\n"), s->module_version,
	       s->module_level, (unsigned long long)s->memory / 1024);
	if (s->sealed) {
		kb_printable(s->municipality, municipality, sizeof(municipality));
		kb_printable(s->group, group, sizeof(group));
		printf(_("terminal     municipality %s, group %s\n"), municipality[0] ? municipality : "-",
		       group[0] ? group : "-");
	}
	printf(_("trust        %s; keys: %u author, %u approver, %u grant\n"),
	       s->sealed ? _("sealed") : _("not sealed"), s->keys_author, s->keys_approver,
	       s->keys_grant);
	if (s->policy)
		print_policy(s);
	else
		puts(_("policy       none in force: everything is allowed"));
	if (s->policy)
		print_network(s, o);
	print_isolation(s);
	printf(_("lock         %s\n"), s->lock ? _("the module cannot be unloaded") : _("no"));
	printf(_("interfaces   %u present\n"), s->present);
	printf(_("verdicts     %llu allowed, %llu refused, %llu would be refused\n"),
	       (unsigned long long)s->allowed, (unsigned long long)s->refused,
	       (unsigned long long)s->audited);
	printf(_("overrides    %llu attempts to use what is refused\n"),
	       (unsigned long long)s->overrides);
	printf(_("events       %llu so far, %llu lost\n"),
	       (unsigned long long)s->event_seq, (unsigned long long)s->event_lost);
}

static void json_policy(struct kb_json *out, const struct kb_status *s)
{
	char until[64], sha[65];

	if (!s->policy) {
		kb_json_null(out, "policy");
		return;
	}
	kb_date_json(s->expires, until, sizeof(until));
	kb_hex(s->blob_sha256, 32, sha);
	kb_json_open(out, "policy", '{');
	kb_json_uint(out, "epoch", s->epoch);
	kb_json_uint(out, "serial", s->serial);
	kb_json_bool(out, "builtin", s->builtin);
	kb_json_text(out, "media_mode", kb_mode_id(s->mode_media));
	kb_json_text(out, "link_mode", kb_mode_id(s->mode_link));
	kb_json_text(out, "path_mode", kb_mode_id(s->mode_path));
	kb_json_uint(out, "rules", s->rules);
	kb_json_uint(out, "link_rules", s->link_rules);
	kb_json_uint(out, "path_rules", s->path_rules);
	kb_json_uint(out, "networks", s->networks);
	kb_json_uint(out, "prefixes", s->prefixes);
	kb_json_text(out, "expires", until);
	kb_json_bool(out, "expired", s->expired);
	kb_json_text(out, "blob_sha256", sha);
	kb_json_uint(out, "generation", s->generation);
	kb_json_close(out, '}');
}

static void json_network(struct kb_json *out, const struct kb_status *s,
			 const struct kb_overview *o)
{
	char bypass[64], id[2 * KB_ISOLATION_LEN + 1];

	kb_bypass_text(o->bypass, bypass, sizeof(bypass));
	kb_hex(s->isolation, KB_ISOLATION_LEN, id);
	kb_json_open(out, "lease", '{');
	kb_json_bool(out, "running", s->lease);
	kb_json_uint(out, "left_ms", s->lease_left);
	kb_json_text(out, "zone", o->zone[0] ? o->zone : NULL);
	kb_json_uint(out, "schedules", s->schedules);
	kb_json_close(out, '}');
	kb_json_bool(out, "isolated", s->isolated);
	kb_json_text(out, "isolation", s->isolated ? id : NULL);
	kb_json_open(out, "links", '{');
	kb_json_uint(out, "present", o->links);
	kb_json_uint(out, "open", o->links_open);
	kb_json_uint(out, "refused", o->links_refused);
	kb_json_uint(out, "unproven", o->unproven);
	kb_json_text(out, "bypass", o->bypass ? bypass : NULL);
	kb_json_close(out, '}');
	kb_json_open(out, "paths", '{');
	kb_json_uint(out, "present", o->paths);
	kb_json_uint(out, "open", o->paths_open);
	kb_json_uint(out, "allowed", s->path_allowed);
	kb_json_uint(out, "refused", s->path_refused);
	kb_json_uint(out, "audited", s->path_audited);
	kb_json_uint(out, "cut", s->flows_cut);
	kb_json_close(out, '}');
}

static void print_json(const struct kb_status *s, const struct kb_overview *o)
{
	struct kb_json out = { .out = stdout };

	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "module_version", s->module_version);
	kb_json_uint(&out, "module_level", s->module_level);
	kb_json_bool(&out, "sealed", s->sealed);
	kb_json_text(&out, "municipality", s->municipality[0] ? s->municipality : NULL);
	kb_json_text(&out, "group", s->group[0] ? s->group : NULL);
	kb_json_open(&out, "keys", '{');
	kb_json_uint(&out, "author", s->keys_author);
	kb_json_uint(&out, "approver", s->keys_approver);
	kb_json_uint(&out, "grant", s->keys_grant);
	kb_json_close(&out, '}');
	json_policy(&out, s);
	json_network(&out, s, o);
	kb_json_bool(&out, "lock", s->lock);
	kb_json_uint(&out, "present", s->present);
	kb_json_uint(&out, "allowed", s->allowed);
	kb_json_uint(&out, "refused", s->refused);
	kb_json_uint(&out, "audited", s->audited);
	kb_json_uint(&out, "overrides", s->overrides);
	kb_json_uint(&out, "event_seq", s->event_seq);
	kb_json_uint(&out, "event_lost", s->event_lost);
	kb_json_uint(&out, "memory", s->memory);
	kb_json_close(&out, '}');
}

int kb_verb_status(int argc, char **argv)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	struct kb_fault why = {};
	struct kb_overview overview;
	struct kb_status status;
	bool json = false;
	int r = kb_parse_json_only(argc, argv, &json);

	if (!r)
		r = kb_open_module(&wire);
	if (r)
		return r;
	r = kb_wire_status(wire, &status, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	kb_overview_read(wire, &status, &overview);
	if (json)
		print_json(&status, &overview);
	else
		print_text(&status, &overview);
	return KB_EXIT_OK;
}
