// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoband: options, then the loop. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/cli/verb.h"
#include "agent/daemon.h"
#include "agent/i18n.h"
#include "agent/journal.h"
#include "agent/paths.h"

struct options {
	const char *config, *state, *journal;
	bool once, foreground;
};

static void print_help(void)
{
	printf(_("Usage: kidoband [OPTION]...\n"
		 "Seals the trust of this terminal, loads its newest policy, reports events.\n"
		 "\n"
		 "  --config DIR            terminal.yaml, trust/, policy.kdb (%s)\n"
		 "  --state DIR             last good policy, replay floor (%s)\n"
		 "  --once                  seal, load and exit: 0 in force, 1 refused, 3 a file is\n"
		 "                          wrong, 4 no module, 5 no permission\n"
		 "  --foreground            stay in the foreground (always so; for scripts)\n"
		 "  --journal auto|stderr   where reports go\n"
		 "  --version, --help\n"),
	       KB_CONFIG_DIR, KB_STATE_DIR);
}

/* -1 to go on, else an exit code. */
static int parse(int argc, char **argv, struct options *o)
{
	enum { OPT_CONFIG = 256, OPT_STATE, OPT_ONCE, OPT_FOREGROUND, OPT_JOURNAL, OPT_VERSION, OPT_HELP };
	static const struct option longs[] = {
		{ "config", required_argument, NULL, OPT_CONFIG },
		{ "state", required_argument, NULL, OPT_STATE },
		{ "once", no_argument, NULL, OPT_ONCE },
		{ "foreground", no_argument, NULL, OPT_FOREGROUND },
		{ "journal", required_argument, NULL, OPT_JOURNAL },
		{ "version", no_argument, NULL, OPT_VERSION },
		{ "help", no_argument, NULL, OPT_HELP },
		{}
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case OPT_CONFIG:
			o->config = optarg;
			break;
		case OPT_STATE:
			o->state = optarg;
			break;
		case OPT_ONCE:
			o->once = true;
			break;
		case OPT_FOREGROUND:
			o->foreground = true;
			break;
		case OPT_JOURNAL:
			o->journal = optarg;
			break;
		case OPT_VERSION:
			printf("kidoband %s\n", KB_VERSION);
			return KB_EXIT_OK;
		case OPT_HELP:
			print_help();
			return KB_EXIT_OK;
		default:
			return KB_EXIT_USAGE;
		}
	}
	return optind == argc ? -1 : KB_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct options o = { KB_CONFIG_DIR, KB_STATE_DIR, "auto", false, false };
	int r;

	kb_i18n_init();
	r = parse(argc, argv, &o);
	if (r >= 0) {
		if (r == KB_EXIT_USAGE)
			fprintf(stderr, _("Try \"kidoband --help\".\n"));
		return r;
	}
	if (kb_journal_choose(o.journal)) {
		fprintf(stderr, _("--journal is auto or stderr\n"));
		return KB_EXIT_USAGE;
	}
	if (geteuid()) {
		fprintf(stderr, _("kidoband must run as root\n"));
		return KB_EXIT_PERMISSION;
	}
	if (o.once)
		return kb_daemon_once(o.config, o.state);
	return kb_daemon_run(o.config, o.state) ? KB_EXIT_REFUSED : KB_EXIT_OK;
}
