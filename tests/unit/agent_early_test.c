// SPDX-License-Identifier: GPL-2.0-or-later
/* Early boot: which policy it takes, and what it does not take. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/early/early.h"
#include "agent_fake.h"
#include "agent_scratch.h"
#include "policy/cleanup.h"
#include "policy/sign.h"
#include "policy/text.h"

static struct scratch s;
static struct kb_wire kernel;
static char notes[4096], config[128], state_dir[128];

/* A terminal with author and approver. */
static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	scratch_mkdir(&s, "state");
	snprintf(config, sizeof(config), "%s", s.dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", s.dir);
	memset(&kernel, 0, sizeof(kernel));
	notes[0] = '\0';
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: shared}\n");
	scratch_trust(&s, KB_RING_AUTHOR, "a", scratch_signer(KB_RING_AUTHOR, 0));
	scratch_trust(&s, KB_RING_APPROVER, "b", scratch_signer(KB_RING_APPROVER, 0));
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

static void sign(struct kb_bundle *b, enum kb_bundle_member member, const struct scratch_signer *by)
{
	struct kb_bytes *sig = &b->members[member];

	if (by)
		assert_int_equal(kb_sign(b->members[KB_BUNDLE_BLOB].data, b->members[KB_BUNDLE_BLOB].len,
					 by->key, by->cert, &sig->data, &sig->len, NULL), 0);
}

/* A policy as the hook lays it out below state/NAME. */
static void image_with(const char *name, unsigned int serial, const struct scratch_signer *author,
		       const struct scratch_signer *approver)
{
	KB_CLEANUP(kb_bundle_done) struct kb_bundle b = { 0 };
	struct kb_diags diags = { 0 };
	struct kb_fault why = { "" };
	char text[512], path[64];
	void *blob;
	size_t len;

	snprintf(path, sizeof(path), "state/%s", name);
	scratch_mkdir(&s, path);
	snprintf(text, sizeof(text),
		 "kidoban: 1\npolicy: {municipality: \"131016\", group: shared, serial: %u, expires: 2030-01-01}\n"
		 "mode: {media: enforce}\nmedia:\n  rules:\n    - allow: {class: [hub, keyboard]}\n", serial);
	if (kb_text_compile(text, strlen(text), 1800000000, &diags, &blob, &len))
		fail_msg("%s", diags.first->text);
	kb_diags_done(&diags);
	kb_bundle_set(&b, KB_BUNDLE_BLOB, blob, len);
	free(blob);
	kb_bundle_set(&b, KB_BUNDLE_SOURCE, text, strlen(text));
	sign(&b, KB_BUNDLE_AUTHOR, author);
	sign(&b, KB_BUNDLE_APPROVER, approver);
	if (kb_bundle_unpack(&b, scratch_path(&s, path), &why))
		fail_msg("%s", why.text);
}

static void image(const char *name, unsigned int serial)
{
	image_with(name, serial, scratch_signer(KB_RING_AUTHOR, 0), scratch_signer(KB_RING_APPROVER, 0));
}

static int load(struct kb_early *ret, struct kb_fault *why)
{
	*ret = (struct kb_early){ 0 };
	*why = (struct kb_fault){ "" };
	return kb_early_load(&kernel, config, state_dir, note, NULL, ret, why);
}

/* Nothing is sealed, so that the agent can: an empty image, broken trust, nobody's signature. */
static void test_refuses(void **state)
{
	struct kb_early early;
	struct kb_fault why;

	(void)state;
	assert_int_equal(load(&early, &why), -ENOENT);
	assert_non_null(strstr(why.text, "policy.blob"));
	image_with("policy", 5, scratch_signer(KB_RING_AUTHOR, 1), scratch_signer(KB_RING_APPROVER, 0));
	assert_int_equal(load(&early, &why), -ENOKEY);
	image_with("policy.previous", 4, scratch_signer(KB_RING_AUTHOR, 0), NULL);
	assert_int_equal(load(&early, &why), -ENOKEY);
	assert_non_null(strstr(notes, "approver"));
	/* a ring that turns up empty must not be one that nobody needs */
	image_with("policy", 5, scratch_signer(KB_RING_AUTHOR, 0), NULL);
	scratch_text(&s, "trust/approver/b.der", "rubbish");
	assert_true(load(&early, &why) < 0);
	assert_int_equal(early.source, KB_EARLY_NOTHING);
	assert_false(kernel.status.sealed);
	assert_int_equal(kernel.loads, 0);
}

