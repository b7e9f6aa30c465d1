/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links and paths of a policy as text. */
#ifndef KIDOBAN_POLICY_SHOW_NET_H
#define KIDOBAN_POLICY_SHOW_NET_H

#include <stdio.h>

#include <kidoban/policy.h>

/* The sections link, wifi, places, networks and paths; what the policy does not have is left out. */
void kb_show_net(const struct kb_policy *policy, const char *file, bool effective, FILE *out);

#endif
