// SPDX-License-Identifier: GPL-2.0-or-later
/* Who obeys a policy that comes while its predecessor is being worked with (P1, W1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/journal.h"
#include "agent/obey.h"
#include "agent/place/keeper.h"
#include "agent/wifi/warden.h"

static struct kb_daemon daemon_;
static struct kb_warden_host host;
static bool working;			/* the warden is in the midst of a round */
static bool arrives;			/* the next renewal finds another policy in force */
static unsigned int renewals, policies;
static const struct kb_agent_policy *present;
static const struct kb_link_proof proof = { .ifindex = 3, .generation = 7 };

/* --- In the place of agent/wifi/warden.c */

int kb_warden_new(const struct kb_warden_host *its_host, struct kb_warden **ret)
{
	host = *its_host;
	*ret = (struct kb_warden *)&host;
	return 0;
}

void kb_warden_free(struct kb_warden *warden)
{
	(void)warden;
}

void kb_warden_policy(struct kb_warden *warden, const struct kb_agent_policy *policy,
		      struct kb_wire *wire)
{
	(void)warden;
	(void)wire;
	/* this frees what the round is working on */
	assert_false(working);
	policies++;
	present = policy;
	/* a fence that it puts up says so */
	host.changed(host.userdata);
}

void kb_warden_doubt(struct kb_warden *warden)
{
	(void)warden;
}

size_t kb_warden_proofs(const struct kb_warden *warden, const struct kb_link_proof **ret)
{
	(void)warden;
	*ret = &proof;
	return present ? 1 : 0;
}

/* --- In the place of agent/place/keeper.c */

int kb_keeper_new(const struct kb_keeper_host *its_host, struct kb_keeper **ret)
{
	*ret = (struct kb_keeper *)&host;
	(void)its_host;
	return 0;
}

void kb_keeper_free(struct kb_keeper *keeper)
{
	(void)keeper;
}

void kb_keeper_policy(struct kb_keeper *keeper, const struct kb_agent_policy *policy,
		      const char *site)
{
	(void)keeper;
	(void)policy;
	(void)site;
}

void kb_keeper_doubt(struct kb_keeper *keeper)
{
	(void)keeper;
}

void kb_keeper_tick(struct kb_keeper *keeper)
{
	(void)keeper;
}

void kb_keeper_notice(struct kb_keeper *keeper)
{
	(void)keeper;
}

u16 kb_keeper_zone(const struct kb_keeper *keeper)
{
	(void)keeper;
	return KB_INDEX_NONE;
}

/* --- In the place of the others */

void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	(void)priority;
	(void)message_id;
	(void)fmt;
}

void kb_agent_policy_free(struct kb_agent_policy *agent)
{
	free(agent);
}

void kb_renew(struct kb_daemon *daemon)
{
	struct kb_lease *lease = &daemon->lease;

	renewals++;
	kb_obey_report(daemon);
	if (arrives) {
		arrives = false;
		lease->learned++;
		free(lease->agent);
		lease->agent = calloc(1, sizeof(*lease->agent));
		lease->proofs = NULL;
		lease->n_proofs = 0;
		lease->on_learned(lease->userdata);
	}
	kb_obey_follow(daemon, false);
}

static int set_up(void **state)
{
	(void)state;
	renewals = policies = 0;
	working = arrives = false;
	present = NULL;
	daemon_ = (struct kb_daemon){ .wire = (struct kb_wire *)&host };
	if (sd_event_new(&daemon_.event) < 0)
		return -1;
	return kb_obey_start(&daemon_);
}

static int tear_down(void **state)
{
	(void)state;
	kb_obey_stop(&daemon_);
	free(daemon_.lease.agent);
	free(daemon_.obeyed);
	sd_event_unref(daemon_.event);
	return 0;
}

/* What is proven under it is said with the first word about it. */
static void test_follows(void **state)
{
	(void)state;
	arrives = true;
	kb_renew(&daemon_);
	assert_int_equal(policies, 1);
	assert_ptr_equal(present, daemon_.obeyed);
	assert_int_equal(daemon_.lease.n_proofs, 1);
	assert_false(kb_obey_owes(&daemon_));
	/* what it said while it learned was said already */
	assert_int_equal(renewals, 1);
}

/*
 * The warden puts up a fence, tells the kernel, and the kernel has another policy: nothing is taken
 * away from under the warden, nothing is proven by the policy that went, and soon it is obeyed.
 */
static void test_midway(void **state)
{
	(void)state;
	arrives = true;
	kb_renew(&daemon_);
	arrives = true;
	working = true;
	host.changed(host.userdata);
	working = false;
	assert_int_equal(renewals, 2);
	assert_int_equal(policies, 1);
	assert_int_equal(daemon_.lease.n_proofs, 0);
	assert_true(kb_obey_owes(&daemon_));
	kb_renew(&daemon_);
	assert_int_equal(policies, 2);
	assert_int_equal(daemon_.lease.n_proofs, 1);
	assert_false(kb_obey_owes(&daemon_));
}

/* The module goes: nobody waits for anybody. */
static void test_gone(void **state)
{
	(void)state;
	arrives = true;
	kb_renew(&daemon_);
	kb_obey_follow(&daemon_, true);
	assert_int_equal(policies, 2);
	assert_null(present);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_follows), TEST(test_midway), TEST(test_gone) };

	return cmocka_run_group_tests_name("agent_obey", tests, NULL, NULL);
}
