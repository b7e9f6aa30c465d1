// SPDX-License-Identifier: GPL-2.0-or-later
/* Which policy may follow which: every refusal at both sides of its boundary. */
#include <kidoban/policy.h>

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "blob_make.h"

#define NOW	1800000000ull

/* "epoch.serial" of what is in force, 0.0 = nothing; likewise the floor. */
struct admit_case {
	const char *name;
	struct blob_identity next;
	u32 epoch, serial;
	struct kb_terminal terminal;
	u64 now;
	int expect;
	const char *text;	/* part of the error's text */
};

#define ID(e, s)	{ "131016", "shared-terminals", e, s, 1700000000, 1900000000 }
#define HERE		.terminal = { "131016", "shared-terminals", 0, 0 }
#define FLOOR(e, s)	.terminal = { "131016", "shared-terminals", e, s }

static const struct admit_case admit_cases[] = {
	{ "first policy", ID(1, 12), HERE, .now = NOW },
	{ "younger serial", ID(1, 12), 1, 11, HERE, NOW, 0, NULL },
	{ "equal serial, other bytes", ID(1, 12), 1, 12, HERE, NOW, -ESTALE, "epoch 1 serial 12 does not follow epoch 1 serial 12" },
	{ "older serial", ID(1, 12), 1, 13, HERE, NOW, -ESTALE, "epoch 1 serial 12 does not follow epoch 1 serial 13" },
	{ "younger epoch, lower serial", ID(2, 1), 1, 4000000000u, HERE, NOW, 0, NULL },
	{ "older epoch, higher serial", ID(1, 4000000000u), 2, 1, HERE, NOW, -ESTALE, "does not follow epoch 2 serial 1" },
	{ "largest numbers", ID(~0u, ~0u), ~0u, ~0u - 1, HERE, NOW, 0, NULL },
	{ "epoch zero", ID(0, 1), HERE, .now = NOW },

	{ "floor: equal, after a reboot", ID(1, 12), 0, 0, FLOOR(1, 12), NOW, 0, NULL },
	{ "floor: above", ID(1, 13), 0, 0, FLOOR(1, 12), NOW, 0, NULL },
	{ "floor: below", ID(1, 11), 0, 0, FLOOR(1, 12), NOW, -ESTALE, "does not follow epoch 1 serial 12" },
	{ "floor: younger epoch", ID(2, 1), 0, 0, FLOOR(1, 12), NOW, 0, NULL },
	{ "floor: older epoch", ID(1, 99), 0, 0, FLOOR(2, 1), NOW, -ESTALE, "does not follow epoch 2 serial 1" },
	{ "floor: equal while one is in force", ID(1, 12), 1, 11, FLOOR(1, 12), NOW, -ESTALE, "does not follow" },
	{ "floor: above it and what is in force", ID(1, 13), 1, 11, FLOOR(1, 12), NOW, 0, NULL },
	{ "floor: between it and what is in force", ID(1, 12), 1, 11, FLOOR(1, 13), NOW, -ESTALE, "serial 13" },

	{ "another municipality", ID(1, 12), .terminal = { "131024", "shared-terminals" }, .now = NOW, .expect = -EXDEV, .text = "made for municipality 131016, this terminal is of 131024" },
	{ "municipality that only begins the same", ID(1, 12), .terminal = { "13101", "shared-terminals" }, .now = NOW, .expect = -EXDEV, .text = "municipality" },
	{ "municipality of the terminal empty", ID(1, 12), .terminal = { "", "shared-terminals" }, .now = NOW },
	{ "another group", ID(1, 12), .terminal = { "131016", "laptops" }, .now = NOW, .expect = -EXDEV, .text = "made for group shared-terminals, this terminal is in laptops" },
	{ "group of the terminal empty", ID(1, 12), .terminal = { "131016", "" }, .now = NOW },
	{ "terminal that says nothing", ID(1, 12), .now = NOW },

	{ "a second before it expires", ID(1, 12), HERE, .now = 1899999999 },
	{ "the second it expires", ID(1, 12), HERE, .now = 1900000000, .expect = -EKEYEXPIRED, .text = "expired at 1900000000, it is 1900000000" },
	{ "long expired", ID(1, 12), HERE, .now = ~0ull, .expect = -EKEYEXPIRED, .text = "expired" },
	{ "a second before it begins", ID(1, 12), HERE, .now = 1699999999, .expect = -ETIME, .text = "not valid before 1700000000, it is 1699999999" },
	{ "the second it begins", ID(1, 12), HERE, .now = 1700000000 },
	{ "clock at zero", ID(1, 12), HERE, .now = 0, .expect = -ETIME, .text = "not valid" },
	{ "not_before zero is always", { "131016", "shared-terminals", 1, 12, 0, 1900000000 }, HERE, .now = 0 },
	{ "never valid", { "131016", "shared-terminals", 1, 12, 1900000000, 1900000000 }, HERE, .now = 1900000000, .expect = -EKEYEXPIRED, .text = "expired" },

	/* what was obeyed before the reboot is obeyed again: an empty gate would be open */
	{ "back after a reboot, long expired", ID(1, 12), 0, 0, FLOOR(1, 12), ~0ull, 0, NULL },
	{ "back after a reboot, clock at zero", ID(1, 12), 0, 0, FLOOR(1, 12), 0, 0, NULL },
	{ "younger than the floor, expired", ID(1, 13), 0, 0, FLOOR(1, 12), ~0ull, -EKEYEXPIRED, "expired" },
	{ "younger epoch than the floor, expired", ID(2, 12), 0, 0, FLOOR(1, 12), ~0ull, -EKEYEXPIRED, "expired" },
	{ "back, but made for others", ID(1, 12), .terminal = { "131024", "", 1, 12 }, .now = ~0ull, .expect = -EXDEV, .text = "municipality" },

	{ "wrong place is said before wrong age", ID(1, 11), 1, 12, .terminal = { "131024", "" }, .now = NOW, .expect = -EXDEV, .text = "municipality" },
	{ "wrong age is said before wrong time", ID(1, 11), 1, 12, HERE, ~0ull, -ESTALE, "follow" },
};

