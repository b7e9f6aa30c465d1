// SPDX-License-Identifier: GPL-2.0-or-later
/* The agent: seals trust, loads policies, holds the lease, tells events. */
#include "agent/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>

#include "agent/cli/verb.h"
#include "agent/isolate.h"
#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/obey.h"
#include "agent/seal.h"
#include "agent/state.h"
#include "agent/store.h"
#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define RETRY_USEC	(5 * 1000000ull)
#define RETRY_USEC_MAX	(320 * 1000000ull)

static void note(const char *text, void *userdata)
{
	(void)userdata;
	kb_journal(LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, "%s", text);
}

/* Says it to systemd, and to the journal when it is news. */
__attribute__((format(printf, 4, 5)))
static void set_status(struct kb_daemon *daemon, int priority, const char *message_id,
		       const char *fmt, ...)
{
	char raw[1024], text[sizeof(daemon->status)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	/* systemd takes whole characters only */
	kb_printable(raw, text, sizeof(text));
	if (!strcmp(text, daemon->status))
		return;
	strcpy(daemon->status, text);
	sd_notifyf(0, "STATUS=%s", text);
	kb_journal(priority, message_id, "%s", text);
}

static void disconnect(struct kb_daemon *daemon)
{
	kb_obey_follow(daemon, true);
	daemon->events_source = sd_event_source_unref(daemon->events_source);
	kb_wire_close(daemon->events);
	kb_wire_close(daemon->wire);
	daemon->events = daemon->wire = NULL;
	kb_lease_end(&daemon->lease, NULL);
	kb_renew_stop(daemon);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	kb_daemon_attempt(userdata);
	return 0;
}

/* Only what no notification will ever tell us is tried again by the clock. */
static void retry_later(struct kb_daemon *daemon)
{
	uint64_t pause = daemon->retry_usec ?: RETRY_USEC;
	int armed = SD_EVENT_OFF, r;

	/* one that is due stays due, however many faults come in between */
	if (daemon->retry && sd_event_source_get_enabled(daemon->retry, &armed) >= 0 && armed)
		return;
	if (!daemon->retry)
		r = sd_event_add_time_relative(daemon->event, &daemon->retry, CLOCK_BOOTTIME, pause, 0,
					       on_retry, daemon);
	else
		r = sd_event_source_set_time_relative(daemon->retry, pause);
	if (r >= 0)
		r = sd_event_source_set_enabled(daemon->retry, SD_EVENT_ONESHOT);
	if (r < 0)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot set a timer: %s"), strerror(-r));
	daemon->retry_usec = 2 * pause < RETRY_USEC_MAX ? 2 * pause : RETRY_USEC_MAX;
}

/* By the wall clock, so that a clock that is set later counts; a second late, as the kernel's may lag. */
static void load_when_valid(struct kb_daemon *daemon, uint64_t seconds)
{
	int r;

	daemon->due = sd_event_source_unref(daemon->due);
	if (!seconds)
		return;
	r = sd_event_add_time(daemon->event, &daemon->due, CLOCK_REALTIME, (seconds + 1) * 1000000, 0,
			      on_retry, daemon);
	if (r < 0)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot set a timer: %s"), strerror(-r));
}

static int on_events(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_daemon *daemon = userdata;

	(void)source;
	(void)fd;
	(void)revents;
	if (kb_tell_live(daemon))
		retry_later(daemon);
	kb_renew_if_due(daemon);
	return 0;
}

/* Opens both sockets. Joining comes before reading the store, so that nothing falls between. */
static int connect_module(struct kb_daemon *daemon, struct kb_fault *why)
{
	int r = kb_wire_open(&daemon->wire, why);

	if (!r)
		r = kb_wire_open(&daemon->events, why);
	if (!r)
		r = kb_wire_subscribe(daemon->events, why);
	if (!r)
		r = sd_event_add_io(daemon->event, &daemon->events_source,
				    kb_wire_fd(daemon->events), EPOLLIN, on_events, daemon);
	if (r < 0) {
		disconnect(daemon);
		return r;
	}
	return 0;
}

static void tell_load(struct kb_daemon *daemon, const struct kb_worker_result *result)
{
	struct kb_status status = {};

	load_when_valid(daemon, result->load_err ? 0 : result->loaded.waits_until);
	if (!result->load_err && result->loaded.stored)
		daemon->retry_usec = 0;
	else if (!result->load_err)
		retry_later(daemon);	/* nothing will tell us that the disk has room again */
	if (!result->load_err && !result->loaded.newer_err) {
		set_status(daemon, LOG_NOTICE, KB_MESSAGE_AGENT_NOTE, _("policy %u.%u is in force"),
			   result->loaded.epoch, result->loaded.serial);
	} else if (!kb_wire_status(daemon->wire, &status, NULL) && status.policy &&
		   !status.builtin) {
		set_status(daemon, LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE,
			   _("policy %u.%u stays in force; the newest bundle was refused: %s"),
			   status.epoch, status.serial, result->fault.text);
		if (result->load_err == -ETIME)
			retry_later(daemon);
	} else if (result->load_err == -ENOENT) {
		set_status(daemon, LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE,
			   _("sealed, but there is no policy yet: put one at %s/policy.kdb"),
			   daemon->config_dir);
	} else {
		set_status(daemon, LOG_ERR, KB_MESSAGE_AGENT_TROUBLE,
			   status.builtin ? _("only the built-in fallback is in force: %s") :
					    _("no policy in force: %s"), result->fault.text);
		retry_later(daemon);	/* not valid yet, or a clock that is set later */
	}
}

/* Before anything else is asked of a module: a terminal that was cut off stays so. */
static void isolate_again(struct kb_wire *wire, const char *state_dir)
{
	struct kb_fault why = {};
	int r = kb_isolate_restore(wire, state_dir, &why);

	if (r)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot isolate this terminal again: %s"),
			   why.text[0] ? why.text : strerror(-r));
}

