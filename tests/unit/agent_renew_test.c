// SPDX-License-Identifier: GPL-2.0-or-later
/* When the agent speaks: timers are looked at, not waited for (P1, N7). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/daemon.h"
#include "agent/journal.h"
#include "agent/obey.h"
#include "agent/state.h"
#include "agent_fake.h"
#include "agent_scratch.h"
#include "blob_make.h"

#define SECOND 1000000ull

static struct scratch s;
static struct kb_wire kernel;
static struct kb_daemon daemon_;
static unsigned int journalled;

/* In the place of agent/journal.c. */
void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	(void)priority;
	(void)message_id;
	(void)fmt;
	journalled++;
}

/* In the place of agent/obey.c: nothing is proven here. */
void kb_obey_report(struct kb_daemon *daemon)
{
	(void)daemon;
}

void kb_obey_follow(struct kb_daemon *daemon, bool gone)
{
	(void)daemon;
	(void)gone;
}

static bool owes;

bool kb_obey_owes(const struct kb_daemon *daemon)
{
	(void)daemon;
	return owes;
}

static unsigned int doubts;

void kb_obey_doubt(struct kb_daemon *daemon)
{
	(void)daemon;
	doubts++;
}

static u64 clock_usec(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (u64)now.tv_sec * SECOND + (u64)now.tv_nsec / 1000;
}

/* A policy whose only schedule opened five minutes ago and closes in five, every day. */
static void in_force(void)
{
	/* Japan's minute of the day, and five minutes later */
	u64 minute = (clock_usec(CLOCK_REALTIME) / SECOND / 60 + 9 * 60) % 1440;
	struct kb_blob_span span = { .days = 0x7f, .begin = htole16((u16)((minute + 1435) % 1440)),
				     .end = htole16((u16)((minute + 5) % 1440 ?: 1440)) };
	struct blob_make b = {};
	size_t nest;

	blob_make_modes(&b, &blob_example, KB_GATE_ENFORCE, KB_GATE_OFF, KB_GATE_ENFORCE);
	blob_make_media(&b, KB_ACTION_REFUSE);
	nest = blob_make_open(&b, KB_BLOB_SCHEDULE);
	blob_make_string(&b, KB_SCHEDULE_NAME, "hours");
	blob_make_attr(&b, KB_SCHEDULE_SPAN, &span, sizeof(span));
	blob_make_close(&b, nest);
	nest = blob_make_open(&b, KB_BLOB_PATHS);
	blob_make_u8(&b, KB_PATHS_OTHER, 0);
	blob_make_u8(&b, KB_PATHS_PEERS, 0);
	blob_make_u8(&b, KB_PATHS_INBOUND, 0);
	blob_make_u8(&b, KB_PATHS_DISCOVERY, 0);
	blob_make_u8(&b, KB_PATHS_DHCP, 0);
	blob_make_u32(&b, KB_PATHS_SCREEN, 0);
	blob_make_close(&b, nest);
	kernel.policy = (struct kb_bytes){ b.bytes, b.len };
	kernel.status.policy = 1;
	kernel.status.mode_path = KB_GATE_ENFORCE;
	kernel.status.generation = 1;
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	memset(&kernel, 0, sizeof(kernel));
	daemon_ = (struct kb_daemon){ .state_dir = s.dir, .wire = &kernel };
	journalled = 0;
	return sd_event_new(&daemon_.event);
}

static int tear_down(void **state)
{
	(void)state;
	kb_renew_stop(&daemon_);
	kb_lease_end(&daemon_.lease, NULL);
	sd_event_unref(daemon_.event);
	free(kernel.policy.data);
	scratch_remove(&s);
	return 0;
}

/* Microseconds from now until the timer; the test's own slowness makes it less. */
static long long until(sd_event_source *timer, clockid_t clock)
{
	uint64_t usec;

	assert_non_null(timer);
	assert_true(sd_event_source_get_time(timer, &usec) >= 0);
	return (long long)usec - (long long)clock_usec(clock);
}

static void event(u8 kind, u8 lease)
{
	struct kb_record record = { .event = kind, .lease = lease };

	kb_have_add(&record.have, KB_A_LEASE);
	kb_renew_notice(&daemon_, &record);
}

static void test_nothing_to_renew(void **state)
{
	(void)state;
	/* no policy, no module: no timer, no wake-up */
	kb_renew(&daemon_);
	assert_null(daemon_.renewal);
	assert_null(daemon_.hours);
	in_force();
	kb_lease_forget(&daemon_.lease);
	daemon_.wire = NULL;
	kb_renew(&daemon_);
	assert_null(daemon_.renewal);
	/* both go when there was one */
	daemon_.wire = &kernel;
	kb_renew(&daemon_);
	assert_non_null(daemon_.renewal);
	kernel.status.mode_path = KB_GATE_OFF;
	kb_lease_forget(&daemon_.lease);
	kb_renew(&daemon_);
	assert_null(daemon_.renewal);
	assert_null(daemon_.hours);
	assert_int_equal(journalled, 0);
}

