// SPDX-License-Identifier: GPL-2.0-or-later
/* Listens around: who is in range, who looks like an impostor, and what is done about it (W3). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "agent/wifi/warden_parts.h"
#include "policy/i18n.h"

#define FIRST_USEC	(5 * KB_SECOND)		/* after the beginning: joining comes first */
#define PAUSE_USEC	(2 * KB_SECOND)		/* between two looks at what others scanned */
#define OURS_USEC	(30 * KB_SECOND)	/* a scan of ours that never ends is forgotten */
#define VETO_USEC	(60 * KB_SECOND)	/* a refused certificate is a veto for so long */
/*
 * Whoever can send one beacon can send thousands, each of another address: what is
 * told, and what the supplicant is asked to avoid, ends somewhere.
 */
#define REPORTS_MAX	32u
#define REPORTS_USEC	(600 * KB_SECOND)
#define AVOIDS_MAX	8u			/* of one survey */

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_warden *warden = userdata;

	(void)source;
	(void)usec;
	kb_warden_arm(warden, &warden->survey.timer, warden->policy->wireless.survey * KB_SECOND,
		      on_time, warden);
	kb_survey_ask(warden);
	return 0;
}

/* Without a survey that shows otherwise it would speak against every place for ever. */
static int on_veto_over(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct kb_warden *warden = userdata;
	struct kb_survey *s = &warden->survey;

	(void)source;
	(void)usec;
	s->critical = false;
	s->timer = sd_event_source_unref(s->timer);
	if (warden->policy->wireless.survey)
		kb_warden_arm(warden, &s->timer, warden->policy->wireless.survey * KB_SECOND,
			      on_time, warden);
	kb_survey_ask(warden);
	kb_warden_work_soon(warden);
	return 0;
}

void kb_survey_begin(struct kb_warden *warden)
{
	warden->survey.memory = kb_score_memory_new();
	if (!warden->survey.memory)
		kb_warden_trouble(&(struct kb_fault){}, -ENOMEM, NULL);
	if (warden->policy->wireless.survey)
		kb_warden_arm(warden, &warden->survey.timer, FIRST_USEC, on_time, warden);
}

void kb_survey_end(struct kb_warden *warden)
{
	struct kb_survey *s = &warden->survey;

	s->timer = sd_event_source_unref(s->timer);
	kb_score_memory_free(s->memory);
	free(s->bss);
	free(s->scores);
	*s = (struct kb_survey){};
}

/* Listening elsewhere while a key exchange is under way would spoil it. */
static bool is_joining(const struct kb_air *air)
{
	return air->facts.associated && !air->facts.operational;
}

void kb_survey_ask(struct kb_warden *warden)
{
	const struct kb_wireless *wireless = &warden->policy->wireless;
	u64 now = kb_warden_now();
	struct kb_fault why;
	size_t i;
	int r;

	if (warden->survey.asked_usec && now < warden->survey.asked_usec + OURS_USEC)
		return;
	for (i = 0; i < warden->n_airs; i++) {
		if (is_joining(warden->airs[i]))
			continue;
		r = kb_radio_scan(warden->radio, warden->airs[i]->wdev.ifindex, wireless->canary,
				  wireless->canary_len, &why);
		/* one that is under way will do as well; one that is off can hear nothing */
		if (!r || r == -EBUSY)
			warden->survey.asked_usec = now;
		else if (r != -ENETDOWN && r != -ENODEV)
			kb_warden_trouble(&why, r, warden->airs[i]->wdev.ifname);
		if (!r)
			return;
	}
}

static void signals_text(u32 signals, char *ret, size_t size, bool names)
{
	size_t used = 0;
	unsigned int i;

	*ret = '\0';
	for (i = 0; i < KB_SIGNAL_MAX && used < size; i++)
		if (signals >> i & 1)
			used += (size_t)snprintf(ret + used, size - used, "%s%s",
						 used ? names ? "," : "; " : "",
						 names ? kb_signal_name((enum kb_signal)i)
						       : _(kb_signal_text((enum kb_signal)i)));
}

static void report(struct kb_warden *warden, const struct kb_bss *bss,
		   const struct kb_bss_score *score)
{
	char detail[768], items[160];
	struct kb_history_entry entry = { .kind = KB_HISTORY_SUSPECT, .ssid_len = bss->ssid_len,
					  .frequency = bss->frequency, .signal = bss->signal,
					  .detail = detail, .items = items };

	entry.priority = score->score >= KB_SCORE_STRONG ? LOG_WARNING : LOG_NOTICE;
	memcpy(entry.ssid, bss->ssid, sizeof(entry.ssid));
	memcpy(entry.bssid, bss->bssid, sizeof(entry.bssid));
	if (score->profile < warden->policy->n_profiles)
		entry.profile = warden->policy->profiles[score->profile].name;
	signals_text(score->signals, detail, sizeof(detail), false);
	signals_text(score->signals, items, sizeof(items), true);
	kb_history_add(warden->history, &entry);
}

