// SPDX-License-Identifier: GPL-2.0-or-later
/* Policies of link and path gate from texts: gate_text_policy(). */
#include "gate_text.h"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "blob_make.h"
#include "gate_words.h"

#define NAMES_MAX	256

/* Names seen so far, by index. */
struct names {
	u32 n;
	char name[NAMES_MAX][32];
};

struct writing {
	struct blob_make *blob;
	struct names links, networks, profiles, zones, schedules;
	u32 line;
};

static void remember(struct names *names, const char *name)
{
	assert_in_range(names->n, 0, NAMES_MAX - 1);
	snprintf(names->name[names->n++], sizeof(names->name[0]), "%s", name);
}

static const char *const actions[] = { "refuse", "allow" };

static u8 action_of(const char *word)
{
	return (u8)gate_words_index(actions, 2, word);
}

/* Text behind "@key=" in @word, NULL when it is something else. */
static char *value_of(char *word, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(word, key, len) && word[len] == '=' ? word + len + 1 : NULL;
}

/* One attribute of @type for each of @names that is called @name; how many. */
static u32 put_indexes(struct writing *w, u16 type, const struct names *names, const char *name)
{
	u32 i, n = 0;

	for (i = 0; i < names->n; i++) {
		if (strcmp(names->name[i], name))
			continue;
		blob_make_u32(w->blob, type, i);
		n++;
	}
	return n;
}

static void put_service(struct writing *w, char *word)
{
	u32 first = 0, last = 0xffff;
	char *ports = strchr(word, '/');
	u8 bytes[6] = {};

	if (ports) {
		*ports++ = '\0';
		if (sscanf(ports, "%u-%u", &first, &last) == 1)
			last = first;
	}
	bytes[0] = strcmp(word, "any") ? gate_words_protocol(word) : 0;
	bytes[2] = first & 0xff;
	bytes[3] = (u8)(first >> 8);
	bytes[4] = last & 0xff;
	bytes[5] = (u8)(last >> 8);
	blob_make_attr(w->blob, KB_PATH_RULE_SERVICE, bytes, sizeof(bytes));
}

static void put_ids(struct writing *w, u16 type, const char *word)
{
	u32 ids[2] = {};

	if (sscanf(word, "%u-%u", &ids[0], &ids[1]) == 1)
		ids[1] = ids[0];
	ids[0] = cpu_to_le32(ids[0]);
	ids[1] = cpu_to_le32(ids[1]);
	blob_make_attr(w->blob, type, ids, sizeof(ids));
}

static void put_condition(struct writing *w, const char *key, char *value)
{
	u32 found = 1;
	u8 mac[6];

	if (!strcmp(key, "to")) {
		found = put_indexes(w, KB_PATH_RULE_TO, &w->networks, value);
	} else if (!strcmp(key, "service")) {
		put_service(w, value);
	} else if (!strcmp(key, "link")) {
		found = put_indexes(w, KB_PATH_RULE_LINK, &w->links, value) +
			put_indexes(w, KB_PATH_RULE_PROFILE, &w->profiles, value);
	} else if (!strcmp(key, "zone")) {
		found = put_indexes(w, KB_PATH_RULE_ZONE, &w->zones, value);
	} else if (!strcmp(key, "hours")) {
		found = put_indexes(w, KB_PATH_RULE_SCHEDULE, &w->schedules, value);
	} else if (!strcmp(key, "next-hop")) {
		gate_words_mac(value, mac);
		blob_make_attr(w->blob, KB_PATH_RULE_NEXT_HOP, mac, sizeof(mac));
	} else if (!strcmp(key, "user") || !strcmp(key, "group")) {
		put_ids(w, key[0] == 'u' ? KB_PATH_RULE_USER : KB_PATH_RULE_GROUP, value);
	} else if (!strcmp(key, "cgroup")) {
		blob_make_string(w->blob, KB_PATH_RULE_CGROUP, value);
	} else {
		found = 0;
	}
	if (!found)
		fail_msg("cannot read \"%s=%s\"", key, value);
}

static void put_path_rule(struct writing *w, u32 kind, char **save)
{
	char *word = strtok_r(NULL, " ", save), *inner = NULL;
	size_t nest = blob_make_path_rule(w->blob, kind, w->line, word);
	char *value, *item;

	while ((word = strtok_r(NULL, " ", save))) {
		value = strchr(word, '=');
		if (!value)
			fail_msg("cannot read \"%s\"", word);
		*value++ = '\0';
		for (item = strtok_r(value, ",", &inner); item; item = strtok_r(NULL, ",", &inner))
			put_condition(w, word, item);
	}
	blob_make_close(w->blob, nest);
}

