/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which screen-transfer clients an administrator lets staff start: /etc/kidoban/screen-clients. */
#ifndef AGENT_SCREEN_LIST_H
#define AGENT_SCREEN_LIST_H

#include <limits.h>

#include "policy/fault.h"

/*
 * Is @client, a file's real path, listed in @list? One absolute path a line; "#" begins
 * a comment; links in a line are followed, a path that is not there lists nothing. The file
 * and its folders must be root's alone to change. 0; -EPERM when it is not listed, -ENOENT
 * without a list, -EBADMSG when a line is no path, -EACCES when somebody else may
 * write it; each with a sentence.
 */
int kb_screen_listed(const char *list, const char *client, struct kb_fault *ret_fault);

/*
 * Whether nobody but root can make something else of @path: the file behind all links and
 * every folder above it are root's. @path is a real path.
 */
int kb_roots_alone(const char *path);

#endif
