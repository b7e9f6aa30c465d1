/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a screen-transfer client may share, made into its command line (M6). */
#ifndef AGENT_SCREEN_H
#define AGENT_SCREEN_H

#include <kidoban/types.h>
#include <uapi/kidoban/blob.h>

#include "policy/fault.h"

#define KB_SCREEN_SLICE		"kidoban-screen.slice"
#define KB_SCREEN_ARGS_MAX	256	/* of one client */

/*
 * Makes the command line of @client (the program's name without folders): the
 * arguments @args (NULL-terminated, without the program) and what switches off
 * all that @shared (KB_SCREEN_*) does not have. *ret: malloc'ed, NULL-terminated,
 * its strings borrowed from @args and from constants; [0] is left NULL for the
 * program. -EPERM with the argument that contradicts the policy or that nobody
 * here knows; -ENOENT for a client whose sharing cannot be controlled.
 */
int kb_screen_arguments(const char *client, u32 shared, char *const *args, char ***ret,
			struct kb_fault *ret_fault);

/* Space-separated names of the clients that are known, for people. */
const char *kb_screen_clients(void);

#endif
