// SPDX-License-Identifier: GPL-2.0-or-later
/* Inside or outside: tables of what must happen, and random walks that must never break a rule (P1). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "agent/place/quorum.h"

#define SEC		1000000ull
#define T0		(1000 * SEC)

#define UNK		{ .presence = KB_PRESENCE_UNKNOWN }
#define SOFT		{ .presence = KB_PRESENCE_ABSENT }
#define HARD		{ .presence = KB_PRESENCE_ABSENT, .hard = true }
#define YES		{ .presence = KB_PRESENCE_PRESENT }
#define VETO		{ .presence = KB_PRESENCE_ABSENT, .veto = true }

static const struct kb_evidence office[] = {
	{ .kind = KB_EVIDENCE_EAP },	  { .kind = KB_EVIDENCE_AP },
	{ .kind = KB_EVIDENCE_GATEWAY },  { .kind = KB_EVIDENCE_LLDP },
};

static const struct kb_place plain = { .zone = 7, .name = "madoguchi", .need = 2, .n_evidence = 4, .evidence = office };
static const struct kb_place graceful = { .zone = 8, .name = "soko", .need = 2, .grace = 30, .n_evidence = 4,
					  .evidence = office };

enum { EAP, AP, GW, LLDP };

static const struct kb_finding nothing[4];
static const struct kb_finding all[4] = { YES, YES, YES, YES };

static bool step(struct kb_quorum *q, const struct kb_place *place, const struct kb_finding *f, u64 sec)
{
	return kb_quorum_step(q, place, f, T0 + sec * SEC);
}

/* A quorum that is inside since second 10. */
static struct kb_quorum inside(const struct kb_place *place, const struct kb_finding *f)
{
	struct kb_quorum q = {};

	assert_true(step(&q, place, f, 0));
	assert_int_equal(q.standing, KB_STANDING_ENTERING);
	assert_true(step(&q, place, f, 10));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
	return q;
}

/* What does not suffice, in words of a table. */
static void test_refused(void **state)
{
	static const struct {
		const char *why;
		u8 need;
		struct kb_finding f[4];
	} rows[] = {
		{ "nothing is known", 2, { UNK, UNK, UNK, UNK } },
		{ "nothing is there", 2, { SOFT, SOFT, SOFT, SOFT } },
		{ "cryptographic alone", 1, { YES, SOFT, SOFT, SOFT } },
		{ "physical alone", 1, { SOFT, YES, SOFT, YES } },
		{ "weak alone", 1, { SOFT, SOFT, YES, SOFT } },
		{ "weak in place of physical", 2, { YES, SOFT, YES, SOFT } },
		{ "weak in place of cryptographic", 2, { SOFT, YES, YES, YES } },
		{ "fewer than needed", 3, { YES, YES, SOFT, SOFT } },
		{ "more needed than there are", 5, { YES, YES, YES, YES } },
		{ "unknown does not count", 2, { YES, UNK, SOFT, SOFT } },
		{ "all there, one says surely not", 2, { YES, YES, VETO, YES } },
		{ "who says present and not here at once is believed in the latter", 2,
		  { { .presence = KB_PRESENCE_PRESENT, .veto = true }, YES, YES, YES } },
	};
	struct kb_place place = plain;
	struct kb_quorum q;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		place.need = rows[i].need;
		q = (struct kb_quorum){};
		step(&q, &place, rows[i].f, 0);
		step(&q, &place, rows[i].f, 10);
		step(&q, &place, rows[i].f, 200);
		if (kb_quorum_holds(&place, rows[i].f) || kb_quorum_open(&q))
			fail_msg("%s", rows[i].why);
	}
}

