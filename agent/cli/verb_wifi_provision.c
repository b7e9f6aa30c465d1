// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban wifi provision: the supplicant's configuration, compared with the policy or written from it (W1). */
#include <limits.h>
#include <unistd.h>

#include "agent/cli/policy_verbs.h"
#include "agent/cli/verb_wifi.h"
#include "agent/json.h"
#include "agent/wifi/provision.h"
#include "agent/wifi/supplicant.h"
#include "agent/words.h"

struct provision_options {
	const char *root, *policy;
	enum kb_supplicant supplicant;	/* AUTO: as the policy says */
	bool check, json;
};

/* The policy in force, or a file's. What is owned goes with it. */
struct demand {
	struct kb_source source;
	struct kb_agent_policy *read;
	const struct kb_agent_policy *agent;
};

static void demand_done(struct demand *demand)
{
	kb_source_done(&demand->source);
	kb_agent_policy_free(demand->read);
}

struct telling {
	const struct provision_options *options;
	struct kb_json *json;
};

static const char *state_id(enum kb_provision_state state)
{
	switch (state) {
	case KB_PROVISION_SAME:
		return "same";
	case KB_PROVISION_MISSING:
		return "missing";
	case KB_PROVISION_EDITED:
		return "edited";
	case KB_PROVISION_STRAY:
		return "stray";
	}
	return "unknown";
}

static const char *state_text(enum kb_provision_state state, bool check)
{
	switch (state) {
	case KB_PROVISION_MISSING:
		return check ? _("missing") : _("written");
	case KB_PROVISION_STRAY:
		return check ? _("would offer other networks") : _("moved aside");
	default:
		return check ? _("differs from the policy") : _("put back");
	}
}

static void on_file(const char *path, enum kb_provision_state state, void *userdata)
{
	struct telling *telling = userdata;
	char shown[4 * PATH_MAX];

	if (telling->options->json) {
		kb_json_open(telling->json, NULL, '{');
		kb_json_text(telling->json, "path", path);
		kb_json_text(telling->json, "state", state_id(state));
		kb_json_close(telling->json, '}');
		return;
	}
	kb_printable(path, shown, sizeof(shown));
	printf("%s: %s\n", shown, state_text(state, telling->options->check));
}

static int read_in_force(struct demand *ret)
{
	int r = kb_wifi_in_force(&ret->read, NULL, NULL);

	ret->agent = ret->read;
	return r;
}

static int read_demand(const struct provision_options *o, struct demand *ret)
{
	int r;

	if (!o->policy)
		return read_in_force(ret);
	r = kb_policy_load(o->policy, &ret->source);
	ret->agent = ret->source.agent;
	return r;
}

static void on_notice(const struct kb_supplicant_notice *notice, void *userdata)
{
	(void)notice;
	(void)userdata;
}

static void link_closep(struct kb_supplicant_link **link)
{
	kb_supplicant_close(*link);
}

KB_DEFINE_CLEANUP(sd_event *, sd_event_unref)

/* Whichever is there; only on this very terminal is that the one that is meant. */
static int find_supplicant(const struct provision_options *o, const struct kb_agent_policy *agent,
			   enum kb_supplicant *ret)
{
	KB_CLEANUP(sd_event_unref_p) sd_event *event = NULL;
	KB_CLEANUP(link_closep) struct kb_supplicant_link *link = NULL;
	enum kb_supplicant wanted = o->supplicant;
	struct kb_fault why = {};
	int r;

	if (wanted == KB_SUPPLICANT_AUTO)
		wanted = agent->wireless.supplicant;
	if (wanted == KB_SUPPLICANT_AUTO && !strcmp(o->root, "/")) {
		r = sd_event_new(&event);
		if (r >= 0)
			r = kb_supplicant_open(wanted, event, on_notice, NULL, &link, &why);
		if (r < 0)
			return kb_complain(kb_exit_code(r), "%s", why.text);
		wanted = kb_supplicant_kind(link);
	}
	if (wanted == KB_SUPPLICANT_AUTO || wanted == KB_SUPPLICANT_NONE)
		return kb_complain(KB_EXIT_ABSENT,
				   _("no supplicant is there: name it (--supplicant networkmanager, iwd or wpa_supplicant)"));
	*ret = wanted;
	return 0;
}

