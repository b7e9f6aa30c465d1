// SPDX-License-Identifier: GPL-2.0-or-later
/* Staff at the terminal who would like root to do more for them than polkit meant. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <kidoban/types.h>

#include "agent/caller.h"
#include "agent/screen_list.h"
#include "tests/unit/agent_scratch.h"

static struct scratch s;

#define ARGS_MAX 8

/* Splits @line at spaces; "^" stands for an empty word. */
static int words(const char *line, char *ret[ARGS_MAX])
{
	static char text[512];
	char *rest = text, *word;
	int n = 0;

	snprintf(text, sizeof(text), "%s", line);
	while ((word = strsep(&rest, " ")) != NULL && n < ARGS_MAX - 1)
		ret[n++] = strcmp(word, "^") ? word : (char *)"";
	ret[n] = NULL;
	return n;
}

static int may(enum kb_caller_way way, const char *line)
{
	struct kb_caller caller = { .way = way, .uid = way == KB_CALLER_NOBODY ? 0 : 1000 };
	struct kb_fault why = {};
	char *argv[ARGS_MAX];
	int argc = words(line, argv), r = kb_caller_may(&caller, argc, argv, &why);

	assert_int_equal(!!why.text[0], !!r);
	return r;
}

/* Every option and subverb that a staff verb has besides the harmless ones, and shapes of them. */
static const char *const hostile[] = {
	"kidoban place --runtime /home/a", "kidoban place --runtime=/home/a", "kidoban place --run /h",
	"kidoban place -r", "kidoban place learn z -o /etc/shadow", "kidoban place learn z --out=/x",
	"kidoban place learn", "kidoban place --json learn", "kidoban place help",
	"kidoban wifi provision", "kidoban wifi provision --root /home/a",
	"kidoban wifi provision --policy /home/a/p.yaml --root /", "kidoban wifi survey",
	"kidoban wifi history --state /root", "kidoban wifi --json provision",
	"kidoban isolate off --order /home/a/x", "kidoban isolate off", "kidoban isolate --order /dev/sda on",
	"kidoban isolate on --order /home/a/x", "kidoban isolate on --state /home/a",
	"kidoban isolate on --state=/etc/cron.d", "kidoban isolate --st /x on", "kidoban isolate on off",
	"kidoban status --config /home/a", "kidoban status --js", "kidoban status -j", "kidoban status --",
	"kidoban status --json=1", "kidoban status ^", "kidoban status --JSON", "kidoban status --json --x",
	"kidoban devices --tree=x", "kidoban devices more", "kidoban links more", "kidoban paths -- x",
	"kidoban links --tree",
};

static const char *const harmless[] = {
	"kidoban status", "kidoban status --json", "kidoban devices --tree --json", "kidoban links --json",
	"kidoban paths", "kidoban place --json", "kidoban wifi", "kidoban isolate on",
	"kidoban isolate on --json", "kidoban isolate --json on", "kidoban isolate",
	/* looks at what follows by itself */
	"kidoban run-screen --user a -- x /y",
	/* polkit asked for an administrator's password before these */
	"kidoban load /home/a/x.kdb", "kidoban events --since 1d", "kidoban", "kidoban --version",
	"kidoban policy check /home/a/x.yaml",
};

static void test_hostile(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++)
		if (may(KB_CALLER_PKEXEC, hostile[i]) != -EPERM)
			fail_msg("passed: %s", hostile[i]);
}

static void test_harmless(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(harmless); i++)
		if (may(KB_CALLER_PKEXEC, harmless[i]))
			fail_msg("refused: %s", harmless[i]);
}

static void test_others_are_administrators(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(may(KB_CALLER_SUDO, hostile[i]), 0);
		assert_int_equal(may(KB_CALLER_NOBODY, hostile[i]), 0);
	}
}

static int get(const char *pkexec, const char *sudo, struct kb_caller *ret)
{
	struct kb_fault why = {};

	unsetenv("PKEXEC_UID");
	unsetenv("SUDO_UID");
	if (pkexec)
		setenv("PKEXEC_UID", pkexec, 1);
	if (sudo)
		setenv("SUDO_UID", sudo, 1);
	return kb_caller_get(ret, &why);
}

static void test_numbers(void **state)
{
	static const char *const wrong[] = { "",    "12x", "-1", "+1",		" 1",
					     "0x0", "1 ",  "a",	 "4294967295", "99999999999999999999" };
	struct kb_caller c = { .way = KB_CALLER_SUDO, .uid = 7 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(get(wrong[i], NULL, &c), -EINVAL);
		assert_int_equal(get(NULL, wrong[i], &c), -EINVAL);
		/* root by sudo does not make the other one good */
		assert_int_equal(get(wrong[i], "0", &c), -EINVAL);
		assert_int_equal(c.uid, 7);
	}
}

static void test_who(void **state)
{
	struct kb_caller c;

	(void)state;
	assert_int_equal(get(NULL, NULL, &c), 0);
	assert_int_equal(c.way, KB_CALLER_NOBODY);
	assert_int_equal(get("1000", "0", &c), 0);
	assert_int_equal(c.way, KB_CALLER_PKEXEC);
	assert_int_equal(c.uid, 1000);
	assert_int_equal(get(NULL, "1001", &c), 0);
	assert_int_equal(c.way, KB_CALLER_SUDO);
	assert_int_equal(c.uid, 1001);
	/* root asked polkit, or a root shell did */
	assert_int_equal(get("0", "1001", &c), 0);
	assert_int_equal(c.way, KB_CALLER_NOBODY);
}