static bool may_act(const struct kb_warden *warden)
{
	return kb_warden_enforces(warden) && warden->policy->wireless.avoid;
}

/*
 * An impostor may use the address of an access point of ours: then avoiding it would do the
 * impostor's work.
 */
static bool is_borrowed(const struct kb_survey *s, const u8 bssid[6])
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->scores[i].standing == KB_BSS_KNOWN && !memcmp(s->bss[i].bssid, bssid, 6))
			return true;
	return false;
}

/*
 * By 802.1X and the four-way handshake an access point shows who it is, its address included.
 * What anybody may send in its name weighs nothing against that.
 */
static bool has_shown_itself(const struct kb_warden *warden, const struct kb_air *air)
{
	const struct kb_agent_policy *policy = warden->policy;
	const struct kb_wifi_proof *proof = &air->proof;

	return air->facts.associated && proof->proven && proof->profile < policy->n_profiles &&
	       policy->profiles[proof->profile].eap != KB_EAP_NONE;
}

/* One that the policy names, or that has shown itself: nobody's frames take it away from us. */
static bool is_ours(const struct kb_warden *warden, const u8 bssid[6])
{
	const struct kb_wifi_profile *profile;
	size_t i;

	for (i = 0; i < warden->policy->n_profiles; i++) {
		profile = &warden->policy->profiles[i];
		if (profile->pinned && profile->n_bssids && kb_wifi_bssid_matches(profile, bssid))
			return true;
	}
	for (i = 0; i < warden->n_airs; i++)
		if (has_shown_itself(warden, warden->airs[i]) &&
		    !memcmp(warden->airs[i]->facts.bssid, bssid, 6))
			return true;
	return false;
}

/*
 * False: it cannot be asked any more. One that does not answer is not waited for again
 * and again: the loop that waits here renews the lease.
 */
static bool avoid(struct kb_warden *warden, const u8 bssid[6])
{
	struct kb_fault why = {};
	size_t i;
	int r = 0;

	if (!warden->supplicant || is_ours(warden, bssid) || is_borrowed(&warden->survey, bssid))
		return true;
	for (i = 0; i < warden->n_airs && r != -ETIMEDOUT; i++) {
		r = kb_supplicant_avoid(warden->supplicant, warden->airs[i]->wdev.ifname, bssid,
					&why);
		if (r && r != -EOPNOTSUPP && r != -ENOENT && r != -ENODEV)
			kb_warden_trouble(&why, r, warden->airs[i]->wdev.ifname);
	}
	return !r || r == -EOPNOTSUPP || r == -ENOENT || r == -ENODEV;
}

static bool is_on(const struct kb_air *air, const struct kb_bss *bss)
{
	return air->facts.associated && !memcmp(air->facts.bssid, bss->bssid, 6) &&
	       air->facts.ssid_len == bss->ssid_len &&
	       !memcmp(air->facts.ssid, bss->ssid, bss->ssid_len) &&
	       (!air->facts.frequency || air->facts.frequency == bss->frequency);
}

static void weigh(struct kb_warden *warden, const struct kb_bss *bss,
		  const struct kb_bss_score *score)
{
	struct kb_survey *s = &warden->survey;
	size_t i;

	for (i = 0; i < warden->n_airs; i++) {
		if (!is_on(warden->airs[i], bss))
			continue;
		warden->airs[i]->dirty = true;
		if (score->score < KB_SCORE_CRITICAL || has_shown_itself(warden, warden->airs[i]))
			continue;
		s->critical = true;
		signals_text(score->signals, s->critical_why, sizeof(s->critical_why), false);
	}
}

/* May one more be told? Begins to count anew when the time is over. */
static bool may_report(struct kb_survey *s, u64 now)
{
	if (!s->reports_usec || now >= s->reports_usec + REPORTS_USEC) {
		s->reports_usec = now;
		s->reports = 0;
		s->untold_told = false;
	}
	if (s->reports >= REPORTS_MAX)
		return false;
	s->reports++;
	return true;
}

static void report_untold(struct kb_warden *warden, unsigned int n)
{
	char detail[160];
	struct kb_history_entry entry = { .kind = KB_HISTORY_ATTACK, .priority = LOG_WARNING,
					  .detail = detail };

	if (!n || warden->survey.untold_told)
		return;
	warden->survey.untold_told = true;
	if (warden->n_airs)
		entry.link = warden->airs[0]->wdev.ifname;
	snprintf(
		detail, sizeof(detail),
		_("%u more access points are suspect: a flood, of which no more is told for ten minutes"),
		n);
	kb_history_add(warden->history, &entry);
}

