// SPDX-License-Identifier: GPL-2.0-or-later
/* Hand edits of the supplicant's configuration are noticed, told, put back (W1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/journal.h"
#include "agent/wifi/bus.h"
#include "agent/wifi/guard.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "tests/unit/agent_scratch.h"
#include "tests/unit/provision_world.h"

#define CONF	"etc/wpa_supplicant/kidoban.conf"

static struct {
	struct scratch scratch;
	sd_event *event;
	struct kb_guard *guard;
	struct made made;
	unsigned int n_changed, n_told;
	char told[64][256];
	int priority[64];
} w;

/* The journal is not spoken to here. */
void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	fail_msg("%d %s %s", priority, message_id, fmt);
}

static void on_changed(void *userdata)
{
	assert_ptr_equal(userdata, &w);
	w.n_changed++;
}

static void on_told(int priority, const char *text, void *userdata)
{
	assert_ptr_equal(userdata, &w);
	assert_true(w.n_told < ARRAY_SIZE(w.told));
	snprintf(w.told[w.n_told], sizeof(w.told[0]), "%s", text);
	w.priority[w.n_told++] = priority;
}

static bool was_told(const char *part)
{
	unsigned int i;

	for (i = 0; i < w.n_told; i++)
		if (strstr(w.told[i], part))
			return true;
	return false;
}

/* Lets the loop go on until it told this; forgets everything that it told. */
static void await(const char *part)
{
	u64 until = kb_now_usec() + 60 * 1000000ull;
	unsigned int i;

	while (!was_told(part)) {
		if (kb_now_usec() > until) {
			for (i = 0; i < w.n_told; i++)
				print_message("told: %s\n", w.told[i]);
			fail_msg("not told: %s", part);
		}
		assert_true(sd_event_run(w.event, 100000) >= 0);
	}
	w.n_told = 0;
}

/* Until files were put back so many times. */
static void await_changed(unsigned int n)
{
	u64 until = kb_now_usec() + 60 * 1000000ull;

	while (w.n_changed < n) {
		assert_true(kb_now_usec() < until);
		assert_true(sd_event_run(w.event, 100000) >= 0);
	}
}

/* Until the loop has nothing to do for a while: what shall not happen had its time. */
static void settle(void)
{
	int r;

	do {
		r = sd_event_run(w.event, 500000);
		assert_true(r >= 0);
	} while (r);
}

static bool holds(const char *name, const char *text)
{
	KB_FREE uint8_t *data = NULL;
	size_t len;

	return !kb_file_read(scratch_path(&w.scratch, name), 65536, &data, &len) &&
	       strstr((char *)data, text);
}

static void open_guard(void)
{
	const struct kb_guard_host host = {
		.event = w.event, .root = w.scratch.dir, .changed = on_changed, .tell = on_told,
		.userdata = &w,
	};

	assert_int_equal(kb_guard_new(&host, &w.guard), 0);
}

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	scratch_make(&w.scratch);
	made_city(&w.made);
	w.made.policy.wireless.supplicant = KB_SUPPLICANT_WPA;
	return sd_event_new(&w.event) < 0;
}

static int teardown(void **state)
{
	(void)state;
	kb_guard_free(w.guard);
	sd_event_unref(w.event);
	scratch_remove(&w.scratch);
	return 0;
}

static void begin(void)
{
	open_guard();
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	await_changed(1);
	assert_true(was_told("kidoban.conf was written"));
	settle();
	w.n_told = 0;
}

static void test_written(void **state)
{
	(void)state;
	begin();
	assert_true(holds(CONF, "ssid=4d594e554d4245522d41"));
	assert_int_equal(w.n_changed, 1);	/* once, and not by its own writing again */
}

static void test_edits(void **state)
{
	(void)state;
	begin();
	scratch_text(&w.scratch, CONF, "network={\n\tssid=\"EVIL\"\n\tkey_mgmt=NONE\n}\n");
	await_changed(2);
	assert_true(was_told("kidoban.conf was changed by hand"));
	assert_int_equal(w.priority[0], LOG_WARNING);
	assert_true(holds(CONF, "ssid=4d594e554d4245522d41") && !holds(CONF, "EVIL"));
	assert_int_equal(unlink(scratch_path(&w.scratch, CONF)), 0);
	await("kidoban.conf was removed by hand");
	await_changed(3);
	settle();		/* what it still looks at on its own account must not see the mode */
	assert_int_equal(chmod(scratch_path(&w.scratch, CONF), 0666), 0);
	await("kidoban.conf was changed by hand");
	await_changed(4);
	/* by rename, as editors do */
	scratch_text(&w.scratch, "etc/wpa_supplicant/.swap", "x");
	assert_int_equal(rename(scratch_path(&w.scratch, "etc/wpa_supplicant/.swap"),
				scratch_path(&w.scratch, CONF)), 0);
	await("kidoban.conf was changed by hand");
	await_changed(5);
	assert_true(holds(CONF, "ssid=4d594e554d4245522d41"));
}

