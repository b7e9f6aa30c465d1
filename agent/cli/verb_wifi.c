// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban wifi: each wireless interface, what it is associated with, proven or every difference. */
#include "agent/cli/verb_wifi.h"

#include <linux/nl80211.h>
#include <sys/stat.h>

#include "agent/json.h"
#include "agent/paths.h"
#include "agent/wifi/remembered.h"
#include "agent/words.h"
#include "policy/suite.h"

const struct kb_verb kb_wifi_verbs[] = {
	{ "survey", kb_wifi_survey, "[--json]",
	  N_("listen, and list every access point in range: known, unknown or suspect"), NULL,
	  "--json" },
	{ "history", kb_wifi_history, "[--since TIME] [--state DIR] [--json]",
	  N_("show what was joined, left and refused, and who looked like an impostor"), NULL,
	  "--since --state --json" },
	{ "provision", kb_wifi_provision,
	  "[--supplicant networkmanager|iwd|wpa_supplicant|auto] [--policy FILE] [--root DIR] [--check] [--json]",
	  N_("write the supplicant's configuration from the policy, or compare the two"), NULL,
	  "--supplicant --policy --root --check --json" },
	{}
};

KB_DEFINE_CLEANUP(struct kb_radio *, kb_radio_close)
KB_DEFINE_CLEANUP(struct kb_carrier *, kb_carrier_close)
KB_DEFINE_CLEANUP(struct kb_supplicant_link *, kb_supplicant_close)
KB_DEFINE_CLEANUP(sd_event *, sd_event_unref)

/* What the answers come from; all owned. */
struct air_view {
	struct kb_agent_policy *policy;
	struct kb_radio *radio;
	struct kb_carrier *carrier;
	struct kb_supplicant_link *supplicant;
	struct kb_wdev *wdevs;
	size_t n_wdevs;
	struct kb_record *links;
	size_t n_links;
	struct kb_remembered remembered[KB_REMEMBERED_MAX];
	size_t n_remembered;
	u64 netns;
};

static void view_done(struct air_view *view)
{
	kb_agent_policy_free(view->policy);
	kb_supplicant_close(view->supplicant);
	kb_carrier_close(view->carrier);
	kb_radio_close(view->radio);
	free(view->wdevs);
	free(view->links);
}

int kb_wifi_in_force(struct kb_agent_policy **ret, struct kb_record **ret_links, size_t *ret_n)
{
	KB_CLEANUP(kb_wire_closep) struct kb_wire *wire = NULL;
	KB_CLEANUP(kb_policy_free_p) struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	struct kb_fault why = {};
	int r = kb_open_module(&wire);

	if (!r)
		r = kb_policy_in_force(wire, &policy);
	if (r)
		return r;
	if (ret_links) {
		r = kb_wire_links(wire, ret_links, ret_n, &why);
		if (r)
			return kb_complain(kb_exit_code(r), "%s", why.text);
	}
	r = kb_agent_policy_read(policy, ret, &error);
	return r ? kb_complain(KB_EXIT_PARSE, _("compiled policy: %s"), error.text) : 0;
}

static void on_notice(const struct kb_supplicant_notice *notice, void *userdata)
{
	(void)notice;
	(void)userdata;
}

