// SPDX-License-Identifier: GPL-2.0-or-later
/* Carry-out grants and the record of carrying out: what must be refused first (P2). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/place/carry.h"
#include "agent/state.h"
#include "agent_scratch.h"
#include "policy/file.h"

#define NOW	1795000000ull
#define DAY	86400ull
#define ID	"00112233445566778899aabbccddeeff"

static struct scratch s;
static char config_dir[80], state_dir[80];

static struct kb_grants here(void)
{
	return (struct kb_grants){ config_dir, state_dir };
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	snprintf(config_dir, sizeof(config_dir), "%s", s.dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", s.dir);
	scratch_mkdir(&s, "state");
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: g, name: pc-1}\n");
	scratch_trust(&s, KB_RING_GRANT, "kacho", scratch_signer(KB_RING_GRANT, 0));
	scratch_trust(&s, KB_RING_AUTHOR, "author", scratch_signer(KB_RING_AUTHOR, 0));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&s);
	return 0;
}

static struct kb_grant example(void)
{
	struct kb_grant g = { .id = ID, .municipality = "131016", .terminal = "pc-1", .from = NOW - DAY,
			      .until = NOW + DAY, .ticket = "R8-42" };

	strcpy(g.reason, "避難所の受付: \"A\" \\ B");
	strcpy(g.approver, "情報政策課長");
	return g;
}

static struct kb_bytes signed_by(const struct kb_grant *grant, const struct scratch_signer *signer)
{
	struct kb_bytes text = {}, sig = {}, file = {};
	struct kb_fault why = {};

	if (kb_grant_text(grant, &text, &why))
		fail_msg("%s", why.text);
	assert_int_equal(kb_sign(text.data, text.len, signer->key, signer->cert, &sig.data, &sig.len, &why), 0);
	assert_int_equal(kb_grant_encode(&text, &sig, &file, &why), 0);
	kb_bytes_done(&text);
	kb_bytes_done(&sig);
	return file;
}

static int apply(const struct kb_grant *grant, u64 now)
{
	struct kb_bytes file = signed_by(grant, scratch_signer(KB_RING_GRANT, 0));
	struct kb_grants grants = here();
	struct kb_fault why = {};
	int r = kb_grants_apply(&grants, file.data, file.len, now, NULL, &why);

	kb_bytes_done(&file);
	if (r)
		assert_true(why.text[0]);
	return r;
}

static size_t kept(void)
{
	struct kb_grants grants = here();
	struct kb_grant_row *rows;
	size_t n;

	assert_int_equal(kb_grants_list(&grants, NOW, &rows, &n, NULL), 0);
	free(rows);
	return n;
}

static void test_refused(void **state)
{
	struct kb_grant g = example();

	(void)state;
	strcpy(g.terminal, "pc-2");
	assert_int_equal(apply(&g, NOW), -EXDEV);
	g = example();
	strcpy(g.municipality, "131024");
	assert_int_equal(apply(&g, NOW), -EXDEV);
	g = example();
	assert_int_equal(apply(&g, g.until), -EKEYEXPIRED);
	assert_int_equal(apply(&g, g.until + 1), -EKEYEXPIRED);
	assert_int_equal(kept(), 0);
}

static void test_wrong_signer(void **state)
{
	const struct {
		enum kb_ring ring;
		unsigned int number;
	} strangers[] = { { KB_RING_AUTHOR, 0 }, { KB_RING_GRANT, 1 } };
	struct kb_grants grants = here();
	struct kb_grant g = example();
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct kb_bytes file = signed_by(&g, scratch_signer(strangers[i].ring, strangers[i].number));

		assert_int_equal(kb_grants_apply(&grants, file.data, file.len, NOW, NULL, NULL), -ENOKEY);
		kb_bytes_done(&file);
	}
	assert_int_equal(kept(), 0);
}

/* Any byte that differs: never applied. */
static void test_tampered(void **state)
{
	struct kb_grant g = example();
	struct kb_bytes file = signed_by(&g, scratch_signer(KB_RING_GRANT, 0));
	struct kb_grants grants = here();
	struct kb_fault why;
	size_t i;
	int r;

	(void)state;
	for (i = 0; i < file.len; i++) {
		file.data[i] ^= 1;
		r = kb_grants_apply(&grants, file.data, file.len, NOW, NULL, &why);
		/* unless the armour means the same all the same: a newline of the last line, padding bits */
		if (!r) {
			assert_true(i > file.len - 40);
			unlink(scratch_path(&s, "state/grants/" ID ".grant"));
		}
		file.data[i] ^= 1;
	}
	for (i = 0; i < file.len - 30; i++)
		assert_true(kb_grants_apply(&grants, file.data, i, NOW, NULL, &why) < 0);
	assert_int_equal(kept(), 0);
	kb_bytes_done(&file);
}

