// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps track of the place: runs providers, decides, tells, acts (P1, P2). */
#include "agent/place/keeper.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "agent/clock.h"
#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/paths.h"
#include "agent/place/keeper_parts.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

#define CALM_USEC	(30 * 1000000ull)	/* between two questions while nothing is undecided */
#define RESTLESS_USEC	(5 * 1000000ull)	/* and while something is */
#define SURVEY_USEC	(20 * 1000000ull)	/* a survey takes seconds of the radio's time */
#define TICK_USEC	(7 * 1000000ull)	/* a renewal of the lease should have come by */
#define CGROUP_ROOT	"/sys/fs/cgroup"

static void trouble(int err, const char *what)
{
	kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, "%s: %s", what, strerror(-err));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

/* @usec 0: off. */
static void arm(struct kb_keeper *keeper, sd_event_source **timer, clockid_t clock, u64 usec,
		u64 accuracy)
{
	int r;

	/* a loop that has ended lets nothing be switched off any more, but taken away */
	if (!usec) {
		*timer = sd_event_source_disable_unref(*timer);
		return;
	}
	if (!*timer)
		r = sd_event_add_time(keeper->host.event, timer, clock, usec, accuracy, on_timer,
				      keeper);
	else
		r = sd_event_source_set_time(*timer, usec);
	if (r >= 0)
		r = sd_event_source_set_enabled(*timer, SD_EVENT_ONESHOT);
	if (r < 0)
		trouble(r, _("cannot set a timer"));
}

void kb_keeper_notice(struct kb_keeper *keeper)
{
	int r;

	if (!keeper->tracker)
		return;
	r = sd_event_source_set_enabled(keeper->soon, SD_EVENT_ONESHOT);
	if (r < 0)
		trouble(r, _("cannot look at the place"));
}

static void on_provider(void *userdata)
{
	kb_keeper_notice(userdata);
}

static const struct kb_wifi_view *on_wifi(void *userdata)
{
	const struct kb_keeper *keeper = userdata;

	return &keeper->view;
}

static bool enforces(const struct kb_keeper *keeper)
{
	return keeper->policy && keeper->policy->place_mode == KB_GATE_ENFORCE;
}

/* Certain that the place was left: what must not go on outside ends. */
static void act(struct kb_keeper *keeper, const struct kb_tracked *place)
{
	if (!enforces(keeper))
		return;
	if (place->place->cut)
		kb_keeper_tell_cut(place, kb_session_cut(CGROUP_ROOT));
	if (place->place->lock)
		kb_session_lock(keeper->session);
}

static void on_move(const struct kb_tracked *place, enum kb_move move, void *userdata)
{
	struct kb_keeper *keeper = userdata;

	if (move == KB_MOVE_GONE)
		act(keeper, place);
	else
		kb_keeper_tell_move(keeper, place, move);
}

static u64 pace(const struct kb_keeper *keeper)
{
	return kb_tracker_restless(keeper->tracker) ? RESTLESS_USEC : CALM_USEC;
}

static void refresh(struct kb_keeper *keeper, u64 now)
{
	keeper->refreshed_usec = now;
	kb_tracker_refresh(keeper->tracker);
	if (keeper->host.warden && now >= keeper->surveyed_usec + SURVEY_USEC &&
	    kb_tracker_wants_air(keeper->tracker, now)) {
		keeper->surveyed_usec = now;
		kb_warden_survey(keeper->host.warden);
	}
}

/* Which place it is in by the evidence; NULL = none. */
static const struct kb_place *proven(const struct kb_keeper *keeper)
{
	u16 zone = kb_tracker_zone(keeper->tracker);
	u32 i;

	for (i = 0; i < keeper->policy->n_places; i++)
		if (keeper->policy->places[i].zone == zone)
			return &keeper->policy->places[i];
	return NULL;
}

/* Carried out is who was in a place and is in none for certain: not while one is undecided. */
static void follow_carry(struct kb_keeper *keeper)
{
	const struct kb_place *place = proven(keeper);
	u64 now = kb_clock_usec(CLOCK_REALTIME) / 1000000;
	int r = 0;

	if (place)
		r = kb_carry_in(keeper->carry, place->name, now);
	else if (!kb_tracker_undecided(keeper->tracker))
		r = kb_carry_out(keeper->carry, now);
	if (!r)
		r = kb_carry_tick(keeper->carry, now);
	if (r)
		trouble(r, _("cannot keep in mind where this terminal is"));
	arm(keeper, &keeper->overdue, CLOCK_REALTIME, kb_carry_due(keeper->carry) * 1000000,
	    1000000);
}

