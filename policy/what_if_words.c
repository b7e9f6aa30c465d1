// SPDX-License-Identifier: GPL-2.0-or-later
/* Verdicts about packets and links in words. */
#include "policy/i18n.h"
#include "policy/reason.h"
#include "policy/what_if.h"

#define PLACE_SIZE	300

static void place_of(const char *file, u32 line, char ret[PLACE_SIZE])
{
	if (file)
		snprintf(ret, PLACE_SIZE, "%s:%u", file, line);
	else
		snprintf(ret, PLACE_SIZE, _("line %u"), line);
}

/* What the nearest rule lacked: the end of "path '...' leads there, but ...". */
static const char *const lacks[KB_REASON_MAX] = {
	[KB_REASON_SERVICE] = N_("for other services"),
	[KB_REASON_LEASE] = N_("the agent does not report"),
	[KB_REASON_ZONE] = N_("from another zone"),
	[KB_REASON_HOURS] = N_("not at this hour"),
	[KB_REASON_WRONG_LINK] = N_("over another link or Wi-Fi profile"),
	[KB_REASON_NEXT_HOP] = N_("through another next hop"),
	[KB_REASON_USER] = N_("for another user or group"),
	[KB_REASON_CGROUP] = N_("for another program (control group)"),
};

static const char *allowed_text(enum kb_reason reason)
{
	switch (reason) {
	case KB_REASON_NONE:
		return _("the path gate is off");
	case KB_REASON_LOOPBACK:
		return _("loopback is always allowed");
	case KB_REASON_NEIGHBOUR:
		return _("neighbour discovery and ICMP errors always pass");
	case KB_REASON_DHCP:
		return _("DHCP is allowed (paths.essential.dhcp)");
	case KB_REASON_REPLY:
		return _("an answer to something that was allowed");
	case KB_REASON_PEER:
		return _("own segment; paths.peers: allow");
	case KB_REASON_OTHER:
		return _("neither protected nor own segment; paths.other: allow");
	case KB_REASON_INBOUND:
		return _("begun elsewhere; paths.inbound: allow");
	case KB_REASON_DISCOVERY:
		return _("multicast or broadcast; paths.discovery: allow");
	default:
		return NULL;
	}
}

static const char *refused_text(enum kb_reason reason)
{
	switch (reason) {
	case KB_REASON_PROTECTED:
		return _("a protected network, and no path is for it");
	case KB_REASON_LEASE:
		return _("the agent does not report");
	case KB_REASON_PEER:
		return _("own segment, and paths.peers refuses");
	case KB_REASON_OTHER:
		return _("no path leads there, and paths.other refuses");
	case KB_REASON_INBOUND:
		return _("begun elsewhere, and paths.inbound refuses");
	case KB_REASON_FORWARD:
		return _("a terminal forwards nothing");
	case KB_REASON_DISCOVERY:
		return _("multicast or broadcast, and paths.discovery refuses");
	case KB_REASON_TUNNEL:
		return _("a tunnel that no rule below paths.tunnels names");
	case KB_REASON_FRAGMENT:
		return _("a fragment, to or from a place where ports count");
	case KB_REASON_MALFORMED:
		return _("the packet is malformed or has forbidden options");
	case KB_REASON_EMBEDDED:
		return _("an IPv4 address in disguise");
	case KB_REASON_LINK_CLOSED:
		return _("the link is closed");
	case KB_REASON_ISOLATED:
		return _("the terminal is cut off");
	default:
		return NULL;
	}
}

void kb_what_if_packet_reason(const struct kb_packet_answer *answer, const char *file, char *ret,
			      size_t size)
{
	enum kb_reason reason = answer->verdict.reason;
	bool allowed = answer->verdict.action == KB_ACTION_ALLOW;
	const char *lack = reason < KB_REASON_MAX ? lacks[reason] : NULL;
	const char *text = allowed ? allowed_text(reason) : refused_text(reason);
	char place[PLACE_SIZE];

	if (answer->rule)
		place_of(file, answer->rule->line, place);
	if (answer->rule && reason == KB_REASON_RULE) {
		snprintf(ret, size, _("path '%s' (%s)"), answer->rule->name, place);
	} else if (answer->rule && !allowed && lack) {
		snprintf(ret, size, _("path '%s' (%s) leads there, but %s"), answer->rule->name,
			 place, _(lack));
	} else {
		snprintf(ret, size, "%s", text ?: kb_reason_name(reason));
	}
}

static void link_rule_reason(const struct kb_link_rule *rule, const char *place, bool address,
			     char *ret, size_t size)
{
	if (address && rule->name)
		snprintf(ret, size,
			 _("rule '%s' (%s) would allow it, but it does not use its permanent address"),
			 rule->name, place);
	else if (address)
		snprintf(ret, size,
			 _("the rule in %s would allow it, but it does not use its permanent address"),
			 place);
	else if (rule->name)
		snprintf(ret, size, _("rule '%s' (%s)"), rule->name, place);
	else
		snprintf(ret, size, _("rule in %s"), place);
}

void kb_what_if_link_reason(const struct kb_link_answer *answer, const char *file, char *ret,
			    size_t size)
{
	enum kb_reason reason = answer->verdict.reason;
	const char *text = kb_reason_name(reason);
	char place[PLACE_SIZE];

	if (answer->rule) {
		place_of(file, answer->rule->line, place);
		link_rule_reason(answer->rule, place, reason == KB_REASON_ADDRESS, ret, size);
		return;
	}
	if (reason == KB_REASON_NONE)
		text = _("the link gate is off");
	else if (reason == KB_REASON_LOOPBACK)
		text = _("loopback is always allowed");
	else if (reason == KB_REASON_DEFAULT)
		text = answer->verdict.action == KB_ACTION_ALLOW ? _("no rule matched; default: allow") :
								   _("no rule matched; default: refuse");
	snprintf(ret, size, "%s", text);
}
