// SPDX-License-Identifier: GPL-2.0-or-later
/* Which screen-transfer clients an administrator lets staff start. */
#include "agent/screen_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/cleanup.h"
#include "policy/file.h"
#include "policy/i18n.h"

#define LIST_MAX (64 * 1024)

static bool is_roots(const struct stat *st, mode_t forgiven)
{
	return !st->st_uid && (!(st->st_mode & (S_IWGRP | S_IWOTH)) || (st->st_mode & forgiven));
}

/* Nobody can rename what is another's in a folder like /tmp: above the last one that will do. */
int kb_roots_alone(const char *path)
{
	char dir[PATH_MAX], *end;
	struct stat st;
	bool first = true;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || !is_roots(&st, 0))
		return -EACCES;
	snprintf(dir, sizeof(dir), "%s", path);
	while ((end = strrchr(dir, '/')) != NULL) {
		*end = '\0';
		if (stat(*dir ? dir : "/", &st) || !is_roots(&st, first ? 0 : S_ISVTX))
			return -EACCES;
		first = false;
	}
	return 0;
}

/* The line without comment and spaces around it; "" when there is nothing. */
static char *trim(char *line)
{
	char *end;

	line[strcspn(line, "#")] = '\0';
	line += strspn(line, " \t\r");
	end = line + strlen(line);
	while (end > line && strchr(" \t\r", end[-1]))
		*--end = '\0';
	return line;
}

/* @text is written to. Every line is read: a list with a mistake in it lists nothing. */
static int search(char *text, const char *list, const char *client, struct kb_fault *ret_fault)
{
	char real[PATH_MAX], *rest = text, *line;
	unsigned int number = 0;
	bool found = false;

	while ((line = strsep(&rest, "\n")) != NULL) {
		number++;
		line = trim(line);
		if (!*line)
			continue;
		if (*line != '/')
			return kb_fault(ret_fault, -EBADMSG,
					_("%s, line %u: write a program's whole path, like /usr/bin/xfreerdp"),
					list, number);
		if (realpath(line, real) && !strcmp(real, client))
			found = true;
	}
	return found ? 0 : -EPERM;
}

int kb_screen_listed(const char *list, const char *client, struct kb_fault *ret_fault)
{
	KB_FREE uint8_t *data = NULL;
	char real[PATH_MAX];
	size_t len = 0;
	int r = realpath(list, real) ? kb_roots_alone(real) : -errno;

	if (r == -EACCES)
		return kb_fault(ret_fault, r, _("%s is not root's alone to change"), list);
	if (!r)
		r = kb_file_read(real, LIST_MAX, &data, &len);
	if (r && r != -ENOENT)
		return kb_fault(ret_fault, r, _("cannot read %s: %s"), list, strerror(-r));
	if (!r && memchr(data, '\0', len))
		return kb_fault(ret_fault, -EBADMSG, _("%s is no text"), list);
	if (!r)
		r = search((char *)data, list, client, ret_fault);
	if (r == -EPERM || r == -ENOENT)
		return kb_fault(ret_fault, r,
				_("staff may not start %s here; an administrator types: echo %s >>%s"),
				client, client, list);
	return r;
}
