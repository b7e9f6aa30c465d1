// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The blob's sections of link gate and path gate: what is read, every refusal
 * (kmod/tests/blob_wrong_gates.h), limits, mutations, no memory.
 */
#include <kidoban/policy.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "../../kmod/tests/blob_wrong_gates.h"
#include "blob_make.h"

#define ROOM	(16 * 1024)

/* Parses a copy of exactly that size, so that a byte read too far is seen. */
static int parse(const u8 *bytes, size_t len, struct kb_policy **ret, struct kb_blob_error *error)
{
	u8 *copy = malloc(len);
	int err;

	assert_non_null(copy);
	memcpy(copy, bytes, len);
	err = kb_policy_parse(copy, len, ret, error);
	memset(copy, 0xa5, len);
	free(copy);
	return err;
}

static void test_refuses(void **state)
{
	struct kb_policy *const untouched = (void *)0x6b6b;
	static u8 buf[ROOM];
	u32 i, wrong = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(gate_refusals) + ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = i < ARRAY_SIZE(gate_refusals) ?
						  &gate_refusals[i] :
						  &refusals[i - ARRAY_SIZE(gate_refusals)];
		struct kb_policy *policy = untouched;
		struct kb_blob_error error = {};
		struct kb_maker m;
		int err;

		kb_make_begin(&m, buf, ROOM);
		r->make(&m);
		assert_false(m.overflow);
		err = parse(buf, m.len, &policy, &error);
		if (err == r->err && strstr(error.text, r->text) && policy == untouched &&
		    error.offset <= m.len)
			continue;
		print_error("%s: %d, \"%s\"\n", r->name, err, error.text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_accepts(void **state)
{
	static u8 buf[ROOM];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sound_gates); i++) {
		struct kb_policy *policy = NULL;
		struct kb_blob_error error = {};
		struct kb_maker m;

		kb_make_begin(&m, buf, ROOM);
		sound_gates[i](&m);
		if (parse(buf, m.len, &policy, &error))
			fail_msg("%u: %s", i, error.text);
		kb_policy_free(policy);
	}
}

/* Policies of module level 1 are what they were: gates off, nothing allocated for them. */
static void test_old_policies(void **state)
{
	struct kb_path_verdict verdict;
	struct kb_netdev dev = { "eth0", "", "", .kind = KB_LINK_TUN };
	struct kb_path_query query = {};
	struct kb_link_verdict link;
	struct kb_policy *policy;
	struct blob_make b;

	(void)state;
	blob_make_example(&b);
	policy = blob_make_parse(&b);
	assert_int_equal(policy->link.mode, KB_GATE_OFF);
	assert_int_equal(policy->paths.mode, KB_GATE_OFF);
	assert_null(policy->paths.prefixes);
	assert_null(policy->paths.classes);
	assert_int_equal(policy->paths.memory, 0);
	kb_path_decide(policy, &query, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_ALLOW);
	kb_link_decide(policy, &dev, &link);
	assert_int_equal(link.action, KB_ACTION_ALLOW);
	kb_policy_free(policy);
	blob_make_free(&b);
}

