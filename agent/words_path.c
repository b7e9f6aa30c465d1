// SPDX-License-Identifier: GPL-2.0-or-later
/* Links, packets, lease and isolation as words. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>

#include <kidoban/link.h>

#include "agent/words.h"
#include "policy/cleanup.h"
#include "policy/i18n.h"

#define LINK_SIZE	(4 * KB_IFNAME_MAX + 8)
#define WHO_SIZE	(4 * KB_COMM_MAX + 160)
#define END_SIZE	(INET6_ADDRSTRLEN + 40)

void kb_bypass_text(u32 bypass, char *ret, size_t size)
{
	static const char *const names[] = { "xdp", "af_xdp", "tc", "netpoll" };
	size_t used = 0, i;

	snprintf(ret, size, "-");
	for (i = 0; i < ARRAY_SIZE(names) && used < size; i++)
		if (bypass & 1u << i)
			used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? "," : "",
						 names[i]);
}

void kb_mac_text(const u8 mac[6], char *ret, size_t size)
{
	snprintf(ret, size, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
		 mac[5]);
}

void kb_address_text(const struct kb_address *address, char *ret, size_t size)
{
	char text[INET6_ADDRSTRLEN] = "-";

	if (address->len)
		inet_ntop(address->len == 4 ? AF_INET : AF_INET6, address->bytes, text, sizeof(text));
	snprintf(ret, size, "%s", text);
}

static const char *proto_name(u8 proto)
{
	switch (proto) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_IGMP:
		return "igmp";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_DCCP:
		return "dccp";
	case IPPROTO_GRE:
		return "gre";
	case IPPROTO_ESP:
		return "esp";
	case IPPROTO_AH:
		return "ah";
	case IPPROTO_ICMPV6:
		return "icmpv6";
	case IPPROTO_SCTP:
		return "sctp";
	default:
		return NULL;
	}
}

void kb_service_text(u8 proto, u16 port, char *ret, size_t size)
{
	const char *name = proto_name(proto);
	char number[24];

	if (!name)
		snprintf(number, sizeof(number), _("protocol %u"), proto);
	switch (proto) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		snprintf(ret, size, "%s/%u", name, (unsigned int)port >> 8);
		break;
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
		snprintf(ret, size, "%s/%u", name, port);
		break;
	default:
		snprintf(ret, size, "%s", name ?: number);
		break;
	}
}

/* From the local file alone: a directory service may be what was just refused. */
static bool user_name(u32 uid, char *ret, size_t size)
{
	KB_CLEANUP(kb_fclosep) FILE *file = fopen("/etc/passwd", "re");
	struct passwd entry = {}, *found;
	char buf[1024];

	while (file && !fgetpwent_r(file, &entry, buf, sizeof(buf), &found))
		if (entry.pw_uid == uid) {
			kb_printable(entry.pw_name, ret, size);
			return true;
		}
	return false;
}

/* "xfreerdp (process 1234, user suzuki)", as far as it is known; "" when nothing is. */
static void who_text(const struct kb_record *r, char *ret, size_t size)
{
	char comm[4 * KB_COMM_MAX + 8], user[128] = "";

	kb_printable(r->comm, comm, sizeof(comm));
	if (kb_has(r->have, KB_A_UID) && !user_name(r->uid, user, sizeof(user)))
		snprintf(user, sizeof(user), "%u", r->uid);
	if (comm[0] && user[0])
		snprintf(ret, size, _("%s (process %u, user %s)"), comm, r->pid, user);
	else if (comm[0])
		snprintf(ret, size, _("%s (process %u)"), comm, r->pid);
	else if (user[0])
		snprintf(ret, size, _("a program of user %s"), user);
	else
		snprintf(ret, size, "%s", _("the system"));
}

/* "10.20.1.10 tcp/3389" */
static void end_text(const struct kb_address *address, u8 proto, u16 port, char *ret, size_t size)
{
	char ip[INET6_ADDRSTRLEN], service[32];

	kb_address_text(address, ip, sizeof(ip));
	kb_service_text(proto, port, service, sizeof(service));
	snprintf(ret, size, "%s %s", ip, service);
}

static const char *tense(const struct kb_record *r, u8 mode)
{
	if (r->action == KB_ACTION_ALLOW && kb_has(r->have, KB_A_ACTION))
		return _("allowed");
	return mode == KB_GATE_AUDIT ? _("would be refused") : _("refused");
}

static void way_text(const struct kb_record *r, char *ret, size_t size)
{
	char who[WHO_SIZE], src[END_SIZE], dst[END_SIZE], service[32];

	kb_address_text(&r->src, src, sizeof(src));
	switch (r->direction) {
	case KB_DIRECTION_OUT:
		who_text(r, who, sizeof(who));
		end_text(&r->dst, r->proto, r->dport, dst, sizeof(dst));
		/* TRANSLATORS: a program, then address and service that it wanted */
		snprintf(ret, size, _("%s to %s"), who, dst);
		break;
	case KB_DIRECTION_IN:
		kb_service_text(r->proto, r->dport, service, sizeof(service));
		/* TRANSLATORS: address of who began, then our service */
		snprintf(ret, size, _("%s to this terminal's %s"), src, service);
		break;
	default:
		end_text(&r->dst, r->proto, r->dport, dst, sizeof(dst));
		/* TRANSLATORS: forwarded packets: source, then destination and service */
		snprintf(ret, size, _("from %s through this terminal to %s"), src, dst);
		break;
	}
}

