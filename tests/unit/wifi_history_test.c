// SPDX-License-Identifier: GPL-2.0-or-later
/* What happened on the air is in a file that neither grows nor breaks (W3). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/journal.h"
#include "agent/wifi/history.h"
#include "agent_scratch.h"

static struct scratch s;
static struct kb_history *history;
static unsigned int journalled, complaints;
static char last[2048];

/* In the place of agent/journal.c. */
void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	(void)priority;
	(void)message_id;
	(void)fmt;
	complaints++;
}

void kb_journal_fields(int priority, const char *message_id, const struct kb_journal_field *fields,
		       size_t n, const char *fmt, ...)
{
	va_list ap;

	(void)priority;
	(void)message_id;
	(void)fields;
	(void)n;
	journalled++;
	va_start(ap, fmt);
	vsnprintf(last, sizeof(last), fmt, ap);
	va_end(ap);
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	journalled = complaints = 0;
	return kb_history_open(s.dir, &history);
}

static int tear_down(void **state)
{
	(void)state;
	kb_history_close(history);
	scratch_remove(&s);
	return 0;
}

struct seen {
	struct kb_history_entry first, last;
	char link[32], detail[600];
	unsigned int n;
};

static int see(const struct kb_history_entry *entry, void *userdata)
{
	struct seen *seen = userdata;

	if (!seen->n++)
		seen->first = *entry;
	seen->last = *entry;
	snprintf(seen->link, sizeof(seen->link), "%s", entry->link ?: "");
	snprintf(seen->detail, sizeof(seen->detail), "%s", entry->detail ?: "");
	return 0;
}

static int see_one(const struct kb_history_entry *entry, void *userdata)
{
	see(entry, userdata);
	return -ECANCELED;
}

static const struct kb_history_entry left = {
	.kind = KB_HISTORY_LEFT,
	.seconds = 1000,
	.link = "wlan0",
	.ssid = "\xe5\x85\x00\"\\x",
	.ssid_len = 6,
	.bssid = { 2, 0x11, 0x22, 0, 0, 1 },
	.frequency = 5180,
	.signal = -71,
	.has_reason = true,
	.reason = 15,
	.by_ap = true,
	.profile = "A",
	.detail = "line\none \"two\"",
	.items = "pmf,akm",
};

static void test_nothing(void **state)
{
	struct seen seen = {};

	(void)state;
	assert_int_equal(kb_history_read(s.dir, 0, see, &seen, NULL), -ENOENT);
	assert_int_equal(seen.n, 0);
}

