/* SPDX-License-Identifier: GPL-2.0-only */
/* From the kernel's network device to the decision core's. */
#ifndef KB_LINK_SUBJECT_H
#define KB_LINK_SUBJECT_H

#include "link.h"

/*
 * Reads kind, bus, path, driver and permanent address of link->dev into @link.
 * Strings are copied: a driver may be gone before its link is. RTNL held.
 */
void kb_link_subject_read(struct kb_link *link);

/* What the core is asked about: borrows from @link and its device. RTNL held. */
void kb_link_subject(const struct kb_link *link, struct kb_netdev *ret);

#endif
