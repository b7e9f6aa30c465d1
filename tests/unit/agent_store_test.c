// SPDX-License-Identifier: GPL-2.0-or-later
/* Sealing and loading against a kernel that refuses. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/seal.h"
#include "agent/state.h"
#include "agent/store.h"
#include "agent_fake.h"
#include "agent_scratch.h"
#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/text.h"

static struct scratch s;
static struct kb_wire kernel;
static char notes[4096];
static char config[128], state_dir[128];

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	scratch_mkdir(&s, "state");
	snprintf(config, sizeof(config), "%s", s.dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", s.dir);
	memset(&kernel, 0, sizeof(kernel));
	notes[0] = '\0';
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fake_done(&kernel);
	scratch_remove(&s);
	return 0;
}

static void note(const char *text, void *userdata)
{
	size_t used = strlen(notes);

	(void)userdata;
	snprintf(notes + used, sizeof(notes) - used, "%s\n", text);
}

static void identity(void)
{
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: shared}\n");
}

/* A bundle with that serial; nobody here looks at its signature. */
static void bundle_with(const char *name, unsigned int serial, const char *more)
{
	struct kb_bundle b = { 0 };
	struct kb_diags diags = { 0 };
	struct kb_fault why = { "" };
	char text[512];
	void *blob;
	size_t len;

	snprintf(text, sizeof(text),
		 "kidoban: 1\npolicy: {municipality: \"131016\", group: shared, serial: %u, expires: 2030-01-01%s}\n"
		 "mode: {media: enforce}\nmedia:\n  rules:\n    - allow: {class: [hub, keyboard]}\n", serial,
		 more);
	if (kb_text_compile(text, strlen(text), 1800000000, &diags, &blob, &len))
		fail_msg("%s", diags.first->text);
	kb_diags_done(&diags);
	kb_bundle_set(&b, KB_BUNDLE_BLOB, blob, len);
	kb_bundle_set(&b, KB_BUNDLE_AUTHOR, "sig", 3);
	kb_bundle_set(&b, KB_BUNDLE_SOURCE, text, strlen(text));
	free(blob);
	if (kb_bundle_write(scratch_path(&s, name), &b, &why))
		fail_msg("%s", why.text);
	kb_bundle_done(&b);
}

static void bundle(const char *name, unsigned int serial)
{
	bundle_with(name, serial, "");
}

static int seal(bool *ret_sealed, struct kb_fault *why)
{
	*why = (struct kb_fault){ "" };
	return kb_seal(&kernel, config, state_dir, note, NULL, ret_sealed, why);
}

static int load(struct kb_loaded *ret, struct kb_fault *why)
{
	*why = (struct kb_fault){ "" };
	return kb_store_load(&kernel, config, state_dir, note, NULL, ret, why);
}

static void test_seal_refuses(void **state)
{
	struct kb_fault why;
	bool sealed = false;

	(void)state;
	assert_int_equal(seal(&sealed, &why), -ENOENT);
	assert_non_null(strstr(why.text, "terminal.yaml"));
	identity();
	assert_int_equal(seal(&sealed, &why), -ENOENT);
	assert_non_null(strstr(why.text, "trust"));
	scratch_mkdir(&s, "trust/author");
	assert_int_equal(seal(&sealed, &why), -ENOKEY);
	assert_false(kernel.status.sealed);
	assert_false(sealed);
}

static const struct {
	const char *text, *expect;
} identities[] = {
	{ "", "terminal.yaml" },
	{ "terminal: 1\n", "1:" },
	{ "terminal: {municipality: \"131016\"}\n", "group" },
	{ "terminal: {municipality: \"131016\", group: g, gruop: h}\n", "gruop" },
	{ "terminal: {municipality: \"131016\", group: \"\"}\n", ":1:" },
	{ "terminal: {municipality: \"13 1016\", group: g}\n", ":1:" },
	{ "terminal: {municipality: \"1234567890123456\", group: g}\n", ":1:" },
	{ "terminal: {municipality: [\"131016\"], group: g}\n", ":1:" },
	{ "terminl: {municipality: \"131016\", group: g}\n", "terminl" },
	{ "terminal: {municipality: \"131016\", group: g}\nmore: 1\n", ":2:" },
	{ "terminal: {municipality: \"131016\", group: g\n", "terminal.yaml" },
};

