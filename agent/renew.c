// SPDX-License-Identifier: GPL-2.0-or-later
/* When the lease is renewed: every five seconds, at opening hours, after sleep and after a load. */
#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/isolate.h"
#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/obey.h"
#include "policy/i18n.h"

#define RENEW_USEC	(5 * 1000000ull)
#define SLOP_USEC	(250 * 1000ull)	/* lets the kernel bundle it with other wake-ups */
#define AWAKE_USEC	(200 * 1000ull)	/* the machine goes to sleep or is just waking up */
#define AT_ONCE_USEC	(1000 * 1000ull)	/* what ends leases again and again is not raced */

/* The coarse clock of time(2) may lag behind a timer of this very second. */
static u64 now_seconds(void)
{
	return kb_clock_usec(CLOCK_REALTIME) / 1000000;
}

static u64 boottime_usec(void)
{
	return kb_clock_usec(CLOCK_BOOTTIME);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	kb_renew(userdata);
	return 0;
}

/* @usec 0 takes the timer away. */
static void arm(struct kb_daemon *daemon, sd_event_source **timer, clockid_t clock, u64 usec,
		u64 accuracy)
{
	int r;

	*timer = sd_event_source_unref(*timer);
	if (!usec)
		return;
	r = sd_event_add_time(daemon->event, timer, clock, usec, accuracy, on_time, daemon);
	if (r < 0)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot set a timer: %s"), strerror(-r));
}

static void tell_trouble(struct kb_daemon *daemon, int err, const struct kb_fault *why)
{
	if (err == daemon->renew_err)
		return;
	kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE,
		   _("cannot renew the lease, protected paths will close: %s"),
		   why->text[0] ? why->text : strerror(-err));
}

void kb_renew(struct kb_daemon *daemon)
{
	u64 now = now_seconds(), pause = RENEW_USEC, changes;
	struct kb_fault why = {};
	int r = -ENODATA;
	bool owes;

	if (daemon->wire) {
		kb_obey_report(daemon);
		r = kb_lease_renew(&daemon->lease, daemon->wire, now, &why);
		kb_obey_follow(daemon, false);
	}
	owes = daemon->wire && kb_obey_owes(daemon);
	if (r == -ENODATA && !owes) {
		kb_renew_stop(daemon);
		return;
	}
	/* what was learned at a bad moment is obeyed at the next renewal */
	if (r == -EBUSY || owes)
		pause = AWAKE_USEC;
	if (r && r != -EBUSY && r != -ENODATA)
		tell_trouble(daemon, r, &why);
	if (!r)
		daemon->renewed_usec = boottime_usec();
	daemon->renew_err = r;
	changes = kb_lease_changes(&daemon->lease, now);
	/* a clock that counts sleep: what is due meanwhile comes at once when the machine wakes up */
	arm(daemon, &daemon->renewal, CLOCK_BOOTTIME, boottime_usec() + pause,
	    pause == AWAKE_USEC ? 1 : SLOP_USEC);
	arm(daemon, &daemon->hours, CLOCK_REALTIME, changes * 1000000, 1);
}

void kb_renew_stop(struct kb_daemon *daemon)
{
	daemon->renewal = sd_event_source_unref(daemon->renewal);
	daemon->hours = sd_event_source_unref(daemon->hours);
	daemon->renew_err = 0;
}

void kb_renew_notice(struct kb_daemon *daemon, const struct kb_record *record)
{
	switch (record->event) {
	case KB_EVENT_POLICY:
		kb_lease_forget(&daemon->lease);
		daemon->renew_due = true;
		break;
	case KB_EVENT_LEASE:
		/* it ended although we are here: sleep, or another's doing */
		if (kb_has(record->have, KB_A_LEASE) && !record->lease)
			daemon->renew_due = daemon->doubt_due = true;
		break;
	case KB_EVENT_ISOLATE:
		daemon->isolation_due = true;
		break;
	default:
		break;
	}
}

void kb_renew_if_due(struct kb_daemon *daemon)
{
	struct kb_fault why = {};
	bool again;
	int r = 0;

	if (daemon->isolation_due && daemon->wire)
		r = kb_isolate_follow(daemon->wire, daemon->state_dir, &why);
	if (r)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, "%s", why.text);
	daemon->isolation_due = false;
	/* a sleep of less than the clock's second is seen by nothing else */
	if (daemon->doubt_due)
		kb_obey_doubt(daemon);
	daemon->doubt_due = false;
	again = daemon->lease.known && daemon->lease.running &&
		boottime_usec() < daemon->renewed_usec + AT_ONCE_USEC;
	if (daemon->renew_due && again)
		arm(daemon, &daemon->renewal, CLOCK_BOOTTIME, daemon->renewed_usec + AT_ONCE_USEC, 1);
	else if (daemon->renew_due)
		kb_renew(daemon);
	/* told of a policy just before it was in force, the kernel had none yet: it has by then */
	if (daemon->renew_due && daemon->lease.known && !daemon->lease.wanted) {
		kb_lease_forget(&daemon->lease);
		arm(daemon, &daemon->renewal, CLOCK_BOOTTIME, boottime_usec() + AT_ONCE_USEC, 1);
	}
	daemon->renew_due = false;
}
