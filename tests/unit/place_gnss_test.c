// SPDX-License-Identifier: GPL-2.0-or-later
/* The position by satellite, from a gpsd that says what it is told to (P1). */
#include <arpa/inet.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/place/position.h"
#include "surroundings.h"

/* The metropolitan office in Shinjuku. */
#define LATITUDE	35.6895
#define LONGITUDE	139.6917
#define VERSION "{\"class\":\"VERSION\",\"release\":\"3.22\",\"rev\":\"3.22\",\"proto_major\":3,\"proto_minor\":14}\r\n"

static struct surroundings s;
static struct cable cable;
static int lines[2];

/* --- pure */

static struct kb_evidence office(u32 radius)
{
	return (struct kb_evidence){ .kind = KB_EVIDENCE_GNSS,
				     .gnss = { 356895000, 1396917000, radius } };
}

static void test_distance(void **state)
{
	(void)state;
	/* a degree of the equator and of a meridian; the antipode; across the date line; to the pole */
	assert_true(fabs(kb_distance(0, 0, 0, 1) - 111195) < 1);
	assert_true(fabs(kb_distance(0, 0, 1, 0) - 111195) < 1);
	assert_true(fabs(kb_distance(0, 0, 0, 180) - 20015114) < 2);
	assert_true(fabs(kb_distance(10, 179.9, 10, -179.9) - kb_distance(10, 0, 10, 0.2)) < 0.01);
	assert_true(fabs(kb_distance(90, 12, 90, 100)) < 0.01);
	assert_true(kb_distance(LATITUDE, LONGITUDE, LATITUDE, LONGITUDE) == 0);
	/* Tokyo to Osaka: 396 km, from the survey's own calculator */
	assert_true(fabs(kb_distance(35.6895, 139.6917, 34.6864, 135.5200) - 396000) < 2000);
	/* one metre is one metre */
	assert_true(fabs(kb_distance(LATITUDE, LONGITUDE, LATITUDE + 1 / 111195.0, LONGITUDE) - 1) < 0.01);
}

static void test_where(void **state)
{
	struct kb_evidence e = office(300);
	double metre = 1 / 111195.0;

	(void)state;
	assert_int_equal(kb_where(&e, NAN, LONGITUDE, 5), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE, INFINITY, 5), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, 91, LONGITUDE, 5), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE, -181, 5), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE, LONGITUDE, NAN), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE, LONGITUDE, 0), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE, LONGITUDE, -1), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE, LONGITUDE, 301), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE + 305 * metre, LONGITUDE, 10), KB_WHERE_VAGUE);
	assert_int_equal(kb_where(&e, LATITUDE + 305 * metre, LONGITUDE, 4), KB_WHERE_OUTSIDE);
	assert_int_equal(kb_where(&e, LATITUDE + 50000 * metre, LONGITUDE, 40000), KB_WHERE_OUTSIDE);
	assert_int_equal(kb_where(&e, LATITUDE + 295 * metre, LONGITUDE, 10), KB_WHERE_INSIDE);
	assert_int_equal(kb_where(&e, LATITUDE, LONGITUDE, 300), KB_WHERE_INSIDE);
}

/* --- with gpsd */

/* Answers each request to watch with the next line that the test wrote; an empty one hangs up. */
static void serve(int client)
{
	char request[200], line[16384];
	ssize_t n;
	size_t len;

	if (send(client, VERSION, strlen(VERSION), MSG_NOSIGNAL) < 0)
		return;
	while ((n = recv(client, request, sizeof(request) - 1, 0)) > 0) {
		request[n] = '\0';
		if (!strstr(request, "\"json\":true"))
			continue;
		for (len = 0; len < sizeof(line) && read(lines[0], line + len, 1) == 1; len++)
			if (line[len] == '\n')
				break;
		if (!len || send(client, line, len + 1, MSG_NOSIGNAL) < 0)
			return;
	}
}

/* In the test's own namespace: gpsd is a service of the terminal, or what @uid runs in its place. */
static void gpsd(uid_t uid)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(2947),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd, on = 1, client;

	assert_int_equal(seteuid(uid), 0);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(seteuid(0), 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_false(bind(fd, (struct sockaddr *)&here, sizeof(here)) || listen(fd, 5));
	cable.pid = fork();
	if (!cable.pid) {
		while ((client = accept(fd, NULL, NULL)) >= 0) {
			serve(client);
			close(client);
		}
		_exit(0);
	}
	close(fd);
}

static void idle(void *arg)
{
	(void)arg;
}

static void say(const char *line)
{
	assert_int_equal(write(lines[1], line, strlen(line)), strlen(line));
	assert_int_equal(write(lines[1], "\n", 1), 1);
}

