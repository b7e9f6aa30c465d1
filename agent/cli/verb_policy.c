// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy: the table of its verbs and what they share. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/cli/policy_verbs.h"
#include "policy/scalar.h"

const struct kb_verb kb_policy_verbs[] = {
	{ "check", kb_policy_check, "FILE [--strict] [--at DATE] [--json]",
	  N_("say what is wrong or doubtful in a policy text"), NULL, "--strict --at --json" },
	{ "compile", kb_policy_compile, "FILE [--out BLOB] [--strict] [--at DATE]",
	  N_("check a policy text and write what the kernel reads"), NULL,
	  "--out --strict --at" },
	{ "sign", kb_policy_sign,
	  "FILE --key KEY [--cert CERT] [--role author|approver] [--out BUNDLE] [--trust DIR] [--password-file FILE]",
	  N_("sign a policy text as author, or a bundle as approver"), NULL,
	  "--key --cert --role --out --trust --password-file" },
	{ "verify", kb_policy_verify, "BUNDLE [--trust DIR] [--json]",
	  N_("say whose signatures a bundle carries and whether they hold"), NULL,
	  "--trust --json" },
	{ "show", kb_policy_show, "FILE [--effective] [--json]",
	  N_("print a text, blob or bundle as policy text"), NULL, "--effective --json" },
	{ "diff", kb_policy_diff, "FROM TO [--json]", N_("say what changes in meaning"), NULL,
	  "--json" },
	{ "explain", kb_policy_explain,
	  "FILE usb VID:PID[:SERIAL] [--class NAME]... [--interface CC/SS/PP]... [--port PORT] [--json]",
	  N_("say which rule of the file decides about a device"), NULL,
	  "--class --interface --port --json" },
	{ "test", kb_policy_test, "FILE [TABLE] [--json]",
	  N_("compare a policy with a table of expectations"), NULL, "--json" },
	{ "schema", kb_policy_schema, "[--format json|man|markdown]",
	  N_("print the language as JSON Schema or manual"), NULL, "--format" },
	{ "generate", kb_policy_generate,
	  "[--municipality CODE] [--group NAME] [--serial N] [--expires DATE] [--out FILE] [--sysfs DIR]",
	  N_("write a first policy from what is plugged in"), NULL,
	  "--municipality --group --serial --expires --out --sysfs" },
	{ 0 },
};

int kb_verb_policy(int argc, char **argv)
{
	return kb_verb_dispatch("policy", kb_policy_verbs, argc, argv);
}

int kb_policy_usage(const char *name)
{
	return kb_usage("policy", kb_policy_verbs, name);
}

int kb_policy_exit(int err)
{
	switch (err) {
	case 0:
		return KB_EXIT_OK;
	case -EBADMSG:
	case -EMSGSIZE:
		return KB_EXIT_PARSE;
	case -EACCES:
		return KB_EXIT_PERMISSION;
	default:
		return KB_EXIT_REFUSED;
	}
}

int kb_policy_load(const char *path, struct kb_source *ret)
{
	struct kb_diags diags = { 0 };
	struct kb_fault fault = { 0 };
	int r = kb_source_load(path, &diags, ret, &fault);

	kb_diags_write(&diags, path, stderr);
	kb_diags_done(&diags);
	if (r < 0 && fault.text[0])
		return kb_complain(kb_policy_exit(r), "%s", fault.text);
	return kb_policy_exit(r);
}

bool kb_policy_time(const char *text, uint64_t *ret)
{
	if (text)
		return !kb_scalar_date(text, false, ret);
	*ret = time(NULL);
	return true;
}
