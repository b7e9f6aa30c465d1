/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent: seals trust, loads policies, holds the lease, tells events. It decides nothing. */
#ifndef AGENT_DAEMON_H
#define AGENT_DAEMON_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "agent/family.h"
#include "agent/lease.h"
#include "agent/netlink.h"
#include "agent/worker.h"

#define KB_WATCHES_MAX	6		/* state, config, trust and its three rings */

struct kb_daemon {
	const char *config_dir, *state_dir;
	sd_event *event;

	struct kb_family_watch *family;	/* tells when the module comes */
	struct kb_wire *wire;		/* requests; NULL while there is no module */
	struct kb_wire *events;		/* receives; NULL likewise */
	sd_event_source *events_source;

	sd_event_source *watches[KB_WATCHES_MAX];	/* inotify; NULL = directory missing */
	sd_event_source *retry;		/* timer, armed only while something must be tried again */
	sd_event_source *due;		/* timer: a delivered policy becomes valid */
	uint64_t retry_usec;		/* next pause; doubles, so that a lasting fault fills no journal */

	struct kb_worker worker;	/* at work while .pid */
	sd_event_source *worker_source;
	bool again;			/* something changed while it worked */
	bool seal_asked;		/* somebody said that trust may be sealed (agent/readiness.h) */
	bool sealing;			/* that was said to the worker that is at work */
	bool connected;			/* the module was found just now: its events are not told yet */
	bool ready;			/* systemd was told */

	struct kb_lease lease;
	sd_event_source *renewal, *hours;	/* timers; NULL while no lease is wanted */
	u64 renewed_usec;		/* CLOCK_BOOTTIME */
	struct kb_warden *warden;	/* agent/obey.c: proves wireless links */
	struct kb_keeper *keeper;	/* agent/obey.c: knows the place */
	struct kb_agent_policy *obeyed;	/* owned; what the warden and the keeper borrow */
	u32 obeyed_count;		/* lease.learned of that */
	bool midway;			/* the warden or the keeper is at work: no other policy may come now */
	bool learning;			/* what the warden and the keeper say now is said right afterwards */
	sd_event_source *clock;		/* tells when the clock was set */
	int clock_fd;			/* 0 = none */
	long long slept_usec;		/* this boot, when it was looked at last */
	int renew_err;			/* told last */
	bool renew_due, isolation_due;	/* an event asks for it */
	bool doubt_due;			/* the lease ended: nothing of before holds */

	u64 cursor;			/* last event told */
	u64 told_cursor;		/* what the file on disk says */
	u64 lost;			/* events that never came */
	bool catch_up;			/* a gap was seen: ask for what the kernel still holds */
	char status[512];		/* last STATUS= sent */
};

/* Brings everything into step with the module, files and events. Call again after any change. */
void kb_daemon_attempt(struct kb_daemon *daemon);

/* Starts and runs the loop until SIGTERM or SIGINT. 0 or a negative errno, told. */
int kb_daemon_run(const char *config_dir, const char *state_dir);

/* Seals and loads once: an exit code of the command (0, 1, 3, 4, 5). */
int kb_daemon_once(const char *config_dir, const char *state_dir);

/* agent/tell.c: reads what is due and tells it. -errno: try again later. */
int kb_tell_catch_up(struct kb_daemon *daemon);
int kb_tell_live(struct kb_daemon *daemon);
/* Where the journal's reader stopped; from the start when the module is @fresh. */
void kb_tell_resume(struct kb_daemon *daemon, bool fresh);

/* agent/renew.c: renews the lease now and sets the timers for what comes; without policy or module none. */
void kb_renew(struct kb_daemon *daemon);
void kb_renew_stop(struct kb_daemon *daemon);
/* An event came by: does it concern lease or isolation? */
void kb_renew_notice(struct kb_daemon *daemon, const struct kb_record *record);
/* Does what the events since asked for. */
void kb_renew_if_due(struct kb_daemon *daemon);

/* agent/watch.c: (re)arms inotify on the directories that exist. */
int kb_watch_arm(struct kb_daemon *daemon);
void kb_watch_disarm(struct kb_daemon *daemon);

#endif