static void say_at(double latitude, double error)
{
	char line[300];

	snprintf(line, sizeof(line), "{\"class\":\"TPV\",\"device\":\"/dev/ttyACM0\",\"mode\":3,"
		 "\"time\":\"2026-11-20T01:00:00.000Z\",\"lat\":%.7f,\"lon\":%.7f,\"eph\":%.1f}\r",
		 latitude, LONGITUDE, error);
	say(line);
}

static void begin_as(bool with_gpsd, uid_t uid)
{
	static bool own;

	if (!own && !cable_make(&cable, idle, NULL))
		skip();
	own = true;
	cable_done(&cable);
	assert_false(pipe(lines));
	if (with_gpsd)
		gpsd(uid);
	surroundings_make(&s, &kb_provider_gnss);
	s.evidence = office(300);
	surroundings_start(&s);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
}

static void begin(bool with_gpsd)
{
	begin_as(with_gpsd, 0);
}

static int teardown(void **state)
{
	(void)state;
	if (s.around.event)
		surroundings_done(&s);
	cable_done(&cable);
	close(lines[0]);
	close(lines[1]);
	return 0;
}

/* What comes next is said after the provider was asked to ask again. */
static void again(void)
{
	s.ops->refresh(s.provider);
}

static void test_absent(void **state)
{
	(void)state;
	begin(false);
	again();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	assert_string_equal(s.finding.detail, "gpsd does not answer");
}

/* Whoever sits in front of the terminal can have the port while gpsd has not, and be anywhere. */
static void test_impostor(void **state)
{
	(void)state;
	begin_as(true, 1000);
	say_at(LATITUDE, 5);
	again();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	assert_string_equal(s.finding.detail, "another program than gpsd has its port");
}

static void test_no_fix(void **state)
{
	(void)state;
	begin(true);
	say("{\"class\":\"TPV\",\"device\":\"/dev/ttyACM0\",\"mode\":1}");
	assert_true(surroundings_until_said(&s, "does not know where"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_UNKNOWN);
	/* a position without its error, and one that is simulated */
	say("{\"class\":\"TPV\",\"mode\":3,\"lat\":35.6895,\"lon\":139.6917}");
	again();
	assert_true(surroundings_until_said(&s, "inexact"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_UNKNOWN);
	say("{\"class\":\"TPV\",\"status\":8,\"mode\":3,\"lat\":35.6895,\"lon\":139.6917,\"eph\":5.0}");
	again();
	assert_true(surroundings_until_said(&s, "does not know where"));
	assert_int_equal(s.finding.presence, KB_PRESENCE_UNKNOWN);
}

static void test_outside(void **state)
{
	(void)state;
	begin(true);
	say_at(LATITUDE + 1, 50);
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.veto);
	say_at(LATITUDE + 0.003, 50);		/* 334 m */
	again();
	assert_true(surroundings_until(&s, KB_PRESENCE_UNKNOWN));
	assert_false(s.finding.veto);
}

static void test_inside(void **state)
{
	(void)state;
	begin(true);
	say_at(LATITUDE, 5);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_true(s.finding.good_until_usec > kb_boottime_usec());
	assert_int_equal(surroundings_look_at(&s, 61 * 1000000ull), KB_PRESENCE_UNKNOWN);
	/* estimates along the axes will do: 3, 4, 5 */
	say("{\"class\":\"TPV\",\"mode\":2,\"lat\":35.6895,\"lon\":139.6917,\"epx\":300.0,\"epy\":400.0}");
	again();
	assert_true(surroundings_until_said(&s, "inexact"));
	say("{\"class\":\"TPV\",\"mode\":2,\"lat\":35.6895,\"lon\":139.6917,\"epx\":3.0,\"epy\":4.0}");
	again();
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	s.ops->doubt(s.provider);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
}

/* Nonsense is passed over, a line without an end and a connection that ends are the end of it. */
static void test_nonsense(void **state)
{
	static char endless[12000];

	(void)state;
	begin(true);
	say("{\"class\":\"TPV\",\"mode\":3,\"lat\":\"x\"}\n{\"class\":\"TPV\",\"mode\":3,\"lat\":35.6895,\"lon\":139.6917,\"eph\":5.0}");
	again();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	teardown(NULL);
	begin(true);
	memset(endless, 'x', sizeof(endless) - 1);
	say(endless);
	say_at(LATITUDE, 5);
	assert_true(surroundings_until_said(&s, "has not said where it is"));
	assert_true(surroundings_until_said(&s, "gpsd does not answer"));
	/* it calls again when the pause is over, not at once */
	again();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_distance),
		cmocka_unit_test(test_where),
		cmocka_unit_test_teardown(test_absent, teardown),
		cmocka_unit_test_teardown(test_impostor, teardown),
		cmocka_unit_test_teardown(test_no_fix, teardown),
		cmocka_unit_test_teardown(test_outside, teardown),
		cmocka_unit_test_teardown(test_nonsense, teardown),
		cmocka_unit_test_teardown(test_inside, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
