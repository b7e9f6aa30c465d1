// SPDX-License-Identifier: GPL-2.0-or-later
/* Every event is told once; what never came is counted. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "agent/daemon.h"
#include "agent/journal.h"
#include "agent/state.h"
#include "agent_fake.h"
#include "agent_scratch.h"

static struct scratch s;
static struct kb_wire kernel, events;
static struct kb_daemon daemon_;
static char told[1024];
static int journal_error;
static unsigned int noticed;

/* In the place of agent/journal.c. */
void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	(void)priority;
	(void)message_id;
	(void)fmt;
}

int kb_journal_record(const struct kb_record *record)
{
	size_t used = strlen(told);

	if (journal_error)
		return journal_error;
	snprintf(told + used, sizeof(told) - used, "%llu ", (unsigned long long)record->seq);
	return 0;
}

int kb_journal_lost(u64 first, u64 last)
{
	size_t used = strlen(told);

	snprintf(told + used, sizeof(told) - used, "lost:%llu-%llu ", (unsigned long long)first,
		 (unsigned long long)last);
	return 0;
}

/* In the place of agent/renew.c. */
void kb_renew_notice(struct kb_daemon *daemon, const struct kb_record *record)
{
	daemon->renew_due |= record->event == KB_EVENT_POLICY;
	noticed++;
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	noticed = 0;
	memset(&kernel, 0, sizeof(kernel));
	memset(&events, 0, sizeof(events));
	told[0] = '\0';
	journal_error = 0;
	daemon_ = (struct kb_daemon){ .state_dir = s.dir, .wire = &kernel, .events = &events };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static void store(u64 from, u64 to)
{
	for (kernel.n_stored = 0; from <= to; from++)
		kernel.stored[kernel.n_stored++].seq = from;
	kernel.status.event_seq = to;
}

static void cast(u64 seq)
{
	events.live[events.n_live++].seq = seq;
	if (seq > kernel.status.event_seq)
		kernel.status.event_seq = seq;
}

static void test_each_once(void **state)
{
	(void)state;
	kb_tell_resume(&daemon_, true);
	store(1, 3);
	assert_int_equal(kb_tell_catch_up(&daemon_), 0);
	/* the multicast brings some of them once more */
	cast(2);
	cast(3);
	cast(4);
	assert_int_equal(kb_tell_live(&daemon_), 0);
	assert_string_equal(told, "1 2 3 4 ");
}

/* Between finding the module and sealing it nobody knows where the journal stopped. */
static void test_nothing_before_sealed(void **state)
{
	(void)state;
	daemon_.connected = true;
	daemon_.cursor = 2;
	cast(1);
	cast(2);
	cast(3);
	events.live[2].event = KB_EVENT_POLICY;
	store(1, 3);
	assert_int_equal(kb_tell_live(&daemon_), 0);
	assert_string_equal(told, "");
	/* the lease cannot wait for it */
	assert_int_equal(noticed, 3);
	assert_true(daemon_.renew_due);
	daemon_.connected = false;
	kb_tell_resume(&daemon_, true);
	assert_int_equal(kb_tell_catch_up(&daemon_), 0);
	assert_string_equal(told, "1 2 3 ");
}

static void test_resume(void **state)
{
	(void)state;
	kb_tell_resume(&daemon_, true);
	store(1, 5);
	assert_int_equal(kb_tell_catch_up(&daemon_), 0);
	/* the agent is killed; two events pass; it starts anew */
	told[0] = '\0';
	daemon_ = (struct kb_daemon){ .state_dir = s.dir, .wire = &kernel, .events = &events };
	store(1, 7);
	kb_tell_resume(&daemon_, false);
	assert_int_equal(kb_tell_catch_up(&daemon_), 0);
	assert_string_equal(told, "6 7 ");
}

static void test_fresh_module(void **state)
{
	(void)state;
	assert_int_equal(kb_cursor_write(s.dir, 40), 0);
	/* another module counts from one again, sealed by us or seen by its numbers */
	kb_tell_resume(&daemon_, false);
	assert_int_equal(daemon_.cursor, 40);
	store(1, 2);
	assert_int_equal(kb_tell_catch_up(&daemon_), 0);
	assert_string_equal(told, "1 2 ");
	kb_tell_resume(&daemon_, true);
	assert_int_equal(daemon_.cursor, 0);
}

static void test_gap_is_fetched(void **state)
{
	(void)state;
	kb_tell_resume(&daemon_, true);
	store(1, 6);
	kernel.n_stored = 0;
	cast(1);
	cast(4);	/* 2 and 3 were not delivered, but the kernel holds them */
	store(1, 6);
	assert_int_equal(kb_tell_live(&daemon_), 0);
	assert_string_equal(told, "1 2 3 4 5 6 ");
	assert_int_equal(daemon_.lost, 0);
}

static void test_overrun_is_fetched(void **state)
{
	(void)state;
	kb_tell_resume(&daemon_, true);
	cast(1);
	events.receive_error = -ENOBUFS;
	store(1, 9);
	assert_int_equal(kb_tell_live(&daemon_), 0);
	assert_string_equal(told, "1 2 3 4 5 6 7 8 9 ");
}

static void test_lost_is_counted(void **state)
{
	(void)state;
	kb_tell_resume(&daemon_, true);
	cast(1);
	cast(50);
	store(40, 50);	/* the ring turned over */
	assert_int_equal(kb_tell_live(&daemon_), 0);
	assert_string_equal(told, "1 lost:2-39 40 41 42 43 44 45 46 47 48 49 50 ");
	assert_int_equal(daemon_.lost, 38);
}

static void test_journal_down(void **state)
{
	struct kb_cursor cursor;

	(void)state;
	kb_tell_resume(&daemon_, true);
	store(1, 3);
	journal_error = -ECONNREFUSED;
	assert_int_not_equal(kb_tell_catch_up(&daemon_), 0);
	assert_int_equal(daemon_.cursor, 0);
	journal_error = 0;
	assert_int_equal(kb_tell_catch_up(&daemon_), 0);
	assert_string_equal(told, "1 2 3 ");
	assert_int_equal(kb_cursor_read(s.dir, &cursor), 0);
	assert_int_equal(cursor.seq, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_journal_down), TEST(test_lost_is_counted), TEST(test_overrun_is_fetched),
		TEST(test_gap_is_fetched), TEST(test_fresh_module), TEST(test_resume),
		TEST(test_each_once), TEST(test_nothing_before_sealed),
	};

	return cmocka_run_group_tests_name("agent_tell", tests, NULL, NULL);
}