static void test_holds(void **state)
{
	static const struct kb_finding two[4] = { YES, YES, SOFT, SOFT };
	static const struct kb_finding weak_counts[4] = { YES, SOFT, YES, YES };
	struct kb_place place = plain;

	(void)state;
	assert_true(kb_quorum_holds(&place, two));
	place.need = 3;
	assert_false(kb_quorum_holds(&place, two));
	assert_true(kb_quorum_holds(&place, weak_counts));
	place.need = 4;
	assert_true(kb_quorum_holds(&place, all));
	/* a place without evidence, and one with more than there is room for */
	assert_false(kb_quorum_holds(&(struct kb_place){ .need = 0 }, NULL));
	place.n_evidence = KB_EVIDENCE_MAX + 1;
	assert_false(kb_quorum_holds(&place, (struct kb_finding[KB_EVIDENCE_MAX + 1]){}));
}

static void test_entering(void **state)
{
	struct kb_quorum q = {};

	(void)state;
	assert_true(step(&q, &plain, all, 0));
	assert_int_equal(q.standing, KB_STANDING_ENTERING);
	assert_int_equal(kb_quorum_due(&q, &plain, all), T0 + 10 * SEC);
	assert_false(kb_quorum_step(&q, &plain, all, T0 + 10 * SEC - 1));
	assert_false(kb_quorum_open(&q));
	/* once not, and the ten seconds begin anew */
	assert_true(kb_quorum_step(&q, &plain, nothing, T0 + 10 * SEC - 1));
	assert_false(kb_quorum_open(&q));
	step(&q, &plain, all, 11);
	assert_false(step(&q, &plain, all, 20));
	assert_false(kb_quorum_open(&q));
	assert_true(step(&q, &plain, all, 21));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
	assert_true(kb_quorum_open(&q));
	assert_int_equal(kb_quorum_due(&q, &plain, all), 0);
}

static void test_unknown(void **state)
{
	static const struct kb_finding hopeless[4] = { HARD, UNK, UNK, UNK };
	static const struct kb_finding waiting[4] = { UNK, YES, YES, YES };
	struct kb_quorum q = {};

	(void)state;
	/* the only cryptographic one is gone: no need to wait for the others */
	assert_true(step(&q, &plain, hopeless, 0));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	q = (struct kb_quorum){};
	assert_false(step(&q, &plain, waiting, 0));
	assert_int_equal(q.standing, KB_STANDING_UNKNOWN);
	assert_int_equal(kb_quorum_due(&q, &plain, waiting), T0 + 90 * SEC);
	assert_false(step(&q, &plain, waiting, 89));
	assert_true(step(&q, &plain, waiting, 90));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
}

static void test_soft_loss(void **state)
{
	static const struct kb_finding quiet[4] = { UNK, YES, YES, YES };
	struct kb_quorum q = inside(&plain, all);

	(void)state;
	assert_true(step(&q, &plain, quiet, 20));
	assert_int_equal(q.standing, KB_STANDING_FADING);
	assert_true(kb_quorum_open(&q));
	assert_int_equal(kb_quorum_due(&q, &plain, quiet), T0 + 110 * SEC);
	assert_false(step(&q, &plain, quiet, 109));
	/* back in time: nothing happened */
	assert_true(step(&q, &plain, all, 109));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
	step(&q, &plain, quiet, 110);
	assert_false(step(&q, &plain, quiet, 199));
	assert_true(step(&q, &plain, quiet, 200));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	assert_false(q.hard);
	assert_false(kb_quorum_open(&q));
}