static void check_links(const struct kb_link_policy *link)
{
	const struct kb_link_rule *rule = &link->rules[1];

	assert_int_equal(link->mode, KB_GATE_AUDIT);
	assert_int_equal(link->def, KB_ACTION_REFUSE);
	assert_int_equal(link->bypass, KB_ACTION_ALLOW);
	assert_string_equal(link->tell, "回線は使えません。");
	assert_int_equal(link->n_rules, 2);
	assert_int_equal(link->rules[0].action, KB_ACTION_REFUSE);
	assert_int_equal(link->rules[0].line, 20);
	assert_null(link->rules[0].name);
	assert_int_equal(link->rules[0].n_paths + link->rules[0].n_macs, 0);
	assert_int_equal(rule->action, KB_ACTION_ALLOW);
	assert_int_equal(rule->line, 21);
	assert_string_equal(rule->name, "office-lan");
	assert_string_equal(rule->tell, "有線だけ。");
	assert_int_equal(rule->kinds, KB_LINK_KIND_BIT(KB_LINK_ETHERNET));
	assert_int_equal(rule->buses, KB_LINK_BUS_BIT(KB_LINK_BUS_PCI));
	assert_true(rule->random_mac);
	assert_int_equal(rule->n_paths, 2);
	assert_string_equal(rule->paths[1], "pci-0000:00:14.0/*");
	assert_int_equal(rule->n_drivers, 1);
	assert_string_equal(rule->drivers[0], "e1000e");
	assert_int_equal(rule->n_ifnames, 1);
	assert_string_equal(rule->ifnames[0], "en*");
	assert_int_equal(rule->n_macs, 1);
	assert_memory_equal(rule->macs[0].value, "\2\0\x5e\0\0\0", 6);
	assert_memory_equal(rule->macs[0].mask, "\xff\xff\xff\xff\0\0", 6);
}

static void check_places(const struct kb_path_policy *paths)
{
	assert_int_equal(paths->n_networks, 2);
	assert_string_equal(paths->networks[0].name, "mynumber");
	assert_true(paths->networks[0].is_protected);
	assert_string_equal(paths->networks[1].name, "10.30.0.53");
	assert_false(paths->networks[1].is_protected);
	assert_int_equal(paths->n_prefixes, 4);
	assert_int_equal(paths->n_profiles, 1);
	assert_string_equal(paths->profiles[0].name, "A");
	assert_int_equal(paths->profiles[0].ssid_len, 10);
	assert_memory_equal(paths->profiles[0].ssid, "MYNUMBER-A", 10);
	assert_int_equal(paths->n_zones, 1);
	assert_string_equal(paths->zones[0].name, "madoguchi");
	assert_string_equal(paths->zones[0].label, "市民課 執務室");
	assert_int_equal(paths->n_schedules, 1);
	assert_string_equal(paths->schedules[0].name, "平日 08:00-19:00");
	assert_int_equal(paths->schedules[0].n_spans, 2);
	assert_int_equal(paths->schedules[0].spans[0].begin, 480);
	assert_int_equal(paths->schedules[0].spans[0].end, 1140);
	assert_int_equal(paths->schedules[0].spans[1].days, 0x20);
	assert_int_equal(paths->schedules[0].spans[1].end, 1440);
}

static void check_path_rule(const struct kb_path_rule *rule)
{
	assert_int_equal(rule->kind, KB_PATH_PATH);
	assert_int_equal(rule->line, 40);
	assert_string_equal(rule->name, "画面転送");
	assert_string_equal(rule->tell, "画面転送だけです。");
	assert_int_equal(rule->conditions, 127);
	assert_false(rule->anywhere);
	assert_true(rule->to_protected);
	assert_int_equal(rule->n_to, 2);
	assert_int_equal(rule->to[0], 0);
	assert_int_equal(rule->to[1], 1);
	assert_int_equal(rule->n_services, 2);
	assert_int_equal(rule->services[1].proto, 17);
	assert_int_equal(rule->services[1].first, 3389);
	assert_int_equal(rule->services[1].last, 3390);
	assert_int_equal(rule->links[0], 2);
	assert_int_equal(rule->profiles[0], 1);
	assert_int_equal(rule->zones[0], 1);
	assert_int_equal(rule->schedules, 1);
	assert_int_equal(rule->n_next_hops, 1);
	assert_memory_equal(rule->next_hops[0], "\2\0\x5e\0\1\xa", 6);
	assert_int_equal(rule->n_users, 1);
	assert_int_equal(rule->users[0].first, 1000);
	assert_int_equal(rule->users[0].last, 60000);
	assert_int_equal(rule->n_groups, 1);
	assert_int_equal(rule->groups[0].first, 1001);
	assert_int_equal(rule->n_cgroups, 1);
	assert_string_equal(rule->cgroups[0], "kidoban-screen.slice");
}

