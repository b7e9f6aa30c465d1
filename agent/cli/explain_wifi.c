// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban explain wifi: would an association like this be proven (W1, W2)? */
#include <linux/nl80211.h>

#include "agent/cli/common.h"
#include "agent/cli/verb_wifi.h"
#include "agent/json.h"
#include "agent/wifi/collect.h"
#include "agent/words.h"
#include "policy/address.h"
#include "policy/source.h"
#include "policy/suite.h"

#define TEXT_SIZE	1024

/* Where the policy comes from: a file, or the kernel. */
struct origin {
	const char *file;		/* NULL = in force */
	const struct kb_agent_policy *agent;	/* of one of these */
	struct kb_source source;
	struct kb_agent_policy *in_force;	/* owned */
};

/* What was typed. */
struct question {
	const char *profile;		/* NULL = all */
	struct kb_association_facts facts;
	bool akm, security, supplicant;	/* something was said of it */
	bool json;
};

static void origin_done(struct origin *origin)
{
	if (origin->source.policy)
		kb_source_done(&origin->source);
	kb_agent_policy_free(origin->in_force);
}

/* 0 or an exit code. */
static int open_origin(struct origin *origin)
{
	KB_CLEANUP(kb_diags_done) struct kb_diags diags = {};
	struct kb_fault why = {};
	int r;

	if (!origin->file) {
		r = kb_wifi_in_force(&origin->in_force, NULL, NULL);
		origin->agent = origin->in_force;
		return r;
	}
	r = kb_source_load(origin->file, &diags, &origin->source, &why);
	kb_diags_write(&diags, origin->file, stderr);
	if (r)
		return why.text[0] ? kb_complain(kb_exit_code(r), "%s", why.text) : kb_exit_code(r);
	origin->agent = origin->source.agent;
	return 0;
}

/* What was not typed is not known; but the link is up, and whoever was asked is done. */
static void begin(struct question *q)
{
	*q = (struct question){ .facts = {
		.iftype = NL80211_IFTYPE_STATION, .associated = true, .authorized = true,
		.operational = true,
		.rsn = { .version = 1, .group = KB_CIPHER_CCMP, .pairwise = KB_CIPHER_CCMP },
		.supplicant = { .completed = true, .port_authorized = true },
	} };
}

