// SPDX-License-Identifier: GPL-2.0-or-later
/* "What if": a packet as somebody types it, judged by the kernel's own decision code. */
#include "policy/what_if.h"

#include <ctype.h>
#include <netinet/in.h>
#include <time.h>

#include "policy/address.h"
#include "policy/i18n.h"
#include "policy/nearest.h"
#include "policy/scalar.h"
#include "policy/service.h"

#define USUAL_PORT	49152	/* first of the dynamic ones, RFC 6335 */
#define NOBODY		UINT32_MAX

/* The query and what its questions are answered from. */
struct asked {
	struct kb_path_query query;	/* first: callbacks get a pointer to it */
	const struct kb_packet_question *question;
	struct kb_packet packet;
	struct kb_context context;
	struct kb_path_link link;
	struct kb_prefix segment;
	u32 uid, gid;			/* NOBODY = not said */
	u8 next_hop[6];
	union kb_ip asked;
};

static const struct asked *asked_of(const struct kb_path_query *query)
{
	return (const struct asked *)query;
}

static enum kb_fact fact(bool is)
{
	return is ? KB_FACT_YES : KB_FACT_NO;
}

static enum kb_fact ask_owner(const struct kb_path_query *query, u32 *ret_uid, u32 *ret_gid)
{
	const struct asked *asked = asked_of(query);

	*ret_uid = asked->uid;
	*ret_gid = asked->gid;
	return fact(asked->uid != NOBODY || asked->gid != NOBODY);
}

static enum kb_fact ask_cgroup(const struct kb_path_query *query, const char *path)
{
	const char *cgroup = asked_of(query)->question->cgroup;
	size_t len = strlen(path);

	if (!cgroup)
		return KB_FACT_NO;
	cgroup += *cgroup == '/';
	return fact(!strncmp(cgroup, path, len) && (!cgroup[len] || cgroup[len] == '/'));
}

static enum kb_fact ask_next_hop(const struct kb_path_query *query, u8 ret_mac[6])
{
	const struct asked *asked = asked_of(query);

	if (!asked->question->next_hop)
		return KB_FACT_NO;
	memcpy(ret_mac, asked->next_hop, sizeof(asked->next_hop));
	return KB_FACT_YES;
}

static bool in_segment(const struct asked *asked, const union kb_ip *ip)
{
	struct kb_prefix one = { .addr = *ip, .version = asked->packet.version,
				 .len = asked->packet.version == 6 ? 128 : 32 };

	if (one.version == 6 && ip->v6[0] == 0xfe && (ip->v6[1] & 0xc0) == 0x80)
		return true;
	return kb_prefix_covers(&asked->segment, &one);
}

static enum kb_fact ask_on_link(const struct kb_path_query *query)
{
	const struct asked *asked = asked_of(query);
	bool inbound = query->direction == KB_DIRECTION_IN;

	return fact(in_segment(asked, inbound ? &asked->packet.src : &asked->packet.dst));
}

static enum kb_fact ask_reply(const struct kb_path_query *query)
{
	return fact(asked_of(query)->question->reply);
}

static enum kb_fact ask_broadcast(const struct kb_path_query *query)
{
	const struct asked *asked = asked_of(query);
	const struct kb_prefix *segment = &asked->segment;

	/* Links of one or two hosts (RFC 3021) have no such address. */
	return fact(segment->version == 4 && segment->len < 31 &&
		    asked->packet.dst.v4 == (segment->addr.v4 | UINT32_MAX >> segment->len));
}

/* Nobody's program was named: as if the kernel looked for a neighbour. */
static enum kb_fact ask_kernel(const struct kb_path_query *query)
{
	const struct kb_packet_question *q = asked_of(query)->question;

	return fact(!q->user && !q->group && !q->cgroup);
}

static enum kb_fact ask_group(const struct kb_path_query *query, union kb_ip *ret_group)
{
	const struct asked *asked = asked_of(query);

