// SPDX-License-Identifier: GPL-2.0-or-later
/* Ending screen-transfer clients, in a hierarchy of ours; locking, without a bus (P1). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/journal.h"
#include "agent/place/session.h"
#include "agent_scratch.h"
#include "policy/file.h"

static struct scratch s;
static unsigned int told;

void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	(void)priority;
	(void)message_id;
	(void)fmt;
	told++;
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	told = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static int sleeper(void)
{
	int pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		pause();
		_exit(0);
	}
	return pid;
}

static void put_pid(const char *file, int pid)
{
	char text[32];

	snprintf(text, sizeof(text), "%d\n", pid);
	scratch_text(&s, file, text);
}

/* @signal 0: still there; then it is ended here. */
static void expect_ended(int pid, int signal)
{
	int status = 0;

	if (!signal) {
		assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
		kill(pid, SIGTERM);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WTERMSIG(status), signal ?: SIGTERM);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(kb_session_cut(s.dir), 0);
	assert_int_equal(kb_session_cut(scratch_path(&s, "nowhere")), -ENOENT);
	scratch_mkdir(&s, "kidoban-screen.slice");
	scratch_text(&s, "kidoban-screen.slice/cgroup.procs", "");
	assert_int_equal(kb_session_cut(s.dir), 0);
}

/* Since 5.14 the kernel does it. Neighbours are not touched. */
static void test_kill_file(void **state)
{
	int inside = sleeper(), outside = sleeper();
	uint8_t *data;
	size_t len;

	(void)state;
	scratch_mkdir(&s, "kidoban-screen.slice");
	scratch_mkdir(&s, "other.slice");
	scratch_text(&s, "kidoban-screen.slice/cgroup.procs", "");
	scratch_text(&s, "kidoban-screen.slice/cgroup.kill", "");
	scratch_mkdir(&s, "kidoban-screen.slice/a.scope");
	put_pid("kidoban-screen.slice/a.scope/cgroup.procs", inside);
	put_pid("other.slice/cgroup.procs", outside);
	assert_int_equal(kb_session_cut(s.dir), 1);
	assert_int_equal(kb_file_read(scratch_path(&s, "kidoban-screen.slice/cgroup.kill"), 16, &data, &len), 0);
	assert_string_equal((char *)data, "1");
	free(data);
	expect_ended(inside, 0);
	expect_ended(outside, 0);
}

/* Before that one by one, held still meanwhile; in a slice below a slice, too, as systemd has it. */
static void test_one_by_one(void **state)
{
	int a = sleeper(), b = sleeper(), outside = sleeper();
	uint8_t *data;
	size_t len;

	(void)state;
	scratch_mkdir(&s, "kidoban.slice");
	scratch_mkdir(&s, "kidoban.slice/kidoban-screen.slice");
	scratch_mkdir(&s, "kidoban.slice/kidoban-screen.slice/x.scope");
	scratch_mkdir(&s, "kidoban.slice/other.slice");
	put_pid("kidoban.slice/kidoban-screen.slice/cgroup.procs", a);
	put_pid("kidoban.slice/kidoban-screen.slice/x.scope/cgroup.procs", b);
	put_pid("kidoban.slice/other.slice/cgroup.procs", outside);
	scratch_text(&s, "kidoban.slice/kidoban-screen.slice/cgroup.freeze", "0");
	assert_int_equal(kb_session_cut(s.dir), 2);
	expect_ended(a, SIGKILL);
	expect_ended(b, SIGKILL);
	expect_ended(outside, 0);
	assert_int_equal(kb_file_read(scratch_path(&s, "kidoban.slice/kidoban-screen.slice/cgroup.freeze"), 16, &data, &len), 0);
	assert_string_equal((char *)data, "0");
	free(data);
}

/* Process 0 is of another namespace: kill(0) would end ourselves. */
static void test_foreign(void **state)
{
	(void)state;
	scratch_mkdir(&s, "kidoban-screen.slice");
	scratch_text(&s, "kidoban-screen.slice/cgroup.procs", "0\n0\n");
	assert_int_equal(kb_session_cut(s.dir), 0);
}

