// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban explain: a question to the policy in force, or to one in a file. */
#include "agent/cli/answer.h"
#include "policy/source.h"

static int explain_file(const struct kb_question *question, const char *path)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	struct kb_source source = {};
	struct kb_fault why = {};
	int r, code;

	r = kb_source_load(path, &diags, &source, &why);
	kb_diags_write(&diags, path, stderr);
	if (r)
		return why.text[0] ? kb_complain(kb_exit_code(r), "%s", why.text) : kb_exit_code(r);
	code = kb_question_answer(question, source.policy, path);
	kb_source_done(&source);
	return code;
}

static int explain_in_force(const struct kb_question *question)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_CLEANUP(kb_bytes_done) struct kb_bytes blob = {};
	struct kb_blob_error error = {};
	struct kb_policy *policy = NULL;
	struct kb_fault why = {};
	int r, code;

	r = kb_open_module(&wire);
	if (r)
		return r;
	r = kb_wire_policy_get(wire, &blob, &why);
	if (r == -ENODATA)
		return kb_complain(KB_EXIT_REFUSED,
				   _("no policy in force: everything is allowed (--policy FILE asks a file)"));
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_policy_parse(blob.data, blob.len, &policy, &error);
	if (r)
		return kb_complain(KB_EXIT_PARSE, _("compiled policy: %s"), error.text);
	code = kb_question_answer(question, policy, NULL);
	kb_policy_free(policy);
	return code;
}

int kb_verb_explain(int argc, char **argv)
{
	static const struct option longs[] = {
		KB_QUESTION_OPTIONS, { "policy", required_argument, NULL, 'f' }, {}
	};
	struct kb_question question = {};
	const char *file = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'f')
			file = optarg;
		else if (!kb_question_option(&question, c))
			return kb_usage("", kb_verbs, "explain");
	}
	if (argc - optind != 2 || strcmp(argv[optind], "usb"))
		return kb_usage("", kb_verbs, "explain");
	question.query.usb = argv[optind + 1];
	return file ? explain_file(&question, file) : explain_in_force(&question);
}
