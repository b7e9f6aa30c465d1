// SPDX-License-Identifier: GPL-2.0-or-later
/* When trust may be sealed: not while files are still on their way. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/readiness.h"
#include "agent_scratch.h"

#define NAME "terminal: {municipality: \"131016\", group: shared-terminals}\n"

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

/* Asked or not, it says @err, and @words are in the sentence. */
static void expect(bool asked, int err, const char *words)
{
	struct kb_fault why = {};

	assert_int_equal(kb_readiness(s.dir, asked, &why), err);
	if (words && !strstr(why.text, words))
		fail_msg("\"%s\" is not in \"%s\"", words, why.text);
}

static void trust(enum kb_ring ring, const char *name)
{
	scratch_trust(&s, ring, name, scratch_signer(ring, 0));
}

static void test_nothing(void **state)
{
	(void)state;
	expect(true, -ENOKEY, "no author certificate in ");
	expect(false, -ENOKEY, "/trust/author: copy one, then type: systemctl reload kidoband");
	scratch_mkdir(&s, "trust");
	expect(true, -ENOKEY, "no author certificate in ");
}

static void test_no_author(void **state)
{
	(void)state;
	scratch_text(&s, "terminal.yaml", NAME);
	trust(KB_RING_APPROVER, "tanaka");
	expect(true, -ENOKEY, "trust/author");
}

static void test_no_name(void **state)
{
	(void)state;
	trust(KB_RING_AUTHOR, "suzuki");
	expect(true, -ENOENT, "terminal.yaml: write who this terminal is");
	scratch_text(&s, "terminal.yaml", "terminal: {}\n");
	expect(true, -EBADMSG, "terminal.yaml:1:");
}

static void test_broken(void **state)
{
	(void)state;
	scratch_text(&s, "terminal.yaml", NAME);
	trust(KB_RING_AUTHOR, "suzuki");
	scratch_mkdir(&s, "trust/approver");
	scratch_text(&s, "trust/approver/tanaka.der", "no certificate");
	expect(true, -EBADMSG, "tanaka.der");
}

/* The second certificate may be on its way: a file that appears is no word. */
static void test_not_asked(void **state)
{
	(void)state;
	scratch_text(&s, "terminal.yaml", NAME);
	trust(KB_RING_AUTHOR, "suzuki");
	expect(false, -EAGAIN, "certificates of 1 authors and 0 approvers are there");
	trust(KB_RING_APPROVER, "tanaka");
	expect(false, -EAGAIN, "1 authors and 1 approvers");
	expect(true, 0, NULL);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing), TEST(test_no_author), TEST(test_no_name), TEST(test_broken),
		TEST(test_not_asked),
	};

	return cmocka_run_group_tests_name("agent_readiness", tests, NULL, NULL);
}
