// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban load: hands a signed policy to the kernel, and keeps it for the next boot. */
#include "agent/cli/common.h"
#include "agent/json.h"
#include "agent/paths.h"
#include "agent/store.h"

static int tell_loaded(const struct kb_floor *age, bool json, bool already, bool kept)
{
	struct kb_json out = { .out = stdout };

	if (!json) {
		printf(already ? _("policy %u.%u was in force already\n") :
				 _("policy %u.%u is in force\n"), age->epoch, age->serial);
		return KB_EXIT_OK;
	}
	kb_json_open(&out, NULL, '{');
	kb_json_bool(&out, "loaded", true);
	kb_json_bool(&out, "changed", !already);
	kb_json_bool(&out, "kept", kept);
	kb_json_uint(&out, "epoch", age->epoch);
	kb_json_uint(&out, "serial", age->serial);
	kb_json_close(&out, '}');
	return KB_EXIT_OK;
}

/* What the administrator can do about the kernel's refusal; NULL when it says so itself. */
static const char *advice(int err)
{
	switch (err) {
	case -ENOKEY:
		return _("see 'kidoban doctor' for the certificates and 'kidoban policy verify' for the signatures");
	case -EKEYREJECTED:
		return _("the bundle was changed after it was signed; take it from whoever signed it");
	case -ENODATA:
		return _("the approver signs it: kidoban policy sign BUNDLE --key KEY --trust DIR");
	case -EXDEV:
		return _("take the policy for this terminal, or correct terminal.yaml and reboot");
	case -ESTALE:
		return _("raise 'serial' in the policy text, sign it anew");
	case -EKEYEXPIRED:
		return _("set a later 'expires' and a greater 'serial' in the policy text, sign it anew");
	case -ETIME:
		return _("wait for 'not_before', or correct this terminal's clock");
	default:
		return NULL;
	}
}

static int tell_refused(int err, const char *text, bool json)
{
	struct kb_json out = { .out = stdout };

	if (json) {
		kb_json_open(&out, NULL, '{');
		kb_json_bool(&out, "loaded", false);
		kb_json_text(&out, "errno", strerrorname_np(-err));
		kb_json_text(&out, "error", text);
		kb_json_close(&out, '}');
	}
	kb_complain(0, "%s (%s)", text, strerrorname_np(-err));
	if (advice(err))
		fprintf(stderr, "    → %s\n", advice(err));
	return err == -EPERM ? KB_EXIT_PERMISSION : KB_EXIT_REFUSED;
}

static int load(const char *path, const char *state_dir, bool json)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle bundle = {};
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	struct kb_fault why = {};
	struct kb_floor age = {};
	int r, kept;

	r = kb_bundle_read(path, &bundle, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = kb_open_module(&wire);
	if (r)
		return r;
	/* the kernel judges; a blob that cannot be read here is still its to refuse */
	kb_blob_peek(&bundle.members[KB_BUNDLE_BLOB], &age, NULL);
	r = kb_wire_policy_load(wire, &bundle.members[KB_BUNDLE_BLOB],
				&bundle.members[KB_BUNDLE_AUTHOR],
				&bundle.members[KB_BUNDLE_APPROVER], &why);
	if (r && r != -EALREADY)
		return tell_refused(r, why.text, json);
	/* the kernel has verified this very bundle; without its file the next boot would go back */
	kept = kb_store_keep(&bundle, &age, state_dir, &why);
	if (kept)
		kb_complain(0, _("warning: it is in force until the next boot only: %s"), why.text);
	return tell_loaded(&age, json, r == -EALREADY, !kept);
}

int kb_verb_load(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "state", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	const char *state = KB_STATE_DIR;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 's')
			state = optarg;
		else if (c == 'j')
			json = true;
		else
			return kb_usage("", kb_verbs, "load");
	}
	if (argc - optind != 1)
		return kb_usage("", kb_verbs, "load");
	return load(argv[optind], state, json);
}