/* Without a bus: told once, and nobody waits. */
static void test_no_bus(void **state)
{
	struct kb_session *session;
	sd_event *event;

	(void)state;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(kb_session_new(event, &session), 0);
	kb_session_lock(session);
	kb_session_lock(session);
	while (sd_event_run(event, 0) > 0)
		;
	kb_session_lock(session);
	assert_int_equal(told, 1);
	kb_session_free(session);
	sd_event_unref(event);
}

/* A bus with logind on it, as far as a client can tell. */
struct bus {
	sd_event *event;
	sd_event_source *listener;
	sd_bus *peer;
	unsigned int locked;
	const char *refuse;		/* error to answer with; NULL = done */
};

static int on_call(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
	struct bus *bus = userdata;

	(void)error;
	if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus", "Hello"))
		return sd_bus_reply_method_return(call, "s", ":1.7") < 0 ? -EIO : 1;
	if (!sd_bus_message_is_method_call(call, "org.freedesktop.login1.Manager", "LockSessions"))
		return 0;
	assert_string_equal(sd_bus_message_get_destination(call), "org.freedesktop.login1");
	assert_string_equal(sd_bus_message_get_path(call), "/org/freedesktop/login1");
	bus->locked++;
	if (bus->refuse)
		return sd_bus_reply_method_errorf(call, bus->refuse, "no") < 0 ? -EIO : 1;
	return sd_bus_reply_method_return(call, "") < 0 ? -EIO : 1;
}

static int on_client(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct bus *bus = userdata;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	sd_id128_t id;

	(void)source;
	(void)revents;
	assert_true(client >= 0 && sd_id128_randomize(&id) >= 0);
	assert_true(sd_bus_new(&bus->peer) >= 0 && sd_bus_set_fd(bus->peer, client, client) >= 0 &&
		    sd_bus_set_server(bus->peer, 1, id) >= 0 && sd_bus_start(bus->peer) >= 0 &&
		    sd_bus_add_filter(bus->peer, NULL, on_call, bus) >= 0 &&
		    sd_bus_attach_event(bus->peer, bus->event, 0) >= 0);
	return 0;
}

static void bus_open(struct bus *bus)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char env[160];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/bus", s.dir);
	snprintf(env, sizeof(env), "unix:path=%s/bus", s.dir);
	assert_int_equal(setenv("DBUS_SYSTEM_BUS_ADDRESS", env, 1), 0);
	assert_true(sd_event_new(&bus->event) >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_true(sd_event_add_io(bus->event, &bus->listener, fd, EPOLLIN, on_client, bus) >= 0);
	assert_true(sd_event_source_set_io_fd_own(bus->listener, 1) >= 0);
}

static void bus_close(struct bus *bus)
{
	sd_event_source_disable_unref(bus->listener);
	sd_bus_close_unref(bus->peer);
	sd_event_unref(bus->event);
}

/* Until everything that is under way has happened. */
static void settle(struct bus *bus)
{
	while (sd_event_run(bus->event, 300000) > 0)
		;
}

static void test_lock(void **state)
{
	struct kb_session *session;
	struct bus bus = {};

	(void)state;
	bus_open(&bus);
	assert_int_equal(kb_session_new(bus.event, &session), 0);
	kb_session_lock(session);
	assert_int_equal(bus.locked, 0);	/* nobody waited for it */
	settle(&bus);
	assert_int_equal(bus.locked, 1);
	kb_session_lock(session);
	settle(&bus);
	assert_int_equal(bus.locked, 2);
	assert_int_equal(told, 0);
	/* what logind refuses is told each time; that it is not there once */
	bus.refuse = "org.freedesktop.DBus.Error.AccessDenied";
	kb_session_lock(session);
	kb_session_lock(session);
	settle(&bus);
	assert_int_equal(told, 2);
	bus.refuse = SD_BUS_ERROR_SERVICE_UNKNOWN;
	kb_session_lock(session);
	kb_session_lock(session);
	settle(&bus);
	assert_int_equal(told, 3);
	kb_session_free(session);
	bus_close(&bus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_kill_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_by_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_bus, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lock, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
