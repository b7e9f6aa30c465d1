// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban links: every network interface with the link gate's verdict. */
#include <sys/stat.h>

#include <kidoban/link.h>

#include "agent/cli/common.h"
#include "agent/cli/table.h"
#include "agent/json.h"
#include "agent/words.h"

struct links {
	struct kb_record *records;	/* owned */
	size_t n;
	struct kb_policy *policy;	/* owned; NULL = none in force */
	u64 netns;			/* our own network namespace, 0 = unknown */
};

static void links_done(struct links *links)
{
	free(links->records);
	kb_policy_free(links->policy);
}

static const char *verdict_text(const struct kb_record *r)
{
	if (r->action == KB_ACTION_ALLOW)
		return _("allowed");
	return kb_has(r->have, KB_A_MODE_LINK) && r->mode_link == KB_GATE_AUDIT ? _("would refuse") :
										  _("refused");
}

/* "eth0"; with the namespace's number where it is not ours. */
static void name_text(const struct links *links, const struct kb_record *r, char *ret, size_t size)
{
	char name[4 * KB_IFNAME_MAX + 8];

	kb_printable(r->link, name, sizeof(name));
	if (links->netns && kb_has(r->have, KB_A_NETNS) && r->netns != links->netns)
		snprintf(ret, size, "%s@%llu", name, (unsigned long long)r->netns);
	else
		snprintf(ret, size, "%s", name);
}

/* Name of the proven Wi-Fi profile, NULL when nothing is proven. */
static const char *profile_name(const struct links *links, const struct kb_record *r)
{
	const struct kb_path_policy *paths = links->policy ? &links->policy->paths : NULL;

	if (!kb_has(r->have, KB_A_PROFILE) || !paths || r->profile >= paths->n_profiles)
		return NULL;
	return paths->profiles[r->profile].name;
}

/* A wireless link that is allowed and closed all the same waits for its proof. */
static void why_text(const struct links *links, const struct kb_record *r, char *ret, size_t size)
{
	if (r->link_kind == KB_LINK_WIFI && r->action == KB_ACTION_ALLOW &&
	    kb_has(r->have, KB_A_LINK_OPEN) && !r->open && !profile_name(links, r))
		snprintf(ret, size, "%s", _("allowed, but no Wi-Fi profile is proven yet"));
	else
		kb_why_text(r, ret, size);
}

static int by_name(const void *a, const void *b)
{
	const struct kb_record *x = a, *y = b;

	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	return strverscmp(x->link, y->link);
}

static void add_row(struct kb_table *table, const struct links *links, const struct kb_record *r)
{
	char name[128], mac[20] = "-", bypass[64], why[768], profile[4 * KB_NAME_MAX + 8];

	name_text(links, r, name, sizeof(name));
	if (kb_has(r->have, KB_A_MAC))
		kb_mac_text(r->mac, mac, sizeof(mac));
	kb_bypass_text(r->bypass, bypass, sizeof(bypass));
	why_text(links, r, why, sizeof(why));
	kb_printable(profile_name(links, r) ?: "-", profile, sizeof(profile));
	kb_table_add(table, name);
	kb_table_add(table, kb_link_kind_name(r->link_kind) ?: _("unknown"));
	kb_table_add(table, kb_link_bus_name(r->link_bus) ?: _("unknown"));
	kb_table_add(table, mac);
	kb_table_add(table, verdict_text(r));
	kb_table_add(table, r->up ? _("up") : _("down"));
	kb_table_add(table, r->open ? _("open") : _("closed"));
	kb_table_add(table, profile);
	kb_table_addf(table, "%u", r->link_generation);
	kb_table_add(table, bypass);
	kb_table_add(table, why);
}

static void print_table(const struct links *links)
{
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 11 };
	const char *const heads[] = { _("LINK"), _("KIND"), _("BUS"), _("MAC"), _("VERDICT"), _("STATE"),
				      _("IP"), _("PROFILE"), _("GEN"), _("BYPASS"), _("WHY") };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		kb_table_add(&table, heads[i]);
	for (i = 0; i < links->n; i++)
		add_row(&table, links, &links->records[i]);
	kb_table_print(&table, stdout);
}