	if (!asked->question->asked)
		return KB_FACT_NO;
	*ret_group = asked->asked;
	return KB_FACT_YES;
}

static const struct kb_path_ask answers = {
	.owner = ask_owner,
	.cgroup = ask_cgroup,
	.next_hop = ask_next_hop,
	.on_link = ask_on_link,
	.reply = ask_reply,
	.broadcast = ask_broadcast,
	.kernel = ask_kernel,
	.asked_group = ask_group,
};

static int read_number(const char *text, u32 max, u32 *ret)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text); text++) {
		value = value * 10 + (*text - '0');
		if (value > max)
			return -EINVAL;
	}
	if (*text)
		return -EINVAL;
	*ret = value;
	return 0;
}

static int read_addresses(struct asked *asked, struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;
	struct kb_packet *packet = &asked->packet;
	u8 version;

	if (!q->src || kb_address_parse(q->src, &packet->src, &packet->version) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not an address"), q->src ?: "");
	if (!q->dst || kb_address_parse(q->dst, &packet->dst, &version) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not an address"), q->dst ?: "");
	if (version != packet->version)
		return kb_fault(ret_fault, -EINVAL,
				_("%s and %s are of different versions of IP"), q->src, q->dst);
	if (!q->asked)
		return 0;
	if (kb_address_parse(q->asked, &asked->asked, &version) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not an address"), q->asked);
	if (version != packet->version)
		return kb_fault(ret_fault, -EINVAL,
				_("%s and %s are of different versions of IP"), q->src, q->asked);
	return 0;
}

static int unknown_proto(const char *text, struct kb_fault *ret_fault)
{
	struct kb_nearest nearest = { 0 };
	unsigned int i;

	for (i = 0; kb_proto_word(i); i++)
		kb_nearest_offer(&nearest, text, kb_proto_word(i));
	if (nearest.best)
		return kb_fault(ret_fault, -EINVAL,
				_("there is no protocol '%s'; did you mean '%s'?"), text,
				nearest.best);
	return kb_fault(ret_fault, -EINVAL,
			_("there is no protocol '%s'; write for example tcp, udp, icmp, esp or a number"),
			text);
}

/* "8", "8/0" */
static int read_icmp(const char *text, u16 *ret)
{
	const char *slash = strchr(text, '/');
	char type[8];
	u32 number, code = 0;

	if ((size_t)snprintf(type, sizeof(type), "%.*s",
			     slash ? (int)(slash - text) : (int)strlen(text), text) >= sizeof(type) ||
	    read_number(type, UINT8_MAX, &number) < 0 ||
	    (slash && read_number(slash + 1, UINT8_MAX, &code) < 0))
		return -EINVAL;
	*ret = number << 8 | code;
	return 0;
}

static int read_ports(struct asked *asked, struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;
	struct kb_packet *packet = &asked->packet;
	bool back = q->reply || q->asked;
	u32 port, sport = USUAL_PORT;

	if (!q->port)
		return kb_fault(ret_fault, -EINVAL, _("'%s' needs a port (or type of ICMP)"),
				q->proto);
	packet->flags |= KB_PACKET_PORTS;
	if (kb_proto_is_icmp(packet->proto)) {
		if (read_icmp(q->port, &packet->dport) < 0)
			return kb_fault(ret_fault, -EINVAL,
					_("'%s' is no type of ICMP; write 8 or 8/0"), q->port);
		return 0;
	}
	if (read_number(q->port, UINT16_MAX, &port) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not a port"), q->port);
	if (q->sport && read_number(q->sport, UINT16_MAX, &sport) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not a port"), q->sport);
	packet->dport = back ? sport : port;
	packet->sport = back ? port : sport;
	if (packet->proto == IPPROTO_TCP && !back)
		packet->flags |= KB_PACKET_SYN;
	return 0;
}

static int read_packet(struct asked *asked, struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;
	struct kb_packet *packet = &asked->packet;
	int r = read_addresses(asked, ret_fault);

	if (r < 0)
		return r;
	if (!q->proto || kb_proto_parse(q->proto, &packet->proto) < 0)
		return unknown_proto(q->proto ?: "", ret_fault);
	if (kb_proto_has_ports(packet->proto) || kb_proto_is_icmp(packet->proto))
		r = read_ports(asked, ret_fault);
	else if (q->port)
		return kb_fault(ret_fault, -EINVAL, _("'%s' has no ports"), q->proto);
	if (r < 0)
		return r;
	/* As a host sends them; a router's would have less and be no neighbour's. */
	packet->flags |= KB_PACKET_HOP255;
	if (q->fragment) {
		packet->flags |= KB_PACKET_FRAGMENT;
		packet->flags &= ~(KB_PACKET_PORTS | KB_PACKET_SYN);
	}
	return 0;
}

static int find_link(const struct kb_policy *policy, struct asked *asked,
		     struct kb_fault *ret_fault)
{
	const char *name = asked->question->link;
	struct kb_nearest nearest = { 0 };
	bool found = false;
	u32 i;

	for (i = 0; i < policy->link.n_rules; i++) {
		const struct kb_link_rule *rule = &policy->link.rules[i];

		if (!rule->name)
			continue;
		kb_nearest_offer(&nearest, name, rule->name);
		if (strcmp(rule->name, name))
			continue;
		found = true;
		asked->link.allowed = rule->action == KB_ACTION_ALLOW ||
				      policy->link.mode != KB_GATE_ENFORCE;
		if (policy->link.mode != KB_GATE_OFF && rule->action == KB_ACTION_ALLOW)
			asked->link.rule = i;
		if (rule->kinds == KB_LINK_KIND_BIT(KB_LINK_WIFI))
			asked->link.wireless = true;
		if (rule->action == KB_ACTION_ALLOW)
			return 0;
	}
	if (found)
		return 0;
	if (nearest.best)
		return kb_fault(ret_fault, -EINVAL, _("there is no link '%s'; did you mean '%s'?"),
				name, nearest.best);
	return kb_fault(ret_fault, -EINVAL, _("no rule for links has the name '%s'"), name);
}

static int find_profile(const struct kb_path_policy *paths, struct asked *asked,
			struct kb_fault *ret_fault)
{
	const char *name = asked->question->profile;
	struct kb_nearest nearest = { 0 };
	u32 i;

	for (i = 0; i < paths->n_profiles; i++) {
		kb_nearest_offer(&nearest, name, paths->profiles[i].name);
		if (strcmp(paths->profiles[i].name, name))
			continue;
		asked->link.profile = i;
		asked->link.wireless = true;
		return 0;
	}
	if (nearest.best)
		return kb_fault(ret_fault, -EINVAL,
				_("there is no Wi-Fi profile '%s'; did you mean '%s'?"), name,
				nearest.best);
	return kb_fault(ret_fault, -EINVAL, _("there is no Wi-Fi profile '%s'"), name);
}

static int read_link(const struct kb_policy *policy, struct asked *asked,
		     struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;
	int r = 0;

	asked->link = (struct kb_path_link){ .allowed = true,
					     .wireless = q->wireless,
					     .rule = KB_INDEX_NONE,
					     .profile = KB_INDEX_NONE };
	if (q->link && !strcmp(q->link, "lo"))
		asked->link.loopback = true;
	else if (q->link)
		r = find_link(policy, asked, ret_fault);
	if (!r && q->profile)
		r = find_profile(&policy->paths, asked, ret_fault);
	return r;
}

static int find_zone(const struct kb_path_policy *paths, struct asked *asked,
		     struct kb_fault *ret_fault)
{
	const char *name = asked->question->zone;
	struct kb_nearest nearest = { 0 };
	u32 i;

	for (i = 0; i < paths->n_zones; i++) {
		kb_nearest_offer(&nearest, name, paths->zones[i].name);
		if (strcmp(paths->zones[i].name, name))
			continue;
		asked->context.zone = i;
		return 0;
	}
	if (nearest.best)
		return kb_fault(ret_fault, -EINVAL, _("there is no zone '%s'; did you mean '%s'?"),
				name, nearest.best);
	return kb_fault(ret_fault, -EINVAL, _("there is no zone '%s'"), name);
}

static int read_context(const struct kb_path_policy *paths, struct asked *asked,
			struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;
	uint64_t when = 0;

	asked->context = (struct kb_context){ .leased = !q->no_lease,
					      .isolated = q->isolated,
					      .zone = KB_INDEX_NONE,
					      .schedules = UINT64_MAX };
	if (q->at && !strcmp(q->at, "now"))
		when = time(NULL);
	else if (q->at && kb_scalar_date(q->at, false, &when) < 0)
		return kb_fault(ret_fault, -EINVAL,
				_("'%s' is not a date and time; write it like 2027-03-31T17:15"), q->at);
	if (q->at)
		asked->context.schedules = kb_schedule_mask(paths, when);
	return q->zone ? find_zone(paths, asked, ret_fault) : 0;
}

static int read_owner(struct asked *asked, struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;

	asked->uid = NOBODY;
	asked->gid = NOBODY;
	if (q->user && read_number(q->user, NOBODY - 1, &asked->uid) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not the number of a user"), q->user);
	if (q->group && read_number(q->group, NOBODY - 1, &asked->gid) < 0)
		return kb_fault(ret_fault, -EINVAL, _("'%s' is not the number of a group"), q->group);
	if (q->next_hop && kb_mac_parse(q->next_hop, asked->next_hop) < 0)
		return kb_fault(ret_fault, -EINVAL,
				_("'%s' is not a MAC address; write it like 02:00:5e:00:01:0a"),
				q->next_hop);
	return 0;
}

static int read_segment(struct asked *asked, struct kb_fault *ret_fault)
{
	const struct kb_packet_question *q = asked->question;
	const struct kb_packet *packet = &asked->packet;

	if (q->segment) {
		if (kb_prefix_parse(q->segment, &asked->segment) < 0)
			return kb_fault(ret_fault, -EINVAL, _("'%s' is not a prefix"), q->segment);
	} else {
		asked->segment = (struct kb_prefix){ .addr = q->inbound ? packet->dst : packet->src,
						     .version = packet->version,
						     .len = packet->version == 6 ? 64 : 24 };
	}
	kb_prefix_clean(&asked->segment);
	return 0;
}

int kb_what_if_packet(const struct kb_policy *policy, const struct kb_packet_question *question,
		      struct kb_packet_answer *ret, struct kb_fault *ret_fault)
{
	struct asked asked = { .question = question };
	struct kb_packet_answer answer = { .rule = NULL };
	int r;

	r = read_packet(&asked, ret_fault);
	r = r ?: read_link(policy, &asked, ret_fault);
	r = r ?: read_context(&policy->paths, &asked, ret_fault);
	r = r ?: read_owner(&asked, ret_fault);
	r = r ?: read_segment(&asked, ret_fault);
	if (r < 0)
		return r;
	asked.query = (struct kb_path_query){
		.packet = &asked.packet,
		.context = &asked.context,
		.link = &asked.link,
		.ask = &answers,
		.direction = question->forward ? KB_DIRECTION_FORWARD :
			     question->inbound ? KB_DIRECTION_IN :
						 KB_DIRECTION_OUT,
	};
	kb_path_decide(policy, &asked.query, &answer.verdict);
	if (answer.verdict.rule < policy->paths.n_rules)
		answer.rule = &policy->paths.rules[answer.verdict.rule];
	*ret = answer;
	return 0;
}