static void test_unsigned(void **state)
{
	struct kb_grants grants = here();
	struct kb_grant g = example();
	struct kb_bytes text;

	(void)state;
	assert_int_equal(kb_grant_text(&g, &text, NULL), 0);
	assert_int_equal(kb_grants_apply(&grants, text.data, text.len, NOW, NULL, NULL), -ENOKEY);
	kb_bytes_done(&text);
}

static void test_forms(void **state)
{
	struct kb_grant g = example();
	struct kb_bytes text;
	struct kb_fault why = {};

	(void)state;
	g.until = g.from;
	assert_int_equal(kb_grant_text(&g, &text, &why), -EINVAL);
	g = example();
	g.until = g.from + KB_GRANT_LENGTH_MAX + DAY;
	assert_int_equal(kb_grant_text(&g, &text, &why), -EINVAL);
	g = example();
	strcpy(g.id, "00112233");
	assert_int_equal(kb_grant_text(&g, &text, &why), -EINVAL);
	g = example();
	g.reason[0] = '\0';
	assert_int_equal(kb_grant_text(&g, &text, &why), -EINVAL);
	g = example();
	strcpy(g.reason, "two\nlines: \x1b[2J");
	assert_int_equal(kb_grant_text(&g, &text, &why), -EINVAL);
}

static void test_round_trip(void **state)
{
	struct kb_grant g = example();
	struct kb_bytes file = signed_by(&g, scratch_signer(KB_RING_GRANT, 0));
	struct kb_signed_grant back = {};

	(void)state;
	assert_int_equal(kb_grant_decode(file.data, file.len, &back, NULL), 0);
	assert_string_equal(back.grant.reason, g.reason);
	assert_string_equal(back.grant.approver, g.approver);
	assert_string_equal(back.grant.terminal, "pc-1");
	assert_int_equal(back.grant.from, g.from);
	assert_int_equal(back.grant.until, g.until);
	kb_grant_done(&back);
	kb_bytes_done(&file);
}

static void test_replay(void **state)
{
	struct kb_grants grants = here();
	struct kb_grant g = example();
	struct kb_grant_row row;

	(void)state;
	assert_int_equal(apply(&g, NOW), 0);
	assert_int_equal(apply(&g, NOW), -EALREADY);
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), 0);
	assert_string_equal(row.grant.ticket, "R8-42");
	assert_true(strstr(row.signer, "CN="));
	assert_int_equal(kb_grants_end(&grants, "11112233445566778899aabbccddeeff", NOW, NULL), -ENOENT);
	assert_int_equal(kb_grants_end(&grants, "../../etc/passwd", NOW, NULL), -EINVAL);
	assert_int_equal(kb_grants_end(&grants, ID, NOW, NULL), 0);
	assert_int_equal(kb_grants_end(&grants, ID, NOW, NULL), -EALREADY);
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), -ENOENT);
	assert_int_equal(apply(&g, NOW), -EALREADY);
	/* nor when somebody takes the grant away, or tears the note */
	unlink(scratch_path(&s, "state/grants/" ID ".grant"));
	assert_int_equal(apply(&g, NOW), -EALREADY);
	scratch_text(&s, "state/grants/" ID ".ended", "torn");
	assert_int_equal(apply(&g, NOW), -EALREADY);
}

