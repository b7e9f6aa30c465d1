// SPDX-License-Identifier: GPL-2.0-or-later
/* kidoban wifi survey: who is in range, and who looks like an impostor (W3). */
#include <linux/nl80211.h>
#include <poll.h>

#include "agent/cli/table.h"
#include "agent/cli/verb_wifi.h"
#include "agent/clock.h"
#include "agent/json.h"
#include "agent/wifi/nl80211.h"
#include "agent/wifi/proof.h"
#include "agent/wifi/score.h"
#include "agent/words.h"
#include "policy/suite.h"

#define PATIENCE_MS	30000

struct survey {
	struct kb_agent_policy *policy;
	struct kb_radio *radio;
	struct kb_wdev *wdevs;
	struct kb_bss *bss;
	struct kb_bss_score *scores;
	struct kb_score_memory *memory;
	size_t n;
};

static void survey_done(struct survey *s)
{
	kb_agent_policy_free(s->policy);
	kb_radio_close(s->radio);
	kb_score_memory_free(s->memory);
	free(s->wdevs);
	free(s->bss);
	free(s->scores);
}

static void on_notice(const struct kb_radio_notice *notice, void *userdata)
{
	bool *done = userdata;

	*done |= notice->event == KB_RADIO_SCAN_DONE;
}

/* Somebody's scan that is under way will do as well. */
static int wait_for_results(struct survey *s)
{
	struct pollfd fd = { .fd = kb_radio_fd(s->radio), .events = POLLIN };
	bool done = false;
	int r = 0;

	while (!done && !r) {
		r = poll(&fd, 1, PATIENCE_MS);
		if (r <= 0)
			return r ? -errno : -ETIMEDOUT;
		r = kb_radio_receive(s->radio, on_notice, &done);
	}
	return r;
}

static int listen_on(struct survey *s, u32 ifindex, struct kb_fault *why)
{
	const struct kb_wireless *wireless = &s->policy->wireless;
	int r = kb_radio_scan(s->radio, ifindex, wireless->canary, wireless->canary_len, why);

	if (!r || r == -EBUSY)
		r = wait_for_results(s);
	return r ?: kb_radio_scan_results(s->radio, ifindex, &s->bss, &s->n, why);
}

/* The first interface that can hear anything. A complaint and an exit code when none can. */
static int listen(struct survey *s)
{
	struct kb_fault why = {};
	size_t n = 0, i;
	int r = kb_radio_open(&s->radio, &why);

	if (!r)
		r = kb_radio_subscribe(s->radio, &why);
	if (!r)
		r = kb_radio_wdevs(s->radio, &s->wdevs, &n, &why);
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text);
	r = -ENODEV;
	for (i = 0; i < n && r; i++)
		if (s->wdevs[i].iftype == NL80211_IFTYPE_STATION)
			r = listen_on(s, s->wdevs[i].ifindex, &why);
	if (r == -ENODEV || r == -ENETDOWN)
		return kb_complain(KB_EXIT_ABSENT, _("no wireless interface is switched on"));
	if (r)
		return kb_complain(kb_exit_code(r), "%s", why.text[0] ? why.text : strerror(-r));
	return 0;
}

static int judge(struct survey *s)
{
	int r;

	s->scores = calloc(s->n + 1, sizeof(*s->scores));
	s->memory = kb_score_memory_new();
	r = s->scores && s->memory
		    ? kb_score_survey(s->memory, s->policy, s->bss, s->n,
				      kb_clock_usec(CLOCK_BOOTTIME),
				      s->scores)
		    : -ENOMEM;
	return r ? kb_complain(kb_exit_code(r), "%s", strerror(-r)) : 0;
}

static const char *standing_text(enum kb_bss_standing standing)
{
	switch (standing) {
	case KB_BSS_KNOWN:
		return _("known");
	case KB_BSS_SUSPECT:
		return _("suspect");
	default:
		return _("unknown");
	}
}

static void security_text(const struct kb_bss *bss, char *ret, size_t size)
{
	if (bss->rsn_bad)
		snprintf(ret, size, "malformed");
	else if (bss->rsn.present)
		kb_akms_text(bss->rsn.akms, ret, size);
	else
		snprintf(ret, size, "%s", bss->wpa ? "wpa" : bss->privacy ? "wep" : "open");
}

