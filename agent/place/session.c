// SPDX-License-Identifier: GPL-2.0-or-later
/* What ends with the place: locked sessions, ended screen-transfer clients (P1). */
#include "agent/place/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-bus.h>

#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/screen.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define LOCK_USEC	(10 * 1000000ull)
#define ROUNDS_MAX	16
#define DEPTH_MAX	8		/* of groups below the slice; a scope has none */

struct kb_session {
	sd_event *event;		/* referenced */
	sd_bus *bus;			/* NULL until something was to be locked */
	bool told;			/* that there is no logind */
};

int kb_session_new(sd_event *event, struct kb_session **ret)
{
	struct kb_session *session = calloc(1, sizeof(*session));

	if (!session)
		return -ENOMEM;
	session->event = sd_event_ref(event);
	*ret = session;
	return 0;
}

void kb_session_free(struct kb_session *session)
{
	if (!session)
		return;
	sd_bus_close_unref(session->bus);
	sd_event_unref(session->event);
	free(session);
}

static void tell(struct kb_session *session, bool absent, const char *why)
{
	if (absent && session->told)
		return;
	session->told |= absent;
	kb_journal(absent ? LOG_NOTICE : LOG_ERR, KB_MESSAGE_AGENT_TROUBLE,
		   _("the place was left, but no session could be locked: %s"), why);
}

static bool is_absent(const sd_bus_error *error)
{
	return sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
	       sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER) ||
	       sd_bus_error_has_name(error, "org.freedesktop.systemd1.NoSuchUnit");
}

static int on_locked(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
	const sd_bus_error *error = sd_bus_message_get_error(reply);

	(void)ret_error;
	if (error)
		tell(userdata, is_absent(error), error->message ?: error->name);
	return 0;
}

/* Connecting to the bus is one connect() to a local socket; the greeting goes on in the loop. */
static int connect_bus(struct kb_session *session)
{
	int r;

	if (session->bus && sd_bus_is_open(session->bus) > 0)
		return 0;
	session->bus = sd_bus_close_unref(session->bus);
	r = sd_bus_open_system(&session->bus);
	if (r >= 0)
		r = sd_bus_attach_event(session->bus, session->event, SD_EVENT_PRIORITY_NORMAL);
	if (r < 0)
		session->bus = sd_bus_close_unref(session->bus);
	return r;
}

static int ask(struct kb_session *session)
{
	sd_bus_message *call = NULL;
	int r = sd_bus_message_new_method_call(session->bus, &call, "org.freedesktop.login1",
					       "/org/freedesktop/login1",
					       "org.freedesktop.login1.Manager", "LockSessions");

	if (r >= 0)
		r = sd_bus_call_async(session->bus, NULL, call, on_locked, session, LOCK_USEC);
	sd_bus_message_unref(call);
	return r;
}

void kb_session_lock(struct kb_session *session)
{
	int r = connect_bus(session);

	if (r >= 0)
		r = ask(session);
	if (r < 0)
		tell(session, r == -ENOENT || r == -ECONNREFUSED, strerror(-r));
}

static int write_at(int dir, const char *name, const char *text)
{
	KB_CLOSE int fd = openat(dir, name, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int each_process(int dir, int signal)
{
	KB_CLEANUP(kb_fclosep) FILE *file = NULL;
	int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC), pid, n = 0;

	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return -errno;
	}
	while (fscanf(file, "%d", &pid) == 1) {
		if (pid <= 0)		/* of another namespace of process ids */
			continue;
		n++;
		if (signal)
			kill(pid, signal);
	}
	return n;
}

/* Counts, or signals, what is in the group and in those below. */
static int each_below(int dir, int signal, int depth)
{
	KB_CLEANUP(kb_closedirp) DIR *list = NULL;
	int n = each_process(dir, signal), fd, r;
	struct dirent *entry;

	if (n < 0 || depth > DEPTH_MAX)
		return n < 0 ? n : -ELOOP;
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	list = fd < 0 ? NULL : fdopendir(fd);
	/* cppcheck-suppress readdirCalled ; there is one thread */
	while (list && (entry = readdir(list)) != NULL) {
		KB_CLOSE int below = -1;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		below = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		r = below < 0 ? 0 : each_below(below, signal, depth + 1);	/* gone meanwhile */
		if (r > 0)
			n += r;
	}
	return n;
}

/*
 * The kernel ends a group at once since 5.14; before that it is held still while its
 * processes are ended.
 */
static int end_group(int dir)
{
	int n = each_below(dir, 0, 0), i, r;

	if (n <= 0)
		return n;
	r = write_at(dir, "cgroup.kill", "1");
	if (!r)
		return n;
	write_at(dir, "cgroup.freeze", "1");
	/*
	 * where the hierarchy is not ours to write (ProtectControlGroups=), what was born
	 * meanwhile goes next
	 */
	for (i = 0, r = n; i < ROUNDS_MAX && r > 0; i++)
		r = each_below(dir, SIGKILL, 0);
	write_at(dir, "cgroup.freeze", "0");
	return r < 0 ? r : n;
}

/* systemd puts a-b.slice into a.slice; without it the slice stands at the root. */
int kb_session_cut(const char *cgroup_root)
{
	static const char *const places[] = { KB_SCREEN_SLICE, "kidoban.slice/" KB_SCREEN_SLICE };
	KB_CLOSE int root = open(cgroup_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int n = 0, r;
	size_t i;

	if (root < 0)
		return -errno;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		KB_CLOSE int dir = openat(root, places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (dir < 0)
			continue;
		r = end_group(dir);
		if (r < 0)
			return r;
		n += r;
	}
	return n;
}