static void test_wrong_identity(void **state)
{
	struct kb_fault why;
	bool sealed;
	size_t i;
	int r;

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	for (i = 0; i < ARRAY_SIZE(identities); i++) {
		scratch_text(&s, "terminal.yaml", identities[i].text);
		r = seal(&sealed, &why);
		if (r != -EBADMSG || !strstr(why.text, identities[i].expect))
			fail_msg("%s: answered %d \"%s\"", identities[i].text, r, why.text);
	}
	assert_false(kernel.status.sealed);
	assert_int_equal(kernel.added[KB_RING_AUTHOR], 0);
}

/* An approver ring that the kernel does not take must not become one nobody needs. */
/* Whatever group a policy may be made for, a terminal can be in it. */
static void test_group_of_words(void **state)
{
	struct kb_fault why;
	bool sealed;

	(void)state;
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: 共用 端末}\n");
	assert_int_equal(seal(&sealed, &why), 0);
	assert_string_equal(kernel.sealed_as.group, "共用 端末");
}

static void test_ring_not_taken(void **state)
{
	struct kb_fault why;
	bool sealed;

	(void)state;
	identity();
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_trust(&s, KB_RING_APPROVER, "b", scratch_signer(KB_RING_APPROVER, 0));
	kernel.add_error[KB_RING_APPROVER] = -ENOPKG;
	assert_int_equal(seal(&sealed, &why), -ENOKEY);
	assert_non_null(strstr(why.text, "approver"));
	assert_non_null(strstr(notes, "ring 1 refuses"));
	assert_false(kernel.status.sealed);
	/* a former attempt got that far: it stands there */
	kernel.add_error[KB_RING_APPROVER] = -EEXIST;
	assert_int_equal(seal(&sealed, &why), 0);
	assert_true(sealed);
}

static void test_seal(void **state)
{
	struct kb_floor floor = { 2, 7 };
	struct kb_cursor cursor;
	struct kb_fault why;
	bool sealed;

	(void)state;
	identity();
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	assert_int_equal(kb_floor_raise(state_dir, &floor), 0);
	assert_int_equal(kb_cursor_write(state_dir, 40), 0);
	assert_int_equal(seal(&sealed, &why), 0);
	assert_true(sealed);
	/* the module is fresh: its events begin at one, whoever tells them */
	assert_int_equal(kb_cursor_read(state_dir, &cursor), 0);
	assert_int_equal(cursor.seq, 0);
	assert_string_equal(kernel.sealed_as.municipality, "131016");
	assert_string_equal(kernel.sealed_as.group, "shared");
	assert_int_equal(kernel.sealed_as.epoch, 2);
	assert_int_equal(kernel.sealed_as.serial, 7);
	/* once more is fine and does nothing, even when the files are gone */
	assert_int_equal(unlink(scratch_path(&s, "terminal.yaml")), 0);
	assert_int_equal(seal(&sealed, &why), 0);
	assert_false(sealed);
	assert_int_equal(kernel.added[KB_RING_AUTHOR], 1);
}

/* With a torn state file the floor is that of the stored bundle. */
static void test_floor_from_bundle(void **state)
{
	struct kb_fault why;
	bool sealed;

	(void)state;
	identity();
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	bundle("state/policy.kdb", 12);
	scratch_text(&s, "state/state", "kidoban-state 1\nfloor 1 9");
	assert_int_equal(seal(&sealed, &why), 0);
	assert_int_equal(kernel.sealed_as.serial, 12);
	assert_non_null(strstr(notes, "damaged"));
}

static void test_no_bundle(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	assert_int_equal(load(&loaded, &why), -ENOENT);
	assert_int_equal(kernel.loads, 0);
	assert_string_equal(notes, "");
}