static void test_reads_everything(void **state)
{
	struct kb_policy *policy;
	struct blob_make b;

	(void)state;
	blob_make_gates_example(&b);
	policy = blob_make_parse(&b);
	assert_int_equal(policy->media_mode, KB_GATE_ENFORCE);
	assert_int_equal(policy->blob_len, b.len);
	blob_make_free(&b);
	check_links(&policy->link);
	check_places(&policy->paths);
	assert_int_equal(policy->paths.mode, KB_GATE_ENFORCE);
	assert_int_equal(policy->paths.other, KB_ACTION_ALLOW);
	assert_int_equal(policy->paths.peers, KB_ACTION_REFUSE);
	assert_int_equal(policy->paths.inbound, KB_ACTION_REFUSE);
	assert_int_equal(policy->paths.discovery, KB_ACTION_REFUSE);
	assert_int_equal(policy->paths.dhcp, KB_ACTION_ALLOW);
	assert_int_equal(policy->paths.screen, KB_SCREEN_SOUND | KB_SCREEN_SMARTCARD);
	assert_string_equal(policy->paths.tell, "この通信はできません。");
	assert_true(policy->paths.needs_next_hop);
	assert_int_equal(policy->paths.n_rules, 2);
	check_path_rule(&policy->paths.rules[0]);
	assert_int_equal(policy->paths.rules[1].kind, KB_PATH_ESSENTIAL);
	assert_int_equal(policy->paths.rules[1].conditions, KB_PATH_IF_SERVICE);
	assert_false(policy->paths.rules[1].to_protected);
	/* no network, mynumber, the resolver */
	assert_int_equal(policy->paths.n_classes, 3);
	assert_true(policy->paths.memory > 0);
	assert_true(policy->memory > policy->paths.memory + policy->blob_len);
	kb_policy_free(policy);
}

/* Each default is read into its own place. */
static void test_reads_each_default(void **state)
{
	u16 type, allowed;

	(void)state;
	for (allowed = KB_PATHS_OTHER; allowed <= KB_PATHS_DHCP; allowed++) {
		struct kb_policy *p;
		struct blob_make b;
		size_t nest;

		blob_make_modes(&b, &blob_example, KB_GATE_OFF, KB_GATE_OFF, KB_GATE_ENFORCE);
		blob_make_media(&b, KB_ACTION_REFUSE);
		nest = blob_make_open(&b, KB_BLOB_PATHS);
		for (type = KB_PATHS_OTHER; type <= KB_PATHS_DHCP; type++)
			blob_make_u8(&b, type, type == allowed);
		blob_make_u32(&b, KB_PATHS_SCREEN, 1u << allowed);
		blob_make_close(&b, nest);
		p = blob_make_parse(&b);
		assert_int_equal(p->paths.other, allowed == KB_PATHS_OTHER);
		assert_int_equal(p->paths.peers, allowed == KB_PATHS_PEERS);
		assert_int_equal(p->paths.inbound, allowed == KB_PATHS_INBOUND);
		assert_int_equal(p->paths.discovery, allowed == KB_PATHS_DISCOVERY);
		assert_int_equal(p->paths.dhcp, allowed == KB_PATHS_DHCP);
		assert_int_equal(p->paths.screen, 1u << allowed);
		kb_policy_free(p);
		blob_make_free(&b);
	}
}

static void test_truncations(void **state)
{
	struct kb_blob_error error;
	struct blob_make b;
	size_t len, whole = 0;

	(void)state;
	blob_make_gates_example(&b);
	for (len = 8; len < b.len; len++) {
		struct kb_policy *policy = NULL;

		if (parse(b.bytes, len, &policy, &error))
			continue;
		kb_policy_free(policy);
		whole++;
	}
	/* without one or both of the path rules; earlier a section is missing */
	assert_int_equal(whole, 2);
	blob_make_free(&b);
}

