// SPDX-License-Identifier: GPL-2.0-or-later
/* Who came to root through pkexec or sudo, and what is done for those who gave no password. */
#include "agent/caller.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <kidoban/types.h>

#include "policy/i18n.h"

#define WORDS_MAX 3

/*
 * Keep in step with packaging/polkit/jp.kidoban.policy: tests/unit/agent_caller_test.c
 * compares. No word here names a file, writes one, or opens anything.
 */
static const struct {
	const char *verb;
	const char *words[WORDS_MAX];
	bool own;			/* the verb itself looks at all that follows */
} staff[] = {
	{ "status", { "--json" }, false },
	{ "devices", { "--json", "--tree" }, false },
	{ "links", { "--json" }, false },
	{ "paths", { "--json" }, false },
	{ "place", { "--json" }, false },
	{ "wifi", { "--json" }, false },
	/* not "off": its order would be opened as root, whatever file it is */
	{ "isolate", { "--json", "on" }, false },
	{ "run-screen", {}, true },
};

static int find_staff(const char *verb)
{
	size_t i;

	for (i = 0; verb && i < ARRAY_SIZE(staff); i++)
		if (!strcmp(staff[i].verb, verb))
			return (int)i;
	return -1;
}

bool kb_caller_is_staff_verb(const char *verb)
{
	return find_staff(verb) >= 0;
}

/* Digits alone: strtoul() would take signs and spaces as well. */
static bool parse_uid(const char *text, uid_t *ret)
{
	unsigned long uid;

	if (!*text || text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	uid = strtoul(text, NULL, 10);
	if (errno || uid >= UINT_MAX)
		return false;
	*ret = (uid_t)uid;
	return true;
}

int kb_caller_get(struct kb_caller *ret, struct kb_fault *ret_fault)
{
	static const struct {
		const char *name;
		enum kb_caller_way way;
	} ways[] = { { "PKEXEC_UID", KB_CALLER_PKEXEC }, { "SUDO_UID", KB_CALLER_SUDO } };
	uid_t uid;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		const char *text = getenv(ways[i].name);

		if (!text)
			continue;
		if (!parse_uid(text, &uid))
			return kb_fault(ret_fault, -EINVAL, _("no user '%s'"), text);
		*ret = (struct kb_caller){ .way = uid ? ways[i].way : KB_CALLER_NOBODY, .uid = uid };
		return 0;
	}
	*ret = (struct kb_caller){};
	return 0;
}

static bool is_harmless(size_t verb, const char *word)
{
	size_t i;

	for (i = 0; i < WORDS_MAX && staff[verb].words[i]; i++)
		if (!strcmp(staff[verb].words[i], word))
			return true;
	return false;
}

int kb_caller_may(const struct kb_caller *caller, int argc, char *const *argv,
		  struct kb_fault *ret_fault)
{
	int verb, i;

	if (caller->way != KB_CALLER_PKEXEC || argc < 2)
		return 0;
	verb = find_staff(argv[1]);
	if (verb < 0 || staff[verb].own)
		return 0;
	for (i = 2; i < argc; i++)
		if (!is_harmless((size_t)verb, argv[i]))
			return kb_fault(ret_fault, -EPERM,
					_("'%s' is not for everybody at the terminal; an administrator types: sudo kidoban %s ..."),
					argv[i], argv[1]);
	return 0;
}

void kb_caller_advice(const char *verb, char *ret, size_t size)
{
	bool pkexec = kb_caller_is_staff_verb(verb) && !access("/usr/bin/pkexec", X_OK);

	snprintf(ret, size, "%s kidoban %s", pkexec ? "pkexec" : "sudo", verb);
}
