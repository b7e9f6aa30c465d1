// SPDX-License-Identifier: GPL-2.0-or-later
/* The keeper with evidence, clock, session and journal of ours: what it tells, to whom, and when (P1, P2). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/place/account.h"
#include "agent/place/keeper.h"
#include "agent/place/session.h"
#include "agent/place/tracker.h"
#include "agent_scratch.h"
#include "policy/file.h"

#define SEC	1000000ull

/* --- the world --- */

static struct kb_finding world[KB_EVIDENCE_MAX_KIND];
static unsigned int started, stopped, refreshed, doubted, start_error;
static struct kb_wifi_view air;
static unsigned int surveys;
static u64 boot_usec, wall_sec;
static struct kb_surroundings const *around_;

struct kb_provider {
	enum kb_evidence_kind kind;
};

int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
	u64 usec = id == CLOCK_REALTIME ? wall_sec * SEC : boot_usec;

	*ret = (struct timespec){ (time_t)(usec / SEC), (long)(usec % SEC) * 1000 };
	return 0;
}

static int start(const struct kb_evidence *evidence, const struct kb_surroundings *around,
		 struct kb_provider **ret)
{
	if (start_error)
		return -(int)start_error;
	around_ = around;
	*ret = calloc(1, sizeof(**ret));
	(*ret)->kind = evidence->kind;
	started++;
	return 0;
}

static void stop(struct kb_provider *provider)
{
	stopped++;
	free(provider);
}

static void refresh(struct kb_provider *provider)
{
	(void)provider;
	refreshed++;
}

static void evaluate(struct kb_provider *provider, u64 now_usec, struct kb_finding *ret)
{
	(void)now_usec;
	*ret = world[provider->kind];
}

static void doubt(struct kb_provider *provider)
{
	(void)provider;
	doubted++;
}

static const struct kb_provider_ops fake = { .start = start, .stop = stop, .refresh = refresh,
					     .evaluate = evaluate, .doubt = doubt };
const struct kb_provider_ops *const kb_provider_ops[KB_EVIDENCE_MAX_KIND] = {
	[KB_EVIDENCE_EAP] = &fake, [KB_EVIDENCE_BEACON] = &fake, [KB_EVIDENCE_AP] = &fake,
	[KB_EVIDENCE_LLDP] = &fake, [KB_EVIDENCE_GATEWAY] = &fake,
};

void kb_warden_view(const struct kb_warden *warden, struct kb_wifi_view *ret)
{
	(void)warden;
	*ret = air;
}

void kb_warden_survey(struct kb_warden *warden)
{
	(void)warden;
	surveys++;
}

/* --- what the keeper does --- */

static unsigned int locks, cuts, changes;
static char said[4096], fields_said[8192];

int kb_session_new(sd_event *event, struct kb_session **ret)
{
	(void)event;
	*ret = NULL;
	return 0;
}

void kb_session_free(struct kb_session *session)
{
	(void)session;
}

void kb_session_lock(struct kb_session *session)
{
	(void)session;
	locks++;
}

int kb_session_cut(const char *cgroup_root)
{
	assert_string_equal(cgroup_root, "/sys/fs/cgroup");
	cuts++;
	return 2;
}

static void say(const char *message_id, const char *fmt, va_list ap)
{
	static const struct {
		const char *id, *word;
	} words[] = {
		{ KB_MESSAGE_ZONE_ENTERED, "ENTERED" },	 { KB_MESSAGE_ZONE_LEFT, "LEFT" },
		{ KB_MESSAGE_CARRY_OUT, "CARRY_OUT" },	 { KB_MESSAGE_CARRY_RETURN, "CARRY_RETURN" },
		{ KB_MESSAGE_AGENT_TROUBLE, "TROUBLE" }, { KB_MESSAGE_AGENT_NOTE, "NOTE" },
	};
	size_t used = strlen(said), i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].id, message_id))
			break;
	assert_true(i < sizeof(words) / sizeof(words[0]));
	used += (size_t)snprintf(said + used, sizeof(said) - used, "%s: ", words[i].word);
	used += (size_t)vsnprintf(said + used, sizeof(said) - used, fmt, ap);
	snprintf(said + used, sizeof(said) - used, "\n");
}

void kb_journal(int priority, const char *message_id, const char *fmt, ...)
{
	va_list ap;

	(void)priority;
	va_start(ap, fmt);
	say(message_id, fmt, ap);
	va_end(ap);
}

void kb_journal_fields(int priority, const char *message_id, const struct kb_journal_field *fields,
		       size_t n, const char *fmt, ...)
{
	size_t i, used = 0;
	va_list ap;

	(void)priority;
	for (i = 0; i < n; i++)
		used += (size_t)snprintf(fields_said + used, sizeof(fields_said) - used, "%s=%s\n",
					 fields[i].name, fields[i].value ?: "-");
	va_start(ap, fmt);
	say(message_id, fmt, ap);
	va_end(ap);
}