/* What lies in the directory is believed as little as what is applied. */
static void test_planted(void **state)
{
	struct kb_grants grants = here();
	struct kb_grant g = example();
	struct kb_bytes file;
	struct kb_grant_row row, *rows;
	size_t n;

	(void)state;
	scratch_mkdir(&s, "state/grants");
	strcpy(g.terminal, "pc-2");
	file = signed_by(&g, scratch_signer(KB_RING_GRANT, 0));
	scratch_write(&s, "state/grants/" ID ".grant", file.data, file.len);
	kb_bytes_done(&file);
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), -ENOENT);
	/* a good one under another's name would outlive its end */
	g = example();
	strcpy(g.id, "ff112233445566778899aabbccddeeff");
	file = signed_by(&g, scratch_signer(KB_RING_GRANT, 0));
	scratch_write(&s, "state/grants/" ID ".grant", file.data, file.len);
	kb_bytes_done(&file);
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), -ENOENT);
	assert_int_equal(kb_grants_list(&grants, NOW, &rows, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].state, KB_GRANT_BAD);
	free(rows);
	/* and a key that is not trusted any more */
	g = example();
	file = signed_by(&g, scratch_signer(KB_RING_GRANT, 0));
	scratch_write(&s, "state/grants/" ID ".grant", file.data, file.len);
	kb_bytes_done(&file);
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), 0);
	unlink(scratch_path(&s, "trust/grant/kacho.der"));
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), -ENOENT);
}

static void test_early(void **state)
{
	struct kb_grants grants = here();
	struct kb_grant g = example();
	struct kb_grant_row row;

	(void)state;
	assert_int_equal(apply(&g, g.from - 10), 0);
	assert_int_equal(kb_grants_find(&grants, g.from - 1, &row, NULL), -ENOENT);
	assert_int_equal(kb_grants_find(&grants, g.from, &row, NULL), 0);
	assert_int_equal(kb_grants_find(&grants, g.until - 1, &row, NULL), 0);
	assert_int_equal(kb_grants_find(&grants, g.until, &row, NULL), -ENOENT);
}

/* Of several that hold the one that holds longest. */
static void test_longest(void **state)
{
	struct kb_grants grants = here();
	struct kb_grant g = example();
	struct kb_grant_row row;

	(void)state;
	assert_int_equal(apply(&g, NOW), 0);
	strcpy(g.id, "ff112233445566778899aabbccddeeff");
	g.until += DAY;
	assert_int_equal(apply(&g, NOW), 0);
	strcpy(g.id, "0f112233445566778899aabbccddeeff");
	g.until -= DAY / 2;
	assert_int_equal(apply(&g, NOW), 0);
	assert_int_equal(kb_grants_find(&grants, NOW, &row, NULL), 0);
	assert_string_equal(row.grant.id, "ff112233445566778899aabbccddeeff");
}

static void test_terminal_name(void **state)
{
	char host[KB_NAME_MAX + 1];
	struct kb_grant g = example();

	(void)state;
	scratch_text(&s, "terminal.yaml", "terminal: {municipality: \"131016\", group: g}\n");
	assert_int_equal(gethostname(host, sizeof(host)), 0);
	assert_int_equal(apply(&g, NOW), -EXDEV);
	snprintf(g.terminal, sizeof(g.terminal), "%s", host);
	assert_int_equal(apply(&g, NOW), 0);
}

/* What kb_carry told, in order. */
static char told[256];

static void on_carry(enum kb_carry_news news, const struct kb_carry_state *state,
		     const struct kb_grant_row *grant, void *userdata)
{
	static const char *const words[] = { "granted", "alarm", "overdue", "back", "late" };

	(void)userdata;
	assert_true(state->zone[0]);
	assert_true((grant != NULL) == (news == KB_CARRY_OUT_GRANTED));
	strcat(told, told[0] ? " " : "");
	strcat(told, words[news]);
}

static struct kb_carry *restart(struct kb_carry *before)
{
	struct kb_grants grants = here();
	struct kb_carry *carry;

	kb_carry_free(before);
	assert_int_equal(kb_carry_new(&grants, on_carry, NULL, &carry, NULL), 0);
	return carry;
}

static void expect_told(const char *text)
{
	assert_string_equal(told, text);
	told[0] = '\0';
}

static void test_carry_alarm(void **state)
{
	struct kb_carry *carry = restart(NULL);

	(void)state;
	told[0] = '\0';
	/* never inside: nothing was carried out */
	assert_int_equal(kb_carry_out(carry, NOW), 0);
	expect_told("");
	kb_carry_in(carry, "市民課", NOW);
	kb_carry_in(carry, "市民課", NOW + 1);
	carry = restart(carry);
	assert_int_equal(kb_carry_state(carry)->where, KB_WHERE_IN);
	assert_string_equal(kb_carry_state(carry)->zone, "市民課");
	assert_int_equal(kb_carry_state(carry)->since, NOW);
	expect_told("");
	kb_carry_out(carry, NOW + 2);
	kb_carry_out(carry, NOW + 3);
	expect_told("alarm");
	carry = restart(carry);
	kb_carry_out(carry, NOW + 4);
	assert_int_equal(kb_carry_due(carry), 0);
	expect_told("");
	/* into another zone: back as well */
	kb_carry_in(carry, "税務課", NOW + 5);
	expect_told("back");
	kb_carry_free(carry);
}