static int set_ssid(struct question *q, const char *text)
{
	size_t len = strlen(text);

	if (!len || len > KB_SSID_MAX)
		return -EINVAL;
	memcpy(q->facts.ssid, text, len);
	q->facts.ssid_len = (u8)len;
	return 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

static int set_ssid_hex(struct question *q, const char *text)
{
	size_t len = strlen(text), i;
	int high, low;

	if (!len || len % 2 || len > 2 * KB_SSID_MAX)
		return -EINVAL;
	for (i = 0; i < len / 2; i++) {
		high = hex_digit(text[2 * i]);
		low = hex_digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return -EINVAL;
		q->facts.ssid[i] = (u8)(high << 4 | low);
	}
	q->facts.ssid_len = (u8)(len / 2);
	return 0;
}

static int set_akm(struct question *q, const char *text)
{
	struct kb_rsn *rsn = &q->facts.rsn;

	q->akm = q->security = true;
	if (!strcmp(text, "open")) {
		*rsn = (struct kb_rsn){};
		return 0;
	}
	rsn->present = true;
	rsn->akms = kb_akm_from_name(text);
	return rsn->akms ? 0 : -EINVAL;
}

static int set_cipher(struct question *q, u32 *to, const char *text)
{
	q->security = true;
	*to = kb_cipher_from_name(text);
	return *to ? 0 : -EINVAL;
}

static int set_pmf(struct question *q, const char *text)
{
	bool yes = !strcmp(text, "yes");

	if (!yes && strcmp(text, "no"))
		return -EINVAL;
	q->facts.mfp = q->facts.rsn.mfp_capable = yes;
	return 0;
}

static int set_frequency(struct question *q, const char *text)
{
	unsigned long mhz;
	char *end;

	errno = 0;
	mhz = strtoul(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || !mhz || mhz > 100000)
		return -EINVAL;
	q->facts.frequency = (u32)mhz;
	return 0;
}

static int set_text(struct question *q, char *to, size_t size, const char *text)
{
	q->supplicant = true;
	if (!*text || strlen(text) >= size)
		return -EINVAL;
	strcpy(to, text);
	return 0;
}

static int add_server(struct question *q, const char *text)
{
	struct kb_supplicant_facts *s = &q->facts.supplicant;

	if (s->n_servers == KB_SERVERS_MAX)
		return -EINVAL;
	return set_text(q, s->servers[s->n_servers++], sizeof(s->servers[0]), text);
}

enum wifi_option {
	OPT_SSID = 256, OPT_SSID_HEX, OPT_BSSID, OPT_AKM, OPT_PAIRWISE, OPT_GROUP, OPT_GROUP_MGMT,
	OPT_PMF, OPT_FREQ, OPT_EAP, OPT_CA, OPT_SERVER, OPT_PROFILE, OPT_POLICY, OPT_JSON,
};

static const struct option options[] = {
	{ "ssid", required_argument, NULL, OPT_SSID },
	{ "ssid-hex", required_argument, NULL, OPT_SSID_HEX },
	{ "bssid", required_argument, NULL, OPT_BSSID },
	{ "akm", required_argument, NULL, OPT_AKM },
	{ "pairwise", required_argument, NULL, OPT_PAIRWISE },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "group-mgmt", required_argument, NULL, OPT_GROUP_MGMT },
	{ "pmf", required_argument, NULL, OPT_PMF },
	{ "freq", required_argument, NULL, OPT_FREQ },
	{ "eap", required_argument, NULL, OPT_EAP },
	{ "ca", required_argument, NULL, OPT_CA },
	{ "server", required_argument, NULL, OPT_SERVER },
	{ "profile", required_argument, NULL, OPT_PROFILE },
	{ "policy", required_argument, NULL, OPT_POLICY },
	{ "json", no_argument, NULL, OPT_JSON },
	{}
};

/* -EINVAL: the value is none. */
static int set_option(struct question *q, int c, const char *value)
{
	struct kb_supplicant_facts *s = &q->facts.supplicant;

	switch (c) {
	case OPT_SSID:
		return set_ssid(q, value);
	case OPT_SSID_HEX:
		return set_ssid_hex(q, value);
	case OPT_BSSID:
		return kb_mac_parse(value, q->facts.bssid);
	case OPT_AKM:
		return set_akm(q, value);
	case OPT_PAIRWISE:
		return set_cipher(q, &q->facts.rsn.pairwise, value);
	case OPT_GROUP:
		return set_cipher(q, &q->facts.rsn.group, value);
	case OPT_GROUP_MGMT:
		return set_cipher(q, &q->facts.rsn.group_mgmt, value);
	case OPT_PMF:
		return set_pmf(q, value);
	case OPT_FREQ:
		return set_frequency(q, value);
	case OPT_EAP:
		return set_text(q, s->eap, sizeof(s->eap), value);
	case OPT_CA:
		return set_text(q, s->ca, sizeof(s->ca), value);
	case OPT_SERVER:
		return add_server(q, value);
	default:
		return -EINVAL;
	}
}

static const char *name_of_option(int c)
{
	const struct option *o;

	for (o = options; o->name; o++)
		if (o->val == c)
			return o->name;
	return "?";
}

/* By one profile, or as the agent does. 0 or an exit code. */
static int judge(const struct question *q, const struct kb_agent_policy *agent,
		 struct kb_wifi_proof *ret)
{
	u32 i;

	if (!q->profile) {
		kb_wifi_prove(agent, &q->facts, ret);
		return 0;
	}
	for (i = 0; i < agent->n_profiles; i++)
		if (!strcmp(agent->profiles[i].name, q->profile)) {
			kb_wifi_judge(agent, (u16)i, &q->facts, ret);
			return 0;
		}
	return kb_complain(KB_EXIT_USAGE, _("the policy has no Wi-Fi profile \"%s\""), q->profile);
}

