// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The path gate's decision (N2..N7, W4, P1): core_path.txt, and what holds for
 * every packet. It includes path.c to compare the short way with the long one.
 */
#include "../../kmod/core/path.c"

#include <stdarg.h>
#include <setjmp.h>

#include <cmocka.h>

#include "gate_text.h"

#define TABLE_FILE	"tests/unit/core_path.txt"
#define ROWS_MAX	512
#define POLICIES_MAX	8

struct row {
	char question[GATE_TEXT_MAX];
	char *expected;			/* inside question */
	u32 policy;
	int line;
};

static struct row rows[ROWS_MAX];
static u32 n_rows, n_policies;
static struct kb_policy *policies[POLICIES_MAX];
static char policy_text[16 * 1024];

static void end_policy(void)
{
	if (!policy_text[0])
		return;
	assert_in_range(n_policies, 0, POLICIES_MAX - 1);
	policies[n_policies++] = gate_text_policy(policy_text);
	policy_text[0] = '\0';
}

static void read_row(const char *line, int number)
{
	struct row *row = &rows[n_rows++];
	char *bar;

	assert_in_range(n_rows, 1, ROWS_MAX);
	snprintf(row->question, sizeof(row->question), "%s", line);
	bar = strrchr(row->question, '|');
	if (!bar || !n_policies)
		fail_msg("%s:%d is no row", TABLE_FILE, number);
	*bar = '\0';
	row->expected = bar + 1 + strspn(bar + 1, " ");
	row->expected[strcspn(row->expected, "\n")] = '\0';
	row->policy = n_policies - 1;
	row->line = number;
}

static int read_table(void **state)
{
	FILE *file = fopen(TABLE_FILE, "r");
	char line[GATE_TEXT_MAX];
	int number = 0;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		number++;
		if (line[0] == '\t')
			strncat(policy_text, line, sizeof(policy_text) - strlen(policy_text) - 1);
		else
			end_policy();
		if (!strchr("#\n\t", line[0]) && strncmp(line, "policy ", 7))
			read_row(line, number);
	}
	fclose(file);
	return 0;
}

static int free_table(void **state)
{
	(void)state;
	while (n_policies)
		kb_policy_free(policies[--n_policies]);
	return 0;
}