/* What holds until then is what the module says, whatever it was told to do. */
static void test_builtin(void **state)
{
	struct kb_early early = { 0 };
	struct kb_fault why;

	(void)state;
	assert_int_equal(kb_early_look(&kernel, &early, &why), 0);
	assert_false(early.builtin);
	kernel.status.policy = kernel.status.builtin = 1;
	assert_int_equal(kb_early_look(&kernel, &early, &why), 0);
	assert_true(early.builtin);
	image("policy", 5);
	/* and it is not forgotten by what follows */
	assert_int_equal(kb_early_load(&kernel, config, state_dir, note, NULL, &early, &why), 0);
	assert_int_equal(early.source, KB_EARLY_FROM_LAST);
	assert_true(early.builtin);
	/* a signed one that was there before is not the module's own */
	kernel.status.builtin = 0;
	assert_int_equal(kb_early_look(&kernel, &early, &why), 0);
	assert_false(early.builtin);
}

static void test_last(void **state)
{
	struct kb_early early;
	struct kb_fault why;

	(void)state;
	image("policy", 5);
	image("policy.previous", 4);
	scratch_text(&s, "state/state", "torn");
	assert_int_equal(load(&early, &why), 0);
	assert_int_equal(early.source, KB_EARLY_FROM_LAST);
	assert_int_equal(early.age.serial, 5);
	assert_int_equal(kernel.loads, 1);
	/* the floor is what lets the kernel overlook the clock */
	assert_int_equal(kernel.sealed_as.serial, 5);
	assert_string_equal(kernel.sealed_as.group, "shared");
	/* once more is fine */
	assert_int_equal(load(&early, &why), 0);
	assert_string_equal(notes, "");
}

static const struct {
	const char *file;
	size_t len;			/* what is left of it */
} damages[] = {
	{ "state/policy/policy.blob", 0 },
	{ "state/policy/policy.blob", 100 },
	{ "state/policy/author.p7s", 0 },
	{ "state/policy/author.p7s", 200 },
	{ "state/policy/approver.p7s", 200 },
};

static void test_previous(void **state)
{
	struct kb_early early;
	struct kb_fault why;
	size_t i;

	(void)state;
	image("policy.previous", 4);
	for (i = 0; i < ARRAY_SIZE(damages); i++) {
		image("policy", 5);
		assert_int_equal(truncate(scratch_path(&s, damages[i].file), (off_t)damages[i].len), 0);
		fake_done(&kernel);
		memset(&kernel, 0, sizeof(kernel));
		if (load(&early, &why) || early.source != KB_EARLY_FROM_PREVIOUS || early.age.serial != 4)
			fail_msg("%s, %zu bytes: %s", damages[i].file, damages[i].len, why.text);
		/* the newer one must still be able to follow */
		assert_int_equal(kernel.sealed_as.serial, 4);
	}
	assert_non_null(strstr(notes, "state/policy: "));
	/* and when that one is damaged, too */
	image("policy", 5);
	assert_int_equal(unlink(scratch_path(&s, "state/policy/author.p7s")), 0);
	assert_int_equal(truncate(scratch_path(&s, "state/policy.previous/policy.blob"), 90), 0);
	fake_done(&kernel);
	memset(&kernel, 0, sizeof(kernel));
	assert_int_equal(load(&early, &why), -ENOENT);
	assert_false(kernel.status.sealed);
}

/* Somebody laid an older policy where the last one was. */
static void test_older_than_obeyed(void **state)
{
	struct kb_floor floor = { 1, 6 };
	struct kb_early early;
	struct kb_fault why;

	(void)state;
	image("policy", 5);
	assert_int_equal(kb_floor_raise(state_dir, &floor), 0);
	assert_int_equal(load(&early, &why), -ESTALE);
	assert_non_null(strstr(why.text, "1.5 is older than 1.6, which was obeyed"));
	assert_false(kernel.status.sealed);
}

/* What the kernel does not take is not tried in another way: its floor is set. */
static void test_kernel_refuses(void **state)
{
	struct kb_early early;
	struct kb_fault why;

	(void)state;
	image("policy", 5);
	image("policy.previous", 4);
	kernel.load_error[0] = -EOPNOTSUPP;
	assert_int_equal(load(&early, &why), -EOPNOTSUPP);
	assert_non_null(strstr(why.text, "serial 5"));
	assert_int_equal(kernel.loads, 1);
	assert_int_equal(early.source, KB_EARLY_NOTHING);
}

/* Sealed before us, or half of the keys given: both go on. */
static void test_interrupted(void **state)
{
	struct kb_early early;
	struct kb_fault why;

	(void)state;
	image("policy", 5);
	kernel.add_error[KB_RING_AUTHOR] = -EEXIST;
	assert_int_equal(load(&early, &why), 0);
	assert_int_equal(early.source, KB_EARLY_FROM_LAST);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_refuses),
		TEST(test_builtin),
		TEST(test_last),
		TEST(test_previous),
		TEST(test_older_than_obeyed),
		TEST(test_kernel_refuses),
		TEST(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