/* The value of the first <annotate key="…KEY">VALUE< or <TAG>VALUE< between @from and @end. */
static bool value_of(const char *from, const char *end, const char *before, char *ret, size_t size)
{
	const char *at = strstr(from, before);

	if (!at || at > end)
		return false;
	at += strlen(before);
	snprintf(ret, size, "%.*s", (int)strcspn(at, "<"), at);
	return true;
}

/* What polkit gives without a password is what this file's subject knows, and nothing besides. */
static void test_polkit_in_step(void **state)
{
	static const char *const staff[] = { "status", "devices", "links", "paths", "place",
					     "wifi", "isolate", "run-screen" };
	char text[32768], verb[64], active[32], path[64];
	FILE *file = fopen("packaging/polkit/jp.kidoban.policy", "re");
	const char *at, *end;
	unsigned int given = 0;
	size_t n, i;

	(void)state;
	assert_non_null(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	for (at = text; (at = strstr(at, "<action id=")) != NULL; at = end) {
		end = strstr(at, "</action>");
		assert_non_null(end);
		/* without one, polkit would take the action for every verb */
		assert_true(value_of(at, end, "exec.argv1\">", verb, sizeof(verb)));
		assert_true(value_of(at, end, "exec.path\">", path, sizeof(path)));
		assert_string_equal(path, "/usr/bin/kidoban");
		assert_true(value_of(at, end, "<allow_active>", active, sizeof(active)));
		if (!strcmp(active, "yes")) {
			given++;
			if (!kb_caller_is_staff_verb(verb))
				fail_msg("polkit gives %s to everybody", verb);
		} else {
			assert_false(kb_caller_is_staff_verb(verb));
			/* not kept: for minutes nobody would be asked, whatever stands behind the verb */
			assert_string_equal(active, "auth_admin");
		}
		assert_true(value_of(at, end, "<allow_any>", active, sizeof(active)));
		assert_string_equal(active, "auth_admin");
		assert_true(value_of(at, end, "<allow_inactive>", active, sizeof(active)));
		assert_string_equal(active, "auth_admin");
	}
	for (i = 0; i < ARRAY_SIZE(staff); i++)
		assert_true(kb_caller_is_staff_verb(staff[i]));
	assert_int_equal(given, ARRAY_SIZE(staff));
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	return chmod(scratch_path(&s, "."), 0755);
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

/* Is /usr/bin/env listed in a list of this text? */
static int listed(const char *text)
{
	struct kb_fault why = {};
	char real[PATH_MAX];
	int r;

	scratch_text(&s, "list", text);
	assert_int_equal(chmod(scratch_path(&s, "list"), 0644), 0);
	assert_non_null(realpath("/usr/bin/env", real));
	r = kb_screen_listed(scratch_path(&s, "list"), real, &why);
	assert_int_equal(!!why.text[0], !!r);
	return r;
}

static void test_not_listed(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(listed(""), -EPERM);
	assert_int_equal(listed("# /usr/bin/env\n#/usr/bin/env\n"), -EPERM);
	assert_int_equal(listed("/usr/bin/en\n/usr/bin/env2\n/usr/bin\n"), -EPERM);
	assert_int_equal(listed("/usr/bin/env /usr/bin/true\n"), -EPERM);
	assert_int_equal(listed("/usr/bin/*\n"), -EPERM);
	/* a mistake anywhere lists nothing */
	assert_int_equal(listed("env\n"), -EBADMSG);
	assert_int_equal(listed("/usr/bin/env\nenv\n"), -EBADMSG);
	assert_int_equal(listed("/usr/bin/env\n./x\n"), -EBADMSG);
}

static void test_listed(void **state)
{
	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(listed("/usr/bin/env\n"), 0);
	assert_int_equal(listed("# clients\n\n/nowhere\n  /usr/bin/env\t# this one\r\n"), 0);
	assert_int_equal(listed("/usr/bin/../bin/env"), 0);
}

static void test_whose_list(void **state)
{
	struct kb_fault why = {};
	char path[256];

	(void)state;
	if (geteuid())
		skip();
	assert_int_equal(kb_screen_listed(scratch_path(&s, "none"), "/usr/bin/env", &why), -ENOENT);
	assert_int_equal(listed("/usr/bin/env\n"), 0);
	snprintf(path, sizeof(path), "%s", scratch_path(&s, "list"));
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(kb_screen_listed(path, "/usr/bin/env", &why), -EACCES);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(chown(path, 1000, 0), 0);
	assert_int_equal(kb_screen_listed(path, "/usr/bin/env", &why), -EACCES);
	assert_int_equal(chown(path, 0, 0), 0);
	/* whoever owns the folder can put another file there */
	assert_int_equal(chown(scratch_path(&s, "."), 1000, 0), 0);
	assert_int_equal(kb_screen_listed(path, "/usr/bin/env", &why), -EACCES);
	assert_int_equal(chown(scratch_path(&s, "."), 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_others_are_administrators),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_polkit_in_step),
		cmocka_unit_test_setup_teardown(test_not_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_listed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whose_list, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("agent_caller", tests, NULL, NULL);
}