static void expect_stored(unsigned int serial)
{
	struct kb_floor floor = { 0, 0 }, kept = { 0, 0 };

	assert_int_equal(kb_floor_read(state_dir, &floor), 0);
	assert_int_equal(floor.serial, serial);
	assert_int_equal(kb_store_peek(state_dir, &kept), 0);
	assert_int_equal(kept.serial, serial);
}

static void test_newest_first(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("policy.kdb", 5);
	bundle("state/policy.kdb", 4);
	assert_int_equal(load(&loaded, &why), 0);
	assert_true(loaded.changed);
	assert_true(loaded.stored);
	assert_int_equal(loaded.serial, 5);
	assert_int_equal(kernel.loads, 1);
	expect_stored(5);
	/* an old delivery does not come back */
	bundle("policy.kdb", 3);
	assert_int_equal(load(&loaded, &why), 0);
	assert_false(loaded.changed);
	assert_int_equal(loaded.serial, 5);
	expect_stored(5);
}

static void test_falls_back(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("policy.kdb", 5);
	bundle("state/policy.kdb", 4);
	kernel.load_error[0] = -EKEYREJECTED;
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(kernel.loaded[0], 5);
	assert_int_equal(kernel.loaded[1], 4);
	assert_int_equal(loaded.serial, 4);
	/* the refusal names file and cause, and the stored one stays as it is */
	assert_non_null(strstr(notes, "/policy.kdb: serial 5 is refused"));
	expect_stored(4);
}

static void test_both_refused(void **state)
{
	struct kb_loaded loaded = { .serial = 77 };
	struct kb_floor floor;
	struct kb_fault why;

	(void)state;
	bundle("policy.kdb", 5);
	bundle("state/policy.kdb", 4);
	kernel.load_error[0] = -EKEYEXPIRED;
	kernel.load_error[1] = -ESTALE;
	assert_int_equal(load(&loaded, &why), -EKEYEXPIRED);
	assert_non_null(strstr(why.text, "serial 5"));
	assert_int_equal(loaded.serial, 77);
	assert_int_equal(kb_floor_read(state_dir, &floor), -ENOENT);
}

static void test_half_written(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;
	uint8_t *data;
	size_t len;

	(void)state;
	bundle("state/policy.kdb", 4);
	bundle("policy.kdb", 5);
	assert_int_equal(kb_file_read(scratch_path(&s, "policy.kdb"), KB_BUNDLE_MAX, &data, &len), 0);
	scratch_write(&s, "policy.kdb", data, len / 2);
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(loaded.serial, 4);
	assert_non_null(strstr(notes, "policy.kdb"));
	/* the rest arrives */
	scratch_write(&s, "policy.kdb", data, len);
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(loaded.serial, 5);
	expect_stored(5);
	free(data);
}

static void test_damaged_alone(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	scratch_text(&s, "policy.kdb", "rubbish");
	assert_int_equal(load(&loaded, &why), -EBADMSG);
	assert_non_null(strstr(why.text, "policy.kdb"));
	assert_int_equal(kernel.loads, 0);
}

static void test_cannot_store(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("policy.kdb", 5);
	snprintf(state_dir, sizeof(state_dir), "%s/none", s.dir);
	/* it is in force all the same, and that is said */
	assert_int_equal(load(&loaded, &why), 0);
	assert_true(loaded.changed);
	assert_false(loaded.stored);
	assert_non_null(strstr(notes, "none"));
}

/* Whoever forgot to raise the serial must hear of it, as must who delivers yesterday's file. */
static void test_delivery_passed_over(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("state/policy.kdb", 5);
	bundle("policy.kdb", 5);
	assert_int_equal(load(&loaded, &why), 0);
	assert_string_equal(notes, "");
	bundle_with("policy.kdb", 5, ", lock: true");
	assert_int_equal(load(&loaded, &why), 0);
	assert_non_null(strstr(notes, "raise its serial"));
	notes[0] = '\0';
	bundle("policy.kdb", 4);
	assert_int_equal(load(&loaded, &why), 0);
	assert_non_null(strstr(notes, "1.4"));
	assert_non_null(strstr(notes, "older"));
}

