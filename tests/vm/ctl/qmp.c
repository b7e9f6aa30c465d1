// SPDX-License-Identifier: GPL-2.0-or-later
/* A conversation with QEMU's machine protocol, over a socket or a virtio port. */
#include "qmp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "util.h"

enum { ANSWER_MSEC = 30000, BUSY_MSEC = 30000 };

static int open_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}

/* A virtio port admits one opener; another may just be leaving. */
static int open_port(const char *path)
{
	long long deadline = now_msec() + BUSY_MSEC;
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			return fd;
		if (errno != EBUSY || now_msec() > deadline)
			return -errno;
		poll(NULL, 0, 10);
	}
}

/* Read what there is into the line buffer, waiting until @deadline (negative: for ever). */
static int fill(struct qmp *q, long long deadline)
{
	struct pollfd pfd = { .fd = q->fd, .events = POLLIN };
	long long left = -1;
	ssize_t got;
	int ready;

	if (q->fill == sizeof(q->line))
		return -EMSGSIZE;
	if (deadline >= 0) {
		left = deadline - now_msec();
		if (left < 0)
			left = 0;
	}
	ready = poll(&pfd, 1, (int)left);
	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	if (!ready)
		return -ETIMEDOUT;
	got = read(q->fd, q->line + q->fill, sizeof(q->line) - q->fill);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!got)
		return -EPIPE;
	q->fill += (size_t)got;
	return 0;
}

/* Take one line out of the buffer; NULL when there is no whole one. */
static char *take_line(struct qmp *q)
{
	char *end = memchr(q->line, '\n', q->fill);
	size_t len;
	char *line;

	if (!end)
		return NULL;
	len = (size_t)(end - q->line);
	line = strndup(q->line, len);
	q->fill -= len + 1;
	memmove(q->line, end + 1, q->fill);
	return line;
}

/* Get the next line, noting the awaited event when it is that. */
static int next_line(struct qmp *q, long long deadline, char **ret_line)
{
	char *line;
	int err;

	while (!(line = take_line(q))) {
		err = fill(q, deadline);
		if (err)
			return err;
	}
	if (q->await && strstr(line, "\"event\":") && strstr(line, q->await) &&
	    (!q->await_about || strstr(line, q->await_about)))
		q->seen = true;
	*ret_line = line;
	return 0;
}

static int send_all(int fd, const char *text)
{
	size_t left = strlen(text);
	ssize_t sent;

	while (left) {
		sent = write(fd, text, left);
		if (sent < 0 && errno != EINTR)
			return -errno;
		if (sent > 0) {
			text += sent;
			left -= (size_t)sent;
		}
	}
	return 0;
}

/* Keep what QEMU says is wrong. */
static void keep_why(struct qmp *q, const char *line)
{
	static const char key[] = "\"desc\": \"";
	const char *from = strstr(line, key);
	size_t at = 0;

	if (!from) {
		snprintf(q->why, sizeof(q->why), "%s", line);
		return;
	}
	for (from += strlen(key); *from && *from != '"' && at < sizeof(q->why) - 1; from++) {
		if (*from == '\\' && from[1])
			from++;
		q->why[at++] = *from;
	}
	q->why[at] = '\0';
}

int qmp_run(struct qmp *q, char **ret_reply, const char *fmt, ...)
{
	long long deadline = now_msec() + ANSWER_MSEC;
	__cleanup(free_text) char *inside = NULL;
	__cleanup(free_text) char *command = NULL;
	char id[64];
	va_list args;
	int err;

	va_start(args, fmt);
	err = vasprintf(&inside, fmt, args);
	va_end(args);
	if (err < 0)
		return -ENOMEM;
	snprintf(id, sizeof(id), "\"id\": \"vmctl-%d-%u\"", (int)getpid(), ++q->serial);
	if (asprintf(&command, "{%s, %s}\n", inside, id) < 0)
		return -ENOMEM;
	err = send_all(q->fd, command);
	if (err)
		return err;
	for (;;) {
		__cleanup(free_text) char *line = NULL;

		err = next_line(q, deadline, &line);
		if (err)
			return err;
		if (!strstr(line, id))
			continue;
		if (strstr(line, "\"error\": {")) {
			keep_why(q, line);
			return -EREMOTEIO;
		}
		if (ret_reply) {
			*ret_reply = line;
			line = NULL;
		}
		return 0;
	}
}

void qmp_await(struct qmp *q, const char *event, const char *about)
{
	q->await = event;
	q->await_about = about;
	q->seen = false;
}

int qmp_wait(struct qmp *q, int msec)
{
	long long deadline = msec < 0 ? -1 : now_msec() + msec;
	int err;

	while (!q->seen) {
		__cleanup(free_text) char *line = NULL;

		err = next_line(q, deadline, &line);
		if (err)
			return err;
	}
	return 0;
}

int qmp_open(struct qmp *q, const char *path, const char *lock)
{
	struct stat st;
	int err;

	memset(q, 0, sizeof(*q));
	q->fd = -1;
	q->lock = -1;
	if (lock) {
		q->lock = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (q->lock < 0 || flock(q->lock, LOCK_EX) < 0) {
			err = -errno;
			goto fail;
		}
	}
	err = stat(path, &st) < 0 ? -errno : 0;
	if (err)
		goto fail;
	q->fd = S_ISSOCK(st.st_mode) ? open_socket(path) : open_port(path);
	if (q->fd < 0) {
		err = q->fd;
		goto fail;
	}
	err = qmp_run(q, NULL, "\"execute\": \"qmp_capabilities\"");
	/* QEMU refuses a second negotiation on the same line: then it is done already */
	if (err && err != -EREMOTEIO)
		goto fail;
	return 0;
fail:
	qmp_close(q);
	return err;
}

void qmp_close(struct qmp *q)
{
	if (q->fd >= 0)
		close(q->fd);
	if (q->lock >= 0)
		close(q->lock);
	q->fd = -1;
	q->lock = -1;
}
