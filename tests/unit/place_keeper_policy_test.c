// SPDX-License-Identifier: GPL-2.0-or-later
/* The keeper when the policy changes, cannot be followed, or is asked for an account (P1). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/place/tracker.h"
#include "policy/file.h"
#include "tests/unit/keeper_stage.h"

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* Another policy; what the first one was made of stays as it is. */
static struct kb_agent_policy *successor(void)
{
	static struct kb_evidence evidence[3];
	static struct kb_place others[3];
	static struct kb_agent_policy next;

	memcpy(evidence, office_evidence, sizeof(evidence));
	memcpy(others, places, sizeof(others));
	others[1].evidence = evidence;
	next = policy;
	next.places = others;
	return &next;
}

/* What both policies mean alike goes on: no session ends because a rule about sticks changed. */
static void test_same_place(void **state)
{
	struct kb_agent_policy *next = successor();

	(void)state;
	arrive();
	/* the providers are new, and know nothing for a while */
	all(KB_PRESENCE_UNKNOWN, false);
	next->places[1].lock = false;
	kb_keeper_policy(keeper, next, "131016");
	assert_int_equal(kb_keeper_zone(keeper), 1);
	pass(15);
	assert_int_equal(kb_keeper_zone(keeper), 1);
	expect_said("");
	/* under another number */
	next = successor();
	next->places[1].zone = 2;
	next->places[2].zone = 1;
	kb_keeper_policy(keeper, next, "131016");
	assert_int_equal(kb_keeper_zone(keeper), 2);
	expect_said("");
	/* but not for ever without evidence */
	pass(100);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
}

static void more_needed(struct kb_agent_policy *next)
{
	next->places[1].need = 3;
}

static void other_key(struct kb_agent_policy *next)
{
	((struct kb_evidence *)next->places[1].evidence)[0].beacon.key[31] ^= 1;
}

static void piece_less(struct kb_agent_policy *next)
{
	next->places[1].n_evidence = 2;
}

static void other_name(struct kb_agent_policy *next)
{
	next->places[1].name = "shogai";
}

static void other_mode(struct kb_agent_policy *next)
{
	next->place_mode = KB_GATE_AUDIT;
}

static void test_other_policy(void **state)
{
	static void (*const changes_of[])(struct kb_agent_policy *next) = {
		more_needed, other_key, piece_less, other_name,
	};
	struct kb_agent_policy *next;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(changes_of); i++) {
		arrive();
		next = successor();
		changes_of[i](next);
		kb_keeper_policy(keeper, next, "131016");
		assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
		expect_said("LEFT: nobody knows any more whether this is 市民課: another policy is in force\n");
		kb_keeper_policy(keeper, NULL, NULL);
		said[0] = '\0';
	}
	/* evidence of another municipality, or found while nothing was enforced */
	arrive();
	kb_keeper_policy(keeper, successor(), "131024");
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	arrive();
	next = successor();
	other_mode(next);
	kb_keeper_policy(keeper, next, "131016");
	kb_keeper_policy(keeper, &policy, "131016");
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	said[0] = '\0';
	/* and one without that place */
	next = successor();
	next->places[1].n_evidence = 0;
	all(KB_PRESENCE_ABSENT, true);
	kb_keeper_policy(keeper, next, "131016");
	pass(120);
	expect_said("");
}

/* From one place into the other: left, entered, and never carried out. */
static void test_next_door(void **state)
{
	(void)state;
	arrive();
	set(KB_EVIDENCE_EAP, KB_PRESENCE_PRESENT, false);
	set(KB_EVIDENCE_LLDP, KB_PRESENCE_PRESENT, false);
	pass(15);
	assert_int_equal(kb_keeper_zone(keeper), 1);	/* as much evidence: the first */
	said[0] = '\0';
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_ABSENT, true);
	notice();
	assert_int_equal(kb_keeper_zone(keeper), 2);
	assert_int_equal(changes, 1);
	assert_null(strstr(said, "CARRY"));
	assert_int_equal(locks, 1);
}

static void test_cannot_start(void **state)
{
	struct kb_account account;

	(void)state;
	start_error = EACCES;
	kb_keeper_policy(keeper, &policy, "131016");
	pass(100);
	read_account(&account);
	assert_string_equal(account.places[0].pieces[0].presence, "unknown");
	assert_string_equal(account.places[0].pieces[0].detail, "cannot be asked: Permission denied");
	assert_string_equal(account.places[0].standing, "outside");
	kb_account_done(&account);
}

