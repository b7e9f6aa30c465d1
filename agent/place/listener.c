// SPDX-License-Identifier: GPL-2.0-or-later
/* Who listens on a port of this terminal? */
#include "agent/place/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "policy/cleanup.h"

#define SYSTEM_UID_MAX	999u	/* SYS_UID_MAX of login.defs(5): above it there are people */

/* 1 for a listener on @port at 127.0.0.1 or anywhere with *ret_uid, 0 for other lines. */
static int read_line(const char *line, u16 port, unsigned int *ret_uid)
{
	unsigned int address, local_port, state, uid;

	if (sscanf(line, " %*u: %8x:%4x %*x:%*x %2x %*x:%*x %*x:%*x %*x %u", &address, &local_port,
		   &state, &uid) != 4 || state != TCP_LISTEN || local_port != port ||
	    (address != htonl(INADDR_LOOPBACK) && address != htonl(INADDR_ANY)))
		return 0;
	*ret_uid = uid;
	return 1;
}

int kb_listener_check(u16 port)
{
	KB_CLEANUP(kb_fclosep) FILE *file = fopen("/proc/self/net/tcp", "re");
	unsigned int uid;
	char line[512];
	int r = -ENOENT;

	/* all of them: where several share the port, any of them may answer */
	while (file && fgets(line, sizeof(line), file)) {
		if (!read_line(line, port, &uid))
			continue;
		if (uid > SYSTEM_UID_MAX)
			return -EPERM;
		r = 0;
	}
	return r;
}