/* What is behind the sentence: how often, and what staff are told. */
static void tail_text(const struct kb_record *r, char *ret, size_t size)
{
	char tell[4 * KB_TELL_MAX + 8];
	size_t used = strlen(ret);

	if (r->count > 1)
		used += (size_t)snprintf(ret + used, size - used, _(" (%u packets)"), r->count);
	kb_printable(r->tell, tell, sizeof(tell));
	if (tell[0] && used < size)
		snprintf(ret + used, size - used, _(". %s"), tell);
}

static void packet_text(const struct kb_record *r, char *ret, size_t size)
{
	char way[WHO_SIZE + END_SIZE], why[4 * KB_NAME_MAX + 256], link[LINK_SIZE];

	if (!kb_has(r->have, KB_A_FAMILY)) {
		snprintf(ret, size, _("%u packets of more kinds than can be told one by one: %s"), r->count,
			 tense(r, r->mode_path));
		return;
	}
	way_text(r, way, sizeof(way));
	kb_why_text(r, why, sizeof(why));
	kb_printable(r->link, link, sizeof(link));
	/* TRANSLATORS: "refused", who to what, interface, why */
	snprintf(ret, size, _("%s: %s over %s: %s"), tense(r, r->mode_path), way,
		 link[0] ? link : "-", why);
	tail_text(r, ret, size);
}

static void link_text(const struct kb_record *r, char *ret, size_t size)
{
	const char *kind = kb_link_kind_name(r->link_kind), *bus = kb_link_bus_name(r->link_bus);
	char link[LINK_SIZE], why[4 * KB_NAME_MAX + 256], mac[20] = "-";

	kb_printable(r->link, link, sizeof(link));
	kb_why_text(r, why, sizeof(why));
	if (kb_has(r->have, KB_A_MAC))
		kb_mac_text(r->mac, mac, sizeof(mac));
	/* TRANSLATORS: "refused", name, kind, bus, MAC address, why */
	snprintf(ret, size, _("%s: link %s (%s on %s, %s): %s"), tense(r, r->mode_link), link,
		 kind ?: _("unknown"), bus ?: _("unknown"), mac, why);
	if (r->action == KB_ACTION_REFUSE)
		tail_text(r, ret, size);
}

/* How a refused link was reached for, as kmod/link.c calls it. */
static const char *how_text(const char *how)
{
	static const struct {
		const char *id, *text;
	} ways[] = {
		{ "create", N_("made it") },
		{ "up", N_("switched it on") },
		{ "enslave", N_("put it below another") },
		{ "address", N_("changed its address") },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(how, ways[i].id))
			return _(ways[i].text);
	return *how ? how : "-";
}

static void override_text(const struct kb_record *r, char *ret, size_t size)
{
	char link[LINK_SIZE], how[4 * KB_BUS_NAME_MAX + 8], who[WHO_SIZE];

	kb_printable(r->link, link, sizeof(link));
	kb_printable(how_text(r->driver), how, sizeof(how));
	if (r->comm[0])
		who_text(r, who, sizeof(who));
	else
		snprintf(who, sizeof(who), "%s", _("somebody"));
	if (r->mode_link == KB_GATE_AUDIT)
		snprintf(ret, size, _("%s used link %s (%s), which enforcement would not let happen"), who,
			 link, how);
	else
		snprintf(ret, size, _("%s tried to use refused link %s (%s); it stays closed"), who, link,
			 how);
}

static void bypass_text(const struct kb_record *r, char *ret, size_t size)
{
	char link[LINK_SIZE], what[64];

	kb_printable(r->link, link, sizeof(link));
	kb_bypass_text(r->bypass, what, sizeof(what));
	if (!r->bypass)
		snprintf(ret, size, _("link %s no longer carries what passes by the path gate"), link);
	else if (r->action == KB_ACTION_ALLOW || r->mode_link == KB_GATE_AUDIT)
		snprintf(ret, size, _("link %s carries what passes by the path gate (%s); it is only reported"),
			 link, what);
	else
		snprintf(ret, size, _("link %s carries what passes by the path gate (%s); it is closed"),
			 link, what);
}

static void lease_text(const struct kb_record *r, char *ret, size_t size)
{
	if (!r->lease)
		snprintf(ret, size, "%s", _("the lease ended: protected paths are closed"));
	else if (kb_has(r->have, KB_A_ZONE))
		snprintf(ret, size, _("the lease runs, in zone %u: protected paths may open"), r->zone + 1);
	else
		snprintf(ret, size, "%s", _("the lease runs, the place is unknown: protected paths may open"));
}

static void isolate_text(const struct kb_record *r, char *ret, size_t size)
{
	char id[2 * KB_ISOLATION_LEN + 1];
	int i;

	for (i = 0; i < KB_ISOLATION_LEN; i++)
		snprintf(id + 2 * i, 3, "%02x", r->isolation[i]);
	snprintf(ret, size, r->isolated ? _("this terminal is isolated (%s)") :
					  _("this terminal is released from isolation %s"), id);
}

bool kb_path_event_text(const struct kb_record *record, char *ret, size_t size)
{
	char link[LINK_SIZE];

	switch (record->event) {
	case KB_EVENT_LINK:
		link_text(record, ret, size);
		return true;
	case KB_EVENT_LINK_OVERRIDE:
		override_text(record, ret, size);
		return true;
	case KB_EVENT_LINK_GONE:
		kb_printable(record->link, link, sizeof(link));
		snprintf(ret, size, _("refused link %s is gone"), link);
		return true;
	case KB_EVENT_BYPASS:
		bypass_text(record, ret, size);
		return true;
	case KB_EVENT_PACKET:
		packet_text(record, ret, size);
		return true;
	case KB_EVENT_LEASE:
		lease_text(record, ret, size);
		return true;
	case KB_EVENT_ISOLATE:
		isolate_text(record, ret, size);
		return true;
	default:
		return false;
	}
}