static void json_mac(struct kb_json *out, const char *key, bool have, const u8 mac[6])
{
	char text[20];

	kb_mac_text(mac, text, sizeof(text));
	kb_json_text(out, key, have ? text : NULL);
}

static void json_bypass(struct kb_json *out, u32 bypass)
{
	char text[64];
	u32 bit;

	kb_json_open(out, "bypass", '[');
	for (bit = KB_BYPASS_XDP; bit <= KB_BYPASS_NETPOLL; bit <<= 1) {
		if (!(bypass & bit))
			continue;
		kb_bypass_text(bit, text, sizeof(text));
		kb_json_text(out, NULL, text);
	}
	kb_json_close(out, ']');
}

static void json_row(struct kb_json *out, const struct links *links, const struct kb_record *r)
{
	char why[768];

	why_text(links, r, why, sizeof(why));
	kb_json_open(out, NULL, '{');
	kb_json_text(out, "link", r->link);
	kb_json_uint(out, "ifindex", r->ifindex);
	kb_json_uint(out, "netns", r->netns);
	kb_json_text(out, "kind", kb_link_kind_name(r->link_kind) ?: "unknown");
	kb_json_text(out, "bus", kb_link_bus_name(r->link_bus) ?: "unknown");
	kb_json_text(out, "path", kb_has(r->have, KB_A_PORT) ? r->port : NULL);
	kb_json_text(out, "driver", r->driver[0] ? r->driver : NULL);
	json_mac(out, "mac", kb_has(r->have, KB_A_MAC), r->mac);
	json_mac(out, "permanent_mac", kb_has(r->have, KB_A_PERM_MAC), r->perm_mac);
	kb_json_text(out, "action", kb_action_id(r->action));
	kb_json_text(out, "mode", kb_has(r->have, KB_A_MODE_LINK) ? kb_mode_id(r->mode_link) : NULL);
	kb_json_text(out, "reason", kb_reason_id(r->reason));
	kb_json_text(out, "rule", kb_has(r->have, KB_A_NAME) ? r->name : NULL);
	if (kb_has(r->have, KB_A_LINE))
		kb_json_uint(out, "line", r->line);
	kb_json_bool(out, "up", r->up);
	kb_json_bool(out, "open", r->open);
	kb_json_text(out, "profile", profile_name(links, r));
	kb_json_uint(out, "generation", r->link_generation);
	json_bypass(out, r->bypass);
	kb_json_text(out, "text", why);
	kb_json_close(out, '}');
}

static void print_json(const struct links *links)
{
	struct kb_json out = { .out = stdout };
	size_t i;

	kb_json_open(&out, NULL, '[');
	for (i = 0; i < links->n; i++)
		json_row(&out, links, &links->records[i]);
	kb_json_close(&out, ']');
}

static int show(bool json)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_CLEANUP(links_done) struct links links = {};
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct kb_blob_error error = {};
	struct kb_fault why = {};
	struct stat ns;
	int r;

	r = kb_open_module(&wire);
	if (r)
		return r;
	r = kb_wire_links(wire, &links.records, &links.n, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	/* for names only: without them there are still numbers */
	if (!kb_wire_policy_get(wire, &blob, NULL) &&
	    kb_policy_parse(blob.data, blob.len, &links.policy, &error))
		kb_complain(0, _("compiled policy: %s"), error.text);
	links.netns = stat("/proc/self/ns/net", &ns) ? 0 : ns.st_ino;
	if (links.n)
		qsort(links.records, links.n, sizeof(*links.records), by_name);
	if (json)
		print_json(&links);
	else
		print_table(&links);
	return KB_EXIT_OK;
}

int kb_verb_links(int argc, char **argv)
{
	bool json = false;

	return kb_parse_json_only(argc, argv, &json) ?: show(json);
}