static void test_pace(void **state)
{
	(void)state;
	arrive();
	refreshed = surveys = 0;
	pass(600);
	/* five providers, every thirty seconds */
	assert_in_range(refreshed, 5 * 19, 5 * 21);
	assert_int_equal(surveys, 0);
	assert_int_equal(changes, 0);
	/* while something is missing: with each renewal */
	refreshed = 0;
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_UNKNOWN, false);
	pass(60);
	assert_in_range(refreshed, 5 * 11, 5 * 12);
}

static void test_survey(void **state)
{
	(void)state;
	/* without anything cryptographic no access point would help */
	all(KB_PRESENCE_ABSENT, false);
	kb_keeper_policy(keeper, &policy, "131016");
	pass(120);
	assert_int_equal(surveys, 0);
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_PRESENT, false);
	set(KB_EVIDENCE_AP, KB_PRESENCE_UNKNOWN, false);
	notice();
	assert_int_equal(surveys, 1);
	pass(60);
	assert_in_range(surveys, 2, 4);
	set(KB_EVIDENCE_AP, KB_PRESENCE_PRESENT, false);
	pass(30);
	surveys = 0;
	pass(60);
	assert_int_equal(surveys, 0);
	/* before their time is over they are listened for again */
	world[KB_EVIDENCE_AP].good_until_usec = boot_usec + 40 * SEC;
	pass(30);
	assert_in_range(surveys, 1, 2);
}

static void advice_is(const char *standing, enum kb_presence beacon, enum kb_presence ap,
		      enum kb_presence gateway, const char *text)
{
	struct kb_account account;
	char *advice;

	set(KB_EVIDENCE_BEACON, beacon, true);
	set(KB_EVIDENCE_AP, ap, true);
	set(KB_EVIDENCE_GATEWAY, gateway, true);
	pass(15);
	read_account(&account);
	assert_string_equal(account.places[0].standing, standing);
	assert_int_equal(kb_account_advice(&account, &account.places[0], &advice), 0);
	assert_string_equal(advice, text);
	free(advice);
	kb_account_done(&account);
}

static void test_advice(void **state)
{
	const enum kb_presence yes = KB_PRESENCE_PRESENT, no = KB_PRESENCE_ABSENT;

	(void)state;
	kb_keeper_policy(keeper, &policy, "131016");
	advice_is("outside", no, no, no,
		  "needs one cryptographic piece of: beacon beacon-1\n"
		  "needs one physical piece of: access points\n");
	advice_is("outside", no, yes, yes, "needs one cryptographic piece of: beacon beacon-1\n");
	advice_is("outside", yes, no, yes, "needs one physical piece of: access points\n");
	advice_is("inside", yes, yes, no, "ends without any of: beacon beacon-1, access points\n");
	advice_is("inside", yes, yes, yes, "ends without: beacon beacon-1\nends without: access points\n");
	places[1].need = 3;
	kb_keeper_policy(keeper, &policy, "131016");
	advice_is("outside", yes, yes, no, "needs 1 more of: gateway\n");
}

/* The file is what nobody but the agent writes; another form is refused and harms nothing. */
static void test_account_forms(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{\"mode\": \"enforce\"}", "not json: [", "\"text\"",
		"{\"mode\": [], \"zone\": null, \"proven\": null, \"veto\": null, \"written\": 1, \"carry\": {}, \"places\": []}",
	};
	struct kb_account account;
	uint8_t *data;
	size_t len, i;

	(void)state;
	assert_int_equal(kb_account_read(scratch_path(&s, "nothing"), &account), -ENOENT);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		scratch_text(&s, "bad", bad[i]);
		assert_int_equal(kb_account_read(scratch_path(&s, "bad"), &account), -EBADMSG);
	}
	arrive();
	assert_int_equal(kb_file_read(scratch_path(&s, "run/place.json"), 1 << 20, &data, &len), 0);
	for (i = 0; i < len - 2; i++) {
		scratch_write(&s, "bad", data, i);
		assert_int_equal(kb_account_read(scratch_path(&s, "bad"), &account), -EBADMSG);
	}
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_same_place),
		TEST(test_other_policy),
		TEST(test_next_door),
		TEST(test_cannot_start),
		TEST(test_pace),
		TEST(test_survey),
		TEST(test_advice),
		TEST(test_account_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
