// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps the wireless links of the terminal: hears what happens, and says what is proven. */
#include "agent/wifi/warden.h"

#include <errno.h>
#include <linux/nl80211.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <syslog.h>

#include "agent/clock.h"
#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/wifi/warden_parts.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

u64 kb_warden_now(void)
{
	return kb_clock_usec(CLOCK_BOOTTIME);
}

void kb_warden_trouble(const struct kb_fault *why, int err, const char *ifname)
{
	const char *text = why->text[0] ? why->text : strerror(-err);

	if (ifname)
		kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, "%s: %s", ifname, text);
	else
		kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, "%s", text);
}

void kb_warden_arm(struct kb_warden *warden, sd_event_source **timer, u64 usec,
		   sd_event_time_handler_t fn, void *userdata)
{
	int r;

	*timer = sd_event_source_unref(*timer);
	r = sd_event_add_time(warden->host.event, timer, CLOCK_BOOTTIME, kb_warden_now() + usec,
			      1000, fn, userdata);
	if (r < 0)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot set a timer: %s"),
			   strerror(-r));
}

struct kb_air *kb_warden_air(struct kb_warden *warden, u32 ifindex)
{
	size_t i;

	for (i = 0; i < warden->n_airs; i++)
		if (warden->airs[i]->wdev.ifindex == ifindex)
			return warden->airs[i];
	return NULL;
}

struct kb_air *kb_warden_air_named(struct kb_warden *warden, const char *ifname)
{
	size_t i;

	for (i = 0; i < warden->n_airs; i++)
		if (!strcmp(warden->airs[i]->wdev.ifname, ifname))
			return warden->airs[i];
	return NULL;
}

/* An event may name an interface before a dump does. */
struct kb_air *kb_warden_air_for(struct kb_warden *warden, u32 ifindex)
{
	struct kb_air *air = ifindex ? kb_warden_air(warden, ifindex) : NULL;

	if (air || !ifindex || warden->n_airs == KB_AIRS_MAX)
		return air;
	air = calloc(1, sizeof(*air));
	if (!air)
		return NULL;
	air->warden = warden;
	air->wdev.ifindex = ifindex;
	air->wdev.iftype = NL80211_IFTYPE_STATION;
	air->told = KB_INDEX_NONE;
	air->dirty = true;
	warden->airs[warden->n_airs++] = air;
	return air;
}

static void all_dirty(struct kb_warden *warden)
{
	size_t i;

	for (i = 0; i < warden->n_airs; i++)
		warden->airs[i]->dirty = true;
	kb_warden_work_soon(warden);
}

/* --- What comes in */

static void on_notice(const struct kb_radio_notice *notice, void *userdata)
{
	struct kb_warden *warden = userdata;
	struct kb_air *air;
	size_t i;

	if (notice->event == KB_RADIO_LOST) {
		for (i = 0; i < warden->n_airs; i++)
			warden->airs[i]->negotiated.doubted = true;
		all_dirty(warden);
		return;
	}
	if (notice->event == KB_RADIO_SCAN_DONE) {
		kb_survey_done(warden, notice->ifindex, notice->status < 0);
		return;
	}
	air = notice->event == KB_RADIO_INTERFACE ? NULL
						  : kb_warden_air_for(warden, notice->ifindex);
	if (air)
		kb_air_notice(air, notice);
	kb_warden_work_soon(warden);
}

void kb_warden_hear(struct kb_warden *warden)
{
	int r = kb_radio_receive(warden->radio, on_notice, warden);

	if (r)
		kb_warden_trouble(&(struct kb_fault){}, r, NULL);
}

static int on_radio(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	kb_warden_hear(userdata);
	return 0;
}

static void on_link(u32 ifindex, bool gone, bool operational, void *userdata)
{
	struct kb_warden *warden = userdata;
	struct kb_air *air = ifindex ? kb_warden_air(warden, ifindex) : NULL;

	(void)gone;
	if (!ifindex) {
		all_dirty(warden);
		return;
	}
	if (!air)
		return;
	if (operational != air->facts.operational)
		air->tries = 0;
	air->dirty = true;
	kb_warden_work_soon(warden);
}

static int on_carrier(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_warden *warden = userdata;
	int r = kb_carrier_receive(warden->carrier, on_link, warden);

	(void)source;
	(void)fd;
	(void)revents;
	if (r)
		kb_warden_trouble(&(struct kb_fault){}, r, NULL);
	return 0;
}

