// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The blob's sections of link gate and path gate: what is read, every refusal
 * (kmod/tests/blob_wrong_gates.h), truncations, mutations.
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
	};

	return cmocka_run_group_tests_name("core_gates", tests, NULL, NULL);
}
