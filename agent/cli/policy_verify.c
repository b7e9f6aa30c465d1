// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy verify: is a bundle what it says, and would a terminal accept it? */
#include <time.h>

#include "agent/cli/common.h"
#include "agent/cli/facts.h"
#include "agent/paths.h"
#include "agent/words.h"
#include "policy/attest.h"

static void print_text(const struct kb_attest *a)
{
	char text[4 * sizeof(a->items[0].text)];
	unsigned int i;

	if (a->policy)
		kb_facts_print(a->policy, stdout);
	for (i = 0; i < a->n_items; i++) {
		kb_printable(a->items[i].text, text, sizeof(text));
		printf("%s %-9s %s\n", !a->items[i].good ? "✗" : a->items[i].warning ? "!" : "✓",
		       a->items[i].name, text);
	}
	puts(a->good ? _("a terminal with this trust accepts it") :
		       _("a terminal with this trust refuses it"));
}

static void print_json(const struct kb_attest *a)
{
	struct kb_json out = { .out = stdout };
	unsigned int i;

	kb_json_open(&out, NULL, '{');
	kb_json_bool(&out, "good", a->good);
	if (a->policy)
		kb_facts_json(&out, a->policy);
	kb_json_open(&out, "checks", '[');
	for (i = 0; i < a->n_items; i++) {
		kb_json_open(&out, NULL, '{');
		kb_json_text(&out, "name", a->items[i].name);
		kb_json_bool(&out, "good", a->items[i].good);
		kb_json_bool(&out, "warning", a->items[i].warning);
		kb_json_text(&out, "text", a->items[i].text);
		kb_json_close(&out, '}');
	}
	kb_json_close(&out, ']');
	kb_json_close(&out, '}');
}

static int verify(const char *path, const char *trust_dir, bool json)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	KB_CLEANUP(kb_attest_done) struct kb_attest attest = {};
	KB_CLEANUP(kb_trust_done) struct kb_trust trust = {};
	struct kb_fault why = {};
	size_t i;
	int r;

	r = kb_bundle_read(path, &bundle, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_trust_read(trust_dir, &trust, &why);
	for (i = 0; i < trust.n_problems; i++)
		kb_complain(0, "%s: %s", trust.problems[i].path, trust.problems[i].text);
	if (!r)
		r = kb_trust_usable(&trust, &why);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, _("%s; nothing can be verified (--trust DIR names another place)"),
				   why.text);
	r = kb_attest(&bundle, &trust, (u64)time(NULL), &attest);
	if (r)
		return kb_complain(KB_EXIT_REFUSED, "%s", strerror(-r));
	if (json)
		print_json(&attest);
	else
		print_text(&attest);
	if (!attest.policy)
		return KB_EXIT_PARSE;
	return attest.good ? KB_EXIT_OK : KB_EXIT_REFUSED;
}

int kb_policy_verify(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "trust", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	const char *trust = KB_CONFIG_DIR "/" KB_TRUST_DIR;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 't')
			trust = optarg;
		else if (c == 'j')
			json = true;
		else
			return kb_usage("policy", kb_policy_verbs, "verify");
	}
	if (argc - optind != 1)
		return kb_usage("policy", kb_policy_verbs, "verify");
	return verify(argv[optind], trust, json);
}
