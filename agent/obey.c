// SPDX-License-Identifier: GPL-2.0-or-later
/* Who proves what the lease says, and when all of that is in doubt. */
#include "agent/obey.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/paths.h"
#include "agent/place/keeper.h"
#include "agent/wifi/warden.h"
#include "policy/i18n.h"

#define SLEPT_USEC	(500 * 1000ll)	/* less is the two clocks' reading one after the other */

/* How long the machine slept since it was started, µs. */
static long long slept_usec(void)
{
	struct timespec boot, mono;

	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return ((long long)boot.tv_sec - mono.tv_sec) * 1000000 +
	       (boot.tv_nsec - mono.tv_nsec) / 1000;
}

/*
 * Something was proven, or is no more: the kernel shall know at once. Whoever says so is in the
 * midst of its work on what another policy would take away from under it: that one waits.
 */
static void on_changed(void *userdata)
{
	struct kb_daemon *daemon = userdata;

	if (!daemon->wire || daemon->learning)
		return;
	daemon->midway = true;
	kb_renew(daemon);
	daemon->midway = false;
}

/*
 * Another policy came into force, and the kernel carried on by name what it was told under the
 * one before. What is proven under this one is said with the first word about it: a link or
 * place that both know stays open, and the connections over it stay alive.
 */
static void on_learned(void *userdata)
{
	kb_obey_report(userdata);
}

/* Something in the air changed: the place may have, too. */
static void on_surroundings(void *userdata)
{
	struct kb_daemon *daemon = userdata;

	if (daemon->keeper)
		kb_keeper_notice(daemon->keeper);
}

/* A timer that never ends is cancelled when somebody sets the clock. */
static void arm_clock(struct kb_daemon *daemon)
{
	const struct itimerspec never = { .it_value.tv_sec = INT64_MAX / 2 };

	if (timerfd_settime(daemon->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
			    NULL) < 0)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot set a timer: %s"),
			   strerror(errno));
}

/* Somebody set the clock since it was asked last; waking up sets it, too. */
static bool clock_was_set(struct kb_daemon *daemon)
{
	uint64_t expirations;

	if (daemon->clock_fd <= 0 ||
	    read(daemon->clock_fd, &expirations, sizeof(expirations)) >= 0 || errno != ECANCELED)
		return false;
	arm_clock(daemon);
	return true;
}

static int on_clock(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_daemon *daemon = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	if (clock_was_set(daemon))
		kb_obey_doubt(daemon);
	return 0;
}

static int watch_clock(struct kb_daemon *daemon)
{
	int r;

	daemon->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (daemon->clock_fd < 0)
		return -errno;
	r = sd_event_add_io(daemon->event, &daemon->clock, daemon->clock_fd, EPOLLIN, on_clock,
			    daemon);
	if (r >= 0)
		arm_clock(daemon);
	return r < 0 ? r : 0;
}

int kb_obey_start(struct kb_daemon *daemon)
{
	const struct kb_warden_host host = { .event = daemon->event, .state_dir = daemon->state_dir,
					     .runtime_dir = KB_RUNTIME_DIR, .changed = on_changed,
					     .surroundings = on_surroundings, .userdata = daemon };
	struct kb_keeper_host place = { .event = daemon->event,
					.config_dir = daemon->config_dir,
					.state_dir = daemon->state_dir,
					.runtime_dir = KB_RUNTIME_DIR,
					.changed = on_changed,
					.userdata = daemon };
	int r;

	daemon->slept_usec = slept_usec();
	daemon->obeyed_count = daemon->lease.learned;
	daemon->lease.on_learned = on_learned;
	daemon->lease.userdata = daemon;
	r = watch_clock(daemon) ?: kb_warden_new(&host, &daemon->warden);
	place.warden = daemon->warden;
	return r ?: kb_keeper_new(&place, &daemon->keeper);
}

void kb_obey_stop(struct kb_daemon *daemon)
{
	kb_obey_follow(daemon, true);
	kb_keeper_free(daemon->keeper);
	daemon->keeper = NULL;
	kb_warden_free(daemon->warden);
	daemon->warden = NULL;
	daemon->clock = sd_event_source_unref(daemon->clock);
	if (daemon->clock_fd > 0)
		close(daemon->clock_fd);
	daemon->clock_fd = 0;
}

void kb_obey_report(struct kb_daemon *daemon)
{
	struct kb_lease *lease = &daemon->lease;
	long long slept = slept_usec();
	bool set = clock_was_set(daemon);

	daemon->learning = true;
	/* asked here, not only when the loop comes to it: a renewal may be due before that */
	if (set || slept > daemon->slept_usec + SLEPT_USEC) {
		daemon->slept_usec = slept;
		kb_obey_doubt(daemon);
	}
	kb_obey_follow(daemon, false);
	daemon->learning = false;
	if (!daemon->warden || !daemon->keeper || lease->learned != daemon->obeyed_count)
		return;
	lease->n_proofs = kb_warden_proofs(daemon->warden, &lease->proofs);
	kb_keeper_tick(daemon->keeper);
	lease->zone = kb_keeper_zone(daemon->keeper);
	lease->placed = lease->zone != KB_INDEX_NONE;
}

void kb_obey_follow(struct kb_daemon *daemon, bool gone)
{
	struct kb_lease *lease = &daemon->lease;
	struct kb_agent_policy *before = daemon->obeyed;

	if (!daemon->warden || !daemon->keeper ||
	    (!gone && (daemon->midway || lease->learned == daemon->obeyed_count)))
		return;
	if (lease->agent_err && !gone)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE,
			   _("no Wi-Fi profile and no place of this policy is obeyed: %s"),
			   lease->agent_why.text);
	daemon->obeyed_count = lease->learned;
	daemon->obeyed = gone ? NULL : lease->agent;
	if (!gone)
		lease->agent = NULL;
	lease->proofs = NULL;
	lease->n_proofs = 0;
	lease->placed = false;
	kb_warden_policy(daemon->warden, daemon->obeyed, gone ? NULL : daemon->wire);
	kb_keeper_policy(daemon->keeper, daemon->obeyed, lease->site);
	kb_agent_policy_free(before);
}

bool kb_obey_owes(const struct kb_daemon *daemon)
{
	return daemon->warden && daemon->keeper && daemon->lease.learned != daemon->obeyed_count;
}

void kb_obey_doubt(struct kb_daemon *daemon)
{
	if (daemon->warden)
		kb_warden_doubt(daemon->warden);
	if (daemon->keeper)
		kb_keeper_doubt(daemon->keeper);
}
