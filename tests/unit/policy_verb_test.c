// SPDX-License-Identifier: GPL-2.0-or-later
/* "kidoban policy ...": what the built command answers and how it exits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef KB_TEST_KIDOBAN
#define KB_TEST_KIDOBAN "build/kidoban"
#endif

#define TEMPLATE	"policy/templates/staff-terminal.yaml"
#define OUTPUT_MAX	(64 * 1024)

static char dir[] = "/tmp/kidoban-verb.XXXXXX";
static char output[OUTPUT_MAX];

/* Runs "kidoban @args" in the C locale, gathers both streams, gives the exit code. */
static int run(const char *args)
{
	char command[1000];
	size_t len;
	int status;
	FILE *pipe;

	snprintf(command, sizeof(command), "cd '%s' && LC_ALL=C.UTF-8 LANGUAGE=en '%s' %s 2>&1",
		 getenv("KB_TEST_CWD"), KB_TEST_KIDOBAN, args);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	len = fread(output, 1, sizeof(output) - 1, pipe);
	output[len] = '\0';
	while (fgetc(pipe) != EOF)
		continue;
	status = pclose(pipe);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

#define ASSERT_RUN(code, words, ...)                                                               \
	do {                                                                                       \
		char args[600];                                                                    \
		int got;                                                                           \
		snprintf(args, sizeof(args), __VA_ARGS__);                                         \
		got = run(args);                                                                   \
		if (got != (code) || !strstr(output, words))                                       \
			fail_msg("%s: exit %d, wanted %d and \"%s\":\n%s", args, got, code, words, output); \
	} while (0)

static void write_file(const char *name, const char *text)
{
	char path[100];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

#define HEAD	"kidoban: 1\npolicy: {municipality: \"131016\", group: g, serial: 1, expires: 2027-03-31}\n"

static int make_files(void **state)
{
	char cwd[500];

	(void)state;
	if (!mkdtemp(dir) || !getcwd(cwd, sizeof(cwd)))
		return -1;
	setenv("KB_TEST_CWD", cwd, 1);
	write_file("good.yaml", HEAD "mode: {media: enforce}\nmedia: {rules: [{allow: {class: keyboard}}]}\n");
	write_file("next.yaml", HEAD "mode: {media: audit}\nmedia: {rules: [{allow: {class: keyboard}}]}\n");
	write_file("bad.yaml", HEAD "mode: {media: enforce}\nmedai: {}\n");
	write_file("mute.yaml", HEAD "mode: {media: enforce}\nmedia: {}\n");
	write_file("doubt.yaml", HEAD "mode: {media: enforce}\nmedia: {rules: [{allow: {class: keyboard}}, {refuse: {port: usb1}}]}\n");
	write_file("table.yaml", "- {name: key, device: {usb: \"046d:c31c\", interfaces: keyboard}, expect: refuse}\n");
	write_file("junk.blob", "KDBANP01junk");
	write_file("net.yaml", HEAD "mode: {media: off, link: enforce, path: enforce}\nmedia: {}\n"
			       "link: {rules: [{allow: {name: lan, kind: ethernet, bus: pci}}]}\n"
			       "networks: {my: 10.20.0.0/16}\n"
			       "paths: {protected: my, allow: [{name: s, to: 10.20.1.1, service: rdp, from: {user: 5}}], essential: {dhcp: allow}, other: allow}\n");
	write_file("net-table.yaml", "- {name: web, packet: {src: 10.1.1.1, dst: 10.2.2.2, proto: tcp, port: 443}, expect: allow, reason: other}\n"
				     "- {packet: {src: 10.1.1.1, dst: 10.20.1.1, proto: tcp, port: 3389}, expect: allow}\n"
				     "- {link: {kind: tun}, expect: allow, rule: lan}\n"
				     "- {packet: {src: 10.1.1.1, dst: 10.20.1.1, proto: tcp, port: 3389, zone: z}, expect: refuse}\n");
	return 0;
}

static int remove_files(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	return system(command);
}

static void uses_exit_codes(void **state)
{
	(void)state;
	ASSERT_RUN(0, "good.yaml: good", "policy check %s/good.yaml --at 2026-11-18", dir);
	ASSERT_RUN(3, "bad.yaml:4:1: error: unknown key 'medai'", "policy check %s/bad.yaml", dir);
	ASSERT_RUN(1, "mute.yaml:4:8: error: no USB keyboard", "policy check %s/mute.yaml", dir);
	ASSERT_RUN(0, "warning: port 'usb1'", "policy check %s/doubt.yaml --at 2026-11-18", dir);
	ASSERT_RUN(1, "warning: port 'usb1'", "policy check --strict %s/doubt.yaml --at 2026-11-18", dir);
	ASSERT_RUN(0, "has expired", "policy check %s/good.yaml --at 2030-01-01", dir);
	ASSERT_RUN(1, "No such file", "policy check %s/none.yaml", dir);
	ASSERT_RUN(2, "Usage", "policy check");
	ASSERT_RUN(2, "Usage", "policy check --at yesterday %s/good.yaml", dir);
	ASSERT_RUN(2, "Usage", "policy diff %s/good.yaml", dir);
	ASSERT_RUN(2, "Usage", "policy schema --format xml");
	ASSERT_RUN(3, "not a compiled policy", "policy show %s/junk.blob", dir);
}

static void compiles(void **state)
{
	(void)state;
	ASSERT_RUN(0, "good.blob: ", "policy compile %s/good.yaml", dir);
	ASSERT_RUN(0, "    - allow: {class: [keyboard]}", "policy show %s/good.blob", dir);
	ASSERT_RUN(0, "# line 4", "policy show --effective %s/good.blob", dir);
	ASSERT_RUN(0, "", "policy diff %s/good.yaml %s/good.blob", dir, dir);
	assert_string_equal(output, "");
	ASSERT_RUN(1, "~ mode.media: enforce -> audit", "policy diff %s/good.blob %s/next.yaml", dir, dir);
	ASSERT_RUN(3, "compiled already", "policy check %s/good.blob", dir);
	/* A refused text leaves no file behind. */
	ASSERT_RUN(1, "no USB keyboard", "policy compile %s/mute.yaml", dir);
	ASSERT_RUN(1, "No such file", "policy show %s/mute.blob", dir);
}

static void answers(void **state)
{
	(void)state;
	ASSERT_RUN(0, "demo-stick", "policy explain " TEMPLATE " usb 46f4:0001:KIDOBAN-0001 --class storage");
	ASSERT_RUN(1, "refused: rule in " TEMPLATE ":", "policy explain " TEMPLATE " usb 46f4:0001 --class storage");
	ASSERT_RUN(2, "neither a class", "policy explain " TEMPLATE " usb 46f4:0001 --class stick");
	ASSERT_RUN(2, "no device", "policy explain " TEMPLATE " usb 46f4 --class storage");
	ASSERT_RUN(0, "1..18", "policy test " TEMPLATE);
	ASSERT_RUN(1, "not ok 1 - key", "policy test %s/good.yaml %s/table.yaml", dir, dir);
	ASSERT_RUN(1, "wanted refuse, got allow: rule in", "policy test %s/good.yaml %s/table.yaml", dir, dir);
	ASSERT_RUN(0, "json-schema.org", "policy schema");
	ASSERT_RUN(0, ".SH \"KEYS\"", "policy schema --format man");
	ASSERT_RUN(1, "cannot list USB devices", "policy generate --sysfs %s", dir);
}

static void writes_json(void **state)
{
	(void)state;
	ASSERT_RUN(3, "\"code\": \"unknown-key\"", "policy check --json %s/bad.yaml", dir);
	ASSERT_RUN(0, "\"ok\": true", "policy check --json %s/good.yaml", dir);
	ASSERT_RUN(1, "\"change\": \"changed\"", "policy diff --json %s/good.yaml %s/next.yaml", dir, dir);
	ASSERT_RUN(1, "\"reason\": \"rule\"", "policy explain --json " TEMPLATE " usb 46f4:0001 --class storage");
	ASSERT_RUN(1, "\"passed\": false", "policy test --json %s/good.yaml %s/table.yaml", dir, dir);
	ASSERT_RUN(0, "\"municipality\": \"131016\"", "policy show --json %s/good.yaml", dir);
}

/* Links and paths through every verb. */
static void speaks_of_links_and_paths(void **state)
{
	(void)state;
	ASSERT_RUN(0, "1..24", "policy test policy/templates/wired.yaml");
	ASSERT_RUN(0, "ok 45 - cut off, the report", "policy test policy/templates/shared-one-ssid.yaml");
	ASSERT_RUN(1, "ok 1 - web\nnot ok 2 - packet 10.1.1.1 -> 10.20.1.1 tcp 3389\n", "policy test %s/net.yaml %s/net-table.yaml", dir, dir);
	ASSERT_RUN(1, "net-table.yaml:2: wanted allow, got refuse (user): path 's' (", "policy test %s/net.yaml %s/net-table.yaml", dir, dir);
	ASSERT_RUN(1, "wanted allow by rule lan, got refuse (default): no rule matched; default: refuse", "policy test %s/net.yaml %s/net-table.yaml", dir, dir);
	ASSERT_RUN(1, "wanted refuse, could not ask: there is no zone 'z'", "policy test %s/net.yaml %s/net-table.yaml", dir, dir);
	ASSERT_RUN(1, "\"error\": \"there is no zone 'z'\"", "policy test --json %s/net.yaml %s/net-table.yaml", dir, dir);
	ASSERT_RUN(0, "net.blob: ", "policy compile %s/net.yaml", dir);
	ASSERT_RUN(0, "    - {name: \"s\", to: [\"10.20.1.1\"], service: [rdp], from: {user: [\"5\"]}}", "policy show %s/net.blob", dir);
	ASSERT_RUN(0, "only while the agent reports", "policy show --effective %s/net.blob", dir);
	ASSERT_RUN(0, "\"prefixes\": [", "policy show --json %s/net.blob", dir);
	ASSERT_RUN(0, "", "policy diff %s/net.yaml %s/net.blob", dir, dir);
	assert_string_equal(output, "");
	ASSERT_RUN(1, "+ 7: paths.allow: {name: \"s\",", "policy diff %s/good.yaml %s/net.yaml", dir, dir);
	ASSERT_RUN(1, "~ networks.my: none -> 10.20.0.0/16", "policy diff %s/good.yaml %s/net.yaml", dir, dir);
	ASSERT_RUN(1, "refused: path 's' (", "explain packet 10.1.1.1 10.20.1.1 tcp 3389 --policy %s/net.yaml", dir);
	ASSERT_RUN(0, "allowed: path 's' (line 7)", "explain packet 10.1.1.1 10.20.1.1 tcp 3389 --user 5 --policy %s/net.blob", dir);
	ASSERT_RUN(0, "\"additionalProperties\": {", "policy schema");
	ASSERT_RUN(0, "paths.peers.allow[].service", "policy schema --format markdown");
	ASSERT_RUN(0, "- `rdp`: Remote Desktop: tcp/3389, udp/3389.", "policy schema --format markdown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_of_links_and_paths),
		cmocka_unit_test(uses_exit_codes),
		cmocka_unit_test(compiles),
		cmocka_unit_test(answers),
		cmocka_unit_test(writes_json),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
