// SPDX-License-Identifier: GPL-2.0-or-later
/* Who may tell the agent what on the message bus: supplicants, and no user (W2). */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/wifi/bus.h"
#include "agent_scratch.h"

#define PATIENCE	30		/* seconds */
#define INTERFACE	"fi.w1.wpa_supplicant1.Interface"
#define WPA		"fi.w1.wpa_supplicant1"

static struct scratch s;
static char address[600], path[512];
static pid_t daemon_pid;
static sd_event *loop;
static struct kb_bus *bus;
static sd_bus *wpa, *user;
static unsigned int heard, forged;
static bool there;

static const char configuration[] =
	"<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN\"\n"
	" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
	"<busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>\n"
	"<policy context=\"default\"><allow user=\"*\"/><allow own=\"*\"/><allow send_type=\"signal\"/>\n"
	"<allow send_destination=\"org.freedesktop.DBus\"/><allow receive_type=\"signal\"/>\n"
	"<allow send_requested_reply=\"true\" send_type=\"method_return\"/>\n"
	"<allow receive_type=\"method_return\"/><allow receive_type=\"error\"/></policy></busconfig>\n";

static void on_peer(enum kb_bus_peer peer, bool came, void *userdata)
{
	(void)userdata;
	if (peer == KB_BUS_WPA)
		there = came;
}

static void on_signal(sd_bus_message *m, void *userdata)
{
	const char *status, *parameter;

	(void)userdata;
	assert_true(sd_bus_message_read(m, "ss", &status, &parameter) >= 0);
	if (strcmp(status, "completion"))
		forged++;
	else
		heard++;
}

static sd_bus *dial(void)
{
	sd_bus *connection;

	assert_true(sd_bus_new(&connection) >= 0);
	assert_true(sd_bus_set_address(connection, address) >= 0);
	assert_true(sd_bus_set_bus_client(connection, 1) >= 0);
	assert_true(sd_bus_start(connection) >= 0);
	return connection;
}

static bool until(bool (*reached)(void))
{
	time_t end = time(NULL) + PATIENCE;

	while (!reached() && time(NULL) < end)
		sd_event_run(loop, 10000);
	return reached();
}

static bool is_listening(void)
{
	return !access(path, F_OK);
}

static bool is_there(void)
{
	return there;
}

static bool was_heard(void)
{
	return heard;
}

static int set_up(void **state)
{
	char text[2048];

	(void)state;
	scratch_make(&s);
	snprintf(path, sizeof(path), "%s/bus", s.dir);
	snprintf(address, sizeof(address), "unix:path=%s", path);
	snprintf(text, sizeof(text), configuration, path);
	scratch_text(&s, "bus.conf", text);
	snprintf(text, sizeof(text), "--config-file=%s/bus.conf", s.dir);
	heard = forged = 0;
	there = false;
	if (sd_event_new(&loop) < 0)
		return -1;
	daemon_pid = fork();
	if (!daemon_pid) {
		execlp("dbus-daemon", "dbus-daemon", text, "--nofork", (char *)NULL);
		_exit(1);
	}
	return until(is_listening) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	kb_bus_free(bus);
	bus = NULL;
	sd_bus_close_unref(wpa);
	sd_bus_close_unref(user);
	wpa = user = NULL;
	sd_event_unref(loop);
	kill(daemon_pid, SIGTERM);
	waitpid(daemon_pid, NULL, 0);
	scratch_remove(&s);
	return 0;
}

/* Ours, with a supplicant that is there @before it or comes behind it. */
static void begin(bool before)
{
	user = dial();
	wpa = dial();
	if (before)
		assert_true(sd_bus_request_name(wpa, WPA, 0) >= 0);
	assert_int_equal(kb_bus_new(loop, path, on_peer, NULL, &bus), 0);
	assert_int_equal(kb_bus_follow(bus, "type='signal',sender='" WPA "',interface='" INTERFACE
				       "',member='EAP'", on_signal, NULL), 0);
	kb_bus_settle(bus, kb_now_usec() + PATIENCE * 1000000ull);
	if (!before)
		assert_true(sd_bus_request_name(wpa, WPA, 0) >= 0);
	assert_true(until(is_there));
	assert_true(kb_bus_there(bus, KB_BUS_WPA));
}

/* To every connection there is, ours included, as any user may. */
static void shout(sd_bus *from, const char *object, const char *interface, const char *member,
		  const char *a, const char *b, const char *c)
{
	char to[16];
	int i;

	for (i = 0; i < 16; i++) {
		sd_bus_message *m = NULL;

		snprintf(to, sizeof(to), ":1.%d", i);
		assert_true(sd_bus_message_new_signal(from, &m, object, interface, member) >= 0);
		assert_true(sd_bus_message_append(m, "ss", a, b) >= 0);
		if (c)
			assert_true(sd_bus_message_append(m, "s", c) >= 0);
		assert_true(sd_bus_message_set_destination(m, to) >= 0);
		assert_true(sd_bus_send(from, m, NULL) >= 0);
		sd_bus_message_unref(m);
	}
	assert_true(sd_bus_flush(from) >= 0);
}

/* What any user says reaches us before what wpa_supplicant says then; only that is heard. */
static void listens(bool before)
{
	begin(before);
	shout(user, "/fi/w1/wpa_supplicant1/Interfaces/0", INTERFACE, "EAP",
	      "remote certificate verification", "self-signed", NULL);
	assert_true(sd_bus_call_method(user, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
				       "GetId", NULL, NULL, "") >= 0);
	shout(wpa, "/fi/w1/wpa_supplicant1/Interfaces/0", INTERFACE, "EAP",
	      "completion", "failure", NULL);
	assert_true(until(was_heard));
	assert_int_equal(forged, 0);
}

static void test_forged(void **state)
{
	(void)state;
	listens(true);
}

static void test_came_later(void **state)
{
	(void)state;
	listens(false);
}

/* Nor may a user say that the supplicant left: nobody would vouch then. */
static void test_forged_owner(void **state)
{
	(void)state;
	begin(true);
	shout(user, "/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", WPA, ":1.1",
	      "");
	assert_true(sd_bus_call_method(user, "org.freedesktop.DBus", "/", "org.freedesktop.DBus",
				       "GetId", NULL, NULL, "") >= 0);
	shout(wpa, "/fi/w1/wpa_supplicant1/Interfaces/0", INTERFACE, "EAP",
	      "completion", "failure", NULL);
	assert_true(until(was_heard));
	assert_true(there);
	assert_true(kb_bus_there(bus, KB_BUS_WPA));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_forged), TEST(test_came_later),
					    TEST(test_forged_owner) };

	return cmocka_run_group_tests_name("wifi_bus", tests, NULL, NULL);
}
