// SPDX-License-Identifier: GPL-2.0-or-later
/* Reasons of verdicts as programs read them. */
#include "policy/reason.h"

static const char *const names[] = {
	[KB_REASON_NONE] = "none",
	[KB_REASON_RULE] = "rule",
	[KB_REASON_DEFAULT] = "default",
	[KB_REASON_HAZARD] = "hazard",
	[KB_REASON_HUB] = "hub",
	[KB_REASON_COMPLEX] = "complex",
	[KB_REASON_DRIVER] = "driver",
	[KB_REASON_LOOPBACK] = "loopback",
	[KB_REASON_ADDRESS] = "address",
	[KB_REASON_BYPASS] = "bypass",
	[KB_REASON_PROTECTED] = "protected",
	[KB_REASON_SERVICE] = "service",
	[KB_REASON_LEASE] = "lease",
	[KB_REASON_ZONE] = "zone",
	[KB_REASON_HOURS] = "hours",
	[KB_REASON_WRONG_LINK] = "wrong-link",
	[KB_REASON_NEXT_HOP] = "next-hop",
	[KB_REASON_USER] = "user",
	[KB_REASON_CGROUP] = "cgroup",
	[KB_REASON_PEER] = "peer",
	[KB_REASON_OTHER] = "other",
	[KB_REASON_INBOUND] = "inbound",
	[KB_REASON_FORWARD] = "forward",
	[KB_REASON_DISCOVERY] = "discovery",
	[KB_REASON_TUNNEL] = "tunnel",
	[KB_REASON_FRAGMENT] = "fragment",
	[KB_REASON_MALFORMED] = "malformed",
	[KB_REASON_EMBEDDED] = "embedded",
	[KB_REASON_LINK_CLOSED] = "link-closed",
	[KB_REASON_ISOLATED] = "isolated",
	[KB_REASON_NEIGHBOUR] = "neighbour",
	[KB_REASON_DHCP] = "dhcp",
	[KB_REASON_REPLY] = "reply",
	[KB_REASON_FRAME] = "frame",
};

static_assert(sizeof(names) / sizeof(names[0]) == KB_REASON_MAX, "every reason has a name");

const char *kb_reason_name(unsigned int reason)
{
	return reason < KB_REASON_MAX ? names[reason] : "unknown";
}