/* What a policy promises, whatever bytes it was made of. */
static void check_consistent(const struct kb_policy *p)
{
	const struct kb_path_policy *paths = &p->paths;
	u32 i, k;

	for (i = 0; i < p->link.n_rules; i++)
		assert_false(p->link.rules[i].kinds & ~KB_LINK_KIND_ALL);
	for (i = 0; i < paths->n_rules; i++) {
		const struct kb_path_rule *rule = &paths->rules[i];

		assert_in_range(rule->kind, 0, KB_PATH_KIND_MAX - 1);
		assert_non_null(rule->name);
		for (k = 0; k < rule->n_to; k++)
			assert_in_range(rule->to[k], 0, paths->n_networks - 1);
		assert_false(rule->links[0] >> p->link.n_rules);
		assert_false(rule->zones[0] >> paths->n_zones);
		assert_false(rule->schedules >> paths->n_schedules);
		assert_true(!rule->to_protected || rule->n_services);
	}
	for (i = 0; i < paths->n_classes; i++)
		for (k = 0; k < paths->classes[i].n; k++)
			assert_in_range(paths->candidates[paths->classes[i].first + k], 0,
					paths->n_rules - 1);
}

static void test_mutations(void **state)
{
	static const u8 flips[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff, 0x5a };
	size_t at, accepted = 0, refused = 0;
	struct kb_blob_error error;
	struct blob_make b;
	u32 i;

	(void)state;
	blob_make_gates_example(&b);
	for (at = 0; at < b.len; at++) {
		for (i = 0; i < ARRAY_SIZE(flips); i++) {
			struct kb_policy *p = NULL;
			int err;

			b.bytes[at] ^= flips[i];
			err = kb_policy_parse(b.bytes, b.len, &p, &error);
			b.bytes[at] ^= flips[i];
			if (err) {
				assert_true(err == -EBADMSG || err == -EPROTONOSUPPORT);
				refused++;
				continue;
			}
			check_consistent(p);
			kb_policy_free(p);
			accepted++;
		}
	}
	assert_true(refused > accepted);
	blob_make_free(&b);
}

/* Parses @m's bytes; 0 and nothing else when they are refused for having too many of something. */
static bool too_many(struct kb_maker *m, const char *text)
{
	struct kb_policy *policy = NULL;
	struct kb_blob_error error = {};
	int err;

	assert_false(m->overflow);
	err = parse(m->buf, m->len, &policy, &error);
	kb_policy_free(policy);
	if (!err)
		return false;
	assert_int_equal(err, -EBADMSG);
	if (!strstr(error.text, text))
		fail_msg("\"%s\" lacks \"%s\"", error.text, text);
	return true;
}

static void make_many(struct kb_maker *m, u16 section, u32 n)
{
	char name[16];
	u32 i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		if (section == KB_BLOB_LINK_RULE)
			kb_make_close(m, open_link_rule(m));
		else if (section == KB_BLOB_PATH_RULE)
			kb_make_close(m, open_path_rule(m, KB_PATH_PEER));
		else if (section == KB_BLOB_SCHEDULE)
			schedule(m, OFFICE, 6);
		else
			named(m, section, name);
		if (section == KB_BLOB_NETWORK)
			prefixes(m, i, KB_PREFIXES_V4, "\xa\x14\0\0\x10\0\0\0", 8);
	}
}