static void test_table(void **state)
{
	u32 i, wrong = 0;

	(void)state;
	assert_true(n_rows > 200);
	for (i = 0; i < n_rows; i++) {
		const struct kb_policy *policy = policies[rows[i].policy];
		struct kb_path_verdict verdict;
		struct gate_text_query q;
		char text[GATE_TEXT_MAX];

		gate_text_query(policy, rows[i].question, &q);
		kb_path_decide(policy, &q.query, &verdict);
		gate_text_verdict(policy, &verdict, text, sizeof(text));
		if (!strcmp(text, rows[i].expected))
			continue;
		print_error("%s:%d: \"%s\" instead of \"%s\"\n", TABLE_FILE, rows[i].line, text,
			    rows[i].expected);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* What a row's question asked of the kernel; bits as in gate_text_query.asked. */
static u32 asked(const struct kb_policy *policy, const char *question)
{
	struct kb_path_verdict verdict;
	struct gate_text_query q;

	gate_text_query(policy, question, &q);
	kb_path_decide(policy, &q.query, &verdict);
	return q.asked;
}

/* Facts cost: they are asked only when something depends on them. */
static void test_asks_little(void **state)
{
	const struct kb_policy *staff = policies[0];

	(void)state;
	assert_int_equal(asked(staff, "out 10.0.0.1:5 > 192.0.2.1:443 tcp"), 1u << 3);
	assert_int_equal(asked(staff, "out 10.0.0.1:5 > 10.20.1.11:443 tcp lease"), 0);
	assert_int_equal(asked(staff, "out 10.0.0.1:5 > 10.20.1.10:22 tcp lease"), 0);
	assert_int_equal(asked(staff, "out 10.0.0.1:5 > 10.20.1.10:3389 tcp lease zone=madoguchi "
				      "hours=office link=office-lan owner=7:7"),
			 /* the refusal counts what holds, the match stops at the user */
			 1u << 0 | 1u << 1 | 1u << 2);
	assert_int_equal(asked(staff, "in 10.20.1.11:443 > 10.0.0.1:5 tcp lease reply"), 1u << 4);
	assert_int_equal(asked(staff, "out 10.0.0.1:5 > 10.20.1.10:3389 tcp closed lease"), 0);
}

/* Nothing is asked of whom nobody can ask, and no answer opens anything. */
static void test_nobody_to_ask(void **state)
{
	static const char *const questions[] = {
		"out 10.0.0.1:5 > 10.20.1.10:3389 tcp lease link=office-lan zone=madoguchi hours=office "
		"next-hop=02:00:5e:00:01:0a owner=1000:600 cgroup=kidoban-screen.slice",
		"in 192.0.2.1:443 > 10.0.0.1:5 tcp reply",
		"in 10.20.1.11:443 > 10.0.0.1:5 tcp lease reply",
	};
	static const struct kb_path_ask nothing;
	struct kb_path_verdict verdict;
	struct gate_text_query q;
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(questions); i++) {
		gate_text_query(policies[0], questions[i], &q);
		kb_path_decide(policies[0], &q.query, &verdict);
		assert_int_equal(verdict.action, KB_ACTION_ALLOW);
		q.query.ask = &nothing;
		kb_path_decide(policies[0], &q.query, &verdict);
		assert_int_equal(verdict.action, KB_ACTION_REFUSE);
		q.query.ask = NULL;
		kb_path_decide(policies[0], &q.query, &verdict);
		assert_int_equal(verdict.action, KB_ACTION_REFUSE);
	}
	/* without context: no lease */
	gate_text_query(policies[0], "out 10.0.0.1:5 > 10.20.1.11:443 tcp lease", &q);
	q.query.context = NULL;
	kb_path_decide(policies[0], &q.query, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_LEASE);
	gate_text_query(policies[0], "out 10.0.0.1:5 > 192.0.2.1:443 tcp wireless lease profile=A", &q);
	q.query.context = NULL;
	kb_path_decide(policies[0], &q.query, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_LINK_CLOSED);
}

static void test_off_allows(void **state)
{
	struct kb_path_verdict verdict;
	struct gate_text_query q;

	(void)state;
	gate_text_query(policies[0], "forward 10.0.0.1:5 > 10.20.1.10:3389 tcp closed malformed", &q);
	kb_path_decide(NULL, &q.query, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_ALLOW);
	assert_int_equal(verdict.reason, KB_REASON_NONE);
	policies[0]->paths.mode = KB_GATE_OFF;
	kb_path_decide(policies[0], &q.query, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_NONE);
	kb_path_decide_frame(policies[0], 0x8137, &q.query, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_NONE);
	policies[0]->paths.mode = KB_GATE_AUDIT;
	kb_path_decide(policies[0], &q.query, &verdict);
	assert_int_equal(verdict.reason, KB_REASON_FORWARD);
	policies[0]->paths.mode = KB_GATE_ENFORCE;
}

/* A rule that the reader should have refused opens nothing. */
static void test_protected_without_service(void **state)
{
	struct kb_path_policy *paths = &policies[0]->paths;
	struct kb_path_verdict verdict;
	struct gate_text_query q;
	u32 i, conditions;

	(void)state;
	for (i = 0; strcmp(paths->rules[i].name, "blast"); i++)
		;
	conditions = paths->rules[i].conditions;
	assert_int_equal(conditions, KB_PATH_IF_SERVICE);
	paths->rules[i].conditions = 0;
	gate_text_query(policies[0], "out 10.0.0.1:5 > 10.20.1.11:443 tcp lease", &q);
	kb_path_decide(policies[0], &q.query, &verdict);
	paths->rules[i].conditions = conditions;
	assert_int_equal(verdict.action, KB_ACTION_REFUSE);
}

/* Neither version nor direction that do not exist get through. */
static void test_impossible(void **state)
{
	struct kb_path_verdict verdict;
	struct gate_text_query q;

	(void)state;
	gate_text_query(policies[0], "out 10.0.0.1:5 > 192.0.2.1:443 tcp", &q);
	q.packet.version = 0;
	kb_path_decide(policies[0], &q.query, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_REFUSE);
	assert_int_equal(verdict.reason, KB_REASON_MALFORMED);
	q.packet.version = 4;
	q.query.direction = KB_DIRECTION_MAX;
	kb_path_decide(policies[0], &q.query, &verdict);
	assert_int_equal(verdict.action, KB_ACTION_REFUSE);
}

static void test_frames(void **state)
{
	static const struct {
		u16 ethertype;
		const char *question, *expected;
	} frames[] = {
		{ 0x0806, "out 0.0.0.0 > 0.0.0.0 0", "+ neighbour" },
		{ 0x0806, "in 0.0.0.0 > 0.0.0.0 0 isolated", "+ neighbour" },
		{ 0x888e, "out 0.0.0.0 > 0.0.0.0 0", "+ neighbour" },
		{ 0x88c7, "out 0.0.0.0 > 0.0.0.0 0", "+ neighbour" },
		{ 0x88cc, "in 0.0.0.0 > 0.0.0.0 0", "+ neighbour" },
		{ 0x88cc, "out 0.0.0.0 > 0.0.0.0 0", "- frame" },
		{ 0x0800, "out 0.0.0.0 > 0.0.0.0 0", "- frame" },
		{ 0x8137, "out 0.0.0.0 > 0.0.0.0 0 lease", "- frame" },
		{ 0x8035, "in 0.0.0.0 > 0.0.0.0 0", "- frame" },
		{ 0x8137, "out 0.0.0.0 > 0.0.0.0 0 loopback", "+ loopback" },
		{ 0x0806, "forward 0.0.0.0 > 0.0.0.0 0", "- forward" },
		/* a closed radio lets nothing through but what may open it */
		{ 0x888e, "out 0.0.0.0 > 0.0.0.0 0 wireless", "+ neighbour" },
		{ 0x888e, "in 0.0.0.0 > 0.0.0.0 0 wireless", "+ neighbour" },
		{ 0x0806, "out 0.0.0.0 > 0.0.0.0 0 wireless", "- link-closed" },
		{ 0x88c7, "out 0.0.0.0 > 0.0.0.0 0 wireless lease", "- link-closed" },
		{ 0x88cc, "in 0.0.0.0 > 0.0.0.0 0 wireless lease", "- link-closed" },
		{ 0x0806, "out 0.0.0.0 > 0.0.0.0 0 wireless lease profile=A", "+ neighbour" },
		{ 0x888e, "out 0.0.0.0 > 0.0.0.0 0 closed", "- link-closed" },
	};
	struct kb_path_verdict verdict;
	struct gate_text_query q;
	char text[GATE_TEXT_MAX];
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(frames); i++) {
		gate_text_query(policies[0], frames[i].question, &q);
		kb_path_decide_frame(policies[0], frames[i].ethertype, &q.query, &verdict);
		gate_text_verdict(policies[0], &verdict, text, sizeof(text));
		assert_string_equal(text, frames[i].expected);
	}
}

