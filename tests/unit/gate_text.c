// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets and verdicts of the path gate as texts, for tables of test cases. */
#include "gate_text.h"

#include <arpa/inet.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "gate_words.h"

static const char *const reasons[KB_REASON_MAX] = {
	[KB_REASON_NONE] = "none",
	[KB_REASON_RULE] = "rule",
	[KB_REASON_LOOPBACK] = "loopback",
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

/* The texts' side of struct kb_path_ask: each notes that it was asked. */
static struct gate_text_query *asked(const struct kb_path_query *query, u32 question)
{
	struct gate_text_query *q =
		(void *)((char *)query - offsetof(struct gate_text_query, query));

	q->asked |= 1u << question;
	return q;
}

static enum kb_fact ask_owner(const struct kb_path_query *query, u32 *ret_uid, u32 *ret_gid)
{
	struct gate_text_query *q = asked(query, 0);

	if (q->owner == KB_FACT_YES) {
		*ret_uid = q->uid;
		*ret_gid = q->gid;
	}
	return q->owner;
}

static enum kb_fact ask_cgroup(const struct kb_path_query *query, const char *path)
{
	struct gate_text_query *q = asked(query, 1);
	size_t len = strlen(path);

	if (q->cgroup_later)
		return KB_FACT_LATER;
	return !strncmp(q->cgroup, path, len) && (!q->cgroup[len] || q->cgroup[len] == '/');
}

static enum kb_fact ask_next_hop(const struct kb_path_query *query, u8 ret_mac[6])
{
	struct gate_text_query *q = asked(query, 2);

	if (q->next_hop == KB_FACT_YES)
		memcpy(ret_mac, q->mac, 6);
	return q->next_hop;
}

static enum kb_fact ask_on_link(const struct kb_path_query *query)
{
	return asked(query, 3)->on_link;
}

static enum kb_fact ask_reply(const struct kb_path_query *query)
{
	return asked(query, 4)->reply;
}

static enum kb_fact ask_broadcast(const struct kb_path_query *query)
{
	return asked(query, 5)->broadcast;
}

static enum kb_fact ask_kernel(const struct kb_path_query *query)
{
	return asked(query, 6)->kernel;
}

static enum kb_fact ask_group(const struct kb_path_query *query, union kb_ip *ret_group)
{
	struct gate_text_query *q = asked(query, 7);

	if (q->asked_group == KB_FACT_YES)
		*ret_group = q->group;
	return q->asked_group;
}

static const struct kb_path_ask ask = {
	.owner = ask_owner,
	.cgroup = ask_cgroup,
	.next_hop = ask_next_hop,
	.on_link = ask_on_link,
	.reply = ask_reply,
	.broadcast = ask_broadcast,
	.kernel = ask_kernel,
	.asked_group = ask_group,
};

static void read_address(char *word, struct kb_packet *packet, union kb_ip *ret_ip, u16 *ret_port)
{
	char *port = NULL;

	if (word[0] == '[') {
		word++;
		port = strchr(word, ']');
		*port++ = '\0';
	} else if (strchr(word, ':') == strrchr(word, ':')) {
		port = strchr(word, ':');
	}
	if (port && *port == ':') {
		*ret_port = (u16)atoi(port + 1);
		packet->flags |= KB_PACKET_PORTS;
		*port = '\0';
	}
	packet->version = gate_words_ip(word, ret_ip);
}

static void read_protocol(char *word, struct kb_packet *packet)
{
	char *type = strchr(word, '/');

	if (type)
		*type++ = '\0';
	packet->proto = gate_words_protocol(word);
	if (type) {
		packet->dport = (u16)(atoi(type) << 8);
		packet->flags |= KB_PACKET_PORTS;
	}
}

static enum kb_fact read_fact(const char *value)
{
	if (!strcmp(value, "later"))
		return KB_FACT_LATER;
	return strcmp(value, "no") ? KB_FACT_YES : KB_FACT_NO;
}

static bool read_flag(const char *word, struct gate_text_query *q)
{
	static const struct {
		const char *word;
		u8 flag;
	} flags[] = {
		{ "syn", KB_PACKET_SYN },	{ "rst", KB_PACKET_RST },
		{ "frag", KB_PACKET_FRAGMENT }, { "hop255", KB_PACKET_HOP255 },
		{ "encap", KB_PACKET_ENCAPSULATED },
	};
	const struct {
		const char *word;
		bool *flag;
		bool value;
	} bools[] = {
		{ "lease", &q->context.leased, true },	   { "isolated", &q->context.isolated, true },
		{ "loopback", &q->link.loopback, true },   { "wireless", &q->link.wireless, true },
		{ "closed", &q->link.allowed, false },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++)
		if (!strcmp(word, flags[i].word))
			return q->packet.flags |= flags[i].flag;
	for (i = 0; i < ARRAY_SIZE(bools); i++) {
		if (strcmp(word, bools[i].word))
			continue;
		*bools[i].flag = bools[i].value;
		return true;
	}
	if (!strcmp(word, "malformed") || !strcmp(word, "embedded")) {
		q->packet.defect = word[0] == 'm' ? KB_REASON_MALFORMED : KB_REASON_EMBEDDED;
		return true;
	}
	return false;
}

static bool read_facts(const char *word, const char *value, struct gate_text_query *q)
{
	if (!strcmp(word, "owner")) {
		q->owner = read_fact(value);
		sscanf(value, "%u:%u", &q->uid, &q->gid);
	} else if (!strcmp(word, "cgroup")) {
		q->cgroup_later = read_fact(value) == KB_FACT_LATER;
		snprintf(q->cgroup, sizeof(q->cgroup), "%s", value);
	} else if (!strcmp(word, "next-hop")) {
		q->next_hop = read_fact(value);
		if (q->next_hop == KB_FACT_YES)
			gate_words_mac(value, q->mac);
	} else if (!strcmp(word, "on-link")) {
		q->on_link = read_fact(value);
	} else if (!strcmp(word, "reply")) {
		q->reply = read_fact(value);
	} else if (!strcmp(word, "broadcast")) {
		q->broadcast = read_fact(value);
	} else if (!strcmp(word, "kernel")) {
		q->kernel = read_fact(value);
	} else if (!strcmp(word, "asked")) {
		q->asked_group = read_fact(value);
		if (q->asked_group == KB_FACT_YES)
			gate_words_ip(value, &q->group);
	} else {
		return false;
	}
	return true;
}

static void read_word(const struct kb_policy *policy, char *word, struct gate_text_query *q)
{
	const struct kb_path_policy *paths = &policy->paths;
	char *value = strchr(word, '=');
	char *name, *save = NULL;

	if (read_flag(word, q))
		return;
	if (value)
		*value++ = '\0';
	if (read_facts(word, value ? value : "yes", q))
		return;
	if (!value)
		fail_msg("cannot read \"%s\"", word);
	if (!strcmp(word, "link"))
		q->link.rule = gate_words_link(policy, value);
	else if (!strcmp(word, "profile"))
		q->link.profile = gate_words_profile(paths, value);
	else if (!strcmp(word, "zone"))
		q->context.zone = gate_words_zone(paths, value);
	else if (strcmp(word, "hours"))
		fail_msg("cannot read \"%s=%s\"", word, value);
	else
		for (name = strtok_r(value, ",", &save); name; name = strtok_r(NULL, ",", &save))
			q->context.schedules |= 1ull << gate_words_schedule(paths, name);
}

void gate_text_query(const struct kb_policy *policy, const char *text, struct gate_text_query *ret)
{
	static const char *const directions[] = { "out", "in", "forward" };
	char copy[GATE_TEXT_MAX], *save = NULL, *word;
	int n;

	*ret = (struct gate_text_query){
		.link = { .allowed = true, .rule = KB_INDEX_NONE, .profile = KB_INDEX_NONE },
		.context = { .zone = KB_INDEX_NONE },
	};
	ret->query = (struct kb_path_query){ &ret->packet, &ret->context, &ret->link, &ask,
					     KB_DIRECTION_MAX };
	snprintf(copy, sizeof(copy), "%s", text);
	for (n = 0, word = strtok_r(copy, " ", &save); word; n++, word = strtok_r(NULL, " ", &save)) {
		if (!n)
			ret->query.direction = gate_words_index(directions, 3, word);
		else if (n == 1)
			read_address(word, &ret->packet, &ret->packet.src, &ret->packet.sport);
		else if (n == 3)
			read_address(word, &ret->packet, &ret->packet.dst, &ret->packet.dport);
		else if (n == 4)
			read_protocol(word, &ret->packet);
		else if (n > 4)
			read_word(policy, word, ret);
	}
	if (n < 5)
		fail_msg("cannot read \"%s\"", text);
}

void gate_text_verdict(const struct kb_policy *policy, const struct kb_path_verdict *verdict,
		       char *ret, size_t size)
{
	const char *rule = "";

	assert_in_range(verdict->reason, 0, KB_REASON_MAX - 1);
	assert_non_null(reasons[verdict->reason]);
	if (verdict->rule != KB_INDEX_NONE) {
		assert_in_range(verdict->rule, 0, policy->paths.n_rules - 1);
		rule = policy->paths.rules[verdict->rule].name;
	}
	snprintf(ret, size, "%c %s%s%s", verdict->action == KB_ACTION_ALLOW ? '+' : '-',
		 reasons[verdict->reason], rule[0] ? " " : "", rule);
}
