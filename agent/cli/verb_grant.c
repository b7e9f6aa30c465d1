// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban grant: signed grants to carry a terminal out; made where the keys are, applied on the terminal (P2). */
#include <sys/random.h>
#include <syslog.h>
#include <time.h>

#include "agent/cli/common.h"
#include "agent/cli/signer.h"
#include "agent/cli/table.h"
#include "agent/journal.h"
#include "agent/json.h"
#include "agent/message_ids.h"
#include "agent/paths.h"
#include "agent/place/grants.h"
#include "agent/terminal.h"
#include "agent/words.h"
#include "policy/file.h"
#include "policy/scalar.h"

#define JOURNAL_SOCKET	"/run/systemd/journal/socket"

struct grant_options {
	const char *terminal, *municipality, *from, *until, *reason, *ticket, *approver;
	const char *key, *cert, *out, *password_file, *config, *state;
	bool json;
};

static const struct option longs[] = { { "terminal", required_argument, NULL, 't' },
				       { "municipality", required_argument, NULL, 'm' },
				       { "from", required_argument, NULL, 'f' },
				       { "until", required_argument, NULL, 'u' },
				       { "reason", required_argument, NULL, 'r' },
				       { "ticket", required_argument, NULL, 'n' },
				       { "approver", required_argument, NULL, 'a' },
				       { "key", required_argument, NULL, 'k' },
				       { "cert", required_argument, NULL, 'c' },
				       { "out", required_argument, NULL, 'o' },
				       { "password-file", required_argument, NULL, 'p' },
				       { "config", required_argument, NULL, 'C' },
				       { "state", required_argument, NULL, 'S' },
				       { "json", no_argument, NULL, 'j' },
				       {} };

/* 0 or an exit code. */
static int parse(int argc, char **argv, const char *allowed, struct grant_options *o)
{
	int c;

	*o = (struct grant_options){ .config = KB_CONFIG_DIR, .state = KB_STATE_DIR };
	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		const struct {
			int c;
			const char **to;
		} texts[] = {
			{ 't', &o->terminal }, { 'm', &o->municipality }, { 'f', &o->from },
			{ 'u', &o->until },    { 'r', &o->reason },	  { 'n', &o->ticket },
			{ 'a', &o->approver }, { 'k', &o->key },	  { 'c', &o->cert },
			{ 'o', &o->out },      { 'p', &o->password_file }, { 'C', &o->config },
			{ 'S', &o->state },
		};
		size_t i;

		if (!strchr(allowed, c))
			return kb_usage("grant", kb_grant_verbs, argv[0]);
		for (i = 0; i < ARRAY_SIZE(texts); i++)
			if (texts[i].c == c)
				*texts[i].to = optarg;
		o->json |= c == 'j';
	}
	return 0;
}

static void print_grant(const struct kb_grant *grant, FILE *out)
{
	const struct {
		const char *head, *text;
	} rows[] = {
		{ _("grant"), grant->id },	     { _("municipality"), grant->municipality },
		{ _("terminal"), grant->terminal },  { _("reason"), grant->reason },
		{ _("ticket"), grant->ticket },	     { _("approver"), grant->approver },
	};
	char text[4 * KB_TELL_MAX + 8], from[64], until[64];
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 2 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		kb_printable(rows[i].text, text, sizeof(text));
		kb_table_add(&table, rows[i].head);
		kb_table_add(&table, text);
	}
	kb_date_text(grant->from, from, sizeof(from));
	kb_date_text(grant->until, until, sizeof(until));
	kb_table_add(&table, _("from"));
	kb_table_add(&table, from);
	kb_table_add(&table, _("until"));
	kb_table_add(&table, until);
	kb_table_print(&table, out);
}

static void put_grant(struct kb_json *out, const struct kb_grant_row *row, bool judged)
{
	char date[64];

	kb_json_open(out, NULL, '{');
	kb_json_text(out, "id", row->grant.id);
	kb_json_text(out, "municipality", row->grant.municipality);
	kb_json_text(out, "terminal", row->grant.terminal);
	kb_date_json(row->grant.from, date, sizeof(date));
	kb_json_text(out, "from", date);
	kb_date_json(row->grant.until, date, sizeof(date));
	kb_json_text(out, "until", date);
	kb_json_text(out, "reason", row->grant.reason);
	kb_json_text(out, "ticket", row->grant.ticket);
	kb_json_text(out, "approver", row->grant.approver);
	if (judged) {
		kb_json_text(out, "state", kb_grant_state_name(row->state));
		kb_json_text(out, "signer", row->signer[0] ? row->signer : NULL);
		kb_json_text(out, "why", row->why[0] ? row->why : NULL);
	}
	kb_json_close(out, '}');
}

