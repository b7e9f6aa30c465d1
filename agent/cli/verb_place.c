// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban place: where this terminal is, why, and what would change it (P1, P2). */
#include "agent/cli/common.h"
#include "agent/cli/table.h"
#include "agent/json.h"
#include "agent/overview.h"
#include "agent/paths.h"
#include "agent/place/account.h"
#include "agent/state.h"
#include "agent/words.h"
#include "policy/file.h"

/* What the kernel was told; .asked is false for those who may not ask it. */
struct kernel_view {
	bool asked, lease;
	u32 left;			/* ms */
	char zone[KB_NAME_MAX + 1];
};

static void ask_kernel(struct kernel_view *ret)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	struct kb_overview overview;
	struct kb_status status;

	*ret = (struct kernel_view){};
	if (geteuid() || kb_wire_open(&wire, NULL) || kb_wire_status(wire, &status, NULL))
		return;
	kb_overview_read(wire, &status, &overview);
	ret->asked = true;
	ret->lease = status.lease;
	ret->left = status.lease_left;
	snprintf(ret->zone, sizeof(ret->zone), "%s", overview.zone);
}

static const char *standing_text(const char *standing)
{
	static const struct {
		const char *id, *text;
	} words[] = {
		{ "unknown", N_("unknown yet") },  { "outside", N_("outside") },
		{ "entering", N_("entering") },	   { "inside", N_("inside") },
		{ "fading", N_("inside, but evidence is missing") },
		{ "grace", N_("left; paths stay open for a moment") },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i].id, standing))
			return _(words[i].text);
	return standing;
}

static const char *presence_text(const struct kb_account_piece *piece)
{
	if (piece->veto)
		return _("not here");
	if (!strcmp(piece->presence, "present"))
		return _("there");
	return !strcmp(piece->presence, "absent") ? _("missing") : _("unknown");
}

static const char *class_text(enum kb_evidence_class class)
{
	switch (class) {
	case KB_EVIDENCE_CRYPTOGRAPHIC:
		return _("cryptographic");
	case KB_EVIDENCE_PHYSICAL:
		return _("physical");
	default:
		return _("weak");
	}
}

static void print_pieces(const struct kb_account_place *place)
{
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 4 };
	char text[4 * sizeof(place->pieces[0].text)], detail[4 * sizeof(place->pieces[0].detail)];
	u32 i;

	for (i = 0; i < place->n; i++) {
		const struct kb_account_piece *piece = &place->pieces[i];

		kb_printable(piece->text, text, sizeof(text));
		kb_printable(piece->detail, detail, sizeof(detail));
		kb_table_addf(&table, "  %s", presence_text(piece));
		kb_table_add(&table, text);
		kb_table_add(&table, class_text(piece->class));
		kb_table_add(&table, detail);
	}
	kb_table_print(&table, stdout);
}

static void print_advice(const struct kb_account *account, const struct kb_account_place *place)
{
	KB_FREE char *text = NULL;
	char *rest, *line, shown[1024];

	if (kb_account_advice(account, place, &text))
		return;
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;) {
		kb_printable(line, shown, sizeof(shown));
		if (*line)
			printf("  > %s\n", shown);
	}
}

static void print_place(const struct kb_account *account, const struct kb_account_place *place)
{
	char since[64], name[4 * KB_NAME_MAX + 8], label[4 * KB_LABEL_MAX + 8];

	kb_date_text(place->since, since, sizeof(since));
	kb_printable(place->zone, name, sizeof(name));
	kb_printable(place->label, label, sizeof(label));
	printf(_("\n%s%s%s: %s since %s; %u of %u needed pieces of evidence\n"), name,
	       *label ? " " : "", label, standing_text(place->standing), since,
	       kb_account_present(place), place->need);
	print_pieces(place);
	print_advice(account, place);
}

static void print_carry(const struct kb_carry_state *carry)
{
	char since[64], until[64], zone[4 * KB_NAME_MAX + 8];

	if (carry->where != KB_WHERE_OUT)
		return;
	kb_date_text(carry->since, since, sizeof(since));
	kb_date_text(carry->until, until, sizeof(until));
	kb_printable(carry->zone, zone, sizeof(zone));
	if (carry->grant[0])
		printf(_("carried out  of %s at %s with grant %s, to be back by %s%s\n"), zone,
		       since, carry->grant, until, carry->overdue ? _(" (overdue)") : "");
	else
		printf(_("carried out  of %s at %s, without a grant\n"), zone, since);
}