static void signals_text(u32 signals, char *ret, size_t size)
{
	size_t used = 0;
	unsigned int i;

	snprintf(ret, size, "-");
	for (i = 0; i < KB_SIGNAL_MAX && used < size; i++)
		if (signals >> i & 1)
			used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? "; " : "",
						 _(kb_signal_text((enum kb_signal)i)));
}

static const char *profile_of(const struct survey *s, size_t i)
{
	u16 profile = s->scores[i].profile;

	return profile < s->policy->n_profiles ? s->policy->profiles[profile].name : NULL;
}

static void add_row(struct kb_table *table, const struct survey *s, size_t i)
{
	const struct kb_bss *bss = &s->bss[i];
	char text[1024];

	kb_mac_text(bss->bssid, text, sizeof(text));
	kb_table_add(table, text);
	kb_ssid_text(bss->ssid, bss->ssid_len, text, sizeof(text));
	kb_table_add(table, *text ? text : "-");
	kb_table_addf(table, "%u", bss->frequency);
	kb_table_addf(table, "%d", bss->signal);
	security_text(bss, text, sizeof(text));
	kb_table_add(table, text);
	kb_table_add(table, standing_text(s->scores[i].standing));
	kb_table_addf(table, "%u", s->scores[i].score);
	kb_printable(profile_of(s, i) ?: "-", text, sizeof(text));
	kb_table_add(table, text);
	signals_text(s->scores[i].signals, text, sizeof(text));
	kb_table_add(table, text);
}

static void print_table(const struct survey *s)
{
	KB_CLEANUP(kb_table_done) struct kb_table table = { .columns = 9 };
	const char *const heads[] = { _("BSSID"), _("SSID"),	 _("MHZ"),
				      _("DBM"),	  _("SECURITY"), _("STANDING"),
				      _("SCORE"), _("PROFILE"),	 _("WHY") };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(heads); i++)
		kb_table_add(&table, heads[i]);
	for (i = 0; i < s->n; i++)
		add_row(&table, s, i);
	kb_table_print(&table, stdout);
}

static void json_row(struct kb_json *out, const struct survey *s, size_t i)
{
	const struct kb_bss *bss = &s->bss[i];
	char text[256];
	unsigned int k;

	kb_json_open(out, NULL, '{');
	kb_mac_text(bss->bssid, text, sizeof(text));
	kb_json_text(out, "bssid", text);
	kb_ssid_text(bss->ssid, bss->ssid_len, text, sizeof(text));
	kb_json_text(out, "ssid", text);
	kb_hex(bss->ssid, bss->ssid_len, text);
	kb_json_text(out, "ssid_hex", text);
	kb_json_uint(out, "frequency", bss->frequency);
	kb_json_int(out, "signal", bss->signal);
	security_text(bss, text, sizeof(text));
	kb_json_text(out, "security", text);
	kb_json_bool(out, "associated", bss->associated);
	kb_json_text(out, "standing", kb_bss_standing_name(s->scores[i].standing));
	kb_json_uint(out, "score", s->scores[i].score);
	kb_json_text(out, "profile", profile_of(s, i));
	kb_json_open(out, "signals", '[');
	for (k = 0; k < KB_SIGNAL_MAX; k++)
		if (s->scores[i].signals >> k & 1)
			kb_json_text(out, NULL, kb_signal_name((enum kb_signal)k));
	kb_json_close(out, ']');
	kb_json_close(out, '}');
}

static void print_json(const struct survey *s)
{
	struct kb_json out = { .out = stdout };
	size_t i;

	kb_json_open(&out, NULL, '[');
	for (i = 0; i < s->n; i++)
		json_row(&out, s, i);
	kb_json_close(&out, ']');
}

int kb_wifi_survey(int argc, char **argv)
{
	KB_CLEANUP(survey_done) struct survey survey = {};
	bool json = false;
	int c, r;
	static const struct option longs[] = { { "json", no_argument, NULL, 'j' }, {} };

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (c == '?')
			return kb_usage("wifi", kb_wifi_verbs, "survey");
		json = true;
	}
	if (optind != argc)
		return kb_usage("wifi", kb_wifi_verbs, "survey");
	r = kb_wifi_in_force(&survey.policy, NULL, NULL);
	r = r ?: listen(&survey);
	r = r ?: judge(&survey);
	if (r)
		return r;
	if (json)
		print_json(&survey);
	else
		print_table(&survey);
	return KB_EXIT_OK;
}
