/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells when a generic netlink family, as the module's, comes and goes. */
#ifndef AGENT_FAMILY_H
#define AGENT_FAMILY_H

#include <stdbool.h>

#include "policy/fault.h"

struct kb_family_watch;

/*
 * Joins nlctrl's "notify" group. Needs no module and no privilege. @family
 * (KB_GENL_NAME, "nl80211") is not copied.
 */
int kb_family_watch_open(const char *family, struct kb_family_watch **ret,
			 struct kb_fault *ret_fault);
void kb_family_watch_close(struct kb_family_watch *watch);
/* Polls readable when a family came or went. */
int kb_family_watch_fd(const struct kb_family_watch *watch);
/*
 * Reads what came. *ret_gone: our family went (and perhaps came back since);
 * *ret_came: it came. When notices were dropped both are true: look anew.
 */
int kb_family_watch_read(struct kb_family_watch *watch, bool *ret_came, bool *ret_gone);

#endif
