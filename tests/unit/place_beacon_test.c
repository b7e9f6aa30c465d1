// SPDX-License-Identifier: GPL-2.0-or-later
/* Asking a beacon over a cable: the true one, and everything that is not quite it (P1). */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/beacon/message.h"
#include "agent/beacon/responder.h"
#include "surroundings.h"

/* RFC 8032, 7.1, test 1; and a key that is nobody's. */
static const u8 secret[32] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
	0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60
};
static const u8 public[32] = {
	0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
	0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a
};
static const u8 strange[32] = { 1, 2, 3 };

enum way {
	WAY_TRUE,			/* kidoban-beacon itself */
	WAY_SILENT,
	WAY_REPLAY,			/* what the true one said to somebody else's question */
	WAY_FORGED,
	WAY_SITE, WAY_NAME, WAY_ZONE,
	WAY_EARLY,			/* its clock is ten minutes behind */
	WAY_ROUTED,			/* hop limit 64 */
	WAY_SLOW,			/* 60 ms */
	WAY_GARBAGE,
	WAY_TRUE_ONCE,			/* five answers, then silence */
	WAY_FLOOD,			/* forgeries, and the truth behind them */
};

static struct surroundings s;
static struct cable cable;

static void run_true(void)
{
	struct kb_beacon_config config = { .site = (char *)"131016", .name = (char *)"beacon-1",
					   .zone = (char *)"madoguchi", .port = KB_BEACON_PORT,
					   .unicast = true };
	struct kb_responder *responder;
	sd_event *event;

	if (sd_event_new(&event) < 0 || kb_responder_new(event, &config, secret, &responder, NULL))
		return;
	sd_event_loop(event);
}

static int listen_there(enum way way)
{
	struct sockaddr_in6 here = { .sin6_family = AF_INET6, .sin6_port = htons(KB_BEACON_PORT) };
	struct ipv6_mreq group = { .ipv6mr_interface = if_nametoindex("there") };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), hops = way == WAY_ROUTED ? 64 : 255, on = 1;

	inet_pton(AF_INET6, KB_BEACON_GROUP, &group.ipv6mr_multiaddr);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&here, sizeof(here)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof(group)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof(hops)))
		_exit(1);
	return fd;
}

static struct kb_beacon_answer answer_of(enum way way, const struct kb_beacon_question *asked)
{
	struct kb_beacon_answer answer = { .time = (u64)time(NULL), .site = "131016",
					   .name = "beacon-1", .zone = "madoguchi" };

	memcpy(answer.nonce, asked->nonce, sizeof(answer.nonce));
	if (way == WAY_REPLAY)
		answer.nonce[0] ^= 1;
	if (way == WAY_SITE)
		strcpy(answer.site, "131024");
	if (way == WAY_NAME)
		strcpy(answer.name, "beacon-2");
	if (way == WAY_ZONE)
		strcpy(answer.zone, "soko");
	if (way == WAY_EARLY)
		answer.time -= 600;
	return answer;
}

static void run_crooked(enum way way)
{
	u8 question[200], reply[KB_BEACON_ANSWER_LEN];
	int fd = listen_there(way), n, i;
	struct kb_beacon_question asked;
	struct kb_beacon_answer answer;
	struct sockaddr_in6 from;

	for (n = 0;; n++) {
		socklen_t from_len = sizeof(from);
		ssize_t len = recvfrom(fd, question, sizeof(question), 0, (struct sockaddr *)&from,
				       &from_len);

		if (kb_beacon_read_question(question, (size_t)len, &asked))
			_exit(1);
		answer = answer_of(way, &asked);
		if (way == WAY_SILENT || (way == WAY_TRUE_ONCE && n >= 5))
			continue;
		if (way == WAY_SLOW)
			usleep(60000);
		kb_beacon_answer_make(&answer, way == WAY_FORGED ? strange : secret, reply, NULL);
		if (way == WAY_GARBAGE)
			memset(reply, 'x', sizeof(reply));
		for (i = 0; way == WAY_FLOOD && i < 10; i++) {
			reply[200] ^= 1;
			sendto(fd, reply, sizeof(reply), 0, (struct sockaddr *)&from, from_len);
			reply[200] ^= 1;
		}
		sendto(fd, reply, sizeof(reply), 0, (struct sockaddr *)&from, from_len);
	}
}

static void run(void *arg)
{
	enum way way = *(enum way *)arg;

	way == WAY_TRUE ? run_true() : run_crooked(way);
}

/* A world where the beacon behaves in this way, and a provider that has not asked yet. */
static void begin_at(enum way way, const char *host)
{
	if (!cable_make(&cable, run, &way))
		skip();
	surroundings_make(&s, &kb_provider_beacon);
	s.evidence.beacon.name = "beacon-1";
	memcpy(s.evidence.beacon.key, public, 32);
	s.evidence.beacon.port = KB_BEACON_PORT;
	s.evidence.beacon.rtt_usec = way == WAY_SLOW ? 20000 : 10000000;
	s.evidence.beacon.host = host;
	assert_true(sh("ip addr add 10.9.0.1/24 dev here &&"
		       " nsenter -t %d -n ip addr add 10.9.0.2/24 dev there", cable.pid));
	surroundings_start(&s);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
}

