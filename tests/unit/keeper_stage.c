// SPDX-License-Identifier: GPL-2.0-or-later
/* What tests of the keeper play on: evidence, clock, session and journal of ours. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "agent/journal.h"
#include "agent/message_ids.h"
#include "agent/place/session.h"
#include "tests/unit/keeper_stage.h"

/* --- the world --- */

struct kb_finding world[KB_EVIDENCE_MAX_KIND];
unsigned int started, stopped, refreshed, doubted, start_error;
struct kb_wifi_view air;
unsigned int surveys;
u64 boot_usec;
static u64 wall_sec;
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

unsigned int locks, cuts, changes;
char said[4096], fields_said[8192];

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

void expect_said(const char *text)
{
	assert_string_equal(said, text);
	said[0] = '\0';
}

/* --- the policy --- */

const struct kb_evidence office_evidence[3] = {
	{ .kind = KB_EVIDENCE_BEACON, .beacon = { .name = "beacon-1" } },
	{ .kind = KB_EVIDENCE_AP, .ap = { .count = 3 } },
	{ .kind = KB_EVIDENCE_GATEWAY },
};
static const struct kb_evidence store_evidence[] = {
	{ .kind = KB_EVIDENCE_EAP },
	{ .kind = KB_EVIDENCE_LLDP, .lldp = { .chassis = "02:00:5e:00:00:01" } },
};
struct kb_place places[3];
struct kb_agent_policy policy;
struct scratch s;
char run_dir[80];
static char state_dir[80];
static sd_event *event;
struct kb_keeper *keeper;

void open_keeper(void)
{
	struct kb_keeper_host host = { .event = event, .config_dir = s.dir, .state_dir = state_dir,
				       .runtime_dir = run_dir, .warden = (struct kb_warden *)&air,
				       .changed = on_changed };

	assert_int_equal(kb_keeper_new(&host, &keeper), 0);
}

int set_up(void **state)
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

int tear_down(void **state)
{
	(void)state;
	kb_keeper_free(keeper);
	keeper = NULL;
	assert_int_equal(started, stopped);
	sd_event_unref(event);
	scratch_remove(&s);
	return 0;
}

void set(enum kb_evidence_kind kind, enum kb_presence presence, bool hard)
{
	world[kind] = (struct kb_finding){ .presence = presence, .hard = hard };
	snprintf(world[kind].detail, sizeof(world[kind].detail), "%s",
		 presence == KB_PRESENCE_PRESENT ? "heard" : presence == KB_PRESENCE_ABSENT ? "silent" : "");
}

void all(enum kb_presence presence, bool hard)
{
	unsigned int i;

	for (i = 0; i < KB_EVIDENCE_MAX_KIND; i++)
		set((enum kb_evidence_kind)i, presence, hard);
}

void pass(unsigned int seconds)
{
	unsigned int i;

	for (i = 0; i < seconds; i += 5) {
		boot_usec += 5 * SEC;
		wall_sec += 5;
		kb_keeper_tick(keeper);
	}
}

void notice(void)
{
	around_->changed(around_->userdata);
	assert_true(sd_event_run(event, 0) >= 0);
}

void arrive(void)
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

void read_account(struct kb_account *ret)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/place.json", run_dir);
	assert_int_equal(kb_account_read(path, ret), 0);
}