static void set_zone(struct kb_keeper *keeper, u16 zone, bool tell)
{
	if (zone == keeper->zone)
		return;
	keeper->zone = zone;
	if (tell)
		keeper->host.changed(keeper->host.userdata);
}

static void arm_next(struct kb_keeper *keeper, u64 now)
{
	u64 next = keeper->refreshed_usec + pace(keeper) + TICK_USEC,
	    due = kb_tracker_due(keeper->tracker);

	if (next <= now)
		next = now + TICK_USEC;
	if (due && due < next)
		next = due > now ? due : now + 1;
	arm(keeper, &keeper->timer, CLOCK_BOOTTIME, next, 1);
}

static u16 zone_now(const struct kb_keeper *keeper)
{
	return enforces(keeper) ? kb_tracker_zone(keeper->tracker) : kb_tracker_likely(keeper->tracker);
}

/* @tell: the host does not ask for the zone by itself right now. */
static void look(struct kb_keeper *keeper, bool tell)
{
	u64 now = kb_clock_usec(CLOCK_BOOTTIME);
	bool changed;

	if (!keeper->tracker)
		return;
	if (keeper->host.warden)
		kb_warden_view(keeper->host.warden, &keeper->view);
	changed = kb_tracker_look(keeper->tracker, keeper->view.veto ? keeper->view.veto_why : NULL,
				  now);
	if (!kb_tracker_undecided(keeper->tracker) || kb_tracker_open(keeper->tracker))
		keeper->doubt = NULL;
	follow_carry(keeper);
	if (changed) {
		/* something happened: others may have news as well */
		if (!kb_tracker_open(keeper->tracker) &&
		    now >= keeper->refreshed_usec + RESTLESS_USEC)
			refresh(keeper, now);
		kb_keeper_write(keeper, now);
	}
	arm_next(keeper, now);
	set_zone(keeper, zone_now(keeper), tell);
}

static void refresh_if_due(struct kb_keeper *keeper)
{
	u64 now = kb_clock_usec(CLOCK_BOOTTIME);

	if (keeper->tracker && now >= keeper->refreshed_usec + pace(keeper))
		refresh(keeper, now);
}

void kb_keeper_tick(struct kb_keeper *keeper)
{
	refresh_if_due(keeper);
	look(keeper, false);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	refresh_if_due(userdata);
	look(userdata, true);
	return 0;
}

static int on_soon(sd_event_source *source, void *userdata)
{
	(void)source;
	look(userdata, true);
	return 0;
}

static bool has_places(const struct kb_agent_policy *policy)
{
	u32 i;

	for (i = 0; policy && policy->place_mode != KB_GATE_OFF && i < policy->n_places; i++)
		if (policy->places[i].n_evidence)
			return true;
	return false;
}

static bool has_zone(const struct kb_agent_policy *policy, const char *name)
{
	u32 i;

	for (i = 0; i < policy->n_places; i++)
		if (policy->places[i].n_evidence && !strcmp(policy->places[i].name, name))
			return true;
	return false;
}

/*
 * Where it was counts on only while the policy knows that place. Without any policy, nothing
 * is forgotten.
 */
static const char *zone_before(struct kb_keeper *keeper)
{
	const struct kb_carry_state *state = kb_carry_state(keeper->carry);
	int r = 0;

	if (!keeper->policy || state->where == KB_WHERE_NONE)
		return NULL;
	if (!has_places(keeper->policy) || !has_zone(keeper->policy, state->zone))
		r = kb_carry_forget(keeper->carry);
	if (r)
		trouble(r, _("cannot keep in mind where this terminal is"));
	return state->where == KB_WHERE_IN ? state->zone : NULL;
}

