// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a program finds its translations. */
#include "agent/i18n.h"

#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef KB_LOCALE_DIR
#define KB_LOCALE_DIR "/usr/share/locale"
#endif

/* "locale" beside the program; a set-uid caller could choose that, but nothing here is set-uid. */
static const char *beside_program(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);
	struct stat st;
	char *slash;

	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	slash = strrchr(buf, '/');
	if (!slash || (size_t)(slash - buf) + sizeof("/locale") > size)
		return NULL;
	strcpy(slash, "/locale");
	/* a directory: /usr/bin/locale is the C library's program */
	return stat(buf, &st) < 0 || !S_ISDIR(st.st_mode) ? NULL : buf;
}

/* A small system names a locale that it never generated: keep at least its language. */
static void use_plain_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *wanted = NULL;
	size_t i;

	for (i = 0; i < 3 && (!wanted || !*wanted); i++)
		wanted = getenv(names[i]);
	if (!setlocale(LC_ALL, "C.UTF-8"))
		return;
	if (wanted && !strncmp(wanted, "ja", 2))
		setenv("LANGUAGE", "ja", 0);
}

void kb_i18n_init(void)
{
	const char *dir = secure_getenv("KIDOBAN_LOCALEDIR");
	char buf[PATH_MAX];

	/* texts are formats: nobody who came to root by sudo or pkexec brings his own */
	if (getenv("SUDO_UID") || getenv("PKEXEC_UID"))
		dir = NULL;

	if (!setlocale(LC_ALL, ""))
		use_plain_utf8();
	if (MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	/* numbers in files and JSON always have a point */
	setlocale(LC_NUMERIC, "C");
	if (!dir)
		dir = beside_program(buf, sizeof(buf)) ?: KB_LOCALE_DIR;
	bindtextdomain("kidoban", dir);
	bind_textdomain_codeset("kidoban", "UTF-8");
}
