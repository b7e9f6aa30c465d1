// SPDX-License-Identifier: GPL-2.0-or-later
/* The command as a person types it: a directory with keys and a policy, and a shell in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/verb_stage.h"

#define POLICY \
	"kidoban: 1\n" \
	"policy: {municipality: \"131016\", group: g, serial: 1, expires: 2099-01-01}\n" \
	"mode: {media: enforce}\n" \
	"media:\n" \
	"  rules:\n" \
	"    - allow: {class: [hub, keyboard, mouse]}\n" \
	"    - refuse: {class: storage}\n"

static char dir[] = "/tmp/kidoban-verb.XXXXXX";
static char program[512], agent[512];

int shell(const char *command)
{
	char full[2048];
	int r;

	snprintf(full, sizeof(full), "cd %s && { %s; } >out 2>&1", dir, command);
	r = system(full);
	return WIFEXITED(r) ? WEXITSTATUS(r) : -1;
}

void expect(int code, const char *command)
{
	int r = shell(command);

	if (r != code) {
		shell("cat out >&2");
		fail_msg("%s: exit status %d instead of %d", command, r, code);
	}
}

int verb_stage_make(void **state)
{
	char cwd[256];
	FILE *file;

	(void)state;
	if (!mkdtemp(dir) || !getcwd(cwd, sizeof(cwd)))
		return -1;
	snprintf(program, sizeof(program), "%s/build/kidoban", cwd);
	snprintf(agent, sizeof(agent), "%s/build/kidoband", cwd);
	setenv("K", program, 1);
	setenv("D", agent, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("LANGUAGE", "en", 1);
	setenv("I", "00112233445566778899aabbccddeeff", 1);
	if (shell("$K key new author --no-password --bits 2048 && "
		  "$K key new approver --no-password --bits 2048 && "
		  "mkdir -p trust/author trust/approver && cp author.der trust/author && "
		  "cp approver.der trust/approver"))
		return -1;
	snprintf(cwd, sizeof(cwd), "%s/p.yaml", dir);
	file = fopen(cwd, "w");
	if (!file || fputs(POLICY, file) < 0)
		return -1;
	return fclose(file);
}

int verb_stage_remove(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}
