// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban doctor: what is wrong with this installation, and what to type. */
#include <sys/utsname.h>
#include <time.h>

#include "agent/cli/common.h"
#include "agent/cli/doctor_air.h"
#include "agent/doctor.h"
#include "agent/json.h"
#include "agent/paths.h"
#include "agent/place/account.h"
#include "agent/secureboot.h"
#include "agent/words.h"

static const char *mark(enum kb_health health)
{
	switch (health) {
	case KB_HEALTH_GOOD:
		return "✓";
	case KB_HEALTH_NOTE:
		return "·";
	case KB_HEALTH_WARNING:
		return "!";
	default:
		return "✗";
	}
}

static void print_text(const struct kb_findings *f)
{
	char text[4 * sizeof(f->items[0].text)];
	unsigned int i;

	for (i = 0; i < f->n; i++) {
		kb_printable(f->items[i].text, text, sizeof(text));
		printf("%s %s\n", mark(f->items[i].health), text);
		if (f->items[i].advice[0])
			printf("    → %s\n", f->items[i].advice);
	}
	if (f->dropped)
		printf(_("and %u more\n"), f->dropped);
	puts(f->worst == KB_HEALTH_BAD ? _("this terminal is not in order") :
	     f->worst == KB_HEALTH_WARNING ? _("this terminal works; see the warnings") :
					     _("this terminal is in order"));
}

static void print_json(const struct kb_findings *f)
{
	struct kb_json out = { .out = stdout };
	unsigned int i;

	kb_json_open(&out, NULL, '{');
	kb_json_bool(&out, "healthy", f->worst != KB_HEALTH_BAD);
	kb_json_text(&out, "worst", kb_health_id(f->worst));
	kb_json_open(&out, "findings", '[');
	for (i = 0; i < f->n; i++) {
		kb_json_open(&out, NULL, '{');
		kb_json_text(&out, "code", f->items[i].code);
		kb_json_text(&out, "health", kb_health_id(f->items[i].health));
		kb_json_text(&out, "text", f->items[i].text);
		kb_json_text(&out, "advice", f->items[i].advice[0] ? f->items[i].advice : NULL);
		kb_json_close(&out, '}');
	}
	kb_json_close(&out, ']');
	kb_json_close(&out, '}');
}

static int examine(const char *config_dir, const char *state_dir, bool json)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	struct kb_doctor_view view = {
		.config_dir = config_dir, .state_dir = state_dir, .sys_dir = "/sys",
		.proc_dir = "/proc", .now = (u64)time(NULL), .kernel_log = "/dev/kmsg",
		.mok_cert = KB_MOK_CERT, .dkms_helper = "/usr/lib/kidoban/kidoban-dkms",
		.dkms_dir = "/var/lib/kidoban-dkms", .run_dir = KB_RUNTIME_DIR,
	};
	KB_CLEANUP(kb_account_done) struct kb_account account = {};
	struct kb_overview overview;
	struct kb_findings findings;
	struct kb_status status;
	struct utsname kernel;
	char modules[256];

	if (geteuid())
		return kb_complain(KB_EXIT_PERMISSION,
				   _("only root sees all there is to see; try again with sudo"));
	uname(&kernel);
	snprintf(modules, sizeof(modules), "/lib/modules/%s", kernel.release);
	view.modules_dir = modules;
	if (!kb_wire_open(&wire, NULL) && !kb_wire_status(wire, &status, NULL)) {
		kb_overview_read(wire, &status, &overview);
		kb_doctor_air(wire, &overview.wireless);
		view.status = &status;
		view.overview = &overview;
	}
	if (!kb_account_read(KB_RUNTIME_DIR "/" KB_PLACE_FILE, &account))
		view.account = &account;
	kb_doctor_look(&view, &findings);
	if (json)
		print_json(&findings);
	else
		print_text(&findings);
	return findings.worst == KB_HEALTH_BAD ? KB_EXIT_REFUSED : KB_EXIT_OK;
}

int kb_verb_doctor(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "state", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	const char *config = KB_CONFIG_DIR, *state = KB_STATE_DIR;
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == 'c')
			config = optarg;
		else if (c == 's')
			state = optarg;
		else if (c == 'j')
			json = true;
		else
			return kb_usage("", kb_verbs, "doctor");
	}
	if (optind != argc)
		return kb_usage("", kb_verbs, "doctor");
	return examine(config, state, json);
}