static int open_view(sd_event *event, struct air_view *view)
{
	struct kb_fault why = {};
	struct stat ns;
	int r = kb_radio_open(&view->radio, &why);

	if (!r)
		r = kb_carrier_open(&view->carrier, &why);
	if (!r)
		r = kb_radio_wdevs(view->radio, &view->wdevs, &view->n_wdevs, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	/* without one nobody vouches, and that is what is then shown */
	if (kb_supplicant_open(view->policy->wireless.supplicant, event, on_notice, NULL,
			       &view->supplicant, &why))
		kb_complain(0, "%s", why.text);
	view->n_remembered = kb_remembered_read(KB_RUNTIME_DIR, view->remembered);
	view->netns = stat("/proc/self/ns/net", &ns) ? 0 : ns.st_ino;
	return 0;
}

/* One interface as it is now. */
struct air_state {
	const struct kb_wdev *wdev;
	const struct kb_record *link;	/* the kernel's; NULL = it has none */
	struct kb_association_facts facts;
	struct kb_wifi_proof proof;
	bool silent;			/* the supplicant did not answer */
};

static void look(const struct air_view *view, const struct kb_wdev *wdev, struct air_state *ret)
{
	const struct kb_collect from = { .radio = view->radio, .carrier = view->carrier,
					 .supplicant = view->supplicant, .policy = view->policy };
	const struct kb_negotiated *known = NULL;

	*ret = (struct air_state){ .wdev = wdev };
	ret->link = kb_collect_link(view->links, view->n_links, view->netns, wdev->ifindex);
	ret->silent = kb_collect_facts(&from, wdev, &ret->facts) != 0;
	if (ret->link)
		known = kb_remembered_find(view->remembered, view->n_remembered, wdev->ifindex,
					   ret->link->link_generation, ret->facts.bssid);
	if (!known || !kb_collect_negotiated(&ret->facts, known))
		kb_collect_vouched(&ret->facts);
	kb_wifi_prove(view->policy, &ret->facts, &ret->proof);
}

static const char *profile_of(const struct air_view *view, u32 profile)
{
	return profile < view->policy->n_profiles ? view->policy->profiles[profile].name : NULL;
}

static void print_verdict(const struct air_view *view, const struct air_state *state)
{
	const char *profile = profile_of(view, state->proof.profile);
	char shown[4 * KB_NAME_MAX + 8], text[512];
	u32 i;

	kb_printable(profile ?: "", shown, sizeof(shown));
	if (state->proof.proven)
		printf(_("  proven     profile %s\n"), shown);
	else if (profile)
		printf(_("  not proven; nearest is profile %s\n"), shown);
	else
		printf(_("  not proven; no profile has this name or address\n"));
	for (i = 0; i < state->proof.n_differences; i++) {
		kb_difference_text(&state->proof.differences[i], text, sizeof(text));
		printf("  - %s\n", text);
	}
	if (state->silent)
		printf(_("  the supplicant does not answer\n"));
}

static void print_kernel(const struct air_view *view, const struct air_state *state)
{
	const struct kb_record *link = state->link;
	const char *profile =
		link && kb_has(link->have, KB_A_PROFILE) ? profile_of(view, link->profile) : NULL;
	char shown[4 * KB_NAME_MAX + 8];

	kb_printable(profile ?: "-", shown, sizeof(shown));
	if (!link)
		printf(_("  kernel     knows no such link\n"));
	else if (link->action != KB_ACTION_ALLOW)
		printf(_("  kernel     the link gate refuses it; see kidoban links\n"));
	else
		printf(_("  kernel     %s, profile %s\n"), link->open ? _("open") : _("closed"),
		       shown);
}

static void print_air(const struct air_view *view, const struct air_state *state)
{
	const struct kb_association_facts *f = &state->facts;
	char ssid[4 * KB_SSID_MAX + 1], bssid[20], name[4 * KB_IFNAME_MAX + 8];

	kb_printable(state->wdev->ifname, name, sizeof(name));
	kb_ssid_text(f->ssid, f->ssid_len, ssid, sizeof(ssid));
	kb_mac_text(f->bssid, bssid, sizeof(bssid));
	if (!f->associated) {
		printf(_("%s: not associated\n"), name);
	} else {
		printf(_("%s: \"%s\", %s, %u MHz, %d dBm\n"), name, ssid, bssid, f->frequency,
		       f->signal);
		print_verdict(view, state);
	}
	print_kernel(view, state);
}

static void json_differences(struct kb_json *out, const struct kb_wifi_proof *proof)
{
	u32 i;

	kb_json_open(out, "differences", '[');
	for (i = 0; i < proof->n_differences; i++) {
		kb_json_open(out, NULL, '{');
		kb_json_text(out, "item", kb_difference_name(proof->differences[i].item));
		kb_json_text(out, "needed", proof->differences[i].needed);
		kb_json_text(out, "has", proof->differences[i].has);
		kb_json_close(out, '}');
	}
	kb_json_close(out, ']');
}

static void json_rsn(struct kb_json *out, const struct kb_association_facts *f)
{
	char text[256];

	if (!f->rsn_known) {
		kb_json_null(out, "rsn");
		return;
	}
	kb_json_open(out, "rsn", '{');
	kb_akms_text(f->rsn.akms, text, sizeof(text));
	kb_json_text(out, "akm", text);
	kb_ciphers_text(f->rsn.pairwise, text, sizeof(text));
	kb_json_text(out, "cipher", text);
	kb_ciphers_text(f->rsn.group, text, sizeof(text));
	kb_json_text(out, "group_cipher", text);
	kb_ciphers_text(f->rsn.group_mgmt, text, sizeof(text));
	kb_json_text(out, "group_mgmt", text);
	kb_json_bool(out, "pmf", f->rsn.mfp_capable && f->mfp);
	kb_json_close(out, '}');
}

static void json_association(struct kb_json *out, const struct air_view *view,
			     const struct air_state *state)
{
	const struct kb_association_facts *f = &state->facts;
	char text[4 * KB_SSID_MAX + 1];

	kb_ssid_text(f->ssid, f->ssid_len, text, sizeof(text));
	kb_json_text(out, "ssid", text);
	kb_hex(f->ssid, f->ssid_len, text);
	kb_json_text(out, "ssid_hex", text);
	kb_mac_text(f->bssid, text, sizeof(text));
	kb_json_text(out, "bssid", text);
	kb_json_uint(out, "frequency", f->frequency);
	kb_json_int(out, "signal", f->signal);
	kb_json_bool(out, "authorized", f->authorized);
	json_rsn(out, f);
	kb_json_text(out, "supplicant", state->silent ? "silent" : f->supplicant.known ?
		     kb_supplicant_name(kb_supplicant_kind(view->supplicant)) : NULL);
	kb_json_text(out, "eap", f->supplicant.eap[0] ? f->supplicant.eap : NULL);
	kb_json_bool(out, "proven", state->proof.proven);
	kb_json_bool(out, "early", state->proof.early);
	kb_json_text(out, "profile", profile_of(view, state->proof.profile));
	json_differences(out, &state->proof);
}

static void json_air(struct kb_json *out, const struct air_view *view,
		     const struct air_state *state)
{
	const struct kb_record *link = state->link;

	kb_json_open(out, NULL, '{');
	kb_json_text(out, "link", state->wdev->ifname);
	kb_json_uint(out, "ifindex", state->wdev->ifindex);
	kb_json_bool(out, "station", state->wdev->iftype == NL80211_IFTYPE_STATION);
	kb_json_bool(out, "associated", state->facts.associated);
	if (state->facts.associated)
		json_association(out, view, state);
	if (link)
		kb_json_bool(out, "open", link->open);
	else
		kb_json_null(out, "open");
	kb_json_text(out, "kernel_profile", link && kb_has(link->have, KB_A_PROFILE) ?
		     profile_of(view, link->profile) : NULL);
	kb_json_close(out, '}');
}

static void show_all(const struct air_view *view, bool json)
{
	struct kb_json out = { .out = stdout };
	struct air_state state;
	size_t i;

	if (json)
		kb_json_open(&out, NULL, '[');
	for (i = 0; i < view->n_wdevs; i++) {
		look(view, &view->wdevs[i], &state);
		if (json)
			json_air(&out, view, &state);
		else if (view->wdevs[i].iftype == NL80211_IFTYPE_STATION)
			print_air(view, &state);
		else
			printf(_("%s: a device of a kind that terminals must not have\n"),
			       view->wdevs[i].ifname[0] ? view->wdevs[i].ifname : "-");
	}
	if (json)
		kb_json_close(&out, ']');
}

static int show(bool json)
{
	KB_CLEANUP(sd_event_unref_p) sd_event *event = NULL;
	KB_CLEANUP(view_done) struct air_view view = {};
	int r = kb_wifi_in_force(&view.policy, &view.links, &view.n_links);

	if (r)
		return r;
	r = sd_event_new(&event);
	if (r < 0)
		return kb_complain(kb_exit_code(r), "%s", strerror(-r));
	r = open_view(event, &view);
	if (r)
		return r;
	if (!json && view.policy->wifi_mode != KB_GATE_ENFORCE)
		printf("%s\n", view.policy->wifi_mode == KB_GATE_OFF ?
		       _("mode.wifi is off: nothing is proven") :
		       _("mode.wifi is audit: what is not proven is only reported"));
	if (!json && !view.n_wdevs)
		printf("%s\n", _("no wireless interface"));
	show_all(&view, json);
	return KB_EXIT_OK;
}

int kb_verb_wifi(int argc, char **argv)
{
	bool json = false;

	if (argc > 1 && (argv[1][0] != '-' || !strcmp(argv[1], "--help")))
		return kb_verb_dispatch("wifi", kb_wifi_verbs, argc, argv);
	return kb_parse_json_only(argc, argv, &json) ?: show(json);
}