/* 0 or an exit code. */
static int fill(const struct grant_options *o, struct kb_grant *ret)
{
	struct kb_terminal terminal = {};
	u8 id[KB_GRANT_ID_LEN / 2];
	struct kb_fault why = {};

	if (!o->municipality && kb_terminal_read(o->config, &terminal, &why))
		return kb_complain(KB_EXIT_USAGE,
				   _("say of which municipality: --municipality CODE (%s)"),
				   why.text);
	if (getrandom(id, sizeof(id), 0) != sizeof(id))
		return kb_complain(KB_EXIT_REFUSED, "%s", strerror(errno));
	*ret = (struct kb_grant){ .from = (u64)time(NULL) };
	kb_hex(id, sizeof(id), ret->id);
	if ((o->from && kb_scalar_date(o->from, false, &ret->from)) ||
	    kb_scalar_date(o->until, true, &ret->until))
		return kb_complain(KB_EXIT_USAGE,
				   _("--from and --until are like 2027-03-31 or 2027-03-31T17:15"));
	snprintf(ret->municipality, sizeof(ret->municipality), "%s",
		 o->municipality ?: terminal.municipality);
	snprintf(ret->terminal, sizeof(ret->terminal), "%s", o->terminal);
	snprintf(ret->reason, sizeof(ret->reason), "%s", o->reason);
	snprintf(ret->ticket, sizeof(ret->ticket), "%s", o->ticket);
	snprintf(ret->approver, sizeof(ret->approver), "%s", o->approver);
	/* a text that was cut is not what somebody approved */
	if (strlen(o->terminal) > KB_NAME_MAX || strlen(o->reason) > KB_TELL_MAX ||
	    strlen(o->ticket) > KB_LABEL_MAX || strlen(o->approver) > KB_LABEL_MAX ||
	    (o->municipality && strlen(o->municipality) > KB_MUNICIPALITY_MAX))
		return kb_complain(KB_EXIT_USAGE, _("one of the texts is too long"));
	return 0;
}

static int sign_and_write(const struct grant_options *o, const struct kb_grant *grant)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes text = {}, sig = {}, file = {};
	KB_CLEANUP(kb_signer_done) struct kb_signer signer = {};
	struct kb_fault why = {};
	int r = kb_grant_text(grant, &text, &why), role = KB_RING_GRANT;

	if (r)
		return kb_complain(KB_EXIT_USAGE, "%s", why.text);
	r = kb_signer_open(&signer, o->cert, o->key, &role);
	if (r)
		return r;
	/* who gives the key's password has read what it signs */
	print_grant(grant, stdout);
	r = kb_signer_sign(&signer, o->key, o->password_file, &text, &sig);
	if (r)
		return r;
	r = kb_grant_encode(&text, &sig, &file, &why);
	if (!r)
		r = kb_file_replace(o->out, file.data, file.len, 0644);
	if (r)
		return kb_complain(kb_exit_code(r), "%s: %s", o->out,
				   why.text[0] ? why.text : strerror(-r));
	printf(_("signed as %s: %s\n"), kb_role_name(KB_RING_GRANT), o->out);
	return KB_EXIT_OK;
}

static int grant_make(int argc, char **argv)
{
	struct grant_options o;
	struct kb_grant grant;
	const char *missing;
	int r = parse(argc, argv, "tmfurnakcopC", &o);

	if (r)
		return r;
	missing = !o.terminal ? "--terminal" : !o.until ? "--until" : !o.reason ? "--reason" :
		  !o.ticket ? "--ticket" : !o.approver ? "--approver" : !o.key ? "--key" :
		  !o.out ? "--out" : NULL;
	if (missing)
		kb_complain(0, _("%s is missing"), missing);
	if (missing || optind != argc)
		return kb_usage("grant", kb_grant_verbs, "make");
	r = fill(&o, &grant);
	return r ?: sign_and_write(&o, &grant);
}