static void on_supplicant(const struct kb_supplicant_notice *notice, void *userdata)
{
	struct kb_warden *warden = userdata;
	struct kb_air *air = notice->ifname[0] ? kb_warden_air_named(warden, notice->ifname) : NULL;

	if (notice->event == KB_SUPPLICANT_CERTIFICATE)
		kb_survey_certificate(warden, notice);
	if (notice->event == KB_SUPPLICANT_CAME || notice->event == KB_SUPPLICANT_GONE)
		kb_guard_supplicant(warden->guard);
	if (!air) {
		all_dirty(warden);
		return;
	}
	air->tries = 0;
	air->dirty = true;
	kb_warden_work_soon(warden);
}

/* --- Beginning and end */

static void close_radio(struct kb_warden *warden)
{
	size_t i;

	kb_guard_policy(warden->guard, NULL, NULL);
	kb_survey_end(warden);
	for (i = 0; i < warden->n_airs; i++)
		kb_air_free(warden->airs[i]);
	warden->n_airs = warden->n_proofs = warden->n_foreign = 0;
	warden->work = sd_event_source_unref(warden->work);
	warden->later = sd_event_source_unref(warden->later);
	warden->radio_source = sd_event_source_unref(warden->radio_source);
	warden->carrier_source = sd_event_source_unref(warden->carrier_source);
	kb_supplicant_close(warden->supplicant);
	kb_radio_close(warden->radio);
	kb_carrier_close(warden->carrier);
	warden->supplicant = NULL;
	warden->radio = NULL;
	warden->carrier = NULL;
	warden->verify = warden->stormy = false;
}

static int add_sources(struct kb_warden *warden)
{
	sd_event *event = warden->host.event;
	int r;

	r = sd_event_add_io(event, &warden->radio_source, kb_radio_fd(warden->radio), EPOLLIN,
			    on_radio, warden);
	if (r >= 0)
		r = sd_event_add_io(event, &warden->carrier_source, kb_carrier_fd(warden->carrier),
				    EPOLLIN, on_carrier, warden);
	if (r >= 0)
		r = sd_event_add_defer(event, &warden->work, kb_round_run, warden);
	/* behind all that is there to be read, so that it is done once for a handful of events */
	if (r >= 0)
		r = sd_event_source_set_priority(warden->work, SD_EVENT_PRIORITY_NORMAL + 50);
	return r < 0 ? r : 0;
}

static int open_radio(struct kb_warden *warden, struct kb_fault *why)
{
	int r = kb_radio_open(&warden->radio, why);

	if (!r)
		r = kb_radio_subscribe(warden->radio, why);
	if (!r)
		r = kb_carrier_open(&warden->carrier, why);
	if (!r)
		r = add_sources(warden);
	if (!r)
		r = kb_supplicant_open(warden->policy->wireless.supplicant, warden->host.event,
				       on_supplicant, warden, &warden->supplicant, why);
	return r;
}

static void begin(struct kb_warden *warden)
{
	struct kb_fault why = {};
	int r = open_radio(warden, &why);

	if (!r) {
		if (warden->host.runtime_dir)
			warden->n_remembered = kb_remembered_read(warden->host.runtime_dir,
								  warden->remembered);
		warden->since = kb_warden_now();
		kb_guard_policy(warden->guard, warden->policy, warden->supplicant);
		kb_survey_begin(warden);
		kb_warden_work_soon(warden);
		return;
	}
	close_radio(warden);
	if (r != -ENOENT)		/* without a radio there is nothing to keep */
		kb_warden_trouble(&why, r, NULL);
}

static int on_family(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_warden *warden = userdata;
	bool came = false, gone = false;

	(void)source;
	(void)fd;
	(void)revents;
	if (kb_family_watch_read(warden->family, &came, &gone) || !warden->policy)
		return 0;
	if (gone && warden->radio) {
		close_radio(warden);
		warden->host.changed(warden->host.userdata);
	}
	if ((came || gone) && !warden->radio)
		begin(warden);
	return 0;
}

static void watch_family(struct kb_warden *warden)
{
	struct kb_fault why = {};
	int r;

	if (warden->family)
		return;
	r = kb_family_watch_open(NL80211_GENL_NAME, &warden->family, &why);
	if (!r)
		r = sd_event_add_io(warden->host.event, &warden->family_source,
				    kb_family_watch_fd(warden->family), EPOLLIN, on_family, warden);
	if (r < 0)
		kb_warden_trouble(&why, r, NULL);
}

static void unwatch_family(struct kb_warden *warden)
{
	warden->family_source = sd_event_source_unref(warden->family_source);
	kb_family_watch_close(warden->family);
	warden->family = NULL;
}

/*
 * What was heard of an association stays true under another policy; what followed from it may not.
 */
