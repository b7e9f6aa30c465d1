// SPDX-License-Identifier: GPL-2.0-or-later
/* What the agent says of the terminal (P1), and isolation that outlives reboots (N6). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/isolate.h"
#include "agent/lease.h"
#include "agent/paths.h"
#include "agent/state.h"
#include "agent_fake.h"
#include "agent_scratch.h"
#include "blob_make.h"

static struct scratch s;
static struct kb_wire kernel;
static struct kb_lease lease;

/* Monday to Friday, 08:00 to 19:00 in Japan; and every night from ten to six. */
static const struct kb_blob_span office = { .days = 0x1f, .begin = 480, .end = 1140 };
static const struct kb_blob_span night = { .days = 0x7f, .begin = 1320, .end = 360 };

/* 2026-11-16 was a Monday. */
static u64 japan(int day, int hour, int minute, int second)
{
	struct tm tm = { .tm_year = 126, .tm_mon = 10, .tm_mday = day, .tm_hour = hour - 9,
			 .tm_min = minute, .tm_sec = second };

	return (u64)timegm(&tm);
}

static void put_schedule(struct blob_make *b, const char *name, const struct kb_blob_span *span)
{
	size_t nest = blob_make_open(b, KB_BLOB_SCHEDULE);

	blob_make_string(b, KB_SCHEDULE_NAME, name);
	blob_make_attr(b, KB_SCHEDULE_SPAN, span, sizeof(*span));
	blob_make_close(b, nest);
}

static void put_paths(struct blob_make *b)
{
	size_t nest = blob_make_open(b, KB_BLOB_PATHS);

	blob_make_u8(b, KB_PATHS_OTHER, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_PEERS, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_INBOUND, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_DISCOVERY, KB_ACTION_REFUSE);
	blob_make_u8(b, KB_PATHS_DHCP, KB_ACTION_ALLOW);
	blob_make_u32(b, KB_PATHS_SCREEN, 0);
	blob_make_close(b, nest);
}

/* The kernel has a policy with both schedules in force. */
static void in_force(u64 generation)
{
	struct blob_make b = {};

	blob_make_modes(&b, &blob_example, KB_GATE_ENFORCE, KB_GATE_OFF, KB_GATE_ENFORCE);
	blob_make_media(&b, KB_ACTION_REFUSE);
	put_schedule(&b, "office", &office);
	put_schedule(&b, "night", &night);
	put_paths(&b);
	free(kernel.policy.data);
	kernel.policy = (struct kb_bytes){ b.bytes, b.len };
	kernel.status.policy = 1;
	kernel.status.mode_path = KB_GATE_ENFORCE;
	kernel.status.generation = generation;
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	memset(&kernel, 0, sizeof(kernel));
	memset(&lease, 0, sizeof(lease));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kb_lease_end(&lease, NULL);
	free(kernel.policy.data);
	scratch_remove(&s);
	return 0;
}

static int renew(u64 now)
{
	struct kb_fault why = {};

	return kb_lease_renew(&lease, &kernel, now, &why);
}

static void test_nothing_to_say(void **state)
{
	(void)state;
	assert_int_equal(renew(japan(16, 9, 0, 0)), -ENODATA);
	/* a policy of the media gate alone needs no lease, and its agent no wake-ups */
	in_force(3);
	kernel.status.mode_path = KB_GATE_OFF;
	kb_lease_forget(&lease);
	assert_int_equal(renew(japan(16, 9, 0, 0)), -ENODATA);
	assert_int_equal(kernel.contexts, 0);
	assert_int_equal(kernel.policy_gets, 0);
	assert_int_equal(kb_lease_changes(&lease, japan(16, 9, 0, 0)), 0);
}

static void test_damaged_policy(void **state)
{
	(void)state;
	in_force(3);
	kernel.policy.data[kernel.policy.len - 1] ^= 0x55;
	kernel.policy.len -= 4;
	assert_int_equal(renew(japan(16, 9, 0, 0)), -EBADMSG);
	assert_int_equal(kernel.contexts, 0);
	assert_false(lease.running);
}