static void test_hard_loss(void **state)
{
	static const struct kb_finding cut[4] = { HARD, YES, YES, YES };
	static const struct kb_finding ap_gone[4] = { YES, HARD, YES, YES };
	static const struct kb_finding both[4] = { YES, HARD, YES, SOFT };
	static const struct kb_finding one[4] = { YES, YES, YES, SOFT };
	static const struct kb_finding turned_soft[4] = { YES, SOFT, YES, SOFT };
	struct kb_quorum q = inside(&plain, all);

	(void)state;
	/* a hard loss that leaves a quorum is none */
	assert_false(step(&q, &plain, ap_gone, 20));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
	assert_true(step(&q, &plain, cut, 21));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	assert_true(q.hard);

	/* what never was there is not waited for: LLDP was absent when inside began */
	q = inside(&plain, one);
	assert_true(step(&q, &plain, both, 20));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);

	/* what was lost for sure is not waited for either, when it says so less loudly later */
	q = inside(&plain, all);
	assert_false(step(&q, &plain, ap_gone, 20));
	assert_true(step(&q, &plain, both, 30));
	assert_int_equal(q.standing, KB_STANDING_FADING);	/* for LLDP's sake */
	assert_false(step(&q, &plain, turned_soft, 40));
	assert_true(step(&q, &plain, (struct kb_finding[4]){ YES, SOFT, YES, HARD }, 50));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
}

static void test_veto(void **state)
{
	static const struct kb_finding veto[4] = { YES, YES, VETO, YES };
	struct kb_quorum q = inside(&graceful, all);

	(void)state;
	assert_true(step(&q, &graceful, veto, 20));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	assert_true(q.hard);
	/* in grace as well */
	q = inside(&graceful, all);
	step(&q, &graceful, (struct kb_finding[4]){ HARD, YES, YES, YES }, 20);
	assert_int_equal(q.standing, KB_STANDING_GRACE);
	assert_true(step(&q, &graceful, veto, 21));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	/* and while entering */
	q = (struct kb_quorum){};
	step(&q, &graceful, all, 0);
	assert_true(step(&q, &graceful, veto, 5));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	assert_true(step(&q, &graceful, all, 10));
	assert_int_equal(q.standing, KB_STANDING_ENTERING);
}

static void test_grace(void **state)
{
	static const struct kb_finding cut[4] = { HARD, YES, YES, YES };
	struct kb_quorum q = inside(&graceful, all);

	(void)state;
	assert_true(step(&q, &graceful, cut, 20));
	assert_int_equal(q.standing, KB_STANDING_GRACE);
	assert_true(kb_quorum_open(&q));
	assert_int_equal(kb_quorum_due(&q, &graceful, cut), T0 + 50 * SEC);
	assert_false(step(&q, &graceful, cut, 49));
	assert_true(step(&q, &graceful, cut, 50));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);

	/* back within it: open all the time, inside after ten seconds */
	q = inside(&graceful, all);
	step(&q, &graceful, cut, 20);
	assert_false(step(&q, &graceful, all, 30));
	assert_int_equal(kb_quorum_due(&q, &graceful, all), T0 + 40 * SEC);
	assert_true(step(&q, &graceful, all, 40));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);

	/* back too late for that: entering like anybody else */
	q = inside(&graceful, all);
	step(&q, &graceful, cut, 20);
	step(&q, &graceful, all, 45);
	assert_true(step(&q, &graceful, all, 50));
	assert_int_equal(q.standing, KB_STANDING_ENTERING);
	assert_false(kb_quorum_open(&q));
	assert_true(step(&q, &graceful, all, 55));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
}

static void test_good_until(void **state)
{
	struct kb_finding f[4] = { YES, SOFT, YES, YES };
	struct kb_quorum q;

	(void)state;
	f[LLDP].good_until_usec = T0 + 60 * SEC;
	q = inside(&plain, f);
	assert_int_equal(kb_quorum_due(&q, &plain, f), T0 + 60 * SEC);
	assert_false(kb_quorum_step(&q, &plain, f, T0 + 60 * SEC - 1));
	/* it still says present, but its word ended */
	assert_true(step(&q, &plain, f, 60));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);
	assert_true(q.hard);

	/* gone softly before: patience ends with the word, not after 90 s */
	q = inside(&plain, f);
	f[LLDP] = (struct kb_finding)SOFT;
	assert_true(step(&q, &plain, f, 20));
	assert_int_equal(q.standing, KB_STANDING_FADING);
	assert_int_equal(kb_quorum_due(&q, &plain, f), T0 + 60 * SEC);
	assert_false(step(&q, &plain, f, 59));
	assert_true(step(&q, &plain, f, 60));
	assert_int_equal(q.standing, KB_STANDING_OUTSIDE);

	/* something else suffices: it may end */
	f[LLDP] = (struct kb_finding)YES;
	f[LLDP].good_until_usec = T0 + 60 * SEC;
	f[AP] = (struct kb_finding)YES;
	q = inside(&plain, f);
	assert_int_equal(kb_quorum_due(&q, &plain, f), 0);
	assert_false(step(&q, &plain, f, 60));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
}