/* Form and content. Whether it holds here is what "apply" says. */
static int grant_show(int argc, char **argv)
{
	KB_CLEANUP(kb_grant_done) struct kb_signed_grant grant = {};
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	const struct kb_trust_cert *signer = NULL;
	struct kb_grant_row row = {};
	struct kb_json out = { .out = stdout };
	char dir[512], subject[4 * sizeof(signer->info.subject)];
	struct grant_options o;
	struct kb_fault why = {};
	int r = parse(argc, argv, "Cj", &o);

	if (r)
		return r;
	if (argc - optind != 1)
		return kb_usage("grant", kb_grant_verbs, "show");
	r = kb_grant_read(argv[optind], &grant, &why);
	if (r)
		return kb_complain(r == -ENOKEY ? KB_EXIT_REFUSED : kb_exit_code(r), "%s",
				   why.text);
	snprintf(dir, sizeof(dir), "%s/" KB_TRUST_DIR, o.config);
	r = kb_trust_read(dir, &trust, &why) ?: kb_grant_verify(&grant, &trust, &signer, &why);
	row.grant = grant.grant;
	row.state = r ? KB_GRANT_BAD : KB_GRANT_GOOD;
	snprintf(row.signer, sizeof(row.signer), "%s", r ? "" : signer->info.subject);
	snprintf(row.why, sizeof(row.why), "%.*s", (int)sizeof(row.why) - 1, r ? why.text : "");
	if (o.json) {
		put_grant(&out, &row, true);
		return r ? KB_EXIT_REFUSED : KB_EXIT_OK;
	}
	print_grant(&grant.grant, stdout);
	kb_printable(row.signer, subject, sizeof(subject));
	if (!r)
		printf(_("signed by %s\n"), subject);
	else
		return kb_complain(KB_EXIT_REFUSED,
				   _("not signed by anybody who is trusted here: %s"), why.text);
	return KB_EXIT_OK;
}

/* What was applied or ended is recorded where this terminal records (P2). */
static void record(bool applied, const struct kb_grant *grant)
{
	const struct kb_journal_field fields[] = {
		{ "GRANT", grant->id },		{ "TICKET", grant->ticket },
		{ "APPROVER", grant->approver }, { "PURPOSE", grant->reason },
	};

	if (access(JOURNAL_SOCKET, W_OK))
		return;
	kb_journal_choose("auto");
	if (applied)
		kb_journal_fields(LOG_NOTICE, KB_MESSAGE_AGENT_NOTE, fields, ARRAY_SIZE(fields),
				  _("grant %s to carry this terminal out was applied"), grant->id);
	else
		kb_journal_fields(LOG_NOTICE, KB_MESSAGE_AGENT_NOTE, fields, 1,
				  _("grant %s to carry this terminal out was ended"), grant->id);
}

static int grant_apply(int argc, char **argv)
{
	KB_CLEANUP(kb_bytes_done) struct kb_bytes file = {};
	struct kb_json out = { .out = stdout };
	struct kb_grant_row row = {};
	struct grant_options o;
	struct kb_fault why = {};
	int r = parse(argc, argv, "CSj", &o);

	if (r)
		return r;
	if (argc - optind != 1)
		return kb_usage("grant", kb_grant_verbs, "apply");
	r = kb_file_read(argv[optind], KB_GRANT_FILE_MAX, &file.data, &file.len);
	if (r)
		return kb_complain(kb_exit_code(r), _("cannot read %s: %s"), argv[optind],
				   strerror(-r));
	r = kb_grants_apply(&(struct kb_grants){ o.config, o.state }, file.data, file.len,
			    (u64)time(NULL), &row, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s: %s", argv[optind],
				   why.text[0] ? why.text : strerror(-r));
	record(true, &row.grant);
	if (o.json) {
		put_grant(&out, &row, true);
		return KB_EXIT_OK;
	}
	print_grant(&row.grant, stdout);
	puts(row.state == KB_GRANT_EARLY ? _("applied; it does not hold yet") : _("applied"));
	return KB_EXIT_OK;
}

