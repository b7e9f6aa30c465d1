/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who proves what the lease says: the warden of the wireless links. */
#ifndef AGENT_OBEY_H
#define AGENT_OBEY_H

#include "agent/daemon.h"

/* Nothing happens until a policy comes. 0, -ENOMEM. */
int kb_obey_start(struct kb_daemon *daemon);
void kb_obey_stop(struct kb_daemon *daemon);

/* Puts what is proven of the policy in force into the lease, before it is renewed. */
void kb_obey_report(struct kb_daemon *daemon);
/* The lease learned what is in force, or (@gone) there is no module any more: obeys that. */
void kb_obey_follow(struct kb_daemon *daemon, bool gone);
/* Was a policy learned that is not obeyed yet? The next renewal obeys it. */
bool kb_obey_owes(const struct kb_daemon *daemon);
/* After sleep, or when the clock was set: nothing of before holds. */
void kb_obey_doubt(struct kb_daemon *daemon);

#endif