static void put_paths(struct writing *w, char **save)
{
	static const char *const keys[] = { NULL, "other", "peers", "inbound", "discovery", "dhcp" };
	u8 values[ARRAY_SIZE(keys)] = {};
	size_t nest = blob_make_open(w->blob, KB_BLOB_PATHS);
	char *word, *value;
	u16 i;

	while ((word = strtok_r(NULL, " ", save))) {
		value = strchr(word, '=');
		if (!value)
			fail_msg("cannot read \"%s\"", word);
		*value++ = '\0';
		values[gate_words_index(keys, ARRAY_SIZE(keys), word)] = action_of(value);
	}
	for (i = KB_PATHS_OTHER; i <= KB_PATHS_DHCP; i++)
		blob_make_u8(w->blob, i, values[i]);
	blob_make_u32(w->blob, KB_PATHS_SCREEN, 0);
	blob_make_close(w->blob, nest);
}

static void put_prefix(struct writing *w, u32 network, char *word)
{
	size_t nest = blob_make_open(w->blob, KB_BLOB_PREFIXES);
	char *len = strchr(word, '/');
	u8 bytes[20] = {};
	union kb_ip ip;

	if (len)
		*len++ = '\0';
	blob_make_u32(w->blob, KB_PREFIXES_NETWORK, network);
	if (gate_words_ip(word, &ip) == 4) {
		ip.v4 = __builtin_bswap32(ip.v4);
		memcpy(bytes, &ip.v4, 4);
		bytes[4] = len ? (u8)atoi(len) : 32;
		blob_make_attr(w->blob, KB_PREFIXES_V4, bytes, 8);
	} else {
		memcpy(bytes, ip.v6, 16);
		bytes[16] = len ? (u8)atoi(len) : 128;
		blob_make_attr(w->blob, KB_PREFIXES_V6, bytes, 20);
	}
	blob_make_close(w->blob, nest);
}

static void put_network(struct writing *w, char **save)
{
	char *name = strtok_r(NULL, " ", save), *word = strtok_r(NULL, " ", save);
	bool is_protected = word && !strcmp(word, "protected");
	size_t nest = blob_make_open(w->blob, KB_BLOB_NETWORK);

	blob_make_string(w->blob, KB_NETWORK_NAME, name);
	blob_make_u8(w->blob, KB_NETWORK_PROTECTED, is_protected);
	blob_make_close(w->blob, nest);
	if (is_protected)
		word = strtok_r(NULL, " ", save);
	for (; word; word = strtok_r(NULL, " ", save))
		put_prefix(w, w->networks.n, word);
	remember(&w->networks, name);
}

static void put_hours(struct writing *w, char **save)
{
	char *name = strtok_r(NULL, " ", save), *word;
	size_t nest = blob_make_open(w->blob, KB_BLOB_SCHEDULE);
	u32 days, begin, end;

	blob_make_string(w->blob, KB_SCHEDULE_NAME, name);
	while ((word = strtok_r(NULL, " ,", save))) {
		if (sscanf(word, "%u:%u-%u", &days, &begin, &end) != 3)
			fail_msg("cannot read \"%s\"", word);
		blob_make_attr(w->blob, KB_SCHEDULE_SPAN,
			       (u8[]){ (u8)days, 0, begin & 0xff, (u8)(begin >> 8), end & 0xff,
				       (u8)(end >> 8) }, 6);
	}
	blob_make_close(w->blob, nest);
	remember(&w->schedules, name);
}

static void put_named(struct writing *w, u16 section, struct names *names, char **save)
{
	char *name = strtok_r(NULL, " ", save), *ssid = strtok_r(NULL, " ", save);
	size_t nest = blob_make_open(w->blob, section);

	blob_make_string(w->blob, KB_PROFILE_NAME, name);
	if (section == KB_BLOB_PROFILE)
		blob_make_attr(w->blob, KB_PROFILE_SSID, ssid, strlen(ssid));
	blob_make_close(w->blob, nest);
	remember(names, name);
}

static void put_link(struct writing *w, char **save)
{
	char *word = strtok_r(NULL, " ", save), *bypass = strtok_r(NULL, " ", save);
	size_t nest = blob_make_open(w->blob, KB_BLOB_LINK);

	blob_make_u8(w->blob, KB_LINK_DEFAULT, action_of(word));
	blob_make_u8(w->blob, KB_LINK_BYPASS,
		     bypass ? action_of(value_of(bypass, "bypass")) : KB_ACTION_REFUSE);
	blob_make_close(w->blob, nest);
}

static void put_mac(struct writing *w, const char *word)
{
	u8 mac[12];

	memset(mac + 6, 0xff, 6);
	gate_words_mac(word, mac);
	if (strchr(word, '/'))
		gate_words_mac(strchr(word, '/') + 1, mac + 6);
	blob_make_attr(w->blob, KB_LINK_RULE_MAC, mac, sizeof(mac));
}