static void begin(enum way way)
{
	begin_at(way, NULL);
}

static int teardown(void **state)
{
	(void)state;
	if (s.around.event)
		surroundings_done(&s);
	cable_done(&cable);
	return 0;
}

/* One more round has ended. */
static void next_round(void)
{
	unsigned int before = s.changes;

	s.ops->refresh(s.provider);
	assert_true(surroundings_changed(&s, before + 1));
}

static void refused(enum way way, const char *text)
{
	begin(way);
	assert_true(surroundings_until_said(&s, text));
	assert_int_equal(s.finding.presence, KB_PRESENCE_ABSENT);
}

static void test_silent(void **state) { (void)state; refused(WAY_SILENT, "does not answer"); }
static void test_replay(void **state) { (void)state; refused(WAY_REPLAY, "replay"); }
static void test_forged(void **state) { (void)state; refused(WAY_FORGED, "signature"); }
static void test_site(void **state) { (void)state; refused(WAY_SITE, "of site 131024"); }
static void test_name(void **state) { (void)state; refused(WAY_NAME, "called beacon-2"); }
static void test_zone(void **state) { (void)state; refused(WAY_ZONE, "of zone soko"); }
static void test_early(void **state) { (void)state; refused(WAY_EARLY, "clock"); }
static void test_routed(void **state) { (void)state; refused(WAY_ROUTED, "hop limit 64"); }
static void test_slow(void **state) { (void)state; refused(WAY_SLOW, "too far away"); }
static void test_garbage(void **state) { (void)state; refused(WAY_GARBAGE, "no beacon's answer"); }

static void test_true(void **state)
{
	(void)state;
	begin(WAY_TRUE);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_non_null(strstr(s.finding.detail, "here"));
	assert_false(s.finding.hard);
	/* nobody asks any more: it does not hold for ever */
	assert_int_equal(surroundings_look_at(&s, 170 * 1000000ull), KB_PRESENCE_PRESENT);
	assert_int_equal(surroundings_look_at(&s, 190 * 1000000ull), KB_PRESENCE_UNKNOWN);
	s.ops->doubt(s.provider);
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_UNKNOWN);
	next_round();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
}

static void test_unicast(void **state)
{
	(void)state;
	begin_at(WAY_TRUE, "10.9.0.2");
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_non_null(strstr(s.finding.detail, "here"));
}

/* A host that there is no way to, and one that does not listen. */
static void test_unicast_refused(void **state)
{
	(void)state;
	begin_at(WAY_SILENT, "10.8.0.2");
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_non_null(strstr(s.finding.detail, "unreachable"));
	teardown(NULL);
	begin_at(WAY_SILENT, "10.9.0.2");		/* listens on IPv6 alone */
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_non_null(strstr(s.finding.detail, "cannot be asked"));
}

/* One silent round is forgiven, two are not. */
static void test_fades(void **state)
{
	(void)state;
	begin(WAY_TRUE_ONCE);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	next_round();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_PRESENT);
	next_round();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_false(s.finding.hard);
	assert_string_equal(s.finding.detail, "does not answer");
}

/* The link goes: at once, and for sure; it comes back: without being told to ask. */
static void test_cut(void **state)
{
	(void)state;
	begin(WAY_TRUE);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
	assert_true(sh("nsenter -t %d -n ip link set there down", cable.pid));
	assert_true(surroundings_until(&s, KB_PRESENCE_ABSENT));
	assert_true(s.finding.hard);
	/* the round that there is no link for changes nothing of that */
	next_round();
	assert_int_equal(surroundings_look(&s), KB_PRESENCE_ABSENT);
	assert_true(s.finding.hard);
	assert_true(sh("nsenter -t %d -n ip link set there up", cable.pid));
	for (;;) {
		if (surroundings_look(&s) == KB_PRESENCE_PRESENT)
			break;
		next_round();
	}
}

static void test_flood(void **state)
{
	(void)state;
	begin(WAY_FLOOD);
	assert_true(surroundings_until(&s, KB_PRESENCE_PRESENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_silent, teardown),
		cmocka_unit_test_teardown(test_replay, teardown),
		cmocka_unit_test_teardown(test_forged, teardown),
		cmocka_unit_test_teardown(test_site, teardown),
		cmocka_unit_test_teardown(test_name, teardown),
		cmocka_unit_test_teardown(test_zone, teardown),
		cmocka_unit_test_teardown(test_early, teardown),
		cmocka_unit_test_teardown(test_routed, teardown),
		cmocka_unit_test_teardown(test_slow, teardown),
		cmocka_unit_test_teardown(test_garbage, teardown),
		cmocka_unit_test_teardown(test_unicast_refused, teardown),
		cmocka_unit_test_teardown(test_true, teardown),
		cmocka_unit_test_teardown(test_unicast, teardown),
		cmocka_unit_test_teardown(test_fades, teardown),
		cmocka_unit_test_teardown(test_cut, teardown),
		cmocka_unit_test_teardown(test_flood, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