static void test_back(void **state)
{
	struct seen seen = {};
	unsigned int torn = 9;
	struct stat st;

	(void)state;
	kb_history_add(history, &left);
	assert_int_equal(kb_history_read(s.dir, 0, see, &seen, &torn), 0);
	assert_int_equal(torn, 0);
	assert_int_equal(seen.n, 1);
	assert_int_equal(seen.last.kind, KB_HISTORY_LEFT);
	assert_int_equal(seen.last.seconds, 1000);
	assert_int_equal(seen.last.ssid_len, 6);
	assert_memory_equal(seen.last.ssid, left.ssid, 6);
	assert_memory_equal(seen.last.bssid, left.bssid, 6);
	assert_int_equal(seen.last.frequency, 5180);
	assert_int_equal(seen.last.signal, -71);
	assert_true(seen.last.has_reason && seen.last.by_ap);
	assert_int_equal(seen.last.reason, 15);
	assert_string_equal(seen.link, "wlan0");
	assert_string_equal(seen.detail, "line\\x0aone \"two\"");
	assert_int_equal(journalled, 1);
	/* who was where is nobody's business but root's */
	assert_int_equal(stat(scratch_path(&s, KB_HISTORY_FILE), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_since(void **state)
{
	struct kb_history_entry entry = left;
	struct seen seen = {};

	(void)state;
	for (entry.seconds = 1; entry.seconds <= 10; entry.seconds++)
		kb_history_add(history, &entry);
	assert_int_equal(kb_history_read(s.dir, 4, see, &seen, NULL), 0);
	assert_int_equal(seen.n, 7);
	assert_int_equal(seen.first.seconds, 4);
	seen.n = 0;
	assert_int_equal(kb_history_read(s.dir, 0, see_one, &seen, NULL), -ECANCELED);
	assert_int_equal(seen.n, 1);
}

static void test_torn(void **state)
{
	static const char text[] = "{\"time\": 5, \"event\": \"joined\", \"link\": \"wlan0\"}\n"
				   "not: [json\n"
				   "{\"time\": 6, \"event\": \"dancing\"}\n"
				   "{\"time\": -1, \"event\": \"left\"}\n"
				   "{\"time\": 7, \"event\": \"left\", \"ssid_hex\": \"4\"}\n"
				   "{\"time\": 8, \"event\": \"left\", \"bssid\": \"02:11\"}\n"
				   "{\"time\": 9, \"event\": \"left\", \"reason\": 99999}\n"
				   "[1, 2]\n"
				   "{\"time\": 10, \"event\": \"le";
	struct seen seen = {};
	unsigned int torn = 0;

	(void)state;
	scratch_text(&s, KB_HISTORY_FILE, text);
	assert_int_equal(kb_history_read(s.dir, 0, see, &seen, &torn), 0);
	assert_int_equal(seen.n, 2);
	assert_int_equal(torn, 7);
	assert_int_equal(seen.first.seconds, 5);
	assert_int_equal(seen.last.seconds, 9);
	assert_false(seen.last.has_reason);
}

static off_t size_of(const char *name)
{
	struct stat st;

	return stat(scratch_path(&s, name), &st) ? -1 : st.st_size;
}

static void test_bounds(void **state)
{
	struct kb_history_entry entry = left;
	struct seen seen = {};
	unsigned int i;

	(void)state;
	for (i = 1; i <= 5000; i++) {
		entry.seconds = i;
		kb_history_add(history, &entry);
	}
	assert_true(size_of(KB_HISTORY_FILE) <= KB_HISTORY_MAX);
	assert_true(size_of(KB_HISTORY_OLD) <= KB_HISTORY_MAX);
	assert_true(size_of(KB_HISTORY_OLD) > KB_HISTORY_MAX / 2);
	assert_int_equal(kb_history_read(s.dir, 0, see, &seen, NULL), 0);
	/* the newest are there, without a gap */
	assert_int_equal(seen.last.seconds, 5000);
	assert_int_equal(seen.n, 5000 - seen.first.seconds + 1);
	assert_true(seen.n > 500);
}

/* What goes to the journal goes there whether or not there is a file. */
static void test_no_file(void **state)
{
	struct kb_history *none;

	(void)state;
	assert_int_equal(kb_history_open(NULL, &none), 0);
	kb_history_add(none, &left);
	kb_history_close(none);
	kb_history_add(NULL, &left);
	assert_int_equal(journalled, 2);
	assert_int_equal(size_of(KB_HISTORY_FILE), -1);
	/* told once while it lasts; never followed elsewhere */
	scratch_text(&s, "elsewhere", "");
	assert_int_equal(symlink("elsewhere", scratch_path(&s, KB_HISTORY_FILE)), 0);
	kb_history_add(history, &left);
	kb_history_add(history, &left);
	assert_int_equal(complaints, 1);
	assert_int_equal(size_of("elsewhere"), 0);
	assert_int_equal(journalled, 4);
}

static void test_words(void **state)
{
	char text[64];
	unsigned int i;

	(void)state;
	for (i = 0; i < KB_HISTORY_MAX_KIND; i++)
		assert_true(kb_history_name(i) && kb_history_label(i));
	assert_null(kb_history_name(KB_HISTORY_MAX_KIND));
	assert_null(kb_history_label(KB_HISTORY_MAX_KIND));
	kb_reason_80211_text(15, text, sizeof(text));
	assert_string_equal(text, "4-way handshake timeout (15)");
	kb_reason_80211_text(10, text, sizeof(text));
	assert_string_equal(text, "10");
	kb_reason_80211_text(65535, text, sizeof(text));
	assert_string_equal(text, "65535");
	kb_history_add(history, &left);
	assert_non_null(strstr(last, "was made to leave"));
	assert_non_null(strstr(last, "4-way handshake timeout (15)"));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing), TEST(test_back),	TEST(test_since), TEST(test_torn),
		TEST(test_bounds),  TEST(test_no_file), TEST(test_words),
	};

	return cmocka_run_group_tests_name("wifi_history", tests, NULL, NULL);
}
