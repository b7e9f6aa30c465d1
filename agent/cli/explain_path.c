// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban explain packet, explain link: questions about the network. */
#include "agent/cli/common.h"
#include "agent/json.h"
#include "agent/words.h"
#include "policy/reason.h"
#include "policy/source.h"
#include "policy/what_if.h"

#define REASON_SIZE	1024

/* Where the policy comes from: a file, or the kernel. */
struct origin {
	const char *file;		/* NULL = in force */
	struct kb_source source;
	struct kb_policy *in_force;	/* owned */
	struct kb_wire *wire;		/* owned; NULL with a file */
};

static void origin_done(struct origin *origin)
{
	if (origin->source.policy)
		kb_source_done(&origin->source);
	kb_policy_free(origin->in_force);
	kb_wire_close(origin->wire);
}

static const struct kb_policy *policy_of(const struct origin *origin)
{
	return origin->file ? origin->source.policy : origin->in_force;
}

/* The text that rules' lines are of; NULL when the policy was compiled already. */
static const char *text_of_origin(const struct origin *origin)
{
	return origin->file ? kb_source_text(&origin->source, origin->file) : NULL;
}

/* 0 or an exit code. */
static int open_origin(struct origin *origin)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	struct kb_fault why = {};
	int r;

	if (!origin->file) {
		r = kb_open_module(&origin->wire);
		return r ?: kb_policy_in_force(origin->wire, &origin->in_force);
	}
	r = kb_source_load(origin->file, &diags, &origin->source, &why);
	kb_diags_write(&diags, origin->file, stderr);
	if (r)
		return why.text[0] ? kb_complain(kb_exit_code(r), "%s", why.text) : kb_exit_code(r);
	return 0;
}

/* One verdict as both questions answer it. */
struct answer {
	enum kb_action action;
	enum kb_reason reason;
	const char *rule, *tell;	/* NULL = none */
	u32 line;
	char why[REASON_SIZE];
};

static int tell_answer(const struct answer *a, const char *file, bool json)
{
	char why[4 * REASON_SIZE], tell[4 * KB_TELL_MAX + 8];
	struct kb_json out = { .out = stdout };

	if (json) {
		kb_json_open(&out, NULL, '{');
		kb_json_text(&out, "policy", file);
		kb_json_text(&out, "action", kb_action_id(a->action));
		kb_json_text(&out, "reason", kb_reason_name(a->reason));
		kb_json_text(&out, "rule", a->rule);
		if (a->rule)
			kb_json_uint(&out, "line", a->line);
		kb_json_text(&out, "tell", a->tell);
		kb_json_text(&out, "text", a->why);
		kb_json_close(&out, '}');
	} else {
		kb_printable(a->why, why, sizeof(why));
		printf("%s: %s\n", a->action == KB_ACTION_ALLOW ? _("allowed") : _("refused"), why);
		kb_printable(a->tell ?: "", tell, sizeof(tell));
		if (tell[0] && a->action != KB_ACTION_ALLOW)
			printf("    %s\n", tell);
	}
	return a->action == KB_ACTION_ALLOW ? KB_EXIT_OK : KB_EXIT_REFUSED;
}

/* What the kernel knows of the terminal right now takes the place of the usual. */
static int take_present(const struct origin *origin, struct kb_packet_question *q)
{
	const struct kb_path_policy *paths;
	struct kb_status status;
	struct kb_fault why = {};
	int r;

	if (!origin->wire)
		return kb_complain(KB_EXIT_USAGE, _("--now asks the policy in force, not a file"));
	paths = &origin->in_force->paths;
	r = kb_wire_status(origin->wire, &status, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	q->no_lease = !status.lease;
	q->isolated = status.isolated;
	if (!q->zone && kb_has(status.have, KB_A_ZONE) && status.zone < paths->n_zones)
		q->zone = paths->zones[status.zone].name;
	if (!q->at)
		q->at = "now";
	return 0;
}

static int ask_packet(struct kb_packet_question *q, const char *file, bool now, bool json)
{
	KB_CLEANUP(origin_done) struct origin origin = { .file = file };
	struct kb_packet_answer got;
	struct kb_fault why = {};
	struct answer a = {};
	int r = open_origin(&origin);

	if (!r && now)
		r = take_present(&origin, q);
	if (r)
		return r;
	if (kb_what_if_packet(policy_of(&origin), q, &got, &why))
		return kb_complain(KB_EXIT_USAGE, "%s", why.text);
	a.action = got.verdict.action;
	a.reason = got.verdict.reason;
	if (got.rule) {
		a.rule = got.rule->name;
		a.line = got.rule->line;
	}
	a.tell = got.rule && got.rule->tell ? got.rule->tell : policy_of(&origin)->paths.tell;
	kb_what_if_packet_reason(&got, text_of_origin(&origin), a.why, sizeof(a.why));
	return tell_answer(&a, file, json);
}

enum packet_option {
	OPT_LINK = 256, OPT_PROFILE, OPT_ZONE, OPT_USER, OPT_GROUP, OPT_CGROUP, OPT_AT, OPT_NEXT_HOP,
	OPT_SPORT, OPT_SEGMENT, OPT_ASKED, OPT_INBOUND, OPT_REPLY, OPT_FRAGMENT, OPT_FORWARD, OPT_NO_LEASE,
	OPT_ISOLATED, OPT_WIRELESS, OPT_NOW, OPT_POLICY, OPT_JSON,
};

static const struct option packet_options[] = {
	{ "link", required_argument, NULL, OPT_LINK },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "zone", required_argument, NULL, OPT_ZONE },
	{ "user", required_argument, NULL, OPT_USER },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "at", required_argument, NULL, OPT_AT },
	{ "next-hop", required_argument, NULL, OPT_NEXT_HOP },
	{ "source-port", required_argument, NULL, OPT_SPORT },
	{ "segment", required_argument, NULL, OPT_SEGMENT },
	{ "asked", required_argument, NULL, OPT_ASKED },
	{ "inbound", no_argument, NULL, OPT_INBOUND },
	{ "reply", no_argument, NULL, OPT_REPLY },
	{ "fragment", no_argument, NULL, OPT_FRAGMENT },
	{ "forward", no_argument, NULL, OPT_FORWARD },
	{ "no-lease", no_argument, NULL, OPT_NO_LEASE },
	{ "isolated", no_argument, NULL, OPT_ISOLATED },
	{ "wireless", no_argument, NULL, OPT_WIRELESS },
	{ "now", no_argument, NULL, OPT_NOW },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "json", no_argument, NULL, OPT_JSON },
	{}
};