static void test_carry_granted(void **state)
{
	struct kb_carry *carry = restart(NULL);
	struct kb_grant g = example();

	(void)state;
	told[0] = '\0';
	kb_carry_in(carry, "z", NOW);
	assert_int_equal(apply(&g, NOW), 0);
	kb_carry_out(carry, NOW + 1);
	expect_told("granted");
	carry = restart(carry);
	assert_string_equal(kb_carry_state(carry)->grant, ID);
	assert_int_equal(kb_carry_due(carry), g.until);
	kb_carry_tick(carry, g.until - 1);
	expect_told("");
	kb_carry_in(carry, "z", g.until - 1);
	expect_told("back");
	assert_int_equal(kb_carry_due(carry), 0);
	kb_carry_free(carry);
}

static void test_carry_overdue(void **state)
{
	struct kb_carry *carry = restart(NULL);
	struct kb_grant g = example();

	(void)state;
	told[0] = '\0';
	assert_int_equal(apply(&g, NOW), 0);
	kb_carry_in(carry, "z", NOW);
	kb_carry_out(carry, NOW);
	kb_carry_tick(carry, g.until);
	kb_carry_tick(carry, g.until + 1);
	expect_told("granted overdue");
	carry = restart(carry);
	kb_carry_tick(carry, g.until + 2);
	expect_told("");
	/* late stays late, when somebody sets the clock back before the return */
	kb_carry_in(carry, "z", g.until - 3);
	expect_told("late");
	kb_carry_out(carry, NOW);
	expect_told("granted");
	/* and when nobody looked at the clock meanwhile */
	kb_carry_in(carry, "z", g.until);
	expect_told("late");
	kb_carry_free(carry);
}

static void test_carry_prolonged(void **state)
{
	struct kb_carry *carry = restart(NULL);
	struct kb_grant g = example();

	(void)state;
	told[0] = '\0';
	assert_int_equal(apply(&g, NOW), 0);
	kb_carry_in(carry, "z", NOW);
	kb_carry_out(carry, NOW);
	strcpy(g.id, "ff112233445566778899aabbccddeeff");
	g.until += DAY;
	assert_int_equal(apply(&g, NOW), 0);
	kb_carry_tick(carry, g.until - DAY);
	expect_told("granted");
	assert_int_equal(kb_carry_due(carry), g.until);
	/* ended while it is out: overdue at its time */
	assert_int_equal(kb_grants_end(&(struct kb_grants){ config_dir, state_dir }, g.id, NOW, NULL), 0);
	kb_carry_tick(carry, g.until);
	expect_told("overdue");
	kb_carry_free(carry);
}

/* A state that was torn or edited is none, and told. */
static void test_carry_torn(void **state)
{
	struct kb_grants grants = here();
	struct kb_carry *carry = restart(NULL);
	struct kb_fault why = {};
	uint8_t *data;
	size_t len, i;

	(void)state;
	kb_carry_in(carry, "z", NOW);
	kb_carry_free(carry);
	assert_int_equal(kb_file_read(scratch_path(&s, "state/carry"), 4096, &data, &len), 0);
	for (i = 0; i < len; i++) {
		data[i] ^= 1;
		scratch_write(&s, "state/carry", data, len);
		assert_int_equal(kb_carry_new(&grants, on_carry, NULL, &carry, &why), -EBADMSG);
		assert_int_equal(kb_carry_state(carry)->where, KB_WHERE_NONE);
		kb_carry_free(carry);
		data[i] ^= 1;
	}
	free(data);
	/* whole, but with what no agent wrote */
	assert_int_equal(kb_state_write(state_dir, "carry",
					"kidoban-carry 1\nwhere gone\nsince 1\ngrant -\nuntil 0\noverdue 0\nzone z\n"), 0);
	assert_int_equal(kb_carry_read(state_dir, &(struct kb_carry_state){}), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_signer, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tampered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unsigned, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forms, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_replay, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_planted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_early, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_longest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_terminal_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_carry_alarm, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_carry_granted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_carry_overdue, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_carry_prolonged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_carry_torn, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