static void list_rows(const struct kb_grant_row *rows, size_t n)
{
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 6 };
	const char *const heads[] = { _("GRANT"), _("STATE"),  _("FROM"),
				      _("UNTIL"), _("TICKET"), _("REASON") };
	static const char *const states[] = {
		[KB_GRANT_GOOD] = N_("holds"), [KB_GRANT_EARLY] = N_("not yet"),
		[KB_GRANT_OVER] = N_("over"),  [KB_GRANT_ENDED] = N_("ended"),
		[KB_GRANT_BAD] = N_("bad"),
	};
	char date[64], text[4 * KB_TELL_MAX + 8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		kb_table_add(&table, heads[i]);
	for (i = 0; i < n; i++) {
		kb_table_add(&table, rows[i].grant.id);
		kb_table_add(&table, _(states[rows[i].state]));
		kb_date_text(rows[i].grant.from, date, sizeof(date));
		kb_table_add(&table, date);
		kb_date_text(rows[i].grant.until, date, sizeof(date));
		kb_table_add(&table, date);
		kb_printable(rows[i].grant.ticket, text, sizeof(text));
		kb_table_add(&table, text);
		kb_printable(rows[i].state == KB_GRANT_BAD ? rows[i].why : rows[i].grant.reason,
			     text, sizeof(text));
		kb_table_add(&table, text);
	}
	kb_table_print(&table, stdout);
}

static int grant_list(int argc, char **argv)
{
	KB_FREE struct kb_grant_row *rows = NULL;
	struct kb_json out = { .out = stdout };
	struct grant_options o;
	struct kb_fault why = {};
	size_t n = 0, i;
	int r = parse(argc, argv, "CSj", &o);

	if (r)
		return r;
	if (optind != argc)
		return kb_usage("grant", kb_grant_verbs, "list");
	r = kb_grants_list(&(struct kb_grants){ o.config, o.state }, (u64)time(NULL), &rows, &n,
			   &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text[0] ? why.text : strerror(-r));
	if (o.json) {
		kb_json_open(&out, NULL, '[');
		for (i = 0; i < n; i++)
			put_grant(&out, &rows[i], true);
		kb_json_close(&out, ']');
	} else if (n) {
		list_rows(rows, n);
	} else {
		puts(_("no grant was applied on this terminal"));
	}
	return KB_EXIT_OK;
}

static int grant_end(int argc, char **argv)
{
	struct kb_grant grant = {};
	struct grant_options o;
	struct kb_fault why = {};
	int r = parse(argc, argv, "S", &o);

	if (r)
		return r;
	if (argc - optind != 1)
		return kb_usage("grant", kb_grant_verbs, "end");
	r = kb_grants_end(&(struct kb_grants){ o.config, o.state }, argv[optind], (u64)time(NULL),
			  &why);
	if (r)
		return kb_complain(r == -EINVAL ? KB_EXIT_USAGE : kb_exit_code(r), "%s",
				   why.text[0] ? why.text : strerror(-r));
	snprintf(grant.id, sizeof(grant.id), "%s", argv[optind]);
	record(false, &grant);
	printf(_("grant %s is ended; it cannot be applied here again\n"), grant.id);
	return KB_EXIT_OK;
}

const struct kb_verb kb_grant_verbs[] = {
	{ "make", grant_make,
	  "--terminal NAME [--municipality CODE] [--from TIME] --until TIME --reason TEXT --ticket TEXT --approver NAME --key KEY [--cert CERT] --out FILE [--password-file FILE] [--config DIR]",
	  N_("sign a grant to carry a terminal out"), NULL,
	  "--terminal --municipality --from --until --reason --ticket --approver --key --cert --out --password-file --config" },
	{ "show", grant_show, "FILE [--config DIR] [--json]",
	  N_("print what a grant says, and who signed it"), NULL, "--config --json" },
	{ "apply", grant_apply, "FILE [--config DIR] [--state DIR] [--json]",
	  N_("verify a grant for this terminal and keep it"), NULL, "--config --state --json" },
	{ "list", grant_list, "[--config DIR] [--state DIR] [--json]",
	  N_("list the grants that were applied here"), NULL, "--config --state --json" },
	{ "end", grant_end, "GRANT [--state DIR]", N_("end a grant for good"), NULL, "--state" },
	{}
};

int kb_verb_grant(int argc, char **argv)
{
	return kb_verb_dispatch("grant", kb_grant_verbs, argc, argv);
}
