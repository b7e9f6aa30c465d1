/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reasons of verdicts as programs read them. */
#ifndef POLICY_REASON_H
#define POLICY_REASON_H

#include <kidoban/types.h>
#include <uapi/kidoban/netlink.h>

/* "rule", "wrong-link" of enum kb_reason: for JSON and journal, never translated; "unknown" out of range. */
const char *kb_reason_name(unsigned int reason);

#endif
