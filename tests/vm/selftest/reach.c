// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says whether a host answers, how it does not, and how long that took.
 *
 *   reach tcp|udp HOST PORT [OPTION…]
 *
 *   say=TEXT       sent, and expected back ("echo"); say= expects anything unasked (a banner)
 *   timeout=MS     for the answer (3000)
 *   mark=N         SO_MARK
 *   device=NAME    SO_BINDTODEVICE
 *   from=ADDRESS   bind to it
 *
 * Prints "answered MS" and exits 0, or the errno's name (ECONNREFUSED, EACCES,
 * EHOSTUNREACH, ETIMEDOUT …) with the milliseconds and exits 1. Exit 2: bad usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct question {
	int type;			/* SOCK_STREAM or SOCK_DGRAM */
	struct sockaddr_storage to, from;
	socklen_t to_len, from_len;	/* from_len 0: any */
	const char *say, *device;
	int timeout, mark;
};

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int resolve(const char *host, const char *port, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV }, *found;

	if (getaddrinfo(host, port, &hints, &found))
		return -EINVAL;
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	*ret_len = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

static int prepare(int fd, const struct question *q)
{
	if (q->mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &q->mark, sizeof(q->mark)))
		return -errno;
	if (q->device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, q->device,
				    (socklen_t)strlen(q->device)))
		return -errno;
	if (q->from_len && bind(fd, (const struct sockaddr *)&q->from, q->from_len))
		return -errno;
	return 0;
}

/* Waits for events until the deadline; the socket's error is the answer's. */
static int await(int fd, short events, long deadline)
{
	struct pollfd one = { .fd = fd, .events = events };
	long left = deadline - now_ms();
	socklen_t len = sizeof(int);
	int err = 0;

	if (left <= 0 || poll(&one, 1, (int)left) <= 0)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -errno;
	return -err;
}

static int converse(int fd, const struct question *q, long deadline)
{
	char heard[256];
	size_t len = strlen(q->say);
	ssize_t n;
	int err;

	if (connect(fd, (const struct sockaddr *)&q->to, q->to_len) && errno != EINPROGRESS)
		return -errno;
	err = await(fd, POLLOUT, deadline);
	if (err)
		return err;
	if (len && send(fd, q->say, len, MSG_NOSIGNAL) < 0)
		return -errno;
	err = await(fd, POLLIN, deadline);
	if (err)
		return err;
	n = recv(fd, heard, sizeof(heard), 0);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ECONNRESET;
	return !len || ((size_t)n == len && !memcmp(heard, q->say, len)) ? 0 : -EPROTO;
}

static int ask(const struct question *q, long deadline)
{
	int fd = socket(q->to.ss_family, q->type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	err = prepare(fd, q);
	if (!err)
		err = converse(fd, q, deadline);
	close(fd);
	return err;
}

static bool option(struct question *q, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return false;
	*value++ = '\0';
	if (!strcmp(word, "say"))
		q->say = value;
	else if (!strcmp(word, "timeout"))
		q->timeout = atoi(value);
	else if (!strcmp(word, "mark"))
		q->mark = atoi(value);
	else if (!strcmp(word, "device"))
		q->device = value;
	else
		return !strcmp(word, "from") && !resolve(value, NULL, &q->from, &q->from_len);
	return true;
}

int main(int argc, char **argv)
{
	struct question q = { .say = "echo", .timeout = 3000 };
	bool good = argc >= 4;
	long start;
	int i, err;

	if (good && !strcmp(argv[1], "tcp"))
		q.type = SOCK_STREAM;
	else if (good && !strcmp(argv[1], "udp"))
		q.type = SOCK_DGRAM;
	good = good && q.type && !resolve(argv[2], argv[3], &q.to, &q.to_len);
	for (i = 4; good && i < argc; i++)
		good = option(&q, argv[i]);
	if (!good) {
		fprintf(stderr, "usage: reach tcp|udp ADDRESS PORT [say=TEXT timeout=MS mark=N device=NAME from=ADDRESS]\n");
		return 2;
	}
	start = now_ms();
	err = ask(&q, start + q.timeout);
	printf("%s %ld\n", err ? strerrorname_np(-err) : "answered", now_ms() - start);
	return err ? 1 : 0;
}