/* The strong ones first: they are told and avoided before there are too many. */
static void judge_all(struct kb_warden *warden, bool strong, unsigned int *untold)
{
	struct kb_survey *s = &warden->survey;
	unsigned int avoids = 0;
	size_t i;

	for (i = 0; i < s->n; i++) {
		const struct kb_bss_score *score = &s->scores[i];

		if (score->standing != KB_BSS_SUSPECT ||
		    (score->score >= KB_SCORE_STRONG) != strong)
			continue;
		if (score->news && may_report(s, s->usec))
			report(warden, &s->bss[i], score);
		else if (score->news)
			++*untold;
		if (!strong)
			continue;
		if (score->news && may_act(warden) && avoids < AVOIDS_MAX)
			avoids = avoid(warden, s->bss[i].bssid) ? avoids + 1 : AVOIDS_MAX;
		weigh(warden, &s->bss[i], score);
	}
}

static void take(struct kb_warden *warden, struct kb_bss *bss, size_t n)
{
	struct kb_survey *s = &warden->survey;
	struct kb_bss_score *scores = calloc(n + 1, sizeof(*scores));
	int r = scores && s->memory ? kb_score_survey(s->memory, warden->policy, bss, n,
						      kb_warden_now(), scores)
				    : -ENOMEM;
	unsigned int untold = 0;

	if (r) {
		kb_warden_trouble(&(struct kb_fault){}, r, NULL);
		free(scores);
		free(bss);
		return;
	}
	free(s->bss);
	free(s->scores);
	s->bss = bss;
	s->scores = scores;
	s->n = n;
	s->usec = kb_warden_now();
	s->critical = false;
	judge_all(warden, true, &untold);
	judge_all(warden, false, &untold);
	report_untold(warden, untold);
}

void kb_survey_done(struct kb_warden *warden, u32 ifindex, bool aborted)
{
	struct kb_survey *s = &warden->survey;
	bool ours = s->asked_usec != 0;
	struct kb_fault why = {};
	struct kb_bss *bss = NULL;
	size_t n = 0;
	int r;

	s->asked_usec = 0;
	if (aborted || (!ours && kb_warden_now() < s->usec + PAUSE_USEC))
		return;
	r = kb_radio_scan_results(warden->radio, ifindex, &bss, &n, &why);
	if (r)
		kb_warden_trouble(&why, r, NULL);
	else
		take(warden, bss, n);
	kb_warden_work_soon(warden);
}

bool kb_survey_forbids(struct kb_warden *warden, const struct kb_air *air, char *ret, size_t size)
{
	const struct kb_survey *s = &warden->survey;
	size_t i;

	if (!may_act(warden) || has_shown_itself(warden, air))
		return false;
	for (i = 0; i < s->n; i++) {
		if (s->scores[i].standing != KB_BSS_SUSPECT ||
		    s->scores[i].score < KB_SCORE_STRONG || !is_on(air, &s->bss[i]))
			continue;
		signals_text(s->scores[i].signals, ret, size, false);
		return true;
	}
	return false;
}

void kb_survey_certificate(struct kb_warden *warden, const struct kb_supplicant_notice *notice)
{
	struct kb_survey *s = &warden->survey;
	struct kb_history_entry entry = { .kind = KB_HISTORY_SUSPECT,
					  .priority = LOG_WARNING,
					  .link = notice->ifname,
					  .items = kb_signal_name(KB_SIGNAL_CERTIFICATE) };
	static const u8 unknown[6];
	char detail[512];

	snprintf(detail, sizeof(detail), "%s (%s)", _(kb_signal_text(KB_SIGNAL_CERTIFICATE)),
		 notice->detail);
	memcpy(entry.bssid, notice->bssid, sizeof(entry.bssid));
	entry.detail = detail;
	kb_history_add(warden->history, &entry);
	s->critical = true;
	snprintf(s->critical_why, sizeof(s->critical_why), "%s",
		 _(kb_signal_text(KB_SIGNAL_CERTIFICATE)));
	kb_warden_arm(warden, &s->timer, VETO_USEC, on_veto_over, warden);
	if (!memcmp(notice->bssid, unknown, sizeof(unknown)))
		return;
	if (s->memory && kb_score_certificate(s->memory, notice->bssid, kb_warden_now()))
		kb_warden_trouble(&(struct kb_fault){}, -ENOMEM, NULL);
	if (may_act(warden))
		avoid(warden, notice->bssid);
}