static void test_most_of_each(void **state)
{
	static const struct {
		u16 section;
		u32 max;
		const char *text;
	} most[] = {
		{ KB_BLOB_LINK_RULE, KB_LINK_RULES_MAX, "more than 256 attributes link rule" },
		{ KB_BLOB_NETWORK, KB_NETWORKS_MAX, "more than 256 attributes network" },
		{ KB_BLOB_PROFILE, KB_PROFILES_MAX, "more than 256 attributes profile" },
		{ KB_BLOB_ZONE, KB_ZONES_MAX, "more than 256 attributes zone" },
		{ KB_BLOB_SCHEDULE, KB_SCHEDULES_MAX, "more than 64 attributes schedule" },
		{ KB_BLOB_PATH_RULE, KB_PATH_RULES_MAX, "more than 1024 attributes path rule" },
	};
	u8 *buf = malloc(KB_BLOB_MAX);
	struct kb_maker m;
	u32 i, over;

	(void)state;
	assert_non_null(buf);
	for (i = 0; i < ARRAY_SIZE(most); i++) {
		for (over = 0; over < 2; over++) {
			kb_make_begin(&m, buf, KB_BLOB_MAX);
			gate_modes(&m, KB_GATE_ENFORCE, KB_GATE_ENFORCE);
			gate_link(&m);
			gate_paths(&m);
			/* one too many networks would have prefixes of a network that cannot be */
			make_many(&m, most[i].section, most[i].max);
			if (over && most[i].section == KB_BLOB_NETWORK)
				named(&m, KB_BLOB_NETWORK, "over");
			else if (over)
				make_many(&m, most[i].section, 1);
			assert_int_equal(too_many(&m, most[i].text), over);
		}
	}
	free(buf);
}

/* @n prefixes of one part, /32 each and all different. */
static void make_part(struct kb_maker *m, u32 first, u32 n)
{
	u8 *bytes = calloc(n, 8);
	u32 i;

	assert_non_null(bytes);
	for (i = 0; i < n; i++) {
		bytes[i * 8] = 10;
		bytes[i * 8 + 1] = 20;
		bytes[i * 8 + 2] = (first + i) >> 8 & 0xff;
		bytes[i * 8 + 3] = (first + i) & 0xff;
		bytes[i * 8 + 4] = 32;
	}
	prefixes(m, 0, KB_PREFIXES_V4, bytes, n * 8);
	free(bytes);
}

static void test_most_prefixes(void **state)
{
	u8 *buf = malloc(KB_BLOB_MAX);
	struct kb_maker m;
	u32 i, over;

	(void)state;
	assert_non_null(buf);
	for (over = 0; over < 3; over++) {
		kb_make_begin(&m, buf, KB_BLOB_MAX);
		gates(&m);
		/* gates() has three */
		for (i = 0; i < 8; i++)
			make_part(&m, i * 2048, i < 7 || over ? 2048 : 2045);
		if (!over)
			assert_false(too_many(&m, ""));
		else if (over == 1)
			assert_true(too_many(&m, "prefixes: more than 16384"));
		kb_make_begin(&m, buf, KB_BLOB_MAX);
		gates(&m);
		make_part(&m, 0, KB_PREFIX_PART_MAX + 1);
		assert_true(too_many(&m, "v4 has 16392 bytes"));
	}
	free(buf);
}

/* The linker sends every calloc() here (core.mk). */
void *__real_calloc(size_t n, size_t size);
void *__wrap_calloc(size_t n, size_t size);
static u32 fail_nth;
/* When set, the bytes that are being parsed turn into these at the first allocation. */
static const struct blob_make *turn_into;
static u8 *turned;

void *__wrap_calloc(size_t n, size_t size)
{
	if (turn_into) {
		memcpy(turned, turn_into->bytes, turn_into->len);
		turn_into = NULL;
	}
	if (fail_nth && !--fail_nth)
		return NULL;
	return __real_calloc(n, size);
}

