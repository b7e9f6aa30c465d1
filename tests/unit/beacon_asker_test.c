// SPDX-License-Identifier: GPL-2.0-or-later
/* An answer that comes before the question, from whoever claims to be the beacon (P1). */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/beacon/asker.h"
#include "agent/beacon/message.h"

#define PORTS_BEGIN	1024
#define PORTS_END	65535

/* RFC 8032, 7.1, test 1. */
static const u8 secret[32] = {
	0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
	0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60
};
static const u8 public[32] = {
	0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
	0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a
};

static struct kb_asker_result result;
static bool done;

static void on_done(const struct kb_asker_result *its, void *userdata)
{
	(void)userdata;
	result = *its;
	done = true;
}

/* The beacon's socket, and what it said to somebody else once: signed, and of another question. */
static int beacon(u16 *ret_port, u8 ret_answer[KB_BEACON_ANSWER_LEN])
{
	struct kb_beacon_answer answer = { .nonce = { 1 }, .time = (u64)time(NULL), .site = "131016",
					   .name = "beacon-1", .zone = "madoguchi" };
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(here);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&here, sizeof(here)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&here, &len), 0);
	assert_int_equal(kb_beacon_answer_make(&answer, secret, ret_answer, NULL), 0);
	*ret_port = ntohs(here.sin_port);
	return fd;
}

static void test_before_the_question(void **state)
{
	struct kb_asker_plan plan = { .site = "131016", .name = "beacon-1", .zone = "madoguchi",
				      .key = public, .host = "127.0.0.1" };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	u8 answer[KB_BEACON_ANSWER_LEN];
	struct kb_asker *asker;
	sd_event *event;
	u32 port;
	int fd;

	(void)state;
	assert_true(sd_event_new(&event) >= 0);
	fd = beacon(&plan.port, answer);
	assert_int_equal(kb_asker_new(event, &plan, on_done, NULL, &asker), 0);
	/* it has a port by now, and has asked nothing: every port is tried, as a neighbour would */
	for (port = PORTS_BEGIN; port <= PORTS_END; port++) {
		to.sin_port = htons((u16)port);
		sendto(fd, answer, sizeof(answer), MSG_DONTWAIT, (struct sockaddr *)&to, sizeof(to));
	}
	while (!done)
		assert_true(sd_event_run(event, UINT64_MAX) >= 0);
	assert_false(result.answered);
	kb_asker_free(asker);
	sd_event_unref(event);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_before_the_question) };

	return cmocka_run_group_tests_name("beacon_asker", tests, NULL, NULL);
}
