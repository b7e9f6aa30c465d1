// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of verbs, and how one is found in it. */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/cli/verb.h"
#include "agent/words.h"
#include "policy/i18n.h"
#include "policy/nearest.h"

const struct kb_verb kb_verbs[] = {
	{ "status", kb_verb_status, "[--json]",
	  N_("show what this terminal obeys and what happened"), NULL, "--json" },
	{ "devices", kb_verb_devices, "[--tree] [--json]",
	  N_("list what is plugged in, with verdicts"), NULL, "--tree --json" },
	{ "events", kb_verb_events, "[--follow] [--since TIME|SEQ] [--json]",
	  N_("show what the kernel reported"), NULL, "--follow --since --json" },
	{ "links", kb_verb_links, "[--json]", N_("list network interfaces, with verdicts"), NULL,
	  "--json" },
	{ "paths", kb_verb_paths, "[--json]", N_("list the paths through the network: open or closed, and why"),
	  NULL, "--json" },
	{ "place", kb_verb_place, "[--runtime DIR] [--json] | learn ZONE ...",
	  N_("say where this terminal is, why, and what would change it"), kb_place_verbs,
	  "--runtime --json" },
	{ "explain", kb_verb_explain, "usb|packet|link|wifi ...",
	  N_("say what decides about a device, a packet, a link, an association"), kb_explain_verbs, NULL },
	{ "policy", kb_verb_policy, "VERB ...", N_("write, check, sign and compare policies"),
	  kb_policy_verbs, NULL },
	{ "key", kb_verb_key, "VERB ...", N_("make and show signing keys"), kb_key_verbs, NULL },
	{ "load", kb_verb_load, "BUNDLE [--state DIR] [--json]",
	  N_("hand a signed policy to the kernel and keep it"), NULL, "--state --json" },
	{ "isolate", kb_verb_isolate, "on [--order FILE]|off --order FILE [--state DIR] [--json]",
	  N_("cut this terminal off, or release it by a signed order"), NULL,
	  "--order --state --json" },
	{ "order", kb_verb_order, "VERB ...", N_("make and show signed orders of isolation and release"),
	  kb_order_verbs, NULL },
	{ "grant", kb_verb_grant, "VERB ...",
	  N_("make, apply and list grants to carry this terminal out"), kb_grant_verbs, NULL },
	{ "run-screen", kb_verb_run_screen, "[--user NAME] -- CLIENT [ARGUMENT]...",
	  N_("start a screen-transfer client where its paths are open"), NULL, "--user" },
	{ "wifi", kb_verb_wifi, "[--json] | survey ... | history ... | provision ...",
	  N_("say whether each wireless interface is where it belongs, and why"), kb_wifi_verbs,
	  "--json" },
	{ "doctor", kb_verb_doctor, "[--config DIR] [--state DIR] [--json]",
	  N_("say what is wrong with this installation and what to type"), NULL,
	  "--config --state --json" },
	{ "completion", kb_verb_completion, "bash|zsh|fish", N_("print completions for a shell"), NULL,
	  NULL },
	{ "version", kb_verb_version, "[--json]", N_("print the versions of command and module"), NULL,
	  "--json" },
	{ "help", kb_verb_help, "[VERB]", N_("print this list, or a verb's usage"), NULL, NULL },
	{}
};

int kb_complain(int code, const char *fmt, ...)
{
	char text[1024], shown[4 * sizeof(text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* it may name what a file or a device calls itself */
	kb_printable(text, shown, sizeof(shown));
	fprintf(stderr, "kidoban: %s\n", shown);
	return code;
}

static const struct kb_verb *find_verb(const struct kb_verb *verbs, const char *name)
{
	for (; verbs->name; verbs++)
		if (!strcmp(verbs->name, name))
			return verbs;
	return NULL;
}

void kb_verb_list(const char *path, const struct kb_verb *verbs)
{
	const struct kb_verb *v;

	if (*path)
		printf(_("Usage: kidoban %s VERB ...\n\n"), path);
	else
		printf(_("Usage: kidoban VERB ...\n\n"));
	for (v = verbs; v->name; v++)
		printf("  %-12s %s\n", v->name, _(v->help));
	printf(_("\nExit codes: 0 ok, 1 refused or false, 2 usage, 3 a file is wrong,\n"
		 "4 agent or module not there, 5 permission.\n"));
}

static void print_usage(const char *path, const struct kb_verb *verb)
{
	printf(_("Usage: kidoban %s%s%s %s\n"), path, *path ? " " : "", verb->name, verb->args);
	printf("%s\n", _(verb->help));
}

static const char *nearest_verb(const struct kb_verb *verbs, const char *name)
{
	struct kb_nearest nearest = {};

	for (; verbs->name; verbs++)
		kb_nearest_offer(&nearest, name, verbs->name);
	return nearest.best;
}

static const char *typed = "";

const char *kb_verb_typed(void)
{
	return typed;
}

int kb_verb_dispatch(const char *path, const struct kb_verb *verbs, int argc, char **argv)
{
	const struct kb_verb *verb;
	const char *near;

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    (*path && !strcmp(argv[1], "help"))) {
		kb_verb_list(path, verbs);
		return argc < 2 ? KB_EXIT_USAGE : KB_EXIT_OK;
	}
	verb = find_verb(verbs, argv[1]);
	if (!verb) {
		near = nearest_verb(verbs, argv[1]);
		if (near)
			return kb_complain(KB_EXIT_USAGE, _("no verb \"%s\"; did you mean \"%s\"?"), argv[1],
					   near);
		return kb_complain(KB_EXIT_USAGE, _("no verb \"%s\"; try \"kidoban help\""), argv[1]);
	}
	if (!verb->subverbs && argc > 2 && (!strcmp(argv[2], "--help") || !strcmp(argv[2], "-h"))) {
		print_usage(path, verb);
		return KB_EXIT_OK;
	}
	if (!*path)
		typed = verb->name;
	optind = 1;
	return verb->run(argc - 1, argv + 1);
}

int kb_verb_help(int argc, char **argv)
{
	const struct kb_verb *verb = argc > 1 ? find_verb(kb_verbs, argv[1]) : NULL;

	if (!verb) {
		kb_verb_list("", kb_verbs);
		return argc > 1 ? KB_EXIT_USAGE : KB_EXIT_OK;
	}
	if (verb->subverbs) {
		kb_verb_list(verb->name, verb->subverbs);
		return KB_EXIT_OK;
	}
	print_usage("", verb);
	return KB_EXIT_OK;
}
