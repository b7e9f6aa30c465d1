// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban: finds the verb and runs it. */
#include <stdio.h>
#include <string.h>

#include "agent/cli/verb.h"
#include "agent/i18n.h"

int main(int argc, char **argv)
{
	int code;

	kb_i18n_init();
	if (argc > 1 && !strcmp(argv[1], "--version"))
		argv[1] = (char *)"version";
	code = kb_verb_dispatch("", kb_verbs, argc, argv);
	/* an answer that did not arrive was no answer */
	if (fflush(stdout) || ferror(stdout))
		return code ?: kb_complain(KB_EXIT_REFUSED, _("cannot write the answer"));
	return code;
}