static void test_strays(void **state)
{
	(void)state;
	begin();
	scratch_text(&w.scratch, "etc/wpa_supplicant/wpa_supplicant-wlan0.conf", "x");
	await("wpa_supplicant-wlan0.conf would offer other networks");
	await_changed(2);
	assert_true(holds("etc/wpa_supplicant/wpa_supplicant-wlan0.conf.kidoban-saved", "x"));
	/* what is nobody's business wakes nobody */
	scratch_text(&w.scratch, "etc/wpa_supplicant/notes.txt", "x");
	settle();
	assert_int_equal(w.n_told, 0);
	assert_int_equal(w.n_changed, 2);
}

/* The whole directory goes, and comes back with something else in it. */
static void test_directory(void **state)
{
	(void)state;
	begin();
	assert_int_equal(rename(scratch_path(&w.scratch, "etc/wpa_supplicant"),
				scratch_path(&w.scratch, "gone")), 0);
	await_changed(2);
	assert_true(was_told("kidoban.conf was removed by hand"));
	settle();
	w.n_told = 0;
	scratch_text(&w.scratch, CONF, "x");
	await_changed(3);
	assert_true(holds(CONF, "ssid=4d594e554d4245522d41"));
}

static void not_kept(void)
{
	scratch_text(&w.scratch, CONF, "mine");
	settle();
	assert_true(holds(CONF, "mine"));
	assert_int_equal(w.n_told, 0);
}

static void test_ends(void **state)
{
	(void)state;
	begin();
	kb_guard_policy(w.guard, NULL, NULL);
	not_kept();
	w.made.policy.wireless.provision = false;
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	not_kept();
	w.made.policy.wireless.provision = true;
	w.made.policy.wifi_mode = KB_GATE_OFF;
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	not_kept();
	/* nobody knows for whom */
	w.made.policy.wifi_mode = KB_GATE_ENFORCE;
	w.made.policy.wireless.supplicant = KB_SUPPLICANT_AUTO;
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	kb_guard_supplicant(w.guard);
	not_kept();
	w.made.policy.wireless.supplicant = KB_SUPPLICANT_NONE;
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	not_kept();
}

/* While the child still writes for the one, the other comes. */
static void test_other_policy(void **state)
{
	static struct made other;
	u64 until;

	(void)state;
	made_city(&other);
	other.policy.wireless.supplicant = KB_SUPPLICANT_WPA;
	other.profiles[0].ssid[0] = 'X';
	open_guard();
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	kb_guard_policy(w.guard, &other.policy, NULL);
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	kb_guard_policy(w.guard, &other.policy, NULL);
	until = kb_now_usec() + 60 * 1000000ull;
	while (!holds(CONF, "ssid=58594e554d4245522d41")) {
		assert_true(kb_now_usec() < until);
		assert_true(sd_event_run(w.event, 100000) >= 0);
	}
	assert_false(was_told("by hand"));
}

static void test_nothing_to_write(void **state)
{
	(void)state;
	w.made.profiles[0].ca = NULL;
	open_guard();
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	assert_true(was_told("cannot be made"));
	assert_true(was_told("CA"));
	settle();
	assert_int_equal(access(scratch_path(&w.scratch, CONF), F_OK), -1);
	assert_int_equal(w.n_changed, 0);
}

static void test_trouble(void **state)
{
	(void)state;
	scratch_mkdir(&w.scratch, "etc/wpa_supplicant");
	assert_int_equal(chmod(scratch_path(&w.scratch, "etc/wpa_supplicant"), 0777), 0);
	open_guard();
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	await("cannot be put in place");
	assert_int_equal(w.n_changed, 0);
	/* another policy is another attempt */
	assert_int_equal(chmod(scratch_path(&w.scratch, "etc/wpa_supplicant"), 0755), 0);
	kb_guard_policy(w.guard, &w.made.policy, NULL);
	await_changed(1);
	assert_true(holds(CONF, "network={"));
}

/* Somebody answers each of our writings with his own: told once, and the processor is not ours alone. */
static void test_fight(void **state)
{
	unsigned int i;

	(void)state;
	begin();
	/* the first writing counts */
	for (i = 2; i <= 11; i++) {
		scratch_text(&w.scratch, CONF, "evil");
		await_changed(i);
	}
	await("somebody keeps changing");
	settle();
	w.n_told = 0;
	scratch_text(&w.scratch, CONF, "evil");
	settle();
	assert_int_equal(w.n_changed, 11);
	assert_int_equal(w.n_told, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_written, setup, teardown),
		cmocka_unit_test_setup_teardown(test_edits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strays, setup, teardown),
		cmocka_unit_test_setup_teardown(test_directory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_write, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trouble, setup, teardown),
		cmocka_unit_test_setup_teardown(test_fight, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