/* Where the text of an option goes; NULL for one without. */
static const char **text_of(struct kb_packet_question *q, int c)
{
	switch (c) {
	case OPT_LINK:
		return &q->link;
	case OPT_PROFILE:
		return &q->profile;
	case OPT_ZONE:
		return &q->zone;
	case OPT_USER:
		return &q->user;
	case OPT_GROUP:
		return &q->group;
	case OPT_CGROUP:
		return &q->cgroup;
	case OPT_AT:
		return &q->at;
	case OPT_NEXT_HOP:
		return &q->next_hop;
	case OPT_SPORT:
		return &q->sport;
	case OPT_SEGMENT:
		return &q->segment;
	case OPT_ASKED:
		return &q->asked;
	default:
		return NULL;
	}
}

static bool *flag_of(struct kb_packet_question *q, int c)
{
	switch (c) {
	case OPT_INBOUND:
		return &q->inbound;
	case OPT_REPLY:
		return &q->reply;
	case OPT_FRAGMENT:
		return &q->fragment;
	case OPT_FORWARD:
		return &q->forward;
	case OPT_NO_LEASE:
		return &q->no_lease;
	case OPT_ISOLATED:
		return &q->isolated;
	case OPT_WIRELESS:
		return &q->wireless;
	default:
		return NULL;
	}
}

int kb_explain_packet(int argc, char **argv)
{
	struct kb_packet_question q = {};
	bool now = false, json = false;
	const char *file = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", packet_options, NULL)) != -1) {
		if (text_of(&q, c))
			*text_of(&q, c) = optarg;
		else if (flag_of(&q, c))
			*flag_of(&q, c) = true;
		else if (c == OPT_POLICY)
			file = optarg;
		else if (c == OPT_NOW)
			now = true;
		else if (c == OPT_JSON)
			json = true;
		else
			return kb_usage("explain", kb_explain_verbs, "packet");
	}
	argc -= optind;
	argv += optind;
	if (argc != 3 && argc != 4)
		return kb_usage("explain", kb_explain_verbs, "packet");
	q.src = argv[0];
	q.dst = argv[1];
	q.proto = argv[2];
	q.port = argv[3];		/* argv ends in NULL */
	return ask_packet(&q, file, now, json);
}

static int ask_link(const struct kb_link_question *q, const char *file, bool json)
{
	KB_CLEANUP(origin_done) struct origin origin = { .file = file };
	struct kb_link_answer got;
	struct kb_fault why = {};
	struct answer a = {};
	int r = open_origin(&origin);

	if (r)
		return r;
	if (kb_what_if_link(policy_of(&origin), q, &got, &why))
		return kb_complain(KB_EXIT_USAGE, "%s", why.text);
	a.action = got.verdict.action;
	a.reason = got.verdict.reason;
	if (got.rule) {
		a.rule = got.rule->name;
		a.line = got.rule->line;
	}
	a.tell = got.rule && got.rule->tell ? got.rule->tell : policy_of(&origin)->link.tell;
	kb_what_if_link_reason(&got, text_of_origin(&origin), a.why, sizeof(a.why));
	return tell_answer(&a, file, json);
}

int kb_explain_link(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "kind", required_argument, NULL, 'k' },    { "bus", required_argument, NULL, 'b' },
		{ "path", required_argument, NULL, 'p' },    { "driver", required_argument, NULL, 'd' },
		{ "mac", required_argument, NULL, 'm' },     { "address", required_argument, NULL, 'a' },
		{ "policy", required_argument, NULL, 'f' },  { "json", no_argument, NULL, 'j' },
		{}
	};
	struct kb_link_question q = {};
	static const char letters[] = "kbpdma";
	const char **const texts[] = { &q.kind, &q.bus, &q.path, &q.driver, &q.mac, &q.address };
	const char *file = NULL, *at;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		at = c ? strchr(letters, c) : NULL;
		if (c == 'f')
			file = optarg;
		else if (c == 'j')
			json = true;
		else if (at)
			*texts[at - letters] = optarg;
		else
			return kb_usage("explain", kb_explain_verbs, "link");
	}
	if (argc - optind != 1)
		return kb_usage("explain", kb_explain_verbs, "link");
	q.ifname = argv[optind];
	return ask_link(&q, file, json);
}
