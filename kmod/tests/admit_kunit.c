// SPDX-License-Identifier: GPL-2.0-only
/* Policies that are sound and signed and must not come into force here and now. */
#include "../core/admit.c"

#include <kunit/test.h>

#define NOW	1700000000ULL

/* What is unusual; zero and NULL mean as in "plain" below. */
struct admission {
	const char *name;
	int err;
	const char *text;
	u64 now, not_before, expires;
	u32 epoch, serial;			/* of the new one: 5, 100 */
	u32 in_force_epoch, in_force_serial;	/* 0, 0: none is */
	u32 floor_epoch, floor_serial;
	const char *our_town, *our_group;	/* "131016", "shared" */
	const char *their_town, *their_group;
	bool same_bytes;
};

static const struct admission admissions[] = {
	{ "plain", 0, "" },
	{ "other municipality", -EXDEV, "municipality 131024", .their_town = "131024" },
	{ "prefix of ours", -EXDEV, "municipality", .their_town = "13101" },
	{ "longer than ours", -EXDEV, "municipality", .their_town = "1310160" },
	{ "other group", -EXDEV, "group shared-2", .their_group = "shared-2" },
	{ "terminal of any town", 0, "", .our_town = "", .their_town = "131024" },
	{ "terminal of any group", 0, "", .our_group = "", .their_group = "shared-2" },
	{ "any group, other town", -EXDEV, "131024", .our_group = "", .their_town = "131024" },
	{ "expired", -EKEYEXPIRED, "expired at 1699999999", .expires = NOW - 1 },
	{ "expires this second", -EKEYEXPIRED, "expired", .expires = NOW },
	{ "expires next second", 0, "", .expires = NOW + 1 },
	{ "never valid", -EKEYEXPIRED, "expired", .expires = 1 },
	{ "clock at zero", -ETIME, "not valid before", .now = 1, .not_before = NOW },
	{ "not yet valid", -ETIME, "not valid before", .not_before = NOW + 1 },
	{ "valid from this second", 0, "", .not_before = NOW },
	{ "not valid in any second", -EKEYEXPIRED, "", .not_before = NOW + 2, .expires = NOW },
	{ "older serial", -ESTALE, "serial 100", .in_force_epoch = 5, .in_force_serial = 101 },
	{ "equal serial", -ESTALE, "does not follow", .in_force_epoch = 5, .in_force_serial = 100 },
	{ "newer serial", 0, "", .in_force_epoch = 5, .in_force_serial = 99 },
	{ "older epoch, newer serial", -ESTALE, "epoch 4", .epoch = 4, .serial = U32_MAX,
	  .in_force_epoch = 5, .in_force_serial = 1 },
	{ "newer epoch, older serial", 0, "", .epoch = 6, .serial = 1, .in_force_epoch = 5,
	  .in_force_serial = U32_MAX },
	{ "highest serial", 0, "", .serial = U32_MAX, .in_force_epoch = 5,
	  .in_force_serial = U32_MAX - 1 },
	{ "floor above", -ESTALE, "epoch 5 serial 101", .floor_epoch = 5, .floor_serial = 101 },
	{ "floor's epoch above", -ESTALE, "epoch 6 serial 1", .floor_epoch = 6,
	  .floor_serial = 1 },
	{ "floor itself, after a reboot", 0, "", .floor_epoch = 5, .floor_serial = 100 },
	{ "floor itself, in force too", -ESTALE, "", .floor_epoch = 5, .floor_serial = 100,
	  .in_force_epoch = 5, .in_force_serial = 100 },
	{ "floor below", 0, "", .floor_epoch = 5, .floor_serial = 99 },
	{ "same bytes", -EALREADY, "in force already", .in_force_epoch = 5,
	  .in_force_serial = 100, .same_bytes = true },
	{ "same bytes, expired", -EALREADY, "in force already", .expires = 2,
	  .in_force_epoch = 5, .in_force_serial = 100, .same_bytes = true },
};

static void admission_name(const struct admission *a, char *desc)
{
	strscpy(desc, a->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(admission, admissions, admission_name);

static void judges(struct kunit *test)
{
	static const u8 bytes[] = "new", other_bytes[] = "old";
	const struct admission *a = test->param_value;
	const struct kb_policy next = {
		.header = {
			.municipality = a->their_town ?: "131016",
			.group = a->their_group ?: "shared",
			.epoch = a->epoch ?: 5,
			.serial = a->serial ?: 100,
			.not_before = a->not_before,
			.expires = a->expires ?: NOW + 1000,
		},
		.blob = bytes,
		.blob_len = sizeof(bytes),
	};
	const struct kb_policy in_force = {
		.header = { .epoch = a->in_force_epoch, .serial = a->in_force_serial },
		.blob = a->same_bytes ? bytes : other_bytes,
		.blob_len = sizeof(bytes),
	};
	struct kb_terminal terminal = {
		.floor_epoch = a->floor_epoch,
		.floor_serial = a->floor_serial,
	};
	struct kb_blob_error error = {};
	int err;

	strscpy(terminal.municipality, a->our_town ?: "131016", sizeof(terminal.municipality));
	strscpy(terminal.group, a->our_group ?: "shared", sizeof(terminal.group));
	err = kb_policy_admit(&next, a->in_force_serial ? &in_force : NULL, &terminal,
			      a->now ?: NOW, &error);
	KUNIT_EXPECT_EQ_MSG(test, err, a->err, "\"%s\"", error.text);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(error.text, a->text), "\"%s\" lacks \"%s\"",
				  error.text, a->text);
	KUNIT_EXPECT_EQ(test, !err, !error.text[0]);
}

static struct kunit_case admit_cases[] = {
	KUNIT_CASE_PARAM(judges, admission_gen_params),
	{}
};

static struct kunit_suite admit_suite = {
	.name = "kidoban_admit",
	.test_cases = admit_cases,
};
kunit_test_suite(admit_suite);