static struct kb_policy *make_policy(const struct blob_identity *identity, enum kb_gate_mode mode)
{
	struct kb_policy *policy;
	struct blob_make b;

	blob_make_head(&b, identity, mode);
	blob_make_media(&b, KB_ACTION_REFUSE);
	policy = blob_make_parse(&b);
	blob_make_free(&b);
	return policy;
}

static void test_admit(void **state)
{
	const struct admit_case *c = *state;
	struct blob_identity old = blob_example;
	struct kb_policy *in_force = NULL;
	struct kb_policy *next = make_policy(&c->next, KB_GATE_ENFORCE);
	struct kb_blob_error error = {};

	old.epoch = c->epoch;
	old.serial = c->serial;
	if (c->serial)
		in_force = make_policy(&old, KB_GATE_AUDIT);
	assert_int_equal(kb_policy_admit(next, in_force, &c->terminal, c->now, &error), c->expect);
	if (c->text && !strstr(error.text, c->text))
		fail_msg("\"%s\" does not say \"%s\"", error.text, c->text);
	if (!c->expect)
		assert_string_equal(error.text, "");
	assert_int_equal(kb_policy_admit(next, in_force, &c->terminal, c->now, NULL), c->expect);
	kb_policy_free(next);
	kb_policy_free(in_force);
}

/* The very bytes in force: nothing to do, even when expired or of no group here. */
static void test_already(void **state)
{
	struct kb_policy *next = make_policy(&blob_example, KB_GATE_ENFORCE);
	struct kb_policy *same = make_policy(&blob_example, KB_GATE_ENFORCE);
	struct kb_policy *other = make_policy(&blob_example, KB_GATE_OFF);
	struct kb_terminal terminal = { "131016", "shared-terminals", 1, 12 };
	struct kb_blob_error error;

	(void)state;
	assert_int_equal(kb_policy_admit(next, same, &terminal, NOW, &error), -EALREADY);
	assert_int_equal(kb_policy_admit(next, next, &terminal, NOW, &error), -EALREADY);
	assert_int_equal(kb_policy_admit(next, same, &terminal, ~0ull, &error), -EALREADY);
	assert_non_null(strstr(error.text, "in force already"));
	assert_int_equal(kb_policy_admit(next, other, &terminal, NOW, &error), -ESTALE);
	kb_policy_free(next);
	kb_policy_free(same);
	kb_policy_free(other);
}

int main(void)
{
	static struct CMUnitTest tests[ARRAY_SIZE(admit_cases) + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(admit_cases); i++)
		tests[i] = (struct CMUnitTest){ .name = admit_cases[i].name,
						.test_func = test_admit,
						.initial_state = (void *)&admit_cases[i] };
	tests[i] = (struct CMUnitTest)cmocka_unit_test(test_already);
	return _cmocka_run_group_tests("core_admit", tests, ARRAY_SIZE(tests), NULL, NULL);
}
