// SPDX-License-Identifier: GPL-2.0-or-later
/* The keeper: what it tells of coming and leaving, to whom, and when (P1, P2). */
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

static void test_unknown_first(void **state)
{
	struct kb_account account;

	(void)state;
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	all(KB_PRESENCE_PRESENT, false);
	kb_keeper_policy(keeper, &policy, "131016");
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(started, 5);
	assert_int_equal(refreshed, 5);
	read_account(&account);
	assert_int_equal(account.n, 2);		/* the one without evidence is no place */
	assert_string_equal(account.places[0].standing, "unknown");
	kb_account_done(&account);
	kb_keeper_tick(keeper);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	pass(5);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	expect_said("");
	pass(5);
	assert_int_not_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	/* who renews the lease asks for the zone by himself */
	assert_int_equal(changes, 0);
}

static void test_entered(void **state)
{
	struct kb_account account;

	(void)state;
	kb_keeper_policy(keeper, &policy, "131016");
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_PRESENT, false);
	set(KB_EVIDENCE_AP, KB_PRESENCE_PRESENT, false);
	notice();
	boot_usec += 10 * SEC;
	notice();
	assert_int_equal(kb_keeper_zone(keeper), 1);
	assert_int_equal(changes, 1);
	expect_said("ENTERED: in 市民課: beacon beacon-1: heard; access points: heard\n");
	assert_non_null(strstr(fields_said, "ZONE=madoguchi\n"));
	assert_non_null(strstr(fields_said, "EVIDENCE_1=beacon beacon-1 (cryptographic): present, heard\n"));
	assert_non_null(strstr(fields_said, "EVIDENCE_3=gateway (weak): unknown\n"));
	read_account(&account);
	assert_string_equal(account.zone, "madoguchi");
	assert_string_equal(account.proven, "madoguchi");
	assert_string_equal(account.mode, "enforce");
	assert_string_equal(account.places[0].standing, "inside");
	assert_string_equal(account.places[0].label, "市民課");
	assert_int_equal(account.places[0].n, 3);
	assert_string_equal(account.places[0].pieces[1].kind, "ap");
	assert_int_equal(account.places[0].pieces[1].class, KB_EVIDENCE_PHYSICAL);
	assert_int_equal(account.carry.where, KB_WHERE_IN);
	kb_account_done(&account);
}

static void test_left(void **state)
{
	(void)state;
	arrive();
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_ABSENT, true);
	notice();
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(changes, 1);
	assert_int_equal(locks, 1);
	assert_int_equal(cuts, 1);
	/* the other place has said no long ago: carried out for certain */
	expect_said("LEFT: left 市民課: beacon beacon-1: silent; gateway\n"
		    "NOTE: left 市民課: 2 processes of screen-transfer clients were ended\n"
		    "CARRY_OUT: carried out of madoguchi without a grant\n");
	pass(60);
	expect_said("");
	assert_int_equal(locks, 1);
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_PRESENT, false);
	pass(15);
	expect_said("ENTERED: in 市民課: beacon beacon-1: heard; access points: heard\n"
		    "CARRY_RETURN: back; it was carried out of madoguchi without a grant\n");
}

static void test_soft_loss(void **state)
{
	(void)state;
	arrive();
	set(KB_EVIDENCE_AP, KB_PRESENCE_UNKNOWN, false);
	pass(85);
	assert_int_equal(kb_keeper_zone(keeper), 1);
	expect_said("");
	pass(10);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(locks, 1);
}

static void test_grace(void **state)
{
	(void)state;
	places[1].grace = 30;
	arrive();
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_ABSENT, true);
	notice();
	assert_int_equal(kb_keeper_zone(keeper), 1);
	assert_int_equal(changes, 0);
	assert_int_equal(locks + cuts, 0);
	expect_said("LEFT: left 市民課: beacon beacon-1: silent; gateway; its paths stay open for 30 s\n");
	pass(25);
	assert_int_equal(locks + cuts, 0);
	expect_said("");
	pass(5);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(locks, 1);
	assert_int_equal(cuts, 1);
	expect_said("NOTE: left 市民課: 2 processes of screen-transfer clients were ended\n"
		    "CARRY_OUT: carried out of madoguchi without a grant\n");
}

static void test_veto(void **state)
{
	struct kb_account account;

	(void)state;
	places[1].grace = 30;
	arrive();
	air.veto = true;
	strcpy(air.veto_why, "joined an impostor");
	notice();
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(locks, 1);
	assert_non_null(strstr(said, "LEFT: left 市民課: joined an impostor\n"));
	assert_non_null(strstr(fields_said, "GRANT=-"));
	read_account(&account);
	assert_string_equal(account.veto, "joined an impostor");
	kb_account_done(&account);
	/* it is nobody's finding, and ends with its cause */
	air.veto = false;
	pass(15);
	assert_int_equal(kb_keeper_zone(keeper), 1);
}

