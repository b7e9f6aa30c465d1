// SPDX-License-Identifier: GPL-2.0-or-later
/* The Japanese catalogue says everything that the sources say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs a command below the project's top; shows its words when it fails. */
static int run(const char *command)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s 2>&1 | head -n 40; exit ${PIPESTATUS[0]}", command);
	if (setenv("COMMAND", full, 1))
		return -1;
	return system("bash -c \"$COMMAND\"");
}

/* msgcmp fails on sentences that are missing, fuzzy or untranslated. */
static void test_complete(void **state)
{
	(void)state;
	assert_int_equal(run("msgcmp agent/po/ja.po build/kidoban.pot"), 0);
}

/* msgfmt fails on formats that do not fit their sentence. */
static void test_formats(void **state)
{
	(void)state;
	assert_int_equal(run("msgfmt --check -o /dev/null agent/po/ja.po"), 0);
}

static void test_nothing_left_over(void **state)
{
	(void)state;
	assert_int_equal(run("test -z \"$(msgcomm --unique agent/po/ja.po build/kidoban.pot | "
			     "msgattrib --no-obsolete | grep ^msgid | grep -v '^msgid \"\"$')\""), 0);
}

static void test_is_used(void **state)
{
	(void)state;
	assert_int_equal(run("LC_ALL=C.UTF-8 LANGUAGE=ja build/kidoban help | grep -q 使い方"), 0);
	/* a locale that was never generated keeps its language */
	assert_int_equal(run("env -u LANGUAGE LC_ALL=ja_JP.UTF-8 build/kidoban help | grep -q 使い方"), 0);
	assert_int_equal(run("LC_ALL=C.UTF-8 LANGUAGE= build/kidoban help | grep -q Usage"), 0);
}

/* What the agent takes for the kernel's sentences, the kernel says. */
static void test_kernel_sentences(void **state)
{
	(void)state;
	assert_int_equal(run("grep -oP '^\\tN_\\(\"\\K.*(?=\"\\),$)' agent/refusal.c >build/sentences; "
			     "test $(wc -l <build/sentences) -gt 10"), 0);
	assert_int_equal(run("while read -r said; do grep -qF \"$said\" kmod/*.c kmod/core/*.c || "
			     "{ echo \"$said\"; exit 1; }; done <build/sentences"), 0);
}

/* Whoever asks journalctl -x about a record gets an answer, in both languages. */
static void test_journal_catalogue(void **state)
{
	(void)state;
	assert_int_equal(run("sed -n 's/^#define KB_MESSAGE_.* \"\\(.*\\)\"/\\1/p' agent/message_ids.h "
			     ">build/message-ids; test $(wc -l <build/message-ids) -gt 20 && "
			     "test $(sort -u build/message-ids | wc -l) = $(wc -l <build/message-ids)"), 0);
	assert_int_equal(run("while read -r id; do for entry in \"-- $id\" \"-- $id ja\"; do "
			     "grep -qx -e \"$entry\" packaging/systemd/kidoban.catalog || "
			     "{ echo \"no '$entry'\"; exit 1; }; done; done <build/message-ids"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete), cmocka_unit_test(test_formats),
		cmocka_unit_test(test_nothing_left_over), cmocka_unit_test(test_is_used),
		cmocka_unit_test(test_kernel_sentences), cmocka_unit_test(test_journal_catalogue),
	};

	return cmocka_run_group_tests_name("agent_catalogue", tests, NULL, NULL);
}
