// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban policy check, kidoban policy compile. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "agent/cli/findings.h"
#include "agent/cli/policy_verbs.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/text.h"

struct options {
	const char *file, *output, *at;
	uint64_t now;
	bool strict, json;
};

struct result {
	struct kb_diags diags;
	void *blob;
	size_t len;
	int error;			/* of reading or compiling */
};

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "strict", no_argument, NULL, 's' }, { "at", required_argument, NULL, 'a' },
		{ "json", no_argument, NULL, 'j' },   { "out", required_argument, NULL, 'o' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "o:", longs, NULL)) != -1) {
		switch (c) {
		case 's':
			o->strict = true;
			break;
		case 'a':
			o->at = optarg;
			break;
		case 'j':
			o->json = true;
			break;
		case 'o':
			o->output = optarg;
			break;
		default:
			return false;
		}
	}
	if (argc - optind != 1)
		return false;
	o->file = argv[optind];
	return kb_policy_time(o->at, &o->now);
}

/* KB_EXIT_OK when the file could be read; the rest stands in @ret. */
static int compile_file(const struct options *o, struct result *ret)
{
	KB_FREE uint8_t *text = NULL;
	size_t len;
	int r;

	r = kb_file_read(o->file, KB_TEXT_MAX + 1, &text, &len);
	if (r == -EFBIG)
		return kb_complain(KB_EXIT_PARSE, _("%s: larger than %d bytes"), o->file,
				   KB_TEXT_MAX);
	if (r < 0)
		return kb_complain(kb_policy_exit(r), "%s: %s", o->file, strerror(-r));
	if (kb_source_kind(text, len) != KB_SOURCE_TEXT)
		return kb_complain(KB_EXIT_PARSE,
				   _("%s is compiled already; check the text that it was made of"),
				   o->file);
	ret->error = kb_text_compile((const char *)text, len, o->now, &ret->diags, &ret->blob,
				     &ret->len);
	return KB_EXIT_OK;
}

static int exit_code(const struct options *o, const struct result *result)
{
	if (!result->error && o->strict && result->diags.counts[KB_DIAG_WARNING])
		return KB_EXIT_REFUSED;
	return kb_policy_exit(result->error);
}

static void print_json(const struct options *o, const struct result *result)
{
	struct kb_json json = { .out = stdout };

	kb_json_open(&json, NULL, '{');
	kb_json_text(&json, "file", o->file);
	kb_json_bool(&json, "ok", exit_code(o, result) == KB_EXIT_OK);
	kb_findings_json(&result->diags, &json);
	kb_json_close(&json, '}');
}

int kb_policy_check(int argc, char **argv)
{
	struct result result = { 0 };
	struct options o = { 0 };
	int code;

	if (!parse(argc, argv, &o) || o.output)
		return kb_policy_usage("check");
	code = compile_file(&o, &result);
	if (code)
		return code;
	if (o.json)
		print_json(&o, &result);
	else
		kb_findings_write(&result.diags, o.file, stdout);
	code = exit_code(&o, &result);
	kb_diags_done(&result.diags);
	free(result.blob);
	return code;
}

/* staff.yaml -> staff.blob */
static int default_output(const char *file, char *ret, size_t size)
{
	const char *slash = strrchr(file, '/'), *dot = strrchr(slash ? slash : file, '.');
	size_t len = dot ? (size_t)(dot - file) : strlen(file);

	return (size_t)snprintf(ret, size, "%.*s.blob", (int)len, file) < size ? 0 : -ENAMETOOLONG;
}

static int write_blob(const struct options *o, const struct result *result)
{
	char path[4096];
	const char *output = o->output;
	int r = 0;

	if (!output) {
		r = default_output(o->file, path, sizeof(path));
		output = path;
	}
	if (!r && kb_file_same(output, o->file))
		return kb_complain(KB_EXIT_USAGE, _("%s is the text itself; name another file with --out"),
				   output);
	if (!r)
		r = kb_file_replace(output, result->blob, result->len, 0644);
	if (r < 0)
		return kb_complain(kb_policy_exit(r), "%s: %s", output, strerror(-r));
	printf(_("%s: %zu bytes\n"), output, result->len);
	return KB_EXIT_OK;
}

int kb_policy_compile(int argc, char **argv)
{
	struct result result = { 0 };
	struct options o = { 0 };
	int code;

	if (!parse(argc, argv, &o) || o.json)
		return kb_policy_usage("compile");
	code = compile_file(&o, &result);
	if (code)
		return code;
	kb_diags_write(&result.diags, o.file, stderr);
	code = exit_code(&o, &result);
	if (!code)
		code = write_blob(&o, &result);
	kb_diags_done(&result.diags);
	free(result.blob);
	return code;
}
