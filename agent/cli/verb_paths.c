// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban paths: what leads where, open or closed, and why. */
#include "agent/cli/common.h"
#include "agent/cli/table.h"
#include "agent/json.h"
#include "agent/words.h"

static const char *kind_text(unsigned int kind)
{
	static const char *const texts[KB_PATH_KIND_MAX] = {
		[KB_PATH_PATH] = N_("path"),
		[KB_PATH_ESSENTIAL] = N_("essential"),
		[KB_PATH_COLLECTOR] = N_("collector"),
		[KB_PATH_PEER] = N_("own segment"),
		[KB_PATH_INBOUND] = N_("inbound"),
		[KB_PATH_DISCOVERY] = N_("discovery"),
		[KB_PATH_TUNNEL] = N_("tunnel"),
	};

	return kind < KB_PATH_KIND_MAX ? _(texts[kind]) : _("unknown");
}

/* What a closed path waits for, with what to look at; an open one needs no words. */
static const char *why_text(const struct kb_path_row *row)
{
	if (row->open)
		return "";
	switch (row->reason) {
	case KB_REASON_LEASE:
		return _("the agent's lease has run out: is kidoband running?");
	case KB_REASON_ZONE:
		return _("not in this place, or the place is unknown");
	case KB_REASON_HOURS:
		return _("not at this hour");
	case KB_REASON_WRONG_LINK:
		return _("none of its links is open: see kidoban links");
	case KB_REASON_LINK_CLOSED:
		return _("every link is closed: see kidoban links");
	default:
		return kb_reason_text(row->reason);
	}
}

static void add_row(struct kb_table *table, const struct kb_path_row *row)
{
	char name[4 * KB_NAME_MAX + 8];

	kb_printable(row->name, name, sizeof(name));
	kb_table_add(table, name);
	kb_table_addf(table, "%u", row->line);
	kb_table_add(table, kind_text(row->kind));
	kb_table_add(table, row->open ? _("open") : _("closed"));
	kb_table_addf(table, "%llu", (unsigned long long)row->packets);
	kb_table_addf(table, "%llu", (unsigned long long)row->bytes);
	kb_table_addf(table, "%llu", (unsigned long long)row->refusals);
	kb_table_add(table, why_text(row));
}

static void print_table(const struct kb_path_row *rows, size_t n)
{
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 8 };
	const char *const heads[] = { _("PATH"), _("LINE"), _("KIND"), _("STATE"), _("PACKETS"),
				      _("BYTES"), _("REFUSED"), _("WHY") };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		kb_table_add(&table, heads[i]);
	for (i = 0; i < n; i++)
		add_row(&table, &rows[i]);
	kb_table_print(&table, stdout);
}

static void json_row(struct kb_json *out, const struct kb_path_row *row)
{
	kb_json_open(out, NULL, '{');
	kb_json_text(out, "path", row->name);
	kb_json_uint(out, "rule", row->rule);
	kb_json_uint(out, "line", row->line);
	kb_json_text(out, "kind", kb_path_kind_id(row->kind));
	kb_json_bool(out, "open", row->open);
	kb_json_text(out, "reason", row->open ? NULL : kb_reason_id(row->reason));
	kb_json_text(out, "text", row->open ? NULL : why_text(row));
	kb_json_uint(out, "packets", row->packets);
	kb_json_uint(out, "bytes", row->bytes);
	kb_json_uint(out, "refusals", row->refusals);
	kb_json_close(out, '}');
}

static void print_json(const struct kb_path_row *rows, size_t n)
{
	struct kb_json out = { .out = stdout };
	size_t i;

	kb_json_open(&out, NULL, '[');
	for (i = 0; i < n; i++)
		json_row(&out, &rows[i]);
	kb_json_close(&out, ']');
}

static int show(bool json)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_FREE struct kb_path_row *rows = NULL;
	struct kb_fault why = {};
	size_t n = 0;
	int r = kb_open_module(&wire);

	if (r)
		return r;
	r = kb_wire_paths(wire, &rows, &n, &why);
	if (r == -ENODATA)
		return kb_complain(KB_EXIT_REFUSED, _("no policy in force: everything is allowed"));
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	if (json)
		print_json(rows, n);
	else
		print_table(rows, n);
	return KB_EXIT_OK;
}

int kb_verb_paths(int argc, char **argv)
{
	bool json = false;

	return kb_parse_json_only(argc, argv, &json) ?: show(json);
}