/* True when there is a module to talk to. */
static bool have_module(struct kb_daemon *daemon)
{
	struct kb_fault why = {};
	int r;

	if (daemon->wire)
		return true;
	r = connect_module(daemon, &why);
	if (!r) {
		isolate_again(daemon->wire, daemon->state_dir);
		/* a policy may be in force already, and its paths wait for us */
		kb_renew(daemon);
		daemon->connected = true;
		/* After a crash, too: somebody may be copying certificates, but a terminal that crashed
		 * at boot must not stay open until somebody types a reload. */
		daemon->seal_asked = true;
		return true;
	}
	if (r == -ENOENT) {
		set_status(daemon, LOG_NOTICE, KB_MESSAGE_AGENT_NOTE,
			   _("waiting for the kernel module kidoban"));
		return false;
	}
	set_status(daemon, LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot reach the kernel module: %s"),
		   why.text[0] ? why.text : strerror(-r));
	retry_later(daemon);
	return false;
}

static void set_ready(struct kb_daemon *daemon)
{
	if (!daemon->ready)
		sd_notify(0, "READY=1");
	daemon->ready = true;
}

/* Trust is sealed and the store was read, or not: tells it, and the events that waited for it. */
static void after_work(struct kb_daemon *daemon, const struct kb_worker_result *result)
{
	bool connected = daemon->connected;

	if (!daemon->wire)
		return;			/* the module went meanwhile */
	daemon->connected = false;
	if (connected || result->fresh)
		kb_tell_resume(daemon, result->fresh);
	if (result->unready) {
		/* the administrator is at work: nothing is tried again before there is something new */
		set_status(daemon, LOG_WARNING, KB_MESSAGE_AGENT_TROUBLE, _("trust is not sealed: %s"),
			   result->fault.text);
		return;
	}
	if (result->seal_err) {
		daemon->seal_asked |= daemon->sealing;
		set_status(daemon, LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot seal trust: %s"),
			   result->fault.text[0] ? result->fault.text : strerror(-result->seal_err));
		retry_later(daemon);
		return;
	}
	tell_load(daemon, result);
	if (kb_tell_catch_up(daemon))
		retry_later(daemon);
	kb_renew_if_due(daemon);
}

static int on_worker(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_daemon *daemon = userdata;
	struct kb_worker_result result;

	(void)source;
	(void)fd;
	(void)revents;
	daemon->worker_source = sd_event_source_unref(daemon->worker_source);
	kb_worker_finish(&daemon->worker, &result);
	after_work(daemon, &result);
	if (daemon->again)
		kb_daemon_attempt(daemon);
	else
		set_ready(daemon);
	return 0;
}

/* The loop goes on while it works: a load waits for drivers, the lease must not. */
static int start_worker(struct kb_daemon *daemon)
{
	struct kb_fault why = {};
	int r = kb_worker_start(&daemon->worker, daemon->config_dir, daemon->state_dir,
				daemon->seal_asked, note, &why);

	if (!r) {
		daemon->sealing = daemon->seal_asked;
		daemon->seal_asked = false;
		r = sd_event_add_io(daemon->event, &daemon->worker_source, daemon->worker.fd, EPOLLIN,
				    on_worker, daemon);
		if (r < 0) {
			struct kb_worker_result result;

			kb_worker_finish(&daemon->worker, &result);
		}
	}
	if (r >= 0)
		return 0;
	set_status(daemon, LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, "%s",
		   why.text[0] ? why.text : strerror(-r));
	return r;
}

void kb_daemon_attempt(struct kb_daemon *daemon)
{
	daemon->again = daemon->worker.pid != 0;
	if (daemon->again)
		return;
	if (kb_watch_arm(daemon))
		retry_later(daemon);
	if (have_module(daemon) && !start_worker(daemon))
		return;
	if (daemon->wire)
		retry_later(daemon);
	set_ready(daemon);
}