static void test_timers(void **state)
{
	uint64_t usec, accuracy;

	(void)state;
	in_force();
	kb_renew(&daemon_);
	assert_int_equal(kernel.contexts, 1);
	assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) <= (long long)(5 * SECOND));
	assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) > (long long)(3 * SECOND));
	/* hours end on a whole minute, and the timer does not wait for company */
	assert_non_null(daemon_.hours);
	assert_true(sd_event_source_get_time(daemon_.hours, &usec) >= 0);
	assert_int_equal(usec % (60 * SECOND), 0);
	assert_true(until(daemon_.hours, CLOCK_REALTIME) <= (long long)(300 * SECOND));
	assert_true(sd_event_source_get_time_accuracy(daemon_.hours, &accuracy) >= 0);
	assert_int_equal(accuracy, 1);
}

/* The machine goes to sleep: asked again soon, and nobody is bothered. */
static void test_sleep(void **state)
{
	(void)state;
	in_force();
	kernel.context_error[0] = -EBUSY;
	kb_renew(&daemon_);
	assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) <= (long long)(SECOND / 5));
	assert_int_equal(journalled, 0);
	assert_false(daemon_.lease.running);
	kb_renew(&daemon_);
	assert_true(daemon_.lease.running);
}

/* A policy that was learned at a bad moment is obeyed soon. */
static void test_owes(void **state)
{
	(void)state;
	in_force();
	owes = true;
	kb_renew(&daemon_);
	assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) <= (long long)(SECOND / 5));
	/* also one that wants no lease */
	kernel.status.mode_path = KB_GATE_OFF;
	kb_lease_forget(&daemon_.lease);
	kb_renew(&daemon_);
	assert_non_null(daemon_.renewal);
	assert_int_equal(journalled, 0);
	owes = false;
	kb_renew(&daemon_);
	assert_null(daemon_.renewal);
}

/* A lasting fault is told once, and tried again every five seconds. */
static void test_trouble(void **state)
{
	int i;

	(void)state;
	in_force();
	for (i = 0; i < 3; i++)
		kernel.context_error[i] = -EPERM;
	for (i = 0; i < 3; i++) {
		kb_renew(&daemon_);
		assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) > (long long)(3 * SECOND));
	}
	assert_int_equal(journalled, 1);
	kb_renew(&daemon_);
	assert_true(daemon_.lease.running);
	kernel.context_error[4] = -EPERM;
	kb_renew(&daemon_);
	assert_int_equal(journalled, 2);
}

/* The kernel says that a policy comes before it is there: whoever looks at once finds none, and looks again. */
static void test_early(void **state)
{
	(void)state;
	kernel.status.policy = 0;
	event(KB_EVENT_POLICY, 0);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kernel.contexts, 0);
	assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) <= (long long)SECOND);
	in_force();
	kb_renew(&daemon_);
	assert_int_equal(kernel.contexts, 1);
	/* none at all: that was the last look */
	kernel.status.policy = 0;
	kernel.status.generation = 2;
	event(KB_EVENT_POLICY, 0);
	kb_renew_if_due(&daemon_);
	assert_non_null(daemon_.renewal);
	kb_renew(&daemon_);
	assert_null(daemon_.renewal);
}

static void test_events(void **state)
{
	(void)state;
	in_force();
	kb_renew(&daemon_);
	/* that it runs is no news */
	event(KB_EVENT_LEASE, 1);
	event(KB_EVENT_VERDICT, 0);
	doubts = 0;
	kb_renew_if_due(&daemon_);
	assert_int_equal(kernel.contexts, 1);
	assert_int_equal(doubts, 0);
	/* it ended: at once, unless that was a moment ago; and what was known before holds no more (P1) */
	event(KB_EVENT_LEASE, 0);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kernel.contexts, 1);
	assert_int_equal(doubts, 1);
	kb_renew_if_due(&daemon_);
	assert_int_equal(doubts, 1);
	assert_true(until(daemon_.renewal, CLOCK_BOOTTIME) <= (long long)SECOND);
	daemon_.renewed_usec -= 2 * SECOND;
	event(KB_EVENT_LEASE, 0);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kernel.contexts, 2);
	/* another policy does not wait at all, and is asked for */
	kernel.status.generation = 2;
	event(KB_EVENT_POLICY, 0);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kernel.contexts, 3);
	assert_int_equal(kernel.said.generation, 2);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kernel.contexts, 3);
}

static void test_isolation(void **state)
{
	u8 id[KB_ISOLATION_LEN];

	(void)state;
	kernel.status.isolated = 1;
	memset(kernel.status.isolation, 7, sizeof(id));
	event(KB_EVENT_ISOLATE, 0);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kb_isolation_read(s.dir, id), 0);
	assert_int_equal(id[15], 7);
	kernel.status.isolated = 0;
	event(KB_EVENT_ISOLATE, 0);
	kb_renew_if_due(&daemon_);
	assert_int_equal(kb_isolation_read(s.dir, id), -ENOENT);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_to_renew), TEST(test_trouble), TEST(test_sleep), TEST(test_owes), TEST(test_timers), TEST(test_early),
		TEST(test_events), TEST(test_isolation),
	};

	return cmocka_run_group_tests_name("agent_renew", tests, NULL, NULL);
}
