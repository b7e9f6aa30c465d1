// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends UDP datagrams of 64 bytes and says what one cost.
 *
 *   send [-u] [-r ROUNDS] PORT ADDRESS...        median ns of one packet
 *   send [-u] -s SECONDS PORT ADDRESS...         a stream: sent, refused, longest gap in us
 *
 * -u sends from one unconnected socket (a route is looked up each time), otherwise every address
 * has a connected one. The addresses take turns. Under -icount shift=0 a nanosecond is an
 * instruction. The median of many short batches leaves timer ticks out.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 64, BATCH = 64, ROUNDS = 101, ROUNDS_MAX = 100000, TARGETS_MAX = 64 };

struct target {
	struct sockaddr_storage address;
	socklen_t len;
	int fd; /* connected to address, or the one that all share */
};

static struct target targets[TARGETS_MAX];
static int n_targets;
static bool unconnected;
static const char payload[PAYLOAD];

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_target(struct target *target, const char *address, const char *port)
{
	static const struct addrinfo numeric = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
						 .ai_socktype = SOCK_DGRAM };
	struct addrinfo *info;

	if (getaddrinfo(address, port, &numeric, &info)) {
		fprintf(stderr, "send: not an address and port: %s %s\n", address, port);
		exit(2);
	}
	memcpy(&target->address, info->ai_addr, info->ai_addrlen);
	target->len = info->ai_addrlen;
	if (unconnected && target != targets) {
		target->fd = targets[0].fd;
	} else {
		target->fd = socket(info->ai_family, SOCK_DGRAM, 0);
		if (target->fd < 0)
			die("socket");
		if (!unconnected && connect(target->fd, info->ai_addr, info->ai_addrlen))
			die(address);
	}
	freeaddrinfo(info);
}

/* Returns whether the datagram was accepted. */
static bool send_one(const struct target *target)
{
	const struct sockaddr *to = unconnected ? (const struct sockaddr *)&target->address : NULL;

	return sendto(target->fd, payload, PAYLOAD, 0, to, to ? target->len : 0) == PAYLOAD;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The first batch only warms up. A refusal ends it: what is measured has to pass. */
static int measure(unsigned int rounds)
{
	uint64_t *spans = calloc(rounds, sizeof(*spans));

	if (!spans)
		die("calloc");
	for (unsigned int round = 0; round <= rounds; round++) {
		uint64_t began = now_ns();

		for (int i = 0; i < BATCH; i++)
			if (!send_one(&targets[i % n_targets]))
				die("send");
		if (round)
			spans[round - 1] = now_ns() - began;
	}
	qsort(spans, rounds, sizeof(*spans), compare);
	printf("%.1f\n", (double)spans[rounds / 2] / BATCH);
	free(spans);
	return 0;
}

static int stream(unsigned int seconds)
{
	uint64_t last = now_ns(), end = last + seconds * UINT64_C(1000000000), gap = 0;
	uint64_t sent = 0, refused = 0;

	for (int i = 0; last < end; i = (i + 1) % n_targets) {
		uint64_t now;

		if (send_one(&targets[i]))
			sent++;
		else
			refused++;
		now = now_ns();
		if (now - last > gap)
			gap = now - last;
		last = now;
	}
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", sent, refused, gap / 1000);
	return 0;
}

static unsigned int number(const char *text, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*end || !value || value > max) {
		fprintf(stderr, "send: not a number from 1 to %lu: %s\n", max, text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	unsigned int rounds = ROUNDS, seconds = 0;
	int option;

	while ((option = getopt(argc, argv, "ur:s:")) != -1) {
		if (option == 'u')
			unconnected = true;
		else if (option == 'r')
			rounds = number(optarg, ROUNDS_MAX);
		else if (option == 's')
			seconds = number(optarg, 3600);
		else
			return 2;
	}
	if (argc - optind < 2 || argc - optind - 1 > TARGETS_MAX) {
		fprintf(stderr, "usage: send [-u] [-r ROUNDS | -s SECONDS] PORT ADDRESS...\n");
		return 2;
	}
	for (int i = optind + 1; i < argc; i++)
		open_target(&targets[n_targets++], argv[i], argv[optind]);
	return seconds ? stream(seconds) : measure(rounds);
}
