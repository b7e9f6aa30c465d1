// SPDX-License-Identifier: GPL-2.0-or-later
/* Where translations are looked for: /usr/bin/locale is a program, not our catalogue. */
#include <libintl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/i18n.h"
#include "agent_scratch.h"
#include "policy/file.h"

static struct scratch s;

static int set_up(void **state)
{
	uint8_t *self;
	size_t len;

	(void)state;
	unsetenv("KIDOBAN_LOCALEDIR");
	scratch_make(&s);
	if (kb_file_read("/proc/self/exe", 256 * 1024 * 1024, &self, &len))
		return -1;
	scratch_write(&s, "program", self, len);
	free(self);
	return chmod(scratch_path(&s, "program"), 0755);
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

/* The directory that a copy of this program in the scratch directory chooses. */
static void expect_dir(const char *expected)
{
	char command[128], line[256] = "";
	FILE *pipe;

	snprintf(command, sizeof(command), "%s/program where", s.dir);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(line, sizeof(line), pipe));
	assert_int_equal(pclose(pipe), 0);
	line[strcspn(line, "\n")] = '\0';
	assert_string_equal(line, expected);
}

static void test_file_of_that_name(void **state)
{
	(void)state;
	scratch_text(&s, "locale", "#!/bin/sh\n");
	assert_int_equal(chmod(scratch_path(&s, "locale"), 0755), 0);
	expect_dir("/usr/share/locale");
}

static void test_nothing_beside(void **state)
{
	(void)state;
	expect_dir("/usr/share/locale");
}

static void test_catalogue_beside(void **state)
{
	(void)state;
	scratch_mkdir(&s, "locale");
	expect_dir(scratch_path(&s, "locale"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_file_of_that_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_beside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_catalogue_beside, set_up, tear_down),
	};

	if (argc > 1 && !strcmp(argv[1], "where")) {
		kb_i18n_init();
		return puts(bindtextdomain("kidoban", NULL)) < 0;
	}
	return cmocka_run_group_tests_name("agent_i18n", tests, NULL, NULL);
}