void kb_keeper_policy(struct kb_keeper *keeper, const struct kb_agent_policy *policy,
		      const char *site)
{
	struct kb_tracker *old = keeper->tracker;
	bool alike = policy && keeper->policy && policy->place_mode == keeper->policy->place_mode &&
		     !strcmp(keeper->site, site ?: "");
	const char *before;
	int r;

	keeper->doubt =
		policy ? N_("another policy is in force") : N_("the agent or its policy ended");
	if (old && !alike)
		kb_tracker_doubt(old, kb_clock_usec(CLOCK_BOOTTIME));
	keeper->tracker = NULL;
	keeper->policy = policy;
	snprintf(keeper->site, sizeof(keeper->site), "%s", site ?: "");
	keeper->refreshed_usec = 0;
	keeper->around = (struct kb_surroundings){ .event = keeper->host.event, .policy = policy,
						   .site = keeper->site, .wifi = on_wifi,
						   .changed = on_provider, .userdata = keeper };
	before = zone_before(keeper);
	if (has_places(policy)) {
		r = kb_tracker_new(&keeper->around, before, on_move, keeper, &keeper->tracker);
		if (r)
			trouble(r, _("cannot look at the place"));
	}
	/* what both policies mean alike goes on, the rest is in doubt */
	if (alike && keeper->tracker && old && kb_tracker_inherit(keeper->tracker, old))
		keeper->doubt = NULL;
	if (alike && old)
		kb_tracker_doubt(old, kb_clock_usec(CLOCK_BOOTTIME));
	kb_tracker_free(old);
	if (!keeper->tracker) {
		arm(keeper, &keeper->timer, CLOCK_BOOTTIME, 0, 1);
		arm(keeper, &keeper->overdue, CLOCK_REALTIME, 0, 1);
		keeper->zone = KB_INDEX_NONE;
		kb_keeper_write(keeper, kb_clock_usec(CLOCK_BOOTTIME));
		return;
	}
	/* the caller has just taken a policy: it renews the lease by itself */
	keeper->zone = zone_now(keeper);
	refresh(keeper, kb_clock_usec(CLOCK_BOOTTIME));
	kb_keeper_notice(keeper);
	kb_keeper_write(keeper, kb_clock_usec(CLOCK_BOOTTIME));
}

void kb_keeper_doubt(struct kb_keeper *keeper)
{
	u64 now = kb_clock_usec(CLOCK_BOOTTIME);

	if (!keeper->tracker)
		return;
	keeper->doubt = N_("the machine slept, or its clock was set");
	kb_tracker_doubt(keeper->tracker, now);
	keeper->surveyed_usec = 0;
	refresh(keeper, now);
	kb_keeper_write(keeper, now);
	kb_keeper_notice(keeper);
	set_zone(keeper, enforces(keeper) ? KB_INDEX_NONE : kb_tracker_likely(keeper->tracker),
		 true);
}

u16 kb_keeper_zone(const struct kb_keeper *keeper)
{
	return keeper->zone;
}

static int open_parts(struct kb_keeper *keeper)
{
	const struct kb_grants grants = { keeper->host.config_dir, keeper->host.state_dir };
	struct kb_fault why = {};
	int r;

	keeper->path = kb_path_join(keeper->host.runtime_dir, KB_PLACE_FILE);
	if (!keeper->path)
		return -ENOMEM;
	/* where systemd did not make it */
	if (mkdir(keeper->host.runtime_dir, 0755) && errno != EEXIST)
		trouble(-errno, keeper->host.runtime_dir);
	r = kb_session_new(keeper->host.event, &keeper->session);
	if (!r)
		r = kb_carry_new(&grants, kb_keeper_tell_carry, keeper, &keeper->carry, &why);
	if (why.text[0])
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, "%s", why.text);
	if (keeper->carry)
		r = 0;
	if (!r)
		r = sd_event_add_defer(keeper->host.event, &keeper->soon, on_soon, keeper);
	if (r >= 0)
		r = sd_event_source_set_enabled(keeper->soon, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

int kb_keeper_new(const struct kb_keeper_host *host, struct kb_keeper **ret)
{
	struct kb_keeper *keeper = calloc(1, sizeof(*keeper));
	int r;

	if (!keeper)
		return -ENOMEM;
	keeper->host = *host;
	keeper->zone = KB_INDEX_NONE;
	r = open_parts(keeper);
	if (r) {
		kb_keeper_free(keeper);
		return r;
	}
	*ret = keeper;
	return 0;
}

void kb_keeper_free(struct kb_keeper *keeper)
{
	if (!keeper)
		return;
	kb_tracker_free(keeper->tracker);
	sd_event_source_disable_unref(keeper->soon);
	sd_event_source_disable_unref(keeper->timer);
	sd_event_source_disable_unref(keeper->overdue);
	kb_carry_free(keeper->carry);
	kb_session_free(keeper->session);
	if (keeper->path)
		kb_file_remove(keeper->path);
	free(keeper->path);
	free(keeper);
}