static void anew(struct kb_warden *warden)
{
	size_t i;

	for (i = 0; i < warden->n_airs; i++) {
		kb_air_forget(warden->airs[i]);
		kb_fence_drop(warden->airs[i]);
		warden->airs[i]->tries = 0;
		warden->airs[i]->reported = 0;
		warden->airs[i]->dirty = true;
	}
	warden->n_foreign = 0;
	kb_guard_policy(warden->guard, warden->policy, warden->supplicant);
	kb_survey_end(warden);
	kb_survey_begin(warden);
	/* at once, so that a link which both policies know does not close in between */
	kb_round_prove(warden);
	kb_warden_work_soon(warden);
}

/* What the supplicant demands may be another. */
static void on_provisioned(void *userdata)
{
	all_dirty(userdata);
}

int kb_warden_new(const struct kb_warden_host *host, struct kb_warden **ret)
{
	struct kb_warden *warden = calloc(1, sizeof(*warden));
	const struct kb_guard_host guard = { .event = host->event, .changed = on_provisioned,
					     .userdata = warden };
	struct stat ns;

	if (!warden)
		return -ENOMEM;
	warden->host = *host;
	warden->netns = stat("/proc/self/ns/net", &ns) ? 0 : ns.st_ino;
	if (kb_history_open(host->state_dir, &warden->history) ||
	    kb_guard_new(&guard, &warden->guard)) {
		kb_history_close(warden->history);
		free(warden);
		return -ENOMEM;
	}
	*ret = warden;
	return 0;
}

void kb_warden_free(struct kb_warden *warden)
{
	if (!warden)
		return;
	close_radio(warden);
	unwatch_family(warden);
	kb_guard_free(warden->guard);
	kb_history_close(warden->history);
	free(warden);
}

void kb_warden_policy(struct kb_warden *warden, const struct kb_agent_policy *policy,
		      struct kb_wire *wire)
{
	enum kb_supplicant before = warden->wanted;

	warden->wire = wire;
	warden->policy = policy && policy->wifi_mode != KB_GATE_OFF ? policy : NULL;
	warden->wanted = warden->policy ? policy->wireless.supplicant : KB_SUPPLICANT_AUTO;
	if (!warden->policy) {
		close_radio(warden);
		unwatch_family(warden);
		return;
	}
	if (warden->radio && warden->wanted == before) {
		anew(warden);
		return;
	}
	close_radio(warden);
	/* watched first, so that a radio that comes in between is seen */
	watch_family(warden);
	begin(warden);
}

void kb_warden_doubt(struct kb_warden *warden)
{
	size_t i;

	for (i = 0; i < warden->n_airs; i++) {
		warden->airs[i]->negotiated.doubted = true;
		warden->airs[i]->tries = 0;
		kb_air_forget(warden->airs[i]);
	}
	warden->since = kb_warden_now();
	kb_round_gather(warden);
	all_dirty(warden);
}

size_t kb_warden_proofs(const struct kb_warden *warden, const struct kb_link_proof **ret)
{
	*ret = warden->proofs;
	return warden->n_proofs;
}

static void mark(u32 mask[8], u16 profile)
{
	if (profile < KB_PROFILES_MAX)
		mask[profile / 32] |= 1u << (profile % 32);
}

void kb_warden_view(const struct kb_warden *warden, struct kb_wifi_view *ret)
{
	struct kb_wifi_view view = { .bss = warden->survey.bss,
				     .n_bss = warden->survey.n,
				     .scores = warden->survey.scores,
				     .survey_usec = warden->survey.usec,
				     .veto = warden->survey.critical };
	size_t i;

	snprintf(view.veto_why, sizeof(view.veto_why), "%s", warden->survey.critical_why);
	for (i = 0; i < warden->n_airs; i++) {
		const struct kb_air *air = warden->airs[i];

		if (air->told == KB_INDEX_NONE)
			continue;
		mark(view.proven_profiles, air->told);
		/* in audit something else may have been told than what was proven */
		if (air->proof.proven && warden->policy->profiles[air->told].eap != KB_EAP_NONE)
			mark(view.eap_profiles, air->told);
	}
	for (i = 0; i < warden->n_foreign && !view.veto; i++) {
		if (!warden->foreign[i].stays)
			continue;
		view.veto = true;
		snprintf(view.veto_why, sizeof(view.veto_why), "%s",
			 _("a wireless device of a kind that terminals must not have"));
	}
	*ret = view;
}

void kb_warden_survey(struct kb_warden *warden)
{
	if (warden->radio)
		kb_survey_ask(warden);
}