static void print_kernel(const struct kernel_view *kernel)
{
	char zone[4 * KB_NAME_MAX + 8];

	kb_printable(kernel->zone, zone, sizeof(zone));
	if (!kernel->asked)
		puts(_("kernel       not asked: only root may"));
	else if (!kernel->lease)
		puts(_("kernel       no lease: protected paths are closed"));
	else if (zone[0])
		printf(_("kernel       was told %s, for %u.%u s\n"), zone, kernel->left / 1000,
		       kernel->left / 100 % 10);
	else
		puts(_("kernel       was told that the place is unknown: paths that need one are closed"));
}

static void print_text(const struct kb_account *account, const struct kernel_view *kernel)
{
	const struct kb_account_place *in = NULL;
	char zone[4 * KB_NAME_MAX + 8], veto[4 * sizeof(account->veto)];
	u32 i;

	for (i = 0; i < account->n; i++)
		if (account->proven[0] && !strcmp(account->places[i].zone, account->proven))
			in = &account->places[i];
	kb_printable(in && in->label[0] ? in->label : account->proven, zone, sizeof(zone));
	if (in)
		printf(_("place        %s (%s)\n"), zone, standing_text(in->standing));
	else
		puts(_("place        none of the policy's places"));
	if (!strcmp(account->mode, "audit")) {
		kb_printable(account->zone, zone, sizeof(zone));
		printf(_("mode         audit: the kernel is told %s whatever the evidence says\n"),
		       zone[0] ? zone : "-");
	}
	print_kernel(kernel);
	print_carry(&account->carry);
	kb_printable(account->veto, veto, sizeof(veto));
	if (veto[0])
		printf(_("veto         %s\n"), veto);
	for (i = 0; i < account->n; i++)
		print_place(account, &account->places[i]);
}

static void print_json(const struct kb_account *account, const struct kernel_view *kernel)
{
	struct kb_json out = { .out = stdout };

	kb_json_open(&out, NULL, '{');
	if (kernel->asked) {
		kb_json_open(&out, "kernel", '{');
		kb_json_bool(&out, "lease", kernel->lease);
		kb_json_text(&out, "zone", kernel->zone[0] ? kernel->zone : NULL);
		kb_json_close(&out, '}');
	} else {
		kb_json_null(&out, "kernel");
	}
	kb_account_put(&out, "account", account);
	kb_json_close(&out, '}');
}

/* An agent that was killed leaves its account behind. Only root may see its lock. */
static void warn_if_stale(const char *runtime)
{
	int lock = strcmp(runtime, KB_RUNTIME_DIR) ? -1 : kb_state_lock(KB_STATE_DIR);

	if (lock < 0)
		return;
	close(lock);
	kb_complain(0, _("warning: kidoband does not run; this is what it knew last"));
}

static int show(const char *runtime, bool json)
{
	KB_CLEANUP(kb_account_done) struct kb_account account = {};
	KB_FREE char *path = kb_path_join(runtime, KB_PLACE_FILE);
	struct kernel_view kernel;
	int r = path ? kb_account_read(path, &account) : -ENOMEM;

	if (r == -ENOENT)
		return kb_complain(KB_EXIT_ABSENT,
				   _("no place is kept: kidoband does not run, or the policy has no place with evidence (mode.place)"));
	if (r)
		return kb_complain(kb_exit_code(r), _("cannot read %s: %s"), path, strerror(-r));
	warn_if_stale(runtime);
	ask_kernel(&kernel);
	if (json)
		print_json(&account, &kernel);
	else
		print_text(&account, &kernel);
	return KB_EXIT_OK;
}

const struct kb_verb kb_place_verbs[] = {
	{ "learn", kb_place_learn, "ZONE [--minutes N] [--samples N] [-o FILE]",
	  N_("listen for minutes and write what evidence this place has"), NULL, "--minutes --samples --out" },
	{}
};

int kb_verb_place(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' }, { "runtime", required_argument, NULL, 'r' }, {}
	};
	const char *runtime = KB_RUNTIME_DIR;
	bool json = false;
	int c;

	if (argc > 1 && (argv[1][0] != '-' || !strcmp(argv[1], "--help")))
		return kb_verb_dispatch("place", kb_place_verbs, argc, argv);
	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'r')
			runtime = optarg;
		else
			return kb_usage("", kb_verbs, "place");
	}
	return optind == argc ? show(runtime, json) : kb_usage("", kb_verbs, "place");
}