static void put_link_lists(struct writing *w, const char *key, char *value)
{
	static const char *const keys[KB_LINK_RULE_MAX] = {
		[KB_LINK_RULE_KIND] = "kind", [KB_LINK_RULE_BUS] = "bus",
		[KB_LINK_RULE_PATH] = "path", [KB_LINK_RULE_DRIVER] = "driver",
		[KB_LINK_RULE_IFNAME] = "ifname", [KB_LINK_RULE_MAC] = "mac",
	};
	u16 type = (u16)gate_words_index(keys, KB_LINK_RULE_MAX, key);
	char *item, *save = NULL;
	u32 mask = 0;
	int bit;

	for (item = strtok_r(value, ",", &save); item; item = strtok_r(NULL, ",", &save)) {
		if (type == KB_LINK_RULE_MAC) {
			put_mac(w, item);
		} else if (type != KB_LINK_RULE_KIND && type != KB_LINK_RULE_BUS) {
			blob_make_string(w->blob, type, item);
		} else {
			bit = type == KB_LINK_RULE_KIND ? kb_link_kind_by_name(item) :
							  kb_link_bus_by_name(item);
			assert_true(bit >= 0);
			mask |= 1u << bit;
		}
	}
	if (mask)
		blob_make_u32(w->blob, type, mask);
}

static void put_link_rule(struct writing *w, char **save)
{
	size_t nest = blob_make_open(w->blob, KB_BLOB_LINK_RULE);
	char *word, *value;

	remember(&w->links, "");
	blob_make_u8(w->blob, KB_LINK_RULE_ACTION, action_of(strtok_r(NULL, " ", save)));
	blob_make_u32(w->blob, KB_LINK_RULE_LINE, w->line);
	while ((word = strtok_r(NULL, " ", save))) {
		if (!strcmp(word, "random")) {
			blob_make_u8(w->blob, KB_LINK_RULE_RANDOM_MAC, 1);
			continue;
		}
		value = strchr(word, '=');
		if (!value)
			fail_msg("cannot read \"%s\"", word);
		*value++ = '\0';
		if (strcmp(word, "name")) {
			put_link_lists(w, word, value);
			continue;
		}
		blob_make_string(w->blob, KB_LINK_RULE_NAME, value);
		w->links.n--;
		remember(&w->links, value);
	}
	blob_make_close(w->blob, nest);
}

static void put_line(struct writing *w, char *line)
{
	static const char *const kinds[KB_PATH_KIND_MAX] = {
		"path", "essential", "collector", "peer", "inbound", "discovery", "tunnel",
	};
	char *save = NULL;
	char *word = strtok_r(line, " ", &save);

	if (!word)
		return;
	if (!strcmp(word, "link"))
		put_link(w, &save);
	else if (!strcmp(word, "link-rule"))
		put_link_rule(w, &save);
	else if (!strcmp(word, "network"))
		put_network(w, &save);
	else if (!strcmp(word, "profile"))
		put_named(w, KB_BLOB_PROFILE, &w->profiles, &save);
	else if (!strcmp(word, "zone"))
		put_named(w, KB_BLOB_ZONE, &w->zones, &save);
	else if (!strcmp(word, "hours"))
		put_hours(w, &save);
	else if (!strcmp(word, "paths"))
		put_paths(w, &save);
	else
		put_path_rule(w, gate_words_index(kinds, KB_PATH_KIND_MAX, word), &save);
}

/* Is there a line that begins with @word? */
static bool has_line(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL) {
		text += strspn(text, "\t ");
		if (!strncmp(text, word, len) && strchr(" \n", text[len]))
			return true;
	}
	return false;
}

void gate_text_blob(const char *text, struct blob_make *ret)
{
	struct writing *w = calloc(1, sizeof(*w));
	char *copy = strdup(text), *save = NULL, *line;

	assert_non_null(w);
	assert_non_null(copy);
	w->blob = ret;
	blob_make_modes(ret, &blob_example, KB_GATE_OFF,
			has_line(text, "link") ? KB_GATE_ENFORCE : KB_GATE_OFF,
			has_line(text, "paths") ? KB_GATE_ENFORCE : KB_GATE_OFF);
	blob_make_media(ret, KB_ACTION_REFUSE);
	for (line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		w->line++;
		put_line(w, line + strspn(line, "\t"));
	}
	free(copy);
	free(w);
}

struct kb_policy *gate_text_policy(const char *text)
{
	struct kb_policy *policy;
	struct blob_make blob;

	gate_text_blob(text, &blob);
	policy = blob_make_parse(&blob);
	blob_make_free(&blob);
	return policy;
}
