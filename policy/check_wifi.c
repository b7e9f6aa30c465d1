// SPDX-License-Identifier: GPL-2.0-or-later
/* Wi-Fi profiles that are well-formed and still not what anybody wants (W1..W4). */
#include <strings.h>

#include "policy/check_net.h"
#include "policy/i18n.h"

#define AKM_SHA1	(KB_AKM_8021X | KB_AKM_PSK)	/* IEEE 802.11-2020, table 9-151 */

struct checker {
	const struct kb_model *model;
	const struct kb_agent_policy *agent;
	struct kb_diags *diags;
};

#define FIND(c, place, level, code, ...)                                                           \
	kb_diags_add((c)->diags, level, (place)->line, (place)->column, code, __VA_ARGS__)

static const struct kb_node *mode_node(const struct checker *c, const char *key)
{
	const struct kb_node *mode = kb_node_get(c->model->root, "mode");

	return kb_node_get(mode, key) ?: mode;
}

/* The value of @key in profile @i, or the profile. */
static const struct kb_node *key_node(const struct checker *c, u32 i, const char *key)
{
	const struct kb_node *node = c->model->net.profiles[i].node;

	return kb_node_get(node, key) ?: node;
}

static bool any_pinned(const struct kb_agent_policy *agent)
{
	u32 i;

	for (i = 0; i < agent->n_profiles; i++)
		if (agent->profiles[i].pinned)
			return true;
	return false;
}

/* What is written and does nothing. */
static void check_mode(const struct checker *c)
{
	const struct kb_node *wifi = kb_node_get(c->model->root, "wifi");
	const struct kb_node *wireless = kb_node_get(c->model->root, "wireless");
	const struct kb_policy *policy = &c->model->policy;

	if (c->agent->wifi_mode == KB_GATE_OFF) {
		if (wireless)
			FIND(c, wireless->key, KB_DIAG_WARNING, "no-effect",
			     _("'%s' has no effect: 'mode: {%s: ...}' is off or missing"), "wireless",
			     "wifi");
		if (c->agent->n_profiles && (policy->paths.mode || any_pinned(c->agent)))
			FIND(c, wifi->key, KB_DIAG_WARNING, "no-proof",
			     _("'mode: {wifi: ...}' is off or missing, so no profile is ever proven: wireless links stay closed under an enforced path gate"));
		return;
	}
	if (!any_pinned(c->agent))
		FIND(c, mode_node(c, "wifi"), KB_DIAG_WARNING, "nothing-pinned",
		     _("no profile below 'wifi' is pinned, so no wireless link ever opens; give them 'akm'"));
	if (policy->paths.mode == KB_GATE_OFF)
		FIND(c, mode_node(c, "wifi"), KB_DIAG_WARNING, "no-fence",
		     _("without 'mode: {path: ...}' nothing closes a wireless link before it is proven"));
}

/* Does any path to a protected network lead over profile @i? Names it in *ret_named. */
static const struct kb_path_rule *protected_path(const struct checker *c, u32 i, bool *ret_named)
{
	const struct kb_path_policy *paths = &c->model->policy.paths;
	u32 k;

	for (k = 0; k < paths->n_rules; k++) {
		const struct kb_path_rule *rule = &paths->rules[k];

		if (rule->kind != KB_PATH_PATH || !rule->to_protected)
			continue;
		*ret_named = rule->conditions & KB_PATH_IF_LINK;
		if (!*ret_named || rule->profiles[i / 64] >> i % 64 & 1)
			return rule;
	}
	return NULL;
}

/* A password is known to all who ever had it: it opens nothing of My Number (W2). */
static void check_password(const struct checker *c, u32 i)
{
	const struct kb_wifi_profile *profile = &c->agent->profiles[i];
	const struct kb_node *akm = key_node(c, i, "akm");
	const struct kb_path_rule *rule;
	bool named = false;

	if (profile->eap != KB_EAP_NONE)
		return;
	rule = protected_path(c, i, &named);
	if (rule && named)
		FIND(c, akm, KB_DIAG_ERROR, "password",
		     _("profile '%s' has a common password, and path '%s' leads over it to a protected network; that takes certificates (W2)"),
		     profile->name, rule->name);
	else if (rule)
		FIND(c, akm, KB_DIAG_ERROR, "password",
		     _("profile '%s' has a common password, and path '%s' leads to a protected network over any link; add 'link' to the path (W2)"),
		     profile->name, rule->name);
}