static void test_clock_back(void **state)
{
	struct kb_quorum q = inside(&graceful, all);

	(void)state;
	assert_true(step(&q, &graceful, all, 9));
	assert_int_equal(q.standing, KB_STANDING_UNKNOWN);
	assert_false(kb_quorum_open(&q));
	/* and what agreed before does not count */
	step(&q, &graceful, all, 20);
	assert_false(kb_quorum_open(&q));
	assert_true(step(&q, &graceful, all, 30));
	assert_int_equal(q.standing, KB_STANDING_INSIDE);
	kb_quorum_doubt(&q, T0 + 31 * SEC);
	assert_int_equal(q.standing, KB_STANDING_UNKNOWN);
	step(&q, &graceful, all, 31);
	assert_int_equal(q.standing, KB_STANDING_ENTERING);
}

static void test_zone(void **state)
{
	static const struct kb_place places[3] = {
		{ .zone = 0 },
		{ .zone = 7, .need = 2, .n_evidence = 4, .evidence = office },
		{ .zone = 8, .need = 2, .grace = 30, .n_evidence = 4, .evidence = office },
	};
	static const struct kb_finding few[4] = { YES, YES, SOFT, SOFT };
	static const struct kb_finding cut[4] = { HARD, YES, YES, YES };
	const struct kb_finding *findings[3] = { NULL, few, all };
	struct kb_quorum q[3] = {};

	(void)state;
	assert_int_equal(kb_quorum_zone(places, q, findings, 3), KB_INDEX_NONE);
	q[1] = inside(&places[1], few);
	assert_int_equal(kb_quorum_zone(places, q, findings, 3), 7);
	q[2] = inside(&places[2], all);
	assert_int_equal(kb_quorum_zone(places, q, findings, 3), 8);
	/* in grace it is told only when nothing else is */
	step(&q[2], &places[2], cut, 20);
	findings[2] = cut;
	assert_int_equal(kb_quorum_zone(places, q, findings, 3), 7);
	step(&q[1], &places[1], cut, 20);
	assert_int_equal(kb_quorum_zone(places, q, findings, 3), 8);
}

static u32 seed;