/* Whichever allocation fails: refused, and nothing leaks (ASan). */
static void test_no_memory(void **state)
{
	struct kb_policy *const untouched = (void *)0x1234;
	struct kb_policy *p = untouched;
	struct kb_blob_error error;
	struct blob_make b;
	u32 n;
	int err;

	(void)state;
	blob_make_gates_example(&b);
	for (n = 1;; n++) {
		fail_nth = n;
		err = kb_policy_parse(b.bytes, b.len, &p, &error);
		fail_nth = 0;
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		assert_non_null(strstr(error.text, "no memory for"));
		assert_ptr_equal(p, untouched);
	}
	/* prefixes, policy, table, classes, candidates at least */
	assert_true(n > 5);
	kb_policy_free(p);
	blob_make_free(&b);
}

/* A rule of eight bytes more or less where the bytes change between the passes. */
static void make_changing(struct blob_make *b, bool path, u16 type, const void *payload, size_t len)
{
	size_t nest;

	blob_make_gates_example(b);
	if (path) {
		nest = blob_make_path_rule(b, KB_PATH_PEER, 1, "p");
	} else {
		nest = blob_make_open(b, KB_BLOB_LINK_RULE);
		blob_make_u8(b, KB_LINK_RULE_ACTION, KB_ACTION_ALLOW);
		blob_make_u32(b, KB_LINK_RULE_LINE, 1);
	}
	blob_make_attr(b, type, payload, len);
	blob_make_close(b, nest);
}

static void test_changed_between_passes(void **state)
{
	static const struct {
		u16 type;
		bool path;
		const char *payload;
		size_t len;
	} extras[] = {
		{ KB_LINK_RULE_PATH, false, "abcdefg", 8 },
		{ KB_LINK_RULE_DRIVER, false, "abcdefg", 8 },
		{ KB_LINK_RULE_IFNAME, false, "abcdefg", 8 },
		{ KB_LINK_RULE_MAC, false, "\0\0\0\0\0\0\0\0\0\0\0", 12 },
		{ KB_PATH_RULE_TO, true, "\1\0\0", 4 },
		{ KB_PATH_RULE_SERVICE, true, "\6\0\1\0\1", 6 },
		{ KB_PATH_RULE_NEXT_HOP, true, "12345", 6 },
		{ KB_PATH_RULE_USER, true, "\0\0\0\0\0\0\0", 8 },
		{ KB_PATH_RULE_GROUP, true, "\0\0\0\0\0\0\0", 8 },
		{ KB_PATH_RULE_CGROUP, true, "abcdefg", 8 },
	};
	u32 i, back;

	(void)state;
	/* a label turns into an element of a list, and an element of a list into a label */
	for (i = 0; i < ARRAY_SIZE(extras) * 2; i++) {
		size_t len = extras[i / 2].len;
		struct kb_policy *p = NULL;
		struct blob_make made[2];
		struct kb_blob_error error;
		int err;

		back = i % 2;
		make_changing(&made[back], extras[i / 2].path,
			      extras[i / 2].path ? KB_PATH_RULE_TELL : KB_LINK_RULE_TELL,
			      "xxxxxxxxxxx" + 12 - len, len);
		make_changing(&made[!back], extras[i / 2].path, extras[i / 2].type,
			      extras[i / 2].payload, len);
		assert_int_equal(made[0].len, made[1].len);
		turned = made[0].bytes;
		turn_into = &made[1];
		err = kb_policy_parse(made[0].bytes, made[0].len, &p, &error);
		assert_int_equal(err, -EBADMSG);
		assert_non_null(strstr(error.text, "changed while read"));
		blob_make_free(&made[0]);
		blob_make_free(&made[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_accepts),
		cmocka_unit_test(test_old_policies),
		cmocka_unit_test(test_reads_everything),
		cmocka_unit_test(test_reads_each_default),
		cmocka_unit_test(test_truncations),
		cmocka_unit_test(test_mutations),
		cmocka_unit_test(test_most_of_each),
		cmocka_unit_test(test_most_prefixes),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_changed_between_passes),
	};

	return cmocka_run_group_tests_name("core_gates", tests, NULL, NULL);
}