/* A failure is told; the files stand, and count from its next start on. */
static bool reload(enum kb_supplicant supplicant)
{
	KB_CLEANUP(sd_event_unref_p) sd_event *event = NULL;
	KB_CLEANUP(link_closep) struct kb_supplicant_link *link = NULL;
	struct kb_fault why = {};
	int r = sd_event_new(&event);

	if (r >= 0)
		r = kb_supplicant_open(supplicant, event, on_notice, NULL, &link, &why);
	if (r >= 0 && kb_supplicant_kind(link) == KB_SUPPLICANT_NONE)
		return false;
	if (r >= 0)
		r = kb_supplicant_reload(link, &why);
	if (r < 0)
		kb_complain(0, _("warning: %s does not read its configuration again: %s"),
			    kb_supplicant_name(supplicant), why.text[0] ? why.text : strerror(-r));
	return r >= 0;
}

static int visit(const struct provision_options *o, const struct kb_provision *provision,
		 struct kb_json *json)
{
	struct telling telling = { o, json };
	bool read_again = false;
	struct kb_fault why = {};
	int n;

	if (o->json) {
		kb_json_open(json, NULL, '{');
		kb_json_text(json, "supplicant", kb_supplicant_name(provision->supplicant));
		kb_json_text(json, "root", o->root);
		kb_json_bool(json, "check", o->check);
		kb_json_open(json, "files", '[');
	}
	n = o->check ? kb_provision_compare(provision, o->root, on_file, &telling, &why) :
		       kb_provision_apply(provision, o->root, on_file, &telling, &why);
	if (n > 0 && !o->check && !strcmp(o->root, "/"))
		read_again = reload(provision->supplicant);
	if (o->json) {
		kb_json_close(json, ']');
		kb_json_bool(json, "same", n == 0);
		kb_json_bool(json, "reloaded", read_again);
		if (n < 0)
			kb_json_text(json, "trouble", why.text);
		kb_json_close(json, '}');
	}
	if (n < 0)
		return kb_complain(kb_exit_code(n), "%s", why.text);
	if (!n && !o->json)
		printf(_("%s: everything is as the policy has it\n"),
		       kb_supplicant_name(provision->supplicant));
	return n && o->check ? KB_EXIT_REFUSED : KB_EXIT_OK;
}

static int provision(const struct provision_options *o)
{
	KB_CLEANUP(kb_provision_done) struct kb_provision files = {};
	KB_CLEANUP(demand_done) struct demand demand = {};
	struct kb_json json = { .out = stdout };
	enum kb_supplicant supplicant = KB_SUPPLICANT_NONE;
	char host[HOST_NAME_MAX + 1] = "";
	struct kb_fault why = {};
	int r = read_demand(o, &demand);

	if (!r)
		r = find_supplicant(o, demand.agent, &supplicant);
	if (r)
		return r;
	if (gethostname(host, sizeof(host) - 1))
		return kb_complain(KB_EXIT_REFUSED, "%s", strerror(errno));
	r = kb_provision_render(demand.agent, supplicant, host, &files, &why);
	return r ? kb_complain(KB_EXIT_REFUSED, "%s", why.text) : visit(o, &files, &json);
}

static int usage(void)
{
	return kb_usage("wifi", kb_wifi_verbs, "provision");
}

int kb_wifi_provision(int argc, char **argv)
{
	static const struct option options[] = {
		{ "supplicant", required_argument, NULL, 's' },
		{ "root", required_argument, NULL, 'r' },
		{ "policy", required_argument, NULL, 'f' },
		{ "check", no_argument, NULL, 'c' },
		{ "json", no_argument, NULL, 'j' },
		{}
	};
	struct provision_options o = { .root = "/" };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (c == 's') {
			o.supplicant = kb_provision_supplicant(optarg);
			if (o.supplicant == KB_SUPPLICANT_AUTO && strcmp(optarg, "auto"))
				return kb_complain(KB_EXIT_USAGE,
						   _("no supplicant \"%s\": networkmanager, iwd, wpa_supplicant or auto"),
						   optarg);
		} else if (c == 'r') {
			o.root = optarg;
		} else if (c == 'f') {
			o.policy = optarg;
		} else if (c == 'c') {
			o.check = true;
		} else if (c == 'j') {
			o.json = true;
		} else {
			return usage();
		}
	}
	return optind < argc ? usage() : provision(&o);
}