static void test_doubt_and_still_there(void **state)
{
	(void)state;
	arrive();
	kb_keeper_doubt(keeper);
	assert_int_equal(doubted, 5);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(changes, 1);
	expect_said("LEFT: nobody knows any more whether this is 市民課: the machine slept, or its clock was set\n");
	pass(15);
	assert_int_equal(kb_keeper_zone(keeper), 1);
	expect_said("ENTERED: in 市民課: beacon beacon-1: heard; access points: heard\n");
	assert_int_equal(locks + cuts, 0);
}

/* Slept in the office, woke up elsewhere. */
static void test_doubt_and_gone(void **state)
{
	(void)state;
	arrive();
	all(KB_PRESENCE_UNKNOWN, false);
	kb_keeper_doubt(keeper);
	said[0] = '\0';
	pass(85);
	expect_said("");
	assert_int_equal(locks + cuts, 0);
	pass(10);
	assert_int_equal(locks, 1);
	assert_int_equal(cuts, 1);
	expect_said("NOTE: left 市民課: 2 processes of screen-transfer clients were ended\n"
		    "CARRY_OUT: carried out of madoguchi without a grant\n");
}

static void restart(void)
{
	kb_keeper_free(keeper);
	open_keeper();
	said[0] = '\0';
	kb_keeper_policy(keeper, &policy, "131016");
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
}

static void test_restart(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/place.json", run_dir);
	arrive();
	assert_int_equal(access(path, R_OK), 0);
	restart();
	pass(15);
	assert_int_equal(kb_keeper_zone(keeper), 1);
	expect_said("ENTERED: in 市民課: beacon beacon-1: heard; access points: heard\n");
	/* the next one begins elsewhere */
	all(KB_PRESENCE_ABSENT, true);
	restart();
	pass(5);
	assert_int_equal(locks, 1);
	expect_said("NOTE: left 市民課: 2 processes of screen-transfer clients were ended\n"
		    "CARRY_OUT: carried out of madoguchi without a grant\n");
	/* told once */
	restart();
	pass(120);
	expect_said("");
	assert_int_equal(locks, 1);
	kb_keeper_free(keeper);
	assert_int_equal(access(path, F_OK), -1);	/* what no agent keeps is not shown */
	open_keeper();
}

static void test_audit(void **state)
{
	struct kb_account account;

	(void)state;
	policy.place_mode = KB_GATE_AUDIT;
	all(KB_PRESENCE_ABSENT, true);
	kb_keeper_policy(keeper, &policy, "131016");
	kb_keeper_tick(keeper);
	assert_int_equal(kb_keeper_zone(keeper), 1);	/* the first of all */
	set(KB_EVIDENCE_LLDP, KB_PRESENCE_PRESENT, false);
	pass(5);
	assert_int_equal(kb_keeper_zone(keeper), 2);	/* the one with the most */
	read_account(&account);
	assert_string_equal(account.zone, "soko");
	assert_string_equal(account.proven, "");
	assert_string_equal(account.mode, "audit");
	kb_account_done(&account);
	set(KB_EVIDENCE_LLDP, KB_PRESENCE_ABSENT, true);
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_PRESENT, false);
	set(KB_EVIDENCE_AP, KB_PRESENCE_PRESENT, false);
	pass(15);
	expect_said("ENTERED: in 市民課: beacon beacon-1: heard; access points: heard (only reported: place is in audit mode)\n");
	set(KB_EVIDENCE_AP, KB_PRESENCE_ABSENT, true);
	notice();
	assert_int_equal(kb_keeper_zone(keeper), 1);
	assert_int_equal(locks + cuts, 0);
	assert_non_null(strstr(said, "LEFT: left 市民課: access points: silent; gateway: silent (only reported"));
}

static void test_off(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/place.json", run_dir);
	arrive();
	policy.place_mode = KB_GATE_OFF;
	kb_keeper_policy(keeper, &policy, "131016");
	assert_int_equal(started, stopped);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	assert_int_equal(access(path, F_OK), -1);
	said[0] = '\0';
	kb_keeper_doubt(keeper);
	kb_keeper_notice(keeper);
	pass(30);
	/* where it was counts for nothing when places count again */
	policy.place_mode = KB_GATE_ENFORCE;
	all(KB_PRESENCE_ABSENT, true);
	kb_keeper_policy(keeper, &policy, "131016");
	pass(30);
	expect_said("");
	assert_int_equal(locks, 0);
}

/* A module that is unloaded takes the policy away, and not what is known of the terminal. */
static void test_no_policy(void **state)
{
	(void)state;
	arrive();
	kb_keeper_policy(keeper, NULL, NULL);
	assert_int_equal(kb_keeper_zone(keeper), KB_INDEX_NONE);
	expect_said("LEFT: nobody knows any more whether this is 市民課: the agent or its policy ended\n");
	all(KB_PRESENCE_ABSENT, true);
	kb_keeper_policy(keeper, &policy, "131016");
	pass(5);
	assert_non_null(strstr(said, "CARRY_OUT: carried out of madoguchi without a grant\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_unknown_first),
		TEST(test_entered),
		TEST(test_left),
		TEST(test_soft_loss),
		TEST(test_grace),
		TEST(test_veto),
		TEST(test_doubt_and_still_there),
		TEST(test_doubt_and_gone),
		TEST(test_restart),
		TEST(test_audit),
		TEST(test_off),
		TEST(test_no_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