static void on_changed(void *userdata)
{
	(void)userdata;
	changes++;
}

/* What was said since, and nothing more. */
static void expect_said(const char *text)
{
	assert_string_equal(said, text);
	said[0] = '\0';
}

/* --- the policy --- */

static const struct kb_evidence office_evidence[] = {
	{ .kind = KB_EVIDENCE_BEACON, .beacon = { .name = "beacon-1" } },
	{ .kind = KB_EVIDENCE_AP, .ap = { .count = 3 } },
	{ .kind = KB_EVIDENCE_GATEWAY },
};
static const struct kb_evidence store_evidence[] = {
	{ .kind = KB_EVIDENCE_EAP },
	{ .kind = KB_EVIDENCE_LLDP, .lldp = { .chassis = "02:00:5e:00:00:01" } },
};
static struct kb_place places[3];
static struct kb_agent_policy policy;
static struct scratch s;
static char state_dir[80], run_dir[80];
static sd_event *event;
static struct kb_keeper *keeper;

static void open_keeper(void)
{
	struct kb_keeper_host host = { .event = event, .config_dir = s.dir, .state_dir = state_dir,
				       .runtime_dir = run_dir, .warden = (struct kb_warden *)&air,
				       .changed = on_changed };

	assert_int_equal(kb_keeper_new(&host, &keeper), 0);
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	snprintf(state_dir, sizeof(state_dir), "%s/state", s.dir);
	snprintf(run_dir, sizeof(run_dir), "%s/run", s.dir);
	scratch_mkdir(&s, "state");
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: g, name: pc-1}\n");
	places[0] = (struct kb_place){ .zone = 0, .name = "empty" };
	places[1] = (struct kb_place){ .zone = 1, .name = "madoguchi", .label = "市民課", .need = 2, .lock = true,
				       .cut = true, .n_evidence = 3, .evidence = office_evidence };
	places[2] = (struct kb_place){ .zone = 2, .name = "soko", .need = 2, .n_evidence = 2,
				       .evidence = store_evidence };
	policy = (struct kb_agent_policy){ .place_mode = KB_GATE_ENFORCE, .n_places = 3, .places = places };
	memset(world, 0, sizeof(world));
	memset(&air, 0, sizeof(air));
	started = stopped = refreshed = doubted = start_error = surveys = locks = cuts = changes = 0;
	said[0] = fields_said[0] = '\0';
	boot_usec = 1000000000ull * SEC;	/* far behind the real one: no timer rings here */
	wall_sec = 1795000000;
	assert_true(sd_event_new(&event) >= 0);
	open_keeper();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	kb_keeper_free(keeper);
	keeper = NULL;
	assert_int_equal(started, stopped);
	sd_event_unref(event);
	scratch_remove(&s);
	return 0;
}

static void set(enum kb_evidence_kind kind, enum kb_presence presence, bool hard)
{
	world[kind] = (struct kb_finding){ .presence = presence, .hard = hard };
	snprintf(world[kind].detail, sizeof(world[kind].detail), "%s",
		 presence == KB_PRESENCE_PRESENT ? "heard" : presence == KB_PRESENCE_ABSENT ? "silent" : "");
}

static void all(enum kb_presence presence, bool hard)
{
	unsigned int i;

	for (i = 0; i < KB_EVIDENCE_MAX_KIND; i++)
		set((enum kb_evidence_kind)i, presence, hard);
}

/* Time goes by with a renewal of the lease every five seconds. */
static void pass(unsigned int seconds)
{
	unsigned int i;

	for (i = 0; i < seconds; i += 5) {
		boot_usec += 5 * SEC;
		wall_sec += 5;
		kb_keeper_tick(keeper);
	}
}

/* A provider says that something changed. */
static void notice(void)
{
	around_->changed(around_->userdata);
	assert_true(sd_event_run(event, 0) >= 0);
}

/* In the office, since a while. */
static void arrive(void)
{
	kb_keeper_policy(keeper, &policy, "131016");
	set(KB_EVIDENCE_BEACON, KB_PRESENCE_PRESENT, false);
	set(KB_EVIDENCE_AP, KB_PRESENCE_PRESENT, false);
	set(KB_EVIDENCE_EAP, KB_PRESENCE_ABSENT, true);
	set(KB_EVIDENCE_LLDP, KB_PRESENCE_ABSENT, true);
	pass(15);
	assert_int_equal(kb_keeper_zone(keeper), 1);
	said[0] = '\0';
	changes = 0;
}

static void read_account(struct kb_account *ret)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/place.json", run_dir);
	assert_int_equal(kb_account_read(path, ret), 0);
}

/* --- tests --- */

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
		cmocka_unit_test_setup_teardown(test_unknown_first, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_entered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_left, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_soft_loss, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_grace, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_veto, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_doubt_and_still_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_doubt_and_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_restart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_audit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_off, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_policy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_policy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_next_door, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cannot_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pace, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_survey, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_advice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_account_forms, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