static int on_family(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct kb_daemon *daemon = userdata;
	bool came, gone;

	(void)source;
	(void)fd;
	(void)revents;
	if (kb_family_watch_read(daemon->family, &came, &gone))
		retry_later(daemon);
	if (gone)
		disconnect(daemon);
	if (gone || came)
		kb_daemon_attempt(daemon);
	return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	(void)info;
	(void)userdata;
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
	struct kb_daemon *daemon = userdata;

	(void)source;
	(void)info;
	sd_notify(0, "RELOADING=1");
	daemon->ready = false;
	daemon->status[0] = '\0';
	daemon->seal_asked = true;
	kb_daemon_attempt(daemon);
	return 0;
}

static int add_signals(struct kb_daemon *daemon)
{
	static const int stops[] = { SIGTERM, SIGINT };
	sigset_t set;
	size_t i;
	int r;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	for (i = 0; i < ARRAY_SIZE(stops); i++) {
		r = sd_event_add_signal(daemon->event, NULL, stops[i], on_stop, daemon);
		if (r < 0)
			return r;
	}
	return sd_event_add_signal(daemon->event, NULL, SIGHUP, on_hangup, daemon);
}

static int start(struct kb_daemon *daemon)
{
	struct kb_fault why = {};
	int r = sd_event_default(&daemon->event);

	if (r >= 0)
		r = add_signals(daemon);
	if (r >= 0)
		r = sd_event_set_watchdog(daemon->event, true);
	if (r < 0) {
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot start: %s"), strerror(-r));
		return r;
	}
	r = kb_family_watch_open(KB_GENL_NAME, &daemon->family, &why);
	if (!r)
		r = sd_event_add_io(daemon->event, NULL, kb_family_watch_fd(daemon->family), EPOLLIN,
				    on_family, daemon);
	if (r < 0)
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("cannot start: %s"),
			   why.text[0] ? why.text : strerror(-r));
	return r < 0 ? r : 0;
}

/* What the kernel enforces stays as it is; protected paths close, as nobody vouches for them. */
static void stop(struct kb_daemon *daemon)
{
	struct kb_worker_result result;

	kb_lease_end(&daemon->lease, daemon->wire);
	daemon->worker_source = sd_event_source_unref(daemon->worker_source);
	if (daemon->worker.pid)
		kb_worker_finish(&daemon->worker, &result);
	disconnect(daemon);
}

int kb_daemon_run(const char *config_dir, const char *state_dir)
{
	struct kb_daemon daemon = { .config_dir = config_dir, .state_dir = state_dir };
	KB_CLOSE int lock = kb_state_lock(state_dir);
	int r;

	/* two would tell every event twice; a directory that is missing is told when it is written to */
	if (lock == -EBUSY) {
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, _("another agent works with %s already"),
			   state_dir);
		return lock;
	}
	r = start(&daemon);
	if (!r)
		r = kb_obey_start(&daemon);
	if (!r) {
		kb_daemon_attempt(&daemon);
		r = sd_event_loop(daemon.event);
		sd_notify(0, "STOPPING=1");
	}
	stop(&daemon);
	kb_obey_stop(&daemon);
	kb_watch_disarm(&daemon);
	sd_event_source_unref(daemon.retry);
	sd_event_source_unref(daemon.due);
	sd_event_unref(daemon.event);
	kb_family_watch_close(daemon.family);
	return r;
}

static int exit_code(int err)
{
	switch (-err) {
	case ENOENT:
		return KB_EXIT_ABSENT;
	case EPERM:
	case EACCES:
		return KB_EXIT_PERMISSION;
	case EBADMSG:
		return KB_EXIT_PARSE;
	default:
		return KB_EXIT_REFUSED;
	}
}

int kb_daemon_once(const char *config_dir, const char *state_dir)
{
	struct kb_loaded loaded = {};
	struct kb_wire *wire = NULL;
	struct kb_fault why = {};
	bool fresh;
	int r, code;

	r = kb_wire_open(&wire, &why);
	code = exit_code(r);
	if (!r) {
		isolate_again(wire, state_dir);
		r = kb_seal(wire, config_dir, state_dir, note, NULL, &fresh, &why);
		code = r == -ENOENT ? KB_EXIT_REFUSED : exit_code(r);
	}
	if (!r) {
		r = kb_store_load(wire, config_dir, state_dir, note, NULL, &loaded, &why);
		code = r == -ENOENT || r == -EBADMSG ? KB_EXIT_REFUSED : exit_code(r);
	}
	kb_wire_close(wire);
	if (r) {
		kb_journal(LOG_ERR, KB_MESSAGE_AGENT_TROUBLE, "%s", why.text);
		return code;
	}
	kb_journal(LOG_NOTICE, KB_MESSAGE_AGENT_NOTE, _("policy %u.%u is in force"), loaded.epoch,
		   loaded.serial);
	return KB_EXIT_OK;
}