static void test_refusals(void **state)
{
	static const int errors[] = { -EBUSY, -ERANGE, -EPERM, -ENOMEM };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		kernel.contexts = 0;
		in_force(3);
		kernel.context_error[0] = errors[i];
		assert_int_equal(renew(japan(16, 9, 0, 0)), errors[i]);
		assert_int_equal(kernel.contexts, 1);
		assert_false(lease.running);
		kernel.context_error[0] = 0;
		assert_int_equal(renew(japan(16, 9, 0, 0)), 0);
		assert_true(lease.running);
	}
}

/* Policies that follow each other without end must not hold the agent. */
static void test_stale_for_ever(void **state)
{
	int i;

	(void)state;
	in_force(3);
	for (i = 0; i < 8; i++)
		kernel.context_error[i] = -ESTALE;
	assert_int_equal(renew(japan(16, 9, 0, 0)), -ESTALE);
	assert_in_range(kernel.contexts, 1, 4);
	assert_false(lease.running);
}

static void replace_once(struct kb_wire *wire)
{
	wire->status.generation = 9;
	wire->on_context = NULL;
}

/* Stands in for agent/obey.c: says what is known under the policy that was just learned. */
static void say_place(void *userdata)
{
	assert_ptr_equal(userdata, &lease);
	assert_null(lease.proofs);
	assert_false(lease.placed);
	lease.placed = true;
	lease.zone = 0;
}

/* The first word about another policy says all that is known: paths that both permit stay open. */
static void test_learned_before_said(void **state)
{
	(void)state;
	in_force(3);
	lease.on_learned = say_place;
	lease.userdata = &lease;
	kernel.on_context = replace_once;
	assert_int_equal(renew(japan(16, 9, 0, 0)), 0);
	assert_int_equal(kernel.said.generation, 9);
	assert_int_equal(kernel.said.zone, 0);
	/* it is asked again for the next one only */
	lease.placed = false;
	assert_int_equal(renew(japan(16, 9, 0, 5)), 0);
	assert_int_equal(kernel.said.zone, KB_INDEX_NONE);
}

static void test_policy_replaced(void **state)
{
	(void)state;
	in_force(3);
	kernel.on_context = replace_once;
	assert_int_equal(renew(japan(16, 9, 0, 0)), 0);
	assert_int_equal(kernel.said.generation, 9);
	assert_int_equal(kernel.policy_gets, 2);
	/* and nothing is asked again while nothing changes */
	assert_int_equal(renew(japan(16, 9, 0, 5)), 0);
	assert_int_equal(kernel.policy_gets, 2);
}

static void test_hours(void **state)
{
	(void)state;
	in_force(3);
	assert_int_equal(renew(japan(16, 7, 59, 59)), 0);
	assert_int_equal(kernel.said.schedules, 0);
	assert_int_equal(kb_lease_changes(&lease, japan(16, 7, 59, 59)), japan(16, 8, 0, 0));
	assert_int_equal(renew(japan(16, 8, 0, 0)), 0);
	assert_int_equal(kernel.said.schedules, 1);
	assert_int_equal(kb_lease_changes(&lease, japan(16, 8, 0, 0)), japan(16, 19, 0, 0));
	assert_int_equal(renew(japan(16, 19, 0, 0)), 0);
	assert_int_equal(kernel.said.schedules, 0);
	/* over midnight */
	assert_int_equal(renew(japan(16, 23, 0, 0)), 0);
	assert_int_equal(kernel.said.schedules, 2);
	assert_int_equal(kb_lease_changes(&lease, japan(16, 23, 0, 0)), japan(17, 6, 0, 0));
	assert_int_equal(kernel.said.ttl, KB_LEASE_TTL_DEFAULT);
	/* nobody here knows the place, and nothing is proven */
	assert_int_equal(kernel.said.zone, KB_INDEX_NONE);
	assert_int_equal(kernel.said.n_proofs, 0);
}

