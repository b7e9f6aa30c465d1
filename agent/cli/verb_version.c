// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban version: of the command, and of the module where it may be asked. */
#include "agent/cli/common.h"
#include "agent/json.h"

static bool ask_module(struct kb_status *ret)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;

	return !kb_wire_open(&wire, NULL) && !kb_wire_status(wire, ret, NULL);
}

int kb_verb_version(int argc, char **argv)
{
	struct kb_json out = { .out = stdout };
	struct kb_status status = {};
	bool json = false, there;
	int r = kb_parse_json_only(argc, argv, &json);

	if (r)
		return r;
	there = ask_module(&status);
	if (!json) {
		printf("kidoban %s\n", KB_VERSION);
		if (there)
			printf(_("module %s, level %u\n"), status.module_version, status.module_level);
		return KB_EXIT_OK;
	}
	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "command", KB_VERSION);
	kb_json_uint(&out, "level", KB_MODULE_LEVEL);
	kb_json_text(&out, "module", there ? status.module_version : NULL);
	kb_json_close(&out, '}');
	return KB_EXIT_OK;
}
