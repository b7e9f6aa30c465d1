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
	KB_CLEANUP(kb_policy_free_p) struct kb_policy *policy = NULL;
	int r = kb_open_module(&wire);

	if (!r)
		r = kb_policy_in_force(wire, &policy);
	return r ?: kb_question_answer(question, policy, NULL);
}

static int explain_usb(int argc, char **argv)
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
			return kb_usage("explain", kb_explain_verbs, "usb");
	}
	if (argc - optind != 1)
		return kb_usage("explain", kb_explain_verbs, "usb");
	question.query.usb = argv[optind];
	return file ? explain_file(&question, file) : explain_in_force(&question);
}

const struct kb_verb kb_explain_verbs[] = {
	{ "usb", explain_usb,
	  "VID:PID[:SERIAL] [--class NAME]... [--interface CC/SS/PP]... [--port PORT] [--policy FILE] [--json]",
	  N_("say which rule decides about a device"), NULL,
	  "--class --interface --port --policy --json" },
	{ "packet", kb_explain_packet,
	  "SRC DST PROTO [PORT] [--link NAME] [--profile NAME] [--zone NAME] [--user UID] [--group GID] "
	  "[--cgroup PATH] [--at TIME] [--next-hop MAC] "
	  "[--source-port PORT] [--segment PREFIX] [--wireless] [--inbound] [--reply] [--asked GROUP] [--fragment] [--forward] "
	  "[--no-lease] [--isolated] [--now] [--policy FILE] [--json]",
	  N_("say which path a packet takes, or what it lacks"), NULL,
	  "--link --profile --zone --user --group --cgroup --at --next-hop --source-port "
	  "--segment --wireless --inbound --reply --asked --fragment "
	  "--forward --no-lease --isolated --now --policy --json" },
	{ "link", kb_explain_link,
	  "NAME [--kind KIND] [--bus BUS] [--path PATH] [--driver NAME] [--mac MAC] [--address MAC] "
	  "[--policy FILE] [--json]",
	  N_("say which rule decides about a network interface"), NULL,
	  "--kind --bus --path --driver --mac --address --policy --json" },
	{ "wifi", kb_explain_wifi,
	  "[POLICY] --ssid TEXT|--ssid-hex HEX [--bssid MAC] [--akm AKM|open] [--pairwise CIPHER] [--group CIPHER] "
	  "[--group-mgmt CIPHER] [--pmf yes|no] [--freq MHZ] [--eap METHOD] [--ca FILE] [--server NAME]... "
	  "[--profile NAME] [--policy FILE] [--json]",
	  N_("say whether a Wi-Fi association would be proven, and everything that differs"), NULL,
	  "--ssid --ssid-hex --bssid --akm --pairwise --group --group-mgmt --pmf --freq --eap --ca --server "
	  "--profile --policy --json" },
	{}
};

int kb_verb_explain(int argc, char **argv)
{
	return kb_verb_dispatch("explain", kb_explain_verbs, argc, argv);
}
