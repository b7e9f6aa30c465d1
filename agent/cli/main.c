// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban: finds the verb and runs it. */
#include <stdio.h>
#include <string.h>

#include "agent/caller.h"
#include "agent/cli/verb.h"
#include "agent/i18n.h"

int main(int argc, char **argv)
{
	struct kb_fault why = {};
	struct kb_caller caller = {};
	int code;

	kb_i18n_init();
	/* before anything is made of the arguments: who came through pkexec chose them */
	if (kb_caller_get(&caller, &why))
		caller.way = KB_CALLER_PKEXEC;
	if (kb_caller_may(&caller, argc, argv, &why))
		return kb_complain(KB_EXIT_PERMISSION, "%s", why.text);
	if (argc > 1 && !strcmp(argv[1], "--version"))
		argv[1] = (char *)"version";
	code = kb_verb_dispatch("", kb_verbs, argc, argv);
	/* an answer that did not arrive was no answer */
	if (fflush(stdout) || ferror(stdout))
		return code ?: kb_complain(KB_EXIT_REFUSED, _("cannot write the answer"));
	return code;
}
