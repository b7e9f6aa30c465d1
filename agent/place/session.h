/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ends with the place: locked sessions, ended screen-transfer clients (P1). */
#ifndef AGENT_PLACE_SESSION_H
#define AGENT_PLACE_SESSION_H

#include <systemd/sd-event.h>

struct kb_session;

/* -ENOMEM. Nothing is connected to before the first lock. */
int kb_session_new(sd_event *event, struct kb_session **ret);
void kb_session_free(struct kb_session *session);

/*
 * Asks logind to lock every session; does not wait. What goes wrong is told in the journal: that
 * there is no
 * logind once, anything else each time.
 */
void kb_session_lock(struct kb_session *session);

/*
 * Ends every process in KB_SCREEN_SLICE below @cgroup_root ("/sys/fs/cgroup"), wherever systemd
 * or a
 * command put it, and all that they started there. How many there were, or -errno.
 */
int kb_session_cut(const char *cgroup_root);

#endif