/* One that is for tomorrow is refused today, and its moment is remembered. */
static void test_not_valid_yet(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("state/policy.kdb", 4);
	bundle_with("policy.kdb", 5, ", not_before: 2029-01-01T00:00:00Z");
	kernel.load_error[0] = -ETIME;
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(loaded.serial, 4);
	assert_int_equal(loaded.newer_err, -ETIME);
	assert_non_null(strstr(why.text, "serial 5"));
	assert_int_equal(loaded.waits_until, 1861920000);
	/* then it comes */
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(loaded.serial, 5);
	assert_int_equal(loaded.newer_err, 0);
	assert_int_equal(loaded.waits_until, 0);
}

/* A floor that cannot be raised is told with its cause. */
static void test_floor_stays(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("state/policy.kdb", 5);
	scratch_mkdir(&s, "state/state");
	assert_int_equal(load(&loaded, &why), 0);
	assert_false(loaded.stored);
	assert_non_null(strstr(notes, "state/state"));
}

/* Early boot took an older policy, and with it a lower floor; the disk's still counts. */
static void test_older_than_obeyed(void **state)
{
	struct kb_floor floor = { 1, 7 };
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	assert_int_equal(kb_floor_raise(state_dir, &floor), 0);
	scratch_text(&s, "state/policy.kdb", "rubbish");
	bundle("policy.kdb", 6);
	assert_int_equal(load(&loaded, &why), -ESTALE);
	assert_non_null(strstr(why.text, "1.6 is older than 1.7"));
	assert_int_equal(kernel.loads, 0);
	bundle("policy.kdb", 7);
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(loaded.serial, 7);
}

static unsigned int serial_of(const char *name)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle b = { 0 };
	struct kb_floor age;

	if (kb_bundle_read(scratch_path(&s, name), &b, NULL) ||
	    kb_blob_peek(&b.members[KB_BUNDLE_BLOB], &age, NULL))
		return 0;
	return age.serial;
}

/* What early boot falls back on. */
static void test_keeps_previous(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("policy.kdb", 4);
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(serial_of("state/policy.kdb.previous"), 0);
	bundle("policy.kdb", 5);
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(serial_of("state/policy.kdb"), 5);
	assert_int_equal(serial_of("state/policy.kdb.previous"), 4);
	/* the same once more changes neither */
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(serial_of("state/policy.kdb.previous"), 4);
}

/* A damaged file is nothing to fall back on. */
static void test_previous_stays_good(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("state/policy.kdb.previous", 3);
	scratch_text(&s, "state/policy.kdb", "rubbish");
	bundle("policy.kdb", 5);
	assert_int_equal(load(&loaded, &why), 0);
	assert_int_equal(serial_of("state/policy.kdb"), 5);
	assert_int_equal(serial_of("state/policy.kdb.previous"), 3);
}

/* Where the one before cannot be kept, the policy itself is; that is told and tried again. */
static void test_no_room_for_previous(void **state)
{
	struct kb_loaded loaded;
	struct kb_fault why;

	(void)state;
	bundle("state/policy.kdb", 4);
	scratch_mkdir(&s, "state/policy.kdb.previous");
	bundle("policy.kdb", 5);
	assert_int_equal(load(&loaded, &why), 0);
	assert_false(loaded.stored);
	assert_non_null(strstr(notes, "policy.kdb.previous"));
	expect_stored(5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_floor_stays),
		TEST(test_keeps_previous), TEST(test_previous_stays_good), TEST(test_no_room_for_previous),
		TEST(test_older_than_obeyed), TEST(test_not_valid_yet), TEST(test_delivery_passed_over),
		TEST(test_group_of_words), TEST(test_seal_refuses), TEST(test_wrong_identity), TEST(test_ring_not_taken),
		TEST(test_seal), TEST(test_floor_from_bundle), TEST(test_no_bundle),
		TEST(test_newest_first), TEST(test_falls_back), TEST(test_both_refused),
		TEST(test_half_written), TEST(test_damaged_alone), TEST(test_cannot_store),
	};

	return cmocka_run_group_tests_name("agent_store", tests, NULL, NULL);
}