static void test_end(void **state)
{
	(void)state;
	/* none runs: nothing is said */
	in_force(3);
	kb_lease_end(&lease, &kernel);
	assert_int_equal(kernel.contexts, 0);
	assert_int_equal(renew(japan(16, 9, 0, 0)), 0);
	kb_lease_end(&lease, &kernel);
	assert_int_equal(kernel.said.ttl, 0);
	assert_false(lease.running);
	/* a policy that came meanwhile carried it on */
	assert_int_equal(renew(japan(16, 9, 0, 0)), 0);
	kernel.status.generation = 7;
	kb_lease_end(&lease, &kernel);
	assert_int_equal(kernel.said.generation, 7);
	assert_int_equal(kernel.said.ttl, 0);
	/* the module is gone */
	lease.running = true;
	kb_lease_end(&lease, NULL);
	assert_false(lease.running);
}

static const u8 name[KB_ISOLATION_LEN] = "0123456789abcdef";

static void test_isolation_not_remembered(void **state)
{
	struct kb_fault why = {};

	(void)state;
	assert_int_equal(kb_isolate_restore(&kernel, s.dir, &why), 0);
	assert_int_equal(kernel.isolations, 0);
}

/* Whatever becomes of the file: while something is there, the terminal is not free. */
static void test_isolation_damaged(void **state)
{
		u8 id[KB_ISOLATION_LEN];
	struct kb_fault why = {};

	(void)state;
	scratch_text(&s, KB_ISOLATION_FILE, "rubbish");
	assert_int_equal(kb_isolate_restore(&kernel, s.dir, &why), 0);
	assert_int_equal(kernel.status.isolated, 1);
	assert_int_equal(kb_isolation_read(s.dir, id), 0);
	assert_memory_equal(id, kernel.status.isolation, sizeof(id));
}

static void test_isolation_refused(void **state)
{
	struct kb_fault why = {};

	(void)state;
	assert_int_equal(kb_isolation_write(s.dir, name), 0);
	kernel.isolate_error = -EPERM;
	assert_int_equal(kb_isolate_restore(&kernel, s.dir, &why), -EPERM);
	kernel.isolate_error = -EALREADY;
	assert_int_equal(kb_isolate_restore(&kernel, s.dir, &why), 0);
}

static void test_isolation_restored(void **state)
{
	struct kb_fault why = {};
	u8 id[KB_ISOLATION_LEN];

	(void)state;
	/* the kernel was isolated by somebody: remembered */
	assert_int_equal(kb_wire_isolate(&kernel, name, &why), 0);
	assert_int_equal(kb_isolate_follow(&kernel, s.dir, &why), 0);
	assert_int_equal(kb_isolation_read(s.dir, id), 0);
	assert_memory_equal(id, name, sizeof(id));
	/* the machine boots anew */
	kernel.status.isolated = 0;
	memset(kernel.status.isolation, 0, sizeof(kernel.status.isolation));
	assert_int_equal(kb_isolate_restore(&kernel, s.dir, &why), 0);
	assert_int_equal(kernel.status.isolated, 1);
	assert_memory_equal(kernel.status.isolation, name, sizeof(name));
	/* released */
	kernel.status.isolated = 0;
	assert_int_equal(kb_isolate_follow(&kernel, s.dir, &why), 0);
	assert_int_equal(kb_isolation_read(s.dir, id), -ENOENT);
	assert_int_equal(kb_isolate_follow(&kernel, s.dir, &why), 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_to_say), TEST(test_damaged_policy), TEST(test_refusals),
		TEST(test_stale_for_ever), TEST(test_policy_replaced), TEST(test_learned_before_said), TEST(test_hours), TEST(test_end),
		TEST(test_isolation_damaged), TEST(test_isolation_refused),
		TEST(test_isolation_not_remembered), TEST(test_isolation_restored),
	};

	return cmocka_run_group_tests_name("agent_lease", tests, NULL, NULL);
}
