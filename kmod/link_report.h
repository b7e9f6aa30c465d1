/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of links: events and their attributes. */
#ifndef KB_LINK_REPORT_H
#define KB_LINK_REPORT_H

#include "link.h"

/*
 * Reports @link with an event of @type. @by (may be NULL) says how somebody
 * reached for it: "up", "enslave", "address", "create"; the task at work is
 * named then, too. Links in namespaces that users made are reported seldom
 * enough to leave room for others. RTNL held.
 */
void kb_link_report(enum kb_event_type type, const struct kb_link *link, const char *by);

/* The rule's line in the policy text, 0 = no rule. RTNL held. */
u32 kb_link_line(const struct kb_link *link);

#endif