static u32 dice(u32 sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static struct kb_finding any_finding(const struct kb_finding *before, u64 now)
{
	struct kb_finding f = *before;

	if (dice(3))
		return f;
	f = (struct kb_finding){ .presence = dice(8) ? KB_PRESENCE_PRESENT : dice(2) };
	f.hard = f.presence == KB_PRESENCE_ABSENT && !dice(2);
	f.veto = !dice(60);
	if (!dice(4))
		f.good_until_usec = now + dice(150) * SEC;
	return f;
}

/* What an onlooker remembers: not what the quorum does. */
struct watcher {
	u64 last, agreed, broken;
	bool was_inside;		/* INSIDE or FADING */
	u64 left;			/* when that ended */
	bool left_by_veto;
};

static bool class_there(const struct kb_place *place, const struct kb_finding *f, u64 now,
			enum kb_evidence_class class)
{
	u32 i;

	for (i = 0; i < place->n_evidence; i++)
		if (kb_evidence_class(place->evidence[i].kind) == class &&
		    f[i].presence == KB_PRESENCE_PRESENT &&
		    (!f[i].good_until_usec || f[i].good_until_usec > now))
			return true;
	return false;
}

static bool enough(const struct kb_place *place, const struct kb_finding *f, u64 now)
{
	u32 i, n = 0;

	for (i = 0; i < place->n_evidence; i++) {
		if (f[i].veto)
			return false;
		n += f[i].presence == KB_PRESENCE_PRESENT &&
		     (!f[i].good_until_usec || f[i].good_until_usec > now);
	}
	return n >= place->need && class_there(place, f, now, KB_EVIDENCE_CRYPTOGRAPHIC) &&
	       class_there(place, f, now, KB_EVIDENCE_PHYSICAL);
}

/* Are all pieces of a class there lost for sure? Then no patience saves the place. */
static bool surely_lost(const struct kb_place *place, const struct kb_finding *f,
			enum kb_evidence_class class)
{
	u32 i;

	for (i = 0; i < place->n_evidence; i++)
		if (kb_evidence_class(place->evidence[i].kind) == class &&
		    !(f[i].presence == KB_PRESENCE_ABSENT && f[i].hard))
			return false;
	return true;
}

static void watch(struct watcher *w, const struct kb_place *place, const struct kb_quorum *q,
		  const struct kb_finding *f, u64 now)
{
	bool ok = enough(place, f, now), veto = false;
	bool in = q->standing == KB_STANDING_INSIDE || q->standing == KB_STANDING_FADING;
	u32 i;

	for (i = 0; i < place->n_evidence; i++)
		veto |= f[i].veto;
	if (now < w->last) {
		assert_int_equal(q->standing, KB_STANDING_UNKNOWN);
		*w = (struct watcher){ .last = now };
		return;
	}
	w->last = now;
	if (ok && !w->agreed)
		w->agreed = now;
	if (!ok)
		w->agreed = 0;
	if (!ok && !w->broken)
		w->broken = now;
	if (ok)
		w->broken = 0;
	if (veto)
		assert_false(kb_quorum_open(q));
	if (in && !w->was_inside)	/* twice, and ten seconds apart, and nothing else in between */
		assert_true(w->agreed && now - w->agreed >= 10 * SEC);
	if (q->standing == KB_STANDING_INSIDE)
		assert_true(ok);
	if (in && w->broken)
		assert_true(now - w->broken < 90 * SEC);
	if (in && !ok)
		assert_false(surely_lost(place, f, KB_EVIDENCE_CRYPTOGRAPHIC) ||
			     surely_lost(place, f, KB_EVIDENCE_PHYSICAL));
	if (w->was_inside && !in) {
		w->left = now;
		w->left_by_veto = veto;
	}
	if (in)
		w->left_by_veto = false;
	if (q->standing == KB_STANDING_GRACE) {
		assert_true(place->grace && w->left && !w->left_by_veto);
		assert_true(now - w->left < place->grace * SEC);
	}
	w->was_inside = in;
}

static void random_place(struct kb_place *place, struct kb_evidence *evidence)
{
	u32 i, n = 1 + dice(6);

	for (i = 0; i < n; i++)
		evidence[i] = (struct kb_evidence){ .kind = dice(KB_EVIDENCE_MAX_KIND) };
	*place = (struct kb_place){ .zone = 1, .need = (u8)(1 + dice(n)), .grace = dice(2) ? dice(100) : 0,
				    .n_evidence = n, .evidence = evidence };
}

static void test_random_walks(void **state)
{
	struct kb_evidence evidence[KB_EVIDENCE_MAX];
	struct kb_finding f[KB_EVIDENCE_MAX];
	u32 walk, i, k, reached[KB_STANDING_GRACE + 1] = {};
	struct kb_place place;

	(void)state;
	seed = 20270331;
	for (walk = 0; walk < 1000; walk++) {
		struct kb_quorum q = {};
		struct watcher w = {};
		u64 now = T0;

		memset(f, 0, sizeof(f));
		random_place(&place, evidence);
		for (i = 0; i < 300; i++) {
			now += dice(20) * SEC / (1 + dice(4));
			if (!dice(300))
				now -= 1 + dice(100);
			for (k = 0; k < place.n_evidence; k++)
				f[k] = any_finding(&f[k], now);
			kb_quorum_step(&q, &place, f, now);
			watch(&w, &place, &q, f, now);
			reached[q.standing]++;
		}
	}
	/* the walks went everywhere, or they prove nothing */
	for (i = 0; i <= KB_STANDING_GRACE; i++)
		assert_true(reached[i] > 500);
}

/* Weak evidence only: whatever happens, never open. */
static void test_weak_walks(void **state)
{
	static const struct kb_evidence weak[3] = { { .kind = KB_EVIDENCE_GATEWAY },
						    { .kind = KB_EVIDENCE_GATEWAY },
						    { .kind = KB_EVIDENCE_EAP } };
	struct kb_place place = { .need = 1, .grace = 300, .n_evidence = 3, .evidence = weak };
	struct kb_finding f[3] = {};
	struct kb_quorum q = {};
	u64 now = T0;
	u32 i, k;

	(void)state;
	seed = 7;
	for (i = 0; i < 100000; i++) {
		now += dice(15) * SEC;
		for (k = 0; k < 3; k++)
			f[k] = any_finding(&f[k], now);
		kb_quorum_step(&q, &place, f, now);
		assert_false(kb_quorum_open(&q));
	}
}

/* Nothing changes before it is due; who wakes up then misses nothing. */
static void test_due(void **state)
{
	struct kb_evidence evidence[KB_EVIDENCE_MAX];
	struct kb_finding f[KB_EVIDENCE_MAX];
	u32 walk, i, k, due_hits = 0;
	struct kb_place place;

	(void)state;
	seed = 99;
	for (walk = 0; walk < 500; walk++) {
		struct kb_quorum q = {};
		u64 now = T0, due;

		memset(f, 0, sizeof(f));
		random_place(&place, evidence);
		for (i = 0; i < 200; i++) {
			for (k = 0; k < place.n_evidence; k++)
				f[k] = any_finding(&f[k], now);
			kb_quorum_step(&q, &place, f, now);
			due = kb_quorum_due(&q, &place, f);
			assert_true(!due || due > now);
			if (due && dice(2)) {
				struct kb_quorum later = q;

				assert_false(kb_quorum_step(&later, &place, f, due - 1));
				due_hits += kb_quorum_step(&later, &place, f, due);
				now = due;
			} else {
				struct kb_quorum later = q;

				if (!due)
					assert_false(kb_quorum_step(&later, &place, f, now + 1000000 * SEC));
				now += (1 + dice(30)) * SEC;
			}
		}
	}
	assert_true(due_hits > 1000);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(kb_standing_name(KB_STANDING_UNKNOWN), "unknown");
	assert_string_equal(kb_standing_name(KB_STANDING_OUTSIDE), "outside");
	assert_string_equal(kb_standing_name(KB_STANDING_ENTERING), "entering");
	assert_string_equal(kb_standing_name(KB_STANDING_INSIDE), "inside");
	assert_string_equal(kb_standing_name(KB_STANDING_FADING), "fading");
	assert_string_equal(kb_standing_name(KB_STANDING_GRACE), "grace");
	assert_string_equal(kb_standing_name((enum kb_standing)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),	     cmocka_unit_test(test_holds),
		cmocka_unit_test(test_entering),     cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_soft_loss),    cmocka_unit_test(test_hard_loss),
		cmocka_unit_test(test_veto),	     cmocka_unit_test(test_grace),
		cmocka_unit_test(test_good_until),   cmocka_unit_test(test_clock_back),
		cmocka_unit_test(test_zone),	     cmocka_unit_test(test_random_walks),
		cmocka_unit_test(test_weak_walks),   cmocka_unit_test(test_due),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