static void check_profile(const struct checker *c, u32 i)
{
	const struct kb_wifi_profile *profile = &c->agent->profiles[i];
	const struct kb_node *node = key_node(c, i, "");

	check_password(c, i);
	if (profile->eap == KB_EAP_TLS && !profile->n_servers)
		FIND(c, node, KB_DIAG_ERROR, "no-server",
		     _("profile '%s' names no 'server', so whoever has any certificate of that CA would do (W2)"),
		     profile->name);
	if (profile->eap == KB_EAP_TLS && c->agent->wireless.supplicant == KB_SUPPLICANT_NONE &&
	    kb_node_get(c->model->root, "wireless"))
		FIND(c, node, KB_DIAG_WARNING, "never",
		     _("nobody can say that EAP succeeded with 'supplicant: none', so profile '%s' is never proven"),
		     profile->name);
	if (profile->eap == KB_EAP_TLS && c->agent->wireless.provision && !profile->cert)
		FIND(c, node, KB_DIAG_WARNING, "no-cert",
		     _("profile '%s' names no 'cert', so what the agent writes for the supplicant lets nobody in"),
		     profile->name);
	if (!profile->n_bssids)
		FIND(c, node, KB_DIAG_WARNING, "any-bssid",
		     _("profile '%s' takes any access point; list yours below 'bssid', so that others are noticed"),
		     profile->name);
	if (profile->pmf == KB_PMF_OPTIONAL)
		FIND(c, key_node(c, i, "pmf"), KB_DIAG_WARNING, "pmf-optional",
		     _("without protected management frames anybody can throw the terminal off profile '%s' and draw it to an access point of his own"),
		     profile->name);
	if (profile->akms & AKM_SHA1)
		FIND(c, key_node(c, i, "akm"), KB_DIAG_WARNING, "sha1-akm",
		     _("profile '%s' allows a key management with SHA-1; prefer one with SHA-256 or SHA-384"),
		     profile->name);
}

static bool same_ca(const struct kb_wifi_profile *a, const struct kb_wifi_profile *b)
{
	if (a->has_ca_sha256 && b->has_ca_sha256)
		return !memcmp(a->ca_sha256, b->ca_sha256, sizeof(a->ca_sha256));
	return !strcmp(a->ca, b->ca);
}

/* A name that both profiles take from their server; NULL when there is none. */
static const char *common_server(const struct kb_wifi_profile *a, const struct kb_wifi_profile *b)
{
	u32 i, k;

	for (i = 0; i < a->n_servers; i++)
		for (k = 0; k < b->n_servers; k++)
			if (!strcasecmp(a->servers[i], b->servers[k]))
				return a->servers[i];
	return NULL;
}

/*
 * CVE-2023-52424: 802.1X does not authenticate the SSID. Who relays the one network under the
 * other's name is found out only by the server's name.
 */
static void check_servers(const struct checker *c, u32 i)
{
	const struct kb_wifi_profile *profile = &c->agent->profiles[i], *other;
	const char *server;
	u32 k;

	for (k = 0; k < i; k++) {
		other = &c->agent->profiles[k];
		if (!other->pinned || !profile->ca || !other->ca || !same_ca(profile, other))
			continue;
		server = common_server(profile, other);
		if (server)
			FIND(c, key_node(c, i, "server"), KB_DIAG_ERROR, "same-server",
			     _("profiles '%s' and '%s' trust the same server '%s', so one network can be passed off as the other (CVE-2023-52424); give each a RADIUS server name of its own"),
			     other->name, profile->name, server);
	}
}

/* Who answers to the canary answers to everything; but its owner does, too. */
static void check_canary(const struct checker *c)
{
	const struct kb_wireless *wireless = &c->agent->wireless;
	const struct kb_node *node;
	u32 i;

	for (i = 0; wireless->canary_len && i < c->agent->n_profiles; i++) {
		const struct kb_wifi_profile *profile = &c->agent->profiles[i];

		if (profile->ssid_len != wireless->canary_len ||
		    memcmp(profile->ssid, wireless->canary, profile->ssid_len))
			continue;
		node = kb_node_get(kb_node_get(c->model->root, "wireless"), "canary");
		FIND(c, node, KB_DIAG_ERROR, "canary",
		     _("the canary is the SSID of profile '%s'; it must be one that nobody has"),
		     profile->name);
	}
}

void kb_check_wifi(const struct kb_model *model, struct kb_diags *diags)
{
	struct checker c = { .model = model, .agent = &model->agent, .diags = diags };
	u32 i;

	check_mode(&c);
	check_canary(&c);
	for (i = 0; i < c.agent->n_profiles; i++) {
		const struct kb_wifi_profile *profile = &c.agent->profiles[i];

		if (profile->pinned) {
			check_profile(&c, i);
			check_servers(&c, i);
		} else if (c.agent->wifi_mode) {
			FIND(&c, &model->net.profiles[i].profile, KB_DIAG_WARNING, "not-pinned",
			     _("profile '%s' is no more than a name and an SSID, so it is never proven; give it 'akm'"),
			     profile->name);
		}
	}
}