/* What kb_path_state() says of the rule called @name. */
static void expect_state(const char *name, const char *words, const char *expected)
{
	const struct kb_policy *policy = policies[0];
	char question[GATE_TEXT_MAX], text[GATE_TEXT_MAX];
	struct kb_path_link links[2] = { { .allowed = false, .rule = 0, .profile = 0 } };
	struct kb_path_verdict verdict;
	struct gate_text_query q;
	u32 i, n = 2;

	for (i = 0; strcmp(policy->paths.rules[i].name, name); i++)
		assert_in_range(i, 0, policy->paths.n_rules - 2);
	snprintf(question, sizeof(question), "out 0.0.0.0 > 0.0.0.0 0%s", words);
	gate_text_query(policy, question, &q);
	links[1] = q.link;
	if (strstr(words, "owner=no"))
		n = 0;
	kb_path_state(policy, i, &q.context, links, n, &verdict);
	gate_text_verdict(policy, &verdict, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void test_state(void **state)
{
	(void)state;
	expect_state("rdp", "", "- lease rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office link=office-lan", "+ rule rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office wireless profile=A", "+ rule rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office wireless profile=B", "- wrong-link rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office wireless", "- link-closed rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office link=dock", "- wrong-link rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office link=office-lan closed",
		     "- link-closed rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office link=office-lan loopback",
		     "- link-closed rdp");
	expect_state("rdp", " lease zone=soko hours=office link=office-lan", "- zone rdp");
	expect_state("rdp", " lease zone=madoguchi hours=night link=office-lan", "- hours rdp");
	expect_state("rdp", " lease zone=madoguchi hours=office owner=no", "- link-closed rdp");
	expect_state("rdp", " isolated lease", "- isolated rdp");
	expect_state("blast", "", "- lease blast");
	expect_state("blast", " lease", "+ rule blast");
	expect_state("blast", " lease owner=no", "+ rule blast");
	expect_state("blast", " lease closed", "- link-closed blast");
	expect_state("dns", "", "+ rule dns");
	expect_state("dns", " isolated", "- isolated dns");
	expect_state("report", " isolated", "+ rule report");
	expect_state("report", " isolated wireless", "- link-closed report");
}

/* 64 bits of xorshift: the same packets every time. */
static u64 noise(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static u32 pick_v4(u64 r)
{
	static const u32 interesting[] = { 0x0a14010a, 0x0a14010b, 0x0a140909, 0x0a1e0035,
					   0x0a1e0009, 0x0a1e0007, 0x0a0a0009, 0xc6336401,
					   0xe00000fb, 0xffffffff, 0x0a0a00ff, 0xc0000201 };

	return interesting[r % ARRAY_SIZE(interesting)];
}

static void pick_v6(union kb_ip *ip, u64 r)
{
	static const u8 starts[][6] = { { 0x20, 0x01, 0x0d, 0xb8, 0, 0x20 },
					{ 0x20, 0x02 },
					{ 0, 0x64, 0xff, 0x9b },
					{ 0xff, 0x02 },
					{ 0xfe, 0x80 },
					{ 0x20, 0x01, 0x0d, 0xb8, 0, 0x99 } };
	u32 v4 = __builtin_bswap32(pick_v4(r >> 16)), which = r % ARRAY_SIZE(starts);

	memset(ip, 0, sizeof(*ip));
	memcpy(ip->v6, starts[which], 6);
	ip->v6[15] = r >> 40 & 0x11;
	if (which == 5 && r >> 48 & 1)
		memset(ip->v6 + 2, 0, 2);	/* Teredo */
	if (which == 1)
		memcpy(ip->v6 + 2, &v4, 4);
	if (which == 2)
		memcpy(ip->v6 + 12, &v4, 4);
}

/* Everything but whether a lease runs, and the pointers. */
static void random_query(struct gate_text_query *q, u64 *seed)
{
	static const u8 protos[] = { 1, 2, 6, 6, 17, 17, 47, 50, 58, 132 };
	static const u16 ports[] = { 443, 3389, 8443, 22448, 53, 631, 161, 22, 5353, 67, 68, 546,
				     547, 4500, 1723, 0x0800, 0x0300, 0x8700, 0x8800, 0, 0x8100,
				     8473, 51820, 80, 5555, 1194 };
	u64 r = noise(seed);

	q->packet.version = r & 1 ? 4 : 6;
	q->packet.proto = protos[(r >> 1) % ARRAY_SIZE(protos)];
	q->packet.flags = (r >> 8 & 0x3f) | KB_PACKET_PORTS;
	if (r >> 40 & 7)
		q->packet.flags &= ~(KB_PACKET_FRAGMENT | KB_PACKET_ENCAPSULATED);
	if (!(r >> 43 & 15))
		q->packet.flags &= ~KB_PACKET_PORTS;
	q->packet.defect = r >> 47 & 15 ? 0 : KB_REASON_MALFORMED;
	q->packet.sport = ports[(r >> 16) % ARRAY_SIZE(ports)];
	q->packet.dport = ports[(r >> 24) % ARRAY_SIZE(ports)];
	if (q->packet.version == 4) {
		q->packet.src.v4 = pick_v4(noise(seed) >> 8);
		q->packet.dst.v4 = pick_v4(noise(seed) >> 8);
	} else {
		pick_v6(&q->packet.src, noise(seed) >> 8);
		pick_v6(&q->packet.dst, noise(seed) >> 8);
	}
	r = noise(seed);
	q->query.direction = r & 1 ? KB_DIRECTION_IN : KB_DIRECTION_OUT;
	q->on_link = (r >> 1) % 3;
	q->reply = (r >> 8) % 3;
	q->kernel = (r >> 12) % 3;
	q->asked_group = (r >> 20) % 3;
	q->group = q->packet.src;
	if (q->packet.version == 4)
		q->group.v4 = 0xe00000fb;	/* 224.0.0.251 */
	else
		memcpy(q->group.v6, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\xfb", 16);
	/* what is broadcast is on the link */
	q->broadcast = r >> 16 & 15 ? KB_FACT_NO : q->on_link;
	q->owner = (r >> 24) % 3;
	q->next_hop = (r >> 32) % 3;
	q->cgroup_later = r >> 40 & 1;
	q->uid = 1000 + (r >> 41 & 1) * 5000;
	q->gid = 600;
	memcpy(q->mac, "\2\0\x5e\0\1\xa", 6);
	q->context.leased = r >> 47 & 1;
	q->context.isolated = !(r >> 48 & 15);
	q->context.zone = r >> 52 & 1 ? 0 : KB_INDEX_NONE;
	q->context.schedules = r >> 53 & 3;
	q->link.rule = r >> 55 & 1;
	q->link.wireless = !(r >> 56 & 7);
	q->link.profile = r >> 59 & 1 ? 0 : KB_INDEX_NONE;
	q->link.allowed = r >> 60 & 7;
	q->link.loopback = r >> 60 == 8;
}

/* A question that points to its own parts. */
static void start_random(struct gate_text_query *ret)
{
	gate_text_query(policies[0], "out 10.0.0.1:5 > 10.0.0.2:6 tcp", ret);
}

/* Bits of an address against a prefix of the test's protected networks. */
static bool far_end_protected(const struct gate_text_query *q)
{
	const union kb_ip *ip = q->query.direction == KB_DIRECTION_IN ? &q->packet.src :
									&q->packet.dst;
	const u8 *v6 = ip->v6;

	if (q->packet.version == 4)
		return ip->v4 >> 16 == 0x0a14;
	if (v6[0] == 0x20 && v6[1] == 0x02)
		return v6[2] == 10 && v6[3] == 20;
	if (v6[0] == 0 && v6[1] == 0x64)
		return v6[12] == 10 && v6[13] == 20;
	return v6[0] == 0x20 && v6[1] == 1 && v6[2] == 0x0d && v6[5] == 0x20;
}

/* Without a lease nothing passes to or from protected networks but what finds a neighbour. */
static bool harmless(const struct gate_text_query *q, const struct kb_path_verdict *verdict)
{
	u8 type = q->packet.dport >> 8;

	if (q->query.direction == KB_DIRECTION_OUT && q->kernel == KB_FACT_NO)
		return false;
	if (verdict->reason == KB_REASON_DHCP)
		return q->query.direction == KB_DIRECTION_IN;
	return verdict->reason == KB_REASON_NEIGHBOUR && q->packet.proto == 58 && type >= 133 &&
	       type <= 137 && q->packet.flags & KB_PACKET_HOP255;
}

static void test_protected_needs_lease(void **state)
{
	u32 i, opened = 0, asked_for = 0, exempt = 0;
	u64 seed = 0x9e3779b97f4a7c15ull;
	struct gate_text_query q;

	(void)state;
	start_random(&q);
	for (i = 0; i < 2000000; i++) {
		struct kb_path_verdict with, without;

		random_query(&q, &seed);
		if (!far_end_protected(&q) || q.link.loopback)
			continue;
		asked_for++;
		q.context.leased = false;
		kb_path_decide(policies[0], &q.query, &without);
		q.context.leased = true;
		kb_path_decide(policies[0], &q.query, &with);
		opened += with.action == KB_ACTION_ALLOW && with.reason == KB_REASON_RULE;
		if (without.action != KB_ACTION_ALLOW)
			continue;
		exempt++;
		assert_true(harmless(&q, &without));
	}
	/* the packets are such that there is something to lose */
	assert_true(asked_for > 100000);
	assert_true(opened > 1000);
	assert_true(exempt > 10);
}

/* The short way says nothing that the long one would not. */
static void test_short_way(void **state)
{
	u64 seed = 0x2545f4914f6cdd1dull;
	struct gate_text_query q;
	u32 i, k, taken4 = 0, taken6 = 0;

	(void)state;
	start_random(&q);
	for (i = 0; i < 2000000; i++) {
		random_query(&q, &seed);
		for (k = 0; k < n_policies; k++) {
			struct kb_path_verdict quick, slow;

			if (!allow_plain(&policies[k]->paths, &q.query, &quick))
				continue;
			*(q.packet.version == 4 ? &taken4 : &taken6) += 1;
			decide(&policies[k]->paths, &q.query, &slow);
			assert_int_equal(quick.action, slow.action);
			assert_int_equal(quick.reason, slow.reason);
			assert_int_equal(quick.rule, slow.rule);
		}
	}
	assert_true(taken4 > 10000);
	assert_true(taken6 > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_asks_little),
		cmocka_unit_test(test_nobody_to_ask),
		cmocka_unit_test(test_off_allows),
		cmocka_unit_test(test_protected_without_service),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_protected_needs_lease),
		cmocka_unit_test(test_short_way),
	};

	return cmocka_run_group_tests_name("core_path", tests, read_table, free_table);
}