static void print_json(const struct kb_wifi_proof *proof, const struct origin *origin)
{
	struct kb_json out = { .out = stdout };
	const struct kb_difference *d;
	char text[TEXT_SIZE];
	u32 i;

	kb_json_open(&out, NULL, '{');
	kb_json_text(&out, "policy", origin->file);
	kb_json_text(&out, "mode", kb_mode_id(origin->agent->wifi_mode));
	kb_json_bool(&out, "proven", proof->proven);
	kb_json_text(&out, "profile", proof->profile == KB_INDEX_NONE ?
		     NULL : origin->agent->profiles[proof->profile].name);
	kb_json_open(&out, "differences", '[');
	for (i = 0; i < proof->n_differences; i++) {
		d = &proof->differences[i];
		kb_difference_text(d, text, sizeof(text));
		kb_json_open(&out, NULL, '{');
		kb_json_text(&out, "item", kb_difference_name(d->item));
		kb_json_text(&out, "needed", d->needed);
		kb_json_text(&out, "has", d->has);
		kb_json_text(&out, "text", text);
		kb_json_close(&out, '}');
	}
	kb_json_close(&out, ']');
	kb_json_close(&out, '}');
}

static void print_text(const struct kb_wifi_proof *proof, const struct kb_agent_policy *agent)
{
	char name[4 * KB_NAME_MAX + 8] = "", text[TEXT_SIZE];
	u32 i;

	if (proof->profile != KB_INDEX_NONE)
		kb_printable(agent->profiles[proof->profile].name, name, sizeof(name));
	if (proof->proven)
		printf(_("proven: profile %s\n"), name);
	else if (name[0])
		printf(_("not proven; profile %s comes nearest:\n"), name);
	else
		printf(_("not proven; no profile comes near:\n"));
	for (i = 0; i < proof->n_differences; i++) {
		kb_difference_text(&proof->differences[i], text, sizeof(text));
		printf("    %s\n", text);
	}
	if (agent->wifi_mode != KB_GATE_ENFORCE)
		printf(_("mode.wifi of this policy: %s\n"), kb_mode_text(agent->wifi_mode));
}

static int answer(struct question *q, const char *file)
{
	KB_CLEANUP(origin_done) struct origin origin = { .file = file };
	struct kb_wifi_proof proof;
	int r = open_origin(&origin);

	if (r)
		return r;
	q->facts.rsn_known = q->security;
	if (!q->akm)		/* not open, but nobody said what */
		q->facts.rsn.present = true;
	q->facts.supplicant.known = q->supplicant;
	q->facts.ca_matches = kb_ca_matches(origin.agent, &q->facts);
	r = judge(q, origin.agent, &proof);
	if (r)
		return r;
	if (q->json)
		print_json(&proof, &origin);
	else
		print_text(&proof, origin.agent);
	return proof.proven ? KB_EXIT_OK : KB_EXIT_REFUSED;
}

int kb_explain_wifi(int argc, char **argv)
{
	const char *file = NULL;
	struct question q;
	int c;

	begin(&q);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			return kb_usage("explain", kb_explain_verbs, "wifi");
		if (c == OPT_JSON)
			q.json = true;
		else if (c == OPT_POLICY)
			file = optarg;
		else if (c == OPT_PROFILE)
			q.profile = optarg;
		else if (set_option(&q, c, optarg))
			return kb_complain(KB_EXIT_USAGE, _("--%s: \"%s\" is no such value"),
					   name_of_option(c), optarg);
	}
	/* like its siblings by --policy, or as the first word */
	if (argc - optind == 1 && !file)
		file = argv[optind++];
	if (argc != optind || !q.facts.ssid_len)
		return kb_usage("explain", kb_explain_verbs, "wifi");
	return answer(&q, file);
}
