// SPDX-License-Identifier: GPL-2.0-or-later
/* The agent's memory: torn, edited and foreign files are not believed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/state.h"
#include "agent_scratch.h"
#include "policy/file.h"

static struct scratch s;

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static void raise_to(u32 epoch, u32 serial)
{
	struct kb_floor floor = { epoch, serial };

	assert_int_equal(kb_floor_raise(s.dir, &floor), 0);
}

static void expect(u32 epoch, u32 serial)
{
	struct kb_floor floor = { 99, 99 };

	assert_int_equal(kb_floor_read(s.dir, &floor), 0);
	assert_int_equal(floor.epoch, epoch);
	assert_int_equal(floor.serial, serial);
}

static void test_missing(void **state)
{
	struct kb_floor floor;
	struct kb_cursor cursor;

	(void)state;
	assert_int_equal(kb_floor_read(s.dir, &floor), -ENOENT);
	assert_int_equal(kb_cursor_read(s.dir, &cursor), -ENOENT);
}

static void test_never_sinks(void **state)
{
	(void)state;
	raise_to(1, 12);
	expect(1, 12);
	raise_to(1, 11);
	expect(1, 12);
	raise_to(0, 4000000000u);
	expect(1, 12);
	raise_to(2, 1);
	expect(2, 1);
}

/* Whatever is left of a write that was cut short, it is not believed. */
static void test_torn(void **state)
{
	struct kb_floor floor = { 7, 7 };
	uint8_t *data;
	size_t len, n;

	(void)state;
	raise_to(3, 41);
	assert_int_equal(kb_file_read(scratch_path(&s, "state"), 4096, &data, &len), 0);
	for (n = 0; n < len; n++) {
		scratch_write(&s, "state", data, n);
		assert_int_equal(kb_floor_read(s.dir, &floor), -EBADMSG);
	}
	for (n = 0; n < len; n++) {
		data[n] ^= 1;
		scratch_write(&s, "state", data, len);
		assert_int_equal(kb_floor_read(s.dir, &floor), -EBADMSG);
		data[n] ^= 1;
	}
	/* a file system that lost power shows zeros */
	memset(data, 0, len);
	scratch_write(&s, "state", data, len);
	assert_int_equal(kb_floor_read(s.dir, &floor), -EBADMSG);
	assert_int_equal(floor.epoch, 7);
	free(data);
	/* and can be written anew */
	raise_to(3, 41);
	expect(3, 41);
}

static void test_strange(void **state)
{
	struct kb_floor floor;
	char big[600];

	(void)state;
	memset(big, 'a', sizeof(big));
	scratch_write(&s, "state", big, sizeof(big));
	assert_int_equal(kb_floor_read(s.dir, &floor), -EBADMSG);
	assert_int_equal(unlink(scratch_path(&s, "state")), 0);
	scratch_mkdir(&s, "state");
	assert_int_equal(kb_floor_read(s.dir, &floor), -EISDIR);
}

static void test_cursor(void **state)
{
	struct kb_cursor cursor;
	uint8_t *data;
	size_t len;
	char *boot;

	(void)state;
	assert_int_equal(kb_cursor_write(s.dir, 18446744073709551615ull), 0);
	assert_int_equal(kb_cursor_read(s.dir, &cursor), 0);
	assert_true(cursor.seq == 18446744073709551615ull);
	assert_int_equal(kb_cursor_write(s.dir, 5), 0);
	assert_int_equal(kb_cursor_read(s.dir, &cursor), 0);
	assert_int_equal(cursor.seq, 5);
	/* an edited one is not believed, a whole one of another boot is told from it */
	assert_int_equal(kb_file_read(scratch_path(&s, "events"), 4096, &data, &len), 0);
	boot = strstr((char *)data, "boot ");
	assert_non_null(boot);
	boot[5] = boot[5] == '0' ? '1' : '0';
	scratch_write(&s, "events", data, len);
	assert_int_equal(kb_cursor_read(s.dir, &cursor), -EBADMSG);
	free(data);
	scratch_text(&s, "events",
		     "kidoban-events 1\nboot 00000000-0000-0000-0000-000000000000\nseq 9\n"
		     "sum 0503466106b1c52c\n");
	assert_int_equal(kb_cursor_read(s.dir, &cursor), -ESTALE);
}

static void test_directory_missing(void **state)
{
	struct kb_floor floor = { 1, 1 };

	(void)state;
	assert_int_equal(kb_floor_raise(scratch_path(&s, "no"), &floor), -ENOENT);
	assert_int_equal(kb_cursor_write(scratch_path(&s, "no"), 1), -ENOENT);
}

static void test_one_agent(void **state)
{
	int first, second;

	(void)state;
	first = kb_state_lock(s.dir);
	assert_true(first >= 0);
	assert_int_equal(kb_state_lock(s.dir), -EBUSY);
	close(first);
	second = kb_state_lock(s.dir);
	assert_true(second >= 0);
	close(second);
	assert_int_equal(kb_state_lock(scratch_path(&s, "no")), -ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const u8 isolation[KB_ISOLATION_LEN] = "0123456789abcdef";

/* A file that cannot be believed is not one that says "free". */
static void test_isolation_wrong(void **state)
{
	static const char *const texts[] = {
		"", "kidoban-isolation 1\n", "rubbish",
		"kidoban-isolation 1\nid 30313233343536373839616263646566\nsum 0000000000000000\n",
	};
	u8 id[KB_ISOLATION_LEN] = { 7 };
	size_t i;

	(void)state;
	assert_int_equal(kb_isolation_read(s.dir, id), -ENOENT);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		scratch_text(&s, "isolation", texts[i]);
		assert_int_equal(kb_isolation_read(s.dir, id), -EBADMSG);
		assert_int_equal(id[0], 7);
	}
	/* another file of ours in its place */
	raise_to(1, 2);
	assert_int_equal(rename(scratch_path(&s, "state"), scratch_path(&s, "isolation")), 0);
	assert_int_equal(kb_isolation_read(s.dir, id), -EBADMSG);
}

static void test_isolation(void **state)
{
	u8 id[KB_ISOLATION_LEN];

	(void)state;
	assert_int_equal(kb_isolation_clear(s.dir), 0);
	assert_int_equal(kb_isolation_write(s.dir, isolation), 0);
	assert_int_equal(kb_isolation_read(s.dir, id), 0);
	assert_memory_equal(id, isolation, sizeof(id));
	assert_int_equal(kb_isolation_clear(s.dir), 0);
	assert_int_equal(kb_isolation_read(s.dir, id), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_isolation_wrong), TEST(test_isolation),
		TEST(test_one_agent), TEST(test_missing), TEST(test_torn), TEST(test_strange), TEST(test_never_sinks),
		TEST(test_cursor), TEST(test_directory_missing),
	};

	return cmocka_run_group_tests_name("agent_state", tests, NULL, NULL);
}
